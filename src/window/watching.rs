//! What watches the window: scripts' lines, frame times, and the benchmark, which also acts in its user's place. The
//! window tells all of them what happens; none is told anything else, and without any nothing is done.

use std::fmt::Arguments;
use std::time::Duration;

use egui::{Context, RawInput};

use self::event_log::EventLog;
use self::frame_stats::FrameStats;
use self::frame_times::FrameTimes;
use super::commands::Commands;
use crate::settings::LiveSettings;
use crate::train::link::{Command, Event};
use crate::train::snapshot::Snapshot;

mod event_log;
mod frame_stats;
mod frame_times;
mod plan;
mod recorder;
mod script;
mod spots;
mod threads;

pub use recorder::{Recorder, WindowReport, table};
pub use script::Script;
pub use spots::spot;

/// Is told what happens at the window. Nothing needs to be done with it.
pub trait Observer {
    /// The system's input of a frame, which may be changed.
    fn input(&mut self, _ctx: &Context, _raw: &mut RawInput) {}

    /// A frame begins; `last_own` is the window's own work for the one before, in seconds.
    fn frame_begins(&mut self, _last_own: Option<f32>) {}

    /// What is asked for in this frame, as if its user did.
    fn commands(&mut self) -> Commands {
        Commands::new()
    }

    /// The trainer is told of turned knobs.
    fn knobs_sent(&mut self, _live: &LiveSettings) {}

    /// A snapshot has come, after this one.
    fn snapshot_came(&mut self, _snapshot: &Snapshot, _before: Option<&Snapshot>) {}

    /// An event has come.
    fn event_came(&mut self, _event: &Event) {}

    /// The window has obeyed its user; in one line, for scripts.
    fn obeyed(&mut self, _what: Arguments<'_>) {}

    /// The frame is on the screen, after so long, with this snapshot.
    fn frame_shown(&mut self, _whole: Duration, _snapshot: Option<&Snapshot>) {}

    /// What every run is told at its beginning.
    fn first_command(&self) -> Option<Command> {
        None
    }
}

/// All that watch a window.
pub struct Watching {
    /// The readout that the user can have.
    frame_times: FrameTimes,
    others: Vec<Box<dyn Observer>>,
}

impl Watching {
    /// Those that the environment asks for.
    pub fn from_env() -> Self {
        let log = EventLog::from_env().map(|log| Box::new(log) as Box<dyn Observer>);
        let stats = FrameStats::from_env().map(|stats| Box::new(stats) as Box<dyn Observer>);
        Self { frame_times: FrameTimes::default(), others: [log, stats].into_iter().flatten().collect() }
    }

    /// One more.
    pub fn add(&mut self, observer: impl Observer + 'static) {
        self.others.push(Box::new(observer));
    }

    /// Shows or hides how long frames take.
    pub fn toggle_frame_times(&mut self) {
        self.frame_times.toggle();
    }

    /// Draws what is to be seen of them.
    pub fn ui(&self, ctx: &Context) {
        self.frame_times.ui(ctx);
    }

    fn each(&mut self) -> impl Iterator<Item = &mut dyn Observer> {
        let times: &mut dyn Observer = &mut self.frame_times;
        std::iter::once(times).chain(self.others.iter_mut().map(|other| &mut **other as &mut dyn Observer))
    }
}

impl Observer for Watching {
    fn input(&mut self, ctx: &Context, raw: &mut RawInput) {
        self.each().for_each(|observer| observer.input(ctx, raw));
    }

    fn frame_begins(&mut self, last_own: Option<f32>) {
        self.each().for_each(|observer| observer.frame_begins(last_own));
    }

    fn commands(&mut self) -> Commands {
        self.each().flat_map(Observer::commands).collect()
    }

    fn knobs_sent(&mut self, live: &LiveSettings) {
        self.each().for_each(|observer| observer.knobs_sent(live));
    }

    fn snapshot_came(&mut self, snapshot: &Snapshot, before: Option<&Snapshot>) {
        self.each().for_each(|observer| observer.snapshot_came(snapshot, before));
    }

    fn event_came(&mut self, event: &Event) {
        self.each().for_each(|observer| observer.event_came(event));
    }

    fn obeyed(&mut self, what: Arguments<'_>) {
        self.each().for_each(|observer| observer.obeyed(what));
    }

    fn frame_shown(&mut self, whole: Duration, snapshot: Option<&Snapshot>) {
        self.each().for_each(|observer| observer.frame_shown(whole, snapshot));
    }

    fn first_command(&self) -> Option<Command> {
        self.others.iter().find_map(|other| other.first_command())
    }
}
