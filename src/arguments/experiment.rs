//! From a file and single settings to an experiment.

use super::{ArgumentError, What};
use crate::experiment::Experiment;
use crate::settings::{Algorithm, ImageSource, Knob, MethodKnob, ProceduralSettings, Settings, TaskFamily};

impl What {
    /// The experiment that file and overrides give together.
    ///
    /// # Errors
    /// If the file cannot be used or a value is out of range.
    pub fn experiment(&self) -> Result<Experiment, ArgumentError> {
        self.experiment_or(&[])
    }

    /// The same where runs of `others` are planned beside its own algorithm.
    ///
    /// # Errors
    /// As [`Self::experiment`].
    pub fn experiment_or(&self, others: &[Algorithm]) -> Result<Experiment, ArgumentError> {
        if self.test_shots.len() > 1 {
            return Err(ArgumentError::OneNumber);
        }
        let experiment = self.experiment_with(self.algorithm, None)?;
        self.check_method(&[&[experiment.settings.run.algorithm], others].concat())?;
        Ok(experiment)
    }

    /// The same for another algorithm, whose preset then stands for whatever neither file nor option sets;
    /// of several numbers of test shots the first counts.
    ///
    /// # Errors
    /// As [`Self::experiment`].
    pub fn experiment_as(&self, algorithm: Algorithm) -> Result<Experiment, ArgumentError> {
        self.experiment_with(Some(algorithm), Some(algorithm))
    }

    fn experiment_with(
        &self,
        algorithm: Option<Algorithm>,
        preset_of: Option<Algorithm>,
    ) -> Result<Experiment, ArgumentError> {
        let mut experiment = match &self.experiment {
            Some(path) => Experiment::read_as(path, preset_of)?,
            None => {
                let tasks = self.tasks.unwrap_or(if self.images.is_some() || self.set.is_some() {
                    TaskFamily::Picture
                } else {
                    TaskFamily::default()
                });
                let settings = Settings::preset(tasks, algorithm.unwrap_or_default());
                Experiment { settings, ..Experiment::default() }
            }
        };
        let Settings { live, run } = &mut experiment.settings;
        let whole = |value: Option<usize>| value.map(|value| value as f64);
        let overrides = [
            (Knob::InnerRate, self.inner_rate),
            (Knob::OuterRate, self.outer_rate),
            (Knob::InnerSteps, whole(self.inner_steps)),
            (Knob::MetaBatch, whole(self.meta_batch)),
            (Knob::Shots, whole(self.shots)),
            (Knob::TestShots, whole(self.test_shots.first().copied())),
            (Knob::SupportShare, self.support_share),
            (Knob::TrainingShare, self.training_share),
            (Knob::TestSteps, whole(self.test_steps)),
            (Knob::InnerBatch, whole(self.inner_batch)),
            (Knob::Tolerance, self.tolerance),
            (Knob::Temperature, self.temperature),
            (Knob::FlowSteps, whole(self.flow_steps)),
            (Knob::FlowOrder, whole(self.flow_order)),
        ];
        for (knob, value) in overrides {
            if let Some(value) = value {
                knob.set(live, value);
            }
        }
        run.tasks = self.tasks.unwrap_or(run.tasks);
        run.algorithm = algorithm.unwrap_or(run.algorithm);
        run.optimiser = self.optimiser.unwrap_or(run.optimiser);
        let outer = &mut run.outer;
        outer.schedule = self.schedule.unwrap_or(outer.schedule);
        outer.warm_up = self.warm_up.unwrap_or(outer.warm_up);
        outer.period = self.period.unwrap_or(outer.period);
        outer.factor = self.factor.unwrap_or(outer.factor);
        outer.clip_norm = self.clip_norm.unwrap_or(outer.clip_norm);
        outer.weight_decay = self.weight_decay.unwrap_or(outer.weight_decay);
        for (knob, value) in self.method() {
            knob.set(&mut run.method, value);
        }
        run.ways = self.ways.unwrap_or(run.ways);
        run.held_out_tasks = self.held_out_tasks.unwrap_or(run.held_out_tasks);
        run.seed = self.seed.unwrap_or(run.seed);
        let own = self.images.clone().map(|path| (ImageSource::Path(path), "images"));
        if let Some((source, option)) = own.or_else(|| self.set.clone().map(|set| (set, "set"))) {
            if run.images != source {
                run.procedural = ProceduralSettings::of(&source);
            }
            run.images = source;
            if !run.tasks.needs_images() {
                return Err(ArgumentError::ImagesUnused { option, tasks: run.tasks.id() });
            }
        }
        if let Some(option) = self.reading().filter(|_| !matches!(run.images, ImageSource::Path(_))) {
            return Err(ArgumentError::ReadingUnused { option });
        }
        if let Some((knob, _)) = self.procedural.given().next().filter(|_| !run.images.is_procedural()) {
            return Err(ArgumentError::MakingUnused { option: knob.option() });
        }
        for (knob, value) in self.procedural.given() {
            knob.set(&mut run.procedural, value);
        }
        run.image_size = self.image_size.or(run.image_size);
        run.image_colour = self.image_colour.unwrap_or(run.image_colour);
        run.image_invert |= self.invert;
        experiment.settings.validate().map_err(|error| ArgumentError::Value { error })?;
        Ok(experiment)
    }

    /// The first option about how own images are read.
    fn reading(&self) -> Option<&'static str> {
        let given = [
            ("image-size", self.image_size.is_some()),
            ("image-colour", self.image_colour.is_some()),
            ("invert", self.invert),
        ];
        given.into_iter().find_map(|(option, given)| given.then_some(option))
    }

    /// The settings of single algorithms that are given.
    fn method(&self) -> impl Iterator<Item = (MethodKnob, f64)> {
        let count = |value: Option<u64>| value.map(|value| value as f64);
        let given = [
            (MethodKnob::MultiStep, count(self.multi_step_iterations)),
            (MethodKnob::FirstOrder, count(self.first_order_iterations)),
            (MethodKnob::Regularisation, self.regularisation),
            (MethodKnob::ConjugateSteps, self.conjugate_steps.map(|value| value as f64)),
            (MethodKnob::Context, self.context.map(|value| value as f64)),
        ];
        given.into_iter().filter_map(|(knob, value)| Some((knob, value?)))
    }

    /// A setting of an algorithm that none of the runs has is a mistake.
    pub(super) fn check_method(&self, algorithms: &[Algorithm]) -> Result<(), ArgumentError> {
        match self.method().find(|(knob, _)| !algorithms.contains(&knob.algorithm())) {
            Some((knob, _)) => Err(ArgumentError::MethodUnused {
                option: knob.key().replace('_', "-"),
                owner: knob.algorithm().label(),
            }),
            None => Ok(()),
        }
    }

    /// Threads as asked for, or as many as the machine has, less `spare`.
    pub fn threads_or(&self, spare: usize) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(|| cores().saturating_sub(spare)).max(1)
    }
}
