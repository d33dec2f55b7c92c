//! The options that give single settings, made from the table of settings.

use std::path::PathBuf;

use clap::builder::{BoolishValueParser, PossibleValue, PossibleValuesParser, TypedValueParser as _};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use toml::Value;

use crate::experiment::Given;
use crate::settings::table::{self, Field, Group, Setting, setting};

/// The one setting that takes a list where algorithms race: they are judged with each of its numbers.
const LIST: &Setting = setting("live.test_shots");
const IMAGES: &str = "images";

/// The settings that are given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// All but a path of images, which need not be Unicode.
    pub given: Given,
    /// The user's own images.
    pub images: Option<PathBuf>,
    /// Every number of test shots; the first one is among `given`.
    pub test_shots: Vec<usize>,
}

/// The option of a setting.
fn option(setting: &'static Setting) -> Arg {
    let option = setting.option();
    let arg = Arg::new(option.clone()).long(option).help(setting.help()).help_heading(setting.group.heading());
    match setting.field {
        Field::Choice(_) | Field::Images => {
            let names = setting.names().into_iter().map(|name| PossibleValue::new(name.id).help(name.about.en()));
            arg.value_name("NAME").value_parser(PossibleValuesParser::new(names).map(Value::String))
        }
        Field::Switch => arg
            .value_name("BOOL")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(BoolishValueParser::new().map(Value::Boolean)),
        Field::Widths(_) => arg.value_name("N,N").value_parser(|text: &str| setting.read(text)),
        Field::Live(_) | Field::Run(_) | Field::Seed => {
            let arg = arg.value_name("N").allow_hyphen_values(true).value_parser(|text: &str| setting.read(text));
            if setting == LIST { arg.value_delimiter(',').action(ArgAction::Append) } else { arg }
        }
    }
}

impl Args for Options {
    fn augment_args(command: Command) -> Command {
        let images = Arg::new(IMAGES)
            .long(IMAGES)
            .value_name("PATH")
            .help(
                "A folder of images, each of its sub-folders a class; or a .zip, .tar, .npz, .npy or MNIST's IDX file",
            )
            .help_heading(Group::Images.heading())
            .value_parser(value_parser!(PathBuf))
            .conflicts_with("set");
        // What all runs have comes first.
        let (special, common): (Vec<_>, Vec<_>) =
            table::all().partition(|setting| matches!(setting.group, Group::Tasks(_) | Group::Method(_)));
        command.args(common.into_iter().map(option)).arg(images).args(special.into_iter().map(option))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Options {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut options = Self { images: matches.get_one(IMAGES).cloned(), ..Self::default() };
        for setting in table::all() {
            let mut values = matches.get_many::<Value>(&setting.option()).into_iter().flatten();
            if setting == LIST {
                let whole = |value: &Value| value.as_integer().and_then(|value| usize::try_from(value).ok());
                options.test_shots = values.clone().filter_map(whole).collect();
            }
            if let Some(value) = values.next() {
                options.given.set(setting, value.clone());
            }
        }
        Ok(options)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
