//! `muted_topics` and `user_topic`: the topics that one mutes or follows.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, and `zerver/lib/actions.py` of
//! Zulip 1.7.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::Event;
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Odd, Scribe, Told};

#[derive(Deserialize)]
struct MutedTopics<'a> {
    /// Channel by name, topic, and since Zulip 3.0 the time: `["ops","noise",1727690000]`.
    #[serde(borrow)]
    muted_topics: Few<Few<&'a RawValue>>,
}

/// `muted_topics`. Dim: new servers send `user_topic` as well, which says which of them is new.
pub fn muted_topics(event: &Event, scribe: &mut Scribe) -> Told {
    let MutedTopics { muted_topics } = serde_json::from_str(event.text)?;
    let mut topics = Few {
        first: Vec::new(),
        len: muted_topics.len,
    };
    for muted in &muted_topics.first {
        let [channel, topic, ..] = &*muted.first else {
            return Err(Odd);
        };
        let channel: String = serde_json::from_str(channel.get())?;
        let topic: String = serde_json::from_str(topic.get())?;
        topics.first.push((channel, topic));
    }
    scribe.hush();
    if topics.len == 0 {
        scribe.say("no topics are muted now");
        return Ok(());
    }
    scribe.say("muted topics are now ");
    scribe.list(&topics, |scribe, (channel, topic)| {
        scribe.named_channel(None, channel);
        scribe.aside(" > ");
        scribe.topic(topic);
    });
    Ok(())
}

#[derive(Deserialize)]
struct UserTopic<'a> {
    stream_id: i64,
    #[serde(borrow)]
    topic_name: Cow<'a, str>,
    visibility_policy: i64,
    #[serde(default)]
    last_updated: i64,
}

/// `user_topic`.
pub fn user_topic(event: &Event, scribe: &mut Scribe) -> Told {
    let view: UserTopic = serde_json::from_str(event.text)?;
    scribe.say(match view.visibility_policy {
        0 => "you no longer mute or follow ",
        1 => "you muted ",
        2 => "you unmuted ",
        // Not always by a decision: servers let people follow where they take part.
        3 => "you now follow ",
        _ => return Err(Odd),
    });
    scribe.topic_in(view.stream_id, &view.topic_name);
    scribe.happened(view.last_updated);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::output::summary::telling::{line, told};

    #[test]
    fn muted_topics_are_listed() {
        for (name, topics, expected) in [
            (
                "old",
                r#"[["ops","noise"]]"#,
                "  muted topics are now #ops > noise",
            ),
            (
                "with times",
                r#"[["ops","noise",1727690000],["design","",1727690000]]"#,
                "  muted topics are now #ops > noise, #design > (no topic)",
            ),
            ("none", "[]", "  no topics are muted now"),
            ("no topic", r#"[["ops"]]"#, "  muted_topics=[1]"),
            ("odd topic", r#"[["ops",5]]"#, "  muted_topics=[1]"),
        ] {
            let fields = format!(r#""muted_topics":{topics}"#);
            assert_eq!(told(&[], "muted_topics", &fields), expected, "{name}");
        }
    }

    #[test]
    fn topics_are_muted_and_followed_at_the_time_of_the_event() {
        for (policy, expected) in [
            (
                "0",
                "10:13:20 user_topic  you no longer mute or follow channel#7 > noise",
            ),
            ("1", "10:13:20 user_topic  you muted channel#7 > noise"),
            ("2", "10:13:20 user_topic  you unmuted channel#7 > noise"),
            ("3", "10:13:20 user_topic  you now follow channel#7 > noise"),
            (
                "4",
                "14:03:00 user_topic  stream_id=7 topic_name=noise last_updated=1795342400 visibility_policy=4",
            ),
        ] {
            let text = format!(
                r#"{{"type":"user_topic","stream_id":7,"topic_name":"noise","last_updated":1795342400,"visibility_policy":{policy}}}"#
            );
            assert_eq!(line("user_topic", &text), expected, "{policy}");
        }
    }
}
