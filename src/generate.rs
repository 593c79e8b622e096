//! `--generate`: the man page and completions, from the one definition of the options.

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::{Cli, Document};

/// The text of a document.
pub fn generate(document: Document) -> io::Result<Vec<u8>> {
    let mut command = Cli::command();
    let shell = match document {
        Document::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            return Ok(page);
        }
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
