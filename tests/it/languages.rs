//! Both languages: every text is in both, the window speaks one of them at a time, and its letters can be drawn.

use std::collections::BTreeSet;

use egui::accesskit::Role;
use egui::{FontId, Key};
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};
use metascope::meta::recipes::RECIPES;
use metascope::settings::{TaskFamily, table};
use metascope::text::Language;

use crate::common::bench::Bench;
use crate::common::families;
use crate::house::sources;

fn is_chinese(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}

/// All that a screen reader finds in the window.
fn said(bench: &Bench) -> BTreeSet<String> {
    let nodes = bench.harness.query_all(By::new().predicate(|_| true));
    nodes.filter_map(|node| node.accesskit_node().label()).collect()
}

#[test]
fn every_text_of_the_tables_is_in_both_languages() {
    let settings = table::all().flat_map(|setting| [setting.label, setting.about]);
    let recipes = RECIPES.iter().map(|recipe| recipe.about);
    let cards = TaskFamily::ALL.into_iter().map(TaskFamily::card);
    let cards =
        cards.flat_map(|card| [card.name, card.about].into_iter().chain(card.looks.iter().map(|look| look.about)));
    for text in settings.chain(recipes).chain(cards) {
        let [en, zh] = [text.en(), text.r#in(Language::Chinese)];
        assert!(!en.is_empty() && !en.chars().any(is_chinese), "{en}");
        assert!(zh.chars().any(is_chinese), "{en}: {zh}");
    }
}

#[test]
fn the_window_changes_its_language_and_back() {
    for tasks in TaskFamily::ALL {
        let mut bench = Bench::of(tasks);
        let english = said(&bench);
        bench.key(Key::L);
        let chinese = said(&bench);
        // What is the same in both: names of images and of algorithms, numbers, symbols.
        let has_words = |same: &&String| {
            let mut words = same.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 3);
            words.any(|word| !FREE.iter().any(|free| word.contains(free)))
        };
        let same: Vec<&String> = english.intersection(&chinese).filter(has_words).collect();
        assert!(same.is_empty(), "{tasks:?}: {same:?} are in both languages");
        bench.key(Key::L);
        assert_eq!(said(&bench), english, "{tasks:?}");
    }
}

/// Words that are the same in both languages.
const FREE: [&str; 8] = ["MAML", "face", "Lanczos", "PSNR", "Metascope", "Resize", "panel", "SGD"];

#[test]
fn a_language_is_asked_for_by_its_name() {
    let mut bench = Bench::of(families::SINE);
    bench.click(Role::Button, "English or Chinese");
    assert!(bench.says("设置"));
    bench.click(Role::Button, "中文或英文");
    assert!(bench.says("Settings"));
}

/// Every Chinese character of the sources is in the font.
#[test]
fn every_character_can_be_drawn() {
    let bench = Bench::of(families::SINE);
    let characters: BTreeSet<char> = sources()
        .iter()
        .flat_map(|source| &source.code)
        .flat_map(|(_, line)| line.chars())
        .filter(|c| is_chinese(*c))
        .collect();
    assert!(characters.len() > 500);
    let missing: String = bench.harness.ctx.fonts_mut(|fonts| {
        let font = FontId::proportional(13.0);
        characters.into_iter().filter(|character| !fonts.has_glyph(&font, *character)).collect()
    });
    assert_eq!(missing, "", "make the font again: assets/fonts/subset.py");
}

/// What is shown is told in both languages: no view passes a sentence of one alone.
#[test]
fn no_view_holds_an_english_literal() {
    let shown =
        [".label(", ".heading(", ".button(", "hover_text(", "Button::new(", "RichText::new(", "accessible_name("];
    for source in sources().iter().filter(|source| source.module.starts_with("window")) {
        for (number, line) in &source.code {
            for (_, rest) in shown.iter().filter_map(|shown| line.split_once(&format!("{shown}\""))) {
                let literal = rest.split('"').next().unwrap_or_default();
                let letters = literal.chars().filter(char::is_ascii_alphabetic).count();
                assert!(letters < 4, "{}.rs:{number}: {literal}", source.module);
            }
        }
    }
}
