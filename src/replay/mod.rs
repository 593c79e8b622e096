//! `--replay`: prints saved JSON lines through the same filters and forms as live events.
//!
//! One line's way: `input` is read block by block, `lines` cuts blocks up, `entry` tells what a line is,
//! `printer` renders and writes it. No server and no account. Not for writing such files: that is what JSON
//! output is for.

mod entry;
mod input;
mod lines;
mod printer;

use std::convert::Infallible;
use std::io::{ErrorKind, Read};

use crate::error::{Error, Outcome};
use crate::watch::Watch;
pub use input::Source;
use lines::{LONGEST, Lines};
use printer::Printer;
pub use printer::{Output, Records};

/// Bytes that are read at once at most.
const BLOCK: usize = 128 << 10;

/// Prints all of the input, and says how that ended.
pub fn replay(source: &Source, watch: &Watch, output: Output) -> Outcome {
    let mut lines = Lines::new(LONGEST);
    let mut printer = Printer::new(output);
    let Err(outcome) = follow(source, watch, &mut lines, &mut printer);
    printer.sum_up(lines.number());
    outcome
}

fn follow(
    source: &Source,
    watch: &Watch,
    lines: &mut Lines,
    printer: &mut Printer,
) -> Result<Infallible, Outcome> {
    let mut file = watch.outside(|| source.open())?;
    let mut block = vec![0; BLOCK];
    loop {
        let length = match watch.outside(|| file.read(&mut block)) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::Read(source.to_string(), error).into()),
        };
        let taken = match block.get(..length).unwrap_or_default() {
            [] => lines
                .finish(|line| printer.take(line))
                .and(Err(Outcome::Done)),
            block => lines.feed(block, |line| printer.take(line)),
        };
        printer.write()?;
        taken?;
    }
}
