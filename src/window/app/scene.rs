//! Setting the whole program to a scene.

use egui::Context;

use super::App;
use crate::train::link::Command;
use crate::train::snapshot::Phase;
use crate::window::scene::Scene;
use crate::window::watching::Observer as _;

impl App {
    /// Sets everything as a scene has it, and lets it run. A run begins where the present one will not do.
    pub(super) fn set_scene(&mut self, ctx: &Context, scene: &Scene) {
        self.watching.get_mut().obeyed(format_args!("scene tab={}", scene.tab.unwrap_or_default()));
        self.help.close();
        // The knobs of an earlier moment are not those that the run would go on with.
        let past = self.snapshot.as_ref().is_some_and(|snapshot| snapshot.timeline.shown.is_some());
        let stuck = self.phase() == Phase::Diverged || past && !scene.knobs.is_empty();
        let beside = scene.beside().map(|algorithm| (algorithm, false));
        let another = scene.needs_another_run(&self.settings) || beside.is_some() && beside != self.beside;
        let begins = stuck || another;
        if begins {
            self.beside = beside;
            self.choose_preset(ctx, scene.preset(&self.settings));
        } else if !scene.knobs.is_empty() {
            self.turn(|live| scene.knobs.iter().for_each(|(knob, value)| knob.set(live, *value)));
            self.moment.turns.let_go();
        }
        if let Some(tab) = scene.tab {
            self.stage.show(self.settings.run.tasks, tab);
        }
        if let Some(pace) = scene.pace.filter(|pace| *pace != self.pace) {
            self.set_pace(pace);
        }
        if !begins && self.phase() == Phase::Paused {
            self.ask(Command::Play, Phase::Running);
        }
    }
}
