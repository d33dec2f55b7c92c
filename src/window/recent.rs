//! The folders, archives and arrays of images, and the runs, that were used last.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Response, RichText, Ui};

use super::commands::{Commands, UiCommand};
use super::theme::Palette;
use crate::files;
use crate::settings::ImageSource;
use crate::text::{Words, say};

/// How many there are at most.
const MOST: usize = 5;

/// Characters of a name at most.
const LONGEST: usize = 28;

/// The paths, the newest first, each once.
#[derive(Clone, Debug, Default)]
pub struct Recent(Arc<[PathBuf]>);

impl Recent {
    /// These paths, the newest first.
    pub fn new(paths: impl DoubleEndedIterator<Item = PathBuf>) -> Self {
        let mut recent = Self::default();
        paths.rev().for_each(|path| recent.used(&path));
        recent
    }

    /// Puts a path first, whole: the next run of the program may be in another folder.
    pub fn used(&mut self, path: &Path) {
        if !files::exists(path) && !files::MAY_COME_BACK {
            return;
        }
        let path = whole(path);
        let others = self.0.iter().filter(|other| **other != path).cloned();
        self.0 = std::iter::once(path.clone()).chain(others).take(MOST).collect();
    }

    /// The paths.
    pub fn paths(&self) -> &[PathBuf] {
        &self.0
    }

    /// What is said of a path that could not be read, if it was used before and has gone.
    pub fn why_gone(&self, path: &Path) -> Option<Words> {
        let gone = self.0.contains(&whole(path)) && !files::exists(path);
        let path = path.display();
        gone.then(|| {
            Words::both(
                format!("{path} is not there any more. It stays in the list, as a disk may come back"),
                format!("{path} 已经不在了。它仍留在列表中，因为磁盘可能会重新接上"),
            )
        })
    }

    /// The paths, each with what it is called.
    pub fn named(&self) -> impl Iterator<Item = (&PathBuf, String)> {
        self.0.iter().zip(names(&self.0))
    }

    /// Draws them with their heading, if there are any; each is read when it is chosen. Whether one was.
    pub fn ui(&self, ui: &mut Ui, current: &ImageSource, commands: &mut Commands) -> bool {
        if self.0.is_empty() {
            return false;
        }
        ui.label(RichText::new(say("Used before", "最近用过")).color(Palette::of(ui).weak));
        let current = if let ImageSource::Path(path) = current { Some(whole(path)) } else { None };
        let mut chosen = false;
        for (path, name) in self.named() {
            let response = ui.selectable_label(current.as_ref() == Some(path), name);
            if explained(response, path).clicked() {
                commands.push(UiCommand::LoadImages(path.clone()));
                chosen = true;
            }
        }
        chosen
    }
}

fn explained(response: Response, path: &Path) -> Response {
    let (about, path) = (UiCommand::LoadImages(PathBuf::new()).tooltip(), path.display());
    super::tooltip::tooltip(response, || format!("{path}\n{about}"))
}

/// The path from the root on; as it is where the system cannot say.
fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// What they are called in the list: by their last part, and where two have the same by the one before too.
fn names(paths: &[PathBuf]) -> Vec<String> {
    let last = |path: &Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let name = |path: &PathBuf| {
        let own = last(path);
        let alone = paths.iter().filter(|other| last(other) == own).count() < 2;
        match path.parent().filter(|_| !alone) {
            Some(parent) => format!("{}/{own}", last(parent).trim_end_matches('/')),
            None => own,
        }
    };
    paths.iter().map(name).map(|name| shortened(&name)).collect()
}

/// The end of a name says more than its beginning.
fn shortened(name: &str) -> String {
    let count = name.chars().count();
    if count <= LONGEST {
        name.to_owned()
    } else {
        std::iter::once('…').chain(name.chars().skip(count + 1 - LONGEST)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recent(paths: &[&str]) -> Recent {
        Recent::new(paths.iter().map(PathBuf::from))
    }

    #[test]
    fn the_newest_is_first_and_none_is_there_twice() {
        let mut recent = recent(&["/a", "/b", "/c", "/d", "/e", "/f"]);
        assert_eq!(recent.paths(), ["/a", "/b", "/c", "/d", "/e"].map(PathBuf::from));
        recent.used(Path::new("/c/"));
        recent.used(Path::new("/x/./y"));
        assert_eq!(recent.paths(), ["/x/y", "/c", "/a", "/b", "/d"].map(PathBuf::from));
        recent.used(Path::new("here"));
        assert!(recent.paths()[0].is_absolute());
    }

    #[test]
    fn two_of_one_name_are_told_apart() {
        let paths = ["/a/train", "/b/train", "/c/faces.zip", "/"].map(PathBuf::from);
        assert_eq!(names(&paths), ["a/train", "b/train", "faces.zip", "/"]);
        assert_eq!(names(&[PathBuf::from(format!("/{}z", "a".repeat(40)))]), [format!("…{}z", "a".repeat(26))]);
    }

    #[test]
    fn a_path_that_has_gone_is_said_to_have_gone() {
        let recent = recent(&["/no/such/folder", env!("CARGO_MANIFEST_DIR")]);
        assert!(recent.why_gone(Path::new("/no/such/folder")).is_some_and(|why| why.contains("any more")));
        assert_eq!(recent.why_gone(Path::new(env!("CARGO_MANIFEST_DIR"))), None);
        assert_eq!(recent.why_gone(Path::new("/never/used")), None);
    }
}
