//! JSON values in a few words.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// A value as a line shows it.
#[derive(Debug, PartialEq, Eq)]
pub enum Short {
    /// A text, to be quoted.
    Text(String),
    /// Anything else, in words.
    Words(String),
}

/// A permission as servers since 10.0 send it: a group of its own.
#[derive(Deserialize)]
struct Permitted {
    direct_members: Vec<IgnoredAny>,
    direct_subgroups: Vec<IgnoredAny>,
}

/// The value in short.
pub fn of(value: &RawValue) -> Short {
    let raw = value.get();
    let words = match raw.as_bytes().first() {
        Some(b'"') => {
            return match serde_json::from_str(raw) {
                Ok(text) => Short::Text(text),
                // Half of a surrogate pair.
                Err(_) => Short::Words(raw.to_owned()),
            };
        }
        Some(b'n') => "none".to_owned(),
        Some(b'[') => serde_json::from_str::<Vec<IgnoredAny>>(raw).map_or_else(
            |_| "a list".to_owned(),
            |list| amount(list.len(), "entry", "entries"),
        ),
        Some(b'{') => object(raw),
        _ => raw.to_owned(),
    };
    Short::Words(words)
}

fn object(raw: &str) -> String {
    if let Ok(permitted) = serde_json::from_str::<Permitted>(raw) {
        let members = amount(permitted.direct_members.len(), "person", "people");
        let groups = amount(permitted.direct_subgroups.len(), "group", "groups");
        return format!("{members}, {groups}");
    }
    serde_json::from_str::<HashMap<String, IgnoredAny>>(raw).map_or_else(
        |_| "an object".to_owned(),
        |fields| amount(fields.len(), "field", "fields"),
    )
}

fn amount(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{Short, of};
    use serde_json::value::RawValue;

    #[test]
    fn values_become_a_few_words() {
        for (raw, expected) in [
            ("true", "true"),
            ("1.10", "1.10"),
            ("null", "none"),
            ("[]", "0 entries"),
            ("[[1],2]", "2 entries"),
            ("[1]", "1 entry"),
            (r#"{"a":{"b":1}}"#, "1 field"),
            (
                r#"{"direct_members":[1,2],"direct_subgroups":[3]}"#,
                "2 people, 1 group",
            ),
            (r#""\ud800""#, r#""\ud800""#),
        ] {
            let value: &RawValue = serde_json::from_str(raw).unwrap();
            assert_eq!(of(value), Short::Words(expected.to_owned()), "{raw}");
        }
        let value: &RawValue = serde_json::from_str(r#""a\nb""#).unwrap();
        assert_eq!(of(value), Short::Text("a\nb".to_owned()));
    }
}
