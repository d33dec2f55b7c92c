//! What a run starts with.

use super::{
    ActivationKind, Algorithm, ImageColour, ImageFit, ImageSource, Knob, LiveSettings, MethodSettings, NetworkSettings,
    OuterOptimiser, OuterSettings, ProceduralSettings, RunSettings, Schedule, Settings, TaskFamily,
};

impl Settings {
    /// The settings that a run of this family and algorithm starts with.
    pub fn preset(tasks: TaskFamily, algorithm: Algorithm) -> Self {
        let live = LiveSettings {
            inner_rate: 0.01,
            outer_rate: 1e-3,
            inner_steps: 1,
            test_steps: 10,
            baselines_at_alpha: 0,
            meta_batch: 25,
            shots: 10,
            test_shots: 10,
            support_share: 1.0,
            training_share: 0.15,
            reduction: 4,
            pixels_per_step: 256,
            inner_batch: 0,
            tolerance: 0.0,
            noise: 0.0,
            temperature: 0.8,
            flow_steps: 20,
            flow_order: 1,
        };
        let run = RunSettings {
            tasks,
            algorithm,
            seed: 0,
            fit_inner_rate: true,
            optimiser: OuterOptimiser::Adam,
            // An instrument runs on and on: its steps must shrink.
            outer: OuterSettings { schedule: Schedule::InverseSquareRoot, ..OuterSettings::default() },
            held_out_tasks: 100,
            evaluate_every: 100,
            images: ImageSource::Faces,
            ways: 5,
            image_size: None,
            image_colour: ImageColour::Auto,
            image_invert: false,
            image_fit: ImageFit::Crop,
            procedural: ProceduralSettings::default(),
            network: NetworkSettings {
                hidden: Vec::new(),
                activation: ActivationKind::Tanh,
                w0: 20.0,
                fourier_features: 0,
                fourier_scale: 2.0,
            },
            method: MethodSettings::default(),
        };
        let mut settings = Self { live, run };
        let card = tasks.card();
        (card.preset)(&mut settings);
        (algorithm.recipe().preset)(card.domain, &mut settings);
        settings
    }

    /// The same tasks, measured alike, and the same network for another algorithm, with what it usually has in place of
    /// what this one usually has; with these rates and inner steps, if they are to be kept.
    pub fn by(&self, algorithm: Algorithm, keeps_rates: bool) -> Self {
        let [own, usual] = [self.run.algorithm, algorithm].map(|algorithm| Self::preset(self.run.tasks, algorithm));
        let mut settings = self.clone();
        let run = &mut settings.run;
        (run.algorithm, run.optimiser) = (algorithm, usual.run.optimiser);
        (run.outer, run.method) = (usual.run.outer, usual.run.method);
        for knob in own.live.turned(&usual.live) {
            let measures = knob.shapes_probes || knob == Knob::TEST_STEPS;
            if !(measures || keeps_rates && Knob::MAIN.contains(&knob)) {
                knob.set(&mut settings.live, knob.get(&usual.live));
            }
        }
        settings
    }
}

impl Default for LiveSettings {
    fn default() -> Self {
        Settings::preset(TaskFamily::default(), Algorithm::default()).live
    }
}

impl Default for RunSettings {
    fn default() -> Self {
        Settings::preset(TaskFamily::default(), Algorithm::default()).run
    }
}

impl Default for MethodSettings {
    fn default() -> Self {
        Self {
            multi_step_iterations: 1000,
            first_order_iterations: 0,
            regularisation: 2.0,
            conjugate_steps: 16,
            context: 5,
        }
    }
}

impl Default for NetworkSettings {
    fn default() -> Self {
        RunSettings::default().network
    }
}
