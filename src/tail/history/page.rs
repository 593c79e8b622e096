//! One page of history, as much of it as can be held.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::api::{ApiError, PageQuery};
use crate::row::{Row, Rows};
use crate::stop::Stop;
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

/// One page, or the part of it that can be held: from a page of long messages half is asked for.
pub fn fetch(link: &mut Link, query: &PageQuery) -> Result<Result<Page, ApiError>, Stop> {
    let mut query = query.clone();
    loop {
        let mut rows = Rows::default();
        let answer = link.read(
            async |client, outlet| client.messages(&query, outlet).await,
            |chunk| {
                rows.take(chunk);
                Ok(())
            },
        )?;
        let asked = query.before.saturating_add(query.after);
        let page = match answer {
            Ok(_) if rows.broken => {
                return Ok(Err(link.client().garbled("messages", "a row has no id")));
            }
            Ok(page) => page,
            Err(error) if error.is_long_page() && asked > 1 => {
                (query.before, query.after) = (query.before / 2, query.after / 2);
                continue;
            }
            Err(error) => return Ok(Err(error)),
        };
        link.good();
        let rows = rows.rows;
        let is_short = rows.len() < asked as usize;
        let found = if query.after > 0 {
            page.found_newest
        } else {
            page.found_oldest
        };
        let complete = found.unwrap_or(is_short);
        if is_short && !complete {
            // No server of this API says so; one that does may go on like that for ever.
            link.pause(PACE)?;
        }
        return Ok(Ok(Page {
            rows,
            complete,
            date: page.date,
        }));
    }
}

/// One page, for which failures are waited out; a refusal comes back.
pub fn insist(link: &mut Link, query: &PageQuery) -> Result<Result<Page, ApiError>, Stop> {
    loop {
        match fetch(link, query)? {
            Err(error) if !error.is_bad_request() => link.trouble(error)?,
            answer => return Ok(answer),
        }
    }
}
