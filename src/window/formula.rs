//! The two loops as formulas: the part at work is lit in slow motion, and every symbol explains itself.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, FontId, Label, Ui};

use super::theme::{GRID, Palette, small_font};
use crate::settings::Algorithm;
use crate::text::{Text, text};
use crate::train::walk::SubStep;

/// What begins so is explained so; longer beginnings first.
const SYMBOLS: [(&str, Text); 18] = [
    ("θ_K", text("The parameters after all K inner steps", "K 个内循环步之后的参数")),
    ("θ_k", text("The parameters after k inner steps", "k 个内循环步之后的参数")),
    ("θ", text("The parameters while they adapt to a task; they begin at φ", "适应任务过程中的参数，从 φ 开始")),
    ("φ", text("The learned start, which meta-training moves", "学到的初始化，元训练移动的就是它")),
    ("α", text("The inner rate: how long an inner step is", "内循环学习率：内循环每一步有多长")),
    ("β", text("The outer rate: how long a step of the start is", "外循环学习率：起点每一步有多长")),
    ("S", text("The support set: what adaptation sees of a task", "支持集：适应过程看到的任务数据")),
    ("Q", text("The query set: what adaptation is judged by", "查询集：用来评判适应结果的数据")),
    ("L", text("The loss: how wrong the network is", "损失：网络错了多少")),
    ("∇", text("The gradient: where the loss grows fastest", "梯度：损失增长最快的方向")),
    ("∂", text("The derivative, through all inner steps where they are written", "导数；写明时穿过全部内循环步")),
    ("λ", text("How strongly parameters are held near φ", "参数被拉向 φ 的强度")),
    (
        "c",
        text(
            "The context: the inputs that adapt, beside a network that stands still",
            "上下文：网络不动，适应的只是这些输入",
        ),
    ),
    ("m", text("The meta-model: it turns a gradient into a step", "元模型：把梯度变成一步更新")),
    ("h", text("The last layer, the head: the only one that adapts", "输出层 (head)：只有它适应任务")),
    (
        "b",
        text(
            "All layers but the last, the body: the only ones that adapt",
            "除输出层外的各层 (body)：只有它们适应任务",
        ),
    ),
    ("Σ", text("The sum over inner steps", "对各内循环步求和")),
    ("w", text("The weight of a step's query loss", "该步查询损失的权重")),
];

/// Draws both.
pub fn ui(ui: &mut Ui, algorithm: Algorithm, sub_step: Option<SubStep>) {
    let palette = Palette::of(ui);
    let [inner, outer] = algorithm.recipe().formulas;
    let at_work = sub_step.map(|sub_step| match sub_step {
        SubStep::Draw | SubStep::Others => [false; 2],
        SubStep::Inner { .. } => [true, false],
        SubStep::Query { .. } | SubStep::Back { .. } | SubStep::Outer => [false, true],
    });
    for (formula, lit) in [inner, outer].into_iter().zip(at_work.unwrap_or_default()) {
        let colour = if lit { palette.accent } else { palette.weak };
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 0.75 * GRID;
            formula.split(' ').for_each(|part| symbol(ui, part, colour));
        });
    }
}

fn symbol(ui: &mut Ui, part: &str, colour: Color32) {
    let response = ui.add(Label::new(set(part, colour)).selectable(false));
    let about: Vec<&str> = symbols(part).map(|text| text.get()).collect();
    if !about.is_empty() {
        response.on_hover_text(about.join("\n"));
    }
}

/// With what stands behind an underscore set lower.
fn set(part: &str, colour: Color32) -> LayoutJob {
    let font = small_font();
    let lower = FontId { size: 0.75 * font.size, ..font.clone() };
    let mut job = LayoutJob::default();
    for (index, piece) in part.split('_').enumerate() {
        let (below, rest) = if index == 0 { ("", piece) } else { piece.split_at(piece.len().min(1)) };
        for (text, font_id) in [(below, &lower), (rest, &font)].into_iter().filter(|(text, _)| !text.is_empty()) {
            let format =
                TextFormat { font_id: font_id.clone(), color: colour, valign: Align::BOTTOM, ..Default::default() };
            job.append(text, 0.0, format);
        }
    }
    job
}

/// What is explained of a part, in its order.
fn symbols(part: &str) -> impl Iterator<Item = Text> {
    let mut rest = part;
    std::iter::from_fn(move || {
        while let Some(first) = rest.chars().next() {
            let known = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol));
            rest = &rest[known.map_or(first.len_utf8(), |(symbol, _)| symbol.len())..];
            if let Some((_, about)) = known {
                return Some(*about);
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::recipes::RECIPES;

    #[test]
    fn every_letter_is_explained() {
        for recipe in &RECIPES {
            for part in recipe.formulas.iter().flat_map(|formula| formula.split(' ')) {
                let letters = part.replace("_K", "").replace("_k", "").chars().filter(|c| c.is_alphabetic()).count();
                let unit = usize::from(part.contains('I'));
                assert!(symbols(part).count() + unit >= letters, "{part} of {}", recipe.id);
            }
        }
        assert_eq!(symbols("∂L(θ_K;").map(Text::en).count(), 3);
    }
}
