//! How much of what lies at a path is read.

use crate::text::{Words, tell};

/// More files than this are not read.
pub const MAX_FILES: usize = 100_000;
/// All images of a set together, in bytes.
pub const MAX_BYTES: usize = 1 << 30;
/// Images between two looks at how much memory is left.
pub(super) const CHUNK: usize = 1024;

/// Why files after a limit are left out.
pub(super) fn too_many(limit: Words) -> Words {
    Words::told(|| {
        tell(
            || format!("and what comes after it is left out: at most {limit} are kept; choose a smaller folder"),
            || format!("此处及之后的均未读取：最多保留 {limit}；请选择小一些的文件夹"),
        )
    })
}

/// The most files, as a limit.
pub(super) fn most_files() -> Words {
    Words::both(format!("{MAX_FILES} files"), format!("{MAX_FILES} 个文件"))
}
