//! Queues and polls.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::client::{Client, DEADLINE, Pairs, message, quiet, still, wait_until};
use crate::demo::clock::Moment;
use crate::demo::happening::{Change, Happening};
use crate::demo::message::{Emoji, Reaction};
use crate::demo::place::Place;
use crate::demo::queue::Ticket;
use crate::demo::roster::{ADA, BO, BOX_OFFICE, DENMARK, GREENROOM, MEI, OPS, Person, TAIL_BOT};
use crate::demo::script::GREETINGS;
use crate::demo::wire::{Rendering, event};
use crate::demo::{Casting, Demo, REAL, Settings, start, start_with};
use crate::event::{MessageId, QueueId};

/// Mei and the demo account.
static MEI_AND_BOT: [&Person; 2] = [&MEI, &TAIL_BOT];
const WITH_MEI: Place = Place::Direct(&MEI_AND_BOT);

/// Waits until the n-th waiting poll of the demo waits.
#[track_caller]
fn wait_until_parked(demo: &Demo, queue: &str, poll: u64) {
    wait_until("a poll waits", || is_parked(demo, queue, poll));
}

fn is_parked(demo: &Demo, queue: &str, poll: u64) -> bool {
    let now = demo.stage.now();
    let mut realm = demo.realm();
    realm
        .queue(&QueueId(queue.to_owned()), now)
        .is_ok_and(|queue| queue.is_parked(Ticket(poll)))
}

fn deploys() -> Place {
    Place::topic(&OPS, "deploy")
}

#[test]
fn a_demo_starts_at_once_and_talks_to_a_newcomer() {
    let begun = Instant::now();
    let demo = start().expect("a demo");
    assert!(
        begun.elapsed() < Duration::from_millis(500),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(demo.site(), format!("http://{}", demo.address));
    assert_eq!(
        (demo.email(), demo.key().len()),
        ("tail-bot@lantern.example", 32)
    );
    let mut client = Client::new(&demo);
    let queue = client.register(&[]);
    let registered = Instant::now();
    client.wait(&queue, -1);
    assert!(!client.reply().expect("an answer").events().is_empty());
    assert!(
        registered.elapsed() < Duration::from_secs(2),
        "{:?}",
        registered.elapsed()
    );
    wait_until("somebody greets", || {
        let events = client.look(&queue, -1).events();
        let mut contents = events
            .iter()
            .filter_map(|event| event["message"]["content"].as_str());
        contents.any(|content| greetings().any(|greeting| greeting == content))
    });
}

fn greetings() -> impl Iterator<Item = &'static str> {
    GREETINGS
        .iter()
        .flat_map(|scene| scene.lines)
        .map(|(_, text)| *text)
}

#[test]
fn a_poll_that_does_not_wait_displaces_one_that_does() {
    let demo = still();
    let (mut first, mut second) = (Client::new(&demo), Client::new(&demo));
    let queue = first.register(&[]);
    first.wait(&queue, -1);
    wait_until_parked(&demo, &queue, 1);
    assert_eq!(second.look(&queue, -1).events().len(), 0);
    let displaced = first.reply().expect("an answer");
    assert_eq!(displaced.json()["queue_id"], queue.as_str());
    assert_eq!(displaced.events().len(), 0);
}

#[test]
fn the_real_heartbeat_is_that_of_the_server() {
    assert_eq!(
        REAL.heartbeat,
        (Duration::from_secs(45), Duration::from_secs(55))
    );
    assert_eq!((REAL.seed, REAL.casting), (None, Casting::Playing));
}

#[test]
fn what_is_not_acknowledged_comes_again_and_what_is_never_does() {
    let demo = still();
    let mut client = Client::new(&demo);
    let queue = client.register(&[]);
    for text in ["zero", "one", "two"] {
        demo.say(&BO, &deploys(), text);
    }
    let mut ids = |last| {
        let reply = client.look(&queue, last);
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply
            .events()
            .iter()
            .map(|event| event["id"].as_i64().expect("an id"))
            .collect::<Vec<i64>>()
    };
    let table: [(i64, &[i64]); 5] = [
        (-1, &[0, 1, 2]),
        (-1, &[0, 1, 2]),
        (1, &[2]),
        (1, &[2]),
        (2, &[]),
    ];
    for (last, expected) in table {
        assert_eq!(ids(last), expected, "after {last}");
    }
    for (last, text) in [
        (1, "An event newer than 1 has already been pruned!"),
        (99, "Event 99 was not in this queue"),
    ] {
        let reply = client.look(&queue, last);
        let expected =
            format!("{{\"result\":\"error\",\"msg\":\"{text}\",\"code\":\"BAD_REQUEST\"}}\n");
        assert_eq!((reply.status, reply.text), (400, expected), "{last}");
    }
}

#[test]
fn a_foreign_acknowledgement_has_pruned_before_it_is_refused() {
    let demo = still();
    let mut client = Client::new(&demo);
    let queue = client.register(&[]);
    demo.say(&BO, &deploys(), "gone");
    assert_eq!(client.look(&queue, 99).status, 400);
    assert_eq!(client.look(&queue, -1).status, 400);
    assert_eq!(client.look(&queue, 0).events().len(), 0);
}

#[test]
fn a_poll_waits_for_an_event_and_only_then_its_answer_names_the_queue() {
    let demo = still();
    let mut client = Client::new(&demo);
    let queue = client.register(&[]);
    client.wait(&queue, -1);
    wait_until_parked(&demo, &queue, 1);
    demo.say(&BO, &deploys(), "now");
    let reply = client.reply().expect("an answer");
    assert_eq!(reply.events().len(), 1);
    assert_eq!(reply.json()["queue_id"], queue.as_str());
    assert!(client.look(&queue, -1).json().get("queue_id").is_none());
}

#[test]
fn a_second_poll_displaces_the_first_but_not_with_a_bad_id() {
    let demo = still();
    let (mut first, mut second) = (Client::new(&demo), Client::new(&demo));
    let queue = first.register(&[]);
    first.wait(&queue, -1);
    wait_until_parked(&demo, &queue, 1);
    assert_eq!(second.look(&queue, 7).status, 400);
    assert!(is_parked(&demo, &queue, 1));
    second.wait(&queue, -1);
    let displaced = first.reply().expect("an answer");
    assert_eq!(
        displaced.text,
        format!("{{\"result\":\"success\",\"msg\":\"\",\"events\":[],\"queue_id\":\"{queue}\"}}\n")
    );
    wait_until_parked(&demo, &queue, 2);
    demo.say(&BO, &deploys(), "for the second");
    assert_eq!(second.reply().expect("an answer").events().len(), 1);
}

#[test]
fn a_deleted_queue_answers_its_poll_without_events_and_is_unknown_then() {
    let demo = still();
    let (mut poller, mut other) = (Client::new(&demo), Client::new(&demo));
    let queue = poller.register(&[]);
    poller.wait(&queue, -1);
    wait_until_parked(&demo, &queue, 1);
    let deleted = other.call("DELETE", "/api/v1/events", &[("queue_id", &queue)]);
    assert_eq!(
        (deleted.status, deleted.text.as_str()),
        (200, "{\"result\":\"success\",\"msg\":\"\"}\n")
    );
    assert_eq!(poller.reply().expect("an answer").events().len(), 0);
    let unknown = format!(
        "{{\"result\":\"error\",\"msg\":\"Bad event queue ID: {queue}\",\"queue_id\":\"{queue}\",\"code\":\"BAD_EVENT_QUEUE_ID\"}}\n"
    );
    let again = other.call("DELETE", "/api/v1/events", &[("queue_id", &queue)]);
    assert_eq!((again.status, again.text.as_str()), (400, unknown.as_str()));
    let gone = poller.look(&queue, -1);
    assert_eq!((gone.status, gone.text.as_str()), (400, unknown.as_str()));
}

#[test]
fn a_heartbeat_ends_a_poll_has_an_id_and_comes_again_until_acknowledged() {
    let demo = quiet(Duration::from_millis(30));
    let mut client = Client::new(&demo);
    let queue = client.register(&[("event_types", "[]")]);
    client.wait(&queue, -1);
    let reply = client.reply().expect("an answer");
    let expected = format!(
        "{{\"result\":\"success\",\"msg\":\"\",\"events\":[{{\"type\":\"heartbeat\",\"id\":0}}],\"queue_id\":\"{queue}\"}}\n"
    );
    assert_eq!(reply.text, expected);
    assert_eq!(client.look(&queue, -1).events().len(), 1);
    assert_eq!(client.look(&queue, 0).events().len(), 0);
}

#[test]
fn polls_that_do_not_wait_do_not_keep_a_queue_alive() {
    let demo = still();
    let mut client = Client::new(&demo);
    let begun = Instant::now();
    let brief = client.register(&[("queue_lifespan_secs", "1")]);
    let usual = client.register(&[]);
    wait_until("the queue has expired", || {
        client.look(&brief, -1).status == 400
    });
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(client.look(&brief, -1).json()["code"], "BAD_EVENT_QUEUE_ID");
    assert_eq!(client.look(&usual, -1).status, 200);
}

#[test]
fn a_poll_that_waits_keeps_its_queue_alive() {
    let demo = quiet(Duration::from_millis(1500));
    let mut client = Client::new(&demo);
    let queue = client.register(&[("queue_lifespan_secs", "1")]);
    client.wait(&queue, -1);
    assert_eq!(client.reply().expect("an answer").events().len(), 1);
}

#[test]
fn a_client_that_hangs_up_leaves_its_queue_to_the_next() {
    let demo = still();
    let (mut gone, mut next) = (Client::new(&demo), Client::new(&demo));
    let queue = gone.register(&[]);
    gone.wait(&queue, -1);
    wait_until_parked(&demo, &queue, 1);
    gone.hang_up();
    wait_until("its poll is given up", || !is_parked(&demo, &queue, 1));
    demo.say(&BO, &deploys(), "kept");
    assert_eq!(next.look(&queue, -1).events().len(), 1);
}

#[test]
fn dropping_a_demo_ends_its_threads_connections_and_port() {
    let settings = Settings {
        seed: Some(2),
        ..REAL
    };
    let demo = start_with(settings).expect("a demo");
    let (mut idle, mut waiting) = (Client::new(&demo), Client::new(&demo));
    // A type that the cast never causes.
    let queue = waiting.register(&[("event_types", "[\"restart\"]")]);
    waiting.wait(&queue, -1);
    wait_until_parked(&demo, &queue, 1);
    idle.register(&[]);
    let (stage, address) = (Arc::downgrade(&demo.stage), demo.address);
    drop(demo);
    wait_until("all threads have ended", || stage.strong_count() == 0);
    assert!(waiting.reply().is_none());
    assert!(idle.reply().is_none());
    assert!(std::net::TcpStream::connect_timeout(&address, DEADLINE).is_err());
}

#[test]
fn each_queue_gets_what_it_was_registered_for() {
    let demo = still();
    let mut client = Client::new(&demo);
    let tea = Place::topic(&GREENROOM, "tea");
    let typing = r#"{"notification_settings_null":true,"stream_typing_notifications":true}"#;
    let table: [(&str, Pairs, &[&str]); 13] = [
        ("defaults", &[], &["d", "b", "p", "m", "typing"]),
        (
            "messages",
            &[("event_types", r#"["message"]"#)],
            &["d", "b", "p", "m"],
        ),
        ("unknown types", &[("event_types", r#"["messages"]"#)], &[]),
        (
            "channel typing",
            &[("client_capabilities", typing)],
            &["d", "b", "p", "m", "typing", "typing"],
        ),
        (
            "all public",
            &[
                ("all_public_streams", "true"),
                ("event_types", r#"["message"]"#),
            ],
            &["d", "b", "t", "p", "m"],
        ),
        (
            "channel",
            &[("narrow", r#"[["stream","OPS"]]"#)],
            &["d", "typing"],
        ),
        (
            "unsubscribed channel",
            &[("narrow", r#"[["channel","greenroom"]]"#)],
            &["t", "m", "typing"],
        ),
        (
            "topic",
            &[("narrow", r#"[["topic","Tea"]]"#)],
            &["t", "m", "typing"],
        ),
        (
            "sender",
            &[("narrow", r#"[["sender","USER12@lantern.example"]]"#)],
            &["d", "m", "typing"],
        ),
        (
            "two terms",
            &[(
                "narrow",
                r#"[["sender","user12@lantern.example"],["topic","tea"]]"#,
            )],
            &["m", "typing"],
        ),
        (
            "direct",
            &[("narrow", r#"[["is","dm"]]"#)],
            &["p", "typing"],
        ),
        (
            "mentioned",
            &[("narrow", r#"[["is","mentioned"]]"#)],
            &["m", "typing"],
        ),
        (
            "anything",
            &[("narrow", r#"[["is","nonsense"]]"#)],
            &["d", "b", "t", "p", "m", "typing"],
        ),
    ];
    let queues: Vec<String> = table
        .iter()
        .map(|(_, params, _)| client.register(params))
        .collect();
    demo.say(&BO, &deploys(), "d");
    demo.say(&ADA, &Place::topic(&BOX_OFFICE, "tonight"), "b");
    demo.say(&ADA, &tea, "t");
    demo.say(&MEI, &WITH_MEI, "p");
    demo.say(&BO, &tea, "m @**all** @**Tail Bot**");
    demo.happen(Happening::Typing(&ADA, deploys(), Change::Begin));
    demo.happen(Happening::Typing(&ADA, tea, Change::Begin));
    demo.happen(Happening::Typing(&MEI, WITH_MEI, Change::End));
    for ((name, _, expected), queue) in table.iter().zip(queues) {
        let events = client.look(&queue, -1).events();
        let seen = events
            .iter()
            .map(|event| match event["message"]["content"].as_str() {
                Some(content) => content.split(' ').next().unwrap_or_default().to_owned(),
                None => event["type"].as_str().unwrap_or_default().to_owned(),
            });
        assert_eq!(seen.collect::<Vec<String>>(), *expected, "{name}");
    }
}

#[test]
fn flags_and_changes_of_messages_that_were_not_received_are_not_sent() {
    let demo = still();
    let mut client = Client::new(&demo);
    let queue = client.register(&[("all_public_streams", "true")]);
    let unseen = demo.say(&ADA, &Place::topic(&GREENROOM, "tea"), "matinee @**all**");
    let seen = demo.say(
        &ADA,
        &Place::topic(&DENMARK, "the ghost"),
        "matinee @**all** @**Tail Bot**",
    );
    for id in [unseen, seen] {
        demo.happen(Happening::Edited(MessageId(id), format!("new {id}")));
    }
    demo.happen(Happening::Resolved(&BO, Place::topic(&GREENROOM, "tea")));
    let events = client.look(&queue, -1).events();
    let flags: Vec<String> = events
        .iter()
        .map(|event| event["flags"].to_string())
        .collect();
    let mentioned =
        r#"["mentioned","stream_wildcard_mentioned","wildcard_mentioned","has_alert_word"]"#;
    assert_eq!(flags, ["[]", mentioned, "[]"]);
    assert_eq!(
        events.last().map(|event| event["message_id"].clone()),
        Some(seen.into())
    );
}

#[test]
fn events_have_the_shape_of_9_2() {
    let demo = still();
    let mut client = Client::new(&demo);
    let typing = r#"{"notification_settings_null":true,"stream_typing_notifications":true}"#;
    let queue = client.register(&[("client_capabilities", typing)]);
    let place = Place::topic(&OPS, "quiet");
    let id = demo.say(&BO, &place, "one");
    let tada = Reaction {
        person: &MEI,
        emoji: &Emoji {
            name: "tada",
            code: "1f389",
        },
    };
    demo.happen(Happening::Edited(MessageId(id), "two".to_owned()));
    demo.happen(Happening::Reacted(MessageId(id), tada, Change::Begin));
    demo.happen(Happening::Typing(&ADA, place.clone(), Change::Begin));
    demo.happen(Happening::Typing(&MEI, WITH_MEI, Change::End));
    demo.happen(Happening::Resolved(&ADA, place));
    demo.happen(Happening::Online(&ADA));
    demo.happen(Happening::Status(
        &ADA,
        "busy",
        &Emoji {
            name: "calendar",
            code: "1f4c5",
        },
    ));
    let text = client.look(&queue, -1).text;
    let update =
        format!(r#""message_id":{id},"rendering_only":false,"stream_name":"ops","stream_id":7"#);
    let mei = r#""email":"user15@lantern.example","full_name":"Mei Tanaka 田中芽衣""#;
    let expected = [
        format!(r#"{update},"orig_content":"one","orig_rendered_content":"<p>one</p>","content":"two","rendered_content":"<p>two</p>","prev_rendered_content_version":1,"is_me_message":false,"message_ids":[{id}],"flags":[],"id":1}}"#),
        format!(r#"{{"type":"reaction","op":"add","user_id":15,"user":{{"user_id":15,{mei}}},"message_id":{id},"emoji_name":"tada","emoji_code":"1f389","reaction_type":"unicode_emoji","id":2}}"#),
        r#"{"type":"typing","message_type":"stream","op":"start","sender":{"user_id":11,"email":"user11@lantern.example"},"stream_id":7,"topic":"quiet","id":3}"#.to_owned(),
        r#"{"type":"typing","message_type":"direct","op":"stop","sender":{"user_id":15,"email":"user15@lantern.example"},"recipients":[{"user_id":15,"email":"user15@lantern.example"},{"user_id":24,"email":"tail-bot@lantern.example"}],"id":4}"#.to_owned(),
        format!(r#"{update},"propagate_mode":"change_all","orig_subject":"quiet","subject":"✔ quiet","topic_links":[],"message_ids":[{id}],"flags":[],"id":5}}"#),
        r#"{"type":"presence","user_id":11,"email":"user11@lantern.example","server_timestamp":"#.to_owned(),
        r#""presence":{"website":{"client":"website","status":"active","timestamp":"#.to_owned(),
        r#"{"type":"user_status","user_id":11,"status_text":"busy","emoji_name":"calendar","emoji_code":"1f4c5","reaction_type":"unicode_emoji","id":7}"#.to_owned(),
    ];
    for part in expected {
        assert!(text.contains(&part), "{part}\nis not in\n{text}");
    }
}

#[test]
fn messages_have_the_shape_of_9_2() {
    let at = Moment(1_790_000_000_900);
    let table = [
        (
            "channel",
            message(7, &BO, &deploys(), "**hi**", at),
            Rendering::Markdown,
            r#"{"type":"message","message":{"id":7,"sender_id":12,"content":"**hi**","recipient_id":27,"timestamp":1790000000,"client":"website","subject":"deploy","topic_links":[],"is_me_message":false,"reactions":[],"submessages":[],"sender_full_name":"Bo Okafor","sender_email":"user12@lantern.example","sender_realm_str":"lantern","display_recipient":"ops","type":"stream","stream_id":7,"avatar_url":"https://secure.gravatar.com/avatar/0000000000000000000000000000000c?d=identicon&version=1","content_type":"text/x-markdown"},"flags":[]}"#,
        ),
        (
            "direct, as HTML",
            message(8, &MEI, &WITH_MEI, "/me <3", at),
            Rendering::Html,
            r#"{"type":"message","message":{"id":8,"sender_id":15,"content":"<p>/me &lt;3</p>","recipient_id":79,"timestamp":1790000000,"client":"website","subject":"","topic_links":[],"is_me_message":true,"reactions":[],"submessages":[],"sender_full_name":"Mei Tanaka 田中芽衣","sender_email":"user15@lantern.example","sender_realm_str":"lantern","display_recipient":[{"id":24,"email":"tail-bot@lantern.example","full_name":"Tail Bot","is_mirror_dummy":false},{"id":15,"email":"user15@lantern.example","full_name":"Mei Tanaka 田中芽衣","is_mirror_dummy":false}],"type":"private","avatar_url":"https://secure.gravatar.com/avatar/0000000000000000000000000000000f?d=identicon&version=1","content_type":"text/html"},"flags":[]}"#,
        ),
    ];
    for (name, message, rendering, expected) in table {
        assert_eq!(event::message(&message, rendering), expected, "{name}");
    }
}
