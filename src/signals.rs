//! Interrupts, and the reader of stdout going away. Both wake the main thread, which then looks
//! here; nothing else touches signals.

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{FileType, fstat};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::emulate_default_handler;

use crate::poller::Waker;

/// How long the ending may take, before the process goes as it is.
pub const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long deleting the queue may take after that.
pub const HASTE: Duration = Duration::from_millis(500);

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

/// What has happened beside the polling.
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
        let raw = Arc::new(AtomicUsize::new(0));
        let (seen, number) = (Arc::clone(&raw), Arc::clone(&self.number));
        let last_words = Arc::new(last_words);
        ctrlc::set_handler(move || {
            let signal = which(&seen);
            if ignored & mask(signal) != 0 {
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
        // After ctrlc, whose handler is called first: `which` waits for the number.
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let number = signal.unsigned_abs() as usize;
            signal_hook::flag::register_usize(signal, Arc::clone(&raw), number)?;
        }
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

/// The number of the signal that ctrlc has announced; it does not say which it was.
fn which(seen: &AtomicUsize) -> i32 {
    loop {
        let number = seen.swap(0, Ordering::AcqRel);
        if let Some(number) = i32::try_from(number).ok().filter(|n| *n != 0) {
            return number;
        }
        thread::yield_now();
    }
}

fn mask(signal: i32) -> u64 {
    1_u64
        .checked_shl(signal.unsigned_abs().saturating_sub(1))
        .unwrap_or(0)
}

/// The signals that were ignored when the process started, as by nohup or in a background job of a
/// script: those stay ignored. Only Linux tells without `unsafe`.
fn ignored_signals() -> u64 {
    fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(line.trim(), 16).ok()
        })
        .unwrap_or(0)
}
