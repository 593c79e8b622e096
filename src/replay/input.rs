//! Where saved lines are read from.

use std::fmt;
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Where saved lines are read from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file, or a pipe that has a name.
    File(PathBuf),
}

impl Source {
    /// Opens it. Opening a pipe may take for ever.
    pub fn open(&self) -> Result<File, Error> {
        let usage = |cause: &dyn fmt::Display| {
            Error::Usage(format!("--replay: cannot read {self}: {cause}"))
        };
        let file = match self {
            Source::Stdin => io::stdin().as_fd().try_clone_to_owned().map(File::from),
            Source::File(path) => File::open(path),
        };
        let file = file.map_err(|error| usage(&error))?;
        let metadata = file.metadata().map_err(|error| usage(&error))?;
        if metadata.is_dir() {
            return Err(usage(&"it is a directory, name a file in it"));
        }
        if is_output(&metadata) {
            return Err(usage(&"it is the output as well, and would never end"));
        }
        Ok(file)
    }
}

/// Whether what is printed goes to the end of this very file.
fn is_output(input: &Metadata) -> bool {
    let output = io::stdout().as_fd().try_clone_to_owned().map(File::from);
    let output = output.and_then(|output| output.metadata());
    let place = |metadata: &Metadata| (metadata.dev(), metadata.ino());
    input.is_file() && output.is_ok_and(|output| place(&output) == place(input))
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Source {
        if path == Path::new("-") {
            Source::Stdin
        } else {
            Source::File(path.to_owned())
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Stdin => f.write_str("standard input"),
            Source::File(path) => path.display().fmt(f),
        }
    }
}
