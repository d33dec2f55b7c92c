//! With `?prove` in its address the page proves itself before a window opens: that gradients are exact with its own
//! instructions, and that every lesson holds there, too. `metascope.proof` tells how far that is.

use serde_json::json;
use wasm_bindgen_futures::JsFuture;

use super::{training, watched};
use crate::check;
use crate::lessons::built_in;
use crate::lessons::check::{Checking, SEEDS};
use crate::window::fonts;

/// Tells a line for each thing that was proved, at the end that it is the end. Whoever watches gets a breath between two.
pub async fn prove() {
    let report = check::report();
    let exact = report.iter().filter(|comparison| comparison.passes()).count();
    let mut lines = vec![format!("{exact} of {} comparisons of gradients pass", report.len())];
    let letters = fonts::letters();
    let how = Checking { seeds: &SEEDS, threads: 1, both: true, glyphs: &letters };
    let mut held = 0;
    for lesson in built_in() {
        let flaws = crate::lessons::check::check(lesson, &how);
        held += usize::from(flaws.is_empty());
        lines.push(format!("{}: {}", lesson.id, if flaws.is_empty() { "holds" } else { "does not hold" }));
        lines.extend(flaws.iter().map(ToString::to_string));
        watched::tell("proof", &json!({ "lines": lines, "done": false }));
        let _ = JsFuture::from(training::breath()).await;
    }
    let passed = exact == report.len() && held == built_in().len();
    watched::tell("proof", &json!({ "lines": lines, "done": true, "passed": passed }));
}
