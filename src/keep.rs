//! What outlasts the program: runs as files and as lines of text.

/// Curves as a drawing.
pub mod chart;

/// What a run can be written as.
pub mod kinds;

/// A run as a page.
pub mod report;

/// The film-strip as a picture.
pub mod film_strip;

/// metrics.csv.
pub mod metrics;

/// Runs that were under way when a window was closed.
pub mod sessions;

/// Writing beside the training.
pub mod keeper;

/// A run as a file.
pub mod run_file;

/// A run as a line of text.
pub mod share;

/// Pictures that lead back to their run.
pub mod png;

/// Files that are being written.
pub mod work;

/// What a run makes, picture by picture.
pub mod singles;

/// What is written.
pub mod subject;
