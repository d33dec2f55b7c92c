//! The probe tasks: a few fixed held-out tasks, adapted again and again from each initialisation for
//! the film-strip, the curves and the landscape.

use crate::meta::cancel::Cancel;
use crate::text::Words;
use std::sync::Arc;

use super::baselines::{Baselines, JOINT_EVERY};
use super::shown::{gallery, probe_task, shown_rate};
use super::teaching::teach;
use crate::maths::network::{Network, Workspace};
use crate::meta::MetaParameters;
use crate::meta::tensor_rates::TensorRate;
use crate::settings::{Knob, LiveSettings, Settings};
use crate::tasks::card::Judged;
use crate::tasks::{Card, Family, HeldOut, Sheet};
use crate::train::evaluation::{Known, Measured, Start, best_rate, measure_again};
use crate::train::judging::Judging;
use crate::train::pool::Pool;
use crate::train::shown::{Enlarged, Evaluation, Init, LayerMovement};

/// The baselines' rates are chosen on this many probe tasks.
const RATE_TASKS: usize = 2;
/// Points a side for each pixel of an enlarged image.
pub(super) const ENLARGED: usize = 4;

/// What the last probe adapted to, from where, and what came of it; one entry of `measured` for each task.
pub(in crate::train) struct Probed<'a> {
    pub tasks: &'a [HeldOut],
    pub measured: &'a [[Measured; 3]],
    pub meta: &'a MetaParameters<f32>,
    pub live: &'a LiveSettings,
    pub evaluation: &'a Arc<Evaluation>,
}

impl<'a> Probed<'a> {
    /// A task by its index.
    pub fn task(&self, index: usize) -> Option<&'a HeldOut> {
        self.tasks.get(index)
    }
}

/// When and how the probe tasks are adapted to.
#[derive(Clone, Copy)]
pub(super) struct Moment<'a> {
    pub live: &'a LiveSettings,
    pub meta_iteration: u64,
    /// How much had been done to the run.
    pub deeds: usize,
    /// Whether the measurement goes into the curves, or is for display alone.
    pub into_curves: bool,
}

#[derive(Clone)]
pub(super) struct Probes {
    tasks: Vec<HeldOut>,
    /// Tasks that take their place at the next measurement; until then all that is here belongs together.
    coming: Option<Vec<HeldOut>>,
    meta: Option<MetaParameters<f32>>,
    live: LiveSettings,
    measured: Vec<[Measured; 3]>,
    evaluation: Arc<Evaluation>,
    baselines: Baselines,
    /// The inner rates that random init and joint pretraining were measured with last.
    baseline_rates: [f64; 2],
    family: Family,
    card: &'static Card,
    /// Whether everything must be measured again, or joint pretraining.
    stale: bool,
    joint_stale: bool,
    /// Whether the next measurement is of φ alone, if that can be; and what is known of it, task by task.
    hasty: bool,
    known: Option<Arc<[Known]>>,
    /// The same of the last measurement that went into the curves.
    noted: Arc<[Known]>,
    /// Whether further looks at the tasks are still to be drawn.
    undrawn: bool,
    /// Whether samples were judged.
    judged: bool,
    /// Measurements for display alone.
    displays: u64,
}

impl Probes {
    pub fn new(family: &Family, settings: &Settings) -> Self {
        let mut probes = Self {
            tasks: Vec::new(),
            coming: None,
            meta: None,
            live: settings.live.clone(),
            measured: Vec::new(),
            evaluation: Arc::default(),
            baselines: Baselines::default(),
            baseline_rates: [1.0; 2],
            family: family.clone(),
            card: settings.run.tasks.card(),
            stale: true,
            joint_stale: false,
            hasty: false,
            known: None,
            noted: Arc::new([]),
            undrawn: false,
            judged: false,
            displays: 0,
        };
        probes.draw(settings);
        probes.tasks.extend(probes.coming.take().into_iter().flatten());
        probes
    }

    /// Whether the held-out loss is another measure once these knobs were turned.
    pub fn measures_anew(turned: &[Knob]) -> bool {
        turned.iter().any(|knob| knob.shapes_probes || *knob == Knob::TEST_STEPS)
    }

    /// Draws the tasks again if one of these knobs shapes them; whether one does.
    pub fn turned(&mut self, knobs: &[Knob], settings: &Settings) -> bool {
        let shapes = knobs.iter().any(|knob| knob.shapes_probes);
        if shapes {
            self.draw(settings);
        }
        self.stale |= knobs.contains(&Knob::BASELINES_AT_ALPHA);
        shapes
    }

    fn draw(&mut self, settings: &Settings) {
        let wanted = if settings.run.tasks.needs_images() { 4 } else { 8 };
        let count = wanted.min(self.family.held_out_tasks());
        let task = |index| self.family.held_out(&settings.live, settings.run.seed, index);
        self.coming = Some((0..count).map(task).collect());
        self.stale = true;
    }

    pub fn measured(&self) -> &[[Measured; 3]] {
        &self.measured
    }

    /// The inner rates that random init and joint pretraining were measured with last.
    pub fn baseline_rates(&self) -> [f64; 2] {
        self.baseline_rates
    }

    /// When and how the baselines are measured from now on.
    pub fn baselines(&self) -> Baselines {
        self.baselines.clone()
    }

    /// What of the last measurement that went into the curves spares the most time when it is made again.
    pub fn known(&self) -> Arc<[Known]> {
        Arc::clone(&self.noted)
    }

    /// At the next measurement for display joint pretraining is measured too.
    pub fn measures_joint(&mut self) {
        self.joint_stale = true;
    }

    /// The next measurement is one that was made at another moment of the run: of φ alone, of which this much is
    /// known, and with the baselines as they were then.
    pub fn at_another_moment(&mut self, baselines: Baselines, known: Arc<[Known]>) {
        (self.baselines, self.noted) = (baselines, Arc::clone(&known));
        (self.joint_stale, self.hasty, self.known) = (true, true, Some(known));
    }

    /// The next measurement is a whole one after all.
    pub fn takes_its_time(&mut self) {
        (self.hasty, self.known) = (false, None);
    }

    /// What samples teach, as far as the curves know it: a measurement for display alone has no part in what is said
    /// until the next one that counts.
    pub fn recall_taught(&mut self, known: &[Known]) {
        for (measured, known) in self.measured.iter_mut().zip(known) {
            if let Some((marks, known)) = measured[Init::Learned as usize].marks.as_mut().zip(known.marks) {
                marks.taught = known.taught;
            }
        }
    }

    /// Whether something was left out of the last measurement.
    pub fn are_rough(&self) -> bool {
        self.joint_stale || self.undrawn
    }

    pub fn evaluation(&self) -> Arc<Evaluation> {
        self.evaluation.clone()
    }

    /// What was probed last; `now` where nothing was.
    pub fn probed<'a>(&'a self, now: &'a MetaParameters<f32>) -> Probed<'a> {
        let meta = self.meta.as_ref().unwrap_or(now);
        Probed { tasks: &self.tasks, measured: &self.measured, meta, live: &self.live, evaluation: &self.evaluation }
    }

    /// Adapts every probe task from every initialisation; whether joint pretraining was due for the curves, which it
    /// never is for display alone. Where `cancel` is wanted, which is asked between inner steps, nothing changes and there
    /// is no answer. A baseline's `inner_rate` in `start` is replaced by its best one, chosen again at ever longer
    /// intervals, or by the learned start's if that is wanted. The random init is measured once, joint pretraining at every fourth call: they cost as much as φ and
    /// change little or not at all.
    pub fn measure<'a>(
        &mut self,
        pool: &Pool,
        start: impl Fn(Init) -> Start<'a>,
        judging: Option<&Judging>,
        moment: Moment<'_>,
        cancel: Cancel<'_>,
    ) -> Option<bool> {
        let Moment { live, meta_iteration, deeds, into_curves } = moment;
        let steps = live.test_steps;
        let mut baselines = self.baselines.clone();
        let [choose_again, joint_due] = if into_curves { baselines.next(live, judging.is_some()) } else { [false; 2] };
        let (hasty, known) = (self.hasty && !into_curves, self.known.as_ref().filter(|_| !into_curves));
        // Whose samples are judged changes nothing else: that can wait for a measurement with more time.
        let shared = (live.baselines_at_alpha == 1).then(|| shown_rate(start(Init::Learned)));
        let all = self.stale
            || shared.is_some() && !hasty
            || self.live.test_steps != steps
            || !hasty && self.judged != judging.is_some();
        let displays = self.displays + u64::from(!into_curves && !hasty);
        let joint_shown = !hasty && (self.joint_stale || !into_curves && displays.is_multiple_of(JOINT_EVERY));
        let redo = [true, all, all || joint_due || joint_shown];
        let tasks = self.coming.as_ref().unwrap_or(&self.tasks);
        let mut starts = Init::ALL.map(start);
        let some = &tasks[..RATE_TASKS.min(tasks.len())];
        let best = |start: Start<'_>, near: Option<f64>| best_rate(pool, start, some, steps, near, cancel);
        // Before the first meta-iteration joint pretraining is the random init: one choice serves both.
        let random = *baselines.random.get_or_insert_with(|| best(starts[1], None));
        let joint = match baselines.joint {
            Some(rate) if !choose_again => rate,
            Some(rate) => best(starts[2], Some(rate)),
            None if meta_iteration == 0 => random,
            None => best(starts[2], None),
        };
        baselines.joint = Some(joint);
        let [random, joint] = [random, joint].map(|best| shared.unwrap_or(best));
        (starts[1].inner_rate, starts[2].inner_rate) = (random, joint);
        // Where they are still the same, measuring one of them is enough.
        let twins = all && random == joint && starts[1].meta.values == starts[2].meta.values;
        let jobs: Vec<_> = (0..tasks.len() * 3).filter(|job| redo[job % 3] && !(twins && job % 3 == 2)).collect();
        let mut results = pool.map(jobs.len(), |i| {
            let (task, init) = (jobs[i] / 3, jobs[i] % 3);
            let known = known.filter(|_| init == 0).and_then(|known| known.get(task));
            measure_again(starts[init], &tasks[task], steps, judging, known, cancel)
        });
        if let Some(judging) = judging.filter(|_| redo[2] && !cancel.is_wanted()) {
            let of = |task: &[Measured; 3]| task.iter().find_map(|measured| Some(measured.marks?.taught?.by_support));
            let by_support = if all { None } else { self.measured.iter().map(of).collect() };
            teach(pool, judging, tasks, (&jobs, &mut results), by_support, cancel);
        } else {
            // That costs much: between two measurements of joint pretraining what was known before stands.
            for (job, marks) in jobs.iter().zip(&mut results).filter_map(|(job, new)| Some((job, new.marks.as_mut()?)))
            {
                let before = self.measured.get(job / 3).and_then(|task| task[job % 3].marks);
                marks.taught = marks.taught.or(before.and_then(|marks| marks.taught));
            }
        }
        if cancel.is_wanted() {
            return None;
        }
        if let Some(coming) = self.coming.take() {
            self.tasks = coming;
        }
        (self.baselines, self.displays) = (baselines, displays);
        self.baseline_rates = [random, joint];
        (self.hasty, self.known) = (false, None);
        self.joint_stale &= !redo[2];
        self.stale = false;
        if all {
            self.judged = judging.is_some();
        }
        self.live = live.clone();
        self.meta = Some(starts[0].meta.clone());
        let tasks = &self.tasks;
        let mut results = results.into_iter();
        if all {
            self.measured.clear();
            while let (Some(learned), Some(random)) = (results.next(), results.next()) {
                let joint = if twins { Some(random.clone()) } else { results.next() };
                self.measured.extend(joint.map(|joint| [learned, random, joint]));
            }
        } else {
            for (job, result) in jobs.into_iter().zip(results) {
                self.measured[job / 3][job % 3] = result;
            }
        }
        if into_curves {
            let of = |task: &[Measured; 3]| {
                let learned = &task[Init::Learned as usize];
                Known { query_loss: learned.query_loss.clone(), marks: learned.marks }
            };
            self.noted = self.measured.iter().map(of).collect();
        }
        let network = &starts[0].learner.network;
        // Who looks through the past waits for the strip alone.
        let galleries = if hasty { vec![None; tasks.len()] } else { self.galleries(pool, network, cancel) };
        let undrawn = (hasty || cancel.is_wanted()) && !self.card.looks.is_empty();
        let decibels = self.card.judged == Judged::Psnr;
        let layout = network.layout();
        self.evaluation = Arc::new(Evaluation {
            meta_iteration,
            deeds,
            tasks: tasks
                .iter()
                .zip(&self.measured)
                .zip(galleries)
                .map(|((task, measured), gallery)| probe_task(task, measured, &starts, gallery, decibels))
                .collect(),
            movement: (0..layout.layers()).map(|layer| self.movement(layer)).collect(),
            rates: self.rates(),
            tensors: layout.filled().map(|tensor| tensor.name.clone()).collect(),
        });
        self.undrawn = undrawn;
        Some(joint_due)
    }

    /// Further looks at each task's adaptation; incomplete where `cancel` is wanted, which is asked between tasks.
    fn galleries(&self, pool: &Pool, network: &Network, cancel: Cancel<'_>) -> Vec<Option<Arc<[Sheet]>>> {
        let Self { tasks, measured, .. } = self;
        pool.map(tasks.len(), |i| {
            let next = (i + 1) % tasks.len();
            let learned = [i, next].map(|task| &measured[task][Init::Learned as usize]);
            (!cancel.is_wanted()).then(|| gallery(network, [&tasks[i], &tasks[next]], learned))?
        })
    }

    /// Adds further looks at each task's adaptation where the last measurement was in haste; whether it did.
    pub fn draw_galleries(&mut self, pool: &Pool, network: &Network, cancel: Cancel<'_>) -> bool {
        if !self.undrawn {
            return false;
        }
        let galleries = self.galleries(pool, network, cancel);
        if cancel.is_wanted() {
            return false;
        }
        self.undrawn = false;
        let mut evaluation = Evaluation::clone(&self.evaluation);
        evaluation.tasks.iter_mut().zip(galleries).for_each(|(task, gallery)| task.gallery = gallery);
        self.evaluation = Arc::new(evaluation);
        true
    }

    pub fn enlarged(&self, pool: &Pool, network: &Network, cancel: Cancel<'_>) -> Option<Enlarged> {
        let pairs = pool.map(self.measured.len().min(self.tasks.len()), |task| {
            let adapted = self.measured[task][Init::Learned as usize].thetas.last()?;
            let work = &mut Workspace::default();
            (!cancel.is_wanted()).then(|| self.tasks[task].reading.enlarged(network, adapted, ENLARGED, work))?
        });
        let pairs = pairs.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Enlarged { meta_iteration: self.evaluation.meta_iteration, factor: ENLARGED, pairs })
    }

    /// Geometric mean over the tasks; only the meta-model's rates differ from task to task.
    fn rates(&self) -> Vec<Vec<TensorRate>> {
        let of = |task: &[Measured; 3]| task[Init::Learned as usize].rates.clone();
        let tasks: Vec<_> = self.measured.iter().map(of).collect();
        let steps = tasks.iter().map(Vec::len).min().unwrap_or(0);
        let count = tasks.len() as f64;
        let mean = |step: usize, tensor: usize, of: &dyn Fn(&TensorRate) -> f64| {
            tasks.iter().map(|task| of(&task[step][tensor])).sum::<f64>() / count
        };
        let one = |step: usize, tensor: usize| TensorRate {
            rate: mean(step, tensor, &|rate| rate.rate.ln()).exp(),
            keep: mean(step, tensor, &|rate| rate.keep),
            vanished: mean(step, tensor, &|rate| rate.vanished),
        };
        let tensors = tasks.first().and_then(|task| task.first()).map_or(0, Vec::len);
        (0..steps).map(|step| (0..tensors).map(|tensor| one(step, tensor)).collect()).collect()
    }

    fn movement(&self, layer: usize) -> LayerMovement {
        let mean = |init: usize| {
            self.measured.iter().map(|task| task[init].movement[layer]).sum::<f32>() / self.measured.len().max(1) as f32
        };
        let name = Words::both(format!("layer {}", layer + 1), format!("第 {} 层", layer + 1));
        LayerMovement { name, relative: std::array::from_fn(mean) }
    }
}
