//! Terms of a narrow without its option: which words are terms, and which are options or their values.
//!
//! Not for what terms mean (`narrow.rs`).

use serde_json::json;

use crate::support::model::{Model, Post};
use crate::support::run::{Expected, NOWHERE, Tail};
use crate::support::tally::message_ids;

/// Channel, topic and sender of the messages 1, 2, and so on.
const MESSAGES: [(&str, &str, &str); 5] = [
    ("ops", "deploy", "ada@example.com"),
    ("ops", "lunch plans", "bo@example.com"),
    ("lost and found", "deploy", "ada@example.com"),
    ("Denmark", "deploy now", "ada@example.com"),
    ("hannel", "x", "bo@example.com"),
];

/// Arguments, and the ids of the messages that they select.
const TERMS: [(&[&str], &[u64]); 24] = [
    (&["stream:ops"], &[1, 2]),
    (&["stream:ops", "topic:deploy"], &[1]),
    (&["-m", "stream:ops", "-q", "topic:deploy"], &[1]),
    (&["stream:ops topic:deploy"], &[1]),
    (&["stream:ops topic:lunch plans"], &[2]),
    (&["topic:lunch plans", "stream:ops"], &[2]),
    (&["stream:lost and found"], &[3]),
    (&["stream:\"lost and found\""], &[3]),
    (&["[\"stream\",\"lost and found\"]"], &[3]),
    (
        &["stream:lost and found topic:deploy -sender:bo@example.com"],
        &[3],
    ),
    // In addition to each --narrow.
    (
        &[
            "topic:deploy",
            "--narrow",
            "stream:ops",
            "--narrow",
            "stream:lost-and-found",
            "--narrow=stream:\"lost and found\"",
        ],
        &[1, 3],
    ),
    (&["--narrow", "stream:ops", "topic:deploy"], &[1]),
    // Negated ones are no options, wherever they stand.
    (&["-channel:ops"], &[3, 4, 5]),
    (&["-CHANNEL:ops", "-q"], &[3, 4, 5]),
    (&["-q", "-sender:ada@example.com"], &[2, 5]),
    (&["-qC", "1", "-sender:ada@example.com"], &[2]),
    (&["-C1", "-from:ada@example.com"], &[2]),
    (&["-topic:deploy", "--utc", "-stream:Denmark"], &[2, 5]),
    (&["stream:ops", "-topic:lunch plans"], &[1]),
    (&["-stream:lost and found topic:deploy"], &[1]),
    // The value of the option before it.
    (&["--narrow", "-channel:ops"], &[3, 4, 5]),
    (&["-q", "--narrow=-channel:ops", "-topic:x"], &[3, 4]),
    // Behind the dashes all are.
    (&["--utc", "--", "-channel:ops", "topic:deploy"], &[3]),
    (&["stream:ops", "--"], &[1, 2]),
];

#[test]
fn each_argument_is_read_by_itself_and_all_hold() {
    let lines = (1..).zip(MESSAGES).map(|(id, (channel, topic, sender))| {
        let message = json!({
            "id": id, "type": "stream", "display_recipient": channel, "subject": topic,
            "sender_email": sender, "sender_id": 1, "content": "x", "timestamp": 1_795_356_000,
        });
        json!({"id": id, "type": "message", "message": message, "flags": []}).to_string() + "\n"
    });
    let saved: String = lines.collect();
    for (args, expected) in TERMS {
        let exit = Tail::new(NOWHERE)
            .args(["--replay", "-"])
            .args(args.iter().copied())
            .stdin(saved.as_str())
            .stdout(Expected::like(|_| true))
            .run();
        let printed: Vec<u64> = exit
            .stdout
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
            .filter_map(|line| line["id"].as_u64())
            .collect();
        assert_eq!(printed, expected, "{args:?}");
    }
}

#[test]
fn the_server_and_its_history_get_them_as_they_get_a_narrow() {
    let model = Model::new();
    let sent = model.send_all(Post::lunches(3));
    model.send(Post::new("Verona", "castle", "x"));
    let exit = Tail::new(&model.site())
        .args([
            "--once",
            "-n",
            "2",
            "stream:Denmark",
            "topic:lunch",
            "-sender:me",
        ])
        .stdout(Expected::like(|_| true))
        .run();
    assert_eq!(message_ids(&exit.stdout), sent[1..], "{exit}");
}

#[test]
fn the_demo_and_the_check_take_them() {
    Tail::new("")
        .without_rc()
        .args(["--demo", "--check", "stream:Denmark"])
        .stdout(Expected::containing(&["channel:Denmark"]))
        .run();
}

#[test]
fn a_word_without_an_operator_is_refused() {
    for (args, part) in [
        (
            &["castle"][..],
            "invalid value 'castle' for '[TERM]...': \"castle\" has no operator",
        ),
        (&["castle", "stream:ops"], "\"castle\" has no operator"),
        (
            &["-stream:"],
            "invalid value '-stream:' for '[TERM]...': narrow term \"-stream:\" has nothing",
        ),
        (
            &["--", "stream:ops", "--utc"],
            "invalid value '--utc'; behind -- all words are terms",
        ),
        (&[""], "the narrow is empty"),
        (&["stream:ops", "-x:y"], "unexpected argument '-x'"),
        // Not -c hanel:ops, -f -o rm:ada, --help.
        (&["-chanel:ops"], "(did you mean channel:?)"),
        (&["-form:ada"], "(did you mean from:?)"),
        (&["-hsa:reaction"], "(did you mean has:reaction?)"),
        (
            &["-e", "-channel:x"],
            "\"-channel:x\" is no list of event types",
        ),
    ] {
        Tail::new(NOWHERE)
            .args(args.iter().copied())
            .stderr(Expected::one_line(&["error: ", part, "; see --help\n"]))
            .code(2)
            .run();
    }
}
