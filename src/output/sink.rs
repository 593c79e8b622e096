//! Standard output as a place for whole lines. A reader that has left is no failure.

use std::fs::File;
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::os::fd::AsFd;

use crate::fsync::unless_unsupported;

/// Where lines go.
pub struct Sink {
    to: File,
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

impl Sink {
    /// Standard output, without a buffer of its own: what is handed over is written.
    pub fn stdout() -> io::Result<Sink> {
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
    pub fn sync(&self) -> Result<(), WriteError> {
        if self.regular {
            unless_unsupported(self.to.sync_data()).map_err(WriteError::Failed)?;
        }
        Ok(())
    }

    /// Writes whole lines, all of them; or, to a file whose disk is full, none.
    pub fn write(&mut self, lines: &[u8]) -> Result<(), WriteError> {
        let mut left = lines;
        while !left.is_empty() {
            match self.to.write(left) {
                Ok(0) => return self.give_up(lines, left, ErrorKind::WriteZero.into()),
                Ok(count) => left = left.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return self.give_up(lines, left, error),
            }
        }
        Ok(())
    }

    fn give_up(&mut self, lines: &[u8], left: &[u8], error: io::Error) -> Result<(), WriteError> {
        let written = (lines.len() - left.len()) as u64;
        if self.regular && written > 0 {
            // The error that led here is the one that counts.
            let _ = self.take_back(written);
        }
        Err(match error.kind() {
            ErrorKind::BrokenPipe => WriteError::ReaderGone,
            _ => WriteError::Failed(error),
        })
    }

    /// Removes what was written last, or the next run would go on behind half a line. Not where
    /// somebody else has written to the file since.
    fn take_back(&mut self, written: u64) -> io::Result<()> {
        let (end, ours) = (self.to.metadata()?.len(), self.to.stream_position()?);
        match end.checked_sub(written) {
            Some(before) if end == ours => {
                self.to.set_len(before)?;
                // The place is shared with whoever else has this file as stdout.
                self.to.seek(SeekFrom::Start(before)).map(drop)
            }
            _ => Ok(()),
        }
    }
}
