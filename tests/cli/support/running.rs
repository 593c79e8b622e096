//! A program that runs while a test watches it, signals it, and waits for what it prints.
//!
//! Not for preparing it (`run.rs`). It is killed when this is dropped.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
pub use rustix::process::Signal;
use rustix::process::{Pid, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};
use rustix::termios::isatty;

use super::board::Board;
use super::run::Home;
use super::screen::{Order, Phase, Reader, Screen, Stream};
use super::terminal;
use super::times::{DEADLINE, assert_within, wait_until};
use super::vitals::Vitals;

/// How long a program may run that a test waits for. Long, as it costs nothing unless the test fails.
const LIFETIME: Duration = Duration::from_mins(3);

/// What fills a pipe that is to be full.
pub const FILLER: &str = "#";

/// How it ended, and everything that it printed.
#[derive(Clone, Debug)]
pub struct Exit {
    /// The exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<Signal>,
    /// Its stdout; invalid UTF-8 is replaced.
    pub stdout: String,
    /// Its stderr; invalid UTF-8 is replaced.
    pub stderr: String,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "code: {:?}, signal: {:?}", self.code, self.signal)?;
        write!(f, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr)
    }
}

/// A running program.
#[must_use]
pub struct Running {
    child: Child,
    board: Arc<Board<Screen>>,
    stdout: Reader,
    /// The terminal that stdout is, if it is one.
    terminal: Option<OwnedFd>,
    stderr: Reader,
    /// Removed when the last run in it is over.
    _home: Home,
}

impl Running {
    /// Starts `command`; `stdout` and `stderr` are the test's ends of its streams.
    pub fn start(
        mut command: Command,
        input: Option<Vec<u8>>,
        stdout: OwnedFd,
        stderr: OwnedFd,
        home: Home,
    ) -> Running {
        // A group of its own, so that what a shell starts ends with it.
        let mut child = command
            .process_group(0)
            .spawn()
            .expect("the program starts");
        // It holds the other ends of the streams, which would never end.
        drop(command);
        if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
            // The program need not read it all.
            thread::spawn(move || stdin.write_all(&input).unwrap_or_default());
        }
        let board = Arc::new(Board::new(Screen::default()));
        let (watched, pid) = (Arc::clone(&board), pid(&child));
        thread::spawn(move || {
            // Its number stays taken until `wait_exit` or the drop, so that no signal can hit a stranger.
            let _ = waitid(
                WaitId::Pid(pid),
                WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
            );
            watched.update(|screen| screen.phase = Phase::Ended);
        });
        let terminal = isatty(&stdout).then(|| stdout.try_clone().expect("another end of it"));
        let stdout = Reader::start(stdout, &board, |screen| &mut screen.stdout);
        let stderr = Reader::start(stderr, &board, |screen| &mut screen.stderr);
        Running {
            child,
            board,
            stdout,
            terminal,
            stderr,
            _home: home,
        }
    }

    /// Waits for a line of stdout that `wanted` accepts.
    #[track_caller]
    pub fn wait_line(&self, wanted: impl Fn(&str) -> bool) -> String {
        self.board.wait("a line of stdout", |screen| {
            screen.stdout.lines().into_iter().find(|line| wanted(line))
        })
    }

    /// Waits until stdout has that many lines, and gives all there are.
    #[track_caller]
    pub fn wait_lines(&self, count: usize) -> Vec<String> {
        let enough =
            |screen: &mut Screen| Some(screen.stdout.lines()).filter(|lines| lines.len() >= count);
        self.board.wait(&format!("{count} lines of stdout"), enough)
    }

    /// Waits until stderr contains `part`.
    #[track_caller]
    pub fn wait_stderr(&self, part: &str) {
        let there = |screen: &mut Screen| screen.stderr.text().contains(part).then_some(());
        self.board.wait(&format!("{part:?} on stderr"), there);
    }

    /// The complete lines of stdout so far.
    pub fn lines(&self) -> Vec<String> {
        self.board.update(|screen| screen.stdout.lines())
    }

    /// The number of the process.
    pub fn number(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it has held so far, in kB.
    #[track_caller]
    pub fn peak_memory(&self) -> u64 {
        Vitals::of(self.number()).expect("a program that runs").peak
    }

    /// Resizes the terminal that stdout is.
    #[track_caller]
    pub fn resize(&self, cols: u16, rows: u16) {
        let terminal = self.terminal.as_ref().expect("stdout on a terminal");
        terminal::resize(terminal, cols, rows);
    }

    /// Sends a signal, as soon as the program runs: until then it is `env`, which may still ignore it, as the tests may.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        let pid = pid(&self.child);
        let program = format!("/proc/{}/exe", pid.as_raw_nonzero());
        wait_until("the program to run", || {
            !fs::read_link(&program).is_ok_and(|program| program.ends_with("env"))
        });
        kill_process(pid, signal).expect("the program to be there for the signal");
    }

    /// Nobody reads stdout any more; waits until that has happened.
    #[track_caller]
    pub fn close_stdout(&mut self) {
        self.stdout.tell(Order::Leave);
        self.board.wait("the reader of stdout to leave", |screen| {
            (screen.stdout.phase == Phase::Ended).then_some(())
        });
    }

    /// Leaves stdout unread, until `read_on`.
    #[track_caller]
    pub fn stall(&mut self) {
        self.stdout.tell(Order::Stall);
        self.wait_stalled("stdout", |screen| &mut screen.stdout);
    }

    /// Leaves stderr unread until `read_on`, and full: whoever writes to it is stuck.
    #[track_caller]
    pub fn clog_stderr(&mut self) {
        self.stderr.tell(Order::Stall);
        self.wait_stalled("stderr", |screen| &mut screen.stderr);
        self.fill("2");
    }

    /// Leaves stdout unread until `read_on`, and full: whoever writes to it is stuck.
    #[track_caller]
    pub fn clog_stdout(&mut self) {
        self.stall();
        self.fill("1");
    }

    #[track_caller]
    fn wait_stalled(&self, what: &str, pick: fn(&mut Screen) -> &mut Stream) {
        self.board
            .wait(&format!("the reader of {what} to stop"), |screen| {
                let stream = pick(screen);
                (stream.order == Order::Stall || stream.phase == Phase::Ended).then_some(())
            });
    }

    /// Fills a pipe of the program with `FILLER`.
    #[track_caller]
    fn fill(&self, stream: &str) {
        let path = format!("/proc/{}/fd/{stream}", self.number());
        // Opened anew, so that the program's own end still blocks.
        let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).expect("a flag");
        let mut pipe: File = OpenOptions::new()
            .write(true)
            .custom_flags(nonblocking)
            .open(path)
            .expect("another end of the pipe");
        for piece in [FILLER.repeat(4096), FILLER.to_owned()] {
            while pipe.write_all(piece.as_bytes()).is_ok() {}
        }
    }

    /// Reads both streams again.
    pub fn read_on(&mut self) {
        self.stdout.tell(Order::Read);
        self.stderr.tell(Order::Read);
    }

    /// How much of stdout has been written and not yet been read.
    pub fn unread(&self) -> u64 {
        self.stdout.unread()
    }

    /// Whether one of its threads waits in that function of the kernel.
    pub fn waits_in(&self, function: &str) -> bool {
        let threads = fs::read_dir(format!("/proc/{}/task", self.number())).expect("its threads");
        threads.flatten().any(|thread| {
            // One that has ended meanwhile does not wait.
            let place = fs::read_to_string(thread.path().join("wchan")).unwrap_or_default();
            place.contains(function)
        })
    }

    /// Whether it waits for somebody to read what it writes.
    pub fn is_stuck(&self) -> bool {
        self.waits_in("pipe_write")
    }

    /// Waits until it is stuck in a write that nobody reads.
    #[track_caller]
    pub fn wait_stuck(&self) {
        wait_until("a write that is stuck", || self.is_stuck());
    }

    /// Waits until a signal that was sent has been taken by the program.
    #[track_caller]
    pub fn wait_taken(&self, signal: Signal) {
        wait_until("the signal to be taken", || {
            let status = fs::read_to_string(format!("/proc/{}/status", self.number()));
            let status = status.expect("its status");
            let pending = status.lines().filter_map(|line| {
                let mask = line
                    .strip_prefix("SigPnd:")
                    .or(line.strip_prefix("ShdPnd:"));
                u64::from_str_radix(mask?.trim(), 16).ok()
            });
            // The lowest bit is signal 1.
            pending.fold(0, |all, mask| all | mask) >> (signal.as_raw() - 1) & 1 == 0
        });
    }

    /// Waits for the end of the program, then reads what is left in its streams; kills it if that
    /// takes too long.
    #[track_caller]
    pub fn wait_exit(mut self) -> Exit {
        let over = |screen: &mut Screen| (screen.phase == Phase::Ended).then_some(());
        let read = |screen: &mut Screen| {
            let phases = [screen.stdout.phase, screen.stderr.phase];
            phases
                .iter()
                .all(|phase| *phase == Phase::Ended)
                .then_some(())
        };
        let ended = self.board.wait_at_most(LIFETIME, over);
        if ended.is_none() {
            let _ = kill_process_group(pid(&self.child), Signal::KILL);
        }
        self.read_on();
        // Its streams may stay open in a child of its own.
        let complete = self.board.wait_at_most(DEADLINE, read);
        let status = self.child.wait().expect("the program's status");
        let (stdout, stderr) = self
            .board
            .update(|screen| (screen.stdout.text(), screen.stderr.text()));
        let signal = status.signal().and_then(Signal::from_named_raw);
        let exit = Exit {
            code: status.code(),
            signal,
            stdout,
            stderr,
        };
        assert!(
            ended.is_some(),
            "the program did not end within {LIFETIME:?} and was killed\n{exit}"
        );
        assert!(
            complete.is_some(),
            "something keeps the program's streams open\n{exit}"
        );
        // On another thread it would end nothing.
        assert!(!exit.stderr.contains("panicked at"), "{exit}");
        exit
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // As long as nobody has waited for it, no stranger can have its number.
        if let Ok(None) = self.child.try_wait() {
            let _ = kill_process_group(pid(&self.child), Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

fn pid(child: &Child) -> Pid {
    let number = i32::try_from(child.id()).expect("a process number");
    Pid::from_raw(number).expect("a process number above 0")
}

/// Sends a signal, by which the program has to die within that time.
#[track_caller]
pub fn end(running: Running, signal: Signal, limit: Duration) -> Exit {
    let sent = Instant::now();
    running.signal(signal);
    let exit = running.wait_exit();
    assert_within(limit, sent);
    assert_eq!(exit.signal, Some(signal), "{exit}");
    exit
}
