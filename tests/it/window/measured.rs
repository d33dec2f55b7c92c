//! What was measured, shown: much, nothing yet, and numbers that overflow.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use metascope::settings::TaskFamily;
use metascope::train::snapshot::{Enlarged, Panel, Picture};

use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;

#[test]
fn every_family_has_its_columns() {
    for tasks in TaskFamily::ALL {
        let bench = Bench::of(tasks);
        for label in ["k = 0", "k = 1", "k = 10", "Learned start", "Random start", "Pretrained start"] {
            assert!(bench.harness.query_all_by_label(label).next().is_some(), "{label} in {tasks:?}");
        }
    }
    let bench = Bench::of(families::PICTURE);
    assert!(bench.says("target") && bench.says("support"));
}

#[test]
fn overflow_is_shown_and_survived() {
    for tasks in TaskFamily::ALL {
        let mut snapshot = fixtures::snapshot(tasks, 1284);
        let mut evaluation = snapshot.evaluation.as_deref().unwrap().clone();
        for trace in evaluation.tasks.iter_mut().flat_map(|task| &mut task.traces) {
            trace.query_loss.fill(f32::INFINITY);
            trace.support_loss.fill(f32::NAN);
            if let Some(psnr) = &mut trace.psnr {
                psnr.fill(f32::NEG_INFINITY);
            }
            for output in &mut trace.outputs {
                let values = match output {
                    Panel::Curve { fitted, .. } => fitted,
                    Panel::Scatter { predicted, .. } => predicted,
                    _ => &mut None,
                };
                if let Some(values) = values {
                    values.iter_mut().step_by(2).for_each(|value| *value = f32::NAN);
                    values.iter_mut().step_by(3).for_each(|value| *value = 1e30);
                }
            }
        }
        evaluation.movement.iter_mut().for_each(|layer| layer.relative = [f32::INFINITY, f32::NAN, 0.0]);
        snapshot.evaluation = Some(Arc::new(evaluation));
        let mut curves = snapshot.curves.as_ref().clone();
        for curve in [&mut curves.training_before, &mut curves.held_out_after] {
            curve.points.iter_mut().step_by(2).for_each(|point| point.mean = f32::INFINITY);
        }
        curves.random_after.points.iter_mut().for_each(|point| point.mean = f32::NAN);
        snapshot.curves = Arc::new(curves);
        let mut landscape = snapshot.landscape.as_deref().unwrap().clone();
        landscape.loss.fill(f32::INFINITY);
        snapshot.landscape = Some(Arc::new(landscape));
        let bench = Bench::with(snapshot);
        assert!(bench.says("overflow"));
    }
}

#[test]
fn nothing_measured_yet() {
    let mut snapshot = fixtures::snapshot(families::PICTURE, 0);
    (snapshot.evaluation, snapshot.landscape, snapshot.marks) = (None, None, Arc::new([]));
    snapshot.curves = Arc::default();
    let bench = Bench::with(snapshot);
    assert!(bench.says("The first evaluation is coming"));
}

#[test]
fn limits_settle_after_a_shrink() {
    let mut bench = Bench::of(families::PICTURE);
    let mut snapshot = fixtures::snapshot(families::PICTURE, 1284);
    let mut curves = snapshot.curves.as_ref().clone();
    curves
        .held_out_before
        .points
        .iter_mut()
        .chain(&mut curves.training_before.points)
        .for_each(|point| point.mean = 0.05);
    snapshot.curves = Arc::new(curves);
    bench.trainer.publish(snapshot);
    bench.harness.run_steps(200);
    assert_eq!(bench.harness.run(), 1);
}

#[test]
fn hovering_shows_a_picture_closer() {
    let mut snapshot = fixtures::snapshot(families::COMPLETION, 1284);
    let pair = |task: usize| {
        [0, 1].map(|i| Picture { width: 128, height: 128, rgb: vec![(40 * task + i) as u8; 3 * 128 * 128] })
    };
    snapshot.enlarged = Some(Arc::new(Enlarged { meta_iteration: 1280, factor: 4, pairs: (0..4).map(pair).collect() }));
    let mut bench = Bench::with(snapshot);
    assert!(!bench.says("bicubically"));
    bench.harness.get_by_label("target face-105").hover();
    bench.harness.run_steps(25);
    assert!(bench.says("Adapted function at 4 × the resolution, at meta-iteration 1,280"));
    assert!(bench.says("Target enlarged 4 × bicubically"));
}

#[test]
fn what_is_known_of_a_task_lies_in_one_row_before_its_steps_and_the_race_below() {
    for tasks in TaskFamily::ALL {
        let snapshot = fixtures::snapshot(tasks, 1284);
        let task = snapshot.evaluation.as_deref().unwrap().tasks[0].clone();
        let bench = Bench::with(snapshot);
        let rect = |name: &str| bench.harness.get_by_role_and_label(Role::Image, name).rect();
        let mut right = 0.0;
        let mut bottom = 0.0;
        for given in task.given.iter() {
            let reached = if given.reaches.is_empty() { String::new() } else { format!(" {}", given.caption) };
            let cell = rect(&format!("{} {}{reached}", given.title, task.name));
            assert!(cell.left() > right && (bottom == 0.0 || cell.bottom() == bottom), "{tasks:?} {}", given.title);
            (right, bottom) = (cell.right(), cell.bottom());
        }
        assert!(rect(&format!("race {}", task.name)).top() > bottom, "{tasks:?}");
    }
}
