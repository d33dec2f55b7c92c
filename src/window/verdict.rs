//! Whether it works, in a sentence that is always on the screen.

use egui::{Color32, Label, RichText, Ui};

use super::numbers;
use super::theme::Palette;
use crate::text::{Text, say, tell, text};
use crate::train::snapshot::{Evaluation, Init, Phase, ProbeTask, Snapshot};

/// How good the news is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Good,
    Open,
    Bad,
}

impl Tone {
    fn colour(self, ui: &Ui) -> Color32 {
        let palette = Palette::of(ui);
        match self {
            Self::Good => palette.as_text(palette.adapted),
            Self::Open => palette.weak,
            Self::Bad => palette.as_text(palette.danger),
        }
    }
}

/// A sentence.
#[derive(Clone, Debug, PartialEq)]
struct Verdict {
    text: String,
    /// The same for where there is little room, if it is long.
    brief: Option<String>,
    tone: Tone,
}

/// Draws it.
pub fn ui(ui: &mut Ui, snapshot: Option<&Snapshot>) {
    let Some(Verdict { text, tone, .. }) = snapshot.map(verdict) else { return };
    ui.add(Label::new(RichText::new(text).size(SIZE).color(tone.colour(ui))).wrap()).on_hover_text(ABOUT.get());
}

/// Draws it in one line.
pub fn line(ui: &mut Ui, snapshot: Option<&Snapshot>) {
    let Some(Verdict { text, brief, tone }) = snapshot.map(verdict) else { return };
    let text = RichText::new(brief.unwrap_or(text)).color(tone.colour(ui));
    ui.add(Label::new(text).truncate()).on_hover_text(ABOUT.get());
}

/// Size of its text.
const SIZE: f32 = 14.0;

const ABOUT: Text = text(
    "The learned start against the better of the other two, after the last step on the tasks that are shown, none of which it was trained on. Starts differ where the mean difference is clear of its 95 % interval over these tasks",
    "学到的起点与另外两个中较好的相比，比的是所示任务最后一步之后的结果，这些任务都没有参加训练。平均差超出它在这些任务上的 95 % 置信区间时，才算有差别",
);

fn verdict(snapshot: &Snapshot) -> Verdict {
    let bad = |text| Verdict { text, brief: None, tone: Tone::Bad };
    let at = |at: u64| numbers::thousands(i64::try_from(at).unwrap_or(i64::MAX));
    if snapshot.phase == Phase::Diverged {
        let at = at(snapshot.divergence.as_ref().map_or(snapshot.meta_iteration, |event| event.meta_iteration));
        let text = tell(|| format!("Training failed at meta-iteration {at}"), || format!("训练在第 {at} 次元迭代失败"));
        return bad(text);
    }
    if let Some((astray, best)) = snapshot.astray.zip(snapshot.timeline.best) {
        let (times, best) = (numbers::significant(f64::from(astray.times)), at(best));
        let text = tell(
            || format!("The held-out error is {times} times its best, which was at {best}"),
            || format!("留出任务的误差是最佳值的 {times} 倍，最佳在第 {best} 次元迭代"),
        );
        return bad(text);
    }
    let open = |text: &str| Verdict { text: text.to_owned(), brief: None, tone: Tone::Open };
    let Some(evaluation) = snapshot.evaluation.as_deref().filter(|_| snapshot.meta_iteration > 0) else {
        return open(say("Nothing is learned yet", "还没有学到东西"));
    };
    compare(evaluation).unwrap_or_else(|| open(say("There is nothing to compare yet", "还没有可以比较的")))
}

/// How the learned starts of two runs on the same tasks compare after the last step, with the 95 % interval of their
/// difference; and how good that is to know.
pub fn between(first: &Snapshot, second: &Snapshot) -> Option<String> {
    let [one, other] = [first, second].map(|run| run.settings.run.algorithm.label());
    let [left, right] = [first, second].map(|run| run.evaluation.as_deref());
    let (left, right) = (left?, right?);
    let lead = Lead::of(left.tasks.iter().zip(&right.tasks).map(|(left, right)| {
        let same = left.traces[0].query_loss.len() == right.traces[0].query_loss.len();
        let [(by, one), (other_by, other)] = [merit(left, Init::Learned)?, merit(right, Init::Learned)?];
        (same && by == other_by).then_some((by, one - other))
    }))?;
    let (last, tasks) = (left.tasks.first()?.traces[0].query_loss.len().checked_sub(1)?, left.tasks.len());
    let interval = lead.interval();
    let [better, worse] = if lead.mean > 0.0 { [one, other] } else { [other, one] };
    if lead.mean.abs() <= lead.half {
        return Some(tell(
            || format!("{} {one} and {other} do not differ clearly (for {better}, {interval})", after(last)),
            || format!("适应 {last} 步之后，{one} 与 {other} 没有明显差别（以 {better} 领先计，{interval}）"),
        ));
    }
    let by = lead.by.said(lead.mean.abs());
    Some(tell(
        || format!("{} {better} leads {worse} by {by} ({interval}, mean of {tasks} tasks)", after(last)),
        || {
            let said = lead.in_chinese([one, other].map(|name| format!(" {name} ")).each_ref().map(String::as_str));
            format!("适应 {last} 步之后，{}（{interval}，{tasks} 个任务的平均）", said.trim())
        },
    ))
}

/// The learned start against the better one of the others.
fn compare(evaluation: &Evaluation) -> Option<Verdict> {
    let last = evaluation.tasks.iter().map(|task| task.traces[0].query_loss.len()).max()?.checked_sub(1)?;
    let leads = [Init::Random, Init::Joint].map(|other| Some((lead(evaluation, other)?, other)));
    let (lead, other) = leads.into_iter().flatten().min_by(|a, b| a.0.mean.total_cmp(&b.0.mean))?;
    let tasks = evaluation.tasks.len();
    Some(if lead.mean.abs() <= lead.half {
        let text = tell(
            || format!("{} the learned start and the {} one do not differ clearly", after(last), short(other)),
            || format!("适应 {last} 步之后，学到的起点与{}没有明显差别", in_chinese(other)),
        );
        let brief = tell(
            || format!("The learned and the {} start do not differ clearly", short(other)),
            || format!("学到的起点与{}没有明显差别", in_chinese(other)),
        );
        Verdict { text, brief: Some(brief), tone: Tone::Open }
    } else {
        let (verb, tone) = if lead.mean > 0.0 { ("leads", Tone::Good) } else { ("is behind", Tone::Bad) };
        let text = tell(
            || {
                let by = lead.by.said(lead.mean.abs());
                format!(
                    "{} the learned start {verb} the {} one by {by} (mean of {tasks} tasks)",
                    after(last),
                    short(other)
                )
            },
            || {
                format!(
                    "适应 {last} 步之后，{}（{tasks} 个任务的平均）",
                    lead.in_chinese(["学到的起点", in_chinese(other)])
                )
            },
        );
        let brief = tell(
            || format!("The learned start {verb} the {} one by {}", short(other), lead.by.said(lead.mean.abs())),
            || lead.in_chinese(["学到的起点", in_chinese(other)]),
        );
        Verdict { text, brief: Some(brief), tone }
    })
}

fn after(steps: usize) -> String {
    if steps == 1 { "After a step of adaptation".to_owned() } else { format!("After {steps} steps of adaptation") }
}

fn short(init: Init) -> &'static str {
    if init == Init::Random { "random" } else { "pretrained" }
}

fn in_chinese(init: Init) -> &'static str {
    if init == Init::Random { "随机起点" } else { "预训练起点" }
}

/// Losses that differ by a smaller factor differ by a share.
const SMALL: f64 = 1.995;

/// What starts are compared by.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    /// Peak signal-to-noise ratio.
    Decibels,
    /// A share, in percent.
    Points(&'static str),
    /// The logarithm of the loss.
    Loss,
}

impl By {
    fn said(self, difference: f64) -> String {
        match self {
            Self::Decibels => format!("{difference:.1} dB"),
            Self::Points(name) => format!("{difference:.0} points ({})", name.to_lowercase()),
            Self::Loss => {
                let times = difference.exp();
                if times < SMALL {
                    format!("{:.0} % of its loss", 100.0 * (1.0 - times.recip()))
                } else {
                    format!("a loss {} times smaller", numbers::significant(times))
                }
            }
        }
    }
}

/// By how much the learned start is better.
struct Lead {
    by: By,
    mean: f64,
    /// Half of the 95 % interval of the mean.
    half: f64,
}

impl Lead {
    /// Of these values, one for each task.
    fn of(pairs: impl Iterator<Item = Option<(By, f64)>>) -> Option<Self> {
        let pairs = pairs.collect::<Option<Vec<_>>>()?;
        let (by, count) = (pairs.first()?.0, pairs.len() as f64);
        let mean = pairs.iter().map(|(_, difference)| difference).sum::<f64>() / count;
        let square = pairs.iter().map(|(_, difference)| (difference - mean).powi(2)).sum::<f64>();
        let half = if pairs.len() < 2 { 0.0 } else { student(pairs.len()) * (square / (count - 1.0) / count).sqrt() };
        mean.is_finite().then_some(Self { by, mean, half })
    }

    /// Where the mean lies with 95 %.
    fn interval(&self) -> String {
        let [low, high] = [self.mean.abs() - self.half, self.mean.abs() + self.half];
        match self.by {
            By::Decibels => format!("95 %: {low:.1} … {high:.1} dB"),
            By::Points(_) => format!("95 %: {low:.0} … {high:.0}"),
            By::Loss => format!("95 %: {} … {} ×", numbers::significant(low.exp()), numbers::significant(high.exp())),
        }
    }

    fn in_chinese(&self, [learned, other]: [&str; 2]) -> String {
        let (difference, verb) = (self.mean.abs(), if self.mean > 0.0 { "领先" } else { "落后于" });
        match self.by {
            By::Decibels => format!("{learned}{verb}{other} {difference:.1} dB"),
            By::Points(name) => format!("{learned}{verb}{other} {difference:.0} 个百分点（{name}）"),
            By::Loss => {
                let [better, worse] = if self.mean > 0.0 { [learned, other] } else { [other, learned] };
                let times = difference.exp();
                if times < SMALL {
                    format!("{better}的损失比{worse}低 {:.0} %", 100.0 * (1.0 - times.recip()))
                } else {
                    format!("{worse}的损失是{better}的 {} 倍", numbers::significant(times))
                }
            }
        }
    }
}

fn lead(evaluation: &Evaluation, other: Init) -> Option<Lead> {
    let pairs = evaluation.tasks.iter().map(|task| {
        let (by, learned) = merit(task, Init::Learned)?;
        Some((by, learned - merit(task, other)?.1))
    });
    Lead::of(pairs)
}

/// The quantile of Student's t for so many values that 95 % lie within.
fn student(values: usize) -> f64 {
    const QUANTILES: [f64; 9] = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26];
    QUANTILES.get(values.saturating_sub(2)).copied().unwrap_or(2.23)
}

/// How good a task is done after the last step; more is better.
fn merit(task: &ProbeTask, init: Init) -> Option<(By, f64)> {
    let trace = &task.traces[init as usize];
    if let Some(psnr) = &trace.psnr {
        return Some((By::Decibels, f64::from(*psnr.last()?)));
    }
    if let (Some(name), Some(score)) = (task.score, trace.scores.last()) {
        return Some((By::Points(name.get()), 100.0 * f64::from(*score)));
    }
    if let Some(marks) = trace.marks {
        return Some((By::Points(say("recognised", "被识别")), 100.0 * marks.recognised_held_out));
    }
    let loss = f64::from(*trace.query_loss.last()?);
    (loss > 0.0).then(|| (By::Loss, -loss.ln()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_in_words() {
        assert_eq!(By::Decibels.said(6.24), "6.2 dB");
        assert_eq!(By::Points("Accuracy").said(12.4), "12 points (accuracy)");
        assert_eq!(By::Loss.said(0.5f64.recip().ln()), "a loss 2.00 times smaller");
        assert_eq!(By::Loss.said(-(0.75f64.ln())), "25 % of its loss");
    }
}
