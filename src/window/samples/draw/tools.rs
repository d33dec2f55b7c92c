//! What the canvas is painted with, and what is done to a whole page.

use egui::{Button, Color32, Key, KeyboardShortcut, Modifiers, RichText, Slider, Ui, vec2};

use super::Kind;
use crate::tasks::card::Pages;
use crate::tasks::sketch::pad::{Pad, Rgb, Tool};
use crate::text::{Text, say, tell, text};
use crate::train::snapshot::{Evaluation, Init, Picture};
use crate::window::theme::GRID;

/// Colours to choose from, beside any other.
const COLOURS: [(Rgb, Text); 6] = [
    ([0, 0, 0], text("Black", "黑色")),
    ([255, 255, 255], text("White", "白色")),
    ([213, 94, 0], text("Vermilion", "朱红")),
    ([240, 200, 60], text("Yellow", "黄色")),
    ([0, 158, 115], text("Green", "绿色")),
    ([0, 114, 178], text("Blue", "蓝色")),
];
/// The same where images are grey.
const GREYS: [(Rgb, Text); 5] = [
    ([0, 0, 0], text("Black", "黑色")),
    ([64, 64, 64], text("Dark grey", "深灰")),
    ([128, 128, 128], text("Grey", "灰色")),
    ([192, 192, 192], text("Light grey", "浅灰")),
    ([255, 255, 255], text("White", "白色")),
];
const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: [KeyboardShortcut; 2] = [
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Y),
];
/// Of so many pixels one is kept where a picture is thinned.
const THIN: usize = 7;

/// What is painted with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brush {
    /// In pixels of the picture.
    pub radius: f32,
    colour: Rgb,
    mode: Mode,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Paint,
    Hide,
    Show,
}

impl Brush {
    /// One that fits pictures of this size.
    pub fn for_size(size: usize, ink: Rgb) -> Self {
        Self { radius: (size as f32 / 20.0).max(0.6), colour: ink, mode: Mode::Paint }
    }

    /// What it leaves behind.
    pub fn tool(self) -> Tool {
        match self.mode {
            Mode::Paint => Tool::Paint(self.colour),
            Mode::Hide => Tool::Hide,
            Mode::Show => Tool::Show,
        }
    }

    /// Paints with this colour from now on.
    pub fn take_up(&mut self, colour: Rgb, grey: bool) {
        let [r, g, b] = colour.map(u32::from);
        self.colour = if grey { [((299 * r + 587 * g + 114 * b + 500) / 1000) as u8; 3] } else { colour };
        self.mode = Mode::Paint;
    }
}

/// The rows of tools; true if a page changed.
pub fn ui(
    ui: &mut Ui,
    (pad, brush, unfitted): (&mut Pad, &mut Brush, &mut bool),
    kind: Kind,
    row: f32,
    shown: (Option<&Evaluation>, Option<&Evaluation>),
) -> bool {
    let mut changed = false;
    let size = vec2(ui.available_width(), row - GRID);
    if kind.masks {
        ui.allocate_ui(size, |ui| ui.horizontal(|ui| changed |= modes(ui, pad, brush)));
    }
    ui.allocate_ui(size, |ui| ui.horizontal(|ui| colours(ui, brush, kind)));
    ui.allocate_ui(size, |ui| {
        ui.horizontal(|ui| {
            changed |= actions(ui, pad, kind, shown);
            if kind.fit.is_some() {
                changed |= fitting(ui, unfitted);
            }
        })
    });
    changed
}

fn modes(ui: &mut Ui, pad: &mut Pad, brush: &mut Brush) -> bool {
    let paint = say(
        "Paints with the colour below; the network adapts while you paint",
        "用下方的颜色画；你画的同时，网络就在适应",
    );
    let hide =
        say("Hides pixels from adaptation: the network has to complete them", "对适应过程隐藏像素：网络必须把它们补全");
    let show = say("Lets adaptation see hidden pixels again", "让适应过程重新看到隐藏的像素");
    for (mode, name, about) in [
        (Mode::Paint, say("Paint", "画"), paint),
        (Mode::Hide, say("Hide", "隐藏"), hide),
        (Mode::Show, say("Show", "显示"), show),
    ] {
        ui.selectable_value(&mut brush.mode, mode, name).on_hover_text(about);
    }
    ui.separator();
    let mut changed = false;
    let about = say("Hides all pixels but every seventh one", "每七个像素只留一个，其余隐藏");
    if ui.button(say("Thin", "抽稀")).on_hover_text(about).clicked() {
        // 7 and the usual sides have no common factor, so this is no pattern of columns.
        pad.set_seen(|pixel| pixel % THIN == 0);
        changed = true;
    }
    let about = say("Lets adaptation see every pixel", "让适应过程看到每个像素");
    if ui.button(say("Show all", "显示全部")).on_hover_text(about).clicked() {
        pad.set_seen(|_| true);
        changed = true;
    }
    changed
}

fn colours(ui: &mut Ui, brush: &mut Brush, kind: Kind) {
    ui.spacing_mut().item_spacing.x = 2.0;
    if kind.pages == Pages::One {
        let choices: &[(Rgb, Text)] = if kind.grey { &GREYS } else { &COLOURS };
        for &(colour, name) in choices {
            swatch(ui, brush, colour, name.get(), say("Paints with this colour", "用这种颜色画"));
        }
        if !kind.grey {
            let other = ui.color_edit_button_srgb(&mut brush.colour);
            let about = say(
                "Any other colour; the right mouse button takes one up from the canvas",
                "任何其他颜色；右键可从画布上取色",
            );
            if other.on_hover_text(about).changed() {
                brush.mode = Mode::Paint;
            }
        }
    } else {
        swatch(ui, brush, kind.ink, say("Ink", "墨色"), say("Paints with ink", "用墨色画"));
        let erases = say("Paints with paper, which erases", "用纸色画，即擦除");
        swatch(ui, brush, kind.paper, say("Paper", "纸色"), erases);
        if !kind.grey {
            let about =
                say("Any colour; the right mouse button takes one up from the canvas", "任何颜色；右键可从画布上取色");
            ui.color_edit_button_srgb(&mut brush.colour).on_hover_text(about);
        }
    }
    ui.add_space(GRID);
    let most = (kind.size as f32 / 5.0).max(2.0);
    ui.spacing_mut().slider_width = (ui.available_width() - GRID).clamp(32.0, 84.0);
    ui.add(Slider::new(&mut brush.radius, 0.5..=most).show_value(false).text(""))
        .on_hover_text(say("Radius of the brush", "画笔的半径"))
        .accessible_name(say("Brush radius", "画笔半径"));
}

fn swatch(ui: &mut Ui, brush: &mut Brush, colour: Rgb, name: &str, about: &str) {
    let fill = Color32::from_rgb(colour[0], colour[1], colour[2]);
    let chosen = brush.mode == Mode::Paint && brush.colour == colour;
    let button = ui.add(Button::new("").fill(fill).min_size(vec2(18.0, 18.0)).selected(false));
    let line = egui::Stroke::new(1.0, crate::window::theme::Palette::of(ui).weak);
    ui.painter().rect_stroke(button.rect, 1.0, line, egui::StrokeKind::Inside);
    if chosen {
        let stroke = egui::Stroke::new(2.0, crate::window::theme::Palette::of(ui).accent);
        ui.painter().rect_stroke(button.rect, 2.0, stroke, egui::StrokeKind::Outside);
    }
    let about = tell(|| format!("{name}: {about}"), || format!("{name}：{about}"));
    if button.on_hover_text(about).accessible_name(name).clicked() {
        brush.take_up(colour, false);
    }
}

fn actions(ui: &mut Ui, pad: &mut Pad, kind: Kind, shown: (Option<&Evaluation>, Option<&Evaluation>)) -> bool {
    let mut changed = false;
    let pressed = |shortcut: &KeyboardShortcut| ui.ctx().input_mut(|input| input.consume_shortcut(shortcut));
    // Ctrl+Shift+Z also holds Ctrl+Z.
    let by_key = [REDO.iter().any(pressed), pressed(&UNDO)];
    let undo = ui.add_enabled(pad.can_undo(), Button::new(say("Undo", "撤销")));
    if undo
        .on_hover_text(say("Takes the last stroke back (Ctrl+Z)", "撤销上一笔（Ctrl+Z）"))
        .on_disabled_hover_text(say("Nothing to take back", "没有可撤销的"))
        .clicked()
        || by_key[1]
    {
        pad.undo();
        changed = true;
    }
    let redo = ui.add_enabled(pad.can_redo(), Button::new(say("Redo", "重做")));
    if redo
        .on_hover_text(say("Does it again (Ctrl+Y)", "重做这一笔（Ctrl+Y）"))
        .on_disabled_hover_text(say("Nothing was taken back", "没有撤销过"))
        .clicked()
        || by_key[0]
    {
        pad.redo();
        changed = true;
    }
    let about = say("Wipes this page; can be undone", "清空这一页；可以撤销");
    if ui.button(say("Clear", "清空")).on_hover_text(about).clicked() {
        pad.clear();
        changed = true;
    }
    if kind.pages == Pages::One {
        let menu = ui.menu_button(say("Start from", "起始图像"), |ui| {
            let about = say("Paint on this picture", "在这张图像上画");
            for (name, picture) in starts(shown) {
                if ui.button(RichText::new(name)).on_hover_text(about).clicked() {
                    changed |= pad.start_from(picture);
                    ui.close();
                }
            }
        });
        menu.response.on_hover_text(say(
            "Paint on a held-out image, or on what the network makes of one",
            "在留出图像上画，或在网络对它的输出上画",
        ));
    }
    changed
}

fn fitting(ui: &mut Ui, unfitted: &mut bool) -> bool {
    let about = say(
        "Lays every drawing as the set's images lie: in the middle, of their size; the pages stay as they are",
        "把每张绘图摆成图像集里的样子：居中，大小一致；页面本身不变",
    );
    let mut fitted = !*unfitted;
    let changed = ui.toggle_value(&mut fitted, say("Fit", "对齐")).on_hover_text(about).changed();
    *unfitted = !fitted;
    changed
}

/// Pictures that are on the screen: held-out images, and what the network made of them and of the drawing.
fn starts<'a>((probes, sketch): (Option<&'a Evaluation>, Option<&'a Evaluation>)) -> Vec<(String, &'a Picture)> {
    let mut starts = Vec::new();
    let tasks = |evaluation: Option<&'a Evaluation>| evaluation.map_or(&[][..], |evaluation| &evaluation.tasks);
    for task in tasks(probes) {
        if let Some(picture) = task.given.first().and_then(|given| given.panel.picture()) {
            starts.push((task.name.get().to_owned(), picture.as_ref()));
        }
    }
    for task in tasks(sketch).iter().chain(tasks(probes)) {
        if let Some(picture) = task.traces[Init::Learned as usize].outputs.last().and_then(|panel| panel.picture()) {
            let name = tell(|| format!("{}, as adapted", task.name), || format!("{}，适应后", task.name));
            starts.push((name, picture.as_ref()));
        }
    }
    starts
}
