//! What settings belong to: the sections of help and panels, and who has which of them.

use crate::settings::{Algorithm, ImageSource, RunSettings, TaskFamily};
use crate::text::{Text, text};

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
    pub(crate) fn without(self) -> Text {
        match self {
            Self::Shots => text(
                "Such a task is one image: use the support share instead",
                "这种任务只有一张图像：请改用支持集比例",
            ),
            Self::Points => text(
                "Only tasks of separate points can draw some of them at each step",
                "只有由一个个点组成的任务才能在每一步抽取其中一部分",
            ),
            Self::Pixels => text(
                "Only picture tasks draw some of an image's pixels at each step",
                "只有“重绘图像”任务在每一步抽取图像的一部分像素",
            ),
            Self::Share => {
                text("Only picture and completion tasks hide pixels", "只有“重绘图像”和“补全图像”任务会隐藏像素")
            }
            Self::TrainingShare => text(
                "Only completion tasks train on another share than they are tested on",
                "只有“补全图像”任务训练时的比例与测试时不同",
            ),
            Self::Reduction => {
                text("Only upscale tasks see the means of blocks of pixels", "只有“超分辨率”任务看到的是像素块的平均值")
            }
            Self::Flow => text(
                "Only samples of class tasks come from noise by a flow",
                "只有“生成新图”任务的生成样本是由流从噪声得来的",
            ),
            Self::Ways => {
                text("Only classify and cluster tasks tell classes apart", "只有“分辨”和“聚类”任务需要区分类别")
            }
            Self::Noise => text("These tasks have no noise", "这些任务没有噪声"),
            Self::HiddenLayers => text("The model has no hidden layer", "该模型没有隐藏层"),
            Self::Positions => {
                text("Only the networks of picture tasks read positions", "只有图像任务的网络以位置为输入")
            }
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
    pub fn why_dead(self, run: &RunSettings) -> Option<Text> {
        let (there, reason) = match self {
            Self::Run | Self::Inner | Self::Outer | Self::Network => return None,
            Self::Tasks(feature) => return run.tasks.why_without(feature),
            Self::Method(part) => {
                (run.algorithm.has(part), text("It belongs to another algorithm", "它属于另一种算法"))
            }
            Self::OwnImages | Self::Formulas if !run.tasks.needs_images() => return Self::Images.why_dead(run),
            Self::Images => {
                (run.tasks.needs_images(), text("These tasks are not made from images", "这些任务不是由图像构成的"))
            }
            Self::OwnImages => (
                matches!(run.images, ImageSource::Path(_)),
                text("Only own images are read", "只有自己的图像才需要读取"),
            ),
            Self::Formulas => (
                run.images.is_procedural(),
                text("Only creatures and textures are made from formulas", "只有生物和纹理由公式生成"),
            ),
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
            Self::OwnImages | Self::Formulas if !run.tasks.needs_images() => Self::Images.refusal(run),
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
