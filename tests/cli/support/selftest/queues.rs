//! The queues of the model keep to the rules of real servers.

use serde_json::json;

use super::client::{Client, history, park, poll, register};
use crate::support::model::{Model, Post, Step};
use crate::support::reply::Reply;

/// A name, what happens, and the events that a parked poll gets by it.
type Happening = (&'static str, fn(&Model), &'static str);
/// A name, the parameters of register, and the messages that come.
type Selection = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [u64],
);

#[test]
fn acknowledged_events_are_gone_and_ids_that_make_no_sense_are_refused() {
    for (model, refused) in [(Model::new(), 400), (Model::old(), 200)] {
        let mut client = Client::new(&model.site());
        let queue = register(&mut client, &[]);
        for _ in 0..3 {
            model.send(Post::new("Denmark", "lunch", "hello"));
        }
        assert_eq!(poll(&mut client, &queue, "-1").event_ids(), [0, 1, 2]);
        assert_eq!(poll(&mut client, &queue, "-1").event_ids(), [0, 1, 2]);
        assert_eq!(poll(&mut client, &queue, "1").event_ids(), [2]);
        let pruned = poll(&mut client, &queue, "0");
        assert_eq!(pruned.status, refused);
        if refused == 400 {
            let msg = &pruned.json()["msg"];
            assert_eq!(msg, "An event newer than 0 has already been pruned!");
        }
        // A future id is refused, and has pruned all the same.
        assert_eq!(poll(&mut client, &queue, "99").status, refused);
        assert_eq!(poll(&mut client, &queue, "2").event_ids(), [0_i64; 0]);
        assert_eq!(model.messages_sent(), [1001, 1002, 1003]);
    }
}

#[test]
fn a_poll_parks_until_an_event_a_displacement_or_the_end_of_its_queue() {
    let model = Model::new();
    let mut client = Client::new(&model.site());
    let queue = register(&mut client, &[("event_types", "[]")]);
    let steps: [Happening; 4] = [
        (
            "heartbeat",
            Model::heartbeat,
            "[{\"id\":0,\"type\":\"heartbeat\"}]",
        ),
        ("displaced", Model::displace, "[]"),
        ("broken", |model| model.break_parked(&Reply::html_502()), ""),
        ("dropped", Model::drop_queues, "[]"),
    ];
    for (index, (name, happens, expected)) in steps.into_iter().enumerate() {
        park(&mut client, &queue, if index == 0 { "-1" } else { "0" });
        assert_eq!(model.wait_parked(), queue, "{name}");
        assert_eq!(model.queues()[0].parks, index + 1, "{name}");
        happens(&model);
        let answer = client.read().expect(name);
        if expected.is_empty() {
            assert_eq!(answer.status, 502, "{name}");
        } else {
            assert_eq!(answer.json()["events"].to_string(), expected, "{name}");
            assert_eq!(answer.json()["queue_id"], queue.as_str(), "{name}");
        }
        model.wait_hung_up();
    }
    assert_eq!(
        poll(&mut client, &queue, "0").json()["code"],
        "BAD_EVENT_QUEUE_ID"
    );
    assert_eq!(model.connections(), 1);
}

#[test]
fn a_newer_poll_takes_the_place_of_the_older_one() {
    let model = Model::new();
    let (mut older, mut newer) = (Client::new(&model.site()), Client::new(&model.site()));
    let queue = register(&mut older, &[]);
    park(&mut older, &queue, "-1");
    model.wait_idle();
    poll(&mut newer, &queue, "-1");
    assert_eq!(older.read().expect("an answer").event_ids(), [0_i64; 0]);
}

#[test]
fn a_deleted_queue_is_remembered_and_then_unknown() {
    for (model, msg) in [
        (Model::new(), "Bad event queue ID: "),
        (Model::old(), "Bad event queue id: "),
    ] {
        let mut client = Client::new(&model.site());
        let queue = register(&mut client, &[("queue_lifespan_secs", "7200")]);
        assert_eq!(model.queues()[0].parameters["queue_lifespan_secs"], "7200");
        assert_eq!(
            client
                .call("DELETE", "/events", &[("queue_id", &queue)])
                .status,
            200
        );
        assert_eq!(model.deleted(), [queue.as_str()]);
        assert_eq!(
            poll(&mut client, &queue, "-1").json()["msg"],
            format!("{msg}{queue}")
        );
        model.wait_requests(Step::Poll, 1);
        assert_eq!(model.count(Step::Delete), 1);
    }
}

#[test]
fn a_late_commit_comes_after_messages_with_higher_ids() {
    let model = Model::new();
    let mut client = Client::new(&model.site());
    let queue = register(&mut client, &[]);
    let late = model.commit_late(Post::new("Denmark", "lunch", "slow"));
    let quick = model.send(Post::new("Denmark", "lunch", "quick").at(1_795_356_001));
    assert_eq!(
        history(&mut client, "newest", "9", "0", "[]").message_ids(),
        [quick]
    );
    let slow = late.commit();
    assert!(slow < quick);
    assert_eq!(poll(&mut client, &queue, "-1").message_ids(), [quick, slow]);
    assert_eq!(
        history(&mut client, "newest", "9", "0", "[]").message_ids(),
        [slow, quick]
    );
    assert_eq!(model.messages_sent(), [quick, slow]);
}

#[test]
fn events_that_come_during_register_are_in_the_queue_below_its_last_event_id() {
    let model = Model::new();
    let mut client = Client::new(&model.site());
    model.send_during_register(vec![Post::direct("one"), Post::direct("two")]);
    let answer = client
        .call(
            "POST",
            "/register",
            &[("fetch_event_types", "[\"message\"]")],
        )
        .json();
    assert_eq!(
        (&answer["last_event_id"], &answer["max_message_id"]),
        (&json!(1), &json!(1002))
    );
    let queue = answer["queue_id"].as_str().expect("a queue");
    assert_eq!(poll(&mut client, queue, "-1").event_ids(), [0, 1]);
}

#[test]
fn undelivered_flag_events_are_merged_and_old_servers_use_foreign_ids() {
    let model = Model::old();
    let mut client = Client::new(&model.site());
    let queue = register(&mut client, &[]);
    let read = |id: u64| json!({ "type": "update_message_flags", "operation": "add", "flag": "read", "messages": [id] });
    model.send_event(&read(1));
    model.send_event(&json!({ "type": "typing" }));
    model.send_event(&read(2));
    let first = poll(&mut client, &queue, "-1");
    assert_eq!(first.event_ids(), [1, 2]);
    assert_eq!(first.json()["events"][1]["messages"], json!([1, 2]));
    model.send_event(&read(3));
    assert_eq!(poll(&mut client, &queue, "-1").event_ids(), [1, 2, 3]);
    model.send_event_as(900, &json!({ "type": "delete_message", "message_id": 5 }));
    assert_eq!(poll(&mut client, &queue, "2").event_ids(), [3, 900]);
}

#[test]
fn queues_take_what_they_asked_for_and_a_narrow_widens_them() {
    let cases: [Selection; 6] = [
        ("all", &[], &[1001, 1003, 1005]),
        ("no messages", &[("event_types", "[\"typing\"]")], &[]),
        (
            "all public",
            &[("all_public_streams", "true")],
            &[1001, 1002, 1003, 1005],
        ),
        (
            "topic in any public channel",
            &[("narrow", "[[\"topic\",\"Plot\"]]")],
            &[1002],
        ),
        (
            "sender",
            &[("narrow", "[[\"sender\",\"cordelia@example.com\"]]")],
            &[1003],
        ),
        ("direct", &[("narrow", "[[\"is\",\"private\"]]")], &[1003]),
    ];
    for (name, params, expected) in cases {
        let model = Model::new();
        let mut client = Client::new(&model.site());
        let queue = register(&mut client, params);
        model.send(Post::new("Denmark", "lunch", "received"));
        model.send(Post::new("Scotland", "plot", "public"));
        model.send(Post::direct("direct").from("cordelia@example.com"));
        model.send(Post::new("conspiracy", "plot", "hidden"));
        model.send(Post::new("Scotland", "lunch", "to you").flag("mentioned"));
        assert_eq!(
            poll(&mut client, &queue, "-1").message_ids(),
            expected,
            "{name}"
        );
    }
}

#[test]
fn flags_of_messages_that_the_account_did_not_receive_are_null_on_old_servers() {
    for (model, flags) in [(Model::old(), json!(null)), (Model::new(), json!([]))] {
        let mut client = Client::new(&model.site());
        let queue = register(
            &mut client,
            &[("all_public_streams", "true"), ("apply_markdown", "true")],
        );
        model.send(Post::new("Scotland", "plot", "public"));
        let event = &poll(&mut client, &queue, "-1").json()["events"][0];
        assert_eq!(event["flags"], flags);
        assert_eq!(event["message"]["content"], "<p>public</p>");
    }
}

#[test]
fn narrows_of_queues_are_refused_as_real_servers_do() {
    let cases = [
        ("[\"stream\",\"Denmark\"]", "narrow[0] is not a list"),
        (
            "[[\"stream\",\"a\",\"b\"]]",
            "narrow[0] should have exactly 2 items",
        ),
        ("[[\"sender\",5]]", "narrow[0][1] is not a string"),
        ("[[\"near\",\"1\"]]", "Operator near not supported."),
        ("[[\"is\",\"followed\"]]", "Operand followed not supported."),
        ("5", "narrow is not a list"),
        ("{", "Argument \"narrow\" is not valid JSON."),
    ];
    let model = Model::new();
    let mut client = Client::new(&model.site());
    for (narrow, msg) in cases {
        let answer = client.call("POST", "/register", &[("narrow", narrow)]);
        assert_eq!(
            (answer.status, &answer.json()["msg"]),
            (400, &json!(msg)),
            "{narrow}"
        );
    }
    let old = Model::old();
    let answer = Client::new(&old.site()).call(
        "POST",
        "/register",
        &[("narrow", "[[\"channel\",\"Denmark\"]]")],
    );
    assert_eq!(answer.json()["msg"], "Operator channel not supported.");
}
