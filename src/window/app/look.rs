//! What the window looks at closely, which the trainer is told only when it changes.

use super::App;
use crate::train::views::Focus;

impl App {
    pub(super) fn say_what_is_looked_at(&mut self) {
        // The knob is always there.
        let mut focus = Focus { stability: true, ..Focus::default() };
        self.stage.look(&mut focus);
        let snapshot = self.snapshot.as_deref();
        self.classroom.iter().for_each(|classroom| classroom.look(&mut focus, snapshot));
        if focus != self.focus {
            self.link.set_focus(focus.clone());
            self.focus = focus;
        }
    }
}
