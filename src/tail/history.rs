//! Past messages: forward from an id to the end, the newest ones, and where a time is.
//!
//! A selection may need several queries (alternatives, public channels); what they bring is merged by id.
//! Not for the requests themselves (`api/endpoints.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use jiff::Timestamp;

use super::POLL_INTERVAL;
use super::link::Link;
use crate::api::{Anchor, ApiError, ListResponse};
use crate::error::Outcome;
use crate::event::MessageId;
use crate::row::{HistoryRow, row};
use crate::selection::{Coverage, HistoryQuery, Selection};
use crate::when::When;

/// Rows on a page; the server's limit is 5,000.
const ROWS: u32 = 1000;
/// Ids are handed out before they are committed, but not so many seconds before.
const SETTLED: i64 = 120;
/// How many ids may be out of the order of time; measured on Zulip 9.2: 3.
const MARGIN: u64 = 50;

/// The messages of these ids, as far as there are any.
pub fn find(
    link: &mut Link,
    ids: &[MessageId],
    feature_level: u64,
) -> Result<Vec<HistoryRow>, ApiError> {
    let response = link.request(|client| client.messages_by_id(ids, feature_level))?;
    let mut found = Vec::new();
    read_rows(link, response, &mut found, "found_newest")?;
    Ok(found.into_iter().flatten().collect())
}

/// Whether all messages that come after this one are behind that place as well.
pub fn is_past(when: When, row: &HistoryRow) -> bool {
    match when {
        When::Time(time) => row.timestamp >= Some(time.as_second().saturating_add(SETTLED)),
        When::Message(id) => row.id >= id,
    }
}

/// A query that the server refuses, such as one for a channel that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it would have covered.
    pub coverage: Coverage,
    /// What the server says.
    pub cause: String,
}

/// The history of a selection.
pub struct History {
    queries: Vec<Pages>,
    /// Rows that were fetched: another query may still have some that go before them.
    pending: BTreeMap<MessageId, HistoryRow>,
    /// All rows up to this one were handed out.
    handed_out: MessageId,
    /// When the first page was read, by the server's clock.
    begun: Option<Timestamp>,
    settled: Option<MessageId>,
    /// Whether a row was handed out that is not so old.
    is_recent: bool,
}

impl History {
    /// That of the selection; nothing is asked for yet.
    pub fn new(selection: &Selection) -> History {
        let queries = selection.history_queries().into_iter();
        History {
            queries: queries
                .map(|query| Pages {
                    query,
                    after: MessageId(0),
                    ended: false,
                    refusal: None,
                })
                .collect(),
            pending: BTreeMap::new(),
            handed_out: MessageId(0),
            begun: None,
            settled: None,
            is_recent: false,
        }
    }

    /// The same, of which [`History::next`] has what comes after this message.
    #[must_use]
    pub fn after(mut self, id: MessageId) -> History {
        self.handed_out = id;
        for query in &mut self.queries {
            query.after = id;
        }
        self
    }

    /// The next rows, ascending and each id once; none at the end. After an error it may be
    /// called again, and goes on where it was.
    pub fn next(&mut self, link: &mut Link) -> Result<Vec<HistoryRow>, ApiError> {
        for query in &mut self.queries {
            if !query.ended && query.after <= self.handed_out {
                let Page { rows, date, .. } = query.next(link)?;
                self.begun = [self.begun, date].into_iter().flatten().min();
                let rows = rows.into_iter().map(|row| (row.id, row));
                self.pending.extend(rows);
            }
        }
        let open = self.queries.iter().filter(|query| !query.ended);
        let complete_to = open.map(|query| query.after).min();
        self.handed_out = complete_to.unwrap_or(MessageId(u64::MAX));
        let beyond = MessageId(self.handed_out.0.saturating_add(1));
        let later = self.pending.split_off(&beyond);
        let rows: Vec<HistoryRow> = mem::replace(&mut self.pending, later)
            .into_values()
            .collect();
        for row in &rows {
            let age = |begun: Timestamp| begun.as_second().checked_sub(row.timestamp?);
            // An imported message has a new id and an old time: it says nothing of those before.
            self.is_recent |= self.begun.and_then(age) < Some(SETTLED);
            if !self.is_recent {
                self.settled = Some(row.id);
            }
        }
        Ok(rows)
    }

    /// The newest message so far that was sent so long ago that all lower ids have been read as well;
    /// none where that cannot be told.
    pub fn settled(&self) -> Option<MessageId> {
        self.settled.filter(|_| self.refusals().is_empty())
    }

    /// The ids of the newest messages that `wanted` takes, so many at most and none of them from `until` on.
    pub fn newest(
        &mut self,
        link: &mut Link,
        count: usize,
        until: Option<When>,
        mut wanted: impl FnMut(&HistoryRow) -> bool,
    ) -> Result<BTreeSet<MessageId>, Outcome> {
        let mut ids = BTreeSet::new();
        for query in &mut self.queries {
            query.read_backwards(link, count, until, &mut wanted, &mut ids)?;
        }
        while ids.len() > count {
            ids.pop_first();
        }
        Ok(ids)
    }

    /// An id before the first message since `time` (seconds since 1970), if there is one. Servers of old have no
    /// anchor for a date.
    pub fn id_before(&mut self, link: &mut Link, time: i64) -> Result<Option<MessageId>, Outcome> {
        let mut earliest = None;
        for query in &mut self.queries {
            let first = query.first_since(link, time)?;
            earliest = [earliest, first].into_iter().flatten().min();
        }
        // Ids are handed out before they are committed and dated: some go before their time.
        Ok(earliest.map(|id| MessageId(id.saturating_sub(MARGIN))))
    }

    /// The queries that were refused: a name that may be read in several ways only where no reading is known. The
    /// same is told once.
    pub fn refusals(&self) -> Vec<Refusal> {
        let is_answered = |query: &Pages| {
            self.queries.iter().any(|other| {
                other.refusal.is_none()
                    && other.query.alternative == query.query.alternative
                    && other.query.coverage == query.query.coverage
            })
        };
        let mut told = Vec::new();
        for query in &self.queries {
            if let Some(refusal) = &query.refusal
                && !is_answered(query)
                && !told.contains(refusal)
            {
                told.push(refusal.clone());
            }
        }
        told
    }
}

/// What one query of a selection has, page by page.
struct Pages {
    query: HistoryQuery,
    /// The last row that was fetched on the way forward.
    after: MessageId,
    ended: bool,
    refusal: Option<Refusal>,
}

impl Pages {
    /// A page with so many rows before the anchor and after it; an empty one where that is refused.
    fn fetch(
        &mut self,
        link: &mut Link,
        anchor: Anchor,
        before: u32,
        after: u32,
    ) -> Result<Page, ApiError> {
        while self.refusal.is_none() {
            match Page::fetch(link, &self.query, anchor, before, after) {
                Err(error) if error.is_bad_request() => {
                    if !self.query.simplify() {
                        self.refusal = Some(Refusal {
                            coverage: self.query.coverage,
                            cause: error.to_string(),
                        });
                    }
                }
                answer => return answer,
            }
        }
        Ok(Page {
            rows: Vec::new(),
            complete: true,
            date: None,
        })
    }

    /// The next page on the way forward.
    fn next(&mut self, link: &mut Link) -> Result<Page, ApiError> {
        let mut page = self.fetch(link, Anchor::Id(self.after), 0, ROWS)?;
        // Old servers put the anchor's own row on the page.
        page.rows.retain(|row| row.id > self.after);
        // A page that leads nowhere ends it: a server that repeats itself must not keep us for ever.
        self.ended = page.complete || page.rows.is_empty();
        self.after = page.rows.last().map_or(self.after, |row| row.id);
        Ok(page)
    }

    /// Adds the newest messages, page by page backwards.
    fn read_backwards(
        &mut self,
        link: &mut Link,
        count: usize,
        until: Option<When>,
        wanted: &mut impl FnMut(&HistoryRow) -> bool,
        ids: &mut BTreeSet<MessageId>,
    ) -> Result<(), Outcome> {
        let mut anchor = match until {
            None => Anchor::Newest,
            Some(When::Message(id)) => Anchor::Id(id),
            // Nothing before that time may be missed.
            Some(When::Time(time)) => match self.first_since(link, time.as_second())? {
                Some(first) => Anchor::Id(MessageId(first.saturating_add(MARGIN))),
                None => Anchor::Newest,
            },
        };
        let mut left = count;
        let mut length = u32::try_from(count).map_or(ROWS, |count| count.min(ROWS));
        while left > 0 {
            let page = link.until_answered(|link| self.fetch(link, anchor, length, 0))?;
            let mut rows = page.rows.iter().filter(|row| match anchor {
                Anchor::Newest => true,
                // Old servers put the anchor's own row on the page.
                Anchor::Id(anchor) => row.id < anchor,
            });
            for row in rows.clone().rev().filter(|row| wanted(row)).take(left) {
                ids.insert(row.id);
                left -= 1;
            }
            match rows.next() {
                Some(first) if !page.complete => anchor = Anchor::Id(first.id),
                _ => break,
            }
            // Whole pages from now on: most of their rows may be unwanted.
            length = ROWS;
        }
        Ok(())
    }

    /// The id of the first message since then, or one below it: on the newest page, else by halving the range of
    /// ids, as ids go with time.
    fn first_since(&mut self, link: &mut Link, time: i64) -> Result<Option<u64>, Outcome> {
        let newest = link.until_answered(|link| self.fetch(link, Anchor::Newest, ROWS, 0))?;
        let Some(oldest) = newest.rows.first() else {
            return Ok(None);
        };
        let is_older = |row: &HistoryRow| row.timestamp.is_some_and(|sent| sent < time);
        if is_older(oldest) || newest.complete {
            let first = newest.rows.iter().find(|row| !is_older(row));
            return Ok(first.map(|row| row.id.0));
        }
        let (mut below, mut above) = (0, oldest.id.0);
        while below + 1 < above {
            let middle = below + (above - below) / 2;
            let anchor = Anchor::Id(MessageId(middle));
            let page = link.until_answered(|link| self.fetch(link, anchor, 0, 1))?;
            match page.rows.iter().find(|row| row.id.0 > middle) {
                Some(row) if is_older(row) => below = row.id.0.min(above - 1).max(middle),
                _ => above = middle,
            }
        }
        Ok(Some(above))
    }
}

/// A page as it came.
struct Page {
    /// Ascending.
    rows: Vec<HistoryRow>,
    /// Whether nothing comes beyond it. Old servers do not tell, so that a count must do.
    complete: bool,
    /// When the server answered, by its own clock.
    date: Option<Timestamp>,
}

impl Page {
    fn fetch(
        link: &mut Link,
        query: &HistoryQuery,
        anchor: Anchor,
        before: u32,
        after: u32,
    ) -> Result<Page, ApiError> {
        let response = link.request(|client| client.messages(query, anchor, before, after))?;
        let mut rows = Vec::new();
        let is_last = if after == 0 {
            "found_oldest"
        } else {
            "found_newest"
        };
        let (is_last, date) = read_rows(link, response, &mut rows, is_last)?;
        let rows: Option<Vec<HistoryRow>> = rows.into_iter().collect();
        let broken = || link.client.garbled("messages", "a row has no id");
        let rows = rows.ok_or_else(broken)?;
        link.succeeded();
        let is_short = rows.len() < before.saturating_add(after) as usize;
        // Servers before 1.8 may leave it out.
        let complete = is_last.unwrap_or(is_short);
        if is_short && !complete {
            // No server of this API says so; one that does may go on like that for ever.
            link.pause(POLL_INTERVAL);
        }
        Ok(Page {
            rows,
            complete,
            date,
        })
    }
}

/// Adds the rows of an answer. What it has in the field `is_last`, and when the server sent it.
fn read_rows(
    link: &mut Link,
    mut response: ListResponse,
    found: &mut Vec<Option<HistoryRow>>,
    is_last: &str,
) -> Result<(Option<bool>, Option<Timestamp>), ApiError> {
    while link.read(&mut response)? {
        // Converted at once, so that no page is held twice.
        while let Some(element) = response.next_element() {
            found.push(row(element.text));
        }
    }
    response.finish(|answer| answer.flag(is_last))
}
