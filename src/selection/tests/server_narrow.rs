//! What is sent to the server, for its queues and for its history.

use serde_json::Value;

use super::{known, narrow};
use crate::listed::Listed;
use crate::selection::Selection;
use crate::selection::narrow::Directory;

/// A selection with these narrows, whose account is that of user 1.
fn selection(narrows: &[&str]) -> Selection {
    let mut selection = Selection {
        narrows: narrows.iter().map(|text| narrow(text)).collect(),
        ..Selection::default()
    };
    let user = |id, address: &str, name: &str| Listed {
        id,
        address: address.to_owned(),
        name: name.to_owned(),
        ..Listed::default()
    };
    let directory = Directory {
        me: Some(known(1, "me@x.org")),
        people: Some(vec![
            user(1, "me@x.org", "Me"),
            user(7, "ada@x.org", "Ada"),
            user(8, "bo@x.org", "Bo"),
        ]),
        channels: Some(vec![Listed {
            id: 4,
            name: "Denmark".to_owned(),
            ..Listed::default()
        }]),
    };
    selection.resolve(&directory).unwrap();
    selection
}

/// The terms of a query in short: `stream=Denmark -topic="x"`.
fn short(json: &str) -> String {
    let terms: Vec<Value> = serde_json::from_str(json).unwrap();
    let terms = terms.iter().map(|term| {
        let minus = if term["negated"] == true { "-" } else { "" };
        let operand = term["operand"].to_string().replace('"', "");
        format!("{minus}{}={operand}", term["operator"].as_str().unwrap())
    });
    terms.collect::<Vec<_>>().join(" ")
}

/// What is asked for, and what instead where that is refused.
fn queries(selection: &Selection) -> Vec<(String, Option<String>)> {
    let queries = selection.history_queries().into_iter();
    let both = queries.map(|mut query| {
        let exact = short(&query.narrow);
        let fallback = query.simplify().then(|| short(&query.narrow));
        (exact, fallback)
    });
    both.collect()
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
        ("dm:a@x.org", false),
        ("is:resolved has:reaction", false),
        ("-channel:x", false),
        ("-sender:me is:mentioned", false),
    ] {
        assert_eq!(narrow(text).widens(), expected, "{text}");
    }
}

#[test]
fn queues_get_only_what_every_server_evaluates_as_we_do() {
    for (text, expected) in [
        ("channel:Denmark", r#"[["stream","Denmark"]]"#),
        (
            "topic:a topic:\"b c\" sender:a@x.org",
            r#"[["topic","a"],["topic","b c"],["sender","a@x.org"]]"#,
        ),
        (
            "channel:Übung topic:日本",
            r#"[["stream","Übung"],["topic","日本"]]"#,
        ),
        ("channel:οδος topic:οδος", "[]"),
        ("topic:\"General Chat\"", "[]"),
        ("topic:\"\"", "[]"),
        ("channel:a -is:mentioned", r#"[["stream","a"]]"#),
        ("is:dm", r#"[["is","private"]]"#),
        ("is:private topic:a", r#"[["is","private"],["topic","a"]]"#),
        (
            "-channel:a -topic:b -sender:me -is:private -is:unread",
            "[]",
        ),
        ("sender:7 channel-id:7 sender:me sender:Ada", "[]"),
        ("channel:7 channel:7-Denmark", "[]"),
        ("channel:a+b topic:a%20b", "[]"),
        (
            "channel:C++ topic:+1",
            r#"[["stream","C++"],["topic","+1"]]"#,
        ),
        (
            "channel:\"a+b\" topic:\"a%20b\"",
            r#"[["stream","a+b"],["topic","a%20b"]]"#,
        ),
        ("dm:a@x.org dm-with:a@x.org group-pm-with:a@x.org", "[]"),
        (
            "is:resolved has:reaction is:mentioned is:starred is:unread is:alerted",
            "[]",
        ),
    ] {
        let terms = selection(&[text]).server_narrow();
        assert_eq!(serde_json::to_string(&terms).unwrap(), expected, "{text}");
    }
    assert!(
        selection(&["channel:a", "channel:b"])
            .server_narrow()
            .is_empty()
    );
}

/// What is asked for, and what in its place where that is refused.
type Query = (&'static str, Option<&'static str>);

const QUERIES: &[(&str, &[Query])] = &[
    ("channel:a", &[("stream=a", None)]),
    ("channel:a -is:mentioned", &[("stream=a", None)]),
    ("channel:οδος topic:οδος", &[("stream=οδος", None)]),
    (
        "channel:a -topic:b -channel:c",
        &[("stream=a -topic=b -stream=c", Some("stream=a"))],
    ),
    ("channel-id:4", &[("stream=4", Some("stream=Denmark"))]),
    ("channel-id:5", &[("stream=5", None)]),
    (
        "channel:4",
        &[("stream=4", Some("stream=Denmark")), ("stream=4", None)],
    ),
    ("channel:5-x", &[("stream=5", None), ("stream=5-x", None)]),
    (
        "channel:a+b topic:c+d",
        &[
            ("stream=a+b topic=c+d", None),
            ("stream=a+b topic=c d", None),
            ("stream=a b topic=c+d", None),
            ("stream=a b topic=c d", None),
        ],
    ),
    (
        "sender:me topic:t",
        &[
            ("sender=me@x.org topic=t", None),
            ("sender=me@x.org topic=t streams=public", None),
        ],
    ),
    ("sender:7 channel:a", &[("sender=ada@x.org stream=a", None)]),
    (
        "sender:ada channel:a",
        &[("sender=ada@x.org stream=a", None)],
    ),
    // Whom the list does not have a server may know all the same.
    ("sender:9 channel:a", &[("sender=9 stream=a", None)]),
    ("topic:\"general chat\" channel:a", &[("stream=a", None)]),
    ("-sender:me", &[("-sender=me@x.org", Some(""))]),
    ("-sender:7", &[("-sender=ada@x.org", Some(""))]),
    (
        "-channel:4 -topic:a+b",
        &[("-stream=4 -topic=a+b -topic=a b", Some(""))],
    ),
    ("-channel:οδος -topic:οδος -channel:a+b", &[("", None)]),
    (
        "dm:7,8",
        &[("dm=[7,8]", Some("pm-with=ada@x.org,bo@x.org"))],
    ),
    ("dm:ada,me", &[("dm=[7]", Some("pm-with=ada@x.org"))]),
    ("dm:me", &[("dm=[1]", Some("pm-with=me@x.org"))]),
    ("dm:x@x.org", &[("dm=x@x.org", Some("pm-with=x@x.org"))]),
    ("dm:9", &[("dm=[9]", None)]),
    ("dm-with:9", &[("dm-including=9", None)]),
    ("dm:9,x@x.org", &[("is=private", None)]),
    (
        "dm-with:7,8",
        &[(
            "dm-including=ada@x.org dm-including=bo@x.org",
            Some("is=private"),
        )],
    ),
    (
        "group-pm-with:7",
        &[("dm-including=ada@x.org", Some("is=private"))],
    ),
    ("-dm:7", &[("-dm=[7]", Some(""))]),
    ("-dm-with:7", &[("-dm-including=ada@x.org", Some(""))]),
    ("-dm-with:7,8 -group-pm-with:7", &[("", None)]),
    (
        "is:private topic:a",
        &[("topic=a", None), ("topic=a streams=public", None)],
    ),
    ("dm:7 channel:a", &[("stream=a", None)]),
    ("is:dm", &[("is=private", None)]),
    ("-is:dm -is:unread", &[("-is=private -is=unread", Some(""))]),
    (
        "is:mentioned is:starred is:unread is:alerted",
        &[("is=mentioned is=starred is=unread is=alerted", None)],
    ),
    ("is:resolved", &[("is=resolved", Some(""))]),
    (
        "-is:resolved -has:reaction",
        &[("-is=resolved -has=reaction", Some(""))],
    ),
    (
        "has:reaction topic:t",
        &[
            ("has=reaction topic=t", Some("topic=t")),
            (
                "has=reaction topic=t streams=public",
                Some("topic=t streams=public"),
            ),
        ],
    ),
    (
        "topic:t -is:unread",
        &[
            ("topic=t -is=unread", Some("topic=t")),
            ("topic=t streams=public", None),
        ],
    ),
];

#[test]
fn history_gets_what_servers_know_and_old_ones_less_where_they_refuse() {
    for &(text, expected) in QUERIES {
        let queries = queries(&selection(&[text]));
        let queries: Vec<(&str, Option<&str>)> = queries
            .iter()
            .map(|(exact, fallback)| (exact.as_str(), fallback.as_deref()))
            .collect();
        assert_eq!(queries, expected, "{text}");
    }
}

#[test]
fn more_readings_than_a_server_should_be_asked_for_are_told_apart_here() {
    let text = "topic:a+a topic:b+b topic:c+c topic:d+d channel:x";
    assert_eq!(queries(&selection(&[text])).len(), 8);
}

#[test]
fn names_whose_case_folds_differently_are_not_sent() {
    for (name, expected) in [
        ("lunch", true),
        ("Übung", true),
        ("Москва", true),
        ("日本語🎉", true),
        ("οδος", false),
        ("\u{10d0}", false),
        ("\u{a7ae}", false),
    ] {
        let selection = selection(&[&format!("topic:{name}")]);
        assert_eq!(!selection.server_narrow().is_empty(), expected, "{name}");
        let queries = selection.history_queries();
        assert_eq!(queries[0].narrow != "[]", expected, "{name}");
    }
}

#[test]
fn history_is_read_once_for_what_was_received_and_once_more_where_the_selection_reaches_further() {
    for (narrows, all_public, expected) in [
        (&[][..], false, &[""][..]),
        (&[], true, &["", "streams=public"]),
        (&["channel:a"], false, &["stream=a"]),
        (&["channel:a"], true, &["stream=a"]),
        (&["topic:t"], false, &["topic=t", "topic=t streams=public"]),
        (&["is:dm"], true, &["is=private"]),
        (&["dm:7"], true, &["dm=[7]"]),
        (&["-sender:me"], false, &["-sender=me@x.org"]),
        (
            &["-sender:me"],
            true,
            &["-sender=me@x.org", "-sender=me@x.org streams=public"],
        ),
        (&["-is:unread"], true, &["-is=unread", "streams=public"]),
        (
            &["topic:t", "channel:a", "channel:A topic:t", "channel:a"],
            false,
            &[
                "topic=t",
                "topic=t streams=public",
                "stream=a",
                "stream=A topic=t",
            ],
        ),
    ] {
        let selection = Selection {
            all_public,
            ..selection(narrows)
        };
        let queries: Vec<String> = queries(&selection)
            .into_iter()
            .map(|(exact, _)| exact)
            .collect();
        assert_eq!(queries, expected, "{narrows:?} {all_public}");
    }
}
