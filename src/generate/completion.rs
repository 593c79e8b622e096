//! Completions that complete values too: lists of kinds with commas between them, and narrows.
//!
//! `clap_complete` knows neither, and an option with its own possible values would refuse kinds that
//! a newer server has. So the generated script gets a mark in the place of such values, and the files
//! beside this one say in the shell's own words what goes there. For PowerShell and elvish `clap_complete` (4.6)
//! completes options only: they get all values from here.

use std::collections::BTreeMap;

use clap::{Command, ValueHint};
use clap_complete::Shell;

use crate::kind::Kind;
use crate::selection::narrow::WORDS;

const KINDS: &str = "@KINDS@";
const TERMS: &str = "@TERMS@";
const ROWS: &str = "@ROWS@";

/// The script for a shell.
pub fn script(command: Command, shell: Shell) -> String {
    let mut command = command
        .mut_arg("event_types", |list| list.value_parser([KINDS]))
        .mut_arg("exclude_types", |list| list.value_parser([KINDS]))
        .mut_arg("narrow", |terms| terms.value_parser([TERMS]));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "wyzepal-tail", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let script = match shell {
        // The last `complete` counts.
        Shell::Bash => script + include_str!("completion/values.bash"),
        // The script's end calls its function, so ours stand before it.
        Shell::Zsh => script
            .replace("(@KINDS@)", "_wyzepal-tail_kinds")
            .replace("(@TERMS@)", "_wyzepal-tail_terms")
            .replacen(
                "\n_wyzepal-tail() {",
                concat!(
                    "\n",
                    include_str!("completion/values.zsh"),
                    "\n_wyzepal-tail() {"
                ),
                1,
            ),
        Shell::Fish => {
            include_str!("completion/values.fish").to_owned()
                + &script
                    .replace("@KINDS@\\t''", "(__wyzepal_tail_kinds)")
                    .replace("@TERMS@\\t''", "(__wyzepal_tail_terms)")
        }
        // The last completer counts; it calls the first.
        Shell::Elvish => script + include_str!("completion/values.elv"),
        // Ours looks first, where the completer's body begins.
        Shell::PowerShell => script.replacen(
            "$cursorPosition)\n",
            concat!("$cursorPosition)\n", include_str!("completion/values.ps1")),
            1,
        ),
        _ => script,
    };
    script
        .replace(ROWS, &rows(&command))
        .replace(KINDS, &kinds())
        .replace(TERMS, &terms())
}

/// Rows like `-o --output: auto summary json`, for all options that take a value: `FILE` is a file, and
/// nothing behind the colon is what only the user knows.
fn rows(command: &Command) -> String {
    let mut names_by_values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for option in command.get_arguments() {
        if !option.get_action().takes_values() {
            continue;
        }
        let mut values = String::new();
        for value in option.get_possible_values() {
            values = values + " " + value.get_name();
        }
        if option.get_value_hint() == ValueHint::FilePath {
            values += " FILE";
        }
        let names = names_by_values.entry(values).or_default();
        names.extend(option.get_short().map(|short| format!("-{short}")));
        names.extend(option.get_long().map(|long| format!("--{long}")));
    }
    let rows: Vec<String> = names_by_values
        .iter()
        .map(|(values, names)| format!("{}:{values}", names.join(" ")))
        .collect();
    rows.join("\n")
}

fn kinds() -> String {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    names.join(" ")
}

/// What a narrow's term can begin with; those with a colon at the end want a name after it.
fn terms() -> String {
    let names: Vec<&str> = WORDS.iter().flat_map(|word| word.names).copied().collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, ValueEnum};

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn no_mark_is_left_and_every_shell_has_the_kinds_and_terms() {
        for shell in Shell::value_variants() {
            let script = script(Cli::command(), *shell);
            for mark in [KINDS, TERMS, ROWS] {
                assert!(!script.contains(mark), "{shell}: {mark}");
            }
            for kind in Kind::ALL {
                assert!(script.contains(kind.name()), "{shell}: no {kind:?}");
            }
            assert!(script.contains("is:mentioned"), "{shell}");
        }
    }

    #[test]
    fn a_row_tells_what_an_option_takes() {
        let rows = rows(&Cli::command());
        for (name, values) in [
            ("-o", " auto summary json"),
            ("--output", " auto summary json"),
            ("--color", " auto always never"),
            ("--config", " FILE"),
            ("--lines", ""),
        ] {
            let row = rows
                .lines()
                .filter_map(|row| row.split_once(':'))
                .find(|(names, _)| names.split(' ').any(|other| other == name));
            assert_eq!(row.map(|(_, taken)| taken), Some(values), "{name}");
        }
        assert!(!rows.contains("--once"), "it takes nothing: {rows}");
    }
}
