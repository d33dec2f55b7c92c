//! How the algorithms of a race adapt once they are trained: query loss over test-time steps.

use egui::{RichText, Ui};
use egui_plot::{FilledArea, HoverPosition, Line, PlotBounds, PlotPoint, PlotPoints, Points};

use super::{Shown, colour, counted};
use crate::compare::race::{Measure, Row};
use crate::settings::Algorithm;
use crate::text::{say, tell, text};
use crate::window::choices;
use crate::window::losses::{even_grid, half_decades, log, log_plot};
use crate::window::numbers;
use crate::window::theme::{Palette, small_font};

/// What the losses are drawn over.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Over {
    /// Meta-iterations.
    #[default]
    Training,
    /// Adaptation steps after the race.
    Steps,
}

/// The heading of the losses, with what they are drawn over.
pub fn choose(ui: &mut Ui, over: &mut Over) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(say("Held-out loss", "留出任务的损失")).strong());
        let training =
            text("The loss after adaptation while each algorithm trains", "每种算法训练过程中，适应后的损失");
        let steps = text(
            "The loss after each of 50 adaptation steps once an algorithm is trained, on up to 24 held-out tasks; with \
             its 95 % interval, which is drawn down to half of the mean at most. A dot marks the smallest loss: where \
             the curve clearly rises after it, adaptation overfits",
            "算法训练完成后，50 步适应中每一步之后的损失，取自至多 24 个留出任务；附 95 % 置信区间，\
             向下最多画到均值的一半。圆点标出最小的损失：此后曲线明显上升，就是适应过拟合",
        );
        let choices = [
            (Over::Training, text("Over the run", "训练过程"), training),
            (Over::Steps, text("Over steps", "适应步数"), steps),
        ];
        choices::choose(ui, over, &small_font(), choices);
    });
}

/// Mean losses of one row that is done: inner step, and decimal logarithms of the mean and of both ends of its interval.
fn points(row: &Row) -> Vec<[f64; 4]> {
    let Some(measure) = &row.long else { return Vec::new() };
    let losses = measure.loss.iter().zip(&measure.loss_interval).enumerate();
    let finite = losses.take_while(|(_, (loss, interval))| loss.is_finite() && interval.is_finite());
    finite
        .map(|(step, (&loss, &interval))| {
            // Half of the mean at least, as the axis is logarithmic.
            [step as f64, log(loss), log((loss - interval).max(0.5 * loss)), log(loss + interval)]
        })
        .collect()
}

/// Draws the rows that are done.
pub fn ui(ui: &mut Ui, shown: &Shown) {
    let palette = Palette::of(ui);
    let rows: Vec<_> = shown.summary.rows.iter().map(|row| (row, points(row))).collect();
    let all = || rows.iter().flat_map(|(_, points)| points);
    let steps = all().map(|point| point[0]).fold(0.0, f64::max);
    let Some([low, high]) = half_decades(all().map(|point| point[1])) else {
        let text = say(
            "The first run that is done will show how it adapts, step by step",
            "第一次运行完成后，会逐步显示它如何适应",
        );
        ui.centered_and_justified(|ui| ui.label(RichText::new(text).color(palette.weak)));
        return;
    };
    let bounds = PlotBounds::from_min_max([0.0, low], [steps.max(1.0), high]);
    counted(log_plot("race-steps", palette))
        .x_grid_spacer(|input| even_grid(input.bounds))
        .label_formatter(|position| match position {
            HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
                let loss = numbers::significant(10f64.powf(position.y));
                let steps = position.x.round();
                Some(tell(
                    || format!("{plot_name} {loss}\nafter {}", numbers::plural(steps as usize, "step", "steps")),
                    || format!("{plot_name} {loss}\n{steps} 步之后"),
                ))
            }
            _ => None,
        })
        .show(ui, |plot| {
            plot.set_plot_bounds(bounds);
            for (row, points) in &rows {
                let algorithm = Algorithm::ALL.into_iter().find(|algorithm| algorithm.id() == row.id);
                let (label, colour) = match (row.id, algorithm) {
                    ("joint", _) => (say("joint pretraining", "联合预训练"), palette.joint),
                    ("random", _) => (say("random init", "随机初始化"), palette.random),
                    (_, Some(algorithm)) => (algorithm.label(), colour(palette, algorithm)),
                    (id, None) => (id, palette.weak),
                };
                let of = |index: usize| points.iter().map(|point| point[index]).collect::<Vec<f64>>();
                let band = FilledArea::new("", &of(0), &of(2), &of(3));
                plot.add(band.fill_color(colour.gamma_multiply(0.2)).allow_hover(false));
                let middle = points.iter().map(|point| PlotPoint::new(point[0], point[1])).collect();
                let line = Line::new(label, PlotPoints::Owned(middle)).color(colour).width(1.8);
                let best = row.long.as_ref().and_then(Measure::best_step).filter(|best| best + 1 < points.len());
                if let Some(&[step, loss, ..]) = best.and_then(|best| points.get(best)) {
                    let name = tell(|| format!("{label}, least"), || format!("{label}，最小处"));
                    plot.points(Points::new(name, vec![[step, loss]]).color(colour).radius(4.0));
                }
                let baseline = matches!(row.id, "joint" | "random");
                plot.line(if baseline { line.style(egui_plot::LineStyle::Dashed { length: 5.0 }) } else { line });
            }
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_drawn_up_to_where_it_overflows() {
        let measure = |loss: Vec<f64>, loss_interval| Measure {
            test_shots: None,
            tasks: 3,
            loss,
            loss_interval,
            loss_by_seed: Vec::new(),
            psnr: None,
            psnr_interval: None,
            difference: None,
        };
        let row = |long| Row {
            id: "maml",
            label: "MAML",
            rates: None,
            inner_steps: None,
            diverged: Vec::new(),
            measures: Vec::new(),
            long,
        };
        assert!(points(&row(None)).is_empty());
        let found = points(&row(Some(measure(vec![1.0, 0.1, f64::INFINITY], vec![0.0, 0.2, 1.0]))));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], [0.0; 4]);
        assert_eq!(measure(vec![f64::NAN, 0.5, 0.1, 0.2, f64::INFINITY], vec![0.0; 5]).best_step(), Some(2));
        assert!((found[1][2] - 0.05f64.log10()).abs() < 1e-12 && (found[1][3] - 0.3f64.log10()).abs() < 1e-12);
    }
}
