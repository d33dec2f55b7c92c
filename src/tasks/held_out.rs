//! A task with what is drawn of it, and how the outputs of a network that adapted to it are read.

use std::fmt::Debug;
use std::sync::Arc;

use ndarray::{Array2, ArrayView2};

use super::Picture;
use super::panel::{Given, Panel, Sheet};
use crate::maths::network::{Network, Workspace};
use crate::meta::episode::Episode;
use crate::text::{Text, Words};

/// A task with what is drawn of it: as a rule a held-out one.
#[derive(Clone, Debug)]
pub struct HeldOut {
    /// A name for people.
    pub name: Words,
    /// What to adapt on and be judged by.
    pub episode: Episode<f32>,
    /// What is known of it, column by column; the first is what it is about.
    pub given: Vec<Given>,
    /// The classes that can be the answer, where one of a few is asked for.
    pub choices: Arc<[Choice]>,
    /// The inputs whose outputs are drawn; `None` where they are the query's.
    pub display: Option<Array2<f32>>,
    /// How outputs are read.
    pub reading: Arc<dyn Reading>,
}

/// A class that can be the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: Words,
    /// An image of it.
    pub image: Picture,
}

/// What an image was taken for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The image, by its place in the set.
    pub image: usize,
    /// Its class among the task's [`HeldOut::choices`].
    pub class: usize,
    /// The likeliest of them.
    pub answer: usize,
    /// How likely that is.
    pub chance: f32,
}

/// A class of the set and images of it, by their places in the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownClass {
    /// The class.
    pub class: usize,
    /// The images that adaptation sees.
    pub support: Arc<[usize]>,
    /// The images that it is judged by.
    pub query: Arc<[usize]>,
}

/// What outputs are read as.
#[derive(Clone, Debug)]
pub struct Read {
    /// What is drawn.
    pub panel: Panel,
    /// What they are worth, 0 to 1, where [`Reading::score`] has a name.
    pub score: Option<f32>,
}

/// How the outputs of a network that adapted to a task are read.
pub trait Reading: Debug + Send + Sync {
    /// What the network puts out at the task's display inputs (one row each); `all` at the last inner step, before
    /// which a part may do.
    fn outputs(
        &self,
        network: &Network,
        theta: &[f32],
        display: ArrayView2<'_, f32>,
        _all: bool,
        work: &mut Workspace<f32>,
    ) -> Array2<f32> {
        network.output(theta, display, work)
    }

    /// What outputs mean.
    fn read(&self, outputs: ArrayView2<'_, f32>) -> Read;

    /// The name of what outputs are worth beside their loss; `None` where the loss says all.
    fn score(&self) -> Option<Text> {
        None
    }

    /// What each image was taken for, where images are told apart; `outputs` has a row for each.
    fn answers(&self, _outputs: ArrayView2<'_, f32>) -> Vec<Answer> {
        Vec::new()
    }

    /// The class that new images are made of, where it is one of the set.
    fn known(&self) -> Option<&KnownClass> {
        None
    }

    /// Further looks at an adaptation, beside that to the next task, in the order of [`Card::looks`](super::card::Card);
    /// `None` where there are none, or something in them is not finite.
    fn gallery(
        &self,
        _network: &Network,
        _adapted: Adapted<'_>,
        _next: Adapted<'_>,
        _work: &mut Workspace<f32>,
    ) -> Option<Vec<Sheet>> {
        None
    }

    /// What the network draws with `factor` times as many points a side, and the image enlarged without it; `None` where
    /// nothing is drawn point by point, or it is large enough.
    fn enlarged(
        &self,
        _network: &Network,
        _theta: &[f32],
        _factor: usize,
        _work: &mut Workspace<f32>,
    ) -> Option<[Picture; 2]> {
        None
    }
}

/// An adaptation that was done.
#[derive(Clone, Copy, Debug)]
pub struct Adapted<'a> {
    /// To which task.
    pub task: &'a HeldOut,
    /// The parameters.
    pub theta: &'a [f32],
    /// What the network put out last.
    pub outputs: ArrayView2<'a, f32>,
}

impl HeldOut {
    /// The inputs whose outputs are drawn.
    pub fn display(&self) -> ArrayView2<'_, f32> {
        self.display.as_ref().map_or_else(|| self.episode.query.x(), |display| display.view())
    }
}
