//! The messages of the model and the small world they are sent in.
//!
//! Shapes: `message` events and `GET /messages` of Zulip 1.7 and 9.2 (recorded and read in `zerver/lib/message.py`).

use serde_json::{Value, json};

use super::Dialect;
use crate::support::account::{API_EMAIL, USER_ID};

/// How a channel stands to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The account receives its messages.
    Subscribed,
    /// Open to the account, which receives nothing of it.
    Public,
    /// Somebody else's private channel.
    Hidden,
}

/// A channel.
#[derive(Clone, Copy, Debug)]
pub struct Channel {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: &'static str,
    /// Who sees it.
    pub access: Access,
}

/// All channels there are.
pub const CHANNELS: [Channel; 5] = [
    Channel {
        id: 4,
        name: "Denmark",
        access: Access::Subscribed,
    },
    Channel {
        id: 6,
        name: "Verona",
        access: Access::Subscribed,
    },
    Channel {
        id: 5,
        name: "Scotland",
        access: Access::Public,
    },
    Channel {
        id: 9,
        name: "ops",
        access: Access::Subscribed,
    },
    Channel {
        id: 7,
        name: "conspiracy",
        access: Access::Hidden,
    },
];

/// Everybody: id, address as the API shows it, name.
pub const PEOPLE: [(i64, &str, &str); 4] = [
    (8, "cordelia@example.com", "Cordelia"),
    (12, "othello@example.com", "Othello"),
    (USER_ID, API_EMAIL, "Tail Bot"),
    (31, "ci-bot@example.com", "CI"),
];

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct Post {
    /// None: a direct message to the account.
    channel: Option<Channel>,
    topic: String,
    content: String,
    sender: usize,
    flags: Vec<&'static str>,
    time: Option<i64>,
}

impl Post {
    /// From Othello to a channel of `CHANNELS`.
    #[track_caller]
    pub fn new(channel: &str, topic: &str, content: &str) -> Post {
        let channel = CHANNELS.into_iter().find(|known| known.name == channel);
        assert!(channel.is_some(), "the model has no such channel");
        Post {
            channel,
            ..Post::direct(content)
        }
        .topic(topic)
    }

    /// From Othello to `#Denmark > lunch`: for whoever does not care.
    pub fn lunch(content: &str) -> Post {
        Post::new("Denmark", "lunch", content)
    }

    /// So many of these, numbered from 0.
    pub fn lunches(count: usize) -> impl Iterator<Item = Post> {
        (0..count).map(|number| Post::lunch(&number.to_string()))
    }

    /// From Othello to the account.
    pub fn direct(content: &str) -> Post {
        let (topic, content) = (String::new(), content.to_owned());
        Post {
            channel: None,
            topic,
            content,
            sender: 1,
            flags: Vec::new(),
            time: None,
        }
    }

    /// From one of `PEOPLE`, by address.
    #[track_caller]
    pub fn from(mut self, email: &str) -> Post {
        self.sender = PEOPLE
            .iter()
            .position(|person| person.1 == email)
            .expect("one of the model's people");
        self
    }

    /// With a flag, as in `mentioned`.
    pub fn flag(mut self, flag: &'static str) -> Post {
        self.flags.push(flag);
        self
    }

    /// Sent at this time (seconds since 1970), not now.
    pub fn at(mut self, time: i64) -> Post {
        self.time = Some(time);
        self
    }

    fn topic(mut self, topic: &str) -> Post {
        topic.clone_into(&mut self.topic);
        self
    }
}

/// A message with an id.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: u64,
    post: Post,
    time: i64,
}

/// How a reader wants the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// As it was typed.
    Source,
    /// As HTML.
    Rendered,
}

impl Message {
    /// The message of that id; `now` unless the post tells its time.
    pub fn new(id: u64, post: Post, now: i64) -> Message {
        Message {
            id,
            time: post.time.unwrap_or(now),
            post,
        }
    }

    /// Whether it went to the account: subscribed, direct, or a mention in a public channel.
    pub fn is_received(&self) -> bool {
        match self.post.channel.map(|channel| channel.access) {
            None | Some(Access::Subscribed) => true,
            Some(Access::Public) => self.has_flag("mentioned"),
            Some(Access::Hidden) => false,
        }
    }

    /// Whether the account may read it in the history of its channel.
    pub fn is_public(&self) -> bool {
        self.post
            .channel
            .is_some_and(|channel| channel.access != Access::Hidden)
    }

    /// Whether it is a direct one.
    pub fn is_direct(&self) -> bool {
        self.post.channel.is_none()
    }

    /// Whether it has that flag.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.post.flags.contains(&flag)
    }

    /// Whether this is its channel, by name or id.
    pub fn is_in(&self, channel: &str) -> bool {
        self.post.channel.is_some_and(|own| {
            own.name.eq_ignore_ascii_case(channel) || own.id.to_string() == channel
        })
    }

    /// Whether this is its topic.
    pub fn is_about(&self, topic: &str) -> bool {
        !self.is_direct() && self.post.topic.eq_ignore_ascii_case(topic)
    }

    /// Whether that is the sender, by address or id.
    pub fn is_from(&self, sender: &str) -> bool {
        let (id, email, _) = PEOPLE[self.post.sender];
        email.eq_ignore_ascii_case(sender) || id.to_string() == sender
    }

    /// As `GET /messages` shows it.
    pub fn row(&self, content: Content) -> Value {
        let mut row = self.body(content);
        row["flags"] = if self.is_received() {
            self.post.flags.iter().copied().chain(["read"]).collect()
        } else {
            json!(["read", "historical"])
        };
        row
    }

    /// As a queue delivers it.
    pub fn event(&self, content: Content, server: Dialect) -> Value {
        let flags = match (self.is_received(), server) {
            (true, _) => json!(self.post.flags),
            (false, Dialect::Old) => Value::Null,
            (false, Dialect::New) => json!([]),
        };
        json!({ "type": "message", "message": self.body(content), "flags": flags })
    }

    fn body(&self, content: Content) -> Value {
        let (sender_id, sender_email, sender_full_name) = PEOPLE[self.post.sender];
        let text = &self.post.content;
        let mut body = json!({
            "id": self.id, "type": "private", "sender_id": sender_id, "sender_email": sender_email,
            "sender_full_name": sender_full_name, "sender_realm_str": "", "subject": self.post.topic,
            "timestamp": self.time, "client": "website", "is_me_message": text.starts_with("/me "),
            "reactions": [], "recipient_id": 23, "content": text, "content_type": "text/x-markdown",
        });
        if content == Content::Rendered {
            body["content"] = json!(format!("<p>{text}</p>"));
            body["content_type"] = json!("text/html");
        }
        if let Some(channel) = self.post.channel {
            body["type"] = json!("stream");
            body["stream_id"] = json!(channel.id);
            body["display_recipient"] = json!(channel.name);
        } else {
            let people = [PEOPLE[self.post.sender], PEOPLE[2]];
            body["display_recipient"] = people
                .map(|(id, email, name)| json!({ "id": id, "email": email, "full_name": name }))
                .into_iter()
                .collect();
        }
        body
    }
}
