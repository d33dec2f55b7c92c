//! The window and its trainer keep runs, open them and hand them on.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use egui::{Event, Key, Modifiers, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use metascope::experiment::Experiment;
use metascope::keep::keeper::Keeper;
use metascope::keep::kinds;
use metascope::keep::run_file::RunFile;
use metascope::keep::sessions::Session as Sessions;
use metascope::keep::share::Share;
use metascope::keep::subject::Subject;
use metascope::keep::work::Work;
use metascope::settings::table::{self, Field};
use metascope::settings::{Algorithm, Knob, Settings, TaskFamily};
use metascope::text::Language;
use metascope::train::link::{Command, TrainerEnd, link};
use metascope::train::session::{Next, Session};
use metascope::train::snapshot::{KnobMark, Phase};
use metascope::train::trainer::{Saved, Trainer};
use metascope::window::App;
use proptest::prelude::*;
use tempfile::tempdir;
use toml::{Table, Value};

use crate::common::algorithms;
use crate::common::bench::{Bench, window};
use crate::common::families;
use crate::common::fixtures;
use crate::common::runs::{Turns, train_to};
use crate::common::waiting::wait_until;

/// What a session hands out, and for which path.
type Handed = Arc<Mutex<Vec<(Saved, Option<PathBuf>)>>>;

/// A session that keeps its runs, and what it hands out.
fn keeping() -> (Turns, Handed) {
    let handed = Handed::default();
    let own = Arc::clone(&handed);
    let sink = Box::new(move |saved, _: &[KnobMark], path: Option<&Path>| {
        own.lock().unwrap().push((saved, path.map(Path::to_owned)));
    });
    (Turns::of(|end| Session::new(end, 1, None).keeping(sink)), handed)
}

fn plane() -> Settings {
    Settings::preset(families::PLANE, algorithms::MAML)
}

#[test]
fn a_session_hands_out_the_run_when_asked_and_at_its_end() {
    let (mut turns, handed) = keeping();
    turns.window.send(Command::Keep("early.safetensors".into()));
    turns.session.turn(Duration::from_millis(5));
    assert!(handed.lock().unwrap().is_empty() && turns.window.next_event().is_some(), "no run yet");
    turns.window.send(Command::Restart(Arc::new(plane()), None));
    turns.until(|snapshot| snapshot.meta_iteration >= 30);
    turns.window.send(Command::Keep("here.safetensors".into()));
    turns.until(|snapshot| snapshot.meta_iteration >= 40);
    turns.window.send(Command::Quit);
    assert_eq!(turns.session.turn(Duration::from_secs(1)), Next::Never);
    let handed = handed.lock().unwrap();
    let paths: Vec<_> = handed.iter().map(|(_, path)| path.as_deref()).collect();
    assert_eq!(paths, [Some(Path::new("here.safetensors")), None]);
    assert!(handed[0].0.meta_iteration() >= 30 && handed[1].0.meta_iteration() >= 40);
}

#[test]
fn a_run_that_is_opened_waits_where_it_was_and_goes_on_to_the_bit() {
    let mut straight = Trainer::new(plane(), None, 1).unwrap();
    train_to(&mut straight, 25);
    let file = RunFile::new(&straight.saved().unwrap(), None).unwrap();
    let (mut turns, handed) = keeping();
    turns.window.send(Command::Restart(Arc::new(Settings::preset(families::SINE, algorithms::FOMAML)), None));
    turns.until(|snapshot| snapshot.meta_iteration >= 3);
    turns.window.send(Command::Open(Arc::new(file.reopened()), None));
    let opened = turns.until(|snapshot| snapshot.run == 2);
    assert_eq!((opened.meta_iteration, opened.phase), (25, Phase::Paused));
    assert_eq!(opened.settings.run.tasks, families::PLANE);
    assert!(opened.can_bring_back);
    for _ in 0..5 {
        turns.window.send(Command::Step);
    }
    turns.until(|snapshot| snapshot.meta_iteration == 30);
    turns.window.send(Command::Keep("here.safetensors".into()));
    wait_until("the run", || {
        turns.session.turn(Duration::from_millis(5));
        (!handed.lock().unwrap().is_empty()).then_some(())
    });
    train_to(&mut straight, 30);
    let handed = handed.lock().unwrap();
    let tensors = |saved: &Saved| RunFile::new(saved, None).unwrap().archive.tensors;
    let [own, expected] = [tensors(&handed[0].0), tensors(&straight.saved().unwrap())];
    // What was shown last was not measured at the same time.
    for (name, tensor) in expected.iter().filter(|(name, _)| !name.contains("shown/")) {
        // As text: what a row lacks is NaN, which equals nothing.
        assert_eq!(format!("{:?}", own.get(name)), format!("{:?}", Some(tensor)), "{name}");
    }
}

#[test]
fn knobs_are_turned_when_the_run_comes_to_them() {
    let changes = [(10, Knob::INNER_RATE, 0.02), (20, Knob::INNER_RATE, 0.03), (20, Knob::META_BATCH, 3.0)];
    let changes = changes.map(|(at, knob, value)| KnobMark { at, knob, value });
    let (mut turns, _) = keeping();
    turns.window.send(Command::Restart(Arc::new(plane()), None));
    turns.window.send(Command::Schedule(changes.to_vec()));
    let late = turns.until(|snapshot| snapshot.meta_iteration > 25);
    assert_eq!(*late.marks, changes);
    assert_eq!((late.settings.live.inner_rate, late.settings.live.meta_batch), (0.03, 3));
}

fn run_file(folder: &Path) -> PathBuf {
    let mut trainer = Trainer::new(plane(), None, 1).unwrap();
    let mut live = trainer.settings().live.clone();
    live.inner_rate = 0.013;
    trainer.set_live(live).unwrap();
    let path = folder.join("mine.safetensors");
    RunFile::new(&trainer.saved().unwrap(), None).unwrap().write(&path).unwrap();
    path
}

#[test]
fn a_run_that_is_dropped_on_the_window_is_opened() {
    let folder = tempdir().unwrap();
    let mut bench = Bench::of(families::SINE);
    bench.drop_file(run_file(folder.path()));
    let commands = bench.commands_when_made();
    let [Command::Open(kept, None)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(kept.start.run.tasks, families::PLANE);
    let mut snapshot = fixtures::snapshot(families::PLANE, 0);
    let mut settings = plane();
    settings.live.inner_rate = 0.013;
    (snapshot.settings, snapshot.run) = (Arc::new(settings), 99);
    bench.publish(snapshot);
    assert_eq!(bench.settings().live.inner_rate, 0.013, "the knobs stand as they stood");
}

#[test]
fn the_knobs_of_a_run_that_is_opened_are_not_those_of_one_that_is_seen_before_it() {
    let folder = tempdir().unwrap();
    let mut bench = Bench::of(families::SINE);
    bench.drop_file(run_file(folder.path()));
    bench.wait_until("the file", |bench| (bench.settings().run.tasks == families::PLANE).then_some(()));
    let mut late = fixtures::snapshot(families::SINE, 3);
    late.run = 98;
    bench.publish(late);
    assert_eq!(bench.settings().run.tasks, families::PLANE, "it is not that one that was asked for");
    assert!(matches!(bench.commands().as_slice(), [Command::Open(..)]));
    let mut snapshot = fixtures::snapshot(families::PLANE, 0);
    let mut settings = plane();
    settings.live.inner_rate = 0.017;
    (snapshot.settings, snapshot.run) = (Arc::new(settings), 99);
    bench.publish(snapshot);
    assert_eq!(bench.settings().live.inner_rate, 0.017);
}

#[test]
fn a_file_that_is_no_run_leaves_everything_as_it_was() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("foreign.safetensors");
    std::fs::write(&path, "something else").unwrap();
    let mut bench = Bench::of(families::SINE);
    bench.drop_file(path);
    bench.wait_to_say("not a run");
    assert!(bench.commands().is_empty());
    assert_eq!(bench.settings().run.tasks, families::SINE);
}

#[test]
fn a_line_of_text_is_pasted_and_begins_what_it_says() {
    let mut bench = Bench::of(families::SINE);
    let text = "metascope:1 plane reptile inner_rate=0.02 @30:outer_rate=0.002 view=outer-step";
    bench.harness.input_mut().events.push(Event::Paste(text.to_owned()));
    let mut commands = bench.commands_when_made();
    commands.retain(|command| !matches!(command, Command::Quit));
    let [Command::Restart(settings, None), Command::Schedule(coming)] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    assert_eq!((settings.run.algorithm.id(), settings.live.inner_rate), ("reptile", 0.02));
    assert_eq!(coming.as_slice(), [KnobMark { at: 30, knob: Knob::OUTER_RATE, value: 0.002 }]);
    bench.harness.input_mut().events.push(Event::Paste("metascope:1 plane maml view=teapot".to_owned()));
    bench.wait_to_say("There is no view “teapot”");
    bench.commands();
    bench.harness.input_mut().events.push(Event::Paste("metascope:1 plane alchemy".to_owned()));
    bench.wait_to_say("alchemy");
    assert!(bench.commands().is_empty());
}

#[test]
fn the_run_is_copied_as_the_text_that_begins_it() {
    let mut bench = Bench::of(families::SINE);
    bench.harness.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::C);
    bench.wait_to_say("Copied: metascope:1 sine maml");
}

#[test]
fn the_menu_has_what_can_be_done_with_files() {
    let mut bench = Bench::of(families::SINE);
    bench.open("Menu");
    for name in [
        "Open a run…",
        "Save the run",
        "Save the run as…",
        "Copy as text",
        "Copy as command line",
        "Take out",
        "A copied line of text",
    ] {
        assert!(bench.says(name), "{name}");
    }
}

/// A window that finds the run of an earlier one.
fn reopened(all: PathBuf) -> (Harness<'static, Option<App>>, TrainerEnd) {
    let (end, trainer) = link(Arc::new(|| {}));
    let builder = Harness::builder().with_size(vec2(1040.0, 656.0)).with_theme(Theme::Dark).with_step_dt(0.04);
    let harness = window(builder, move |ctx| {
        let session = Sessions::begin(&all).unwrap();
        let settings = Settings::preset(families::SINE, algorithms::MAML);
        let new = App::new(ctx, end, settings, Some(fixtures::image_set()));
        new.with_keeper(ctx, Keeper::start(|| {}).unwrap(), Some(session), None)
    });
    (harness, trainer)
}

#[test]
fn the_run_of_the_last_window_is_offered_and_gone_on_with() {
    let folder = tempdir().unwrap();
    let (first, _) = Sessions::begin(folder.path()).unwrap();
    std::fs::rename(run_file(folder.path()), first.run()).unwrap();
    drop(first);
    let (mut harness, trainer) = reopened(folder.path().to_owned());
    wait_until("the offer", || {
        harness.step();
        harness.query_by_label_contains("Go on where the last window was closed?").map(|_| ())
    });
    assert!(harness.query_by_label_contains("meta-iteration 0, kept just now").is_some());
    harness.get_by_label("Go on").click();
    let command = wait_until("a run", || {
        harness.step();
        trainer.try_command()
    });
    assert!(matches!(command, Command::Open(..)), "{command:?}");
    harness.step();
    assert!(harness.query_by_label("Go on").is_none());
}

#[test]
fn a_damaged_run_of_the_last_window_is_set_aside_with_a_word() {
    let folder = tempdir().unwrap();
    let (first, _) = Sessions::begin(folder.path()).unwrap();
    let run = first.run();
    std::fs::write(&run, "damaged").unwrap();
    drop(first);
    let (mut harness, _trainer) = reopened(folder.path().to_owned());
    wait_until("the word", || {
        harness.step();
        harness.query_by_label_contains("set aside").map(|_| ())
    });
    assert!(!run.exists() && run.with_file_name("damaged.safetensors").exists());
}

/// Settings with some values drawn anew.
fn some_settings() -> impl Strategy<Value = (Settings, Vec<KnobMark>)> {
    let settings: Vec<_> = table::all().collect();
    let turn = (0..settings.len(), 0.0..1.0f64);
    let mark = (0..Knob::ALL.len(), 0..100_000u64, 0.0..1.0f64);
    let family = (0..TaskFamily::ALL.len(), 0..Algorithm::ALL.len());
    (family, prop::collection::vec(turn, 0..6), prop::collection::vec(mark, 0..3)).prop_map(
        move |((tasks, algorithm), turns, marks)| {
            let mut drawn = Settings::preset(TaskFamily::ALL[tasks], Algorithm::ALL[algorithm]);
            for (index, share) in turns {
                let setting = settings[index];
                let before = drawn.clone();
                match &setting.field {
                    Field::Live(_) | Field::Run(_) | Field::Widths(_) => {
                        setting.set_number(&mut drawn, within(setting.range().unwrap(), share));
                    }
                    Field::Choice(choice) if !["run.tasks", "run.algorithm"].contains(&setting.path) => {
                        let names = setting.names().len();
                        (choice.set)(&mut drawn.run, (share * names as f64) as usize);
                    }
                    Field::Seed => drawn.run.seed = (share * u64::MAX as f64) as u64,
                    Field::Choice(_) | Field::Switch | Field::Images => {}
                }
                if drawn.validate().is_err() {
                    drawn = before;
                }
            }
            let mark = |(knob, at, share): (usize, u64, f64)| {
                let knob = Knob::ALL[knob];
                KnobMark { at, knob, value: within(knob.range(), share) }
            };
            (drawn, marks.into_iter().map(mark).collect())
        },
    )
}

fn within(range: table::Range, share: f64) -> f64 {
    let value = range.low + share * (range.high - range.low);
    if range.whole { value.round() } else { value }
}

fn value_at(table: &Table, path: &str) -> Value {
    path.split('.').fold(Value::Table(table.clone()), |value, key| value[key].clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn a_line_of_text_says_all_that_has_an_effect((settings, marks) in some_settings()) {
        let text = Share::of(settings.clone(), &marks, None).to_text();
        match Share::parse(&text) {
            Ok(share) => {
                let [said, meant] = [&share.experiment.settings, &settings].map(|all| Table::try_from(all).unwrap());
                for setting in table::all().filter(|setting| setting.group.why_dead(&settings.run).is_none()) {
                    let value = |table: &Table| value_at(table, setting.path);
                    prop_assert_eq!(value(&said), value(&meant), "{}: {}", setting.path, text);
                }
                prop_assert_eq!(share.experiment.changes, marks);
            }
            // A change may not go with what the run began with; then it is named.
            Err(error) => prop_assert!(!marks.is_empty() && error.to_string().contains("meta-iteration"), "{text}: {error}"),
        }
    }

    #[test]
    fn no_text_makes_it_fail_otherwise_than_in_words(text in "metascope:1 (sine|class) maml( [@a-z_]{1,12}(:[a-z_]{1,8})?=[-0-9a-z.#,]{0,8}){0,4}") {
        let _ = Share::parse(&text).map_err(|error| error.to_string());
    }
}

/// What a file of this ending holds of a run with a knob turned.
fn written(ending: &str) -> Vec<u8> {
    let mut trainer = Trainer::new(plane(), None, 1).unwrap();
    train_to(&mut trainer, 120);
    let mut live = trainer.settings().live.clone();
    live.inner_rate = 0.013;
    trainer.set_live(live).unwrap();
    let saved = trainer.saved().unwrap();
    let subject = Subject { saved: &saved, images: None, coming: &[] };
    let path = PathBuf::from(format!("a.{ending}"));
    (kinds::of(&path).bytes)(&subject, &Work::new(path)).unwrap()
}

#[test]
fn a_run_is_taken_out_as_what_others_can_open() {
    let text = |ending| String::from_utf8(written(ending)).unwrap();
    let table = text("csv");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(rows.headers().unwrap().get(0), Some("iteration"));
    let at: Vec<_> = rows.records().map(|row| row.unwrap()[0].to_owned()).collect();
    assert_eq!(at, ["0", "100"]);
    let drawing = text("svg");
    assert!(drawing.starts_with("<svg") && drawing.trim_end().ends_with("</svg>") && drawing.contains("<polyline"));
    assert!(drawing.contains("0.013"), "the mark of the knob");
    let experiment = Experiment::parse(&text("toml"), Path::new("a.toml")).unwrap();
    assert_eq!(experiment.changes, [KnobMark { at: 120, knob: Knob::INNER_RATE, value: 0.013 }]);
    assert!(image::load_from_memory(&written("png")).unwrap().width() > 100);
    assert!(RunFile::parse(&written("safetensors"), Path::new("a")).is_ok());
    assert!(RunFile::parse(&written("whatever"), Path::new("a")).is_ok(), "a name without a known ending");
}

#[test]
fn a_report_is_one_page_that_needs_nothing_else() {
    let page = String::from_utf8(written("html")).unwrap();
    for part in
        ["<!doctype html>", "metascope:1 plane maml @120:inner_rate=0.013", "data:image/png;base64,iVBOR", "<svg"]
    {
        assert!(page.contains(part), "{part}");
    }
    let links = page.matches("http").count() - page.matches("http://www.w3.org/2000/svg").count();
    assert_eq!(links, 0, "it asks no network for anything");
}

#[test]
fn a_report_speaks_the_window_s_language() {
    let folder = tempdir().unwrap();
    let mut keeper = Keeper::start(|| {}).unwrap();
    keeper.speak(Language::Chinese);
    let trainer = Trainer::new(plane(), None, 1).unwrap();
    let path = folder.path().join("report.html");
    keeper.sink(None)(trainer.saved().unwrap(), &[], Some(&path));
    keeper.keep(trainer.saved().unwrap(), Vec::new(), folder.path().join("none/such.safetensors"));
    let first = wait_until("a file", || keeper.news());
    let second = wait_until("another one", || keeper.news());
    let written =
        |wanted: &Path| [&first, &second].into_iter().find(|news| news.path == wanted).unwrap().written.is_ok();
    assert!(written(&path) && !written(&folder.path().join("none/such.safetensors")));
    assert!(std::fs::read_to_string(path).unwrap().contains("运行内容"));
}
