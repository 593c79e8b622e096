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
pub const PEOPLE: [Person; 4] = [
    (8, "cordelia@example.com", "Cordelia"),
    (12, "othello@example.com", "Othello"),
    (USER_ID, API_EMAIL, "Tail Bot"),
    (31, "ci-bot@example.com", "CI"),
];

/// Who and what there is.
#[derive(Clone, Copy, Debug)]
pub struct Cast {
    /// The account that logs in.
    pub me: Person,
    /// Everybody, the account too.
    pub people: &'static [Person],
    /// All channels.
    pub channels: &'static [Channel],
}

/// Somebody: id, address as the API shows it, name.
pub type Person = (i64, &'static str, &'static str);

/// Those of most tests.
pub const CAST: Cast = Cast {
    me: PEOPLE[2],
    people: &PEOPLE,
    channels: &CHANNELS,
};

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct Post {
    /// The `message` event that it is taken from as it stands, but for id and time; the account receives it.
    recorded: Option<Value>,
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
            recorded: None,
            channel: None,
            topic,
            content,
            sender: 1,
            flags: Vec::new(),
            time: None,
        }
    }

    /// The message of an event.
    pub fn recorded(event: Value) -> Post {
        Post {
            recorded: Some(event),
            ..Post::direct("")
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
    access: Access,
    /// As a queue has it.
    flags: Vec<String>,
    /// As history has it.
    read_flags: Vec<String>,
    /// All else.
    body: Value,
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
    pub fn new(id: u64, mut post: Post, now: i64) -> Message {
        let time = post.time.unwrap_or(now);
        let texts = |flags: &[&str]| flags.iter().map(|&flag| flag.to_owned()).collect();
        let (mut body, flags, read_flags) = if let Some(mut event) = post.recorded.take() {
            let flags = event["flags"].as_array().expect("flags").iter();
            let flags: Vec<&str> = flags.filter_map(Value::as_str).collect();
            let (flags, read) = (texts(&flags), texts(&flags));
            (event["message"].take(), flags, read)
        } else {
            let read = [post.flags.as_slice(), &["read"]].concat();
            (post.body(), texts(&post.flags), texts(&read))
        };
        body["id"] = json!(id);
        body["timestamp"] = json!(time);
        let access = post
            .channel
            .map_or(Access::Subscribed, |channel| channel.access);
        Message {
            id,
            access,
            flags,
            read_flags,
            body,
        }
    }

    /// Whether it went to the account: subscribed, direct, or a mention in a public channel.
    pub fn is_received(&self) -> bool {
        match self.access {
            Access::Subscribed => true,
            Access::Public => self.has_flag("mentioned"),
            Access::Hidden => false,
        }
    }

    /// Whether the account may read it in the history of its channel.
    pub fn is_public(&self) -> bool {
        !self.is_direct() && self.access != Access::Hidden
    }

    /// Whether it is a direct one.
    pub fn is_direct(&self) -> bool {
        self.body["type"] == "private"
    }

    /// Whether it has that flag for a queue.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.flags.iter().any(|own| own == flag)
    }

    /// Whether it has that flag in history.
    pub fn has_flag_in_history(&self, flag: &str) -> bool {
        self.read_flags.iter().any(|own| own == flag)
    }

    /// Whether somebody has reacted to it.
    pub fn has_reactions(&self) -> bool {
        self.body["reactions"] != json!([])
    }

    /// Whether this is its channel, by name or by id.
    pub fn is_in(&self, channel: &Value) -> bool {
        match channel.as_str() {
            Some(name) => same(&self.body["display_recipient"], name),
            None => !self.is_direct() && self.body["stream_id"] == *channel,
        }
    }

    /// Whether this is its topic.
    pub fn is_about(&self, topic: &str) -> bool {
        !self.is_direct() && same(&self.body["subject"], topic)
    }

    /// Whether its topic is resolved.
    pub fn is_resolved(&self) -> bool {
        self.body["subject"]
            .as_str()
            .is_some_and(|topic| topic.starts_with("✔ "))
    }

    /// Whether that is the sender, by address.
    pub fn is_from(&self, email: &str) -> bool {
        same(&self.body["sender_email"], email)
    }

    /// Whether that is the sender, by id.
    pub fn is_from_id(&self, id: i64) -> bool {
        self.body["sender_id"] == id
    }

    /// The ids of all in a direct message, ascending; nobody in a channel.
    pub fn people(&self) -> Vec<i64> {
        let people = self.body["display_recipient"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let mut ids: Vec<i64> = people
            .iter()
            .filter_map(|person| person["id"].as_i64())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// As `GET /messages` shows it.
    pub fn row(&self, content: Content) -> Value {
        let mut row = self.body(content);
        row["flags"] = if self.is_received() {
            json!(self.read_flags)
        } else {
            json!(["read", "historical"])
        };
        row
    }

    /// As a queue delivers it.
    pub fn event(&self, content: Content, server: Dialect) -> Value {
        let flags = match (self.is_received(), server) {
            (true, _) => json!(self.flags),
            (false, Dialect::Old) => Value::Null,
            (false, Dialect::New) => json!([]),
        };
        json!({ "type": "message", "message": self.body(content), "flags": flags })
    }

    fn body(&self, content: Content) -> Value {
        let mut body = self.body.clone();
        if content == Content::Rendered {
            let text = body["content"].as_str().unwrap_or_default();
            body["content"] = json!(format!("<p>{text}</p>"));
            body["content_type"] = json!("text/html");
        }
        body
    }
}

/// In any case, as servers compare.
fn same(value: &Value, text: &str) -> bool {
    let value = value.as_str();
    value.is_some_and(|value| value.to_lowercase() == text.to_lowercase())
}

impl Post {
    fn body(&self) -> Value {
        let (sender_id, sender_email, sender_full_name) = PEOPLE[self.sender];
        let text = &self.content;
        let mut body = json!({
            "id": 0, "type": "private", "sender_id": sender_id, "sender_email": sender_email,
            "sender_full_name": sender_full_name, "sender_realm_str": "", "subject": self.topic,
            "timestamp": 0, "client": "website", "is_me_message": text.starts_with("/me "),
            "reactions": [], "recipient_id": 23, "content": text, "content_type": "text/x-markdown",
        });
        if let Some(channel) = self.channel {
            body["type"] = json!("stream");
            body["stream_id"] = json!(channel.id);
            body["display_recipient"] = json!(channel.name);
        } else {
            let people = [PEOPLE[self.sender], PEOPLE[2]];
            body["display_recipient"] = people
                .map(|(id, email, name)| json!({ "id": id, "email": email, "full_name": name }))
                .into_iter()
                .collect();
        }
        body
    }
}
