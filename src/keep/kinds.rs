//! What a run can be written as: an entry for each kind of file, found by the ending of its name.

use std::path::Path;

use super::run_file::{ENDING, RunFileError};
use super::subject::Subject;
use super::work::Work;
use super::{chart, film_strip, metrics, png, report, singles};
use crate::text::{Text, text};

/// One kind of file.
pub struct Kind {
    /// What its names end in.
    pub ending: &'static str,
    /// What it is called.
    pub name: Text,
    /// One sentence: what is in it.
    pub about: Text,
    /// What stands behind the run in a file's name, where two kinds have the same ending.
    pub suffix: &'static str,
    /// Whether it takes so long that runs which are to be kept must not wait for it.
    pub long: bool,
    /// Its content.
    pub bytes: fn(&Subject<'_>, &Work) -> Result<Vec<u8>, RunFileError>,
}

/// All of them; the first is for a name without a known ending.
pub static KINDS: [Kind; 7] = [
    Kind {
        ending: ENDING,
        name: text("Run", "运行"),
        about: text("Everything that the run has learned: it goes on exactly", "这次运行学到的一切，可以原样继续"),
        suffix: "",
        long: false,
        bytes: |subject, _| subject.file()?.bytes(),
    },
    Kind {
        ending: "html",
        name: text("Report", "报告"),
        about: text(
            "One page with settings, curves, pictures and figures, which opens without a network",
            "一个网页，含设置、曲线、图像和数值，无需联网即可打开",
        ),
        suffix: "",
        long: true,
        bytes: |subject, work| Ok(report::html(subject, work)?.into_bytes()),
    },
    Kind {
        ending: "csv",
        name: text("Table of measurements", "测量表"),
        about: text(
            "Every measurement so far, with the columns of metrics.csv",
            "到目前为止的所有测量，列与 metrics.csv 相同",
        ),
        suffix: "",
        long: false,
        bytes: |subject, _| metrics::table(&subject.experiment(), subject.saved.rows()).map_err(RunFileError::text),
    },
    Kind {
        ending: "svg",
        name: text("Drawing of the losses", "损失曲线图"),
        about: text("The curves of the losses, to be enlarged as far as one likes", "损失曲线的矢量图，可任意放大"),
        suffix: "",
        long: false,
        bytes: |subject, _| Ok(chart::losses(&subject.saved.curves(), subject.saved.marks()).into_bytes()),
    },
    Kind {
        ending: "png",
        name: text("Film-strip", "连环图"),
        about: text(
            "The held-out tasks that are shown, from each start, step by step",
            "所示的留出任务，从每个起点逐步适应的结果",
        ),
        suffix: "",
        long: false,
        bytes: |subject, _| png::opaque(&film_strip::draw(subject.saved.evaluation()), &subject.share().to_text()),
    },
    Kind {
        ending: "zip",
        name: text("Pictures one by one", "逐张图像"),
        about: text(
            "What is given of each held-out task that is shown, and what the learned start makes of it, each a PNG of its own",
            "所示的每个留出任务的已知内容，以及学到的起点生成的图像，每张一个 PNG",
        ),
        suffix: "",
        long: false,
        bytes: |subject, _| singles::archive(subject),
    },
    Kind {
        ending: "toml",
        name: text("Experiment", "实验"),
        about: text(
            "Settings and the knobs that were turned: metascope run replays it",
            "设置以及改动过的设置，metascope run 可以重放",
        ),
        suffix: "",
        long: false,
        bytes: |subject, _| Ok(subject.experiment().to_text()?.into_bytes()),
    },
];

/// The kind of a file of this name, among those of [`KINDS`].
pub fn of(path: &Path) -> &'static Kind {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    KINDS.iter().find(|kind| ending.as_deref().is_some_and(|ending| ending == kind.ending)).unwrap_or(&KINDS[0])
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.ending)
    }
}
