//! A run taken apart into tensors and facts, and put together again so that it goes on bit for bit.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::baselines::Baselines;
use super::kept::{Head, State};
use super::record::Record;
use super::{Checkpoint, Learned, MetricsRow, TrainError, Trainer};
use crate::archive::{Archive, ArchiveError};
use crate::images::ImageSet;
use crate::maths::functions::Activation;
use crate::maths::layout::Layout;
use crate::maths::network::Network;
use crate::maths::optimiser::Optimiser;
use crate::maths::vector::is_finite;
use crate::settings::{LiveSettings, Settings};
use crate::tasks::judge::Marks;
use crate::text::tell;
use crate::train::divergence::Watch;
use crate::train::evaluation::Known;
use crate::train::guard::{Guard, Memory};
use crate::train::shown::{Curves, Deed, Evaluation, KnobMark};

/// A run as it is between two meta-iterations: all that it takes to go on.
pub struct Saved {
    begun: Option<Learned>,
    start: Arc<Settings>,
    now: State,
    guard: Guard<State>,
    record: Record,
    journal: Arc<Vec<Deed>>,
    images: Option<Arc<ImageSet>>,
    evaluation: Arc<Evaluation>,
    /// Earlier states, in order.
    moments: Vec<Arc<State>>,
    /// What adapts; joint pretraining has no context.
    networks: [Network; 2],
}

/// A run out of a file, to be put together again.
#[derive(Clone, Debug)]
pub struct Reopened {
    /// The settings that it began with.
    pub start: Settings,
    /// Every knob change since.
    pub marks: Vec<KnobMark>,
    /// All else.
    pub archive: Archive,
}

/// Why a run cannot be put together again.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RestoreError {
    /// Its settings or its images will not do.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// It lacks something, or has something that does not fit.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A number that no run has.
    #[error("{}", tell(|| format!("{name} holds a number that is not finite"), || format!("{name} 含有非有限的数")))]
    NotFinite {
        /// Where.
        name: String,
    },
}

/// What is kept of a state beside its tensors.
#[derive(Serialize, Deserialize)]
struct StateFacts {
    meta_iteration: u64,
    /// Steps that the optimisers of φ and of joint pretraining have done.
    optimiser_steps: [i32; 2],
    live: LiveSettings,
    watch: Watch,
    baselines: Baselines,
    /// What is known of the held-out tasks that are shown: how many they are, and of samples what is said of them.
    shown_tasks: usize,
    marks: Vec<Marks>,
}

/// What of the network is needed to use what was learned elsewhere.
#[derive(Serialize)]
struct NetworkFacts {
    /// Widths, inputs first.
    widths: Vec<usize>,
    /// Numbers that the first layer sees behind its inputs.
    context: usize,
    /// tanh, relu, sine or silu.
    activation: &'static str,
    /// The frequency of sine.
    #[serde(skip_serializing_if = "Option::is_none")]
    w0: Option<f64>,
    /// Whether hidden layers that are as wide as the one below add their input to their output.
    residual: bool,
}

impl NetworkFacts {
    fn of(network: &Network) -> Self {
        let (activation, w0) = match network.activation() {
            Activation::Tanh => ("tanh", None),
            Activation::Relu => ("relu", None),
            Activation::Sine { w0 } => ("sine", Some(w0)),
            Activation::Silu => ("silu", None),
        };
        let context = network.layout().context().len();
        Self { widths: network.sizes().to_vec(), context, activation, w0, residual: network.has_residuals() }
    }
}

/// The names of what is kept of one state: they begin with these.
const NOW: &str = "";
const BEST: &str = "best/";
const BEGUN: &str = "begun/";
/// Facts.
const GUARD: &str = "guard";
const JOURNAL: &str = "journal";
const RECORD: &str = "curves";

impl Saved {
    /// The settings that the run began with.
    pub fn start(&self) -> &Arc<Settings> {
        &self.start
    }

    /// Every knob change since.
    pub fn marks(&self) -> &[KnobMark] {
        self.record.marks()
    }

    /// The knobs as they stand.
    pub fn live(&self) -> &LiveSettings {
        &self.now.settings.live
    }

    /// The histories.
    pub fn curves(&self) -> Arc<Curves> {
        self.record.curves()
    }

    /// The images that it learns from, where tasks are made of images.
    pub fn images(&self) -> Option<&Arc<ImageSet>> {
        self.images.as_ref()
    }

    /// How the held-out tasks were adapted to last.
    pub fn evaluation(&self) -> &Arc<Evaluation> {
        &self.evaluation
    }

    pub(super) fn moments(&self) -> &[Arc<State>] {
        &self.moments
    }

    pub(super) fn present(&self) -> &State {
        &self.now
    }

    /// Every row of metrics so far.
    pub fn rows(&self) -> &[MetricsRow] {
        self.record.rows()
    }

    /// Meta-iterations done.
    pub fn meta_iteration(&self) -> u64 {
        self.now.now.meta_iteration
    }

    /// All of it but [`Self::start`] and [`Self::marks`].
    ///
    /// # Errors
    /// If a fact cannot be written down.
    pub fn archive(&self) -> Result<Archive, ArchiveError> {
        let mut archive = Archive::default();
        self.put_state(&mut archive, NOW, &self.now)?;
        self.put_state(&mut archive, BEST, &self.guard.best().state)?;
        if let Some(begun) = &self.begun {
            self.put_learned(&mut archive, BEGUN, begun);
            archive.tell(
                &facts_of(BEGUN),
                &[begun.meta_iteration, steps(&begun.optimiser), steps(&begun.joint_optimiser)],
            )?;
        }
        archive.tell("network", &NetworkFacts::of(&self.networks[0]))?;
        archive.tell(GUARD, &self.guard.memory())?;
        if !self.journal.is_empty() {
            archive.tell(JOURNAL, &*self.journal)?;
        }
        let facts = self.record.store(&mut archive);
        archive.tell(RECORD, &facts)?;
        Ok(archive)
    }

    fn put_state(&self, archive: &mut Archive, prefix: &str, state: &State) -> Result<(), ArchiveError> {
        self.put_learned(archive, prefix, &state.now);
        for (task, known) in state.known.iter().enumerate() {
            archive.put(shown(prefix, task), &[], &known.query_loss);
        }
        let facts = StateFacts {
            meta_iteration: state.now.meta_iteration,
            optimiser_steps: [&state.now.optimiser, &state.now.joint_optimiser].map(|optimiser| optimiser.state().2),
            live: state.settings.live.clone(),
            watch: state.watch,
            baselines: state.baselines.clone(),
            shown_tasks: state.known.len(),
            marks: state.known.iter().filter_map(|known| known.marks).collect(),
        };
        archive.tell(&facts_of(prefix), &facts)
    }

    fn put_learned(&self, archive: &mut Archive, prefix: &str, learned: &Learned) {
        let [own, plain] = self.networks.each_ref().map(Network::layout);
        put_parameters(archive, &format!("{prefix}phi"), own, learned.meta.phi());
        archive.put(format!("{prefix}learned_rates"), &[], learned.meta.beside_phi());
        put_parameters(archive, &format!("{prefix}joint"), plain, &learned.joint);
        for (name, optimiser) in [("outer", &learned.optimiser), ("joint_outer", &learned.joint_optimiser)] {
            let (mean, square, _) = optimiser.state();
            archive.put(format!("{prefix}{name}/mean"), &[], mean);
            archive.put(format!("{prefix}{name}/square"), &[], square);
        }
    }
}

fn steps(optimiser: &Optimiser<f32>) -> u64 {
    u64::try_from(optimiser.state().2).unwrap_or(0)
}

fn facts_of(prefix: &str) -> String {
    format!("state_{}", if prefix.is_empty() { "now" } else { prefix.trim_end_matches('/') })
}

fn shown(prefix: &str, task: usize) -> String {
    format!("{prefix}shown/{task}/query_loss")
}

/// Each tensor by its own name: weights as inputs × outputs, biases as a row.
fn put_parameters(archive: &mut Archive, name: &str, layout: &Layout, values: &[f32]) {
    archive.put(format!("{name}/context"), &[], &values[layout.context()]);
    for tensor in layout.filled() {
        let values = &values[tensor.range.clone()];
        let sides: &[usize] = if tensor.is_weights() { &[layout.outputs(tensor.layer)] } else { &[] };
        archive.put(format!("{name}/{}", tensor.name), sides, values);
    }
}

fn parameters(archive: &Archive, name: &str, layout: &Layout) -> Result<Vec<f32>, ArchiveError> {
    let context = layout.context().len();
    let mut values = archive.exactly::<f32>(&format!("{name}/context"), &[], context)?.to_vec();
    for tensor in layout.filled() {
        let sides: &[usize] = if tensor.is_weights() { &[layout.outputs(tensor.layer)] } else { &[] };
        values.extend(archive.exactly::<f32>(&format!("{name}/{}", tensor.name), sides, tensor.range.len())?);
    }
    Ok(values)
}

/// The φ of a kept run for a network of this layout. Its contexts, which no other algorithm has, are as given where that
/// run had none.
pub(super) fn learned_phi(archive: &Archive, layout: &Layout, given: &[f32]) -> Result<Vec<f32>, ArchiveError> {
    let context = archive.numbers::<f32>("phi/context", &[])?;
    if context.len() == layout.context().len() {
        return parameters(archive, "phi", layout);
    }
    let mut archive = archive.clone();
    archive.put("phi/context", &[], &given[layout.context()]);
    parameters(&archive, "phi", layout)
}

impl Trainer {
    /// The run as it is, to be kept; `None` while a measurement is due. What is looked at of its past has no part in it.
    pub fn saved(&self) -> Option<Saved> {
        if self.owes {
            return None;
        }
        let (now, settings, probes) = match &self.head {
            Some(Head { now, settings, probes }) => (now, settings, probes),
            None => (&self.now, &self.settings, &self.probes),
        };
        let now = State {
            now: now.clone(),
            settings: Arc::clone(settings),
            watch: self.watch,
            baselines: probes.baselines(),
            known: probes.known(),
        };
        Some(Saved {
            begun: self.begun.clone(),
            start: self.start(),
            now,
            guard: self.guard.clone(),
            record: self.record.clone(),
            journal: Arc::clone(&self.journal),
            images: self.images.clone(),
            evaluation: probes.evaluation(),
            moments: self.timeline.states().map(|kept| kept.state()).collect(),
            networks: [&self.learner, &self.plain].map(|learner| learner.network.clone()),
        })
    }

    /// A run that goes on where a kept one was, bit for bit.
    ///
    /// # Errors
    /// As [`Self::new`]; or if the archive is of another run or damaged.
    pub fn restored(kept: &Reopened, images: Option<Arc<ImageSet>>, threads: usize) -> Result<Self, RestoreError> {
        let Reopened { start, marks, archive } = kept;
        let mut trainer = Self::new(start.clone(), images.clone(), threads)?;
        if archive.facts.contains_key(&facts_of(BEGUN)) {
            let [meta_iteration, own, joint] = archive.fact(&facts_of(BEGUN))?;
            let steps = [own, joint].map(|steps: u64| i32::try_from(steps).unwrap_or(i32::MAX));
            let begun = Checkpoint(trainer.learned(archive, BEGUN, meta_iteration, steps)?);
            trainer = Self::resume(start.clone(), images, threads, &begun)?;
        }
        let now = trainer.state_of(archive, NOW)?;
        let best = trainer.state_of(archive, BEST)?;
        let record = Record::load(archive, &archive.fact(RECORD)?, marks)?;
        let memory: Memory = archive.fact(GUARD)?;
        trainer.put_state(&now);
        trainer.watch = now.watch;
        trainer.guard = Guard::recalled(memory, Arc::new(best));
        trainer.record = record;
        // A run to which nothing was done, or of an older program, has none.
        if archive.facts.contains_key(JOURNAL) {
            trainer.journal = Arc::new(archive.fact(JOURNAL)?);
        }
        trainer.probes.takes_its_time();
        trainer.probe();
        trainer.probes.recall_taught(&now.known);
        Ok(trainer)
    }

    fn state_of(&self, archive: &Archive, prefix: &str) -> Result<State, RestoreError> {
        let facts: StateFacts = archive.fact(&facts_of(prefix))?;
        let learned = self.learned(archive, prefix, facts.meta_iteration, facts.optimiser_steps)?;
        let mut marks = facts.marks.into_iter();
        let known = |task| {
            let name = shown(prefix, task);
            let query_loss = archive.numbers::<f32>(&name, &[])?.to_vec();
            Ok(Known { query_loss, marks: marks.next() })
        };
        let known = (0..facts.shown_tasks).map(known).collect::<Result<_, ArchiveError>>()?;
        let settings = Settings { live: facts.live, run: self.settings.run.clone() };
        settings.validate().map_err(TrainError::from)?;
        let (watch, baselines) = (facts.watch, facts.baselines);
        Ok(State { now: learned, settings: Arc::new(settings), watch, baselines, known })
    }

    fn learned(
        &self,
        archive: &Archive,
        prefix: &str,
        meta_iteration: u64,
        steps: [i32; 2],
    ) -> Result<Learned, RestoreError> {
        let layouts = [&self.learner, &self.plain].map(|learner| learner.network.layout());
        let mut meta = self.now.meta.clone();
        let phi = format!("{prefix}phi");
        meta.values = parameters(archive, &phi, layouts[0])?;
        let beside = self.now.meta.beside_phi().len();
        meta.values.extend(archive.exactly::<f32>(&format!("{prefix}learned_rates"), &[], beside)?);
        let joint = parameters(archive, &format!("{prefix}joint"), layouts[1])?;
        let optimiser = |name: &str, like: &Optimiser<f32>, steps| {
            let (mean, square, _) = like.state();
            let own = |part: &str, count| archive.exactly::<f32>(&format!("{prefix}{name}/{part}"), &[], count);
            let (mean, square) = (own("mean", mean.len())?, own("square", square.len())?);
            let missing = || ArchiveError::Missing { name: format!("{prefix}{name}") };
            like.with_state(mean, square, steps).ok_or_else(missing)
        };
        let learned = Learned {
            optimiser: optimiser("outer", &self.now.optimiser, steps[0])?,
            joint_optimiser: optimiser("joint_outer", &self.now.joint_optimiser, steps[1])?,
            meta,
            joint,
            meta_iteration,
        };
        let finite = is_finite(&learned.meta.values) && is_finite(&learned.joint);
        if !finite || !learned.optimiser.is_finite() || !learned.joint_optimiser.is_finite() {
            return Err(RestoreError::NotFinite { name: phi });
        }
        Ok(learned)
    }
}
