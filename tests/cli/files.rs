//! Local files that are no files, cannot be read, or cannot be written: one line says which and
//! why, nothing hangs, and what was not written is not acknowledged.
//!
//! Not for where config files are looked for (`config.rs`) or what a cursor is for (`cursor.rs`).

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::support::account::{EMAIL, KEY, rc};
use crate::support::answers::{event_texts, events, following, poll, registered, server};
use crate::support::expect::Expect;
use crate::support::greeter::{HELLO, greeter};
use crate::support::run::{Expected, Home, NOWHERE, PROGRAM, Tail};
use crate::support::running::Signal;
use crate::support::server::Server;

/// Files that grow beyond nothing cannot be written, as on a full disk.
const FULL: &str = "trap '' XFSZ; ulimit -f 0; exec \"$@\"";

/// A folder with things that are no files.
fn oddities() -> Home {
    let home = Home::new();
    fs::create_dir(home.path("folder")).expect("a folder");
    home.fifo("fifo");
    symlink("nowhere/at/all", home.path("dangling")).expect("a link");
    symlink("/dev/null", home.path("device")).expect("a link");
    home
}

/// How to run the program as somebody who may not read everything; none where that cannot be done.
/// The home folder is opened for reading and, where that is wanted, for writing.
fn unprivileged() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("exec \"$@\"".to_owned());
    }
    let drop = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let probe = Command::new("setpriv")
        .args(drop)
        .args([PROGRAM, "--version"])
        .output();
    let works = probe.is_ok_and(|output| output.status.success());
    works.then(|| format!("exec setpriv {} \"$@\"", drop.join(" ")))
}

/// A server whose queue has three events, if they are asked for.
fn three_or_none() -> Server {
    following().on(poll("q", -1).optional(), events(&[0, 1, 2]))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry.expect("an entry")))
        .collect();
    names.sort();
    names
}

#[test]
fn a_config_file_that_is_none_is_named_with_the_reason() {
    let home = oddities();
    for (file, part) in [
        ("folder", "directory"),
        ("dangling", "No such file"),
        ("device", "no section `[api]`"),
        ("/dev/zero", "is UTF-16"),
        (".wyzepalrc/x", "Not a directory"),
    ] {
        Tail::new(NOWHERE)
            .home(&home)
            .args(["--config", file])
            .stderr(Expected::one_line(&[file, part]))
            .code(2)
            .run();
    }
}

#[test]
fn a_named_pipe_is_a_config_file_as_soon_as_its_writer_writes() {
    let (server, home) = (greeter(), Home::new());
    home.fifo("fifo");
    let text = rc(EMAIL, &server.site());
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut pipe = writer(&home.path("fifo"));
            // Nothing is asked before the file is read.
            assert!(!server.comes_within(Duration::from_millis(200), &Expect::register()));
            pipe.write_all(text.as_bytes()).expect("a reader");
        });
        Tail::new(NOWHERE)
            .home(&home)
            .args(["--config", "fifo", "-C", "1"])
            .stdout(HELLO)
            .run();
    });
}

#[test]
fn a_named_pipe_whose_writer_says_nothing_can_be_interrupted() {
    let home = Home::new();
    home.fifo("fifo");
    let tail = Tail::new(NOWHERE)
        .home(&home)
        .args(["--config", "fifo"])
        .start();
    let _silent = writer(&home.path("fifo"));
    tail.signal(Signal::TERM);
    assert_eq!(tail.wait_exit().signal, Some(Signal::TERM));
}

/// The other end of a pipe that somebody opens for reading.
fn writer(path: &Path) -> File {
    File::options().write(true).open(path).expect("a reader")
}

#[test]
fn files_that_may_not_be_read_are_named() {
    let Some(script) = unprivileged() else { return };
    let home = Home::new();
    fs::set_permissions(home.path("."), Permissions::from_mode(0o777)).expect("its rights");
    home.write("cursor", "{}\n");
    for name in ["rc", "ca.pem"] {
        home.write(name, "");
    }
    for name in ["rc", "cursor", "ca.pem"] {
        // Not even for the owner, who may be the one that runs this.
        fs::set_permissions(home.path(name), Permissions::from_mode(0o000)).expect("its rights");
    }
    let cases: [(&[&str], i32, &[&str]); 3] = [
        (&["--config", "rc"], 2, &["cannot read config file rc"]),
        (
            &["--cursor-file", "cursor"],
            1,
            &["cannot read cursor file", "left as it was"],
        ),
        (
            &["--cert-bundle", "ca.pem"],
            2,
            &["cannot use certificate file ca.pem"],
        ),
    ];
    for (args, code, parts) in cases {
        Tail::new(NOWHERE)
            .home(&home)
            .without_rc()
            .env("WYZEPAL_EMAIL", EMAIL)
            .env("WYZEPAL_API_KEY", KEY)
            .env("WYZEPAL_SITE", "https://127.0.0.1:1")
            .within(&script)
            .args(args)
            .stderr(Expected::one_line(
                &[parts, &["Permission denied"]].concat(),
            ))
            .code(code)
            .run();
    }
    fs::set_permissions(home.path("cursor"), Permissions::from_mode(0o600)).expect("its rights");
    assert_eq!(
        fs::read_to_string(home.path("cursor")).expect("the file"),
        "{}\n"
    );
}

#[test]
fn a_certificate_file_that_is_none_is_named_with_the_reason() {
    let home = oddities();
    for option in ["--cert-bundle", "--client-cert"] {
        for (file, part) in [
            ("folder", "directory"),
            ("/dev/zero", "no certificate"),
            ("dangling", "No such file"),
        ] {
            Tail::new("https://127.0.0.1:1")
                .home(&home)
                .args([option, file])
                .stderr(Expected::one_line(&[
                    "cannot use certificate file",
                    file,
                    part,
                ]))
                .code(2)
                .run();
        }
    }
}

#[test]
fn a_cursor_file_that_is_no_file_is_refused_and_left_alone() {
    let home = oddities();
    let before = names(&home.path("."));
    for file in ["folder", "fifo", "device", "/dev/full"] {
        Tail::new(NOWHERE)
            .home(&home)
            .args(["--cursor-file", file])
            .stderr(Expected::one_line(&[
                "cursor file",
                "is not a regular file: name another one",
            ]))
            .code(1)
            .run();
        assert!(!Path::new("/dev/full.lock").exists() && !Path::new("/dev/null.lock").exists());
    }
    let mut after = names(&home.path("."));
    after.retain(|name| name != ".wyzepalrc");
    assert_eq!(after, before);
}

#[test]
fn a_cursor_that_cannot_be_saved_ends_it_before_anything_is_printed_and_leaves_no_queue() {
    let (server, home) = (three_or_none(), Home::new());
    Tail::new(&server.site())
        .home(&home)
        .within(FULL)
        .args(["--cursor-file", "cursor"])
        .stderr(Expected::one_line(&[
            "cannot save cursor file",
            "cursor",
            "too large",
        ]))
        .code(1)
        .run();
    let deleted = Expect::delete().param("queue_id", "q");
    assert!(server.comes_within(Duration::ZERO, &deleted));
    assert_eq!(names(&home.path(".")), [".wyzepalrc", "cursor.lock"]);
}

#[test]
fn a_disk_that_fills_up_later_ends_it_with_the_last_cursor_whole() {
    let message = |id: i64| {
        let number = id * 1_000_003;
        format!("{{\"type\":\"message\",\"message\":{{\"id\":{number}}},\"flags\":[],\"id\":{id}}}")
    };
    let texts: Vec<String> = (0..200).map(message).collect();
    let home = Home::new();
    let server = following()
        .on(poll("q", -1), event_texts(&texts[..3]))
        .on(poll("q", 2), event_texts(&texts[3..]))
        .on(poll("q", 2), event_texts(&texts[3..]));
    let all = texts.join("\n") + "\n";
    let tail = || {
        Tail::new(&server.site())
            .home(&home)
            .args(["-e", "message", "--cursor-file", "cursor"])
    };
    // The cursor of three messages has room there, that of two hundred has not.
    tail()
        .within("trap '' XFSZ; ulimit -f 2; exec \"$@\"")
        .stdout(all)
        .stderr(Expected::one_line(&[
            "cannot save cursor file",
            "too large",
        ]))
        .code(1)
        .run();
    assert!(
        !server.comes_within(Duration::ZERO, &Expect::delete()),
        "the queue is in the cursor"
    );
    let rest = texts[3..].join("\n") + "\n";
    tail().args(["-C", "197"]).stdout(rest).run();
}

#[test]
fn what_a_full_disk_did_not_take_is_printed_by_the_next_run() {
    let long = "x".repeat(9000);
    let texts: Vec<String> = (0..3)
        .map(|id| format!("{{\"type\":\"x\",\"text\":\"{long}\",\"id\":{id}}}"))
        .collect();
    let all = texts.join("\n") + "\n";
    // The second takes eight thousand bytes more, which is less than a line.
    for script in [
        "exec \"$@\" >/dev/full",
        "trap '' XFSZ; ulimit -f 17; exec \"$@\" >>log",
    ] {
        let home = Home::new();
        home.write("log", "before\n");
        let server = server()
            .on(Expect::register(), registered("q"))
            .on(poll("q", -1), event_texts(&texts))
            .on(poll("q", -1), event_texts(&texts));
        let tail = || {
            Tail::new(&server.site())
                .home(&home)
                .args(["--cursor-file", "cursor", "-C", "3"])
        };
        tail()
            .within(script)
            .stderr(Expected::one_line(&[
                "wyzepal-tail: error: cannot write to standard output: ",
            ]))
            .code(1)
            .run();
        let written = || fs::read_to_string(home.path("log")).expect("the log");
        assert_eq!(written(), "before\n", "no half lines");
        tail().within("exec \"$@\" >>log").run();
        assert_eq!(written(), format!("before\n{all}"));
        let polls = server.wait_requests(2, &Expect::poll());
        assert_eq!(polls.len(), 2, "{polls:?}");
    }
}
