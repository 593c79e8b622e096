//! `GET /messages`: pages of the history.
//!
//! Not for which rows make a page (`history`). Rules: `zerver/views/message_fetch.py` of Zulip 9.2.

use serde::Serialize;

use super::filter::HistoryNarrow;
use super::history::{Anchor, AnchorRow, BEYOND, MOST, Range, page};
use super::http::Answer;
use super::message::Message;
use super::params::Params;
use super::refusal::Refusal;
use super::stage::Stage;
use super::success::success;
use super::wire::Rendering;
use super::wire::message::WireMessage;

const KNOWN: &[&str] = &[
    "anchor",
    "num_before",
    "num_after",
    "include_anchor",
    "narrow",
    "use_first_unread_anchor",
    "client_gravatar",
    "apply_markdown",
    "client",
];

#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the fields are those of the API"
)]
struct WirePage<'a> {
    messages: Vec<WireMessage<'a>>,
    found_anchor: bool,
    found_oldest: bool,
    found_newest: bool,
    history_limited: bool,
    anchor: u64,
}

/// A page of messages that the account may see.
pub fn messages(stage: &Stage, params: &Params) -> Result<Answer, Refusal> {
    let range = range(params)?;
    let narrow = HistoryNarrow::new(&params.list("narrow")?.unwrap_or_default())?;
    // Unlike a queue's, this is on by default.
    let rendering = Rendering::new(params.flag("apply_markdown", true)?);
    params.flag("client_gravatar", true)?;
    let realm = stage.realm();
    let unreceived = narrow.shows_unreceived();
    let visible =
        |message: &&Message| (message.is_received() || unreceived) && narrow.lets_pass(message);
    let visible: Vec<&Message> = realm.messages().iter().filter(visible).collect();
    let page = page(&visible, range);
    let rows = page.messages.into_iter().map(|message| {
        let flags = if message.is_received() {
            message.flags()
        } else {
            vec!["read", "historical"]
        };
        WireMessage::in_history(message, rendering, flags)
    });
    let messages = WirePage {
        messages: rows.collect(),
        found_anchor: page.found_anchor,
        found_oldest: page.found_oldest,
        found_newest: page.found_newest,
        history_limited: false,
        anchor: page.anchor,
    };
    Ok(success(messages, params.unknown(KNOWN)))
}

fn range(params: &Params) -> Result<Range, Refusal> {
    let (before, after) = (count(params, "num_before")?, count(params, "num_after")?);
    let anchor = if params.flag("use_first_unread_anchor", false)? {
        Anchor::FirstUnread
    } else {
        anchor(params.text("anchor"))?
    };
    if before.saturating_add(after) > MOST {
        let message = format!("Too many messages requested (maximum {MOST}).");
        return Err(Refusal::BadRequest(message));
    }
    let included = params.flag("include_anchor", true)?;
    if !included && before > 0 && after > 0 {
        return Err(Refusal::bad_request(
            "The anchor can only be excluded at an end of the range",
        ));
    }
    let anchor_row = if included {
        AnchorRow::Included
    } else {
        AnchorRow::Excluded
    };
    // Both are at most 5000 by now.
    let size = |count: u64| usize::try_from(count).unwrap_or_default();
    Ok(Range {
        anchor,
        anchor_row,
        before: size(before),
        after: size(after),
    })
}

fn count(params: &Params, name: &'static str) -> Result<u64, Refusal> {
    let count = params.integer(name)?.ok_or(Refusal::Missing(name))?;
    u64::try_from(count).map_err(|_| Refusal::bad_request(format!("{name} is too small")))
}

/// Numbers are clamped to the ids that there can be.
fn anchor(text: Option<&str>) -> Result<Anchor, Refusal> {
    let Some(text) = text else {
        return Err(Refusal::bad_request("Missing 'anchor' argument."));
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    match text {
        "newest" => Ok(Anchor::Id(BEYOND)),
        "oldest" => Ok(Anchor::Id(0)),
        "first_unread" => Ok(Anchor::FirstUnread),
        _ if is_number && text.starts_with('-') => Ok(Anchor::Id(0)),
        _ if is_number => Ok(Anchor::Id(text.parse().unwrap_or(BEYOND))),
        _ => Err(Refusal::bad_request("Invalid anchor")),
    }
}
