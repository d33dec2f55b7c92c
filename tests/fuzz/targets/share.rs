//! A line of text; one that is read is valid and is read again from what is written.
#![no_main]

use metascope::keep::share::Share;

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("share"), |text: &str| {
    match Share::parse(text) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(share) => {
            assert_eq!(share.experiment.settings.validate(), Ok(()));
            let written = share.to_text();
            let again = Share::parse(&written).expect("what is written is read");
            assert_eq!(again.experiment, share.experiment, "{written}");
            assert_eq!(again.to_text(), written);
        }
    }
});
