//! Lines of what happens to messages and around them, of new and old servers.

use crate::output::names::Noun;
use crate::output::palette::Color;
use crate::output::summary::telling::{ending, event, last_line, line, lines, now, summary};

/// Each event's line when those messages passed before, without the time.
fn check(kind: &str, cases: &[(&str, &str, &str)]) {
    for (name, text, expected) in cases {
        let line = last_line(&[(kind, text)]);
        assert_eq!(line.strip_prefix("14:03:00 "), Some(*expected), "{name}");
    }
}

#[test]
fn deletions_say_what_is_gone() {
    check(
        "delete_message",
        &[
            (
                "one",
                r#"{"message_id":501,"message_type":"stream","stream_id":7,"topic":"build"}"#,
                r#"delete_message  deleted: "Build red" from Bo (#ops > build)"#,
            ),
            (
                "several",
                r#"{"message_ids":[500,501,502],"message_type":"stream","stream_id":7,"topic":"deploy"}"#,
                r#"delete_message  deleted: 3 messages (#ops > deploy): "Build red", "Red again""#,
            ),
            (
                "none was seen",
                r#"{"message_ids":[1,2],"message_type":"stream","stream_id":9,"topic":""}"#,
                "delete_message  deleted: 2 messages (channel#9 > (no topic))",
            ),
            (
                "direct",
                r#"{"message_ids":[503],"message_type":"private"}"#,
                r#"delete_message  deleted: "lunch?" from Bo (DM > Ada, Bo)"#,
            ),
            (
                "direct, not seen, new name of the type",
                r#"{"message_ids":[1],"message_type":"direct"}"#,
                "delete_message  deleted: message 1 (DM)",
            ),
            (
                "old server: by whom",
                r#"{"message_id":501,"sender":"ada@x"}"#,
                r#"delete_message  ada@x deletes "Build red" from Bo (#ops > deploy)"#,
            ),
            (
                "old server: by the author",
                r#"{"message_id":501,"sender":"bo@x"}"#,
                r#"delete_message  Bo deletes "Build red" (#ops > deploy)"#,
            ),
            (
                "no message",
                r#"{"message_ids":[],"message_type":"stream"}"#,
                "delete_message  delete message: message = none; message_type = stream",
            ),
        ],
    );
}

#[test]
fn reactions_quote_the_message() {
    check(
        "reaction",
        &[
            (
                "new",
                r#"{"op":"add","user_id":20,"user":{"user_id":20,"email":"c@x","full_name":"Cy"},"message_id":501,"emoji_name":"tada","emoji_code":"1f389","reaction_type":"unicode_emoji"}"#,
                r#"reaction  Cy adds 🎉 to "Build red" (#ops > deploy)"#,
            ),
            (
                "old, direct",
                r#"{"op":"remove","user":{"user_id":20,"full_name":"Cy"},"message_id":503,"emoji_name":"shipit","emoji_code":"14","reaction_type":"realm_emoji"}"#,
                r#"reaction  Cy removes :shipit: from "lunch?" (DM > Ada, Bo)"#,
            ),
            (
                "by id, of a message that was not seen",
                r#"{"op":"add","user_id":12,"message_id":1,"emoji_name":"tada"}"#,
                "reaction  Bo adds :tada: to message 1",
            ),
            (
                "nobody's: the id is the event's own",
                r#"{"id":12,"op":"add","message_id":1,"emoji_name":"tada"}"#,
                "reaction  reaction added: message_id = 1; emoji_name = tada",
            ),
            (
                "unknown op",
                r#"{"op":"swap","user_id":12,"message_id":1,"emoji_name":"tada"}"#,
                "reaction  reaction swap: Bo; message_id = 1; emoji_name = tada",
            ),
            (
                "no emoji",
                r#"{"op":"add","user_id":12,"message_id":1}"#,
                "reaction  reaction added: Bo; message_id = 1",
            ),
        ],
    );
}

#[test]
fn a_reaction_tells_a_name() {
    let reaction = r#"{"op":"add","user":{"user_id":20,"email":"c@x","full_name":"Cy"},"message_id":1,"emoji_name":"tada"}"#;
    let deletion = r#"{"message_id":1,"sender":"c@x"}"#;
    let events = [("reaction", reaction), ("delete_message", deletion)];
    let out = last_line(&events);
    assert!(out.ends_with("Cy deletes message 1"), "{out}");
}

#[test]
fn submessages_say_what_was_done_to_the_widget() {
    for (name, content, expected) in [
        (
            "vote",
            r#"{"type":"vote","key":"canned,0","vote":1}"#,
            "votes in",
        ),
        (
            "vote taken back",
            r#"{"type":"vote","key":"2,0","vote":-1}"#,
            "takes back a vote in",
        ),
        (
            "option",
            r#"{"type":"new_option","idx":1,"option":"soup"}"#,
            r#"adds the option "soup" to"#,
        ),
        (
            "question",
            r#"{"type":"question","question":"When?"}"#,
            r#"asks "When?" now in"#,
        ),
        (
            "task",
            r#"{"type":"new_task","key":2,"task":"milk","desc":"","completed":false}"#,
            r#"adds the task "milk" to"#,
        ),
        (
            "tick",
            r#"{"type":"strike","key":"0,canned"}"#,
            "ticks or unticks a task in",
        ),
        (
            "title",
            r#"{"type":"new_task_list_title","title":"Food"}"#,
            r#"gives the title "Food" to"#,
        ),
        ("unknown", r#"{"type":"dance"}"#, "updates the widget in"),
        (
            "somebody else's",
            r#"{"type":"question","question":"Why?","sender_id":13,"message_id":5,"sender":{"user_id":13,"full_name":"Eve"}}"#,
            r#"asks "Why?" now in"#,
        ),
        (
            "odd",
            r#"{"type":"vote","vote":"yes"}"#,
            "updates the widget in",
        ),
        ("not JSON", "{", "updates the widget in"),
    ] {
        let content = serde_json::to_string(content).unwrap();
        let text = format!(
            r#"{{"msg_type":"widget","message_id":501,"submessage_id":2,"sender_id":12,"content":{content}}}"#
        );
        let expected = format!(r#"submessage  Bo {expected} "Build red" (#ops > deploy)"#);
        check("submessage", &[(name, &text, &expected)]);
    }
    check(
        "submessage",
        &[(
            "no content",
            r#"{"message_id":501,"sender_id":12}"#,
            r#"submessage  submessage: message = "Build red"; sender = Bo"#,
        )],
    );
}

#[test]
fn votes_and_ticks_say_for_what_where_the_message_passed() {
    let content = |text: &str| serde_json::to_string(text).unwrap();
    let said = |text: &str| {
        let message = r#""id":600,"type":"stream","stream_id":7,"display_recipient":"ops","subject":"deploy","sender_id":12,"sender_full_name":"Bo""#;
        let text = content(text);
        format!(r#"{{"type":"message","message":{{{message},"content":{text}}}}}"#)
    };
    let did = |text: &str| {
        let text = content(text);
        format!(r#"{{"type":"submessage","message_id":600,"sender_id":12,"content":{text}}}"#)
    };
    let poll = said("/poll Lunch?\nPizza\n\n* Sushi");
    let list = said("/todo Release\ntag");
    let added = did(r#"{"type":"new_option","idx":1,"option":"soup"}"#);
    let task = did(r#"{"type":"new_task","key":2,"task":"milk"}"#);
    for (before, what, expected) in [
        (
            &[&poll][..],
            r#"{"type":"vote","key":"canned,1","vote":1}"#,
            r#"votes Sushi in "Lunch?""#,
        ),
        (
            &[&poll],
            r#"{"type":"vote","key":"canned,0","vote":-1}"#,
            r#"takes back a vote Pizza in "Lunch?""#,
        ),
        (
            &[&poll],
            r#"{"type":"vote","key":"canned,2","vote":1}"#,
            r#"votes in "Lunch?""#,
        ),
        (
            &[&poll, &added],
            r#"{"type":"vote","key":"12,1","vote":1}"#,
            r#"votes soup in "Lunch?""#,
        ),
        (
            &[&list],
            r#"{"type":"strike","key":"0,canned"}"#,
            r#"ticks or unticks a task tag in "Release""#,
        ),
        (
            &[&list, &task],
            r#"{"type":"strike","key":"2,12"}"#,
            r#"ticks or unticks a task milk in "Release""#,
        ),
    ] {
        let what = did(what);
        let mut events: Vec<&str> = before.iter().map(|event| event.as_str()).collect();
        events.push(&what);
        let expected = format!("submessage  Bo {expected} (#ops > deploy)");
        assert_eq!(ending(&events), expected);
    }
}

#[test]
fn flags_say_what_was_done_to_which_messages() {
    for (name, fields, expected) in [
        (
            "read, one place",
            r#""op":"add","operation":"add","flag":"read","messages":[501,502]"#,
            "marked as read: 2 messages (#ops > deploy)",
        ),
        (
            "old server",
            r#""operation":"add","flag":"read","messages":[501,503]"#,
            "marked as read: 2 messages (#ops > deploy, DM > Ada, Bo)",
        ),
        (
            "one not seen",
            r#""op":"add","flag":"read","messages":[501,1]"#,
            "marked as read: 2 messages",
        ),
        (
            "all",
            r#""op":"add","flag":"read","messages":[],"all":true"#,
            "marked as read: all messages",
        ),
        (
            "unread, with details",
            r#""op":"remove","flag":"read","messages":[1,2,3],"message_details":{"1":{"type":"stream","stream_id":7,"topic":"build"},"2":{"type":"private","user_ids":[12]},"3":{"type":"private","user_ids":[]}}"#,
            "marked as unread: 3 messages (#ops > build, DM > Bo, DM)",
        ),
        (
            "unread, with an odd detail",
            r#""op":"remove","flag":"read","messages":[501,1],"message_details":{"1":{"stream_id":"x"}}"#,
            "marked as unread: 2 messages",
        ),
        (
            "nothing",
            r#""op":"remove","flag":"read","messages":[],"all":false"#,
            "marked as unread: nothing",
        ),
        (
            "null for what need not be there",
            r#""op":"remove","flag":"read","messages":[1,2],"all":null,"message_details":null"#,
            "marked as unread: 2 messages",
        ),
        (
            "starred",
            r#""op":"add","flag":"starred","messages":[501]"#,
            r#"starred: "Build red" (#ops > deploy)"#,
        ),
        (
            "unstarred",
            r#""op":"remove","flag":"starred","messages":[1]"#,
            "unstarred: message 1",
        ),
        (
            "collapsed",
            r#""op":"add","flag":"collapsed","messages":[503]"#,
            r#"collapsed: "lunch?" (DM > Ada, Bo)"#,
        ),
        (
            "expanded",
            r#""op":"remove","flag":"collapsed","messages":[1]"#,
            "expanded: message 1",
        ),
        (
            "other",
            r#""op":"add","flag":"mentioned","messages":[1]"#,
            "flag mentioned set: message 1",
        ),
        (
            "other taken off",
            r#""op":"remove","flag":"mentioned","messages":[1,2]"#,
            "flag mentioned taken off: 2 messages",
        ),
    ] {
        let text = format!("{{{fields}}}");
        let expected = format!("update_message_flags  {expected}");
        check("update_message_flags", &[(name, &text, &expected)]);
    }
    check(
        "update_message_flags",
        &[
            (
                "unknown op",
                r#"{"op":"flip","flag":"read","messages":[1]}"#,
                "update_message_flags  update message flags flip: flag = read; messages = 1",
            ),
            (
                "no messages",
                r#"{"op":"add","flag":"read"}"#,
                "update_message_flags  update message flags added: flag = read",
            ),
        ],
    );
}

#[test]
fn flags_of_nothing_are_dim() {
    let flags = r#"{"op":"remove","flag":"read","messages":[]}"#;
    let out = lines(Color::On, None, &[("update_message_flags", flags)]);
    let expected = " \u{1b}[2mupdate_message_flags  marked as unread: nothing\u{1b}[0m\n";
    assert!(out.ends_with(expected), "{out:?}");
}

#[test]
fn places_of_very_many_messages_are_not_gathered() {
    for (number, expected) in [
        (50, "marked as read: 50 messages (#ops > deploy)"),
        (51, "marked as read: 51 messages"),
    ] {
        let ids = vec!["501"; number].join(",");
        let text = format!(r#"{{"op":"add","flag":"read","messages":[{ids}]}}"#);
        let expected = format!("update_message_flags  {expected}");
        check("update_message_flags", &[("many", &text, &expected)]);
    }
}

/// Somebody likes message 7.
const THUMB: &str = r#"{"op":"add","user_id":12,"message_id":7,"emoji_name":"thumb"}"#;

#[test]
fn a_conversation_is_told_in_short() {
    for (others, expected) in [
        ("[]", "DM"),
        (r#"[{"id":12,"full_name":"Bo"}]"#, "DM > Bo"),
        (
            r#"[{"id":1,"full_name":"Ada"},{"id":2},{"email":"cy@x"}]"#,
            "DM > Ada, user#2",
        ),
        (
            r#"[{"id":1,"full_name":"Ada"},{"id":2},{"id":3},{"id":4},{"id":5},{"id":6}]"#,
            "DM > Ada, user#2, user#3, user#4 and 2 more",
        ),
    ] {
        let message = format!(
            r#"{{"message":{{"id":7,"type":"private","display_recipient":{others},"sender_id":12,"sender_full_name":"Bo","content":"hi"}}}}"#
        );
        let events = [("message", &*message), ("reaction", THUMB)];
        let out = last_line(&events);
        let expected = format!("to \"hi\" ({expected})");
        assert!(out.ends_with(&expected), "{expected}: {out}");
    }
}

#[test]
fn a_rendered_message_is_quoted_as_text() {
    let message = r#"{"message":{"id":7,"type":"stream","stream_id":7,"display_recipient":"ops","subject":"deploy","sender_id":12,"sender_full_name":"Bo","content":"<p>a &amp; <em>b</em></p>","content_type":"text/html"}}"#;
    let out = last_line(&[("message", message), ("reaction", THUMB)]);
    assert!(out.ends_with(r#"to "a & b" (#ops > deploy)"#), "{out}");
}

#[test]
fn typing_says_who_and_to_whom() {
    for (name, text, expected) in [
        (
            "to a person, by address",
            r#"{"op":"start","sender":{"user_id":12,"email":"bo@x"},"recipients":[{"user_id":11,"email":"ada@x"},{"user_id":12,"email":"bo@x"}]}"#,
            "bo@x is typing to ada@x",
        ),
        (
            "stopped",
            r#"{"op":"stop","message_type":"direct","sender":{"user_id":12},"recipients":[{"user_id":11},{"user_id":12},{"user_id":13}]}"#,
            "user#12 stopped typing to user#11, user#13",
        ),
        (
            "to nobody else",
            r#"{"op":"start","sender":{"user_id":12},"recipients":[{"user_id":12}]}"#,
            "user#12 is typing to themselves",
        ),
        (
            "in a channel",
            r#"{"op":"start","message_type":"stream","sender":{"user_id":12},"stream_id":7,"topic":"deploy"}"#,
            "user#12 is typing in channel#7 > deploy",
        ),
        (
            "channel without a topic",
            r#"{"op":"stop","sender":{"user_id":12},"stream_id":7,"topic":""}"#,
            "user#12 stopped typing in channel#7 > (no topic)",
        ),
    ] {
        let expected = format!("14:03:00 typing  {expected}");
        assert_eq!(line("typing", text), expected, "{name}");
    }
}

#[test]
fn typing_of_an_edit_says_which_message() {
    for (name, text, expected) in [
        (
            "seen before",
            r#"{"op":"start","sender_id":12,"message_id":501,"recipient":{"type":"channel","channel_id":7,"topic":"deploy"}}"#,
            r#"Bo is editing "Build red" (#ops > deploy)"#,
        ),
        (
            "channel",
            r#"{"op":"stop","sender_id":12,"message_id":602,"recipient":{"type":"channel","channel_id":7,"topic":"deploy"}}"#,
            "Bo stopped editing message 602 (#ops > deploy)",
        ),
        (
            "direct",
            r#"{"op":"start","sender_id":12,"message_id":603,"recipient":{"type":"direct","user_ids":[11,12]}}"#,
            "Bo is editing message 603 (DM > Ada)",
        ),
        (
            "nowhere",
            r#"{"op":"start","sender_id":12,"message_id":603}"#,
            "Bo is editing message 603",
        ),
    ] {
        let expected = format!("14:03:00 typing_edit_message  {expected}");
        assert_eq!(
            last_line(&[("typing_edit_message", text)]),
            expected,
            "{name}"
        );
    }
}

#[test]
fn odd_typing_gets_the_generic_line() {
    for (kind, text, expected) in [
        (
            "typing",
            r#"{"op":"pause","sender":{"user_id":12},"recipients":[{"user_id":11}]}"#,
            "14:03:00 typing  typing user#12 pause: recipients = user#11",
        ),
        (
            "typing",
            r#"{"op":"start","sender":{"user_id":12}}"#,
            "14:03:00 typing  typing user#12 started",
        ),
        (
            "typing",
            r#"{"op":"start","sender":12,"recipients":[]}"#,
            "14:03:00 typing  typing started: sender = user#12",
        ),
        (
            "typing_edit_message",
            r#"{"op":"pause","sender_id":12,"message_id":5}"#,
            "14:03:00 typing_edit_message  typing edit message pause: sender = user#12; message_id = 5",
        ),
        (
            "typing_edit_message",
            r#"{"op":"start","sender_id":12,"message_id":5,"recipient":7}"#,
            "14:03:00 typing_edit_message  user#12 is editing message 5",
        ),
    ] {
        assert_eq!(line(kind, text), expected);
    }
}

#[test]
fn names_of_people_who_are_told_by_address_are_wanted() {
    let typing =
        r#"{"op":"start","sender":{"user_id":12,"email":"bo@x"},"stream_id":7,"topic":""}"#;
    let mut summary = summary(Color::Off, None);
    let event = event("typing", typing);
    summary.render(&event, Some(now()), &mut Vec::new());
    assert!(summary.sentences.names().missing.contains(&Noun::Person));
    summary.sentences.names().learn(&Noun::Person, 12, "Bo");
    let mut out = Vec::new();
    summary.render(&event, Some(now()), &mut out);
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("Bo is typing"), "{out}");
}
