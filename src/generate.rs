//! `--generate`: the man page and completions, from the one definition of the options, and a unit for systemd.
//!
//! What is generated is committed under `completions/` as well, for packages; a
//! test compares. The unit is only there.
//!
//! `clap_complete` knows neither lists with commas nor narrows, and an option with its own possible values would
//! refuse kinds that a newer server has. So the script gets a mark in the place of such values, and the files in the
//! folder say in the shell's own words what goes there. For PowerShell and elvish `clap_complete` (4.6) completes
//! options only: they get all values from here.

use std::io::{self, Write};

use clap::{Command, CommandFactory, ValueHint};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::cli::{Cli, Document};
use crate::kind;
use crate::selection::WORDS;

const KINDS: &str = "@KINDS@";
const TERMS: &str = "@TERMS@";
const ROWS: &str = "@ROWS@";
const VALUED: &str = "@VALUED@";

/// It names the program without a folder: systemd looks in `/usr/local/bin` and in `/usr/bin`.
const UNIT: &str = include_str!("../completions/wyzepal-tail.service");

/// The text of a document.
pub fn generate(document: Document) -> io::Result<Vec<u8>> {
    let shell = match document {
        Document::Man => return man_page(Cli::command()),
        Document::Bash => Shell::Bash,
        Document::Zsh => Shell::Zsh,
        Document::Fish => Shell::Fish,
        Document::PowerShell => Shell::PowerShell,
        Document::Elvish => Shell::Elvish,
        Document::Systemd => return Ok(UNIT.into()),
    };
    Ok(completions(Cli::command(), shell).into_bytes())
}

/// The manual page, in roff: the sections of `clap_mangen`, and the texts around the options between them.
fn man_page(command: Command) -> io::Result<Vec<u8>> {
    let examples = command.get_before_long_help().map(ToString::to_string);
    let rest = command.get_after_long_help().map(ToString::to_string);
    // All options are no synopsis; and what `-h` hides would have no text if it has no long one.
    let command = command
        .override_usage("wyzepal-tail [OPTIONS] [TERM]...")
        .mut_args(|arg| arg.hide_short_help(false));
    // The version is there; a date would differ from build to build.
    let man = Man::new(command)
        .title("WYZEPAL-TAIL")
        .date(" ")
        .manual("User Commands");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    // A hyphen or a gap within a command would be copied with it.
    page.write_all(b".nh\n.ad l\n")?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    sections(&examples.unwrap_or_default()).to_writer(&mut page)?;
    man.render_options_section(&mut page)?;
    sections(&rest.unwrap_or_default()).to_writer(&mut page)?;
    // groff 1.23 prints accents for tildes, with which no path works.
    let page = String::from_utf8_lossy(&page).replace('~', "\\(ti");
    Ok(page.into_bytes())
}

/// Paragraphs under headings like `Exit codes:` as sections whose lines stay as they are.
fn sections(text: &str) -> Roff {
    let mut roff = Roff::new();
    for paragraph in text.split("\n\n") {
        let (heading, lines) = paragraph.split_once(":\n").unwrap_or_default();
        roff.control("SH", [heading.to_uppercase().as_str()]);
        roff.control("nf", []);
        for line in lines.lines() {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    roff
}

/// The script for a shell.
fn completions(command: Command, shell: Shell) -> String {
    let mut command = command
        .mut_arg("event_types", |list| list.value_parser([KINDS]))
        .mut_arg("exclude_types", |list| list.value_parser([KINDS]))
        .mut_arg("narrow", |terms| terms.value_parser([TERMS]))
        .mut_arg("terms", |terms| terms.value_parser([TERMS]));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "wyzepal-tail", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let script = match shell {
        // The last `complete` counts.
        Shell::Bash => script + include_str!("generate/values.bash"),
        // The script's end calls its function, so ours stand before it.
        Shell::Zsh => script
            .replace("(@KINDS@)", "_wyzepal-tail_kinds")
            .replace("(@TERMS@)", "_wyzepal-tail_terms")
            .replacen(
                "\n_wyzepal-tail() {",
                concat!(
                    "\n",
                    include_str!("generate/values.zsh"),
                    "\n_wyzepal-tail() {"
                ),
                1,
            ),
        Shell::Fish => {
            include_str!("generate/values.fish").to_owned()
                + &script
                    .replace("@KINDS@\\t''", "(__wyzepal_tail_kinds)")
                    .replace("@TERMS@\\t''", "(__wyzepal_tail_terms)")
        }
        // The last completer counts; it calls the first.
        Shell::Elvish => script + include_str!("generate/values.elv"),
        // Ours looks first, where the completer's body begins.
        Shell::PowerShell => script.replacen(
            "$cursorPosition)\n",
            concat!("$cursorPosition)\n", include_str!("generate/values.ps1")),
            1,
        ),
        _ => script,
    };
    let kinds: Vec<&str> = kind::all().collect();
    let terms: Vec<&str> = WORDS.iter().flat_map(|word| word.names).copied().collect();
    script
        .replace(ROWS, &rows(&command))
        .replace(VALUED, &valued(&command))
        .replace(KINDS, &kinds.join(" "))
        .replace(TERMS, &terms.join(" "))
}

/// The names of all options that take a value.
fn valued(command: &Command) -> String {
    let rows = rows(command);
    let names = rows.lines().filter_map(|row| row.split(':').next());
    names.collect::<Vec<_>>().join(" ")
}

/// Rows like `-o --output: auto chat summary json`, one for each option that takes a value: `FILE` is a file, and nothing
/// behind the colon is what only the user knows.
fn rows(command: &Command) -> String {
    let mut rows = Vec::new();
    for option in command.get_arguments() {
        if option.is_positional() || !option.get_action().takes_values() {
            continue;
        }
        let short = option.get_short().map(|short| format!("-{short}"));
        let long = option.get_long().map(|long| format!("--{long}"));
        let names: Vec<String> = short.into_iter().chain(long).collect();
        let mut row = names.join(" ") + ":";
        for value in option.get_possible_values() {
            row = row + " " + value.get_name();
        }
        if option.get_value_hint() == ValueHint::FilePath {
            row += " FILE";
        }
        rows.push(row);
    }
    rows.join("\n")
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn no_mark_is_left_and_every_shell_has_the_kinds_and_terms() {
        for shell in Shell::value_variants() {
            let script = completions(Cli::command(), *shell);
            for mark in [KINDS, TERMS, ROWS, VALUED] {
                assert!(!script.contains(mark), "{shell}: {mark}");
            }
            for kind in kind::all() {
                assert!(script.contains(kind), "{shell}: no {kind}");
            }
            assert!(script.contains("is:mentioned"), "{shell}");
        }
    }

    #[test]
    fn a_row_has_the_values_of_an_option() {
        let rows = rows(&Cli::command());
        for row in [
            "-o --output: auto chat summary json",
            "--color: auto always never",
            "-c --config: FILE",
            "-n --lines:",
        ] {
            assert!(rows.lines().any(|line| line == row), "{row} in {rows}");
        }
        assert!(!rows.contains("--once"), "it takes nothing: {rows}");
    }
}
