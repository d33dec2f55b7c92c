//! Paths as people type and paste them.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// The path that a line of text means: as a terminal quotes it, as a file manager copies it, or below `home`.
pub fn path_of(line: &str, home: Option<PathBuf>) -> PathBuf {
    let line = line.trim();
    let quoted = |quote: char| line.strip_prefix(quote)?.strip_suffix(quote);
    let line = quoted('\'').or_else(|| quoted('"')).unwrap_or(line);
    if let Some(address) = line.strip_prefix("file://") {
        let path = percent_decode_str(address.strip_prefix("localhost").unwrap_or(address)).decode_utf8_lossy();
        // As Windows writes it: file:///C:/pictures.
        let drive = path.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
        return PathBuf::from(drive.unwrap_or(&path));
    }
    match (line.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/')), home) {
        (Some(below), Some(home)) => home.join(below.trim_start_matches('/')),
        _ => PathBuf::from(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_understood_as_they_are_pasted() {
        for (line, path) in [
            (" /a/my pictures ", "/a/my pictures"),
            ("'/a/my pictures/'", "/a/my pictures/"),
            ("\"C:\\a b\"", "C:\\a b"),
            ("file:///a/my%20pictures/%E7%8C%AB", "/a/my pictures/猫"),
            ("file://localhost/a", "/a"),
            ("file:///C:/a", "C:/a"),
            ("~", "/home/me/"),
            ("~/pictures", "/home/me/pictures"),
            ("~me/pictures", "~me/pictures"),
            ("it's", "it's"),
        ] {
            assert_eq!(path_of(line, Some("/home/me".into())), PathBuf::from(path), "{line}");
        }
        assert_eq!(path_of("~/pictures", None), PathBuf::from("~/pictures"));
    }
}
