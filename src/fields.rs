//! JSON as it was sent, one level at a time: the fields of an object in their order, the entries of a
//! list, and what a value is. Duplicates stay. Of a monstrous object or list only the first are kept: an
//! element may be 64 MiB of them.
//!
//! What reads single fields does so leniently: null is absent, a number may be written as a text, and
//! a field of another type is as good as absent, so that one malformed field never hides the others.
//!
//! Too slow for finding two fields of each event that passes (`api/split` does): this parses the whole object.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use memchr::memchr;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Fields of an object that are kept at most: no known object has as many.
const MOST_FIELDS: usize = 10_000;
/// Fields for which there is room from the beginning: so many as messages have.
const USUAL_FIELDS: usize = 24;
/// Entries of a list that are kept at most: more than an organization has channels.
const MOST_ENTRIES: usize = 100_000;

/// Name and value of each.
#[derive(Clone, Debug, Default)]
pub struct Fields<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

/// What a value is.
#[derive(Debug)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is written.
    Number(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<&'a RawValue>),
    /// An object.
    Object(Fields<'a>),
}

impl<'a> Value<'a> {
    /// Reads this level; what is inside stays as it is.
    pub fn of(raw: &'a RawValue) -> Value<'a> {
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'n') => Value::Null,
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'"') => Value::Text(string(text)),
            Some(b'[') => {
                let entries: Entries = serde_json::from_str(text).unwrap_or_default();
                Value::List(entries.0)
            }
            Some(b'{') => Value::Object(serde_json::from_str(text).unwrap_or_default()),
            _ => Value::Number(text),
        }
    }
}

/// A string without its quotes. One with half a surrogate pair stays as it is written.
fn string(quoted: &str) -> Cow<'_, str> {
    let inner = quoted.trim_matches('"');
    if memchr(b'\\', quoted.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    serde_json::from_str(quoted).map_or(Cow::Borrowed(inner), Cow::Owned)
}

/// A text.
pub fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    raw.get().starts_with('"').then(|| string(raw.get()))
}

/// A whole number, which may be written as a text.
pub fn number<T: FromStr>(raw: &RawValue) -> Option<T> {
    raw.get().trim_matches('"').parse().ok()
}

/// A point in time: seconds since 1970, of which old servers send fractions.
pub fn seconds(raw: &RawValue) -> Option<i64> {
    let whole = raw.get().trim_matches('"').split('.').next()?;
    whole.parse().ok()
}

/// The entries of a list.
pub fn list(raw: &RawValue) -> Option<Vec<&RawValue>> {
    match Value::of(raw) {
        Value::List(list) => Some(list),
        _ => None,
    }
}

impl<'a> Fields<'a> {
    /// Whether there may be more than these.
    pub fn is_cut(&self) -> bool {
        self.0.len() >= MOST_FIELDS
    }

    /// Takes out what has that name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| key != name);
    }

    /// The text of the first value of that name.
    pub fn find(&self, name: &str) -> Option<&'a str> {
        let field = self.0.iter().find(|(key, _)| key == name);
        field.map(|(_, value)| value.get())
    }

    /// The first value of that name, unless it is null.
    #[inline]
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let field = self.0.iter().find(|(key, _)| key == name);
        field
            .map(|(_, value)| *value)
            .filter(|value| value.get() != "null")
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        text(self.get(name)?)
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Option<i64> {
        number(self.get(name)?)
    }

    /// The id of a channel: newer fields have its newer name.
    pub fn channel_id(&self) -> Option<i64> {
        let id = self.integer("stream_id");
        id.or_else(|| self.integer("channel_id"))
    }

    /// A topic: newer fields have its newer name, messages the older one.
    pub fn topic(&self) -> Option<Cow<'a, str>> {
        self.first_text(["subject", "topic", "topic_name"])
    }

    /// The topic before a move.
    pub fn old_topic(&self) -> Option<Cow<'a, str>> {
        self.first_text(["orig_topic", "orig_subject"])
    }

    /// The first text that there is.
    pub fn first_text<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Option<Cow<'a, str>> {
        names.into_iter().find_map(|name| self.text(name))
    }

    /// What an event does: `add`. Old servers have another name for it.
    pub fn op(&self) -> Option<Cow<'a, str>> {
        self.first_text(["op", "operation"])
    }

    /// The field `type` as it stands between its quotes; empty where it is missing.
    pub fn kind(&self) -> &'a str {
        let kind = self.find("type").and_then(|kind| kind.strip_prefix('"'));
        kind.and_then(|kind| kind.strip_suffix('"'))
            .unwrap_or_default()
    }

    /// A point in time.
    pub fn seconds(&self, name: &str) -> Option<i64> {
        seconds(self.get(name)?)
    }

    /// True or false.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.get().parse().ok()
    }

    /// An object.
    pub fn object(&self, name: &str) -> Option<Fields<'a>> {
        Fields::of(self.get(name)?)
    }

    /// The entries of a list; none where there is no list.
    pub fn list(&self, name: &str) -> Vec<&'a RawValue> {
        self.get(name).and_then(list).unwrap_or_default()
    }

    /// Those that are whole numbers.
    pub fn integers(&self, name: &str) -> Vec<i64> {
        let list = self.list(name).into_iter();
        list.filter_map(number).collect()
    }

    /// The fields of a value, if it is an object.
    pub fn of(raw: &'a RawValue) -> Option<Fields<'a>> {
        match Value::of(raw) {
            Value::Object(fields) => Some(fields),
            _ => None,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(USUAL_FIELDS);
                while fields.len() < MOST_FIELDS {
                    match map.next_key()? {
                        Some(FieldName(key)) => fields.push((key, map.next_value()?)),
                        None => return Ok(Fields(fields)),
                    }
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

/// The first entries of a list; nearly always all.
#[derive(Default)]
struct Entries<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;
        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while entries.len() < MOST_ENTRIES {
                    match list.next_element()? {
                        Some(entry) => entries.push(entry),
                        None => return Ok(Entries(entries)),
                    }
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_seq(EntriesVisitor)
    }
}

/// A key, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct FieldName<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::{Fields, MOST_ENTRIES, MOST_FIELDS};

    #[test]
    fn fields_keep_their_order_and_stay_bounded() {
        let few: Fields = serde_json::from_str(r#"{"b":1,"\u0061":[2],"b":3}"#).unwrap();
        assert!(!few.is_cut());
        let few: Vec<_> = few.0.iter().map(|(key, raw)| (&**key, raw.get())).collect();
        assert_eq!(few, [("b", "1"), ("a", "[2]"), ("b", "3")]);
        let text = format!("{{{}\"last\":1}}", "\"a\":1,".repeat(MOST_FIELDS + 5));
        let many: Fields = serde_json::from_str(&text).unwrap();
        assert!(many.is_cut() && many.0.len() == MOST_FIELDS);
    }

    #[test]
    fn lists_stay_bounded() {
        for more in [0, 5] {
            let entries = "1,".repeat(MOST_ENTRIES - 1 + more);
            let text = format!(r#"{{"l":[{entries}1],"a":2}}"#);
            let fields: Fields = serde_json::from_str(&text).unwrap();
            assert_eq!(fields.list("l").len(), MOST_ENTRIES, "{more} more");
            assert_eq!(fields.integer("a"), Some(2));
        }
    }

    #[test]
    fn a_channel_has_its_id_under_either_name() {
        for (text, expected) in [
            (r#"{"stream_id":5}"#, Some(5)),
            (r#"{"channel_id":7}"#, Some(7)),
            (r#"{"channel_id":7,"stream_id":5}"#, Some(5)),
            (r#"{"channel_id":7,"stream_id":null}"#, Some(7)),
            (r#"{"id":5}"#, None),
        ] {
            let fields: Fields = serde_json::from_str(text).unwrap();
            assert_eq!(fields.channel_id(), expected, "{text}");
        }
    }

    #[test]
    fn fields_of_another_type_are_as_good_as_absent() {
        let text = r#"{"n":null,"t":"a\n","i":5,"d":"7","b":true,"o":{"i":1},"l":[1,"2",null],"half":"\ud800","f":1.5}"#;
        let fields: Fields = serde_json::from_str(text).unwrap();
        let texts = ["n", "t", "i", "half", "absent"].map(|name| fields.text(name));
        let texts = texts.map(|text| text.map(String::from));
        let expected = [None, Some("a\n"), None, Some(r"\ud800"), None];
        assert_eq!(texts, expected.map(|text| text.map(String::from)));
        let integers = ["n", "t", "i", "d", "f", "o"].map(|name| fields.integer(name));
        assert_eq!(integers, [None, None, Some(5), Some(7), None, None]);
        assert_eq!(["b", "i"].map(|name| fields.flag(name)), [Some(true), None]);
        assert!(fields.object("o").is_some() && fields.object("l").is_none());
        assert_eq!(fields.integers("l"), [1, 2]);
        assert_eq!(fields.list("o").len(), 0);
    }
}
