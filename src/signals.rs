//! Interrupts, and the reader of stdout going away. Both wake the main thread, which then looks
//! here; nothing else touches signals.
//!
//! Not for what a run does when it is woken (`stop.rs`, `tail`).

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, SigmaskHow, Signal as Number};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{FileType, fstat};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::emulate_default_handler;

/// How long the ending may take, before the process goes as it is.
pub const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long deleting the queue may take after that.
pub const HASTE: Duration = Duration::from_millis(500);
/// How long after ctrlc's handler the mark of a signal may come, on a machine that is very busy.
const MARKING: Duration = Duration::from_secs(2);
/// The same when the program is ending already: two of the same kind may have left one mark.
const MARKING_AGAIN: Duration = Duration::from_millis(300);
/// The signals that end the program in good order.
const HANDLED: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// A signal that asks the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(i32);

impl Signal {
    /// Ends the process by this signal, so that a shell or a supervisor sees what happened.
    pub fn die(self) {
        // On failure the caller ends the process another way.
        let _ = emulate_default_handler(self.0);
    }
}

/// Signals that end the program are held back from this thread while it lives, and for ever from threads
/// that are started meanwhile.
pub struct Held {
    before: SigSet,
}

impl Held {
    /// For threads that begin before [`Signals::listen`] has all in place to tell signals apart.
    pub fn begin() -> io::Result<Held> {
        let held: SigSet = [Number::SIGINT, Number::SIGTERM, Number::SIGHUP]
            .into_iter()
            .collect();
        let before = held.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        Ok(Held { before })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // It fails only for numbers that are none.
        let _ = self.before.thread_set_mask();
    }
}

/// Wakes the main thread from anywhere.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// `wake` must never block.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Waker {
        Waker(Arc::new(wake))
    }

    fn wake(&self) {
        (self.0)();
    }
}

/// What has happened beside the main thread's work.
#[derive(Clone, Default)]
pub struct Signals {
    /// The number of the last signal; 0 for none.
    number: Arc<AtomicUsize>,
    reader_gone: Arc<AtomicBool>,
}

impl Signals {
    /// The signal that asked for the end, if one did.
    pub fn interrupt(&self) -> Option<Signal> {
        let number = self.number.load(Ordering::Acquire);
        i32::try_from(number).ok().filter(|n| *n != 0).map(Signal)
    }

    /// Whether nobody reads standard output any more.
    pub fn reader_is_gone(&self) -> bool {
        self.reader_gone.load(Ordering::Acquire)
    }

    /// Listens for INT, TERM and HUP. The first wakes the main thread, which has two seconds to
    /// end; then `last_words` is called and the process dies. A second one kills at once.
    pub fn listen(
        &self,
        waker: Waker,
        last_words: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<()> {
        let ignored = ignored_signals();
        let marks = HANDLED.map(|signal| (signal, Arc::new(AtomicBool::new(false))));
        let (seen, number) = (marks.clone(), Arc::clone(&self.number));
        let last_words = Arc::new(last_words);
        // One that comes before the marks are in place would not tell which it is.
        let held = Held::begin()?;
        let mut last = None;
        ctrlc::set_handler(move || {
            let patience = match number.load(Ordering::Acquire) {
                0 => MARKING,
                _ => MARKING_AGAIN,
            };
            // Without a mark of its own it is the same as before, which came twice.
            let signal = which(&seen, patience).or(last).unwrap_or(SIGINT);
            last = Some(signal);
            if ignored.contains(&signal) {
                return;
            }
            if number.swap(signal.unsigned_abs() as usize, Ordering::AcqRel) != 0 {
                Signal(signal).die();
                return;
            }
            waker.wake();
            let last_words = Arc::clone(&last_words);
            thread::spawn(move || {
                thread::sleep(LAST_WORDS);
                last_words();
                Signal(signal).die();
            });
        })
        .map_err(io::Error::other)?;
        // After ctrlc, whose handler is called first: `which` waits for the mark.
        for (signal, mark) in marks {
            signal_hook::flag::register(signal, mark)?;
        }
        drop(held);
        Ok(())
    }

    /// Waits beside the poll for the reader of stdout to go away, where stdout can tell.
    pub fn watch_reader(&self, waker: Waker) -> io::Result<()> {
        let stdout = io::stdout().as_fd().try_clone_to_owned()?;
        let kind = FileType::from_raw_mode(fstat(&stdout)?.st_mode);
        if !matches!(kind, FileType::Fifo | FileType::Socket) {
            return Ok(());
        }
        let gone = Arc::clone(&self.reader_gone);
        thread::Builder::new()
            .name("reader-watch".into())
            .spawn(move || {
                // Asking for no event at all leaves only errors and hang-ups.
                let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
                while let Err(rustix::io::Errno::INTR) = poll(&mut fds, None) {}
                gone.store(true, Ordering::Release);
                waker.wake();
            })
            .map(drop)
    }
}

/// The signal that ctrlc has announced; it does not say which it was. None if nothing else tells
/// it either.
fn which(marks: &[(i32, Arc<AtomicBool>)], patience: Duration) -> Option<i32> {
    let deadline = Instant::now() + patience;
    loop {
        let marked = |(_, mark): &&(i32, Arc<AtomicBool>)| mark.swap(false, Ordering::AcqRel);
        if let Some((signal, _)) = marks.iter().find(marked) {
            return Some(*signal);
        }
        if Instant::now() >= deadline {
            return None;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Those that were ignored when the process started, as by nohup or in a background job of a script: they
/// stay ignored. Only Linux tells without `unsafe`.
fn ignored_signals() -> Vec<i32> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default();
    // The lowest bit is signal 1.
    let is_ignored = |signal: &i32| mask >> (signal - 1) & 1 == 1;
    HANDLED.into_iter().filter(is_ignored).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_two_signals_at_once_is_told_and_then_none() {
        let marks = HANDLED.map(|signal| (signal, Arc::new(AtomicBool::new(signal != SIGTERM))));
        let asked = || which(&marks, MARKING_AGAIN);
        assert_eq!(
            [asked(), asked(), asked()],
            [Some(SIGINT), Some(SIGHUP), None]
        );
    }
}
