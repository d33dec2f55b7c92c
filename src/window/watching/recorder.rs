//! The benchmark of the window: what is noted while it is driven through its views, and the figures made of it.
//! It knows nothing of how a window is drawn.

use std::collections::BTreeMap;

use serde::Serialize;
use web_time::{Duration, Instant};

use super::threads::{Load, Threads, Watch, resident};
use crate::columns::columns;

/// The row of all views' frames together.
const ALL: &str = "all";

/// Collects what happens from frame to frame.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// When the program was started.
    begun: Instant,
    views: Vec<View>,
    delays: Delays,
    start: Start,
    /// Processor time of the window's thread and of those that draw for it, at the last frame's end: to ask for it at
    /// a frame's beginning would lengthen what is measured.
    spent: [Option<Duration>; 2],
    window: Threads,
    /// Of a graphics driver that draws on the processor.
    drawers: Threads,
    /// Those that train, since the view's beginning.
    trainers: Watch,
}

/// The frames of one view.
#[derive(Clone, Debug)]
struct View {
    name: String,
    own: Vec<f32>,
    whole: Vec<f32>,
    processor: Vec<f32>,
    drawing: Vec<f32>,
    reached: bool,
    memory: [Option<f64>; 2],
    /// Of the threads that train, until its end.
    training: Option<Load>,
}

/// Delays from an input to what it causes, in milliseconds.
#[derive(Clone, Debug, Default)]
struct Delays {
    marked: Vec<f32>,
    obeyed: Vec<f32>,
}

/// What a person waits for at the start: each the time from the start of the program until a frame that has it
/// is on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Start {
    /// Anything.
    pub first_frame_ms: Option<f32>,
    /// A snapshot with a measured loss.
    pub first_point_ms: Option<f32>,
    /// A snapshot of a run that has done a meta-iteration.
    pub first_iteration_ms: Option<f32>,
}

/// Median, 95th and 99th percentile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Median.
    pub p50: f32,
    /// 95th percentile.
    pub p95: f32,
    /// 99th percentile.
    pub p99: f32,
}

/// The figures of one view.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ViewReport {
    /// The window's own work for a frame: input, layout, tessellation and handing it to the graphics driver.
    pub own_ms: Spread,
    /// A frame from its first line of layout until it is on the screen.
    pub whole_ms: Spread,
    /// Processor time of the window's thread from one frame's end to the next, which other programs do not lengthen;
    /// Linux only.
    pub processor_ms: Spread,
    /// The same of a graphics driver's threads, where it draws on the processor.
    pub drawing_ms: Spread,
    /// Frames that were drawn.
    pub frames: usize,
    /// Resident memory at the view's beginning and at its end, in megabytes; `None` where the system does not say.
    pub memory_mb: [Option<f64>; 2],
    /// How much of the processor time that training could use it got, as a share; Linux only.
    pub training_got: Option<f64>,
}

/// The delays from turning a knob.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    /// Until the frame with its mark is on the screen.
    pub marked: Spread,
    /// Until the window has a snapshot of a trainer that obeys it.
    pub obeyed: Spread,
    /// How many turns were measured.
    pub turns: usize,
}

/// All figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WindowReport {
    /// By name, "all" for all frames together.
    #[serde(flatten)]
    pub views: BTreeMap<String, ViewReport>,
    /// From input to effect.
    pub latency_ms: Latency,
    /// From the start of the program.
    pub start: Start,
    /// Views that never showed what they are to show: their figures mean nothing.
    pub missed: Vec<String>,
    /// The order of the views.
    #[serde(skip)]
    order: Vec<String>,
}

impl Recorder {
    /// For a program that was started then.
    pub fn new(begun: Instant) -> Self {
        Self {
            begun,
            views: Vec::new(),
            delays: Delays::default(),
            start: Start::default(),
            spent: [None; 2],
            window: Threads::this(),
            drawers: Threads::default(),
            trainers: Watch::default(),
        }
    }

    /// From now on frames belong to this view.
    pub fn enter(&mut self, name: impl Into<String>) {
        self.leave();
        self.drawers = Threads::named(&["llvmpipe"]);
        self.trainers = Watch::over(&["trainer", "tasks-"]);
        let memory = [resident(), None];
        self.views.push(View {
            name: name.into(),
            own: Vec::new(),
            whole: Vec::new(),
            processor: Vec::new(),
            drawing: Vec::new(),
            reached: false,
            memory,
            training: None,
        });
    }

    /// The last view is over.
    pub fn leave(&mut self) {
        if let Some(view) = self.views.last_mut() {
            view.memory[1] = resident();
            view.training = self.trainers.load();
        }
    }

    fn spent(&self) -> [Option<Duration>; 2] {
        [&self.window, &self.drawers].map(|threads| threads.load().map(|load| load.running))
    }

    /// The window's own work for the last frame that was shown.
    pub fn own(&mut self, secs: f32) {
        if let Some(view) = self.views.last_mut() {
            view.own.push(1000.0 * secs);
        }
    }

    /// A frame is on the screen, after so long. It shows a measured loss, and a run that has done a meta-iteration.
    pub fn shown(&mut self, whole: Duration, [point, iteration]: [bool; 2]) {
        let now_spent = self.spent();
        if let Some(view) = self.views.last_mut() {
            view.whole.push(1000.0 * whole.as_secs_f32());
            let spent = |index: usize| Some(1000.0 * now_spent[index]?.checked_sub(self.spent[index]?)?.as_secs_f32());
            view.processor.extend(spent(0));
            view.drawing.extend(spent(1));
        }
        self.spent = now_spent;
        let now = 1000.0 * self.begun.elapsed().as_secs_f32();
        let Start { first_frame_ms, first_point_ms, first_iteration_ms } = &mut self.start;
        for (first, is) in [(first_frame_ms, true), (first_point_ms, point), (first_iteration_ms, iteration)] {
            if is {
                first.get_or_insert(now);
            }
        }
    }

    /// The view shows what it is to show.
    pub fn reached(&mut self) {
        if let Some(view) = self.views.last_mut() {
            view.reached = true;
        }
    }

    /// A knob's mark is on the screen, so long after it was turned.
    pub fn marked(&mut self, delay: Duration) {
        self.delays.marked.push(1000.0 * delay.as_secs_f32());
    }

    /// A snapshot obeys a knob, so long after it was turned.
    pub fn obeyed(&mut self, delay: Duration) {
        self.delays.obeyed.push(1000.0 * delay.as_secs_f32());
    }

    /// The figures so far.
    pub fn report(&self) -> WindowReport {
        let every = |of: fn(&View) -> &Vec<f32>| self.views.iter().flat_map(of).copied().collect();
        let all = View {
            name: ALL.to_owned(),
            own: every(|view| &view.own),
            whole: every(|view| &view.whole),
            processor: every(|view| &view.processor),
            drawing: every(|view| &view.drawing),
            reached: true,
            memory: [
                self.views.first().and_then(|view| view.memory[0]),
                self.views.last().and_then(|view| view.memory[1]),
            ],
            training: Some(self.views.iter().filter_map(|view| view.training).sum()),
        };
        WindowReport {
            views: self.views.iter().chain([&all]).map(|view| (view.name.clone(), view.report())).collect(),
            missed: self.views.iter().filter(|view| !view.reached).map(|view| view.name.clone()).collect(),
            order: self.views.iter().map(|view| view.name.clone()).collect(),
            latency_ms: Latency {
                marked: Spread::of(&self.delays.marked),
                obeyed: Spread::of(&self.delays.obeyed),
                turns: self.delays.marked.len(),
            },
            start: self.start,
        }
    }
}

impl View {
    fn report(&self) -> ViewReport {
        ViewReport {
            own_ms: Spread::of(&self.own),
            whole_ms: Spread::of(&self.whole),
            processor_ms: Spread::of(&self.processor),
            drawing_ms: Spread::of(&self.drawing),
            frames: self.whole.len(),
            memory_mb: self.memory,
            training_got: self.training.and_then(Load::share),
        }
    }
}

impl Spread {
    /// Of these values; zeros if there are none.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a f32>) -> Self {
        let mut sorted: Vec<f32> = values.into_iter().copied().collect();
        sorted.sort_by(f32::total_cmp);
        let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|share| {
            let index = (share * sorted.len().saturating_sub(1) as f32).round() as usize;
            sorted.get(index).copied().unwrap_or(0.0)
        });
        Self { p50, p95, p99 }
    }

    fn text(self) -> String {
        format!("{:.1} {:.1} {:.1}", self.p50, self.p95, self.p99)
    }
}

impl WindowReport {
    /// Whether everything was measured.
    ///
    /// # Errors
    /// What was not.
    pub fn check(&self) -> Result<(), String> {
        match &self.missed[..] {
            [] if self.latency_ms.turns == 0 => {
                Err("the knob was never turned: the window was closed early".to_owned())
            }
            [] => Ok(()),
            missed => Err(format!("these views were not reached: {}", missed.join(", "))),
        }
    }
}

/// The report as text.
pub fn table(report: &WindowReport) -> String {
    let heads = [
        "view",
        "frames",
        "own work ms",
        "whole frame ms",
        "its processor ms",
        "drawing threads ms",
        "memory MB",
        "training gets",
    ];
    let mut lines = vec![heads.map(str::to_owned)];
    for name in report.order.iter().map(String::as_str).chain([ALL]) {
        let Some(view) = report.views.get(name) else { continue };
        let [begin, end] = view.memory_mb.map(|size| size.map_or("?".to_owned(), |size| format!("{size:.0}")));
        let memory = format!("{begin} to {end}");
        let times = [view.own_ms, view.whole_ms, view.processor_ms, view.drawing_ms].map(Spread::text);
        let [own, whole, processor, drawing] = times;
        let training = view.training_got.map_or("?".to_owned(), |share| format!("{:.0} %", 100.0 * share));
        lines.push([name.to_owned(), view.frames.to_string(), own, whole, processor, drawing, memory, training]);
    }
    let Latency { marked, obeyed, turns } = report.latency_ms;
    let Start { first_frame_ms, first_point_ms, first_iteration_ms } = report.start;
    let [frame, point, iteration] = [first_frame_ms, first_point_ms, first_iteration_ms]
        .map(|ms| ms.map_or("never".to_owned(), |ms| format!("{ms:.0} ms")));
    format!(
        "{}Times are the median, 95th and 99th percentile. Training gets so much of the processor time it could use.\n\
         Knob, {turns} turns: its mark is on the screen after {} ms, a snapshot obeys it after {} ms.\n\
         Start: the first frame is on the screen after {frame}, a measured loss after {point}, \
         a meta-iteration after {iteration}.\n",
        columns(&lines),
        marked.text(),
        obeyed.text(),
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn percentiles() {
        let values: Vec<f32> = (0..=100).rev().map(|value| value as f32).collect();
        assert_eq!(Spread::of(&values), Spread { p50: 50.0, p95: 95.0, p99: 99.0 });
        assert_eq!(Spread::of(&[7.0]), Spread { p50: 7.0, p95: 7.0, p99: 7.0 });
        assert_eq!(Spread::of(&[0.0; 0]), Spread::default());
    }

    #[test]
    fn frames_belong_to_their_view() {
        let mut recorder = Recorder::new(Instant::now());
        let ms = Duration::from_millis;
        recorder.enter("faces");
        recorder.shown(ms(20), [false, false]);
        recorder.own(0.004);
        recorder.shown(ms(30), [true, false]);
        recorder.enter("sine");
        recorder.shown(ms(40), [true, true]);
        recorder.reached();
        recorder.marked(ms(25));
        recorder.leave();
        let report = recorder.report();
        assert_eq!([report.views["faces"].frames, report.views["sine"].frames, report.views["all"].frames], [2, 1, 3]);
        assert!((report.views["all"].own_ms.p99 - 4.0).abs() < 1e-3);
        assert_eq!(report.latency_ms.turns, 1);
        assert_eq!(report.missed, ["faces"]);
        let Start { first_frame_ms, first_point_ms, first_iteration_ms } = report.start;
        assert!(first_frame_ms <= first_point_ms && first_point_ms <= first_iteration_ms);
        let json = serde_json::to_value(&report).unwrap();
        assert!(json["sine"]["whole_ms"]["p95"].as_f64().unwrap() > 39.0, "{json}");
        assert!(json["latency_ms"]["marked"]["p50"].as_f64().is_some(), "{json}");
        let table = table(&report);
        assert!(table.lines().nth(1).unwrap().starts_with("faces") && table.contains("all "), "{table}");
    }
}
