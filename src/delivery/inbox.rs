//! The events of one queue: which were handled already, and what to acknowledge. Pure.
//!
//! Servers send events again until they are acknowledged, and acknowledging prunes, so the id must
//! be one of this queue: the highest of the last batch. A running maximum would be wrong on old
//! servers (Zulip 1.7, `zerver/tornado/event_queue.py`): they share the objects of `update_message`
//! and `delete_message` between the queues of an account, so that these may carry another queue's
//! id, and may come twice.

use std::collections::HashSet;
use std::fmt::Write;
use std::mem;

use super::ids::IdSet;
use crate::event::{Event, EventId};
use crate::fields::Fields;
use crate::kind;

/// What one answer brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Events that had not been handled before.
    pub fresh: u64,
    /// Heartbeats among them.
    pub heartbeats: u64,
    /// Whether the server said that it had restarted.
    pub restarted: bool,
    /// Events without an id that could be acknowledged; no server of this API sends any.
    pub unnumbered: u64,
    /// Whether the id to acknowledge may be another queue's, and prune what was never seen.
    pub may_be_foreign: bool,
    /// The one to acknowledge, once all of it is written.
    pub highest: Option<EventId>,
}

impl Batch {
    /// Whether it brought nothing new.
    pub fn is_empty(&self) -> bool {
        self.fresh == 0
    }
}

/// Counts a queue's events.
#[derive(Debug, Default)]
pub struct Inbox {
    /// The server's; 0 for servers before 3.0, of which some events carry foreign ids.
    feature_level: u64,
    batch: Batch,
    /// The events of the last answer, which may be sent again: by their ids, or by what they say.
    last_ids: IdSet,
    last_contents: HashSet<String>,
    /// The events of this answer. Ids that follow one another are ranges.
    ids: Vec<(u64, u64)>,
    contents: HashSet<String>,
}

impl Inbox {
    /// For a queue of a server of this feature level.
    pub fn new(feature_level: u64) -> Inbox {
        Inbox {
            feature_level,
            ..Inbox::default()
        }
    }

    /// A poll is sent. What it brings counts from here.
    pub fn begin(&mut self) {
        if !self.batch.is_empty() {
            self.last_ids = IdSet::of_ranges(mem::take(&mut self.ids));
            self.last_contents = mem::take(&mut self.contents);
        }
        self.batch = Batch::default();
    }

    /// Counts the next event of the answer. False: it was handled before.
    pub fn is_new(&mut self, event: &Event) -> bool {
        let shared = self.feature_level == 0
            && matches!(event.kind, kind::UPDATE_MESSAGE | kind::DELETE_MESSAGE);
        let id = event.id.filter(|id| *id > EventId::NONE_SEEN);
        self.batch.unnumbered += u64::from(id.is_none());
        if id > self.batch.highest {
            self.batch.highest = id;
            self.batch.may_be_foreign = shared;
        }
        if self.was_handled(event, shared) {
            return false;
        }
        self.batch.fresh += 1;
        self.batch.heartbeats += u64::from(event.kind == kind::HEARTBEAT);
        self.batch.restarted |= event.kind == kind::RESTART;
        true
    }

    /// What the answer brought.
    pub fn batch(&self) -> Batch {
        self.batch
    }

    fn was_handled(&mut self, event: &Event, shared: bool) -> bool {
        if shared {
            let content = without_id(event);
            return self.last_contents.contains(&content) || !self.contents.insert(content);
        }
        let Some(id) = event.id.and_then(|id| u64::try_from(id.0).ok()) else {
            return false;
        };
        // One answer does not have an event twice; two of the same id there are two events.
        match self.ids.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(id) => *last = id,
            _ => self.ids.push((id, id)),
        }
        self.last_ids.contains(id)
    }
}

/// An event's fields but its id, in the same order for the same fields: old servers may send the same edit
/// twice, under two ids.
fn without_id(event: &Event) -> String {
    let Some(fields) = event.fields().filter(|fields| !fields.is_cut()) else {
        return event.text.to_owned();
    };
    let Fields(mut fields) = fields.clone();
    fields.retain(|(name, _)| name != "id");
    fields.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut content = String::new();
    for (name, value) in fields {
        // Writing to a text cannot fail.
        let _ = write!(content, "{name:?}:{},", value.get());
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: i64, kind: &'static str, text: &'static str) -> Event<'static> {
        Event::new(Some(EventId(id)), kind, text)
    }

    fn take(inbox: &mut Inbox, ids: &[i64]) -> Vec<bool> {
        inbox.begin();
        ids.iter()
            .map(|id| inbox.is_new(&event(*id, "message", "{}")))
            .collect()
    }

    #[test]
    fn the_highest_id_of_the_last_batch_is_acknowledged_not_a_running_maximum() {
        let mut inbox = Inbox::new(0);
        for (ids, highest) in [
            (&[0, 1, 900][..], Some(EventId(900))),
            (&[2, 3], Some(EventId(3))),
            (&[], None),
        ] {
            take(&mut inbox, ids);
            assert_eq!(inbox.batch().highest, highest);
        }
    }

    #[test]
    fn an_event_that_is_sent_again_is_known() {
        let mut inbox = Inbox::new(278);
        assert_eq!(take(&mut inbox, &[4, 5]), [true, true]);
        assert_eq!(take(&mut inbox, &[5, 6]), [false, true]);
        assert!(take(&mut inbox, &[]).is_empty());
        assert_eq!(take(&mut inbox, &[6, 7, 7]), [false, true, true]);
        assert_eq!(inbox.batch().fresh, 2);
    }

    #[test]
    fn old_servers_edits_are_told_apart_by_content() {
        let first = r#"{"type":"update_message","message_id":5,"content":"a","id":3}"#;
        let again = r#"{"id":77,"content":"a","type":"update_message","message_id":5}"#;
        let other = r#"{"type":"update_message","message_id":5,"content":"b","id":3}"#;
        let mut inbox = Inbox::new(0);
        inbox.begin();
        assert!(inbox.is_new(&event(3, "update_message", first)));
        assert!(!inbox.is_new(&event(77, "update_message", again)));
        assert!(inbox.is_new(&event(3, "update_message", other)));
        assert!(inbox.batch().may_be_foreign);
        // An id that only looked used does not hide another event.
        assert!(inbox.is_new(&event(3, "message", "{}")));
    }

    #[test]
    fn a_batch_is_doubtful_only_if_its_highest_id_may_be_foreign() {
        let mut inbox = Inbox::new(0);
        inbox.begin();
        inbox.is_new(&event(3, "update_message", "{}"));
        inbox.is_new(&event(4, "message", "{}"));
        assert!(!inbox.batch().may_be_foreign);
    }

    #[test]
    fn an_event_whose_id_cannot_be_acknowledged_is_counted() {
        let mut inbox = Inbox::new(278);
        inbox.begin();
        let nameless = Event::new(None, "message", "{}");
        assert!(inbox.is_new(&nameless));
        assert!(inbox.is_new(&event(-7, "message", "{}")));
        let batch = inbox.batch();
        assert_eq!((batch.unnumbered, batch.highest), (2, None));
    }

    #[test]
    fn restarts_and_heartbeats_are_seen() {
        let mut inbox = Inbox::new(278);
        inbox.begin();
        inbox.is_new(&event(1, "restart", "{}"));
        inbox.is_new(&event(2, "heartbeat", "{}"));
        let batch = inbox.batch();
        assert!(batch.restarted);
        assert_eq!((batch.fresh, batch.heartbeats), (2, 1));
        inbox.begin();
        assert_eq!(inbox.batch(), Batch::default());
    }
}
