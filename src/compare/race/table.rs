//! A race's result for people.

use std::fmt::Write as _;

use super::summary::{Measure, Row, Summary};
use crate::columns::columns;

/// Inner steps that the Markdown table shows.
const STEPS: [usize; 2] = [1, 5];

impl Summary {
    /// A Markdown table: a row for each algorithm, and after 1 and 5 inner steps at each number of test
    /// shots the mean loss (for pictures: PSNR in dB) ± half of its 95 % interval.
    pub fn markdown(&self) -> String {
        let Some(model) = self.rows.iter().find(|row| !row.measures.is_empty()) else {
            return "No run was finished.\n".to_owned();
        };
        let columns: Vec<(usize, usize)> = (0..model.measures.len())
            .flat_map(|shots| STEPS.into_iter().map(move |step| (shots, step)))
            .filter(|&(shots, step)| step < model.measures[shots].loss.len())
            .collect();
        let mut text = String::from("| |");
        for &(shots, step) in &columns {
            let steps = if step == 1 { "1 step".to_owned() } else { format!("{step} steps") };
            let shots = model.measures[shots].test_shots.map_or_else(String::new, |shots| format!("{shots} shots, "));
            let _ = write!(text, " {shots}{steps} |");
        }
        text += "\n|---|";
        text += &"---|".repeat(columns.len());
        for row in &self.rows {
            let steps = row.inner_steps.map_or_else(String::new, |steps| format!(", K = {steps}"));
            let _ = write!(text, "\n| {}{steps} |", row.label);
            for &(shots, step) in &columns {
                let cell = row
                    .measures
                    .get(shots)
                    .map_or_else(|| self.absent(row), |measure| value(measure, step) + &lost(row, self.seeds.len()));
                let _ = write!(text, " {cell} |");
            }
        }
        text + "\n"
    }

    /// A plain table: the loss after the last inner step and its paired difference to the first row.
    pub fn plain(&self) -> String {
        let first = self.rows.first().map_or("", |row| row.label);
        let mut lines = vec![[
            "algorithm".to_owned(),
            "shots".to_owned(),
            "inner step".to_owned(),
            "loss".to_owned(),
            format!("less {first}'s, task by task"),
        ]];
        for row in &self.rows {
            if row.measures.is_empty() {
                lines.push([row.label.to_owned(), String::new(), String::new(), self.absent(row), String::new()]);
            }
            for measure in &row.measures {
                let last = measure.loss.len().saturating_sub(1);
                let difference = measure.difference.as_ref().map_or_else(String::new, |difference| {
                    signed(difference.loss.get(last), difference.loss_interval.get(last))
                });
                let shots = measure.test_shots.map_or_else(|| "-".to_owned(), |shots| shots.to_string());
                lines.push([
                    row.label.to_owned(),
                    shots,
                    last.to_string(),
                    value(measure, last) + &lost(row, self.seeds.len()),
                    difference,
                ]);
            }
        }
        columns(&lines)
    }

    /// Why a row has no numbers.
    fn absent(&self, row: &Row) -> String {
        let first = self.rows.first().filter(|first| row.rates.is_none() && !first.diverged.is_empty());
        match (row.diverged.as_slice(), first) {
            ([[seed, at], ..], _) => format!("diverged at {at} (seed {seed})"),
            ([], Some(first)) => format!("not measured: {} diverged", first.label),
            ([], None) => "not finished".to_owned(),
        }
    }
}

/// Runs that do not count in a row with numbers.
fn lost(row: &Row, seeds: usize) -> String {
    if row.diverged.is_empty() { String::new() } else { format!(" ({} of {seeds} seeds diverged)", row.diverged.len()) }
}

fn value(measure: &Measure, step: usize) -> String {
    let [means, intervals] = match (&measure.psnr, &measure.psnr_interval) {
        (Some(psnr), Some(interval)) => [psnr, interval],
        _ => [&measure.loss, &measure.loss_interval],
    };
    let digits = if measure.psnr.is_some() { 1 } else { 3 };
    match (means.get(step), intervals.get(step)) {
        (Some(mean), Some(interval)) => format!("{mean:.digits$} ± {interval:.digits$}"),
        _ => String::new(),
    }
}

fn signed(mean: Option<&f64>, interval: Option<&f64>) -> String {
    match (mean, interval) {
        (Some(mean), Some(interval)) => format!("{mean:+.4} ± {interval:.4}"),
        _ => String::new(),
    }
}
