//! Who and what the demo's organization is made of, and the account that tails.

use serde_json::{Value, json};

/// The account that tails.
pub const EMAIL: &str = "tail-bot@lantern.example";
/// Its key: known to all, as it opens nothing but the demo.
pub const KEY: &str = "demo0demo0demo0demo0demo0demo0de";
/// Both, as basic authentication sends them.
pub const AUTHORIZATION: &str =
    "Basic dGFpbC1ib3RAbGFudGVybi5leGFtcGxlOmRlbW8wZGVtbzBkZW1vMGRlbW8wZGVtbzBkZW1vMGRl";

/// A person or a bot.
#[derive(Debug, PartialEq, Eq)]
pub struct Character {
    /// The user id.
    pub id: i64,
    /// The full name; the script has its first word.
    pub name: &'static str,
    /// The address as messages carry it.
    pub email: &'static str,
}

/// Everybody.
pub static PEOPLE: [Character; 9] = [
    person(11, "Ada Lindqvist", "user11@lantern.example"),
    person(12, "Bo Okafor", "user12@lantern.example"),
    person(13, "Chiara Conti", "user13@lantern.example"),
    person(14, "Emeka Obi", "user14@lantern.example"),
    person(15, "Mei Tanaka 田中芽衣", "user15@lantern.example"),
    person(16, "Noor Haddad", "user16@lantern.example"),
    person(17, "Tomás Rivera", "user17@lantern.example"),
    person(21, "Curtain Bot", "curtain-bot@lantern.example"),
    person(24, "Tail Bot", EMAIL),
];
/// Who tails.
pub static TAIL_BOT: &Character = &PEOPLE[8];

const fn person(id: i64, name: &'static str, email: &'static str) -> Character {
    Character { id, name, email }
}

impl Character {
    /// Who has that first name.
    pub fn called(first_name: &str) -> Option<&'static Character> {
        let is_it = |person: &&Character| person.name.split(' ').next() == Some(first_name);
        PEOPLE.iter().find(is_it)
    }

    /// As in `GET /users`.
    pub fn to_json(&self) -> Value {
        json!({
            "user_id": self.id,
            "email": self.email,
            "full_name": self.name,
            "is_bot": self.name.ends_with("Bot"),
            "is_active": true,
            "role": 400,
        })
    }
}

/// A channel that everybody may read.
#[derive(Debug, PartialEq, Eq)]
pub struct DemoChannel {
    /// Its id, `stream_id` on the wire.
    pub id: i64,
    /// Its name, without the `#`.
    pub name: &'static str,
    /// As the account has it.
    pub color: &'static str,
}

/// All of them.
pub static CHANNELS: [DemoChannel; 6] = [
    channel(4, "Denmark", "#e79ab5"),
    channel(5, "Verona", "#76ce90"),
    channel(7, "ops", "#fae589"),
    channel(8, "design", "#a6c7e5"),
    channel(9, "box office", "#f5ce6e"),
    channel(10, "greenroom", "#9987e1"),
];

const fn channel(id: i64, name: &'static str, color: &'static str) -> DemoChannel {
    DemoChannel { id, name, color }
}

impl DemoChannel {
    /// The channel of that name in any case.
    pub fn called(name: &str) -> Option<&'static DemoChannel> {
        let is_it = |channel: &&DemoChannel| channel.name.eq_ignore_ascii_case(name);
        CHANNELS.iter().find(is_it)
    }

    /// Whether the account reads along without asking for all public channels: everywhere but in one.
    pub fn is_subscribed(&self) -> bool {
        self.name != "greenroom"
    }

    /// As in `GET /streams`.
    pub fn to_json(&self) -> Value {
        json!({ "stream_id": self.id, "name": self.name, "invite_only": false, "color": self.color })
    }
}
