//! The menu's field for a copied line of text.

use egui::accesskit::Role;
use egui::{Event, Key};
use egui_kittest::kittest::Queryable as _;
use metascope::train::link::Command;

use crate::common::bench::Bench;
use crate::common::families;

#[test]
fn a_wrong_line_stays_in_the_menu_to_be_mended() {
    let mut bench = Bench::of(families::SINE);
    bench.open("Menu");
    let field = |bench: &Bench| bench.harness.get_by_role_and_label(Role::TextInput, "Open a text").rect();
    bench.harness.get_by_role_and_label(Role::TextInput, "Open a text").focus();
    bench.harness.run();
    bench.commands();
    let typed = |bench: &mut Bench, text: &str| {
        bench.harness.input_mut().events.push(Event::Text(text.to_owned()));
        bench.key(Key::Enter);
    };
    typed(&mut bench, "metascope:1 sine alchemy");
    assert!(bench.says("“alchemy”: choose from") && field(&bench).width() > 100.0);
    // What is typed next goes into the field, and is no shortcut.
    bench.key(Key::R);
    assert!(bench.commands().is_empty());
    for _ in 0.."alchemy".len() {
        bench.key(Key::Backspace);
    }
    assert!(!bench.says("choose from"), "it is another text now");
    typed(&mut bench, "reptile");
    let commands = bench.commands_when_made();
    assert!(
        matches!(&commands[..], [Command::Restart(settings, None), ..] if settings.run.algorithm.id() == "reptile"),
        "{commands:?}"
    );
}
