//! Films of the film-strip: over the run, and over the inner steps; as GIF and as APNG.

use egui::{RichText, Vec2, vec2};
use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, Frame, RgbaImage};

use super::printer::Printer;
use crate::keep::kinds::Kind;
use crate::keep::png;
use crate::keep::run_file::RunFileError;
use crate::keep::subject::Subject;
use crate::keep::work::Work;
use crate::meta::cancel::Cancel;
use crate::text::{Text, tell, text};
use crate::window::numbers;
use crate::window::samples::{Rows, Strip};
use crate::window::theme::Palette;

/// Frames over a run at the most.
const MOMENTS: usize = 60;
/// Milliseconds that a frame stays: over a run, over inner steps, and the last one of a GIF. An APNG's frames all stay as
/// long, as some readers count frames by the time.
const OVER_RUN: u16 = 120;
const OVER_STEPS: u16 = 500;
const LAST: u16 = 2000;
/// Sizes in pixels: two tasks with three rows of pictures.
const RUN_SIZE: Vec2 = vec2(960.0, 960.0);
const STEPS_SIZE: Vec2 = vec2(680.0, 960.0);
/// The slowest speed of choosing a GIF's colours is 1, the fastest 30.
const SPEED: i32 = 10;

/// The kinds of films.
pub static FILMS: [Kind; 4] = [
    Kind {
        ending: "gif",
        name: RUN_NAME,
        about: RUN_ABOUT,
        suffix: "-run",
        long: true,
        bytes: |run, work| over_run(run, work, Format::Gif),
    },
    Kind {
        ending: "apng",
        name: RUN_NAME,
        about: RUN_ABOUT,
        suffix: "-run",
        long: true,
        bytes: |run, work| over_run(run, work, Format::Apng),
    },
    Kind {
        ending: "gif",
        name: STEPS_NAME,
        about: STEPS_ABOUT,
        suffix: "-adaptation",
        long: true,
        bytes: |run, work| over_steps(run, work, Format::Gif),
    },
    Kind {
        ending: "apng",
        name: STEPS_NAME,
        about: STEPS_ABOUT,
        suffix: "-adaptation",
        long: true,
        bytes: |run, work| over_steps(run, work, Format::Apng),
    },
];

const RUN_NAME: Text = text("Film of the run", "训练过程动画");
const RUN_ABOUT: Text = text(
    "The film-strip over the run, a frame for each moment that the timeline holds, 60 at the most",
    "连环图随训练的变化，时间线上的每个时刻一帧，最多 60 帧",
);
const STEPS_NAME: Text = text("Film of the adaptation", "适应过程动画");
const STEPS_ABOUT: Text =
    text("The pictures as they are now, a frame for each inner step", "当前的图像，每个内循环步一帧");

#[derive(Clone, Copy)]
enum Format {
    Gif,
    Apng,
}

fn over_run(run: &Subject<'_>, work: &Work, format: Format) -> Result<Vec<u8>, RunFileError> {
    let mut reel = run.saved.reel(MOMENTS)?;
    let all = reel.len();
    let mut printer = Printer::new(RUN_SIZE);
    let mut strip = Strip::default();
    let wanted = || work.is_cancelled();
    encode(format, all, &run.share().to_text(), |index| {
        work.done(index, all)?;
        let evaluation = reel.next(Cancel::when(&wanted)).ok_or(RunFileError::Cancelled)?;
        let at = numbers::thousands(evaluation.meta_iteration);
        let title = tell(|| format!("Meta-iteration {at}"), || format!("第 {at} 次元迭代"));
        let rows = Rows::alone(&evaluation);
        let picture = print(&mut printer, run, &title, [index, all], |ui| strip.ui(ui, &rows))?;
        Ok((picture, if index + 1 == all { LAST } else { OVER_RUN }))
    })
}

fn over_steps(run: &Subject<'_>, work: &Work, format: Format) -> Result<Vec<u8>, RunFileError> {
    let mut rows = Rows::alone(run.saved.evaluation());
    let traces = rows.evaluation.tasks.iter().flat_map(|task| &task.traces);
    let all = traces.map(|trace| trace.outputs.len()).max().unwrap_or(0);
    let mut printer = Printer::new(STEPS_SIZE);
    let mut strip = Strip::default();
    encode(format, all, &run.share().to_text(), |step| {
        work.done(step, all)?;
        rows.only = Some(step);
        let title = tell(|| format!("Inner step k = {step}"), || format!("内循环步 k = {step}"));
        let picture = print(&mut printer, run, &title, [step, all], |ui| strip.ui(ui, &rows))?;
        Ok((picture, if step + 1 == all { LAST } else { OVER_STEPS }))
    })
}

/// A frame: what it is of, what is seen, and how far the film is.
fn print(
    printer: &mut Printer,
    run: &Subject<'_>,
    title: &str,
    [index, all]: [usize; 2],
    mut add: impl FnMut(&mut egui::Ui),
) -> Result<RgbaImage, RunFileError> {
    let start = &run.saved.start().run;
    let what = format!("{} · {}", start.tasks.label(), start.algorithm.label());
    let picture = printer.print(|ui| {
        let palette = Palette::of(ui);
        ui.horizontal(|ui| {
            ui.label(RichText::new(title).size(22.0).strong());
            ui.label(RichText::new(&what).size(16.0).color(palette.weak));
        });
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), egui::Sense::hover());
        let track = line.shrink2(vec2(0.0, 2.0));
        let share = (index + 1) as f32 / all.max(1) as f32;
        ui.painter().rect_filled(track, 1.0, palette.line);
        ui.painter().rect_filled(track.with_max_x(track.left() + share * track.width()), 1.0, palette.accent);
        add(ui);
    });
    picture.ok_or_else(|| RunFileError::text("no picture"))
}

/// So many frames, each with its time in milliseconds.
fn encode(
    format: Format,
    count: usize,
    text: &str,
    mut frame: impl FnMut(usize) -> Result<(RgbaImage, u16), RunFileError>,
) -> Result<Vec<u8>, RunFileError> {
    let mut bytes = Vec::new();
    match format {
        Format::Gif => {
            let mut encoder = GifEncoder::new_with_speed(&mut bytes, SPEED);
            encoder.set_repeat(Repeat::Infinite).map_err(RunFileError::text)?;
            for index in 0..count {
                let (picture, time) = frame(index)?;
                let delay = Delay::from_numer_denom_ms(u32::from(time), 1);
                encoder.encode_frame(Frame::from_parts(picture, 0, 0, delay)).map_err(RunFileError::text)?;
            }
        }
        Format::Apng => {
            let first = (count > 0).then(|| frame(0)).transpose()?;
            let Some((picture, time)) = first else { return Ok(bytes) };
            let size = [picture.width(), picture.height()];
            let mut encoder =
                png::encoder(&mut bytes, size, ::png::ColorType::Rgba, text).map_err(RunFileError::text)?;
            encoder.set_animated(u32::try_from(count).unwrap_or(1), 0).map_err(RunFileError::text)?;
            encoder.set_frame_delay(time, 1000).map_err(RunFileError::text)?;
            let mut writer = encoder.write_header().map_err(RunFileError::text)?;
            writer.write_image_data(picture.as_raw()).map_err(RunFileError::text)?;
            for index in 1..count {
                let (picture, _) = frame(index)?;
                writer.write_image_data(picture.as_raw()).map_err(RunFileError::text)?;
            }
            writer.finish().map_err(RunFileError::text)?;
        }
    }
    Ok(bytes)
}
