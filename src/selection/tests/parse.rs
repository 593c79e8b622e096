//! One meaning, many spellings, and what is literal text.

use super::{channel, channel_with_id, narrow, negated, positive, sender, topic};
use crate::selection::WORDS;
use crate::selection::narrow::{MessageState, Test};

#[test]
fn one_narrow_has_many_spellings() {
    let denmark = vec![positive(channel("Denmark"))];
    let lunch = vec![positive(channel("Denmark")), positive(topic("lunch plans"))];
    let not_me = vec![negated(sender("me"))];
    let bot = vec![positive(sender("bot@x.org"))];
    let seven = vec![positive(sender("7"))];
    let channel_seven = vec![positive(channel_with_id(7))];
    let private = vec![positive(Test::State(MessageState::Private))];
    for (expected, shown, spellings) in [
        (
            denmark,
            "channel:Denmark",
            &[
                "stream:Denmark",
                "channel:Denmark",
                "  STREAM:Denmark ",
                r#"stream:"Denmark""#,
                r#"["stream","Denmark"]"#,
                r#"[["channel","Denmark"]]"#,
                r#"{"operator":"stream","operand":"Denmark"}"#,
                r#"[{"operator":"Stream","operand":"Denmark","negated":false}]"#,
                "['stream', 'Denmark']",
                "[['stream', 'Denmark']]",
                "{'operator': 'stream', 'operand': 'Denmark'}",
            ][..],
        ),
        (
            lunch,
            r#"channel:Denmark topic:"lunch plans""#,
            &[
                r#"stream:Denmark topic:"lunch plans""#,
                "channel:Denmark\tsubject:\"lunch plans\"",
                r#"[["stream","Denmark"],["topic","lunch plans"]]"#,
                r#"[["stream","Denmark"],{"operator":"subject","operand":"lunch plans"}]"#,
                "[['stream', 'Denmark'], ['topic', 'lunch plans']]",
            ],
        ),
        (
            not_me,
            "-sender:me",
            &[
                "-sender:me",
                "-FROM:Me",
                r#"["-sender","me"]"#,
                r#"[{"operator":"from","operand":"me","negated":true}]"#,
                r#"{"operator":"-sender","operand":"me","negated":true}"#,
            ],
        ),
        (
            bot,
            "sender:bot@x.org",
            &[
                "sender:bot@x.org",
                "from:bot@x.org",
                r#"["sender","bot@x.org"]"#,
            ],
        ),
        (
            seven,
            "sender:7",
            &["sender:7", r#"["sender",7]"#, r#"[["from","7"]]"#],
        ),
        (
            channel_seven,
            "channel-id:7",
            &[
                "channel-id:7",
                r#"["stream",7]"#,
                r#"{"operator":"channel","operand":7}"#,
            ],
        ),
        (
            private,
            "is:private",
            &["is:private", "is:dm", "IS:Private", r#"["is","dm"]"#],
        ),
    ] {
        for spelling in spellings {
            let read = narrow(spelling);
            assert_eq!(read.terms, expected, "{spelling}");
            assert_eq!(read.to_string(), shown, "{spelling}");
        }
    }
}

#[test]
fn operands_are_taken_to_the_letter() {
    for (name, text, expected) in [
        ("colon", "topic:a:b", topic("a:b")),
        ("quote within", "topic:a\"b", topic("a\"b")),
        ("single quote", "topic:'tis", topic("'tis")),
        ("minus within", "topic:-x", topic("-x")),
        ("bracket", "topic:[x]", topic("[x]")),
        ("backslash", r"topic:a\b", topic(r"a\b")),
        (
            "escaped quote",
            r#"topic:"say \"hi\"""#,
            topic("say \"hi\""),
        ),
        ("escaped backslash", r#"topic:"a\\""#, topic("a\\")),
        ("other escape", r#"topic:"a\n""#, topic(r"a\n")),
        ("spaces at the ends", r#"topic:" a ""#, topic("a")),
        ("the same in json", r#"["topic"," a "]"#, topic("a")),
        ("single in double", r#"["topic", "it's"]"#, topic("it's")),
        ("a number in json", r#"["topic",5]"#, topic("5")),
        ("json escapes", r#"["topic","\u00fc\"\\"]"#, topic("ü\"\\")),
    ] {
        assert_eq!(narrow(text).terms, [positive(expected)], "{name}");
    }
}

#[test]
fn every_word_is_read_by_each_of_its_names_and_written_by_the_first() {
    for word in &WORDS {
        let written = |name: &str| match name {
            "sender:" | "from:" => format!("{name}7"),
            operator if operator.ends_with(':') => format!("{operator}x"),
            whole => whole.to_owned(),
        };
        let first = narrow(&written(word.names[0]));
        assert_eq!(first.to_string(), written(word.names[0]));
        for name in word.names {
            assert_eq!(narrow(&written(name)), first, "{name}");
        }
    }
}
