//! `GET /messages`: anchors, pages, and who may see what.
//!
//! Source: `zerver/views/messages.py` of Zulip 1.7, `zerver/lib/narrow.py` of 9.2; edges as measured on 9.2.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Dialect;
use super::narrow::{self, Reader};
use super::post::{Content, Message};
use crate::support::http::Request;
use crate::support::reply::Reply;

const BEYOND_ANY: u64 = 10_000_000_000_000_000;
const MOST_ROWS: usize = 5000;

struct Page {
    anchor: u64,
    before: usize,
    after: usize,
    with_anchor: bool,
}

/// The answer, from the committed messages.
pub fn answer(request: &Request, reader: Reader, messages: &BTreeMap<u64, Message>) -> Reply {
    page(request, reader.server)
        .and_then(|page| read(request, reader, &page, messages))
        .unwrap_or_else(|refusal| refusal)
}

fn page(request: &Request, server: Dialect) -> Result<Page, Reply> {
    let refuse = |msg: &str| Reply::error(400, "BAD_REQUEST", msg);
    let count = |name: &str| {
        let text = request
            .param(name)
            .ok_or_else(|| refuse(&format!("Missing '{name}' argument")))?;
        text.parse::<usize>()
            .map_err(|_| refuse(&format!("{name} is not an integer")))
    };
    let (before, after) = (count("num_before")?, count("num_after")?);
    let anchor = match (request.param("anchor"), server) {
        (None, _) => return Err(refuse("Missing 'anchor' argument.")),
        (Some("newest"), Dialect::New) => BEYOND_ANY,
        (Some("oldest" | "first_unread"), Dialect::New) => 0,
        // Any integer is taken, also negative ones and those beyond 64 bits.
        (Some(text), _) => match text.parse::<f64>() {
            Ok(number) if number < 0.0 => 0,
            Ok(_) => text.parse().unwrap_or(BEYOND_ANY).min(BEYOND_ANY),
            Err(_) if server == Dialect::New => return Err(refuse("Invalid anchor")),
            Err(_) => return Err(refuse(&format!("Bad value for 'anchor': {text}"))),
        },
    };
    let asked = request.param("include_anchor") != Some("false");
    if server == Dialect::New && before + after > MOST_ROWS {
        return Err(refuse("Too many messages requested (maximum 5000)."));
    }
    if server == Dialect::New && !asked && before > 0 && after > 0 {
        return Err(refuse(
            "The anchor can only be excluded at an end of the range",
        ));
    }
    Ok(Page {
        anchor,
        before,
        after,
        with_anchor: asked || server == Dialect::Old,
    })
}

fn read(
    request: &Request,
    reader: Reader,
    page: &Page,
    messages: &BTreeMap<u64, Message>,
) -> Result<Reply, Reply> {
    let terms = narrow::for_history(request.param("narrow"), reader)?;
    let wide = terms.iter().any(narrow::Term::widens) && !terms.iter().any(narrow::Term::confines);
    let is_shown = |message: &&Message| {
        let visible = message.is_received() || (wide && message.is_public());
        visible
            && terms
                .iter()
                .all(|term| term.passes(message, reader.cast.me.0))
    };
    // No further than the page goes: there may be tens of thousands of messages.
    let below = messages.range(..page.anchor).rev();
    let below = below.map(|(_, message)| message).filter(is_shown);
    let mut low: Vec<&Message> = below.take(page.before).collect();
    low.reverse();
    let above = messages.range(page.anchor..);
    let above = above.map(|(_, message)| message).filter(is_shown);
    let mut above = above.peekable();
    let at_anchor = above.next_if(|message| message.id == page.anchor);
    let at_anchor = at_anchor.filter(|_| page.with_anchor);
    let high: Vec<&Message> = above.take(page.after).collect();
    let shown = low.iter().chain(&at_anchor).chain(&high);
    let content = if request.param("apply_markdown") == Some("false") {
        Content::Source
    } else {
        Content::Rendered
    };
    let body: Vec<Value> = shown.map(|message| message.row(content)).collect();
    Ok(Reply::json(
        200,
        &json!({
            "result": "success", "msg": "", "messages": body, "anchor": page.anchor,
            "found_anchor": at_anchor.is_some(), "history_limited": false,
            // Exactly as many as asked is no proof of the end: one more, empty page follows.
            "found_oldest": page.anchor == 0 || low.len() < page.before,
            "found_newest": page.anchor == BEYOND_ANY || high.len() < page.after,
        }),
    ))
}
