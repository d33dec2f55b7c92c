//! Letters of both languages.

use std::sync::{Arc, Mutex, PoisonError};

use egui::epaint::text::{Fonts, TextOptions};
use egui::{FontData, FontDefinitions, FontFamily, FontId};

/// Chinese characters: those of the program's texts and the common ones, for the names of people's own classes.
const CHINESE: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC.otf");

/// The signs on buttons. On a desktop egui has fonts of many more, for names of classes; a page is the smaller without
/// them.
const SIGNS: &[u8] = include_bytes!("../../assets/fonts/icons.ttf");

/// egui's own fonts, and what they lack.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, font) in [("Noto Sans SC", CHINESE), ("signs", SIGNS)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(font)));
    }
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        let fallbacks = fonts.families.entry(family).or_default();
        // Right after the first, as fonts of symbols have their own brackets.
        fallbacks.insert(1.min(fallbacks.len()), "Noto Sans SC".to_owned());
        // Raised and lowered digits and the raised minus are in the monospace font only.
        if !fallbacks.iter().any(|name| name == "Hack") {
            fallbacks.push("Hack".to_owned());
        }
        fallbacks.push("signs".to_owned());
    }
    fonts
}

/// Says whether a letter can be drawn.
pub fn letters() -> impl Fn(char) -> bool + Sync {
    letters_of(definitions())
}

fn letters_of(fonts: FontDefinitions) -> impl Fn(char) -> bool + Sync {
    let fonts = Mutex::new(Fonts::new(TextOptions::default(), fonts));
    move |letter| {
        let mut fonts = fonts.lock().unwrap_or_else(PoisonError::into_inner);
        fonts.with_pixels_per_point(1.0).has_glyph(&FontId::default(), letter)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::path::Path;

    use super::*;

    /// Without the fonts that a page does not have.
    #[test]
    fn every_sign_of_the_window_can_be_drawn() {
        let mut fonts = definitions();
        for name in ["NotoEmoji-Regular", "emoji-icon-font"] {
            assert!(fonts.font_data.remove(name).is_some());
            fonts.families.values_mut().for_each(|fallbacks| fallbacks.retain(|other| other != name));
        }
        let can_be_drawn = letters_of(fonts);
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/window");
        let files = walkdir::WalkDir::new(source).into_iter().map(|entry| entry.unwrap().into_path());
        for file in files.filter(|file| file.is_file()) {
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let missing: String = code.flat_map(str::chars).filter(|&c| !c.is_ascii() && !can_be_drawn(c)).collect();
            assert_eq!(missing, "", "{}", file.display());
        }
    }
}
