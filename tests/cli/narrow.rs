//! Which messages a narrow lets through, however it is spelled, and how much of it is sent to the server.
//!
//! Not for kinds of event (`kinds.rs`) or for every misspelling (unit tests of `selection/narrow`).

use serde_json::{Value, json};

use crate::support::account::API_EMAIL;
use crate::support::answers::server;
use crate::support::expect::Expect;
use crate::support::model::{Dialect, Model, Post, Role};
use crate::support::reply::Reply;
use crate::support::run::{Expected, NOWHERE, Tail};
use crate::support::running::Signal;
use crate::support::tally::message_ids;

const CORDELIA: &str = "cordelia@example.com";

/// What is sent in every test here; the ids are 1001 and so on, 1 and so on in the tests.
fn corpus() -> Vec<Post> {
    vec![
        /* 1 */ Post::new("Denmark", "lunch plans", "a"),
        /* 2 */ Post::new("Denmark", "castle", "b").from(CORDELIA),
        /* 3 */ Post::new("Verona", "Lunch Plans", "c").from(API_EMAIL),
        /* 4, unsubscribed */ Post::new("Scotland", "lunch plans", "d"),
        /* 5, private */ Post::new("conspiracy", "lunch plans", "e"),
        /* 6 */ Post::direct("f").from(CORDELIA),
        /* 7 */ Post::direct("g").from(API_EMAIL),
        /* 8 */
        Post::new("Denmark", "castle", "h")
            .from(CORDELIA)
            .flag("mentioned"),
        /* 9 */ Post::new("Verona", "castle", "i").flag("wildcard_mentioned"),
        /* 10, unsubscribed but received */
        Post::new("Scotland", "castle", "j").flag("mentioned"),
        /* 11 */
        Post::new("Verona", "castle", "k")
            .from(CORDELIA)
            .flag("has_alert_word"),
        /* 12 */
        Post::new("Denmark", "lunch plans", "l")
            .from(API_EMAIL)
            .flag("read"),
        /* 13 */ Post::new("Verona", "lunch", "m").flag("starred"),
    ]
}

/// Runs the program once for each of the argument lists, all at the same time, and gives what each
/// printed of the corpus, and its stderr.
#[track_caller]
fn printed(model: &Model, runs: &[Vec<&str>]) -> Vec<(Vec<u64>, String)> {
    let tails: Vec<_> = runs
        .iter()
        .map(|args| Tail::new(&model.site()).args(args).start())
        .collect();
    model.wait_all_idle(runs.len());
    for post in corpus() {
        model.send(post);
    }
    model.wait_all_idle(runs.len());
    tails
        .into_iter()
        .map(|tail| {
            tail.signal(Signal::TERM);
            let exit = tail.wait_exit();
            (ids(&exit.stdout), exit.stderr)
        })
        .collect()
}

fn ids(stdout: &str) -> Vec<u64> {
    let ids = message_ids(stdout);
    assert_eq!(ids.len(), stdout.lines().count(), "messages only: {stdout}");
    ids.iter().map(|id| id - 1000).collect()
}

/// `[["is:private"], …]`: each inner list is a run, each text in it a `--narrow`.
fn as_args<'a>(spellings: &[&[&'a str]]) -> Vec<Vec<&'a str>> {
    spellings
        .iter()
        .map(|narrows| {
            narrows
                .iter()
                .flat_map(|narrow| ["--narrow", narrow])
                .collect()
        })
        .collect()
}

/// What is printed, and the ways to ask for that.
type Alike = (&'static [u64], &'static [&'static [&'static str]]);

#[track_caller]
fn assert_alike(cases: &[Alike]) {
    for (expected, spellings) in cases {
        let outcomes = printed(&Model::new(), &as_args(spellings));
        for ((ids, stderr), spelling) in outcomes.iter().zip(*spellings) {
            assert_eq!(
                (ids.as_slice(), stderr.as_str()),
                (*expected, ""),
                "{spelling:?}"
            );
        }
    }
}

#[test]
fn a_channel_is_the_same_in_every_spelling() {
    assert_alike(&[(
        &[1, 2, 8, 12],
        &[
            &["stream:Denmark"],
            &["channel:denmark"],
            &["stream:\"Denmark\""],
            &["  STREAM:DENMARK  "],
            &["channel-id:4"],
            &[r#"["stream","Denmark"]"#],
            &["['stream', 'Denmark']"],
            &[r#"[["channel","Denmark"]]"#],
            &["[['stream', 'Denmark']]"],
            &[r#"[["stream",4]]"#],
            &[r#"{"operator":"stream","operand":"Denmark"}"#],
            &[r#"[{"operator":"channel","operand":"Denmark","negated":false}]"#],
            &["[{'operator': 'stream', 'operand': 'Denmark'}]"],
            &["stream:Denmark", r#"["stream","Denmark"]"#],
        ],
    )]);
}

#[test]
fn topics_and_senders_are_the_same_in_every_spelling() {
    assert_alike(&[
        (
            &[1, 3, 4, 12],
            &[
                &["topic:\"lunch plans\""],
                &["subject:\"LUNCH plans\""],
                &[r#"["topic","lunch plans"]"#],
                &["['subject', 'lunch plans']"],
                &[r#"[{"operator":"topic","operand":"lunch plans"}]"#],
            ],
        ),
        (
            &[2, 6, 8, 11],
            &[
                &["sender:cordelia@example.com"],
                &["from:Cordelia@Example.COM"],
                &["sender:8"],
                &[r#"["sender",8]"#],
                &[r#"[["from","cordelia@example.com"]]"#],
            ],
        ),
        (
            &[3, 7, 12],
            &[
                &["sender:me"],
                &["from:ME"],
                &["sender:24"],
                &["sender:user24@chat.example.com"],
                &["[['sender', 'me']]"],
            ],
        ),
    ]);
}

#[test]
fn terms_in_one_narrow_must_all_hold() {
    assert_alike(&[
        (
            &[1, 12],
            &[
                &["stream:Denmark topic:\"lunch plans\""],
                &["topic:\"lunch plans\"   channel:Denmark"],
                &[r#"[["stream","Denmark"],["topic","lunch plans"]]"#],
                &["[['topic', 'lunch plans'], ['stream', 'Denmark']]"],
            ],
        ),
        (&[6], &[&["is:dm -sender:me"], &["-from:24 is:private"]]),
        (&[8], &[&["is:mentioned stream:Denmark"]]),
    ]);
}

#[test]
fn a_narrow_that_hardly_ever_matches_is_warned_of() {
    // The corpus has a message that is starred when it is sent; no server has.
    for (narrow, expected, reason) in [
        ("is:private stream:Denmark", &[][..], "never hold together"),
        ("is:starred", &[13], "--since TIME"),
    ] {
        let outcomes = printed(&Model::new(), &as_args(&[&[narrow]]));
        let (ids, stderr) = &outcomes[0];
        assert_eq!(ids, expected, "{narrow}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        let start = format!("wyzepal-tail: warning: the narrow '{narrow}' never matches: ");
        let start = start.replace("stream:", "channel:");
        assert!(
            stderr.starts_with(&start) && stderr.contains(reason),
            "{stderr}"
        );
    }
}

#[test]
fn negated_terms_take_away_and_never_widen() {
    assert_alike(&[
        (
            &[1, 2, 8],
            &[
                &["stream:Denmark -sender:me"],
                &[
                    r#"[{"operator":"stream","operand":"Denmark"},{"operator":"sender","operand":"me","negated":true}]"#,
                ],
                &[r#"[["stream","Denmark"],["-sender","me"]]"#],
            ],
        ),
        (
            &[3, 6, 7, 9, 10, 11, 13],
            &[
                &["-stream:Denmark"],
                &["-channel:denmark"],
                &["-channel-id:4"],
                &["[{'operator': 'stream', 'operand': 'Denmark', 'negated': true}]"],
            ],
        ),
        (&[1, 2, 3, 8, 9, 10, 11, 12, 13], &[&["-is:private"]]),
    ]);
}

#[test]
fn states_are_read_from_the_messages_flags() {
    assert_alike(&[
        (&[6, 7], &[&["is:private"], &["is:dm"], &["[['is','dm']]"]]),
        (&[8, 9, 10], &[&["is:mentioned"], &["IS:Mentioned"]]),
        (&[11], &[&["is:alerted"]]),
        (&[1, 2, 3, 6, 7, 8, 9, 10, 11, 13], &[&["is:unread"]]),
    ]);
}

#[test]
fn repeated_narrows_are_alternatives() {
    assert_alike(&[
        (
            &[6, 7, 8, 9, 10],
            &[
                &["is:mentioned", "is:private"],
                &["['is','private']", "is:mentioned", "is:dm"],
            ],
        ),
        (
            &[1, 2, 4, 8, 10, 12],
            &[
                &["stream:Denmark", "stream:Scotland"],
                &["[['stream', 'Scotland']]", r#"["channel","Denmark"]"#],
            ],
        ),
        (
            &[1, 8, 12],
            &[&[
                "is:mentioned stream:Denmark",
                "stream:Denmark topic:\"lunch plans\"",
            ]],
        ),
    ]);
}

#[test]
fn a_channel_without_a_subscription_is_seen_if_it_is_named() {
    assert_alike(&[
        (
            &[4, 10],
            &[
                &["stream:Scotland"],
                &["channel-id:5"],
                &[r#"["stream",5]"#],
            ],
        ),
        // Somebody else's private channel stays so.
        (&[], &[&["stream:conspiracy"]]),
    ]);
    let received = printed(
        &Model::new(),
        &[vec!["-e", "message"], vec!["--all-public"]],
    );
    assert_eq!(received[0].0, [1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13]);
    assert_eq!(received[1].0, [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13]);
}

#[test]
fn an_old_server_gives_the_same_messages() {
    let runs: [&[&str]; 6] = [
        &["channel:Denmark"],
        &["topic:\"lunch plans\""],
        &["is:mentioned"],
        &["is:alerted"],
        &["stream:Denmark", "channel:Scotland"],
        &["sender:me"],
    ];
    let ids = |model: &Model| -> Vec<Vec<u64>> {
        let outcomes = printed(model, &as_args(&runs));
        outcomes.into_iter().map(|(ids, _)| ids).collect()
    };
    let (old, new) = (ids(&Model::old()), ids(&Model::new()));
    assert_eq!(old, new);
}

#[test]
fn a_guest_gets_what_it_may_see_and_a_warning() {
    let runs: [&[&str]; 3] = [
        &["stream:Denmark", "stream:Scotland"],
        &["stream:Denmark"],
        &["is:private", "is:mentioned"],
    ];
    let outcomes = printed(&Model::of(Dialect::New, Role::Guest), &as_args(&runs));
    let (ids, stderr) = &outcomes[0];
    assert_eq!(ids, &[1, 2, 8, 10, 12]);
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(
        stderr.contains("warning: the account may not see all public channels"),
        "{stderr}"
    );
    assert_eq!(outcomes[1], (vec![1, 2, 8, 12], String::new()));
    assert_eq!(outcomes[2], (vec![6, 7, 8, 9, 10], String::new()));
}

#[test]
fn a_guest_that_asks_for_all_public_channels_itself_is_refused() {
    let model = Model::of(Dialect::New, Role::Guest);
    Tail::new(&model.site())
        .args(["--all-public"])
        .stderr(Expected::containing(&[
            "User not authorized for this query",
        ]))
        .code(2)
        .run();
}

/// Options, the server's narrow, and whether all public channels are asked for.
type Sent = (&'static [&'static str], Value, &'static str);

#[test]
fn of_a_narrow_only_what_is_safe_everywhere_is_sent_to_the_server() {
    let cases: [Sent; 14] = [
        (&[], Value::Null, "false"),
        (&["--all-public"], Value::Null, "true"),
        (
            &["--narrow", "stream:Denmark"],
            json!([["stream", "Denmark"]]),
            "false",
        ),
        (
            &["--narrow", "channel:Denmark"],
            json!([["stream", "Denmark"]]),
            "false",
        ),
        (
            &["--narrow", "channel:Denmark topic:x sender:a@b.c is:dm"],
            json!([
                ["stream", "Denmark"],
                ["topic", "x"],
                ["sender", "a@b.c"],
                ["is", "private"]
            ]),
            "false",
        ),
        // Flags: 1.7 can lose deliveries by them.
        (&["--narrow", "is:mentioned"], Value::Null, "false"),
        (
            &["--narrow", "is:unread stream:Denmark"],
            json!([["stream", "Denmark"]]),
            "false",
        ),
        // No pairs for negation, and no ids.
        (&["--narrow", "-stream:Denmark"], Value::Null, "false"),
        (
            &["--narrow", "-sender:me topic:x"],
            json!([["topic", "x"]]),
            "false",
        ),
        (&["--narrow", "channel-id:4"], Value::Null, "true"),
        // Alternatives are evaluated here.
        (
            &["--narrow", "stream:a", "--narrow", "stream:b"],
            Value::Null,
            "true",
        ),
        (
            &["--narrow", "is:dm", "--narrow", "is:mentioned"],
            Value::Null,
            "false",
        ),
        (
            &["--narrow", "stream:a", "--narrow", "['stream', 'a']"],
            json!([["stream", "a"]]),
            "false",
        ),
        (
            &["--narrow", "is:dm", "--narrow", "-stream:a topic:b"],
            Value::Null,
            "true",
        ),
    ];
    for (args, narrow, all_public) in cases {
        let server = server()
            .always(Expect::register(), Reply::error(403, "FORBIDDEN", "no"))
            .always(
                Expect::new("GET", "/users/me"),
                Reply::json(
                    200,
                    &json!({ "result": "success", "user_id": 24, "email": API_EMAIL }),
                ),
            )
            .always(
                Expect::new("GET", "/server_settings"),
                Reply::json(
                    200,
                    &json!({ "result": "success", "zulip_version": "9.2", "zulip_feature_level": 278 }),
                ),
            );
        Tail::new(&server.site())
            .args(args)
            .stderr(Expected::containing(&["(403)"]))
            .code(3)
            .run();
        let requests = server.requests();
        let register = requests.last().expect("a request");
        assert_eq!(register.path, "/api/v1/register", "{args:?}");
        let sent = (
            register.json("narrow"),
            register.param("all_public_streams"),
        );
        assert_eq!(sent, (narrow, Some(all_public)), "{args:?}");
    }
}

#[test]
fn a_narrow_that_the_server_refuses_ends_it_with_the_servers_words() {
    let refusal = Reply::error(400, "BAD_REQUEST", "Operator stream not supported.");
    let server = server().on(Expect::register(), refusal);
    Tail::new(&server.site())
        .args(["--narrow", "stream:Denmark"])
        .stderr(Expected::one_line(&["Operator stream not supported."]))
        .code(2)
        .run();
}

#[test]
fn what_is_no_narrow_for_live_events_is_refused_in_one_line() {
    let works = "what works is channel:";
    let cases: [(&str, &[&str]); 11] = [
        ("", &["the narrow is empty", works]),
        ("stream:", &["\"stream:\"", "nothing to look for"]),
        ("lunch", &["\"lunch\"", "has no operator", works]),
        ("topic:lunch plans", &["\"plans\"", "needs quotes", works]),
        (
            "has:link",
            &["\"has:link\"", "does not work on live events", works],
        ),
        ("near:12", &["\"near:12\"", "--since LINK"]),
        ("streams:public", &["--all-public"]),
        ("steam:Denmark", &["did you mean stream:?"]),
        ("sender:7,8", &["names several people"]),
        ("[\"stream\"]", &["is not a narrow term"]),
        ("['stream', 'Denmark'", &["not valid JSON"]),
    ];
    for (narrow, parts) in cases {
        Tail::new(NOWHERE)
            .args(["--narrow", narrow])
            .stderr(Expected::one_line(parts))
            .code(2)
            .run();
    }
}
