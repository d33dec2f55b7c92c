//! Files in memory, by the names that those of a system go by. A folder is there as long as a file lies below it.

use std::collections::BTreeMap;
use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use web_time::SystemTime;

use super::{FileError, Met};

/// All of them.
static ALL: Mutex<BTreeMap<PathBuf, Held>> = Mutex::new(BTreeMap::new());

/// Who wants to know of changes.
static TOLD: Mutex<Option<Told>> = Mutex::new(None);

/// Gets a file that was written, or `None` for one that is gone.
pub type Told = fn(&Path, Option<&[u8]>);

#[derive(Clone)]
struct Held {
    bytes: Arc<[u8]>,
    modified: SystemTime,
}

/// An open file.
pub struct File(Cursor<Arc<[u8]>>);

/// What is known of what lies at a path.
pub struct Metadata {
    file: Option<Held>,
}

/// A folder that nobody else writes to: here there is nobody else.
#[derive(Debug)]
pub struct Locked;

/// From now on `told` gets every file that is written, and `None` for one that is removed. Files that are [`put`] are
/// not told of.
pub fn tell(told: Told) {
    *lock(&TOLD) = Some(told);
}

/// Lays a file down.
pub fn put(path: &Path, bytes: Vec<u8>, modified: SystemTime) {
    lock(&ALL).insert(path.to_owned(), Held { bytes: bytes.into(), modified });
}

/// Writes a file.
///
/// # Errors
/// None; a system has some.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    put(path, bytes.to_owned(), SystemTime::now());
    told(path, Some(bytes));
    Ok(())
}

/// Lets go of a file, of which nobody is told.
pub fn forget(path: &Path) {
    lock(&ALL).remove(path);
}

fn told(path: &Path, bytes: Option<&[u8]>) {
    let told = *lock(&TOLD);
    if let Some(told) = told {
        told(path, bytes);
    }
}

/// Whether there is something at a path.
pub fn exists(path: &Path) -> bool {
    metadata(path).is_ok()
}

/// Whether there is a file.
pub fn is_file(path: &Path) -> bool {
    lock(&ALL).contains_key(path)
}

/// Whether there is a folder.
pub fn is_dir(path: &Path) -> bool {
    !is_file(path) && exists(path)
}

/// What lies in a folder, each once, and in order.
///
/// # Errors
/// If there is no such folder.
pub fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = below(folder)
        .iter()
        .filter_map(|path| Some(folder.join(path.strip_prefix(folder).ok()?.components().next()?)))
        .collect();
    found.dedup();
    if found.is_empty() { Err(missing()) } else { Ok(found) }
}

/// All files below a folder, in order.
pub fn below(folder: &Path) -> Vec<PathBuf> {
    let all = lock(&ALL);
    all.keys().filter(|path| path.starts_with(folder) && *path != folder).cloned().collect()
}

/// All files below a path, or the one at it, sorted, without names that are `hidden` and what lies below them.
pub fn walk<'a>(path: &'a Path, hidden: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = Met> + 'a {
    let files = if is_file(path) { vec![path.to_owned()] } else { below(path) };
    let shown = move |file: &PathBuf| {
        let parts = file.strip_prefix(path).unwrap_or(file).components();
        !parts.into_iter().any(|part| hidden(&part.as_os_str().to_string_lossy()))
    };
    files.into_iter().filter(shown).map(Met::File)
}

/// Whether what is not at a path now may be there again.
pub const MAY_COME_BACK: bool = false;

/// What is known of what lies at a path.
///
/// # Errors
/// If there is nothing.
pub fn metadata(path: impl AsRef<Path>) -> io::Result<Metadata> {
    let path = path.as_ref();
    let file = lock(&ALL).get(path).cloned();
    if file.is_none() && below(path).is_empty() { Err(missing()) } else { Ok(Metadata { file }) }
}

/// The bytes of a file.
///
/// # Errors
/// If it is not there.
pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
/// If it is not there, or not in UTF-8.
pub fn read_to_string(path: impl AsRef<Path>) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.read_to_string(&mut text)?;
    Ok(text)
}

/// Removes a file.
///
/// # Errors
/// If there is none.
pub fn remove_file(path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref();
    lock(&ALL).remove(path).ok_or_else(missing)?;
    told(path, None);
    Ok(())
}

/// Gives a file another name.
///
/// # Errors
/// If there is none.
pub fn rename(from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
    let (from, to) = (from.as_ref(), to.as_ref());
    let held = lock(&ALL).get(from).cloned().ok_or_else(missing)?;
    remove_file(from)?;
    told(to, Some(&held.bytes));
    lock(&ALL).insert(to.to_owned(), held);
    Ok(())
}

/// Folders are there by themselves.
///
/// # Errors
/// None; a system has some.
pub fn create_dir_all(_: impl AsRef<Path>) -> io::Result<()> {
    Ok(())
}

/// And go by themselves.
///
/// # Errors
/// None; a system has some.
pub fn remove_dir(_: impl AsRef<Path>) -> io::Result<()> {
    Ok(())
}

/// There is one process.
pub fn owner() -> u32 {
    0
}

fn missing() -> io::Error {
    ErrorKind::NotFound.into()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Locked {
    /// Nothing has to be done for it.
    ///
    /// # Errors
    /// None; a system has some.
    pub fn new(_: &Path) -> Result<Self, FileError> {
        Ok(Self)
    }
}

impl File {
    /// Opens a file.
    ///
    /// # Errors
    /// If there is none.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let held = lock(&ALL).get(path.as_ref()).cloned().ok_or_else(missing)?;
        Ok(Self(Cursor::new(held.bytes)))
    }

    /// What is known of it.
    ///
    /// # Errors
    /// None; a system has some.
    pub fn metadata(&self) -> io::Result<Metadata> {
        let bytes = Arc::clone(self.0.get_ref());
        Ok(Metadata { file: Some(Held { bytes, modified: SystemTime::now() }) })
    }
}

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[expect(clippy::len_without_is_empty, reason = "a file's length, as a system says it")]
impl Metadata {
    /// Whether it is a file.
    pub fn is_file(&self) -> bool {
        self.file.is_some()
    }

    /// Whether it is a folder.
    pub fn is_dir(&self) -> bool {
        self.file.is_none()
    }

    /// How many bytes.
    pub fn len(&self) -> u64 {
        self.file.as_ref().map_or(0, |held| held.bytes.len() as u64)
    }

    /// When it was written.
    ///
    /// # Errors
    /// Of a folder that is not known.
    pub fn modified(&self) -> io::Result<SystemTime> {
        self.file.as_ref().map(|held| held.modified).ok_or_else(missing)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_names_and_folders_by_their_files() {
        let folder = Path::new("/a folder of this test");
        for (name, text) in [("b/c.txt", "one"), ("b/d.txt", "two"), ("e.txt", "three")] {
            write_whole(&folder.join(name), text.as_bytes()).unwrap();
        }
        assert_eq!(list(folder).unwrap(), ["b", "e.txt"].map(|name| folder.join(name)));
        assert_eq!(below(folder).len(), 3);
        let shown = |hidden: &'static str| walk(folder, move |name| name == hidden).count();
        assert_eq!((shown("none"), shown("b"), shown("c.txt")), (3, 1, 2));
        assert_eq!(walk(&folder.join("e.txt"), |_| true).count(), 1);
        assert!(is_dir(&folder.join("b")) && is_file(&folder.join("e.txt")) && !exists(&folder.join("f")));
        assert_eq!(read_to_string(folder.join("b/d.txt")).unwrap(), "two");
        assert_eq!(metadata(folder.join("e.txt")).unwrap().len(), 5);
        let mut open = File::open(folder.join("e.txt")).unwrap();
        open.seek(SeekFrom::Start(2)).unwrap();
        let mut rest = String::new();
        open.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "ree");
        rename(folder.join("e.txt"), folder.join("f")).unwrap();
        remove_file(folder.join("b/c.txt")).unwrap();
        assert!(is_file(&folder.join("f")) && File::open(folder.join("e.txt")).is_err());
        assert_eq!(list(&folder.join("b")).unwrap(), [folder.join("b/d.txt")]);
    }
}
