//! `--generate`: the man page and completions, from the one definition of the options.

use std::fmt::Write;
use std::io;

use clap::builder::Resettable;
use clap::{Command, CommandFactory};
use clap_complete::Shell;

use crate::cli::{Cli, Document};

/// The text of a document.
pub fn generate(document: Document) -> io::Result<Vec<u8>> {
    let mut command = Cli::command();
    let shell = match document {
        Document::Man => return man_page(command),
        Document::Bash => Shell::Bash,
        Document::Zsh => Shell::Zsh,
        Document::Fish => Shell::Fish,
        Document::PowerShell => Shell::PowerShell,
        Document::Elvish => Shell::Elvish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "wyzepal-tail", &mut script);
    Ok(script)
}

/// The manual page. clap_mangen would put all that follows the options into one paragraph named
/// EXTRA, so it gets the options only.
fn man_page(command: Command) -> io::Result<Vec<u8>> {
    let epilogue = command
        .get_after_long_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let options = command
        .after_help(Resettable::Reset)
        .after_long_help(Resettable::Reset);
    let mut page = Vec::new();
    clap_mangen::Man::new(options).render(&mut page)?;
    page.extend(sections(&epilogue).into_bytes());
    Ok(page)
}

/// Text under headings like `Exit codes:` as sections whose lines stay as they are.
fn sections(text: &str) -> String {
    let mut roff = String::new();
    for line in text.lines() {
        let heading = line
            .strip_suffix(':')
            .filter(|heading| !heading.starts_with(' '));
        // Writing to a string does not fail.
        let _ = match heading {
            Some("Exit codes") => writeln!(roff, ".fi\n.SH \"EXIT STATUS\"\n.nf"),
            Some(heading) => writeln!(roff, ".fi\n.SH {}\n.nf", heading.to_uppercase()),
            None => writeln!(roff, "{}", escaped(line)),
        };
    }
    roff + ".fi\n"
}

/// A line of text as roff: no request, no escape sequence, quotes and hyphens as typed.
fn escaped(line: &str) -> String {
    let line = line
        .replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq");
    format!("\\&{line}")
}
