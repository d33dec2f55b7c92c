//! What is printed. A reader who has seen enough closes the pipe; that is no reason to fail.

use std::fmt::Display;
use std::io::{self, Write as _};

/// A line on stderr, for people.
pub fn note(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Text on stdout.
///
/// # Errors
/// If it cannot be written for another reason than that nobody reads on.
pub fn print(text: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
