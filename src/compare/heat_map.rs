//! A sweep as a picture: a cell for each run with its validation loss, bright where it is low (logarithmic).
//! Runs that diverged are hatched, the best cell is outlined, a ring shows where the settings lie that
//! the sweep was made around.

use image::{Rgb, RgbImage};

use super::letters;
use super::sweep::{CellResult, Sweep};

const CELL: [u32; 2] = [76, 44];
const MARGIN: u32 = 16;
const TEXT: u32 = 2;
const GROUND: Rgb<u8> = Rgb([255; 3]);
const INK: Rgb<u8> = Rgb([0x22; 3]);
const WAITING: Rgb<u8> = Rgb([0xf2; 3]);
const HATCH: Rgb<u8> = Rgb([0xd5, 0x5e, 0x00]);
const HATCHED: Rgb<u8> = Rgb([0xe4; 3]);
/// Viridis (van der Walt and Smith 2015) in nine steps, from dark to bright.
const VIRIDIS: [[u8; 3]; 9] = [
    [0x44, 0x01, 0x54],
    [0x47, 0x2d, 0x7b],
    [0x3b, 0x52, 0x8b],
    [0x2c, 0x72, 0x8e],
    [0x21, 0x91, 0x8c],
    [0x28, 0xae, 0x80],
    [0x5e, 0xc9, 0x62],
    [0xad, 0xdc, 0x30],
    [0xfd, 0xe7, 0x25],
];

/// Draws what is finished; x goes to the right, y upwards.
pub fn draw(sweep: &Sweep, results: &[Option<CellResult>]) -> RgbImage {
    let [x, y] = sweep.axes();
    let line = letters::size("0", TEXT).1 + 8;
    let ticks = |axis: &super::axis::Axis| axis.values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (x_ticks, y_ticks) = (ticks(x), ticks(y));
    let widest = |texts: &[String]| texts.iter().map(|text| letters::size(text, TEXT).0).max().unwrap_or(0);
    let cell = [CELL[0].max(widest(&x_ticks) + 12), CELL[1]];
    let (columns, rows) = (x.values.len() as u32, y.values.len() as u32);
    let legend =
        ["hatched: diverged, at this meta-iteration", "black frame: lowest loss", "ring: the settings swept around"];
    let (left, top) = (MARGIN + widest(&y_ticks) + 8, MARGIN + 2 * line);
    let steps = sweep.base().live.test_steps;
    let title = format!("validation loss: {} meta-iterations, {steps} inner steps", sweep.iterations());
    let needed = legend.iter().chain([&title.as_str()]).map(|text| letters::size(text, TEXT).0).max().unwrap_or(0);
    let width = (left + columns * cell[0]).max(needed + MARGIN) + MARGIN;
    let height = top + rows * cell[1] + (3 + legend.len() as u32) * line + MARGIN;
    let mut picture = RgbImage::from_pixel(width, height, GROUND);
    letters::write(&mut picture, &title, [MARGIN, MARGIN], TEXT, INK);
    letters::write(&mut picture, &y.swept.id(), [MARGIN, MARGIN + line], TEXT, INK);

    let corner = |column: u32, row: u32| [left + column * cell[0], top + (rows - 1 - row) * cell[1]];
    let losses = || results.iter().flatten().filter_map(|result| result.loss);
    let range = [losses().fold(f64::INFINITY, f64::min), losses().fold(0.0, f64::max)];
    for (index, result) in results.iter().enumerate().take(sweep.cells()) {
        let at = corner(index as u32 % columns, index as u32 / columns);
        draw_cell(&mut picture, at, cell, result.as_ref(), range);
    }
    if let Some(best) = sweep.best(results) {
        let at = corner(best as u32 % columns, best as u32 / columns);
        frame(&mut picture, at, cell, GROUND, 5);
        frame(&mut picture, at, cell, INK, 3);
    }
    if let [Some(column), Some(row)] = [x, y].map(|axis| axis.place(axis.swept.get(sweep.base()))) {
        let across = f64::from(left) + (column + 0.5) * f64::from(cell[0]);
        let down = f64::from(top) + (f64::from(rows) - 0.5 - row) * f64::from(cell[1]);
        ring(&mut picture, [across, down], f64::from(cell[1]) / 2.0 - 3.0);
    }

    let below = top + rows * cell[1] + 8;
    for (column, text) in x_ticks.iter().enumerate() {
        let indent = (cell[0] - letters::size(text, TEXT).0) / 2;
        letters::write(&mut picture, text, [left + column as u32 * cell[0] + indent, below], TEXT, INK);
    }
    for (row, text) in y_ticks.iter().enumerate() {
        let (width, height) = letters::size(text, TEXT);
        let y = corner(0, row as u32)[1] + (cell[1] - height) / 2;
        letters::write(&mut picture, text, [left - 8 - width, y], TEXT, INK);
    }
    let name = x.swept.id();
    let indent = (columns * cell[0]).saturating_sub(letters::size(&name, TEXT).0) / 2;
    letters::write(&mut picture, &name, [left + indent, below + line], TEXT, INK);
    for (index, text) in legend.iter().enumerate() {
        let y = below + (2 + index as u32) * line + line / 2;
        letters::write(&mut picture, text, [MARGIN, y], TEXT, INK);
    }
    picture
}

fn draw_cell(picture: &mut RgbImage, at: [u32; 2], size: [u32; 2], result: Option<&CellResult>, [low, high]: [f64; 2]) {
    let (ground, text) = match result {
        None => (WAITING, String::new()),
        Some(CellResult { loss: Some(loss), .. }) => {
            let share = if high > low { (loss / low).ln() / (high / low).ln() } else { 0.0 };
            (colour(1.0 - share), three_digits(*loss))
        }
        Some(CellResult { diverged, .. }) => (HATCHED, diverged.map_or_else(|| "inf".to_owned(), |at| at.to_string())),
    };
    let hatched = result.is_some_and(|result| result.loss.is_none());
    for (dx, dy) in (0..size[1]).flat_map(|dy| (0..size[0]).map(move |dx| (dx, dy))) {
        let line = hatched && (dx + dy) % 9 < 2;
        picture.put_pixel(at[0] + dx, at[1] + dy, if line { HATCH } else { ground });
    }
    frame(picture, at, size, GROUND, 1);
    let (width, height) = letters::size(&text, TEXT);
    let place = [at[0] + (size[0].saturating_sub(width)) / 2, at[1] + (size[1] - height) / 2];
    if hatched {
        for (dx, dy) in (0..width + 8).flat_map(|dx| (0..height + 8).map(move |dy| (dx, dy))) {
            picture.put_pixel((place[0] + dx).saturating_sub(4), (place[1] + dy).saturating_sub(4), HATCHED);
        }
    }
    let bright = ground.0.iter().map(|&c| u32::from(c)).sum::<u32>() > 330;
    letters::write(picture, &text, place, TEXT, if bright { INK } else { GROUND });
}

/// The colour of a share from 0 (dark) to 1.
fn colour(share: f64) -> Rgb<u8> {
    let at = share.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let below = (at as usize).min(VIRIDIS.len() - 2);
    let mix = |c: usize| {
        let [from, to] = [VIRIDIS[below][c], VIRIDIS[below + 1][c]].map(f64::from);
        (from + (to - from) * (at - below as f64)).round() as u8
    };
    Rgb([mix(0), mix(1), mix(2)])
}

/// Three significant digits, short.
fn three_digits(value: f64) -> String {
    if !(0.001..1000.0).contains(&value) {
        return format!("{value:.1e}");
    }
    let decimals = (2 - value.log10().floor() as i32).clamp(0, 5) as usize;
    format!("{value:.decimals$}")
}

/// The inner edge of a rectangle, `thick` pixels wide.
fn frame(picture: &mut RgbImage, at: [u32; 2], size: [u32; 2], colour: Rgb<u8>, thick: u32) {
    for (dx, dy) in (0..size[1]).flat_map(|dy| (0..size[0]).map(move |dx| (dx, dy))) {
        let edge = dx.min(dy).min(size[0] - 1 - dx).min(size[1] - 1 - dy);
        if edge < thick {
            picture.put_pixel(at[0] + dx, at[1] + dy, colour);
        }
    }
}

fn ring(picture: &mut RgbImage, [x, y]: [f64; 2], radius: f64) {
    for (px, py, pixel) in picture.enumerate_pixels_mut() {
        let away = ((f64::from(px) + 0.5 - x).hypot(f64::from(py) + 0.5 - y) - radius).abs();
        if away < 1.2 {
            *pixel = INK;
        } else if away < 2.5 {
            *pixel = GROUND;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_colours_run_from_dark_to_bright() {
        for (value, text) in
            [(0.012_34, "0.0123"), (1.0, "1.00"), (23.46, "23.5"), (0.000_12, "1.2e-4"), (5e4, "5.0e4")]
        {
            assert_eq!(three_digits(value), text);
        }
        assert_eq!(colour(0.0), Rgb(VIRIDIS[0]));
        assert_eq!(colour(1.0), Rgb(VIRIDIS[8]));
    }
}
