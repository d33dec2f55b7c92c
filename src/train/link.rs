//! The only two ways between the window and the trainer.
//!
//! Down: latest-wins slots of live settings, of the user's drawing, of what is looked at closely and of the moment
//! that is looked back at, and a small command channel. Up: a latest-wins snapshot and a bounded channel of events that must not be lost. The trainer's end wakes the
//! window once per unseen snapshot, never per meta-iteration, so a hidden window costs no memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::snapshot::{Divergence, Snapshot};
use super::studies::Focus;
use super::trainer::Checkpoint;
use crate::images::ImageSet;
use crate::settings::{LiveSettings, Settings};
use crate::tasks::sketch::Sketch;

/// What the window asks of the trainer.
#[derive(Clone, Debug)]
pub enum Command {
    /// Go on.
    Play,
    /// Stop after the current meta-iteration.
    Pause,
    /// Exactly one meta-iteration, at a slow pace one sub-step, then pause.
    Step,
    /// Begin again with these settings. The images are needed by the picture family only.
    Restart(Arc<Settings>, Option<Arc<ImageSet>>),
    /// The same, going on from what another run has learned.
    Continue(Arc<Settings>, Option<Arc<ImageSet>>, Arc<Checkpoint>),
    /// Leave the diverged phase: pause at the last good state with these live settings.
    GoBack,
    /// Make the kept state of this meta-iteration the run's present one, and forget what came after it.
    ContinueHere(u64),
    /// Change the pace.
    SetPace(Pace),
    /// Fill the histories as if so many meta-iterations had been done, to measure what a long run costs.
    Pretend(u64),
    /// End the thread.
    Quit,
}

/// How fast meta-iterations follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Pace {
    /// As fast as the machine can.
    #[default]
    Full,
    /// Two sub-steps of a meta-iteration a second, each one shown.
    Slow,
}

/// What must reach the window even if it sleeps.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run stopped and holds its last good state.
    Diverged(Arc<Divergence>),
    /// A run could not be started, or the worker failed; the text says what to do.
    Failed(String),
}

/// Wakes the window; callable from any thread.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The window's end.
pub struct WindowEnd {
    commands: Sender<Command>,
    live: Arc<Slot<(LiveSettings, Option<u64>)>>,
    sketch: Arc<Slot<Option<Arc<Sketch>>>>,
    focus: Arc<Slot<Focus>>,
    look: Arc<Slot<Option<u64>>>,
    snapshots: Arc<Slot<Arc<Snapshot>>>,
    events: Receiver<Event>,
    interrupt: Arc<AtomicBool>,
}

/// The trainer's end.
pub struct TrainerEnd {
    commands: Receiver<Command>,
    live: Arc<Slot<(LiveSettings, Option<u64>)>>,
    sketch: Arc<Slot<Option<Arc<Sketch>>>>,
    focus: Arc<Slot<Focus>>,
    look: Arc<Slot<Option<u64>>>,
    snapshots: Arc<Slot<Arc<Snapshot>>>,
    events: SyncSender<Event>,
    wake: Wake,
    /// Set while a restart or an end is wanted: a meta-iteration under way is worthless.
    pub(super) interrupt: Arc<AtomicBool>,
}

/// Makes both ends.
pub fn link(wake: Wake) -> (WindowEnd, TrainerEnd) {
    let (command_sender, command_receiver) = channel();
    let (event_sender, event_receiver) = sync_channel(64);
    let live = Arc::new(Slot::default());
    let sketch = Arc::new(Slot::default());
    let focus = Arc::new(Slot::default());
    let look = Arc::new(Slot::default());
    let snapshots = Arc::new(Slot::default());
    let interrupt = Arc::new(AtomicBool::new(false));
    let window = WindowEnd {
        commands: command_sender,
        live: live.clone(),
        sketch: sketch.clone(),
        focus: focus.clone(),
        look: look.clone(),
        snapshots: snapshots.clone(),
        events: event_receiver,
        interrupt: interrupt.clone(),
    };
    let trainer = TrainerEnd {
        commands: command_receiver,
        live,
        sketch,
        focus,
        look,
        snapshots,
        events: event_sender,
        wake,
        interrupt,
    };
    (window, trainer)
}

impl Drop for WindowEnd {
    /// Whoever drives the trainer need not finish a meta-iteration that nobody will see.
    fn drop(&mut self) {
        self.interrupt.store(true, Ordering::Release);
    }
}

impl WindowEnd {
    /// Sends a command; false if the trainer is gone. A restart or an end breaks off the
    /// meta-iteration under way at its next inner step.
    pub fn send(&self, command: Command) -> bool {
        if matches!(command, Command::Restart(..) | Command::Continue(..) | Command::Quit) {
            self.interrupt.store(true, Ordering::Release);
        }
        self.commands.send(command).is_ok()
    }

    /// Replaces the live settings; only the latest count. Wakes a paused trainer too.
    pub fn set_live(&self, live: LiveSettings) {
        self.live.put((live, None));
    }

    /// The same for an earlier moment that was shown when they were turned, if there was one. They have no effect on
    /// any other moment.
    pub fn set_live_at(&self, live: LiveSettings, shown: Option<u64>) {
        self.live.put((live, shown));
    }

    /// Replaces the task that the user draws (`None`: nothing); only the latest counts. The trainer keeps it
    /// over restarts.
    pub fn set_sketch(&self, sketch: Option<Arc<Sketch>>) {
        self.sketch.put(sketch);
    }

    /// Says what is looked at closely; only the latest counts. The trainer keeps it over restarts.
    pub fn set_focus(&self, focus: Focus) {
        self.focus.put(focus);
    }

    /// Pauses and shows the run as it was after this many meta-iterations, or (`None`) as it is; only the latest
    /// counts.
    pub fn look_at(&self, meta_iteration: Option<u64>) {
        self.look.put(meta_iteration);
    }

    /// The newest snapshot that was not taken yet.
    pub fn take_snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshots.take()
    }

    /// The next event.
    pub fn next_event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }
}

impl TrainerEnd {
    /// The next command without waiting; `Quit` if the window is gone.
    pub fn try_command(&self) -> Option<Command> {
        match self.commands.try_recv() {
            Ok(command) => Some(command),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Command::Quit),
        }
    }

    /// Waits for a command, but not longer than this.
    pub fn wait_command(&self, limit: Duration) -> Option<Command> {
        match self.commands.recv_timeout(limit) {
            Ok(command) => Some(command),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Command::Quit),
        }
    }

    /// Live settings that were not taken yet, for whatever moment.
    pub fn take_live(&self) -> Option<LiveSettings> {
        self.take_live_at().map(|(live, _)| live)
    }

    /// Live settings that were not taken yet, and the earlier moment that they are for.
    pub fn take_live_at(&self) -> Option<(LiveSettings, Option<u64>)> {
        self.live.take()
    }

    /// A drawing that was not taken yet; `Some(None)` where there is none any more.
    pub fn take_sketch(&self) -> Option<Option<Arc<Sketch>>> {
        self.sketch.take()
    }

    /// What is looked at closely, if that has changed.
    pub fn take_focus(&self) -> Option<Focus> {
        self.focus.take()
    }

    /// The moment to be shown, if that has changed; `Some(None)` for the present one.
    pub fn take_look(&self) -> Option<Option<u64>> {
        self.look.take()
    }

    /// Shows a snapshot in place of the one before.
    pub fn publish(&self, snapshot: Snapshot) {
        if self.snapshots.put(Arc::new(snapshot)) {
            (self.wake)();
        }
    }

    /// Reports an event; waits while 64 are unread.
    pub fn report(&self, event: Event) {
        if self.events.send(event).is_ok() {
            (self.wake)();
        }
    }
}

/// Holds the latest value only.
struct Slot<T>(Mutex<Option<T>>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Slot<T> {
    /// Puts a value in; true if the slot was empty.
    fn put(&self, value: T) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(value).is_none()
    }

    fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
