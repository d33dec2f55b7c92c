//! Metascope: see meta-learning happen.

pub mod settings;

pub mod images;

pub mod train;

pub mod window;
