//! The thread that reads the input, and the channel on which it reaches the main one.
//!
//! Opening a pipe or reading from one may take for ever, and the main thread must stay free for
//! signals. It is never joined, as it may hang. Not for what is read (`lines.rs`).

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Instant;

use crate::error::Error;
use crate::signals::Waker;

/// Bytes that are read at once at most.
const BLOCK: usize = 128 << 10;
/// Blocks that wait for the main thread at most.
pub const WAITING: usize = 2;

/// Where saved lines are read from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file, or a pipe that has a name.
    File(PathBuf),
}

/// What the main thread waits for.
#[derive(Debug)]
pub enum Step {
    /// The next bytes, as soon as there are any.
    Block(Vec<u8>),
    /// There is no more; comes last, or `Failed` does.
    End,
    /// It cannot be opened or read.
    Failed(Error),
    /// Something else happened that the main thread should look at.
    Woken,
}

/// The input, as the main thread sees it.
#[derive(Debug)]
pub struct Input {
    steps: Receiver<Step>,
    /// Keeps the channel open, and wakes.
    sender: SyncSender<Step>,
}

impl Input {
    /// Starts to read.
    pub fn start(source: Source) -> io::Result<Input> {
        let (sender, steps) = mpsc::sync_channel(WAITING);
        let to_main = sender.clone();
        thread::Builder::new().name("input".into()).spawn(move || {
            let last = match read(&source, &to_main) {
                Ok(()) => Step::End,
                Err(error) => Step::Failed(error),
            };
            let _ = to_main.send(last);
        })?;
        Ok(Input { steps, sender })
    }

    /// A way to wake the main thread.
    pub fn waker(&self) -> Waker {
        let sender = self.sender.clone();
        Waker::new(move || {
            // Where the channel is full the main thread is awake anyway.
            let _ = sender.try_send(Step::Woken);
        })
    }

    /// The next step, or none by then.
    pub fn next(&self, until: Option<Instant>) -> Option<Step> {
        match until {
            None => self.steps.recv().ok(),
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                self.steps.recv_timeout(left).ok()
            }
        }
    }
}

fn read(source: &Source, to_main: &SyncSender<Step>) -> Result<(), Error> {
    let mut file = open(source)?;
    loop {
        let mut block = vec![0; BLOCK];
        match file.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                block.truncate(length);
                let _ = to_main.send(Step::Block(block));
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Read(source.to_string(), error)),
        }
    }
}

fn open(source: &Source) -> Result<File, Error> {
    let usage =
        |cause: &dyn fmt::Display| Error::Usage(format!("--replay: cannot read {source}: {cause}"));
    let file = match source {
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
