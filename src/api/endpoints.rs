//! One method of [`Client`] for each request to the server, and what its answers hold.
//!
//! Parameters and answers: Zulip's `zerver/openapi/zulip.yaml`, `zerver/views/events_register.py` and
//! `zerver/tornado/views.py`; the same since 1.7 but where a comment says otherwise. A field of another type
//! than documented counts as missing, and what is not asked for is skipped where it stands: as a tree, a few
//! megabytes of `[0,0,…]` take a gigabyte.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use url::form_urlencoded;

use super::client::{Client, EVENTS, json};
use super::error::ApiError;
use super::response::{ListResponse, SHORT};
use crate::event::{EventId, MessageId, QueueId};
use crate::fields::Fields;
use crate::listed::{Listed, MOST};
use crate::secret::redacted;
use crate::selection::{HistoryQuery, Selection};

/// The longest name of a queue; servers give them 36 bytes or fewer. It must fit into an address.
const LONGEST_QUEUE_ID: usize = 1024;
/// How long a poll must wait at least to count; cut within 10 ms it may leave a ghost that keeps
/// the queue for another minute (measured on Zulip 9.2).
const PARKED: Duration = Duration::from_millis(150);
/// Without these new servers drop typing in channels, send one event for each of many deleted
/// messages, or send each setting twice. `notification_settings_null` must be there (Zulip 9.2).
const CAPABILITIES: &str = r#"{"notification_settings_null":true,"bulk_message_deletion":true,"stream_typing_notifications":true,"user_settings_object":true,"linkifier_url_template":true}"#;

/// The server as `GET /server_settings` shows it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The organization.
    pub name: String,
    /// The server's version.
    pub version: String,
    /// 0 for servers before 3.0, which have none.
    pub feature_level: u64,
}

impl Settings {
    fn of(answer: &Fields) -> Option<Settings> {
        Some(Settings {
            name: answer.text("realm_name").unwrap_or("no name".into()).into(),
            version: answer.text("zulip_version")?.into(),
            feature_level: feature_level(answer),
        })
    }
}

fn feature_level(answer: &Fields) -> u64 {
    let level = answer.integer("zulip_feature_level");
    level.and_then(|level| level.try_into().ok()).unwrap_or(0)
}

impl Client {
    /// Who the account is to others.
    pub fn me(&self) -> Result<Listed, ApiError> {
        let endpoint = "users/me";
        let request = self.request(Method::GET, endpoint, &[]).timeout(SHORT);
        self.fetch(endpoint, request, |answer| {
            let ids = answer.integer("user_id").zip(answer.text("email"));
            let (id, address) = ids.ok_or("no user_id and email in it")?;
            Ok(Listed {
                id,
                address: address.into(),
                name: answer.text("full_name").unwrap_or_default().into(),
                is_bot: answer.flag("is_bot"),
                ..Listed::default()
            })
        })
    }

    /// What answers there. Needs no account; servers before 1.8 do not have this endpoint.
    pub fn settings(&self) -> Result<Settings, ApiError> {
        let endpoint = "server_settings";
        let request = self.request(Method::GET, endpoint, &[]).timeout(SHORT);
        self.fetch(endpoint, request, |answer| {
            Settings::of(answer).ok_or("no zulip_version in it".into())
        })
    }
}

/// What there are lists of. Groups came with 1.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOf {
    /// Everybody whom the account may see, bots and those who have left as well.
    People,
    /// The channels that the account may see.
    Channels,
    /// The user groups, those of the system as well.
    Groups,
    /// The channels that the account is subscribed to.
    Subscriptions,
}

impl Client {
    /// Reads a list, of which an organization may have 50,000 entries: the first [`MOST`].
    pub fn list(&self, list: ListOf) -> Result<Vec<Listed>, ApiError> {
        let (endpoint, field, parameter) = match list {
            // Spares the server the addresses of 50,000 pictures.
            ListOf::People => ("users", "members", Some(("client_gravatar", "true"))),
            // Archived ones have names too, and are not listed otherwise since feature level 315.
            ListOf::Channels => ("streams", "streams", Some(("exclude_archived", "false"))),
            ListOf::Groups => ("user_groups", "user_groups", None),
            ListOf::Subscriptions => ("users/me/subscriptions", "subscriptions", None),
        };
        let parameter = parameter.map(|(name, value)| (name, value.to_owned()));
        let request = self.request(Method::GET, endpoint, parameter.as_slice());
        let response = self.list_response(endpoint, field, None, request)?;
        let mut listed = Vec::new();
        response.for_each(|element| {
            if listed.len() < MOST {
                listed.extend(entry(element.text));
            }
        })?;
        Ok(listed)
    }
}

/// An entry of a list. One that is not as documented has no name for us.
fn entry(text: &str) -> Option<Listed> {
    serde_json::from_str(text).ok()
}

/// The place in history that a page is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Beyond the newest message.
    Newest,
    /// This message, or the place where it would be; itself never on the page of a new server.
    Id(MessageId),
}

impl Client {
    /// Asks for a page of history, with so many rows before the anchor and after it; they come in ascending order.
    pub fn messages(
        &self,
        query: &HistoryQuery,
        anchor: Anchor,
        before: u32,
        after: u32,
    ) -> Result<ListResponse, ApiError> {
        let id = match anchor {
            // Beyond any id; old servers know no `newest`.
            Anchor::Newest => "10000000000000000".to_owned(),
            Anchor::Id(MessageId(id)) => id.to_string(),
        };
        let mut parameters = vec![
            ("anchor", id),
            ("num_before", before.to_string()),
            ("num_after", after.to_string()),
            ("narrow", query.narrow.clone()),
            ("apply_markdown", json(&query.apply_markdown)),
        ];
        if anchor != Anchor::Newest {
            parameters.push(("include_anchor", "false".to_owned()));
        }
        // Old servers add the anchor's own row.
        let most = before.saturating_add(after).saturating_add(1);
        let request = self.request(Method::GET, MESSAGES, &parameters);
        self.list_response(MESSAGES, "messages", Some(most as usize), request)
    }
}

/// The endpoint of history.
const MESSAGES: &str = "messages";
/// How long it may take to look messages up.
const LOOK_UP: Duration = Duration::from_secs(2);
/// The first level at which messages are asked for by their ids.
const LEVEL_OF_IDS: u64 = 300;
/// The most rows that are asked for to find some ids among them.
const MOST_AMONG: usize = 1000;

impl Client {
    /// Asks for messages by their ids; old servers tell what follows the lowest one.
    pub fn messages_by_id(
        &self,
        ids: &[MessageId],
        feature_level: u64,
    ) -> Result<ListResponse, ApiError> {
        let ids: Vec<u64> = ids.iter().map(|id| id.0).collect();
        let lowest = ids.iter().min().copied().unwrap_or_default();
        let highest = ids.iter().max().copied().unwrap_or_default();
        let after = highest.saturating_sub(lowest).min(MOST_AMONG as u64);
        let mut parameters = if feature_level >= LEVEL_OF_IDS {
            vec![("message_ids", json(&ids))]
        } else {
            vec![
                ("anchor", lowest.to_string()),
                ("num_before", "0".to_owned()),
                ("num_after", after.to_string()),
                ("narrow", "[]".to_owned()),
            ]
        };
        parameters.push(("apply_markdown", "false".to_owned()));
        let most = ids.len().max(MOST_AMONG).saturating_add(1);
        let request = self.request(Method::GET, MESSAGES, &parameters);
        self.list_response(MESSAGES, "messages", Some(most), request.timeout(LOOK_UP))
    }
}

/// What a queue is registered with.
#[derive(Debug)]
pub struct Register {
    /// The parameters of `POST /register` but one.
    parameters: Vec<(&'static str, String)>,
    /// Messages of public channels without a subscription as well.
    all_public: bool,
    /// Whether that is only for a narrow.
    is_widened: bool,
}

/// A queue as registered.
#[derive(Clone, Debug)]
pub struct Registered {
    /// Its name.
    pub queue: QueueId,
    /// The server's version, if the answer has it.
    pub version: Option<String>,
    /// 0 for servers before 3.0, which have none.
    pub feature_level: u64,
}

/// Whether a poll waits for the next event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Answer when there is something, at the latest with a heartbeat.
    Block,
    /// Answer at once.
    DontBlock,
}

impl Register {
    /// What brings the events of a selection. `lifespan` is how long the server keeps the queue while
    /// nobody polls; none: its default.
    pub fn of(selection: &Selection, lifespan: Option<Duration>) -> Register {
        let mut parameters = vec![
            // Of the server's state only the version is of use.
            ("fetch_event_types", json(&["zulip_version"])),
            // Named even where it is off, as all_public_streams: a bot account may have other defaults.
            ("apply_markdown", json(&selection.apply_markdown)),
            ("client_capabilities", CAPABILITIES.to_owned()),
        ];
        if let Some(kinds) = selection.server_kinds() {
            parameters.push(("event_types", json(&kinds)));
        }
        if let Some(lifespan) = lifespan {
            // Servers ignore the name that they do not know: the second is for those since 2026.
            parameters.push(("queue_lifespan_secs", json(&lifespan.as_secs())));
            parameters.push(("idle_queue_timeout", json(&lifespan.as_secs())));
        }
        let narrow = selection.server_narrow();
        if !narrow.is_empty() {
            parameters.push(("narrow", json(&narrow)));
        }
        Register {
            parameters,
            all_public: selection.wants_all_public(),
            is_widened: !selection.all_public,
        }
    }

    /// Leaves out public channels after a refusal that may be about them, if only a narrow made us
    /// ask for them: new servers refuse them to guests with a 400. Returns whether to ask again.
    pub fn drop_public(&mut self, refusal: &ApiError) -> bool {
        let asks_again = self.all_public && self.is_widened && refusal.is_bad_request();
        self.all_public &= !asks_again;
        asks_again
    }
}

impl Registered {
    /// What an answer says, or what is wrong with it.
    fn of(answer: &Fields) -> Result<Registered, String> {
        let queue = answer.text("queue_id").unwrap_or_default();
        if queue.is_empty() {
            return Err("no queue_id in it".into());
        }
        if queue.len() > LONGEST_QUEUE_ID {
            return Err(format!("its queue_id has {} bytes", queue.len()));
        }
        // It is saved in the cursor file and printed.
        if redacted(&queue) != queue {
            return Err("its queue_id holds the account's key".into());
        }
        Ok(Registered {
            queue: QueueId(queue.into()),
            version: answer.text("zulip_version").map(Cow::into_owned),
            feature_level: feature_level(answer),
        })
    }
}

impl Client {
    /// Registers a queue, with an answer as small as the server can make it.
    pub fn register(&self, register: &Register) -> Result<Registered, ApiError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(&register.parameters);
        form.append_pair("all_public_streams", &json(&register.all_public));
        let endpoint = "register";
        let request = self
            .request(Method::POST, endpoint, &[])
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.finish())
            .timeout(SHORT);
        self.fetch(endpoint, request, Registered::of)
    }

    /// Acknowledges all events up to `last` and asks for the later ones.
    pub fn events(
        &self,
        queue: &QueueId,
        last: EventId,
        wait: Wait,
    ) -> Result<ListResponse, ApiError> {
        let mut parameters = place(queue, last);
        if wait == Wait::DontBlock {
            parameters.push(("dont_block", "true".to_owned()));
        }
        let request = self.request(Method::GET, EVENTS, &parameters);
        self.list_response(EVENTS, "events", None, request)
    }

    /// Parks a poll for a moment and hangs up: only a poll that waits restarts the clock by which
    /// the server drops the queue. Events that come just then are left for the next poll.
    pub fn park(&self, queue: &QueueId, last: EventId) -> Result<(), ApiError> {
        let request = self.request(Method::GET, EVENTS, &place(queue, last));
        self.send(EVENTS, request.timeout(PARKED)).map(drop)
    }

    /// Deletes a queue; gives up after `limit`.
    pub fn delete(&self, queue: &QueueId, limit: Duration) -> Result<(), ApiError> {
        let queue = [("queue_id", queue.0.clone())];
        let request = self.request(Method::DELETE, EVENTS, &queue);
        self.fetch(EVENTS, request.timeout(limit), |_| Ok(()))
    }
}

/// A place in a queue as parameters.
fn place(queue: &QueueId, last: EventId) -> Vec<(&'static str, String)> {
    vec![
        ("queue_id", queue.0.clone()),
        ("last_event_id", last.0.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Fields, Settings, entry};

    #[test]
    fn a_field_of_the_wrong_type_is_a_missing_one() {
        for (name, body, expected) in [
            ("right", r#"{"zulip_version":"9.2"}"#, Some("9.2")),
            ("escaped", r#"{"zulip_version":"9\u002e2"}"#, Some("9.2")),
            ("null", r#"{"zulip_version":null}"#, None),
            ("number", r#"{"zulip_version":9.2}"#, None),
            ("object", r#"{"zulip_version":{"a":[1]}}"#, None),
            (
                "missing",
                r#"{"msg":"","more":[{"zulip_version":"1"}]}"#,
                None,
            ),
        ] {
            let answer: Fields = serde_json::from_str(body).expect(name);
            let version = Settings::of(&answer).map(|settings| settings.version);
            assert_eq!(version.as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn entries_of_old_and_new_servers_are_read_and_malformed_ones_skipped() {
        for (text, expected) in [
            (
                r#"{"user_id":8,"full_name":"Cordelia","email":"c@x","is_bot":false,"avatar_url":null}"#,
                Some((8, "Cordelia", "c@x")),
            ),
            (
                r#"{"stream_id":4,"name":"Den\u006dark","description":"","invite_only":false}"#,
                Some((4, "Denmark", "")),
            ),
            (
                r#"{"email":null,"full_name":"Nobody","user_id":9}"#,
                Some((9, "Nobody", "")),
            ),
            (
                r#"{"id":13,"name":"role:members","members":[8],"is_system_group":true}"#,
                Some((13, "role:members", "")),
            ),
            (r#"{"full_name":"without an id"}"#, None),
            (
                r#"{"user_id":"8","full_name":"with a text for an id"}"#,
                None,
            ),
            (r#"{"stream_id":5,"name":null}"#, None),
            ("{]", None),
        ] {
            let entry = entry(text);
            let read = entry.as_ref();
            let read = read.map(|entry| (entry.id, &*entry.name, &*entry.address));
            assert_eq!(read, expected, "{text}");
        }
    }
}
