//! Ids and kinds of elements, wherever they stand, and what only looks like one.

use super::whole;

/// Name, element, id, kind.
const FIELDS: &[(&str, &str, Option<i64>, &str)] = &[
    (
        "at the ends",
        r#"{"type":"message","message":{"id":5},"id":12}"#,
        Some(12),
        "message",
    ),
    (
        "spaced",
        r#"{"type": "message", "id": 12}"#,
        Some(12),
        "message",
    ),
    (
        "widely spaced",
        "{ \t\"type\" :\t\"message\" , \"id\" : \t12 }",
        Some(12),
        "message",
    ),
    (
        "the other way round",
        r#"{"id":12,"type":"message"}"#,
        Some(12),
        "message",
    ),
    (
        "in the middle",
        r#"{"a":[1,{"id":3}],"type":"x","id":12,"b":{"type":"y"}}"#,
        Some(12),
        "x",
    ),
    ("only the id", r#"{"id":0}"#, Some(0), ""),
    ("only the kind", r#"{"type":"x"}"#, None, "x"),
    ("neither", "{}", None, ""),
    ("negative", r#"{"type":"x","id":-1}"#, Some(-1), "x"),
    (
        "largest",
        r#"{"id":9223372036854775807}"#,
        Some(i64::MAX),
        "",
    ),
    ("too large", r#"{"id":9223372036854775808}"#, None, ""),
    ("fraction", r#"{"id":1.0}"#, None, ""),
    ("exponent", r#"{"id":1e3}"#, None, ""),
    ("id as a string", r#"{"type":"x","id":"12"}"#, None, "x"),
    ("id as null", r#"{"type":"x","id":null}"#, None, "x"),
    (
        "id as a string before a number",
        r#"{"id":"1","n":2}"#,
        None,
        "",
    ),
    ("kind as a number", r#"{"type":7,"id":12}"#, Some(12), ""),
    (
        "kind as an object",
        r#"{"type":{"type":"x"},"id":12}"#,
        Some(12),
        "",
    ),
    ("empty kind", r#"{"type":"","id":12}"#, Some(12), ""),
    (
        "kind with escapes",
        r#"{"type":"a\"b\\","id":12}"#,
        Some(12),
        r#"a\"b\\"#,
    ),
    (
        "kind as the value of another key",
        r#"{"a":"type","b":"x","id":12}"#,
        Some(12),
        "",
    ),
    (
        "kind in a string",
        r#"{"a":"\"type\":\"y\"","type":"x","id":12}"#,
        Some(12),
        "x",
    ),
    (
        "id in a nested object at the tail",
        r#"{"type":"x","a":{"id":5}}"#,
        None,
        "x",
    ),
    (
        "id in a list at the tail",
        r#"{"type":"x","a":["id",5]}"#,
        None,
        "x",
    ),
    (
        "key that ends like the id's",
        r#"{"type":"x","a\"id":5}"#,
        None,
        "x",
    ),
    (
        "key that ends like the id's after a comma",
        r#"{"type":"x","a,\"id":5}"#,
        None,
        "x",
    ),
    (
        "key that ends like the id's after a backslash",
        r#"{"type":"x","\\\"id":5}"#,
        None,
        "x",
    ),
    (
        "key with the id's in it",
        r#"{"type":"x","user_id":5}"#,
        None,
        "x",
    ),
    (
        "string that looks like the tail",
        r#"{"type":"x","a":",\"id\":5}"}"#,
        None,
        "x",
    ),
    (
        "message of the history",
        r#"{"id":5,"sender_id":1,"type":"stream","client":"x"}"#,
        Some(5),
        "stream",
    ),
    (
        "twice",
        r#"{"type":"x","id":1,"type":"y","id":2}"#,
        Some(2),
        "x",
    ),
    (
        "twice, not at the ends",
        r#"{"a":1,"type":"x","id":1,"type":"y","id":2,"b":1}"#,
        Some(2),
        "x",
    ),
];

#[test]
fn id_and_kind_are_found_wherever_they_stand() {
    for (name, element, id, kind) in FIELDS {
        let (lines, result) = whole(format!(r#"{{"events":[{element}]}}"#).as_bytes());
        assert_eq!(result.as_deref(), Ok(r#"{"events":[]}"#), "{name}");
        let expected = (*id, (*kind).to_owned(), (*element).to_owned());
        assert_eq!(lines, [expected], "{name}");
    }
}
