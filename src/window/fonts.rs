//! Letters of both languages.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily};

/// Chinese characters: those of the program's texts and the common ones, for the names of people's own classes.
const CHINESE: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC.otf");

/// egui's own fonts, and what they lack.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    fonts.font_data.insert("Noto Sans SC".to_owned(), Arc::new(FontData::from_static(CHINESE)));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        let fallbacks = fonts.families.entry(family).or_default();
        // Right after the first, as fonts of symbols have their own brackets.
        fallbacks.insert(1.min(fallbacks.len()), "Noto Sans SC".to_owned());
        // Raised and lowered digits and the raised minus are in the monospace font only.
        if !fallbacks.iter().any(|name| name == "Hack") {
            fallbacks.push("Hack".to_owned());
        }
    }
    fonts
}
