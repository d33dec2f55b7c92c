//! Runs that were under way when a window was closed: each window keeps its own in a folder that no other one writes to.

use std::io;
use std::path::{Path, PathBuf};

use web_time::{SystemTime, UNIX_EPOCH};

use crate::files::{self, Locked};

/// So many are kept, the newest.
const MOST: usize = 5;
const RUN: &str = "run.safetensors";
const PICTURE: &str = "samples.png";
/// A lesson that is under way, and what came of it so far.
const LESSON: [&str; 2] = ["lesson.toml", "lesson.result.toml"];
/// What a file is called that could not be opened.
const DAMAGED: &str = "damaged.safetensors";

/// A window's own folder.
#[derive(Debug)]
pub struct Session {
    folder: PathBuf,
    _lock: Locked,
}

/// The run of a window that is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    folder: PathBuf,
    /// When it was kept last.
    pub kept_at: SystemTime,
}

impl Session {
    /// A new one in this folder of all, and those of windows that are closed, the newest first.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub fn begin(all: &Path) -> io::Result<(Self, Vec<Earlier>)> {
        files::create_dir_all(all)?;
        let earlier = earlier(all);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let folder = all.join(format!("{:011}-{}", now.as_secs(), files::owner()));
        let lock = Locked::new(&folder).map_err(io::Error::other)?;
        Ok((Self { folder, _lock: lock }, earlier))
    }

    /// Where its run is kept.
    pub fn run(&self) -> PathBuf {
        self.folder.join(RUN)
    }

    /// Where a picture of it is.
    pub fn picture(&self) -> PathBuf {
        self.folder.join(PICTURE)
    }

    /// Where its lesson is, if one is under way, and what came of that so far.
    pub fn lesson(&self) -> [PathBuf; 2] {
        LESSON.map(|file| self.folder.join(file))
    }
}

impl Drop for Session {
    /// A folder that nothing was kept in is not left behind.
    fn drop(&mut self) {
        let _ = files::remove_dir(&self.folder);
    }
}

impl Earlier {
    /// Its run.
    pub fn run(&self) -> PathBuf {
        self.folder.join(RUN)
    }

    /// A picture of it, if there is one.
    pub fn picture(&self) -> PathBuf {
        self.folder.join(PICTURE)
    }

    /// Its lesson, if one was under way, and what came of that.
    pub fn lesson(&self) -> [PathBuf; 2] {
        LESSON.map(|file| self.folder.join(file))
    }

    /// Sets it aside: it could not be opened, and is not offered again.
    pub fn set_aside(&self) -> PathBuf {
        let aside = self.folder.join(DAMAGED);
        let _ = files::rename(self.run(), &aside);
        aside
    }
}

/// Those that no living window has; what is more than [`MOST`] is removed.
fn earlier(all: &Path) -> Vec<Earlier> {
    let entries = files::list(all).into_iter().flatten();
    let mut found: Vec<Earlier> = entries
        .filter_map(|folder| {
            let free = files::is_dir(&folder) && Locked::new(&folder).is_ok();
            if !free {
                return None;
            }
            match files::metadata(folder.join(RUN)).and_then(|run| run.modified()) {
                Ok(kept_at) => Some(Earlier { folder, kept_at }),
                Err(_) => {
                    // Of a window that was killed before it kept anything.
                    if !files::exists(&folder.join(DAMAGED)) {
                        remove(&folder);
                    }
                    None
                }
            }
        })
        .collect();
    found.sort_by_key(|earlier| std::cmp::Reverse((earlier.kept_at, earlier.folder.clone())));
    for old in found.drain(MOST.min(found.len())..) {
        remove(&old.folder);
    }
    found
}

/// Removes such a folder, unless there is something else in it.
fn remove(folder: &Path) {
    for file in [RUN, PICTURE].into_iter().chain(LESSON) {
        let _ = files::remove_file(folder.join(file));
    }
    let _ = files::remove_dir(folder);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_closed_window_s_run_is_found_and_a_living_one_s_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let all = folder.path().join("sessions");
        let (first, none) = Session::begin(&all).unwrap();
        assert_eq!(none, []);
        std::fs::write(first.run(), "a run").unwrap();
        let living = earlier(&all);
        assert_eq!(living, []);
        let path = first.run();
        drop(first);
        let found = earlier(&all);
        assert_eq!(found.iter().map(Earlier::run).collect::<Vec<_>>(), [path]);
        let aside = found[0].set_aside();
        assert!(aside.exists() && earlier(&all).is_empty());
    }

    #[test]
    fn a_window_that_kept_nothing_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (session, _) = Session::begin(folder.path()).unwrap();
        drop(session);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_newest_few_stay() {
        let folder = tempfile::tempdir().unwrap();
        for index in 0..8u64 {
            let own = folder.path().join(index.to_string());
            std::fs::create_dir(&own).unwrap();
            let run = std::fs::File::create(own.join(RUN)).unwrap();
            run.set_modified(UNIX_EPOCH + std::time::Duration::from_secs(index)).unwrap();
        }
        let names: Vec<_> = earlier(folder.path()).iter().map(|one| one.folder.clone()).collect();
        assert_eq!(names, ["7", "6", "5", "4", "3"].map(|name| folder.path().join(name)));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5);
    }
}
