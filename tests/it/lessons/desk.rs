//! A teacher makes a lesson of what is on the screen.

use egui::accesskit::Role;

use super::in_the_window::Class;

#[test]
fn a_lesson_made_of_what_is_on_the_screen_passes_the_check_and_runs() {
    let mut class = Class::new();
    class.until("some training", |class| class.app().snapshot().is_some_and(|run| run.meta_iteration > 20));
    // What is to be done, done once.
    class.write(Role::TextInput, "Inner rate α", "0.01");
    class.harness.key_press(egui::Key::Enter);
    class.until("the turn", |class| class.snapshot().journal.len() == 1);
    class.harness.key_press(egui::Key::F1);
    class.until_says("In a minute");
    class.click(Role::Button, "Lessons");
    class.click(Role::Button, "Lesson from this…");
    class.until_says("Lesson from this");
    class.write(Role::MultilineTextInput, "Title", "Short steps");
    class.write(Role::MultilineTextInput, "Goal", "You know what α does.");
    class.click(Role::Button, "+ Do");
    class.write(Role::MultilineTextInput, "What is to be done", "Make α tiny.");
    class.click(Role::ComboBox, "Add what is read now…");
    class.click(Role::Button, "Inner rate α: 0.0100");
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
