//! A program that runs while a test watches it, signals it, and waits for what it prints.
//!
//! Not for preparing it (`run.rs`). It is killed when this is dropped.

use std::fmt;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

pub use rustix::process::Signal;
use rustix::process::{Pid, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};
use rustix::termios::isatty;

use super::board::Board;
use super::run::Home;
use super::screen::{Order, Phase, Reader, Screen};
use super::terminal;
use super::times::DEADLINE;
use super::vitals::Vitals;

/// How long a program may run that a test waits for. Long, as it costs nothing unless the test fails.
const LIFETIME: Duration = Duration::from_mins(1);

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
    /// Read until the end, whatever happens to stdout.
    _stderr: Reader,
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
            _stderr: stderr,
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

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(pid(&self.child), signal).expect("the program to be there for the signal");
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
    pub fn stall(&mut self) {
        self.stdout.tell(Order::Stall);
    }

    /// Reads stdout again.
    pub fn read_on(&mut self) {
        self.stdout.tell(Order::Read);
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
