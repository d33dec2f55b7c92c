//! Where the run is, in one line: what has no room is left out.

use std::sync::Arc;

use egui::{Color32, Galley, Label, RichText, TextStyle, Ui};

use super::Status;
use crate::text::{say, tell};
use crate::train::snapshot::Phase;
use crate::window::numbers;
use crate::window::theme::Palette;
use crate::window::tooltip;

/// A part of the line.
struct Part {
    galley: Arc<Galley>,
    about: &'static str,
    /// What is left out later is lower; the lowest never is.
    rank: usize,
    /// The room that it wants: as its text changes, it does not come and go.
    room: f32,
}

/// Draws the line.
pub fn ui(ui: &mut Ui, status: &Status<'_>) {
    let palette = Palette::of(ui);
    let Some(snapshot) = status.snapshot else {
        let about = say("The first run is being prepared", "正在准备第一次运行");
        return alone(ui, say("Starting", "正在启动"), palette.weak, about);
    };
    let number = |at: u64| numbers::thousands(at);
    if let Some(at) = snapshot.timeline.shown {
        let (at, head) = (number(at), number(snapshot.timeline.head));
        let text = tell(|| format!("looking back at {at} of {head}"), || format!("回看第 {at} 次，共 {head} 次"));
        let about = say(
            "The window shows an earlier moment; Play goes on from the last one",
            "窗口显示较早的时刻；点播放会从最后的时刻继续",
        );
        return alone(ui, &text, palette.accent, about);
    }
    let font = TextStyle::Body.resolve(ui.style());
    let layout = |text: String, colour| ui.painter().layout_no_wrap(text, font.clone(), colour);
    let part = |rank, text: &str, colour, about| {
        let galley = layout(text.to_owned(), colour);
        Part { room: galley.size().x, galley, about, rank }
    };
    let about = say("Steps of the initialisation so far", "到目前为止初始化走了多少步");
    let mut parts = vec![
        part(1, say("meta-iteration", "元迭代"), palette.weak, about),
        part(0, &number(snapshot.meta_iteration), palette.text, about),
    ];
    if status.phase == Phase::Running && snapshot.per_second > 0.0 {
        let text = |rate: &str| tell(|| format!("· {rate}/s"), || format!("· {rate} 次/秒"));
        let about = say("Meta-iterations per second", "每秒元迭代次数");
        let rate = part(3, &text(&numbers::significant(snapshot.per_second)), palette.weak, about);
        let room = layout(text("8,888"), palette.weak).size().x.max(rate.room);
        parts.push(Part { room, ..rate });
    }
    let about = say("What the trainer is doing", "训练器正在做什么");
    let (word, colour, about) = match (status.phase, &snapshot.divergence) {
        (Phase::Running, _) => (say("· running", "· 运行中").to_owned(), palette.weak, about),
        (Phase::Paused, _) => (say("· paused", "· 已暂停").to_owned(), palette.weak, about),
        (Phase::Diverged, None) => (say("· diverged", "· 已发散").to_owned(), palette.as_text(palette.danger), about),
        (Phase::Diverged, Some(event)) => {
            let at = number(event.meta_iteration);
            let word = tell(|| format!("· diverged at {at}"), || format!("· 在 {at} 发散"));
            let about = say(
                "There the run failed; what is shown is the state that it went back to",
                "运行在那里失败；显示的是它退回到的状态",
            );
            (word, palette.as_text(palette.danger), about)
        }
    };
    parts.push(part(2, &word, colour, about));
    let wanted: Vec<_> = parts.iter().map(|part| (part.rank, part.room)).collect();
    let last = last_rank(&wanted, ui.spacing().item_spacing.x, ui.available_width());
    for part in parts.into_iter().filter(|part| part.rank <= last) {
        ui.add(Label::new(part.galley)).on_hover_text(part.about);
    }
}

/// A line of one part, which is cut where it has no room.
fn alone(ui: &mut Ui, text: &str, colour: Color32, about: &str) {
    tooltip::line(ui, RichText::new(text).color(colour), about);
}

/// The highest rank that is shown, of parts with their ranks and widths.
fn last_rank(parts: &[(usize, f32)], spacing: f32, room: f32) -> usize {
    let width = |last: usize| -> f32 {
        parts.iter().filter(|(rank, _)| *rank <= last).map(|(_, width)| width + spacing).sum::<f32>() - spacing
    };
    let ranks = parts.iter().map(|(rank, _)| *rank);
    ranks.filter(|rank| width(*rank) <= room).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_goes_before_the_word_and_the_number_stays() {
        let parts = [(1, 90.0), (0, 40.0), (3, 50.0), (2, 60.0)];
        let shown = |room| last_rank(&parts, 4.0, room);
        assert_eq!([252.0, 251.0, 198.0, 197.0, 134.0, 133.0, 10.0].map(shown), [3, 2, 2, 1, 1, 0, 0]);
    }
}
