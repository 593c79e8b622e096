//! `update_message`: messages edited, moved, resolved, several of these at once, or only rendered
//! anew for a preview of a link.
//!
//! Shapes: `update_message` in Zulip's `zerver/openapi/zulip.yaml` (`GET /events`, 9.2), and for old
//! servers `do_update_message` and `do_update_embedded_data` in `zerver/lib/actions.py` of 1.7.

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::Timestamp;

use super::recent::MessagePlace;
use super::writer::{Form, Writer};
use crate::event::{Event, MessageId, Person, RESOLVED};
use crate::kind;
use crate::output::text::{Text, shorten_at_word};

/// Columns of the beginning of an edited message.
const BEGINNING: usize = 24;

/// An edit, a move, or both.
pub struct Update<'a> {
    message: MessageId,
    /// The moved ones, ascending.
    moved: Vec<MessageId>,
    /// Who edited, who need not be the sender; nobody for previews.
    editor: Option<i64>,
    /// The editor's address, on old servers.
    address: Cow<'a, str>,
    when: Option<i64>,
    /// The channel before; old servers send it with moves only.
    channel: Option<i64>,
    channel_name: Cow<'a, str>,
    /// Both are there for edits only, and always Markdown.
    old: Option<Cow<'a, str>>,
    new: Option<Cow<'a, str>>,
    old_topic: Option<Cow<'a, str>>,
    /// Missing where the topic keeps its name.
    topic: Option<Cow<'a, str>>,
    new_channel: Option<i64>,
    /// The beginning of the new text, once that was read.
    beginning: OnceCell<String>,
}

impl<'a> Update<'a> {
    /// Reads an event; None where it is of another kind, or does not say which message it is about.
    pub fn of(event: &Event<'a>) -> Option<Update<'a>> {
        if event.kind != kind::UPDATE_MESSAGE {
            return None;
        }
        let event = event.fields()?;
        let message = MessageId::of(event, "message_id")?;
        let mut moved = MessageId::in_event(event);
        // Before feature level 393 they come in any order.
        moved.sort_unstable();
        Some(Update {
            message,
            moved,
            editor: event.integer("user_id"),
            address: event.text("sender").unwrap_or_default(),
            when: event.seconds("edit_timestamp"),
            channel: event.channel_id(),
            channel_name: event.text("stream_name").unwrap_or_default(),
            old: event.text("orig_content"),
            new: event.text("content"),
            old_topic: event.old_topic(),
            topic: event.topic(),
            new_channel: event.integer("new_stream_id"),
            beginning: OnceCell::new(),
        })
    }

    /// Lets later lines know of it.
    pub fn remember(&self, writer: &mut Writer) {
        if let Some(editor) = self.editor {
            writer.memory.names.learn_address(&self.address, editor);
        }
        if let (Some(_), Some(new)) = (&self.old, &self.new) {
            let beginning = || self.text(new, writer).beginning();
            let beginning = self.beginning.get_or_init(beginning);
            writer.memory.recent.edit(self.message, beginning);
        }
        if self.is_move() {
            let (recent, topic) = (&mut writer.memory.recent, self.topic.as_deref());
            recent.relocate(&self.moved, self.new_channel, topic);
        }
    }

    /// Writes its line. None where nothing that we know was done.
    pub fn write(&self, writer: &mut Writer) -> Option<()> {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => self.write_edit(old, new, writer),
            (None, _) if self.is_move() => {
                writer.sign("→");
                self.write_editor(writer);
                writer.plain(" ");
                self.write_move(writer);
                if let Some(new) = &self.new {
                    // The old text cannot be read.
                    writer.dim(": ");
                    let excerpt = self.text(new, writer).excerpt();
                    writer.quote(&excerpt);
                }
            }
            (None, Some(new)) if self.editor.is_none() => {
                writer.dim_line();
                writer.plain("link preview added to ");
                let excerpt = self.text(new, writer).excerpt();
                writer.quote(&excerpt);
                self.write_place(writer);
            }
            _ => return None,
        }
        if let Some(seconds) = self.when {
            writer.set_time(seconds);
        }
        Some(())
    }

    /// Whether nothing is changed that is shown.
    pub fn is_rendering(&self) -> bool {
        match (&self.old, &self.new) {
            _ if self.is_move() => false,
            (Some(old), Some(new)) => old == new,
            // What somebody does is an edit, though its old text cannot be read.
            (None, Some(_)) => self.editor.is_none(),
            _ => false,
        }
    }

    fn is_move(&self) -> bool {
        self.old_topic.is_some() && (self.topic.is_some() || self.new_channel.is_some())
    }

    fn write_editor(&self, writer: &mut Writer) {
        writer.someone(&Person {
            id: self.editor.unwrap_or_default(),
            email: self.address.clone(),
            ..Person::default()
        });
    }

    /// A text of the message, as it is shown.
    fn text(&self, text: &str, writer: &mut Writer) -> Text {
        let topic = match writer.memory.recent.place(self.message) {
            Some(MessagePlace::Channel(_, topic)) => topic,
            _ => self.old_topic.as_deref().unwrap_or_default().to_owned(),
        };
        let mut reader = writer.reader();
        reader.when = self.when.and_then(|when| Timestamp::from_second(when).ok());
        reader.channel = self.channel;
        reader.topic = &topic;
        reader.read(text.trim_end())
    }

    fn write_edit(&self, old: &str, new: &str, writer: &mut Writer) {
        let before = self.text(old, writer);
        let after = self.text(new, writer);
        self.beginning.get_or_init(|| after.beginning());
        if old == new {
            writer.dim_line();
        }
        writer.sign("✎");
        self.write_editor(writer);
        writer.plain(" edits ");
        let beginning = shorten_at_word(&before.excerpt(), BEGINNING);
        if beginning.is_empty() {
            writer.message_id(self.message);
        } else {
            writer.quoted(&beginning);
        }
        if !self.is_move() {
            self.write_place(writer);
        } else if self.moved == [self.message] && self.turn().is_none() {
            writer.plain(" and moves it");
            self.write_way(writer);
        } else {
            writer.plain(" and ");
            self.write_move(writer);
        }
        writer.dim(": ");
        writer.changes((&before, old), (&after, new));
        if writer.shows_whole() {
            writer.whole(after);
        }
    }

    /// The event knows the channel; the topic only who saw the message.
    fn write_place(&self, writer: &mut Writer) {
        if let Some(place) = writer.memory.recent.place(self.message) {
            // Its beginning is enough between messages.
            if writer.form == Form::Summary {
                writer.place_in_brackets(&place);
            }
            return;
        }
        if self.channel.is_none() && self.channel_name.is_empty() {
            return writer.place_in_brackets(&MessagePlace::People(Vec::new()));
        }
        writer.dim(" (");
        writer.named_channel(self.channel, &self.channel_name);
        writer.dim(")");
    }

    fn write_move(&self, writer: &mut Writer) {
        if let Some((verb, topic)) = self.turn() {
            writer.plain(verb);
            writer.plain(" ");
            writer.named_channel(self.channel, &self.channel_name);
            writer.separator();
            return writer.topic(topic);
        }
        writer.plain("moves ");
        writer.count(self.moved.len(), "message");
        self.write_way(writer);
        if let [id] = &*self.moved
            && writer.memory.recent.find(*id).is_some()
        {
            writer.dim(": ");
            writer.excerpt(*id);
        }
    }

    /// ` from #ops > a → b`
    fn write_way(&self, writer: &mut Writer) {
        let from = self.old_topic.as_deref().unwrap_or_default();
        let to = self.topic.as_deref().unwrap_or(from);
        writer.plain(" from ");
        writer.named_channel(self.channel, &self.channel_name);
        writer.separator();
        writer.topic(from);
        writer.dim(" → ");
        writer.stand_out(|writer| match self.new_channel {
            Some(channel) => writer.topic_in(Some(channel), to),
            None => writer.topic(to),
        });
    }

    /// Whether the move only marks a topic as resolved or takes the mark away, and which topic.
    fn turn(&self) -> Option<(&'static str, &str)> {
        let (from, to) = (self.old_topic.as_deref()?, self.topic.as_deref()?);
        if self.new_channel.is_some() {
            return None;
        }
        // The mark may make a topic too long, then the server cuts it.
        let is_marked = to.strip_prefix(RESOLVED).is_some_and(|rest| {
            let cut = rest.strip_suffix("...");
            rest == from || cut.is_some_and(|start| from.starts_with(start))
        });
        if is_marked {
            Some(("resolves", from))
        } else if from.strip_prefix(RESOLVED) == Some(to) {
            Some(("unresolves", to))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests;
