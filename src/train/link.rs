//! The only two ways between the window and the trainer.
//!
//! Down: latest-wins slots of live settings, of the user's drawing, of what is looked at closely and of the moment
//! that is looked back at, and a small command channel. Up: a latest-wins snapshot and a bounded channel of events that
//! must not be lost. The trainer's end wakes the window once per unseen snapshot, never per meta-iteration, so a hidden
//! window costs no memory; the window's end wakes a waiting trainer once per slot that was empty.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::snapshot::{Divergence, KnobMark, Snapshot};
use super::trainer::{Checkpoint, Reopened};
use super::views::Focus;
use crate::images::ImageSet;
use crate::settings::{LiveSettings, Settings};
use crate::tasks::sketch::Sketch;
use crate::text::Words;

/// What the window asks of the trainer.
#[derive(Clone, Debug)]
pub enum Command {
    /// Go on.
    Play,
    /// Go on, and stop once so many meta-iterations are done.
    PlayUntil(u64),
    /// Stop after the current meta-iteration.
    Pause,
    /// Exactly one meta-iteration, at a slow pace one sub-step, then pause.
    Step,
    /// Begin again with these settings, and these images if the tasks are of any.
    Restart(Arc<Settings>, Option<Arc<ImageSet>>),
    /// The same with a second run on the same tasks, which goes with the first one step by step and has settings of its
    /// own to begin with.
    Pair([Arc<Settings>; 2], Option<Arc<ImageSet>>),
    /// Let go of the second run.
    Alone,
    /// The same as [`Self::Restart`], going on from what another run has learned.
    Continue(Arc<Settings>, Option<Arc<ImageSet>>, Arc<Checkpoint>),
    /// The same, going on from what the present run has learned.
    Carry(Arc<Settings>, Option<Arc<ImageSet>>),
    /// The same, going on where a kept run was; it waits there.
    Open(Arc<Reopened>, Option<Arc<ImageSet>>),
    /// The same as [`Self::Restart`], starting at the φ that a kept run has learned.
    StartFrom(Arc<Settings>, Option<Arc<ImageSet>>, Arc<Reopened>),
    /// Turn knobs of the present run when it comes to these meta-iterations.
    Schedule(Vec<KnobMark>),
    /// Have the run kept at this path.
    Keep(PathBuf),
    /// Take up the run again that was left last. The one that this ends comes last in turn.
    BringBack,
    /// Leave the diverged phase: pause at what the best state had learned, with the live settings as they stand.
    GoBack,
    /// Pause at the run's best state, with the live settings of then; what it did since is forgotten.
    BackToBest,
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
    /// At most so many a second.
    PerSecond(u16),
    /// Two sub-steps of a meta-iteration a second, each one shown.
    Slow,
}

impl Pace {
    /// From the slowest to the fastest.
    pub const ALL: [Self; 9] = [
        Self::Slow,
        Self::PerSecond(1),
        Self::PerSecond(2),
        Self::PerSecond(5),
        Self::PerSecond(10),
        Self::PerSecond(20),
        Self::PerSecond(50),
        Self::PerSecond(100),
        Self::Full,
    ];

    /// Time from one sub-step, or else from one meta-iteration, to the next.
    pub(super) fn apart(self) -> Duration {
        match self {
            Self::Slow => Duration::from_millis(500),
            Self::PerSecond(rate) => Duration::from_secs(1) / u32::from(rate.max(1)),
            Self::Full => Duration::ZERO,
        }
    }

    /// Whether every meta-iteration is to be seen on the held-out tasks.
    pub(super) fn shows_each(self) -> bool {
        self.apart() >= Duration::from_millis(200)
    }
}

/// What must reach the window even if it sleeps.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run stopped and holds its best state.
    Diverged(Arc<Divergence>),
    /// A run could not be started, or the worker failed; the text says what to do.
    Failed(Words),
}

/// Wakes the window; callable from any thread.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What comes down the channel.
enum Message {
    Command(Command),
    /// There is something in a slot.
    Look,
}

/// What both ends reach.
#[derive(Default)]
struct Shared {
    live: Slot<(LiveSettings, Option<u64>)>,
    sketch: Slot<Option<Arc<Sketch>>>,
    focus: Slot<Focus>,
    look: Slot<Option<u64>>,
    snapshots: Slot<Arc<Snapshot>>,
    /// Set while a restart or an end is wanted: a meta-iteration under way is incomplete: discard it.
    interrupt: AtomicBool,
    /// Commands on their way that end slow motion, at least for now.
    stops: AtomicUsize,
    /// Runs that were asked for.
    asked: AtomicU64,
}

/// The window's end.
pub struct WindowEnd {
    commands: Sender<Message>,
    events: Receiver<Event>,
    shared: Arc<Shared>,
}

/// The trainer's end.
pub struct TrainerEnd {
    commands: Receiver<Message>,
    /// Runs that came down the channel as commands.
    asked: Cell<u64>,
    events: SyncSender<Event>,
    wake: Wake,
    shared: Arc<Shared>,
}

impl Command {
    /// Whether it asks for another run.
    fn asks_for_run(&self) -> bool {
        matches!(
            self,
            Self::Restart(..)
                | Self::Pair(..)
                | Self::Continue(..)
                | Self::Carry(..)
                | Self::Open(..)
                | Self::StartFrom(..)
                | Self::BringBack
        )
    }

    /// Whether the present run's meta-iteration need not come to its end.
    fn ends_run(&self) -> bool {
        self.asks_for_run() || matches!(self, Self::Quit)
    }

    /// Whether slow motion need not go on with what it computes: nobody will see it.
    fn stops(&self) -> bool {
        match self {
            Self::Pause | Self::SetPace(_) | Self::ContinueHere(_) | Self::BackToBest => true,
            _ => self.ends_run(),
        }
    }
}

/// Makes both ends.
pub fn link(wake: Wake) -> (WindowEnd, TrainerEnd) {
    let (command_sender, command_receiver) = channel();
    let (event_sender, event_receiver) = sync_channel(64);
    let shared = Arc::<Shared>::default();
    let window = WindowEnd { commands: command_sender, events: event_receiver, shared: Arc::clone(&shared) };
    (window, TrainerEnd { commands: command_receiver, asked: Cell::new(0), events: event_sender, wake, shared })
}

impl Drop for WindowEnd {
    /// Whoever drives the trainer need not finish a meta-iteration that nobody will see.
    fn drop(&mut self) {
        self.shared.interrupt.store(true, Ordering::Release);
    }
}

impl WindowEnd {
    /// Sends a command; false if the trainer is gone. A restart or an end breaks off the
    /// meta-iteration under way at its next inner step, a pause or another pace what slow motion computes.
    pub fn send(&self, command: Command) -> bool {
        if command.stops() {
            self.shared.stops.fetch_add(1, Ordering::AcqRel);
        }
        if command.ends_run() {
            self.shared.interrupt.store(true, Ordering::Release);
        }
        if command.asks_for_run() {
            self.shared.asked.fetch_add(1, Ordering::AcqRel);
        }
        self.commands.send(Message::Command(command)).is_ok()
    }

    /// Whether a snapshot is of the run that was asked for last, or of the one that stays in its place.
    pub fn is_answered_by(&self, snapshot: &Snapshot) -> bool {
        snapshot.asked == self.shared.asked.load(Ordering::Acquire)
    }

    /// Wakes a waiting trainer for a slot that was empty.
    fn wake(&self, was_empty: bool) {
        if was_empty {
            let _ = self.commands.send(Message::Look);
        }
    }

    /// Replaces the live settings; only the latest count. Wakes a paused trainer too. If an earlier moment was `shown`
    /// when they were turned, they have no effect on any other one.
    pub fn set_live(&self, live: LiveSettings, shown: Option<u64>) {
        self.wake(self.shared.live.put((live, shown)));
    }

    /// Replaces the task that the user draws (`None`: nothing); only the latest counts. The trainer keeps it
    /// over restarts.
    pub fn set_sketch(&self, sketch: Option<Arc<Sketch>>) {
        self.wake(self.shared.sketch.put(sketch));
    }

    /// Says what is looked at closely; only the latest counts. The trainer keeps it over restarts.
    pub fn set_focus(&self, focus: Focus) {
        self.wake(self.shared.focus.put(focus));
    }

    /// Pauses and shows the run as it was after this many meta-iterations, or (`None`) as it is; only the latest
    /// counts.
    pub fn look_at(&self, meta_iteration: Option<u64>) {
        self.wake(self.shared.look.put(meta_iteration));
    }

    /// The newest snapshot that was not taken yet.
    pub fn take_snapshot(&self) -> Option<Arc<Snapshot>> {
        self.shared.snapshots.take()
    }

    /// The next event.
    pub fn next_event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }
}

impl TrainerEnd {
    /// Whether what slow motion computes is to be broken off: a command or a look into the past is about to end it.
    pub(super) fn ends_walk(&self) -> impl Fn() -> bool + Sync {
        let Shared { interrupt, stops, look, .. } = &*self.shared;
        move || interrupt.load(Ordering::Relaxed) || stops.load(Ordering::Acquire) > 0 || look.is_filled()
    }

    /// Whether a meta-iteration is to be broken off: a restart, an end or a look into the past waits for it.
    pub(super) fn ends_training(&self) -> impl Fn() -> bool + Sync {
        let Shared { interrupt, look, .. } = &*self.shared;
        move || interrupt.load(Ordering::Relaxed) || look.is_filled()
    }

    /// What was to be broken off has been: the run that comes is to go on.
    pub(super) fn broke_off(&self) {
        self.shared.interrupt.store(false, Ordering::Release);
    }

    /// Whether somebody waits for another moment of the run.
    pub(super) fn is_asked_to_look(&self) -> bool {
        self.shared.look.is_filled()
    }

    fn received(&self, message: Message) -> Option<Command> {
        let Message::Command(command) = message else { return None };
        if command.stops() {
            self.shared.stops.fetch_sub(1, Ordering::AcqRel);
        }
        self.asked.set(self.asked.get() + u64::from(command.asks_for_run()));
        Some(command)
    }

    /// The next command without waiting; `Quit` if the window is gone.
    pub fn try_command(&self) -> Option<Command> {
        loop {
            match self.commands.try_recv() {
                Ok(message) => {
                    if let Some(command) = self.received(message) {
                        return Some(command);
                    }
                }
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => return Some(Command::Quit),
            }
        }
    }

    /// Waits for a command, but not longer than this, nor if there is something in a slot that was empty.
    pub fn wait_command(&self, limit: Duration) -> Option<Command> {
        match self.commands.recv_timeout(limit) {
            Ok(message) => self.received(message),
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
        self.shared.live.take()
    }

    /// A drawing that was not taken yet; `Some(None)` where there is none any more.
    pub fn take_sketch(&self) -> Option<Option<Arc<Sketch>>> {
        self.shared.sketch.take()
    }

    /// What is looked at closely, if that has changed.
    pub fn take_focus(&self) -> Option<Focus> {
        self.shared.focus.take()
    }

    /// The moment to be shown, if that has changed; `Some(None)` for the present one.
    pub fn take_look(&self) -> Option<Option<u64>> {
        self.shared.look.take()
    }

    /// Shows a snapshot in place of the one before.
    pub fn publish(&self, mut snapshot: Snapshot) {
        snapshot.asked = self.asked.get();
        if self.shared.snapshots.put(Arc::new(snapshot)) {
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

    fn is_filled(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
