//! A run that is to be written.

use super::run_file::{ImageFacts, RunFile, RunFileError};
use super::share::Share;
use crate::experiment::Experiment;
use crate::train::shown::KnobMark;
use crate::train::trainer::Saved;

/// A run, and what it does not know of itself.
pub struct Subject<'a> {
    /// The run.
    pub saved: &'a Saved,
    /// Its images, where it has some.
    pub images: Option<ImageFacts>,
    /// Knob changes that are still to come.
    pub coming: &'a [KnobMark],
}

impl Subject<'_> {
    /// What it began with, and every knob change since.
    pub fn experiment(&self) -> Experiment {
        let (settings, changes) = (self.saved.start().as_ref().clone(), self.saved.marks().to_vec());
        Experiment { settings, changes, ..Experiment::default() }
    }

    /// Its line of text.
    pub fn share(&self) -> Share {
        Share::of(self.saved.start().as_ref().clone(), self.saved.marks(), self.images.as_ref())
    }

    /// All of it, as a file holds it.
    ///
    /// # Errors
    /// If a fact cannot be written down.
    pub fn file(&self) -> Result<RunFile, RunFileError> {
        Ok(RunFile { coming: self.coming.to_vec(), ..RunFile::new(self.saved, self.images.clone())? })
    }
}
