//! The files of the repository that tests read: documents, fixtures, what is generated.
//!
//! Not for the files of a run: those are in its `Home` (`run.rs`).

use std::fs;
use std::path::{Path, PathBuf};

/// Where a file of the repository is.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// What stands in it.
#[track_caller]
pub fn text(name: &str) -> String {
    let path = path(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
