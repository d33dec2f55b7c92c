//! Curves as a drawing in SVG.

use std::fmt::Write as _;

use crate::text::{say, tell};
use crate::train::shown::{Curve, Curves, Init, KnobMark};

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 360.0;
/// Left, top, right and bottom of the plot.
const PLOT: [f64; 4] = [64.0, 34.0, 846.0, 322.0];
/// Colours of lines that are told apart by everybody (Okabe and Ito 2008).
const TRAINING: &str = "#8c8c8c";
const LEARNED: &str = "#009e73";
const RANDOM: &str = "#cc79a7";
const JOINT: &str = "#56b4e9";

/// Losses over meta-iterations on a logarithmic axis, with the knobs that were turned.
pub fn losses(curves: &Curves, marks: &[KnobMark]) -> String {
    let lines = [
        (say("training tasks, after adaptation", "训练任务，适应之后"), TRAINING, &curves.training_after),
        (say("held-out tasks, learned start", "留出任务，学到的起点"), LEARNED, &curves.held_out_after),
        (Init::Random.name(), RANDOM, &curves.random_after),
        (Init::Joint.name(), JOINT, &curves.joint_after),
    ];
    let lines = lines.into_iter().filter(|(_, _, curve)| !curve.points.is_empty()).collect::<Vec<_>>();
    let points = || lines.iter().flat_map(|(_, _, curve)| &curve.points);
    let last = points().map(|point| point.at).fold(1.0, f64::max);
    let heights = || points().map(|point| f64::from(point.mean)).filter(|loss| *loss > 0.0).map(f64::log10);
    let (low, high) = heights().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    let (low, high) = if low <= high { (low - 0.1, (high + 0.1).max(low + 0.5)) } else { (-1.0, 0.0) };
    let [left, top, right, bottom] = PLOT;
    let x = |at: f64| left + (right - left) * at / last;
    let y = |loss: f64| bottom - (bottom - top) * (loss.max(1e-30).log10() - low) / (high - low);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    let ticks = (low.floor() as i32..=high.ceil() as i32).flat_map(|exponent| [1, 2, 5].map(|digit| (digit, exponent)));
    for (digit, exponent) in ticks {
        let loss = f64::from(digit) * 10f64.powi(exponent);
        if !(low..=high).contains(&loss.log10()) {
            continue;
        }
        let at = y(loss);
        line(&mut svg, [left, at, right, at], "#dddddd", "");
        label(&mut svg, [left - 8.0, at + 4.0], "end", &format!("{digit}e{exponent}"));
    }
    for fifth in 0..=4 {
        let at = last * f64::from(fifth) / 4.0;
        let anchor = if fifth == 4 { "end" } else { "middle" };
        label(&mut svg, [x(at), bottom + 18.0], anchor, &format!("{at:.0}"));
    }
    label(&mut svg, [0.5 * (left + right), HEIGHT - 6.0], "middle", say("meta-iteration", "元迭代"));
    for mark in marks {
        let at = x(mark.at as f64);
        line(&mut svg, [at, top, at, bottom], "#999999", " stroke-dasharray=\"2 3\"");
        label(&mut svg, [at + 3.0, top + 10.0], "start", &format!("{} {}", mark.knob.short.get(), mark.value));
    }
    let mut legend = left;
    for (name, colour, curve) in &lines {
        let faint = if *colour == TRAINING { " stroke-opacity=\"0.5\"" } else { "" };
        let _ = writeln!(svg, "{}", path(curve, (colour, faint), x, y));
        line(&mut svg, [legend, 16.0, legend + 18.0, 16.0], colour, " stroke-width=\"2\"");
        label(&mut svg, [legend + 24.0, 20.0], "start", name);
        let wide = if name.is_ascii() { 6.4 } else { 12.5 };
        legend += 44.0 + wide * name.chars().count() as f64;
    }
    svg.push_str("</svg>\n");
    svg
}

fn path(curve: &Curve, (colour, more): (&str, &str), x: impl Fn(f64) -> f64, y: impl Fn(f64) -> f64) -> String {
    let points = curve.points.iter().map(|point| format!("{:.1},{:.1}", x(point.at), y(f64::from(point.mean))));
    let points = points.collect::<Vec<_>>().join(" ");
    format!("<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"{more}/>")
}

fn line(svg: &mut String, [x1, y1, x2, y2]: [f64; 4], colour: &str, more: &str) {
    let _ =
        writeln!(svg, "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\"{more}/>");
}

fn label(svg: &mut String, [x, y]: [f64; 2], anchor: &str, text: &str) {
    let text = escaped(text);
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#333333\">{text}</text>");
}

/// Text within tags.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What the drawing shows, for who cannot see it.
pub fn in_words(curves: &Curves) -> String {
    let last =
        |curve: &Curve| curve.points.last().map_or_else(|| "-".to_owned(), |point| format!("{:.3e}", point.mean));
    let [learned, random, joint] = [&curves.held_out_after, &curves.random_after, &curves.joint_after].map(last);
    tell(
        || {
            format!(
                "Losses over meta-iterations; at the end on held-out tasks: learned start {learned}, random {random}, pretrained {joint}"
            )
        },
        || format!("损失随元迭代的变化；最后在留出任务上：学到的起点 {learned}，随机起点 {random}，预训练起点 {joint}"),
    )
}
