//! What a narrow means however it is spelled, what is refused, and what goes to the server.

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::event::Person;

const WORKING: &str = "what works is channel:, topic:, sender:, is:private, is:mentioned, is:starred, is:unread, \
                       is:alerted, and a - before any of them";

fn narrow(text: &str) -> Narrow {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn positive(test: Test) -> Term {
    Term {
        sign: Sign::Positive,
        test,
    }
}

fn negated(test: Test) -> Term {
    Term {
        sign: Sign::Negated,
        test,
    }
}

fn channel(name: &str) -> Test {
    Test::Channel(name.to_owned())
}

fn topic(name: &str) -> Test {
    Test::Topic(name.to_owned())
}

fn address(address: &str) -> Test {
    Test::Sender(Sender::Address(address.to_owned()))
}

#[test]
fn one_narrow_has_many_spellings() {
    let denmark = vec![positive(channel("Denmark"))];
    let lunch = vec![positive(channel("Denmark")), positive(topic("lunch plans"))];
    let not_me = vec![negated(Test::Sender(Sender::Me(None)))];
    let bot = vec![positive(address("bot@x.org"))];
    let seven = vec![positive(Test::Sender(Sender::Id(7)))];
    let channel_seven = vec![positive(Test::ChannelId(7))];
    let private = vec![positive(Test::Is(State::Private))];
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
                "[u'stream', u'Denmark']",
                "[{'operator': 'stream', 'operand': 'Denmark', 'negated': False}]",
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
                "[['stream', 'Denmark'], [\"topic\", 'lunch plans']]",
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
                "{'operator': 'sender', 'operand': 'me', 'negated': True}",
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
        ("spaces at the ends", r#"topic:" a ""#, topic(" a ")),
        ("digits as a name", "channel:7", channel("7")),
        (
            "python quote",
            r"['topic', 'it\'s \u00fc']",
            topic("it's ü"),
        ),
        (
            "double in single",
            r#"['topic', 'say "hi"']"#,
            topic("say \"hi\""),
        ),
        (
            "single in double",
            r#"["topic", "it's True"]"#,
            topic("it's True"),
        ),
        ("json escapes", r#"["topic","\u00fc\"\\"]"#, topic("ü\"\\")),
    ] {
        assert_eq!(narrow(text).terms, [positive(expected)], "{name}");
    }
}

#[test]
fn all_states_are_read() {
    for (text, state) in [
        ("is:private", State::Private),
        ("is:mentioned", State::Mentioned),
        ("is:starred", State::Starred),
        ("is:unread", State::Unread),
        ("is:alerted", State::Alerted),
    ] {
        assert_eq!(narrow(text).terms, [positive(Test::Is(state))]);
        assert_eq!(narrow(text).to_string(), text);
    }
}

#[track_caller]
fn assert_refused(text: &str, expected: &str) {
    let told = match text.parse::<Narrow>() {
        Ok(read) => panic!("{text} was read as {read}"),
        Err(error) => error.to_string(),
    };
    assert_eq!(told, expected, "{text}");
    assert!(!told.contains(char::is_control), "{text}");
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
        (r#"["stream:a","topic:b"]"#, ""),
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
        if quoted.is_empty() {
            assert!(text.parse::<Narrow>().is_err(), "{text}");
            continue;
        }
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
    let told = deep.parse::<Narrow>().unwrap_err().to_string();
    assert!(
        told.starts_with("narrow \"[[[") && told.len() < 300,
        "{told}"
    );
}

fn in_channel<'a>(name: &'a str, subject: &'a str) -> Message<'a> {
    Message {
        kind: Cow::Borrowed("stream"),
        sender_id: Some(9),
        sender_email: Cow::Borrowed("Bot@x.org"),
        display_recipient: Recipient::Channel(Cow::Borrowed(name)),
        stream_id: Some(4),
        subject: Cow::Borrowed(subject),
        ..Message::default()
    }
}

fn direct() -> Message<'static> {
    Message {
        kind: Cow::Borrowed("private"),
        sender_id: Some(5),
        sender_email: Cow::Borrowed("hamlet@x.org"),
        display_recipient: Recipient::People(vec![Person::default(), Person::default()]),
        // Servers leave it empty, but nothing holds them to it.
        subject: Cow::Borrowed("note"),
        ..Message::default()
    }
}

#[test]
fn messages_match_by_fields_and_flags() {
    let denmark = in_channel("Denmark", "Lunch Plans");
    let umlaut = in_channel("Übung", "Мост");
    let renamed = Message {
        kind: Cow::Borrowed("direct"),
        ..direct()
    };
    let direct = direct();
    for (text, message, flags, expected) in [
        ("channel:denmark", &denmark, &[][..], true),
        ("channel:DENMARK topic:\"lunch plans\"", &denmark, &[], true),
        ("channel:denmark topic:lunch", &denmark, &[], false),
        ("channel:den", &denmark, &[], false),
        ("-channel:denmark", &denmark, &[], false),
        ("-channel:verona", &denmark, &[], true),
        ("channel:übung topic:МОСТ", &umlaut, &[], true),
        ("channel:ubung", &umlaut, &[], false),
        ("channel:denmark", &direct, &[], false),
        ("-channel:denmark", &direct, &[], true),
        ("topic:note", &direct, &[], false),
        ("-topic:note", &direct, &[], true),
        ("channel-id:4", &denmark, &[], true),
        ("channel-id:5", &denmark, &[], false),
        ("channel-id:4", &direct, &[], false),
        ("sender:bot@X.org", &denmark, &[], true),
        ("sender:bot@y.org", &denmark, &[], false),
        ("sender:9", &denmark, &[], true),
        ("sender:9", &direct, &[], false),
        ("is:private", &direct, &[], true),
        ("is:private", &renamed, &[], true),
        ("is:private", &denmark, &[], false),
        ("is:private sender:5", &direct, &[], true),
        ("is:mentioned", &denmark, &[], false),
        ("is:mentioned", &denmark, &["read", "mentioned"], true),
        ("is:mentioned", &denmark, &["wildcard_mentioned"], true),
        (
            "is:mentioned",
            &denmark,
            &["stream_wildcard_mentioned"],
            true,
        ),
        (
            "is:mentioned",
            &denmark,
            &["topic_wildcard_mentioned"],
            true,
        ),
        ("is:mentioned", &denmark, &["group_mentioned"], true),
        ("is:mentioned", &denmark, &["has_alert_word"], false),
        ("-is:mentioned", &denmark, &["mentioned"], false),
        ("is:alerted", &denmark, &["mentioned"], false),
        ("is:alerted", &denmark, &["has_alert_word"], true),
        ("is:starred", &denmark, &["starred"], true),
        ("is:starred", &denmark, &[], false),
        ("is:unread", &denmark, &[], true),
        ("is:unread", &denmark, &["read"], false),
        ("-is:unread", &denmark, &["read"], true),
        ("channel:denmark channel:verona", &denmark, &[], false),
    ] {
        assert_eq!(
            narrow(text).matches(message, flags),
            expected,
            "{text} {flags:?}"
        );
    }
}

#[test]
fn me_matches_nothing_until_it_is_known() {
    let denmark = in_channel("Denmark", "x");
    let mut old = in_channel("Denmark", "x");
    old.sender_id = None;
    let none: &[&str] = &[];
    for text in ["sender:me", "-sender:me", "channel:denmark -sender:me"] {
        let mut me = narrow(text);
        let own = text == "sender:me";
        assert!(me.needs_me() && !me.matches(&denmark, none), "{text}");
        let shown = me.to_string();

        me.resolve_me(9, "bot@x.org");
        assert!(!me.needs_me(), "{text}");
        assert_eq!(me.to_string(), shown);
        assert_eq!(me.matches(&denmark, none), own, "{text}");
        assert_eq!(me.matches(&old, none), own, "{text} without an id");

        me.resolve_me(8, "other@x.org");
        assert_eq!(me.matches(&denmark, none), !own, "{text}");
    }
    assert!(!narrow("sender:bot@x.org").needs_me());
}

#[test]
fn only_positive_names_and_senders_widen() {
    for (text, expected) in [
        ("channel:x", true),
        ("channel-id:7", true),
        ("topic:x", true),
        ("sender:me", true),
        ("is:mentioned topic:x", true),
        ("is:private", false),
        ("-channel:x", false),
        ("-sender:me is:mentioned", false),
    ] {
        assert_eq!(narrow(text).widens(), expected, "{text}");
    }
}

#[test]
fn servers_get_only_what_they_evaluate_as_we_do() {
    for (text, register, history) in [
        (
            "channel:Denmark",
            r#"[["stream","Denmark"]]"#,
            r#"[["stream","Denmark"]]"#,
        ),
        (
            "topic:a topic:\"b c\" sender:a@x.org",
            r#"[["topic","a"],["topic","b c"],["sender","a@x.org"]]"#,
            r#"[["topic","a"],["topic","b c"],["sender","a@x.org"]]"#,
        ),
        (
            "channel:Übung topic:日本",
            r#"[["stream","Übung"],["topic","日本"]]"#,
            r#"[["stream","Übung"],["topic","日本"]]"#,
        ),
        ("channel:οδος topic:οδος", "[]", r#"[["stream","οδος"]]"#),
        ("topic:\"General Chat\"", "[]", "[]"),
        (
            "-channel:a -topic:b -sender:me -is:private -is:unread",
            "[]",
            "[]",
        ),
        (
            "channel:a -is:mentioned",
            r#"[["stream","a"]]"#,
            r#"[["stream","a"]]"#,
        ),
        ("sender:7 channel-id:7", "[]", "[]"),
        ("sender:me", "[]", r#"[["sender","me@x.org"]]"#),
        ("is:dm", r#"[["is","private"]]"#, r#"[["is","private"]]"#),
        (
            "is:private topic:a",
            r#"[["is","private"],["topic","a"]]"#,
            r#"[["topic","a"]]"#,
        ),
        ("is:mentioned", "[]", r#"[["is","mentioned"]]"#),
        (
            "is:starred is:unread is:alerted",
            "[]",
            r#"[["is","starred"],["is","unread"],["is","alerted"]]"#,
        ),
    ] {
        let mut narrow = narrow(text);
        narrow.resolve_me(1, "me@x.org");
        assert_eq!(
            serde_json::to_string(&narrow.register_terms()).unwrap(),
            register,
            "{text}"
        );
        let terms: Vec<_> = narrow
            .history_terms()
            .iter()
            .map(|term| (term.operator, term.operand))
            .collect();
        assert_eq!(serde_json::to_string(&terms).unwrap(), history, "{text}");
    }
    assert!(narrow("sender:me").history_terms().is_empty());
}

#[test]
fn the_history_gets_objects() {
    let json = serde_json::to_string(&narrow("channel:a is:unread").history_terms()).unwrap();
    assert_eq!(
        json,
        r#"[{"operator":"stream","operand":"a"},{"operator":"is","operand":"unread"}]"#
    );
}

fn names() -> impl Strategy<Value = String> {
    // Half of them from the characters that the grammar minds.
    prop_oneof![r#"[a-c"'\\: \[\{,@-]{1,8}"#, "\\PC{1,12}"].prop_filter("names something", |name| {
        !name.trim().is_empty() && !name.contains(char::is_control)
    })
}

fn tests() -> impl Strategy<Value = Test> {
    let states = [
        State::Private,
        State::Mentioned,
        State::Starred,
        State::Unread,
        State::Alerted,
    ];
    prop_oneof![
        names().prop_map(Test::Channel),
        names().prop_map(Test::Topic),
        names().prop_map(|name| Test::Sender(Sender::Address(name + "@"))),
        (1..=i64::MAX).prop_map(Test::ChannelId),
        (1..=i64::MAX).prop_map(|id| Test::Sender(Sender::Id(id))),
        Just(Test::Sender(Sender::Me(None))),
        prop::sample::select(states.to_vec()).prop_map(Test::Is),
    ]
}

fn narrows() -> impl Strategy<Value = Narrow> {
    let signs = prop_oneof![Just(Sign::Positive), Just(Sign::Negated)];
    let terms = (signs, tests()).prop_map(|(sign, test)| Term { sign, test });
    prop::collection::vec(terms, 1..5).prop_map(|terms| Narrow { terms })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_displayed_reads_back_equal(narrow in narrows()) {
        let shown = narrow.to_string();
        prop_assert_eq!(shown.parse(), Ok(narrow), "{}", shown);
    }

    #[test]
    fn no_text_panics_and_every_refusal_is_one_line(
        text in prop_oneof![".*", r#"[\[{ ]{0,3}([a-z"':,\\\[\]{}u-]|is|stream|topic|True| |\n){0,20}"#]
    ) {
        if let Err(error) = text.parse::<Narrow>() {
            prop_assert!(!error.to_string().contains(char::is_control));
        }
    }
}
