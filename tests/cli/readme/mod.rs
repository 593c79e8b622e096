//! README.md and CONTRIBUTING.md: their commands are run as they stand there, and their statements are true.
//!
//! A command that is neither run here nor known to be run elsewhere fails the test in this file, so that
//! nothing gets into them untried. Not for its exit codes and options (`docs.rs`).

mod claims;
mod contributing;
mod duty;
mod install;
mod recipes;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use self::duty::CRON;
use self::install::{ELSEWHERE, installs_files};
use crate::support::account::API_EMAIL;
use crate::support::model::Post;
use crate::support::repository::text;
use crate::support::run::{Home, PROGRAM};

const DOCUMENTS: [&str; 2] = ["README.md", "CONTRIBUTING.md"];

/// The fenced blocks: language and text.
fn blocks() -> Vec<(String, String)> {
    let documents = DOCUMENTS.map(text).concat();
    let mut blocks = Vec::new();
    let mut lines = documents.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let body: Vec<&str> = lines
                .by_ref()
                .take_while(|line| line.trim() != "```")
                .collect();
            blocks.push((language.to_owned(), body.join("\n")));
        }
    }
    blocks
}

fn blocks_of(language: &str) -> Vec<String> {
    blocks()
        .into_iter()
        .filter(|(own, _)| own == language)
        .map(|(_, body)| body)
        .collect()
}

/// The only fenced block of a language.
#[track_caller]
fn block_of(language: &str) -> String {
    let mut blocks = blocks_of(language);
    assert_eq!(blocks.len(), 1, "blocks of {language:?} in README.md");
    blocks.remove(0)
}

/// Programs of the recipes that a bare machine has not: one tells how it was called, one has the config file.
const STAND_INS: [(&str, &str); 2] = [
    ("notify-send", "#!/bin/sh\necho notify-send \"$@\"\n"),
    ("pass", "#!/bin/sh\nexec cat ~/.wyzepalrc\n"),
];

/// The path on which the shell finds the program that is tested.
fn path(stand_ins: &Home) -> String {
    for (name, script) in STAND_INS {
        let program = stand_ins.write(name, script);
        fs::set_permissions(program, Permissions::from_mode(0o700)).expect("a program");
    }
    let folder = Path::new(PROGRAM).parent().expect("a folder");
    let others = std::env::var("PATH").unwrap_or_default();
    let first = stand_ins.path("");
    format!("{}:{}:{others}", first.display(), folder.display())
}

fn happenings() -> Vec<Post> {
    vec![
        Post::new("Denmark", "castle", "in Denmark"),
        Post::new("Verona", "castle", "in Verona"),
        Post::direct("to you"),
        Post::new("Verona", "castle", "about you").flag("mentioned"),
        Post::new("Denmark", "deploy", "deployed").from("ci-bot@example.com"),
        Post::new("Denmark", "castle", "by me").from(API_EMAIL),
    ]
}

#[test]
fn every_block_is_run_or_checked_by_a_test() {
    for (language, body) in blocks() {
        let is_tried = |line: &&str| {
            line.starts_with("# ")
                || recipes::commands().any(|recipe| recipe == (&*language, *line))
                || ELSEWHERE.iter().any(|(command, _)| command == line)
                || contributing::is_sound(line)
        };
        let untried: Vec<&str> = match language.as_str() {
            "sh" | "bash" if installs_files(&body) => Vec::new(),
            "sh" | "bash" => body.lines().filter(|line| !is_tried(line)).collect(),
            "cron" => body.lines().filter(|line| !line.ends_with(CRON)).collect(),
            // The rc file is read by a test in `duty`; `docs.rs` compares the exit codes.
            "ini" | "text" => Vec::new(),
            _ => body.lines().collect(),
        };
        assert!(
            untried.is_empty(),
            "no test tries these {language:?} lines of README.md or CONTRIBUTING.md:\n{}",
            untried.join("\n")
        );
    }
    let written = [blocks_of("sh"), blocks_of("bash"), blocks_of("cron")].concat();
    let tried = recipes::commands()
        .map(|(_, command)| command)
        .chain(ELSEWHERE.iter().map(|(command, _)| *command));
    for command in tried {
        assert!(
            written
                .iter()
                .flat_map(|body| body.lines())
                .any(|line| line == command),
            "README.md has no {command:?} any more"
        );
    }
    for language in ["cron", "ini", "text"] {
        block_of(language);
    }
}
