//! What holds the house together, read from its source: who names what, who imports whom, how long a file is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A source file without its tests.
pub struct Source {
    /// Its place below src, without `.rs`: `meta/outer/unrolled`.
    pub module: String,
    /// Lines of code, with their numbers.
    pub code: Vec<(usize, String)>,
    length: usize,
}

impl Source {
    fn room(&self) -> &str {
        self.module.split('/').next().unwrap()
    }

    fn place(&self, number: usize) -> String {
        format!("src/{}.rs:{number}", self.module)
    }

    /// Every path that is imported or named, whole, from the root of the house or below this file.
    fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        let mut text = String::new();
        for (_, line) in &self.code {
            if !text.is_empty()
                || ["use ", "pub use ", "pub(crate) use ", "pub(super) use "].iter().any(|u| line.starts_with(u))
            {
                text += line;
                if line.ends_with(';') {
                    let path = text.split_once("use ").unwrap().1.trim_end_matches(';').replace(' ', "");
                    paths.extend(unfolded(&path));
                    text.clear();
                }
                continue;
            }
            for root in ["crate::", "super::"] {
                for (start, _) in line.match_indices(root) {
                    let path: String =
                        line[start..].chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect();
                    paths.push(path);
                }
            }
        }
        paths.iter().filter_map(|path| self.resolved(path)).collect()
    }

    /// `super::a::B` as `tasks/a/B`; `None` for other crates.
    fn resolved(&self, path: &str) -> Option<String> {
        let mut parts: Vec<&str> = path.split("::").filter(|part| !part.is_empty()).collect();
        let mut own: Vec<&str> = self.module.split('/').collect();
        match *parts.first()? {
            "crate" => own.clear(),
            "super" => {}
            "self" => {}
            first if self.code.iter().any(|(_, line)| line.ends_with(&format!("mod {first};"))) => {
                return Some(format!("{}/{}", self.module, parts.join("/")));
            }
            _ => return None,
        }
        while matches!(parts.first(), Some(&("crate" | "super" | "self"))) {
            if parts.remove(0) == "super" {
                own.pop();
            }
        }
        Some(own.into_iter().chain(parts).collect::<Vec<_>>().join("/"))
    }
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`; without spaces.
fn unfolded(path: &str) -> Vec<String> {
    let Some((before, inside)) = path.split_once('{') else { return vec![path.to_owned()] };
    let inside = inside.strip_suffix('}').unwrap_or(inside);
    let (mut depth, mut start, mut all) = (0, 0, Vec::new());
    for (place, letter) in inside.char_indices().chain([(inside.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                all.extend(unfolded(&inside[start..place]));
                start = place + 1;
            }
            _ => {}
        }
    }
    all.into_iter().filter(|part| !part.is_empty()).map(|part| format!("{before}{part}")).collect()
}

pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let source = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let product = text.split("#[cfg(test)]\n").next().unwrap_or_default();
        let lines = product.lines().enumerate().map(|(i, line)| (i + 1, line.trim().to_owned()));
        Source {
            module: path.strip_prefix(&root).unwrap().with_extension("").to_str().unwrap().replace('\\', "/"),
            code: lines.filter(|(_, line)| !line.starts_with("//")).collect(),
            length: text.lines().count(),
        }
    };
    files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs"))
        .map(source)
        .collect()
}

fn none(what: &str, places: Vec<String>) {
    assert!(places.is_empty(), "{what}:\n{}", places.join("\n"));
}

/// What the benchmark times is named by it.
const NAMED_CASES: &str = "bench";

#[test]
fn families_are_named_in_tasks_alone_and_algorithms_in_meta_alone() {
    let mut places = Vec::new();
    for source in sources() {
        for (room, name) in [("tasks", "TaskFamily"), ("meta", "Algorithm")] {
            if [room, NAMED_CASES].contains(&source.room()) {
                continue;
            }
            let names = |line: &str| {
                let by_function = line.contains(&format!("{name}::named"));
                let by_id = [".id() == \"", ".id() != \"", ".id() {"].iter().any(|id| line.contains(id));
                by_function || by_id
            };
            places.extend(source.code.iter().filter(|(_, line)| names(line)).map(|(number, _)| source.place(*number)));
        }
    }
    none("named outside its room", places);
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let long = sources().into_iter().filter(|source| source.length > 400);
    none("longer than 400 lines", long.map(|source| format!("{}: {}", source.module, source.length)).collect());
}

/// The table of `src/lib.rs`: which rooms each may import.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let row = |row: &str| {
        let cells: Vec<&str> = row.split('|').collect();
        (cells[0].trim().trim_end_matches('`').to_owned(), quoted(cells[cells.len() - 2]))
    };
    rows.map(row).collect()
}

#[test]
fn a_room_imports_those_that_the_plan_allows_and_no_others() {
    let allowed = allowed();
    let mut found: BTreeMap<String, BTreeSet<String>> =
        allowed.keys().map(|room| (room.clone(), BTreeSet::new())).collect();
    for source in sources().iter().filter(|source| !["main", "lib"].contains(&source.room())) {
        let imported = found.entry(source.room().to_owned()).or_default();
        let rooms = source.paths().into_iter().map(|path| path.split('/').next().unwrap_or_default().to_owned());
        imported.extend(rooms.filter(|room| room != source.room() && allowed.contains_key(room)));
    }
    assert_eq!(found, allowed, "the first is what is, the second what src/lib.rs says");
}

fn reached<'a>(arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &'a str) -> BTreeSet<&'a str> {
    let (mut seen, mut left) = (BTreeSet::new(), vec![from]);
    while let Some(next) = left.pop() {
        left.extend(arrows.get(next).into_iter().flatten().filter(|to| seen.insert(**to)));
    }
    seen
}

#[test]
fn no_more_than_two_files_import_each_other_in_a_circle() {
    let sources = sources();
    let modules: BTreeSet<&str> = sources.iter().map(|source| source.module.as_str()).collect();
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in &sources {
        let own = source.module.as_str();
        for path in source.paths() {
            let mut prefix = path.as_str();
            while !modules.contains(prefix) {
                let Some((shorter, _)) = prefix.rsplit_once('/') else { break };
                prefix = shorter;
            }
            let Some(&module) = modules.get(prefix) else { continue };
            // A folder's file and what lies in the folder are one.
            if module != own && !own.starts_with(&format!("{module}/")) {
                arrows.entry(own).or_default().insert(module);
            }
        }
    }
    let all: BTreeMap<&str, BTreeSet<&str>> =
        modules.iter().map(|module| (*module, reached(&arrows, module))).collect();
    let circle = |module: &str| {
        let others = all[module].iter().filter(|other| all[*other].contains(module));
        others.copied().collect::<BTreeSet<_>>()
    };
    let circles: BTreeSet<BTreeSet<&str>> = modules.iter().map(|module| circle(module)).collect();
    let long = circles.into_iter().filter(|circle| circle.len() > 2);
    none("circles of imports", long.map(|circle| circle.into_iter().collect::<Vec<_>>().join(" ")).collect());
}
