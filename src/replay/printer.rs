//! From saved lines to written ones: what is selected, rendered, counted and written, and what is said
//! about damaged lines.

use super::entry::{Damage, Entry};
use super::lines::Line;
use crate::error::{Error, Outcome};
use crate::notice::{Level, Notices};
use crate::output::Renderer;
use crate::output::sink::Sink;
use crate::selection::Selection;

/// Damaged lines that are told one by one; the others are counted.
const TOLD: u64 = 10;

/// Whether records of our own are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    /// They are.
    Shown,
    /// JSON without `--meta`.
    Hidden,
}

/// What is printed, how and where.
pub struct Output {
    /// What the input is called.
    pub name: String,
    /// Where damage is told.
    pub notices: Notices,
    /// Which events are printed.
    pub selection: Selection,
    /// How many of them at most.
    pub count: Option<u64>,
    /// The form of the lines.
    pub renderer: Renderer,
    /// What becomes of records.
    pub records: Records,
    /// Where the lines go.
    pub sink: Sink,
}

/// Prints saved events, up to `--count`.
pub struct Printer {
    output: Output,
    printed: u64,
    damaged: u64,
    /// Rendered, and not yet written.
    lines: Vec<u8>,
}

impl Printer {
    /// A printer that has not printed anything yet.
    pub fn new(output: Output) -> Printer {
        Printer {
            output,
            printed: 0,
            damaged: 0,
            lines: Vec::new(),
        }
    }

    /// Takes the next line of the input; blank ones are nothing.
    pub fn take(&mut self, line: Line) -> Result<(), Outcome> {
        match Entry::read(line) {
            Ok(Some(entry)) => self.render(&entry),
            Ok(None) => Ok(()),
            Err(damage @ Damage::Binary) => {
                let text = format!("--replay: {} {damage}", self.output.name);
                Err(Outcome::Failed(Error::Usage(text)))
            }
            Err(damage) => self.complain(line.number, &damage),
        }
    }

    /// Writes what was rendered. The window may be another one for what follows.
    pub fn write(&mut self) -> Result<(), Outcome> {
        let Output { sink, renderer, .. } = &mut self.output;
        let result = sink.write(&self.lines);
        self.lines.clear();
        renderer.fit(|| sink.columns());
        Ok(result?)
    }

    /// Says what was not told of `lines` lines.
    pub fn sum_up(&self, lines: u64) {
        let (name, notices) = (&self.output.name, self.output.notices);
        let untold = self.damaged.saturating_sub(TOLD);
        if untold > 0 {
            let text = format!("{name}: {untold} more damaged lines skipped");
            notices.say(Level::Warning, &text);
        }
        let text = format!(
            "{name}: {lines} lines read, {} events printed, {} damaged lines skipped",
            self.printed, self.damaged
        );
        notices.say(Level::Detail, &text);
    }

    fn render(&mut self, entry: &Entry) -> Result<(), Outcome> {
        let event = entry.event();
        let Output {
            selection,
            renderer,
            records,
            count,
            ..
        } = &mut self.output;
        if entry.is_record() {
            if *records == Records::Shown {
                renderer.render_record(&event, &mut self.lines);
            }
        } else if selection.passes(&event) {
            renderer.render(&event, None, &mut self.lines);
            self.printed += 1;
            if Some(self.printed) == *count {
                return Err(Outcome::Done);
            }
        } else {
            renderer.learn_names(&event);
        }
        Ok(())
    }

    fn complain(&mut self, number: u64, damage: &Damage) -> Result<(), Outcome> {
        self.damaged += 1;
        if self.damaged <= TOLD {
            // On a terminal it stands where the line would.
            self.write()?;
            let name = &self.output.name;
            let text = format!("{name}: line {number} {damage}; skipped");
            self.output.notices.say(Level::Warning, &text);
        }
        Ok(())
    }
}
