//! A run that leaves its best state: what is said, and the way back; a real trainer behind a window without a screen.

use metascope::meta::cancel::Cancel;
use std::path::Path;
use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use metascope::experiment::Experiment;
use metascope::images::for_run;
use metascope::settings::{ImageSource, LiveSettings, Settings, TaskFamily};
use metascope::train::link::Command;
use metascope::train::snapshot::{Divergence, Init, Phase, Snapshot};
use metascope::train::trainer::Trainer;
use metascope::train::worker::spawn;
use metascope::window::App;

use crate::common::algorithms;
use crate::common::bench::window;
use crate::common::families;
use crate::common::runs::train_to;
use crate::common::waiting::draw_until;

struct Live(Harness<'static, Option<App>>);

impl Live {
    fn start(settings: &Settings) -> Self {
        let set = for_run(&settings.run).unwrap();
        let (end, _thread) = spawn(Arc::new(|| {}), 2, None).unwrap();
        end.send(Command::Restart(Arc::new(settings.clone()), set.clone()));
        let builder = Harness::builder().with_size([1280.0, 800.0]).with_max_steps(40).with_step_dt(0.04);
        let settings = settings.clone();
        Self(window(builder, move |ctx| App::new(ctx, end, settings, set)))
    }

    fn snapshot(&self) -> Option<&Snapshot> {
        self.0.state().as_ref().and_then(App::snapshot)
    }

    fn settings(&self) -> &LiveSettings {
        &self.0.state().as_ref().unwrap().settings().live
    }

    fn says(&self, text: &str) -> bool {
        self.0.query_all_by_label_contains(text).next().is_some()
    }

    fn wait(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        draw_until(what, || {
            self.0.step();
            done(self).then_some(())
        });
    }

    fn click(&mut self, label: &str) {
        self.0.get_by_role_and_label(Role::Button, label).click();
        self.0.step();
    }

    fn type_value(&mut self, label: &str, text: &str) {
        self.0.get_by_role_and_label(Role::TextInput, label).focus();
        self.0.step();
        self.0.get_by_role_and_label(Role::TextInput, label).set_text_value_accesskit(text);
        self.0.step();
        self.0.key_press(egui::Key::Enter);
        self.0.step();
    }

    /// The mean query loss of the probe tasks after the last step, from the learned initialisation.
    fn held_out(&self) -> f32 {
        let evaluation = self.snapshot().and_then(|snapshot| snapshot.evaluation.clone()).unwrap();
        let last = evaluation.tasks.iter().map(|task| *task.traces[Init::Learned as usize].query_loss.last().unwrap());
        last.sum::<f32>() / evaluation.tasks.len() as f32
    }
}

/// α dragged far beyond stability: the message names the knob, the task and the step, and one click brings the best
/// state back, with its knobs.
#[test]
fn alpha_dragged_to_ten_is_named_and_one_click_brings_the_best_back() {
    for tasks in TaskFamily::ALL {
        let mut settings = Settings::preset(tasks, algorithms::MAML);
        settings.run.evaluate_every = 2;
        let usual = settings.live.inner_rate;
        let mut live = Live::start(&settings);
        live.wait("the best state", |live| {
            live.snapshot().is_some_and(|snapshot| snapshot.timeline.best.is_some() && snapshot.meta_iteration >= 24)
        });
        live.type_value("Inner rate α", "10");
        assert_eq!(live.settings().inner_rate, 10.0, "{tasks:?}");
        live.wait("a message", |live| {
            live.snapshot().is_some_and(|snapshot| snapshot.phase == Phase::Diverged || snapshot.astray.is_some())
        });
        live.0.step();
        let turn = format!("the inner rate α was turned from {usual} to 10");
        assert!(live.says(&turn), "{tasks:?}");
        let snapshot = live.snapshot().unwrap();
        if let Some(divergence) = &snapshot.divergence {
            let Divergence { task, inner_step, .. } = **divergence;
            assert!(task.is_some() && inner_step.is_some(), "{tasks:?}: {}", divergence.reason);
        }
        let best = snapshot.timeline.best.unwrap();
        live.click("Back to the best");
        live.wait("the best state again", |live| {
            live.snapshot().is_some_and(|snapshot| snapshot.meta_iteration == best && snapshot.phase == Phase::Paused)
        });
        assert_eq!(live.settings().inner_rate, usual, "{tasks:?}");
        let snapshot = live.snapshot().unwrap();
        assert!(snapshot.astray.is_none() && snapshot.divergence.is_none());
        assert_eq!(snapshot.timeline.head, best);
        let (loss, then) = (live.held_out(), snapshot.curves.held_out_after.points.last().unwrap().mean);
        assert!((loss - then).abs() <= 1e-3 * then, "{tasks:?}: {loss}, then {then}");
    }
}

/// α of a run's first meta-iteration.
fn starts_at(settings: &Settings) -> (f64, Trainer) {
    let trainer = Trainer::new(settings.clone(), for_run(&settings.run).unwrap(), 2).unwrap();
    (trainer.settings().live.inner_rate, trainer)
}

#[test]
fn on_other_images_than_the_presets_alpha_starts_below_its_limit_and_training_holds() {
    let mut settings = Settings::preset(families::COMPLETION, algorithms::MAML);
    let usual = settings.live.inner_rate;
    assert_eq!(starts_at(&settings).0, usual, "the preset suits its own images");
    settings.run.images = ImageSource::Digits;
    let (fitted, mut trainer) = starts_at(&settings);
    assert!(fitted < 0.5 * usual && fitted > 0.05 * usual, "{fitted}");
    let before = trainer.first_row().held_out[1];
    train_to(&mut trainer, 60);
    trainer.probe();
    assert!(trainer.first_row().held_out[1] < before);
    // Asked for, it stays as it is; what was written starts as it ran.
    let experiment = Experiment { settings: trainer.settings().clone(), ..Experiment::default() };
    let read = Experiment::parse(&experiment.to_text().unwrap(), Path::new("e.toml")).unwrap();
    assert_eq!(starts_at(&read.settings).0, fitted);
    let text = format!("[run]\ntasks = \"completion\"\nimages = \"digits\"\n[live]\ninner_rate = {usual}\n");
    let read = Experiment::parse(&text, Path::new("e.toml")).unwrap();
    assert_eq!(starts_at(&read.settings).0, usual);
}

/// A run that goes back to its best state does what it did then, to the bit.
#[test]
fn the_run_goes_on_from_its_best_state_as_it_did_then() {
    let mut settings = Settings::preset(families::SINE, algorithms::MAML);
    settings.run.network.hidden = vec![8];
    settings.run.evaluate_every = 2;
    let start = || {
        let mut trainer = Trainer::new(settings.clone(), None, 1).unwrap();
        train_to(&mut trainer, 60);
        trainer
    };
    let mut straight = start();
    let (best, loss) = straight.best().unwrap();
    assert!(best >= 20 && loss.is_finite());
    let mut back = start();
    let live = LiveSettings { inner_rate: 0.5, ..settings.live.clone() };
    back.set_live(live).unwrap();
    (0..4).for_each(|_| drop(back.step(Cancel::NEVER)));
    back.back_to_best();
    assert_eq!(back.meta_iteration(), best);
    assert_eq!(back.settings(), straight.settings());
    assert!(back.marks().is_empty());
    train_to(&mut back, 80);
    train_to(&mut straight, 80);
    assert_eq!(back.meta_parameters(), straight.meta_parameters());
}
