//! JSON values in a few words.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

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
        Some(b'[') => serde_json::from_str::<Size>(raw).map_or_else(
            |_| "a list".to_owned(),
            |Size(size)| amount(size, "entry", "entries"),
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
    serde_json::from_str::<Size>(raw).map_or_else(
        |_| "an object".to_owned(),
        |Size(size)| amount(size, "field", "fields"),
    )
}

fn amount(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// How many things a list or an object holds.
pub struct Size(pub usize);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counter;
        impl<'de> Visitor<'de> for Counter {
            type Value = Size;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list or an object")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Size, A::Error> {
                let mut size = 0;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    size += 1;
                }
                Ok(Size(size))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Size, A::Error> {
                let mut size = 0;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    size += 1;
                }
                Ok(Size(size))
            }
        }
        deserializer.deserialize_any(Counter)
    }
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
