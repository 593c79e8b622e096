//! From chunks of events to written lines: what is selected, rendered, counted, and written.

use std::sync::Arc;

use jiff::Timestamp;

use crate::api::split::Chunk;
use crate::delivery::Dedup;
use crate::error::Outcome;
use crate::event::{Event, MessageId};
use crate::lookup::Lookup;
use crate::output::Renderer;
use crate::output::names::Names;
use crate::output::sink::Sink;
use crate::seen::SeenNames;
use crate::selection::follow::{Decision, Filter};
use crate::selection::{MESSAGE, Selection};

/// Bytes of lines whose memory serves the next chunk as well.
const MOST_KEPT: usize = 1 << 20;

/// Prints events to standard output, up to `--count`.
pub struct Printer {
    renderer: Renderer,
    /// Where names come from that no event tells, if lines have names.
    lookup: Option<Lookup>,
    /// Where names for completion go.
    seen: Option<Arc<SeenNames>>,
    sink: Sink,
    left: Option<u64>,
    lines: Vec<u8>,
}

/// What was printed of a chunk.
pub struct Printed {
    /// The messages.
    pub messages: Vec<MessageId>,
    /// How many events of the chunk are done with.
    pub done: usize,
    /// The messages on which the next event depends.
    pub needed: Vec<MessageId>,
    /// Whether `--count` is reached.
    is_last: bool,
}

impl Printed {
    /// Ends the run where `--count` is reached.
    pub fn and_go_on(&self) -> Result<(), Outcome> {
        if self.is_last {
            Err(Outcome::Done)
        } else {
            Ok(())
        }
    }
}

impl Printer {
    /// A printer of lines in this form, so many at most.
    pub fn new(
        renderer: Renderer,
        lookup: Option<Lookup>,
        seen: Option<Arc<SeenNames>>,
        sink: Sink,
        count: Option<u64>,
    ) -> Printer {
        Printer {
            renderer,
            lookup,
            seen,
            sink,
            left: count,
            lines: Vec::new(),
        }
    }

    /// Where names come from and where they go, if lines have names.
    fn names(&mut self) -> Option<(&mut Lookup, &mut Names)> {
        self.lookup.as_mut().zip(self.renderer.names())
    }

    /// Fetches what the chat needs of the account, before its first line.
    pub fn prefetch_own(&mut self) {
        if let Some(lookup) = &mut self.lookup {
            lookup.prefetch_own();
        }
    }

    /// Fetches all names now, before lines need them.
    pub fn prefetch_names(&mut self) {
        if let Some(lookup) = &mut self.lookup {
            lookup.prefetch();
        }
    }

    /// Takes in the names that have come. At the beginning lines that are not
    /// messages wait for them a moment, and all lines for what was asked for already.
    fn receive_names(&mut self, chunk: &Chunk, selection: &Selection) {
        let Some((lookup, names)) = self.names() else {
            return;
        };
        if !chunk.text().is_empty() {
            lookup.prefetch_own();
        }
        let needs_names = |event: &Event| event.kind != MESSAGE && selection.shows(event.kind);
        if !lookup.patience().is_zero() && chunk.iter().any(|event| needs_names(&event)) {
            lookup.prefetch();
        }
        lookup.receive(names);
    }

    /// Prints the selected events of a chunk in order, from one of them on; all lines are written when it returns.
    /// At the end of `--count`, and before an event that depends on messages that have to be looked up, the rest of
    /// the chunk is left.
    pub fn print(
        &mut self,
        chunk: &Chunk,
        from: usize,
        selection: &Selection,
        filter: &mut Filter,
        mut dedup: Dedup,
    ) -> Result<Printed, Outcome> {
        self.receive_names(chunk, selection);
        self.lines.clear();
        self.renderer.fit(|| self.sink.columns());
        let text = chunk.text().as_bytes();
        // Events that are their own lines are not copied but written as runs of the chunk's text.
        let mut at: usize = chunk
            .iter()
            .take(from)
            .map(|event| event.text.len() + 1)
            .sum();
        let mut run_starts = at;
        let (mut done, mut needed) = (from, Vec::new());
        let now = Timestamp::now();
        for event in chunk.iter().skip(from) {
            let decision = filter.decide(selection, &event);
            if let Decision::Needs(messages) = decision {
                needed = messages;
                break;
            }
            done += 1;
            let (start, end) = (at, at + event.text.len() + 1);
            at = end;
            let new = dedup.is_new(&event);
            let shown = new && decision == Decision::Shown;
            let alone = shown && self.renderer.leaves_alone(event.kind);
            if !alone {
                let run = text.get(run_starts..start).unwrap_or_default();
                self.lines.extend_from_slice(run);
                run_starts = end;
            }
            if shown {
                dedup.set_printed();
                if self.renderer.leaves_out(&event) {
                    self.renderer.learn_names(&event);
                    continue;
                }
                if !alone {
                    self.renderer.render(&event, Some(now), &mut self.lines);
                }
                self.left = self.left.map(|left| left.saturating_sub(1));
                if self.left == Some(0) {
                    break;
                }
            } else if new {
                self.renderer.learn_names(&event);
            }
        }
        let run = text.get(run_starts..at).unwrap_or_default();
        if self.lines.is_empty() {
            self.sink.write(run)?;
        } else {
            self.lines.extend_from_slice(run);
            self.sink.write(&self.lines)?;
            self.lines.clear();
            self.lines.shrink_to(MOST_KEPT);
        }
        if let Some((lookup, names)) = self.names() {
            lookup.fetch_missing(names);
        }
        if let Some(seen) = &self.seen {
            let printed = chunk.iter().take(done).skip(from);
            seen.learn(printed.filter(|event| event.kind == MESSAGE));
        }
        Ok(Printed {
            messages: dedup.commit(),
            done,
            needed,
            is_last: self.left == Some(0),
        })
    }

    /// Makes what was written last, where it goes to a file.
    pub fn sync(&mut self) -> Result<(), Outcome> {
        Ok(self.sink.sync()?)
    }
}
