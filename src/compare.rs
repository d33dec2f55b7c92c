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
use crate::train::trainer::TrainError;

/// Why settings cannot be chosen like that.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Both axes vary one setting.
    #[error("both axes vary {name}: choose two different settings")]
    SameTwice {
        /// The setting.
        name: String,
    },
    /// Too many runs.
    #[error("{cells} cells are too many: at most {} are allowed, so choose fewer values", sweep::MOST_CELLS)]
    TooMany {
        /// How many.
        cells: usize,
    },
    /// A setting that such runs do not have.
    #[error("varying {name} would change nothing: {reason}")]
    NoEffect {
        /// The setting.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// A value out of range.
    #[error(transparent)]
    Value(SettingError),
    /// Knob changes would be made in every run, over what is compared.
    #[error("the experiment has knob changes, but runs that are compared keep their settings: remove its [[changes]]")]
    Changes,
    /// No images are left to validate on.
    #[error("the image set has fewer than 2 images to train on, so none can be held out for validation: add images")]
    TooFewImages,
    /// Nothing to race.
    #[error("a race needs at least one algorithm, one seed and one number of test shots")]
    Nothing,
    /// Several numbers of shots without shots.
    #[error("these tasks have no shots: leave out --test-shots")]
    NoShots,
    /// A run cannot start.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// The settings cannot be written down.
    #[error(transparent)]
    Text(#[from] ExperimentError),
}
