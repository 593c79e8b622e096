//! A disk that takes its time, and a name that is never resolved.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use super::{AT_ONCE, LIMIT, end, keeping, saved};
use crate::support::answers::{events, lines, poll, registered, server};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Home, Tail};
use crate::support::running::{Running, Signal};
use crate::support::server::Server;
use crate::support::slow::{SlowDisk, wait_looking_up, without_names};
use crate::support::times::assert_within;

const SYNC: Duration = Duration::from_secs(3);

/// A run that is slow to save that it has printed event 0.
struct Saving {
    running: Running,
    server: Server,
    home: Home,
    disk: SlowDisk,
}

/// `server` makes a server whose first poll is held.
#[track_caller]
fn saving(server: fn() -> Server) -> Saving {
    let start = |number, time| {
        let (home, server) = (Home::new(), server());
        let (tail, disk) = SlowDisk::tail(keeping(&server, &home), &home, number, time);
        let running = tail.start();
        server.wait_held();
        Saving {
            running,
            server,
            home,
            disk,
        }
    };
    // How often it saves before the first poll is not known here: a quick run tells.
    let before = start(1, Duration::ZERO).disk.flushes();
    let saving = start(before + 1, SYNC);
    assert_eq!(saving.disk.flushes(), before);
    saving.server.release(events(&[0]));
    saving.running.wait_lines(1);
    saving.disk.wait_busy();
    saving
}

fn registering() -> Server {
    server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), Reply::hold())
}

fn files(home: &Home) -> BTreeSet<String> {
    let entries = fs::read_dir(home.path(".")).expect("the folder");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    entries
        .map(|entry| name(entry).to_string_lossy().into_owned())
        .collect()
}

#[test]
fn a_save_that_takes_three_seconds_is_waited_for_and_leaves_nothing_behind() {
    let Saving {
        running,
        server,
        home,
        disk,
    } = saving(|| {
        registering()
            // Of the run that follows.
            .on(poll("q", 0).optional(), events(&[1]))
    });
    let exit = end(running, Signal::TERM, SYNC + LIMIT);
    drop(disk);
    assert_eq!((exit.stdout, exit.stderr.as_str()), (lines(&[0]), ""));
    assert_eq!(saved(&home), Some(0));
    let expected = [".wyzepalrc", "cursor", "cursor.lock"].map(str::to_owned);
    assert_eq!(files(&home), expected.into());
    let next = keeping(&server, &home).args(["-C", "1"]);
    next.stdout(lines(&[1])).run();
}

/// The kernel lets a process go only when its flush is over; but what would follow it must not.
#[test]
fn a_second_signal_kills_while_a_slow_disk_saves() {
    let Saving {
        running,
        home,
        server: _server,
        disk: _disk,
    } = saving(registering);
    let sent = Instant::now();
    running.signal(Signal::TERM);
    running.wait_taken(Signal::TERM);
    running.signal(Signal::INT);
    let exit = running.wait_exit();
    assert_within(SYNC + AT_ONCE, sent);
    // Where both come together, their order may be lost.
    let signals = [Some(Signal::TERM), Some(Signal::INT)];
    assert!(signals.contains(&exit.signal), "{exit}");
    assert_eq!(saved(&home), Some(-1));
}

#[test]
fn a_name_that_is_never_resolved_holds_no_end() {
    let forms: [&[&str]; 2] = [&["--check"], &["--once", "-n", "1"]];
    at_once(forms.map(|args| (args.join(" "), args)), |_, args| {
        let tail = Tail::new("https://chat.example.com").args(args.iter().copied());
        let running = without_names(tail, &Home::new()).start();
        wait_looking_up(&running);
        let exit = end(running, Signal::TERM, LIMIT);
        assert_eq!(exit.stderr, "");
    });
}
