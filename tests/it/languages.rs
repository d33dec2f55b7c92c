//! Both languages: every text is in both, the window speaks one of them at a time, and its letters can be drawn.

use std::collections::BTreeSet;

use egui::accesskit::Role;
use egui::{FontId, Key};
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};
use metascope::images::built_in::built_in;
use metascope::meta::recipes::RECIPES;
use metascope::settings::{ImageSource, TaskFamily, table};
use metascope::text::{Language, Words};
use metascope::train::link::Command;

use crate::common::bench::Bench;
use crate::common::families;
use crate::common::files::{folder_of, of_classes, picture, zipped};
use crate::common::write::{npy, png};
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

/// Words that no reason in Chinese has.
const ENGLISH: [&str; 14] =
    ["is", "are", "has", "of", "the", "and", "not", "cannot", "read", "error", "file", "image", "images", "expected"];

fn check_chinese(chinese: &str) {
    let mut words = chinese.split(|c: char| !c.is_ascii_alphabetic()).map(str::to_lowercase);
    assert!(chinese.chars().any(is_chinese), "{chinese}");
    assert!(!words.any(|word| ENGLISH.contains(&word.as_str())), "{chinese}");
}

#[test]
fn what_is_said_of_own_images_is_in_both_languages() {
    let whole = picture(9);
    let mut files = of_classes(&["cat", "dog"]);
    let bad: [(&str, Vec<u8>); 10] = [
        ("empty.png", Vec::new()),
        ("cut.png", whole[..whole.len() / 2].to_vec()),
        ("small.png", png(3, 2, 1, &[7, 80, 90, 3, 200, 6])),
        ("text.txt", b"hello".to_vec()),
        ("photo.heic", [&[0, 0, 0, 24], b"ftypheic".as_slice(), &[0; 64]].concat()),
        ("broken.svg", b"<svg><g></svg>".to_vec()),
        ("header.npy", b"\x93NUMPY\x01\x00\x04\x00abcd".to_vec()),
        ("short.npy", npy("|u1", &[9, 8, 8], &[1; 64])),
        ("rows.csv", b"a,b\n1,2\n".to_vec()),
        ("cut.zip", zipped(&of_classes(&["owl"]))[..60].to_vec()),
    ];
    files.extend(bad.iter().map(|(name, bytes)| (format!("cat/{name}"), bytes.clone())));
    let owls: Vec<u8> = (0..3 * 64).map(|i| (i * 5 % 251) as u8).collect();
    files.push(("owl.npy".to_owned(), npy("|u1", &[3, 8, 8], &owls)));
    let folder = folder_of(&files);

    let mut bench = Bench::of(families::PICTURE);
    bench.key(Key::L);
    bench.drop_file(folder.path());
    let commands = bench.commands_when_made();
    let [Command::Restart(_, Some(set))] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(set.skipped.len(), bad.len(), "{:?}", set.skipped);
    assert!(!set.notes.is_empty());
    let told: Vec<&Words> = set.skipped.iter().map(|skipped| &skipped.reason).chain(&set.notes).collect();
    for words in &told {
        check_chinese(words.get());
        assert!(!words.en().chars().any(is_chinese) && !bench.says(words.en()), "{words:?}");
    }
    let [first, note] = [told[0], &set.notes[0]].map(|words| words.get().to_owned());
    assert!(bench.says(&first) && bench.says(&note), "{first}; {note}");
    bench.key(Key::L);
    assert!(bench.says(told[0].en()) && bench.says(set.notes[0].en()), "{told:?}");
    assert!(!bench.says(&first) && !bench.says(&note));
}

#[test]
fn a_path_that_cannot_be_read_is_explained_in_both_languages() {
    let mut bench = Bench::of(families::PICTURE);
    bench.key(Key::L);
    bench.drop_file("/no/such/folder");
    bench.wait_to_say("无法打开 /no/such/folder：找不到");
    bench.key(Key::L);
    assert!(bench.says("cannot open /no/such/folder: ") && !bench.says("无法打开"));
}

#[test]
fn built_in_sets_are_named_in_both_languages() {
    for source in ImageSource::BUILT_IN {
        let (set, name) = (built_in(&source).unwrap(), source.name().unwrap());
        assert_eq!((set.title(), set.title().en()), (name.label.into(), set.name.as_str()));
    }
    let set = built_in(&ImageSource::Creatures).unwrap();
    let both = |en: &str, zh: &str| Words::both(en.to_owned(), zh.to_owned());
    assert_eq!(
        [set.class_title(4), set.image_title(21)],
        [both("species 5", "物种 5"), both("species 2 2", "物种 2 2")]
    );
    let digits = built_in(&ImageSource::Digits).unwrap();
    assert_eq!([digits.class_title(3), digits.image_title(0)], ["3", "0 (1)"].map(Words::from));
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
