//! What is no narrow for live events: one line says what is wrong and what works.

use crate::selection::narrow::Narrow;

const WORKING: &str = "what works is channel:, topic:, sender:, sender:me, dm:, dm-with:, group-pm-with:, is:private, \
                       is:mentioned, is:starred, is:unread, is:alerted, is:resolved, has:reaction, and a - before any of them";

#[track_caller]
fn assert_refused(text: &str, expected: &str) {
    let refusal = match text.parse::<Narrow>() {
        Ok(read) => panic!("{text} was read as {read}"),
        Err(error) => error,
    };
    assert_eq!(refusal, expected, "{text}");
    assert!(!refusal.contains(char::is_control), "{text}");
}

#[test]
fn what_live_events_cannot_be_asked_for_is_refused_with_what_works() {
    for (text, quoted, instead) in [
        (
            "has:link",
            "\"has:link\"",
            "choose from the output: … -m | jq -c 'select(.content | test(\"https?://\"))'",
        ),
        (
            "has:links",
            "\"has:links\"",
            "choose from the output: … -m | jq -c 'select(.content | test(\"https?://\"))'",
        ),
        (
            "-HAS:Image",
            "\"-HAS:Image\"",
            "choose from the output: … -m | jq -c 'select(.content | contains(\"/user_uploads/\"))'",
        ),
        (
            "has:attachments",
            "\"has:attachments\"",
            "choose from the output: … -m | jq -c 'select(.content | contains(\"/user_uploads/\"))'",
        ),
        (
            "search:tea",
            "\"search:tea\"",
            "choose from the output: … -m | jq -c 'select(.content | contains(\"WORD\"))', or | grep WORD",
        ),
        (
            "mentions:8",
            "\"mentions:8\"",
            "use is:mentioned for yourself; for others: … -m | jq -c 'select(.content | contains(\"@**NAME\"))'",
        ),
        ("streams:public", "\"streams:public\"", "use --all-public"),
        ("channels:public", "\"channels:public\"", "use --all-public"),
        (
            "streams:web-public",
            "\"streams:web-public\"",
            "name each channel in a --narrow of its own",
        ),
        ("is:read", "\"is:read\"", "use -is:unread"),
        (
            "is:followed",
            "\"is:followed\"",
            "messages do not say it: name the channels or topics, each in a --narrow of its own",
        ),
        (
            "exact-topic:x",
            "\"exact-topic:x\"",
            "use topic:, which compares the whole topic",
        ),
        (
            "date:2026-01-01",
            "\"date:2026-01-01\"",
            "it is a place in the history: begin there with --since",
        ),
    ] {
        let expected =
            format!("narrow term {quoted} does not work on live events, {instead}; {WORKING}");
        assert_refused(text, &expected);
    }
}

#[test]
fn a_place_in_the_history_alone_is_no_narrow() {
    for text in [
        "near:5",
        "with:5",
        "id:5",
        "id:5 channel:a",
        "with:5 channel:a",
        r#"["id",5]"#,
        r#"[{"operator":"near","operand":5}]"#,
        "#narrow/near/5",
        "#narrow/id/5",
        "https://chat.example.org/#narrow/near/5",
        "#narrow/channel/7-a/with/5",
    ] {
        let quote = if text.contains('"') { '\'' } else { '"' };
        let expected = format!(
            "{quote}{text}{quote} is a place in the history and no narrow: begin there with --since LINK, the web \
             app's link to that message"
        );
        assert_refused(text, &expected);
    }
}

#[test]
fn a_slip_in_an_operand_is_guessed() {
    for (text, meant) in [
        ("is:mentionned", "is:mentioned"),
        ("is:mention", "is:mentioned"),
        ("-IS:Privat", "is:private"),
        ("is:resolve", "is:resolved"),
        ("has:reactoin", "has:reaction"),
    ] {
        let expected =
            format!("narrow term \"{text}\" does not exist (did you mean {meant}?); {WORKING}");
        assert_refused(text, &expected);
    }
}

#[test]
fn links_that_lead_to_no_narrow_are_refused() {
    for (text, expected) in [
        (
            "#inbox",
            "\"#inbox\" leads to a view of the web app that is no narrow",
        ),
        ("https://chat.example.org/#feed", "that is no narrow"),
        (
            "https://chat.example.org/#narrow/channel/7 is:dm",
            "has a space in it",
        ),
        (
            "#narrow/is/followed",
            "narrow term \"is:followed\" does not work on live events",
        ),
        ("#narrow", "the narrow is empty"),
    ] {
        let refusal = text.parse::<Narrow>().expect_err(text);
        assert!(refusal.contains(expected), "{text}: {refusal}");
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
        let (quote, word) = quoted.split_at(1);
        let expected = format!(
            "{quoted} has no operator, and live events cannot be searched for words; did you mean {quote}channel:{word}? A name of several \
             words needs quotes ('topic:\"lunch plans\"'), a list of kinds commas (-e message,reaction); {WORKING}"
        );
        assert_refused(text, &expected);
    }
}

#[test]
fn an_unknown_operator_is_refused_with_the_nearest() {
    for (text, quoted, hint) in [
        ("steam:x", "\"steam:x\"", " (did you mean stream:?)"),
        (
            "--sender:me",
            "\"--sender:me\"",
            " (did you mean sender:me?)",
        ),
        ("chanel:x", "\"chanel:x\"", " (did you mean channel:?)"),
        ("topics:x", "\"topics:x\"", " (did you mean topic:?)"),
        ("topci:x", "\"topci:x\"", " (did you mean topic:?)"),
        ("form:x", "\"form:x\"", " (did you mean from:?)"),
        ("send:x", "\"send:x\"", " (did you mean sender:?)"),
        ("room:x", "\"room:x\"", ""),
        ("forum:x", "\"forum:x\"", ""),
        ("12:30", "\"12:30\"", ""),
        (r#"["quux","x"]"#, r#"'["quux","x"]'"#, ""),
        ("channel:a is:nonsense", "\"is:nonsense\"", ""),
        // Two terms in one pair of brackets.
        (
            r#"["stream:a","topic:b"]"#,
            r#"'["stream:a","topic:b"]'"#,
            " (did you mean stream:?)",
        ),
    ] {
        let expected = format!("narrow term {quoted} does not exist{hint}; {WORKING}");
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
            r#"narrow term "topic:" has nothing to look for, write it after the operator (topic:"" is the topic without a name)"#,
        ),
        (
            "topic: is:dm",
            r#"narrow term "topic:" has nothing to look for, write it after the operator (topic:"" is the topic without a name)"#,
        ),
        (
            "channel:",
            r#"narrow term "channel:" has nothing to look for, write it after the operator"#,
        ),
        (
            r#"["stream",""]"#,
            r#"narrow term '["stream",""]' has nothing to look for, write it after the operator"#,
        ),
        (
            "sender:7,8",
            r#"narrow term "sender:7,8" names several people, and a message has one sender: write a --narrow for each of them"#,
        ),
        (
            "channel-id:x",
            r#"narrow term "channel-id:x" has no valid id, ids are whole numbers from 1"#,
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
        (r#"["sender",1.5]"#, r#"'["sender",1.5]'"#),
        (r#"["stream",-1]"#, r#"'["stream",-1]'"#),
        (r#"["stream",0]"#, r#"'["stream",0]'"#),
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
    let refusal = deep.parse::<Narrow>().unwrap_err();
    assert!(
        refusal.starts_with("narrow \"[[[") && refusal.len() < 300,
        "{refusal}"
    );
}
