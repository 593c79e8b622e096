//! Spellings of lists, lists that are refused, and names that are not known.

use super::{KindList, all, check};

fn list(kinds: &[&str]) -> KindList {
    KindList(kinds.iter().map(|&kind| kind.to_owned()).collect())
}

#[test]
fn every_known_type_passes_without_a_warning() {
    for kind in all() {
        assert_eq!(check(kind), (kind.to_owned(), None));
    }
}

#[test]
fn every_spelling_of_a_list_is_taken() {
    let two = list(&["message", "reaction"]);
    for (name, text, expected) in [
        ("one", "message", list(&["message"])),
        ("commas", "message,reaction", two.clone()),
        ("spaces", " message , reaction ", two.clone()),
        ("json", r#"["message","reaction"]"#, two.clone()),
        (
            "json with spaces",
            r#" [ "message" , "reaction" ] "#,
            two.clone(),
        ),
        ("python", "['message', 'reaction']", two.clone()),
        ("a comma at the end", "message, reaction,", two.clone()),
        ("brackets alone", "[message,reaction]", two),
        ("unknown", "future_thing", list(&["future_thing"])),
        ("order and doubles stay", "b,a,b", list(&["b", "a", "b"])),
    ] {
        assert_eq!(text.parse(), Ok(expected), "{name}");
    }
}

#[test]
fn a_list_that_names_nothing_is_refused() {
    for (name, text) in [
        ("empty", ""),
        ("blank", " \t"),
        ("empty json", "[]"),
        ("commas alone", ",,"),
        ("a term", "-channel:x"),
        ("empty string", "['']"),
        ("unclosed", "['message'"),
        ("spaces for commas", "message reaction"),
        ("nested", "[['a']]"),
        ("quote left open", "\"a"),
    ] {
        let error = text.parse::<KindList>().unwrap_err();
        let expected = format!(
            "{:?} is no list of event types: write their names with commas between them, such as message,reaction",
            text.trim()
        );
        assert_eq!(error, expected, "{name}");
    }
}

#[test]
fn an_unknown_type_is_warned_about() {
    let plural =
        |written: &str, to: &str| format!("there is no event type {written:?}, taken as {to:?}");
    let unknown = |written: &str, hint: &str| {
        format!(
            "event type {written:?} is not known, used as it is: no such event comes unless the server knows it{hint}"
        )
    };
    for (written, used, warning) in [
        ("messages", "message", plural("messages", "message")),
        (
            "subscriptions",
            "subscription",
            plural("subscriptions", "subscription"),
        ),
        (
            "realm_users",
            "realm_user",
            plural("realm_users", "realm_user"),
        ),
        (
            "Message",
            "Message",
            unknown("Message", r#" (did you mean "message"?)"#),
        ),
        (
            "mesage",
            "mesage",
            unknown("mesage", r#" (did you mean "message"?)"#),
        ),
        (
            "saved_snippet",
            "saved_snippet",
            unknown("saved_snippet", r#" (did you mean "saved_snippets"?)"#),
        ),
        (
            "channel",
            "channel",
            unknown("channel", r#" (did you mean "stream"?)"#),
        ),
        ("future_thing", "future_thing", unknown("future_thing", "")),
        ("s", "s", unknown("s", "")),
        ("straws", "straws", unknown("straws", "")),
    ] {
        let expected = (used.to_owned(), Some(warning));
        assert_eq!(check(written), expected, "{written}");
    }
}
