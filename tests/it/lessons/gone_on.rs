//! A lesson that is gone on with after its window was closed.

use std::path::Path;

use egui::Key;
use egui::accesskit::Role;
use metascope::keep::keeper::Keeper;
use metascope::keep::sessions::Session as Sessions;
use metascope::lessons::grade::grade;

use super::in_the_window::Class;
use super::{SHORT, read};

/// A window whose run and lesson are kept in a folder of this one.
fn keeping(all: &Path) -> Class {
    let (own, earlier) = Sessions::begin(all).unwrap();
    let keeper = Keeper::start(|| {}).unwrap();
    let sink = keeper.sink(Some(&own));
    let app = move |ctx: &_, app: metascope::window::App| app.with_keeper(ctx, keeper, Some((own, earlier)), None);
    Class::of(app, |session| session.keeping(sink))
}

/// Goes through a lesson up to its second step, closes the window, and accepts in another one to go on.
fn gone_on_with(text: &str, all: &Path) -> Class {
    let mut class = keeping(all);
    let _folder = class.drop_text("short.toml", text);
    class.click(Role::RadioButton, "Far below the random start's");
    class.click(Role::Button, "That is my prediction");
    class.until_says("you were right");
    class.click(Role::Button, "Next");
    class.until_says("a fifth of its limit");
    class.write(Role::TextInput, "Inner rate α", "0.2");
    class.harness.key_press(Key::Enter);
    class.until("the turn", |class| class.app().classroom().unwrap().result().runs.last().unwrap().journal.len() == 1);
    class.close();
    let mut class = keeping(all);
    class.until_says("Lesson “Short”, step 2 of 4");
    class.click(Role::Button, "Go on");
    class.until_says("a fifth of its limit");
    class.until("the run", |class| class.app().classroom().is_some_and(|lesson| !lesson.progress().is_beginning()));
    class
}

/// What has to be so is not so by itself, though a run that is opened stands.
#[test]
fn a_goal_is_not_met_by_opening_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let text = SHORT.replace(
        r#"until = [{ measure = "rate-over-limit", below = 0.2, hold = 20 }]"#,
        r#"until = [{ measure = "paused", above = 0.5 }]"#,
    );
    assert_ne!(text, SHORT);
    let mut class = gone_on_with(&text, folder.path());
    let at = class.snapshot().meta_iteration;
    class.until("more of it", |class| class.snapshot().meta_iteration > at + 50);
    assert!(!class.app().classroom().unwrap().result().steps[1].done);
    class.click(Role::Button, "Pause");
    class.until("the goal", |class| class.app().classroom().unwrap().result().steps[1].done);
}

/// Finishes it and has it graded.
fn finish(mut class: Class, text: &str) {
    class.write(Role::TextInput, "Inner rate α", "0.02");
    class.harness.key_press(Key::Enter);
    class.click(Role::Button, "Next");
    class.click(Role::RadioButton, "Never");
    class.click(Role::Button, "That is what I see");
    class.click(Role::Button, "Next");
    class.write(Role::MultilineTextInput, "Your words", "It was there again.");
    class.click(Role::Button, "Finish");
    class.until_says("1 of 1 predictions came true, 1 of 1 goals reached");
    let grade = grade(&class.app().classroom().unwrap().result(), &[read(text).unwrap()]);
    assert!(grade.verified, "{}", grade.problem);
    assert_eq!((grade.predictions_right, grade.observations_right, grade.done), (1, 1, 1));
}

#[test]
fn a_lesson_goes_on_where_the_window_was_closed() {
    let folder = tempfile::tempdir().unwrap();
    let class = gone_on_with(SHORT, folder.path());
    let at = class.snapshot().meta_iteration;
    assert!(at >= 20, "its run is as it was left, and not at meta-iteration {at}");
    finish(class, SHORT);
}

/// The other run of a pair is not kept: both begin again, and what was answered stays.
#[test]
fn a_lesson_on_two_runs_begins_them_again() {
    let folder = tempfile::tempdir().unwrap();
    let text = SHORT.replace("[window]", "[window]\nbeside = \"fomaml\"");
    let class = gone_on_with(&text, folder.path());
    assert!(class.snapshot().beside.is_some());
    finish(class, &text);
}

/// A run that was begun in its place belongs to no lesson.
#[test]
fn a_lesson_whose_run_was_left_is_not_offered() {
    let folder = tempfile::tempdir().unwrap();
    let mut class = keeping(folder.path());
    let _folder = class.drop_text("short.toml", SHORT);
    class.until_says("Where will the loss be?");
    class.click(Role::ComboBox, "Tasks");
    class.click(Role::Button, "Curves");
    class.until("another run", |class| class.snapshot().run == 3);
    class.close();
    let mut class = keeping(folder.path());
    class.until_says("Go on where the last window was closed?");
    assert!(!class.says("Lesson “Short”"));
    class.click(Role::Button, "Go on");
    class.until("the run", |class| class.snapshot().run == 2);
    assert!(class.app().classroom().is_none());
}

#[test]
fn a_lesson_that_was_closed_is_not_offered() {
    let folder = tempfile::tempdir().unwrap();
    let mut class = keeping(folder.path());
    let _folder = class.drop_text("short.toml", SHORT);
    class.until_says("Where will the loss be?");
    class.until("a lesson's run", |class| class.snapshot().run == 2);
    eframe::App::save(class.harness.state_mut().as_mut().unwrap(), &mut crate::kept::Stored::default());
    class.click(Role::Button, "Close");
    class.close();
    let mut class = keeping(folder.path());
    class.until_says("Go on where the last window was closed?");
    assert!(!class.says("Lesson “Short”"));
}
