//! The three mean directions as arrows, with their lengths and angles.

use egui::{Color32, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::font;
use super::words::{degrees, number};
use crate::meta::dissection::{Dissection, Way};
use crate::meta::recipe::Through;
use crate::settings::Algorithm;
use crate::text::{say, tell};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette};

/// Arrows of single tasks count for the limits up to so many times the length of the longest mean.
const AROUND: f64 = 1.0;

/// In less width the text of a large view is smaller, and goes on in another line.
const NARROW: f32 = 56.0 * GRID;

/// The colour of a way: that of the algorithm that takes it, as in a race.
pub fn colour(palette: &Palette, way: Way) -> Color32 {
    match way {
        Way::Exact => palette.series[0],
        Way::First => palette.series[1],
        Way::Moved => palette.series[2],
    }
}

fn name(way: Way, algorithm: Algorithm) -> &'static str {
    match way {
        Way::Exact if algorithm.recipe().through == Through::Implicit => say("implicit", "隐式"),
        Way::Exact => say("exact", "精确"),
        Way::First => say("first order", "一阶"),
        Way::Moved => "Reptile",
    }
}

/// Draws the diagram and its legend into `rect`.
pub fn ui(ui: &mut Ui, rect: Rect, dissection: &Dissection, algorithm: Algorithm, large: bool) {
    let palette = Palette::of(ui);
    let painter = ui.painter().with_clip_rect(rect.expand(1.0));
    let drawn = Drawn::of(dissection);
    let font = font(large && rect.width() >= NARROW);
    let mut y = rect.top();
    for way in Way::ALL {
        let (short, about) = in_words(dissection, algorithm, way, &drawn);
        let colour = palette.as_text(colour(palette, way));
        let text = painter.layout(short, font.clone(), colour, rect.width());
        let row = Rect::from_min_size(pos2(rect.left(), y), vec2(rect.width(), text.size().y));
        painter.galley(row.min, text, colour);
        let response = ui.interact(row, ui.make_persistent_id(("way", way as usize)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &about));
        response.on_hover_text(about);
        y = row.bottom();
    }
    let note = match drawn.exact {
        true => say("where φ would go, exactly", "φ 将移到的位置（精确）"),
        false => say("in the plane of the first two", "在前两个方向所张的平面内"),
    };
    let note = painter.layout(note.to_owned(), font, palette.weak, rect.width());
    let below = rect.bottom() - note.size().y;
    painter.galley(pos2(rect.left(), below), note, palette.weak);
    let plot = Rect::from_min_max(pos2(rect.left(), y + GRID), pos2(rect.right(), below - GRID));
    if plot.height() > 6.0 * GRID && !drawn.arrows.is_empty() {
        drawn.ui(&painter, plot, palette, large);
    }
}

/// What a row says in short and in full.
fn in_words(dissection: &Dissection, algorithm: Algorithm, way: Way, drawn: &Drawn) -> (String, String) {
    let name = name(way, algorithm);
    if way == Way::Moved
        && let Some(reason) = way.why_not(algorithm)
    {
        return (
            tell(|| format!("{name} not defined"), || format!("{name} 没有定义")),
            tell(|| format!("{name} is not defined. {reason}"), || format!("{name} 没有定义。{reason}")),
        );
    }
    let direction = &dissection.directions[way as usize];
    let length = number(direction.norm);
    let mut short = format!("{name} {length}");
    let mut about = tell(|| format!("{name}: length {length}"), || format!("{name}：长度 {length}"));
    let other = if way == Way::First { Way::Exact } else { Way::First };
    if let Some(cosine) = direction.cosines[other as usize] {
        let angle = degrees(cosine);
        let to = self::name(other, algorithm);
        if way != Way::First {
            short += &format!(" · {angle}");
        }
        about += &tell(
            || format!(", {angle} from {to} (cosine {cosine:.4})"),
            || format!("，与{to}方向的夹角 {angle}（余弦 {cosine:.4}）"),
        );
    }
    if way == Way::Moved {
        if let Some(cosine) = direction.cosines[Way::Exact as usize] {
            let (angle, to) = (degrees(cosine), self::name(Way::Exact, algorithm));
            about += &tell(|| format!(", {angle} from {to}"), || format!("，与{to}方向的夹角 {angle}"));
        }
        if let (Some([x, y]), Some(norm), false) = (direction.in_plane, direction.norm, drawn.exact) {
            let share = if norm > 0.0 { 100.0 * x.hypot(y) / norm } else { 0.0 };
            let share = numbers::significant(share);
            about += &tell(
                || format!("; {share} % of its length lies in the plane that is drawn"),
                || format!("；其长度的 {share} % 在所画的平面内"),
            );
        }
        if (drawn.factor - 1.0).abs() > 0.05 {
            let factor = numbers::compact(drawn.factor);
            short += &tell(|| format!(" (× {factor})"), || format!("（× {factor}）"));
            let times = numbers::significant(drawn.factor);
            about += &tell(|| format!("; drawn {times} times as long"), || format!("；画成 {times} 倍长"));
        }
    }
    (short, about)
}

/// Arrows from 0 in the units of the directions.
struct Drawn {
    exact: bool,
    /// Reptile's arrow is drawn this many times as long.
    factor: f64,
    /// Of the means, in the order of drawing.
    arrows: Vec<(Way, [f64; 2])>,
    /// Of single tasks.
    thin: Vec<(Way, [f64; 2])>,
}

impl Drawn {
    /// Where φ has two numbers, where it would go: against the directions. Else the components in the plane of two.
    fn of(dissection: &Dissection) -> Self {
        let against = |[x, y]: [f64; 2]| [-x, -y];
        let (exact, means, thin) = match &dissection.arrows {
            Some(arrows) => {
                let thin = arrows
                    .tasks
                    .iter()
                    .flat_map(|[exact, first, _]| [(Way::Exact, against(*exact)), (Way::First, against(*first))]);
                (true, arrows.means.map(|mean| Some(against(mean))), thin.collect())
            }
            None => (false, dissection.directions.map(|direction| direction.in_plane), Vec::new()),
        };
        let long = |way: Way| means[way as usize].map_or(0.0, |[x, y]| x.hypot(y));
        let longest = long(Way::Exact).max(long(Way::First));
        let own = dissection.directions[Way::Moved as usize].norm.unwrap_or(0.0);
        // Its length goes by the inner rate, not by the gradient: a round factor makes it comparable.
        let factor = if own > 0.0 && longest > 0.0 { round(longest / own) } else { 1.0 };
        let scaled = |way: Way, [x, y]: [f64; 2]| if way == Way::Moved { [factor * x, factor * y] } else { [x, y] };
        let order = [Way::Moved, Way::Exact, Way::First];
        let arrows = order.into_iter().filter_map(|way| Some((way, scaled(way, means[way as usize]?))));
        Self { exact, factor, arrows: arrows.collect(), thin }
    }

    fn ui(&self, painter: &Painter, plot: Rect, palette: &Palette, large: bool) {
        // Long arrows of single tasks do not make those of the means small: they leave the picture.
        let longest = self.arrows.iter().map(|(_, [x, y])| x.hypot(*y)).fold(0.0, f64::max);
        let within = |(_, [x, y]): &(Way, [f64; 2])| {
            let share = (AROUND * longest / x.hypot(*y).max(1e-300)).min(1.0);
            [share * x, share * y]
        };
        let points = || self.arrows.iter().chain(&self.thin).map(within).chain([[0.0; 2]]);
        let painter = &painter.with_clip_rect(plot);
        let ends = |axis: usize| {
            let low = points().map(|point| point[axis]).fold(f64::INFINITY, f64::min);
            let high = points().map(|point| point[axis]).fold(f64::NEG_INFINITY, f64::max);
            [low, high]
        };
        let [[left, right], [bottom, top]] = [ends(0), ends(1)];
        let inner = plot.shrink(2.0 * GRID);
        let per_unit = (f64::from(inner.width()) / (right - left).max(1e-300))
            .min(f64::from(inner.height()) / (top - bottom).max(1e-300));
        if !per_unit.is_finite() || right - left + top - bottom <= 0.0 {
            return;
        }
        let middle = [0.5 * (left + right), 0.5 * (bottom + top)];
        let place = |[x, y]: [f64; 2]| {
            inner.center() + vec2(((x - middle[0]) * per_unit) as f32, ((middle[1] - y) * per_unit) as f32)
        };
        let zero = place([0.0; 2]);
        let hair = Stroke::new(1.0, palette.line);
        painter.hline(plot.x_range(), zero.y, hair);
        painter.vline(zero.x, plot.y_range(), hair);
        for (way, tip) in &self.thin {
            arrow(painter, [zero, place(*tip)], Stroke::new(1.0, colour(palette, *way).gamma_multiply(0.45)));
        }
        for (way, tip) in &self.arrows {
            let width = if large { 4.0 } else { 2.0 };
            arrow(painter, [zero, place(*tip)], Stroke::new(width, colour(palette, *way)));
        }
        painter.circle_filled(zero, if large { 4.0 } else { 2.5 }, palette.text);
    }
}

fn arrow(painter: &Painter, [from, to]: [Pos2; 2], stroke: Stroke) {
    let way = to - from;
    let length = way.length();
    if length < 0.5 {
        return;
    }
    let head = (4.0 * stroke.width + 2.0).min(0.5 * length);
    let unit = way / length;
    let side = 0.45 * head * Vec2::new(-unit.y, unit.x);
    let neck = to - head * unit;
    painter.line_segment([from, neck], stroke);
    painter.add(egui::Shape::convex_polygon(vec![to, neck + side, neck - side], stroke.color, Stroke::NONE));
}

/// The next smaller of 1, 2, 5 times a power of ten.
fn round(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let digits = [5.0, 2.0, 1.0].map(|digit| digit * power);
    digits.into_iter().find(|digit| *digit <= 1.000_001 * value).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::dissection::{Gathering, Parts};

    #[test]
    fn where_phi_would_go_and_how_much_longer_reptile_is_drawn() {
        let mut gathering = Gathering::new(16);
        let parts = Parts { exact: vec![3.0, 4.0], first: vec![4.0, 3.0], moved: vec![0.3, 0.4], indefinite: false };
        gathering.add(parts);
        let drawn = Drawn::of(&gathering.found());
        assert!(drawn.exact && drawn.factor == 10.0);
        let expected = [(Way::Moved, [-3.0, -4.0]), (Way::Exact, [-3.0, -4.0]), (Way::First, [-4.0, -3.0])];
        for ((way, tip), (expected_way, expected)) in drawn.arrows.iter().zip(expected) {
            assert_eq!(*way, expected_way);
            assert!((tip[0] - expected[0]).abs() < 1e-12 && (tip[1] - expected[1]).abs() < 1e-12, "{tip:?}");
        }
        assert_eq!(drawn.thin.len(), 2);
        assert_eq!([1.0, 9.9, 0.03, 26.0, 51.0].map(round), [1.0, 5.0, 0.02, 20.0, 50.0]);
    }

    #[test]
    fn without_directions_there_are_no_arrows() {
        let drawn = Drawn::of(&Dissection::default());
        assert!(drawn.arrows.is_empty() && drawn.factor == 1.0);
    }
}
