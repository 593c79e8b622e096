//! Documents that are made from the options, and texts that repeat them: none may disagree.
//!
//! `UPDATE_GOLDEN=1 cargo test --test cli docs` writes what is committed under `completions/` anew. Not
//! for the commands of the README (`readme`), nor for what completions do in a shell (`completion`).

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::support::repository::{path, text};
use crate::support::run::{Expected, PROGRAM, Tail};

/// What `--generate` calls it, and the file that is committed.
const GENERATED: [(&str, &str); 7] = [
    ("man", "wyzepal-tail.1"),
    ("bash", "wyzepal-tail.bash"),
    ("zsh", "_wyzepal-tail"),
    ("fish", "wyzepal-tail.fish"),
    ("powershell", "_wyzepal-tail.ps1"),
    ("elvish", "wyzepal-tail.elv"),
    ("systemd", "wyzepal-tail.service"),
];

/// What the program prints for these arguments, without a configuration.
#[track_caller]
fn printed(args: &[&str]) -> String {
    Tail::new("")
        .without_rc()
        .args(args)
        .stdout(Expected::like(|text| !text.is_empty()))
        .run()
        .stdout
}

/// Names of all options in `--help`, with their dashes: the lines that start with one.
fn options() -> (BTreeSet<String>, BTreeSet<String>) {
    let help = printed(&["--help"]);
    let (mut long, mut short) = (BTreeSet::new(), BTreeSet::new());
    for line in help.lines().map(str::trim) {
        for word in line
            .split([' ', ',', '.'])
            .filter(|word| !word.is_empty())
            .take_while(|word| word.starts_with('-'))
        {
            if word.starts_with("--") {
                long.insert(word.to_owned());
            } else if word.len() == 2 {
                short.insert(word.to_owned());
            }
        }
    }
    assert!(long.len() >= 25 && short.len() >= 8, "{long:?} {short:?}");
    (long, short)
}

#[test]
fn committed_files_are_what_the_program_generates() {
    let mut outdated = Vec::new();
    for (what, file) in GENERATED {
        let generated = printed(&["--generate", what]);
        let name = format!("completions/{file}");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(path(&name), &generated).expect("the completions written");
        }
        if text(&name) != generated {
            outdated.push(name);
        }
    }
    let mut known: BTreeSet<String> = GENERATED
        .iter()
        .map(|(_, file)| (*file).to_owned())
        .collect();
    // The papers of the package.
    known.insert("debian".to_owned());
    let there: BTreeSet<String> = fs::read_dir(path("completions"))
        .expect("the folder")
        .map(|entry| entry.expect("a file").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    assert_eq!(there, known);
    assert!(
        outdated.is_empty(),
        "{outdated:?} differ from what --generate prints; UPDATE_GOLDEN=1 cargo test --test cli docs writes them anew"
    );
}

#[test]
fn every_option_is_completed_in_every_shell() {
    let (long, short) = options();
    let is_shell = |(what, _): &(&str, &str)| !["man", "systemd"].contains(what);
    for (shell, file) in GENERATED.into_iter().filter(is_shell) {
        let script = text(&format!("completions/{file}"));
        let words: BTreeSet<&str> = script
            .split(|c: char| !c.is_alphanumeric() && c != '-')
            .collect();
        for option in long.iter().chain(&short) {
            let there = if shell == "fish" {
                let form = match option.strip_prefix("--") {
                    Some(name) => format!(" -l {name} "),
                    None => format!(" -s {} ", option.trim_start_matches('-')),
                };
                script
                    .lines()
                    .any(|line| format!("{line} ").contains(&form))
            } else {
                words.contains(option.as_str())
            };
            assert!(there, "{option} is not in {file}");
        }
    }
}

#[test]
fn the_manual_has_every_section_and_option() {
    let page = printed(&["--generate", "man"]);
    assert!(
        page.lines()
            .any(|line| line.starts_with(".TH WYZEPAL-TAIL 1 ")),
        "{page}"
    );
    let sections: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix(".SH "))
        .map(|name| name.trim_matches('"'))
        .collect();
    assert_eq!(
        sections,
        [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "EXAMPLES",
            "SELECTING",
            "WHERE TO START",
            "HOW LONG",
            "OUTPUT",
            "WHO AND WHERE",
            "BESIDE TAILING",
            "ENVIRONMENT",
            "FILES",
            "EVENTS ABOUT MESSAGES",
            "TROUBLE",
            "OUR OWN RECORDS",
            "CONTAINERS AND SERVICES",
            "EXIT CODES",
            "EXITS OF A SERVICE",
            "SEE ALSO"
        ]
    );
    let plain = page
        .replace("\\-", "-")
        .replace("\\fR", "")
        .replace("\\fB", "");
    let help = printed(&["--help"]);
    for option in help
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("--"))
    {
        let name = option.split([' ', '.']).next().unwrap_or_default();
        assert!(plain.contains(name), "no {name} in the manual");
    }
    for line in exit_codes(&help) {
        assert!(plain.contains(line.trim()), "no {line:?} in the manual");
    }
}

#[test]
fn the_manual_renders_without_complaints_in_80_columns() {
    // A manual reader is no part of every machine.
    if Command::new("man").arg("--version").output().is_err() {
        return;
    }
    let script = "\"$0\" --generate man | MANWIDTH=80 man --warnings -l -";
    Tail::new("")
        .program("bash")
        .args(["-c", script, PROGRAM])
        .env("MANPAGER", "cat")
        .env("LANG", "C.UTF-8")
        .stdout(Expected::like(|text| {
            let fits = |line: &str| line.chars().count() <= 80;
            // Hyphens, quotes and tildes as they are typed, or a command could not be copied.
            let is_typed = |letter: char| letter.is_ascii() || letter == '…';
            text.lines().all(fits)
                && text.chars().all(is_typed)
                && text.contains("  2   usage or configuration")
                && text.contains("wyzepal-tail stream:ops | jq -r .message.content\n")
        }))
        .run();
}

/// The lines below `Exit codes:` in the help.
fn exit_codes(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| *line != "Exit codes:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .collect()
}

#[test]
fn the_readme_has_the_same_exit_codes_as_the_help() {
    let (help, readme) = (printed(&["--help"]), text("README.md"));
    let table: Vec<&str> = readme
        .lines()
        .skip_while(|line| *line != "## Exit codes")
        .skip_while(|line| *line != "```text")
        .skip(1)
        .take_while(|line| *line != "```")
        .collect();
    assert!(table.len() >= 7, "{table:?}");
    assert_eq!(table, exit_codes(&help));
}

#[test]
fn the_short_help_has_the_options_of_the_recipes() {
    let ((long, _), short_help, readme) = (options(), printed(&["-h"]), text("README.md"));
    let commands = readme
        .lines()
        .filter(|line| line.contains("wyzepal-tail ") && !line.contains('`'));
    let used: BTreeSet<&str> = commands
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '-'))
        .filter(|word| long.contains(*word))
        .collect();
    assert!(used.len() > 10, "{used:?}");
    for option in used {
        assert!(short_help.contains(option), "-h has no {option}");
    }
}

#[test]
fn the_documents_name_only_options_that_exist() {
    let (long, _) = options();
    let others = [
        "--",
        "--path",
        "--locked",
        "--release",
        "--bin",
        "--test",
        "--no-deps",
        "--document-private-items",
        "--open",
        "--now",
        "--unbuffered",
    ];
    let documents = [
        "README.md",
        "CONTRIBUTING.md",
        "completions/wyzepal-tail.service",
    ]
    .map(text);
    let documents = documents.concat();
    let named = documents
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| word.starts_with("--"))
        // Lines of a table or a drawing.
        .filter(|word| *word == "--" || word.contains(char::is_alphanumeric));
    for option in named {
        assert!(
            long.contains(option) || others.contains(&option),
            "{option} in README.md, CONTRIBUTING.md or the unit"
        );
    }
}
