//! From chunks of events to written lines: what is selected, rendered, counted, and written.

use std::fs::File;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::Stop;
use crate::api::scan::Chunk;
use crate::error::Error;
use crate::event::Event;
use crate::output::Renderer;
use crate::output::sink::{Sink, WriteError};
use crate::selection::Selection;

/// Prints events to standard output, up to `--count`.
pub struct Printer {
    selection: Selection,
    renderer: Renderer,
    sink: Sink<File>,
    left: Option<u64>,
    lines: Vec<u8>,
}

/// What becomes of an event, apart from the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Printed, if it is selected.
    New,
    /// Not printed: it was before.
    Known,
}

impl Printer {
    /// A printer of these events in this form, so many at most.
    pub fn new(
        selection: Selection,
        renderer: Renderer,
        sink: Sink<File>,
        count: Option<u64>,
    ) -> Printer {
        Printer {
            selection,
            renderer,
            sink,
            left: count,
            lines: Vec::new(),
        }
    }

    /// What is printed.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Says who `me` is in a narrow.
    pub fn resolve_me(&mut self, user_id: i64, email: &str) {
        self.selection.resolve_me(user_id, email);
    }

    /// Prints the events of a chunk in order and writes all lines before it returns. `judge` sees
    /// each event first; `printed` is told of each one that has a line.
    pub fn print(
        &mut self,
        chunk: &Chunk,
        mut judge: impl FnMut(&Event) -> Fate,
    ) -> Result<(), Stop> {
        self.lines.clear();
        let text = chunk.text().as_bytes();
        // Events that are their own lines are not copied but written as runs of the chunk's text.
        let (mut run_starts, mut at) = (0, 0);
        let now = Timestamp::now();
        let mut flow = ControlFlow::Continue(());
        for event in chunk.iter() {
            let (start, end) = (at, at + event.text.len() + 1);
            at = end;
            let shown = judge(&event) == Fate::New && self.selection.passes(&event);
            if !shown || !self.renderer.leaves_alone(event.kind) {
                let run = text.get(run_starts..start).unwrap_or_default();
                self.lines.extend_from_slice(run);
                run_starts = end;
            }
            if shown {
                if run_starts == end {
                    self.renderer.render(&event, now, &mut self.lines);
                }
                flow = self.count();
                if flow.is_break() {
                    break;
                }
            }
        }
        let run = text.get(run_starts..at).unwrap_or_default();
        if self.lines.is_empty() {
            write(&mut self.sink, run)?;
        } else {
            self.lines.extend_from_slice(run);
            write(&mut self.sink, &self.lines)?;
        }
        match flow {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Counted),
        }
    }

    fn count(&mut self) -> ControlFlow<()> {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }
}

fn write(sink: &mut Sink<File>, lines: &[u8]) -> Result<(), Stop> {
    if lines.is_empty() {
        return Ok(());
    }
    sink.write(lines).map_err(|error| match error {
        WriteError::ReaderGone => Stop::ReaderGone,
        WriteError::Failed(cause) => Stop::Failed(Error::Write(cause)),
    })
}
