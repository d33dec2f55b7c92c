//! What tells algorithms apart, in parts that can be put together: which parameters an inner step moves, who owns its
//! rates, which losses count and how they become an outer direction. The inner loop, the backward sweep, the checks and
//! the views go by these parts and know no algorithm by name.

use std::ops::Range;

use super::recipes::RECIPES;
use crate::maths::network::Network;
use crate::settings::table::{Name, Part};
use crate::settings::{Algorithm, Domain, Settings, ids_of};
use crate::text::{Text, text};

/// An algorithm.
#[derive(Debug)]
pub struct Recipe {
    /// The name used in files and on the command line.
    pub id: &'static str,
    /// The name shown to people.
    pub name: &'static str,
    /// One sentence: what it does.
    pub about: Text,
    /// Who proposed it.
    pub source: &'static str,
    /// An inner step and an outer one, in symbols: S is the support set and Q the query set; a product of α with ⊙ has a
    /// rate for each parameter.
    pub formulas: [&'static str; 2],
    /// Which parameters an inner step moves.
    pub moves: Moves,
    /// Who owns the inner rates.
    pub rates: Rates,
    /// Which query losses count.
    pub query_loss: QueryLoss,
    /// How they become an outer direction.
    pub through: Through,
    /// What it changes about the settings that a run of such tasks starts with.
    pub preset: fn(Domain, &mut Settings),
}

/// The parameters that an inner step moves; the outer loop moves all of them, but for a context, which starts at 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moves {
    /// All.
    All,
    /// The last layer.
    Head,
    /// All layers but the last; where there is one alone, that one.
    Body,
    /// A few numbers beside the inputs.
    Context,
}

/// The inner rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rates {
    /// α.
    Given,
    /// One is learned for each parameter.
    PerParameter,
    /// One is learned for each layer's weights and one for its biases, at each step.
    PerTensorAndStep,
    /// One is learned for each parameter, and a network says for each layer and step how much of it counts.
    Model,
}

/// The query losses that make up J.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryLoss {
    /// That after the last step.
    Last,
    /// At first those after every step alike, later the last alone.
    EveryStepAtFirst,
}

/// The way from adapted parameters to an outer direction; each is a file of [`super::outer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// ∂J/∂φ through every inner step.
    Unrolled,
    /// ∇L(θ_K; Q) as it stands.
    FirstOrder,
    /// (I + H/λ)⁻¹ ∇L(θ_K; Q), of an adaptation that is held to φ.
    Implicit,
    /// φ − θ_K.
    Difference,
}

impl Moves {
    /// The parameters themselves; a context is moved alone or not at all.
    pub(super) fn range(self, network: &Network) -> Range<usize> {
        let (layout, all) = (network.layout(), network.parameters());
        let head = layout.layer(layout.layers().saturating_sub(1)).start;
        match self {
            Self::All => 0..all,
            Self::Head => head..all,
            Self::Body => 0..if layout.layers() > 1 { head } else { all },
            Self::Context => layout.context(),
        }
    }
}

impl Recipe {
    /// Which algorithm it is of.
    pub const fn algorithm(&self) -> Algorithm {
        Algorithm::of(self.id)
    }
}

impl Algorithm {
    /// Its recipe.
    pub fn recipe(self) -> &'static Recipe {
        RECIPES.iter().find(|recipe| recipe.id == self.id()).unwrap_or(&RECIPES[0])
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        self.recipe().name
    }

    /// One sentence: what it does.
    pub fn about(self) -> &'static str {
        self.recipe().about.get()
    }

    /// All of these.
    pub fn name(self) -> Name {
        let Recipe { id, name, about, .. } = *self.recipe();
        Name { id, label: text(name, name), about }
    }

    /// Whether it has this part.
    pub fn has(self, part: Part) -> bool {
        let recipe = self.recipe();
        match part {
            Part::EveryStep => recipe.query_loss == QueryLoss::EveryStepAtFirst,
            Part::Hold => recipe.through == Through::Implicit,
            Part::Context => recipe.moves == Moves::Context,
        }
    }

    /// Whether the inner rates are learned, α being but where they start.
    pub fn learns_rates(self) -> bool {
        self.recipe().rates != Rates::Given
    }
}

impl Part {
    /// The algorithms that have it.
    pub fn algorithms(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.into_iter().filter(move |algorithm| algorithm.has(self))
    }
}

impl Default for Algorithm {
    fn default() -> Self {
        RECIPES[0].algorithm()
    }
}

ids_of!(RECIPES, Algorithm, text("there is no algorithm", "没有算法"));
