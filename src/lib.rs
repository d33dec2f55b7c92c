//! Metascope: see meta-learning happen.

pub mod settings;

pub mod columns;

pub mod files;

pub mod said;

pub mod maths;

pub mod meta;

pub mod background;

pub mod images;

pub mod tasks;

pub mod train;

pub mod experiment;

pub mod choose;

pub mod check;

pub mod bench;

pub mod headless;

pub mod arguments;

pub mod commands;

pub mod window;
