//! Reads what the program prints, line by line, and remembers only which numbers have come.
//!
//! A bit for each: hours of events fit into half a megabyte. Not for what else the lines say.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::flow::text::number_in;

/// The numbers that have come.
#[derive(Debug, Default)]
pub struct Census {
    /// Lines, with a number or without.
    pub lines: u64,
    /// Different numbers.
    pub numbers: u64,
    /// Numbers that came again.
    pub twice: Vec<u64>,
    bits: Vec<u64>,
}

impl Census {
    /// Whether that number has come.
    pub fn has(&self, number: u64) -> bool {
        let word = self.bits.get(index(number));
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    fn count(&mut self, line: &str) {
        self.lines += 1;
        let Some(number) = number_in(line) else {
            return;
        };
        if self.has(number) {
            self.twice.push(number);
            return;
        }
        self.numbers += 1;
        let length = self.bits.len().max(index(number) + 1);
        self.bits.resize(length, 0);
        self.bits[index(number)] |= 1 << (number % 64);
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number / 64).expect("a number that was sent")
}

/// Reads a pipe until it ends.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    census: Arc<Mutex<Census>>,
    stalled: Arc<AtomicBool>,
}

impl Reader {
    /// Reads a named pipe, once somebody writes into it.
    pub fn start(pipe: PathBuf) -> Reader {
        let reader = Reader::default();
        let theirs = reader.clone();
        thread::spawn(move || theirs.read(&pipe));
        reader
    }

    /// What has come so far.
    pub fn census<R>(&self, look: impl FnOnce(&mut Census) -> R) -> R {
        look(&mut self.census.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads no more for that long, and holds up the caller meanwhile.
    pub fn stall(&self, span: Duration) {
        self.stalled.store(true, Ordering::Relaxed);
        thread::sleep(span);
        self.stalled.store(false, Ordering::Relaxed);
    }

    fn read(&self, pipe: &Path) {
        let mut lines = BufReader::new(File::open(pipe).expect("the pipe"));
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .is_ok_and(|count| count > 0)
        {
            self.census(|census| census.count(&String::from_utf8_lossy(&line)));
            line.clear();
            while self.stalled.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(10));
            }
        }
    }
}
