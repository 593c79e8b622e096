//! Past messages, oldest first, from an id to the end.
//!
//! A selection may need several readings (alternatives, public channels); they are merged by id. Where to
//! begin: [`mod@newest`] finds the last so many messages, [`mod@since`] a time. Not for the request itself
//! (`api/endpoints.rs`).

mod newest;
mod page;
mod since;

use std::collections::VecDeque;

use jiff::Timestamp;

use super::link::Link;
use crate::api::{Anchor, ApiError, PageQuery};
use crate::error::Outcome;
use crate::event::MessageId;
use crate::row::Row;
use crate::selection::{HistoryQuery, Reach, Selection};
pub use newest::newest;
use page::{Page, ROWS, fetch};
pub use since::id_before;

/// Ids are handed out before they are committed, but not so many seconds before.
const SETTLED: i64 = 120;

/// History after an id, to its end.
pub struct History {
    readings: Vec<Pages>,
    apply_markdown: bool,
    refusals: Vec<Refusal>,
    /// The last row handed out: the next page of another reading may begin with it.
    last: Option<MessageId>,
    settled: Option<MessageId>,
    /// Whether a row was handed out that is not so old.
    is_young: bool,
}

/// A reading that the server refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it would have covered.
    pub reach: Reach,
    /// What the server says.
    pub cause: String,
}

impl Refusal {
    fn new(reach: Reach, error: &ApiError) -> Refusal {
        Refusal {
            reach,
            cause: error.to_string(),
        }
    }
}

/// One reading, page by page.
struct Pages {
    of: HistoryQuery,
    after: MessageId,
    rows: VecDeque<Row>,
    ended: bool,
    /// When its first page was read, in seconds since 1970 by the server's clock.
    begun: Option<i64>,
}

impl History {
    /// What the selection has after this id.
    pub fn after(selection: &Selection, after: MessageId) -> History {
        let reading = |of| Pages {
            of,
            after,
            rows: VecDeque::new(),
            ended: false,
            begun: None,
        };
        History {
            readings: selection
                .history_queries()
                .into_iter()
                .map(reading)
                .collect(),
            apply_markdown: selection.apply_markdown,
            refusals: Vec::new(),
            last: None,
            settled: None,
            is_young: false,
        }
    }

    /// The next rows, ascending and each id once; none at the end. After an error it may be
    /// called again, and goes on where it was.
    pub fn next(&mut self, link: &mut Link) -> Result<Vec<Row>, ApiError> {
        loop {
            for reading in &mut self.readings {
                if reading.rows.is_empty() && !reading.ended {
                    let refusal = reading.fetch(link, self.apply_markdown)?;
                    self.refusals.extend(refusal);
                }
            }
            let rows = self.merge();
            self.note_settled(&rows);
            let is_over = |reading: &Pages| reading.ended && reading.rows.is_empty();
            if !rows.is_empty() || self.readings.iter().all(is_over) {
                return Ok(rows);
            }
        }
    }

    /// The same, and failures are waited out.
    pub fn next_until_answered(&mut self, link: &mut Link) -> Result<Vec<Row>, Outcome> {
        loop {
            match self.next(link) {
                Ok(rows) => return Ok(rows),
                Err(error) => link.wait_out(error)?,
            }
        }
    }

    /// Why some readings were refused, such as a channel that does not exist.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// The newest message so far that was sent so long ago that all lower ids have been read as well;
    /// none where that cannot be told.
    pub fn settled(&self) -> Option<MessageId> {
        self.settled.filter(|_| self.refusals.is_empty())
    }

    fn note_settled(&mut self, rows: &[Row]) {
        let begun: Option<Vec<i64>> = self.readings.iter().map(|reading| reading.begun).collect();
        if let Some(begun) = begun.and_then(|begun| begun.into_iter().min()) {
            for row in rows {
                // An imported message has a new id and an old time: it says nothing of those before.
                self.is_young |= row.timestamp.saturating_add(SETTLED) > begun;
                if !self.is_young {
                    self.settled = Some(row.id);
                }
            }
        }
    }

    /// Takes rows until a reading that has not ended runs out of them. May be empty before the end.
    fn merge(&mut self) -> Vec<Row> {
        let mut merged: Vec<Row> = Vec::new();
        loop {
            let runs_dry = |reading: &Pages| reading.rows.is_empty() && !reading.ended;
            if self.readings.iter().any(runs_dry) {
                break;
            }
            let lowest = self
                .readings
                .iter_mut()
                .filter_map(|reading| Some((reading.rows.front()?.id, reading)))
                .min_by_key(|(id, _)| *id);
            let Some(row) = lowest.and_then(|(_, reading)| reading.rows.pop_front()) else {
                break;
            };
            if self.last != Some(row.id) {
                self.last = Some(row.id);
                merged.push(row);
            }
        }
        merged
    }
}

impl Pages {
    /// Fetches pages until there are rows or the end. A refusal ends the reading.
    fn fetch(
        &mut self,
        link: &mut Link,
        apply_markdown: bool,
    ) -> Result<Option<Refusal>, ApiError> {
        while self.rows.is_empty() && !self.ended {
            let query = PageQuery {
                anchor: Anchor::Id(self.after),
                before: 0,
                after: ROWS,
                narrow: self.of.narrow.clone(),
                apply_markdown,
            };
            match fetch(link, &query) {
                Ok(page) => {
                    let Page {
                        mut rows,
                        complete,
                        date,
                    } = page;
                    self.begun = self.begun.or(date.map(Timestamp::as_second));
                    // Old servers put the anchor's own row on the page.
                    rows.retain(|row| row.id > self.after);
                    // A page that leads nowhere ends it: a server that repeats itself must not
                    // keep us for ever.
                    self.ended = complete || rows.is_empty();
                    self.after = rows.back().map_or(self.after, |row| row.id);
                    self.rows = rows;
                }
                Err(error) if error.is_bad_request() => {
                    self.ended = true;
                    return Ok(Some(Refusal::new(self.of.reach, &error)));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}
