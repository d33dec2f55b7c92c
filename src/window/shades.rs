//! Shades from the ground towards a colour, by which heat maps tell small numbers from large ones; and what they mean.

use egui::{Align2, Color32, Painter, Pos2, Rect, pos2, vec2};

use super::theme::{GRID, Palette, blend, small_font};

/// Width of the bar between the two numbers of a legend.
const BAR: f32 = 16.0 * GRID;
/// It is made of so many pieces.
const PIECES: u8 = 16;

/// From one that can just be told from the ground, at 0, to the full colour, at 1.
pub fn shade(palette: &Palette, share: f32) -> Color32 {
    blend(palette.ground, palette.adapted, 0.12 + 0.78 * share)
}

/// Draws a bar of all shades between two shares, with what each end stands for beside it; where it was drawn.
pub fn legend(painter: &Painter, at: Pos2, align: Align2, ends: [(String, f32); 2], palette: &Palette) -> Rect {
    let [from, to] = [ends[0].1, ends[1].1];
    let [first, last] = ends.map(|(text, _)| painter.layout_no_wrap(text, small_font(), palette.weak));
    let size = vec2(first.size().x + last.size().x + BAR + 2.0 * GRID, first.size().y);
    let rect = align.anchor_size(at, size);
    let left = rect.left() + first.size().x + GRID;
    let piece = vec2(BAR / f32::from(PIECES), size.y - GRID);
    for index in 0..PIECES {
        let share = f32::from(index) / f32::from(PIECES - 1);
        let corner = pos2(left + f32::from(index) * piece.x, rect.top() + 0.5 * GRID);
        painter.rect_filled(Rect::from_min_size(corner, piece), 0.0, shade(palette, from + share * (to - from)));
    }
    painter.galley(pos2(rect.right() - last.size().x, rect.top()), last, palette.weak);
    painter.galley(rect.left_top(), first, palette.weak);
    rect
}

#[cfg(test)]
mod tests {
    use egui::{Context, RawInput, Shape, Theme};

    use super::*;

    #[test]
    fn a_legend_s_bar_goes_from_the_shade_of_one_number_to_that_of_the_other() {
        for theme in [Theme::Dark, Theme::Light] {
            let ctx = Context::default();
            ctx.set_theme(theme);
            let mut ends = [Color32::TRANSPARENT; 2];
            let mut output = ctx.run_ui(RawInput::default(), |ui| {
                let palette = Palette::of(ui);
                ends = [1.0, 0.25].map(|share| shade(palette, share));
                let numbers = [("0.002".to_owned(), 1.0), ("0.3".to_owned(), 0.25)];
                let rect = legend(ui.painter(), pos2(300.0, 10.0), Align2::RIGHT_TOP, numbers, palette);
                assert!((rect.right() - 300.0).abs() < 0.5 && rect.width() > BAR);
            });
            output.textures_delta.clear();
            let fills = output.shapes.iter().filter_map(|shape| match &shape.shape {
                Shape::Rect(shape) => Some(shape.fill),
                _ => None,
            });
            let fills: Vec<_> = fills.filter(|fill| *fill != Color32::TRANSPARENT).collect();
            let of_bar = fills.windows(usize::from(PIECES)).any(|bar| [bar[0], bar[bar.len() - 1]] == ends);
            assert!(of_bar, "{theme:?}: {fills:?}");
        }
    }
}
