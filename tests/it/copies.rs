//! Images that occur more than once: none is held out whose copy is trained on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use metascope::images::at_path;
use metascope::settings::ImageReading;

use crate::common::files::{
    Files, SIZE, check_noted, classes_where, files, folder_of, of_classes, picture, read, reason_of,
};

#[test]
fn copies_are_trained_on_together_or_held_out_together() {
    let mut all = files(
        &(0..20).map(|i| format!("{i:02}.png")).collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let again: Files = all.iter().take(8).map(|(name, bytes)| (format!("again-{name}"), bytes.clone())).collect();
    all.extend(again);
    for seed in 0..6 {
        let folder = folder_of(&all);
        let set =
            at_path::load(folder.path(), ImageReading::of_size(SIZE, seed), &|_| {}, &AtomicBool::new(false)).unwrap();
        let side = |held_out: bool| {
            set.images
                .iter()
                .filter(|image| image.held_out == held_out)
                .map(|image| &*image.pixels)
                .collect::<BTreeSet<_>>()
        };
        assert!(side(true).is_disjoint(&side(false)), "seed {seed}");
        let held_out = set.images.iter().filter(|image| image.held_out).count();
        assert!((4..=5).contains(&held_out), "{held_out}");
        check_noted(&set, &["8 images have the same pixels as another"]);
        let validation = set.for_validation(seed).unwrap();
        let side = |held_out: bool| {
            validation
                .images
                .iter()
                .filter(|image| image.held_out == held_out)
                .map(|image| &*image.pixels)
                .collect::<BTreeSet<_>>()
        };
        assert!(side(true).is_disjoint(&side(false)));
    }
}

#[test]
fn copies_of_what_is_trained_on_are_not_held_out_where_the_set_divides_itself() {
    let mut same = of_classes(&["train/a", "train/b", "test/a", "test/b"]);
    same[4].1 = same[0].1.clone();
    let set = read(&same);
    assert_eq!(set.images.len(), 8);
    assert_eq!(set.images.iter().filter(|image| image.held_out).count(), 3);
    check_noted(&set, &["1 image to test or validate by is a copy", "trained on"]);

    let mut apart = of_classes(&["train/a", "train/b", "test/c", "test/d"]);
    apart.push(("test/c/copy.png".to_owned(), apart[0].1.clone()));
    let set = read(&apart);
    assert_eq!((set.images.len(), classes_where(&set, |image| image.held_out)), (8, BTreeSet::from(["c", "d"])));
    assert!(reason_of(&set, "test/c/copy.png").contains("a copy of “train/a/a.png”"));

    let all: Files = of_classes(&["train/a", "train/b", "train/c"]);
    let copied: Files = all.iter().map(|(name, bytes)| (name.replace("train", "test"), bytes.clone())).collect();
    let set = read(&[all, copied].concat());
    assert!(set.images.iter().any(|image| image.held_out) && set.images.iter().any(|image| !image.held_out));
    check_noted(&set, &["All images to test by are copies"]);
}

#[test]
fn test_classes_do_without_copies_of_what_is_trained_on() {
    let classes = ["a", "b", "c", "d", "e"];
    let mut all = of_classes(&classes);
    let shared = picture(77);
    all.extend(classes.map(|class| (format!("{class}/shared.png"), shared.clone())));
    let family = metascope::tasks::classes::Classes::new(Arc::new(read(&all)), 0).unwrap();
    assert_eq!(family.codes.nrows(), 15);
    let tasks = metascope::tasks::class::ClassTasks::new(Arc::new(read(&all)), 0).unwrap();
    assert_eq!(metascope::tasks::Tasks::held_out_tasks(&tasks), 2);
}
