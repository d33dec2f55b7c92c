//! The two languages of the program. A text is written in both where it stands, so that neither can be forgotten.
//!
//! Each thread speaks one language, English unless it is told otherwise: the window's thread speaks its user's, whatever
//! runs without a window speaks English.

/// Three significant digits, thousands separators, singular and plural.
pub mod numbers;
mod words;

use std::cell::Cell;
use std::fmt::{Debug, Display, Formatter, Result};
use std::ops::Deref;

pub use words::Words;

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, in simplified characters.
    Chinese,
}

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

impl Language {
    /// What this thread speaks from now on.
    pub fn speak(self) {
        SPOKEN.set(self);
    }

    /// What this thread speaks.
    pub fn spoken() -> Self {
        SPOKEN.get()
    }

    /// The one that a locale such as `zh_CN.UTF-8` is of; English where there is no other.
    pub fn of_locale(locale: &str) -> Self {
        if locale.to_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
    }

    /// Its tag in addresses.
    pub const fn id(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The one that is not this one.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }
}

/// A text in both languages; used as a string it is in the one that this thread speaks.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text {
    en: &'static str,
    zh: &'static str,
}

/// A text of a table.
pub const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

impl Text {
    /// In this thread's language.
    pub fn get(self) -> &'static str {
        say(self.en, self.zh)
    }

    /// In English, for what is written to files.
    pub const fn en(self) -> &'static str {
        self.en
    }

    /// In a language.
    pub fn r#in(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Chinese => self.zh,
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.get()
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.pad(self.get())
    }
}

impl Debug for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        Debug::fmt(self.en, f)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.get().to_owned()
    }
}

/// The one of two texts that is in this thread's language.
pub fn say(en: &'static str, zh: &'static str) -> &'static str {
    match Language::spoken() {
        Language::English => en,
        Language::Chinese => zh,
    }
}

/// The one of two sentences with values that is in this thread's language.
pub fn tell(en: impl FnOnce() -> String, zh: impl FnOnce() -> String) -> String {
    match Language::spoken() {
        Language::English => en(),
        Language::Chinese => zh(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_speaks_one_language() {
        let both = text("loss", "损失");
        assert_eq!((&*both, format!("{both:>6}").as_str()), ("loss", "  loss"));
        Language::Chinese.speak();
        assert_eq!((&*both, say("step", "步")), ("损失", "步"));
        assert_eq!(std::thread::spawn(move || both.get()).join().ok(), Some("loss"));
        Language::English.speak();
    }

    #[test]
    fn locales() {
        assert_eq!(["zh_CN.UTF-8", "zh-Hans", "C", "en_GB"].map(Language::of_locale).map(Language::other), {
            [Language::English, Language::English, Language::Chinese, Language::Chinese]
        });
    }
}
