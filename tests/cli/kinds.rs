//! Which kinds of event are asked for and printed: `--event-types`, `--exclude-types`, `--messages`.
//!
//! Not for which messages (`narrow.rs`).

use serde_json::{Value, json};

use crate::support::model::{Model, Post};
use crate::support::run::{Expected, NOWHERE, Tail};
use crate::support::running::{Exit, Signal};
use crate::support::tally::values;

/// One event of some kinds, recognised by what is in them.
fn happenings(model: &Model) {
    model.send(Post::new("Denmark", "castle", "hello"));
    model.send_event(&json!({ "type": "reaction", "op": "add", "message_id": 1001 }));
    model.send_event(&json!({ "type": "typing", "op": "start" }));
    model.send_event(&json!({ "type": "of_the_future", "x": 1 }));
    // Only a parked poll gets one.
    model.wait_all_idle(1);
    model.heartbeat();
    model.send(Post::new("Verona", "castle", "bye"));
}

/// Runs it while these things happen.
#[track_caller]
fn watch(model: &Model, args: &[&str]) -> Exit {
    let tail = Tail::new(&model.site()).args(args).start();
    model.wait_all_idle(1);
    happenings(model);
    model.wait_all_idle(1);
    tail.signal(Signal::TERM);
    tail.wait_exit()
}

fn kinds(exit: &Exit) -> String {
    let kind = |event: &Value| event["type"].as_str().unwrap_or("none").to_owned();
    let kinds: Vec<String> = values(&exit.stdout).iter().map(kind).collect();
    kinds.join(" ")
}

/// The kinds that the server was asked for; `restart` may always be among them.
fn asked_for(model: &Model) -> Vec<String> {
    let requests = model.requests();
    let register = requests
        .iter()
        .find(|request| request.path == "/api/v1/register");
    let kinds = register.expect("a queue").param("event_types");
    let Some(text) = kinds else {
        return vec!["all".to_owned()];
    };
    let mut kinds: Vec<String> = serde_json::from_str(text).expect("a list");
    kinds.retain(|kind| kind != "restart");
    kinds
}

/// Options, what the server is asked for, what is printed, and the warnings.
type Selection = (
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

#[track_caller]
fn assert_selected(cases: &[Selection]) {
    for (args, asked, printed, warnings) in cases {
        let model = Model::new();
        let exit = watch(&model, args);
        assert_eq!(asked_for(&model), *asked, "{args:?}");
        assert_eq!(kinds(&exit), *printed, "{args:?}\n{exit}");
        assert_eq!(
            exit.stderr.lines().count(),
            warnings.len(),
            "{args:?}\n{exit}"
        );
        for warning in *warnings {
            assert!(
                exit.stderr.contains(warning),
                "{args:?}: no {warning:?}\n{exit}"
            );
        }
    }
}

#[test]
fn kinds_are_asked_for_and_printed_in_every_spelling_of_the_list() {
    const BOTH: &[&str] = &["reaction", "typing"];
    let printed = "reaction typing";
    assert_selected(&[
        (
            &[],
            &["all"],
            "message reaction typing of_the_future message",
            &[],
        ),
        (&["-e", "message"], &["message"], "message message", &[]),
        (&["-e", "reaction,typing"], BOTH, printed, &[]),
        (
            &["--event-types=[\"reaction\", \"typing\"]"],
            BOTH,
            printed,
            &[],
        ),
        (&["-e", "['reaction', 'typing']"], BOTH, printed, &[]),
        (
            &["-e", "reaction", "-e", "typing,reaction"],
            BOTH,
            printed,
            &[],
        ),
    ]);
}

#[test]
fn unknown_kinds_are_corrected_or_asked_for_with_a_warning() {
    assert_selected(&[
        (
            &["-e", "messages,reactions"],
            &["message", "reaction"],
            "message reaction message",
            &[
                "there is no event type \"messages\", taken as \"message\"",
                "there is no event type \"reactions\", taken as \"reaction\"",
            ],
        ),
        (
            &["-e", "of_the_future"],
            &["of_the_future"],
            "of_the_future",
            &[
                "event type \"of_the_future\" is not known, used as it is: no such event comes unless the server knows it\n",
            ],
        ),
        (
            &["-e", "mesage"],
            &["mesage"],
            "",
            &[
                "event type \"mesage\" is not known, used as it is: no such event comes unless the server knows it (did you mean \"message\"?)",
            ],
        ),
        (
            &["-e", "channel"],
            &["channel"],
            "",
            &["did you mean \"stream\"?"],
        ),
    ]);
}

#[test]
fn excluded_kinds_are_not_printed() {
    assert_selected(&[
        (
            &["-E", "typing,reaction"],
            &["all"],
            "message of_the_future message",
            &[],
        ),
        (
            &["-E", "[\"typing\"]", "-E", "message"],
            &["all"],
            "reaction of_the_future",
            &[],
        ),
        (
            &["-E", "typings"],
            &["all"],
            "message reaction of_the_future message",
            &["taken as \"typing\""],
        ),
        (
            &["-e", "reaction,typing", "-E", "typing"],
            &["reaction", "typing"],
            "reaction",
            &[],
        ),
    ]);
}

#[test]
fn heartbeats_are_printed_only_where_they_are_named_and_never_asked_for() {
    assert_selected(&[
        (&["-e", "heartbeat"], &[], "heartbeat", &[]),
        (
            &["-e", "typing,heartbeat"],
            &["typing"],
            "typing heartbeat",
            &[],
        ),
        (&["-e", "typing"], &["typing"], "typing", &[]),
    ]);
}

#[test]
fn beside_a_narrow_or_messages_it_is_messages_only() {
    const DENMARK: &str = "stream:Denmark";
    assert_selected(&[
        (&["--messages"], &["message"], "stream stream", &[]),
        (
            &["--narrow", DENMARK],
            &["message", "stream"],
            "message",
            &[],
        ),
        (
            &["--narrow", DENMARK, "-m"],
            &["message", "stream"],
            "stream",
            &[],
        ),
        // What the narrow names may be renamed or moved.
        (
            &["--narrow", "topic:castle"],
            &["message", "update_message"],
            "message message",
            &[],
        ),
        (&["--narrow", "channel-id:4"], &["message"], "message", &[]),
        (
            &["--narrow", DENMARK, "-e", "message,typing"],
            &["message", "typing", "stream", "update_message"],
            "message typing",
            &[],
        ),
        (
            &["--narrow", DENMARK, "-e", "message,heartbeat"],
            &["message", "stream"],
            "message heartbeat",
            &[],
        ),
        (
            &["--narrow", DENMARK, "-e", "message,typing", "-E", "typing"],
            &["message", "typing", "stream"],
            "message",
            &[],
        ),
    ]);
}

#[test]
fn a_warning_about_kinds_is_not_printed_with_quiet() {
    let exit = watch(&Model::new(), &["-q", "-e", "messages"]);
    assert_eq!(
        (kinds(&exit).as_str(), exit.stderr.as_str()),
        ("message message", "")
    );
}

#[test]
fn contents_come_as_source_or_rendered_as_asked_for() {
    for (args, content) in [
        (&["-m"][..], "hello"),
        (&["-m", "--apply-markdown"], "<p>hello</p>"),
        (&["-m", "-e", "message", "-E", "typing"], "hello"),
    ] {
        let exit = watch(&Model::new(), args);
        let message = values(&exit.stdout).remove(0);
        assert_eq!(message["content"], content, "{args:?}");
    }
}

#[test]
fn kinds_that_cannot_be_are_refused_in_one_line() {
    let cases: [(&[&str], &str); 8] = [
        (&["-e", ""], "is no list of event types"),
        (&["-e", "['message'"], "is no list of event types"),
        (&["-e", "message reaction"], "with commas between them"),
        (
            &["-m", "-e", "message,reaction"],
            "nothing else: leave it out",
        ),
        (&["-m", "-e", "typing"], "nothing else: leave it out"),
        (&["-m", "-E", "message"], "nothing else: leave it out"),
        (
            &["-e", "typing", "-E", "message,typing"],
            "nothing is left to print",
        ),
        (
            &["stream:Denmark", "-E", "message"],
            "nothing is left to print",
        ),
    ];
    for (args, part) in cases {
        Tail::new(NOWHERE)
            .args(args)
            .stderr(Expected::one_line(&[part]))
            .code(2)
            .run();
    }
}
