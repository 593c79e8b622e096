//! The fields of an object in their order, for lines that show what they do not know as well.
//!
//! Not for objects whose fields are known: those are structs of their own.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// What is kept at most: no line is as long, and an event may be 64 MiB of fields.
const MOST: usize = 1000;

/// The fields, duplicates as well; of a monstrous object only the first.
#[derive(Debug)]
pub struct Fields<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collector;
        impl<'de> Visitor<'de> for Collector {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while fields.len() < MOST {
                    match map.next_entry()? {
                        Some(field) => fields.push(field),
                        None => return Ok(Fields(fields)),
                    }
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Collector)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fields, MOST};

    #[test]
    fn fields_keep_their_order_and_stay_bounded() {
        let Fields(few) = serde_json::from_str(r#"{"b":1,"a":[2],"b":3}"#).unwrap();
        let few: Vec<_> = few.iter().map(|(key, raw)| (&**key, raw.get())).collect();
        assert_eq!(few, [("b", "1"), ("a", "[2]"), ("b", "3")]);
        let text = format!("{{{}\"last\":1}}", "\"a\":1,".repeat(MOST + 5));
        let Fields(many) = serde_json::from_str(&text).unwrap();
        assert_eq!(many.len(), MOST);
    }
}
