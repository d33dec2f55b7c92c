//! An experiment file; one that is read is valid and is read again from what is written.
#![no_main]

use std::path::Path;

use metascope::experiment::Experiment;

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("experiment"), |text: &str| {
    let path = Path::new("input.toml");
    if let Ok(experiment) = Experiment::parse(text, path) {
        assert_eq!(experiment.settings.validate(), Ok(()));
        let written = experiment.to_text().expect("a parsed experiment can be written");
        assert_eq!(Experiment::parse(&written, path).expect("and read again"), experiment);
    }
});
