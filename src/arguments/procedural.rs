//! Arguments about how sets from formulas are made.

use clap::Args;

use crate::settings::{ProceduralKnob, SettingError};

/// Only with creatures and textures.
#[derive(Debug, Default, PartialEq, Args)]
pub struct ProceduralArguments {
    /// Creatures and textures: classes, 8 to 480; an eighth of them is held out.
    #[arg(long, allow_hyphen_values = true)]
    pub set_classes: Option<usize>,
    /// Creatures and textures: images of each class, 4 to 60.
    #[arg(long, allow_hyphen_values = true)]
    pub set_each: Option<usize>,
    /// Creatures and textures: how much the images of one class differ, 0 to 2.
    #[arg(long, allow_hyphen_values = true)]
    pub set_variety: Option<f64>,
    /// Creatures and textures: how little colour tells classes apart, 0 to 1.
    #[arg(long, allow_hyphen_values = true)]
    pub set_sameness: Option<f64>,
    /// Creatures and textures: another set of the same kind, 0 to 9999.
    #[arg(long, allow_hyphen_values = true)]
    pub set_seed: Option<u64>,
}

impl ProceduralArguments {
    /// What is given.
    pub fn given(&self) -> impl Iterator<Item = (ProceduralKnob, f64)> {
        let given = [
            (ProceduralKnob::Classes, self.set_classes.map(|value| value as f64)),
            (ProceduralKnob::Each, self.set_each.map(|value| value as f64)),
            (ProceduralKnob::Variety, self.set_variety),
            (ProceduralKnob::Sameness, self.set_sameness),
            (ProceduralKnob::Seed, self.set_seed.map(|value| value as f64)),
        ];
        given.into_iter().filter_map(|(knob, value)| Some((knob, value?)))
    }
}

/// The option that gives a setting.
pub(super) fn option_of(error: &SettingError) -> String {
    let procedural = ProceduralKnob::ALL.into_iter().find(|knob| knob.key() == error.key);
    procedural.map_or_else(|| error.key.replace('_', "-"), |knob| knob.option().to_owned())
}
