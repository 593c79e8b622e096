//! Lists of who and what there is, read for the names in them.
//!
//! An organization may have 50,000 people, so an entry is handed on as it arrives, and forgotten.
//! Source: `GET /users` (`{"members":[{"user_id":8,"full_name":"Cordelia","email":"c@x"}]}`),
//! `GET /streams` (`{"streams":[{"stream_id":4,"name":"Denmark"}]}`) and `GET /user_groups`
//! (`{"user_groups":[{"id":13,"name":"role:administrators"}]}`) in Zulip's
//! `zerver/openapi/zulip.yaml`; the same fields since they exist, which groups do since 1.8.

use std::borrow::Cow;

use reqwest::Method;
use serde::Deserialize;

use super::client::Client;
use super::error::ApiError;
use super::response::Limits;
use super::split::Chunk;

/// A person, a channel or a group.
#[derive(Debug, Deserialize)]
pub struct Entry<'a> {
    /// The user id, the channel's or the group's.
    #[serde(rename = "user_id", alias = "stream_id", alias = "id")]
    pub id: i64,
    /// The name.
    #[serde(borrow, rename = "full_name", alias = "name")]
    pub name: Cow<'a, str>,
    /// A person's address, as messages carry it.
    #[serde(borrow, default, rename = "email")]
    pub address: Option<Cow<'a, str>>,
}

/// What there are lists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
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
    /// Reads a list and hands out its entries. What was handed out before an error is not all.
    pub fn list(&self, list: List, mut each: impl FnMut(Entry)) -> Result<(), ApiError> {
        let (endpoint, field) = match list {
            List::People => ("users", "members"),
            List::Channels => ("streams", "streams"),
            List::Groups => ("user_groups", "user_groups"),
            List::Subscriptions => ("users/me/subscriptions", "subscriptions"),
        };
        let mut url = self.url(endpoint);
        if list == List::People {
            // Spares the server the addresses of 50,000 pictures.
            url.query_pairs_mut().append_pair("client_gravatar", "true");
        }
        let request = self.request(Method::GET, url);
        let mut response = self.list_response(endpoint, field, Limits::NONE, request)?;
        let mut chunk = Chunk::default();
        while response.read(&mut chunk)? {
            entries(&chunk).for_each(&mut each);
        }
        response.finish().map(drop)
    }
}

/// The entries of a chunk. One that is not as documented has no name for us.
fn entries(chunk: &Chunk) -> impl Iterator<Item = Entry<'_>> {
    chunk
        .iter()
        .filter_map(|element| serde_json::from_str(element.text).ok())
}

#[cfg(test)]
mod tests {
    use super::{Chunk, Entry, entries};
    use crate::event::Event;

    #[test]
    fn entries_of_old_and_new_servers_are_read_and_odd_ones_passed_over() {
        let mut chunk = Chunk::default();
        for text in [
            r#"{"user_id":8,"full_name":"Cordelia","email":"c@x","is_bot":false,"avatar_url":null}"#,
            r#"{"stream_id":4,"name":"Den\u006dark","description":"","invite_only":false}"#,
            r#"{"email":null,"full_name":"Nobody","user_id":9}"#,
            r#"{"id":13,"name":"role:members","members":[8],"is_system_group":true}"#,
            r#"{"full_name":"without an id"}"#,
            r#"{"user_id":"8","full_name":"with a text for an id"}"#,
            r#"{"stream_id":5,"name":null}"#,
            "{]",
        ] {
            chunk.push(Event {
                id: None,
                kind: "",
                text,
            });
        }
        let read = |entry: Entry| {
            let address = entry.address.map(String::from);
            (entry.id, entry.name.into_owned(), address)
        };
        let read: Vec<_> = entries(&chunk).map(read).collect();
        assert_eq!(
            read,
            [
                (8, "Cordelia".to_owned(), Some("c@x".to_owned())),
                (4, "Denmark".to_owned(), None),
                (9, "Nobody".to_owned(), None),
                (13, "role:members".to_owned(), None),
            ]
        );
    }
}
