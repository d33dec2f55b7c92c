//! Texts that are made away from the window, in both languages, for whoever reads them there.

use std::fmt::{Display, Formatter, Result};
use std::ops::Deref;

use super::{Language, Text};

/// A text of its own in both languages; used as a string it is in the one that the reading thread speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    en: String,
    zh: String,
}

impl Words {
    /// In English and in Chinese.
    pub const fn both(en: String, zh: String) -> Self {
        Self { en, zh }
    }

    /// What is told in the language that this thread speaks, once in each.
    pub fn told(tell: impl Fn() -> String) -> Self {
        let spoken = Language::spoken();
        let [en, zh] = [Language::English, Language::Chinese].map(|language| {
            language.speak();
            tell()
        });
        spoken.speak();
        Self { en, zh }
    }

    /// In this thread's language.
    pub fn get(&self) -> &str {
        match Language::spoken() {
            Language::English => &self.en,
            Language::Chinese => &self.zh,
        }
    }

    /// In English, for what is written to files.
    pub fn en(&self) -> &str {
        &self.en
    }
}

impl Deref for Words {
    type Target = str;

    fn deref(&self) -> &str {
        self.get()
    }
}

impl Display for Words {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.pad(self.get())
    }
}

impl PartialEq<String> for Words {
    fn eq(&self, other: &String) -> bool {
        self.get() == other
    }
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.get().to_owned()
    }
}

impl From<Text> for Words {
    fn from(text: Text) -> Self {
        Self::both(text.en().to_owned(), text.r#in(Language::Chinese).to_owned())
    }
}

/// What is the same in both: a name, a number.
impl From<String> for Words {
    fn from(same: String) -> Self {
        Self::both(same.clone(), same)
    }
}

/// The same.
impl From<&str> for Words {
    fn from(same: &str) -> Self {
        same.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{tell, text};

    #[test]
    fn they_are_read_in_the_language_of_the_reader() {
        let (name, k) = (Words::from(text("your picture", "你的图像")), 3);
        let words = Words::told(|| tell(|| format!("{name} at {k}"), || format!("第 {k} 步的{name}")));
        assert_eq!(words, "your picture at 3".to_owned());
        Language::Chinese.speak();
        assert_eq!(&*words, "第 3 步的你的图像");
        assert_eq!((words.en(), String::from(Words::from("K"))), ("your picture at 3", "K".to_owned()));
        Language::English.speak();
    }
}
