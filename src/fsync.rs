//! What a failed fsync means.
//!
//! Some file systems cannot sync a folder or a file: CIFS and FUSE answer EINVAL, ENOTSUP or EBADF
//! (libgit2/libgit2#5356). And a folder that may be written but not read cannot be opened for it. What was
//! written is as good there as it can be.

use std::io;

use rustix::io::Errno;

/// Passes on the errors that mean lost data: of the disk, and those of a write that was put off until now.
pub fn unless_unsupported(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|error| match Errno::from_io_error(&error) {
        Some(Errno::IO | Errno::NOSPC | Errno::DQUOT) => Err(error),
        _ => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_that_cannot_sync_is_no_failure_and_a_broken_disk_is_one() {
        for (errno, is_failure) in [
            (Errno::INVAL, false),
            (Errno::NOTSUP, false),
            (Errno::BADF, false),
            (Errno::ACCESS, false),
            (Errno::IO, true),
            (Errno::NOSPC, true),
            (Errno::DQUOT, true),
        ] {
            let result = unless_unsupported(Err(errno.into()));
            assert_eq!(result.is_err(), is_failure, "{errno}");
        }
        assert!(unless_unsupported(Ok(())).is_ok());
    }
}
