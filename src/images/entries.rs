//! Names of an archive's entries, and of files.

use crate::text::{Text, text};

/// Why an archive in an archive is left out.
pub(super) const NESTED: Text =
    text("is an archive inside an archive: unpack the outer one", "是压缩包里的压缩包：请解开外层");
/// Why an entry is left out whose name does.
pub(super) const LEADS_OUT: Text =
    text("has a name that leads out of the archive: pack it again", "文件名指向压缩包之外：请重新打包");

/// A name with `/` between folders, without `.` for the folder itself; `None` if it leads out of the archive.
/// Windows' packers write `\\` between folders, which no other name has.
pub(super) fn named(name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    let rooted = name.starts_with('/') || name.as_bytes().get(1) == Some(&b':');
    if rooted || name.contains('\0') || name.split('/').any(|part| part == "..") {
        return None;
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    Some(parts.join("/"))
}

/// A name that can be shown below the archive's.
pub(super) fn unrooted(name: &str) -> &str {
    name.trim_start_matches(['/', '\\'])
}

/// Puts an entry into a folder of this name, unless it lies in one already.
pub(super) fn put_inside(name: &mut String, folder: Option<&str>) {
    if let Some(folder) = folder
        && name.split_once('/').is_none_or(|(first, _)| first != folder)
    {
        name.insert_str(0, &format!("{folder}/"));
    }
}

/// A name as text. One that is not in UTF-8 is read as Latin-1, so that no two become the same.
pub(super) fn text_of(name: &[u8]) -> String {
    str::from_utf8(name).map_or_else(|_| name.iter().map(|&byte| char::from(byte)).collect(), str::to_owned)
}

/// Files that are no pictures of the user's, in a folder or an archive.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name == "Thumbs.db" || name == "__MACOSX"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_every_packer_writes_them() {
        for (name, read) in [
            ("cat/1.png", Some("cat/1.png")),
            ("cat\\1.png", Some("cat/1.png")),
            ("./cat//1.png", Some("cat/1.png")),
            ("../cat/1.png", None),
            ("cat\\..\\1.png", None),
            ("/etc/1.png", None),
            ("C:\\1.png", None),
            ("a\0b", None),
        ] {
            assert_eq!(named(name).as_deref(), read, "{name}");
        }
    }

    #[test]
    fn what_an_archive_in_a_folder_holds_is_in_a_folder_of_its_name() {
        for (name, expected) in [("1.png", "cat/1.png"), ("cat/2.png", "cat/2.png"), ("dog/3.png", "cat/dog/3.png")] {
            let mut name = name.to_owned();
            put_inside(&mut name, Some("cat"));
            assert_eq!(name, expected);
        }
    }
}
