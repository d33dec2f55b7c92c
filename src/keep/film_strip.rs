//! samples.png: the film-strip of the probe tasks without a window. Each task has three rows, one for
//! each initialisation (learned, random, joint pretraining), marked by a bar in its colour; the
//! columns are what is known of the task, then the output after inner step 0, 1, ….

use image::{Rgb, RgbImage, imageops};

use crate::train::snapshot::{Clustering, Confusion, Evaluation, Init, Panel, Picture};

/// Side of a cell in pixels.
const CELL: u32 = 64;
const GAP: u32 = 4;
const BAR: u32 = 4;
const GROUND: Rgb<u8> = Rgb([255; 3]);
const TRUTH: Rgb<u8> = Rgb([0xe6, 0x9f, 0x00]);
const SUPPORT: Rgb<u8> = Rgb([0x00, 0x72, 0xb2]);
/// Classes that only need to be told apart.
const CLASSES: [Rgb<u8>; 9] = [
    Rgb([0x00, 0x9e, 0x73]),
    Rgb([0xd5, 0x5e, 0x00]),
    Rgb([0x00, 0x72, 0xb2]),
    Rgb([0xcc, 0x79, 0xa7]),
    Rgb([0xc8, 0x86, 0x00]),
    Rgb([0x3b, 0x9f, 0xd8]),
    Rgb([0x6a, 0x4c, 0xb8]),
    Rgb([0x77, 0x77, 0x77]),
    Rgb([0x8a, 0x2f, 0x3c]),
];
const FRAME: Rgb<u8> = Rgb([0xdd; 3]);

/// Draws the learned start's row of the first probe task alone.
pub fn first_row(evaluation: &Evaluation) -> RgbImage {
    let mut sheet = draw(evaluation);
    let (width, height) = (sheet.width(), sheet.height().min(CELL + 2 * GAP));
    imageops::crop(&mut sheet, 0, 0, width, height).to_image()
}

/// Draws the learned start's rows alone, below one another.
pub fn learned(evaluation: &Evaluation) -> RgbImage {
    let all = draw(evaluation);
    let row = CELL + GAP;
    let mut sheet = RgbImage::from_pixel(all.width(), row * evaluation.tasks.len() as u32 + GAP, GROUND);
    for task in 0..evaluation.tasks.len() as u32 {
        let from = GAP + 3 * task * row + task * GAP;
        let strip = imageops::crop_imm(&all, 0, from, all.width(), CELL).to_image();
        imageops::replace(&mut sheet, &strip, 0, i64::from(GAP + task * row));
    }
    sheet
}

/// Draws all probe tasks below one another.
pub fn draw(evaluation: &Evaluation) -> RgbImage {
    let outputs = evaluation.tasks.iter().map(|task| task.traces[0].outputs.len()).max().unwrap_or(0);
    let given = evaluation.tasks.iter().map(|task| task.given.len()).max().unwrap_or(0);
    let columns = (given + outputs) as u32;
    let rows = 3 * evaluation.tasks.len() as u32;
    let task_gap = GAP * evaluation.tasks.len() as u32;
    let (width, height) = (BAR + columns * (CELL + GAP) + GAP, rows * (CELL + GAP) + GAP + task_gap);
    let mut sheet = RgbImage::from_pixel(width, height, GROUND);
    for (t, task) in evaluation.tasks.iter().enumerate() {
        for (i, (init, trace)) in Init::ALL.into_iter().zip(&task.traces).enumerate() {
            let y = GAP + (3 * t + i) as u32 * (CELL + GAP) + t as u32 * GAP;
            for dy in 0..CELL {
                (0..BAR).for_each(|x| sheet.put_pixel(x, y + dy, colour(init)));
            }
            let known = task.given.iter().map(|given| (&given.panel, TRUTH));
            let outputs = trace.outputs.iter().map(|panel| (panel, colour(init)));
            for (column, (panel, colour)) in known.chain(outputs).enumerate() {
                let x = BAR + GAP + column as u32 * (CELL + GAP);
                imageops::replace(&mut sheet, &cell(panel, colour), i64::from(x), i64::from(y));
            }
        }
    }
    sheet
}

fn colour(init: Init) -> Rgb<u8> {
    match init {
        Init::Learned => Rgb([0x00, 0x9e, 0x73]),
        Init::Random => Rgb([0xcc, 0x79, 0xa7]),
        Init::Joint => Rgb([0x56, 0xb4, 0xe9]),
    }
}

/// Draws a panel, what the network made of it in this colour.
fn cell(panel: &Panel, colour: Rgb<u8>) -> RgbImage {
    match panel {
        Panel::Picture { picture, .. } => enlarge(picture),
        Panel::Curve { support, xs, truth, fitted } => {
            let line = |ys: &[f32]| xs.iter().copied().zip(ys.iter().copied()).collect::<Vec<_>>();
            let x = [xs.first().copied().unwrap_or(0.0), xs.last().copied().unwrap_or(1.0)];
            let mut canvas = Canvas::new(x, range(truth.iter().chain(support.iter().map(|point| &point[1]))));
            canvas.line(&line(truth), TRUTH);
            support.iter().for_each(|point| canvas.dot(*point, SUPPORT));
            if let Some(values) = fitted {
                canvas.line(&line(values), colour);
            }
            canvas.pixels
        }
        Panel::Scatter { actual, support, predicted } => {
            let y = range(actual.iter());
            let mut canvas = Canvas::new(y, y);
            canvas.line(&[(y[0], y[0]), (y[1], y[1])], TRUTH);
            for (i, (&actual, &value)) in actual.iter().zip(predicted.as_deref().unwrap_or(actual)).enumerate() {
                canvas.dot([actual, value], if i < *support { SUPPORT } else { colour });
            }
            canvas.pixels
        }
        Panel::Matrix(confusion) => confused(confusion),
        Panel::Points { clustering, labels } => clustered(clustering, labels),
        Panel::Bars { chances, .. } => likely(chances, colour),
    }
}

/// A row for each true class, a column for each answer; the darker, the more of the class's images.
fn confused(confusion: &Confusion) -> RgbImage {
    let ways = confusion.ways as u32;
    RgbImage::from_fn(CELL, CELL, |x, y| {
        let share = confusion.shares[(y * ways / CELL * ways + x * ways / CELL) as usize];
        let full: [f32; 3] = if x * ways / CELL == y * ways / CELL { [0.0, 114.0, 178.0] } else { [213.0, 94.0, 0.0] };
        Rgb(full.map(|full| (255.0 - share * (255.0 - full)).round() as u8))
    })
}

/// A bar for each class, as long as it is likely.
fn likely(chances: &[f32], colour: Rgb<u8>) -> RgbImage {
    let ways = chances.len().max(1) as u32;
    RgbImage::from_fn(CELL, CELL, |x, y| {
        let filled = chances.get((y * ways / CELL) as usize).is_some_and(|chance| (x as f32) < chance * CELL as f32);
        if filled { colour } else { Rgb([255; 3]) }
    })
}

/// The points of a clustering, coloured by their true class.
fn clustered(clustering: &Clustering, labels: &[usize]) -> RgbImage {
    let mut canvas = Canvas::new([-2.5, 2.5], [-2.5, 2.5]);
    for (point, label) in clustering.points.iter().zip(labels) {
        canvas.dot(*point, CLASSES[label % CLASSES.len()]);
    }
    canvas.pixels
}

fn enlarge(picture: &Picture) -> RgbImage {
    imageops::resize(&picture.image(), CELL, CELL, imageops::FilterType::Nearest)
}

fn range<'a>(values: impl Iterator<Item = &'a f32>) -> [f32; 2] {
    let (low, high) = values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)));
    let margin = ((high - low) * 0.1).max(1e-3);
    [low - margin, high + margin]
}

/// A small plot.
struct Canvas {
    pixels: RgbImage,
    x: [f32; 2],
    y: [f32; 2],
}

impl Canvas {
    fn new(x: [f32; 2], y: [f32; 2]) -> Self {
        let frame = |i, j| i == 0 || j == 0 || i == CELL - 1 || j == CELL - 1;
        let pixels = RgbImage::from_fn(CELL, CELL, |i, j| if frame(i, j) { FRAME } else { GROUND });
        Self { pixels, x, y }
    }

    fn place(&self, point: [f32; 2]) -> [f32; 2] {
        let share = |value: f32, [low, high]: [f32; 2]| (value - low) / (high - low) * (CELL - 1) as f32;
        [share(point[0], self.x), (CELL - 1) as f32 - share(point[1], self.y)]
    }

    fn put(&mut self, at: [f32; 2], colour: Rgb<u8>) {
        let inside = at.iter().all(|&v| v >= 0.0 && v < CELL as f32);
        if inside {
            self.pixels.put_pixel(at[0] as u32, at[1] as u32, colour);
        }
    }

    fn dot(&mut self, point: [f32; 2], colour: Rgb<u8>) {
        let centre = self.place(point);
        for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
            self.put([centre[0] + dx, centre[1] + dy], colour);
        }
    }

    fn line(&mut self, points: &[(f32, f32)], colour: Rgb<u8>) {
        for pair in points.windows(2) {
            let [from, to] = [pair[0], pair[1]].map(|(x, y)| self.place([x, y]));
            if from.iter().chain(&to).any(|v| !v.is_finite() || v.abs() > 1e4) {
                continue;
            }
            let steps = (to[0] - from[0]).abs().max((to[1] - from[1]).abs()).ceil().max(1.0);
            for i in 0..=steps as usize {
                let share = i as f32 / steps;
                self.put([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])], colour);
            }
        }
    }
}
