//! What looking closely costs the trainer: its speed with one close-up view after another open, against its speed
//! with none. No window is there; what a window costs besides is the window's own benchmark.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use serde::Serialize;
use web_time::{Duration, Instant};

use super::{BenchError, median};
use crate::columns::columns;
use crate::images;
use crate::settings::{Algorithm, Settings, TaskFamily};
use crate::train::link::{Command, WindowEnd};
use crate::train::trainer::MetricsRow;
use crate::train::views::Focus;
use crate::train::worker::spawn;

/// Stretches with a view, at the least; before, between and after them are stretches without it.
const ROUNDS: u32 = 9;
/// Longer figures are of more stretches instead of longer ones: what slows the machine down comes and goes.
const SHORT: Duration = Duration::from_millis(400);
/// A stretch is a multiple of so many intervals between two measurements on held-out tasks, at every fourth of which
/// joint pretraining is measured too: so no stretch has more of them in it than another.
const INTERVALS: usize = 4;
/// A stretch goes on until the view has shown something, but not longer than this.
const LONGEST: Duration = Duration::from_secs(20);
/// A window takes snapshots this far apart.
const FRAME: Duration = Duration::from_millis(33);
/// A run that does nothing for so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one view costs one family.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// The task family.
    pub tasks: String,
    /// The view.
    pub view: &'static str,
    /// Meta-iterations a second without it.
    pub without: f64,
    /// Share of the speed that is lost with it: the median over the stretches, each against the mean of the two
    /// without it that are next to it.
    pub cost: f64,
    /// The quartiles of the same.
    pub quartiles: [f64; 2],
    /// In how many of the stretches it had something to show.
    pub shown: usize,
    /// How many there were.
    pub stretches: usize,
    /// Seconds until it had something to show, where it had: the median.
    pub shown_after: Option<f64>,
}

/// A view of a task family.
#[derive(Clone, Debug)]
pub struct View {
    tasks: TaskFamily,
    name: &'static str,
    focus: Focus,
}

impl View {
    /// "family/view".
    pub fn id(&self) -> String {
        format!("{}/{}", self.tasks.id(), self.name.replace(' ', "-"))
    }
}

/// Every view of every family.
pub(super) fn all() -> Vec<View> {
    let of = |tasks| Focus::views().into_iter().map(move |(name, focus)| View { tasks, name, focus });
    TaskFamily::ALL.into_iter().flat_map(of).collect()
}

/// The views with these names, or with all views of a family by its name alone; all if there are none.
///
/// # Errors
/// A name that no view and no family has.
pub fn named(names: &[String]) -> Result<Vec<View>, BenchError> {
    let is = |view: &View, name: &String| view.id() == *name || view.tasks.id() == name;
    let all = all();
    if let Some(name) = names.iter().find(|name| !all.iter().any(|view| is(view, name))) {
        return Err(BenchError::View(name.clone()));
    }
    Ok(all.into_iter().filter(|view| names.is_empty() || names.iter().any(|name| is(view, name))).collect())
}

/// These views, with a worker of so many threads; each is looked at for at least so long.
///
/// # Errors
/// A run that does not begin or stops.
pub fn measure(views: &[View], threads: usize, each: Duration, said: impl Fn(&str)) -> Result<Vec<Cost>, BenchError> {
    let mut costs = Vec::new();
    for views in views.chunk_by(|left, right| left.tasks == right.tasks) {
        let tasks = views[0].tasks;
        let label = tasks.label().to_owned();
        let failed = |reason: String| BenchError::Run { case: label.clone(), reason };
        let settings = Settings::preset(tasks, Algorithm::default());
        let images = images::for_run(&settings.run).map_err(|error| failed(error.to_string()))?;
        let (sender, measured) = channel();
        let sink = move |row: &MetricsRow| {
            let _ = sender.send((row.iteration, Instant::now()));
        };
        let (window, worker) =
            spawn(Arc::new(|| ()), threads, Some(Box::new(sink))).map_err(|error| failed(error.to_string()))?;
        window.send(Command::Restart(Arc::new(settings), images));
        let watched = Watched { window, measured };
        let result = watched.views(views, each, &said).map_err(failed);
        watched.window.send(Command::Quit);
        let _ = worker.join();
        costs.extend(result?);
    }
    Ok(costs)
}

/// A run under way.
struct Watched {
    window: WindowEnd,
    /// When so many meta-iterations were done and measured.
    measured: Receiver<(u64, Instant)>,
}

/// What came of a stretch.
#[derive(Clone, Copy)]
struct Stretch {
    per_second: f64,
    /// Seconds until what was looked at was shown, if it was.
    shown_after: Option<f64>,
}

impl Watched {
    fn views(&self, views: &[View], each: Duration, said: &impl Fn(&str)) -> Result<Vec<Cost>, String> {
        let rounds = ROUNDS.max((each.as_secs_f64() / (2.0 * SHORT.as_secs_f64())) as u32 | 1);
        let least = each / (2 * rounds + 1);
        // The run begins, and has measured all that it measures once.
        self.stretch(&Focus::default(), Duration::from_secs(1))?;
        let mut costs = Vec::new();
        for view in views {
            said(&view.id());
            let mut without = vec![self.stretch(&Focus::default(), least)?.per_second];
            let mut with = Vec::new();
            for _ in 0..rounds {
                with.push(self.stretch(&view.focus, least)?);
                without.push(self.stretch(&Focus::default(), least)?.per_second);
            }
            let beside = without.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
            let mut lost: Vec<f64> =
                with.iter().zip(beside).map(|(with, beside)| 1.0 - with.per_second / beside).collect();
            lost.sort_by(f64::total_cmp);
            let shown: Vec<f64> = with.iter().filter_map(|stretch| stretch.shown_after).collect();
            costs.push(Cost {
                tasks: view.tasks.label().to_owned(),
                view: view.name,
                without: median(without),
                cost: lost[lost.len() / 2],
                quartiles: [lost[lost.len() / 4], lost[3 * lost.len() / 4]],
                shown: shown.len(),
                stretches: with.len(),
                shown_after: (!shown.is_empty()).then(|| median(shown)),
            });
        }
        Ok(costs)
    }

    /// From one measurement on held-out tasks to a later one, at least for so long and until what is looked at was
    /// shown.
    fn stretch(&self, focus: &Focus, least: Duration) -> Result<Stretch, String> {
        let _ = self.window.take_snapshot();
        self.window.set_focus(focus.clone());
        let (asked, mut heard) = (Instant::now(), Instant::now());
        let looks = *focus != Focus::default();
        let mut shown_after = None;
        let mut rows: Vec<(u64, Instant)> = Vec::new();
        // What is measured right now was begun before.
        self.measured.try_iter().for_each(drop);
        loop {
            std::thread::sleep(FRAME);
            if let Some(event) = self.window.next_event() {
                return Err(format!("{event:?}"));
            }
            if let Some(snapshot) = self.window.take_snapshot() {
                heard = Instant::now();
                if shown_after.is_none() && looks && focus.is_answered(&snapshot) {
                    shown_after = Some(asked.elapsed().as_secs_f64());
                }
            } else if heard.elapsed() > PATIENCE {
                return Err("the run does not go on".to_owned());
            }
            rows.extend(self.measured.try_iter());
            let last = rows.len().saturating_sub(1) / INTERVALS * INTERVALS;
            if let (Some((before, start)), Some((done, end))) = (rows.first(), rows.get(last))
                && last > 0
                && *end - *start >= least
                && (!looks || shown_after.is_some() || asked.elapsed() > LONGEST)
            {
                let per_second = (done - before) as f64 / (*end - *start).as_secs_f64();
                return Ok(Stretch { per_second, shown_after });
            }
        }
    }
}

/// The costs as text.
pub fn table(costs: &[Cost]) -> String {
    let head = ["tasks", "view", "meta-iterations/s", "cost", "quartiles", "shown", "after"];
    let mut lines = vec![head.map(str::to_owned)];
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    for cost in costs {
        lines.push([
            cost.tasks.clone(),
            cost.view.to_owned(),
            format!("{:.0}", cost.without),
            percent(cost.cost),
            cost.quartiles.map(percent).join(" to "),
            format!("{} of {}", cost.shown, cost.stretches),
            cost.shown_after.map_or_else(|| "never".to_owned(), |seconds| format!("{seconds:.2} s")),
        ]);
    }
    columns(&lines)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn views_are_chosen_by_their_names_or_their_familys() {
        let chosen = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            named(&names).map(|views| views.iter().map(View::id).collect::<Vec<_>>())
        };
        assert_eq!(chosen(&[]).unwrap().len(), 6 * TaskFamily::ALL.len());
        assert_eq!(chosen(&["cluster/outer-step", "sine/layers"]).unwrap(), ["sine/layers", "cluster/outer-step"]);
        assert_eq!(chosen(&["plane"]).unwrap().len(), 6);
        let message = chosen(&["sine/depth"]).unwrap_err().to_string();
        assert!(message.contains("sine/depth") && message.contains("sine/landscape-after-adaptation"), "{message}");
    }
}
