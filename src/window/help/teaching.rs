//! For teachers: the page of that name, in the language that is spoken.

use egui::{Label, RichText, Ui};

use super::READ;
use crate::text::Language;
use crate::window::theme::{GRID, Palette};

const PAGE: &str = include_str!("../../../assets/teaching.md");

/// Draws it.
pub fn ui(ui: &mut Ui) {
    let palette = Palette::of(ui);
    let mut code = false;
    for line in part(Language::spoken()).lines() {
        let rich = |text: &str| RichText::new(text.replace(['*', '`'], "")).size(READ);
        let mut said = |text: RichText| ui.add(Label::new(text).wrap());
        if line.starts_with("```") {
            code = !code;
        } else if code {
            said(RichText::new(line).monospace());
        } else if let Some(heading) = line.strip_prefix("## ") {
            ui.add_space(2.0 * GRID);
            ui.label(rich(heading).strong());
        } else if let Some(item) = line.strip_prefix("- ") {
            said(rich(&format!("• {item}")));
        } else if line.starts_with("|---") {
        } else if let Some((first, second)) = line.strip_prefix('|').and_then(|row| row.split_once('|')) {
            said(rich(first.trim()));
            said(rich(second.trim_end_matches('|').trim()).color(palette.weak));
        } else if line.is_empty() {
            ui.add_space(GRID);
        } else {
            said(rich(line));
        }
    }
}

/// The part in a language, without its title.
fn part(language: Language) -> &'static str {
    let mut parts = PAGE.split("\n# ");
    let english = parts.next().unwrap_or_default();
    let part = if language == Language::English { english } else { parts.next().unwrap_or(english) };
    part.split_once('\n').map_or(part, |(_, rest)| rest).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_part() {
        assert!(part(Language::English).contains("A plan for 90 minutes") && !part(Language::English).contains("评分"));
        assert!(part(Language::Chinese).contains("评分") && !part(Language::Chinese).contains("Grading"));
    }
}
