//! What happens to messages follows the narrow.

use serde_json::{Value, json};

use super::{known, narrow_of};
use crate::event::{Event, MessageId};
use crate::kind::MESSAGE;
use crate::selection::Selection;
use crate::selection::follow::{Decision, Filter};

/// What is to become of an event: shown, left out, or what it needs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Shown,
    Left,
    Needs(&'static [u64]),
}
use Outcome::{Left, Needs, Shown};

/// Messages that were seen, in #ops (7), in #design (9), and direct ones.
fn seen() -> Vec<Value> {
    let message = |id: u64, sender: u64, place: Value| {
        let mut message = json!({
            "id": id, "sender_id": sender, "sender_email": format!("user{sender}@x"),
            "sender_full_name": format!("User {sender}"), "reactions": [], "type": "stream",
        });
        for (key, value) in place.as_object().unwrap() {
            message[key] = value.clone();
        }
        message
    };
    let person = |id: u64| json!({ "id": id, "email": format!("user{id}@x"), "full_name": format!("User {id}") });
    vec![
        message(
            1,
            11,
            json!({ "display_recipient": "ops", "stream_id": 7, "subject": "deploy" }),
        ),
        message(
            2,
            12,
            json!({ "display_recipient": "ops", "stream_id": 7, "subject": "lunch" }),
        ),
        message(
            3,
            11,
            json!({ "display_recipient": "design", "stream_id": 9, "subject": "deploy" }),
        ),
        message(
            4,
            12,
            json!({
                "type": "private", "display_recipient": [person(10), person(12)], "subject": "",
            }),
        ),
    ]
}

fn event(kind: &'static str, text: &str) -> Event<'static> {
    Event::new(None, kind, Box::leak(text.to_owned().into_boxed_str()))
}

fn message(message: &Value, flags: &[&str]) -> Event<'static> {
    event(
        MESSAGE,
        &json!({ "type": "message", "message": message, "flags": flags }).to_string(),
    )
}

fn selection(narrows: &[&str]) -> Selection {
    let account = known(10, "user10@x");
    let narrows = narrows.iter();
    let narrows = narrows.map(|text| narrow_of(account.clone(), text));
    Selection {
        narrows: narrows.collect(),
        ..Selection::default()
    }
}

fn filter(selection: &Selection) -> Filter {
    let mut filter = Filter::default();
    for seen in seen() {
        filter.remember(selection, &message(&seen, &[]));
    }
    filter
}

fn outcome(decision: &Decision, expected: Outcome) -> bool {
    match (decision, expected) {
        (Decision::Shown, Shown) | (Decision::LeftOut, Left) => true,
        (Decision::Needs(ids), Needs(wanted)) => {
            let wanted: Vec<MessageId> = wanted.iter().copied().map(MessageId).collect();
            *ids == wanted
        }
        _ => false,
    }
}

/// The kind is the first word of the text.
fn about(fields: &Value) -> Event<'static> {
    let kind = fields["type"].as_str().unwrap().to_owned();
    event(Box::leak(kind.into_boxed_str()), &fields.to_string())
}

#[track_caller]
fn assert_outcomes(cases: &[(&str, Value, Outcome)]) {
    for (narrow, fields, expected) in cases {
        let selection = selection(&[narrow]);
        let decision = filter(&selection).decide(&selection, &about(fields));
        assert!(
            outcome(&decision, *expected),
            "{narrow} {fields}: {decision:?}"
        );
    }
}

#[test]
fn what_an_event_carries_decides() {
    let deletion = |id: u64| json!({ "type": "delete_message", "message_ids": [id], "message_type": "stream", "stream_id": 7, "topic": "deploy" });
    let private =
        json!({ "type": "delete_message", "message_ids": [90], "message_type": "private" });
    let typing = json!({
        "type": "typing", "op": "start", "message_type": "direct", "sender": { "user_id": 12, "email": "user12@x" },
        "recipients": [{ "user_id": 10, "email": "user10@x" }, { "user_id": 12, "email": "user12@x" }],
    });
    let mut old_typing = typing.clone();
    old_typing.as_object_mut().unwrap().remove("message_type");
    let in_channel = json!({
        "type": "typing", "op": "stop", "message_type": "stream", "sender": { "user_id": 12, "email": "user12@x" },
        "stream_id": 7, "topic": "deploy",
    });
    let editing = json!({
        "type": "typing_edit_message", "sender_id": 12, "message_id": 90,
        "recipient": { "type": "channel", "channel_id": 9, "topic": "deploy" },
    });
    let editing_direct = json!({
        "type": "typing_edit_message", "sender_id": 12, "message_id": 90,
        "recipient": { "type": "direct", "user_ids": [10, 12] },
    });
    assert_outcomes(&[
        ("channel-id:7", deletion(90), Shown),
        ("channel-id:9", deletion(90), Left),
        // Its name is known from a message.
        ("channel:ops topic:deploy", deletion(90), Shown),
        ("channel:design", deletion(90), Left),
        ("topic:lunch", deletion(90), Left),
        ("is:private", deletion(90), Left),
        ("dm-with:12", deletion(90), Left),
        ("is:resolved", deletion(90), Left),
        ("channel:ops", private.clone(), Left),
        ("topic:deploy", private.clone(), Left),
        ("is:private", private.clone(), Shown),
        ("-channel:ops", private, Shown),
        ("dm:12", typing.clone(), Shown),
        ("dm:12", old_typing.clone(), Shown),
        ("dm-with:user12@x", typing.clone(), Shown),
        ("dm:11", typing.clone(), Left),
        ("group-pm-with:12", typing.clone(), Left),
        ("sender:12", typing.clone(), Shown),
        ("sender:user11@x", typing.clone(), Left),
        ("channel:ops", typing.clone(), Left),
        ("channel:ops", old_typing, Left),
        ("-is:private", typing, Left),
        ("channel:ops topic:deploy", in_channel.clone(), Shown),
        ("channel:ops topic:lunch", in_channel.clone(), Left),
        ("channel:design", in_channel.clone(), Left),
        // It has no flags, and no message to look up.
        ("channel:ops is:mentioned", in_channel.clone(), Shown),
        ("channel:design is:mentioned", in_channel, Left),
        ("channel:design", editing.clone(), Shown),
        ("channel:design topic:lunch", editing.clone(), Left),
        ("channel:ops sender:12", editing.clone(), Left),
        ("sender:11", editing, Left),
        ("dm:12", editing_direct.clone(), Shown),
        ("dm:11", editing_direct.clone(), Left),
        ("channel:ops", editing_direct, Left),
        (
            "has:reaction",
            json!({ "type": "reaction", "op": "add", "message_id": 90 }),
            Shown,
        ),
        (
            "channel:ops",
            json!({ "type": "update_message", "message_id": 90, "message_ids": [90], "stream_id": 7, "stream_name": "ops" }),
            Shown,
        ),
        (
            "is:mentioned",
            json!({ "type": "update_message", "message_id": 90, "message_ids": [90], "flags": ["mentioned"] }),
            Shown,
        ),
        (
            "is:mentioned",
            json!({ "type": "update_message", "message_id": 90, "message_ids": [90], "flags": [] }),
            Left,
        ),
        (
            "channel:ops",
            json!({ "type": "update_message_flags", "op": "add", "flag": "read", "all": true, "messages": [] }),
            Shown,
        ),
        // A flag that comes or goes moves the message into the narrow, or out of it.
        (
            "is:starred",
            json!({ "type": "update_message_flags", "op": "add", "flag": "starred", "messages": [90] }),
            Shown,
        ),
        (
            "is:starred",
            json!({ "type": "update_message_flags", "operation": "remove", "flag": "starred", "messages": [90] }),
            Shown,
        ),
        (
            "-is:unread",
            json!({ "type": "update_message_flags", "op": "add", "flag": "read", "messages": [90] }),
            Shown,
        ),
    ]);
}

#[test]
fn what_becomes_unread_comes_with_its_place() {
    let in_ops = json!({ "type": "stream", "stream_id": 7, "topic": "deploy" });
    let direct = json!({ "type": "private", "user_ids": [12] });
    let unread = |place: &Value| {
        json!({
            "type": "update_message_flags", "op": "remove", "flag": "read", "messages": [90],
            "message_details": { "90": place },
        })
    };
    assert_outcomes(&[
        ("channel:ops", unread(&in_ops), Shown),
        ("channel:ops topic:lunch", unread(&in_ops), Left),
        ("channel:design", unread(&in_ops), Left),
        ("is:private", unread(&in_ops), Left),
        ("channel:ops sender:11", unread(&in_ops), Needs(&[90])),
        ("is:private", unread(&direct), Shown),
        ("channel:ops", unread(&direct), Left),
        ("dm:12", unread(&direct), Needs(&[90])),
    ]);
}

#[test]
fn what_is_remembered_of_the_message_decides() {
    let kinds = |id: u64| {
        [
            json!({ "type": "reaction", "op": "add", "message_id": id }),
            json!({ "type": "submessage", "message_id": id, "sender_id": 99 }),
            json!({ "type": "delete_message", "message_id": id, "sender": "someone@x" }),
            json!({ "type": "update_message", "message_id": id, "message_ids": [id], "content": "b", "sender": "e@x" }),
            json!({ "type": "update_message_flags", "op": "add", "flag": "collapsed", "messages": [id] }),
        ]
    };
    for (narrow, matching) in [
        ("channel:ops", &[1, 2][..]),
        ("channel-id:9", &[3]),
        ("topic:deploy", &[1, 3]),
        ("-topic:deploy", &[2, 4]),
        ("sender:11", &[1, 3]),
        ("sender:user12@x -is:private", &[2]),
        ("dm:12", &[4]),
        ("is:mentioned", &[]),
    ] {
        let selection = selection(&[narrow]);
        for id in 1..=4 {
            let expected = if matching.contains(&id) { Shown } else { Left };
            for fields in kinds(id) {
                let decision = filter(&selection).decide(&selection, &about(&fields));
                assert!(
                    outcome(&decision, expected),
                    "{narrow} {fields}: {decision:?}"
                );
            }
        }
        for fields in kinds(90) {
            let decision = filter(&selection).decide(&selection, &about(&fields));
            assert!(
                outcome(&decision, Needs(&[90])),
                "{narrow} {fields}: {decision:?}"
            );
        }
    }
}

#[test]
fn what_is_looked_up_decides_and_what_cannot_be_told_is_shown() {
    let reaction = |id: u64| json!({ "type": "reaction", "op": "add", "message_id": id });
    let flags = |ids: &[u64]| json!({ "type": "update_message_flags", "op": "add", "flag": "collapsed", "messages": ids });
    let deletion = |ids: &[u64]| json!({ "type": "delete_message", "message_ids": ids, "message_type": "stream", "stream_id": 9, "topic": "x" });
    let found = seen().into_iter().map(|mut message| {
        let id = message["id"].as_u64().unwrap();
        message["id"] = json!(id + 90);
        message
    });
    let found: Vec<Value> = found.collect();
    for (narrow, fields, needed, found, expected) in [
        ("channel:ops", reaction(91), &[91][..], &found[..1], Shown),
        ("channel:ops", reaction(93), &[93], &found[2..3], Left),
        // Gone, or not to be found.
        ("channel:ops", reaction(91), &[91], &[], Shown),
        // One of several is enough; a term that says no of each is enough too.
        ("channel:ops", flags(&[1, 93]), &[], &[], Shown),
        ("channel:ops", flags(&[3, 91, 94, 2]), &[], &[], Shown),
        ("channel:ops", flags(&[3, 91, 93]), &[91, 93], &found, Shown),
        ("channel:ops", flags(&[3, 93, 94]), &[93, 94], &found, Left),
        ("channel:ops", flags(&[3, 93, 95]), &[93, 95], &found, Shown),
        (
            "sender:11",
            deletion(&[91, 92]),
            &[91, 92],
            &found[1..2],
            Shown,
        ),
        ("channel:ops sender:11", deletion(&[91, 92]), &[], &[], Left),
    ] {
        let selection = selection(&[narrow]);
        let mut filter = filter(&selection);
        let event = about(&fields);
        let mut decision = filter.decide(&selection, &event);
        if !needed.is_empty() {
            let wanted: Vec<MessageId> = needed.iter().copied().map(MessageId).collect();
            assert_eq!(decision, Decision::Needs(wanted), "{narrow} {fields}");
            let rows = found
                .iter()
                .map(|row| (MessageId(row["id"].as_u64().unwrap()), message(row, &[])));
            filter.set_looked_up(&selection, rows);
            decision = filter.decide(&selection, &event);
        }
        assert!(
            outcome(&decision, expected),
            "{narrow} {fields}: {decision:?}"
        );
        // What was found is remembered.
        if let (&[id], [_]) = (needed, found) {
            let again = filter.decide(&selection, &about(&reaction(id)));
            assert!(outcome(&again, expected), "{narrow} {fields}: {again:?}");
        }
    }
}

#[test]
fn a_move_into_the_narrow_and_out_of_it_is_shown_and_remembered() {
    let update = |fields: Value| {
        let mut event = json!({
            "type": "update_message", "message_id": 1, "message_ids": [1], "stream_id": 7, "stream_name": "ops",
            "orig_subject": "deploy",
        });
        for (key, value) in fields.as_object().unwrap() {
            event[key] = value.clone();
        }
        event
    };
    let reaction = json!({ "type": "reaction", "op": "add", "message_id": 1 });
    let topic = json!({ "subject": "✔ deploy" });
    let channel = json!({ "new_stream_id": 9 });
    let both = json!({ "new_stream_id": 9, "subject": "lunch" });
    let unknown = json!({ "new_stream_id": 5 });
    for (narrow, fields, expected, later) in [
        ("topic:deploy", &topic, Shown, Left),
        ("topic:\"✔ deploy\"", &topic, Shown, Shown),
        ("is:resolved", &topic, Shown, Shown),
        ("topic:lunch", &topic, Left, Left),
        ("channel:ops", &topic, Shown, Shown),
        ("channel:ops", &channel, Shown, Left),
        ("channel:design", &channel, Shown, Shown),
        ("channel:design topic:deploy", &channel, Shown, Shown),
        ("channel:design topic:lunch", &channel, Left, Left),
        ("channel:design topic:lunch", &both, Shown, Shown),
        ("channel:ops topic:deploy", &both, Shown, Left),
        ("channel:ops topic:lunch", &both, Left, Left),
        ("sender:12 channel:design", &channel, Left, Left),
        ("channel-id:5", &unknown, Shown, Shown),
        ("channel:ops", &unknown, Shown, Left),
        // The new channel's name is not known.
        ("channel:random", &unknown, Needs(&[1]), Needs(&[1])),
    ] {
        let selection = selection(&[narrow]);
        let mut filter = filter(&selection);
        for (fields, expected) in [(&update(fields.clone()), expected), (&reaction, later)] {
            let decision = filter.decide(&selection, &about(fields));
            if narrow == "channel:random" && *fields == reaction {
                continue;
            }
            assert!(
                outcome(&decision, expected),
                "{narrow} {fields}: {decision:?}"
            );
        }
    }
}

#[test]
fn alternatives_are_judged_each_by_itself() {
    let selection = selection(&["channel:ops sender:12", "topic:deploy is:starred", "dm:12"]);
    let mut filter = filter(&selection);
    for (id, expected) in [(1, Left), (2, Shown), (3, Left), (4, Shown)] {
        let fields = json!({ "type": "reaction", "op": "add", "message_id": id });
        let decision = filter.decide(&selection, &about(&fields));
        assert!(outcome(&decision, expected), "{id}: {decision:?}");
    }
    let star =
        json!({ "type": "update_message_flags", "op": "add", "flag": "starred", "messages": [3] });
    assert_eq!(filter.decide(&selection, &about(&star)), Decision::Shown);
    let fields = json!({ "type": "reaction", "op": "add", "message_id": 3 });
    assert_eq!(filter.decide(&selection, &about(&fields)), Decision::Shown);
}

#[test]
fn kinds_about_no_message_are_not_filtered() {
    let selection = selection(&["channel:ops"]);
    for kind in [
        "presence",
        "realm_user",
        "stream",
        "subscription",
        "of_the_future",
        "user_topic",
    ] {
        let fields = json!({ "type": kind, "message_id": 3 });
        assert_eq!(
            filter(&selection).decide(&selection, &about(&fields)),
            Decision::Shown
        );
    }
}

#[test]
fn odd_events_pass_unless_a_term_says_no() {
    for fields in [
        json!({ "type": "reaction", "op": 5, "message_id": { "a": 1 } }),
        json!({ "type": "update_message", "message_ids": "x", "stream_id": [7] }),
        json!({ "type": "delete_message", "message_type": 5 }),
        json!({ "type": "update_message_flags", "messages": null, "flag": 7 }),
        json!({ "type": "typing", "sender": null, "recipients": 5, "message_type": null }),
        json!({ "type": "typing_edit_message", "recipient": [] }),
    ] {
        let selection = selection(&["channel:ops"]);
        let decision = filter(&selection).decide(&selection, &about(&fields));
        let is_direct = fields["recipients"] == 5;
        assert!(
            outcome(&decision, if is_direct { Left } else { Shown }),
            "{fields}: {decision:?}"
        );
    }
}

#[test]
fn the_oldest_messages_are_forgotten() {
    let selection = selection(&["channel:ops"]);
    let mut filter = Filter::default();
    for id in 1..=10_001 {
        let mut seen = seen().remove(0);
        seen["id"] = json!(id);
        // As from history and live.
        for _ in 0..2 {
            filter.remember(&selection, &message(&seen, &[]));
        }
    }
    for (id, expected) in [(1, Needs(&[1])), (2, Shown), (10_001, Shown)] {
        let fields = json!({ "type": "reaction", "op": "add", "message_id": id });
        let decision = filter.decide(&selection, &about(&fields));
        assert!(outcome(&decision, expected), "{id}: {decision:?}");
    }
}

#[test]
fn a_new_name_of_what_a_narrow_names_is_told_once() {
    let channel = json!({
        "type": "stream", "op": "update", "property": "name", "name": "ops", "value": "operations", "stream_id": 7,
    });
    let topic = json!({
        "type": "update_message", "message_id": 1, "message_ids": [1], "stream_id": 7, "stream_name": "ops",
        "orig_subject": "deploy", "subject": "✔ deploy", "propagate_mode": "change_all",
    });
    let mut one = topic.clone();
    one["propagate_mode"] = json!("change_one");
    let mut away = topic.clone();
    away["new_stream_id"] = json!(9);
    let mut case = channel.clone();
    case["value"] = json!("Ops");
    for (narrows, fields, expected) in [
        (&["channel:ops"][..], &channel, Some("\"operations\"")),
        (
            &["channel:ops topic:x", "sender:1 channel:ops"],
            &channel,
            Some("\"operations\""),
        ),
        (&["channel-id:7"], &channel, None),
        (&["channel:7"], &channel, None),
        (&["channel:7-ops"], &channel, None),
        (&["-channel:ops"], &channel, None),
        (&["channel:design"], &channel, None),
        (&["channel:ops"], &case, None),
        (&["channel:ops", "channel:operations"], &channel, None),
        (&["topic:deploy"], &topic, Some("\"✔ deploy\"")),
        (&["channel:ops topic:deploy"], &topic, Some("\"✔ deploy\"")),
        (&["channel-id:7 topic:deploy"], &topic, Some("\"✔ deploy\"")),
        (
            &["channel:ops topic:deploy"],
            &away,
            Some("in the channel \"design\""),
        ),
        (&["channel:ops"], &away, None),
        (&["topic:deploy"], &one, None),
        (&["channel:design topic:deploy"], &topic, None),
        (&["channel:ops"], &topic, None),
        (&["-topic:deploy"], &topic, None),
        (&["topic:deploy", "topic:\"✔ deploy\""], &topic, None),
    ] {
        let mut selection = selection(narrows);
        // Though nothing but messages is printed.
        selection.kinds = Some(vec![MESSAGE.to_owned()]);
        let mut filter = Filter::default();
        for seen in seen() {
            filter.decide(&selection, &message(&seen, &[]));
        }
        // Names are known only where something is printed that needs them.
        selection.kinds = Some(vec![MESSAGE.to_owned(), "reaction".to_owned()]);
        for seen in seen() {
            filter.decide(&selection, &message(&seen, &[]));
        }
        for times in [1, 0] {
            assert_eq!(filter.decide(&selection, &about(fields)), Decision::LeftOut);
            let warnings = filter.take_warnings();
            assert_eq!(
                warnings.len(),
                times * usize::from(expected.is_some()),
                "{narrows:?} {fields}: {warnings:?}"
            );
            if let (Some(expected), Some(warning)) = (expected, warnings.first()) {
                assert!(warning.contains(expected), "{warning}");
            }
        }
    }
}
