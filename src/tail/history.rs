//! Past messages: forward from an id to the end, the newest ones, and where a time is.
//!
//! A selection may need several queries (alternatives, public channels); what they bring is merged by id.
//! Not for the requests themselves (`api/endpoints.rs`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem;

use jiff::Timestamp;

use super::POLL_INTERVAL;
use super::link::Link;
use crate::api::split::Chunk;
use crate::api::{Anchor, ApiError, PageQuery};
use crate::error::Outcome;
use crate::event::MessageId;
use crate::row::{HistoryRow, Rows};
use crate::selection::{Coverage, HistoryQuery, Selection};
use crate::when::When;

/// Rows on a page; the server's limit is 5,000.
const ROWS: u32 = 1000;
/// Ids are handed out before they are committed, but not so many seconds before.
const SETTLED: i64 = 120;
/// How many ids may be out of the order of time; measured on Zulip 9.2: 3.
const MARGIN: u64 = 50;

/// A page as it came.
struct Page {
    /// Ascending.
    rows: VecDeque<HistoryRow>,
    /// Whether nothing comes beyond it. Old servers do not tell, so that a count must do.
    complete: bool,
    /// When the server answered, by its own clock.
    date: Option<Timestamp>,
}

impl Page {
    fn fetch(link: &mut Link, query: &PageQuery) -> Result<Page, ApiError> {
        let (mut rows, mut chunk) = (Rows::default(), Chunk::default());
        let mut response = link.request(|client| client.messages(query))?;
        while link.read(&mut response, &mut chunk)? {
            rows.add(&chunk);
        }
        let (answer, date) = response.finish()?;
        if rows.broken {
            return Err(link.client.garbled("messages", "a row has no id"));
        }
        link.succeeded();
        let rows = rows.rows;
        let is_short = rows.len() < query.before.saturating_add(query.after) as usize;
        let complete = query.is_last(&answer).unwrap_or(is_short);
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

/// The messages of these ids, as far as there are any.
pub fn find(
    link: &mut Link,
    ids: &[MessageId],
    feature_level: u64,
) -> Result<VecDeque<HistoryRow>, ApiError> {
    let (mut rows, mut chunk) = (Rows::default(), Chunk::default());
    let mut response = link.request(|client| client.messages_by_id(ids, feature_level))?;
    while link.read(&mut response, &mut chunk)? {
        rows.add(&chunk);
    }
    response.finish()?;
    Ok(rows.rows)
}

/// A query that the server refuses, such as one for a channel that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it would have covered.
    pub coverage: Coverage,
    /// What the server says.
    pub cause: String,
}

impl Refusal {
    fn new(query: &HistoryQuery, error: &ApiError) -> Refusal {
        Refusal {
            coverage: query.coverage,
            cause: error.to_string(),
        }
    }
}

/// What became of each query of a selection: a name that may be read in several ways is refused only where no
/// reading is known. The same is told once.
fn refusals(queries: &[(HistoryQuery, Option<Refusal>)]) -> Vec<Refusal> {
    let is_answered = |query: &HistoryQuery| {
        let is_same = |other: &HistoryQuery| {
            (other.alternative, other.coverage) == (query.alternative, query.coverage)
        };
        queries
            .iter()
            .any(|(other, refusal)| refusal.is_none() && is_same(other))
    };
    let refused = queries.iter().filter(|(query, _)| !is_answered(query));
    let mut told = Vec::new();
    for refusal in refused.filter_map(|(_, refusal)| refusal.clone()) {
        if !told.contains(&refusal) {
            told.push(refusal);
        }
    }
    told
}

/// History after an id, to its end.
pub struct History {
    queries: Vec<Forward>,
    apply_markdown: bool,
    /// Rows that were fetched: another query may still have some that go before them.
    pending: BTreeMap<MessageId, HistoryRow>,
    /// All rows up to this one were handed out.
    handed_out: MessageId,
    settled: Option<MessageId>,
    /// Whether a row was handed out that is not so old.
    is_recent: bool,
}

/// One query, page by page.
struct Forward {
    query: HistoryQuery,
    /// The last row that was fetched.
    after: MessageId,
    ended: bool,
    refusal: Option<Refusal>,
    /// When its first page was read, in seconds since 1970 by the server's clock.
    begun: Option<i64>,
}

impl Forward {
    /// Fetches the next page; none where that is refused, which ends it.
    fn fetch(
        &mut self,
        link: &mut Link,
        apply_markdown: bool,
    ) -> Result<VecDeque<HistoryRow>, ApiError> {
        let mut query = PageQuery {
            anchor: Anchor::Id(self.after),
            before: 0,
            after: ROWS,
            narrow: self.query.narrow.clone(),
            apply_markdown,
        };
        let mut page = loop {
            match Page::fetch(link, &query) {
                Ok(page) => break page,
                Err(error) if !error.is_bad_request() => return Err(error),
                Err(_) if self.query.simplify() => query.narrow.clone_from(&self.query.narrow),
                Err(error) => {
                    self.ended = true;
                    self.refusal = Some(Refusal::new(&self.query, &error));
                    return Ok(VecDeque::new());
                }
            }
        };
        self.begun = self.begun.or(page.date.map(Timestamp::as_second));
        // Old servers put the anchor's own row on the page.
        page.rows.retain(|row| row.id > self.after);
        // A page that leads nowhere ends it: a server that repeats itself must not keep us for ever.
        self.ended = page.complete || page.rows.is_empty();
        self.after = page.rows.back().map_or(self.after, |row| row.id);
        Ok(page.rows)
    }
}

impl History {
    /// What the selection has after this id.
    pub fn after(selection: &Selection, after: MessageId) -> History {
        let forward = |query| Forward {
            query,
            after,
            ended: false,
            refusal: None,
            begun: None,
        };
        let queries = selection.history_queries();
        History {
            queries: queries.into_iter().map(forward).collect(),
            apply_markdown: selection.apply_markdown,
            pending: BTreeMap::new(),
            handed_out: after,
            settled: None,
            is_recent: false,
        }
    }

    /// The next rows, ascending and each id once; none at the end. After an error it may be
    /// called again, and goes on where it was.
    pub fn next(&mut self, link: &mut Link) -> Result<Vec<HistoryRow>, ApiError> {
        for query in &mut self.queries {
            if query.ended || query.after > self.handed_out {
                continue;
            }
            let rows = query.fetch(link, self.apply_markdown)?;
            self.pending
                .extend(rows.into_iter().map(|row| (row.id, row)));
        }
        let open = self.queries.iter().filter(|query| !query.ended);
        let complete_to = open.map(|query| query.after).min();
        self.handed_out = complete_to.unwrap_or(MessageId(u64::MAX));
        let beyond = MessageId(self.handed_out.0.saturating_add(1));
        let later = self.pending.split_off(&beyond);
        let rows: Vec<HistoryRow> = mem::replace(&mut self.pending, later)
            .into_values()
            .collect();
        self.settle(&rows);
        Ok(rows)
    }

    /// The queries that were refused.
    pub fn refusals(&self) -> Vec<Refusal> {
        let queries = self.queries.iter();
        let queries: Vec<_> = queries
            .map(|forward| (forward.query.clone(), forward.refusal.clone()))
            .collect();
        refusals(&queries)
    }

    /// The newest message so far that was sent so long ago that all lower ids have been read as well;
    /// none where that cannot be told.
    pub fn settled(&self) -> Option<MessageId> {
        self.settled.filter(|_| self.refusals().is_empty())
    }

    fn settle(&mut self, rows: &[HistoryRow]) {
        let begun: Option<Vec<i64>> = self.queries.iter().map(|query| query.begun).collect();
        if let Some(begun) = begun.and_then(|begun| begun.into_iter().min()) {
            for row in rows {
                // An imported message has a new id and an old time: it says nothing of those before.
                let is_old = |sent: i64| sent.saturating_add(SETTLED) <= begun;
                self.is_recent |= !row.timestamp.is_some_and(is_old);
                if !self.is_recent {
                    self.settled = Some(row.id);
                }
            }
        }
    }
}

/// Whether all messages that come after this one are behind that place as well.
pub fn is_past(when: When, row: &HistoryRow) -> bool {
    match when {
        When::Time(time) => row.timestamp >= Some(time.as_second().saturating_add(SETTLED)),
        When::Message(id) => row.id >= id,
    }
}

/// The ids of the newest messages that `wanted` takes, so many at most and none of them from `until` on, and what was
/// refused.
pub fn newest(
    link: &mut Link,
    selection: &Selection,
    count: usize,
    until: Option<When>,
    mut wanted: impl FnMut(&HistoryRow) -> bool,
) -> Result<(BTreeSet<MessageId>, Vec<Refusal>), Outcome> {
    let mut ids = BTreeSet::new();
    let rows = u32::try_from(count).map_or(ROWS, |count| count.min(ROWS));
    let refusals = for_each_query(selection, rows, |mut page| {
        page.anchor = anchor_before(link, &page, until)?;
        read_backwards(link, page, count, &mut wanted, &mut ids)
    })?;
    while ids.len() > count {
        ids.pop_first();
    }
    Ok((ids, refusals))
}

/// Where to read backwards from, so that nothing before that place is missed.
fn anchor_before(
    link: &mut Link,
    query: &PageQuery,
    until: Option<When>,
) -> Result<Anchor, Outcome> {
    match until {
        None => Ok(Anchor::Newest),
        Some(When::Message(id)) => Ok(Anchor::Id(id)),
        Some(When::Time(time)) => {
            let query = PageQuery {
                before: ROWS,
                ..query.clone()
            };
            let first = first_since(link, query, time.as_second())?;
            let behind = |id: u64| Anchor::Id(MessageId(id.saturating_add(MARGIN)));
            Ok(first.map_or(Anchor::Newest, behind))
        }
    }
}

/// Reads from the newest rows of each query on; those that are refused are handed back.
pub fn for_each_query(
    selection: &Selection,
    rows: u32,
    mut read: impl FnMut(PageQuery) -> Result<(), Outcome>,
) -> Result<Vec<Refusal>, Outcome> {
    let mut queries = Vec::new();
    for mut query in selection.history_queries() {
        let refusal = loop {
            let page = PageQuery::newest(rows, query.narrow.clone(), selection);
            let Err(outcome) = read(page) else {
                break None;
            };
            let error = outcome.refusal()?;
            if !query.simplify() {
                break Some(Refusal::new(&query, &error));
            }
        };
        queries.push((query, refusal));
    }
    Ok(refusals(&queries))
}

/// Adds what one query has.
fn read_backwards(
    link: &mut Link,
    mut query: PageQuery,
    count: usize,
    wanted: &mut impl FnMut(&HistoryRow) -> bool,
    ids: &mut BTreeSet<MessageId>,
) -> Result<(), Outcome> {
    let mut left = count;
    while left > 0 {
        let page = link.until_answered(|link| Page::fetch(link, &query))?;
        let mut rows = page.rows.iter().filter(|row| match query.anchor {
            Anchor::Newest => true,
            // Old servers put the anchor's own row on the page.
            Anchor::Id(anchor) => row.id < anchor,
        });
        for row in rows.clone().rev().filter(|row| wanted(row)).take(left) {
            ids.insert(row.id);
            left -= 1;
        }
        match rows.next() {
            Some(first) if !page.complete => query.anchor = Anchor::Id(first.id),
            _ => break,
        }
        // Whole pages from now on: most of their rows may be unwanted.
        query.before = ROWS;
    }
    Ok(())
}

/// An id before the first message since `time` (seconds since 1970), if there is one, and what was refused.
/// Servers of old have no anchor for a date.
pub fn id_before(
    link: &mut Link,
    selection: &Selection,
    time: i64,
) -> Result<(Option<MessageId>, Vec<Refusal>), Outcome> {
    let mut earliest = None;
    let refusals = for_each_query(selection, ROWS, |page| {
        let first = first_since(link, page, time)?;
        earliest = [earliest, first].into_iter().flatten().min();
        Ok(())
    })?;
    // Ids are handed out before they are committed and dated: some go before their time.
    let before = earliest.map(|id| MessageId(id.saturating_sub(MARGIN)));
    Ok((before, refusals))
}

/// The id of the first message since then, or one below it, in one query: on its newest page, else by
/// halving the range of ids, as ids go with time.
fn first_since(link: &mut Link, mut query: PageQuery, time: i64) -> Result<Option<u64>, Outcome> {
    let Page { rows, complete, .. } = link.until_answered(|link| Page::fetch(link, &query))?;
    let Some(oldest) = rows.front() else {
        return Ok(None);
    };
    let is_older = |row: &HistoryRow| row.timestamp.is_some_and(|sent| sent < time);
    if is_older(oldest) || complete {
        let first = rows.iter().find(|row| !is_older(row));
        return Ok(first.map(|row| row.id.0));
    }
    let (mut below, mut above) = (0, oldest.id.0);
    (query.before, query.after) = (0, 1);
    while below + 1 < above {
        let middle = below + (above - below) / 2;
        query.anchor = Anchor::Id(MessageId(middle));
        let Page { rows, .. } = link.until_answered(|link| Page::fetch(link, &query))?;
        match rows.iter().find(|row| row.id.0 > middle) {
            Some(row) if is_older(row) => below = row.id.0.min(above - 1).max(middle),
            _ => above = middle,
        }
    }
    Ok(Some(above))
}
