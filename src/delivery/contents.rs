//! What events say beside their ids: old servers may send the same edit twice, under two ids.

use std::collections::HashSet;
use std::fmt::Write;

use crate::fields::Fields;

/// Bytes of events that are told apart by what they say; more than any answer in good order has.
const MOST: usize = 16 << 20;

/// What events of old servers say, of which only so much is remembered: an event may then be
/// printed twice, but never be missed.
#[derive(Debug, Default)]
pub struct Contents {
    texts: HashSet<String>,
    bytes: usize,
}

impl Contents {
    /// Whether it is there.
    pub fn contains(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    /// Adds one, and tells whether it was not there before.
    pub fn insert(&mut self, text: String) -> bool {
        let room = text.len().saturating_add(size_of::<String>());
        if room > MOST {
            return true;
        }
        if self.bytes.saturating_add(room) > MOST {
            *self = Contents::default();
        }
        let size = self.texts.len();
        let is_new = self.texts.insert(text);
        if self.texts.len() > size {
            self.bytes += room;
        }
        is_new
    }
}

/// An event's fields but its id, in the same order for the same fields.
pub fn without_id(text: &str) -> String {
    let fields: Option<Fields> = serde_json::from_str(text).ok();
    let Some(Fields(mut fields)) = fields.filter(|fields| !fields.is_cut()) else {
        return text.to_owned();
    };
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

    #[test]
    fn of_what_old_servers_say_without_end_only_the_last_is_remembered() {
        let long = "x".repeat(100_000);
        let text = |id: usize| format!(r#"{{"message_id":{id},"content":"{long}"}}"#);
        let (mut seen, mut most) = (Contents::default(), 0);
        for id in 0..500 {
            assert!(seen.insert(without_id(&text(id))));
            most = most.max(seen.texts.iter().map(String::len).sum());
        }
        assert!(most <= MOST && !seen.insert(without_id(&text(499))));
        let monstrous = "x".repeat(MOST);
        assert!(seen.insert(monstrous.clone()) && seen.insert(monstrous));
    }
}
