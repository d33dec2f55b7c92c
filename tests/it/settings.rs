//! The table of settings against experiment files, the command line and the settings themselves.

use crate::common::algorithms;
use crate::common::families;
use std::collections::BTreeSet;
use std::path::Path;

use clap::{CommandFactory as _, Parser as _};
use metascope::arguments::{Arguments, Command};
use metascope::experiment::Experiment;
use metascope::settings::table::{self, Field, Group, Setting, setting};
use metascope::settings::{Knob, RunSettings, Settings, TaskFamily};
use toml::{Table, Value};

/// The experiment that `metascope run` would do, or what it says.
fn run(file: Option<&Path>, options: &[String]) -> Result<Experiment, String> {
    let start = ["metascope", "run", "--out", "nowhere"].map(str::to_owned);
    let file = file.map(|file| file.to_str().unwrap().to_owned());
    let arguments = start.into_iter().chain(file).chain(options.iter().cloned());
    let arguments = Arguments::try_parse_from(arguments).map_err(|error| error.to_string())?;
    let Some(Command::Run(arguments)) = arguments.command else { panic!("another command") };
    arguments.what.experiment().map_err(|error| error.to_string())
}

fn texts(options: &[&str]) -> Vec<String> {
    options.iter().copied().map(str::to_owned).collect()
}

fn written(folder: &tempfile::TempDir, text: &str) -> std::path::PathBuf {
    let path = folder.path().join("e.toml");
    std::fs::write(&path, text).unwrap();
    path
}

/// The options that a setting needs to have an effect.
fn around(setting: &Setting) -> Vec<String> {
    texts(&match setting.group {
        Group::Tasks(feature) => vec!["--tasks", feature.families().next().unwrap().id()],
        Group::Method(part) => vec!["--algorithm", part.algorithms().next().unwrap().id()],
        Group::OwnImages => vec!["--images", "own"],
        Group::Formulas => vec!["--tasks", "class", "--set", "creatures"],
        _ => Vec::new(),
    })
}

/// Two values, as typed.
fn two_values(setting: &Setting) -> [String; 2] {
    match &setting.field {
        Field::Widths(_) => ["7, 9".to_owned(), "16".to_owned()],
        Field::Live(_) | Field::Run(_) => {
            let range = setting.range().unwrap();
            [range.low, range.high].map(|value| value.to_string())
        }
        Field::Choice(_) | Field::Images => {
            let names = setting.names();
            [names[0], names[names.len() - 1]].map(|name| name.id.to_owned())
        }
        Field::Switch => ["true", "false"].map(str::to_owned),
        Field::Seed => ["7", "18446744073709551615"].map(str::to_owned),
    }
}

/// What a file that holds these settings holds of one of them.
fn value(settings: &Settings, setting: &Setting) -> Option<Value> {
    let table = Value::try_from(settings).unwrap();
    let found = setting.path.split('.').try_fold(&table, |table, key| table.get(key))?;
    // Whether a number has a point is no matter.
    Some(found.as_float().map_or_else(|| found.clone(), |number| Value::from(number.to_string())))
}

fn typed(setting: &Setting, text: &str) -> Value {
    let value = setting.read(text).unwrap();
    value.as_float().map_or_else(|| value.clone(), |number| Value::from(number.to_string()))
}

fn line(setting: &Setting, text: &str) -> String {
    let (table, key) = setting.path.rsplit_once('.').unwrap();
    format!("[{table}]\n{key} = {}\n", setting.read(text).unwrap())
}

fn option(setting: &Setting, text: &str) -> String {
    format!("--{}={text}", setting.option())
}

#[test]
fn a_file_overrides_the_preset_and_an_option_the_file() {
    let folder = tempfile::tempdir().unwrap();
    for setting in table::all() {
        let around = around(setting);
        let preset = run(None, &around).unwrap().settings;
        let [mut one, mut other] = two_values(setting);
        if value(&preset, setting) == Some(typed(setting, &one)) {
            (one, other) = (other, one);
        }
        let path = written(&folder, &line(setting, &one));
        let from_file = run(Some(&path), &around).unwrap().settings;
        assert_eq!(value(&from_file, setting), Some(typed(setting, &one)), "{setting:?}: file over preset");
        let options = [around.clone(), vec![option(setting, &other)]].concat();
        let from_option = run(Some(&path), &options).unwrap().settings;
        assert_eq!(value(&from_option, setting), Some(typed(setting, &other)), "{setting:?}: option over file");
        let options = [around, vec![option(setting, &one)]].concat();
        assert_ne!(run(None, &options).unwrap().settings, preset, "{setting:?}: its option changes nothing");
    }
}

#[test]
fn what_file_and_options_name_decides_the_preset() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(&folder, "[run]\ntasks = \"sine\"\nalgorithm = \"fomaml\"\n[live]\nmeta_batch = 3\n");
    let from_file = run(Some(&path), &[]).unwrap().settings;
    let mut expected = Settings::preset(families::SINE, algorithms::FOMAML);
    expected.live.meta_batch = 3;
    assert_eq!(from_file, expected);
    let reptile = run(Some(&path), &texts(&["--algorithm", "reptile"])).unwrap().settings;
    let mut expected = Settings::preset(families::SINE, algorithms::REPTILE);
    expected.live.meta_batch = 3;
    assert_eq!(reptile, expected);
    let picture = run(Some(&path), &texts(&["--tasks", "picture", "--meta-batch", "9"])).unwrap().settings;
    let mut expected = Settings::preset(families::PICTURE, algorithms::FOMAML);
    expected.live.meta_batch = 9;
    assert_eq!(picture, expected);
}

#[test]
fn a_rate_that_is_given_is_not_fitted_to_the_images() {
    let folder = tempfile::tempdir().unwrap();
    let fits = |text: &str, options: &[&str]| {
        run(Some(&written(&folder, text)), &texts(options)).unwrap().settings.run.fit_inner_rate
    };
    let whole = Experiment::default().to_text().unwrap();
    assert!(whole.contains("fit_inner_rate = true") && fits("", &[]) && fits(&whole, &[]));
    assert!(!fits("[live]\ninner_rate = 0.1\n", &[]));
    assert!(!fits("", &["--inner-rate", "0.1"]));
    assert!(!fits(&whole, &["--inner-rate", "0.1"]));
    assert!(fits(&whole, &["--inner-rate", "0.1", "--fit-inner-rate"]));
}

#[test]
fn every_key_of_a_file_is_a_setting_and_comes_back() {
    fn paths(path: &str, table: &Table, all: &mut BTreeSet<String>) {
        for (key, value) in table {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            match value {
                Value::Table(table) => paths(&path, table, all),
                _ => _ = all.insert(path),
            }
        }
    }
    let mut settings = Settings::default();
    settings.run.image_size = Some(16);
    let mut keys = BTreeSet::new();
    paths("", &Table::try_from(&settings).unwrap(), &mut keys);
    assert_eq!(keys, table::all().map(|setting| setting.path.to_owned()).collect());

    for setting in table::all() {
        for text in two_values(setting) {
            let options = [around(setting), vec![option(setting, &text)]].concat();
            let experiment = run(None, &options).unwrap();
            let read = Experiment::parse(&experiment.to_text().unwrap(), Path::new("e.toml")).unwrap();
            assert_eq!(read, experiment, "{setting:?} = {text}");
        }
    }
}

#[test]
fn an_entry_reaches_the_field_of_its_key() {
    for setting in table::all() {
        let mut settings = Settings::preset(families::CLASSIFY, algorithms::MAML);
        match &setting.field {
            Field::Choice(choice) => {
                for (index, name) in setting.names().into_iter().enumerate() {
                    (choice.set)(&mut settings.run, index);
                    assert_eq!((choice.get)(&settings.run), index);
                    assert_eq!(value(&settings, setting), Some(name.id.into()), "{setting:?}");
                }
            }
            Field::Live(_) | Field::Run(_) => {
                for text in two_values(setting) {
                    let number: f64 = text.parse().unwrap();
                    setting.set_number(&mut settings, number);
                    assert_eq!(setting.number(&settings), Some(number), "{setting:?}");
                    assert_eq!(value(&settings, setting), Some(typed(setting, &text)), "{setting:?}");
                }
            }
            Field::Widths(_) => {
                setting.set_number(&mut settings, 11.0);
                assert_eq!(
                    (settings.run.network.hidden.as_slice(), setting.number(&settings)),
                    (&[11; 2][..], Some(11.0))
                );
            }
            Field::Switch | Field::Seed | Field::Images => assert_eq!(setting.number(&settings), None),
        }
    }
}

#[test]
fn a_value_out_of_its_range_is_refused_with_the_range() {
    let folder = tempfile::tempdir().unwrap();
    for setting in table::all() {
        let Some(range) = setting.range() else { continue };
        for bad in [range.low - 1.0, range.high + 1.0, 2.0 * range.high] {
            let mut settings = Settings::default();
            setting.set_number(&mut settings, bad);
            // Counts cannot hold what is below nothing.
            if bad >= 0.0 {
                let error = settings.validate().unwrap_err();
                assert_eq!(error.setting, setting);
                assert!(error.to_string().contains(&range.to_string()), "{error}");
            }
            let options = [around(setting), vec![option(setting, &bad.to_string())]].concat();
            let said = run(None, &options).unwrap_err();
            assert!(said.contains(&format!("--{}", setting.option())), "{setting:?}: {said}");
            assert!(said.contains(&range.to_string()), "{setting:?}: {said}");
            if bad >= 0.0 && !matches!(setting.field, Field::Widths(_)) {
                let path = written(&folder, &format!("version = 1\n{}", line(setting, &bad.to_string())));
                let said = run(Some(&path), &[]).unwrap_err();
                assert!(said.contains("line 3") && said.contains(setting.key()), "{setting:?}: {said}");
                assert!(said.contains(&range.to_string()), "{setting:?}: {said}");
            }
        }
    }
}

#[test]
fn every_setting_has_an_option_under_its_heading() {
    let command = Arguments::command();
    let command = command.find_subcommand("run").unwrap();
    let mut options = BTreeSet::new();
    for setting in table::all() {
        let option = setting.option();
        let argument = command.get_arguments().find(|argument| argument.get_long() == Some(&option)).unwrap();
        assert_eq!(argument.get_help_heading(), Some(setting.group.heading().as_str()), "{setting:?}");
        assert_eq!(argument.get_help().unwrap().to_string(), setting.help());
        assert!(!setting.label.is_empty() && setting.about.len() > 10, "{setting:?}");
        assert!(options.insert(option), "{setting:?}: its option is another's too");
    }
    for algorithm in ["maml-plus-plus", "imaml", "cavia"] {
        let help = command.clone().render_long_help().to_string();
        assert!(help.contains(&format!("Algorithm: {algorithm}")), "{help}");
    }
    for knob in Knob::ALL {
        assert!(!knob.short.is_empty(), "{knob:?} has no name beside a mark");
    }
}

#[test]
fn what_a_family_lacks_is_dead_there_and_nowhere_else() {
    for setting in table::all() {
        for tasks in TaskFamily::ALL {
            let run = RunSettings { tasks, ..RunSettings::default() };
            if let Group::Tasks(feature) = setting.group {
                let has = tasks.card().features.contains(&feature);
                assert_eq!(setting.why_dead(&run).is_none(), has, "{setting:?} {tasks:?}");
            }
        }
    }
}

#[test]
fn an_option_without_any_use_is_refused_with_what_to_do() {
    for (options, parts) in [
        (["--tasks", "sine", "--set", "hand"], ["--set", "completion, upscale, class, classify, cluster"]),
        (["--tasks", "sine", "--images", "own"], ["--images", "not with sine tasks"]),
        (["--set", "hand", "--image-size", "16"], ["--image-size", "--images PATH"]),
        (["--set", "hand", "--set-classes", "9"], ["--set-classes", "--set creatures"]),
        (["--algorithm", "maml", "--context", "3"], ["--context", "CAVIA"]),
    ] {
        let said = run(None, &texts(&options)).unwrap_err();
        assert!(parts.iter().all(|part| said.contains(part)), "{options:?}: {said}");
    }
    let race = ["metascope", "race", "--algorithms", "maml,cavia", "--out", "nowhere", "--context", "3"];
    let Some(Command::Race(race)) = Arguments::try_parse_from(race).unwrap().command else { panic!("another command") };
    let planned = race.planned().unwrap();
    assert!(planned.iter().all(|planned| planned.experiment.settings.run.method.context == 3));
}

#[test]
fn a_path_names_one_setting() {
    let all: Vec<_> = table::all().collect();
    assert_eq!(all.len(), table::SETTINGS.iter().map(|section| section.len()).sum::<usize>());
    for each in all {
        assert_eq!(setting(each.path), each);
    }
}
