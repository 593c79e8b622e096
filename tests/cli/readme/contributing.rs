//! Commands of CONTRIBUTING.md: too long to be run here, but what they name is there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository::{path, text};

/// Whether this is such a command, and names tests, targets and variables that there are.
pub fn is_sound(command: &str) -> bool {
    let words: Vec<&str> = command.split(' ').collect();
    let (settings, words): (Vec<&str>, Vec<&str>) =
        words.into_iter().partition(|word| word.contains('='));
    let reads_settings = |file: PathBuf| {
        let text = fs::read_to_string(file).expect("a source file");
        let mut names = settings
            .iter()
            .filter_map(|setting| setting.split('=').next());
        names.all(|name| text.contains(&format!("\"{name}\"")))
    };
    match words[..] {
        [".ci/run"] => path(".ci/run").exists(),
        ["cargo", "bench"] => text("Cargo.toml").contains("[[bench]]"),
        [
            "cargo",
            "doc",
            "--no-deps",
            "--document-private-items",
            "--open",
        ] => text(".ci/run").contains("cargo doc --locked --no-deps --document-private-items"),
        ["tests/fuzz/run", target, _] => path("tests/fuzz/targets")
            .join(target)
            .with_extension("rs")
            .exists(),
        ["cargo", "test", "--bin", "wyzepal-tail", name] => {
            source(&path("src"), name).is_some_and(reads_settings)
        }
        ["cargo", "test", "--test", "cli", name]
        | ["cargo", "test", "--release", "--test", "cli", name] => {
            source(&path("tests/cli"), name).is_some_and(reads_settings)
        }
        _ => false,
    }
}

/// The file of a module in a folder, by the module's name.
fn source(folder: &Path, module: &str) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry").path();
        if entry.is_dir() {
            let root = entry.join("mod.rs");
            if entry.ends_with(module) && root.exists() {
                return Some(root);
            }
            if let Some(found) = source(&entry, module) {
                return Some(found);
            }
        } else if entry.ends_with(format!("{module}.rs")) {
            return Some(entry);
        }
    }
    None
}

#[test]
fn commands_that_name_what_is_not_there_are_found() {
    for (command, sound) in [
        ("cargo test --test cli gap", true),
        ("cargo test --test cli gaps", false),
        ("cargo test --bin wyzepal-tail nowhere", false),
        ("UPDATE_GOLD=1 cargo test --test cli docs", false),
        ("tests/fuzz/run splits 600", false),
        ("cargo fly", false),
    ] {
        assert_eq!(is_sound(command), sound, "{command}");
    }
}
