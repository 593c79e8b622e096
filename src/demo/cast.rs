//! The cast of the demo: plays the script, beat by beat, and adds what happens to the log. No clock, no thread.
//!
//! Shapes of events: `GET /events` in `zerver/openapi/zulip.yaml` of Zulip 9.2.

use std::collections::VecDeque;
use std::io;
use std::iter::Cycle;
use std::time::Duration;
use std::vec;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::log::Log;
use super::roster::{Character, DemoChannel};
use super::script::{Direction, ScriptLine, ScriptPlace, play};
use super::view::html;

/// Between two beats. On every other one somebody says something, on the others something else happens: so
/// each of the seven places of the script has had its turn after 2.7 s.
pub const BEAT: Duration = Duration::from_millis(190);
/// So many beats, about 50 s, lie between two heartbeats.
const HEARTBEAT: u64 = 260;
/// How far back the history goes at the start, in seconds: two days.
const HISTORY_SPAN: f64 = 172_800.0;
/// How many messages it has: so many that it does not end with what is said next.
const HISTORY_MESSAGES: u32 = 196;
/// Older messages than this are flagged as read at the start, in seconds.
const UNREAD: i64 = 1800;
/// What makes a message more than one among many to the account.
const FLAGS: [(&str, &str); 3] = [
    ("@**Tail Bot**", "mentioned"),
    ("@**all**", "wildcard_mentioned"),
    ("matinee", "has_alert_word"),
];

/// The cast, at a place in its script.
#[derive(Debug)]
pub struct Cast {
    lines: Cycle<vec::IntoIter<ScriptLine>>,
    cues: VecDeque<Cue>,
    beats: u64,
}

/// Something that is going to be done.
#[derive(Debug)]
struct Cue {
    direction: Direction,
    /// Where.
    place: ScriptPlace,
    /// The message that it is done to.
    message: u64,
}

impl Cast {
    /// At the beginning of the script.
    pub fn new() -> io::Result<Cast> {
        Ok(Cast {
            lines: play()?.into_iter().cycle(),
            cues: VecDeque::new(),
            beats: 0,
        })
    }

    /// What was said until `now`: more of it lately, so that the last hour has something as well.
    pub fn play_history(mut self, log: &mut Log, now: Timestamp) {
        for count in (0..HISTORY_MESSAGES).rev() {
            let left = f64::from(count) / f64::from(HISTORY_MESSAGES);
            let at = now - Duration::from_secs_f64(HISTORY_SPAN * left * left * left);
            self.speak(log, at);
            while let Some(cue) = self.cues.pop_front() {
                cue.perform(log, at);
            }
        }
        for event in log.messages.values_mut() {
            if event["message"]["timestamp"].as_i64() < Some(now.as_second() - UNREAD) {
                flag(event, "read");
            }
        }
    }

    /// What happens now.
    pub fn beat(&mut self, log: &mut Log, now: Timestamp) {
        self.beats += 1;
        if self.beats.is_multiple_of(HEARTBEAT) {
            log.push(json!({ "type": "heartbeat" }));
        }
        if self.beats % 2 == 1 {
            self.speak(log, now);
        } else if let Some(cue) = self.cues.pop_front() {
            cue.perform(log, now);
        }
    }

    fn speak(&mut self, log: &mut Log, now: Timestamp) {
        let Some(line) = self.lines.next() else {
            return;
        };
        let message = log.send(message(&line, now));
        let cue = |direction| Cue {
            direction,
            place: line.place.clone(),
            message,
        };
        self.cues.extend(line.directions.into_iter().map(cue));
    }
}

impl Cue {
    fn perform(&self, log: &mut Log, now: Timestamp) {
        let Direction { person, verb, rest } = self.direction;
        let event = match verb {
            "types" => Some(self.typing("start")),
            "stops" => Some(self.typing("stop")),
            "adds" => self.react(log, "add"),
            "removes" => self.react(log, "remove"),
            "edits" => self.edit(log, now),
            "moves" => self.move_topic(log, now),
            "deletes" => self.delete(log),
            "votes" => Some(self.vote()),
            "flags" => self.flag(log),
            "is" => Some(presence(person, rest, now)),
            "sets" => status(person, rest),
            _ => None,
        };
        if let Some(event) = event {
            log.push(event);
        }
    }

    fn typing(&self, op: &str) -> Value {
        let typist = |person: &Character| json!({ "user_id": person.id, "email": person.email });
        let sender = typist(self.direction.person);
        match &self.place {
            ScriptPlace::Topic(channel, topic) => json!({
                "type": "typing", "op": op, "sender": sender,
                "message_type": "stream", "stream_id": channel.id, "topic": topic,
            }),
            ScriptPlace::Direct(people) => json!({
                "type": "typing", "op": op, "sender": sender,
                "message_type": "direct",
                "recipients": people.iter().map(|person| typist(person)).collect::<Vec<_>>(),
            }),
        }
    }

    fn react(&self, log: &mut Log, op: &str) -> Option<Value> {
        let Direction { person, rest, .. } = self.direction;
        let (sign, name) = rest.split_once(' ')?;
        let mut reaction = json!({
            "user_id": person.id,
            "user": { "user_id": person.id, "email": person.email, "full_name": person.name },
            "emoji_name": name, "emoji_code": code(sign)?, "reaction_type": "unicode_emoji",
        });
        let message = log.messages.get_mut(&self.message)?;
        let reactions = message["message"]["reactions"].as_array_mut()?;
        reactions.retain(|given| *given != reaction);
        if op == "add" {
            reactions.push(reaction.clone());
        }
        reaction["type"] = "reaction".into();
        reaction["op"] = op.into();
        reaction["message_id"] = self.message.into();
        Some(reaction)
    }

    fn edit(&self, log: &mut Log, now: Timestamp) -> Option<Value> {
        let content = self.direction.rest;
        let event = log.messages.get_mut(&self.message)?;
        let former = event["message"]["content"].as_str()?.to_owned();
        event["message"]["content"] = content.into();
        event["message"]["last_edit_timestamp"] = now.as_second().into();
        let mut update = self.update(&[self.message], now);
        update["orig_rendered_content"] = html(&former).into();
        update["orig_content"] = former.into();
        update["rendered_content"] = html(content).into();
        update["content"] = content.into();
        Some(update)
    }

    /// The whole topic gets another name.
    fn move_topic(&self, log: &mut Log, now: Timestamp) -> Option<Value> {
        let ScriptPlace::Topic(channel, former) = self.place else {
            return None;
        };
        let topic = self.direction.rest;
        let mut moved = Vec::new();
        for (id, event) in &mut log.messages {
            let message = &mut event["message"];
            if message["stream_id"] == channel.id && message["subject"] == former {
                message["subject"] = topic.into();
                moved.push(*id);
            }
        }
        let mut update = self.update(&moved, now);
        update["orig_subject"] = former.into();
        update["subject"] = topic.into();
        update["propagate_mode"] = "change_all".into();
        Some(update)
    }

    /// `update_message` without what has changed.
    fn update(&self, messages: &[u64], now: Timestamp) -> Value {
        json!({
            "type": "update_message",
            "user_id": self.direction.person.id,
            "edit_timestamp": now.as_second(),
            "message_id": messages.first(),
            "message_ids": messages,
            "stream_id": self.place.channel().map(|channel| channel.id),
            "stream_name": self.place.channel().map(|channel| channel.name),
            "rendering_only": false,
            "flags": [],
        })
    }

    fn delete(&self, log: &mut Log) -> Option<Value> {
        let ScriptPlace::Topic(channel, topic) = self.place else {
            return None;
        };
        log.messages.remove(&self.message)?;
        Some(json!({
            "type": "delete_message",
            "message_ids": [self.message],
            "message_type": "stream", "stream_id": channel.id, "topic": topic,
        }))
    }

    fn vote(&self) -> Value {
        let key = format!("canned,{}", self.direction.rest);
        json!({
            "type": "submessage",
            "msg_type": "widget",
            "message_id": self.message,
            "submessage_id": self.message,
            "sender_id": self.direction.person.id,
            "content": json!({ "type": "vote", "key": key, "vote": 1 }).to_string(),
        })
    }

    fn flag(&self, log: &mut Log) -> Option<Value> {
        let name = self.direction.rest;
        flag(log.messages.get_mut(&self.message)?, name);
        Some(json!({
            "type": "update_message_flags",
            "op": "add", "flag": name, "messages": [self.message], "all": false,
        }))
    }
}

fn flag(event: &mut Value, name: &str) {
    if let Some(flags) = event["flags"].as_array_mut()
        && !flags.contains(&name.into())
    {
        flags.push(name.into());
    }
}

fn presence(person: &Character, status: &str, now: Timestamp) -> Value {
    let seconds = now.as_second();
    json!({
        "type": "presence",
        "user_id": person.id,
        "email": person.email,
        "server_timestamp": seconds,
        "presence": { "website": { "client": "website", "status": status, "timestamp": seconds } },
    })
}

/// `rest` is `🔨 hammer making room`.
fn status(person: &Character, rest: &str) -> Option<Value> {
    let (sign, rest) = rest.split_once(' ')?;
    let (name, text) = rest.split_once(' ')?;
    Some(json!({
        "type": "user_status",
        "user_id": person.id,
        "status_text": text,
        "emoji_name": name, "emoji_code": code(sign)?, "reaction_type": "unicode_emoji",
    }))
}

/// `1f440` for 👀.
fn code(sign: &str) -> Option<String> {
    Some(format!("{:x}", u32::from(sign.chars().next()?)))
}

/// The `message` event of a line that is said, without the message's id.
fn message(line: &ScriptLine, now: Timestamp) -> Value {
    let ScriptLine {
        place,
        person,
        text,
        ..
    } = line;
    let content = text.replace("\\n", "\n");
    let (kind, recipient, topic): (_, Value, _) = match place {
        ScriptPlace::Topic(channel, topic) => ("stream", channel.name.into(), *topic),
        ScriptPlace::Direct(people) => {
            let people = people.iter().map(|person| {
                json!({ "id": person.id, "email": person.email, "full_name": person.name })
            });
            ("private", people.collect(), "")
        }
    };
    let mut message = json!({
        "sender_id": person.id,
        "sender_email": person.email,
        "sender_full_name": person.name,
        "client": "website",
        "content": content,
        "content_type": "text/x-markdown",
        "is_me_message": content.starts_with("/me "),
        "reactions": [],
        "submessages": [],
        "timestamp": now.as_second(),
        "type": kind,
        "display_recipient": recipient,
        "stream_id": place.channel().map(|channel| channel.id),
        "subject": topic,
    });
    if let Some(poll) = content.strip_prefix("/poll ") {
        message["submessages"] = json!([widget(poll, person)]);
    }
    let received = place.channel().is_none_or(DemoChannel::is_subscribed);
    let flags = FLAGS
        .iter()
        .filter(|(word, _)| received && text.contains(word));
    let flags: Vec<_> = flags.map(|(_, flag)| flag).collect();
    json!({ "type": "message", "message": message, "flags": flags })
}

/// A poll: its question, and a line for each answer.
fn widget(poll: &str, person: &Character) -> Value {
    let (question, options) = poll.split_once('\n').unwrap_or((poll, ""));
    let options: Vec<&str> = options.lines().collect();
    let poll = json!({ "question": question, "options": options });
    let content = json!({ "widget_type": "poll", "extra_data": poll }).to_string();
    json!({ "sender_id": person.id, "msg_type": "widget", "content": content })
}
