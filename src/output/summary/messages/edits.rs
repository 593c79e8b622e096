//! `update_message`: messages edited, moved, resolved, several of these at once, or only rendered
//! anew for a preview of a link.
//!
//! Shapes: `update_message` in Zulip's `zerver/openapi/zulip.yaml` (`GET /events`, 9.2), and for old
//! servers `do_update_message` and `do_update_embedded_data` in `zerver/lib/actions.py` of 1.7.

use std::borrow::Cow;

use serde::Deserialize;

use super::difference;
use crate::event::{Event, MessageId};
use crate::output::names::Subject;
use crate::output::summary::layout::whole::has_lines;
use crate::output::summary::place::Place;
use crate::output::summary::scribe::{Odd, RESOLVED, Scribe, Told, Who};
use crate::output::summary::text::content::with_emoji;

#[derive(Deserialize)]
struct Update<'a> {
    message_id: MessageId,
    /// The moved ones.
    #[serde(default)]
    message_ids: Vec<MessageId>,
    /// The editor, who need not be the sender; null or missing for previews.
    user_id: Option<i64>,
    /// The editor's address, on old servers.
    #[serde(borrow, default)]
    sender: Cow<'a, str>,
    edit_timestamp: Option<i64>,
    /// Of the channel before; old servers send it with moves only.
    stream_id: Option<i64>,
    #[serde(borrow, default)]
    stream_name: Cow<'a, str>,
    /// Both are there for edits only, and always Markdown.
    orig_content: Option<String>,
    content: Option<String>,
    orig_subject: Option<String>,
    /// Missing where the topic keeps its name.
    subject: Option<String>,
    new_stream_id: Option<i64>,
}

/// Where messages went.
struct Move<'a> {
    from: &'a str,
    to: &'a str,
    new_channel: Option<i64>,
}

impl Update<'_> {
    fn editor(&self) -> Who<'_> {
        Who {
            id: self.user_id,
            address: &self.sender,
            ..Who::default()
        }
    }

    fn moved(&self) -> Option<Move<'_>> {
        let from = self.orig_subject.as_deref()?;
        let is_moved = self.subject.is_some() || self.new_stream_id.is_some();
        is_moved.then_some(Move {
            from,
            to: self.subject.as_deref().unwrap_or(from),
            new_channel: self.new_stream_id,
        })
    }

    fn moved_ids(&self) -> &[MessageId] {
        if self.message_ids.is_empty() {
            std::slice::from_ref(&self.message_id)
        } else {
            &self.message_ids
        }
    }
}

/// `update_message`.
pub fn update_message(event: &Event, scribe: &mut Scribe) -> Told {
    let mut update: Update = serde_json::from_str(event.text)?;
    // Before feature level 393 they come in any order.
    update.message_ids.sort_unstable();
    if let Some(channel) = update.stream_id {
        let name = &update.stream_name;
        scribe.names.learn(Subject::Channel, channel, name);
    }
    let moved = update.moved();
    match (&update.orig_content, &update.content, &moved) {
        (Some(old), Some(new), _) => {
            let new = with_emoji(new);
            scribe.someone(update.editor());
            let quoted = tell_edit(&with_emoji(old), &new, scribe);
            scribe.recent.edit(update.message_id, &new);
            match &moved {
                Some(moved) => tell_move_of_edited(moved, &update, scribe),
                None => tell_place(&update, scribe),
            }
            if quoted != new || has_lines(&new) {
                scribe.whole(&new);
            }
        }
        (None, _, Some(moved)) => {
            scribe.someone(update.editor());
            scribe.say(" ");
            tell_move(moved, &update, scribe);
        }
        (None, Some(content), None) => tell_preview(&update, content, scribe),
        _ => return Err(Odd),
    }
    if let Some(moved) = &moved {
        let topic = update.subject.as_deref();
        let ids = update.moved_ids();
        scribe.recent.relocate(ids, moved.new_channel, topic);
    }
    if let Some(seconds) = update.edit_timestamp {
        scribe.happened(seconds);
    }
    Ok(())
}

/// Gives so much of the new text as is in the line now.
fn tell_edit(old: &str, new: &str, scribe: &mut Scribe) -> String {
    let (old, new) = difference::between(old, new);
    scribe.say(" edited ");
    scribe.quote(&old);
    scribe.aside(" → ");
    scribe.quote(&new);
    new
}

/// The event knows the channel; the topic only who saw the message.
fn tell_place(update: &Update, scribe: &mut Scribe) {
    let said = scribe.recent.find(update.message_id);
    if let Some(place) = said.map(Place::of) {
        return scribe.place_in_brackets(&place);
    }
    if update.stream_id.is_none() && update.stream_name.is_empty() {
        return scribe.place_in_brackets(&Place::With(Vec::new()));
    }
    scribe.aside(" (");
    scribe.named_channel(update.stream_id, &update.stream_name);
    scribe.aside(")");
}

fn tell_move_of_edited(moved: &Move, update: &Update, scribe: &mut Scribe) {
    scribe.say(" and ");
    if update.moved_ids() == [update.message_id] && turn(moved).is_none() {
        scribe.say("moved it");
        tell_way(moved, update, scribe);
    } else {
        tell_move(moved, update, scribe);
    }
}

fn tell_move(moved: &Move, update: &Update, scribe: &mut Scribe) {
    if let Some((verb, topic)) = turn(moved) {
        scribe.say(verb);
        scribe.say(" ");
        scribe.named_channel(update.stream_id, &update.stream_name);
        scribe.aside(" > ");
        return scribe.topic(topic);
    }
    scribe.say("moved ");
    scribe.count(update.moved_ids().len(), "message");
    tell_way(moved, update, scribe);
    if let [id] = update.moved_ids()
        && let Some(said) = scribe.recent.find(*id)
    {
        let text = said.text.clone();
        scribe.aside(": ");
        scribe.quote(&text);
    }
}

/// ` from #ops > a → b`
fn tell_way(moved: &Move, update: &Update, scribe: &mut Scribe) {
    scribe.say(" from ");
    scribe.named_channel(update.stream_id, &update.stream_name);
    scribe.aside(" > ");
    scribe.topic(moved.from);
    scribe.aside(" → ");
    match moved.new_channel {
        Some(channel) => scribe.topic_in(channel, moved.to),
        None => scribe.topic(moved.to),
    }
}

/// Whether the move only marks a topic as resolved or takes the mark away, and which topic.
fn turn<'a>(moved: &Move<'a>) -> Option<(&'static str, &'a str)> {
    if moved.new_channel.is_some() {
        return None;
    }
    let marks = |plain: &str, marked: &str| {
        // The mark may make a topic too long, then the server cuts it.
        marked.strip_prefix(RESOLVED).is_some_and(|rest| {
            let cut = rest.strip_suffix("...");
            rest == plain || cut.is_some_and(|start| plain.starts_with(start))
        })
    };
    if marks(moved.from, moved.to) {
        Some(("resolved", moved.from))
    } else if moved.from.strip_prefix(RESOLVED) == Some(moved.to) {
        Some(("unresolved", moved.to))
    } else {
        None
    }
}

fn tell_preview(update: &Update, content: &str, scribe: &mut Scribe) {
    scribe.hush();
    scribe.say("link preview added to ");
    scribe.quote(&with_emoji(content));
    tell_place(update, scribe);
}

#[cfg(test)]
mod tests;
