//! The `metascope` command: arguments, then the window or a headless run. On a page, the window.

#[cfg(not(any(feature = "desktop", target_arch = "wasm32")))]
compile_error!("without its feature `desktop` the program is built for wasm32-unknown-unknown alone");

#[cfg(feature = "desktop")]
fn main() -> std::process::ExitCode {
    desktop::main()
}

#[cfg(not(feature = "desktop"))]
fn main() {
    metascope::window::open();
}

#[cfg(feature = "desktop")]
mod desktop {
    use std::path::PathBuf;
    use std::process::ExitCode;
    use std::sync::{Arc, Mutex, PoisonError};
    use std::time::Instant;

    use clap::Parser as _;
    use metascope::arguments::{Arguments, BenchArguments, Command, What};
    use metascope::commands;
    use metascope::ending::Ending;
    use metascope::experiment::Experiment;
    use metascope::headless::Interrupt;
    use metascope::images;
    use metascope::lessons::{self, lesson::Lesson};
    use metascope::said::note;
    use metascope::text::Language;
    use metascope::train::session::Session;
    use metascope::train::worker;
    use metascope::window::watching::{self, Observer as _, Recorder, Script};
    use metascope::window::{self, Opening};

    pub fn main() -> ExitCode {
        let begun = Instant::now();
        let arguments = Arguments::parse();
        let done = arguments.check().map_err(Into::into).and_then(|()| obey(&arguments, begun));
        match done {
            Ok(ending) => ending.into(),
            Err(error) => {
                note(format_args!("metascope: {error}"));
                ExitCode::FAILURE
            }
        }
    }

    fn obey(arguments: &Arguments, begun: Instant) -> Result<Ending, Box<dyn std::error::Error>> {
        match &arguments.command {
            Some(Command::Run(arguments)) => commands::run(arguments),
            Some(Command::Sweep(arguments)) => commands::sweep(arguments),
            Some(Command::Race(arguments)) => commands::race(arguments),
            Some(Command::Adapt(arguments)) => commands::adapt(arguments),
            Some(Command::Lessons(arguments)) => commands::lessons(arguments, &window::letters()),
            Some(Command::Check) => commands::check(),
            Some(Command::Bench(arguments)) if arguments.window => bench_window(arguments, begun),
            Some(Command::Bench(arguments)) => commands::bench(arguments),
            None => {
                let (what, languages) = (arguments.what.clone().for_window(), arguments.languages());
                let shared = what.share()?.and_then(|share| share.lesson);
                let lesson = arguments.lesson.clone().or(shared);
                let lesson = lesson.as_deref().map(lessons::file::find).transpose()?;
                open_window(&what, None, languages, arguments.open.clone(), lesson).map(|()| Ending::Done)
            }
        }
    }

    fn open_window(
        what: &What,
        script: Option<Script>,
        languages: [Option<Language>; 2],
        run_file: Option<PathBuf>,
        lesson: Option<Arc<Lesson>>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let Experiment { settings, changes: coming, .. } = what.experiment()?;
        let image_set = images::for_run(&settings.run)?;
        // One core is left to the window.
        let threads = what.threads_or(1);
        let share = what.share()?;
        let (view, beside) = share.map(|share| (share.view, share.beside)).unwrap_or_default();
        let beside = beside.filter(|beside| *beside != settings.run.algorithm);
        let past = script.as_ref().and_then(Script::first_command);
        let opening = Opening { settings, image_set, coming, beside, view, script, languages, run_file, lesson };
        let interrupt = Interrupt::listen()?;
        window::run(
            opening,
            move |wake, keep, first| {
                let (end, _) = worker::start(wake, move |end| Session::new(end, threads, None).keeping(keep))?;
                first.map(|first| end.send(first));
                past.map(|past| end.send(past));
                Ok(end)
            },
            move || interrupt.came(),
        )?;
        Ok(())
    }

    fn bench_window(arguments: &BenchArguments, begun: Instant) -> Result<Ending, Box<dyn std::error::Error>> {
        let recorder = Arc::new(Mutex::new(Recorder::new(begun)));
        let script = Script::new(arguments.each()?, arguments.history, recorder.clone());
        let what = What { threads: arguments.threads.map(usize::from), ..What::default() };
        open_window(&what, Some(script), [Some(Language::English), None], None, None)
            .map_err(|error| format!("{error}\n{WITHOUT_A_SCREEN}"))?;
        let report = recorder.lock().unwrap_or_else(PoisonError::into_inner).report();
        commands::window_figures(&watching::table(&report), serde_json::to_value(&report)?, arguments.json.as_deref())?;
        report.check()?;
        Ok(Ending::Done)
    }

    /// How the window is measured on a machine that has none.
    const WITHOUT_A_SCREEN: &str = "The window's benchmark opens it; on a machine without a screen, after \
         sudo apt-get install xvfb xauth:\n  \
         xvfb-run -s '-screen 0 1280x800x24' metascope bench --window";
}
