//! Frame statistics in a file, for scripts that watch the window.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use web_time::{Duration, Instant};

use super::Observer;
use super::recorder::Spread;
use crate::settings::LiveSettings;
use crate::train::snapshot::Snapshot;

/// Frames that are kept for the percentiles.
const KEPT_FRAMES: usize = 100_000;

/// Collects frame times, the delay from a knob to the end of the frame that marks it in the plots, and to the first
/// snapshot of a trainer that obeys it, and appends them to a file when the window closes. All in milliseconds.
#[derive(Debug, Default)]
pub struct FrameStats {
    path: PathBuf,
    frames: u64,
    own: Vec<f32>,
    whole: Vec<f32>,
    unobeyed: Option<(LiveSettings, Instant)>,
    obeyed: Vec<f32>,
    /// When a knob was turned whose mark is on the next frame that is shown: plots are drawn after knobs.
    unmarked: Option<Instant>,
    marked: Vec<f32>,
}

impl FrameStats {
    /// If `METASCOPE_FRAME_STATS` names a file.
    pub fn from_env() -> Option<Self> {
        let path = PathBuf::from(std::env::var_os("METASCOPE_FRAME_STATS")?);
        let mut stats = Self::default();
        stats.path = path;
        Some(stats)
    }

    fn report(&self) -> String {
        let [own, whole] = [&self.own, &self.whole].map(Spread::of);
        let [obeyed, marked] = [&self.obeyed, &self.marked].map(Spread::of);
        format!(
            "frames={} cpu_p50_ms={:.2} cpu_p95_ms={:.2} cpu_p99_ms={:.2} whole_p50_ms={:.2} whole_p95_ms={:.2} whole_p99_ms={:.2} knobs={} knob_p50_ms={:.1} knob_p95_ms={:.1} marked_p50_ms={:.1} marked_p95_ms={:.1}\n",
            self.frames,
            own.p50,
            own.p95,
            own.p99,
            whole.p50,
            whole.p95,
            whole.p99,
            self.obeyed.len(),
            obeyed.p50,
            obeyed.p95,
            marked.p50,
            marked.p95,
        )
    }
}

impl Observer for FrameStats {
    fn frame_begins(&mut self, last_own: Option<f32>) {
        self.frames += 1;
        if self.own.len() < KEPT_FRAMES {
            self.own.extend(last_own.map(|secs| 1000.0 * secs));
        }
    }

    fn knobs_sent(&mut self, live: &LiveSettings) {
        let now = Instant::now();
        self.unobeyed = Some((live.clone(), now));
        self.unmarked.get_or_insert(now);
    }

    fn snapshot_came(&mut self, snapshot: &Snapshot, _: Option<&Snapshot>) {
        if let Some((_, at)) = self.unobeyed.take_if(|(live, _)| *live == snapshot.settings.live) {
            self.obeyed.push(milliseconds(at.elapsed()));
        }
    }

    fn frame_shown(&mut self, whole: Duration, _: Option<&Snapshot>) {
        if self.whole.len() < KEPT_FRAMES {
            self.whole.push(milliseconds(whole));
        }
        self.marked.extend(self.unmarked.take().map(|at| milliseconds(at.elapsed())));
    }
}

impl Drop for FrameStats {
    fn drop(&mut self) {
        let line = self.report();
        let file = OpenOptions::new().create(true).append(true).open(&self.path);
        if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
            eprintln!("{}: {error}", self.path.display());
        }
    }
}

fn milliseconds(time: Duration) -> f32 {
    1000.0 * time.as_secs_f32()
}
