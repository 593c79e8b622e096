//! The runner shows programs a clean world and notices everything that they do.

use std::fs;

use crate::support::run::{Expected, Home, NOWHERE, Tail};
use crate::support::running::{FILLER, Signal};

fn shell(script: &str) -> Tail {
    Tail::new(NOWHERE).program("sh").args(["-c", script])
}

#[test]
fn a_program_sees_only_the_environment_of_the_test() {
    let script =
        "env | cut -d= -f1 | grep -v -e '^_' -e PWD -e SHLVL -e OLDPWD | sort | tr '\\n' ' '; cat";
    shell(script)
        .env("NO_COLOR", "1")
        .stdin("input")
        .stdout("HOME NO_COLOR PATH TMPDIR TZ input")
        .run();
}

#[test]
fn the_rc_file_is_there_and_only_its_owner_reads_it() {
    let text = "[api]\nemail=tail-bot@example.com\nkey=abcdefghijklmnopqrstuvwxyz012345\nsite=http://127.0.0.1:1\n";
    shell("cat ~/.wyzepalrc").stdout(text).run();
    shell("cat ~/.wyzepalrc").rc("other").stdout("other").run();
    shell("ls -l ~/.wyzepalrc")
        .stdout(Expected::like(|line| line.starts_with("-rw-------")))
        .run();
    shell("ls -A ~").without_rc().run();
}

#[test]
fn runs_can_share_a_home() {
    let home = Home::new();
    let file = home.write("note", "before");
    shell("cat note; printf after >note")
        .home(&home)
        .stdout("before")
        .run();
    assert_eq!(fs::read_to_string(file).expect("the note"), "after");
    assert!(home.path(".wyzepalrc").exists());
}

#[test]
#[should_panic(expected = "stdout: wanted exactly \"\"")]
fn unexpected_output_fails_the_test() {
    shell("echo hello").run();
}

#[test]
#[should_panic(expected = "stderr: wanted \"reason\" in it")]
fn a_missing_message_fails_the_test() {
    shell("echo no cause >&2; exit 2")
        .stderr(Expected::containing(&["cause", "reason"]))
        .code(2)
        .run();
}

#[test]
#[should_panic(expected = "stderr: the test's condition does not hold")]
fn a_condition_that_does_not_hold_fails_the_test() {
    shell("echo no >&2")
        .stderr(Expected::like(|text| text == "yes\n"))
        .run();
}

#[test]
#[should_panic(expected = "wanted exit code 0")]
fn another_exit_code_fails_the_test() {
    shell("exit 3").run();
}

#[test]
fn lines_are_seen_while_the_program_runs_and_signals_reach_it() {
    let running = shell("trap 'echo bye; exit 7' TERM; echo one; echo two; echo ready >&2; while :; do read line; done").start();
    assert_eq!(running.wait_line(|line| line.starts_with('t')), "two");
    assert_eq!(running.wait_lines(2), ["one", "two"]);
    running.wait_stderr("ready");
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    assert_eq!(
        (exit.code, exit.stdout.as_str()),
        (Some(7), "one\ntwo\nbye\n")
    );
}

#[test]
fn a_death_by_signal_is_told_from_an_exit() {
    for signal in [Signal::TERM, Signal::USR1, Signal::KILL] {
        let running = shell("echo ready; exec sleep 60").start();
        running.wait_lines(1);
        running.signal(signal);
        let exit = running.wait_exit();
        assert_eq!((exit.code, exit.signal), (None, Some(signal)));
    }
}

#[test]
fn a_program_writes_to_nobody_once_stdout_is_closed() {
    let mut running = shell("echo ready; read line; exec yes").stdin("").start();
    running.wait_lines(1);
    running.close_stdout();
    let _ = running.lines();
    assert_eq!(running.wait_exit().signal, Some(Signal::PIPE));
}

#[test]
fn a_stalled_reader_reads_nothing_until_it_reads_on() {
    let home = Home::new();
    let script = "echo ready; until test -e go; do sleep 0.01; done; echo more; echo written >&2; \
        head -c 300000 /dev/zero | tr '\\0' 'x'; echo done >&2";
    let mut running = shell(script).home(&home).start();
    running.wait_lines(1);
    running.stall();
    home.write("go", "");
    running.wait_stderr("written");
    assert_eq!(running.lines(), ["ready"]);
    running.read_on();
    running.wait_stderr("done");
    assert_eq!(running.wait_exit().stdout.len(), 300_011);
}

#[test]
fn a_full_pipe_holds_whoever_writes_into_it_until_the_reader_reads_on() {
    let home = Home::new();
    let script = "echo ready; until test -e go; do sleep 0.01; done; echo more; echo done >&2";
    let mut running = shell(script).home(&home).start();
    running.wait_lines(1);
    running.clog_stdout();
    let full = running.unread();
    assert!(full >= 4096 && !running.is_stuck(), "{full} bytes");
    home.write("go", "");
    running.wait_stuck();
    assert_eq!(running.unread(), full);
    running.read_on();
    running.wait_stderr("done");
    let stdout = running.wait_exit().stdout;
    assert_eq!(stdout.replace(FILLER, ""), "ready\nmore\n");
}

#[test]
fn a_terminal_is_a_terminal_of_the_wanted_size_for_each_stream_alone() {
    let script =
        "test -t 1 && echo one; test -t 2 && echo two; stty size <&1 2>/dev/null; echo $TERM";
    shell(script)
        .on_terminal(60, 20)
        .stdout("one\n20 60\nxterm-256color\n")
        .run();
    shell(script)
        .stderr_on_terminal(60, 20)
        .stdout("two\nxterm-256color\n")
        .run();
    shell(script).stdout("\n").run();
}
