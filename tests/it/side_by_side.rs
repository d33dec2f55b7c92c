//! Two runs side by side: in step, under one set of knobs, with their difference.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use metascope::settings::{Knob, Settings};
use metascope::train::link::Command;
use metascope::train::session::Session;
use metascope::train::snapshot::{Phase, Snapshot};
use metascope::train::trainer::Trainer;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;
use crate::common::runs::{Turns, train_to};

fn pair(keeps_rates: bool) -> [Arc<Settings>; 2] {
    let mut settings = Settings::preset(families::SINE, algorithms::MAML);
    settings.run.network.hidden = vec![8];
    settings.run.evaluate_every = 5;
    [Arc::new(settings.by(algorithms::REPTILE, keeps_rates)), Arc::new(settings)]
}

/// MAML, and Reptile beside it.
fn begin() -> Turns {
    let turns = Turns::of(|end| Session::new(end, 2, None));
    let [second, first] = pair(false);
    turns.window.send(Command::Pair([first, second], None));
    turns
}

/// Gives turns until a snapshot is as wanted; whatever is shown on the way is in step.
fn until(turns: &mut Turns, wanted: impl Fn(&Snapshot, &Snapshot) -> bool) -> [Arc<Snapshot>; 2] {
    let second = |first: &Snapshot| first.beside.clone().expect("a run beside");
    let first = turns.until(|first| {
        let second = second(first);
        assert_eq!(first.meta_iteration, second.meta_iteration);
        wanted(first, &second)
    });
    let second = second(&first);
    [first, second]
}

fn last(snapshot: &Snapshot) -> Option<(f64, f32)> {
    snapshot.curves.training_after.points.last().map(|point| (point.at, point.mean))
}

#[test]
fn the_second_is_what_it_would_be_alone() {
    let mut turns = begin();
    until(&mut turns, |first, _| first.meta_iteration >= 20);
    turns.window.send(Command::Pause);
    let shown = until(&mut turns, |first, _| first.phase == Phase::Paused);
    for (settings, shown) in pair(false).into_iter().rev().zip(&shown) {
        let mut alone = Trainer::new(Settings::clone(&settings), None, 1).unwrap();
        train_to(&mut alone, shown.meta_iteration);
        let alone = alone.snapshot(0, 0.0, Phase::Paused);
        assert_eq!(last(shown), last(&alone));
        assert_eq!(shown.curves.held_out_after.points, alone.curves.held_out_after.points);
        assert_eq!(shown.settings.run.algorithm, settings.run.algorithm);
    }
    assert_ne!(last(&shown[0]), last(&shown[1]));
}

#[test]
fn knobs_and_moments_are_of_both() {
    let mut turns = begin();
    until(&mut turns, |first, _| first.meta_iteration >= 30);
    let [_, usual] = until(&mut turns, |_, _| true);
    let [preset, _] = pair(false);
    assert_eq!(usual.settings.live, preset.live, "its usual rates");
    turns.window.send(Command::Pause);
    let [first, _] = until(&mut turns, |first, _| first.phase == Phase::Paused);
    let mut live = first.settings.live.clone();
    live.inner_rate = 0.007;
    turns.window.set_live(live, None);
    let [_, second] = until(&mut turns, |first, _| first.settings.live.inner_rate == 0.007);
    assert_eq!(second.settings.live.inner_rate, 0.007);
    assert_eq!(second.settings.live.inner_steps, usual.settings.live.inner_steps, "what was not turned stays");
    turns.window.look_at(Some(12));
    let [_, second] = until(&mut turns, |first, _| first.timeline.shown == Some(10));
    assert_eq!(second.timeline.shown, Some(10));
    turns.window.send(Command::ContinueHere(10));
    turns.window.send(Command::Play);
    let [_, second] = until(&mut turns, |first, _| first.timeline.shown.is_none() && first.meta_iteration >= 15);
    assert_eq!(second.timeline.branch, 1);
    turns.window.send(Command::BackToBest);
    let [first, second] = until(&mut turns, |first, _| first.phase == Phase::Paused);
    assert_eq!(first.settings.live.inner_rate, second.settings.live.inner_rate);
    turns.window.send(Command::Alone);
    turns.until(|snapshot| snapshot.beside.is_none());
}

#[test]
fn a_second_that_diverges_says_so_and_comes_back_with_the_first() {
    let [second, first] = pair(false);
    let mut wild = Settings::clone(&second);
    Knob::INNER_RATE.set(&mut wild.live, 10.0);
    wild.live.inner_steps = 20;
    let mut turns = Turns::of(|end| Session::new(end, 1, None));
    turns.window.send(Command::Pair([first, Arc::new(wild)], None));
    turns.until(|first| {
        let second = first.beside.as_ref().expect("a run beside");
        let failed = second.phase == Phase::Diverged;
        assert!(!failed || second.divergence.is_some() && first.phase == Phase::Running);
        failed && first.meta_iteration > second.meta_iteration + 20
    });
}

#[test]
fn rates_are_kept_or_usual() {
    let settings = Settings::preset(families::PICTURE, algorithms::MAML);
    let [usual, kept] = [false, true].map(|keeps| settings.by(algorithms::REPTILE, keeps));
    assert_eq!(usual, Settings::preset(families::PICTURE, algorithms::REPTILE));
    assert_eq!(kept.live, settings.live);
    assert_eq!(kept.run.algorithm, algorithms::REPTILE);
}

/// A run of MAML with one of Reptile beside it that is as good on the held-out tasks, but for one decibel.
fn both(worse_by: f32) -> Snapshot {
    let mut first = fixtures::snapshot(families::PICTURE, 1284);
    let mut second = fixtures::snapshot(families::PICTURE, 1284);
    let mut settings = Settings::clone(&second.settings);
    settings.run.algorithm = algorithms::REPTILE;
    second.settings = Arc::new(settings);
    let mut evaluation = second.evaluation.as_deref().unwrap().clone();
    for (index, task) in evaluation.tasks.iter_mut().enumerate() {
        let psnr = task.traces[0].psnr.as_mut().unwrap();
        psnr.iter_mut().for_each(|psnr| *psnr -= worse_by + 0.1 * (index as f32 - 1.5));
    }
    second.evaluation = Some(Arc::new(evaluation));
    first.beside = Some(Arc::new(second));
    first
}

#[test]
fn a_second_run_is_two_clicks_away_and_goes_again() {
    let mut bench = Bench::of(families::SINE);
    let _ = bench.commands();
    bench.click(Role::Button, "Side by side");
    bench.click(Role::Button, "Reptile");
    let commands = bench.commands();
    let [Command::Pair([first, second], None)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(first.run.algorithm, algorithms::MAML);
    assert_eq!(**second, first.by(algorithms::REPTILE, false));
    bench.click(Role::Button, "Side by side");
    bench.click(Role::Button, "One run alone");
    assert!(matches!(bench.commands().as_slice(), [Command::Alone]));
    bench.click(Role::Button, "Side by side");
    bench.click(Role::CheckBox, "At my rates");
    bench.click(Role::Button, "FOMAML");
    assert!(matches!(bench.commands().as_slice(), [Command::Pair(..)]));
    bench.click(Role::ComboBox, "Algorithm");
    bench.click(Role::Button, "ANIL");
    let commands = bench.commands();
    let [Command::Pair([first, second], None)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!([first, second].map(|run| run.run.algorithm), [algorithms::ANIL, algorithms::FOMAML]);
    assert_eq!(first.live.inner_rate, second.live.inner_rate, "at the first one's rates");
}

#[test]
fn both_are_seen_with_their_difference() {
    let bench = Bench::with(both(2.0));
    for row in ["MAML k = 5", "Reptile k = 5", "Random start k = 5", "Pretrained start k = 5"] {
        assert!(bench.says(row), "{row}");
    }
    assert!(bench.says("MAML leads Reptile by 2.0 dB (95 %: 1.8 … 2.2 dB, mean of 4 tasks)"));
    assert!(bench.harness.query_all_by_label("Reptile").count() >= 2, "a row and a line");
    let bench = Bench::with(both(0.01));
    assert!(bench.says("MAML and Reptile do not differ clearly"));
    let mut failed = both(2.0);
    let mut second = failed.beside.as_deref().unwrap().clone();
    second.phase = Phase::Diverged;
    second.divergence = Some(Arc::new(fixtures::divergence()));
    failed.beside = Some(Arc::new(second));
    let mut bench = Bench::with(failed);
    assert!(bench.says("Reptile failed at meta-iteration 412"));
    bench.click(Role::Button, "Layers");
    assert!(bench.harness.query_all_by_label("Reptile").count() > 0, "each half has its name");
}

#[test]
fn a_row_of_learned_rates_says_that_it_shows_their_median() {
    let mut snapshot = both(2.0);
    let mut second = snapshot.beside.as_deref().unwrap().clone();
    let mut settings = Settings::clone(&second.settings);
    settings.run.algorithm = algorithms::META_SGD;
    second.settings = Arc::new(settings);
    assert!(!Bench::with(snapshot.clone()).says("median α"));
    snapshot.beside = Some(Arc::new(second));
    assert!(Bench::with(snapshot).says("median α"));
}
