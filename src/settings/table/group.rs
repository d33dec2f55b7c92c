//! What settings belong to: the sections of help and panels, and who has which of them.

use crate::settings::{Algorithm, ImageSource, RunSettings, TaskFamily};

/// What belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What is run, and how it is measured.
    Run,
    /// How a task is adapted to.
    Inner,
    /// How the initialisation moves.
    Outer,
    /// The network that adapts.
    Network,
    /// What only tasks with this feature have.
    Tasks(Feature),
    /// What only algorithms with this part have.
    Method(Part),
    /// The images that tasks are made from.
    Images,
    /// How own images are read.
    OwnImages,
    /// How sets made from formulas are made.
    Formulas,
}

/// A part of an algorithm that has settings of its own. Which algorithms have it, their recipes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Every step's query loss, at first.
    EveryStep,
    /// A hold on φ, and a linear system in place of the way back.
    Hold,
    /// A context beside the inputs.
    Context,
}

/// A feature of tasks that has settings of its own. Which families have it, their cards say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Support points, or images of a class, that can be counted.
    Shots,
    /// Support points that each inner step can draw some of.
    Points,
    /// Pixels that each inner step draws some of.
    Pixels,
    /// A share of an image's pixels that may be seen.
    Share,
    /// Another such share in training.
    TrainingShare,
    /// Blocks of pixels of which the means are seen.
    Reduction,
    /// A flow from noise to samples.
    Flow,
    /// Several classes.
    Ways,
    /// Noise on the support.
    Noise,
    /// A network with hidden layers.
    HiddenLayers,
    /// A network that reads positions.
    Positions,
}

impl Feature {
    /// Why tasks without it have no such setting.
    pub(crate) fn without(self) -> &'static str {
        match self {
            Self::Shots => "Such a task is one image: use the support share instead",
            Self::Points => "Only tasks of separate points can draw some of them at each step",
            Self::Pixels => "Only picture tasks draw some of an image's pixels at each step",
            Self::Share => "Only picture and completion tasks hide pixels",
            Self::TrainingShare => "Only completion tasks train on another share than they are tested on",
            Self::Reduction => "Only upscale tasks see the means of blocks of pixels",
            Self::Flow => "Only samples of class tasks come from noise by a flow",
            Self::Ways => "Only classify and cluster tasks tell classes apart",
            Self::Noise => "These tasks have no noise",
            Self::HiddenLayers => "The model has no hidden layer",
            Self::Positions => "Only the networks of picture tasks read positions",
        }
    }
}

impl Group {
    /// What the command line's help puts above it.
    pub fn heading(self) -> String {
        match self {
            Self::Run => "Run".to_owned(),
            Self::Inner => "Inner loop".to_owned(),
            Self::Outer => "Outer loop".to_owned(),
            Self::Network => "Network".to_owned(),
            Self::Tasks(feature) => format!("Tasks: {}", names(feature.families())),
            Self::Method(part) => {
                format!("Algorithm: {}", part.algorithms().map(Algorithm::id).collect::<Vec<_>>().join(", "))
            }
            Self::Images => "Images".to_owned(),
            Self::OwnImages => "Own images".to_owned(),
            Self::Formulas => "Images: creatures, textures".to_owned(),
        }
    }

    /// Why what belongs to it has no effect on such a run, or `None` if it can have one.
    pub fn why_dead(self, run: &RunSettings) -> Option<&'static str> {
        let (there, reason) = match self {
            Self::Run | Self::Inner | Self::Outer | Self::Network => return None,
            Self::Tasks(feature) => return run.tasks.why_without(feature),
            Self::Method(part) => (run.algorithm.has(part), "It belongs to another algorithm"),
            Self::Images => (run.tasks.needs_images(), "These tasks are not made from images"),
            Self::OwnImages => (matches!(run.images, ImageSource::Path(_)), "Only own images are read"),
            Self::Formulas => (run.images.is_procedural(), "Only creatures and textures are made from formulas"),
        };
        (!there).then_some(reason)
    }

    /// Why an option of it is a mistake on such a run, and what to do; `None` if it is none. What only some families
    /// have may be given for all of them.
    pub fn refusal(self, run: &RunSettings) -> Option<String> {
        self.why_dead(run)?;
        match self {
            Self::Run | Self::Inner | Self::Outer | Self::Network | Self::Tasks(_) => None,
            Self::Method(part) => {
                let owners: Vec<_> = part.algorithms().map(Algorithm::label).collect();
                Some(format!("belongs to {} and would change nothing here: leave it out", owners.join(", ")))
            }
            Self::Images => {
                let with_images = TaskFamily::ALL.into_iter().filter(|tasks| tasks.needs_images());
                Some(format!(
                    "goes with {} tasks, not with {} tasks: use --tasks with one of them, or leave it out",
                    names(with_images),
                    run.tasks.id()
                ))
            }
            Self::OwnImages => Some("goes with own images: name them with --images PATH, or leave it out".to_owned()),
            Self::Formulas => Some(
                "goes with sets made from formulas: use --set creatures or --set textures, or leave it out".to_owned(),
            ),
        }
    }
}

fn names(families: impl Iterator<Item = TaskFamily>) -> String {
    families.map(TaskFamily::id).collect::<Vec<_>>().join(", ")
}
