//! The JSON of `update_message`, without its `id`: a new text, or a new topic.
//!
//! Not for other events (`event`). Shape: `GET /events` in `zerver/openapi/zulip.yaml`, Zulip 9.2.

use serde::Serialize;

use super::super::clock::Moment;
use super::super::message::Message;
use super::super::roster::Person;
use super::event::json;
use super::rendered;

#[derive(Serialize)]
struct WireUpdate<'a> {
    user_id: i64,
    edit_timestamp: u64,
    message_id: u64,
    rendering_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_id: Option<i64>,
    #[serde(flatten)]
    change: WireChange<'a>,
    message_ids: Vec<u64>,
    flags: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WireChange<'a> {
    Content {
        orig_content: &'a str,
        orig_rendered_content: String,
        content: &'a str,
        rendered_content: String,
        prev_rendered_content_version: u8,
        is_me_message: bool,
    },
    Topic {
        propagate_mode: &'static str,
        orig_subject: &'a str,
        subject: &'a str,
        topic_links: [(); 0],
    },
}

/// `update_message` by its sender: `message` has its new text already.
pub fn edited(message: &Message, former: &str, at: Moment) -> String {
    let change = WireChange::Content {
        orig_content: former,
        orig_rendered_content: rendered(former),
        content: &message.content,
        rendered_content: rendered(&message.content),
        prev_rendered_content_version: 1,
        is_me_message: message.is_me_message(),
    };
    update(message, message.sender, at, change, vec![message.id.0])
}

/// `update_message` of all `moved` messages, the first of them `message`, which has its new topic already.
pub fn moved(
    message: &Message,
    editor: &Person,
    former: &str,
    moved: Vec<u64>,
    at: Moment,
) -> String {
    let change = WireChange::Topic {
        propagate_mode: "change_all",
        orig_subject: former,
        subject: message.topic(),
        topic_links: [],
    };
    update(message, editor, at, change, moved)
}

fn update(
    message: &Message,
    editor: &Person,
    at: Moment,
    change: WireChange,
    ids: Vec<u64>,
) -> String {
    let channel = message.place.channel();
    let update = WireUpdate {
        user_id: editor.id,
        edit_timestamp: at.seconds(),
        message_id: message.id.0,
        rendering_only: false,
        stream_name: channel.map(|channel| channel.name),
        stream_id: channel.map(|channel| channel.id),
        change,
        message_ids: ids,
        flags: message.flags(),
    };
    json("update_message", update)
}
