//! `--replay`: prints saved JSON lines through the same filters and forms as live events.
//!
//! One line's way: `input` reads blocks of bytes in a thread of its own, `lines` cuts them up, `entry`
//! tells what a line is, `printer` renders and writes it. No server and no account. Not for writing
//! such files: that is what JSON output is for.

mod entry;
mod input;
mod lines;
mod printer;

use std::convert::Infallible;
use std::time::Instant;

use crate::signals::Signals;
use crate::stop::Stop;
pub use input::{Input, Source};
use input::{Step, WAITING};
use lines::{LONGEST, Lines};
use printer::Printer;
pub use printer::{Output, Records};

/// A replay in the making.
pub struct Replay {
    input: Input,
    signals: Signals,
    deadline: Option<Instant>,
    lines: Lines,
    printer: Printer,
}

impl Replay {
    /// A replay of this input that `signals` and `deadline` may end.
    pub fn new(
        input: Input,
        signals: Signals,
        deadline: Option<Instant>,
        output: Output,
    ) -> Replay {
        Replay {
            input,
            signals,
            deadline,
            lines: Lines::new(LONGEST),
            printer: Printer::new(output),
        }
    }

    /// Runs until something stops it, and says what.
    pub fn run(mut self) -> Stop {
        let Err(stop) = self.follow();
        if !matches!(stop, Stop::ReaderGone) {
            self.printer.sum_up(self.lines.number());
        }
        stop
    }

    fn follow(&mut self) -> Result<Infallible, Stop> {
        loop {
            if let Err(stop) = self.check() {
                // What has arrived is printed still; more may follow without end.
                for _ in 0..=WAITING {
                    if let Some(step) = self.input.next(Some(Instant::now())) {
                        self.step(step)?;
                    }
                }
                return Err(stop);
            }
            if let Some(step) = self.input.next(self.deadline) {
                self.step(step)?;
            }
        }
    }

    /// Whether anything ends the run.
    fn check(&self) -> Result<(), Stop> {
        if let Some(signal) = self.signals.interrupt() {
            return Err(Stop::Interrupted(signal));
        }
        if self.signals.reader_is_gone() {
            return Err(Stop::ReaderGone);
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(Stop::TimedOut),
            _ => Ok(()),
        }
    }

    /// Prints what a step brings; all of it is written when this returns.
    fn step(&mut self, step: Step) -> Result<(), Stop> {
        let printer = &mut self.printer;
        let taken = match step {
            Step::Block(block) => self.lines.feed(&block, |line| printer.take(line)),
            Step::End => {
                let taken = self.lines.finish(|line| printer.take(line));
                taken.and(Err(Stop::Drained))
            }
            Step::Failed(error) => Err(Stop::Failed(error)),
            Step::Woken => Ok(()),
        };
        printer.write()?;
        taken
    }
}
