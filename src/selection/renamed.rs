//! What a narrow names gets another name: a channel is renamed, a whole topic moved or resolved. A narrow by name sees
//! nothing more of it then, since servers compare names too; one by id goes on.

use std::borrow::Cow;

use super::Selection;
use super::about::{AboutMessages, Sides};
use super::facts::{ChannelName, Facts, all};
use super::narrow::{Narrow, Sign, Term, Test};
use crate::event::Event;
use crate::fields::Fields;

/// A channel that has another name now.
pub struct RenamedChannel<'a> {
    /// Its id.
    pub id: i64,
    old: Cow<'a, str>,
    /// What it is called now.
    pub new: Cow<'a, str>,
}

impl<'a> RenamedChannel<'a> {
    /// Reads a `stream` event; none where it says something else.
    pub fn read(event: &Event<'a>) -> Option<RenamedChannel<'a>> {
        let fields: Fields = serde_json::from_str(event.text).ok()?;
        let is_rename = fields.text("op")? == "update" && fields.text("property")? == "name";
        let renamed = RenamedChannel {
            id: fields.channel_id()?,
            old: fields.text("name")?,
            new: fields.text("value")?,
        };
        is_rename.then_some(renamed)
    }

    /// What to say of it to whom it takes away what a narrow names.
    pub fn warning(&self, selection: &Selection) -> Option<String> {
        let named = |name: &str| {
            let mut facts = Facts::default();
            facts.set_channel(Some(self.id), ChannelName::Known(name.to_owned().into()));
            facts
        };
        let (old, new) = (&*self.old, &*self.new);
        let is_channel = |test: &Test| matches!(test, Test::Channel(_));
        let narrow = lost(selection, is_channel, &named(old), &named(new))?;
        Some(format!(
            "the channel {old:?} is called {new:?} now: the narrow '{narrow}' sees nothing more of it; begin anew with \
             the new name, or with its id (channel:{}), which stays",
            self.id
        ))
    }
}

/// What to say of a whole topic that goes somewhere else, to whom that takes away what a narrow names.
pub fn moved_topic(about: &AboutMessages, selection: &Selection) -> Option<String> {
    if !about.moves_topic {
        return None;
    }
    let Sides { before, after } = &about.each;
    let is_place = |test: &Test| matches!(test, Test::Channel(_) | Test::Topic(_));
    let names_topic =
        |narrow: &&Narrow| narrow.positive().any(|test| matches!(test, Test::Topic(_)));
    let narrow = lost(selection, is_place, before, after).filter(names_topic)?;
    let (old, new) = (before.topic.as_ref()?, after.topic.as_ref()?);
    let place = match after.channel() {
        _ if before.channel_id == after.channel_id => String::new(),
        Some((_, name)) => format!(" in the channel {name:?}"),
        None => " in another channel".to_owned(),
    };
    Some(format!(
        "the topic {old:?} is called {new:?}{place} now: the narrow '{narrow}' sees nothing more of it; begin anew \
             with the new name"
    ))
}

/// The narrow that loses what such terms name: it had what was, as far as can be told, and none has what is now.
fn lost<'a>(
    selection: &'a Selection,
    decides: fn(&Test) -> bool,
    before: &Facts,
    after: &Facts,
) -> Option<&'a Narrow> {
    let has = |narrow: &Narrow, facts: &Facts| {
        let is_named = |term: &&Term| term.sign == Sign::Positive && decides(&term.test);
        all(narrow
            .terms
            .iter()
            .filter(is_named)
            .map(|term| term.answer(facts)))
            != Ok(false)
    };
    let is_left = selection.narrows.iter().any(|narrow| has(narrow, after));
    selection
        .narrows
        .iter()
        .find(|narrow| !is_left && has(narrow, before))
}
