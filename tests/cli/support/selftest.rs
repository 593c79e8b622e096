//! What the program does wrong fails the test: scripts that are not kept to, output that nobody expected.

use super::cases::at_once;
use super::expect::Expect;
use super::reply::Reply;
use super::run::{Expected, NOWHERE, Tail};
use super::server::Server;

fn shell(script: &str) -> Tail {
    Tail::new(NOWHERE).program("sh").args(["-c", script])
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
#[should_panic(expected = "wanted exit code 0")]
fn another_exit_code_fails_the_test() {
    shell("exit 3").run();
}

#[test]
#[should_panic(expected = "a scoped thread panicked")]
fn a_case_that_fails_fails_the_test() {
    at_once([("good", 1), ("bad", 2), ("good", 1)], |_, case| {
        assert_eq!(case, 1);
    });
}

/// A server that refuses the first thing that a run asks for, if `first` is that.
fn refusing(first: Expect) -> Server {
    let refusal = Reply::error(401, "UNAUTHORIZED", "go away");
    let server = Server::new().on(first, refusal);
    let tail = Tail::new(&server.site()).args(["--no-catch-up", "--give-up-after", "200ms"]);
    tail.start().wait_exit();
    server
}

#[test]
#[should_panic(expected = "a request came that the script did not expect")]
fn a_request_off_the_script_fails_the_test() {
    drop(refusing(Expect::poll()));
}

#[test]
#[should_panic(expected = "GET /api/v1/events a=1\n")]
fn an_answer_that_nobody_asks_for_fails_the_test() {
    drop(refusing(Expect::register()).on(Expect::poll().param("a", "1"), Reply::hold()));
}
