//! Metascope: see meta-learning happen.
//!
//! # The house
//!
//! ```text
//!  image file ─▶ images ─▶ tasks ──episode──▶ meta ──direction──▶ train ──snapshot──▶ window
//!                            ▲                  │                   ▲  │              │
//!                   (seed, meta-iteration,   maths                  │  └─▶ headless   │
//!                      index of the task)                           └──── command ◀───┘
//! ```
//!
//! An image file becomes an image set; a family draws a task from (seed, meta-iteration, index); `meta` adapts to it and
//! gives the outer direction; the trainer moves φ and shows a snapshot, at most 30 a second; a view draws it. The way
//! back is one command, or the latest live settings. Nothing else crosses, but for runs that the trainer hands out to be
//! kept (`keep`).
//!
//! | room | what it holds | what it never does | imports |
//! |---|---|---|---|
//! | `settings` | what can change while a run goes on, what needs a restart, and the table of both | act | `text` |
//! | `text` | the two languages, and which one a thread speaks | know what is said | |
//! | `said` | what is printed | know what it is about | |
//! | `ending` | how a command ends, and the exit codes | know what it did | |
//! | `archive` | named tensors and facts | know what they mean | `text` |
//! | `aside` | work beside what runs | know what is done | `text` |
//! | `columns` | text in columns | know what is in them | |
//! | `files` | files that are whole or not there, locked folders | know what is in them | `text` |
//! | `maths` | parameters, network, derivatives, kernels, optimisers, random streams | mention threads, clocks, files or egui | |
//! | `meta` | inner loop, backward sweep, algorithms | mention threads, clocks, files or egui | `maths` `settings` `text` |
//! | `images` | image sets: built in, and read from a folder | know what they are used for | `aside` `files` `maths` `settings` `text` |
//! | `tasks` | families: from a stream to a task, and what is drawn of it | mention threads, clocks, files or egui | `images` `maths` `meta` `settings` `text` |
//! | `train` | the trainer, its thread, histories, snapshots | know egui; let NaN reach a curve | `archive` `aside` `images` `maths` `meta` `settings` `tasks` `text` |
//! | `experiment` | experiment files | run them | `files` `settings` `text` `train` |
//! | `compare` | sweeps and races | let a result depend on threads, or on what ran before | `aside` `columns` `experiment` `files` `images` `meta` `settings` `tasks` `text` `train` |
//! | `check` | the exactness report | use a derivative of the code under test | `columns` `maths` `meta` `settings` |
//! | `bench` | the benchmark of the trainer | open a window | `columns` `images` `maths` `meta` `settings` `tasks` `train` |
//! | `lessons` | lessons, what they measure, their proof, their grades | open a window | `experiment` `files` `images` `settings` `tasks` `text` `train` |
//! | `keep` | runs as files and lines of text | know what is done with them | `archive` `aside` `experiment` `files` `images` `meta` `settings` `tasks` `text` `train` |
//! | `headless` | runs without a window, and what they write | open a window | `compare` `ending` `experiment` `files` `images` `keep` `meta` `said` `settings` `tasks` `train` |
//! | `arguments` | the command line | run anything | `compare` `ending` `experiment` `images` `keep` `said` `settings` `tasks` `text` `train` |
//! | `window` | panels, views, theme | compute anything that is learned | `aside` `check` `columns` `compare` `experiment` `files` `images` `keep` `lessons` `maths` `meta` `settings` `tasks` `text` `train` |
//! | `commands` | what each command does |  | `arguments` `bench` `check` `columns` `compare` `ending` `experiment` `files` `headless` `images` `keep` `lessons` `said` `settings` `tasks` `text` |
//!
//! `settings` says which families, algorithms and values there can be and imports `text` alone; what is known of a
//! family or an algorithm, `tasks` and `meta` add to its ids (`TaskFamily::card`, `Algorithm::recipe`).
//!
//! A test reads this table and proves that no room imports another one (`tests/it/house.rs`).
//!
//! # One thing, one place
//!
//! - A setting is a field, its value in the preset, and an entry of [`settings::table::SETTINGS`].
//! - An algorithm is an entry of [`meta::recipes::RECIPES`]; a new way from adapted parameters to an outer direction is a
//!   file of `meta::outer`.
//! - A task family is a file of [`tasks`] with its card, and a line of [`tasks::FAMILIES`].
//! - A kind of drawing is a variant of [`tasks::Panel`], a drawer in the window and one in samples.png.
//! - A close-up view is a file of `window::views` with a line of its table, and a file of [`train::views`] where something
//!   has to be computed for it.
//! - A lesson is a file of assets/lessons with a line of [`lessons::FILES`]; what it can measure is an entry of
//!   [`lessons::measures::MEASURES`].
//! - A text stands in both languages where it is used ([`text`]), but for those of lessons.
//!
//! What a run starts with: [`settings::Settings::preset`], changed by the family's card, then by the algorithm's recipe;
//! over it the experiment file, over that the options (`experiment`). A set that cannot give so many classes or images
//! lowers them (`arguments`), and an inner rate that nobody gave may start lower on other images (`train`).
//!
//! # What always holds
//!
//! - The same settings and seed give the same bits, whatever the number of threads and whether or not somebody watches.
//! - Gradients are exact: `metascope check` compares them with differences in double precision.
//! - A number that is not finite is an event of the run and never a point of a curve.
//! - No unsafe code, and no `unwrap` outside tests.

pub mod settings;

pub mod aside;

pub mod text;

pub mod archive;

pub mod columns;

pub mod files;

#[cfg(feature = "desktop")]
pub mod said;

#[cfg(feature = "desktop")]
pub mod ending;

pub mod maths;

pub mod meta;

pub mod images;

pub mod tasks;

pub mod train;

pub mod experiment;

pub mod compare;

pub mod check;

#[cfg(feature = "desktop")]
pub mod bench;

pub mod lessons;

pub mod keep;

#[cfg(feature = "desktop")]
pub mod headless;

#[cfg(feature = "desktop")]
pub mod arguments;

#[cfg(feature = "desktop")]
pub mod commands;

pub mod window;
