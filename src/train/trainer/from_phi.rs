//! A run that begins where another one's φ is, whatever its algorithm.

use std::sync::Arc;

use super::saving::learned_phi;
use super::{Checkpoint, Reopened, RestoreError, Trainer};
use crate::images::ImageSet;
use crate::maths::vector::is_finite;
use crate::settings::Settings;

impl Trainer {
    /// A run with these settings that starts at the φ that another one has learned; all else begins anew.
    ///
    /// # Errors
    /// As [`Self::new`]; or if φ is of another shape or damaged.
    pub fn from_phi(
        settings: Settings,
        images: Option<Arc<ImageSet>>,
        threads: usize,
        kept: &Reopened,
    ) -> Result<Self, RestoreError> {
        let new = Self::new(settings, images.clone(), threads)?;
        let phi = learned_phi(&kept.archive, new.learner.network.layout(), new.now.meta.phi())?;
        if !is_finite(&phi) {
            return Err(RestoreError::NotFinite { name: "phi".to_owned() });
        }
        let mut learned = new.now.clone();
        learned.meta.values[..phi.len()].copy_from_slice(&phi);
        // α as it was made to fit the tasks.
        Ok(Self::resume(new.settings.as_ref().clone(), images, threads, &Checkpoint(learned))?)
    }
}
