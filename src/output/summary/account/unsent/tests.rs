//! Lines of drafts, scheduled messages, reminders and saved snippets.

use crate::output::summary::telling::told;

const DRAFT: &str =
    r#"{"id":4,"type":"stream","to":[7],"topic":"release","content":"wip","timestamp":1}"#;
const DIRECT_DRAFT: &str =
    r#"{"id":5,"type":"private","to":[8,9],"topic":"","content":"psst","timestamp":1}"#;
const SCHEDULED: &str = r#"{"scheduled_message_id":6,"type":"stream","to":7,"topic":"standup","content":"Good morning","rendered_content":"<p>Good morning</p>","scheduled_delivery_timestamp":1795356127,"failed":false}"#;
const REMINDER: &str = r#"{"reminder_id":8,"type":"private","to":[11],"content":"Look again","scheduled_delivery_timestamp":1795356127,"failed":false,"reminder_target_message_id":501}"#;

#[test]
fn drafts_say_for_whom_they_are() {
    for (name, fields, expected) in [
        (
            "in a channel",
            format!(r#""op":"add","drafts":[{DRAFT}]"#),
            r#"draft saved, to channel#7 > release: "wip""#,
        ),
        (
            "direct",
            format!(r#""op":"add","drafts":[{DIRECT_DRAFT}]"#),
            r#"draft saved, to user#8, user#9: "psst""#,
        ),
        (
            "several",
            format!(r#""op":"add","drafts":[{DRAFT},{DIRECT_DRAFT}]"#),
            r#"2 drafts saved, to channel#7 > release: "wip", to user#8, user#9: "psst""#,
        ),
        (
            "for nobody",
            r#""op":"add","drafts":[{"type":"","to":[],"topic":"","content":"hm"}]"#.to_owned(),
            r#"draft saved, to nobody yet: "hm""#,
        ),
        (
            "for a channel that is not chosen",
            format!(r#""op":"add","drafts":[{}]"#, DRAFT.replace("[7]", "[]")),
            r#"draft saved, to nobody yet: "wip""#,
        ),
        (
            "new names of the types",
            format!(
                r#""op":"update","draft":{}"#,
                DRAFT.replace("stream", "channel")
            ),
            r#"draft changed, to channel#7 > release: "wip""#,
        ),
        (
            "removed",
            r#""op":"remove","draft_id":4"#.to_owned(),
            "draft 4 removed",
        ),
    ] {
        let expected = format!("  {expected}");
        assert_eq!(told(&[], "drafts", &fields), expected, "{name}");
    }
}

#[test]
fn scheduled_messages_say_when_they_are_sent() {
    for (name, fields, expected) in [
        (
            "new",
            format!(r#""op":"add","scheduled_messages":[{SCHEDULED}]"#),
            r#"message scheduled for 2026-11-22 14:02 to channel#7 > standup: "Good morning""#,
        ),
        (
            "direct",
            format!(
                r#""op":"add","scheduled_messages":[{}]"#,
                SCHEDULED
                    .replace("stream", "private")
                    .replace(":7,", ":[8],")
            ),
            r#"message scheduled for 2026-11-22 14:02 to user#8: "Good morning""#,
        ),
        (
            "changed",
            format!(r#""op":"update","scheduled_message":{SCHEDULED}"#),
            r#"scheduled message is now for 2026-11-22 14:02 to channel#7 > standup: "Good morning""#,
        ),
        (
            "failed",
            format!(
                r#""op":"update","scheduled_message":{}"#,
                SCHEDULED.replace("false", "true")
            ),
            r#"scheduled message could not be sent: for 2026-11-22 14:02 to channel#7 > standup: "Good morning""#,
        ),
        (
            "removed",
            r#""op":"remove","scheduled_message_id":6"#.to_owned(),
            "scheduled message 6 sent or removed",
        ),
    ] {
        let line = told(&[], "scheduled_messages", &fields);
        assert_eq!(line, format!("  {expected}"), "{name}");
    }
}

#[test]
fn reminders_quote_the_message_that_they_are_about() {
    let added = format!(r#""op":"add","reminders":[{REMINDER}]"#);
    assert_eq!(
        told(&[], "reminders", &added),
        r#"  reminder set for 2026-11-22 14:02 about message 501: "Look again""#
    );
    let message = r#"{"type":"message","message":{"id":501,"type":"stream","display_recipient":"Denmark","stream_id":4,"subject":"plans","sender_full_name":"Iago","content":"Here it is"}}"#;
    assert_eq!(
        told(&[message], "reminders", &added),
        r#"  reminder set for 2026-11-22 14:02 about "Here it is" (#Denmark > plans): "Look again""#
    );
    assert_eq!(
        told(&[], "reminders", r#""op":"remove","reminder_id":8"#),
        "  reminder 8 sent or removed"
    );
}

#[test]
fn snippets_are_named_by_their_titles() {
    for (fields, expected) in [
        (
            r#""op":"add","saved_snippet":{"id":3,"title":"Sign-off","content":"Cheers"}"#,
            r#"snippet "Sign-off" saved"#,
        ),
        (
            r#""op":"update","saved_snippet":{"id":3,"title":"Sign-off","content":"Best"}"#,
            r#"snippet "Sign-off" changed"#,
        ),
        (r#""op":"remove","saved_snippet_id":3"#, "snippet 3 removed"),
    ] {
        let expected = format!("  {expected}");
        assert_eq!(told(&[], "saved_snippets", fields), expected);
    }
}

#[test]
fn odd_events_about_what_is_not_sent_get_the_generic_line() {
    for (kind, fields, expected) in [
        ("drafts", r#""op":"add","drafts":[]"#, "/add  drafts=[0]"),
        (
            "drafts",
            r#""op":"add","drafts":[{"type":"stream","to":["x"],"content":"a"}]"#,
            "/add  drafts=[1]",
        ),
        (
            "drafts",
            r#""op":"share","draft_id":4"#,
            "/share  draft_id=4",
        ),
        (
            "drafts",
            r#""op":"update","draft":{}"#,
            "/update  draft={0}",
        ),
        (
            "scheduled_messages",
            r#""op":"remove","draft_id":"6""#,
            "/remove  draft_id=6",
        ),
        (
            "reminders",
            r#""op":"update","reminder_id":8"#,
            "/update  reminder_id=8",
        ),
        ("saved_snippets", r#""op":"add""#, "/add"),
        (
            "saved_snippets",
            r#""op":"use","saved_snippet_id":3"#,
            "/use  saved_snippet_id=3",
        ),
    ] {
        assert_eq!(told(&[], kind, fields), expected);
    }
}
