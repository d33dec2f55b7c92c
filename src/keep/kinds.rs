//! What a run can be written as: an entry for each kind of file, found by the ending of its name.

use std::io::Cursor;
use std::path::Path;

use super::run_file::{ENDING, ImageFacts, RunFile, RunFileError};
use super::{chart, film_strip, metrics, report};
use crate::experiment::ExperimentError;
use crate::text::{Text, text};
use crate::train::shown::KnobMark;
use crate::train::trainer::Saved;

/// A run, and what it does not know of itself.
pub struct Subject<'a> {
    /// The run.
    pub saved: &'a Saved,
    /// Its images, where it has some.
    pub images: Option<ImageFacts>,
    /// Knob changes that are still to come.
    pub coming: &'a [KnobMark],
}

/// One kind of file.
pub struct Kind {
    /// What its names end in.
    pub ending: &'static str,
    /// What it is called.
    pub name: Text,
    /// One sentence: what is in it.
    pub about: Text,
    bytes: fn(&Subject<'_>) -> Result<Vec<u8>, RunFileError>,
}

/// All of them; the first is for a name without a known ending.
pub static KINDS: [Kind; 6] = [
    Kind {
        ending: ENDING,
        name: text("Run", "运行"),
        about: text("Everything that the run has learned: it goes on exactly", "这次运行学到的一切，可以原样继续"),
        bytes: |subject| run_file(subject)?.bytes(),
    },
    Kind {
        ending: "html",
        name: text("Report", "报告"),
        about: text(
            "One page with settings, curves, pictures and figures, which opens without a network",
            "一个网页，含设置、曲线、图像和数值，无需联网即可打开",
        ),
        bytes: |subject| Ok(report::html(subject, &run_file(subject)?)?.into_bytes()),
    },
    Kind {
        ending: "csv",
        name: text("Table of measurements", "测量表"),
        about: text(
            "Every measurement so far, with the columns of metrics.csv",
            "到目前为止的所有测量，列与 metrics.csv 相同",
        ),
        bytes: |subject| {
            let table = metrics::table(&run_file(subject)?.experiment, subject.saved.rows());
            table.map_err(|error| ExperimentError::Text { message: error.to_string() }.into())
        },
    },
    Kind {
        ending: "svg",
        name: text("Drawing of the losses", "损失曲线图"),
        about: text("The curves of the losses, to be enlarged as far as one likes", "损失曲线的矢量图，可任意放大"),
        bytes: |subject| Ok(chart::losses(&subject.saved.curves(), subject.saved.marks()).into_bytes()),
    },
    Kind {
        ending: "png",
        name: text("Film-strip", "连环图"),
        about: text(
            "The held-out tasks that are shown, from each start, step by step",
            "所示的留出任务，从每个起点逐步适应的结果",
        ),
        bytes: |subject| {
            let mut png = Cursor::new(Vec::new());
            let drawn = film_strip::draw(subject.saved.evaluation()).write_to(&mut png, image::ImageFormat::Png);
            drawn.map_err(|error| ExperimentError::Text { message: error.to_string() })?;
            Ok(png.into_inner())
        },
    },
    Kind {
        ending: "toml",
        name: text("Experiment", "实验"),
        about: text(
            "Settings and the knobs that were turned: metascope run replays it",
            "设置以及改动过的设置，metascope run 可以重放",
        ),
        bytes: |subject| Ok(run_file(subject)?.experiment.to_text()?.into_bytes()),
    },
];

/// The kind of a file of this name.
pub fn of(path: &Path) -> &'static Kind {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    KINDS.iter().find(|kind| ending.as_deref().is_some_and(|ending| ending == kind.ending)).unwrap_or(&KINDS[0])
}

impl Kind {
    /// The file's content.
    ///
    /// # Errors
    /// If the run cannot be written down.
    pub fn bytes(&self, subject: &Subject<'_>) -> Result<Vec<u8>, RunFileError> {
        (self.bytes)(subject)
    }
}

fn run_file(subject: &Subject<'_>) -> Result<RunFile, RunFileError> {
    Ok(RunFile { coming: subject.coming.to_vec(), ..RunFile::new(subject.saved, subject.images.clone())? })
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.ending)
    }
}
