//! The newest messages of a selection, read backwards.

use std::collections::BTreeSet;

use super::Refusal;
use super::page::{Page, ROWS, fetch_until_answered};
use crate::api::{Anchor, ApiError, PageQuery};
use crate::error::Outcome;
use crate::event::MessageId;
use crate::row::Row;
use crate::selection::{HistoryQuery, Selection};
use crate::tail::link::Link;

/// The ids of the newest messages that `wanted` takes, so many at most.
pub fn newest(
    link: &mut Link,
    selection: &Selection,
    count: usize,
    mut wanted: impl FnMut(&Row) -> bool,
) -> Result<(BTreeSet<MessageId>, Vec<Refusal>), Outcome> {
    let (mut ids, mut refusals) = (BTreeSet::new(), Vec::new());
    for HistoryQuery { narrow, reach } in selection.history_queries() {
        let rows = u32::try_from(count).map_or(ROWS, |count| count.min(ROWS));
        let query = PageQuery::newest(rows, narrow, selection);
        let refusal = collect(link, query, count, &mut wanted, &mut ids)?;
        refusals.extend(refusal.map(|error| Refusal::new(reach, &error)));
    }
    while ids.len() > count {
        ids.pop_first();
    }
    Ok((ids, refusals))
}

/// Adds what one reading has, and tells whether it is refused.
fn collect(
    link: &mut Link,
    mut query: PageQuery,
    count: usize,
    wanted: &mut impl FnMut(&Row) -> bool,
    ids: &mut BTreeSet<MessageId>,
) -> Result<Option<ApiError>, Outcome> {
    let mut left = count;
    while left > 0 {
        let Page { rows, complete, .. } = match fetch_until_answered(link, &query)? {
            Ok(page) => page,
            Err(error) => return Ok(Some(error)),
        };
        let mut rows = rows.iter().filter(|row| match query.anchor {
            Anchor::Newest => true,
            // Old servers put the anchor's own row on the page.
            Anchor::Id(anchor) => row.id < anchor,
        });
        for row in rows.clone().rev().filter(|row| wanted(row)).take(left) {
            ids.insert(row.id);
            left -= 1;
        }
        match rows.next() {
            Some(first) if !complete => query.anchor = Anchor::Id(first.id),
            _ => break,
        }
        // Whole pages from now on: most of their rows may be unwanted.
        query.before = ROWS;
    }
    Ok(None)
}
