//! What waits for the client, and what it has seen of it.

use std::collections::VecDeque;

/// The queue of the one client.
pub struct Queue {
    /// Its id.
    pub id: String,
    /// Events that are not acknowledged, with their ids.
    pub pending: VecDeque<(i64, Item)>,
    /// The numbers up to here are in it, or were.
    pub fed: u64,
    next: i64,
}

/// What an event is about.
#[derive(Clone, Copy)]
pub enum Item {
    /// What the text of that number says.
    Number(u64),
    /// The server was restarted.
    Restart,
    /// The server has nothing to say.
    Heartbeat,
}

impl Queue {
    /// An empty one for the numbers above `fed`.
    pub fn new(id: String, fed: u64) -> Queue {
        Queue {
            id,
            pending: VecDeque::new(),
            fed,
            next: 0,
        }
    }

    /// Adds an event.
    pub fn push(&mut self, item: Item) {
        self.pending.push_back((self.next, item));
        self.next += 1;
    }

    /// Adds what has happened meanwhile.
    pub fn feed(&mut self, produced: u64) {
        while self.fed < produced {
            self.fed += 1;
            self.push(Item::Number(self.fed));
        }
    }

    /// Forgets what the client has, and gives the highest number of that.
    pub fn acknowledge(&mut self, last: i64) -> u64 {
        let mut covered = 0;
        while let Some((_, item)) = self.pending.pop_front_if(|(id, _)| *id <= last) {
            if let Item::Number(number) = item {
                covered = number;
            }
        }
        covered
    }
}
