//! What every colour means, and the spacing that all views share. No view writes a colour itself.
//!
//! The hues are those of Okabe and Ito, which colour-blind eyes tell apart; on a dark ground they
//! are lightened until thin lines read well.

use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Rgba, Shadow, Stroke, TextStyle, Theme, Ui, Visuals,
    vec2,
};

use super::fonts;
use crate::text::say;
use crate::train::snapshot::Init;

/// The grid that all distances are multiples of.
pub const GRID: f32 = 4.0;

/// Size of the text under pictures and on axes.
pub const SMALL_TEXT: f32 = 12.0;

/// What coloured text is brought to against what it stands on; WCAG 2 asks for 4.5 (level AA), and a colour is rounded.
const LEGIBLE: f32 = 4.6;

/// Colours by meaning.
#[derive(Debug)]
pub struct Palette {
    /// Behind plots and pictures.
    pub ground: Color32,
    /// Behind the controls.
    pub panel: Color32,
    /// Behind a control.
    pub control: Color32,
    /// Behind a control under the pointer.
    pub control_hovered: Color32,
    /// Ordinary text.
    pub text: Color32,
    /// Text that explains.
    pub weak: Color32,
    /// Hairlines between areas, grid lines.
    pub line: Color32,
    /// What is selected or changed by the user; no meaning in the data.
    pub accent: Color32,
    /// Text on the accent colour.
    pub on_accent: Color32,
    /// Support points and what adaptation sees.
    pub support: Color32,
    /// Query points and the truth.
    pub query: Color32,
    /// After adaptation, from the learned initialisation.
    pub adapted: Color32,
    /// Before adaptation.
    pub initial: Color32,
    /// The random initialisation.
    pub random: Color32,
    /// Joint pretraining.
    pub joint: Color32,
    /// Overflow, divergence, errors.
    pub danger: Color32,
    /// Behind a warning.
    pub danger_ground: Color32,
    /// Pixels that adaptation does not see.
    pub unseen: [Color32; 2],
    /// Low and high end of a height map.
    pub heights: [Color32; 2],
    /// Both ends of a scale around 0: -1 and 1.
    pub signs: [Color32; 2],
    /// Lines that only need to be told apart, as the algorithms of a race.
    pub series: [Color32; 10],
}

const LIGHT: Palette = Palette {
    ground: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    panel: Color32::from_rgb(0xF5, 0xF6, 0xF8),
    control: Color32::from_rgb(0xE4, 0xE7, 0xEC),
    control_hovered: Color32::from_rgb(0xD5, 0xDA, 0xE2),
    text: Color32::from_rgb(0x1B, 0x1F, 0x26),
    weak: Color32::from_rgb(0x55, 0x5E, 0x6B),
    line: Color32::from_rgb(0xDD, 0xE1, 0xE7),
    accent: Color32::from_rgb(0x3F, 0x4F, 0xD0),
    on_accent: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    support: Color32::from_rgb(0x00, 0x72, 0xB2),
    query: Color32::from_rgb(0xE6, 0x9F, 0x00),
    adapted: Color32::from_rgb(0x00, 0x9E, 0x73),
    initial: Color32::from_rgb(0x8A, 0x8A, 0x8A),
    random: Color32::from_rgb(0xCC, 0x79, 0xA7),
    joint: Color32::from_rgb(0x56, 0xB4, 0xE9),
    danger: Color32::from_rgb(0xD5, 0x5E, 0x00),
    danger_ground: Color32::from_rgb(0xFD, 0xEC, 0xE0),
    unseen: [Color32::from_rgb(0xD9, 0xDD, 0xE3), Color32::from_rgb(0xCB, 0xD0, 0xD8)],
    heights: [Color32::from_rgb(0xFF, 0xFF, 0xFF), Color32::from_rgb(0xC3, 0xCB, 0xD8)],
    signs: [Color32::from_rgb(0xB0, 0x4A, 0x1A), Color32::from_rgb(0x1F, 0x6F, 0xA8)],
    series: [
        Color32::from_rgb(0x00, 0x9E, 0x73),
        Color32::from_rgb(0xD5, 0x5E, 0x00),
        Color32::from_rgb(0x00, 0x72, 0xB2),
        Color32::from_rgb(0xCC, 0x79, 0xA7),
        Color32::from_rgb(0xC8, 0x86, 0x00),
        Color32::from_rgb(0x3B, 0x9F, 0xD8),
        Color32::from_rgb(0x6A, 0x4C, 0xB8),
        Color32::from_rgb(0x77, 0x77, 0x77),
        Color32::from_rgb(0x8A, 0x2F, 0x3C),
        Color32::from_rgb(0x4F, 0x7A, 0x28),
    ],
};

const DARK: Palette = Palette {
    ground: Color32::from_rgb(0x12, 0x14, 0x18),
    panel: Color32::from_rgb(0x1A, 0x1D, 0x22),
    control: Color32::from_rgb(0x2B, 0x30, 0x38),
    control_hovered: Color32::from_rgb(0x3A, 0x41, 0x4C),
    text: Color32::from_rgb(0xE4, 0xE7, 0xEC),
    weak: Color32::from_rgb(0xA6, 0xAF, 0xBC),
    line: Color32::from_rgb(0x2C, 0x31, 0x39),
    accent: Color32::from_rgb(0x8B, 0x98, 0xFF),
    on_accent: Color32::from_rgb(0x12, 0x14, 0x18),
    support: Color32::from_rgb(0x4A, 0x97, 0xD6),
    query: Color32::from_rgb(0xF3, 0xB8, 0x3C),
    adapted: Color32::from_rgb(0x2F, 0xC4, 0x96),
    initial: Color32::from_rgb(0xA6, 0xA6, 0xA6),
    random: Color32::from_rgb(0xE0, 0x9A, 0xC2),
    joint: Color32::from_rgb(0x8F, 0xD2, 0xF6),
    danger: Color32::from_rgb(0xF0, 0x7F, 0x3C),
    danger_ground: Color32::from_rgb(0x3A, 0x23, 0x16),
    unseen: [Color32::from_rgb(0x2A, 0x2F, 0x37), Color32::from_rgb(0x34, 0x3A, 0x44)],
    heights: [Color32::from_rgb(0x12, 0x14, 0x18), Color32::from_rgb(0x3B, 0x45, 0x57)],
    signs: [Color32::from_rgb(0xE0, 0x78, 0x40), Color32::from_rgb(0x4A, 0x97, 0xD6)],
    series: [
        Color32::from_rgb(0x2F, 0xC4, 0x96),
        Color32::from_rgb(0xF0, 0x7F, 0x3C),
        Color32::from_rgb(0x4A, 0x97, 0xD6),
        Color32::from_rgb(0xE0, 0x9A, 0xC2),
        Color32::from_rgb(0xF3, 0xB8, 0x3C),
        Color32::from_rgb(0x8F, 0xD2, 0xF6),
        Color32::from_rgb(0xA8, 0x92, 0xF0),
        Color32::from_rgb(0xB4, 0xB4, 0xB4),
        Color32::from_rgb(0xE8, 0x6A, 0x78),
        Color32::from_rgb(0xB7, 0xD9, 0x6C),
    ],
};

impl Palette {
    /// The palette of this theme.
    pub fn of_theme(theme: Theme) -> &'static Self {
        match theme {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }

    /// The palette in force.
    pub fn of_ctx(ctx: &Context) -> &'static Self {
        Self::of_theme(ctx.theme())
    }

    /// The one of a place's theme.
    pub fn of(ui: &Ui) -> &'static Self {
        Self::of_theme(if ui.visuals().dark_mode { Theme::Dark } else { Theme::Light })
    }

    /// A colour that means something, for text on a panel, a plot or a warning: darker or lighter as far as it takes to
    /// read it there, with its hue.
    pub fn as_text(&self, colour: Color32) -> Color32 {
        let behind = [self.panel, self.ground, self.danger_ground].map(|behind| luminance(behind) + HALO);
        let (own, linear) = (luminance(colour), Rgba::from(colour));
        let (toward, share) = if luminance(self.text) < behind[0] {
            let darkest = behind.into_iter().fold(f32::INFINITY, f32::min);
            (Rgba::BLACK, 1.0 - (darkest / LEGIBLE - HALO) / own)
        } else {
            let lightest = behind.into_iter().fold(0.0, f32::max);
            (Rgba::WHITE, (LEGIBLE * lightest - HALO - own) / (1.0 - own))
        };
        if share > 0.0 { (linear * (1.0 - share) + toward * share).into() } else { colour }
    }

    /// The colour for text on a filled cell: black or white, whichever stands out more.
    pub fn text_on(fill: Color32) -> Color32 {
        let [dark, light] = [Color32::BLACK, Color32::WHITE];
        if contrast(dark, fill) >= contrast(light, fill) { dark } else { light }
    }

    /// The colour of the name of something that can be switched on and off.
    pub fn switched(&self, on: bool) -> Color32 {
        if on { self.text } else { self.weak }
    }

    /// The colour of an initialisation and of what is adapted from it.
    pub fn init(&self, init: Init) -> Color32 {
        match init {
            Init::Learned => self.adapted,
            Init::Random => self.random,
            Init::Joint => self.joint,
        }
    }
}

/// The name of an initialisation.
pub fn init_label(init: Init) -> &'static str {
    match init {
        Init::Learned => say("Learned start", "学到的起点"),
        Init::Random => say("Random start", "随机起点"),
        Init::Joint => say("Pretrained start", "预训练起点"),
    }
}

/// One sentence about an initialisation.
pub fn init_tooltip(init: Init) -> &'static str {
    match init {
        Init::Learned => say(
            "Adaptation from the meta-learned initialisation φ; step 0 is φ itself",
            "从元学习学到的初始化 φ 出发的适应过程；第 0 步就是 φ 本身",
        ),
        Init::Random => say(
            "The same adaptation from random parameters, at its own best inner rate",
            "从随机参数出发的同样的适应过程，用它自己最好的内循环学习率",
        ),
        Init::Joint => say(
            "The same adaptation from parameters trained on all tasks at once, at its own best inner rate",
            "从在所有任务上一起训练的参数出发的同样的适应过程，用它自己最好的内循环学习率",
        ),
    }
}

/// What WCAG adds to luminances: light that a screen reflects.
const HALO: f32 = 0.05;

/// The relative luminance of an opaque colour (WCAG 2), from 0 to 1.
fn luminance(colour: Color32) -> f32 {
    let linear = Rgba::from(colour);
    0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
}

/// How far two opaque colours stand out from one another (WCAG 2), from 1 to 21.
fn contrast(one: Color32, other: Color32) -> f32 {
    let [one, other] = [one, other].map(|colour| luminance(colour) + HALO);
    one.max(other) / one.min(other)
}

/// A colour between two others.
pub fn blend(from: Color32, to: Color32, share: f32) -> Color32 {
    from.lerp_to_gamma(to, share.clamp(0.0, 1.0))
}

/// Text under pictures and on axes.
pub fn small_font() -> FontId {
    FontId::proportional(SMALL_TEXT)
}

/// Gives a context both themes and the fonts, which egui takes up before its next frame.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| {
            style.visuals = visuals(theme);
            style.text_styles = [
                (TextStyle::Small, SMALL_TEXT),
                (TextStyle::Body, 13.0),
                (TextStyle::Button, 13.0),
                (TextStyle::Heading, 15.0),
            ]
            .into_iter()
            .map(|(name, size)| (name, FontId::new(size, FontFamily::Proportional)))
            .chain([(TextStyle::Monospace, FontId::new(12.0, FontFamily::Monospace))])
            .collect();
            let spacing = &mut style.spacing;
            spacing.item_spacing = vec2(2.0 * GRID, GRID);
            spacing.button_padding = vec2(2.0 * GRID, 3.0);
            spacing.interact_size.y = 6.0 * GRID;
            spacing.slider_rail_height = GRID;
            spacing.icon_width = 3.5 * GRID;
            spacing.window_margin = Margin::same(12);
            spacing.menu_margin = Margin::same(8);
            style.interaction.tooltip_delay = 0.4;
            style.interaction.selectable_labels = false;
            style.animation_time = 0.08;
        });
    }
}

fn visuals(theme: Theme) -> Visuals {
    let palette = Palette::of_theme(theme);
    let mut visuals = theme.default_visuals();
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.panel;
    // Alone it sets a window off: a shadow is more to paint than the window itself.
    visuals.window_stroke = Stroke::new(1.0, blend(palette.line, palette.weak, 0.5));
    visuals.window_corner_radius = CornerRadius::same(6);
    visuals.menu_corner_radius = CornerRadius::same(6);
    visuals.popup_shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(70) };
    visuals.window_shadow = Shadow::NONE;
    visuals.extreme_bg_color = palette.ground;
    visuals.faint_bg_color = palette.panel;
    visuals.weak_text_color = Some(palette.weak);
    visuals.hyperlink_color = palette.accent;
    visuals.error_fg_color = palette.as_text(palette.danger);
    visuals.warn_fg_color = palette.as_text(palette.danger);
    visuals.selection.bg_fill = palette.accent;
    visuals.selection.stroke = Stroke::new(1.0, palette.on_accent);
    visuals.slider_trailing_fill = true;
    visuals.disabled_alpha = 0.4;
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, palette.line);
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, palette.text);
    let states = [
        (&mut widgets.inactive, palette.control),
        (&mut widgets.hovered, palette.control_hovered),
        (&mut widgets.active, palette.control_hovered),
        (&mut widgets.open, palette.control_hovered),
    ];
    for (state, fill) in states {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        // On white a control needs an edge, an empty box most of all.
        state.bg_stroke =
            if theme == Theme::Dark { Stroke::NONE } else { Stroke::new(1.0, palette.weak.gamma_multiply(0.6)) };
        state.fg_stroke = Stroke::new(1.5, palette.text);
        // Rounder corners would have half as many vertices again, and there are a hundred.
        state.corner_radius = CornerRadius::same(1);
        state.expansion = 0.0;
    }
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What WCAG 2 asks of text (level AA).
    const LEAST: f32 = 4.5;

    fn check(what: &str, text: Color32, behind: &[Color32]) {
        for &behind in behind {
            let contrast = contrast(text, behind);
            assert!(contrast >= LEAST, "{what}: {contrast:.2} of {text:?} on {behind:?}");
        }
    }

    #[test]
    fn text_stands_out_from_what_is_behind_it() {
        for theme in [Theme::Light, Theme::Dark] {
            let p = Palette::of_theme(theme);
            let controls = [p.panel, p.ground, p.control, p.control_hovered];
            check("text", p.text, &[&controls[..], &p.heights, &p.unseen, &[p.danger_ground]].concat());
            check("weak", p.weak, &[&controls[..], &[p.danger_ground]].concat());
            check("accent", p.accent, &[p.panel, p.ground, p.control]);
            check("on accent", p.on_accent, &[p.accent]);
            for on in [true, false] {
                check("switched", p.switched(on), &controls);
            }
            let starts = [p.adapted, p.random, p.joint, p.initial];
            for colour in [&starts[..], &[p.support, p.query, p.danger], &p.signs, &p.series].concat() {
                check("a meaning", p.as_text(colour), &[p.panel, p.ground, p.danger_ground]);
            }
            for [from, to] in [[p.ground, p.adapted], [p.ground, p.signs[0]], [p.ground, p.signs[1]]] {
                for share in 0..=20 {
                    let fill = blend(from, to, share as f32 / 20.0);
                    check("on a cell", Palette::text_on(fill), &[fill]);
                }
            }
        }
    }

    #[test]
    fn a_colour_as_text_has_its_hue() {
        for theme in [Theme::Light, Theme::Dark] {
            let palette = Palette::of_theme(theme);
            for colour in palette.series.into_iter().chain([palette.danger, palette.joint]) {
                let order = |colour: Color32| {
                    let mut channels = [0, 1, 2];
                    channels.sort_by_key(|&channel| colour.to_array()[channel]);
                    channels
                };
                let text = palette.as_text(colour);
                assert_eq!(order(text), order(colour), "{colour:?} {text:?}");
                if contrast(colour, palette.panel) > 5.0 {
                    assert_eq!(text, colour, "legible as it is");
                }
            }
        }
    }

    #[test]
    fn contrasts_are_those_of_the_standard() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-3);
        assert!((contrast(Color32::from_gray(0x77), Color32::WHITE) - 4.48).abs() < 0.01);
    }
}
