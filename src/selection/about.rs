//! What an event tells of the messages that it is about: as they were before it, and as they are after it.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` (9.2 and later), and for old ones
//! `zerver/lib/actions.py` of 1.7. Who edits or deletes a message need not be its sender.

use std::borrow::Cow;
use std::collections::HashMap;

use super::facts::{ChannelName, Facts, Flags, Identity, identities, listed};
use super::narrow::Test;
use crate::event::{Event, MessageId};
use crate::fields::Fields;
use crate::kind::Kind;

/// The names of channels by id, as far as messages told them.
pub type ChannelNames = HashMap<i64, String>;

/// A message before and after an event.
#[derive(Clone, Debug)]
pub struct Sides<'a> {
    /// As it was.
    pub before: Facts<'a>,
    /// As it is now.
    pub after: Facts<'a>,
}

/// An event about messages.
#[derive(Debug)]
pub struct AboutMessages<'a> {
    kind: Kind,
    /// The messages; none where it does not say.
    pub ids: Vec<MessageId>,
    /// Whether it is about all that there are.
    pub is_about_all: bool,
    /// Whether a whole topic goes somewhere else.
    pub moves_topic: bool,
    /// What it tells of each message.
    pub each: Sides<'a>,
    /// Of some it tells more.
    details: HashMap<MessageId, Sides<'a>>,
    flag: Option<Cow<'a, str>>,
}

impl<'a> AboutMessages<'a> {
    /// The kinds that are.
    pub const KINDS: [Kind; 7] = [
        Kind::UPDATE_MESSAGE,
        Kind::DELETE_MESSAGE,
        Kind::REACTION,
        Kind::SUBMESSAGE,
        Kind::UPDATE_MESSAGE_FLAGS,
        Kind::TYPING,
        Kind::TYPING_EDIT_MESSAGE,
    ];

    /// Reads an event; none where it is of another kind.
    pub fn read(event: &Event<'a>, channels: &'a ChannelNames) -> Option<AboutMessages<'a>> {
        let kind = Kind::named(event.kind).filter(|kind| Self::KINDS.contains(kind))?;
        let fields: Fields = serde_json::from_str(event.text).unwrap_or_default();
        let mut about = AboutMessages {
            kind,
            ids: ids(&fields),
            is_about_all: fields.flag("all") == Some(true),
            moves_topic: false,
            each: Sides::of(Facts::default()),
            details: HashMap::new(),
            flag: None,
        };
        match kind {
            Kind::UPDATE_MESSAGE => about.read_update(&fields, channels),
            Kind::DELETE_MESSAGE => {
                about.each = Sides::of(place(&fields, "message_type", channels));
            }
            Kind::REACTION => about.read_reaction(&fields),
            Kind::UPDATE_MESSAGE_FLAGS => about.read_flags(&fields, channels),
            Kind::TYPING => about.each = Sides::of(typing(&fields, channels)),
            Kind::TYPING_EDIT_MESSAGE => about.each = Sides::of(typing_edit(&fields, channels)),
            _ => {}
        }
        Some(about)
    }

    /// What it tells of a message.
    pub fn of(&self, id: Option<MessageId>) -> &Sides<'a> {
        id.and_then(|id| self.details.get(&id))
            .unwrap_or(&self.each)
    }

    /// Whether it may change what a test answers.
    pub fn changes(&self, test: &Test) -> bool {
        let Sides { before, after } = &self.each;
        test.changed_by() == Some(self.kind)
            && match test {
                Test::Channel(_) => before.channel_id != after.channel_id,
                Test::State(state) if !state.flags().is_empty() => {
                    let flag = self.flag.as_deref();
                    flag.is_some_and(|flag| state.flags().contains(&flag))
                }
                Test::State(_) if self.kind == Kind::REACTION => true,
                _ => before.topic != after.topic,
            }
    }

    fn read_update(&mut self, fields: &Fields<'a>, channels: &'a ChannelNames) {
        let mut before = Facts::default();
        let name = fields.text("stream_name");
        let id = fields.channel_id();
        if name.is_some() || id.is_some() {
            before.set_channel(id, channel_name(id, name, channels));
        }
        // Those of the first message.
        if self.ids.len() == 1 && fields.get("flags").is_some() {
            before.flags = listed(&fields.list("flags"));
        }
        let mut after = before.clone();
        let topic = |names: [&str; 2]| names.into_iter().find_map(|name| fields.text(name));
        let old_topic = topic(["orig_subject", "orig_topic"]);
        let new_topic = topic(["subject", "topic"]);
        before.topic.clone_from(&old_topic);
        after.topic = new_topic.or(old_topic);
        if let Some(id) = fields.integer("new_stream_id") {
            after.set_channel(Some(id), channel_name(Some(id), None, channels));
        }
        self.moves_topic = fields.text("propagate_mode").as_deref() == Some("change_all");
        self.each = Sides { before, after };
    }

    fn read_reaction(&mut self, fields: &Fields<'a>) {
        let side = match fields.text("op").as_deref() {
            Some("add") => &mut self.each.after,
            Some("remove") => &mut self.each.before,
            _ => return,
        };
        side.is_reacted = Some(true);
    }

    fn read_flags(&mut self, fields: &Fields<'a>, channels: &'a ChannelNames) {
        self.flag = fields.text("flag");
        let operation = fields.text("op").or_else(|| fields.text("operation"));
        let is_set = match operation.as_deref() {
            Some("add") => true,
            Some("remove") => false,
            _ => return,
        };
        let Some(flag) = &self.flag else {
            return;
        };
        let sides = |facts: Facts<'a>| Sides {
            before: Facts {
                flags: Flags::Changed(flag.clone(), !is_set),
                ..facts.clone()
            },
            after: Facts {
                flags: Flags::Changed(flag.clone(), is_set),
                ..facts
            },
        };
        self.each = sides(Facts::default());
        let details = fields.object("message_details").unwrap_or_default();
        for (id, detail) in &details.0 {
            if let (Ok(id), Some(detail)) = (id.parse(), Fields::of(detail)) {
                let facts = place(&detail, "type", channels);
                self.details.insert(MessageId(id), sides(facts));
            }
        }
    }
}

impl<'a> Sides<'a> {
    /// It does not change.
    fn of(facts: Facts<'a>) -> Sides<'a> {
        Sides {
            before: facts.clone(),
            after: facts,
        }
    }
}

/// The messages that it names, in its order.
fn ids(fields: &Fields) -> Vec<MessageId> {
    let mut ids = MessageId::all(&fields.list("message_ids"));
    ids.extend(MessageId::all(&fields.list("messages")));
    if ids.is_empty() {
        ids.extend(MessageId::of(fields, "message_id"));
    }
    ids
}

/// `{"type":"stream","stream_id":7,"topic":"a"}`, `{"type":"channel","channel_id":7,"topic":"a"}` or
/// `{"type":"private"}`, where the first field has that name.
fn place<'a>(fields: &Fields<'a>, type_name: &str, channels: &'a ChannelNames) -> Facts<'a> {
    let mut facts = Facts::default();
    match fields.text(type_name).as_deref() {
        Some("stream" | "channel") => {
            let id = fields.channel_id();
            facts.set_channel(id, channel_name(id, None, channels));
            facts.topic = fields.text("topic");
        }
        Some("private" | "direct") => facts.set_direct(None),
        _ => {}
    }
    facts
}

/// Of old servers without a type: they tell of direct messages only.
fn typing<'a>(fields: &Fields<'a>, channels: &'a ChannelNames) -> Facts<'a> {
    let mut facts = place(fields, "message_type", channels);
    if fields.get("recipients").is_some() {
        facts.set_direct(identities(&fields.list("recipients")));
    }
    let sender = fields
        .get("sender")
        .map(|sender| serde_json::from_str(sender.get()));
    facts.set_sender(sender.and_then(Result::ok).unwrap_or_default());
    facts
}

/// Only the sender edits a text.
fn typing_edit<'a>(fields: &Fields<'a>, channels: &'a ChannelNames) -> Facts<'a> {
    let recipient = fields.object("recipient").unwrap_or_default();
    let mut facts = place(&recipient, "type", channels);
    if recipient.get("user_ids").is_some() {
        let people = recipient.integers("user_ids").into_iter();
        facts.set_direct(Some(people.map(|id| Identity::with_id(Some(id))).collect()));
    }
    facts.set_sender(Identity::with_id(fields.integer("sender_id")));
    facts
}

fn channel_name<'a>(
    id: Option<i64>,
    told: Option<Cow<'a, str>>,
    channels: &'a ChannelNames,
) -> ChannelName<'a> {
    let known = || Some(Cow::Borrowed(channels.get(&id?)?.as_str()));
    told.or_else(known)
        .map_or(ChannelName::Other(channels), ChannelName::Known)
}
