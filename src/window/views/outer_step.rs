//! The coming outer step taken apart: what second derivatives change, task by task and in the mean.

use egui::{Rect, RichText, Ui, UiBuilder, pos2};

use super::{View, arrows, font, heat, lines, nothing, tasks};
use crate::meta::dissection::Way;
use crate::meta::recipe::Through;
use crate::text::{say, tell, text};
use crate::train::snapshot::Snapshot;
use crate::train::views::{Focus, OuterStep};
use crate::window::choices::choose;
use crate::window::numbers;
use crate::window::theme::{GRID, Palette};

/// From this width on all parts stand side by side.
const WIDE: f32 = 150.0 * GRID;

/// The view.
#[derive(Default)]
pub struct OuterStepView {
    beside: Beside,
}

/// What stands beside the tasks where there is little room.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Beside {
    #[default]
    Directions,
    Cosines,
}

impl View for OuterStepView {
    fn look(&self, focus: &mut Focus) {
        focus.outer_step = true;
    }

    fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, large: bool) {
        let palette = Palette::of(ui);
        let Some(found) = snapshot.and_then(|snapshot| snapshot.closeups.outer_step.as_deref()) else {
            return nothing(ui, say("The coming outer step is being taken apart", "正在拆解下一个外循环步"), large);
        };
        let about = say(
            "The distance between the mean exact direction and the mean first-order one, as a share of the first-order one's length: before the outer optimiser and clipping",
            "平均精确方向与平均一阶方向之间的距离，占一阶方向长度的比例：在外循环优化器和裁剪之前",
        );
        lines(ui, RichText::new(status(found)).strong().color(palette.text), large, about);
        for way in Way::ALL {
            if let Some(reason) = way.why_not(found.algorithm) {
                lines(ui, RichText::new(reason).color(palette.weak), large, "");
            }
        }
        let indefinite = found.dissection.tasks.iter().filter(|task| task.indefinite).count();
        if indefinite > 0 {
            let all = found.dissection.tasks.len();
            let text = tell(
                || {
                    format!(
                        "{indefinite} of {all} systems are not positive definite: there the implicit direction is a guess"
                    )
                },
                || format!("{all} 个方程组中有 {indefinite} 个不正定：那里的隐式方向只是猜测"),
            );
            lines(ui, RichText::new(text).color(palette.as_text(palette.danger)), large, "");
        }
        if let Some(text) = left_out(found) {
            lines(ui, RichText::new(text).color(palette.weak), large, "");
        }
        let room = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(room);
        let dissection = &found.dissection;
        let wide = room.width() >= WIDE;
        let parts = if wide { [0.42, 0.7] } else { [0.54, 1.0] };
        let [first, second] = parts.map(|share| (room.left() + share * room.width()).round());
        let left = room.with_max_x(first - 3.0 * GRID);
        let middle = Rect::from_min_max(pos2(first, room.top()), pos2(second, room.bottom()));
        tasks::ui(ui, left, &dissection.tasks, large);
        if wide {
            heat::ui(ui, middle.with_max_x(middle.right() - 4.0 * GRID), &dissection.cosines, large);
            arrows::ui(ui, room.with_min_x(second), dissection, found.algorithm, large);
            return;
        }
        let row = middle.with_max_y(middle.top() + 5.0 * GRID);
        ui.scope_builder(UiBuilder::new().max_rect(row), |ui| {
            let ways = text("Which way the outer step goes, and would go", "外循环步走的方向，以及它可能走的方向");
            let agree = text("Whether the tasks' query gradients agree", "各任务的查询梯度是否一致");
            let choices = [
                (Beside::Directions, text("Directions", "方向"), ways),
                (Beside::Cosines, text("Cosines", "余弦"), agree),
            ];
            ui.horizontal(|ui| choose(ui, &mut self.beside, &font(large), choices));
        });
        let rest = middle.with_min_y(row.bottom() + 2.0 * GRID);
        match self.beside {
            Beside::Directions => arrows::ui(ui, rest, dissection, found.algorithm, large),
            Beside::Cosines => heat::ui(ui, rest, &dissection.cosines, large),
        }
    }
}

/// What second derivatives change, in one line.
fn status(found: &OuterStep) -> String {
    let dissection = &found.dissection;
    let Some(change) = dissection.change else {
        return match dissection.overflowed {
            0 => say("the first-order direction is 0: nothing to compare with", "一阶方向为 0：没有可以比较的")
                .to_owned(),
            count => tell(
                || format!("the inner loop of {count} tasks overflowed: there is no direction"),
                || format!("{count} 个任务的内循环溢出：没有方向"),
            ),
        };
    };
    let percent = numbers::significant(100.0 * change);
    match (found.second_order, found.algorithm.recipe().through) {
        (_, Through::Implicit) => tell(
            || format!("implicit gradient: it changes this step by {percent} %"),
            || format!("隐式梯度：它使这一步改变 {percent} %"),
        ),
        (true, _) => tell(
            || format!("second order on: it changes this step by {percent} %"),
            || format!("二阶导数已开启：它使这一步改变 {percent} %"),
        ),
        (false, Through::Difference) => tell(
            || format!("second order off: it would change the first-order step by {percent} %"),
            || format!("二阶导数已关闭：它会使一阶的步改变 {percent} %"),
        ),
        (false, Through::Unrolled | Through::FirstOrder) => tell(
            || format!("second order off: it would change this step by {percent} %"),
            || format!("二阶导数已关闭：它会使这一步改变 {percent} %"),
        ),
    }
}

/// What is not shown, or counts for nothing.
fn left_out(found: &OuterStep) -> Option<String> {
    let (shown, counted, all) = (found.dissection.tasks.len(), found.dissection.counted, found.meta_batch);
    if shown == all {
        return None;
    }
    Some(tell(
        || {
            let means = if counted == all { format!("all {all}") } else { format!("the first {counted}") };
            format!("tasks 1 to {shown} of {all} are shown; the means are over {means}")
        },
        || {
            let means = if counted == all { format!("全部 {all} 个") } else { format!("前 {counted} 个") };
            format!("显示 {all} 个任务中的第 1 到 {shown} 个；平均取自{means}")
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::dissection::{Dissection, TaskPart};
    use crate::settings::Algorithm;

    #[test]
    fn the_line_says_what_is_on() {
        let found = |algorithm, second_order, change, overflowed| OuterStep {
            meta_iteration: 3,
            algorithm: Algorithm::named(algorithm),
            second_order,
            meta_batch: 25,
            dissection: Dissection { change, overflowed, counted: 25, ..Dissection::default() },
        };
        let cases = [
            ("maml", true, Some(0.123), 0, "second order on: it changes this step by 12.3 %"),
            ("fomaml", false, Some(0.123), 0, "second order off: it would change this step by 12.3 %"),
            ("reptile", false, Some(0.5), 0, "it would change the first-order step by 50.0 %"),
            ("maml-plus-plus", false, Some(0.5), 0, "second order off"),
            ("imaml", true, Some(0.5), 0, "implicit gradient: it changes this step by 50.0 %"),
            ("maml", true, None, 2, "2 tasks overflowed"),
            ("maml", true, None, 0, "nothing to compare with"),
        ];
        for (algorithm, second_order, change, overflowed, text) in cases {
            let said = status(&found(algorithm, second_order, change, overflowed));
            assert!(said.contains(text), "{said}");
        }
    }

    #[test]
    fn what_is_left_out_is_named() {
        let found = |shown, counted, meta_batch| OuterStep {
            meta_iteration: 0,
            algorithm: Algorithm::default(),
            second_order: true,
            meta_batch,
            dissection: Dissection { tasks: vec![TaskPart::default(); shown], counted, ..Dissection::default() },
        };
        assert_eq!(left_out(&found(4, 4, 4)), None);
        assert_eq!(
            left_out(&found(16, 25, 25)).as_deref(),
            Some("tasks 1 to 16 of 25 are shown; the means are over all 25")
        );
        assert_eq!(
            left_out(&found(16, 256, 1000)).as_deref(),
            Some("tasks 1 to 16 of 1000 are shown; the means are over the first 256")
        );
    }
}
