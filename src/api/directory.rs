//! Lists of who and what there is, read for the names in them.
//!
//! An organization may have 50,000 people, so an entry is handed on as it arrives, and forgotten.
//! Source: `GET /users` (`{"members":[{"user_id":8,"full_name":"Cordelia","email":"c@x"}]}`) and
//! `GET /streams` (`{"streams":[{"stream_id":4,"name":"Denmark"}]}`) in Zulip's
//! `zerver/openapi/zulip.yaml`; the same fields since 1.7.

use std::borrow::Cow;

use serde::Deserialize;

use super::progress::Limits;
use super::scan::Chunk;
use super::{ApiError, Client, Outlet, json};

/// A person or a channel.
#[derive(Debug, Deserialize)]
pub struct Entry<'a> {
    /// The user id, or the channel's.
    #[serde(rename = "user_id", alias = "stream_id")]
    pub id: i64,
    /// The name.
    #[serde(borrow, rename = "full_name", alias = "name")]
    pub name: Cow<'a, str>,
    /// A person's address, as messages carry it.
    #[serde(borrow, default, rename = "email")]
    pub address: Option<Cow<'a, str>>,
}

impl Client {
    /// Everybody whom the account may see, bots and those who have left as well. What was handed to
    /// `each` before an error is not all.
    pub fn people(&self, each: &mut dyn FnMut(Entry)) -> Result<(), ApiError> {
        self.entries("users", "members", each)
    }

    /// The channels that the account may see.
    pub fn channels(&self, each: &mut dyn FnMut(Entry)) -> Result<(), ApiError> {
        self.entries("streams", "streams", each)
    }

    /// The channels that the account is subscribed to.
    pub fn subscriptions(&self, each: &mut dyn FnMut(Entry)) -> Result<(), ApiError> {
        self.entries("users/me/subscriptions", "subscriptions", each)
    }

    fn entries(
        &self,
        endpoint: &'static str,
        list: &'static str,
        each: &mut dyn FnMut(Entry),
    ) -> Result<(), ApiError> {
        let mut request = self.http.get(self.url(endpoint));
        if endpoint == "users" {
            // Spares the server the addresses of 50,000 pictures.
            request = request.query(&[("client_gravatar", json(&true))]);
        }
        self.stream((endpoint, list), Limits::NONE, request, &mut Entries(each))?;
        Ok(())
    }
}

/// Reads entries out of chunks. One that is not as documented has no name for us.
struct Entries<'a>(&'a mut dyn FnMut(Entry));

impl Outlet for Entries<'_> {
    fn put(&mut self, mut chunk: Chunk) -> Chunk {
        for element in chunk.iter() {
            if let Ok(entry) = serde_json::from_str(element.text) {
                (self.0)(entry);
            }
        }
        chunk.clear();
        chunk
    }

    fn put_last(&mut self, chunk: Chunk) {
        self.put(chunk);
    }
}

#[cfg(test)]
mod tests {
    use super::{Chunk, Entries, Entry, Outlet};
    use crate::api::scan::Breaks;

    #[test]
    fn entries_of_old_and_new_servers_are_read_and_odd_ones_passed_over() {
        let mut chunk = Chunk::default();
        for text in [
            r#"{"user_id":8,"full_name":"Cordelia","email":"c@x","is_bot":false,"avatar_url":null}"#,
            r#"{"stream_id":4,"name":"Den\u006dark","description":"","invite_only":false}"#,
            r#"{"email":null,"full_name":"Nobody","user_id":9}"#,
            r#"{"full_name":"without an id"}"#,
            r#"{"user_id":"8","full_name":"with a text for an id"}"#,
            r#"{"stream_id":5,"name":null}"#,
            "{]",
        ] {
            chunk.push(text, Breaks::None);
        }
        let mut read = Vec::new();
        let mut each = |entry: Entry| {
            let address = entry.address.map(String::from);
            read.push((entry.id, entry.name.into_owned(), address));
        };
        let mut entries = Entries(&mut each);
        assert!(entries.put(chunk).is_empty());
        assert_eq!(
            read,
            [
                (8, "Cordelia".to_owned(), Some("c@x".to_owned())),
                (4, "Denmark".to_owned(), None),
                (9, "Nobody".to_owned(), None),
            ]
        );
    }
}
