//! What is known of a task family beside its tasks. The panels, the command line, presets, the film-strip, metrics and
//! the summary read it, and know no family by name.

use std::sync::Arc;

use super::panel::Look;
use super::{FAMILIES, FamilyError, Tasks};
use crate::images::ImageSet;
pub use crate::settings::table::Feature;
use crate::settings::table::Name;
use crate::settings::{Domain, LiveSettings, RunSettings, Settings, TaskFamily, ids_of};
use crate::text::{Text, text};

/// A task family.
#[derive(Debug)]
pub struct Card {
    /// The name used in files and on the command line.
    pub id: &'static str,
    /// The name shown to people.
    pub name: Text,
    /// One sentence: what a task is.
    pub about: Text,
    /// A sentence: what adaptation is given, and what is asked of it.
    pub asks: fn(&Settings) -> String,
    /// What the network has to become, on which rates depend.
    pub domain: Domain,
    /// What tasks are made from.
    pub needs: Needs,
    /// What adaptation is judged by.
    pub judged: Judged,
    /// The settings that not every family has.
    pub features: &'static [Feature],
    /// Why it lacks some of the others, where the usual reason is not the right one.
    pub reasons: &'static [(Feature, Text)],
    /// Further looks at adapted tasks.
    pub looks: &'static [Look],
    /// How a person draws a task; `None` where nobody can.
    pub drawing: Option<Drawing>,
    /// Meta-iterations that a sweep's cells and a race begin with.
    pub usual_iterations: [u64; 2],
    /// Changes the settings that every run starts with to those that its runs start with.
    pub preset: fn(&mut Settings),
    /// Makes the family; the images are there where it needs some.
    ///
    /// # Errors
    /// If they will not do.
    pub open: fn(&RunSettings, Option<Arc<ImageSet>>) -> Opened,
}

/// A family's tasks, or why there are none.
pub type Opened = Result<Arc<dyn Tasks>, FamilyError>;

/// What tasks are made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Numbers.
    Nothing,
    /// Single images.
    Images,
    /// Whole classes of images.
    Classes,
}

/// What adaptation is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The query loss.
    Loss,
    /// The query loss, a mean squared error of colours, told as a peak signal-to-noise ratio in dB.
    Psnr,
    /// The query loss, and a score of 0 to 1 at each inner step.
    Score(Score),
    /// The query loss, and a score of 0 to 1 of the new images after the last step.
    Samples(Score),
}

/// A share that is the better the larger it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// The name used in files.
    pub id: &'static str,
    /// The name shown to people.
    pub name: Text,
    /// What it is.
    pub about: Text,
}

/// How a person draws a task.
#[derive(Clone, Copy, Debug)]
pub struct Drawing {
    /// What becomes of the pages.
    pub pages: Pages,
    /// Whether pixels can be hidden from adaptation.
    pub masks: bool,
    /// How many times fewer pixels a side a page has than the images.
    pub coarser: fn(&LiveSettings) -> usize,
    /// What is to be done, while nothing is drawn.
    pub hint: Text,
}

/// What becomes of the pages of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// There is one.
    One,
    /// Each is an image of one class.
    OfOneClass,
    /// The first is asked about; the others are a class each, that can be the answer.
    Question,
}

impl Card {
    /// Which family it is of.
    pub const fn family(&self) -> TaskFamily {
        TaskFamily::of(self.id)
    }

    /// What adaptation is judged by beside the loss, at each inner step or after the last.
    pub fn score(&self) -> Option<Score> {
        match self.judged {
            Judged::Score(score) | Judged::Samples(score) => Some(score),
            Judged::Loss | Judged::Psnr => None,
        }
    }

    /// The same, where it is there at each inner step.
    pub fn step_score(&self) -> Option<Score> {
        match self.judged {
            Judged::Score(score) => Some(score),
            Judged::Loss | Judged::Psnr | Judged::Samples(_) => None,
        }
    }

    /// An error after adaptation that nobody would mind: one wrong answer in a hundred, else a loss of 10⁻⁶, of colours
    /// less than their rounding to 8 bits makes (1/255²/12).
    pub fn negligible_error(&self) -> f32 {
        self.step_score().map_or(1e-6, |_| 0.01)
    }
}

/// A share in whole percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

impl TaskFamily {
    /// Its card.
    pub fn card(self) -> &'static Card {
        FAMILIES.iter().find(|card| card.id == self.id()).unwrap_or(&FAMILIES[0])
    }

    /// The name shown to people, in this thread's language.
    pub fn label(self) -> &'static str {
        self.card().name.get()
    }

    /// Its names, and what its tasks are.
    pub fn name(self) -> Name {
        let Card { id, name, about, .. } = *self.card();
        Name { id, label: name, about }
    }

    /// Whether its tasks are made from images.
    pub fn needs_images(self) -> bool {
        self.card().needs != Needs::Nothing
    }

    /// Whether its tasks are made from whole classes of images.
    pub fn needs_classes(self) -> bool {
        self.card().needs == Needs::Classes
    }

    /// Whether its losses are told in dB.
    pub fn is_told_in_decibels(self) -> bool {
        self.card().judged == Judged::Psnr
    }

    /// Why it has no setting of a feature; `None` if it has.
    pub fn why_without(self, feature: Feature) -> Option<Text> {
        let card = self.card();
        let own = card.reasons.iter().find(|(lacking, _)| *lacking == feature).map(|(_, reason)| *reason);
        (!card.features.contains(&feature)).then(|| own.unwrap_or(feature.without()))
    }
}

impl Feature {
    /// The families that have it.
    pub fn families(self) -> impl Iterator<Item = TaskFamily> {
        TaskFamily::ALL.into_iter().filter(move |family| family.why_without(self).is_none())
    }
}

/// One image as a function from position to colour, which is what a file without a family is about.
impl Default for TaskFamily {
    fn default() -> Self {
        Self::named("picture")
    }
}

ids_of!(FAMILIES, TaskFamily, text("there are no tasks", "没有任务族"));
