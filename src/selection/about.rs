//! What an event tells of the messages that it is about: as they were before it, and as they are after it.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` (9.2 and later), and for old ones
//! `zerver/lib/actions.py` of 1.7. Who edits or deletes a message need not be its sender.

use super::facts::{ChannelNames, Facts, Flags, people};
use crate::event::{Event, MessageId, Person, is_direct};
use crate::fields::Fields;
use crate::kind;

/// An event about messages.
#[derive(Debug)]
pub struct AboutMessages<'a> {
    /// The messages; none where it does not say.
    pub ids: Vec<MessageId>,
    /// Whether it is about all that there are.
    pub is_about_all: bool,
    /// Whether a whole topic goes somewhere else.
    pub moves_topic: bool,
    /// What it tells of each message as it was.
    pub before: Facts<'a>,
    /// The same as it is now.
    pub after: Facts<'a>,
    /// Where some of them are.
    pub places: Vec<(MessageId, Facts<'a>)>,
}

impl<'a> AboutMessages<'a> {
    /// The kinds that are.
    pub const KINDS: [&'static str; 7] = [
        kind::UPDATE_MESSAGE,
        kind::DELETE_MESSAGE,
        kind::REACTION,
        kind::SUBMESSAGE,
        kind::UPDATE_MESSAGE_FLAGS,
        kind::TYPING,
        kind::TYPING_EDIT_MESSAGE,
    ];

    /// Reads an event; none where it is of another kind.
    pub fn read<'e: 'a>(
        event: &Event<'e>,
        channels: &'a ChannelNames,
    ) -> Option<AboutMessages<'a>> {
        let kind = Some(event.kind).filter(|kind| Self::KINDS.contains(kind))?;
        let nothing = Fields::default();
        let fields = event.fields().unwrap_or(&nothing);
        let mut facts = match kind {
            kind::DELETE_MESSAGE | kind::TYPING => place(fields, channels),
            kind::TYPING_EDIT_MESSAGE => {
                place(&fields.object("recipient").unwrap_or_default(), channels)
            }
            _ => Facts::default(),
        };
        // Only the sender edits a text.
        if matches!(kind, kind::TYPING | kind::TYPING_EDIT_MESSAGE) {
            facts.sender = fields
                .get("sender")
                .and_then(Person::of)
                .unwrap_or_default();
            if let Some(id) = fields.integer("sender_id") {
                facts.sender.id = id;
            }
        }
        let mut about = AboutMessages {
            ids: MessageId::in_event(fields),
            is_about_all: fields.flag("all") == Some(true),
            moves_topic: fields.text("propagate_mode").as_deref() == Some("change_all"),
            before: facts.clone(),
            after: facts,
            places: Vec::new(),
        };
        match kind {
            kind::UPDATE_MESSAGE => about.read_update(fields, channels),
            kind::REACTION => about.read_reaction(fields),
            kind::UPDATE_MESSAGE_FLAGS => about.read_flags(fields, channels),
            _ => {}
        }
        Some(about)
    }

    fn read_update(&mut self, fields: &Fields<'a>, channels: &'a ChannelNames) {
        let (name, id) = (fields.text("stream_name"), fields.channel_id());
        if name.is_some() || id.is_some() {
            self.before.set_channel(id, name, Some(channels));
        }
        // Those of the first message.
        if self.ids.len() == 1 && fields.get("flags").is_some() {
            self.before.flags = Flags::of(&fields.list("flags"));
        }
        self.after = self.before.clone();
        self.before.topic = fields.old_topic();
        self.after.topic = fields.topic().or_else(|| fields.old_topic());
        if let Some(id) = fields.integer("new_stream_id") {
            self.after.set_channel(Some(id), None, Some(channels));
        }
    }

    fn read_reaction(&mut self, fields: &Fields) {
        if is_added(fields) {
            self.after.is_reacted = Some(true);
        } else {
            self.before.is_reacted = Some(true);
        }
    }

    fn read_flags(&mut self, fields: &Fields<'a>, channels: &'a ChannelNames) {
        if let Some(flag) = fields.text("flag") {
            let is_set = is_added(fields);
            self.before.flags = Flags::Changed(flag.clone(), !is_set);
            self.after.flags = Flags::Changed(flag, is_set);
        }
        for (id, detail) in fields.object("message_details").unwrap_or_default().0 {
            if let (Ok(id), Some(mut detail)) = (id.parse(), Fields::of(detail)) {
                // The user is not among them, as elsewhere.
                detail.remove("user_ids");
                self.places.push((MessageId(id), place(&detail, channels)));
            }
        }
    }
}

/// Whether what the event is about comes, or goes.
fn is_added(fields: &Fields) -> bool {
    fields.op().as_deref() != Some("remove")
}

/// Where messages are, and who takes part: `"message_type":"stream","stream_id":7,"topic":"a"`,
/// `"type":"channel","channel_id":7,"topic":"a"`, or `"message_type":"private"`. Old servers tell of nobody who types in a
/// channel, and give no type.
fn place<'a>(fields: &Fields<'a>, channels: &'a ChannelNames) -> Facts<'a> {
    let mut facts = Facts::default();
    let kind = fields.first_text(["message_type", "type"]);
    match kind.as_deref() {
        Some("stream" | "channel") => {
            facts.set_channel(fields.channel_id(), None, Some(channels));
            facts.topic = fields.topic();
        }
        Some(kind) if is_direct(kind) => facts.set_direct(Vec::new()),
        _ => {}
    }
    if fields.get("recipients").is_some() {
        facts.set_direct(people(&fields.list("recipients")).unwrap_or_default());
    }
    if fields.get("user_ids").is_some() {
        let people = fields.integers("user_ids").into_iter();
        let with_id = |id| Person {
            id,
            ..Person::default()
        };
        facts.set_direct(people.map(with_id).collect());
    }
    facts
}
