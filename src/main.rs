//! The `metascope` command: arguments, then the window or a headless run.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use metascope::arguments::{Arguments, Command, What};
use metascope::headless::{self, Job};
use metascope::images::{self, ImageSet};
use metascope::settings::{RunSettings, TaskFamily};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Command::Run { iterations, out, what }) => run(what, *iterations, out),
        None => Ok(()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("metascope: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(what: &What, iterations: u64, out: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let experiment = what.experiment()?;
    let images = images_for(&experiment.settings.run)?;
    let job = Job { experiment, images, iterations, out: out.to_owned(), threads: what.threads_or(0) };
    let summary = headless::run(&job)?;
    eprintln!("{} meta-iterations in {:.1} s; results in {}", summary.iterations, summary.elapsed_secs, out.display());
    Ok(())
}

fn images_for(run: &RunSettings) -> Result<Option<Arc<ImageSet>>, Box<dyn std::error::Error>> {
    if run.tasks != TaskFamily::Picture {
        return Ok(None);
    }
    Ok(Some(Arc::new(images::set_for(run)?)))
}
