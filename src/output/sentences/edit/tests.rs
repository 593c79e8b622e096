//! Lines of `update_message`, of new and old servers.

use crate::output::palette::Color;
use crate::output::summary::telling::{SAID, last_line, line, lines, whole};

/// The last of the lines of these, when messages passed before.
fn ending(texts: &[&str]) -> String {
    let updates: Vec<_> = texts.iter().map(|text| ("update_message", *text)).collect();
    last_line(&updates)
}

#[test]
fn an_edit_says_what_was_and_what_is_and_where() {
    for (name, text, expected) in [
        (
            "channel",
            r#"{"user_id":12,"message_id":501,"message_ids":[501],"edit_timestamp":1795356127,"stream_id":7,"stream_name":"ops","orig_content":"Build red","content":"Build green","rendering_only":false}"#,
            r#"14:02:07 update_message  Bo edits "Build red" (#ops > deploy): Build [-red-]{+green+}"#,
        ),
        (
            "direct",
            r#"{"user_id":12,"message_id":503,"message_ids":[503],"orig_content":"lunch?","content":"dinner?"}"#,
            r#"14:03:00 update_message  Bo edits "lunch?" (DM > Ada, Bo): [-lunch-]{+dinner+}?"#,
        ),
        (
            "channel, not seen before",
            r#"{"user_id":99,"message_id":1,"stream_id":8,"stream_name":"design","orig_content":"a","content":"b"}"#,
            r#"14:03:00 update_message  user#99 edits "a" (#design): [-a-]{+b+}"#,
        ),
        (
            "old server: address, no id of the channel",
            r#"{"sender":"z@x","user_id":99,"message_id":1,"stream_name":"design","orig_content":"a","content":"b"}"#,
            r#"14:03:00 update_message  z@x edits "a" (#design): [-a-]{+b+}"#,
        ),
        (
            "emoji, as in the message",
            r#"{"user_id":12,"message_id":501,"stream_id":7,"orig_content":"red :cry:","content":"green :tada:"}"#,
            r#"14:03:00 update_message  Bo edits "red 😢" (#ops > deploy): [-red 😢-]{+green 🎉+}"#,
        ),
        (
            "direct, not seen before",
            r#"{"user_id":11,"message_id":1,"orig_content":"a","content":"b"}"#,
            r#"14:03:00 update_message  Ada edits "a" (DM): [-a-]{+b+}"#,
        ),
        (
            "edited and moved",
            r#"{"user_id":11,"message_id":501,"message_ids":[501],"stream_id":7,"stream_name":"ops","orig_content":"Build red","content":"Build green","orig_subject":"deploy","subject":"build","new_stream_id":9}"#,
            r#"14:03:00 update_message  Ada edits "Build red" and moves it from #ops > deploy → channel#9 > build: Build [-red-]{+green+}"#,
        ),
        (
            "edited and moves with others",
            r#"{"user_id":11,"message_id":501,"message_ids":[501,502],"stream_id":7,"orig_content":"a","content":"b","orig_subject":"deploy","subject":"build"}"#,
            r#"14:03:00 update_message  Ada edits "a" and moves 2 messages from #ops > deploy → build: [-a-]{+b+}"#,
        ),
        (
            "edited and resolved",
            r#"{"user_id":11,"message_id":501,"message_ids":[501],"stream_id":7,"orig_content":"a","content":"b","orig_subject":"deploy","subject":"✔ deploy"}"#,
            r#"14:03:00 update_message  Ada edits "a" and resolves #ops > deploy: [-a-]{+b+}"#,
        ),
    ] {
        assert_eq!(ending(&[text]), expected, "{name}");
    }
}

#[test]
fn an_edit_shows_the_whole_new_text_where_whole_texts_are_shown() {
    let noon = "The meeting is today at noon, and bring your own cake";
    for (name, width, new, expected) in [
        (
            "quoted whole",
            None,
            "Build green",
            r#""The meeting is today at…" (#ops > deploy): [-The meeting is today at noon, and bring…-]{+Build green+}: Build green"#,
        ),
        (
            "room for it",
            None,
            "The meeting is today at 1pm, and bring your own cake",
            r#""The meeting is today at…" (#ops > deploy): …today at [-noon-]{+1pm+}, and…: The meeting is today at 1pm, and bring your own cake"#,
        ),
        (
            "no room for it",
            Some(100),
            "The meeting is today at 1pm, and bring your own cake :tada:",
            "\"The meeting is today at…\" (#ops > deploy): …today at\n    [-noon-]{+1pm+}, and bring your own cake {+🎉+}:\n    The meeting is today at 1pm, and bring your own cake 🎉",
        ),
        (
            "several lines",
            None,
            "a\n* b",
            "\"The meeting is today at…\" (#ops > deploy): [-The meeting is today at noon, and bring…-]{+a ⏎ * b+}:\n    a\n    * b",
        ),
    ] {
        let new = serde_json::to_string(new).unwrap();
        let edit =
            format!(r#"{{"user_id":12,"message_id":501,"orig_content":"{noon}","content":{new}}}"#);
        let out = whole(Color::Off, width, &[SAID[0], ("update_message", &edit)]);
        let (_, line) = out.split_once("update_message  Bo edits ").unwrap();
        assert_eq!(line, format!("{expected}\n"), "{name}");
    }
}

#[test]
fn a_move_says_what_went_from_where_to_where() {
    for (name, fields, expected) in [
        (
            "topic",
            r#""message_ids":[502,501,506],"orig_subject":"deploy","subject":"build""#,
            "Ada moves 3 messages from #ops > deploy → build",
        ),
        (
            "one",
            r#""message_ids":[501],"orig_subject":"deploy","subject":"""#,
            r#"Ada moves 1 message from #ops > deploy → (no topic): "Build red""#,
        ),
        (
            "one that was not seen",
            r#""message_ids":[900],"orig_subject":"deploy","subject":"build""#,
            "Ada moves 1 message from #ops > deploy → build",
        ),
        (
            "without a list",
            r#""orig_subject":"deploy","subject":"build""#,
            r#"Ada moves 1 message from #ops > deploy → build: "Build red""#,
        ),
        (
            "channel, topic kept",
            r#""message_ids":[501,502],"new_stream_id":9,"orig_subject":"deploy""#,
            "Ada moves 2 messages from #ops > deploy → channel#9 > deploy",
        ),
        (
            "resolved",
            r#""message_ids":[501,502],"orig_subject":"deploy","subject":"✔ deploy""#,
            "Ada resolves #ops > deploy",
        ),
        (
            "unresolved",
            r#""message_ids":[501,502],"orig_subject":"✔ deploy","subject":"deploy""#,
            "Ada unresolves #ops > deploy",
        ),
        (
            "resolved, and cut for its length",
            r#""message_ids":[501,502],"orig_subject":"a long name","subject":"✔ a long n...""#,
            "Ada resolves #ops > a long name",
        ),
        (
            "marked and renamed",
            r#""message_ids":[501,502],"orig_subject":"deploy","subject":"✔ build""#,
            "Ada moves 2 messages from #ops > deploy → ✔ build",
        ),
        (
            "marked in another channel",
            r#""message_ids":[501,502],"new_stream_id":9,"orig_subject":"deploy","subject":"✔ deploy""#,
            "Ada moves 2 messages from #ops > deploy → channel#9 > ✔ deploy",
        ),
    ] {
        let text = format!(
            r#"{{"user_id":11,"message_id":501,"stream_id":7,"stream_name":"ops",{fields}}}"#
        );
        let expected = format!("14:03:00 update_message  {expected}");
        assert_eq!(ending(&[&text]), expected, "{name}");
    }
}

#[test]
fn later_lines_know_of_edits_and_moves() {
    let moved = r#"{"user_id":11,"message_id":501,"message_ids":[506,501,500],"stream_id":7,"stream_name":"ops","new_stream_id":8,"orig_subject":"deploy","subject":"build"}"#;
    let edited = r#"{"user_id":11,"message_id":501,"stream_id":8,"stream_name":"design","orig_content":"Build red","content":"Build green"}"#;
    let preview = r#"{"user_id":null,"message_id":501,"content":"Build green","rendering_only":true,"stream_id":8}"#;
    assert_eq!(
        ending(&[moved, edited]),
        r#"14:03:00 update_message  Ada edits "Build red" (#design > build): Build [-red-]{+green+}"#
    );
    assert_eq!(
        ending(&[moved, edited, preview]),
        r#"14:03:00 update_message  link preview added to "Build green" (#design > build)"#
    );
    let again = moved.replace("[506,501,500]", "[501]");
    assert_eq!(
        ending(&[edited, &again]),
        r#"14:03:00 update_message  Ada moves 1 message from #ops > deploy → #design > build: "Build green""#
    );
}

#[test]
fn a_preview_is_a_dim_line() {
    for (name, text) in [
        (
            "new",
            r#"{"user_id":null,"message_id":501,"content":"see x","rendering_only":true,"edit_timestamp":1795356127}"#,
        ),
        (
            "old",
            r#"{"sender":"ada@x","message_id":501,"content":"see x","edit_timestamp":1795356127}"#,
        ),
    ] {
        let out = lines(Color::On, None, &[SAID[0], ("update_message", text)]);
        assert_eq!(
            out.lines().next_back().unwrap(),
            "\x1b[2m14:02:07\x1b[0m \x1b[2mupdate_message  link preview added to \"see x\" (#ops > deploy)\x1b[0m",
            "{name}"
        );
    }
}

#[test]
fn odd_updates_get_the_generic_line() {
    for (text, expected) in [
        (
            r#"{"user_id":1,"message_id":5}"#,
            "14:03:00 update_message  update message: user#1; message_id = 5",
        ),
        (
            r#"{"content":"a"}"#,
            "14:03:00 update_message  update message: content = a",
        ),
        (
            r#"{"message_id":5,"orig_content":"a","content":7}"#,
            "14:03:00 update_message  update message: message_id = 5; orig_content = a; content = 7",
        ),
        (
            r#"{"user_id":1,"message_id":5,"orig_content":null,"content":"a"}"#,
            "14:03:00 update_message  update message: user#1; message_id = 5; orig_content = none; content = a",
        ),
        (
            r#"{"message_id":5,"orig_subject":"a"}"#,
            "14:03:00 update_message  update message: message_id = 5; orig_subject = a",
        ),
    ] {
        assert_eq!(line("update_message", text), expected);
    }
}
