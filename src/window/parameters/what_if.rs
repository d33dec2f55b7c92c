//! φ moved by hand: what the inner loop would do from another place of the map. Nothing of it is learned.

use std::sync::Arc;

use egui::{Align2, CursorIcon, Key, Label, Painter, Pos2, Rect, Response, RichText, Stroke, StrokeKind, Ui, vec2};

use super::frame::{Frame, one_path};
use crate::text::{say, tell};
use crate::train::snapshot::{Landscape, Snapshot};
use crate::train::views::{Tried, WhatIf};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette, small_font};

/// How near the pointer must be to take hold.
const REACH: f32 = 11.0;

/// Where φ was moved to, if it was.
#[derive(Default)]
pub struct Moved {
    asked: Option<WhatIf>,
    held: bool,
    run: u64,
}

impl Moved {
    /// What the trainer is asked.
    pub fn asked(&self) -> Option<&WhatIf> {
        self.asked.as_ref()
    }

    /// Takes hold of φ at `phi`, moves it, lets it go, or brings it back; `response` is the map's.
    pub fn drag(
        &mut self,
        ui: &Ui,
        response: &Response,
        frame: Frame,
        landscape: &Landscape,
        phi: Option<Pos2>,
        snapshot: Option<&Snapshot>,
    ) {
        let run = snapshot.map_or(0, |snapshot| snapshot.run);
        let tried = snapshot.and_then(|snapshot| snapshot.closeups.tried.as_deref());
        if self.run != run {
            *self = Self { run, ..Self::default() };
        }
        let marker = self.place(frame, landscape, tried);
        let near = |at: Pos2| [phi, marker].into_iter().flatten().any(|dot| dot.distance(at) < REACH);
        let pressed = ui.input(|input| input.pointer.press_origin());
        if response.drag_started() && pressed.is_some_and(near) {
            self.held = true;
        }
        if self.held
            && let Some(at) = response.interact_pointer_pos()
        {
            let at = frame.value(frame.rect.clamp(at));
            self.asked = Some(WhatIf { plane: Arc::clone(&landscape.plane), at, map: landscape.map });
        }
        if !response.dragged() {
            self.held = false;
        }
        if let Some(asked) = &mut self.asked {
            asked.map = landscape.map;
        }
        if self.held {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        } else if response.hover_pos().is_some_and(near) {
            ui.ctx().set_cursor_icon(CursorIcon::Grab);
        }
        let typing = ui.ctx().memory(|memory| memory.focused().is_some());
        let escaped =
            !typing && self.asked.is_some() && ui.input_mut(|input| input.consume_key(Default::default(), Key::Escape));
        if response.double_clicked() || escaped {
            self.back();
        }
    }

    fn back(&mut self) {
        (self.asked, self.held) = (None, false);
    }

    /// Whether the map's own paths are to stand back.
    pub fn is_on(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether it is in the hand.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// Where the moved φ is on this map.
    fn place(&self, frame: Frame, landscape: &Landscape, tried: Option<&Tried>) -> Option<Pos2> {
        let asked = self.asked.as_ref()?;
        let at = if Arc::ptr_eq(&asked.plane, &landscape.plane) || landscape.exact {
            Some(asked.at)
        } else {
            tried.filter(|tried| tried.asked == *asked).and_then(|tried| tried.at)
        };
        at.map(|at| frame.screen(at))
    }

    /// Draws the marker and the paths from there.
    pub fn draw(
        &self,
        painter: &Painter,
        frame: Frame,
        landscape: &Landscape,
        tried: Option<&Tried>,
        palette: &Palette,
    ) {
        if self.asked.is_none() {
            return;
        }
        if let Some(tried) = tried {
            for path in tried.paths.iter().filter(|path| !path.own).chain(tried.paths.iter().filter(|path| path.own)) {
                one_path(painter, frame, path, palette, 1.0);
            }
        }
        if let Some(at) = self.place(frame, landscape, tried) {
            painter.circle(at, 5.0, palette.ground, Stroke::new(2.0, palette.accent));
            painter.text(at + vec2(0.0, -7.0), Align2::CENTER_BOTTOM, say("here", "此处"), small_font(), palette.text);
        }
    }

    /// Offers the way back, if φ was moved.
    pub fn offer_back(&mut self, ui: &mut Ui) {
        let about = say(
            "Forgets the place that φ was dragged to (Escape, or double-click on the map); the run never left its own",
            "忘掉 φ 被拖到的位置（Escape，或双击曲面）；运行一直在它自己的位置上",
        );
        let name = say("Back to φ", "回到 φ");
        if self.asked.is_some() && ui.button(RichText::new(name).small()).on_hover_text(about).clicked() {
            self.back();
        }
    }

    /// Says what came of it, in the corner of the map that is farthest from both places.
    pub fn verdict(&self, ui: &mut Ui, frame: Frame, landscape: &Landscape, phi: Option<Pos2>, tried: Option<&Tried>) {
        if self.asked.is_none() {
            return;
        }
        let palette = Palette::of(ui);
        let text = tried.map_or_else(|| say("here: adapting", "此处：正在适应").to_owned(), verdict);
        let galley = ui.painter().layout_no_wrap(text.clone(), small_font(), palette.text);
        let size = galley.size() + vec2(2.0 * GRID, GRID);
        let room = frame.rect.shrink(GRID);
        let places = [self.place(frame, landscape, tried), phi];
        let corners = [Align2::LEFT_TOP, Align2::RIGHT_TOP, Align2::LEFT_BOTTOM, Align2::RIGHT_BOTTOM];
        let chips = corners.map(|corner| corner.align_size_within_rect(size, room));
        let nearest =
            |chip: &Rect| places.iter().flatten().map(|at| chip.distance_to_pos(*at)).fold(f32::INFINITY, f32::min);
        let Some(chip) = chips.into_iter().max_by(|a, b| nearest(a).total_cmp(&nearest(b))) else { return };
        let outline = Stroke::new(1.0, palette.line);
        ui.painter().rect(chip, 3.0, palette.ground.gamma_multiply(0.9), outline, StrokeKind::Inside);
        let steps = tried.map_or(0, |tried| tried.steps);
        let about = tell(
            || {
                format!(
                    "Mean query loss before and after {steps} test-time steps of the tasks that the heights are of: from here, and from φ"
                )
            },
            || format!("高度所属的任务在 {steps} 步测试时适应之前和之后的平均查询损失：从此处出发，以及从 φ 出发"),
        );
        ui.put(chip, Label::new(RichText::new(text).small())).on_hover_text(about);
    }
}

fn verdict(tried: &Tried) -> String {
    let [here, at_phi] = [tried.here, tried.at_phi].map(|pair| pair.map(|loss| numbers::significant(f64::from(loss))));
    let [[before, after], [phi_before, phi_after]] = [here, at_phi];
    tell(
        || format!("here: {before} → {after}\nat φ: {phi_before} → {phi_after}"),
        || format!("此处：{before} → {after}\nφ 处：{phi_before} → {phi_after}"),
    )
}
