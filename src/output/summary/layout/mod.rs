//! How a line is laid out: its time, its inks, where it is cut or goes on in the next row.
//!
//! Not for what it says: that is for the groups of kinds beside this folder.

pub mod clock;
pub mod line;
pub mod whole;
mod wrap;
