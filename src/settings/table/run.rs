//! What is run, and how it is measured.

use super::{Choice, Feature, Field, Group, Number, Range, Setting};
use crate::settings::{Algorithm, TaskFamily};

/// Its settings.
pub static RUN: [Setting; 7] = [
    Setting {
        label: "Tasks",
        about: "The family that tasks are drawn from",
        ..choice!(run.tasks, Group::Run, TaskFamily)
    },
    Setting {
        label: "Algorithm",
        about: "How the query loss becomes a step of the initialisation",
        ..choice!(run.algorithm, Group::Run, Algorithm)
    },
    Setting {
        path: "run.seed",
        label: "Seed",
        about: "The number that every random stream is derived from; another seed begins again with other tasks",
        field: Field::Seed,
        ..Setting::BLANK
    },
    Setting {
        label: "Held-out tasks",
        about: "Held-out tasks measured at the end of a run without a window, of a race and of a sweep's cells",
        ..number!(run.held_out_tasks, Group::Run, Range::whole(1, 100_000).logarithmic())
    },
    Setting {
        label: "Measured every",
        about: "Meta-iterations between two measurements on the probe tasks",
        unit: Some("meta-iterations"),
        ..number!(run.evaluate_every, Group::Run, Range::whole(1, 1_000_000_000).logarithmic())
    },
    Setting {
        path: "run.fit_inner_rate",
        label: "Fit the inner rate",
        about: "Whether an inner rate that nobody gave starts lower where it would overshoot, on other images than the family's own",
        group: Group::Inner,
        ..Setting::BLANK
    },
    Setting {
        label: "Ways",
        about: "Classes of a task; fewer where the images have not so many to train on or to test on",
        ..number!(run.ways, Group::Tasks(Feature::Ways), Range::whole(2, 20))
    },
];
