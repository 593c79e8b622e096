//! Everything about a request that is not right, and the rest of the endpoints.

use super::client::{Client, Pairs, still};
use crate::demo::happening::Happening;
use crate::demo::roster::BO;

const REGISTER: &str = "/api/v1/register";
const EVENTS: &str = "/api/v1/events";
const MESSAGES: &str = "/api/v1/messages";

fn refused(msg: &str) -> String {
    format!("{{\"result\":\"error\",\"msg\":\"{msg}\",\"code\":\"BAD_REQUEST\"}}\n")
}

#[test]
fn registering_gives_a_queue_the_version_and_what_is_fetched() {
    let demo = still();
    let mut client = Client::new(&demo);
    let params = [
        ("event_types", r#"["message"]"#),
        ("fetch_event_types", "[]"),
        ("idle_queue_timeout", "600"),
        ("a", "b"),
    ];
    let reply = client.call("POST", REGISTER, &params);
    let queue = reply.json()["queue_id"]
        .as_str()
        .expect("a queue")
        .to_owned();
    assert_eq!(
        queue.split('-').map(str::len).collect::<Vec<usize>>(),
        [8, 4, 4, 4, 12]
    );
    let expected = format!(
        "{{\"result\":\"success\",\"msg\":\"\",\"queue_id\":\"{queue}\",\"zulip_version\":\"9.2\",\"zulip_feature_level\":278,\
         \"zulip_merge_base\":\"9.2\",\"last_event_id\":-1,\"ignored_parameters_unsupported\":[\"a\",\"idle_queue_timeout\"]}}\n"
    );
    assert_eq!(reply.text, expected);
    let table: [(&str, Pairs, &[&str]); 4] = [
        (
            "all",
            &[],
            &[
                "max_message_id",
                "realm_name",
                "realm_users",
                "streams",
                "subscriptions",
                "never_subscribed",
            ],
        ),
        (
            "by event types",
            &[("event_types", r#"["message"]"#)],
            &["max_message_id"],
        ),
        (
            "realm",
            &[("fetch_event_types", r#"["realm"]"#)],
            &["event_queue_longpoll_timeout_seconds"],
        ),
        (
            "subscription",
            &[("fetch_event_types", r#"["subscription"]"#)],
            &["unsubscribed"],
        ),
    ];
    for (name, params, expected) in table {
        let body = client.call("POST", REGISTER, params).json();
        for key in expected {
            assert!(body.get(key).is_some(), "{name}: no {key}");
        }
        assert_eq!(
            name == "all" || name == "by event types",
            body.get("max_message_id").is_some(),
            "{name}"
        );
    }
}

#[test]
fn registering_is_refused_in_the_server_s_words() {
    let demo = still();
    let mut client = Client::new(&demo);
    let not_json = |name: &str| format!("Argument \\\"{name}\\\" is not valid JSON.");
    let table = [
        ("event_types", "message", not_json("event_types")),
        (
            "event_types",
            "\"message\"",
            "event_types is not a list".into(),
        ),
        (
            "event_types",
            "[1]",
            "event_types[0] is not a string".into(),
        ),
        ("apply_markdown", "True", not_json("apply_markdown")),
        (
            "apply_markdown",
            "1",
            "apply_markdown is not a boolean".into(),
        ),
        (
            "queue_lifespan_secs",
            "abc",
            not_json("queue_lifespan_secs"),
        ),
        (
            "client_capabilities",
            r#"{"bulk_message_deletion":true}"#,
            "notification_settings_null key is missing from client_capabilities".into(),
        ),
        ("narrow", "stream:Denmark", not_json("narrow")),
        ("narrow", r#"{"a":1}"#, "narrow is not a list".into()),
        (
            "narrow",
            r#"["stream","Denmark"]"#,
            "narrow[0] is not a list".into(),
        ),
        (
            "narrow",
            r#"[{"operator":"stream","operand":"Denmark"}]"#,
            "narrow[0] is not a list".into(),
        ),
        (
            "narrow",
            r#"[["stream","a","b"]]"#,
            "narrow[0] should have exactly 2 items".into(),
        ),
        (
            "narrow",
            r#"[["stream","a"],["sender",5]]"#,
            "narrow[1][1] is not a string".into(),
        ),
        (
            "narrow",
            r#"[["near","1"]]"#,
            "Operator near not supported.".into(),
        ),
        (
            "narrow",
            r#"[["-stream","Denmark"]]"#,
            "Operator -stream not supported.".into(),
        ),
        (
            "narrow",
            r#"[["is","followed"]]"#,
            "Operand followed not supported.".into(),
        ),
    ];
    for (param, value, msg) in table {
        let reply = client.call("POST", REGISTER, &[(param, value)]);
        assert_eq!(
            (reply.status, reply.text),
            (400, refused(&msg)),
            "{param}={value}"
        );
    }
    let reply = client.call("POST", REGISTER, &[("queue_lifespan_secs", "-5")]);
    assert_eq!(
        (reply.status, reply.text.as_str()),
        (
            500,
            "{\"result\":\"error\",\"msg\":\"Internal server error\"}\n"
        )
    );
}

#[test]
fn bad_polls_are_refused_in_the_server_s_words() {
    let demo = still();
    let mut client = Client::new(&demo);
    let queue = client.register(&[]);
    let table: [(Pairs, &str); 6] = [
        (&[("last_event_id", "-1")], "Missing 'queue_id' argument"),
        (&[("queue_id", &queue)], "Missing 'last_event_id' argument"),
        (
            &[("queue_id", &queue), ("last_event_id", "abc")],
            "Argument \\\"last_event_id\\\" is not valid JSON.",
        ),
        (
            &[("queue_id", &queue), ("last_event_id", "1.5")],
            "last_event_id is not an integer",
        ),
        (
            &[
                ("queue_id", &queue),
                ("last_event_id", "-1"),
                ("dont_block", "True"),
            ],
            "Argument \\\"dont_block\\\" is not valid JSON.",
        ),
        (
            &[("queue_id", &queue), ("last_event_id", "5")],
            "Event 5 was not in this queue",
        ),
    ];
    for (params, msg) in table {
        let reply = client.call("GET", EVENTS, params);
        assert_eq!(
            (reply.status, reply.text),
            (400, refused(msg)),
            "{params:?}"
        );
    }
    let reply = client.call("DELETE", EVENTS, &[]);
    let expected = "{\"result\":\"error\",\"msg\":\"Missing 'queue_id' argument\",\"var_name\":\"queue_id\",\"code\":\"REQUEST_VARIABLE_MISSING\"}\n";
    assert_eq!((reply.status, reply.text.as_str()), (400, expected));
}

#[test]
fn bad_pages_are_refused_in_the_server_s_words() {
    let demo = still();
    let mut client = Client::new(&demo);
    let narrowed = |narrow| {
        vec![
            ("anchor", "newest"),
            ("num_before", "1"),
            ("num_after", "0"),
            ("narrow", narrow),
        ]
    };
    let page = |anchor, before, after| {
        vec![
            ("anchor", anchor),
            ("num_before", before),
            ("num_after", after),
        ]
    };
    let table = [
        (page("latest", "1", "0"), "Invalid anchor"),
        (page("date", "1", "0"), "Invalid anchor"),
        (page("", "1", "0"), "Invalid anchor"),
        (
            page("newest", "5001", "0"),
            "Too many messages requested (maximum 5000).",
        ),
        (
            page("newest", "2501", "2500"),
            "Too many messages requested (maximum 5000).",
        ),
        (page("newest", "-1", "0"), "num_before is too small"),
        (
            vec![("num_before", "1"), ("num_after", "0")],
            "Missing 'anchor' argument.",
        ),
        (
            vec![
                ("include_anchor", "false"),
                ("anchor", "1"),
                ("num_before", "1"),
                ("num_after", "1"),
            ],
            "The anchor can only be excluded at an end of the range",
        ),
        (narrowed("stream:Denmark"), "narrow is not valid JSON"),
        (narrowed(r#"{"a":1}"#), "narrow is not a list"),
        (
            narrowed(r#"["stream","Denmark"]"#),
            "Invalid narrow[0]: Value error, dict or list required",
        ),
    ];
    for (params, msg) in table {
        let reply = client.call("GET", MESSAGES, &params);
        assert_eq!(
            (reply.status, reply.text),
            (400, refused(msg)),
            "{params:?}"
        );
    }
    let table = [
        (r#"[["frobnicate","x"]]"#, "unknown operator frobnicate"),
        (
            r#"[["channel","no such channel"]]"#,
            "unknown channel no such channel",
        ),
        (
            r#"[["sender","nobody@zulip.com"]]"#,
            "unknown user nobody@zulip.com",
        ),
        (r#"[["is","nonsense"]]"#, "unknown 'is' operand nonsense"),
    ];
    for (narrow, desc) in table {
        let reply = client.call("GET", MESSAGES, &narrowed(narrow));
        let expected = format!(
            "{{\"result\":\"error\",\"msg\":\"Invalid narrow operator: {desc}\",\"desc\":\"{desc}\",\"code\":\"BAD_NARROW\"}}\n"
        );
        assert_eq!((reply.status, reply.text), (400, expected), "{narrow}");
    }
    assert_eq!(
        client.call("GET", MESSAGES, &[("anchor", "newest")]).json()["var_name"],
        "num_before"
    );
}

#[test]
fn strangers_are_refused_except_by_server_settings() {
    let demo = still();
    let mut client = Client::new(&demo);
    client.headers.clear();
    for (method, path) in [
        ("POST", REGISTER),
        ("GET", EVENTS),
        ("DELETE", EVENTS),
        ("GET", MESSAGES),
        ("GET", "/api/v1/users"),
    ] {
        let reply = client.call(method, path, &[]);
        assert_eq!(
            (reply.status, reply.json()["code"].as_str()),
            (401, Some("UNAUTHORIZED")),
            "{method} {path}"
        );
        assert!(
            reply
                .head
                .contains("WWW-Authenticate: Basic realm=\"zulip\"\r\n"),
            "{}",
            reply.head
        );
    }
    let settings = client.call("GET", "/api/v1/server_settings", &[]).json();
    assert_eq!(
        (
            settings["zulip_feature_level"].as_u64(),
            settings["realm_url"].as_str()
        ),
        (Some(278), Some(&*demo.site()))
    );
}

#[test]
fn other_paths_and_methods_are_refused() {
    let demo = still();
    let mut client = Client::new(&demo);
    let table = [
        ("GET", "/", 404),
        ("GET", "/api/v1/nope", 404),
        ("GET", "/api/v2/events", 404),
        ("GET", "/api/v1/users/me/", 404),
        ("GET", REGISTER, 405),
        ("POST", EVENTS, 405),
        ("PUT", MESSAGES, 405),
    ];
    for (method, path, status) in table {
        let reply = client.call(method, path, &[]);
        assert_eq!(reply.status, status, "{method} {path}");
        assert!(
            reply.head.contains("Content-Type: text/html"),
            "{}",
            reply.head
        );
    }
    let expected =
        "{\"result\":\"error\",\"msg\":\"Method Not Allowed\",\"allowed_methods\":[\"POST\"]}\n";
    let body = client.call("GET", REGISTER, &[]).json();
    assert_eq!(
        body,
        serde_json::from_str::<serde_json::Value>(expected).expect("JSON")
    );
}

#[test]
fn the_directory_names_everybody_and_everything() {
    let demo = still();
    let mut client = Client::new(&demo);
    let users = client.call("GET", "/api/v1/users", &[]).json();
    let members = users["members"].as_array().expect("members");
    assert_eq!(members.len(), 9);
    let own = client.call("GET", "/api/v1/users/me", &[]).json();
    assert_eq!(
        (own["full_name"].as_str(), own["is_bot"].as_bool()),
        (Some("Tail Bot"), Some(true))
    );
    assert!(
        members
            .iter()
            .any(|member| member["user_id"] == own["user_id"])
    );
    assert!(own["max_message_id"].as_u64() > Some(4000));
    let names = |body: &serde_json::Value, key: &str| -> Vec<String> {
        let items = body[key].as_array().expect("a list");
        items
            .iter()
            .filter_map(|item| item["name"].as_str().map(str::to_owned))
            .collect()
    };
    let streams = client.call("GET", "/api/v1/streams", &[]).json();
    assert_eq!(
        names(&streams, "streams"),
        [
            "Denmark",
            "Verona",
            "ops",
            "design",
            "box office",
            "greenroom"
        ]
    );
    let subscriptions = client
        .call("GET", "/api/v1/users/me/subscriptions", &[])
        .json();
    assert_eq!(
        names(&subscriptions, "subscriptions"),
        ["Denmark", "Verona", "ops", "design", "box office"]
    );
    assert_eq!(subscriptions["subscriptions"][4]["invite_only"], true);
    assert_eq!(subscriptions["subscriptions"][0]["in_home_view"], true);
}

#[test]
fn a_group_has_a_name_and_whoever_took_over_last() {
    let demo = still();
    let mut client = Client::new(&demo);
    let queue = client.register(&[("event_types", r#"["user_group"]"#)]);
    let expected = |member: &str| {
        format!(
            "{{\"result\":\"success\",\"msg\":\"\",\"user_groups\":[{{\"can_mention_group\":11,\
             \"description\":\"Opens the doors and finds lost umbrellas\",\"direct_subgroup_ids\":[],\"id\":31,\
             \"is_system_group\":false,\"members\":[{member}],\"name\":\"front of house\"}}]}}\n"
        )
    };
    let groups = |client: &mut Client| client.call("GET", "/api/v1/user_groups", &[]).text;
    assert_eq!(groups(&mut client), expected("16"));
    demo.happen(Happening::OnDuty(&BO));
    assert_eq!(groups(&mut client), expected("12"));
    let events = client.look(&queue, -1).events();
    let told: Vec<String> = events.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            r#"{"group_id":31,"id":0,"op":"remove_members","type":"user_group","user_ids":[16]}"#,
            r#"{"group_id":31,"id":1,"op":"add_members","type":"user_group","user_ids":[12]}"#,
        ]
    );
    let state = client.call(
        "POST",
        REGISTER,
        &[("fetch_event_types", r#"["realm_user_groups"]"#)],
    );
    assert_eq!(state.json()["realm_user_groups"][0]["members"][0], 12);
}

#[test]
fn a_connection_serves_requests_in_pieces_and_at_once() {
    let demo = still();
    let mut client = Client::new(&demo);
    let request = format!("GET /api/v1/users/me HTTP/1.1\r\n{}\r\n", client.headers);
    for piece in request.as_bytes().chunks(7) {
        client.send(std::str::from_utf8(piece).expect("ASCII"));
    }
    assert_eq!(client.reply().expect("an answer").status, 200);
    client.send(&format!("{request}{request}"));
    for _ in 0..2 {
        let reply = client.reply().expect("an answer");
        assert_eq!(reply.status, 200);
        assert!(
            reply.head.contains("Connection: keep-alive\r\n") && reply.head.contains(" GMT\r\n"),
            "{}",
            reply.head
        );
    }
    client.headers += "Connection: close\r\n";
    assert_eq!(client.call("GET", "/api/v1/users/me", &[]).status, 200);
    assert!(client.reply().is_none());
}

#[test]
fn what_is_no_request_of_sane_size_ends_the_connection() {
    let demo = still();
    let long = format!("GET / HTTP/1.1\r\nx: {}", "y".repeat(40_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(65));
    let table = [
        ("garbage", "\u{1}\u{2}\r\n\r\n", 400),
        (
            "bad length",
            "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            400,
        ),
        (
            "large body",
            "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
            413,
        ),
        (
            "chunked",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            411,
        ),
        ("many headers", &many, 431),
        ("long head", &long, 431),
    ];
    for (name, bytes, status) in table {
        let mut client = Client::new(&demo);
        client.send(bytes);
        assert_eq!(
            client.reply().map(|reply| reply.status),
            Some(status),
            "{name}"
        );
        assert!(client.reply().is_none(), "{name}");
    }
    assert_eq!(
        Client::new(&demo)
            .call("GET", "/api/v1/users/me", &[])
            .status,
        200
    );
}
