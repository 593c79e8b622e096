//! Standard output as a place for whole lines. A reader that has left is no failure.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::path::Path;

use rustix::event::PollFlags;
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::termios::tcgetwinsize;

use crate::fsync::unless_unsupported;
use crate::patient::wait_for;

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
    /// An error where it was closed: nothing that is written there is printed.
    pub fn stdout() -> io::Result<Sink> {
        if stdout_was_closed() {
            return Err(io::Error::other(
                "it is closed; for no output at all write >/dev/null",
            ));
        }
        let to = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let regular = to.metadata()?.is_file();
        Ok(Sink { to, regular })
    }

    /// The width of the terminal that it is, in columns. Some do not know how many rows they have.
    pub fn columns(&self) -> Option<usize> {
        columns(&self.to)
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
        write_all(&mut self.to, &mut left).or_else(|error| self.give_up(lines, left, error))
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

/// The width of the terminal that a stream is, in columns.
pub fn columns(stream: impl AsFd) -> Option<usize> {
    let columns = tcgetwinsize(stream).ok()?.ws_col;
    (columns > 0).then_some(usize::from(columns))
}

/// Writes all of it, and takes from `left` what is written. Where another program has set a pipe or terminal that it
/// shares with us to be non-blocking (rust-lang/rust#100673), it waits for the reader all the same.
pub fn write_all(to: &mut (impl Write + AsFd), left: &mut &[u8]) -> io::Result<()> {
    while !left.is_empty() {
        match to.write(left) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => *left = left.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => wait_for(to, PollFlags::OUT)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether it was closed when the process began: Rust then puts /dev/null there before `main`, open for reading as
/// well, as a shell's `>/dev/null` never is. Where there is no /proc it cannot be told.
fn stdout_was_closed() -> bool {
    let leads_to = fs::read_link("/proc/self/fd/1");
    let access = fcntl_getfl(io::stdout()).map(|flags| flags & OFlags::RWMODE);
    leads_to.is_ok_and(|path| path == Path::new("/dev/null")) && access == Ok(OFlags::RDWR)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, pipe};
    use std::os::fd::BorrowedFd;
    use std::thread;

    use rustix::fs::fcntl_setfl;

    use super::*;

    /// A pipe whose reader comes only when there is no room any more.
    struct Late<W> {
        to: W,
        arrive: Option<Box<dyn FnOnce()>>,
        refused: u32,
    }

    impl<W: Write> Write for Late<W> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let result = self.to.write(bytes);
            if result
                .as_ref()
                .is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
            {
                self.refused += 1;
                if let Some(arrive) = self.arrive.take() {
                    arrive();
                }
            }
            result
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<W: AsFd> AsFd for Late<W> {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.to.as_fd()
        }
    }

    #[test]
    fn a_pipe_that_somebody_made_non_blocking_is_waited_for() {
        let (mut from, to) = pipe().unwrap();
        fcntl_setfl(&to, OFlags::NONBLOCK).unwrap();
        let (hand_over, text) = std::sync::mpsc::channel();
        let arrive: Box<dyn FnOnce()> = Box::new(move || {
            thread::spawn(move || {
                let mut text = Vec::new();
                from.read_to_end(&mut text).unwrap();
                hand_over.send(text).unwrap();
            });
        });
        let mut late = Late {
            to,
            arrive: Some(arrive),
            refused: 0,
        };
        // More than any pipe holds.
        let line = vec![b'x'; 4 << 20];
        write_all(&mut late, &mut line.as_slice()).unwrap();
        assert!(late.refused > 0);
        drop(late);
        assert!(
            text.recv().unwrap() == line,
            "what was read is not what was written"
        );
    }
}
