//! How much of what lies at a path is read.

/// More files than this are not read.
pub const MAX_FILES: usize = 100_000;
/// All images of a set together, in bytes.
pub const MAX_BYTES: usize = 1 << 30;
/// Images between two looks at how much memory is left.
pub(super) const CHUNK: usize = 1024;

/// Why files after a limit are left out.
pub(super) fn too_many(limit: &str) -> String {
    format!("and what comes after it is left out: at most {limit} are kept; choose a smaller folder")
}
