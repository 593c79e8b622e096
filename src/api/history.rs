//! Pages of past messages, `GET /messages`.
//!
//! Not for which pages are read, and what is taken from them (`tail/history`). Parameters and
//! answer: Zulip's `zerver/openapi/zulip.yaml`, the same since 1.7 but where a comment says otherwise.

use jiff::Timestamp;
use reqwest::Method;
use serde_json::Value;

use super::client::{Client, json};
use super::error::ApiError;
use super::response::{Limits, ListResponse};
use crate::event::MessageId;
use crate::selection::Selection;

/// The longest page, which is held until it is understood: 1,000 rows of 10,000 characters, with room.
const LONGEST_PAGE: usize = 256 << 20;

/// A page of `GET /messages`.
#[derive(Clone, Debug)]
pub struct PageQuery {
    /// Where it begins.
    pub anchor: Anchor,
    /// Rows before the anchor.
    pub before: u32,
    /// Rows after it.
    pub after: u32,
    /// Terms in JSON, as history takes them.
    pub narrow: String,
    /// Content as HTML.
    pub apply_markdown: bool,
}

impl PageQuery {
    /// The newest rows of one reading of the selection.
    pub fn newest(rows: u32, narrow: String, selection: &Selection) -> PageQuery {
        PageQuery {
            anchor: Anchor::Newest,
            before: rows,
            after: 0,
            narrow,
            apply_markdown: selection.apply_markdown,
        }
    }
}

/// The place in history that a page is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Beyond the newest message.
    Newest,
    /// This message, or the place where it would be; itself never on the page of a new server.
    Id(MessageId),
}

/// What a page says beside its rows. Servers before 1.8 may not tell, so that a count must do.
#[derive(Clone, Copy, Debug)]
pub struct PageEnd {
    /// Whether nothing comes after it.
    pub found_newest: Option<bool>,
    /// Whether nothing comes before it.
    pub found_oldest: Option<bool>,
    /// When the server answered, by its own clock.
    pub date: Option<Timestamp>,
}

impl Client {
    /// Asks for a page of history; rows come in ascending order.
    pub fn messages(&self, page: &PageQuery) -> Result<ListResponse, ApiError> {
        let anchor = match page.anchor {
            // Beyond any id; old servers know no `newest`.
            Anchor::Newest => "10000000000000000".to_owned(),
            Anchor::Id(MessageId(id)) => id.to_string(),
        };
        let endpoint = "messages";
        let mut url = self.url(endpoint);
        url.query_pairs_mut()
            .append_pair("anchor", &anchor)
            .append_pair("num_before", &page.before.to_string())
            .append_pair("num_after", &page.after.to_string())
            .append_pair("narrow", &page.narrow)
            .append_pair("apply_markdown", &json(&page.apply_markdown));
        if page.anchor != Anchor::Newest {
            url.query_pairs_mut().append_pair("include_anchor", "false");
        }
        let request = self.request(Method::GET, url);
        let limits = Limits {
            // Old servers add the anchor's own row.
            elements: page.before.saturating_add(page.after).saturating_add(1) as usize,
            bytes: LONGEST_PAGE,
        };
        self.list_response(endpoint, "messages", limits, request)
    }
}

impl PageEnd {
    /// What an answer says that has ended.
    pub fn of(response: ListResponse) -> Result<PageEnd, ApiError> {
        let (envelope, date) = response.finish()?;
        let found = |name| envelope.get(name).and_then(Value::as_bool);
        Ok(PageEnd {
            found_newest: found("found_newest"),
            found_oldest: found("found_oldest"),
            date,
        })
    }
}
