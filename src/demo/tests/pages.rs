//! Pages of history.

use serde_json::Value;

use super::client::{Client, Reply, still};
use crate::demo::happening::{Change, Happening};
use crate::demo::history::BEYOND;
use crate::demo::message::{Emoji, Reaction};
use crate::demo::place::Place;
use crate::demo::roster::{ADA, BO, GREENROOM, MEI, OPS};
use crate::event::MessageId;

/// Name, request, rows, what is found, anchor.
type Edge<'a> = (&'static str, String, &'a [u64], &'static str, u64);

fn fetch(client: &mut Client, params: &[(&str, &str)]) -> Reply {
    let mut all = vec![("apply_markdown", "false")];
    all.extend(params);
    client.call("GET", "/api/v1/messages", &all)
}

fn ids(reply: &Reply) -> Vec<u64> {
    let rows = reply.json()["messages"].as_array().cloned();
    let rows = rows.unwrap_or_else(|| panic!("no messages: {}", reply.text));
    rows.iter().filter_map(|row| row["id"].as_u64()).collect()
}

/// All that the account received, newest last.
fn received(client: &mut Client) -> Vec<u64> {
    ids(&fetch(
        client,
        &[
            ("anchor", "oldest"),
            ("num_before", "0"),
            ("num_after", "5000"),
        ],
    ))
}

#[test]
fn paging_forward_shows_each_message_once_and_ends_with_found_newest() {
    let demo = still();
    let mut client = Client::new(&demo);
    let all = received(&mut client);
    assert!(all.len() > 150 && all.is_sorted(), "{}", all.len());
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let anchor = seen.last().copied().unwrap_or(0).to_string();
        let params = [
            ("anchor", anchor.as_str()),
            ("num_before", "0"),
            ("num_after", "20"),
            ("include_anchor", "false"),
        ];
        let reply = fetch(&mut client, &params);
        seen.extend(ids(&reply));
        pages += 1;
        if reply.json()["found_newest"] == true {
            break;
        }
    }
    assert_eq!(seen, all);
    assert_eq!(pages, all.len() / 20 + 1);
}

#[test]
fn edges_are_those_that_were_measured() {
    let demo = still();
    let mut client = Client::new(&demo);
    let all = received(&mut client);
    let count = all.len();
    let (middle, last) = (count / 2, all[count - 1]);
    let at = all[middle];
    let beyond = last + 1_000_000;
    let tail = &all[count - 3..];
    // The request: anchor, before, after, include_anchor. Found: a(nchor), o(ldest), n(ewest).
    let table: [Edge; 11] = [
        ("newest", "newest 3 0 true".into(), tail, "n", BEYOND),
        ("big", format!("{BEYOND} 3 0 true"), tail, "n", BEYOND),
        (
            "huge",
            "99999999999999999999 3 0 true".into(),
            tail,
            "n",
            BEYOND,
        ),
        ("oldest", "oldest 0 3 true".into(), &all[..3], "o", 0),
        ("negative", "-5 0 1 true".into(), &all[..1], "o", 0),
        (
            "both sides",
            format!("{at} 2 2 true"),
            &all[middle - 2..=middle + 2],
            "a",
            at,
        ),
        (
            "forward",
            format!("{at} 0 2 false"),
            &all[middle + 1..=middle + 2],
            "",
            at,
        ),
        (
            "backward",
            format!("{at} 2 0 false"),
            &all[middle - 2..middle],
            "",
            at,
        ),
        (
            "nothing",
            format!("{at} 0 0 true"),
            &all[middle..=middle],
            "a",
            at,
        ),
        ("at the end", format!("{last} 0 1000 false"), &[], "n", last),
        ("beyond", format!("{beyond} 0 3 true"), &[], "n", beyond),
    ];
    for (name, request, rows, found, anchor) in table {
        let names = ["anchor", "num_before", "num_after", "include_anchor"];
        let params: Vec<(&str, &str)> = names.into_iter().zip(request.split(' ')).collect();
        let reply = fetch(&mut client, &params);
        assert_eq!(ids(&reply), rows, "{name}");
        let body = reply.json();
        for (letter, key) in [
            ('a', "found_anchor"),
            ('o', "found_oldest"),
            ('n', "found_newest"),
        ] {
            assert_eq!(body[key], found.contains(letter), "{name}: {key}");
        }
        assert_eq!(body["anchor"], anchor, "{name}");
        assert_eq!(body["history_limited"], false, "{name}");
    }
}

#[test]
fn found_newest_is_false_where_exactly_as_many_as_asked_for_remain() {
    let demo = still();
    let mut client = Client::new(&demo);
    let all = received(&mut client);
    let anchor = all[all.len() - 4].to_string();
    for (after, expected) in [("2", false), ("3", false), ("4", true)] {
        let params = [
            ("anchor", anchor.as_str()),
            ("num_before", "0"),
            ("num_after", after),
        ];
        assert_eq!(
            fetch(&mut client, &params).json()["found_newest"],
            expected,
            "{after}"
        );
    }
}

#[test]
fn the_first_unread_message_can_be_the_anchor() {
    let demo = still();
    let mut client = Client::new(&demo);
    let reply = fetch(
        &mut client,
        &[
            ("anchor", "first_unread"),
            ("num_before", "1"),
            ("num_after", "1"),
        ],
    );
    let rows = reply.json();
    assert_eq!(
        rows["messages"][1]["flags"]
            .as_array()
            .map(|flags| flags.contains(&"read".into())),
        Some(false)
    );
    assert_eq!(rows["messages"][1]["id"], rows["anchor"]);
    assert_eq!(rows["messages"][0]["flags"][0], "read");
}

#[test]
fn narrows_show_what_they_should() {
    type Check = fn(&Value) -> bool;
    let demo = still();
    let mut client = Client::new(&demo);
    demo.say(
        &ADA,
        &Place::topic(&GREENROOM, "lost"),
        "@**Tail Bot** hello",
    );
    demo.say(&ADA, &Place::topic(&GREENROOM, "lost"), "not for bots");
    demo.happen(Happening::Resolved(&BO, Place::topic(&OPS, "on call")));
    demo.say(&MEI, &Place::topic(&OPS, "wide"), "@**all** matinee");
    let table: [(&str, &str, Check); 18] = [
        (
            "channel",
            r#"[{"operator":"channel","operand":"OPS"}]"#,
            |row| row["stream_id"] == 7,
        ),
        (
            "channel by id",
            r#"[{"operator":"stream","operand":7}]"#,
            |row| row["stream_id"] == 7,
        ),
        ("pairs", r#"[["stream","ops"],["topic","Deploy"]]"#, |row| {
            row["subject"] == "deploy"
        }),
        (
            "sender",
            r#"[["sender","user12@lantern.example"]]"#,
            |row| row["sender_id"] == 12,
        ),
        (
            "sender by id",
            r#"[{"operator":"sender","operand":12}]"#,
            |row| row["sender_id"] == 12,
        ),
        ("private", r#"[["is","private"]]"#, |row| {
            row["type"] == "private"
        }),
        ("dm", r#"[["is","dm"]]"#, |row| row["type"] == "private"),
        (
            "no dm",
            r#"[{"operator":"is","operand":"dm","negated":true}]"#,
            |row| row["type"] == "stream",
        ),
        (
            "not a channel",
            r#"[{"operator":"channel","operand":"ops","negated":true}]"#,
            |row| row["stream_id"] != 7,
        ),
        ("mentioned", r#"[["is","mentioned"]]"#, |row| {
            row["flags"].to_string().contains("mentioned")
        }),
        ("starred", r#"[["is","starred"]]"#, |row| {
            row["flags"].to_string().contains("starred")
        }),
        ("unread", r#"[["is","unread"]]"#, |row| {
            !row["flags"].to_string().contains("read")
        }),
        (
            "read",
            r#"[{"operator":"is","operand":"unread","negated":true}]"#,
            |row| row["flags"].to_string().contains("read"),
        ),
        ("alerted", r#"[["is","alerted"]]"#, |row| {
            row["flags"].to_string().contains("has_alert_word")
        }),
        ("resolved", r#"[["is","resolved"]]"#, |row| {
            row["subject"].to_string().contains('✔')
        }),
        ("unsubscribed", r#"[["channel","greenroom"]]"#, |row| {
            row["stream_id"] == 10
        }),
        ("public", r#"[["channels","public"]]"#, |row| {
            row["type"] == "stream" && row["stream_id"] != 9
        }),
        (
            "public, old name",
            r#"[["streams","public"],["topic","lost"]]"#,
            |row| row["subject"] == "lost",
        ),
    ];
    for (name, narrow, holds) in table {
        let params = [
            ("anchor", "newest"),
            ("num_before", "5000"),
            ("num_after", "0"),
            ("narrow", narrow),
        ];
        let body = fetch(&mut client, &params).json();
        let rows = body["messages"].as_array().cloned().unwrap_or_default();
        assert!(!rows.is_empty(), "{name} shows nothing");
        assert!(
            rows.iter().all(holds),
            "{name}: {:?}",
            rows.iter().find(|row| !holds(row))
        );
    }
}

#[test]
fn messages_that_were_not_received_are_shown_only_in_public_channels_that_are_named() {
    let demo = still();
    let mut client = Client::new(&demo);
    let mentioned = demo.say(
        &ADA,
        &Place::topic(&GREENROOM, "lost"),
        "@**Tail Bot** hello",
    );
    let other = demo.say(&ADA, &Place::topic(&GREENROOM, "lost"), "not for bots");
    let table: [(&str, &str, &[u64]); 5] = [
        ("topic alone", r#"[["topic","lost"]]"#, &[mentioned]),
        (
            "channel",
            r#"[["channel","greenroom"],["topic","lost"]]"#,
            &[mentioned, other],
        ),
        (
            "all public",
            r#"[["channels","public"],["topic","lost"]]"#,
            &[mentioned, other],
        ),
        (
            "with flags",
            r#"[["channel","greenroom"],["topic","lost"],["is","unread"]]"#,
            &[mentioned],
        ),
        (
            "resolved",
            r#"[["channel","greenroom"],["is","resolved"]]"#,
            &[],
        ),
    ];
    for (name, narrow, expected) in table {
        let params = [
            ("anchor", "newest"),
            ("num_before", "50"),
            ("num_after", "0"),
            ("narrow", narrow),
        ];
        let reply = fetch(&mut client, &params);
        assert_eq!(ids(&reply), expected, "{name}");
        let rows = reply.json();
        for row in rows["messages"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|row| row["id"] == other)
        {
            assert_eq!(
                row["flags"].to_string(),
                r#"["read","historical"]"#,
                "{name}"
            );
        }
    }
}

#[test]
fn history_knows_edits_reactions_and_new_topics() {
    let demo = still();
    let mut client = Client::new(&demo);
    let place = Place::topic(&OPS, "quiet");
    let id = demo.say(&BO, &place, "one");
    let tada = Reaction {
        person: &MEI,
        emoji: &Emoji {
            name: "tada",
            code: "1f389",
        },
    };
    let eyes = Reaction {
        person: &ADA,
        emoji: &Emoji {
            name: "eyes",
            code: "1f440",
        },
    };
    demo.happen(Happening::Reacted(
        MessageId(id),
        tada.clone(),
        Change::Begin,
    ));
    demo.happen(Happening::Reacted(MessageId(id), eyes, Change::Begin));
    demo.happen(Happening::Reacted(MessageId(id), tada, Change::End));
    demo.happen(Happening::Edited(MessageId(id), "two".to_owned()));
    demo.happen(Happening::Resolved(&ADA, place));
    let params = [
        ("anchor", "newest"),
        ("num_before", "1"),
        ("num_after", "0"),
        ("apply_markdown", "true"),
    ];
    // Without the parameter of the other tests: HTML is the default here.
    let row = client.call("GET", "/api/v1/messages", &params[..3]).json()["messages"][0].clone();
    assert_eq!(
        (row["content"].as_str(), row["content_type"].as_str()),
        (Some("<p>two</p>"), Some("text/html"))
    );
    assert_eq!(row["subject"], "✔ quiet");
    assert_eq!(row["reactions"].as_array().map(Vec::len), Some(1));
    let expected = r#"{"emoji_code":"1f440","emoji_name":"eyes","reaction_type":"unicode_emoji","user":{"email":"user11@lantern.example","full_name":"Ada Lindqvist","id":11},"user_id":11}"#;
    assert_eq!(row["reactions"][0].to_string(), expected);
    assert_eq!(row["edit_history"][0]["prev_topic"], "quiet");
    assert_eq!(row["edit_history"][1]["prev_content"], "one");
    assert_eq!(
        row["last_edit_timestamp"],
        row["edit_history"][0]["timestamp"]
    );
}
