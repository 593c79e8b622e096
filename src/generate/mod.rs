//! `--generate`: the man page and completions, from the one definition of the options.
//!
//! Not for the help on the screen (`cli`). What is generated is committed under `completions/` as
//! well, for packages; a test compares.

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::{Cli, Document};

mod completion;
mod man;

/// The text of a document.
pub fn generate(document: Document) -> io::Result<Vec<u8>> {
    let command = Cli::command();
    let shell = match document {
        Document::Man => return man::page(command),
        Document::Bash => Shell::Bash,
        Document::Zsh => Shell::Zsh,
        Document::Fish => Shell::Fish,
        Document::PowerShell => Shell::PowerShell,
        Document::Elvish => Shell::Elvish,
    };
    Ok(completion::script(command, shell).into_bytes())
}
