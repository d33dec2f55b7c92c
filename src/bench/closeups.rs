//! What looking closely costs the trainer: its speed with one close-up view after another open, against its speed
//! with none. No window is there; what a window costs besides is the window's own benchmark.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::{BenchError, median};
use crate::columns::columns;
use crate::images;
use crate::settings::{Algorithm, Settings, TaskFamily};
use crate::train::link::{Command, WindowEnd};
use crate::train::studies::Focus;
use crate::train::worker::spawn;

/// Stretches of time with and without a view, one after the other.
const ROUNDS: u32 = 5;
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
    /// Share of the speed that is lost with it: the median over pairs of stretches.
    pub cost: f64,
    /// Whether there was anything to look at.
    pub shown: bool,
}

/// Every view of every family, with a worker of so many threads; each pair of speeds is taken for about so long.
///
/// # Errors
/// A run that does not begin or stops.
pub fn measure(threads: usize, each: Duration, said: impl Fn(&str)) -> Result<Vec<Cost>, BenchError> {
    let mut costs = Vec::new();
    for tasks in TaskFamily::ALL {
        let label = tasks.label().to_owned();
        let failed = |reason: String| BenchError::Run { case: label.clone(), reason };
        let settings = Settings::preset(tasks, Algorithm::Maml);
        let images = images::for_run(&settings.run).map_err(|error| failed(error.to_string()))?;
        let (window, worker) = spawn(Arc::new(|| ()), threads, None).map_err(|error| failed(error.to_string()))?;
        window.send(Command::Restart(Arc::new(settings), images));
        let result = views(&window, &label, each, &said).map_err(failed);
        window.send(Command::Quit);
        let _ = worker.join();
        costs.extend(result?);
    }
    Ok(costs)
}

fn views(window: &WindowEnd, tasks: &str, each: Duration, said: &impl Fn(&str)) -> Result<Vec<Cost>, String> {
    // The run begins, and has measured all that it measures once.
    speed(window, Duration::from_secs(1))?;
    let mut costs = Vec::new();
    for (view, focus) in Focus::views() {
        said(&format!("{tasks}, {view}"));
        let stretch = each / ROUNDS / 2;
        let (mut without, mut ratios, mut shown) = (Vec::new(), Vec::new(), false);
        for _ in 0..ROUNDS {
            window.set_focus(Focus::default());
            let (alone, _) = speed(window, stretch)?;
            window.set_focus(focus.clone());
            let (looked_at, seen) = speed(window, stretch)?;
            without.push(alone);
            ratios.push(looked_at / alone);
            shown |= seen;
        }
        costs.push(Cost { tasks: tasks.to_owned(), view, without: median(without), cost: 1.0 - median(ratios), shown });
    }
    Ok(costs)
}

/// Meta-iterations a second over at least so long; and whether a close-up view had anything to show.
fn speed(window: &WindowEnd, least: Duration) -> Result<(f64, bool), String> {
    let mut first: Option<(Instant, u64)> = None;
    let begun = Instant::now();
    loop {
        std::thread::sleep(FRAME.min(least));
        if let Some(event) = window.next_event() {
            return Err(format!("{event:?}"));
        }
        let Some(snapshot) = window.take_snapshot() else {
            if begun.elapsed() > least + PATIENCE {
                return Err("the run does not go on".to_owned());
            }
            continue;
        };
        let (now, done) = (Instant::now(), snapshot.meta_iteration);
        match first {
            None => first = Some((now, done)),
            Some((at, before)) if now - at >= least && done > before => {
                let shown = !snapshot.closeups.is_empty() || snapshot.landscape.is_some();
                return Ok(((done - before) as f64 / (now - at).as_secs_f64(), shown));
            }
            Some(_) => {}
        }
    }
}

/// The costs as text.
pub fn table(costs: &[Cost]) -> String {
    let mut lines = vec![["tasks", "view", "meta-iterations/s", "cost"].map(str::to_owned)];
    for Cost { tasks, view, without, cost, shown } in costs {
        let cost = if *shown { format!("{:.1} %", 100.0 * cost) } else { "nothing to show".to_owned() };
        lines.push([tasks.clone(), (*view).to_owned(), format!("{without:.0}"), cost]);
    }
    columns(&lines)
}
