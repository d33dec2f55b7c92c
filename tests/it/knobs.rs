//! No control without effect, and none that has one is disabled.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use metascope::settings::table::{self, Group};
use metascope::settings::{Algorithm, Knob, Settings, TaskFamily};
use metascope::train::trainer::{MetricsRow, Trainer};

use crate::common::bench::Bench;
use crate::common::families;
use crate::common::runs::{begun, small, train_to};

/// Settings of a run that is measured at every meta-iteration.
fn measured(tasks: TaskFamily, algorithm: Algorithm) -> Settings {
    let mut settings = small(tasks, algorithm);
    settings.run.evaluate_every = 1;
    settings
}

/// What a run shows after `turn` was done to it on its way.
fn shown(settings: &Settings, turn: impl FnOnce(&mut Trainer)) -> (Vec<f32>, MetricsRow, Vec<Vec<f32>>) {
    let mut trainer = begun(settings, 1);
    train_to(&mut trainer, 2);
    turn(&mut trainer);
    train_to(&mut trainer, 5);
    let losses = trainer.evaluation().tasks[0].traces.iter().map(|trace| trace.query_loss.clone()).collect();
    (trainer.meta_parameters().values.clone(), trainer.first_row(), losses)
}

/// A live knob has an effect exactly where it is enabled.
fn every_knob(tasks: TaskFamily) {
    for algorithm in Algorithm::ALL {
        let settings = measured(tasks, algorithm);
        let as_it_was = shown(&settings, |_| ());
        for knob in Knob::ALL {
            let value = match knob.key() {
                "inner_rate" | "outer_rate" => 0.5 * knob.get(&settings.live),
                "inner_steps" | "test_steps" | "meta_batch" => knob.get(&settings.live) + 1.0,
                "shots" | "test_shots" | "inner_batch" => 4.0,
                "support_share" | "training_share" => 0.5,
                "pixels_per_step" => 20.0,
                "reduction" => 2.0,
                "tolerance" => 5.0,
                "baselines_at_alpha" => 1.0,
                "noise" => knob.get(&settings.live) + 0.3,
                "temperature" => 0.5,
                "flow_steps" => 7.0,
                "flow_order" => 2.0,
                key => unreachable!("{key}"),
            };
            let turned = shown(&settings, |trainer| {
                let mut live = trainer.settings().live.clone();
                knob.set(&mut live, value);
                trainer.set_live(live).unwrap();
            });
            let enabled = knob.why_dead(&settings.run).is_none();
            assert_eq!(turned != as_it_was, enabled, "{tasks:?} {algorithm:?} {knob:?}");
        }
    }
}

#[test]
fn no_knob_of_plane_tasks_is_without_effect() {
    every_knob(families::PLANE);
}

#[test]
fn no_knob_of_sine_tasks_is_without_effect() {
    every_knob(families::SINE);
}

#[test]
fn no_knob_of_picture_tasks_is_without_effect() {
    every_knob(families::PICTURE);
}

#[test]
fn no_knob_of_upscale_tasks_is_without_effect() {
    every_knob(families::UPSCALE);
}

#[test]
fn no_knob_of_completion_tasks_is_without_effect() {
    every_knob(families::COMPLETION);
}

#[test]
fn no_knob_of_class_tasks_is_without_effect() {
    every_knob(families::CLASS);
}

#[test]
fn no_knob_of_classify_tasks_is_without_effect() {
    every_knob(families::CLASSIFY);
}

#[test]
fn no_knob_of_cluster_tasks_is_without_effect() {
    every_knob(families::CLUSTER);
}

#[test]
fn a_setting_of_one_algorithm_changes_that_algorithm() {
    for setting in table::all() {
        let Group::Method(part) = setting.group else { continue };
        for algorithm in Algorithm::ALL {
            let mut settings = measured(families::SINE, algorithm);
            settings.live.inner_rate = 0.01;
            let before = shown(&settings, |_| ()).0;
            let now = setting.number(&settings).unwrap();
            setting.set_number(&mut settings, if setting.key() == "conjugate_steps" { 1.0 } else { now + 3.0 });
            let changes = shown(&settings, |_| ()).0 != before;
            assert_eq!(changes, algorithm.has(part), "{setting:?} {algorithm:?}");
        }
    }
}

#[test]
fn where_the_model_has_no_hidden_layer_its_activation_is_greyed() {
    for (tasks, is_there) in [(families::PLANE, false), (families::SINE, true)] {
        let mut bench = Bench::of(tasks);
        bench.open("What begins again");
        let list = bench.harness.get_by_role_and_label(Role::ComboBox, "Activation");
        assert_ne!(list.accesskit_node().is_disabled(), is_there, "{tasks:?}");
    }
}
