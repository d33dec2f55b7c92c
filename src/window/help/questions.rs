//! The page of questions: a search, and below each question its answer with a button that shows it.

use egui::{CollapsingHeader, Id, Label, RichText, TextEdit, Ui};

use super::answers::{QUESTIONS, Question};
use crate::settings::{Algorithm, Settings, TaskFamily};
use crate::text::say;
use crate::window::commands::{self, Commands, UiCommand};
use crate::window::numbers;
use crate::window::scene::Scene;
use crate::window::stage;
use crate::window::theme::{GRID, Palette};

/// The page.
#[derive(Debug, Default)]
pub struct Questions {
    /// The words that are searched for.
    search: String,
    /// Whether the field is still to get the keyboard.
    takes_keyboard: bool,
}

impl Questions {
    /// Draws the field for words; it gets the keyboard when the page has just been opened.
    pub fn field(&mut self, ui: &mut Ui, opened: bool) {
        let edit = TextEdit::singleline(&mut self.search)
            .hint_text(say("Search, for example: step too long", "搜索，例如：步长"))
            .desired_width(f32::INFINITY);
        let field = ui
            .add(edit)
            .on_hover_text(say(
                "Leaves the questions that have every one of these words in them or in their answers",
                "只留下问题或回答中含有全部这些词的条目",
            ))
            .accessible_name(say("Search", "搜索"));
        // The click that opens the page is one beside the field, which makes it let go of the keyboard.
        self.takes_keyboard |= opened;
        if self.takes_keyboard {
            self.takes_keyboard = !field.has_focus();
            field.request_focus();
        }
    }

    /// Draws the questions that are found.
    pub fn ui(&self, ui: &mut Ui, settings: &Settings, commands: &mut Commands) {
        let mut none = true;
        for question in found(&self.search) {
            none = false;
            one(ui, question, settings, commands);
        }
        if none {
            let text = say(
                "No question has all of these words in it: try fewer, or others",
                "没有哪个问题含有全部这些词：少用几个，或换几个试试",
            );
            ui.add(Label::new(RichText::new(text).color(Palette::of(ui).weak)).wrap());
        }
    }
}

/// The questions that have every word of a search in them or in their answers, in the language that is spoken.
fn found(search: &str) -> impl Iterator<Item = &'static Question> {
    let words: Vec<String> = search.to_lowercase().split_whitespace().map(str::to_owned).collect();
    QUESTIONS.iter().filter(move |question| {
        let text = format!("{}\n{}", question.asks, question.answer).to_lowercase();
        words.iter().all(|word| text.contains(word))
    })
}

fn one(ui: &mut Ui, question: &'static Question, settings: &Settings, commands: &mut Commands) {
    let id = Id::unique(("question", question.asks.en()));
    let shown = CollapsingHeader::new(question.asks.get()).id_salt(id).show(ui, |ui| {
        ui.add(Label::new(question.answer.get()).wrap());
        let Some(scene) = &question.scene else { return };
        ui.horizontal(|ui| {
            let button = commands::button(ui, UiCommand::Show(scene), commands);
            if button.gained_focus() {
                button.scroll_to_me(None);
            }
            let text = RichText::new(in_short(scene, settings)).small().color(Palette::of(ui).weak);
            ui.add(Label::new(text).truncate());
        });
        ui.add_space(GRID);
    });
    let header = shown.header_response.on_hover_text(say("Shows or hides the answer", "显示或隐藏回答"));
    if header.gained_focus() {
        header.scroll_to_me(None);
    }
}

/// What a scene sets, in names that are on the screen.
fn in_short(scene: &Scene, now: &Settings) -> String {
    let tasks: TaskFamily = scene.tasks(now.run.tasks);
    let algorithms = [Some(scene.algorithm(now.run.algorithm)), scene.beside()];
    let algorithms = algorithms.into_iter().flatten().map(Algorithm::label).collect::<Vec<_>>().join(" | ");
    let mut parts = vec![tasks.label().to_owned(), algorithms];
    for (knob, value) in scene.knobs {
        parts.push(format!("{} {}", knob.short, numbers::knob_value(*knob, *value)));
    }
    parts.extend(scene.tab.and_then(|tab| stage::tab_name(tasks, tab)).map(|name| name.get().to_owned()));
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::text::Language;

    fn asked(search: &str) -> Vec<&'static str> {
        found(search).map(|question| question.asks.en()).collect()
    }

    #[test]
    fn every_word_must_be_found_whatever_its_case() {
        assert_eq!(asked("").len(), QUESTIONS.len());
        assert_eq!(asked(" REPTILE  nichol "), ["Reptile only moves to where adaptation ends. Why does that work?"]);
        assert_eq!(asked("λ_max hatched").len(), 1);
        assert!(asked("reptile teapot").is_empty());
    }

    #[test]
    fn it_is_searched_in_the_language_that_is_spoken() {
        assert!(asked("迁移学习").is_empty());
        Language::Chinese.speak();
        let found = ["迁移学习", "transfer"].map(|word| asked(word).len());
        Language::English.speak();
        assert_eq!(found, [1, 0]);
    }

    #[test]
    fn a_question_is_asked_once_and_answered_in_a_few_sentences_of_both_languages() {
        let asked: BTreeSet<&str> = QUESTIONS.iter().map(|question| question.asks.en()).collect();
        assert_eq!(asked.len(), QUESTIONS.len());
        for Question { asks, answer, .. } in &QUESTIONS {
            let [asks, answer] =
                [asks, answer].map(|text| [Language::English, Language::Chinese].map(|l| text.r#in(l)));
            assert!(asks[0].ends_with(['?', ')']) && asks[0].len() < 80 && asks[1].ends_with('？'), "{asks:?}");
            let ends = |text: &str| text.matches(". ").count() - text.matches("al. ").count() + 1;
            let sentences = [ends(answer[0]), answer[1].matches('。').count()];
            assert!(sentences.iter().all(|count| (2..=5).contains(count)), "{asks:?}: {sentences:?}");
        }
    }

    #[test]
    fn a_scene_names_what_there_is() {
        let ids = |scene: &Scene| (scene.tasks.map(str::parse), scene.algorithm.map(str::parse));
        let now = Settings::default();
        for Question { asks, scene, .. } in &QUESTIONS {
            let Some(scene) = scene else { continue };
            let (tasks, algorithm): (Option<Result<TaskFamily, _>>, Option<Result<Algorithm, _>>) = ids(scene);
            assert!(!matches!(tasks, Some(Err(_))) && !matches!(algorithm, Some(Err(_))), "{asks}");
            for (knob, value) in scene.knobs {
                assert!(knob.range().has(*value), "{asks}: {}", knob.key());
            }
            let preset = scene.preset(&now);
            assert_eq!(preset.validate(), Ok(()), "{asks}");
            assert!(scene.knobs.iter().all(|(knob, value)| knob.get(&preset.live) == *value), "{asks}");
            assert!(scene.tab.is_none_or(|tab| stage::tab_name(preset.run.tasks, tab).is_some()), "{asks}");
            assert!(in_short(scene, &now).contains(preset.run.tasks.label()), "{asks}");
        }
    }
}
