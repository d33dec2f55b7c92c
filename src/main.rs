//! The `metascope` command.
fn main() {}
