//! What adaptation does to each layer: how alike its representation stays (linear CKA), how far it moves, and where
//! rates are learned, those.

use egui::{Align2, Painter, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{View, fitting, font, lines, nothing, toggles};
use crate::meta::recipe::Moves;
use crate::settings::Algorithm;
use crate::text::{say, tell, text};
use crate::train::snapshot::{Init, LayerMovement, Snapshot};
use crate::train::views::{Focus, LayerLook, Layers};
use crate::window::choices::choose;
use crate::window::numbers;
use crate::window::parameters::{movement, rates};
use crate::window::theme::{GRID, Palette, init_label};

/// The view.
pub struct LayersView {
    shown: [bool; 3],
    look: Look,
}

/// Which look at the layers.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Look {
    #[default]
    Representations,
    Rates,
    History,
}

impl Default for LayersView {
    fn default() -> Self {
        Self { shown: [true; 3], look: Look::default() }
    }
}

impl View for LayersView {
    fn look(&self, focus: &mut Focus) {
        focus.layers = true;
    }

    fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, large: bool) {
        let evaluation = snapshot.and_then(|snapshot| snapshot.evaluation.as_deref());
        let learned = evaluation.filter(|evaluation| !evaluation.rates.is_empty());
        if learned.is_some() {
            self.choose(ui, large);
        }
        match (self.look, learned, snapshot) {
            (Look::Rates, Some(evaluation), _) => {
                let rect = ui.available_rect_before_wrap();
                ui.advance_cursor_after_rect(rect);
                rates::map(ui, rect, &evaluation.rates, &evaluation.tensors);
            }
            (Look::History, Some(evaluation), Some(snapshot)) => {
                let rect = ui.available_rect_before_wrap();
                ui.advance_cursor_after_rect(rect);
                rates::history(ui, rect, &snapshot.curves.rates, &evaluation.tensors, evaluation.rates.len());
            }
            _ => self.representations(ui, snapshot, large),
        }
    }
}

impl LayersView {
    fn choose(&mut self, ui: &mut Ui, large: bool) {
        let about = text("How alike each layer's representation stays", "每一层的表示保持得多相似");
        let looks = [
            (Look::Representations, text("Representations", "表示"), about),
            (Look::Rates, rates::MAP.0, rates::MAP.1),
            (Look::History, rates::HISTORY.0, rates::HISTORY.1),
        ];
        ui.horizontal(|ui| choose(ui, &mut self.look, &font(large), looks));
    }

    fn representations(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, large: bool) {
        let palette = Palette::of(ui);
        let Some((snapshot, found)) =
            snapshot.and_then(|snapshot| Some((snapshot, snapshot.closeups.layers.as_ref()?)))
        else {
            let text = say(
                "The layers are being compared before and after adaptation, which a pause makes faster",
                "正在比较各层在适应前后的表示；暂停会快一些",
            );
            return nothing(ui, text, large);
        };
        toggles(ui, &mut self.shown, large);
        let text = question(found, snapshot.settings.run.algorithm);
        lines(ui, RichText::new(text).color(palette.weak), large, "");
        let room = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(room);
        rows(ui, room, found, self.shown, large);
    }
}

/// What the view is to answer, or why there is little to see.
fn question(found: &Layers, algorithm: Algorithm) -> String {
    let question = match (found.layers.len(), algorithm.recipe().moves) {
        (1, _) => text("One layer: its representation is the prediction itself", "只有一层：它的表示就是预测本身"),
        (_, Moves::Context) => text(
            "Only the context moves: learned layers stand still, and see another context",
            "只有上下文移动：学到的各层不动，看到的是另一个上下文",
        ),
        (_, Moves::Head) => {
            text("Only the last layer adapts: the others must stay at 1", "只有最后一层适应：其他各层必须保持为 1")
        }
        (_, Moves::Body) => text(
            "All layers but the last adapt: what it sees of a task they have to tell it",
            "除最后一层外都适应：它对任务的了解都要靠前面各层告诉它",
        ),
        (_, Moves::All) => text(
            "Does adaptation change what layers compute, or the last one alone?",
            "适应改变了各层的计算，还是只改变最后一层？",
        ),
    };
    let (tasks, steps) = (found.tasks, found.steps);
    tell(
        || format!("{question} · means over {tasks} held-out tasks, {}", numbers::plural(steps, "step", "steps")),
        || format!("{question} · {tasks} 个留出任务的平均，{steps} 步"),
    )
}

/// Two columns of bars: similarity from 0 to 1, and movement on a logarithmic scale.
fn rows(ui: &mut Ui, rect: Rect, found: &Layers, shown: [bool; 3], large: bool) {
    let palette = Palette::of(ui);
    let painter = ui.painter().with_clip_rect(rect.expand(1.0));
    let font = font(large);
    let text = painter.layout_no_wrap(say("layer 8", "第 8 层").to_owned(), font.clone(), palette.text).size();
    let [number, percent] = ["0.999", "0.999 %"]
        .map(|text| painter.layout_no_wrap(text.to_owned(), font.clone(), palette.text).size().x + GRID);
    let top = rect.top() + text.y + GRID;
    let height = ((rect.bottom() - top - text.y - GRID) / found.layers.len().max(1) as f32).clamp(4.0, 5.0 * text.y);
    let bottom = top + height * found.layers.len() as f32;
    let left = rect.left() + text.x + 2.0 * GRID;
    let middle = (0.5 * (left + rect.right())).round();
    let similar = Rect::from_min_max(pos2(left, top), pos2(middle - number - 3.0 * GRID, bottom));
    let moved = Rect::from_min_max(pos2(middle, top), pos2(rect.right() - percent - GRID, bottom));
    let width = |text: &str| painter.layout_no_wrap(text.to_owned(), font.clone(), palette.weak).size().x;
    // Where there is little room, the shorter of two words.
    let titles = [
        fitting([say("Similarity (linear CKA)", "相似度（线性 CKA）"), "CKA"], middle - similar.left() - GRID, width),
        say("Movement", "移动"),
    ];
    for (column, title) in [similar, moved].into_iter().zip(titles) {
        painter.text(pos2(column.left(), rect.top()), Align2::LEFT_TOP, title, font.clone(), palette.weak);
    }
    let ends = [say("0 unlike", "0 不相似"), say("1 alike", "1 相似")];
    let both = ends.into_iter().map(width).sum::<f32>() + 2.0 * GRID;
    let ends = if both <= similar.width() { ends } else { ["0", "1"] };
    for (x, align, label) in
        [(similar.left(), Align2::LEFT_TOP, ends[0]), (similar.right(), Align2::RIGHT_TOP, ends[1])]
    {
        painter.vline(x, similar.y_range(), Stroke::new(1.0, palette.line));
        painter.text(pos2(x, bottom + 2.0), align, label, font.clone(), palette.weak);
    }
    let movements: Vec<LayerMovement> =
        found.layers.iter().map(|layer| LayerMovement { name: layer.name.clone(), relative: layer.movement }).collect();
    let [low, high] = movement::decades(&movements);
    for (exponent, align) in [(low, Align2::LEFT_TOP), (high, Align2::RIGHT_TOP)] {
        let x = moved.left() + (exponent - low) / (high - low) * moved.width();
        painter.vline(x, moved.y_range(), Stroke::new(1.0, palette.line));
        let label = numbers::power_of_ten(exponent as i32);
        painter.text(pos2(x, bottom + 2.0), align, label, font.clone(), palette.weak);
    }
    let inits: Vec<Init> = Init::ALL.into_iter().filter(|init| shown[*init as usize]).collect();
    for (index, layer) in found.layers.iter().enumerate() {
        let y = top + index as f32 * height;
        let row = Rect::from_min_max(pos2(rect.left(), y), pos2(rect.right(), y + height));
        painter.text(row.left_center(), Align2::LEFT_CENTER, &layer.name, font.clone(), palette.text);
        let columns = [
            (similar, inits.iter().map(|&init| similarity(layer, init)).collect::<Vec<_>>()),
            (moved, inits.iter().map(|&init| relative(layer, init, [low, high])).collect()),
        ];
        for (column, values) in columns {
            bars(&painter, Rect::from_x_y_ranges(column.x_range(), row.y_range()), &inits, &values, palette, &font);
        }
        let about = in_words(layer);
        let response = ui.interact(row, ui.make_persistent_id(("layer", index)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &about));
        response.on_hover_text(about);
    }
}

/// A share of the column, if there is one, and the text beside the bar.
type Bar = (Option<f32>, String);

fn similarity(layer: &LayerLook, init: Init) -> Bar {
    match layer.similarity[init as usize] {
        Some(value) => (Some(value as f32), format!("{value:.3}")),
        None => (None, "-".to_owned()),
    }
}

fn relative(layer: &LayerLook, init: Init, [low, high]: [f32; 2]) -> Bar {
    let value = layer.movement[init as usize];
    if !value.is_finite() {
        return (None, "∞".to_owned());
    }
    let share = ((value.max(1e-20).log10() - low) / (high - low)).clamp(0.0, 1.0);
    (Some(share), format!("{} %", numbers::significant(100.0 * f64::from(value))))
}

/// A bar for each initialisation; numbers beside them, or beside the first alone where there is little room.
fn bars(painter: &Painter, place: Rect, inits: &[Init], values: &[Bar], palette: &Palette, font: &egui::FontId) {
    let count = inits.len().max(1) as f32;
    let thick = ((place.height() - 4.0) / count).clamp(1.5, 1.6 * font.size);
    let room = thick >= font.size;
    let top = place.center().y - 0.5 * count * thick;
    for (order, (init, (share, text))) in inits.iter().zip(values).enumerate() {
        let y = top + order as f32 * thick;
        let width = share.map_or(place.width(), |share| (share * place.width()).max(1.0));
        let fill = if share.is_some() { palette.init(*init) } else { palette.unseen[0] };
        painter.rect_filled(Rect::from_min_size(pos2(place.left(), y), vec2(width, thick - 1.0)), 0.0, fill);
        if room || order == 0 {
            let middle = if room { y + 0.5 * thick } else { place.center().y };
            let colour = palette.as_text(palette.init(*init));
            painter.text(pos2(place.right() + GRID, middle), Align2::LEFT_CENTER, text, font.clone(), colour);
        }
    }
}

/// What a layer's bars say, in words.
fn in_words(layer: &LayerLook) -> String {
    let LayerLook { name, width, .. } = layer;
    let mut about = tell(|| format!("{name}, {width} wide"), || format!("{name}，宽 {width}"));
    for init in Init::ALL {
        let similarity = match layer.similarity[init as usize] {
            Some(value) => format!("CKA {value:.4}"),
            None => say(
                "CKA not defined, as it puts out the same for every input or overflowed",
                "CKA 没有定义，因为它对所有输入的输出相同，或已溢出",
            )
            .to_owned(),
        };
        let movement = layer.movement[init as usize];
        let movement = if movement.is_finite() {
            let percent = numbers::significant(100.0 * f64::from(movement));
            tell(|| format!("moves by {percent} %"), || format!("移动 {percent} %"))
        } else {
            say("overflowed", "已溢出").to_owned()
        };
        let init = init_label(init);
        about +=
            &tell(|| format!("\n{init}: {similarity}, {movement}"), || format!("\n{init}：{similarity}，{movement}"));
    }
    about
}
