//! Lessons without a window.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::arguments::{LessonsArguments, LessonsCommand};
use crate::columns;
use crate::ending::Ending;
use crate::files::write_whole;
use crate::lessons::check::{Checking, Flaw, SEEDS, check};
use crate::lessons::lesson::Lesson;
use crate::lessons::{built_in, file, grade};
use crate::said::{note, print};

/// Lists, checks or grades; `glyphs` says whether a letter can be drawn.
///
/// # Errors
/// A lesson that does not hold, or a file that cannot be read or written.
pub fn lessons(arguments: &LessonsArguments, glyphs: &(dyn Fn(char) -> bool + Sync)) -> Result<Ending, Box<dyn Error>> {
    match &arguments.command {
        LessonsCommand::List => {
            let rows = built_in().iter().enumerate().map(|(index, lesson)| {
                let minutes = format!("{} min", lesson.minutes);
                [(index + 1).to_string(), lesson.id.clone(), minutes, lesson.title.get().to_owned()]
            });
            print(columns::columns(&rows.collect::<Vec<_>>()))?;
        }
        LessonsCommand::Check { lessons, threads } => checked(lessons, *threads, glyphs)?,
        LessonsCommand::Grade { folder, lesson } => graded(folder, lesson)?,
    }
    Ok(Ending::Done)
}

fn checked(names: &[String], threads: usize, glyphs: &(dyn Fn(char) -> bool + Sync)) -> Result<(), Box<dyn Error>> {
    let lessons: Vec<Arc<Lesson>> = match names.is_empty() {
        true => built_in().to_vec(),
        false => names.iter().map(|name| file::find(name)).collect::<Result<_, _>>()?,
    };
    let found: Vec<(&Arc<Lesson>, Vec<Flaw>)> = lessons
        .par_iter()
        .map(|lesson| {
            let both = built_in().iter().any(|known| Arc::ptr_eq(known, lesson));
            let flaws = check(lesson, &Checking { seeds: &SEEDS, threads, both, glyphs });
            note(format_args!("{}: {}", lesson.id, if flaws.is_empty() { "holds" } else { "does not hold" }));
            (lesson, flaws)
        })
        .collect();
    let flawed = found.iter().filter(|(_, flaws)| !flaws.is_empty()).count();
    for (lesson, flaws) in &found {
        for flaw in flaws {
            print(format_args!("{}, {flaw}\n", lesson.id))?;
        }
    }
    if flawed > 0 {
        return Err(format!("{flawed} of {} lessons do not hold", lessons.len()).into());
    }
    print(format_args!("All {} lessons hold, on seeds 0, 1 and 2.\n", lessons.len()))?;
    Ok(())
}

fn graded(folder: &Path, lessons: &[std::path::PathBuf]) -> Result<(), Box<dyn Error>> {
    let own = lessons.iter().map(|path| file::read(path).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    let grades = grade::folder(folder, &own).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    if grades.is_empty() {
        return Err(format!("there are no result files (*.toml) in {}", folder.display()).into());
    }
    let mut table = csv::Writer::from_writer(Vec::new());
    for grade in &grades {
        table.serialize(grade)?;
    }
    let path = folder.join("grades.csv");
    write_whole(&path, &table.into_inner()?)?;
    let verified = grades.iter().filter(|grade| grade.verified).count();
    note(format_args!("{verified} of {} results show the same again; {}", grades.len(), path.display()));
    Ok(())
}
