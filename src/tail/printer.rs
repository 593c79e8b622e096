//! From chunks of events to written lines: what is selected, rendered, counted, and written.

use std::fs::File;

use jiff::Timestamp;

use super::Stop;
use super::sieve::Sieve;
use crate::api::scan::Chunk;
use crate::delivery::Fate;
use crate::output::Renderer;
use crate::output::sink::Sink;
use crate::selection::Selection;

/// Prints events to standard output, up to `--count`.
pub struct Printer {
    selection: Selection,
    renderer: Renderer,
    sink: Sink<File>,
    left: Option<u64>,
    lines: Vec<u8>,
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

    /// Prints the events of a chunk in order; all lines are written when it returns. At the end of
    /// `--count` the rest of the chunk is left.
    pub fn print(&mut self, chunk: &Chunk, sieve: &mut Sieve) -> Result<(), Stop> {
        self.lines.clear();
        self.renderer.fit(|| self.sink.columns());
        let text = chunk.text().as_bytes();
        // Events that are their own lines are not copied but written as runs of the chunk's text.
        let (mut run_starts, mut at) = (0, 0);
        let now = Timestamp::now();
        for event in chunk.iter() {
            let (start, end) = (at, at + event.text.len() + 1);
            at = end;
            let shown = sieve.fate(&event) == Fate::New && self.selection.passes(&event);
            let alone = shown && self.renderer.leaves_alone(event.kind);
            if !alone {
                let run = text.get(run_starts..start).unwrap_or_default();
                self.lines.extend_from_slice(run);
                run_starts = end;
            }
            if shown {
                sieve.printed();
                if !alone {
                    self.renderer.render(&event, now, &mut self.lines);
                }
                self.left = self.left.map(|left| left.saturating_sub(1));
                if self.left == Some(0) {
                    break;
                }
            }
        }
        let run = text.get(run_starts..at).unwrap_or_default();
        if self.lines.is_empty() {
            self.sink.write(run)?;
        } else {
            self.lines.extend_from_slice(run);
            self.sink.write(&self.lines)?;
        }
        sieve.written();
        if self.left == Some(0) {
            return Err(Stop::Counted);
        }
        Ok(())
    }

    /// Makes what was written last, where it goes to a file.
    pub fn sync(&mut self) -> Result<(), Stop> {
        Ok(self.sink.sync()?)
    }
}
