//! The real program without a window, and a folder for its files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clap::Parser as _;
use metascope::arguments::Arguments;
use metascope::settings::{RunSettings, TaskFamily};
use metascope::tasks::card::Needs;
use serde_json::Value;
use tempfile::TempDir;

/// Small enough for a test; overridden by what a test is about.
pub const SMALL: [&str; 8] = ["--iterations", "20", "--held-out-tasks", "3", "--meta-batch", "2", "--threads", "1"];

/// An experiment with a short meta-batch and frequent measurements.
pub const SHORT: &str = "[run]\ntasks = \"sine\"\nevaluate_every = 5\nheld_out_tasks = 3\n[live]\nmeta_batch = 2\n";

/// Small pictures and a small network.
pub const SMALL_PICTURES: &str = "[run]\nimages = \"hand\"\nimage_size = 8\n[run.network]\nhidden = [16, 16]\n";

/// Few images and a small network.
pub const SMALL_CLASSES: &str = "[run]\ntasks = \"class\"\nimages = \"hand\"\n[run.network]\nhidden = [16, 16]\n";

pub fn metascope(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metascope"));
    for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(display);
    }
    command.args(arguments).output().unwrap()
}

/// What these arguments choose for a run, or what is said against them.
pub fn given(arguments: &[&str]) -> Result<RunSettings, String> {
    let all = std::iter::once("metascope").chain(arguments.iter().copied());
    let arguments = Arguments::try_parse_from(all).map_err(|error| error.to_string())?;
    arguments.what.experiment().map(|experiment| experiment.settings.run).map_err(|error| error.to_string())
}

/// A folder for the files of several runs.
pub struct Bench(pub TempDir);

impl Bench {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub fn file(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.text(name)
    }

    /// Arguments for a small run of a family; pictures get small ones and a small network.
    pub fn small(&self, tasks: TaskFamily, more: &[&str]) -> Vec<String> {
        let mut arguments: Vec<String> = small(more).into_iter().map(str::to_owned).collect();
        let text = match tasks.card().needs {
            Needs::Nothing => format!("[run]\ntasks = \"{}\"\n", tasks.id()),
            Needs::Images => SMALL_PICTURES.replace("[run]\n", &format!("[run]\ntasks = \"{}\"\n", tasks.id())),
            Needs::Classes => SMALL_CLASSES.replace("\"class\"", &format!("{:?}", tasks.id())),
        };
        arguments.push(self.file("small.toml", &text));
        arguments
    }

    pub fn try_run(&self, out: &str, arguments: &[&str]) -> Output {
        let out = self.text(out);
        metascope(&[&["run", "--out", &out], arguments].concat())
    }

    /// A run that must succeed, in place of any other in the folder; what it said.
    pub fn run(&self, out: &str, arguments: &[impl AsRef<str>]) -> String {
        self.run_to(0, out, arguments)
    }

    /// A run that must end with an exit code.
    pub fn run_to(&self, code: i32, out: &str, arguments: &[impl AsRef<str>]) -> String {
        let arguments: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
        let output = self.try_run(out, &[arguments.as_slice(), &["--overwrite"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    /// A run that must fail, say all of `parts`, and leave nothing behind.
    pub fn refuses(&self, arguments: &[&str], parts: &[&str]) {
        let output = self.try_run("refused", arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{arguments:?} was accepted");
        for part in parts {
            assert!(said.contains(part), "{arguments:?}: {part:?} is not in {said:?}");
        }
        assert!(!said.contains("panicked"), "{said}");
        assert!(!self.path("refused").exists(), "{arguments:?} left files behind");
    }

    pub fn metrics(&self, out: &str) -> String {
        fs::read_to_string(self.path(out).join("metrics.csv")).unwrap()
    }

    pub fn summary(&self, out: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path(out).join("summary.json")).unwrap()).unwrap()
    }

    /// Everything that a run wrote and that must not depend on the machine.
    pub fn results(&self, out: &str) -> (String, Value, Vec<u8>) {
        let mut summary = self.summary(out);
        summary.as_object_mut().unwrap().remove("elapsed_secs");
        (self.metrics(out), summary, fs::read(self.path(out).join("samples.png")).unwrap())
    }
}

pub fn small<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let pairs = SMALL.chunks(2).filter(|pair| !more.contains(&pair[0]));
    pairs.flatten().copied().chain(more.iter().copied()).collect()
}

pub fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().expect("a finite number")).collect()
}

/// Small pictures in a folder.
pub fn pictures(folder: &Path, count: usize) {
    fs::create_dir_all(folder).unwrap();
    for index in 0..count {
        let picture =
            image::RgbImage::from_fn(12, 12, |x, y| image::Rgb([(x * 20) as u8, (y * 20) as u8, index as u8]));
        picture.save(folder.join(format!("{index}.png"))).unwrap();
    }
}

pub fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names
}
