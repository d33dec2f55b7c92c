//! Files and folders of the system.

use std::fs::TryLockError;
pub use std::fs::{File, create_dir_all, metadata, read, read_to_string, remove_dir, remove_file, rename};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{FileError, Met};

/// Whether there is something at a path.
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// Whether there is a file.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Whether there is a folder.
pub fn is_dir(path: &Path) -> bool {
    path.is_dir()
}

/// What lies in a folder, in no order.
///
/// # Errors
/// If it is no folder, or cannot be read.
pub fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    Ok(std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect())
}

/// All that lies below a path, or the file at it, sorted, without names that are `hidden` and what lies below them. Links
/// are followed, but in no circle.
pub fn walk<'a>(path: &'a Path, hidden: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = Met> + 'a {
    let shown = move |entry: &walkdir::DirEntry| entry.depth() == 0 || !hidden(&entry.file_name().to_string_lossy());
    let walk = walkdir::WalkDir::new(path).follow_links(true).sort_by_file_name();
    walk.into_iter().filter_entry(shown).map(|entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => Met::Folder,
        Ok(entry) => Met::File(entry.into_path()),
        Err(error) => Met::Closed { path: error.path().unwrap_or(path).to_owned(), why: error.to_string() },
    })
}

/// Whether what is not at a path now may be there again: a disk may come back.
pub const MAY_COME_BACK: bool = true;

/// The number of this process among all that run.
pub fn owner() -> u32 {
    std::process::id()
}

/// Writes a file so that nobody ever sees a part of it, not even after a power cut: under another name in the same
/// folder, then renamed.
///
/// # Errors
/// If it cannot be written; what was at the path stays.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    create_whole(path, bytes).map(drop)
}

/// The same, and leaves the file open to be appended to.
///
/// # Errors
/// As [`write_whole`].
pub fn create_whole(path: &Path, bytes: &[u8]) -> Result<File, FileError> {
    let part = part_of(path);
    let written = (|| {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, path)?;
        Ok(file)
    })();
    match written {
        Ok(file) => {
            sync_names(path);
            Ok(file)
        }
        Err(error) => {
            // A full disk wants its space back.
            let _ = std::fs::remove_file(&part);
            Err(FileError::write(path, &error as &io::Error))
        }
    }
}

/// Where a file is until it is whole. The name is always the same, so that what a killed run leaves behind is gone once
/// the file is written again.
fn part_of(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".part");
    path.with_file_name(name)
}

/// Makes a renaming last. Some file systems cannot, and have no need to.
fn sync_names(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

/// A folder that nobody else writes to as long as this lives. The system ends a lock with its process, however that
/// ends.
#[derive(Debug)]
pub struct Locked {
    _lock: Option<File>,
}

impl Locked {
    /// Makes a folder if it is missing, and locks it.
    ///
    /// # Errors
    /// If it cannot be made, or another process has locked it.
    pub fn new(folder: &Path) -> Result<Self, FileError> {
        std::fs::create_dir_all(folder).map_err(|error| FileError::write(folder, &error))?;
        let lock = open_lock(folder).map_err(|error| FileError::write(folder, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(FileError::Busy { path: folder.to_owned() }),
            // Network file systems without locks.
            Err(TryLockError::Error(_)) => Ok(Self { _lock: None }),
        }
    }
}

/// The folder's own handle: nothing has to be left in it.
#[cfg(unix)]
fn open_lock(folder: &Path) -> io::Result<File> {
    File::open(folder)
}

/// Folders cannot be locked here, so a file in it is. It counts only while it is locked, and goes with its last handle.
#[cfg(windows)]
fn open_lock(folder: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt as _;
    const DELETE_ON_CLOSE: u32 = 0x0400_0000;
    let mut options = File::options();
    options.write(true).create(true).truncate(false).custom_flags(DELETE_ON_CLOSE);
    options.open(folder.join(".metascope.lock"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(part_of(&path), "of a killed run").unwrap();
        for text in ["long at first", "short"] {
            write_whole(&path, text.as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(folder.path()), ["a.txt"]);
        }
        let mut open = create_whole(&path, b"begun\n").unwrap();
        open.write_all(b"and appended\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "begun\nand appended\n");
    }

    #[test]
    fn where_nothing_can_be_written_the_message_says_so_and_what_was_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("kept"), "").unwrap();
        let said = write_whole(&path, b"new").unwrap_err().to_string();
        assert!(said.contains("a.txt") && said.contains("--out"), "{said}");
        assert_eq!(names(folder.path()), ["a.txt"]);
        assert_eq!(names(&path), ["kept"]);
    }

    #[test]
    fn a_folder_is_locked_until_its_owner_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("deep/out");
        let first = Locked::new(&folder).unwrap();
        assert!(matches!(Locked::new(&folder), Err(FileError::Busy { .. })));
        drop(first);
        assert!(cfg!(windows) || names(&folder).is_empty());
        Locked::new(&folder).unwrap();
    }
}
