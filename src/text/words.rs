//! Texts that are made away from the window, in both languages, for whoever reads them there.

use std::error::Error;
use std::fmt::{Display, Formatter, Result};
use std::io;
use std::ops::Deref;

use super::{Language, Text};

/// A text of its own in both languages; used as a string it is in the one that the reading thread speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Words {
    en: Box<str>,
    zh: Box<str>,
}

impl Words {
    /// In English and in Chinese.
    pub fn both(en: String, zh: String) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// What is told in the language that this thread speaks, once in each.
    pub fn told(tell: impl Fn() -> String) -> Self {
        let spoken = Language::spoken();
        let [en, zh] = [Language::English, Language::Chinese].map(|language| {
            language.speak();
            tell()
        });
        spoken.speak();
        Self::both(en, zh)
    }

    /// What an error of the system or of a reader says. In Chinese it is told by its kind alone, unless it carries
    /// words of the program's own.
    pub fn of_error(error: &io::Error) -> Self {
        match own(error) {
            Some(own) => own.clone(),
            None => Self::both(error.to_string(), in_chinese(error)),
        }
    }

    /// All of these, with this between them.
    pub fn joined(all: &[Self], between: Text) -> Self {
        Self::told(|| all.iter().map(Self::get).collect::<Vec<_>>().join(&between))
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

/// The program's own words somewhere within an error.
fn own<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Words> {
    let held = || error.downcast_ref::<io::Error>()?.get_ref().and_then(|held| own(held));
    error.downcast_ref().or_else(held).or_else(|| own(error.source()?))
}

fn in_chinese(error: &io::Error) -> String {
    use io::ErrorKind as Kind;
    let known = match error.kind() {
        Kind::NotFound => "找不到",
        Kind::PermissionDenied => "没有访问权限",
        Kind::IsADirectory => "这是文件夹",
        Kind::NotADirectory => "路径中有一段不是文件夹",
        Kind::UnexpectedEof => "内容不完整",
        Kind::InvalidData | Kind::InvalidInput => "内容不合格式",
        Kind::OutOfMemory => "内存不足",
        Kind::StorageFull => "磁盘已满",
        Kind::ReadOnlyFilesystem => "磁盘只读",
        Kind::TimedOut => "等待超时",
        _ => return error.raw_os_error().map_or("读取出错".to_owned(), |code| format!("系统错误 {code}")),
    };
    known.to_owned()
}

/// So that it can be the reason of a failure while something is read.
impl Error for Words {}

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

impl PartialEq<&str> for Words {
    fn eq(&self, other: &&str) -> bool {
        self.get() == *other
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
    fn errors_are_told_in_both() {
        let error = io::Error::from(io::ErrorKind::NotFound);
        assert_eq!(Words::of_error(&error), Words::both(error.to_string(), "找不到".to_owned()));
        let own = Words::both("line 3".to_owned(), "第 3 行".to_owned());
        assert_eq!(Words::of_error(&io::Error::other(own.clone())), own);
    }

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
