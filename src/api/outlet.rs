//! The way of list elements out of a request that is under way.
//!
//! Not for the request itself (`exchange.rs`), nor for driving it (`poller.rs`).

use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;

use super::split::Chunk;

/// Bytes of an empty chunk that are worth keeping; few chunks have more than 100 kB.
const MOST_KEPT: usize = 1 << 20;

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

    /// Gives a chunk back that is not needed any more, so that its memory is used again. That of a
    /// monstrous event is not kept.
    pub fn give_back(&self, mut chunk: Chunk) {
        if chunk.capacity() <= MOST_KEPT {
            chunk.clear();
            self.spare.set(Some(chunk));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    #[test]
    fn the_memory_of_a_chunk_is_used_again_unless_it_is_huge() {
        for (name, length, kept) in [("plain", 100, true), ("huge", MOST_KEPT, false)] {
            let outlet = Outlet::default();
            let mut chunk = Chunk::default();
            chunk.push(Event {
                id: None,
                kind: "",
                text: &format!("{{{}}}", " ".repeat(length)),
            });
            outlet.give_back(chunk);
            let next = outlet.empty();
            assert_eq!(
                (next.is_empty(), next.capacity() > 0),
                (true, kept),
                "{name}"
            );
        }
    }
}
