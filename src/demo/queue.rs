//! One event queue: what it wants, what it holds, what was acknowledged, and when it dies.
//!
//! Not for what happens (`realm`) or for waiting (`events`). Rules: `zerver/tornado/event_queue.py`
//! and `zerver/tornado/views.py` of Zulip 9.2.

use std::collections::VecDeque;
use std::time::Duration;

use super::clock::Moment;
use super::filter::LiveNarrow;
use super::refusal::Refusal;
use super::wire::Rendering;
use super::wire::event::{Presence, heartbeat};
use crate::event::EventId;

/// A queue that holds this many events is given up as if it had expired: the demo's memory is bounded.
pub const MOST_EVENTS: usize = 50_000;

/// The real server's events can be kept that long at most, in seconds.
const LONGEST_LIFE: u64 = 7 * 24 * 3600;
/// Where nothing, or zero, is asked for.
const USUAL_LIFE: u64 = 600;

/// Whose messages a queue takes, beside those that the account receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// None.
    Received,
    /// Those of all public channels. A narrow widens a queue like this, too.
    Public,
}

/// Whether `typing` events of channels are taken: a client capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelTyping {
    /// They are.
    Taken,
    /// They are not.
    Dropped,
}

/// What a queue was registered for.
#[derive(Debug)]
pub struct Wants {
    /// The event types; none for all of them.
    pub kinds: Option<Vec<String>>,
    /// Which messages.
    pub narrow: LiveNarrow,
    /// From where.
    pub reach: Reach,
    /// In which form.
    pub rendering: Rendering,
    /// How people are named in `presence`.
    pub presence: Presence,
    /// Whether channel typing is taken.
    pub channel_typing: ChannelTyping,
}

impl Wants {
    /// Everything that the account receives.
    #[cfg(test)]
    pub fn everything() -> Wants {
        Wants {
            kinds: None,
            narrow: LiveNarrow::new(&[]).expect("an empty narrow"),
            reach: Reach::Received,
            rendering: Rendering::Markdown,
            presence: Presence::Full,
            channel_typing: ChannelTyping::Dropped,
        }
    }

    /// Whether events of that type are taken.
    pub fn takes(&self, kind: &str) -> bool {
        let kinds = self.kinds.as_ref();
        kinds.is_none_or(|kinds| kinds.iter().any(|wanted| wanted == kind))
    }
}

/// How long a queue lives without a poll that waits: what `queue_lifespan_secs` asks for.
pub fn lifespan(asked: Option<i64>) -> Result<Duration, Refusal> {
    let seconds = match u64::try_from(asked.unwrap_or(0)) {
        // 9.2 checks this too late.
        Err(_) => return Err(Refusal::Internal),
        Ok(0) => USUAL_LIFE,
        Ok(seconds) => seconds.min(LONGEST_LIFE),
    };
    Ok(Duration::from_secs(seconds))
}

/// The mark of one waiting poll; the queue knows the latest only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(pub u64);

/// An event queue.
#[derive(Debug)]
pub struct Queue {
    wants: Wants,
    lifespan: Duration,
    events: VecDeque<(EventId, String)>,
    next: EventId,
    newest_pruned: EventId,
    parked: Option<Ticket>,
    idle_since: Moment,
}

impl Queue {
    /// An empty queue.
    pub fn new(wants: Wants, lifespan: Duration, now: Moment) -> Queue {
        Queue {
            wants,
            lifespan,
            events: VecDeque::new(),
            next: EventId(0),
            newest_pruned: EventId::NONE_SEEN,
            parked: None,
            idle_since: now,
        }
    }

    /// What it was registered for.
    pub fn wants(&self) -> &Wants {
        &self.wants
    }

    /// Takes an event, the JSON of an object without `id`.
    pub fn push(&mut self, event: &str) {
        let Some(open) = event.strip_suffix('}') else {
            return;
        };
        let comma = if open.ends_with('{') { "" } else { "," };
        let EventId(id) = self.next;
        self.events
            .push_back((self.next, format!("{open}{comma}\"id\":{id}}}")));
        self.next = EventId(id + 1);
    }

    /// Adds a heartbeat, which has an id like any event.
    pub fn push_heartbeat(&mut self) {
        self.push(&heartbeat());
    }

    /// Drops what is acknowledged by `id`. As on the real server, it is dropped even if `id` turns
    /// out to be foreign.
    pub fn acknowledge(&mut self, id: EventId) -> Result<(), Refusal> {
        let EventId(number) = id;
        if id < self.newest_pruned {
            let message = format!("An event newer than {number} has already been pruned!");
            return Err(Refusal::BadRequest(message));
        }
        while let Some((pruned, _)) = self.events.pop_front_if(|(event, _)| *event <= id) {
            self.newest_pruned = pruned;
        }
        if id == self.newest_pruned {
            return Ok(());
        }
        Err(Refusal::BadRequest(format!(
            "Event {number} was not in this queue"
        )))
    }

    /// Whether it holds anything.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// All events that it holds, as a JSON list.
    pub fn events(&self) -> String {
        let events: Vec<&str> = self.events.iter().map(|(_, text)| text.as_str()).collect();
        format!("[{}]", events.join(","))
    }

    /// A poll begins to wait; one that waited until now is displaced. Only this restarts the idle clock.
    pub fn park(&mut self, ticket: Ticket, now: Moment) {
        self.parked = Some(ticket);
        self.idle_since = now;
    }

    /// No poll waits any more.
    pub fn unpark(&mut self) {
        self.parked = None;
    }

    /// Whether the poll with that mark still waits.
    pub fn is_parked(&self, ticket: Ticket) -> bool {
        self.parked == Some(ticket)
    }

    /// Whether it is to be dropped: nobody waited for too long, or nobody fetches.
    pub fn is_expired(&self, now: Moment) -> bool {
        let idle = self.parked.is_none() && now.since(self.idle_since) > self.lifespan;
        idle || self.events.len() > MOST_EVENTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(now: Moment) -> Queue {
        Queue::new(Wants::everything(), Duration::from_secs(10), now)
    }

    #[test]
    fn lifespans_are_those_that_were_measured() {
        let table = [
            (None, Ok(600)),
            (Some(0), Ok(600)),
            (Some(1), Ok(1)),
            (Some(599), Ok(599)),
            (Some(604_800), Ok(604_800)),
            (Some(9_999_999), Ok(604_800)),
            (Some(-5), Err(Refusal::Internal)),
        ];
        for (asked, expected) in table {
            assert_eq!(
                lifespan(asked),
                expected.map(Duration::from_secs),
                "{asked:?}"
            );
        }
    }

    #[test]
    fn the_idle_clock_runs_from_the_start_of_the_last_poll_that_waited() {
        let start = Moment(1_000_000);
        let at = |seconds| start.after(Duration::from_secs(seconds));
        let mut queue = queue(start);
        assert!(!queue.is_expired(at(10)));
        assert!(queue.is_expired(at(11)));
        queue.park(Ticket(1), at(5));
        assert!(!queue.is_expired(at(100)));
        queue.unpark();
        assert!(!queue.is_expired(at(15)));
        assert!(queue.is_expired(at(16)));
    }

    #[test]
    fn a_queue_that_nobody_fetches_from_is_given_up() {
        let now = Moment(0);
        let mut queue = queue(now);
        for _ in 0..MOST_EVENTS {
            queue.push_heartbeat();
        }
        assert!(!queue.is_expired(now));
        queue.push_heartbeat();
        assert!(queue.is_expired(now));
    }
}
