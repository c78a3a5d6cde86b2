//! All that the program decides; `main.rs` reads and writes.

pub mod command;
pub mod counter;
