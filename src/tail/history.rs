//! Past messages: pages of `GET /messages`, oldest first.
//!
//! A selection may need several readings (alternatives, public channels); they are merged by id.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;

use super::link::Link;
use super::row::{Row, Rows};
use super::{PACE, Stop};
use crate::api::{Anchor, ApiError, PageQuery};
use crate::event::MessageId;
use crate::selection::{Reach, Reading, Selection};

/// Rows on a page; the server's limit is 5,000.
const PAGE: u32 = 1000;

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
#[derive(Debug)]
pub struct Refusal {
    /// What it would have covered.
    pub reach: Reach,
    /// What the server says.
    pub cause: String,
}

struct Pages {
    of: Reading,
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
            readings: selection.readings().into_iter().map(reading).collect(),
            apply_markdown: selection.apply_markdown,
            refusals: Vec::new(),
            last: None,
            settled: None,
            is_young: false,
        }
    }

    /// The next rows, ascending and each id once; none at the end. After an inner error it may be
    /// called again, and goes on where it was.
    pub fn next(&mut self, link: &mut Link) -> Result<Result<Vec<Row>, ApiError>, Stop> {
        loop {
            for reading in &mut self.readings {
                if reading.rows.is_empty() && !reading.ended {
                    match reading.fetch(link, self.apply_markdown)? {
                        Ok(refusal) => self.refusals.extend(refusal),
                        Err(error) => return Ok(Err(error)),
                    }
                }
            }
            let rows = self.merge();
            self.note_settled(&rows);
            let is_over = |reading: &Pages| reading.ended && reading.rows.is_empty();
            if !rows.is_empty() || self.readings.iter().all(is_over) {
                return Ok(Ok(rows));
            }
        }
    }

    /// The same, and failures are waited out.
    pub fn insist(&mut self, link: &mut Link) -> Result<Vec<Row>, Stop> {
        loop {
            match self.next(link)? {
                Ok(rows) => return Ok(rows),
                Err(error) => link.trouble(error)?,
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
    ) -> Result<Result<Option<Refusal>, ApiError>, Stop> {
        while self.rows.is_empty() && !self.ended {
            let query = PageQuery {
                anchor: Anchor::Id(self.after),
                before: 0,
                after: PAGE,
                narrow: self.of.narrow.clone(),
                apply_markdown,
            };
            match fetch(link, &query)? {
                Ok(part) => {
                    let Part {
                        mut rows,
                        complete,
                        date,
                    } = part;
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
                    return Ok(Ok(Some(Refusal {
                        reach: self.of.reach,
                        cause: error.to_string(),
                    })));
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(None))
    }
}

/// A page as it came.
struct Part {
    rows: VecDeque<Row>,
    /// Whether nothing comes beyond it. Old servers do not tell, so that a count must do.
    complete: bool,
    date: Option<Timestamp>,
}

/// One page, or the part of it that can be held: from a page of long messages half is asked for.
fn fetch(link: &mut Link, query: &PageQuery) -> Result<Result<Part, ApiError>, Stop> {
    let mut query = query.clone();
    loop {
        let mut rows = Rows::default();
        let answer = link.ask(
            async |client, outlet| client.messages(&query, outlet).await,
            |chunk| {
                rows.take(chunk);
                Ok(())
            },
        )?;
        let asked = query.before.saturating_add(query.after);
        let page = match answer {
            Ok(_) if rows.broken => {
                let client = link.client();
                return Ok(Err(client.not_understood("messages", "a row has no id")));
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
        return Ok(Ok(Part {
            rows,
            complete,
            date: page.date,
        }));
    }
}

/// One page, for which failures are waited out; a refusal comes back.
fn insist(link: &mut Link, query: &PageQuery) -> Result<Result<Part, ApiError>, Stop> {
    loop {
        match fetch(link, query)? {
            Err(error) if !error.is_bad_request() => link.trouble(error)?,
            answer => return Ok(answer),
        }
    }
}

/// The ids of the newest messages that `wanted` takes, so many at most.
pub fn newest(
    link: &mut Link,
    selection: &Selection,
    count: usize,
    mut wanted: impl FnMut(&Row) -> bool,
) -> Result<(BTreeSet<MessageId>, Vec<Refusal>), Stop> {
    let mut refusals = Vec::new();
    let mut newest = BTreeSet::new();
    for Reading { narrow, reach } in selection.readings() {
        let mut anchor = Anchor::Newest;
        let mut found = 0;
        while found < count {
            // Whole pages after the first: most of their rows may be unwanted.
            let before = match anchor {
                Anchor::Newest => u32::try_from(count).map_or(PAGE, |count| count.min(PAGE)),
                Anchor::Id(_) => PAGE,
            };
            let query = PageQuery {
                anchor,
                before,
                after: 0,
                narrow: narrow.clone(),
                apply_markdown: selection.apply_markdown,
            };
            let Part {
                mut rows, complete, ..
            } = match insist(link, &query)? {
                Ok(part) => part,
                Err(error) => {
                    refusals.push(Refusal {
                        reach,
                        cause: error.to_string(),
                    });
                    break;
                }
            };
            if let Anchor::Id(anchor) = anchor {
                rows.retain(|row| row.id < anchor);
            }
            for row in rows.iter().rev().filter(|row| wanted(row)) {
                if found < count {
                    newest.insert(row.id);
                    found += 1;
                }
            }
            match rows.front() {
                Some(row) if !complete => anchor = Anchor::Id(row.id),
                _ => break,
            }
        }
    }
    while newest.len() > count {
        newest.pop_first();
    }
    Ok((newest, refusals))
}

/// An id before the first message since `time` (seconds since 1970), if there is one: ids go with time, so it
/// is found by halving the range of ids, which servers without a date anchor understand as well.
pub fn id_before(
    link: &mut Link,
    selection: &Selection,
    time: i64,
) -> Result<Option<MessageId>, Stop> {
    let mut earliest: Option<u64> = None;
    let mut consider = |id: u64| earliest = Some(earliest.map_or(id, |known| known.min(id)));
    for Reading { narrow, .. } in selection.readings() {
        let mut query = PageQuery {
            anchor: Anchor::Newest,
            before: PAGE,
            after: 0,
            narrow,
            apply_markdown: selection.apply_markdown,
        };
        let Ok(Part { rows, complete, .. }) = insist(link, &query)? else {
            continue;
        };
        let Some(oldest) = rows.front() else {
            continue;
        };
        if oldest.timestamp < time || complete {
            if let Some(first) = rows.iter().find(|row| row.timestamp >= time) {
                consider(first.id.0);
            }
            continue;
        }
        // The first message since then is between these.
        let (mut below, mut above) = (0, oldest.id.0);
        (query.before, query.after) = (0, 1);
        while below + 1 < above {
            let middle = below + (above - below) / 2;
            query.anchor = Anchor::Id(MessageId(middle));
            let Ok(Part { rows, .. }) = insist(link, &query)? else {
                break;
            };
            match rows.iter().find(|row| row.id.0 > middle) {
                Some(row) if row.timestamp < time => below = row.id.0.min(above - 1).max(middle),
                _ => above = middle,
            }
        }
        consider(above);
    }
    // Ids are handed out before they are committed and dated: some go before their time.
    Ok(earliest.map(|id| MessageId(id.saturating_sub(MARGIN))))
}

/// How many ids may be out of the order of time; measured on Zulip 9.2: 3.
const MARGIN: u64 = 50;
