//! A race's result for people.

use std::fmt::Write as _;

use super::summary::{Measure, Row, Summary};
use crate::columns::columns;
use crate::text::numbers::plural;

const LOSS: &str = "loss";

/// Inner steps that the Markdown table shows.
const STEPS: [usize; 2] = [1, 5];

impl Summary {
    /// A Markdown table: a row for each algorithm, and after 1 and 5 inner steps at each number of test
    /// shots the mean loss (for pictures: PSNR in dB) ± half of its 95 % interval.
    pub fn markdown(&self) -> String {
        let Some(model) = self.rows.iter().find(|row| !row.measures.is_empty()) else {
            let algorithms = self.rows.iter().filter(|row| row.rates.is_some());
            let reasons: Vec<String> = algorithms.map(|row| format!("{} {}", row.label, self.absent(row))).collect();
            return format!("No run was finished: {}.\n", reasons.join("; "));
        };
        let columns: Vec<(usize, usize)> = (0..model.measures.len())
            .flat_map(|shots| STEPS.into_iter().map(move |step| (shots, step)))
            .filter(|&(shots, step)| step < model.measures[shots].loss.len())
            .collect();
        let mut text = String::from("| |");
        for &(index, step) in &columns {
            let steps = if step == 1 { "1 step".to_owned() } else { format!("{step} steps") };
            let measure = &model.measures[index];
            let shots = measure.test_shots.map_or_else(String::new, |shots| format!("{shots} shots, "));
            let _ = write!(text, " {}, {shots}{steps} |", unit(measure));
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

    /// A plain table: the loss (for pictures: PSNR in dB) after the last inner step, and the loss's paired difference to
    /// the first row.
    pub fn plain(&self) -> String {
        let first = self.rows.first().map_or("", |row| row.label);
        let unit = self.rows.iter().find_map(|row| row.measures.first()).map_or(LOSS, unit);
        let mut lines = vec![[
            "algorithm".to_owned(),
            "shots".to_owned(),
            "inner step".to_owned(),
            unit.to_owned(),
            format!("loss less {first}'s, task by task"),
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
            ([[seed, at]], _) => format!("diverged at {at} (seed {seed})"),
            ([[seed, at], others @ ..], _) => {
                format!("diverged at {at} (seed {seed}), and with {}", plural(others.len(), "more seed", "more seeds"))
            }
            ([], Some(first)) => format!("not measured: {} diverged", first.label),
            ([], None) => "not finished".to_owned(),
        }
    }
}

/// Runs that do not count in a row with numbers.
fn lost(row: &Row, seeds: usize) -> String {
    if row.diverged.is_empty() { String::new() } else { format!(" ({} of {seeds} seeds diverged)", row.diverged.len()) }
}

/// What [`value`] is.
fn unit(measure: &Measure) -> &'static str {
    if measure.psnr.is_some() { "PSNR in dB" } else { LOSS }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(psnr: Option<Vec<f64>>) -> Summary {
        let (loss, loss_interval) = (vec![0.1; 2], vec![0.0; 2]);
        let psnr_interval = psnr.clone();
        let measure = Measure {
            test_shots: psnr.is_none().then_some(5),
            tasks: 1,
            loss: loss.clone(),
            loss_interval,
            loss_by_seed: vec![loss],
            psnr,
            psnr_interval,
            difference: None,
        };
        let row = Row {
            id: "maml",
            label: "MAML",
            rates: Some([0.1, 0.1]),
            inner_steps: Some(1),
            diverged: Vec::new(),
            measures: vec![measure],
            long: None,
        };
        Summary { tasks: "", iterations: 1, seeds: vec![0], rows: vec![row] }
    }

    #[test]
    fn headings_name_what_stands_below_them() {
        for (psnr, unit, heading) in [
            (None, "loss", "| | loss, 5 shots, 1 step |"),
            (Some(vec![10.0; 2]), "PSNR in dB", "| | PSNR in dB, 1 step |"),
        ] {
            let summary = summary(psnr);
            assert_eq!(summary.markdown().lines().next(), Some(heading));
            let plain = summary.plain();
            let heading = plain.lines().next().unwrap_or_default();
            assert!(heading.contains(&format!("inner step  {unit} ")), "{plain}");
            assert!(heading.ends_with("loss less MAML's, task by task"), "{plain}");
        }
    }
}
