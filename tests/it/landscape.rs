//! The map around φ: its heights against direct evaluation, its optimum against its closed form, what happens when φ is
//! dragged, and that nobody's looking changes a run.

use metascope::meta::cancel::Cancel;
use std::cell::RefCell;
use std::sync::Arc;

use metascope::maths::network::Workspace;
use metascope::meta::TaskWork;
use metascope::settings::{Algorithm, Knob, Settings, TaskFamily};
use metascope::tasks::{Family, HeldOut};
use metascope::train::link::{Command, WindowEnd};
use metascope::train::snapshot::{Init, Landscape, Snapshot};
use metascope::train::trainer::Trainer;
use metascope::train::views::{Focus, Heights, Map, WhatIf};
use metascope::train::worker::spawn;

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::{train_to, worker_with_rows};
use crate::common::sets;
use crate::common::waiting::wait_until;

fn settings(tasks: TaskFamily, algorithm: Algorithm) -> Settings {
    let mut settings = Settings::preset(tasks, algorithm);
    settings.live.test_steps = 3;
    settings.run.evaluate_every = 5;
    if tasks.needs_images() {
        settings.run.network.hidden = vec![12, 12];
        settings.live.pixels_per_step = 64;
        settings.live.meta_batch = 3;
        settings.live.flow_steps = 3;
    }
    settings
}

/// A paused run after so many meta-iterations, with somebody looking.
struct Watched {
    window: WindowEnd,
    thread: Option<std::thread::JoinHandle<()>>,
    settings: Settings,
    last: RefCell<Option<Arc<Snapshot>>>,
}

impl Watched {
    fn new(settings: &Settings, iterations: u64, focus: Focus) -> (Self, Arc<Snapshot>) {
        let (window, thread) = spawn(Arc::new(|| {}), 2, None).unwrap();
        window.set_focus(focus);
        let images = settings.run.tasks.needs_images().then(|| sets::for_settings(settings));
        window.send(Command::Restart(Arc::new(settings.clone()), images));
        window.send(Command::Pause);
        let watched = Self { window, thread: Some(thread), settings: settings.clone(), last: RefCell::default() };
        let paused = watched.wait("the pause", |snapshot| snapshot.phase == metascope::train::snapshot::Phase::Paused);
        for _ in paused.meta_iteration..iterations {
            watched.window.send(Command::Step);
        }
        let there = watched.wait("the steps", |snapshot| snapshot.meta_iteration >= iterations);
        (watched, there)
    }

    fn wait(&self, what: &str, done: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        wait_until(&format!("{what}: {:?}", self.settings.run), || {
            if let Some(snapshot) = self.window.take_snapshot() {
                self.last.replace(Some(snapshot));
            }
            self.last.borrow().clone().filter(|snapshot| done(snapshot))
        })
    }

    /// A map of this kind at a state, at least as fine as this.
    fn map(&self, map: Map, iteration: u64, columns: usize) -> Arc<Landscape> {
        let right = |snapshot: &Snapshot| {
            snapshot.landscape.as_ref().is_some_and(|landscape| {
                landscape.map == map && landscape.columns >= columns && landscape.meta_iteration == iteration
            })
        };
        self.wait("the map", right).landscape.clone().unwrap()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.window.send(Command::Quit);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn looking(map: Map) -> Focus {
    Focus { stability: true, landscape: Some(map), ..Focus::default() }
}

fn of(heights: Heights) -> Map {
    Map { heights, ..Map::default() }
}

/// The same run without a window, and its probe tasks.
fn alone(settings: &Settings, iterations: u64) -> (Trainer, Vec<HeldOut>) {
    let images = settings.run.tasks.needs_images().then(|| sets::for_settings(settings));
    let mut trainer = Trainer::new(settings.clone(), images.clone(), 1).unwrap();
    train_to(&mut trainer, iterations);
    let family = Family::new(&settings.run, images).unwrap();
    let count = trainer.evaluation().tasks.len();
    let tasks = (0..count).map(|index| family.held_out(&settings.live, settings.run.seed, index)).collect();
    (trainer, tasks)
}

fn places(map: &Landscape) -> impl Iterator<Item = ([f64; 2], f32)> {
    let rows = map.loss.len() / map.columns;
    let along =
        |[from, to]: [f64; 2], index: usize, count: usize| from + (to - from) * index as f64 / (count - 1) as f64;
    let place =
        move |index: usize| [along(map.x, index % map.columns, map.columns), along(map.y, index / map.columns, rows)];
    map.loss.iter().enumerate().map(move |(index, loss)| (place(index), *loss))
}

/// Mean over tasks of the query loss after K steps from θ.
fn adapted_from(trainer: &Trainer, tasks: &[HeldOut], theta: &[f32]) -> f32 {
    let learner = trainer.learner();
    let mut meta = trainer.meta_parameters().clone();
    meta.values[..theta.len()].copy_from_slice(theta);
    let live = &trainer.settings().live;
    let losses = tasks.iter().map(|task| {
        let mut work = TaskWork::default();
        learner.adapt(&meta, live.inner_rate, &task.episode, live.inner_steps, Cancel::NEVER, &mut work);
        f64::from(learner.network.loss(work.inner.adapted(), &task.episode.query, &mut Workspace::default()))
    });
    (losses.sum::<f64>() / tasks.len() as f64) as f32
}

#[test]
fn every_height_is_the_query_loss_there() {
    for (tasks, chosen) in [(families::PLANE, 0), (families::PLANE, 5), (families::SINE, 2)] {
        let settings = settings(tasks, algorithms::MAML);
        let wanted = Map { heights: Heights::Task(chosen), through: [3, 1] };
        let (watched, _) = Watched::new(&settings, 20, looking(wanted));
        let map = watched.map(wanted, 20, 49);
        let (trainer, tasks) = alone(&settings, 20);
        let network = &trainer.learner().network;
        let mut work = Workspace::default();
        for (place, height) in places(&map) {
            let direct = network.loss(&map.plane.point(place), &tasks[chosen].episode.query, &mut work);
            assert_eq!(height, direct, "at {place:?}");
        }
        assert!(map.title.contains(tasks[chosen].name.en()), "{}", map.title);
        assert!(map.paths.iter().any(|path| path.own && path.task == tasks[chosen].name));
        // φ and two adapted parameter vectors are on the plane, not beside it.
        let phi = trainer.meta_parameters().phi();
        let back = map.plane.point(map.plane.coordinates(phi));
        assert!(back.iter().zip(phi).all(|(a, b)| (a - b).abs() < 1e-5));
        let starts: Vec<_> =
            map.paths.iter().filter(|path| path.init == Init::Learned).map(|path| path.points[0]).collect();
        assert!(starts.iter().all(|start| *start == map.plane.coordinates(phi)));
    }
}

#[test]
fn every_height_after_adaptation_is_the_mean_over_the_tasks() {
    for (tasks, algorithm) in [
        (families::PLANE, algorithms::MAML),
        (families::PLANE, algorithms::META_SGD),
        (families::SINE, algorithms::MAML_PLUS_PLUS),
    ] {
        let mut settings = settings(tasks, algorithm);
        settings.live.inner_steps = 2;
        let wanted = of(Heights::Adapted);
        let (watched, _) = Watched::new(&settings, 10, looking(wanted));
        let map = watched.map(wanted, 10, 25);
        let (trainer, tasks) = alone(&settings, 10);
        assert_eq!(map.title, format!("Mean query loss after 2 steps, {} tasks", tasks.len()));
        for (place, height) in places(&map) {
            let direct = adapted_from(&trainer, &tasks, &map.plane.point(place));
            assert!((height - direct).abs() <= 1e-6 * direct.abs(), "{algorithm:?} at {place:?}: {height} {direct}");
        }
    }
}

/// The heights are quadratic on the plane; where they are lowest is known before any of them is computed.
#[test]
fn the_optimum_of_the_plane_is_that_of_the_heights() {
    for (algorithm, heights) in [
        (algorithms::MAML, Heights::Task(3)),
        (algorithms::MAML, Heights::Adapted),
        (algorithms::META_SGD, Heights::Adapted),
        (algorithms::IMAML, Heights::Adapted),
    ] {
        let mut settings = settings(families::PLANE, algorithm);
        settings.live.inner_steps = 3;
        let (watched, _) = Watched::new(&settings, 10, looking(of(heights)));
        let map = watched.map(of(heights), 10, 13);
        let (trainer, tasks) = alone(&settings, 10);
        let optimum = map.optimum.unwrap();
        let height = |at: [f64; 2]| match heights {
            Heights::Task(task) => {
                let theta = map.plane.point(at);
                trainer.learner().network.loss(&theta, &tasks[task].episode.query, &mut Workspace::default())
            }
            Heights::Adapted => adapted_from(&trainer, &tasks, &map.plane.point(at)),
        };
        let lowest = height(optimum);
        for step in [[0.05, 0.0], [-0.05, 0.0], [0.0, 0.05], [0.0, -0.05]] {
            let beside = height([optimum[0] + step[0], optimum[1] + step[1]]);
            assert!(beside > lowest, "{algorithm:?} {heights:?}: {beside} {lowest}");
        }
        assert!(places(&map).all(|(_, height)| height >= lowest - 1e-6));
        // Each task has an optimum of its own, where no step makes its loss smaller.
        assert_eq!(map.optima.len(), tasks.len());
        for (at, task) in map.optima.iter().zip(&tasks) {
            let loss = |at: [f64; 2]| {
                let theta = map.plane.point(at);
                trainer.learner().network.loss(&theta, &task.episode.query, &mut Workspace::default())
            };
            assert!(
                [[0.05, 0.0], [0.0, -0.05]].iter().all(|step| loss([at[0] + step[0], at[1] + step[1]]) > loss(*at))
            );
        }
        assert!((map.x[0]..=map.x[1]).contains(&optimum[0]) && (map.y[0]..=map.y[1]).contains(&optimum[1]));
    }
    // Rates that depend on where one is make the heights anything but quadratic.
    let settings = settings(families::PLANE, algorithms::META_MODEL);
    let (watched, _) = Watched::new(&settings, 5, looking(of(Heights::Adapted)));
    assert_eq!(watched.map(of(Heights::Adapted), 5, 13).optimum, None);
}

#[test]
fn paths_begin_where_phi_is_dragged_to_and_the_losses_are_those_there() {
    for (tasks, heights) in
        [(families::PLANE, Heights::Task(1)), (families::SINE, Heights::Task(0)), (families::PLANE, Heights::Adapted)]
    {
        let settings = settings(tasks, algorithms::MAML);
        let (watched, _) = Watched::new(&settings, 10, looking(of(heights)));
        let map = watched.map(of(heights), 10, 13);
        let at = [0.3 * map.x[0] + 0.7 * map.x[1], 0.6 * map.y[0] + 0.4 * map.y[1]];
        let asked = WhatIf { plane: map.plane.clone(), at, map: map.map };
        watched.window.set_focus(Focus { what_if: Some(asked.clone()), ..looking(of(heights)) });
        let (trainer, tasks) = alone(&settings, 10);
        let all = |snapshot: &Snapshot| {
            snapshot
                .closeups
                .tried
                .as_ref()
                .is_some_and(|tried| tried.asked == asked && tried.paths.len() == tasks.len())
        };
        let snapshot = watched.wait("the adaptation from there", all);
        let tried = snapshot.closeups.tried.as_ref().unwrap();
        for path in &tried.paths {
            assert!((0..2).all(|axis| (path.points[0][axis] - at[axis]).abs() < 1e-5), "{:?} {at:?}", path.points[0]);
            assert_eq!(path.points.len(), settings.live.test_steps + 1);
        }
        let theta = map.plane.point(at);
        let mut meta = trainer.meta_parameters().clone();
        let mean = |meta: &metascope::meta::MetaParameters<f32>| {
            let own: Vec<_> = match heights {
                Heights::Task(task) => vec![&tasks[task]],
                Heights::Adapted => tasks.iter().collect(),
            };
            let learner = trainer.learner();
            [0, settings.live.test_steps].map(|steps| {
                let losses = own.iter().map(|task| {
                    let mut work = TaskWork::default();
                    learner.adapt(meta, settings.live.inner_rate, &task.episode, steps, Cancel::NEVER, &mut work);
                    learner.network.loss(work.inner.adapted(), &task.episode.query, &mut Workspace::default())
                });
                losses.sum::<f32>() / own.len() as f32
            })
        };
        let close = |ours: [f32; 2], direct: [f32; 2]| (0..2).all(|i| (ours[i] - direct[i]).abs() < 1e-5 * direct[i]);
        assert!(close(tried.at_phi, mean(&meta)), "{:?} {:?}", tried.at_phi, mean(&meta));
        meta.values[..theta.len()].copy_from_slice(&theta);
        assert!(close(tried.here, mean(&meta)), "{:?} {:?}", tried.here, mean(&meta));
        // Brought back, nothing is left of it.
        watched.window.set_focus(looking(of(heights)));
        watched.wait("the way back", |snapshot| snapshot.closeups.tried.is_none());
    }
}

/// The bits of a run do not depend on what is looked at, nor on a hand that drags φ.
#[test]
fn looking_and_dragging_change_no_bit() {
    let settings = settings(families::SINE, algorithms::META_SGD);
    let rows = |focus: Option<Focus>| {
        let (window, thread, coming) = worker_with_rows();
        if let Some(focus) = &focus {
            window.set_focus(focus.clone());
        }
        window.send(Command::Restart(Arc::new(settings.clone()), None));
        let (mut rows, mut maps, mut tries) = (Vec::new(), 0, 0);
        wait_until("rows, maps and tries", || {
            rows.extend(coming.try_iter());
            if let (Some(snapshot), Some(focus)) = (window.take_snapshot(), &focus) {
                maps += usize::from(snapshot.landscape.is_some());
                tries += usize::from(snapshot.closeups.tried.is_some());
                if let Some(map) = &snapshot.landscape {
                    let at = [0.1 * (maps % 7) as f64, 0.2];
                    let what_if = WhatIf { plane: map.plane.clone(), at, map: map.map };
                    window.set_focus(Focus { what_if: Some(what_if), ..focus.clone() });
                }
            }
            let looked = focus.is_none() || maps >= 2 && tries >= 2;
            (looked && rows.len() >= 60).then_some(())
        });
        window.send(Command::Quit);
        thread.join().unwrap();
        rows.truncate(60);
        rows
    };
    let plain = rows(None);
    for heights in [Heights::Task(1), Heights::Adapted] {
        assert_eq!(plain, rows(Some(looking(of(heights)))), "{heights:?}");
    }
}

/// Each family with each algorithm: a map of finite or overflown heights with finite edges and paths, or a reason.
#[test]
fn every_family_and_algorithm_has_a_map_or_a_reason() {
    for tasks in TaskFamily::ALL {
        for algorithm in Algorithm::ALL {
            let settings = settings(tasks, algorithm);
            let (watched, _) = Watched::new(&settings, 3, Focus::default());
            for heights in [Heights::Task(0), Heights::Adapted, Heights::Task(99)] {
                watched.window.set_focus(looking(of(heights)));
                let answered = watched.wait("a map or a reason", |snapshot| {
                    let found = snapshot.landscape.as_ref().is_some_and(|map| map.map.heights == heights);
                    found || snapshot.closeups.no_landscape.is_some()
                });
                let Some(map) = &answered.landscape else {
                    let reason = answered.closeups.no_landscape.unwrap();
                    println!("{tasks:?} {algorithm:?} {heights:?}: {reason}");
                    continue;
                };
                assert!(map.loss.iter().all(|loss| !loss.is_nan()) && map.loss.len() == map.columns * map.columns);
                assert!(map.loss.iter().any(|loss| loss.is_finite()), "{tasks:?} {algorithm:?}");
                assert!([map.x, map.y].iter().all(|[low, high]| low < high && (high - low).is_finite()));
                assert!(map.paths.iter().flat_map(|path| &path.points).flatten().all(|value| value.is_finite()));
            }
            let stability = |snapshot: &Snapshot| snapshot.closeups.stability.is_some() != algorithm.learns_rates();
            let limits = watched.wait("the limits", stability).closeups.stability.clone();
            assert!(
                limits.is_none_or(|limits| limits.limits.iter().all(|limit| *limit > 0.0)),
                "{tasks:?} {algorithm:?}"
            );
        }
    }
}

/// Adaptation that runs away leaves a map around where it began, or a reason.
#[test]
fn a_map_survives_adaptation_that_overflows() {
    for (rate, drawn) in [(1.5, true), (1e9, false)] {
        let mut settings = settings(families::SINE, algorithms::MAML);
        (settings.live.test_steps, settings.live.inner_rate) = (10, 0.01);
        let (watched, _) = Watched::new(&settings, 1, Focus::default());
        let mut live = settings.live.clone();
        live.inner_rate = f64::min(rate, Knob::INNER_RATE.range().high);
        watched.window.set_live(live, None);
        watched.wait("the other rate", |snapshot| snapshot.settings.live.inner_rate > 1.0);
        let wanted = of(Heights::Task(1));
        watched.window.set_focus(looking(wanted));
        let answered = watched.wait("a map or a reason", |snapshot| {
            snapshot.landscape.is_some() || snapshot.closeups.no_landscape.is_some()
        });
        if let Some(map) = &answered.landscape {
            assert!((map.x[0]..=map.x[1]).contains(&0.0) && (map.y[0]..=map.y[1]).contains(&0.0));
            assert!(map.x[1] - map.x[0] < 1e6 && map.loss.iter().any(|loss| loss.is_finite()));
        }
        assert!(answered.landscape.is_some() || !drawn, "{:?}", answered.closeups.no_landscape);
    }
}

/// While a run goes on, the edges of the map stay for a while: they do not follow every meta-iteration.
#[test]
fn the_frame_is_calm_while_a_run_goes_on() {
    let settings = settings(families::PLANE, algorithms::MAML);
    let wanted = Map::default();
    let (watched, _) = Watched::new(&settings, 100, looking(wanted));
    let mut edges = Vec::new();
    for iteration in 101..130 {
        watched.window.send(Command::Step);
        let map = watched.map(wanted, iteration, 25);
        let phi = map.paths.iter().find(|path| path.init == Init::Learned).unwrap().points[0];
        assert!((map.x[0]..=map.x[1]).contains(&phi[0]) && (map.y[0]..=map.y[1]).contains(&phi[1]));
        edges.push([map.x, map.y]);
    }
    edges.dedup();
    assert!(edges.len() < 4, "{edges:?}");
}
