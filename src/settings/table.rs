//! The table of settings: one entry for each, with everything that is known about it. The window's panels, validation,
//! experiment files, the command line, marks and the axes of sweeps all read it. A new setting is a field of its struct
//! and an entry here.

/// A number at a path of fields in `live` or `run`: what it belongs to, and its range.
macro_rules! number {
    (live.$name:ident, $group:expr, $range:expr) => { number!(Live, "live", $name, $group, $range) };
    (run.$($name:ident).+, $group:expr, $range:expr) => { number!(Run, "run", $($name).+, $group, $range) };
    ($field:ident, $table:literal, $($name:ident).+, $group:expr, $range:expr) => {
        Setting {
            path: concat!($table, $(".", stringify!($name)),+),
            group: $group,
            field: Field::$field(Number {
                range: $range,
                get: |settings| settings.$($name).+ as f64,
                set: |settings, value| settings.$($name).+ = value as _,
            }),
            ..Setting::BLANK
        }
    };
}

/// A choice at a path of fields in `run`: its type has `ALL` values and their `name`s.
macro_rules! choice {
    (run.$($name:ident).+, $group:expr, $type:ty) => {
        Setting {
            path: concat!("run", $(".", stringify!($name)),+),
            group: $group,
            field: Field::Choice(Choice {
                name: |index| <$type>::ALL.get(index).map(|value| value.name()),
                get: |run| <$type>::ALL.iter().position(|value| *value == run.$($name).+).unwrap_or_default(),
                set: |run, index| if let Some(value) = <$type>::ALL.get(index) {
                    run.$($name).+ = *value;
                },
            }),
            ..Setting::BLANK
        }
    };
}

mod entry;
mod group;
mod images;
mod live;
mod method;
mod network;
mod outer;
mod run;

pub use entry::{Choice, Field, Name, Number, Range, Setting};
pub(crate) use entry::{MOST_LAYERS, SEED};
pub use group::{Feature, Group, Part};
pub(super) use live::LIVE;

/// Every setting, section by section, in the order of panels and of the command line's help.
pub static SETTINGS: [&[Setting]; 6] =
    [&run::RUN, &LIVE, &network::NETWORK, &outer::OUTER, &method::METHOD, &images::IMAGES];

/// Every setting, one after the other.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.into_iter().flatten()
}

/// The setting at a path such as `run.outer.warm_up`, where code names one: `const WAYS: &Setting = setting("run.ways")`.
///
/// # Panics
/// If there is none; in a constant, that does not compile.
#[expect(clippy::panic, reason = "a constant that names no setting must not compile")]
pub const fn setting(path: &str) -> &'static Setting {
    let mut section = 0;
    while section < SETTINGS.len() {
        let mut index = 0;
        while index < SETTINGS[section].len() {
            if is_same(SETTINGS[section][index].path.as_bytes(), path.as_bytes()) {
                return &SETTINGS[section][index];
            }
            index += 1;
        }
        section += 1;
    }
    panic!("there is no such setting")
}

pub(crate) const fn is_same(one: &[u8], other: &[u8]) -> bool {
    match (one, other) {
        ([], []) => true,
        ([first, one @ ..], [second, other @ ..]) => *first == *second && is_same(one, other),
        _ => false,
    }
}
