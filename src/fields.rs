//! The fields of a JSON object in their order, each value as it stands. Duplicates stay. Of an object with
//! far too many only the first are kept: an element may be 64 MiB of fields.
//!
//! Not for picking two fields out of each event that passes (`api/split`): this parses the whole object,
//! and so tells whether it is one.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// What is kept at most: no known object has as many.
const MOST: usize = 10_000;

/// Key and value of each.
#[derive(Debug)]
pub struct Fields<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// Whether there may be more than these.
    pub fn is_cut(&self) -> bool {
        self.0.len() >= MOST
    }

    /// The text of the first value of that name.
    pub fn find(&self, name: &str) -> Option<&'a str> {
        let field = self.0.iter().find(|(key, _)| key == name);
        field.map(|(_, value)| value.get())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while fields.len() < MOST {
                    match map.next_key()? {
                        Some(Key(key)) => fields.push((key, map.next_value()?)),
                        None => return Ok(Fields(fields)),
                    }
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// A key, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::{Fields, MOST};

    #[test]
    fn fields_keep_their_order_and_stay_bounded() {
        let few: Fields = serde_json::from_str(r#"{"b":1,"\u0061":[2],"b":3}"#).unwrap();
        assert!(!few.is_cut());
        let few: Vec<_> = few.0.iter().map(|(key, raw)| (&**key, raw.get())).collect();
        assert_eq!(few, [("b", "1"), ("a", "[2]"), ("b", "3")]);
        let text = format!("{{{}\"last\":1}}", "\"a\":1,".repeat(MOST + 5));
        let many: Fields = serde_json::from_str(&text).unwrap();
        assert!(many.is_cut() && many.0.len() == MOST);
    }
}
