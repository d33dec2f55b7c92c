//! Results that are handed in: right ones, wrong ones, and some that were tampered with.

use std::sync::{Arc, LazyLock};

use metascope::lessons::condition::Strictness;
use metascope::lessons::grade::{Grade, folder, grade};
use metascope::lessons::lesson::Lesson;
use metascope::lessons::rehearse::{Pupil, Went};
use metascope::lessons::result::{LessonResult, Moment};
use metascope::train::shown::Deed;

use super::{SHORT, read};
use crate::common::command::metascope;

static LESSON: LazyLock<Arc<Lesson>> = LazyLock::new(|| read(SHORT).unwrap());

/// What a pupil hands in who does as the solution says.
fn right(seed: u64) -> LessonResult {
    let mut pupil = Pupil::new(&LESSON, seed, 1, Strictness::AsItStands).unwrap();
    while pupil.progress.now() < LESSON.steps.len() {
        assert_eq!(pupil.solve().unwrap(), Went::Well);
    }
    LessonResult::of(&pupil.progress, "Ada")
}

fn graded(result: &LessonResult) -> Grade {
    // As it comes back from a file.
    let read = LessonResult::parse(&result.to_text().unwrap()).unwrap();
    assert_eq!(read, *result);
    grade(&read, std::slice::from_ref(&LESSON))
}

#[test]
fn a_right_result_is_graded_as_the_window_said() {
    let result = right(0);
    let grade = graded(&result);
    assert!(grade.verified, "{}", grade.problem);
    assert_eq!((grade.predictions_right, grade.predictions), (1, 1));
    assert_eq!((grade.observations_right, grade.observations), (0, 1), "the second answer was the right one");
    assert_eq!((grade.done, grade.to_do, grade.name.as_str()), (1, 1, "Ada"));
}

#[test]
fn a_wrong_prediction_is_graded_as_wrong_and_is_no_fraud() {
    let mut result = right(0);
    result.steps[0].chosen = Some(1);
    let grade = graded(&result);
    assert!(grade.verified, "{}", grade.problem);
    assert_eq!((grade.predictions_right, grade.predictions), (0, 1));
}

#[test]
fn an_unfinished_result_is_graded_as_far_as_it_came() {
    let mut pupil = Pupil::new(&LESSON, 0, 1, Strictness::AsItStands).unwrap();
    assert_eq!(pupil.solve().unwrap(), Went::Well);
    let grade = graded(&LessonResult::of(&pupil.progress, ""));
    assert!(grade.verified, "{}", grade.problem);
    assert_eq!((grade.predictions_right, grade.done, grade.to_do), (1, 0, 1));
}

/// Whatever is changed in a file, the run that is gone through again says otherwise.
#[test]
fn what_was_tampered_with_is_found() {
    type Change = fn(&mut LessonResult);
    let changes: [(&str, Change); 11] = [
        ("a truth", |result| result.steps[0].truth = Some(1)),
        ("a value", |result| result.steps[0].values[0] *= 3.0),
        ("a value that was met", |result| result.steps[1].met[0].value *= 0.5),
        ("what was done", |result| {
            result.runs[0].journal[0] = Deed::Turned { at: 20, knob: metascope::settings::Knob::INNER_RATE, value: 0.9 }
        }),
        ("when it was done", |result| {
            let Deed::Turned { at, .. } = &mut result.runs[0].journal[0] else { panic!() };
            *at += 30;
        }),
        ("nothing was done", |result| result.runs[0].journal.clear()),
        ("a failure that was none", |result| result.runs[0].journal.insert(0, Deed::Diverged { at: 5 })),
        ("another seed", |result| result.runs[0].settings.run.seed = 9),
        ("a goal without a measurement", |result| result.steps[1].met.clear()),
        ("another moment", |result| result.steps[1].met[0].moment = Moment { run: 0, at: 0, deeds: 0 }),
        ("a run that is missing", |result| result.runs.clear()),
    ];
    let honest = right(0);
    for (what, change) in changes {
        let mut result = honest.clone();
        change(&mut result);
        let grade = graded(&result);
        assert!(!grade.verified && !grade.problem.is_empty(), "{what} was not found");
    }
}

#[test]
fn another_version_of_a_lesson_or_an_unknown_one_is_said() {
    let mut result = right(0);
    result.fingerprint = "0".to_owned();
    assert!(graded(&result).problem.contains("another version"));
    result.lesson = "unknown".to_owned();
    assert!(graded(&result).problem.contains("“unknown”"));
}

/// A class of twenty, by the command.
#[test]
fn a_folder_of_twenty_results_becomes_a_table() {
    let class = tempfile::tempdir().unwrap();
    let lesson = class.path().join("lesson.txt");
    std::fs::write(&lesson, SHORT).unwrap();
    let honest = right(0);
    let write = |name: &str, text: &str| std::fs::write(class.path().join(name), text).unwrap();
    for pupil in 0..20 {
        let mut result = honest.clone();
        result.name = format!("pupil {pupil}");
        match pupil {
            0..8 => {}
            8..12 => result.steps[0].chosen = Some(1),
            12..16 => result.steps[1].met[0].value = 0.01,
            16 => result.fingerprint = "older".to_owned(),
            17 => result.version = 99,
            _ => {}
        }
        let text = result.to_text().unwrap();
        let text = if pupil >= 18 { &text[..text.len() / 2] } else { &text };
        write(&format!("{pupil:02}.toml"), text);
    }
    let folder_name = class.path().to_str().unwrap();
    let done = metascope(&["lessons", "grade", folder_name, "--lesson", lesson.to_str().unwrap()]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let table = std::fs::read_to_string(class.path().join("grades.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 20);
    let verified = |row: &csv::StringRecord| &row[12] == "true";
    assert_eq!(rows.iter().map(verified).collect::<Vec<_>>(), (0..20).map(|pupil| pupil < 12).collect::<Vec<_>>());
    let right: Vec<&str> = rows[..12].iter().map(|row| &row[3]).collect();
    assert_eq!(right, ["1"; 8].into_iter().chain(["0"; 4]).collect::<Vec<_>>());
    for (row, part) in
        [(12, "step 2"), (16, "another version"), (17, "version 99"), (18, "not a result"), (19, "not a result")]
    {
        assert!(rows[row][13].contains(part), "{}", &rows[row][13]);
    }
    let again = folder(class.path(), std::slice::from_ref(&LESSON)).unwrap();
    assert_eq!(again.iter().filter(|grade| grade.verified).count(), 12);
}
