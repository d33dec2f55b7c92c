//! How data walks through a meta-iteration: five boxes, the present one filled, and what happens in it in words.

use egui::{Align2, Color32, Painter, Pos2, Rect, RichText, Sense, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::number;
use crate::meta::recipe::{Moves, Rates, Through};
use crate::train::snapshot::Init;
use crate::train::walk::{Passage, Route, SubStep, Walk};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette, small_font};

/// Height of a box.
const BOX: f32 = 40.0;
/// Space between two boxes, for the arrow.
const ARROW: f32 = 24.0;
/// Below the boxes, for the way back to the next task.
const RETURN: f32 = 14.0;

/// Draws it.
pub fn ui(ui: &mut Ui, walk: &Walk) {
    let palette = Palette::of(ui);
    let names = names(walk.ground.route);
    let present = match walk.now() {
        SubStep::Draw => 0,
        SubStep::Inner { .. } => 1,
        SubStep::Query { .. } => 2,
        SubStep::Back { .. } => 3,
        SubStep::Others => 5,
        SubStep::Outer => 4,
    };
    let size = vec2(ui.available_width() - 2.0, BOX + RETURN);
    let (room, _) = ui.allocate_exact_size(size, Sense::hover());
    let width = (room.width() - 4.0 * ARROW) / 5.0;
    let rects: [Rect; 5] = std::array::from_fn(|i| {
        Rect::from_min_size(pos2(room.left() + i as f32 * (width + ARROW), room.top()), vec2(width, BOX))
    });
    for (index, (rect, (name, about))) in rects.iter().zip(names).enumerate() {
        // While the other tasks follow, everything that is done for each of them is lit.
        let lit = index == present || (present == 5 && (1..4).contains(&index));
        let (fill, ink) = if lit { (palette.accent, palette.on_accent) } else { (palette.ground, palette.text) };
        ui.painter().rect(*rect, 4.0, fill, Stroke::new(1.0, palette.line), StrokeKind::Inside);
        let painter = ui.painter().with_clip_rect(rect.shrink(2.0));
        let left = rect.left_center() + vec2(2.0 * GRID, 0.0);
        painter.text(left - vec2(0.0, 1.0), Align2::LEFT_BOTTOM, format!("{} {name}", index + 1), small_font(), ink);
        let weak = if lit { ink } else { palette.weak };
        painter.text(left + vec2(0.0, 1.0), Align2::LEFT_TOP, under(walk, index), small_font(), weak);
        super::describe(ui, *rect, || format!("{} {name}", index + 1), || about.to_owned());
    }
    for pair in rects.windows(2) {
        arrow(ui.painter(), pair[0].right_center(), pair[1].left_center(), palette.weak);
    }
    let back = [rects[3].center_bottom(), rects[1].center_bottom()];
    let low = room.bottom() - 5.0;
    let line = Stroke::new(1.0, palette.weak);
    ui.painter().line(vec![back[0], pos2(back[0].x, low), pos2(back[1].x, low)], line);
    arrow(ui.painter(), pos2(back[1].x, low), back[1], palette.weak);
    let words = ui.painter().layout_no_wrap("each task".to_owned(), small_font(), palette.weak);
    let at = pos2(rects[2].center().x - 0.5 * words.size().x, low - 0.5 * words.size().y);
    let behind = Rect::from_min_size(at, words.size()).expand2(vec2(GRID, 0.0));
    ui.painter().rect_filled(behind, 0.0, palette.panel);
    ui.painter().galley(at, words, palette.weak);
    ui.horizontal(|ui| {
        let count = format!("{} of {}", walk.at + 1, walk.ground.sub_steps.len());
        ui.label(RichText::new(count).strong())
            .on_hover_text("The present sub-step; the step key goes to the next one");
        ui.add(egui::Label::new(RichText::new(sentence(walk))).truncate());
    });
}

fn names(route: Route) -> [(&'static str, &'static str); 5] {
    let back = match route {
        Route::Sweep => ("Backward sweep", "From the query gradient back through every inner step to φ"),
        Route::FirstOrder => ("First order", "The query gradient is taken as it is: no second derivative"),
        Route::EveryStep => ("Every step", "The query losses after every inner step count, each with its weight"),
        Route::Difference => ("Difference", "The way from the adapted parameters to φ"),
        Route::Implicit => ("Implicit gradient", "A linear system in place of the way back"),
    };
    [
        ("Draw tasks", "The meta-batch: some tasks, each with support and query"),
        ("Inner loop", "The parameters adapt to the task's support, step by step"),
        ("Query loss", "What adaptation came to is judged by the task's query"),
        back,
        ("Outer step", "The initialisation moves by the mean of all tasks' directions"),
    ]
}

/// A few words on the state of a box.
fn under(walk: &Walk, index: usize) -> String {
    let ground = &walk.ground;
    let all = ground.passages.len() + ground.others;
    match (index, walk.now()) {
        (0, _) => {
            if all == 1 {
                "1 task".to_owned()
            } else {
                format!("{all} tasks")
            }
        }
        (1, SubStep::Inner { task, step }) => format!("task {} · step {} of {}", task + 1, step + 1, steps(walk, task)),
        (1, _) => format!("K = {}", ground.settings.live.inner_steps),
        (2, SubStep::Query { task }) => format!("task {}", task + 1),
        (3, SubStep::Back { task }) => format!("task {}", task + 1),
        (4, _) => format!("β = {}", numbers::compact(ground.outer_rate)),
        _ => "each task".to_owned(),
    }
}

fn steps(walk: &Walk, task: usize) -> usize {
    walk.ground.passages.get(task).map_or(0, |passage| passage.moved.len())
}

/// What happens in the present sub-step, with its numbers.
fn sentence(walk: &Walk) -> String {
    let ground = &walk.ground;
    let settings = &ground.settings;
    let trace = |task: usize| ground.shown.tasks.get(task).map(|task| &task.traces[Init::Learned as usize]);
    let at = |losses: &[f32], k: usize| losses.get(k).map_or_else(|| "-".to_owned(), |loss| number(*loss));
    match walk.now() {
        SubStep::Draw => "The tasks are drawn; each starts from the same φ".to_owned(),
        SubStep::Inner { task, step } => {
            let losses = trace(task).map_or(&[][..], |trace| &trace.support_loss);
            let passage = ground.passages.get(task);
            let of =
                |numbers: fn(&Passage) -> &Vec<f32>| passage.map_or_else(|| "-".to_owned(), |of| at(numbers(of), step));
            let (moved, to) = (of(|passage| &passage.moved), of(|passage| &passage.after));
            let given = format!("α = {}", numbers::compact(settings.live.inner_rate));
            let recipe = settings.run.algorithm.recipe();
            let rate = match (recipe.rates, recipe.through, recipe.moves) {
                (Rates::Model, ..) => "learned rates and shares of θ to keep".to_owned(),
                (Rates::PerParameter | Rates::PerTensorAndStep, ..) => "learned rates".to_owned(),
                (Rates::Given, Through::Implicit, _) => {
                    format!("{given}, held to φ by λ = {}", numbers::compact(settings.run.method.regularisation))
                }
                (Rates::Given, _, Moves::All) => given,
                (Rates::Given, _, Moves::Head) => format!("{given} on the head"),
                (Rates::Given, _, Moves::Body) => format!("{given} on all but the head"),
                (Rates::Given, _, Moves::Context) => format!("{given} on the context"),
            };
            let from = at(losses, step);
            format!(
                "θ steps against the support gradient, {rate}: it moves by {moved}, the support loss goes from {from} to {to}"
            )
        }
        SubStep::Query { task } => {
            let losses = trace(task).map_or(&[][..], |trace| &trace.query_loss);
            let [from, to] = [at(losses, 0), at(losses, losses.len().saturating_sub(1))];
            format!("Judged by the task's query, adaptation brings the loss from {from} to {to}")
        }
        SubStep::Back { task } => {
            let passage = ground.passages.get(task);
            let [from, to] = [0, 1]
                .map(|i| passage.map_or_else(|| "-".to_owned(), |of| number([of.query_gradient, of.direction][i])));
            match ground.route {
                Route::Sweep => format!(
                    "The query gradient goes back through {}: its length turns from {from} to {to}",
                    match steps(walk, task) {
                        1 => "the inner step".to_owned(),
                        steps => format!("{steps} inner steps"),
                    }
                ),
                Route::FirstOrder => format!(
                    "The query gradient, {from} long, is taken for the gradient by φ: no way back through the inner steps"
                ),
                Route::EveryStep => {
                    format!("The query gradients after every inner step, each with its weight, come to {to} at φ")
                }
                Route::Difference => format!("φ − θ is {to} long: the task asks φ to come to where adaptation ended"),
                Route::Implicit => format!(
                    "A linear system makes a gradient by φ of the query gradient: its length turns from {from} to {to}"
                ),
            }
        }
        SubStep::Others => format!("{} more tasks go the same way", ground.others),
        SubStep::Outer => {
            let moved = walk.moved.map_or_else(String::new, |moved| format!(": it moved by {}", number(moved)));
            let rate = numbers::compact(ground.outer_rate);
            format!("φ steps against the mean direction, {} long, at β = {rate}{moved}", number(ground.direction))
        }
    }
}

fn arrow(painter: &Painter, from: Pos2, to: Pos2, colour: Color32) {
    let along = (to - from).normalized();
    let head = to - 6.0 * along;
    painter.line_segment([from, head], Stroke::new(1.0, colour));
    let across = 3.0 * along.rot90();
    painter.add(Shape::convex_polygon(vec![to, head + across, head - across], colour, Stroke::NONE));
}
