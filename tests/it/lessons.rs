//! Lessons: their files, their proof, what comes of them.

use std::path::Path;
use std::sync::Arc;

use metascope::lessons::check::{Checking, Flaw, Rule, check};
use metascope::lessons::condition::Strictness;
use metascope::lessons::lesson::Lesson;
use metascope::lessons::measures::MEASURES;
use metascope::lessons::rehearse::{Pupil, Went};
use metascope::lessons::{FILES, built_in, file, named};
use metascope::text::Language;
use metascope::window;

mod desk;
mod gone_on;
mod grades;
mod in_the_window;
mod rehearsal;

/// A short lesson that holds, on tasks that take no time.
pub const SHORT: &str = r#"version = 1
id = "short"
minutes = 1
title = { en = "Short", zh = "短课" }
goal = { en = "You have seen one.", zh = "你看过一课。" }

[experiment.run]
tasks = "plane"
evaluate_every = 5

[window]
knobs = ["inner_rate"]

[[steps]]
kind = "predict"
after = 20
text = { en = "Where will the loss be? α is {knob knob=inner_rate}.", zh = "损失会在哪里？" }
then = { en = "It is {loss over=random}.", zh = "它是 {loss over=random}。" }

[[steps.options]]
text = { en = "Far below the random start's", zh = "远低于随机起点" }
true_if = [{ measure = "loss", over = "random", below = 0.5 }]
because = { en = "It is not.", zh = "不是。" }

[[steps.options]]
text = { en = "Above it", zh = "高于随机起点" }
true_if = [{ measure = "loss", over = "random", above = 1.0 }]
because = { en = "It has learned.", zh = "它学会了。" }

[[steps]]
kind = "do"
within = 60
text = { en = "Make a step shorter than a fifth of its limit, and keep it so.", zh = "让步长小于界限的五分之一，并保持。" }
until = [{ measure = "rate-over-limit", below = 0.2, hold = 20 }]
hints = [{ en = "Turn α down.", zh = "调低 α。" }]
solution = [{ after = 0, knob = "inner_rate", value = 0.02 }]

[[steps]]
kind = "observe"
text = { en = "Has the run failed?", zh = "运行失败过吗？" }

[[steps.options]]
text = { en = "Once at least", zh = "至少一次" }
true_if = [{ measure = "failures", above = 0.5 }]
because = { en = "There was no banner.", zh = "没有出现过提示条。" }

[[steps.options]]
text = { en = "Never", zh = "没有" }
true_if = [{ measure = "failures", below = 0.5 }]
because = { en = "There was a banner.", zh = "出现过提示条。" }

[[steps]]
kind = "write"
text = { en = "Why?", zh = "为什么？" }
"#;

pub fn read(text: &str) -> Result<Arc<Lesson>, String> {
    file::parse(text, Path::new("short.toml")).map(Arc::new).map_err(|error| error.to_string())
}

/// The short lesson with a part of its text replaced.
fn with(part: &str, other: &str) -> String {
    assert!(SHORT.contains(part), "{part}");
    SHORT.replace(part, other)
}

fn flaws(text: &str) -> Vec<Flaw> {
    let letters = window::letters();
    check(&read(text).unwrap(), &Checking { seeds: &[0, 1, 2], threads: 1, both: true, glyphs: &letters })
}

#[test]
fn a_lesson_that_holds_has_no_flaw_on_any_number_of_threads() {
    assert_eq!(flaws(SHORT), []);
    let letters = window::letters();
    let how = Checking { seeds: &[0], threads: 2, both: true, glyphs: &letters };
    assert_eq!(check(&read(SHORT).unwrap(), &how), []);
}

#[test]
fn a_lesson_that_breaks_a_rule_is_refused_by_its_name() {
    let hint = r#"hints = [{ en = "Turn α down.", zh = "调低 α。" }]"#;
    let until = r#"until = [{ measure = "rate-over-limit", below = 0.2, hold = 20 }]"#;
    let broken = [
        (Rule::Experiment, with(r#"tasks = "plane""#, "tasks = \"class\"\nimages = \"faces\"")),
        (Rule::SolvedAtStart, with(until, r#"until = [{ measure = "rate-over-limit", below = 5.0 }]"#)),
        (Rule::SolvedByWaiting, with(until, r#"until = [{ measure = "meta-iteration", above = 50 }]"#)),
        (Rule::Solution, with("value = 0.02", "value = 0.3")),
        (Rule::HiddenKnob, with(r#"knobs = ["inner_rate"]"#, "knobs = []")),
        (Rule::OneTrue, with(r#"over = "random", above = 1.0"#, r#"over = "random", above = 0.0"#)),
        (Rule::Languages, with(r#"{ en = "Above it", zh = "高于随机起点" }"#, r#"{ en = "Above it" }"#)),
        (Rule::Glyphs, with("Above it", "Above it 𓀀")),
        (Rule::Because, with("because = { en = \"It has learned.\", zh = \"它学会了。\" }\n", "")),
        (Rule::Hint, with(hint, "")),
    ];
    assert_eq!(broken.len(), Rule::Hint as usize + 1, "up to the last one");
    for (index, (rule, text)) in broken.into_iter().enumerate() {
        assert_eq!(rule as usize, index, "each once");
        let found = flaws(&text);
        assert!(found.iter().any(|flaw| flaw.rule == rule), "{}: {found:?}", rule.id());
        assert!(found.iter().all(|flaw| flaw.to_string().contains(rule.id())), "{}: {found:?}", rule.id());
    }
}

#[test]
fn what_is_wrong_in_a_file_is_named_with_its_line_and_key() {
    let refused = |text: String, parts: &[&str]| {
        let error = read(&text).unwrap_err();
        parts.iter().for_each(|part| assert!(error.contains(part), "{part:?} is not in {error}"));
    };
    let line = |part: &str| format!("line {}", SHORT[..SHORT.find(part).unwrap()].matches('\n').count() + 1);
    refused(with("minutes = 1", "hours = 1"), &["short.toml", "hours", "line 3"]);
    refused(with("kind = \"predict\"", "kind = \"guess\""), &["guess", &line("kind = \"predict\"")]);
    refused(with("rate-over-limit", "beauty"), &["beauty", "rate-over-limit", &line("until")]);
    refused(with("{loss over=random}", "{loss of=me}"), &["takes no of", "short.toml"]);
    refused(with("within = 60\n", ""), &["within", "needs"]);
    refused(with("after = 20\n", "within = 20\n"), &["has no within"]);
    refused(with(r#"tasks = "plane""#, r#"tasks = "teapots""#), &["teapots"]);
    refused(
        with("[window]", "[experiment.live]\ninner_rate = -1\n[window]"),
        &["experiment.live.inner_rate", "line 12"],
    );
    refused(with("version = 1", "version = 9"), &["version 9"]);
    refused(with(r#"id = "short""#, r#"id = "a lesson""#), &["line 2, id"]);
    refused(with("value = 0.02", "back_to_best = true"), &["solution"]);
    refused(with("[window]", "[window]\nbeside = \"alchemy\""), &["alchemy", "window.beside"]);
}

#[test]
fn every_built_in_lesson_is_read_and_has_a_name_and_a_number() {
    assert_eq!(built_in().len(), FILES.len());
    for (index, (name, text)) in FILES.iter().enumerate() {
        let lesson = file::parse(text, Path::new(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(*name, format!("{:02}-{}.toml", index + 1, lesson.id));
        assert!((2..=10).contains(&lesson.minutes) && lesson.window.knobs.len() <= 3, "{name}");
        assert_eq!(named(&lesson.id).unwrap().id, named(&(index + 1).to_string()).unwrap().id);
        Language::English.speak();
        assert!(!lesson.title.get().contains('!') && lesson.steps.len() >= 3, "{name}");
    }
    assert!(file::find("no-such-lesson").unwrap_err().to_string().contains("good-start"));
}

/// All of it, on three seeds and by waiting too, is `metascope lessons check`.
#[test]
fn every_built_in_lesson_is_solved_as_it_says() {
    let letters = window::letters();
    for lesson in built_in() {
        let how = Checking { seeds: &[], threads: 2, both: true, glyphs: &letters };
        let alone = Lesson { steps: Vec::new(), ..lesson.as_ref().clone() };
        assert_eq!(check(&Arc::new(alone), &how), [], "{}", lesson.id);
        let mut pupil = Pupil::new(lesson, 0, 2, Strictness::WithMargin).unwrap();
        for step in 0..lesson.steps.len() {
            let went = pupil.solve().unwrap();
            assert_eq!(went, Went::Well, "{}, step {}: {went}", lesson.id, step + 1);
        }
    }
}

#[test]
fn the_guide_lists_every_measure() {
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/guide.md")).unwrap();
    Language::English.speak();
    for measure in &MEASURES {
        let takes: Vec<String> = measure.takes.iter().map(|argument| format!("`{}`", argument.key())).collect();
        let row = format!("| `{}` | {} | {} |", measure.id, measure.name.get(), takes.join(", "));
        assert!(guide.contains(&row), "the guide lacks: {row}");
    }
}

#[test]
fn the_page_for_teachers_calls_lessons_by_their_titles() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/teaching.md")).unwrap();
    for (index, lesson) in built_in().iter().enumerate() {
        for language in [Language::English, Language::Chinese] {
            let title = lesson.title.r#in(language).unwrap();
            assert!(
                page.contains(&format!("| {}. {title} |", index + 1)),
                "the page lacks lesson {}: {title}",
                index + 1
            );
        }
    }
}
