//! The chat as it stands on a terminal: when it is shown, what it asks the server for, and how it shares the
//! terminal with notices.
//!
//! Not for what stands where: that is tested beside it.

use serde_json::{Value, json};

use crate::support::answers::{deleted, event_texts, following, poll, server};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Expected, Home, NOWHERE, Tail};
use crate::support::server::Server;
use crate::support::takeover::{QUEUE, drain, events, without_names};
use crate::support::terminal::without_colors;

/// 2026-11-22 14:02:07 UTC, a Sunday.
const TIME: i64 = 1_795_356_127;
const DATE: &str =
    "─────────────────────────── Sunday 22 November 2026 ────────────────────────────\n";

fn message(id: i64, content: &str) -> Value {
    json!({ "type": "message", "flags": [], "id": id, "message": {
        "id": 100 + id, "type": "stream", "display_recipient": "Denmark", "stream_id": 4,
        "subject": "lunch plans", "sender_full_name": "Othello Bot", "sender_email": "o@example.com",
        "sender_id": 8, "timestamp": TIME, "content": content,
    }})
}

fn typing(id: i64) -> Value {
    json!({ "type": "typing", "op": "start", "id": id, "sender": { "user_id": 8 } })
}

/// What is shown of a queue with these events.
fn shown(list: &[Value], adjust: impl FnOnce(Tail) -> Tail) -> String {
    let all = Expect::poll()
        .param("queue_id", QUEUE)
        .param("last_event_id", "-1");
    let rest = Expect::poll().param("dont_block", "true").optional();
    let server = without_names(Server::new())
        .on(all, events(list.iter().map(Value::to_string)))
        .on(rest, events([""; 0]));
    let tail = adjust(drain(&server)).stdout(Expected::like(|_| true));
    tail.run().stdout
}

#[test]
fn a_terminal_shows_it_and_a_pipe_can_have_it_in_its_own_width() {
    let list = [message(0, "a text that is not long and not short")];
    let chat = |tail: Tail| tail.args(["-o", "chat"]);
    let whole = "\
▌#Denmark › lunch plans
▌14:02 Othello Bot    a text that is not long and not short
";
    let whole = format!("{DATE}{whole}");
    let terminal = |tail: Tail| tail.on_terminal(80, 24).env("NO_COLOR", "1");
    assert_eq!(shown(&list, terminal), whole);
    assert_eq!(shown(&list, chat), whole);
    let narrow = shown(&list, |tail| chat(tail).env("COLUMNS", "40"));
    assert_eq!(
        narrow,
        "\
─────── Sunday 22 November 2026 ────────
#Denmark › lunch plans
14:02  Othello Bot: a text that is not
       long and not short
"
    );
    let colored = shown(&list, |tail| tail.on_terminal(80, 24));
    assert!(colored.contains('\u{1b}'), "{colored:?}");
}

#[test]
fn what_it_leaves_out_is_not_counted_unless_it_is_named() {
    let list = [
        typing(0),
        message(1, "one"),
        typing(2),
        message(3, "two"),
        message(4, "three"),
    ];
    let chat = |tail: Tail| tail.args(["-o", "chat", "-C", "2"]);
    let text = shown(&list, chat);
    assert!(text.contains("one") && text.contains("two"), "{text}");
    assert!(
        !text.contains("three") && !text.contains("typing"),
        "{text}"
    );
    let text = shown(&list, |tail| chat(tail).args(["-e", "typing,message"]));
    assert!(text.contains("typing") && text.contains("one"), "{text}");
    assert!(!text.contains("two"), "{text}");
    // Other forms have everything.
    let text = shown(&list, |tail| tail.args(["-o", "summary", "-C", "2"]));
    assert!(text.contains("typing") && text.contains("one"), "{text}");
}

#[test]
fn saved_lines_that_it_leaves_out_are_none_of_the_last_ones() {
    let home = Home::new();
    let lines = [message(1, "one"), message(2, "two"), typing(3), typing(4)];
    let file = home.write(
        "log.jsonl",
        &lines.map(|event| event.to_string()).join("\n"),
    );
    let exit = Tail::new(NOWHERE)
        .home(&home)
        .args(["-o", "chat", "-n", "1", "--replay"])
        .args([file])
        .stdout(Expected::containing(&["Othello Bot    two\n"]))
        .run();
    assert!(!exit.stdout.contains("one"), "{exit}");
}

#[test]
fn with_a_narrow_it_asks_for_what_happens_to_the_messages_too() {
    // `stream` tells when Denmark gets another name.
    let all = r#"["message","update_message","delete_message","reaction","submessage","stream","restart"]"#;
    let only = r#"["message","stream","restart"]"#;
    let home = Home::new();
    let cursor = home.path("cursor");
    let cursor = cursor.to_str().expect("a path of text");
    for (name, args, kinds) in [
        ("chat", &["-o", "chat"][..], all),
        (
            "chat with a cursor",
            &["-o", "chat", "--cursor-file", cursor],
            only,
        ),
        ("messages", &["-o", "chat", "-m"], only),
        ("summaries", &["-o", "summary"], only),
        ("JSON", &[], only),
    ] {
        let server = server()
            .on(Expect::register(), Reply::error(401, "", "no"))
            .always(Expect::delete(), deleted());
        Tail::new(&server.site())
            .home(&home)
            .args(["stream:Denmark"])
            .args(args.iter().copied())
            .stderr(Expected::containing(&["(401)"]))
            .code(3)
            .run();
        let requests = server.wait_requests(1, &Expect::register());
        assert_eq!(requests[0].param("event_types"), Some(kinds), "{name}");
        // A refused start has no use for names.
        let lists = Expect::new("GET", "/users/me");
        assert!(
            !server.requests().iter().any(|request| lists.fits(request)),
            "{name}"
        );
    }
}

#[test]
fn channels_have_the_colours_that_the_account_gave_them_and_one_does_not_talk_to_oneself() {
    let subscriptions = json!({ "result": "success", "msg": "",
        "subscriptions": [{ "stream_id": 4, "name": "Denmark", "color": "#c93a00" }] });
    let people = json!([
        { "id": 8, "full_name": "Othello Bot", "email": "o@example.com" },
        { "id": 10, "full_name": "Me", "email": "me@example.com" },
    ]);
    let mut direct = message(1, "psst");
    direct["message"]["display_recipient"] = people;
    direct["message"]["stream_id"] = Value::Null;
    direct["message"]["type"] = "private".into();
    let list = [message(0, "text"), direct].map(|event| event.to_string());
    let colors = || Reply::json(200, &subscriptions);
    for (ground, answer, color) in [
        // Lightened or darkened until it can be read on the ground that the terminal has named.
        ("", colors(), "201;58;0"),
        ("15;0", colors(), "212;126;116"),
        ("0;15", colors(), "165;46;0"),
        // Whose account it is does not depend on them.
        ("", Reply::html_502(), "175;95;0"),
    ] {
        let server = Server::new().always(Expect::new("GET", "/users/me/subscriptions"), answer);
        let all = Expect::poll()
            .param("queue_id", QUEUE)
            .param("last_event_id", "-1");
        let server = without_names(server)
            .on(all, events(&list))
            .on(Expect::poll().param("dont_block", "true"), events([""; 0]));
        let exit = drain(&server)
            .on_terminal(80, 24)
            .env("COLORTERM", "truecolor")
            .env("COLORFGBG", ground)
            .stdout(Expected::containing(&[&format!("\u{1b}[38;2;{color}m▌")]))
            .run();
        let text = without_colors(&exit.stdout);
        assert!(text.contains("▌DM › Othello Bot\n"), "{text}");
    }
}

#[test]
fn notices_stand_in_its_columns_and_the_head_is_repeated_behind_them() {
    at_once([("a terminal", 2), ("a file", 1)], |name, heads| {
        let dont_block = |last| poll("q", last).param("dont_block", "true");
        let server = without_names(following())
            .on(poll("q", -1), event_texts(&[message(0, "one").to_string()]))
            .on(poll("q", 0), Reply::html_502())
            .on(dont_block(0), event_texts(&[""; 0]))
            .on(dont_block(0), event_texts(&[message(1, "two").to_string()]));
        let tail = Tail::new(&server.site())
            .on_terminal(60, 24)
            .args(["-C", "2"]);
        let tail = tail.env("NO_COLOR", "1");
        let tail = match name {
            "a terminal" => tail.stderr_on_terminal(60, 24),
            _ => tail,
        };
        let exit = tail.start().wait_exit();
        assert_eq!(exit.code, Some(0), "{exit}");
        let count = exit.stdout.matches("▌#Denmark › lunch plans\n").count();
        assert_eq!(count, heads, "{name}: {exit}");
        if heads == 1 {
            return;
        }
        let notices: Vec<&str> = exit.stderr.lines().collect();
        let said = |text: &str| {
            notices
                .iter()
                .any(|row| row.get(7..).is_some_and(|row| row.starts_with(text)))
        };
        assert!(
            said("connected to ") && said("lost: ") && said("back: "),
            "{exit}"
        );
        for row in notices {
            let time = row.get(..7).unwrap_or_default();
            let is_time = time.as_bytes().get(2) == Some(&b':') || time == "       ";
            assert!(is_time && row.len() <= 60, "{exit}");
        }
    });
}
