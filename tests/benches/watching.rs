//! What it costs to watch a run, and how soon something is to be seen: `cargo bench --bench watching`, with the names
//! of single measurements behind `--`.
#![allow(clippy::unwrap_used)]

use metascope::meta::cancel::Cancel;
use std::sync::Arc;
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use metascope::images::{ImageSet, for_run};
use metascope::keep::run_file::RunFile;
use metascope::settings::{Algorithm, ImageSource, Settings, TaskFamily};
use metascope::train::link::{Command, WindowEnd};
use metascope::train::session::TIMELINE_CAP;
use metascope::train::snapshot::Snapshot;
use metascope::train::trainer::{Step, Trainer};
use metascope::train::views::{Focus, Heights, Map, TestSteps, WhatIf};
use metascope::train::worker::spawn;

const MEASUREMENTS: [(&str, fn()); 6] = [
    ("map", what_the_map_costs),
    ("dragging", what_dragging_takes),
    ("test-steps", how_soon_test_steps_show),
    ("looking-back", how_long_looking_back_takes),
    ("states", what_keeping_states_costs),
    ("saving", what_saving_takes),
];

fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    for (name, measure) in MEASUREMENTS {
        if chosen.is_empty() || chosen.iter().any(|chosen| chosen == name) {
            println!("{name}");
            measure();
        }
    }
}

/// A worker that trains, until it goes out of scope.
struct Run {
    window: WindowEnd,
    thread: Option<JoinHandle<()>>,
    last: Option<Arc<Snapshot>>,
}

impl Run {
    fn new(settings: &Settings, focus: Focus) -> Self {
        let (window, thread) = spawn(Arc::new(|| {}), 2, None).unwrap();
        window.set_focus(focus);
        window.send(Command::Restart(Arc::new(settings.clone()), images(settings)));
        Self { window, thread: Some(thread), last: None }
    }

    fn wait(&mut self, right: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        loop {
            self.last = self.window.take_snapshot().or(self.last.take());
            match &self.last {
                Some(snapshot) if right(snapshot) => return snapshot.clone(),
                _ => sleep(Duration::from_millis(1)),
            }
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.window.send(Command::Quit);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn images(settings: &Settings) -> Option<Arc<ImageSet>> {
    for_run(&settings.run).unwrap()
}

fn looking(map: Map) -> Focus {
    Focus { stability: true, landscape: Some(map), ..Focus::default() }
}

fn milliseconds(since: Instant) -> f64 {
    1e3 * since.elapsed().as_secs_f64()
}

/// What the map costs the trainer: meta-iterations with and without somebody looking, in turns.
fn what_the_map_costs() {
    let of = |heights| looking(Map { heights, ..Map::default() });
    let looks = [Focus::default(), of(Heights::Task(0)), of(Heights::Adapted)];
    for tasks in TaskFamily::ALL {
        let mut run = Run::new(&Settings::preset(tasks, Algorithm::default()), Focus::default());
        let (mut done, mut columns) = ([0; 3], [0; 3]);
        for turn in 0..30 {
            run.window.set_focus(looks[turn % 3].clone());
            let before = run.wait(|_| true).meta_iteration;
            sleep(Duration::from_millis(1500));
            let after = run.wait(|_| true);
            let shown = after.landscape.as_ref().map_or(0, |landscape| landscape.columns);
            columns[turn % 3] = shown.max(columns[turn % 3]);
            if turn >= 3 {
                done[turn % 3] += after.meta_iteration - before;
            }
        }
        let cost = |look: usize| 100.0 * (1.0 - done[look] as f64 / done[0] as f64);
        println!("{tasks:?}: query loss {:.1} %, after adaptation {:.1} %; {columns:?} columns", cost(1), cost(2));
    }
}

/// From a hand's move to the paths from there, of a paused run and of one that goes on.
fn what_dragging_takes() {
    for tasks in [
        TaskFamily::named("plane"),
        TaskFamily::named("sine"),
        TaskFamily::named("picture"),
        TaskFamily::named("class"),
    ] {
        let mut run = Run::new(&Settings::preset(tasks, Algorithm::default()), looking(Map::default()));
        let map = run.wait(|snapshot| snapshot.landscape.is_some()).landscape.clone().unwrap();
        for command in [Command::Pause, Command::Play] {
            run.window.send(command.clone());
            sleep(Duration::from_millis(200));
            let mut times: Vec<f64> = (0..20)
                .map(|turn| {
                    let at = [0.01 * f64::from(turn), 0.02];
                    let asked = WhatIf { plane: map.plane.clone(), at, map: map.map };
                    let start = Instant::now();
                    run.window.set_focus(Focus { what_if: Some(asked.clone()), ..looking(map.map) });
                    run.wait(|snapshot| snapshot.closeups.tried.as_ref().is_some_and(|tried| tried.asked == asked));
                    milliseconds(start)
                })
                .collect();
            times.sort_by(f64::total_cmp);
            println!("{tasks:?} {command:?}: median {:.0} ms, 95 % within {:.0} ms", times[10], times[18]);
        }
    }
}

/// How soon test steps show something while a run of the picture preset goes on.
fn how_soon_test_steps_show() {
    let settings = Settings::preset(TaskFamily::named("picture"), Algorithm::default());
    let mut run = Run::new(&settings, Focus { stability: true, test_steps: true, ..Focus::default() });
    let began = Instant::now();
    for (what, done) in [
        ("a few steps", (|found| found.adapted[0].mean_query.len() > 5) as fn(&TestSteps) -> bool),
        ("the first task", |found| !found.adapted[0].query.is_empty()),
        ("all from the learned initialisation", |found| found.adapted[0].query.len() == found.tasks),
    ] {
        let snapshot = run.wait(|snapshot| snapshot.closeups.test_steps.as_ref().is_some_and(|found| done(found)));
        println!("{what}: {:.1} s, at {}", began.elapsed().as_secs_f64(), snapshot.meta_iteration);
    }
}

/// How long the window waits for an earlier moment after many meta-iterations on simple tasks, and after a few hundred
/// on others.
fn how_long_looking_back_takes() {
    for (tasks, last) in [
        (TaskFamily::named("cluster"), 200),
        (TaskFamily::named("class"), 200),
        (TaskFamily::named("picture"), 300),
        (TaskFamily::named("classify"), 200),
        (TaskFamily::named("sine"), 100_000),
        (TaskFamily::named("plane"), 100_000),
    ] {
        let mut settings = Settings::preset(tasks, Algorithm::default());
        if tasks.needs_classes() {
            settings.run.images = ImageSource::Characters;
        }
        let mut run = Run::new(&settings, Focus::default());
        let began = Instant::now();
        let end = run.wait(|snapshot| snapshot.meta_iteration >= last);
        let trained = began.elapsed().as_secs_f64();
        let mut waits: Vec<f64> = (0..40)
            .map(|index| {
                let at = end.timeline.kept(index * 7919 % last);
                let asked = Instant::now();
                run.window.look_at(Some(at));
                run.wait(|snapshot| snapshot.timeline.shown == Some(at));
                let waited = milliseconds(asked);
                sleep(Duration::from_millis(30));
                waited
            })
            .collect();
        waits.sort_by(f64::total_cmp);
        println!(
            "{tasks:?}: {last} in {trained:.1} s; shortest {:.1} ms, median {:.1} ms, longest {:.1} ms; every {}, {:.1} MB",
            waits[0],
            waits[20],
            waits[39],
            end.timeline.every,
            end.timeline.bytes as f64 / f64::from(1 << 20)
        );
    }
}

/// What a copy of the state costs the trainer, which takes one at every measurement.
fn what_keeping_states_costs() {
    for tasks in [TaskFamily::named("plane"), TaskFamily::named("sine"), TaskFamily::named("picture")] {
        let settings = Settings::preset(tasks, Algorithm::named("meta-sgd"));
        let mut trainer = Trainer::new(settings.clone(), images(&settings), 2).unwrap();
        trainer.set_timeline_cap(TIMELINE_CAP);
        let began = Instant::now();
        for _ in 0..20 * settings.run.evaluate_every {
            assert!(matches!(trainer.step(Cancel::NEVER), Step::Done(_)));
        }
        let between = milliseconds(began) / 20.0;
        let began = Instant::now();
        let copies: Vec<_> = (0..20).map(|_| trainer.checkpoint()).collect();
        let copy = milliseconds(began) / copies.len() as f64;
        let share = 100.0 * copy / between;
        println!("{tasks:?}: a copy {:.1} us, {share:.3} % of the {between:.1} ms between two", 1e3 * copy);
    }
}

/// After a million meta-iterations: how long the trainer stands still while its run is handed out, and what is done beside
/// it; METASCOPE_SAVED=FILE keeps that run, to be opened.
fn what_saving_takes() {
    let settings = Settings::default();
    let mut trainer = Trainer::new(settings.clone(), images(&settings), 2).unwrap();
    (0..5).for_each(|_| drop(trainer.step(Cancel::NEVER)));
    trainer.pretend(1_000_000);
    let timed = |work: &mut dyn FnMut()| {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64() * 1e3
    };
    let mut stops: Vec<f64> = (0..21).map(|_| timed(&mut || drop(trainer.saved()))).collect();
    stops.sort_by(f64::total_cmp);
    let mut bytes = Vec::new();
    let beside = timed(&mut || bytes = RunFile::new(&trainer.saved().unwrap(), None).unwrap().bytes().unwrap());
    let (rows, size) = (trainer.rows().len(), bytes.len() as f64 / 1e6);
    println!("  {rows} rows of metrics: the trainer stops for {:.1} ms (median of 21)", stops[10]);
    println!("  a file of {size:.1} MB, made in {beside:.0} ms on another thread");
    if let Some(path) = std::env::var_os("METASCOPE_SAVED") {
        std::fs::write(path, bytes).unwrap();
    }
}
