//! What stands where in the chat, for events that follow one another; and what holds for all of them.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use super::Chat;
use crate::output::palette::{Color, Palette};
use crate::output::sanitize::find_hidden;
use crate::output::sentences::Length;
use crate::output::summary::telling::{now, stripped, typed};

/// Sunday, 22 November 2026, 14:02:07.
const TIME: i64 = 1_795_356_127;
const SITE: &str = "https://chat.example.com";

/// A chat with times of UTC.
pub fn chat(color: Color, width: usize) -> Chat {
    let mut chat = Chat::new(Palette::new(color), TimeZone::UTC, width);
    chat.sentences.site = Some(SITE.to_owned());
    chat
}

/// A message in `#ops › deploy`, so many seconds after the first.
fn said(id: i64, sender: (i64, &str), after: i64, content: &str) -> Value {
    json!({ "type": "message", "flags": [], "message": {
        "id": id, "type": "stream", "display_recipient": "ops", "stream_id": 7, "subject": "deploy",
        "sender_full_name": sender.1, "sender_id": sender.0, "timestamp": TIME + after, "content": content,
    }})
}

/// The same with a field of the message changed.
fn with(mut event: Value, field: &str, value: Value) -> Value {
    event["message"][field] = value;
    event
}

fn to_user(mut event: Value) -> Value {
    event["flags"] = json!(["mentioned"]);
    event
}

/// A message between these people, of whom the first has sent it.
fn direct(people: &[(i64, &str)], content: &str) -> Value {
    let all = people
        .iter()
        .map(|(id, name)| json!({ "id": id, "full_name": name }));
    let event = said(500, people[0], 0, content);
    let event = with(event, "type", json!("private"));
    let event = with(event, "display_recipient", all.collect());
    with(event, "stream_id", Value::Null)
}

const ADA: (i64, &str) = (1, "Ada Lindqvist");
const BO: (i64, &str) = (2, "Bo Okafor");
const ME: (i64, &str) = (9, "Me");

fn rendered(chat: &mut Chat, events: &[Value]) -> String {
    let mut out = Vec::new();
    chat.sentences.names().own_id = Some(ME.0);
    for event in events {
        let text = event.to_string();
        let event = typed(&text);
        if chat.leaves_out(&event) {
            chat.sentences.learn_names(&event);
        } else {
            chat.render(&event, Some(now()), &mut out);
        }
    }
    String::from_utf8(out).unwrap()
}

/// Without the date at the beginning.
fn shown(width: usize, events: &[Value]) -> String {
    let out = rendered(&mut chat(Color::Off, width), events);
    out.split_once('\n').unwrap().1.to_owned()
}

#[test]
fn conversation_minute_and_sender_are_said_where_they_are_others_than_above() {
    let other = |event: Value| with(event, "subject", json!("plans"));
    let events = [
        said(1, ADA, 0, "one"),
        said(2, ADA, 1, "two"),
        said(3, BO, 2, "three"),
        said(4, BO, 60, "four"),
        other(said(5, BO, 61, "five")),
        said(6, BO, 62, "six"),
    ];
    assert_eq!(
        shown(80, &events),
        "\
▌#ops › deploy
▌14:02 Ada Lindqvist  one
▌                     two
▌      Bo Okafor      three
▌14:03                four
▌#ops › plans
▌      Bo Okafor      five
▌#ops › deploy
▌      Bo Okafor      six
"
    );
}

#[test]
fn a_new_day_has_a_rule_across() {
    let events = [said(1, ADA, 0, "one"), said(2, ADA, 10 * 3600, "two")];
    let out = rendered(&mut chat(Color::Off, 60), &events);
    assert_eq!(
        out,
        "\
───────────────── Sunday 22 November 2026 ──────────────────
▌#ops › deploy
▌14:02 Ada Lindqvist  one
───────────────── Monday 23 November 2026 ──────────────────
▌#ops › deploy
▌00:02 Ada Lindqvist  two
"
    );
}

#[test]
fn conversations_are_told_apart_by_channel_and_topic_or_people_and_senders_by_id() {
    let channel = |id: Value, name: &str| {
        let event = with(said(1, ADA, 0, "x"), "stream_id", id);
        with(event, "display_recipient", json!(name))
    };
    let topic = |name: &str| with(said(1, ADA, 0, "x"), "subject", json!(name));
    let namesake = said(1, (3, ADA.1), 0, "x");
    let unnumbered = |sender| with(said(1, sender, 0, "x"), "sender_id", Value::Null);
    for (name, one, two, heads, senders) in [
        (
            "renamed",
            channel(json!(7), "a"),
            channel(json!(7), "b"),
            1,
            1,
        ),
        (
            "namesakes",
            channel(json!(7), "a"),
            channel(json!(8), "a"),
            2,
            2,
        ),
        (
            "no ids",
            channel(json!(null), "Ops"),
            channel(json!(null), "ops"),
            1,
            1,
        ),
        ("topics", topic("a"), topic("b"), 2, 2),
        ("topics in any case", topic("Ä"), topic("ä"), 1, 1),
        ("two of one name", topic("deploy"), namesake, 1, 2),
        ("nothing but names", unnumbered(ADA), unnumbered(BO), 1, 2),
        (
            "people in any order",
            direct(&[ADA, BO, ME], "x"),
            direct(&[BO, ME, ADA], "x"),
            1,
            2,
        ),
        (
            "one more",
            direct(&[ADA, ME], "x"),
            direct(&[ADA, BO, ME], "x"),
            2,
            2,
        ),
    ] {
        let out = shown(80, &[one, two]);
        let is_head = |line: &&str| line.contains(" › ");
        assert_eq!(out.lines().filter(is_head).count(), heads, "{name}: {out}");
        let is_named = |line: &&str| line.contains("Ada") || line.contains("Bo O");
        let named = out.lines().filter(|line| !is_head(line)).filter(is_named);
        assert_eq!(named.count(), senders, "{name}: {out}");
    }
}

#[test]
fn the_head_is_repeated_after_silence_a_notice_and_a_gap() {
    let gap = json!({ "type": "wyzepal_tail", "op": "gap", "time": "2026-11-22T14:02:08Z",
        "from": "2026-11-22T14:02:07Z", "to": "2026-11-22T14:02:08Z", "reason": "x", "fetched": 0, "lost": [] });
    let soon = said(2, ADA, 300, "two");
    let late = said(2, ADA, 400, "two");
    let reaction = json!({ "type": "reaction", "op": "add", "message_id": 1, "user_id": 2,
        "emoji_name": "tada", "emoji_code": "1f389", "reaction_type": "unicode_emoji" });
    for (name, between, then, heads) in [
        ("soon", json!({ "type": "x" }), soon.clone(), 1),
        ("late", json!({ "type": "x" }), late, 2),
        ("reaction", reaction, soon.clone(), 1),
        ("gap", gap, soon, 2),
    ] {
        let out = shown(80, &[said(1, ADA, 0, "one"), between, then]);
        let count = out.matches("▌#ops › deploy\n").count();
        assert_eq!(count, heads, "{name}: {out}");
    }
}

#[test]
fn a_message_to_the_user_shows_its_time_and_stands_out() {
    let events = [
        said(1, ADA, 0, "to all"),
        to_user(said(2, ADA, 1, "to you")),
        direct(&[ADA, ME], "in person"),
        direct(&[ME, ADA], "mine"),
    ];
    assert_eq!(
        shown(80, &events),
        "\
▌#ops › deploy
▌14:02 Ada Lindqvist  to all
@14:02                to you
▌DM › Ada Lindqvist
@14:02 Ada Lindqvist  in person
▌      Me             mine
"
    );
    let painted = rendered(&mut chat(Color::On, 80), &events);
    let link = "\x1b]8;;https://chat.example.com/#narrow/near/2\x1b\\";
    let row =
        format!("{link}\x1b[7m14:02\x1b[0m\x1b]8;;\x1b\\                \x1b[1mto you\x1b[0m\n");
    assert!(painted.contains(&row), "{painted:?}");
}

#[test]
fn the_time_leads_to_the_message_also_where_it_is_blank() {
    let events = [said(1, ADA, 0, "one"), said(2, ADA, 0, "two")];
    let painted = rendered(&mut chat(Color::On, 80), &events);
    for (id, time) in [(1, "14:02"), (2, "     ")] {
        let row =
            format!("\x1b]8;;{SITE}/#narrow/near/{id}\x1b\\\x1b[2m{time}\x1b[0m\x1b]8;;\x1b\\");
        assert!(painted.contains(&row), "{painted:?}");
    }
    assert!(!shown(80, &events).contains('\x1b'));
}

#[test]
fn a_text_is_wrapped_in_its_column_three_lines_of_it_or_all() {
    let text = "A sentence of many words that says nothing new, again and again. ".repeat(4);
    let events = [said(1, ADA, 0, &text)];
    assert_eq!(
        shown(60, &events),
        "\
▌#ops › deploy
▌14:02 Ada Lindqvist  A sentence of many words that says
▌                     nothing new, again and again. A
▌                     sentence of many words that says …
"
    );
    let mut whole = chat(Color::Off, 60);
    whole.sentences.length = Length::Whole;
    let out = rendered(&mut whole, &events);
    assert_eq!(out.lines().count(), 10, "{out}");
    assert!(out.ends_with("again and again.\n"), "{out}");
}

#[test]
fn a_narrow_window_has_no_bar_and_the_sender_before_the_text() {
    let events = [
        said(1, ADA, 0, "short"),
        said(2, ADA, 1, "the same one"),
        to_user(said(3, BO, 2, "this one does not fit beside its sender")),
    ];
    assert_eq!(
        shown(40, &events),
        "\
#ops › deploy
14:02  Ada Lindqvist: short
       the same one
14:02@ Bo Okafor: this one does not fit
       beside its sender
"
    );
}

#[test]
fn a_resized_window_counts_from_the_next_row_on() {
    let text = "one two three four five six seven eight nine ten eleven twelve";
    let mut chat = chat(Color::Off, 120);
    let wide = rendered(&mut chat, &[said(1, ADA, 0, text)]);
    assert_eq!(wide.lines().count(), 3, "{wide}");
    chat.width = 40;
    let narrow = rendered(&mut chat, &[said(2, ADA, 0, text)]);
    assert_eq!(narrow.lines().count(), 2, "{narrow}");
    assert!(narrow.lines().all(|line| line.width() <= 40), "{narrow}");
}

#[test]
fn who_does_something_stands_in_the_text() {
    let waves = with(said(2, ADA, 1, "/me waves"), "is_me_message", json!(true));
    let events = [said(1, ADA, 0, "one"), waves, said(3, ADA, 2, "two")];
    assert_eq!(
        shown(80, &events),
        "\
▌#ops › deploy
▌14:02 Ada Lindqvist  one
▌                     Ada Lindqvist waves
▌      Ada Lindqvist  two
"
    );
}

#[test]
fn names_and_places_that_are_too_long_are_cut() {
    let long = with(
        said(1, (5, "Mei Tanaka 田中芽衣"), 0, "x"),
        "subject",
        json!("t".repeat(100)),
    );
    let empty = with(said(2, ADA, 0, ""), "subject", json!(""));
    let solved = with(said(3, ADA, 0, "y"), "subject", json!("✔ done"));
    // Fonts may join each two of these letters, terminals give them two columns all the same.
    let joined = with(
        said(4, (6, &"\u{644}\u{627}".repeat(14)), 0, "z"),
        "subject",
        json!("✔ done"),
    );
    let out = shown(60, &[long, empty, solved, joined]);
    let expected = format!(
        "\
▌#ops › {}…
▌14:02 Mei Tanaka 田… x
▌#ops › general chat
▌      Ada Lindqvist
▌#ops › ✔ done
▌      Ada Lindqvist  y
▌      {}\u{644}… z
",
        "t".repeat(51),
        "\u{644}\u{627}".repeat(6),
    );
    assert_eq!(out, expected);
}

#[test]
fn what_happens_to_messages_is_dim_but_for_what_changed() {
    let edit = json!({ "type": "update_message", "message_id": 1, "message_ids": [1], "user_id": 1, "stream_id": 7,
        "orig_content": "Payment. To be fair, so do I.", "content": "Payment. To be fair, so do I. twice",
        "edit_timestamp": TIME });
    let moved = json!({ "type": "update_message", "message_id": 1, "message_ids": [1], "user_id": 2, "stream_id": 7,
        "orig_subject": "deploy", "subject": "money", "edit_timestamp": TIME });
    let reaction = |op: &str| {
        json!({ "type": "reaction", "op": op, "message_id": 1, "user_id": 2,
        "emoji_name": "tada", "emoji_code": "1f389", "reaction_type": "unicode_emoji" })
    };
    let deletion = json!({ "type": "delete_message", "message_id": 1, "message_type": "stream",
        "stream_id": 7, "topic": "money" });
    let events = [
        said(1, ADA, 0, "Payment. To be fair, so do I."),
        with(
            said(2, BO, 0, "/poll Lunch?\nPizza\nSushi"),
            "subject",
            json!("deploy"),
        ),
        edit,
        reaction("add"),
        reaction("remove"),
        json!({ "type": "submessage", "message_id": 2, "sender_id": 1, "msg_type": "widget",
            "content": r#"{"type":"vote","key":"canned,0","vote":1}"# }),
        moved,
        deletion,
    ];
    let out = shown(80, &events);
    let (_, below) = out.split_once("② Sushi\n").unwrap();
    assert_eq!(
        below,
        "       ✎ Ada Lindqvist edits “Payment. To be fair, so…”: …do I. {+twice+}
14:03  🎉 Bo Okafor → Ada Lindqvist: “Payment. To be fair, so do I.…”
       🎉 taken back: Bo Okafor → Ada Lindqvist: “Payment. To be fair, so do
       I.…”
       ✓ Ada Lindqvist votes Pizza in “Lunch?”
14:02  → Bo Okafor moves 1 message from #ops › deploy → money: “Payment. To be
       fair, so do I.…”
14:03  ✗ deleted: “Payment. To be fair, so do I.…” from Ada Lindqvist
"
    );
    let painted = rendered(&mut chat(Color::On, 80), &events);
    assert!(painted.contains("\x1b[32mtwice\x1b[0m"), "{painted:?}");
    assert!(painted.contains(" → \x1b[0mmoney"), "{painted:?}");
}

#[test]
fn what_is_about_no_conversation_is_left_out_unless_it_is_named() {
    let preview = json!({ "type": "update_message", "message_id": 1, "message_ids": [1], "content": "a",
        "rendered_content": "<p>a</p>", "user_id": null });
    let mut odd_edit = preview.clone();
    odd_edit["user_id"] = json!(1);
    odd_edit["orig_content"] = json!(7);
    let flags = |flag: &str| json!({ "type": "update_message_flags", "op": "add", "flag": flag, "messages": [1] });
    for (event, is_left_out) in [
        (json!({ "type": "typing", "op": "start" }), true),
        (
            json!({ "type": "typing_edit_message", "op": "start" }),
            true,
        ),
        (json!({ "type": "presence" }), true),
        (flags("read"), true),
        (flags("starred"), false),
        (preview, true),
        (odd_edit, false),
        (json!({ "type": "heartbeat" }), false),
        (json!({ "type": "brand_new" }), false),
        (said(1, ADA, 0, "x"), false),
    ] {
        let text = event.to_string();
        let event = typed(&text);
        assert_eq!(
            chat(Color::Off, 80).leaves_out(&event),
            is_left_out,
            "{text}"
        );
        let mut named = chat(Color::Off, 80);
        named.named = vec![event.kind.to_owned()];
        assert!(!named.leaves_out(&event), "{text}");
    }
}

#[test]
fn foreign_addresses_control_bytes_in_them_and_hyperlinks_of_others_reach_no_terminal() {
    for attack in [
        "[x](javascript:alert(1))",
        "[x](https://e.example/\u{1b}]8;;https://evil.example\u{7}y)",
        "\u{1b}]8;;https://evil.example\u{1b}\\title\u{1b}]8;;\u{1b}\\",
        "&#27;]8;;https://evil.example&#7;x",
        "\u{9d}8;;https://evil.example\u{9c}x",
    ] {
        let mut event = said(1, (5, attack), 0, attack);
        event = with(
            with(event, "subject", json!(attack)),
            "display_recipient",
            json!(attack),
        );
        let painted = rendered(&mut chat(Color::All, 80), &[event]);
        let links = painted.split("\x1b]8;;").skip(1);
        for link in links {
            let address = link.split_once("\x1b\\").unwrap().0;
            let is_web = address.is_empty() || address.starts_with("https://");
            let is_printable = address.bytes().all(|byte| byte.is_ascii_graphic());
            assert!(is_web && is_printable, "{attack:?}: {address:?}");
        }
        assert!(
            !painted.contains(['\u{7}', '\u{9c}', '\u{9d}']),
            "{attack:?}"
        );
    }
}

/// Words, long ones, wide ones, signs, and what must not reach a terminal.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "word",
        "another",
        "**bold**",
        "`code`",
        "田中芽衣",
        "👨‍👩‍👧‍👦",
        "averyveryveryverylongwordindeed",
        "\u{1b}[31m",
        "\u{202e}",
        "@**Ada**",
        "a\u{301}",
        "\n",
        "\n\n",
        "\n* item",
        "\n> quoted",
        "(see)",
        "1.5",
        "_x_",
    ]);
    prop::collection::vec(piece, 0..25).prop_map(|pieces| pieces.join(" "))
}

fn any_message() -> impl Strategy<Value = (i64, i64, String, String)> {
    (1..4_i64, 1..3_i64, any_text(), any_text())
}

proptest! {
    #[test]
    fn no_row_is_wider_than_the_window_and_nothing_but_our_codes_is_written(
        messages in prop::collection::vec(any_message(), 1..6),
        width in 20..130_usize,
        is_whole: bool,
    ) {
        let mut chat = chat(Color::All, width);
        if is_whole {
            chat.sentences.length = Length::Whole;
        }
        let events: Vec<Value> = messages
            .iter()
            .enumerate()
            .map(|(at, (sender, channel, topic, text))| {
                let at = i64::try_from(at).unwrap();
                let event = said(at + 1, (*sender, topic), at, text);
                with(with(event, "subject", json!(topic)), "stream_id", json!(channel))
            })
            .collect();
        let painted = rendered(&mut chat, &events);
        let without_links: String = painted
            .split("\x1b]8;;")
            .enumerate()
            .map(|(at, part)| if at == 0 { part } else { part.split_once("\x1b\\").unwrap().1 })
            .collect();
        let text = stripped(&without_links);
        prop_assert_eq!(find_hidden(&text.replace('\n', "")), None);
        for row in text.lines() {
            prop_assert!(row.width() <= width, "{} columns of {width}: {row:?}", row.width());
        }
    }

    #[test]
    fn all_words_of_all_messages_are_there_in_order_with_full(
        texts in prop::collection::vec(prop::collection::vec("[a-z]{1,9}", 1..40), 1..6),
        width in 20..130_usize,
    ) {
        let events: Vec<Value> = texts
            .iter()
            .enumerate()
            .map(|(at, words)| {
                let at = i64::try_from(at).unwrap();
                said(at + 1, (at, ""), at, &words.join(" "))
            })
            .collect();
        let mut whole = chat(Color::Off, width);
        whole.sentences.length = Length::Whole;
        let out = rendered(&mut whole, &events);
        let mut rest = out.as_str();
        for word in texts.iter().flatten() {
            let found = rest.find(word.as_str());
            prop_assert!(found.is_some(), "{word:?} is not there, or elsewhere: {out}");
            rest = &rest[found.unwrap() + word.len()..];
        }
    }
}
