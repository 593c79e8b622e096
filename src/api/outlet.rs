//! The way of list elements out of a request that is under way.
//!
//! Not for the request itself (`exchange.rs`), nor for driving it (`poller.rs`).

use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;

use super::scan::Chunk;

/// Holds one chunk at a time, of one request after the other: the request goes on only once it has
/// been taken, so that a reader who is slow holds back the server.
#[derive(Default)]
pub struct Outlet {
    full: Cell<Option<Chunk>>,
    spare: Cell<Option<Chunk>>,
}

impl Outlet {
    /// An empty chunk to begin with.
    pub fn empty(&self) -> Chunk {
        self.spare.take().unwrap_or_default()
    }

    /// Takes a chunk of elements, waits until it is gone, and gives an empty one to be filled next.
    pub async fn put(&self, chunk: Chunk) -> Chunk {
        if chunk.is_empty() {
            return chunk;
        }
        self.full.set(Some(chunk));
        // No waker is kept: whoever drives the request looks here each time that it comes to a halt.
        poll_fn(|_| {
            let full = self.full.take();
            if full.is_none() {
                return Poll::Ready(());
            }
            self.full.set(full);
            Poll::Pending
        })
        .await;
        self.empty()
    }

    /// The chunk that the request has come to a halt with, if it has.
    pub fn take(&self) -> Option<Chunk> {
        self.full.take()
    }

    /// Gives an emptied chunk back, so that its memory is used again.
    pub fn give_back(&self, mut chunk: Chunk) {
        chunk.clear();
        self.spare.set(Some(chunk));
    }
}
