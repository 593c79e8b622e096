//! From events to written lines: rendered, counted, and written together.

use std::time::Instant;

use jiff::Timestamp;

use crate::error::Outcome;
use crate::event::Event;
use crate::kind;
use crate::lookup::Lookup;
use crate::output::names::Names;
use crate::output::sink::Sink;
use crate::output::{Renderer, meta};
use crate::seen::Learner;

/// Bytes of lines whose memory serves the next ones as well.
const MOST_KEPT: usize = 1 << 20;

/// Prints events to standard output, up to `--count`.
pub struct Printer {
    /// What makes lines of events.
    pub renderer: Renderer,
    /// Where names come from that no event tells, if lines have names.
    pub lookup: Option<Lookup>,
    /// Where names for completion go.
    pub learner: Option<Learner>,
    /// Whether saved records of our own are printed.
    pub has_records: bool,
    sink: Sink,
    count: Option<u64>,
    /// How many events were printed.
    pub printed: u64,
    /// When the events arrived; not known of saved ones.
    arrived: Option<Timestamp>,
    /// Lines that are not yet written.
    lines: Vec<u8>,
}

impl Printer {
    /// A printer of lines in this form, so many at most.
    pub fn new(renderer: Renderer, sink: Sink, count: Option<u64>) -> Printer {
        Printer {
            renderer,
            lookup: None,
            learner: None,
            has_records: false,
            sink,
            count,
            printed: 0,
            arrived: None,
            lines: Vec::new(),
        }
    }

    /// Where names come from and where they go, if lines have names.
    fn names(&mut self) -> Option<(&mut Lookup, &mut Names)> {
        let sentences = self.renderer.sentences()?;
        Some((self.lookup.as_mut()?, sentences.names()))
    }

    /// The events that follow have just arrived.
    pub fn begin(&mut self) {
        self.arrived = Some(Timestamp::now());
        self.fit();
        if let Some((lookup, names)) = self.names() {
            lookup.receive(names);
        }
        if let Some(learner) = &mut self.learner {
            learner.begin(Instant::now());
        }
    }

    /// Learns the names for completion in an event.
    pub fn learn(&mut self, event: &Event) {
        if event.kind == kind::MESSAGE
            && let Some(learner) = &mut self.learner
        {
            learner.learn(event);
        }
    }

    /// Adapts lines to the width of the window, which may have been resized.
    pub fn fit(&mut self) {
        self.renderer.fit(|| self.sink.columns());
    }

    /// Makes the line of an event, or of a saved record of our own, which does not count.
    pub fn add(&mut self, event: &Event) {
        self.wait_for_names(event);
        self.renderer.render(event, self.arrived, &mut self.lines);
        self.printed += u64::from(event.kind != meta::KIND);
    }

    /// At the beginning a line that is not a message waits for names a moment, and all lines for what was asked for
    /// already.
    fn wait_for_names(&mut self, event: &Event) {
        let Some((lookup, names)) = self.names() else {
            return;
        };
        if lookup.patience().is_zero() {
            return;
        }
        lookup.prefetch_own();
        if event.kind != kind::MESSAGE {
            lookup.prefetch();
        }
        lookup.receive(names);
    }

    /// Whether `--count` is reached.
    pub fn is_done(&self) -> bool {
        Some(self.printed) == self.count
    }

    /// Whether there are so many lines that they should be written before there are more.
    pub fn is_full(&self) -> bool {
        self.lines.len() > MOST_KEPT
    }

    /// Writes the lines.
    pub fn write(&mut self) -> Result<(), Outcome> {
        self.sink.write(&self.lines)?;
        self.lines.clear();
        self.lines.shrink_to(MOST_KEPT);
        if let Some((lookup, names)) = self.names() {
            lookup.fetch_missing(names);
        }
        Ok(())
    }

    /// Makes what was written last, where it goes to a file.
    pub fn sync(&mut self) -> Result<(), Outcome> {
        Ok(self.sink.sync()?)
    }
}
