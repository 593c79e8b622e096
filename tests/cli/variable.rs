//! `WYZEPAL_TAIL_OPTS`: options that a person always wants.
//!
//! Not for which of them the command line puts aside (unit tests of `command_line`).

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use crate::support::run::{Expected, NOWHERE, Tail};

const PRESENCE: &str = r#"{"type":"presence","id":1}"#;

fn replay(variable: &str) -> Tail {
    Tail::new(NOWHERE)
        .env("WYZEPAL_TAIL_OPTS", variable)
        .args(["--replay", "-"])
        .stdin(PRESENCE)
}

#[test]
fn its_options_count_and_the_details_say_so() {
    replay("-E 'presence,typing'").run();
    replay("-E presence")
        .args(["-v"])
        .stderr(Expected::containing(&[
            "wyzepal-tail: WYZEPAL_TAIL_OPTS is used: --exclude-types=presence\n",
            "0 events printed",
        ]))
        .run();
    replay("-E presence")
        .args(["-E", "typing"])
        .stdout(format!("{PRESENCE}\n"))
        .run();
}

#[test]
fn a_script_is_not_disturbed_by_the_form_that_a_person_likes() {
    let like = "-o summary --color always --full";
    replay(like).stdout(format!("{PRESENCE}\n")).run();
    let exit = replay("--output=json")
        .on_terminal(80, 24)
        .start()
        .wait_exit();
    assert_eq!(exit.stdout, format!("{PRESENCE}\n"), "{exit}");
}

#[test]
fn a_fault_in_it_is_named() {
    let cases: [(&str, &str); 11] = [
        ("--nonsense", "unexpected argument '--nonsense'"),
        ("--json", "did you mean -o json?"),
        ("-o yaml", "possible values: auto, chat, summary, json"),
        ("-v -q", "cannot be used with '--quiet'"),
        ("--utc stream:ops", "'stream:ops' is no option"),
        ("-- --utc", "behind -- all words are terms"),
        ("--utc -channel:ops", "'-channel:ops' is no option"),
        ("-e message -E message", "nothing is left"),
        (
            "-v --help",
            "help and version are for the command line only",
        ),
        ("-e 'message", "its quotes do not match"),
        ("--once --utc", "--once needs"),
    ];
    for (variable, part) in cases {
        Tail::new(NOWHERE)
            .env("WYZEPAL_TAIL_OPTS", variable)
            .stderr(Expected::one_line(&[
                "error: ",
                "WYZEPAL_TAIL_OPTS",
                part,
                "; see --help\n",
            ]))
            .code(2)
            .run();
    }
    Tail::new(NOWHERE)
        .env("WYZEPAL_TAIL_OPTS", OsString::from_vec(b"-c \xff".to_vec()))
        .stderr("wyzepal-tail: error: WYZEPAL_TAIL_OPTS: it is not UTF-8: write it in UTF-8; see --help\n")
        .code(2)
        .run();
}

#[test]
fn a_fault_of_the_command_line_is_not_its_fault() {
    Tail::new(NOWHERE)
        .env("WYZEPAL_TAIL_OPTS", "--utc")
        .args(["--nonsense"])
        .stderr(Expected::like(|text| {
            text.contains("--nonsense") && !text.contains("WYZEPAL")
        }))
        .code(2)
        .run();
}

#[test]
fn what_runs_nothing_does_not_read_it() {
    for what in ["-h", "--help", "-V", "--generate=man"] {
        Tail::new("")
            .env("WYZEPAL_TAIL_OPTS", "'")
            .args([what])
            .stdout(Expected::like(|text| !text.is_empty()))
            .run();
    }
}
