//! The key is in nothing that the program prints, writes or sends elsewhere, whatever goes wrong and
//! whatever the server makes of it.
//!
//! Not for credentials of others in events (`json.rs`).

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::support::account::{EMAIL, ENCODED, KEY};
use crate::support::answers::{deleted, event, events, lines, registered, server};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Expected, Home, NOWHERE, Tail};
use crate::support::running::{Exit, Signal};
use crate::support::server::Server;
use crate::support::tls::{Authority, Validity, serve};

/// What a server says that knows no shame.
fn echo() -> String {
    format!("you sent {EMAIL}:{KEY}, that is Basic {ENCODED}; again: {KEY}")
}

#[track_caller]
fn assert_no_key(name: &str, text: &str) {
    for secret in [
        KEY,
        ENCODED,
        &KEY[..16],
        &ENCODED[40..],
        &KEY.to_uppercase(),
    ] {
        assert!(!text.contains(secret), "{name}: {secret}\n{text}");
    }
}

#[track_caller]
fn assert_silent(name: &str, exit: &Exit) {
    assert_no_key(name, &exit.stdout);
    assert_no_key(name, &exit.stderr);
}

/// No file of the home folder has it but those that were written by the test.
#[track_caller]
fn assert_no_key_in(name: &str, folder: &Path, own: &[&str]) {
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let is_own = own.iter().any(|own| path.ends_with(own));
        if path.is_file() && !is_own {
            let text = fs::read(&path).expect("a file");
            assert_no_key(name, &String::from_utf8_lossy(&text));
        }
    }
}

/// The most talkative run there is, which writes all that it can write.
fn talkative(site: &str, home: &Home) -> Tail {
    Tail::new(site)
        .home(home)
        .args(["-vv", "--meta", "-o", "json", "--cursor-file", "cursor"])
        .args(["-W", "3s"])
}

/// Refusals and nonsense with the key in each part that could be shown.
fn echoes() -> Vec<(&'static str, Reply)> {
    let error = |status| Reply::error(status, &format!("CODE_{KEY}"), &echo());
    let away = |to: &str| Reply::text(302, "text/html", echo()).header("Location", to);
    vec![
        ("400", error(400)),
        ("401", error(401)),
        ("429", error(429).header("Retry-After", KEY)),
        ("401 page", Reply::text(401, "text/html", echo())),
        ("200 page", Reply::text(200, "text/html", echo())),
        (
            "key as the status line",
            Reply::raw(format!("HTTP/1.1 {KEY}\r\n\r\n")),
        ),
        (
            "key as a header",
            Reply::raw(format!("HTTP/1.1 200 OK\r\n{KEY} {ENCODED}\r\n\r\n")),
        ),
        (
            "elsewhere",
            away(&format!(
                "http://x:{KEY}@elsewhere.example.com/{ENCODED}?key={KEY}"
            )),
        ),
        (
            "wrong types",
            Reply::json(
                200,
                &json!({ KEY: echo(), "queue_id": [echo()], "events": echo(), "messages": echo() }),
            ),
        ),
    ]
}

#[test]
fn the_header_is_what_is_looked_for() {
    let server = server().on(Expect::register(), Reply::error(401, "", "no"));
    Tail::new(&server.site())
        .stderr(Expected::one_line(&["(401)"]))
        .code(3)
        .run();
    let header = server.requests()[0]
        .header("Authorization")
        .map(str::to_owned);
    assert_eq!(header, Some(format!("Basic {ENCODED}")));
}

#[test]
fn a_server_that_sends_the_key_back_does_not_get_it_shown() {
    let cases = echoes().into_iter().flat_map(|(name, reply)| {
        let history = Server::new()
            .always(Expect::history(), reply.clone())
            .always(Expect::register(), registered("q"))
            .always(Expect::poll(), Reply::hold())
            .always(Expect::delete(), deleted());
        let register = server().always(Expect::register(), reply.clone());
        let poll = server()
            .on(Expect::register(), registered("q"))
            .on(Expect::poll(), events(&[0]))
            .always(Expect::register(), registered("q"))
            .always(Expect::poll(), reply.clone())
            .always(Expect::delete(), reply);
        [("history", history), ("register", register), ("poll", poll)]
            .map(|(step, server)| (format!("{name}, {step}"), server))
    });
    at_once(cases, |name, server| {
        let home = Home::new();
        let exit = talkative(&server.site(), &home).start().wait_exit();
        assert!(!server.requests().is_empty(), "{name}");
        assert!(!exit.stderr.is_empty(), "{name}: it says nothing at all");
        assert_silent(name, &exit);
        assert_no_key_in(name, &home.path("."), &[".wyzepalrc"]);
    });
}

#[test]
fn where_the_key_was_it_says_that_something_was() {
    let refusal = Reply::error(401, "", &echo());
    let server = server().always(Expect::register(), refusal);
    Tail::new(&server.site())
        .stderr(Expected::one_line(&[
            "you sent tail-bot@example.com:[redacted], that is Basic [redacted]; again: [redacted] (401)",
        ]))
        .code(3)
        .run();
}

#[test]
fn a_lost_queue_and_its_gap_do_not_show_the_key() {
    let home = Home::new();
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(Expect::poll(), events(&[0]))
        .on(
            Expect::poll(),
            Reply::error(400, "BAD_EVENT_QUEUE_ID", &echo()),
        )
        .on(Expect::register(), registered("r"))
        .on(Expect::poll(), events(&[1]))
        .on(Expect::poll(), Reply::error(400, KEY, &echo()))
        .always(Expect::delete(), Reply::error(400, KEY, &echo()))
        .on(Expect::register(), registered("s"))
        .always(Expect::poll(), Reply::hold());
    // Queues that are lost at once are not replaced at once.
    let exit = talkative(&server.site(), &home)
        .with_short_waits()
        .args(["-e", "typing"])
        .start()
        .wait_exit();
    assert!(exit.stdout.contains("\"op\":\"gap\""), "{exit}");
    assert_silent("gap", &exit);
    assert_no_key_in("gap", &home.path("."), &[".wyzepalrc"]);
}

#[test]
fn what_register_says_is_shown_without_the_key() {
    let answer = |queue: &str| {
        let body = json!({ "result": "success", "msg": echo(), "queue_id": queue, "last_event_id": -1,
            "zulip_version": echo(), "zulip_feature_level": 278 });
        Reply::json(200, &body)
    };
    let home = Home::new();
    let good = server()
        .on(Expect::register(), answer("q"))
        .always(Expect::poll(), Reply::hold());
    let running = talkative(&good.site(), &home).start();
    running.wait_stderr("server you sent");
    running.signal(Signal::TERM);
    assert_silent("version", &running.wait_exit());
    // The name of a queue is needed as it is, and stands in the cursor file.
    let within = format!("queue-of-{KEY}-1");
    let queues = [("key", KEY), ("encoded", ENCODED), ("within", &within)];
    at_once(queues, |_, queue| {
        let home = Home::new();
        let bad = server().always(Expect::register(), answer(queue));
        let exit = talkative(&bad.site(), &home).start().wait_exit();
        assert!(
            exit.stderr.contains("its queue_id holds the account's key"),
            "{exit}"
        );
        assert_silent("queue", &exit);
        assert_no_key_in("queue", &home.path("."), &[".wyzepalrc"]);
    });
}

#[test]
fn a_history_that_is_refused_does_not_show_the_key() {
    for (start, said) in [
        (&[][..], "nothing will ever match"),
        (&["-n", "5"], "check the spelling"),
    ] {
        let server = Server::new()
            .always(Expect::history(), Reply::error(400, "BAD_NARROW", &echo()))
            .always(Expect::register(), registered("q"))
            .always(Expect::poll(), Reply::hold())
            .always(Expect::delete(), deleted());
        let exit = Tail::new(&server.site())
            .args(["-vv", "--narrow", "stream:Denmark", "-W", "2s"])
            .args(start.iter().copied())
            .start()
            .wait_exit();
        assert!(exit.stderr.contains(said), "{exit}");
        assert_silent("history", &exit);
    }
}

#[test]
fn a_certificate_that_names_the_key_does_not_get_it_shown() {
    let authority = Authority::new();
    let (server, home) = (Server::new(), Home::new());
    let port = serve(&server.site(), authority.sign(KEY, Validity::Good), None);
    let bundle = home.write("ca.pem", &authority.pem);
    let exit = Tail::new(&format!("https://127.0.0.1:{port}"))
        .home(&home)
        .args(["-vv", "--cert-bundle", bundle.to_str().expect("UTF-8")])
        .start()
        .wait_exit();
    assert!(exit.stderr.contains("not valid for"), "{exit}");
    assert_silent("certificate", &exit);
}

#[test]
fn no_request_to_another_host_carries_the_key() {
    let steps = [
        ("register", Expect::register()),
        ("poll", Expect::poll()),
        ("delete", Expect::delete()),
    ];
    let cases = [302, 308].into_iter().flat_map(|status| {
        let case = move |(step, expect)| (format!("{status} {step}"), (status, expect));
        steps.clone().map(case)
    });
    at_once(cases, |name, (status, expect)| {
        let elsewhere = Server::new();
        let target = format!("{}/api/v1/events", elsewhere.site());
        let away = Reply::text(status, "text/html", "").header("Location", &target);
        // The first that fits is the answer.
        let server = server()
            .always(expect.clone(), away)
            .always(Expect::register(), registered("q"))
            .always(Expect::poll(), events(&[0]))
            .always(Expect::delete(), deleted());
        let running = Tail::new(&server.site()).args(["-C", "1"]).start();
        if name.ends_with("poll") {
            // That is tried again, at the same place.
            server.wait_requests(2, &expect);
            running.signal(Signal::TERM);
        }
        let exit = running.wait_exit();
        assert!(
            server.comes_within(Duration::ZERO, &expect),
            "{name}: {exit}"
        );
        assert_eq!(elsewhere.connections(), 0, "{name}: {exit}");
    });
}

/// A config file, and what it is called.
fn configs() -> Vec<(&'static str, String)> {
    let with = |email: &str, key: &str, site: &str| {
        format!("[api]\nemail={email}\nkey={key}\nsite={site}\n")
    };
    vec![
        ("no section", format!("email={EMAIL}\nkey={KEY}\n")),
        ("no delimiter", format!("[api]\nkey {KEY}\n")),
        ("key as a name", format!("[api]\n{KEY}=key\n")),
        (
            "key twice",
            format!("[api]\nkey={KEY}\nkey={KEY}\nsite=nowhere:\n"),
        ),
        (
            "comment behind it",
            with(EMAIL, &format!("{KEY} # mine"), NOWHERE),
        ),
        (
            "key behind the address",
            with(&format!("{EMAIL}:{KEY}"), KEY, NOWHERE),
        ),
        (
            "key as a password",
            with(EMAIL, KEY, &format!("https://me:{KEY}@x.example.com")),
        ),
        (
            "key in a query",
            with(EMAIL, KEY, &format!("https://x.example.com/?api_key={KEY}")),
        ),
        (
            "key as insecure",
            format!("[api]\nemail={EMAIL}\nkey={KEY}\ninsecure={KEY}\n"),
        ),
        ("key as the host", with(EMAIL, KEY, KEY)),
    ]
}

#[test]
fn a_config_file_that_is_wrong_does_not_get_the_key_shown() {
    for (name, text) in configs() {
        let home = Home::new();
        let exit = Tail::new("")
            .home(&home)
            .rc(&text)
            .args(["-vv", "--cursor-file", "cursor", "--give-up-after", "200ms"])
            .start()
            .wait_exit();
        assert!(matches!(exit.code, Some(2 | 4)), "{name}: {exit}");
        assert!(exit.stderr.contains("error: "), "{name}: {exit}");
        assert_silent(name, &exit);
        assert_no_key_in(name, &home.path("."), &[".wyzepalrc"]);
    }
}

#[test]
fn a_variable_that_is_wrong_does_not_get_the_key_shown() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let bytes = [KEY.as_bytes(), b"\xff"].concat();
    let broken = || OsString::from_vec(bytes.clone());
    let cases: Vec<(&str, OsString)> = vec![
        ("WYZEPAL_API_KEY", broken()),
        ("WYZEPAL_API_KEY", format!("{EMAIL}:{KEY}").into()),
        ("WYZEPAL_EMAIL", format!("{EMAIL}:{KEY}").into()),
        (
            "WYZEPAL_SITE",
            format!("https://{EMAIL}:{KEY}@x.example.com").into(),
        ),
        ("WYZEPAL_ALLOW_INSECURE", KEY.into()),
        ("WYZEPAL_CONFIG", format!("/{KEY}\u{1b}").into()),
    ];
    for (variable, value) in cases {
        let exit = Tail::new(NOWHERE)
            .env(variable, value.clone())
            .args(["-vv"])
            .start()
            .wait_exit();
        assert_eq!(exit.code, Some(2), "{variable} {value:?}: {exit}");
        if variable != "WYZEPAL_CONFIG" {
            assert_silent(variable, &exit);
        }
    }
}

#[test]
fn the_key_is_no_option_and_is_not_repeated_where_it_is_given_as_one() {
    for args in [
        vec!["--api-key".to_owned(), KEY.to_owned()],
        vec![format!("--api-key={KEY}")],
        vec![format!("--key={KEY}")],
    ] {
        let exit = Tail::new(NOWHERE).args(args).start().wait_exit();
        assert_eq!(exit.code, Some(2), "{exit}");
        assert_silent("option", &exit);
    }
}

#[test]
fn what_an_event_holds_is_the_users_own() {
    // Whoever may read the message has read it; the fields that are credentials are another matter.
    let message =
        format!(r#"{{"type":"message","message":{{"id":5,"content":"{KEY}"}},"flags":[],"id":0}}"#);
    let bot = format!(
        r#"{{"type":"realm_bot","op":"update","bot":{{"user_id":24,"api_key":"{KEY}"}},"id":1}}"#
    );
    let list = format!(r#"{{"result":"success","msg":"","events":[{message},{bot}]}}"#);
    for (args, shown) in [(&[][..], false), (&["--show-secrets"], true)] {
        let server = server()
            .on(Expect::register(), registered("q"))
            .on(
                Expect::poll(),
                Reply::text(200, "application/json", list.clone()),
            )
            .always(Expect::delete(), deleted());
        let redacted = bot.replace(KEY, "[redacted]");
        let bot = if shown { &bot } else { &redacted };
        Tail::new(&server.site())
            .args(["-C", "2"])
            .args(args.iter().copied())
            .stdout(format!("{message}\n{bot}\n"))
            .run();
    }
}

#[test]
fn a_run_without_trouble_writes_the_key_nowhere() {
    let home = Home::new();
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(Expect::poll(), events(&[0]))
        .always(Expect::poll(), Reply::hold());
    let exit = talkative(&server.site(), &home)
        .args(["-C", "1"])
        .start()
        .wait_exit();
    assert!(exit.stdout.ends_with(&lines(&[0])), "{}\n{exit}", event(0));
    assert_silent("good", &exit);
    assert!(home.path("cursor").is_file());
    assert_no_key_in("good", &home.path("."), &[".wyzepalrc"]);
}
