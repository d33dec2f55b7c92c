//! A kept run; one that is read is written again as it was, and a small one goes on or is refused in words.
#![no_main]

use std::path::Path;

use metascope::keep::run_file::RunFile;
use metascope::settings::Settings;

/// Whether to go on takes no time: what a file may ask for is as much as an experiment may.
fn is_small(settings: &Settings) -> bool {
    let Settings { live, run } = settings;
    let counts = [live.meta_batch, live.inner_steps, live.test_steps, live.shots, live.test_shots];
    !run.tasks.needs_images()
        && run.network.hidden.iter().sum::<usize>() <= 16
        && counts.iter().all(|count| *count <= 16)
}

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("run_file"), |data: &[u8]| {
    let path = Path::new("input.safetensors");
    let Ok(file) = RunFile::parse(data, path) else { return };
    let bytes = file.bytes().expect("a run that was read can be written");
    let again = RunFile::parse(&bytes, path).expect("and read again");
    assert!(again.bytes().expect("and written again") == bytes);
    if is_small(&file.experiment.settings) {
        let _ = file.restore(None, 1).map_err(|error| error.to_string());
    }
});
