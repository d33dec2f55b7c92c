//! Tests of what a process takes, which shares it with no other.

use std::any::type_name_of_val;
use std::process::Command;

const ALONE: &str = "METASCOPE_TEST_ALONE";

/// Runs a test again in a process of its own that may hold so many megabytes. `test` is a closure in its function,
/// by whose name it is found. Where the system does not limit memory it runs here.
pub fn in_little_memory(megabytes: usize, test: impl FnOnce()) {
    if cfg!(not(target_os = "linux")) || std::env::var_os(ALONE).is_some() {
        return test();
    }
    let path = type_name_of_val(&test).trim_end_matches("::{{closure}}");
    let (_, name) = path.split_once("::").unwrap();
    let limited = format!("ulimit -d {} && exec \"$0\" \"$@\"", megabytes << 10);
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new("sh");
    command.arg("-c").arg(limited).arg(program).args(["--exact", name]).env(ALONE, "1");
    let output = command.output().unwrap();
    let [said, failed] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success() && said.contains("1 passed"), "{name}: {}\n{said}\n{failed}", output.status);
}
