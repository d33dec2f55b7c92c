//! Letters of both languages.

use std::sync::{Arc, Mutex, PoisonError};

use egui::epaint::text::{Fonts, TextOptions};
use egui::{FontData, FontDefinitions, FontFamily, FontId};

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

/// Says whether a letter can be drawn.
pub fn letters() -> impl Fn(char) -> bool + Sync {
    let fonts = Mutex::new(Fonts::new(TextOptions::default(), definitions()));
    move |letter| {
        let mut fonts = fonts.lock().unwrap_or_else(PoisonError::into_inner);
        fonts.with_pixels_per_point(1.0).has_glyph(&FontId::default(), letter)
    }
}
