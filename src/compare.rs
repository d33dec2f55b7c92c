//! Choosing between settings by runs of the plain trainer: a sweep over two of them, judged on validation
//! tasks, and a race of algorithms on the same tasks. Runs are independent and finished ones are kept as
//! files, so that a killed choice goes on where it was.
//!
//! Invariant: what a run finds depends on its settings alone, not on the number of threads or on
//! which runs were done before.

/// What a sweep varies.
pub mod axis;

/// Every cell of a plane of settings, trained and validated.
pub mod sweep;

/// What they find, as tables.
pub mod tables;

/// Algorithms on the same tasks.
pub mod race;

/// Finished runs as files.
pub mod store;

/// Sweeps and races that a window watches.
pub mod background;

/// Runs side by side.
pub mod parallel;

/// A sweep as a picture.
pub mod heat_map;

/// Small letters for pictures.
mod letters;

use crate::experiment::ExperimentError;
use crate::settings::SettingError;
use crate::text::{Text, say, tell};
use crate::train::trainer::TrainError;

/// Why settings cannot be chosen like that.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Both axes vary one setting.
    #[error("{}", tell(
        || format!("both axes vary {name}: choose two different settings"),
        || format!("两个轴都在改变 {name}：请选择两个不同的设置"),
    ))]
    SameTwice {
        /// The setting.
        name: String,
    },
    /// Too many runs.
    #[error("{}", tell(
        || format!("{cells} cells are too many: at most {} are allowed, so choose fewer values", sweep::MOST_CELLS),
        || format!("{cells} 个格子太多：最多允许 {} 个，请减少取值", sweep::MOST_CELLS),
    ))]
    TooMany {
        /// How many.
        cells: usize,
    },
    /// A setting that such runs do not have.
    #[error("{}", tell(
        || format!("varying {name} would change nothing: {reason}"),
        || format!("改变 {name} 不会有任何作用：{reason}"),
    ))]
    NoEffect {
        /// The setting.
        name: String,
        /// Why.
        reason: Text,
    },
    /// A value out of range.
    #[error(transparent)]
    Value(SettingError),
    /// Knob changes would be made in every run, over what is compared.
    #[error(
        "{}",
        say(
            "the experiment has knob changes, but runs that are compared keep their settings: remove its [[changes]]",
            "实验中有旋钮的改动，而互相比较的运行保持各自的设置：请删去其中的 [[changes]]",
        )
    )]
    Changes,
    /// No images are left to validate on.
    #[error(
        "{}",
        say(
            "the image set has fewer than 2 images to train on, so none can be held out for validation: add images",
            "图像集中用于训练的图像不足 2 张，无法留出用于验证的图像：请添加图像",
        )
    )]
    TooFewImages,
    /// No classes are left to validate on.
    #[error(
        "{}",
        say(
            "the image set has too few classes to train on, so none can be held out for validation: add a class, or choose a set with more of them",
            "图像集中用于训练的类别太少，无法留出用于验证的类别：请添加一类，或选择类别更多的图像集",
        )
    )]
    TooFewClasses,
    /// Nothing to race.
    #[error(
        "{}",
        say(
            "a race needs at least one algorithm, one seed and one number of test shots",
            "算法对比至少需要一种算法、一个随机种子和一个测试样本数",
        )
    )]
    Nothing,
    /// Several numbers of shots without shots.
    #[error("{}", say("these tasks have no shots: leave out --test-shots", "这些任务没有样本数：请去掉 --test-shots"))]
    NoShots,
    /// A run cannot start.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// The settings cannot be written down.
    #[error(transparent)]
    Text(#[from] ExperimentError),
}
