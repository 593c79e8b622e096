//! `--check`: what it finds, what it advises, and with what it ends.

use serde_json::{Value, json};

use crate::support::account::{EMAIL, KEY, rc};
use crate::support::expect::Expect;
use crate::support::http::Request;
use crate::support::reply::Reply;
use crate::support::run::{Expected, NOWHERE, Tail};
use crate::support::server::Server;

/// A server with two channels and two people, an account with so many subscriptions, and one
/// message of the past.
struct World {
    subscriptions: usize,
    settings: Reply,
    me: Reply,
    history: Reply,
    register: Reply,
}

fn success(mut fields: Value) -> Reply {
    fields["result"] = "success".into();
    fields["msg"] = "".into();
    Reply::json(200, &fields)
}

fn message(flags: &[&str]) -> Value {
    json!({
        "id": 7, "type": "stream", "display_recipient": "ops", "stream_id": 4,
        "subject": "deploy", "sender_id": 12, "sender_email": "user12@chat.example.com",
        "sender_full_name": "Tail Bot", "content": "done", "timestamp": 1_795_356_127,
        "flags": flags,
    })
}

impl Default for World {
    fn default() -> World {
        World {
            subscriptions: 1,
            settings: success(json!({
                "realm_name": "Lantern", "zulip_version": "9.2", "zulip_feature_level": 278,
            })),
            me: success(json!({
                "user_id": 12, "email": "user12@chat.example.com", "full_name": "Tail Bot", "is_bot": true,
            })),
            history: success(json!({
                "found_newest": true, "found_oldest": true, "found_anchor": false, "anchor": 0,
                "messages": [message(&["read"])],
            })),
            register: success(json!({
                "queue_id": "trial", "last_event_id": -1, "zulip_version": "9.2", "zulip_feature_level": 278,
            })),
        }
    }
}

impl World {
    fn serve(self) -> Server {
        let channels = [
            json!({"stream_id": 4, "name": "ops"}),
            json!({"stream_id": 5, "name": "design"}),
        ];
        let people = json!([
            {"user_id": 12, "full_name": "Tail Bot", "email": "user12@chat.example.com"},
            {"user_id": 13, "full_name": "Hamlet", "email": "hamlet@chat.example.com"},
        ]);
        let is_elsewhere = |request: &Request| {
            let narrow = request.param("narrow").unwrap_or_default();
            narrow.contains(r#""topic""#) && !narrow.contains(r#""deploy""#)
        };
        let empty = success(json!({
            "found_newest": true, "found_oldest": true, "found_anchor": false, "anchor": 0,
            "messages": [],
        }));
        let subscribed: Vec<_> = channels.iter().take(self.subscriptions).collect();
        Server::new()
            .always(Expect::new("GET", "/server_settings"), self.settings)
            .always(Expect::new("GET", "/users/me"), self.me)
            .always(
                Expect::new("GET", "/users/me/subscriptions"),
                success(json!({ "subscriptions": subscribed })),
            )
            .always(
                Expect::new("GET", "/streams"),
                success(json!({ "streams": channels })),
            )
            .always(
                Expect::new("GET", "/users"),
                success(json!({ "members": people })),
            )
            .always(Expect::history().and("another topic", is_elsewhere), empty)
            .always(Expect::history(), self.history)
            .always(Expect::register(), self.register)
            .always(
                Expect::delete().param("queue_id", "trial"),
                success(json!({})),
            )
    }
}

fn check(site: &str) -> Tail {
    Tail::new(site).args(["--check", "--utc"])
}

/// Runs it and returns the report.
fn report(world: World, args: &[&str], code: i32) -> String {
    let server = world.serve();
    check(&server.site())
        .args(args.iter().copied())
        .stdout(Expected::like(|_| true))
        .code(code)
        .run()
        .stdout
}

/// The lines about one subject.
fn about<'a>(report: &'a str, subject: &str) -> Vec<&'a str> {
    report
        .lines()
        .filter(|line| line.split_whitespace().nth(1) == Some(subject))
        .collect()
}

#[test]
fn a_good_account_gets_a_line_for_everything_and_no_queue_is_left() {
    let server = World::default().serve();
    let site = server.site();
    let report = check(&site).stdout(Expected::like(|_| true)).run().stdout;
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(lines.len(), 9, "{report}");
    assert!(
        lines[0].starts_with("ok       config         config file "),
        "{report}"
    );
    assert_eq!(lines[1], format!("ok       site           {site}"));
    assert_eq!(
        lines[2..],
        [
            "ok       connection     http, not encrypted",
            "ok       server         Lantern, version 9.2, feature level 278",
            "ok       account        Tail Bot (bot, user id 12, user12@chat.example.com in messages)",
            "ok       subscriptions  1 channel",
            "ok       selection      all kinds of event",
            "ok       history        the last message that matches is of 2026-11-22 14:02",
            "ok       queue          registered and deleted",
        ]
    );
    let requests = server.requests();
    let count = |method: &str| requests.iter().filter(|r| r.method == method).count();
    assert_eq!((count("POST"), count("DELETE")), (1, 1));
    assert!(
        requests
            .iter()
            .all(|request| request.path != "/api/v1/events" || request.method == "DELETE")
    );
}

#[test]
fn json_has_one_finding_a_line() {
    let report = report(World::default(), &["-o", "json"], 0);
    let findings: Vec<Value> = report
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(findings.len(), 9, "{report}");
    for finding in &findings {
        assert_eq!(finding["type"], "wyzepal_tail");
        assert_eq!(finding["op"], "check");
        assert_eq!(finding["status"], "ok");
        assert!(
            finding["text"].is_string() && finding["time"].is_string(),
            "{finding}"
        );
    }
    assert_eq!(findings[4]["subject"], "account");
}

#[test]
fn a_narrow_that_names_what_is_not_there_gets_a_suggestion_and_ends_with_2() {
    for (narrow, parts) in [
        ("stream:opss", vec!["\"opss\"", "did you mean \"ops\"?"]),
        ("stream:finance", vec!["\"finance\"", "private"]),
        (
            "sender:hamlett@chat.example.com",
            vec!["did you mean hamlet@chat.example.com?"],
        ),
        ("sender:99", vec!["user id 99"]),
        (
            "stream:ops stream:design",
            vec!["channel:ops and channel:design never hold together; to see both"],
        ),
        ("is:starred", vec!["-n", "--since"]),
    ] {
        let report = report(World::default(), &["--narrow", narrow], 2);
        let lines = about(&report, "selection");
        assert_eq!(lines.len(), 1, "{narrow}: {report}");
        assert!(lines[0].starts_with("problem"), "{narrow}: {report}");
        for part in parts {
            assert!(lines[0].contains(part), "{narrow}: {report}");
        }
    }
}

#[test]
fn one_alternative_that_can_match_is_enough() {
    let args = ["--narrow", "stream:opss", "--narrow", "stream:OPS"];
    let report = report(World::default(), &args, 0);
    let lines = about(&report, "selection");
    assert!(
        lines.len() == 1 && lines[0].starts_with("warning"),
        "{report}"
    );
    for narrow in [
        "stream:ops sender:me",
        "sender:13",
        "sender:Hamlet@chat.example.com",
        "-stream:gone",
    ] {
        let report = self::report(World::default(), &["--narrow", narrow], 0);
        let lines = about(&report, "selection");
        assert!(
            lines.len() == 1 && lines[0].starts_with("ok"),
            "{narrow}: {report}"
        );
    }
}

#[test]
fn an_alternative_whose_name_is_not_there_ends_with_2_where_earlier_messages_are_needed() {
    let starts = [&["-n", "5"][..], &["--once", "--cursor-file", "cursor"]];
    for (narrow, name) in [
        ("stream:opss", "no channel \"opss\""),
        ("sender:hamlett@chat.example.com", "nobody has the address"),
    ] {
        for start in starts {
            let args = [start, &["--narrow", "stream:ops", "--narrow", narrow]].concat();
            let report = report(World::default(), &args, 2);
            let lines = about(&report, "selection");
            assert!(
                lines.len() == 1 && lines[0].starts_with("problem") && lines[0].contains(name),
                "{args:?}: {report}"
            );
            for subject in ["history", "queue"] {
                let lines = about(&report, subject);
                assert!(lines[0].starts_with("ok"), "{args:?}: {report}");
            }
        }
    }
}

#[test]
fn an_alternative_that_no_run_would_end_for_is_a_warning() {
    for (start, narrow) in [
        (&[][..], "stream:opss"),
        (&["--once", "--queue-id", "7:1"], "stream:opss"),
        (
            &["--once", "--cursor-file", "cursor", "-e", "reaction"],
            "stream:opss",
        ),
        (&[], "sender:99"),
        (&["-n", "5"], "stream:ops stream:design"),
    ] {
        let args = [start, &["--narrow", "stream:ops", "--narrow", narrow]].concat();
        let report = report(World::default(), &args, 0);
        let last = about(&report, "selection").pop().unwrap();
        assert!(last.starts_with("warning  "), "{args:?}: {report}");
        assert!(!report.contains("problem"), "{args:?}: {report}");
    }
}

#[test]
fn a_kind_that_is_not_known_is_not_found_to_be_in_order() {
    let report = report(World::default(), &["-e", "mesage"], 0);
    let lines = about(&report, "selection");
    assert!(
        lines.len() == 1 && lines[0].starts_with("warning") && lines[0].contains("\"message\""),
        "{report}"
    );
    for args in [
        &["-e", "mesage,reaction"][..],
        &["-e", "messages"],
        &["-E", "mesage"],
    ] {
        let report = self::report(World::default(), args, 0);
        let selection = about(&report, "selection");
        assert!(
            selection.len() == 2
                && selection[0].starts_with("warning")
                && selection[1].starts_with("ok"),
            "{report}"
        );
    }
}

#[test]
fn a_bot_without_subscriptions_is_warned_of_what_it_misses() {
    let world = || World {
        subscriptions: 0,
        ..World::default()
    };
    let report = report(world(), &[], 0);
    let lines = about(&report, "subscriptions");
    assert!(
        lines[0].starts_with("warning") && lines[0].contains("--all-public"),
        "{report}"
    );
    for args in [
        &["--all-public"][..],
        &["--narrow", "stream:ops"],
        &["-e", "reaction"],
    ] {
        let report = self::report(world(), args, 0);
        assert!(
            about(&report, "subscriptions")[0].starts_with("ok"),
            "{report}"
        );
    }
}

#[test]
fn a_narrow_that_nothing_matched_is_a_warning_with_what_to_check() {
    let none = "warning  history        none of the last 100 messages there matches";
    let spelling = "take a link from the web app, or check the spelling of \"other\"";
    let rare = "matches are rare, or yet to come";
    for (narrow, advice) in [
        ("topic:other", spelling),
        (
            "stream:design topic:deply",
            "take a link from the web app, or check the spelling of \"deply\"",
        ),
        ("sender:13", rare),
        ("stream:design", rare),
    ] {
        let report = report(World::default(), &["--narrow", narrow], 0);
        assert_eq!(
            about(&report, "history"),
            [format!("{none}; {advice}")],
            "{narrow}"
        );
    }
    for args in [
        &["--narrow", "is:mentioned"][..],
        &["--narrow", "-sender:me"],
    ] {
        let report = report(World::default(), args, 0);
        let expected = "ok       history        none of the last 100 messages there matches";
        assert_eq!(about(&report, "history"), [expected], "{args:?}");
    }
}

#[test]
fn each_alternative_is_searched_for() {
    let args = [
        "--narrow",
        "topic:deply",
        "--narrow",
        "stream:ops",
        "--narrow",
        "stream:gone",
    ];
    let report = report(World::default(), &args, 0);
    assert_eq!(
        about(&report, "history"),
        [
            "warning  history        none of the last 100 messages there matches topic:deply; take a link from the web app, or check the spelling of \"deply\"",
            "ok       history        the last message that matches channel:ops is of 2026-11-22 14:02",
        ]
    );
}

#[test]
fn a_suggestion_is_the_advice_in_json() {
    let args = ["-o", "json", "--narrow", "stream:ops topic:deply"];
    let report = report(World::default(), &args, 0);
    let findings = report
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let warnings: Vec<Value> = findings
        .filter(|finding: &Value| finding["status"] != "ok")
        .collect();
    let [warning] = warnings.as_slice() else {
        panic!("{report}");
    };
    let field = |name: &str| warning[name].as_str().unwrap();
    assert_eq!(
        (field("subject"), field("status"), field("text")),
        (
            "history",
            "warning",
            "none of the last 100 messages there matches"
        )
    );
    let advice = "take a link from the web app, or check the spelling of \"deply\"";
    assert_eq!(field("advice"), advice);
}

#[test]
fn a_name_that_could_not_be_looked_up_may_be_misspelt() {
    let refusal = Reply::error(403, "", "Not for guests");
    let channels = Expect::new("GET", "/streams");
    let server = World::default().serve().on(channels, refusal);
    let report = check(&server.site())
        .args(["--narrow", "stream:opss"])
        .stdout(Expected::like(|_| true))
        .run()
        .stdout;
    let lines = about(&report, "history");
    assert!(
        lines[0].ends_with("check the spelling of \"opss\""),
        "{report}"
    );
}

#[test]
fn a_refused_history_ends_with_2_where_it_is_needed() {
    const OPS: [&str; 4] = ["--narrow", "stream:ops", "--narrow", "stream:opss"];
    const TOPIC: [&str; 2] = ["--narrow", "topic:deploy"];
    let names = |part: &'static str| {
        Expect::history().and(part, move |request: &Request| {
            request.param("narrow").unwrap_or_default().contains(part)
        })
    };
    // Not that of all public channels, which has one more term.
    let received = r#""deploy"}]"#;
    let (bad, broken) = ((400, "BAD_NARROW"), (500, "INTERNAL"));
    let problem = "problem  history        ";
    let warning = "warning  history        ";
    let missed = "messages that are missed cannot be fetched";
    let spelling = "the run would end for it; check the spelling";
    for (start, narrows, refused, (status, code), exit, begin, end) in [
        (
            &["-n", "5"][..],
            &OPS[..],
            "opss",
            bad,
            2,
            problem,
            spelling,
        ),
        (
            &["-n", "5"],
            &[],
            "",
            bad,
            2,
            problem,
            "the run would end for it",
        ),
        (&["-n", "5"], &TOPIC, received, bad, 2, problem, spelling),
        (&["-n", "5"], &TOPIC, "public", bad, 0, "ok ", "14:02"),
        (&["-n", "5"], &OPS, "opss", broken, 0, warning, missed),
        (&[], &OPS, "opss", bad, 0, warning, missed),
    ] {
        // Where channels cannot be looked up, only the history shows it.
        let guests = Reply::error(403, "", "Not for guests");
        let channels = Expect::new("GET", "/streams").optional();
        let server = World::default()
            .serve()
            .on(channels, guests)
            .on(names(refused), Reply::error(status, code, "unknown"));
        let report = check(&server.site())
            .args([start, narrows].concat())
            .stdout(Expected::like(|_| true))
            .code(exit)
            .run()
            .stdout;
        let name = format!("{start:?} {narrows:?} {refused}");
        let lines = about(&report, "history");
        assert_eq!(lines.len(), 1.max(narrows.len() / 2), "{name}: {report}");
        let last = lines.last().unwrap();
        assert!(
            last.starts_with(begin) && last.ends_with(end),
            "{name}: {report}"
        );
        assert_eq!(about(&report, "queue").len(), 1, "{name}: {report}");
    }
}

#[test]
fn a_message_that_the_account_never_received_matches_only_what_reaches_that_far() {
    let world = || {
        let history = success(json!({
            "found_newest": true, "found_oldest": true, "found_anchor": false, "anchor": 0,
            "messages": [message(&["read", "historical"])],
        }));
        World {
            history,
            ..World::default()
        }
    };
    for (args, end) in [
        (&[][..], "none of the last 100 messages there matches"),
        (
            &["--all-public"],
            "the last message that matches is of 2026-11-22 14:02",
        ),
    ] {
        let report = report(world(), args, 0);
        let lines = about(&report, "history");
        assert!(lines[0].ends_with(end), "{args:?}: {report}");
    }
}

#[test]
fn public_channels_that_a_guest_may_not_see_are_a_problem_if_it_asks_for_them_itself() {
    for (args, code, status) in [
        (&["--all-public"][..], 2, "problem"),
        (
            &["--narrow", "topic:deploy", "--narrow", "stream:ops"],
            0,
            "warning",
        ),
    ] {
        let refusal = Reply::error(400, "BAD_REQUEST", "User not authorized for this query");
        let public = Expect::register().param("all_public_streams", "true");
        let server = World::default().serve().on(public, refusal);
        let report = check(&server.site())
            .args(args.iter().copied())
            .stdout(Expected::like(|_| true))
            .code(code)
            .run()
            .stdout;
        let lines = about(&report, "queue");
        assert!(lines[0].starts_with(status), "{args:?}: {report}");
    }
}

#[test]
fn what_a_tail_would_end_with_ends_the_check() {
    let refused = || Reply::error(401, "UNAUTHORIZED", "Invalid API key");
    let page = || Reply::text(404, "text/html", "<h1>Not found</h1>");
    let cases = [
        (
            "wrong key",
            World {
                me: refused(),
                ..World::default()
            },
            "account",
            3,
        ),
        (
            "no such server",
            World {
                settings: page(),
                me: page(),
                ..World::default()
            },
            "connection",
            2,
        ),
        (
            "proxy in trouble",
            World {
                settings: Reply::html_502(),
                ..World::default()
            },
            "connection",
            4,
        ),
        (
            "queue refused",
            World {
                register: Reply::error(400, "BAD_REQUEST", "no"),
                ..World::default()
            },
            "queue",
            2,
        ),
    ];
    for (name, world, subject, code) in cases {
        let report = report(world, &[], code);
        let last = report.lines().last().unwrap();
        assert!(last.starts_with("problem"), "{name}: {report}");
        assert_eq!(
            about(&report, subject).last(),
            Some(&last),
            "{name}: {report}"
        );
    }
    let report = check(NOWHERE)
        .stdout(Expected::like(|_| true))
        .code(4)
        .run()
        .stdout;
    let last = report.lines().last().unwrap();
    assert!(last.contains("cannot reach"), "{report}");
    assert!(
        last.ends_with("check host and port of the site"),
        "{report}"
    );
}

#[test]
fn an_account_that_is_not_found_is_a_finding() {
    let line = |text: &'static str| vec!["problem  config         ", text];
    let places = "none by --user, WYZEPAL_EMAIL or ZULIP_EMAIL, and none in any of /";
    let keyless = "[api]\nemail=a@example.com\nsite=https://x.example.com\n";
    for (rc, args, parts) in [
        (None, &[][..], line("no email known: ")),
        (None, &[], vec![places, "/.wyzepalrc, ", "; put 'email=…'"]),
        (None, &["-c", "gone"], line("cannot read config file gone")),
        (None, &["-o", "json"], vec!["\"status\":\"problem\""]),
        (Some(keyless), &[], line("no key known: ")),
        (Some(keyless), &[], vec!["none by WYZEPAL_API_KEY or "]),
    ] {
        let tail = check(NOWHERE).args(args.iter().copied()).code(2);
        let tail = match rc {
            Some(text) => tail.rc(text),
            None => tail.without_rc(),
        };
        tail.stdout(Expected::one_line(&parts)).run();
    }
    check("https://chat.example.com")
        .args(["--cert-bundle", "gone"])
        .code(2)
        .stdout(Expected::one_line(&["problem  config  ", "gone"]))
        .run();
}

#[test]
fn a_server_too_old_for_settings_is_still_checked() {
    let world = World {
        settings: Reply::error(404, "", "no such page"),
        ..World::default()
    };
    let report = report(world, &[], 0);
    assert!(about(&report, "server").is_empty(), "{report}");
    assert_eq!(about(&report, "queue").len(), 1, "{report}");
}

#[test]
fn the_address_that_is_used_is_printed_and_where_it_is_from_if_not_from_the_file() {
    let from = |option: &'static str| format!("email from {option}, key from config file ");
    for (args, variable, expected) in [
        (&[][..], None, "config file ".to_owned()),
        (&["--user", "other@chat.example.com"], None, from("--user")),
        (&[], Some("WYZEPAL_EMAIL"), from("WYZEPAL_EMAIL")),
        (
            &["--user", "other@chat.example.com", "-o", "json"],
            Some("WYZEPAL_EMAIL"),
            from("--user"),
        ),
    ] {
        let server = World::default().serve();
        let expected = expected.as_str();
        let is_mine = args.is_empty() && variable.is_none();
        let address = if is_mine {
            EMAIL
        } else {
            "other@chat.example.com"
        };
        let mut check = check(&server.site()).args(args.iter().copied());
        if let Some(variable) = variable {
            check = check.env(variable, "other@chat.example.com");
        }
        let report = check.stdout(Expected::like(|_| true)).run().stdout;
        let first = report.lines().next().unwrap();
        assert!(first.contains(expected), "{report}");
        let end = format!(".wyzepalrc, account {address}");
        assert!(
            first.ends_with(&end) || first.contains(&format!("{end}\"")),
            "{report}"
        );
        assert!(!report.contains(KEY), "{report}");
    }
    let server = World::default().serve();
    let report = check(&server.site())
        .without_rc()
        .env("WYZEPAL_EMAIL", EMAIL)
        .env("WYZEPAL_API_KEY", KEY)
        .args(["--site", &server.site()])
        .stdout(Expected::like(|_| true))
        .run()
        .stdout;
    let expected = format!(
        "email from WYZEPAL_EMAIL, key from WYZEPAL_API_KEY, site from --site, account {EMAIL}"
    );
    assert_eq!(
        about(&report, "config"),
        [format!("ok       config         {expected}")]
    );
}

#[test]
fn a_proxy_on_the_way_is_named() {
    let site = "http://chat.example.com";
    let gone = Reply::error(404, "", "no such page");
    let denial = Reply::error(401, "UNAUTHORIZED", "Invalid API key");
    let proxy = Server::new()
        .always(Expect::new("GET", "/server_settings").below(site), gone)
        .always(Expect::new("GET", "/users/me").below(site), denial);
    let report = check(site)
        .env("HTTP_PROXY", proxy.site())
        .stdout(Expected::like(|_| true))
        .code(3)
        .run()
        .stdout;
    let expected = format!(
        "http, not encrypted, by the proxy {} (HTTP_PROXY)",
        proxy.site()
    );
    assert!(
        about(&report, "connection")[0].ends_with(&expected),
        "{report}"
    );
}

#[test]
fn odd_configuration_is_a_finding() {
    let server = World::default().serve();
    let site = server.site();
    let rc = format!("{}cert_bundle=ca.pem\n", rc(EMAIL, &site));
    let report = check(&site)
        .rc(&rc)
        .stdout(Expected::like(|_| true))
        .run()
        .stdout;
    let lines = about(&report, "config");
    assert!(
        lines.len() == 2 && lines[1].starts_with("warning"),
        "{report}"
    );
    assert!(lines[1].contains("cert_bundle"), "{report}");
}
