//! A teacher makes a lesson of what is on the screen.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::in_the_window::Class;

#[test]
fn a_lesson_made_of_what_is_on_the_screen_passes_the_check_and_runs() {
    let mut class = Class::new();
    class.until("some training", |class| class.app().snapshot().is_some_and(|run| run.meta_iteration > 20));
    // What is to be done, done once.
    class.write(Role::TextInput, "Inner rate α", "0.01");
    class.harness.key_press(egui::Key::Enter);
    class.until("the turn", |class| class.snapshot().journal.len() == 1);
    open_desk(&mut class);
    class.write(Role::MultilineTextInput, "Title", "Short steps");
    class.write(Role::MultilineTextInput, "Goal", "You know what α does.");
    class.click(Role::Button, "+ Do");
    class.write(Role::MultilineTextInput, "What is to be done", "Make α tiny.");
    class.click(Role::ComboBox, "Add what is read now…");
    class.click(Role::Button, "Inner rate α: 0.01");
    class.click(Role::Button, "Check");
    class.until_says("hint: ");
    class.write(Role::MultilineTextInput, "Hint 1", "Turn it down.");
    class.click(Role::Button, "Take what I have done");
    class.click(Role::Button, "Check");
    class.until("an outcome", |class| class.says("The lesson holds") || class.says("step 1,"));
    assert!(class.says("The lesson holds"), "the lesson that was made does not hold");
    class.click(Role::Button, "Try it");
    class.until("the lesson", |class| class.app().classroom().is_some());
    class.until_says("Make α tiny.");
}

fn open_desk(class: &mut Class) {
    class.harness.key_press(egui::Key::F1);
    class.until_says("In a minute");
    class.click(Role::Button, "Lessons");
    class.click(Role::Button, "Lesson from this…");
    class.until_says("Lesson from this");
}

/// What stands in a field of the desk.
fn written(class: &Class, label: &str) -> String {
    let field = class.harness.get_by_role_and_label(Role::MultilineTextInput, label);
    field.accesskit_node().value().unwrap_or_default()
}

#[test]
fn a_draft_stays_until_another_is_begun() {
    let mut class = Class::new();
    class.until("a run", |class| class.app().snapshot().is_some());
    open_desk(&mut class);
    class.write(Role::MultilineTextInput, "Title", "Short steps");
    class.click(Role::Button, "+ Do");
    class.click(Role::Button, "Lesson");
    // Once while it is open, once after it was closed.
    open_desk(&mut class);
    assert_eq!(written(&class, "Title"), "Short steps");
    class.click(Role::Button, "Close");
    class.until("nothing of it", |class| !class.says("Lesson from this"));
    open_desk(&mut class);
    assert_eq!(written(&class, "Title"), "Short steps");
    assert!(class.says("1. Do"));
    class.click(Role::Button, "New");
    assert_eq!(written(&class, "Title"), "");
    assert!(!class.says("1. Do"));
}

#[test]
fn what_is_said_of_a_draft_goes_when_that_is_changed() {
    let mut class = Class::new();
    class.until("a run", |class| class.app().snapshot().is_some());
    open_desk(&mut class);
    class.click(Role::Button, "Check");
    class.until_says("at least one step");
    class.click(Role::Button, "+ Predict");
    assert!(!class.says("at least one step"), "there is one by now");
    class.click(Role::Button, "Check");
    class.until_says("step 1 (Predict): answer 1 is still without a condition");
}
