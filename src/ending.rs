//! How a command ends, where it was no error, and the exit codes of all endings.

use std::fmt::Write as _;
use std::process::ExitCode;

/// How a command ended; the number is its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All is done, or all that was reached before a signal is measured and written.
    Done = 0,
    /// The run, or every run, diverged; or the loss of some task that a run adapted to overflowed.
    Diverged = 3,
    /// A signal came, and work is left to do.
    Unfinished = 130,
}

impl Ending {
    /// Its exit code.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(ending.code())
    }
}

/// Every exit code and what it means; 1 is Rust's, 2 clap's.
const CODES: [(u8, &str); 5] = [
    (Ending::Done.code(), "all is done, or what a signal left is measured and written"),
    (1, "an error: arguments, images, files; stderr says which, and what to do"),
    (2, "a command line that cannot be read"),
    (Ending::Diverged.code(), "the run, or every run of a sweep or a race, diverged; or a loss overflowed in adapt"),
    (Ending::Unfinished.code(), "a second signal, or a sweep or a race that a signal left unfinished"),
];

/// The exit codes as a section of a command's help.
pub fn help() -> String {
    let mut text = "Exit codes:".to_owned();
    for (code, meaning) in CODES {
        let _ = write!(text, "\n  {code:>3}  {meaning}");
    }
    text
}
