//! A script that drives the window through its views as a person would, and has every frame noted. Its inputs
//! enter where the system's do. Without a script nothing here does anything.

use std::collections::VecDeque;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui::{Context, Event, Modifiers, PointerButton, Pos2, RawInput};
use web_time::{Duration, Instant};

use super::plan::{self, Input, Step};
use super::recorder::Recorder;
use super::{Observer, spots};
use crate::settings::{LiveSettings, TaskFamily};
use crate::train::link::Command;
use crate::train::snapshot::Snapshot;
use crate::window::commands::{Commands, UiCommand};

/// Glances after which what has not come is no longer waited for.
const LONGEST_WAIT: u32 = 200;

/// The script of a benchmark, and what is waited for.
pub struct Script {
    steps: VecDeque<Step>,
    /// When the next step is due, once that was asked for.
    next: Option<Instant>,
    alarm: Option<Sender<Instant>>,
    recorder: Arc<Mutex<Recorder>>,
    /// Meta-iterations of a made-up past that every run begins with.
    history: u64,
    view: Option<String>,
    tasks: Option<TaskFamily>,
    arrived: Option<TaskFamily>,
    glances: u32,
    commands: Commands,
    pointer: Pos2,
    turned: Option<Instant>,
    unmarked: Option<Instant>,
    unobeyed: Option<(Instant, LiveSettings)>,
}

impl Script {
    /// All views, each for so long; what happens goes to the recorder.
    pub fn new(each: Duration, history: u64, recorder: Arc<Mutex<Recorder>>) -> Self {
        Self {
            steps: plan::all(each).into(),
            next: None,
            alarm: None,
            recorder,
            history,
            view: None,
            tasks: None,
            arrived: None,
            glances: 0,
            commands: Commands::new(),
            pointer: Pos2::ZERO,
            turned: None,
            unmarked: None,
            unobeyed: None,
        }
    }

    fn act(&mut self, ctx: &Context, input: Input, due: Instant, raw: &mut RawInput) {
        match input {
            Input::View(name, tasks) => (self.view, self.tasks) = (Some(name), Some(tasks)),
            Input::Await if self.arrived != self.tasks && self.glances < LONGEST_WAIT => {
                self.glances += 1;
                self.steps.push_front(Step { after: plan::GLANCE, input });
            }
            Input::Await => self.glances = 0,
            Input::Command(command) => self.commands.push(command),
            Input::Point(name, share) => self.point(ctx, name, share, raw),
            Input::Turn(name, share) => {
                self.turned = Some(due);
                self.point(ctx, name, share, raw);
            }
            Input::Away => raw.events.push(Event::PointerGone),
            Input::Button(pressed) => {
                let (pos, modifiers) = (self.pointer, Modifiers::NONE);
                raw.events.push(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
            }
        }
    }

    fn point(&mut self, ctx: &Context, name: &str, [across, down]: [f32; 2], raw: &mut RawInput) {
        if let Some(rect) = spots::find(ctx, name) {
            self.pointer = rect.lerp_inside([across, down]);
            raw.events.push(Event::PointerMoved(self.pointer));
        }
    }

    fn recorder(&self) -> MutexGuard<'_, Recorder> {
        self.recorder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Script {
    fn input(&mut self, ctx: &Context, raw: &mut RawInput) {
        raw.events.retain(|event| !is_by_hand(event));
        spots::watch(ctx);
        if let Some(due) = self.next.filter(|due| *due <= Instant::now())
            && let Some(step) = self.steps.pop_front()
        {
            self.next = None;
            self.act(ctx, step.input, due, raw);
        }
        if self.next.is_none()
            && let Some(step) = self.steps.front()
        {
            let due = Instant::now() + step.after;
            self.next = Some(due);
            let alarm = self.alarm.get_or_insert_with(|| alarm(ctx));
            // Without it the window would miss a step only until something else wakes it.
            let _ = alarm.send(due);
        }
    }

    fn first_command(&self) -> Option<Command> {
        (self.history > 0).then_some(Command::Pretend(self.history))
    }

    fn frame_begins(&mut self, last_own: Option<f32>) {
        let view = self.view.take();
        let mut recorder = self.recorder();
        if let Some(secs) = last_own {
            recorder.own(secs);
        }
        if let Some(name) = view {
            recorder.enter(name);
        }
        if self.steps.is_empty() {
            recorder.leave();
        }
    }

    fn commands(&mut self) -> Commands {
        let mut commands = std::mem::take(&mut self.commands);
        if self.steps.is_empty() {
            commands.push(UiCommand::Quit);
        }
        commands
    }

    fn knobs_sent(&mut self, live: &LiveSettings) {
        if let Some(due) = self.turned.take() {
            // The plots are drawn after the knobs: this frame has the mark.
            self.unmarked.get_or_insert(due);
            self.unobeyed = Some((due, live.clone()));
        }
    }

    fn snapshot_came(&mut self, snapshot: &Snapshot, _: Option<&Snapshot>) {
        self.arrived = Some(snapshot.settings.run.tasks);
        if let Some((due, _)) = self.unobeyed.take_if(|(_, live)| *live == snapshot.settings.live) {
            self.recorder().obeyed(due.elapsed());
        }
    }

    fn frame_shown(&mut self, whole: Duration, snapshot: Option<&Snapshot>) {
        let point = snapshot.is_some_and(|snapshot| !snapshot.curves.held_out_after.points.is_empty());
        let iteration = snapshot.is_some_and(|snapshot| snapshot.meta_iteration > 0);
        let unmarked = self.unmarked.take();
        let mut recorder = self.recorder();
        recorder.shown(whole, [point, iteration]);
        if self.tasks.is_some() && snapshot.map(|snapshot| snapshot.settings.run.tasks) == self.tasks {
            recorder.reached();
        }
        if let Some(due) = unmarked {
            recorder.marked(due.elapsed());
        }
    }
}

/// Whether a person at the machine caused it.
fn is_by_hand(event: &Event) -> bool {
    matches!(
        event,
        Event::PointerMoved(_)
            | Event::PointerButton { .. }
            | Event::PointerGone
            | Event::MouseMoved(_)
            | Event::MouseWheel { .. }
            | Event::Key { .. }
            | Event::Text(_)
    )
}

/// A thread that wakes the window at the moments that it is sent, as an input from outside would.
fn alarm(ctx: &Context) -> Sender<Instant> {
    let ctx = ctx.clone();
    let (sender, receiver) = channel::<Instant>();
    std::thread::spawn(move || {
        for at in receiver {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            ctx.request_repaint();
        }
    });
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_acts_when_it_is_due() {
        let recorder = Arc::new(Mutex::new(Recorder::new(Instant::now())));
        let mut script = Script::new(Duration::from_millis(1), 0, recorder.clone());
        let ctx = Context::default();
        let first = script.steps.front().map(|step| step.after);
        script.input(&ctx, &mut RawInput::default());
        assert!(script.view.is_none(), "the window first opens");
        std::thread::sleep(first.unwrap_or_default());
        script.input(&ctx, &mut RawInput::default());
        assert!(script.view.is_some());
        script.frame_begins(Some(0.001));
        script.frame_shown(Duration::from_millis(3), None);
        let report = recorder.lock().unwrap_or_else(PoisonError::into_inner).report();
        assert_eq!(report.views["all"].frames, 1);
    }

    #[test]
    fn hands_are_off() {
        let events = vec![Event::PointerMoved(Pos2::ZERO), Event::WindowFocused(true)];
        let mut raw = RawInput { events, ..RawInput::default() };
        let recorder = Arc::new(Mutex::new(Recorder::new(Instant::now())));
        Script::new(Duration::from_secs(1), 0, recorder).input(&Context::default(), &mut raw);
        assert_eq!(raw.events.len(), 1);
    }
}
