//! Losses of the probe tasks over many more steps than were trained for.

use super::Piece;
use crate::maths::network::Workspace;
use crate::meta::episode::Episode;
use crate::meta::{Learner, MetaParameters, Stepwise};
use crate::train::evaluation::honest;
use crate::train::landscape::thinned;
use crate::train::shown::Init;
use crate::train::trainer::Trainer;

/// Losses over many test-time steps.
#[derive(Clone, Debug, PartialEq)]
pub struct TestSteps {
    /// When it was measured.
    pub meta_iteration: u64,
    /// K, the inner steps that φ is trained for.
    pub trained_steps: usize,
    /// α, as the knob stood.
    pub inner_rate: f64,
    /// How many tasks there are.
    pub tasks: usize,
    /// At so many of a task's query points losses are measured, evenly chosen; and how many there are.
    pub query_points: [usize; 2],
    /// From each of [`Init::ALL`].
    pub adapted: [Adapted; 3],
    /// Whether every task was adapted to from every initialisation.
    pub complete: bool,
}

/// Losses from one initialisation; index k is the inner step, 0 = before adaptation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adapted {
    /// L(θ_k; S_k) of each task that is done; infinite where it overflowed.
    pub support: Vec<Vec<f32>>,
    /// L(θ_k; Q) of each task that is done; infinite where it overflowed.
    pub query: Vec<Vec<f32>>,
    /// The mean of `support` over the tasks that are done, or what there is of the first; infinite where one
    /// overflowed.
    pub mean_support: Vec<f64>,
    /// The same mean of `query`.
    pub mean_query: Vec<f64>,
    /// The step with the smallest mean query loss, if it is not the last one and all tasks are done.
    pub turning: Option<usize>,
    /// Whether the mean support loss goes on falling from there to the last step: the overfitting point.
    pub overfits: bool,
}

impl TestSteps {
    /// How many steps are looked at.
    pub const STEPS: usize = 50;
}

/// Query losses are measured at no more points than this.
const MOST_QUERY: usize = 256;
/// What there is of the first task is shown again after so many steps.
const SHOWN_EVERY: usize = 5;

impl Adapted {
    /// Adds one of so many tasks.
    fn add(&mut self, support: Vec<f32>, query: Vec<f32>, tasks: usize) {
        self.support.push(support);
        self.query.push(query);
        self.mean_support = mean(&self.support);
        self.mean_query = mean(&self.query);
        if self.query.len() < tasks {
            return;
        }
        let last = self.mean_query.len().saturating_sub(1);
        let least = self.mean_query.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
        self.turning = least.filter(|&(step, loss)| step < last && loss.is_finite()).map(|(step, _)| step);
        let support = |step: usize| self.mean_support.get(step).copied().unwrap_or(f64::INFINITY);
        self.overfits = self.turning.is_some_and(|step| support(last) < support(step));
    }
}

fn mean(tasks: &[Vec<f32>]) -> Vec<f64> {
    let steps = tasks.iter().map(Vec::len).min().unwrap_or(0);
    let at = |step: usize| tasks.iter().map(|task| f64::from(task[step])).sum::<f64>() / tasks.len() as f64;
    (0..steps).map(at).collect()
}

/// One initialisation.
struct Start {
    learner: Learner,
    meta: MetaParameters<f32>,
    rates: Vec<f32>,
}

impl Start {
    fn is(&self, other: &Self) -> bool {
        self.rates == other.rates && self.meta == other.meta
    }
}

pub(super) struct View {
    starts: [Start; 3],
    episodes: Vec<Episode<f32>>,
    tolerance: f64,
    work: Workspace<f32>,
    stepwise: Stepwise<f32>,
    support: Vec<f32>,
    query: Vec<f32>,
    found: TestSteps,
}

impl super::View for View {
    type Found = TestSteps;

    fn begin(trainer: &Trainer) -> Option<Self> {
        let starts = Init::ALL.map(|init| {
            let (learner, meta, inner_rate) = trainer.start_of(init);
            Start { rates: learner.rates(&meta, inner_rate), learner: learner.clone(), meta }
        });
        let thin = |episode: &Episode<f32>| {
            let (support, query) = (episode.support.clone(), thinned(&episode.query, MOST_QUERY));
            Episode { support, query }
        };
        let tasks = trainer.probed().tasks;
        let episodes: Vec<_> = tasks.iter().map(|task| thin(&task.episode)).collect();
        let largest = tasks.iter().zip(&episodes).max_by_key(|(task, _)| task.episode.query.rows());
        let query_points = largest.map_or([0; 2], |(task, thin)| [thin.query.rows(), task.episode.query.rows()]);
        Some(Self {
            starts,
            tolerance: trainer.settings().live.tolerance,
            work: Workspace::default(),
            stepwise: Stepwise::default(),
            support: Vec::new(),
            query: Vec::new(),
            found: TestSteps {
                meta_iteration: trainer.meta_iteration(),
                trained_steps: trainer.settings().live.inner_steps,
                inner_rate: trainer.settings().live.inner_rate,
                tasks: episodes.len(),
                query_points,
                adapted: Default::default(),
                complete: false,
            },
            episodes,
        })
    }

    /// What came of an initialisation that is still the same need not be done again: a random one never changes.
    fn begin_after(trainer: &Trainer, finished: Option<Self>) -> Option<Self> {
        let mut view = Self::begin(trainer)?;
        if let Some(finished) = finished
            && finished.tolerance == view.tolerance
            && finished.episodes == view.episodes
        {
            for (init, adapted) in finished.found.adapted.into_iter().enumerate() {
                if finished.starts[init].is(&view.starts[init]) {
                    view.found.adapted[init] = adapted;
                }
            }
        }
        Some(view)
    }

    /// One step of one task: all tasks from φ first. What is there is shown after every task, and of the first one
    /// after every few steps.
    fn advance(&mut self) -> Piece<TestSteps> {
        let Self { starts, episodes, work, stepwise, support, query, found, .. } = self;
        let Some(init) = (0..starts.len()).find(|&init| found.adapted[init].query.len() < episodes.len()) else {
            found.complete = true;
            return Piece::Finished(found.clone());
        };
        let Start { learner, meta, rates } = &starts[init];
        let episode = &episodes[found.adapted[init].query.len()];
        if query.is_empty() {
            stepwise.begin(meta.phi());
        }
        query.push(honest(learner.network.loss(stepwise.theta(), &episode.query, work)));
        let loss = learner.step_once(meta, rates, episode, stepwise, work);
        support.push(honest(loss));
        let adapted = &mut found.adapted[init];
        if query.len() > TestSteps::STEPS {
            adapted.add(std::mem::take(support), std::mem::take(query), episodes.len());
        } else if adapted.query.is_empty() && query.len() % SHOWN_EVERY == 1 {
            adapted.mean_support = support.iter().copied().map(f64::from).collect();
            adapted.mean_query = query.iter().copied().map(f64::from).collect();
        } else {
            return Piece::Unfinished;
        }
        Piece::Rough(found.clone())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::meta::cancel::Cancel;
    use crate::settings::{Algorithm, Knob, Settings, TaskFamily};
    use crate::train::views::View as _;

    #[test]
    fn the_turning_point_is_where_more_steps_make_it_worse() {
        let mut adapted = Adapted::default();
        adapted.add(vec![3.0, 2.0, 1.0, 0.5], vec![3.0, 1.0, 2.0, 3.0], 1);
        assert_eq!((adapted.turning, adapted.overfits), (Some(1), true));
        // The second task goes on learning, and so does the mean.
        adapted.add(vec![3.0, 2.0, 1.0, 0.5], vec![9.0, 8.0, 3.0, 1.0], 2);
        assert_eq!(adapted.mean_query, [6.0, 4.5, 2.5, 2.0]);
        assert_eq!(adapted.mean_support, [3.0, 2.0, 1.0, 0.5]);
        assert_eq!((adapted.turning, adapted.overfits), (None, false));
        // One that overflows ends the mean.
        adapted.add(vec![3.0; 4], vec![1.0, 1.0, f32::INFINITY, f32::INFINITY], 3);
        assert_eq!(adapted.turning, Some(1));
        assert!(adapted.overfits && adapted.mean_query[2].is_infinite());
        let mut lost = Adapted::default();
        lost.add(vec![f32::INFINITY; 2], vec![f32::INFINITY; 2], 1);
        assert_eq!(lost.turning, None);
    }

    #[test]
    fn nothing_is_said_of_turning_before_all_tasks_are_done() {
        let mut adapted = Adapted::default();
        adapted.add(vec![3.0, 2.0, 1.0], vec![3.0, 1.0, 2.0], 2);
        assert_eq!((&adapted.mean_query[..], adapted.turning, adapted.overfits), (&[3.0, 1.0, 2.0][..], None, false));
        adapted.add(vec![3.0, 2.0, 1.0], vec![3.0, 1.0, 2.0], 2);
        assert_eq!((adapted.turning, adapted.overfits), (Some(1), true));
    }

    /// Goes through a view: what it found at the end, and what was shown on the way there.
    fn through(view: &mut View) -> (TestSteps, Vec<TestSteps>) {
        let mut rough = Vec::new();
        loop {
            match view.advance() {
                Piece::Unfinished => {}
                Piece::Rough(found) => rough.push(found),
                Piece::Finished(found) => return (found, rough),
            }
        }
    }

    fn trainer(tolerance: f64) -> Trainer {
        let mut settings = Settings::preset(TaskFamily::named("sine"), Algorithm::default());
        settings.run.network.hidden = vec![8];
        settings.run.evaluate_every = 2;
        settings.live.tolerance = tolerance;
        Trainer::new(settings, None, 1).unwrap()
    }

    #[test]
    fn the_learned_initialisation_comes_first_and_grows() {
        let trainer = trainer(0.0);
        let (found, rough) = through(&mut View::begin(&trainer).unwrap());
        assert!(found.complete && found.tasks == 8 && found.adapted.iter().all(|adapted| adapted.query.len() == 8));
        let first = &rough[0];
        assert_eq!((first.adapted[0].query.len(), first.adapted[0].mean_query.len()), (0, 1));
        for (before, after) in rough.iter().zip(&rough[1..]) {
            let done = |found: &TestSteps| found.adapted.each_ref().map(|adapted| adapted.query.len());
            let steps = |found: &TestSteps| found.adapted.each_ref().map(|adapted| adapted.mean_query.len());
            assert!((0..3).all(|init| done(before)[init] <= done(after)[init]));
            assert!((0..3).all(|init| steps(before)[init] <= steps(after)[init]));
            assert!(after.adapted.iter().all(|adapted| adapted.query.len() == 8 || adapted.turning.is_none()));
            if done(after)[0] < 8 {
                assert_eq!(steps(after)[1..], [0, 0]);
            }
        }
    }

    /// The film-strip's losses at its own steps, with a tolerance and without.
    #[test]
    fn it_rests_where_the_strip_rests() {
        let mut rested = false;
        for tolerance in [0.0, 0.5] {
            let mut trainer = trainer(tolerance);
            trainer.step(Cancel::NEVER);
            trainer.step(Cancel::NEVER);
            let evaluation = trainer.evaluation();
            let (found, _) = through(&mut View::begin(&trainer).unwrap());
            for (index, task) in evaluation.tasks.iter().enumerate() {
                for (adapted, trace) in found.adapted.iter().zip(&task.traces) {
                    let steps = trace.support_loss.len();
                    assert_eq!(adapted.support[index][..steps], trace.support_loss, "{tolerance}");
                    for (query, shown) in adapted.query[index].iter().zip(&trace.query_loss) {
                        assert!((query / shown - 1.0).abs() < 1e-5, "{tolerance}: {query} {shown}");
                    }
                    rested |= adapted.support[index].windows(2).any(|pair| pair[0] == pair[1]);
                }
            }
        }
        assert!(rested);
    }

    #[test]
    fn an_initialisation_that_has_not_changed_is_not_adapted_again() {
        let mut trainer = trainer(0.0);
        let mut view = View::begin(&trainer).unwrap();
        let (before, _) = through(&mut view);
        trainer.step(Cancel::NEVER);
        trainer.step(Cancel::NEVER);
        let mut again = View::begin_after(&trainer, Some(view)).unwrap();
        assert_eq!(again.found.adapted.each_ref().map(|adapted| adapted.query.len()), [0, 8, 0]);
        let (after, _) = through(&mut again);
        assert_eq!(after.adapted[1], before.adapted[1]);
        assert_ne!(after.adapted[0], before.adapted[0]);
        // What is kept is what would be found anew.
        assert_eq!(after, through(&mut View::begin(&trainer).unwrap()).0);
        // With other tasks nothing holds any more, nor where adaptation ends at another tolerance.
        for knob in [Knob::NOISE, Knob::TOLERANCE] {
            let mut live = trainer.settings().live.clone();
            knob.set(&mut live, 0.25);
            trainer.set_live(live).unwrap();
            trainer.probe();
            let mut other = View::begin_after(&trainer, Some(again)).unwrap();
            assert!(other.found.adapted.iter().all(|adapted| adapted.query.is_empty()), "{knob:?}");
            through(&mut other);
            again = other;
        }
    }
}
