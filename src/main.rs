//! The `metascope` command: arguments, then the window or a headless run.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use metascope::arguments::{Arguments, Command, What};
use metascope::commands;
use metascope::headless::{self, Job};
use metascope::images;
use metascope::train::{link, worker};
use metascope::window;

/// A frame's buffers come and go; the system's allocator would give them back to the kernel each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = arguments.check().map_err(Into::into).and_then(|()| obey(&arguments));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("metascope: {error}");
            ExitCode::FAILURE
        }
    }
}

fn obey(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    match &arguments.command {
        Some(Command::Run { iterations, out, what }) => run(what, *iterations, out),
        Some(Command::Sweep(arguments)) => commands::sweep(arguments),
        Some(Command::Race(arguments)) => commands::race(arguments),
        Some(Command::Check) => commands::check(),
        Some(Command::Bench(arguments)) => commands::bench(arguments),
        None => open_window(&arguments.what),
    }
}

fn run(what: &What, iterations: u64, out: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let experiment = what.experiment()?;
    let images = images::for_run(&experiment.settings.run)?;
    let job = Job { experiment, images, iterations, out: out.to_owned(), threads: what.threads_or(0) };
    let summary = headless::run(&job)?;
    eprintln!("{} meta-iterations in {:.1} s; results in {}", summary.iterations, summary.elapsed_secs, out.display());
    Ok(())
}

fn open_window(what: &What) -> Result<(), Box<dyn std::error::Error>> {
    let settings = what.experiment()?.settings;
    let images = images::for_run(&settings.run)?;
    // One core is left to the window.
    let threads = what.threads_or(1);
    let first = link::Command::Restart(Arc::new(settings.clone()), images.clone());
    window::run(settings, images, move |wake| {
        let (end, _) = worker::spawn(wake, threads, None)?;
        end.send(first);
        Ok(end)
    })?;
    Ok(())
}
