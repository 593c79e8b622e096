//! Where in history a time is, which servers without a date anchor do not tell.

use super::Refusal;
use super::page::{Page, ROWS, fetch_until_answered};
use crate::api::{Anchor, ApiError, PageQuery};
use crate::error::Outcome;
use crate::event::MessageId;
use crate::selection::{HistoryQuery, Selection};
use crate::tail::link::Link;

/// How many ids may be out of the order of time; measured on Zulip 9.2: 3.
const MARGIN: u64 = 50;

/// An id before the first message since `time` (seconds since 1970), if there is one, and what is refused.
pub fn id_before(
    link: &mut Link,
    selection: &Selection,
    time: i64,
) -> Result<(Option<MessageId>, Vec<Refusal>), Outcome> {
    let (mut earliest, mut refusals) = (None, Vec::new());
    for HistoryQuery { narrow, reach } in selection.history_queries() {
        let query = PageQuery::newest(ROWS, narrow, selection);
        match first_since(link, query, time)? {
            Ok(first) => earliest = [earliest, first].into_iter().flatten().min(),
            Err(error) => refusals.push(Refusal::new(reach, &error)),
        }
    }
    // Ids are handed out before they are committed and dated: some go before their time.
    let before = earliest.map(|id| MessageId(id.saturating_sub(MARGIN)));
    Ok((before, refusals))
}

/// The id of the first message since then, or one below it, in one reading: on its newest page, else by
/// halving the range of ids, as ids go with time. The inner error is a refusal.
fn first_since(
    link: &mut Link,
    mut query: PageQuery,
    time: i64,
) -> Result<Result<Option<u64>, ApiError>, Outcome> {
    let Page { rows, complete, .. } = match fetch_until_answered(link, &query)? {
        Ok(page) => page,
        Err(error) => return Ok(Err(error)),
    };
    let Some(oldest) = rows.front() else {
        return Ok(Ok(None));
    };
    if oldest.timestamp < time || complete {
        let first = rows.iter().find(|row| row.timestamp >= time);
        return Ok(Ok(first.map(|row| row.id.0)));
    }
    let (mut below, mut above) = (0, oldest.id.0);
    (query.before, query.after) = (0, 1);
    while below + 1 < above {
        let middle = below + (above - below) / 2;
        query.anchor = Anchor::Id(MessageId(middle));
        let Page { rows, .. } = match fetch_until_answered(link, &query)? {
            Ok(page) => page,
            Err(error) => return Ok(Err(error)),
        };
        match rows.iter().find(|row| row.id.0 > middle) {
            Some(row) if row.timestamp < time => below = row.id.0.min(above - 1).max(middle),
            _ => above = middle,
        }
    }
    Ok(Ok(Some(above)))
}
