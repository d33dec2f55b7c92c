//! From a file and single settings to an experiment.

use super::planned::{Asked, Planned};
use super::{ArgumentError, What};
use crate::experiment::{Experiment, Given};
use crate::said::note;
use crate::settings::{Algorithm, ImageSource, Knob, MethodKnob, ProceduralSettings, Settings, TaskFamily};

impl What {
    /// The experiment that file and overrides give together.
    ///
    /// # Errors
    /// If the file cannot be used or a value is out of range.
    pub fn experiment(&self) -> Result<Experiment, ArgumentError> {
        Ok(self.planned(&[])?.experiment)
    }

    /// The same with what of it is asked for outright, where runs of `others` are planned beside its own algorithm.
    ///
    /// # Errors
    /// As [`Self::experiment`].
    pub fn planned(&self, others: &[Algorithm]) -> Result<Planned, ArgumentError> {
        if self.test_shots.len() > 1 {
            return Err(ArgumentError::OneNumber);
        }
        let planned = self.planned_with(self.algorithm, None)?;
        self.check_method(&[&[planned.experiment.settings.run.algorithm], others].concat())?;
        Ok(planned)
    }

    /// The same for another algorithm, whose preset then stands for whatever neither file nor option sets;
    /// of several numbers of test shots the first counts.
    ///
    /// # Errors
    /// As [`Self::experiment`].
    pub fn planned_as(&self, algorithm: Algorithm) -> Result<Planned, ArgumentError> {
        self.planned_with(Some(algorithm), Some(algorithm))
    }

    fn planned_with(
        &self,
        algorithm: Option<Algorithm>,
        preset_of: Option<Algorithm>,
    ) -> Result<Planned, ArgumentError> {
        let (mut experiment, given) = match &self.experiment {
            Some(path) => Experiment::read_given(path, preset_of)?,
            None => {
                let tasks = self.tasks.unwrap_or(if self.images.is_some() || self.set.is_some() {
                    TaskFamily::Picture
                } else {
                    TaskFamily::default()
                });
                let settings = Settings::preset(tasks, algorithm.unwrap_or_default());
                (Experiment { settings, ..Experiment::default() }, Given::default())
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
        run.fit_inner_rate &= self.inner_rate.is_none();
        run.tasks = self.tasks.unwrap_or(run.tasks);
        run.algorithm = algorithm.unwrap_or(run.algorithm);
        run.optimiser = self.optimiser.unwrap_or(run.optimiser);
        let outer = &mut run.outer;
        outer.schedule = self.schedule.unwrap_or(outer.schedule);
        outer.warm_up = self.warm_up.unwrap_or(outer.warm_up);
        outer.knee = self.knee.unwrap_or(outer.knee);
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
        run.image_fit = self.image_fit.unwrap_or(run.image_fit);
        if let ImageSource::Path(path) = &mut run.images {
            // A file that says where they are is good anywhere on this machine.
            *path = std::path::absolute(&*path).unwrap_or_else(|_| path.clone());
        }
        experiment.settings.validate().map_err(|error| ArgumentError::Value { error })?;
        let asked = Asked {
            ways: self.ways.is_some() || given.sets("run", "ways"),
            shots: self.shots.is_some() || given.sets("live", "shots"),
            test_shots: !self.test_shots.is_empty() || given.sets("live", "test_shots"),
        };
        Ok(Planned { experiment, asked })
    }

    /// The first option about how own images are read.
    fn reading(&self) -> Option<&'static str> {
        let given = [
            ("image-size", self.image_size.is_some()),
            ("image-colour", self.image_colour.is_some()),
            ("invert", self.invert),
            ("image-fit", self.image_fit.is_some()),
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
        threads(self.threads, spare)
    }
}

/// Threads as asked for, at most as many as the machine has, which is said; or as many as it has, less `spare`.
pub fn threads(asked: Option<usize>, spare: usize) -> usize {
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    let Some(asked) = asked else { return most.saturating_sub(spare).max(1) };
    if asked > most {
        note(format_args!("--threads {asked}: this machine has {most}, and so many are used"));
    }
    asked.clamp(1, most)
}
