//! What the network makes of tasks: the film-strip, after every inner step from the learned initialisation and from the
//! two baselines; sheets; a canvas; slow motion.

mod answers;
mod atlas;
mod cells;
mod closer;
mod draw;
mod gallery;
mod given;
mod grid;
mod panel;
mod plots;
mod rows;
mod steps;
mod strip;
mod taught;
mod walk;

use std::sync::Arc;

use egui::{Align, Layout, RichText, Ui};

use self::draw::Draw;
pub use self::gallery::Look;
use self::gallery::Sheets;
pub use self::rows::Rows;
pub use self::strip::Strip;
use self::walk::WalkView;
use super::beside;
use super::commands::{Commands, UiCommand};
use super::numbers;
use super::stage;
use super::theme::{GRID, Palette};
use super::watching::spot;
use crate::images::ImageSet;
use crate::settings::Settings;
use crate::text::{say, tell};
use crate::train::snapshot::{Evaluation, Snapshot};

/// The view.
#[derive(Default)]
pub struct Samples {
    strip: Strip,
    /// Of the run, and of the one beside it.
    sheets: [Sheets; 2],
    draw: Draw,
    walk: WalkView,
    /// Whether something else is looked at in slow motion.
    aside: bool,
    canvas: bool,
}

impl Samples {
    /// Whether there is a canvas to draw on.
    pub fn has_canvas(&self) -> bool {
        self.canvas
    }

    /// Draws a look, or slow motion, in all the space that is left of the large place.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        look: Look,
        snapshot: Option<&Snapshot>,
        images: Option<&Arc<ImageSet>>,
        commands: &mut Commands,
    ) {
        let walk = snapshot.and_then(|snapshot| snapshot.walk.as_ref());
        self.aside &= walk.is_some();
        let walks = walk.is_some() && !self.aside;
        // As low as its text: every point is the pictures'.
        let usual = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 4.5 * GRID);
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if walk.is_some() {
                    let about = say(
                        "One meta-iteration in sub-steps, or the held-out tasks as usual",
                        "逐子步查看一次元迭代，或照常查看留出任务",
                    );
                    let other = if walks { say("Held-out tasks", "留出任务") } else { say("Sub-steps", "子步") };
                    if ui.button(RichText::new(other).small()).on_hover_text(about).clicked() {
                        self.aside = walks;
                    }
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| match walk.filter(|_| walks) {
                    Some(walk) => {
                        let at = i64::try_from(walk.ground.meta_iteration + 1).unwrap_or(i64::MAX);
                        let at = numbers::thousands(at);
                        let text = tell(
                            || format!("Slow motion: training tasks of meta-iteration {at}"),
                            || format!("慢动作：第 {at} 次元迭代的训练任务"),
                        );
                        stage::sentence(ui, &text, UiCommand::SlowMotion.tooltip());
                    }
                    None if snapshot.is_some_and(|snapshot| beside::difference(ui, snapshot)) => {}
                    None => stage::sentence(ui, &said_of(look, snapshot), look.about()),
                });
            });
        });
        ui.spacing_mut().interact_size.y = usual;
        self.canvas = look == Look::Draw && !walks;
        spot(ui.ctx(), "samples", ui.available_rect_before_wrap());
        if let Some(walk) = walk.filter(|_| walks) {
            self.draw.rest(commands);
            return self.walk.ui(ui, walk);
        }
        let shown = snapshot.and_then(evaluated);
        match (shown, look) {
            (Some((snapshot, _)), Look::Draw) => {
                return stage::at_least(ui, draw::LEAST, |ui| self.draw.ui(ui, snapshot, images, commands));
            }
            (Some((_, evaluation)), _) => taught::ui(ui, evaluation),
            (None, _) => {}
        }
        self.draw.rest(commands);
        self.still(ui, look, snapshot);
    }

    /// Draws a look in all the space that is left of the small place.
    pub fn small(&mut self, ui: &mut Ui, look: Look, snapshot: Option<&Snapshot>) {
        self.canvas = false;
        self.still(ui, look, snapshot);
    }

    /// A look that takes nothing but the snapshot.
    fn still(&mut self, ui: &mut Ui, look: Look, snapshot: Option<&Snapshot>) {
        self.strip.update(snapshot.and_then(|snapshot| snapshot.enlarged.as_ref()));
        match (snapshot.and_then(evaluated), look) {
            (Some((snapshot, _)), Look::Strip) => {
                if let Some(rows) = Rows::of(snapshot, |snapshot| snapshot.evaluation.as_ref()) {
                    self.strip.ui(ui, &rows);
                }
            }
            (Some((snapshot, _)), look) => beside::halves(ui, snapshot, |ui, half, run| {
                if let Some((_, evaluation)) = evaluated(run) {
                    self.sheets[half].ui(ui, look, evaluation);
                }
            }),
            (None, _) => {
                let text = match snapshot {
                    Some(_) => say("The first evaluation is coming", "首次评估即将完成"),
                    None => say("The trainer is starting", "训练器正在启动"),
                };
                ui.centered_and_justified(|ui| ui.label(RichText::new(text).color(Palette::of(ui).weak)));
            }
        }
    }
}

/// The snapshot with its adapted tasks, if there are some.
fn evaluated(snapshot: &Snapshot) -> Option<(&Snapshot, &Arc<Evaluation>)> {
    let evaluation = snapshot.evaluation.as_ref().filter(|evaluation| !evaluation.tasks.is_empty())?;
    Some((snapshot, evaluation))
}

/// What is seen of the present run, in a sentence.
fn said_of(look: Look, snapshot: Option<&Snapshot>) -> String {
    match (look, snapshot) {
        (Look::Strip, Some(snapshot)) => {
            let mut settings = Settings::clone(&snapshot.settings);
            // A class may have fewer images than are asked for.
            let given =
                evaluated(snapshot).and_then(|(_, shown)| shown.tasks.iter().filter_map(|task| task.shots).max());
            settings.live.test_shots = given.unwrap_or(settings.live.test_shots);
            (settings.run.tasks.card().asks)(&settings)
        }
        _ => look.about().to_owned(),
    }
}
