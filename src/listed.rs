//! An entry of one of the server's lists: somebody, a channel, or a user group.

use serde::{Deserialize, Deserializer};

/// Entries that are read of a list: more than any organization has.
pub const MOST: usize = 500_000;

/// A person (`{"user_id":8,"full_name":"Cordelia","email":"c@x"}`), a channel
/// (`{"stream_id":4,"name":"Denmark"}`) or a group (`{"id":13,"name":"role:administrators"}`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Listed {
    /// The user id, the channel's or the group's.
    #[serde(rename = "user_id", alias = "stream_id", alias = "id")]
    pub id: i64,
    /// The name.
    #[serde(rename = "full_name", alias = "name")]
    pub name: String,
    /// The address that a person's messages carry, which need not be the one to log in with; empty where there is none.
    #[serde(default, rename = "email", deserialize_with = "text")]
    pub address: String,
    /// That which the user gave a channel: `#76ce90`.
    #[serde(default)]
    pub color: Option<String>,
    /// Whether a person's account is in use.
    #[serde(default)]
    pub is_active: Option<bool>,
    /// Whether a person is a bot.
    #[serde(default)]
    pub is_bot: Option<bool>,
    /// Whether nothing can be sent to a channel any more; that cannot be on older servers.
    #[serde(default)]
    pub is_archived: Option<bool>,
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
