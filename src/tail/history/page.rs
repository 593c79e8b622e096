//! One page of history.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::api::split::Chunk;
use crate::api::{ApiError, PageEnd, PageQuery};
use crate::error::Outcome;
use crate::row::{Row, Rows};
use crate::tail::PACE;
use crate::tail::link::Link;

/// Rows on a page; the server's limit is 5,000.
pub const ROWS: u32 = 1000;

/// A page as it came.
pub struct Page {
    /// Its rows, ascending.
    pub rows: VecDeque<Row>,
    /// Whether nothing comes beyond it. Old servers do not tell, so that a count must do.
    pub complete: bool,
    /// When the server answered, by its own clock.
    pub date: Option<Timestamp>,
}

/// One page.
pub fn fetch(link: &mut Link, query: &PageQuery) -> Result<Page, ApiError> {
    let (rows, end) = read(link, query)?;
    link.note_answer();
    let is_short = rows.len() < query.before.saturating_add(query.after) as usize;
    let found = if query.after > 0 {
        end.found_newest
    } else {
        end.found_oldest
    };
    let complete = found.unwrap_or(is_short);
    if is_short && !complete {
        // No server of this API says so; one that does may go on like that for ever.
        link.pause(PACE);
    }
    Ok(Page {
        rows,
        complete,
        date: end.date,
    })
}

/// The rows of one answer.
fn read(link: &mut Link, query: &PageQuery) -> Result<(VecDeque<Row>, PageEnd), ApiError> {
    let (mut rows, mut chunk) = (Rows::default(), Chunk::default());
    let mut response = link.request(|client| client.messages(query))?;
    while link.read(&mut response, &mut chunk)? {
        rows.add(&chunk);
    }
    let end = PageEnd::of(response)?;
    if rows.broken {
        return Err(link.client().garbled("messages", "a row has no id"));
    }
    Ok((rows.rows, end))
}

/// One page, for which failures are waited out; a refusal comes back.
pub fn fetch_until_answered(
    link: &mut Link,
    query: &PageQuery,
) -> Result<Result<Page, ApiError>, Outcome> {
    loop {
        match fetch(link, query) {
            Err(error) if !error.is_bad_request() => link.wait_out(error)?,
            answer => return Ok(answer),
        }
    }
}
