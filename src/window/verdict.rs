//! Whether it works, in a sentence that is always on the screen.

use egui::{Color32, Label, RichText, TextStyle, Ui};

use super::numbers;
use super::theme::Palette;
use crate::text::{Text, say, tell, text};
use crate::train::snapshot::{By, Evaluation, Init, Lead, Phase, Rival, Snapshot};

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
    /// The same for where there is less room, longest first.
    shorter: Vec<String>,
    tone: Tone,
}

/// Draws it.
pub fn ui(ui: &mut Ui, snapshot: Option<&Snapshot>) {
    let Some(Verdict { text, tone, .. }) = snapshot.map(verdict) else { return };
    ui.add(Label::new(RichText::new(text).size(SIZE).color(tone.colour(ui))).wrap()).on_hover_text(ABOUT.get());
}

/// Draws it in one line, as much of it as there is room for.
pub fn line(ui: &mut Ui, snapshot: Option<&Snapshot>) {
    let Some(Verdict { text, shorter, tone }) = snapshot.map(verdict) else { return };
    let font = TextStyle::Body.resolve(ui.style());
    let width = |text: &String| ui.painter().layout_no_wrap(text.clone(), font.clone(), Color32::WHITE).size().x;
    let fits = shorter.iter().find(|text| width(text) <= ui.available_width()).or(shorter.last());
    let shown = RichText::new(fits.unwrap_or(&text)).color(tone.colour(ui));
    let shown = Label::new(shown).truncate().show_tooltip_when_elided(false);
    ui.add(shown).on_hover_text(format!("{text}\n\n{ABOUT}"));
}

/// Size of its text.
const SIZE: f32 = 14.0;

const ABOUT: Text = text(
    "The learned start against the best of the other two and of what needs no learning, after the last step on the tasks that are shown, none of which it was trained on. They differ where the mean difference is clear of its 95 % interval over these tasks",
    "学到的起点与另外两个起点、与不经学习的做法中最好的一个相比，比的是所示任务最后一步之后的结果，这些任务都没有参加训练。平均差超出它在这些任务上的 95 % 置信区间时，才算有差别",
);

fn verdict(snapshot: &Snapshot) -> Verdict {
    let bad = |text: String, least: &str| {
        let shorter = vec![text.clone(), least.to_owned()];
        Verdict { text, shorter, tone: Tone::Bad }
    };
    let at = |at: u64| numbers::thousands(at);
    if snapshot.phase == Phase::Diverged {
        let at = at(snapshot.divergence.as_ref().map_or(snapshot.meta_iteration, |event| event.meta_iteration));
        let text = tell(|| format!("Training failed at meta-iteration {at}"), || format!("训练在第 {at} 次元迭代失败"));
        return bad(text, say("Failed", "失败"));
    }
    if let Some((astray, best)) = snapshot.astray.zip(snapshot.timeline.best) {
        let (times, best) = (numbers::significant(f64::from(astray.times)), at(best));
        let text = tell(
            || format!("The held-out error is {times} times its best, which was at {best}"),
            || format!("留出任务的误差是最佳值的 {times} 倍，最佳在第 {best} 次元迭代"),
        );
        let least = tell(|| format!("{times} times its best"), || format!("最佳值的 {times} 倍"));
        return bad(text, &least);
    }
    let open = |text: &str| Verdict { text: text.to_owned(), shorter: Vec::new(), tone: Tone::Open };
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
    let lead = Lead::between(left, right)?;
    let (last, tasks) = (left.tasks.first()?.traces[0].query_loss.len().checked_sub(1)?, left.tasks.len());
    let interval = interval(&lead);
    let [better, worse] = if lead.mean > 0.0 { [one, other] } else { [other, one] };
    if !lead.is_clear() {
        return Some(tell(
            || {
                format!(
                    "{} {one} and {other} do not differ clearly, task by task (for {better}, {interval})",
                    after(last)
                )
            },
            || {
                format!(
                    "适应 {last} 步之后，逐个任务相比，{one} 与 {other} 没有明显差别（以 {better} 领先计，{interval}）"
                )
            },
        ));
    }
    let by = said(lead.by, lead.mean.abs());
    Some(tell(
        || format!("{} {better} leads {worse} by {by} ({interval}, {})", after(last), mean(lead.by, tasks)),
        || {
            let told =
                lead_in_chinese(&lead, [one, other].map(|name| format!(" {name} ")).each_ref().map(String::as_str));
            format!("适应 {last} 步之后，{}（{interval}，{}）", told.trim(), mean(lead.by, tasks))
        },
    ))
}

/// The learned start against the best of the others, and of what needs no learning.
fn compare(evaluation: &Evaluation) -> Option<Verdict> {
    let last = evaluation.tasks.iter().map(|task| task.traces[0].query_loss.len()).max()?.checked_sub(1)?;
    let leads = Rival::all(evaluation).filter_map(|rival| Some((Lead::over(evaluation, rival)?, rival)));
    let (lead, rival) = leads.min_by(|a, b| a.0.mean.total_cmp(&b.0.mean))?;
    let (tasks, other) = (evaluation.tasks.len(), name(evaluation, rival));
    Some(if !lead.is_clear() {
        let text = tell(
            || {
                let (after, what, yet) = (after(last), measured(lead.by), on_average(&lead, &other));
                format!("{after} the learned start and {other} do not differ clearly ({what}){yet}")
            },
            || {
                let (what, yet) = (measured(lead.by), on_average(&lead, &other));
                format!("适应 {last} 步之后，学到的起点与{other}没有明显差别（{what}）{yet}")
            },
        );
        let brief = tell(
            || format!("The learned start and {other} do not differ clearly: tasks vary more"),
            || format!("学到的起点与{other}没有明显差别：任务之间差得更多"),
        );
        let shorter = vec![brief, say("No clear difference", "没有明显差别").to_owned()];
        Verdict { text, shorter, tone: Tone::Open }
    } else {
        let (verb, tone) = if lead.mean > 0.0 { ("leads", Tone::Good) } else { ("is behind", Tone::Bad) };
        // Behind by a smaller loss would be a riddle.
        let times = lead.mean.abs().exp();
        let riddle = lead.by == By::Loss && lead.mean < 0.0 && times >= SMALL;
        let text = tell(
            || {
                let by = said(lead.by, lead.mean.abs());
                if riddle {
                    let times = numbers::significant(times);
                    return format!(
                        "{} the loss of the learned start is {times} times that of {other} ({})",
                        after(last),
                        mean(lead.by, tasks)
                    );
                }
                let (after, mean) = (after(last), mean(lead.by, tasks));
                format!("{after} the learned start {verb} {other} by {by} ({mean})")
            },
            || {
                let told = lead_in_chinese(&lead, ["学到的起点", &other]);
                format!("适应 {last} 步之后，{told}（{}）", mean(lead.by, tasks))
            },
        );
        let brief = tell(
            || match riddle {
                true => {
                    let times = numbers::significant(times);
                    format!("The loss of the learned start is {times} times that of {other}")
                }
                false => {
                    format!("The learned start {verb} {other} by {}", said(lead.by, lead.mean.abs()))
                }
            },
            || lead_in_chinese(&lead, ["学到的起点", &other]),
        );
        let least = signed(&lead);
        let word = if lead.mean > 0.0 { say("Ahead", "领先") } else { say("Behind", "落后") };
        Verdict { text, shorter: vec![brief, format!("{word}: {least}"), least], tone }
    })
}

/// What a mean says that is not clear of its interval, if it is not about zero.
fn on_average(lead: &Lead, other: &str) -> String {
    let size = lead.mean.abs();
    let shown = match lead.by {
        By::Decibels => size >= 0.05,
        By::Points(_) => size >= 0.5,
        By::Loss => less(size.exp()) >= 0.5,
    };
    if !shown {
        return String::new();
    }
    tell(
        || {
            let by = match (lead.by, lead.mean > 0.0) {
                (By::Loss, false) if size.exp() >= SMALL => {
                    format!("its loss is {} times as large", numbers::significant(size.exp()))
                }
                (by, true) => format!("it leads by {}", said(by, size)),
                (by, false) => format!("it is behind by {}", said(by, size)),
            };
            format!(": on average {by}, but tasks vary more")
        },
        || format!("：平均来看，{}，但任务之间差得更多", lead_in_chinese(lead, ["学到的起点", other])),
    )
}

fn after(steps: usize) -> String {
    if steps == 1 { "After a step of adaptation".to_owned() } else { format!("After {steps} steps of adaptation") }
}

/// What a rival is called after “the learned start”.
fn name(evaluation: &Evaluation, rival: Rival) -> String {
    match rival {
        Rival::Start(init) => {
            let one = if init == Init::Random { "the random one" } else { "the pretrained one" };
            say(one, init.name()).to_owned()
        }
        Rival::Unlearned(column) => {
            let title =
                evaluation.tasks.first().and_then(|task| task.given.get(column)).map_or("", |it| it.title.get());
            tell(|| format!("“{title}” (without learning)"), || format!("不经学习的“{title}”"))
        }
    }
}

/// Losses that differ by a smaller factor differ by a share.
const SMALL: f64 = 1.995;

/// By how many percent the smaller of two losses is less, of which the other is so many times as large.
fn less(times: f64) -> f64 {
    100.0 * (1.0 - times.recip())
}

/// A difference in words.
fn said(by: By, difference: f64) -> String {
    match by {
        By::Decibels => format!("{difference:.1} dB"),
        By::Points(_) => format!("{difference:.0} points"),
        By::Loss => {
            let times = difference.exp();
            if times < SMALL {
                format!("{:.0} % of its loss", less(times))
            } else {
                format!("a loss {} times smaller", numbers::significant(times))
            }
        }
    }
}

/// By how much the learned start leads, as a number alone.
fn signed(lead: &Lead) -> String {
    let (sign, difference) = (if lead.mean > 0.0 { '+' } else { '−' }, lead.mean.abs());
    match lead.by {
        By::Decibels => format!("{sign}{difference:.1} dB"),
        By::Points(_) => tell(|| format!("{sign}{difference:.0} points"), || format!("{sign}{difference:.0} 个百分点")),
        By::Loss => {
            let (sign, times) = (if lead.mean > 0.0 { '÷' } else { '×' }, numbers::significant(difference.exp()));
            tell(|| format!("Loss {sign} {times}"), || format!("损失 {sign} {times}"))
        }
    }
}

/// What a difference is the mean of; of which share, where points do not say it.
fn mean(by: By, tasks: usize) -> String {
    let mean = match by {
        By::Loss => tell(|| format!("geometric mean of {tasks} tasks"), || format!("{tasks} 个任务的几何平均")),
        _ => tell(|| format!("mean of {tasks} tasks"), || format!("{tasks} 个任务的平均")),
    };
    match by {
        By::Points(name) => tell(|| format!("{}, {mean}", name.to_lowercase()), || format!("{name}，{mean}")),
        By::Decibels | By::Loss => mean,
    }
}

/// What they are compared in.
fn measured(by: By) -> String {
    match by {
        By::Decibels => "PSNR".to_owned(),
        By::Points(name) => name.to_lowercase(),
        By::Loss => say("loss", "损失").to_owned(),
    }
}

/// Where the mean lies with 95 %.
fn interval(lead: &Lead) -> String {
    let [low, high] = [lead.mean.abs() - lead.half, lead.mean.abs() + lead.half];
    match lead.by {
        By::Decibels => format!("95 %: {low:.1} … {high:.1} dB"),
        By::Points(_) => format!("95 %: {low:.0} … {high:.0}"),
        By::Loss if lead.mean.abs().exp() < SMALL => {
            format!("95 %: {:.0} … {:.0} %", less(low.exp()), less(high.exp()))
        }
        By::Loss => format!("95 %: {} … {} ×", numbers::significant(low.exp()), numbers::significant(high.exp())),
    }
}

fn lead_in_chinese(lead: &Lead, [learned, other]: [&str; 2]) -> String {
    let (difference, verb) = (lead.mean.abs(), if lead.mean > 0.0 { "领先" } else { "落后于" });
    match lead.by {
        By::Decibels => format!("{learned}{verb}{other} {difference:.1} dB"),
        By::Points(_) => format!("{learned}{verb}{other} {difference:.0} 个百分点"),
        By::Loss => {
            let [better, worse] = if lead.mean > 0.0 { [learned, other] } else { [other, learned] };
            let times = difference.exp();
            if times < SMALL {
                format!("{better}的损失比{worse}低 {:.0} %", less(times))
            } else {
                format!("{worse}的损失是{better}的 {} 倍", numbers::significant(times))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_in_words() {
        assert_eq!(said(By::Decibels, 6.24), "6.2 dB");
        assert_eq!(said(By::Points("Accuracy"), 12.4), "12 points");
        assert_eq!(mean(By::Points("Accuracy"), 4), "accuracy, mean of 4 tasks");
        assert_eq!(said(By::Loss, 0.5f64.recip().ln()), "a loss 2.00 times smaller");
        assert_eq!(said(By::Loss, -(0.75f64.ln())), "25 % of its loss");
    }

    #[test]
    fn what_is_not_clear_is_no_riddle() {
        let yet = |by, mean| on_average(&Lead { by, mean, half: 1.0 + f64::abs(mean) }, "the random one");
        assert_eq!(yet(By::Decibels, 0.01), "");
        assert!(yet(By::Decibels, 1.0).contains("it leads by 1.0 dB, but"));
        assert!(yet(By::Loss, -(20f64.ln())).contains("its loss is 20.0 times as large, but"));
        assert!(yet(By::Points("Accuracy"), -3.0).contains("it is behind by 3 points, but"));
    }
}
