//! What is no narrow for live events: one line says what is wrong and what works.

use crate::selection::narrow::Narrow;

const WORKING: &str = "what works is channel:, topic:, sender:, sender:me, is:private, is:mentioned, is:starred, is:unread, \
                       is:alerted, and a - before any of them";

#[track_caller]
fn assert_refused(text: &str, expected: &str) {
    let refusal = match text.parse::<Narrow>() {
        Ok(read) => panic!("{text} was read as {read}"),
        Err(error) => error.to_string(),
    };
    assert_eq!(refusal, expected, "{text}");
    assert!(!refusal.contains(char::is_control), "{text}");
}

#[test]
fn what_live_events_cannot_be_asked_for_is_refused_with_what_works() {
    for (text, quoted, instead) in [
        ("has:link", "\"has:link\"", "filter the output instead"),
        ("-has:link", "\"-has:link\"", "filter the output instead"),
        ("search:tea", "\"search:tea\"", "filter the output instead"),
        ("near:5", "\"near:5\"", "it is a place in the history"),
        (
            r#"["id",5]"#,
            r#"'["id",5]'"#,
            "it is a place in the history",
        ),
        ("streams:public", "\"streams:public\"", "use --all-public"),
        ("channels:public", "\"channels:public\"", "use --all-public"),
        (
            "streams:web-public",
            "\"streams:web-public\"",
            "name each channel in a --narrow of its own",
        ),
        (
            "dm:a@x.org",
            "\"dm:a@x.org\"",
            "use is:private together with sender:ADDRESS",
        ),
        (
            "pm-with:a@x.org",
            "\"pm-with:a@x.org\"",
            "use is:private together with sender:ADDRESS",
        ),
        (
            "is:followed",
            "\"is:followed\"",
            "filter the output instead",
        ),
        (
            "is:resolved",
            "\"is:resolved\"",
            "filter the output instead",
        ),
        (
            "channel:a is:nonsense",
            "\"is:nonsense\"",
            "filter the output instead",
        ),
        (
            "exact-topic:x",
            "\"exact-topic:x\"",
            "use topic:, which compares the whole topic",
        ),
    ] {
        let expected =
            format!("narrow term {quoted} does not work on live events, {instead}; {WORKING}");
        assert_refused(text, &expected);
    }
}

#[test]
fn a_word_without_an_operator_is_refused_as_a_search() {
    for (text, quoted) in [
        ("lunch", "\"lunch\""),
        ("topic:lunch plans", "\"plans\""),
        ("stream Denmark", "\"stream\""),
        ("two words:x", "\"two\""),
        ("\"lunch plans\"", "'\"lunch'"),
        ("\"topic:x\"", "'\"topic:x\"'"),
        ("-:x", "\"-:x\""),
        (":x", "\":x\""),
    ] {
        let expected = format!(
            "{quoted} has no operator, and live events cannot be searched for words (spaces need double \
             quotes: topic:\"lunch plans\"); {WORKING}"
        );
        assert_refused(text, &expected);
    }
}

#[test]
fn an_unknown_operator_is_refused_with_the_nearest() {
    for (text, quoted, hint) in [
        ("steam:x", "\"steam:x\"", " (did you mean stream:?)"),
        ("--sender:me", "\"--sender:me\"", " (did you mean sender:?)"),
        ("chanel:x", "\"chanel:x\"", " (did you mean channel:?)"),
        ("topics:x", "\"topics:x\"", " (did you mean topic:?)"),
        ("topci:x", "\"topci:x\"", " (did you mean topic:?)"),
        ("form:x", "\"form:x\"", " (did you mean from:?)"),
        ("send:x", "\"send:x\"", " (did you mean sender:?)"),
        ("room:x", "\"room:x\"", ""),
        ("forum:x", "\"forum:x\"", ""),
        ("12:30", "\"12:30\"", ""),
        (r#"["quux","x"]"#, r#"'["quux","x"]'"#, ""),
        // Two terms in one pair of brackets.
        (
            r#"["stream:a","topic:b"]"#,
            r#"'["stream:a","topic:b"]'"#,
            " (did you mean stream:?)",
        ),
    ] {
        let expected = format!("narrow term {quoted} has an unknown operator{hint}; {WORKING}");
        assert_refused(text, &expected);
    }
}

#[test]
fn an_empty_narrow_is_refused() {
    for text in ["", " \n", "[]", " [ ] "] {
        assert_refused(text, &format!("the narrow is empty; {WORKING}"));
    }
}

#[test]
fn a_term_that_cannot_be_is_refused() {
    for (text, expected) in [
        (
            "topic:",
            r#"narrow term "topic:" has nothing to look for, write it after the operator"#,
        ),
        (
            "topic: x",
            r#"narrow term "topic:" has nothing to look for, write it after the operator"#,
        ),
        (
            r#"topic:" ""#,
            r#"narrow term 'topic:" "' has nothing to look for, write it after the operator"#,
        ),
        (
            r#"["stream",""]"#,
            r#"narrow term '["stream",""]' has nothing to look for, write it after the operator"#,
        ),
        (
            "sender:Othello",
            r#"narrow term "sender:Othello" names no sender, write an e-mail address, a user id, or me"#,
        ),
        (
            "sender:0",
            r#"narrow term "sender:0" has no valid id, ids are whole numbers from 1"#,
        ),
        (
            "sender:99999999999999999999",
            r#"narrow term "sender:99999999999999999999" has no valid id, ids are whole numbers from 1"#,
        ),
        (
            r#"["sender",1.5]"#,
            r#"narrow term '["sender",1.5]' has no valid id, ids are whole numbers from 1"#,
        ),
        (
            r#"["stream",-1]"#,
            r#"narrow term '["stream",-1]' has no valid id, ids are whole numbers from 1"#,
        ),
        (
            "channel-id:x",
            r#"narrow term "channel-id:x" has no valid id, ids are whole numbers from 1"#,
        ),
        (
            r#"["topic",5]"#,
            r#"narrow term '["topic",5]' needs text, write the operand in quotes"#,
        ),
        (
            r#"["topic",1.5]"#,
            r#"narrow term '["topic",1.5]' needs text, write the operand in quotes"#,
        ),
        (
            r#"topic:"lunch"#,
            r#"the quotes in narrow term 'topic:"lunch' do not match, write \" for a quote within"#,
        ),
        (
            r#"topic:"a"b"#,
            r#"the quotes in narrow term 'topic:"a"b' do not match, write \" for a quote within"#,
        ),
        (
            "topic:a\u{1b}b",
            r#"narrow term "topic:a\u{1b}b" has a control character, which no name has, remove it"#,
        ),
        (
            r#"["stream","a\nb"]"#,
            r#"narrow term '["stream","a\nb"]' has a control character, which no name has, remove it"#,
        ),
    ] {
        assert_refused(text, expected);
    }
}

#[test]
fn json_of_another_shape_is_refused() {
    for (text, quoted) in [
        (r#"["stream"]"#, r#"'["stream"]'"#),
        (r#"["stream","a","b"]"#, r#"'["stream","a","b"]'"#),
        ("[[]]", "\"[]\""),
        ("[5]", "\"5\""),
        (r#"[["stream","a"],"topic"]"#, "'\"topic\"'"),
        (r#"["stream",["a"]]"#, r#"'["stream",["a"]]'"#),
        (r#"[[["stream","a"]]]"#, r#"'[["stream","a"]]'"#),
        ("{}", "\"{}\""),
        (r#"{"operator":"stream"}"#, r#"'{"operator":"stream"}'"#),
        (
            r#"{"operator":"is","operand":"private","negate":true}"#,
            r#"'{"negate":true,"operand":"private","operator":"is"}'"#,
        ),
        (
            r#"{"operator":"is","operand":"private","negated":1}"#,
            r#"'{"negated":1,"operand":"private","operator":"is"}'"#,
        ),
    ] {
        let expected = format!(
            "{quoted} is not a narrow term, write [\"stream\",\"NAME\"] or \
             {{\"operator\":\"stream\",\"operand\":\"NAME\",\"negated\":false}}"
        );
        assert_refused(text, &expected);
    }
}

#[test]
fn broken_json_is_refused_on_one_line_however_long_or_deep() {
    assert_refused(
        "['stream',\n 'Denmark'",
        "narrow \"['stream',\\n 'Denmark'\" is not valid JSON (EOF while parsing a list at line 2 column 10), \
         write [[\"stream\",\"NAME\"]] or stream:NAME",
    );
    let deep = "[".repeat(100_000);
    let refusal = deep.parse::<Narrow>().unwrap_err().to_string();
    assert!(
        refusal.starts_with("narrow \"[[[") && refusal.len() < 300,
        "{refusal}"
    );
}
