//! What the program has printed so far, read by a thread for each stream.
//!
//! Not for judging it (`run.rs`, `running.rs`).

use std::fmt;
use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Weak};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::ioctl_fionread;

use super::board::Board;

/// Both streams, and whether the program still runs.
#[derive(Debug, Default)]
pub struct Screen {
    /// What came on stdout.
    pub stdout: Stream,
    /// What came on stderr.
    pub stderr: Stream,
    /// Whether the program has ended.
    pub phase: Phase,
}

/// A life in two parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// It runs.
    #[default]
    Running,
    /// It is over.
    Ended,
}

/// One stream.
#[derive(Default)]
pub struct Stream {
    bytes: Vec<u8>,
    /// Over when nobody can write to it any more, or the reader has left.
    pub phase: Phase,
    /// What its reader does.
    pub order: Order,
}

impl Stream {
    /// Everything, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The lines that are complete.
    pub fn lines(&self) -> Vec<String> {
        let text = self.text();
        text.split_inclusive('\n')
            .filter_map(|line| line.strip_suffix('\n'))
            .map(str::to_owned)
            .collect()
    }
}

/// What a failing test shows.
impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({:?})\n{}", self.phase, self.text())
    }
}

/// What a reader is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Read what comes.
    #[default]
    Read,
    /// Leave it in the pipe.
    Stall,
    /// Go away: the program writes to nobody.
    Leave,
}

/// The reader of one stream.
#[derive(Debug)]
pub struct Reader {
    orders: PipeWriter,
    /// Closed when the thread that reads it ends.
    source: Weak<File>,
}

impl Reader {
    /// Reads `source` into the stream that `pick` chooses.
    pub fn start(
        source: OwnedFd,
        board: &Arc<Board<Screen>>,
        pick: fn(&mut Screen) -> &mut Stream,
    ) -> Reader {
        let (receiver, orders) = std::io::pipe().expect("a pipe");
        let board = Arc::clone(board);
        let source = Arc::new(File::from(source));
        let weak = Arc::downgrade(&source);
        thread::spawn(move || {
            follow(&source, receiver, &board, pick);
            drop(source);
            board.update(|screen| pick(screen).phase = Phase::Ended);
        });
        Reader {
            orders,
            source: weak,
        }
    }

    /// Tells the reader what to do from now on.
    pub fn tell(&mut self, order: Order) {
        let letter = match order {
            Order::Read => b"r",
            Order::Stall => b"s",
            Order::Leave => b"l",
        };
        // It may have ended by itself.
        let _ = self.orders.write_all(letter);
    }

    /// How many bytes have been written and not yet been read.
    pub fn unread(&self) -> u64 {
        let source = self.source.upgrade();
        source.map_or(0, |source| {
            ioctl_fionread(source).expect("the length of what is in the pipe")
        })
    }
}

fn follow(
    mut source: &File,
    mut orders: PipeReader,
    board: &Board<Screen>,
    pick: fn(&mut Screen) -> &mut Stream,
) {
    let mut order = Order::Read;
    while order != Order::Leave {
        let (told, readable) = wait(&orders, source, order);
        if told {
            let mut letter = [0];
            order = match orders.read(&mut letter) {
                Ok(1) if letter == *b"r" => Order::Read,
                Ok(1) if letter == *b"s" => Order::Stall,
                _ => Order::Leave,
            };
            board.update(|screen| pick(screen).order = order);
        } else if readable {
            let mut chunk = [0; 4096];
            // A terminal whose other end is closed gives an error in place of an end.
            match source.read(&mut chunk) {
                Ok(0) | Err(_) => return,
                Ok(count) => {
                    board.update(|screen| pick(screen).bytes.extend_from_slice(&chunk[..count]));
                }
            }
        }
    }
}

fn wait(orders: &PipeReader, source: &File, order: Order) -> (bool, bool) {
    let mut watched = [
        PollFd::from_borrowed_fd(orders.as_fd(), PollFlags::IN),
        PollFd::from_borrowed_fd(source.as_fd(), PollFlags::IN),
    ];
    let count = if order == Order::Stall { 1 } else { 2 };
    if poll(&mut watched[..count], None).is_err() {
        return (false, false);
    }
    (
        !watched[0].revents().is_empty(),
        !watched[1].revents().is_empty(),
    )
}
