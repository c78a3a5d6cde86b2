//! All that the program decides; `main.rs` reads and writes.

pub mod handler;
pub mod query;
