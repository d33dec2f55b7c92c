//! Every step of every lesson, in both languages, before and after it is done. The lessons are gone through as their
//! solutions say.

use std::path::Path;
use std::sync::Arc;

use egui::{Key, Theme};
use metascope::lessons::built_in;
use metascope::lessons::condition::Strictness;
use metascope::lessons::lesson::Lesson;
use metascope::lessons::progress::Progress;
use metascope::lessons::rehearse::{Pupil, Went};
use metascope::train::snapshot::Snapshot;

use crate::common::picture::{USUAL, picture_after};

pub fn every_step(folder: &Path) {
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || built_in().iter().skip(half).step_by(2).for_each(|lesson| draw(lesson, folder)));
        }
    });
}

fn draw(lesson: &Arc<Lesson>, folder: &Path) {
    let mut pupil = Pupil::new(lesson, lesson.settings().run.seed, 1, Strictness::AsItStands).unwrap();
    for step in 0..lesson.steps.len() {
        let before = pupil.look();
        shoot(&pupil, &before, folder, &format!("{}-{}-a", lesson.id, step + 1));
        let mut done = None;
        let went = pupil.solve_until(|pupil| done = Some((pupil.progress.clone(), pupil.look()))).unwrap();
        assert_eq!(went, Went::Well, "{}, step {}", lesson.id, step + 1);
        let (progress, after) = done.unwrap();
        for (language, keys) in LANGUAGES {
            let name = format!("{}-{}-b-{language}.png", lesson.id, step + 1);
            window(progress.clone(), &after, keys).save(folder.join(name)).unwrap();
        }
    }
    let last = pupil.look();
    shoot(&pupil, &last, folder, &format!("{}-{}", lesson.id, lesson.steps.len() + 1));
}

const LANGUAGES: [(&str, &[Key]); 2] = [("en", &[]), ("zh", &[Key::L])];

fn shoot(pupil: &Pupil, snapshot: &Snapshot, folder: &Path, name: &str) {
    for (language, keys) in LANGUAGES {
        let picture = window(pupil.progress.clone(), snapshot, keys);
        picture.save(folder.join(format!("{name}-{language}.png"))).unwrap();
    }
}

fn window(progress: Progress, snapshot: &Snapshot, keys: &[Key]) -> image::RgbaImage {
    picture_after(USUAL, 1.0, Theme::Dark, Some(snapshot.clone()), |window| {
        let ctx = window.ctx.clone();
        window.state_mut().as_mut().unwrap().take_up_lesson(&ctx, progress);
        for key in keys {
            window.key_press(*key);
            window.run_steps(4);
        }
    })
}
