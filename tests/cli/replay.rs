//! `--replay`: saved lines of every kind, damaged ones, pipes that still grow, and its end.
//!
//! Not for what summaries say of each kind of event, nor for what a narrow is: both are the same as live.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::time::{Duration, Instant};

use crate::support::answers::long_events;
use crate::support::cases::at_once;
use crate::support::run::{Expected, Home, Tail};
use crate::support::running::{Running, Signal};
use crate::support::times::{SOON, assert_within};

const HAMLET: &str = r#"{"id":501,"type":"stream","display_recipient":"Denmark","stream_id":4,"subject":"castle","sender_id":10,"sender_full_name":"Hamlet","sender_email":"h@example.com","timestamp":1795356127,"content":"rotten","n":1.10}"#;
const BO: &str = r#"{"id":502,"type":"stream","display_recipient":"ops","stream_id":7,"subject":"deploy","sender_id":11,"sender_full_name":"Bo","sender_email":"bo@example.com","timestamp":1795356129,"content":"done"}"#;
const TYPING: &str = r#"{"type":"zz_typing","op":"start","sender":7,"id":3}"#;
const CONNECTED: &str = r#"{"type":"wyzepal_tail","time":"2026-11-22T14:00:00Z","op":"connected","site":"https://chat.example.com/","email":"t@example.com","queue_id":"q","feature_level":278}"#;
const GAP: &str = r#"{"type":"wyzepal_tail","time":"2026-11-22T14:02:20Z","op":"gap","from":"2026-11-22T14:02:10Z","to":"2026-11-22T14:02:20Z","reason":"queue expired","fetched":2,"lost":["reactions"]}"#;

/// The event around a message.
fn event(message: &str) -> String {
    format!(r#"{{"type":"message","message":{message},"flags":["mentioned"],"id":1}}"#)
}

/// Lines with their ends.
fn text(lines: &[&str]) -> String {
    lines.join("\n") + "\n"
}

/// A replay that knows no account, in a home of its own.
fn replay(source: &str) -> Tail {
    Tail::new("").without_rc().args(["--replay", source])
}

/// A replay of `input` from stdin.
fn replay_of(input: impl Into<Vec<u8>>) -> Tail {
    replay("-").stdin(input)
}

/// A saved log with all kinds of lines.
fn log() -> String {
    text(&[CONNECTED, TYPING, &event(HAMLET), GAP, BO, TYPING])
}

#[test]
fn json_is_what_was_saved_byte_for_byte() {
    let (hamlet, bo) = (
        event(HAMLET),
        event(BO)
            .replace("[\"mentioned\"]", "[]")
            .replace("\"id\":1}", "\"id\":null}"),
    );
    replay_of(log())
        .stdout(text(&[TYPING, &hamlet, &bo, TYPING]))
        .run();
    replay_of(log())
        .args(["--meta"])
        .stdout(text(&[CONNECTED, TYPING, &hamlet, GAP, &bo, TYPING]))
        .run();
    replay_of(log())
        .args(["-m"])
        .stdout(text(&[HAMLET, BO]))
        .run();
    replay_of(text(&[HAMLET, BO]))
        .args(["-m"])
        .stdout(text(&[HAMLET, BO]))
        .run();
}

#[test]
fn summaries_show_events_messages_and_records_at_their_time() {
    let expected = "2026-11-22 Sunday\n\
        14:00:00 connected  t@example.com at https://chat.example.com/ (feature level 278)\n\
        14:00:00 zz_typing  zz typing started: sender = user#7\n\
        14:02:07 #Denmark > castle  Hamlet: rotten\n\
        14:02:20 gap  14:02:10–14:02:20 (queue expired): 2 messages fetched; lost: reactions\n\
        14:02:09 #ops > deploy  Bo: done\n\
        14:02:09 zz_typing  zz typing started: sender = user#7\n";
    replay_of(log())
        .args(["-o", "summary"])
        .stdout(expected)
        .run();
    let exit = replay_of(log())
        .on_terminal(40, 24)
        .args(["-o", "summary"])
        .stdout(Expected::like(|_| true))
        .run();
    assert!(exit.stdout.contains("\u{1b}[2m14:00:00\u{1b}[0m"), "{exit}");
    assert!(!exit.stdout.contains("feature level"), "{exit}");
    let unknown = text(&[TYPING]);
    replay_of(unknown)
        .args(["-o", "summary"])
        .stdout("--:--:-- zz_typing  zz typing started: sender = user#7\n")
        .run();
}

#[test]
fn what_is_not_selected_is_quoted_by_what_is() {
    let reaction = r#"{"type":"reaction","op":"add","user_id":11,"message_id":501,"emoji_name":"tada","emoji_code":"1f389","reaction_type":"unicode_emoji","id":4}"#;
    replay_of(text(&[&event(HAMLET), BO, reaction]))
        .args(["-o", "summary", "-e", "reaction"])
        .stdout("--:--:-- reaction  Bo adds 🎉 to \"rotten\" (#Denmark > castle)\n")
        .run();
}

#[test]
fn a_file_is_read_without_an_account_or_a_server() {
    let home = Home::new();
    home.write("log.jsonl", &text(&[TYPING]));
    replay("log.jsonl")
        .home(&home)
        .stdout(text(&[TYPING]))
        .run();
    // The first one that it would look for is not even opened.
    replay("log.jsonl")
        .home(&home)
        .rc("nonsense")
        .stdout(text(&[TYPING]))
        .run();
}

#[test]
fn kinds_narrows_and_counts_are_those_of_live_events_and_spare_records() {
    let (hamlet, messages) = (event(HAMLET), text(&[&event(HAMLET), BO]));
    let summary_of_bo = "14:02:09 #ops > deploy  Bo: done\n";
    for (input, args, expected) in [
        (
            log(),
            &["-e", "zz_typing", "-q"][..],
            text(&[TYPING, TYPING]),
        ),
        (log(), &["-E", "zz_typing", "-q", "-m"], text(&[HAMLET, BO])),
        (log(), &["--narrow", "stream:denmark"], text(&[&hamlet])),
        (log(), &["--narrow", "is:mentioned"], text(&[&hamlet])),
        (
            log(),
            &[
                "-m",
                "--narrow",
                "sender:h@example.com",
                "--narrow",
                "sender:11",
            ],
            text(&[HAMLET, BO]),
        ),
        (log(), &["-C", "2"], text(&[TYPING, &hamlet])),
        (messages, &["-m", "-C", "1"], text(&[HAMLET])),
        // Records are not counted.
        (log(), &["--meta", "-C", "1"], text(&[CONNECTED, TYPING])),
        // Records are in every selection.
        (
            log(),
            &["--meta", "-e", "nothing", "-q"],
            text(&[CONNECTED, GAP]),
        ),
        // A count beyond the end.
        (text(&[TYPING]), &["-C", "5"], text(&[TYPING])),
    ] {
        replay_of(input).args(args).stdout(expected).run();
    }
    let exit = replay_of(log())
        .args(["-o", "summary", "--narrow", "stream:ops"])
        .start()
        .wait_exit();
    assert!(
        exit.stdout.ends_with(summary_of_bo)
            && exit.stdout.contains("connected")
            && !exit.stdout.contains("rotten"),
        "{exit}"
    );
}

#[test]
fn credentials_are_redacted_as_they_are_live() {
    let bot = r#"{"type":"realm_bot","op":"add","bot":{"api_key":"topsecret"},"id":1}"#;
    let redacted = bot.replace("topsecret", "[redacted]");
    replay_of(text(&[bot])).stdout(text(&[&redacted])).run();
    replay_of(text(&[bot]))
        .args(["--show-secrets"])
        .stdout(text(&[bot]))
        .run();
    replay_of(text(&[bot]))
        .args(["-o", "summary"])
        .stdout(Expected::like(|out| {
            out.contains("realm_bot") && !out.contains("topsecret")
        }))
        .run();
}

/// Options, and the numbers of the lines of the log that are printed in JSON without `--meta`.
const PARTS: [(&[&str], &[usize]); 18] = [
    (&["-n", "0"], &[]),
    (&["-n", "1"], &[5]),
    (&["-n", "2"], &[4, 5]),
    (&["-n", "3"], &[2, 4, 5]),
    (&["-n", "9"], &[1, 2, 4, 5]),
    // Lines that would be printed.
    (&["-n", "1", "-e", "message"], &[4]),
    (&["-n", "1", "stream:Denmark"], &[2]),
    (&["-n", "3", "--meta"], &[3, 4, 5]),
    (&["-n", "3", "-C", "2"], &[2, 4]),
    // What does not tell its time has that of the line before; the first one has none.
    (&["--since", "2026-11-22T14:00"], &[1, 2, 4, 5]),
    (&["--since", "2026-11-22T14:02:08"], &[4, 5]),
    (&["--until", "2026-11-22T14:02:08"], &[1, 2]),
    (&["--until", "2026-11-22T14:00"], &[]),
    (
        &[
            "--since",
            "2026-11-22T14:02:07",
            "--until",
            "2026-11-22T14:02:08",
        ],
        &[2],
    ),
    (&["-n", "1", "--until", "2026-11-22T14:02:08"], &[2]),
    (&["--since", "2026-11-22T14:02:07", "--meta"], &[2, 3, 4, 5]),
    // Links of any host.
    (
        &["--since", "https://x.example.com/#narrow/near/502"],
        &[4, 5],
    ),
    (&["--until", "#narrow/near/502"], &[1, 2]),
];

#[test]
fn a_part_of_the_log_is_printed_by_number_and_by_time() {
    let log = log();
    let json = log.replace(
        BO,
        &event(BO)
            .replace("[\"mentioned\"]", "[]")
            .replace("\"id\":1}", "\"id\":null}"),
    );
    let lines: Vec<&str> = json.lines().collect();
    for (args, printed) in PARTS {
        let printed: Vec<&str> = printed.iter().map(|&number| lines[number]).collect();
        let expected = if printed.is_empty() {
            String::new()
        } else {
            text(&printed)
        };
        replay_of(log.as_str())
            .args(args.iter().copied())
            .stdout(expected)
            .run();
    }
}

#[test]
fn a_part_of_the_log_has_the_names_that_the_rest_tells() {
    let named =
        r#"{"type":"realm_user","op":"update","person":{"user_id":7,"full_name":"Ada"},"id":1}"#;
    let typing = r#"{"type":"typing","op":"start","sender":{"user_id":7},"message_type":"direct","recipients":[{"user_id":7}],"id":2}"#;
    replay_of(text(&[named, typing]))
        .args(["-n1", "-o", "summary"])
        .stdout(Expected::like(|text| {
            text.lines().count() == 1 && text.contains("Ada")
        }))
        .run();
}

#[test]
fn line_ends_blank_lines_and_a_byte_order_mark_do_not_matter() {
    let input = format!("\u{feff}{TYPING}\r\n\r\n\n  \t\n{HAMLET}\r\n \t{TYPING} ");
    replay_of(input)
        .args(["-o", "summary", "-E", "zz_typing", "-q"])
        .stdout("2026-11-22 Sunday\n14:02:07 #Denmark > castle  Hamlet: rotten\n")
        .run();
    replay_of(format!("\u{feff}{TYPING}\r\n\n{TYPING}"))
        .stdout(text(&[TYPING, TYPING]))
        .run();
    replay_of("").run();
    replay_of("\n\n").run();
}

#[test]
fn damaged_lines_are_reported_and_skipped_and_the_others_are_printed() {
    let home = Home::new();
    let head = format!("{TYPING}\n<html>\n[{TYPING}]\n{{\n{TYPING}{TYPING}\n{{\"type\":\"");
    let tail = format!("\"}}\n{TYPING}\n{{\"type\":\"mess");
    let damaged = [head.as_bytes(), b"\xff", tail.as_bytes()].concat();
    fs::write(home.path("log.jsonl"), damaged).expect("a file");
    let lines = [
        "2: expected value at byte 1; skipped",
        "3: invalid type: sequence, expected an object at byte 0; skipped",
        "4: EOF while parsing an object at byte 1; skipped",
        "5: trailing characters at byte 52; skipped",
        "6: invalid utf-8 sequence of 1 bytes from index 9; skipped",
        "8: EOF while parsing a string at byte 13; skipped",
    ];
    let expected = lines
        .map(|line| format!("wyzepal-tail: warning: log.jsonl: line {line}\n"))
        .concat();
    replay("log.jsonl")
        .home(&home)
        .stdout(text(&[TYPING, TYPING]))
        .stderr(expected)
        .run();
    replay("log.jsonl")
        .home(&home)
        .args(["-q"])
        .stdout(text(&[TYPING, TYPING]))
        .run();
}

#[test]
fn a_file_that_holds_something_else_ends_it_with_1_and_says_so() {
    let cursor = r#"{"version":1,"site":"https://chat.example.com/","queue_id":"q","last_event_id":7,"saved_at":"2026-11-22T14:00:00Z"}"#;
    let end = "wyzepal-tail: error: --replay: no events in standard input: ";
    for (input, notices, why) in [
        (
            "# About\n\nIt tails.\n",
            "wyzepal-tail: warning: standard input: line 1: expected value at byte 1; skipped\n\
             wyzepal-tail: warning: standard input: line 3: expected value at byte 1; skipped\n",
            "no line of it is an event: events are JSON objects, one a line (jq -c . makes them)\n",
        ),
        (cursor, "", "it is a cursor file, and holds none\n"),
    ] {
        replay_of(input)
            .stderr(format!("{notices}{end}{why}"))
            .code(1)
            .run();
    }
    // A damaged line beside a sound one that is not selected is another matter.
    replay_of(format!("x\n{TYPING}\n"))
        .args(["-e", "message", "-q"])
        .run();
}

#[test]
fn much_damage_is_reported_in_ten_lines_and_a_sum() {
    let input = format!("{TYPING}\n{}{TYPING}\n", "x\n".repeat(500));
    let exit = replay_of(input)
        .stdout(text(&[TYPING, TYPING]))
        .stderr(Expected::like(|_| true))
        .run();
    assert_eq!(exit.stderr.lines().count(), 11, "{exit}");
    assert!(
        exit.stderr
            .ends_with("warning: standard input: 490 more damaged lines skipped\n"),
        "{exit}"
    );
}

#[test]
fn hostile_lines_neither_crash_it_nor_drive_the_terminal() {
    let deep = format!(
        r#"{{"type":"deep","x":{}{}}}"#,
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let attack = HAMLET.replace("rotten", "\u{9b}2J\\u001b]0;title\\u0007");
    let mut input = text(&[
        &deep,
        r#"{"type":"\u001b[2J","op":"\u202e"}"#,
        &attack,
        r#"{"type":{},"id":1e999}"#,
    ])
    .into_bytes();
    input.extend(b"\x1b[31m\n{\"type\":\"\xff\"}\n{\"type\":\"\0\"}\n\xff\xfe\n");
    let exit = replay_of(input.clone())
        .args(["-o", "summary"])
        .stdout(Expected::like(|_| true))
        .stderr(Expected::like(|_| true))
        .run();
    assert_eq!(
        (exit.stdout.lines().count(), exit.stderr.lines().count()),
        (5, 4),
        "{}",
        exit.stderr
    );
    assert!(
        exit.stdout.contains(r"Hamlet: \u{9b}2J\u{1b}]0;title\u{7}"),
        "{}",
        exit.stdout
    );
    let hidden =
        |text: &str| text.contains(|c: char| c != '\n' && (c.is_control() || c == '\u{202e}'));
    assert!(
        !hidden(&exit.stdout) && !hidden(&exit.stderr),
        "{}",
        exit.stderr
    );
    let json = replay_of(input)
        .stdout(Expected::like(|_| true))
        .stderr(Expected::like(|_| true))
        .run();
    assert!(json.stdout.starts_with(&format!("{deep}\n")) && json.stdout.lines().count() == 4);
}

#[test]
fn an_endless_line_is_skipped_and_takes_no_endless_memory() {
    let home = Home::new();
    home.write("rest", &format!("\n{TYPING}\n"));
    replay("-")
        .home(&home)
        .within(
            "ulimit -v 1000000; { head -c 70000000 /dev/zero | tr '\\0' x; cat rest; } | \"$@\"",
        )
        .stdout(text(&[TYPING]))
        .stderr("wyzepal-tail: warning: standard input: line 1: longer than 64 MiB; skipped\n")
        .run();
}

#[test]
fn what_cannot_be_read_ends_it_with_2_and_one_line() {
    let home = Home::new();
    home.write("log.gz", "");
    fs::write(home.path("log.gz"), b"\x1f\x8b\x08\x00\n\x00").expect("a file");
    for (args, part) in [
        (&["--replay", "none"][..], "cannot read none: No such file"),
        (&["--replay", "."], "cannot read .: it is a directory"),
        (
            &["--replay", "log.gz"],
            "log.gz is no text: if it is compressed, unpack it on the way: zcat FILE |",
        ),
        (
            &["--replay", "-", "--narrow", "sender:me"],
            "write the address",
        ),
        (
            &["--replay", "-", "--site", "x"],
            "'--replay <FILE>' cannot be used with '--site <URL>'",
        ),
    ] {
        Tail::new("")
            .without_rc()
            .home(&home)
            .args(args)
            .stderr(Expected::one_line(&[part]))
            .code(2)
            .run();
    }
}

#[test]
fn an_input_that_breaks_off_ends_it_with_1_and_one_line() {
    // Nothing is mapped where this file begins.
    replay("/proc/self/mem")
        .stderr(Expected::one_line(&[
            "error: cannot read on in /proc/self/mem: ",
        ]))
        .code(1)
        .run();
}

#[test]
fn a_file_is_not_replayed_to_its_own_end() {
    let home = Home::new();
    let file = home.write("log", &text(&[TYPING]));
    for source in ["log", "-"] {
        replay(source)
            .home(&home)
            .within("exec \"$@\" <log >>log")
            .stderr(Expected::one_line(&["it is the output as well"]))
            .code(2)
            .run();
    }
    assert_eq!(fs::read_to_string(file).expect("the log"), text(&[TYPING]));
}

/// A replay of a named pipe that this test writes to.
fn growing(adjust: impl FnOnce(Tail) -> Tail) -> (Running, File) {
    let home = Home::new();
    let path = home.fifo("pipe");
    let running = adjust(replay("pipe").home(&home)).start();
    // Waits for the program to open it.
    let pipe = OpenOptions::new().write(true).open(path).expect("the pipe");
    (running, pipe)
}

fn write(mut pipe: &File, text: &str) {
    pipe.write_all(text.as_bytes()).expect("room in the pipe");
}

#[test]
fn each_line_of_a_growing_pipe_is_printed_as_soon_as_it_is_whole() {
    let (running, pipe) = growing(|tail| tail);
    for count in 1..=3 {
        let (start, end) = TYPING.split_at(10 * count);
        write(&pipe, start);
        write(&pipe, &format!("{end}\n"));
        assert_eq!(
            running.wait_lines(count).last().map(String::as_str),
            Some(TYPING)
        );
    }
    write(&pipe, TYPING);
    drop(pipe);
    let exit = running.wait_exit();
    assert_eq!(
        (exit.code, exit.stdout.as_str()),
        (Some(0), text(&[TYPING; 4]).as_str()),
        "{exit}"
    );
}

#[test]
fn a_log_that_is_followed_is_printed_as_it_grows() {
    let home = Home::new();
    let path = home.write("log", &text(&[TYPING]));
    let running = replay("-")
        .home(&home)
        .within("tail -f log | \"$@\"")
        .start();
    running.wait_lines(1);
    let mut log = OpenOptions::new().append(true).open(path).expect("the log");
    log.write_all(text(&[BO, BO]).as_bytes())
        .expect("a longer log");
    running.wait_lines(3);
}

#[test]
fn a_signal_ends_it_after_what_is_in_hand_and_is_what_it_dies_by() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let (running, pipe) = growing(|tail| tail);
        write(&pipe, &format!("{TYPING}\n{{\"half"));
        running.wait_lines(1);
        let sent = Instant::now();
        running.signal(signal);
        let exit = running.wait_exit();
        assert_within(SOON, sent);
        assert_eq!(
            (exit.signal, exit.stdout, exit.stderr),
            (Some(signal), text(&[TYPING]), String::new())
        );
    }
}

#[test]
fn a_signal_while_the_reader_stalls_leaves_whole_lines() {
    // More than one pipe holds, and less than two and the program: when all is gone, it is stuck between them.
    let lines = long_events(400).join("\n") + "\n";
    let (mut running, pipe) = growing(|tail| tail);
    running.stall();
    write(&pipe, &lines);
    running.signal(Signal::TERM);
    running.read_on();
    let exit = running.wait_exit();
    assert_eq!(exit.signal, Some(Signal::TERM), "{}", exit.stderr);
    let whole = exit.stdout.ends_with('\n') && lines.starts_with(&exit.stdout);
    assert!(whole, "{} bytes", exit.stdout.len());
}

#[test]
fn a_signal_ends_it_before_anybody_writes_to_the_pipe() {
    let home = Home::new();
    home.fifo("pipe");
    let running = replay("pipe").home(&home).args(["-v"]).start();
    running.wait_stderr("replaying");
    let sent = Instant::now();
    running.signal(Signal::INT);
    assert_eq!(running.wait_exit().signal, Some(Signal::INT));
    assert_within(SOON, sent);
}

#[test]
fn a_reader_that_leaves_ends_it_at_once_even_while_nothing_comes() {
    let (mut running, pipe) = growing(|tail| tail);
    write(&pipe, &text(&[TYPING]));
    running.wait_lines(1);
    let left = Instant::now();
    running.close_stdout();
    let exit = running.wait_exit();
    assert_within(SOON, left);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{exit}");
    drop(pipe);
}

#[test]
fn a_time_limit_ends_it_with_124_only_if_a_count_was_not_reached() {
    let cases = [
        ("reached", (&["-W", "2s"][..], 0)),
        ("not reached", (&["-W", "2s", "-C", "2"], 124)),
    ];
    at_once(cases, |_, (args, code)| {
        let started = Instant::now();
        let (running, pipe) = growing(|tail| tail.args(args.iter().copied()));
        write(&pipe, &text(&[TYPING]));
        let exit = running.wait_exit();
        assert_within(Duration::from_secs(2) + SOON, started);
        assert_eq!(
            (exit.code, exit.stdout.as_str()),
            (Some(code), text(&[TYPING]).as_str()),
            "{args:?}\n{exit}"
        );
        drop(pipe);
    });
}

#[test]
fn with_verbose_it_reports_what_it_did() {
    replay_of(format!("{TYPING}\nx\n{HAMLET}\n"))
        .args(["-v", "-m"])
        .stdout(text(&[HAMLET]))
        .stderr(Expected::containing(&[
            "replaying standard input: message\n",
            "standard input: 3 lines read, 1 events printed, 1 damaged lines skipped\n",
        ]))
        .run();
}

#[test]
fn somebody_who_watches_is_told_that_nothing_was_printed() {
    for (args, said) in [(&["-m"][..], "2 lines read, 0 events printed"), (&[], "")] {
        let exit = replay_of(text(&[TYPING, TYPING]))
            .args(args.iter().copied())
            .stderr_on_terminal(200, 24)
            .start()
            .wait_exit();
        assert_eq!(exit.stderr.is_empty(), said.is_empty(), "{exit}");
        assert!(exit.stderr.contains(said), "{exit}");
    }
}

#[test]
fn times_are_read_in_the_zone_in_which_they_are_shown() {
    // At 15:00:30 in central Europe.
    let message =
        r#"{"type":"message","id":1,"message":{"id":1,"type":"stream","timestamp":1574431230}}"#;
    let replay = |zone: &str, since: &str| {
        Tail::new("")
            .env("TZ", zone)
            .args(["--replay", "-", "-o", "json", "--since", since])
            .stdin(message)
    };
    for (zone, since, is_shown) in [
        ("CET-1CEST", "2019-11-22T15:00", true),
        ("CET-1CEST", "2019-11-22T15:01", false),
        ("CET-1CEST", "2019-11-22T14:00Z", true),
        ("Mars/Base", "2019-11-22T14:00Z", true),
        ("Mars/Base", "1574431230", true),
        ("Mars/Base", "100y", true),
    ] {
        let shown = if is_shown {
            format!("{message}\n")
        } else {
            String::new()
        };
        replay(zone, since).stdout(shown).run();
    }
    for since in ["10:00", "today", "2019-11-22", "2019-11-22T14:00"] {
        let parts = [
            "TZ=Mars/Base is none that is known here",
            "2026-11-22T14:00Z",
        ];
        let refusal = Expected::one_line(&parts);
        replay("Mars/Base", since).stderr(refusal).code(2).run();
    }
}
