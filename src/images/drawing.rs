//! Drawings: thin strokes of one shade on a plain ground, dark ink on paper or chalk on a board. What they
//! are is seen before they are shrunk, when strokes have not yet turned grey: each image that may be one
//! leaves its distance field behind. Once all of a set are known, they are drawn again from it, light on
//! dark, at a size and with strokes that a few pixels can hold.

use std::sync::Arc;

use image::imageops::{self, FilterType};
use image::{DynamicImage, GenericImageView as _, GrayImage, Luma, Rgba};

use super::distance::distances;
use crate::settings::{ImageColour, ImageReading};
use crate::text::{Words, text};

/// Strokes narrower than so many pixels would turn grey when they are shrunk: they are widened before.
const LOST: f32 = 1.6;
/// Widened strokes are so wide, as a share of the image's side.
const STROKE: f32 = 0.1375;
/// Sides in pixels that drawings choose from, and how wide their strokes should be on them if they were not widened.
const SIDES: [usize; 5] = [16, 20, 24, 28, 32];
const CHOSEN: f32 = 1.25;
/// Of a set's images at least this share are drawings, else none is taken for one.
const MOST: f32 = 0.9;

/// Shades explain at least this share of the pixels' variance when there are two of them alone.
const TWO_SHADES: f32 = 0.8;
/// How far apart the two are at least, of 255.
const CONTRAST: f32 = 80.0;
/// How much of the image, and of its border, strokes cover at most.
const COVERED: [f32; 2] = [0.4, 0.2];
/// How wide strokes are at most, as a share of the image's side.
const WIDTH: f32 = 0.125;
/// From this share of the way between the two shades on, a pixel belongs to a stroke.
const INK: f32 = 0.35;

/// Pixels a side that are looked at to tell whether it is a drawing, and those that distances are measured on, at most.
const LOOKED_AT: u32 = 256;
/// Images smaller than this are measured on twice as many pixels a side.
const FINE: u32 = 64;
/// A field's values are -1 to 1 at this distance inside and outside the strokes, as a share of the image's side.
const REACH: f32 = 0.125;

/// What is known of an image that may be a drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Whether its strokes are darker than their ground.
    pub dark: bool,
    /// Width of its strokes, as a share of the image's side.
    pub width: f32,
    /// Signed distance to the nearest edge of a stroke at the centres of `side`² cells, row by row: 128 on the edge, more
    /// inside; empty where strokes are wide enough.
    field: Arc<[u8]>,
    side: usize,
}

impl Drawing {
    /// Of a square image; `None` if it is none. Its field has at least `size` cells a side.
    pub(super) fn of(square: &DynamicImage, size: usize) -> Option<Self> {
        if square.width() != square.height() {
            return None;
        }
        let shades = Shades::of(square)?;
        let (ink, side) = shades.strokes(square);
        let at = |x: usize, y: usize| ink[y * side + x];
        let across = (0..side).flat_map(|a| (1..side).map(move |b| (a, b)));
        let edges: usize =
            across.map(|(a, b)| usize::from(at(b, a) != at(b - 1, a)) + usize::from(at(a, b) != at(a, b - 1))).sum();
        // Steps along a slanted edge are longer than the edge: 4/π times as long in the mean over all slants.
        let edge = edges as f32 * std::f32::consts::FRAC_PI_4;
        let area = ink.iter().filter(|&&ink| ink).count() as f32;
        let width = 2.0 * area / edge.max(1.0) / side as f32;
        if edges == 0 || width > WIDTH {
            return None;
        }
        let drawing = Self { dark: shades.dark, width, field: Arc::default(), side: 0 };
        if width * size.min(SIDES[0]) as f32 >= LOST {
            return Some(drawing);
        }
        let [inside, outside] = [false, true].map(|to| distances(&ink, side, to));
        let cells = size.max(SIDES[SIDES.len() - 1]);
        let signed = |x: usize, y: usize| {
            let i = y * side + x;
            (if ink[i] { inside[i] - 0.5 } else { 0.5 - outside[i] }) / (side as f32 * REACH)
        };
        let byte = |value: f32| (128.0 + 127.0 * value.clamp(-1.0, 1.0)).round() as u8;
        let field = resampled(side, cells, signed).map(byte).collect();
        Some(Self { field, side: cells, ..drawing })
    }

    /// Light strokes on dark ground: `size`² bytes, strokes widened by `more` (a share of the side) on either edge.
    fn drawn(&self, size: usize, more: f32) -> Arc<[u8]> {
        let distance = |x: usize, y: usize| (f32::from(self.field[y * self.side + x]) - 128.0) / 127.0 * REACH;
        // A pixel whose centre lies on the edge is half covered.
        let covered = |distance: f32| (0.5 + (distance + more) * size as f32).clamp(0.0, 1.0);
        resampled(self.side, size, distance).map(|distance| (255.0 * covered(distance)).round() as u8).collect()
    }
}

/// Values at the centres of `to`² cells between those at the centres of `from`² cells, linear in both directions.
fn resampled(from: usize, to: usize, value: impl Fn(usize, usize) -> f32) -> impl Iterator<Item = f32> {
    let place = move |i: usize| {
        let at = ((i as f32 + 0.5) * from as f32 / to as f32 - 0.5).clamp(0.0, (from - 1) as f32);
        (at as usize, (at as usize + 1).min(from - 1), at.fract())
    };
    (0..to * to).map(move |i| {
        let ((left, right, across), (top, bottom, down)) = (place(i % to), place(i / to));
        let row = |y: usize| value(left, y) * (1.0 - across) + value(right, y) * across;
        row(top) * (1.0 - down) + row(bottom) * down
    })
}

/// The two shades of a drawing.
struct Shades {
    /// Whether strokes are the darker of them.
    dark: bool,
    /// The shade of the ground, and that of strokes.
    means: [f32; 2],
}

impl Shades {
    /// `None` if two shades are not all that there is, or if the rarer one looks like no strokes.
    fn of(square: &DynamicImage) -> Option<Self> {
        let side = square.width();
        let looked = side.min(LOOKED_AT);
        let place = |i: u32| (u64::from(i) * u64::from(side) / u64::from(looked)) as u32;
        let (mut all, mut border) = ([0_u32; 256], [0_u32; 256]);
        for y in 0..looked {
            for x in 0..looked {
                let value = usize::from(brightness(square.get_pixel(place(x), place(y))));
                all[value] += 1;
                border[value] += u32::from(x.min(y) == 0 || x.max(y) + 1 == looked);
            }
        }
        let (threshold, means) = two_shades(&all)?;
        let share = |counts: &[u32; 256]| {
            let [below, above] = [&counts[..threshold], &counts[threshold..]].map(|part| part.iter().sum::<u32>());
            below as f32 / (below + above).max(1) as f32
        };
        let dark = share(&all) < 0.5;
        let covered = [&all, &border].map(|counts| if dark { share(counts) } else { 1.0 - share(counts) });
        let fits = covered.iter().zip(COVERED).all(|(covered, most)| *covered <= most);
        fits.then(|| Self { dark, means: if dark { [means[1], means[0]] } else { means } })
    }

    /// Where there are strokes, row by row, and how many pixels a row has.
    fn strokes(&self, square: &DynamicImage) -> (Vec<bool>, usize) {
        let side = square.width();
        let mut grey = GrayImage::from_fn(side, side, |x, y| Luma([brightness(square.get_pixel(x, y))]));
        if side > LOOKED_AT {
            grey = imageops::thumbnail(&grey, LOOKED_AT, LOOKED_AT);
        } else if side < FINE {
            grey = imageops::resize(&grey, 2 * side, 2 * side, FilterType::CatmullRom);
        }
        let [ground, ink] = self.means;
        let stroke = |pixel: &Luma<u8>| (f32::from(pixel.0[0]) - ground) / (ink - ground) > INK;
        (grey.pixels().map(stroke).collect(), grey.width() as usize)
    }
}

/// Divides shades where the two parts differ most (Otsu 1979): the first shade of the lighter part, and the parts' means;
/// `None` if they do not differ enough.
fn two_shades(counts: &[u32; 256]) -> Option<(usize, [f32; 2])> {
    let (mut all, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for (shade, &count) in counts.iter().enumerate() {
        let (shade, count) = (shade as f64, f64::from(count));
        (all, sum, squares) = (all + count, sum + count * shade, squares + count * shade * shade);
    }
    let variance = squares / all - (sum / all).powi(2);
    let (mut below, mut sum_below) = (0.0, 0.0);
    let mut best = (0.0, 0, [0.0; 2]);
    for (shade, &count) in counts.iter().enumerate().take(255) {
        below += f64::from(count);
        sum_below += f64::from(count) * shade as f64;
        let means = [sum_below / below, (sum - sum_below) / (all - below)];
        let between = below * (all - below) / (all * all) * (means[1] - means[0]).powi(2);
        if between > best.0 {
            best = (between, shade + 1, means);
        }
    }
    let (between, threshold, means) = best;
    let means = means.map(|mean| mean as f32);
    let two = between >= f64::from(TWO_SHADES) * variance && means[1] - means[0] >= CONTRAST;
    two.then_some((threshold, means))
}

fn brightness(Rgba([r, g, b, _]): Rgba<u8>) -> u8 {
    super::values::brightness(&[r, g, b])
}

/// How the images of a set are to be drawn, if they are drawings.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Drawn {
    /// Whether strokes were darker than their ground.
    dark: bool,
    /// Pixels a side.
    size: usize,
    /// The width that most strokes have, as a share of the side.
    width: f32,
    /// By how much strokes are widened on either edge, as a share of the side.
    more: f32,
}

impl Drawn {
    /// Of all images of a set; `None` if most of them are no drawings.
    fn of(images: &[Option<&Drawing>], reading: ImageReading) -> Option<Self> {
        let dark = 2 * images.iter().flatten().filter(|drawing| drawing.dark).count() > images.iter().flatten().count();
        let alike = || images.iter().copied().flatten().filter(|drawing| drawing.dark == dark);
        if images.is_empty() || (alike().count() as f32) < MOST * images.len() as f32 {
            return None;
        }
        let width = median(alike().map(|drawing| drawing.width));
        let most = SIDES[SIDES.len() - 1];
        let fits = |side: &usize| width * *side as f32 >= CHOSEN;
        let lost = width * (if reading.by_strokes { SIDES[0] } else { reading.size } as f32) < LOST;
        let chosen = (lost && reading.by_strokes).then(|| SIDES.into_iter().find(fits).unwrap_or(most));
        let size = chosen.unwrap_or(reading.size);
        let more = if lost { ((STROKE - width) / 2.0).max(0.0) } else { 0.0 };
        Some(Self { dark, size, width, more })
    }
}

/// Draws the images of a set anew, if they are grey and most of them are drawings: light on dark, and with strokes that
/// can be seen. Gives their new size, and what is to be said of it.
pub(super) fn draw_again(
    mut images: Vec<(&mut Arc<[u8]>, Option<Drawing>)>,
    reading: ImageReading,
) -> Option<(usize, Vec<Words>)> {
    let area = reading.size * reading.size;
    if reading.colour == ImageColour::Colour || images.iter().any(|(pixels, _)| pixels.len() != area) {
        return None;
    }
    let drawings: Vec<_> = images.iter().map(|(_, drawing)| drawing.as_ref()).collect();
    let Drawn { dark, size, width, more } = Drawn::of(&drawings, reading)?;
    let turned = |value: u8, turn: bool| if turn { 255 - value } else { value };
    for (pixels, drawing) in &mut images {
        **pixels = match drawing.as_ref().filter(|drawing| drawing.dark == dark && more > 0.0 && drawing.side > 0) {
            Some(drawing) => {
                drawing.drawn(size, more).iter().map(|&value| turned(value, reading.invert && !dark)).collect()
            }
            None => {
                let small = resized(pixels, reading.size, size);
                small.iter().map(|&value| turned(value, dark && !reading.invert)).collect()
            }
        };
    }
    let shade = match (dark, reading.invert) {
        (true, false) => Some(text("drawings in dark strokes: turned to light on dark", "深色线条画：已转为深底浅色")),
        (true, true) => Some(text(
            "drawings in dark strokes: inverted as asked, which makes them light on dark",
            "深色线条画：已按要求反色，成为深底浅色",
        )),
        (false, true) => Some(text(
            "drawings in light strokes: inverted as asked, which makes them dark on light",
            "浅色线条画：已按要求反色，成为浅底深色",
        )),
        (false, false) => None,
    };
    let mut notes: Vec<Words> = shade.into_iter().map(Words::from).collect();
    if more > 0.0 {
        let [from, to] = [width, width + 2.0 * more].map(|width| format!("{:.1}", 100.0 * width));
        notes.push(Words::both(
            format!(
                "drawings in thin strokes: widened from {from} to {to} % of the side before they were shrunk to {size} x {size}"
            ),
            format!("细笔画的线条画：缩小到 {size} × {size} 之前，笔画由边长的 {from} % 加粗到 {to} %"),
        ));
    }
    Some((size, notes))
}

fn resized(pixels: &Arc<[u8]>, from: usize, to: usize) -> Arc<[u8]> {
    let [old, new] = [from, to].map(|side| side as u32);
    match GrayImage::from_raw(old, old, pixels.to_vec()) {
        Some(image) if from != to => imageops::resize(&image, new, new, FilterType::Lanczos3).into_raw().into(),
        _ => pixels.clone(),
    }
}

/// 0 of none.
fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
