//! Standard output as a place for whole lines. A reader that has left is no failure.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;

/// Where lines go.
pub struct Sink<W: Write> {
    to: W,
    /// Whether it is a file that can be synced.
    regular: bool,
}

/// Why a line could not be written.
#[derive(Debug)]
pub enum WriteError {
    /// The reader has left: the end, but no failure.
    ReaderGone,
    /// The disk is full, or worse.
    Failed(io::Error),
}

impl Sink<File> {
    /// Standard output, without a buffer of its own: what is handed over is written.
    pub fn stdout() -> io::Result<Sink<File>> {
        let to = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let regular = to.metadata()?.is_file();
        Ok(Sink { to, regular })
    }

    /// The width of the terminal that it is, in columns.
    pub fn columns(&self) -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(&self.to)?;
        Some(usize::from(width.0))
    }

    /// Makes what was written outlast a power cut, where that can be done: in a regular file.
    pub fn sync(&mut self) -> Result<(), WriteError> {
        if self.regular {
            self.to.sync_data().map_err(WriteError::Failed)?;
        }
        Ok(())
    }
}

impl<W: Write> Sink<W> {
    /// Writes whole lines, all of them.
    pub fn write(&mut self, lines: &[u8]) -> Result<(), WriteError> {
        if lines.is_empty() {
            return Ok(());
        }
        self.to
            .write_all(lines)
            .map_err(|error| match error.kind() {
                ErrorKind::BrokenPipe => WriteError::ReaderGone,
                _ => WriteError::Failed(error),
            })
    }
}
