//! The help: its pages, the search among its questions, and what “Show me” does.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use metascope::settings::Settings;
use metascope::train::link::{Command, Pace};
use metascope::train::snapshot::Phase;

use crate::common::bench::Bench;
use crate::common::fixtures;
use crate::common::{algorithms, families};

const REPTILE: &str = "Reptile only moves to where adaptation ends. Why does that work?";
const TOO_LONG: &str = "Why does everything diverge when α is too large?";
const STEPS: &str = "More steps at test time than in training: does it help?";

fn open_questions(bench: &mut Bench) {
    bench.key(Key::F1);
    bench.harness.get_by_label("Questions").click();
    bench.harness.run();
}

fn search(bench: &mut Bench, words: &str) {
    bench.harness.get_by_role_and_label(Role::TextInput, "Search").set_text_value_accesskit(words);
    bench.harness.run();
}

fn show_me(bench: &mut Bench, question: &str) {
    open_questions(bench);
    search(bench, &question[..20]);
    bench.open(question);
    bench.click(Role::Button, "Show me");
}

#[test]
fn one_page_is_shown_at_a_time() {
    let mut bench = Bench::of(families::SINE);
    bench.key(Key::F1);
    assert!(bench.says("Each task is small") && !bench.says("Play or pause"));
    let place = |bench: &Bench| bench.harness.get_by_label("Keys").rect();
    let settled = place(&bench);
    bench.harness.run_steps(5);
    assert_eq!(place(&bench), settled, "it moves once it is there");
    bench.harness.get_by_label("Keys").click();
    bench.harness.run();
    assert!(bench.says("Play or pause") && !bench.says("Each task is small"));
    bench.key(Key::Escape);
    assert!(!bench.says("Play or pause"));
}

#[test]
fn a_search_leaves_what_has_all_of_its_words() {
    let mut bench = Bench::of(families::SINE);
    open_questions(&mut bench);
    assert!(bench.says(REPTILE) && bench.says(TOO_LONG));
    search(&mut bench, "NICHOL reptile");
    assert!(bench.says(REPTILE) && !bench.says(TOO_LONG));
    search(&mut bench, "reptile teapot");
    assert!(!bench.says(REPTILE) && bench.says("No question has all of these words"));
    search(&mut bench, "");
    assert!(bench.says(REPTILE) && bench.says(TOO_LONG));
}

#[test]
fn what_is_typed_is_no_shortcut() {
    let mut bench = Bench::of(families::SINE);
    open_questions(&mut bench);
    bench.key(Key::R);
    bench.key(Key::Space);
    let commands = bench.commands();
    assert!(commands.is_empty(), "{commands:?}");
}

#[test]
fn show_me_begins_a_run_of_what_is_to_be_seen() {
    let mut bench = Bench::of(families::SINE);
    show_me(&mut bench, REPTILE);
    let commands = bench.commands();
    let [Command::Pair([first, second], None), Command::SetPace(Pace::PerSecond(20))] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    assert_eq!(**first, Settings::preset(families::PLANE, algorithms::MAML));
    assert_eq!(second.run.algorithm, algorithms::REPTILE);
    assert!(!bench.says("Questions"), "the help stays open");
    assert!(bench.says("Where the inner loop goes from each start"));
}

#[test]
fn a_run_begins_with_the_knobs_of_what_is_to_be_seen() {
    let mut bench = Bench::of(families::SINE);
    show_me(&mut bench, TOO_LONG);
    let commands = bench.commands();
    let Some(Command::Restart(settings, None)) = commands.first() else { panic!("{commands:?}") };
    assert_eq!((settings.run.tasks, settings.live.inner_rate), (families::PLANE, 0.6));
}

#[test]
fn show_me_turns_the_knobs_of_a_run_that_will_do_and_lets_it_go_on() {
    let mut snapshot = fixtures::snapshot(families::SINE, 1284);
    snapshot.phase = Phase::Paused;
    let mut bench = Bench::with(snapshot);
    show_me(&mut bench, STEPS);
    let commands = bench.commands();
    assert!(matches!(commands.as_slice(), [Command::Play]), "{commands:?}");
    let live = bench.trainer.take_live().expect("live settings");
    assert_eq!((live.inner_steps, live.noise, live.test_shots), (1, 1.0, 5));
    assert!(bench.says("over many more steps than were trained for"));
    bench.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    bench.harness.run();
    assert_eq!(bench.settings().live, Settings::preset(families::SINE, algorithms::MAML).live);
}

#[test]
fn a_run_that_has_diverged_begins_again_to_show_something() {
    let mut snapshot = fixtures::snapshot(families::SINE, 412);
    snapshot.phase = Phase::Diverged;
    snapshot.divergence = Some(std::sync::Arc::new(fixtures::divergence()));
    let mut bench = Bench::with(snapshot);
    show_me(&mut bench, STEPS);
    let commands = bench.commands();
    assert!(matches!(commands.as_slice(), [Command::Restart(..)]), "{commands:?}");
}
