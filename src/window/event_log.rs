//! Lines for scripts that watch the window: `EVENT …` on standard error and frame statistics in a
//! file, each switched on by an environment variable.

use std::cell::RefCell;
use std::fmt::Arguments;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::settings::LiveSettings;

/// Frames that are kept for the percentiles.
const KEPT_FRAMES: usize = 100_000;

/// Writes `EVENT` lines if `METASCOPE_EVENTS=1`.
#[derive(Debug)]
pub struct EventLog {
    on: bool,
}

impl EventLog {
    /// Reads the environment once.
    pub fn from_env() -> Self {
        Self { on: std::env::var("METASCOPE_EVENTS").is_ok_and(|value| value == "1") }
    }

    /// Writes one line.
    pub fn say(&self, event: Arguments<'_>) {
        if self.on {
            eprintln!("EVENT {event}");
        }
    }
}

/// Collects frame times, the delay from a knob to the end of the frame that marks it in the plots,
/// and to the first snapshot of a trainer that obeys it, and appends
/// them to the file named by `METASCOPE_FRAME_STATS` when the window closes.
#[derive(Debug)]
pub struct FrameStats {
    path: Option<PathBuf>,
    frame_secs: Vec<f32>,
    shown: RefCell<Shown>,
    frames: u64,
    waiting: Option<(LiveSettings, Instant)>,
    delays: Vec<f32>,
}

/// What is known when a frame is on the screen.
#[derive(Debug, Default)]
struct Shown {
    whole_secs: Vec<f32>,
    /// When a knob was turned whose mark is on the next frame that is shown.
    unseen: Option<Instant>,
    seen: Vec<f32>,
}

impl FrameStats {
    /// Reads the environment once.
    pub fn from_env() -> Self {
        let path = std::env::var_os("METASCOPE_FRAME_STATS").map(PathBuf::from);
        Self { path, frame_secs: Vec::new(), shown: RefCell::default(), frames: 0, waiting: None, delays: Vec::new() }
    }

    /// Counts a frame and its processor time.
    pub fn frame(&mut self, cpu_usage: Option<f32>) {
        self.frames += 1;
        if self.path.is_some()
            && self.frame_secs.len() < KEPT_FRAMES
            && let Some(secs) = cpu_usage
        {
            self.frame_secs.push(secs);
        }
    }

    /// Counts a frame's time from its layout until it was on the screen.
    pub fn shown(&self, whole: Duration) {
        let mut shown = self.shown.borrow_mut();
        if self.path.is_some() && shown.whole_secs.len() < KEPT_FRAMES {
            shown.whole_secs.push(whole.as_secs_f32());
        }
        if let Some(at) = shown.unseen.take() {
            shown.seen.push(at.elapsed().as_secs_f32());
        }
    }

    /// A knob was turned.
    pub fn knob_sent(&mut self, live: &LiveSettings) {
        if self.path.is_some() {
            self.waiting = Some((live.clone(), Instant::now()));
            // The plots are drawn after the knobs: this frame has the mark.
            self.shown.get_mut().unseen.get_or_insert(Instant::now());
        }
    }

    /// A snapshot with these settings arrived.
    pub fn snapshot_arrived(&mut self, live: &LiveSettings) {
        if let Some((sent, at)) = &self.waiting
            && sent == live
        {
            self.delays.push(at.elapsed().as_secs_f32());
            self.waiting = None;
        }
    }

    fn report(&mut self) -> String {
        let [p50, p95, p99] = percentiles(&mut self.frame_secs);
        let [whole_p50, whole_p95, whole_p99] = percentiles(&mut self.shown.get_mut().whole_secs);
        let [knob_p50, knob_p95, _] = percentiles(&mut self.delays);
        let [seen_p50, seen_p95, _] = percentiles(&mut self.shown.get_mut().seen);
        format!(
            "frames={} cpu_p50_ms={p50:.2} cpu_p95_ms={p95:.2} cpu_p99_ms={p99:.2} whole_p50_ms={whole_p50:.2} whole_p95_ms={whole_p95:.2} whole_p99_ms={whole_p99:.2} knobs={} knob_p50_ms={knob_p50:.1} knob_p95_ms={knob_p95:.1} marked_p50_ms={seen_p50:.1} marked_p95_ms={seen_p95:.1}\n",
            self.frames,
            self.delays.len()
        )
    }
}

impl Drop for FrameStats {
    fn drop(&mut self) {
        let Some(path) = self.path.take() else { return };
        let line = self.report();
        let written = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(line.as_bytes()));
        if let Err(error) = written {
            eprintln!("{}: {error}", path.display());
        }
    }
}

/// Median, 95th and 99th percentile in milliseconds.
fn percentiles(secs: &mut [f32]) -> [f32; 3] {
    secs.sort_by(f32::total_cmp);
    [0.5, 0.95, 0.99].map(|share| {
        let index = (share * secs.len().saturating_sub(1) as f32).round() as usize;
        secs.get(index).map_or(0.0, |value| value * 1000.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_of_few_frames() {
        assert_eq!(percentiles(&mut []), [0.0, 0.0, 0.0]);
        assert_eq!(percentiles(&mut [0.003, 0.001, 0.002]), [2.0, 3.0, 3.0]);
    }
}
