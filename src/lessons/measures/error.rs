//! What can be wrong with what is asked for.

use super::{Argument, MEASURES};

/// Why something is no measurement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// No such measure.
    #[error("unknown measure “{name}”: choose one of {}", MEASURES.each_ref().map(|measure| measure.id).join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// It asks for something else.
    #[error(
        "“{measure}” takes no {key}: it takes {}",
        if takes.is_empty() { "nothing".to_owned() } else { takes.iter().map(|a| a.key()).collect::<Vec<_>>().join(", ") }
    )]
    Argument {
        /// The measure.
        measure: &'static str,
        /// What was given.
        key: String,
        /// What it takes.
        takes: &'static [Argument],
    },
    /// It needs something that was not given.
    #[error("“{measure}” needs {key}")]
    Missing {
        /// The measure.
        measure: &'static str,
        /// What it needs.
        key: &'static str,
    },
    /// A value that makes no sense.
    #[error("{key}: “{value}” is none of {known}")]
    Value {
        /// Its key.
        key: &'static str,
        /// What was given.
        value: String,
        /// What there is.
        known: String,
    },
}
