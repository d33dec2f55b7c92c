//! The table of a race: every algorithm's loss, and how it differs from the first one's.

use egui::{Grid, RichText, Ui, vec2};

use super::{Shown, colour};
use crate::compare::race::Measure;
use crate::text::{say, tell};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette};

/// Every algorithm's result: on the probe tasks while it trains, on many test tasks when it is done.
pub fn ui(ui: &mut Ui, shown: &Shown, idle: bool) {
    let palette = Palette::of(ui);
    let danger = palette.as_text(palette.danger);
    let first = shown.race.entrants()[0].run.algorithm.label();
    Grid::new("race-table").num_columns(4).spacing(vec2(6.0 * GRID, 2.0)).show(ui, |ui| {
        let difference = tell(|| format!("Difference to {first}"), || format!("与 {first} 之差"));
        for title in [
            say("Algorithm", "算法"),
            say("Loss after adaptation", "适应后的损失"),
            &difference,
            say("Judged on", "评判所用"),
        ] {
            ui.label(RichText::new(title).color(palette.weak));
        }
        ui.end_row();
        for (index, settings) in shown.race.entrants().iter().enumerate() {
            let algorithm = settings.run.algorithm;
            ui.colored_label(palette.as_text(colour(palette, algorithm)), algorithm.label());
            let row = shown.summary.rows.get(index);
            let done = row.and_then(|row| row.measures.first());
            match (done, row.and_then(|row| row.diverged.first())) {
                (Some(measure), lost) => {
                    measured(ui, measure, index == 0);
                    if lost.is_some() {
                        let (lost, all) = (row.map_or(0, |row| row.diverged.len()), shown.race.seeds().len());
                        let text = tell(
                            || format!("{lost} of {all} seeds diverged"),
                            || format!("{all} 个随机种子中有 {lost} 个发散"),
                        );
                        ui.colored_label(danger, text);
                    }
                }
                (None, Some([seed, at])) if idle => {
                    ui.colored_label(danger, say("diverged", "发散"));
                    ui.label("");
                    let at = numbers::thousands(*at);
                    ui.label(tell(
                        || format!("seed {seed}, meta-iteration {at}"),
                        || format!("随机种子 {seed}，第 {at} 次元迭代"),
                    ));
                }
                (None, _) => under_way(ui, shown, index, idle),
            }
            ui.end_row();
        }
    });
}

fn measured(ui: &mut Ui, measure: &Measure, first: bool) {
    let last = measure.loss.len().saturating_sub(1);
    let text = |means: &[f64], intervals: &[f64]| match (means.get(last), intervals.get(last)) {
        (Some(mean), Some(interval)) => {
            format!("{} ± {}", numbers::significant(*mean), numbers::significant(*interval))
        }
        _ => String::new(),
    };
    ui.label(text(&measure.loss, &measure.loss_interval));
    let difference = measure.difference.as_ref().filter(|_| !first);
    ui.label(difference.map_or_else(String::new, |difference| text(&difference.loss, &difference.loss_interval)));
    let tasks = numbers::thousands(measure.tasks);
    ui.label(tell(|| format!("{tasks} test tasks"), || format!("{tasks} 个测试任务")));
}

fn under_way(ui: &mut Ui, shown: &Shown, index: usize, idle: bool) {
    let loss = shown.lines.losses.get(index).and_then(|line| line.last());
    ui.label(loss.map_or_else(String::new, |point| numbers::significant(10f64.powf(point.y))));
    let difference = shown.lines.differences.get(index).filter(|_| index > 0).and_then(|line| line.last());
    ui.label(difference.map_or_else(String::new, |[_, mean, low, high]| {
        format!("{} ± {}", numbers::significant(*mean), numbers::significant(0.5 * (high - low)))
    }));
    ui.label(match idle {
        true => say("probe tasks, stopped", "探测任务，已停止"),
        false => say("probe tasks, still training", "探测任务，仍在训练"),
    });
}
