//! A lesson in a window, on a run that really trains.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Context, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use metascope::lessons::grade::grade;
use metascope::lessons::lesson::Lesson;
use metascope::settings::Settings;
use metascope::train::link::{Command, link};
use metascope::train::session::Session;
use metascope::train::snapshot::Snapshot;
use metascope::window::App;

use super::{SHORT, read};
use crate::common::algorithms;
use crate::common::bench::{Dropped, window};
use crate::common::families;
use crate::kept::Stored;

/// A window with a session of its own.
pub struct Class {
    // It goes first: while it has something to be written the window waits.
    session: Session,
    pub harness: Harness<'static, Option<App>>,
}

impl Class {
    pub fn new() -> Self {
        Self::of(|_, app| app, |session| session)
    }

    /// The same window and session, made into others.
    pub fn of(app: impl FnOnce(&Context, App) -> App + 'static, session: impl FnOnce(Session) -> Session) -> Self {
        let (link, end) = link(Arc::new(|| {}));
        let settings = Settings::preset(families::PLANE, algorithms::MAML);
        link.send(Command::Restart(Arc::new(settings.clone()), None));
        let builder = Harness::builder().with_size(vec2(1280.0, 900.0)).with_theme(Theme::Dark).with_step_dt(0.04);
        let harness = window(builder, move |ctx| app(ctx, App::new(ctx, link, settings, None)));
        Self { harness, session: session(Session::new(end, 1, None)) }
    }

    /// Closes it: all is kept that outlasts a window.
    pub fn close(mut self) {
        self.session.keep_changed();
        eframe::App::save(self.harness.state_mut().as_mut().unwrap(), &mut Stored::default());
    }

    pub fn step(&mut self) {
        self.session.turn(Duration::from_millis(2));
        self.harness.step();
    }

    pub fn until(&mut self, what: &str, mut so: impl FnMut(&Self) -> bool) {
        let begun = Instant::now();
        while !so(self) {
            assert!(begun.elapsed() < Duration::from_secs(90), "waited too long for {what}");
            self.step();
        }
    }

    pub fn says(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    pub fn until_says(&mut self, text: &str) {
        self.until(text, |class| class.says(text));
    }

    pub fn click(&mut self, role: Role, label: &str) {
        self.until(label, |class| {
            let found = class.harness.query_by_role_and_label(role, label);
            found.is_some_and(|node| !node.accesskit_node().is_disabled())
        });
        self.harness.get_by_role_and_label(role, label).scroll_to_me();
        (0..8).for_each(|_| self.step());
        self.harness.get_by_role_and_label(role, label).click();
        (0..4).for_each(|_| self.step());
    }

    pub fn write(&mut self, role: Role, label: &str, text: &str) {
        let field = self.harness.get_by_role_and_label(role, label);
        field.focus();
        self.harness.step();
        // A value that is typed replaces what stood there.
        self.harness.key_combination(&[egui::Key::Backspace]);
        self.harness.step();
        let field = self.harness.get_by_role_and_label(role, label);
        field.set_text_value_accesskit(text);
        (0..3).for_each(|_| self.step());
    }

    pub fn app(&self) -> &App {
        self.harness.state().as_ref().unwrap()
    }

    pub fn snapshot(&self) -> &Snapshot {
        self.app().snapshot().unwrap()
    }

    pub fn drop_text(&mut self, name: &str, text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        self.until("a run", |class| class.app().snapshot().is_some());
        self.harness.input_mut().dropped_files.push(Arc::new(Dropped(path)));
        folder
    }
}

#[test]
fn a_lesson_is_begun_answered_done_and_graded_as_the_window_said() {
    let mut class = Class::new();
    let _folder = class.drop_text("short.toml", SHORT);
    class.until_says("Where will the loss be?");
    class.until("a lesson's run", |class| class.snapshot().run == 2);
    (0..10).for_each(|_| class.step());
    assert_eq!(class.snapshot().meta_iteration, 0, "nothing moves before a prediction is made");
    assert!(class.says("α is 0.25."), "today's numbers stand in the text");
    assert!(class.says("Inner rate α") && !class.says("Outer rate β"), "only the lesson's knob is shown");
    class.click(Role::Button, "Show all");
    assert!(class.says("Outer rate β"));
    class.click(Role::Button, "Fewer");

    class.click(Role::RadioButton, "Far below the random start's");
    class.click(Role::Button, "That is my prediction");
    class.until_says("you were right");
    class.click(Role::Button, "Next");

    class.until_says("a fifth of its limit");
    let hint = class.harness.get_by_role_and_label(Role::Button, "Hint");
    assert!(hint.accesskit_node().is_disabled(), "a hint comes after a try, or some time");
    class.write(Role::TextInput, "Inner rate α", "0.02");
    class.harness.key_press(egui::Key::Enter);
    class.click(Role::Button, "Next");

    class.click(Role::RadioButton, "Once at least");
    class.click(Role::Button, "That is what I see");
    class.until_says("Look again.");
    assert!(class.says("There was no banner."));
    class.click(Role::RadioButton, "Never");
    assert!(!class.says("Look again.") && !class.says("There was no banner."), "it is about another answer");
    class.click(Role::Button, "That is what I see");
    class.until_says("This time you are right");
    assert!(!class.says("Look again.") && !class.says("There was no banner."));
    class.click(Role::Button, "Next");
    class.write(Role::MultilineTextInput, "Your words", "Because it was trained for that.");
    class.click(Role::Button, "Finish");
    class.until_says("1 of 1 predictions came true, 1 of 1 goals reached");
    class.write(Role::TextInput, "Your name", "Ada");

    let result = class.app().classroom().unwrap().result();
    let grade = grade(&result, &[read(SHORT).unwrap()]);
    assert!(grade.verified, "{}", grade.problem);
    assert_eq!((grade.predictions_right, grade.observations_right, grade.done), (1, 0, 1));
    assert_eq!(grade.name, "Ada");

    class.click(Role::Button, "Close");
    class.until("the whole program", |class| class.says("Outer rate β") && class.app().classroom().is_none());
}

/// A new hint after some time or a try; behind the last one the solution, which is played.
#[test]
fn the_solution_is_played_after_the_last_hint_and_noted() {
    let mut class = Class::new();
    let _folder = class.drop_text("short.toml", SHORT);
    class.until_says("Where will the loss be?");
    class.click(Role::RadioButton, "Above it");
    class.click(Role::Button, "That is my prediction");
    class.until_says("differently from what you said");
    assert!(class.says("It has learned."), "why it is not so");
    class.click(Role::Button, "Next");
    class.until_says("a fifth of its limit");
    // 20 seconds at 25 frames a second of the window's clock.
    (0..520).for_each(|_| class.harness.step());
    class.click(Role::Button, "Hint");
    class.until_says("Turn α down.");
    class.click(Role::Button, "Show me");
    class.click(Role::Button, "Next");
    assert_eq!(class.app().settings().live.inner_rate, 0.02);
    let result = class.app().classroom().unwrap().result();
    assert!(result.steps[1].solution && result.steps[1].done && result.steps[1].hints == 1);
    let grade = grade(&result, &[read(SHORT).unwrap()]);
    assert!(grade.verified && grade.solutions == 1 && grade.predictions_right == 0, "{}", grade.problem);
}

#[test]
fn another_run_is_not_measured_and_a_lesson_begins_again_with_nothing_answered() {
    let mut class = Class::new();
    let _folder = class.drop_text("short.toml", SHORT);
    class.until_says("Where will the loss be?");
    class.harness.get_by_label("Show all").click();
    class.until_says("What begins again");
    class.harness.get_by_label("What begins again").click();
    class.until("the seed", |class| class.harness.query_by_role_and_label(Role::TextInput, "Seed").is_some());
    class.write(Role::TextInput, "Seed", "5");
    class.harness.key_press(egui::Key::Enter);
    class.until_says("This is another run than the lesson's");
    class.click(Role::Button, "Again");
    class.until("the lesson's run", |class| class.snapshot().settings.run.seed == 0);
    assert!(!class.says("This is another run"));
}

#[test]
fn a_lesson_that_cannot_be_read_says_where_it_is_wrong() {
    let mut class = Class::new();
    let _folder = class.drop_text("broken.toml", &SHORT.replace("rate-over-limit", "beauty"));
    class.until_says("beauty");
    assert!(class.says("broken.toml") && class.app().classroom().is_none());
}

/// A line of text names a lesson, and a copied one does.
#[test]
fn a_line_of_text_begins_a_lesson() {
    let mut class = Class::new();
    class.until("a run", |class| class.app().snapshot().is_some());
    let lesson: &Arc<Lesson> = metascope::lessons::named("reptile").unwrap();
    class.harness.input_mut().events.push(egui::Event::Paste("metascope:1 sine maml lesson=reptile".to_owned()));
    class.until("the lesson", |class| class.app().classroom().is_some());
    assert_eq!(class.app().classroom().unwrap().progress().lesson().id, lesson.id);
    class.harness.input_mut().events.push(egui::Event::Paste("metascope:1 sine maml lesson=alchemy".to_owned()));
    class.until_says("There is no lesson “alchemy”");
}

#[test]
fn the_help_lists_the_lessons_and_begins_one() {
    let mut class = Class::new();
    class.until("a run", |class| class.app().snapshot().is_some());
    class.harness.key_press(egui::Key::F1);
    class.until_says("In a minute");
    class.click(Role::Button, "Lessons");
    class.until_says("A good start is not a good picture");
    let title = metascope::lessons::built_in()[3].title.get().to_owned();
    class.click(Role::Button, &format!("Begin: {title}"));
    class.until("the lesson", |class| class.app().classroom().is_some());
    assert!(!class.says("In a minute"), "the help makes room");
}
