//! What the script does, step by step.

use std::time::Duration;

use crate::settings::{ImageSource, Knob, TaskFamily};
use crate::window::commands::UiCommand;

/// Turns of a knob, however short a view is looked at: so many delays make a percentile.
const LEAST_TURNS: u32 = 40;

/// Time between two turns; it changes a little, so that turns meet frames at every moment.
const TURN: Duration = Duration::from_millis(210);

/// Time between two places of a moving pointer.
const MOVE: Duration = Duration::from_millis(30);

/// Time between two moments that are looked back at, and how far they are apart in meta-iterations.
const SCRUB: (Duration, u64) = (Duration::from_millis(120), 10);

/// How many such moments there are before the way goes back.
const MOMENTS: u64 = 20;

/// Time between two looks at whether something is there.
pub const GLANCE: Duration = Duration::from_millis(100);

/// Time between pointing, pressing and letting go.
const CLICK: Duration = Duration::from_millis(60);

/// One thing that is done, so long after the one before.
#[derive(Clone, Debug)]
pub struct Step {
    /// How long after the step before.
    pub after: Duration,
    /// What is done.
    pub input: Input,
}

/// What can be done.
#[derive(Clone, Debug)]
pub enum Input {
    /// The frames from here on belong to this view, in which such tasks are learned.
    View(String, TaskFamily),
    /// Waits until such tasks are shown: a family's first run takes a moment to begin.
    Await,
    /// As if chosen from a menu or by a key.
    Command(UiCommand),
    /// The pointer moves to a spot: shares of its width and height.
    Point(&'static str, [f32; 2]),
    /// The same while it drags a knob; what comes of it is measured.
    Turn(&'static str, [f32; 2]),
    /// The pointer leaves the window.
    Away,
    /// The primary button is pressed, or let go.
    Button(bool),
}

/// All of it; every view is looked at for so long.
pub fn all(each: Duration) -> Vec<Step> {
    let first = TaskFamily::default();
    let mut plan = Plan { steps: Vec::new(), each, tasks: first };
    plan.then(Duration::ZERO, Input::View("start".to_owned(), first));
    plan.rest(each);
    plan.view("faces");
    plan.view_of("knob", Plan::turn);
    plan.view_of("pointer", |plan| plan.wander("samples"));
    plan.looks("faces");
    for tab in ["Outer step", "Test steps", "Layers"] {
        plan.tab(tab);
    }
    plan.while_on("slow motion", UiCommand::SlowMotion);
    plan.enter("looking back", UiCommand::LookBack(0));
    plan.scrub();
    plan.then(CLICK, Input::Command(UiCommand::PlayPause));
    for tasks in TaskFamily::ALL.into_iter().filter(|tasks| *tasks != first) {
        plan.family(tasks.id(), tasks);
        plan.looks(tasks.id());
    }
    plan.family("pictures of letters", first);
    plan.enter("faces again", UiCommand::ChooseImages(ImageSource::Faces));
    plan.rest(each);
    for (name, command) in [("images", UiCommand::OpenImages), ("help", UiCommand::Help), ("light", UiCommand::Theme)] {
        plan.while_on(name, command);
    }
    plan.enter("compare", UiCommand::Compare);
    plan.click("Start sweep");
    plan.rest(each);
    plan.steps
}

/// The tab that is open at the start.
const FIRST: &str = "What it makes";

struct Plan {
    steps: Vec<Step>,
    each: Duration,
    tasks: TaskFamily,
}

impl Plan {
    fn then(&mut self, after: Duration, input: Input) {
        self.steps.push(Step { after, input });
    }

    /// Nothing happens for so long.
    fn rest(&mut self, time: Duration) {
        self.then(CLICK, Input::Away);
        self.then(time, Input::Away);
    }

    fn view(&mut self, name: &str) {
        self.view_of(name, |plan| plan.rest(plan.each));
    }

    fn view_of(&mut self, name: &str, what: impl FnOnce(&mut Self)) {
        self.then(CLICK, Input::View(name.to_owned(), self.tasks));
        what(self);
    }

    fn enter(&mut self, name: &str, command: UiCommand) {
        self.then(CLICK, Input::View(name.to_owned(), self.tasks));
        self.then(CLICK, Input::Command(command));
    }

    fn family(&mut self, name: &str, tasks: TaskFamily) {
        self.tasks = tasks;
        self.enter(name, UiCommand::ChooseTasks(tasks));
        self.then(GLANCE, Input::Await);
        self.rest(self.each);
    }

    /// A view that one command opens and closes.
    fn while_on(&mut self, name: &str, command: UiCommand) {
        self.enter(name, command.clone());
        self.rest(self.each);
        self.then(CLICK, Input::Command(command));
    }

    /// A close-up view in the large place; the map is chosen again at its end.
    fn tab(&mut self, name: &'static str) {
        self.then(CLICK, Input::View(name.to_owned(), self.tasks));
        self.click(name);
        self.rest(self.each);
        self.click("Parameters");
        self.click(FIRST);
    }

    /// Another look at the samples; the first one is chosen again at its end.
    fn look(&mut self, name: &str, look: &'static str) {
        self.then(CLICK, Input::View(name.to_owned(), self.tasks));
        self.click(look);
        if look == "Draw" {
            self.draw()
        } else {
            self.rest(self.each)
        }
        self.click(FIRST);
    }

    /// Every further look at the samples of these tasks, and drawing.
    fn looks(&mut self, tasks: &str) {
        let card = self.tasks.card();
        let looks = card.looks.iter().map(|look| look.title.en()).chain(card.drawing.map(|_| "Draw"));
        for look in looks {
            self.look(&format!("{tasks} {}", look.to_lowercase()), look);
        }
    }

    fn click(&mut self, spot: &'static str) {
        self.then(CLICK, Input::Point(spot, [0.5; 2]));
        self.then(CLICK, Input::Button(true));
        self.then(CLICK, Input::Button(false));
    }

    /// Drags the inner rate to and fro around its default.
    fn turn(&mut self) {
        let spot = Knob::INNER_RATE.key();
        let turns = LEAST_TURNS.max((self.each.as_secs_f64() / TURN.as_secs_f64()) as u32);
        self.then(CLICK, Input::Point(spot, [0.55, 0.5]));
        self.then(CLICK, Input::Button(true));
        for turn in 0..turns {
            let share = [0.51, 0.55, 0.59, 0.53, 0.57][turn as usize % 5];
            self.then(TURN + Duration::from_millis(u64::from(37 * turn % 101)), Input::Turn(spot, [share, 0.5]));
        }
        self.then(TURN, Input::Button(false));
    }

    /// Moves the pointer over a spot.
    fn wander(&mut self, spot: &'static str) {
        for angle in self.moves() {
            self.then(MOVE, Input::Point(spot, [0.5 + 0.4 * angle.cos(), 0.5 + 0.35 * (2.0 * angle).sin()]));
        }
    }

    /// Looks back at one moment after the other, to and fro.
    fn scrub(&mut self) {
        let (pause, apart) = SCRUB;
        self.then(CLICK, Input::Away);
        for index in 1..=(self.each.as_secs_f64() / pause.as_secs_f64()).ceil() as u64 {
            let moment = MOMENTS - (index % (2 * MOMENTS)).abs_diff(MOMENTS);
            self.then(pause, Input::Command(UiCommand::LookBack(apart * moment)));
        }
    }

    /// Draws strokes on the canvas.
    fn draw(&mut self) {
        const STROKE: usize = 24;
        let moves: Vec<f32> = self.moves().collect();
        for stroke in moves.chunks(STROKE) {
            for (index, angle) in stroke.iter().enumerate() {
                let radius = 0.1 + 0.25 * (0.3 * angle).sin().abs();
                self.then(MOVE, Input::Point("canvas", [0.5 + radius * angle.cos(), 0.5 + radius * angle.sin()]));
                if index == 0 {
                    self.then(MOVE, Input::Button(true));
                }
            }
            self.then(MOVE, Input::Button(false));
        }
    }

    fn moves(&self) -> impl Iterator<Item = f32> + use<> {
        let count = (self.each.as_secs_f64() / MOVE.as_secs_f64()) as u32;
        (0..count).map(|index| 0.17 * index as f32)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_view_has_its_time_and_a_name_of_its_own() {
        let each = Duration::from_secs(2);
        let mut views: Vec<(String, Duration)> = Vec::new();
        for step in all(each) {
            match step.input {
                Input::View(name, _) => views.push((name, Duration::ZERO)),
                _ => views.iter_mut().rev().take(1).for_each(|(_, time)| *time += step.after),
            }
        }
        assert!(views.iter().all(|(_, time)| *time >= each * 9 / 10), "{views:?}");
        assert_eq!(views.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len(), views.len());
    }

    #[test]
    fn buttons_are_let_go_and_every_turn_moves() {
        let steps = all(Duration::from_secs(1));
        let mut down = false;
        let mut before = None;
        let mut turns = 0;
        for step in steps {
            match step.input {
                Input::Button(pressed) => {
                    assert_ne!(down, pressed);
                    down = pressed;
                }
                Input::Turn(_, [share, _]) => {
                    assert!(down && before != Some(share));
                    before = Some(share);
                    turns += 1;
                }
                _ => {}
            }
        }
        assert!(!down);
        assert_eq!(turns, LEAST_TURNS);
    }
}
