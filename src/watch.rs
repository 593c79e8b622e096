//! Who ends a run, and when: signals, the reader of standard output, `--timeout`, `--give-up-after`.
//!
//! The main thread is *inside*, but while it waits for something outside the program, which it says by
//! [`Watch::outside`]. What it does inside (printing, saving, deciding) nobody interrupts, and on its way
//! out nothing is in hand. Once somebody ends the run, `outside` does not return: the main thread parks for
//! ever, so that an answer that comes because of that very end has no consequence. Whoever is first ends the
//! run, and only he.
//!
//! Every end has a bound, whatever is stuck: [`GRACE`] for the main thread to come outside and as much again
//! for what is left to do, and [`SAVING`] more while a slow disk is saving.

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, SigmaskHow, Signal as Number};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, fstat};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::emulate_default_handler;

use crate::error::Exit;

/// How long the main thread may hold up the end, and how long what is left to do may take.
const GRACE: Duration = Duration::from_secs(2);
/// How much longer it may be held up while something is being saved.
const SAVING: Duration = Duration::from_secs(10);
/// How often to look whether the main thread has come outside that should have given up.
const INSIDE: Duration = Duration::from_millis(100);
/// The signals that end a run.
const HANDLED: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// A signal that asks the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(i32);

impl Signal {
    /// Ends the process by this signal, so that a shell or a supervisor sees what happened. The first
    /// process of a container cannot be killed by its own signals: it exits with the code that a shell
    /// would show.
    fn die(self) -> ! {
        if !is_first_process() {
            // It fails only for numbers that are no signals.
            let _ = emulate_default_handler(self.0);
        }
        process::exit(self.exit_code())
    }

    fn exit_code(self) -> i32 {
        128 + self.0
    }
}

fn is_first_process() -> bool {
    process::id() == 1
}

/// Why a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The main thread ends it, with this exit code.
    Finished(Exit),
    /// A signal came.
    Signal(Signal),
    /// Nobody reads standard output any more.
    ReaderGone,
    /// `--timeout` is over; the exit code that this means.
    TimedOut(Exit),
    /// The server was out of reach for `--give-up-after`, which is so long.
    GaveUp(Duration),
}

impl Cause {
    fn leave(self) -> ! {
        match self {
            Cause::Finished(exit) | Cause::TimedOut(exit) => exit.leave(),
            Cause::ReaderGone => Exit::Done.leave(),
            Cause::GaveUp(_) => Exit::Unreachable.leave(),
            Cause::Signal(signal) => signal.die(),
        }
    }
}

/// What ends a run by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// When `--timeout` is over, and the exit code that this means.
    pub timeout: Option<(Instant, Exit)>,
    /// How long the server may be out of reach.
    pub give_up_after: Option<Duration>,
}

/// What is left to do when the run ends, whichever thread ends it. The process ends after it, and also if it takes too
/// long.
type Cleanup = Box<dyn Fn(&Ending) + Send + Sync>;

/// An end that is under way.
pub struct Ending<'a> {
    /// Why the run ends.
    pub cause: Cause,
    /// When it began.
    began: Instant,
    watch: &'a Watch,
}

impl Ending<'_> {
    /// How much of the time there is left to do things in; a little in any case.
    pub fn time_left(&self) -> Duration {
        const LEAST: Duration = Duration::from_millis(500);
        const MOST: Duration = Duration::from_millis(1500);
        GRACE
            .saturating_sub(self.began.elapsed())
            .clamp(LEAST, MOST)
    }

    /// Saves something, which a slow disk may take its time for.
    pub fn saving<T>(&self, save: impl FnOnce() -> T) -> T {
        self.watch.set_saving(true);
        let result = save();
        self.watch.set_saving(false);
        result
    }
}

/// Watches over the main thread. All clones are the same watch.
#[derive(Clone)]
pub struct Watch {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    limits: Limits,
    state: Mutex<WatchState>,
    changed: Condvar,
    cleanup: OnceLock<Cleanup>,
}

#[derive(Default)]
struct WatchState {
    /// Whether the main thread waits for something outside.
    outside: bool,
    /// Whether something is being saved.
    saving: bool,
    end: End,
    /// Since when the server is out of reach.
    silent_since: Option<Instant>,
}

/// Whether somebody ends the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum End {
    /// Nobody does.
    #[default]
    None,
    /// Somebody waits for the main thread to come outside.
    Asked,
    /// Somebody does, whatever the main thread does.
    Taken,
    /// The main thread does.
    Finished,
}

impl Watch {
    /// Listens for INT, TERM and HUP, for the reader of standard output going away, and to the clock. To be
    /// called before there is any other thread.
    pub fn start(limits: Limits) -> io::Result<Watch> {
        let shared = Arc::new(Shared {
            limits,
            ..Shared::default()
        });
        let watch = Watch { shared };
        listen(watch.clone())?;
        let stdout = io::stdout().as_fd().try_clone_to_owned().ok();
        let stdout = stdout.filter(tells_of_its_reader);
        let watching = watch.clone();
        thread::Builder::new()
            .name("watch".into())
            .spawn(move || watching.look(stdout.as_ref()))?;
        Ok(watch)
    }

    /// Sets what is left to do at the end, once.
    pub fn set_cleanup(&self, cleanup: impl Fn(&Ending) + Send + Sync + 'static) {
        let _ = self.shared.cleanup.set(Box::new(cleanup));
    }

    /// Waits for something outside. Neither begins nor returns once somebody ends the run.
    pub fn outside<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.step(true);
        let result = wait();
        self.step(false);
        result
    }

    fn step(&self, outside: bool) {
        let mut state = self.lock();
        if state.end != End::None {
            state.outside = true;
            self.park(state);
        }
        state.outside = outside;
    }

    /// Saves something on the main thread, which is waited for longer meanwhile.
    pub fn saving<T>(&self, save: impl FnOnce() -> T) -> T {
        let state = self.lock();
        if state.end == End::Taken {
            // Whoever ends the run saves what was printed before.
            self.park(state);
        }
        drop(state);
        self.set_saving(true);
        let result = save();
        self.set_saving(false);
        result
    }

    fn set_saving(&self, saving: bool) {
        self.lock().saving = saving;
        self.shared.changed.notify_all();
    }

    /// Since when the server is out of reach, for as long as the main thread waits for it: it is given up on
    /// after `--give-up-after`. What is told first is always now.
    pub fn set_silent_since(&self, since: Option<Instant>) {
        self.lock().silent_since = since;
    }

    /// When a server is given up on that is out of reach since then.
    pub fn give_up_at(&self, silent_since: Instant) -> Option<Instant> {
        silent_since.checked_add(self.shared.limits.give_up_after?)
    }

    /// Ends the run on the main thread, also if somebody else still waits for it to come outside.
    /// `last_word` comes after all else that is left to do.
    pub fn finish(&self, exit: Exit, last_word: impl FnOnce()) -> ! {
        let mut state = self.lock();
        if state.end == End::Taken {
            self.park(state);
        }
        state.end = End::Finished;
        drop(state);
        self.shared.changed.notify_all();
        self.leave(Cause::Finished(exit), Instant::now(), last_word)
    }

    /// Ends the run on another thread. Returns only where it is ended already.
    fn end(&self, cause: Cause) {
        let state = self.lock();
        self.end_from(state, cause);
    }

    fn end_from<'a>(&'a self, mut state: MutexGuard<'a, WatchState>, cause: Cause) {
        let began = Instant::now();
        if state.end != End::None {
            return;
        }
        state.end = End::Asked;
        state = self.wait_until(state, |state| state.outside || state.end == End::Finished);
        if state.end == End::Finished {
            return;
        }
        state.end = End::Taken;
        drop(state);
        self.leave(cause, began, || {})
    }

    /// Does what is left to do, and ends the process; also if that hangs.
    fn leave(&self, cause: Cause, began: Instant, last_word: impl FnOnce()) -> ! {
        let guard = self.clone();
        // Without a thread it ends all the same, unless something hangs.
        let _ = thread::Builder::new().name("guard".into()).spawn(move || {
            drop(guard.wait_until(guard.lock(), |_| false));
            cause.leave();
        });
        if let Some(cleanup) = self.shared.cleanup.get() {
            cleanup(&Ending {
                cause,
                began,
                watch: self,
            });
        }
        last_word();
        cause.leave()
    }

    /// Waits for something, as long as an end may be held up.
    fn wait_until<'a>(
        &'a self,
        mut state: MutexGuard<'a, WatchState>,
        done: impl Fn(&WatchState) -> bool,
    ) -> MutexGuard<'a, WatchState> {
        let last = Instant::now() + GRACE + SAVING;
        let mut until = Instant::now() + GRACE;
        while !done(&state) {
            let saving = state.saving;
            let limit = if saving { last } else { until.min(last) };
            let left = limit.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.shared.changed.wait_timeout(state, left);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if saving && !state.saving {
                until = Instant::now() + GRACE;
            }
        }
        state
    }

    /// Ends the run when it is time to, or when nobody reads standard output any more.
    fn look(&self, stdout: Option<&OwnedFd>) {
        let Limits {
            timeout,
            give_up_after,
        } = self.shared.limits;
        loop {
            let state = self.lock();
            let now = Instant::now();
            if let Some((at, exit)) = timeout
                && at <= now
            {
                return self.end_from(state, Cause::TimedOut(exit));
            }
            let give_up_at = state.silent_since.and_then(|since| self.give_up_at(since));
            // Only where it waits for the server has the server been silent.
            if state.outside && give_up_at.is_some_and(|at| at <= now) {
                let limit = give_up_after.unwrap_or_default();
                return self.end_from(state, Cause::GaveUp(limit));
            }
            drop(state);
            let left = |at: Instant| at.saturating_duration_since(now);
            let waits = [
                timeout.map(|(at, _)| left(at)),
                // What is told meanwhile is no nearer; where it is over, the main thread is inside.
                give_up_at.map(|at| left(at).max(INSIDE)).or(give_up_after),
            ];
            let wait = waits.into_iter().flatten().min();
            let wait = wait.and_then(|wait| Timespec::try_from(wait).ok());
            // Asking for no event at all leaves only errors and hang-ups.
            let mut stdout: Vec<_> = stdout
                .iter()
                .map(|stdout| PollFd::new(stdout, PollFlags::empty()))
                .collect();
            if matches!(poll(&mut stdout, wait.as_ref()), Ok(1..)) {
                return self.end(Cause::ReaderGone);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, WatchState> {
        let state = self.shared.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves the end to whoever takes it.
    fn park(&self, state: MutexGuard<WatchState>) -> ! {
        drop(state);
        self.shared.changed.notify_all();
        loop {
            thread::park();
        }
    }
}

/// Whether it is a pipe or a socket.
fn tells_of_its_reader(stdout: &OwnedFd) -> bool {
    fstat(stdout).is_ok_and(|status| {
        let kind = FileType::from_raw_mode(status.st_mode);
        matches!(kind, FileType::Fifo | FileType::Socket)
    })
}

/// From now on the first signal ends the run, and a second one kills the process at once.
fn listen(watch: Watch) -> io::Result<()> {
    let ignored = ignored_signals();
    let (came, number) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let last = Arc::clone(&number);
    // One that comes before all is in place would not tell which it is.
    let held: SigSet = [Number::SIGINT, Number::SIGTERM, Number::SIGHUP]
        .into_iter()
        .collect();
    let before = held.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    ctrlc::set_handler(move || {
        if let Some(signal) = which(&last) {
            watch.end(Cause::Signal(signal));
            // Another end is under way, and has as long as this one would have had.
            thread::sleep(GRACE);
            signal.die();
        }
    })
    .map_err(io::Error::other)?;
    // After ctrlc, whose handler is called first: `which` waits for the number.
    for signal in HANDLED {
        if ignored.contains(&signal) {
            continue;
        }
        if is_first_process() {
            let code = Signal(signal).exit_code();
            flag::register_conditional_shutdown(signal, code, Arc::clone(&came))?;
        } else {
            flag::register_conditional_default(signal, Arc::clone(&came))?;
        }
        flag::register(signal, Arc::clone(&came))?;
        let value = signal.unsigned_abs() as usize;
        flag::register_usize(signal, Arc::clone(&number), value)?;
    }
    before.thread_set_mask()?;
    Ok(())
}

/// The signal that ctrlc has announced; it does not say which it was. None: one that is ignored.
fn which(number: &AtomicUsize) -> Option<Signal> {
    let deadline = Instant::now() + GRACE;
    loop {
        if let Some(signal) = i32::try_from(number.load(Ordering::Acquire))
            .ok()
            .filter(|number| *number != 0)
        {
            return Some(Signal(signal));
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
