//! Waiting for streams that another program may have made non-blocking: standard ones are shared with whoever started us.

use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

/// Waits where there is nothing yet.
pub struct Patient<R>(pub R);

impl<R: Read + AsFd> Read for Patient<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    wait_for(&self.0, PollFlags::IN)?;
                }
                result => return result,
            }
        }
    }
}

/// Waits until a stream can be read or written, as `flags` say.
pub fn wait_for(stream: &impl AsFd, flags: PollFlags) -> io::Result<()> {
    match poll(&mut [PollFd::new(stream, flags)], None) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{PipeReader, PipeWriter, Write, pipe};
    use std::os::fd::BorrowedFd;

    use rustix::fs::{OFlags, fcntl_setfl};

    use super::*;

    /// A pipe into which somebody writes once it was found empty.
    struct Late {
        from: PipeReader,
        to: Option<PipeWriter>,
    }

    impl Read for Late {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let result = self.from.read(buffer);
            let is_empty = |error: &io::Error| error.kind() == ErrorKind::WouldBlock;
            if result.as_ref().is_err_and(is_empty)
                && let Some(mut to) = self.to.take()
            {
                to.write_all(b"late").unwrap();
            }
            result
        }
    }

    impl AsFd for Late {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.from.as_fd()
        }
    }

    #[test]
    fn what_comes_late_is_waited_for() {
        let (from, to) = pipe().unwrap();
        fcntl_setfl(&from, OFlags::NONBLOCK).unwrap();
        let mut late = Patient(Late { from, to: Some(to) });
        let mut text = String::new();
        late.read_to_string(&mut text).unwrap();
        assert_eq!(text, "late");
        assert!(late.0.to.is_none());
    }
}
