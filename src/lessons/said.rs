//! Texts of lessons in both languages, with numbers of the run in them.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::measures::{Asked, MeasureError};
use crate::text::Language;
use crate::train::snapshot::Snapshot;

/// A text in English and, if its author wrote one, in Chinese. `{psnr step=5}` in it stands for what that measure reads
/// now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// English; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
    /// Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

impl Said {
    /// In this thread's language, or in the other one where that is missing.
    pub fn get(&self) -> &str {
        let spoken = Language::spoken();
        let said = [spoken, spoken.other()].into_iter().filter_map(|language| self.r#in(language));
        said.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default()
    }

    /// Whether nothing is written in any language.
    pub fn is_empty(&self) -> bool {
        self.en.trim().is_empty() && self.zh.as_ref().is_none_or(|text| text.trim().is_empty())
    }

    /// What its author wrote in this thread's language.
    pub fn written(&self) -> String {
        self.r#in(Language::spoken()).unwrap_or_default().to_owned()
    }

    /// Takes what its author writes in this thread's language.
    pub fn write(&mut self, text: String) {
        match Language::spoken() {
            Language::English => self.en = text,
            Language::Chinese => self.zh = Some(text).filter(|text| !text.is_empty()),
        }
    }

    /// In a language, if it is there.
    pub fn r#in(&self, language: Language) -> Option<&str> {
        match language {
            Language::English => Some(&self.en),
            Language::Chinese => self.zh.as_deref(),
        }
    }

    /// The same with the numbers of a run, and whether all of them could be read; one that cannot is an ellipsis.
    pub fn with_numbers(&self, snapshot: Option<&Snapshot>) -> (String, bool) {
        let (mut all, mut complete) = (String::new(), true);
        for part in parts(self.get()) {
            let _ = match part {
                Part::Text(text) => all.write_str(text),
                Part::Number(asked) => {
                    let read = asked.parse::<Asked>().ok().zip(snapshot);
                    let value = read.and_then(|(asked, snapshot)| Some((asked.read(snapshot)?, asked)));
                    match value {
                        Some((reading, asked)) => all.write_str(&asked.measure.unit.said(reading.value)),
                        None => {
                            complete = false;
                            all.write_char('…')
                        }
                    }
                }
            };
        }
        (all, complete)
    }

    /// What its numbers ask for, in every language.
    ///
    /// # Errors
    /// If one of them is no measure.
    pub fn numbers(&self) -> Result<Vec<Asked>, MeasureError> {
        let texts = [Some(self.en.as_str()), self.zh.as_deref()];
        let numbers = texts.into_iter().flatten().flat_map(parts).filter_map(|part| match part {
            Part::Number(asked) => Some(asked.parse()),
            Part::Text(_) => None,
        });
        numbers.collect()
    }
}

enum Part<'a> {
    Text(&'a str),
    Number(&'a str),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((inside, after)) = behind.split_once('}') else { break };
        all.extend([Part::Text(before), Part::Number(inside)]);
        rest = after;
    }
    all.push(Part::Text(rest));
    all
}
