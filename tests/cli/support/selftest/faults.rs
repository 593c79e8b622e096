//! Faults of the model happen once, to the right request, before or after it is acted on.

use super::client::{Client, history, park, poll, register};
use crate::support::model::{Fault, Model, Post, Step};
use crate::support::reply::{Ending, Reply};

#[test]
fn restarts_lose_messages_without_a_hole_in_the_ids_and_crashes_lose_queues() {
    let model = Model::new();
    let mut client = Client::new(&model.site());
    let queue = register(&mut client, &[("event_types", "[\"message\",\"restart\"]")]);
    park(&mut client, &queue, "-1");
    model.wait_parked();
    let lost = model.restart_losing(vec![Post::new("Denmark", "lunch", "lost")]);
    assert_eq!(client.read().expect("an answer").status, 502);
    let kept = model.send(Post::direct("kept").from("cordelia@example.com"));
    let after = poll(&mut client, &queue, "-1");
    assert_eq!(after.event_ids(), [0, 1]);
    assert_eq!(after.message_ids(), [kept]);
    assert_eq!(
        history(&mut client, "0", "0", "9", "[]").message_ids(),
        [lost[0], kept]
    );
    park(&mut client, &queue, "1");
    model.wait_parked();
    model.crash();
    assert_eq!(client.read().expect("an answer").status, 502);
    assert_eq!(
        poll(&mut client, &queue, "1").json()["code"],
        "BAD_EVENT_QUEUE_ID"
    );
}

#[test]
fn lost_answers_are_acted_on_and_faults_are_used_up_in_order() {
    let model = Model::new();
    model.fail_next(Step::Register, Fault::Lost(Ending::Reset));
    model.fail_next(Step::Register, Fault::Truncated);
    model.fail_next(Step::Register, Fault::Garbled);
    model.fail_next(Step::Register, Fault::Answer(Reply::html_502()));
    for (name, queues) in [
        ("lost", 1),
        ("truncated", 2),
        ("garbled", 3),
        ("gateway", 3),
        ("well", 4),
    ] {
        let mut client = Client::new(&model.site());
        client.send("POST", "/register", &[]);
        let answer = client.read();
        assert_eq!(answer.is_err(), queues < 3, "{name}: {answer:?}");
        assert_eq!(model.queues().len(), queues, "{name}");
    }
    model.fail_always(Step::Lookup, Fault::Answer(Reply::html_502()));
    let mut client = Client::new(&model.site());
    assert_eq!(
        [(); 2].map(|()| client.call("GET", "/users/me", &[]).status),
        [502, 502]
    );
    model.heal();
    assert_eq!(client.call("GET", "/users/me", &[]).status, 200);
}

#[test]
fn a_held_request_is_acted_on_after_its_release_and_a_late_one_before() {
    for (fault, expected) in [(Fault::Held, 1), (Fault::Late, 0)] {
        let model = Model::new();
        let mut client = Client::new(&model.site());
        model.fail_next(Step::History, fault);
        client.send(
            "GET",
            "/messages",
            &[("anchor", "0"), ("num_before", "0"), ("num_after", "9")],
        );
        assert_eq!(model.wait_held().path, "/api/v1/messages");
        model.send_unheard(Post::direct("meanwhile"));
        model.release();
        assert_eq!(
            client.read().expect("an answer").message_ids().len(),
            expected
        );
    }
}

#[test]
fn a_request_that_is_held_for_ever_ends_with_its_client() {
    let model = Model::new();
    model.fail_next(Step::Register, Fault::Answer(Reply::hold()));
    let mut client = Client::new(&model.site());
    client.send("POST", "/register", &[]);
    model.wait_held();
    drop(client);
    model.wait_hung_up();
    assert!(model.queues().is_empty());
}

#[test]
fn answers_carry_the_servers_clock_and_names_can_be_looked_up() {
    let model = Model::new();
    model.set_clock(model.clock() + 60);
    let mut client = Client::new(&model.site());
    let answer = client.call("GET", "/users", &[]);
    assert!(
        answer
            .head
            .contains("\r\nDate: Sun, 22 Nov 2026 14:01:00 GMT\r\n"),
        "{}",
        answer.head
    );
    assert_eq!(answer.json()["members"][1]["full_name"], "Othello");
    assert_eq!(
        client.call("GET", "/streams", &[]).json()["streams"]
            .as_array()
            .map(Vec::len),
        Some(4)
    );
    assert_eq!(
        client.call("GET", "/users/me/subscriptions", &[]).json()["subscriptions"]
            .as_array()
            .map(Vec::len),
        Some(3)
    );
    assert_eq!(
        client.call("GET", "/server_settings", &[]).json()["zulip_feature_level"],
        278
    );
    assert_eq!(client.call("GET", "/nonsense", &[]).status, 404);
    assert_eq!(model.requests().len(), 5);
}
