//! Terms as arguments of their own, from which the shell has taken the quotes.

use crate::selection::narrow::Narrow;
use crate::selection::parse::is_operator;

#[test]
fn words_without_an_operator_belong_to_the_name_before_them() {
    for (argument, expected) in [
        ("stream:ops", "channel:ops"),
        ("stream:ops topic:deploy", "channel:ops topic:deploy"),
        ("topic:lunch plans", "topic:\"lunch plans\""),
        (
            "topic:lunch plans -is:dm",
            "topic:\"lunch plans\" -is:private",
        ),
        ("topic: lunch  plans ", "topic:\"lunch  plans\""),
        (
            "-topic:lunch plans channel:lost and found",
            "-topic:\"lunch plans\" channel:\"lost and found\"",
        ),
        (
            "topic:\"lunch plans\" is:dm",
            "topic:\"lunch plans\" is:private",
        ),
        ("sender:Ada Lovelace", "sender:\"Ada Lovelace\""),
        ("dm:Ada Lovelace, Bo", "dm:\"Ada Lovelace, Bo\""),
        // Not every colon makes an operator.
        ("topic:error: disk full", "topic:\"error: disk full\""),
        (
            "topic:see https://x.org now",
            "topic:\"see https://x.org now\"",
        ),
        ("topic:at 12:30", "topic:\"at 12:30\""),
        ("#ops > deploy > now", "channel:ops topic:\"deploy > now\""),
        // A row of the chat, copied whole.
        ("▌#ops › on call", "channel:ops topic:\"on call\""),
        ("▌DM › Ada, Bo", "dm:\"Ada, Bo\""),
        (
            "#narrow/channel/7-ops/topic/a.20b",
            "channel-id:7 topic:\"a b\"",
        ),
        (r#"["stream","ops"]"#, "channel:ops"),
    ] {
        let narrow = Narrow::from_argument(argument);
        let narrow = narrow.unwrap_or_else(|error| panic!("{argument}: {error}"));
        assert_eq!(narrow.to_string(), expected, "{argument}");
    }
}

#[test]
fn what_is_no_term_says_what_was_probably_meant() {
    for (argument, expected) in [
        ("and", "quotes ('topic:\"lunch plans\"')"),
        ("found", "did you mean \"channel:found\"?"),
        ("reaction", "a list of kinds commas (-e message,reaction)"),
        ("topic:deploy sendr:ada", "(did you mean sender:?)"),
        ("topic:deploy has:link", "does not work on live events"),
        ("is:dm today", "\"today\" has no operator"),
        ("topic:\"lunch\" plans", "\"plans\" has no operator"),
        ("", "the narrow is empty"),
    ] {
        let error = Narrow::from_argument(argument).expect_err(argument);
        assert!(error.contains(expected), "{argument}: {error}");
    }
}

#[test]
fn operators_are_known_by_name_whether_they_work_or_not() {
    for name in ["channel", "Is", "HAS", "group-pm-with", "search", "near"] {
        assert!(is_operator(name), "{name}");
    }
    for name in ["c", "chanel", "channel:", "", "https"] {
        assert!(!is_operator(name), "{name}");
    }
}

#[test]
fn terms_hold_in_addition_to_each_narrow() {
    let narrow: Narrow = "is:mentioned".parse().unwrap();
    let terms = Narrow::from_argument("https://chat.example.org/#narrow/channel/7-ops").unwrap();
    let both = narrow.and(terms);
    assert_eq!(both.to_string(), "is:mentioned channel-id:7");
    assert_eq!(both.sites().len(), 1);
}
