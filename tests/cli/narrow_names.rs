//! Whom and what a narrow names: looked up before the start, asked of the server's history, and refused where it is
//! not there.
//!
//! Not for spellings (`narrow_cases.rs`).

use serde_json::json;

use crate::support::answers::server;
use crate::support::expect::Expect;
use crate::support::model::{Dialect, Model, Post, Role, Step};
use crate::support::reply::Reply;
use crate::support::run::{Expected, NOWHERE, Tail};
use crate::support::tally::message_ids;

/// Nobody writes so much that a person who seldom does is on the first page.
const MANY: usize = 2500;

/// A server on which two early messages are of Cordelia, in Verona.
fn crowded(dialect: Dialect) -> (Model, Vec<u64>) {
    let model = Model::of(dialect, Role::Member);
    let early =
        ["a", "b"].map(|text| Post::new("Verona", "castle", text).from("cordelia@example.com"));
    let early = model.send_all(early);
    model.send_all(Post::lunches(MANY));
    (model, early)
}

#[test]
fn what_the_server_knows_is_asked_of_it_so_that_two_lines_take_no_whole_history() {
    for dialect in [Dialect::New, Dialect::Old] {
        for narrow in [
            "sender:8",
            "sender:Cordelia",
            "channel:6",
            "channel-id:6",
            "-sender:12",
            "-channel:Denmark",
            "#narrow/channel/6-Verona",
            "topic:castle",
        ] {
            let (model, early) = crowded(dialect);
            let exit = Tail::new(&model.site())
                .args(["--once", "-n", "2", "--narrow", narrow])
                .stdout(Expected::like(|_| true))
                // An old server has no history of all public channels, and it is said.
                .stderr(Expected::like(move |text| {
                    text.is_empty() || dialect == Dialect::Old
                }))
                .run();
            assert_eq!(message_ids(&exit.stdout), early, "{dialect:?} {narrow}");
            // Each query once backwards and once forwards, and the ones that are refused.
            let requests = model.count(Step::History);
            assert!(
                requests <= 10,
                "{dialect:?} {narrow}: {requests}\n{:?}",
                model.requests()
            );
            let rows = model
                .requests()
                .iter()
                .filter(|request| request.param("num_before") == Some("1000"))
                .count();
            assert_eq!(rows, 0, "{dialect:?} {narrow} read whole pages");
        }
    }
}

#[test]
fn what_a_server_refuses_of_each_reading_is_told_once() {
    let model = Model::old();
    let sent = model.send(Post::new("Denmark", "lunch plans", "x"));
    let exit = Tail::new(&model.site())
        .args(["--once", "-n", "1", "topic:lunch+plans"])
        .stdout(Expected::like(|_| true))
        .stderr(Expected::one_line(&["its history is not shown"]))
        .run();
    assert_eq!(message_ids(&exit.stdout), [sent]);
}

#[test]
fn what_a_server_cannot_look_for_is_read_from_the_newest_page_backwards() {
    let model = Model::old();
    model.send_all(Post::lunches(MANY));
    let resolved = model.send(Post::new("Denmark", "✔ done", "x"));
    model.send_all(Post::lunches(10));
    let exit = Tail::new(&model.site())
        .args(["--once", "-n", "1", "--narrow", "is:resolved"])
        .stdout(Expected::like(|_| true))
        .run();
    assert_eq!(message_ids(&exit.stdout), [resolved]);
    assert!(model.count(Step::History) <= 6, "{:?}", model.requests());
}

#[test]
fn somebody_who_is_not_there_ends_the_start() {
    let model = Model::new();
    model.send_all(Post::lunches(3));
    for (narrow, parts) in [
        (
            "sender:99999",
            &["refuses messages", "unknown user", "check the spelling"][..],
        ),
        ("dm:99999", &["unknown user"]),
        ("dm:nobody@example.com", &["unknown user"]),
        ("channel-id:99999", &["unknown channel 99999"]),
        ("channel:99999", &["unknown channel 99999"]),
        ("channel:no+where", &["unknown channel no"]),
        (
            "sender:Cordelie",
            &["nobody is called \"Cordelie\" (did you mean \"Cordelia\"?)"],
        ),
        (
            "sender:Bot",
            &["nobody is called \"Bot\" (did you mean \"Tail Bot\"?)"],
        ),
        ("dm:\"Cordelia, Nobody\"", &["nobody is called \"Nobody\""]),
        ("-sender:Nobody", &["nobody is called \"Nobody\""]),
    ] {
        Tail::new(&model.site())
            .args(["--once", "-n", "2"])
            .args([format!("--narrow={narrow}")])
            .stderr(Expected::one_line(parts))
            .code(2)
            .run();
    }
    // What is only left out need not exist.
    for narrow in ["-channel:nowhere", "-sender:99999", "-channel:no+where"] {
        let exit = Tail::new(&model.site())
            .args(["--once", "-n", "2"])
            .args([format!("--narrow={narrow}")])
            .stdout(Expected::like(|_| true))
            .run();
        assert_eq!(message_ids(&exit.stdout), [1002, 1003], "{narrow}");
    }
}

#[test]
fn several_of_a_name_are_listed_with_their_ids() {
    let person = |id: i64, name: &str, is_active: bool| json!({ "user_id": id, "full_name": name, "email": format!("user{id}@chat.example.com"), "is_active": is_active });
    let members = [
        person(8, "Ada", true),
        person(9, "ADA", true),
        person(10, "Bo", true),
        person(11, "Bo", false),
    ];
    let server = server()
        .always(
            Expect::new("GET", "/users"),
            Reply::json(200, &json!({ "result": "success", "members": members })),
        )
        .always(Expect::register(), Reply::error(403, "FORBIDDEN", "no"));
    Tail::new(&server.site())
        .args(["--narrow", "sender:ada"])
        .stderr(Expected::one_line(&[
            "2 people are called \"ada\": write the user id",
            "(8, 9)",
        ]))
        .code(2)
        .run();
    // Of several the active ones count.
    Tail::new(&server.site())
        .args(["--narrow", "sender:Bo"])
        .stderr(Expected::one_line(&["(403"]))
        .code(3)
        .run();
}

#[test]
fn a_link_to_another_server_is_refused_by_name() {
    Tail::new(NOWHERE)
        .args(["--narrow", "https://other.example.com/#narrow/is/dm"])
        .stderr(Expected::one_line(&[
            "error: the link leads to https://other.example.com",
            "the account is one of http://127.0.0.1:1",
        ]))
        .code(2)
        .run();
}

#[test]
fn saved_messages_are_selected_by_the_configured_account_or_by_none() {
    const OTHER: &str = "https://other.example.com/#narrow/dm/8-Ada";
    let saved = |id: i64, sender: &str, people: &[(i64, &str, &str)]| {
        let people: Vec<_> = people
            .iter()
            .map(|(id, email, name)| json!({ "id": id, "email": email, "full_name": name }))
            .collect();
        json!({
            "type": "message", "id": id, "flags": [],
            "message": {
                "id": id, "type": "private", "sender_email": sender, "sender_id": 8, "sender_full_name": "Ada",
                "display_recipient": people, "subject": "", "content": "x", "timestamp": 1_795_356_000,
            },
        })
        .to_string()
    };
    let (ada, bo, me) = (
        (8, "ada@x.org", "Ada"),
        (9, "bo@x.org", "Bo"),
        (24, "tail-bot@example.com", "Me"),
    );
    let lines = [
        saved(1, "ada@x.org", &[ada, me]),
        saved(2, "tail-bot@example.com", &[ada, bo, me]),
        saved(3, "ada@x.org", &[ada, bo]),
    ];
    let lines = lines.join("\n");
    let replay = |tail: Tail, narrow: &str| {
        let exit = tail
            .args(["--replay", "-", "--narrow", narrow])
            .stdin(lines.as_str())
            .stdout(Expected::like(|_| true))
            .run();
        message_ids(&exit.stdout)
    };
    let nobody = || Tail::new("").without_rc();
    let account = || Tail::new("https://chat.example.com");
    for (narrow, with_account, without) in [
        ("dm:Ada", &[1][..], &[1, 3][..]),
        ("dm:8", &[1], &[1, 3]),
        ("dm:\"Ada, Bo\"", &[2, 3], &[2, 3]),
        ("dm-with:Bo", &[2, 3], &[2, 3]),
        ("group-pm-with:Bo", &[2], &[2]),
        ("sender:Ada -sender:bo@x.org", &[1, 2, 3], &[1, 2, 3]),
    ] {
        assert_eq!(
            replay(account(), narrow),
            with_account,
            "{narrow} with an account"
        );
        assert_eq!(replay(nobody(), narrow), without, "{narrow} without one");
    }
    assert_eq!(replay(account(), "sender:me"), [2]);
    assert_eq!(replay(nobody(), OTHER), [1, 3]);
    account()
        .args(["--replay", "-", "--narrow", OTHER])
        .stdin(lines.as_str())
        .stderr(Expected::one_line(&[
            "https://other.example.com",
            "https://chat.example.com",
        ]))
        .code(2)
        .run();
    nobody()
        .args(["--replay", "-", "--narrow", "-sender:me"])
        .stdin(lines.as_str())
        .stderr(Expected::one_line(&["who is meant by me"]))
        .code(2)
        .run();
}

#[test]
fn a_check_says_what_is_archived_hidden_or_ambiguous() {
    let success = |mut fields: serde_json::Value| {
        fields["result"] = "success".into();
        Reply::json(200, &fields)
    };
    let person = |id: i64, name: &str| json!({ "user_id": id, "full_name": name, "email": format!("user{id}@chat.example.com"), "is_active": true });
    for (narrow, code, part) in [
        (
            "stream:\"to archive\"",
            2,
            "problem  selection      channel \"to archive\" is archived: nothing new comes there",
        ),
        (
            "sender:ada@example.com",
            2,
            "nobody has the address ada@example.com in messages; this server hides addresses: write the name",
        ),
        (
            "sender:99",
            2,
            "nobody has the user id 99; take it from the profile in the web app, or write the name",
        ),
        (
            "sender:Ada",
            2,
            "problem  selection      2 people are called \"Ada\"",
        ),
        ("sender:Bo", 0, "ok       selection      message; sender:Bo"),
        (
            "channel:5 sender:10",
            0,
            "ok       selection      message; channel:5 sender:10",
        ),
    ] {
        let server = server()
            .always(
                Expect::new("GET", "/server_settings"),
                success(json!({ "zulip_version": "9.2" })),
            )
            .always(
                Expect::new("GET", "/users/me"),
                success(
                    json!({ "user_id": 10, "email": "user10@chat.example.com", "full_name": "Bo" }),
                ),
            )
            .always(
                Expect::new("GET", "/users/me/subscriptions"),
                success(json!({ "subscriptions": [{ "stream_id": 5, "name": "ops" }] })),
            )
            .always(
                Expect::new("GET", "/users"),
                success(
                    json!({ "members": [person(8, "Ada"), person(9, "Ada"), person(10, "Bo")] }),
                ),
            )
            .always(
                Expect::new("GET", "/streams").param("exclude_archived", "false"),
                success(json!({ "streams": [
                    { "stream_id": 4, "name": "to archive", "is_archived": true },
                    { "stream_id": 5, "name": "ops" },
                ] })),
            )
            .always(
                Expect::register(),
                success(json!({ "queue_id": "q", "last_event_id": -1 })),
            )
            .always(Expect::delete(), success(json!({})));
        Tail::new(&server.site())
            .args(["--check", "--narrow", narrow])
            .stdout(Expected::containing(&[part]))
            .code(code)
            .run();
    }
}
