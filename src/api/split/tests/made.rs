//! Answers as servers might write them, cuts, and damage: what the properties are tried with.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::SplitElement;

/// Fields in the order in which they are written, which `Map` does not keep.
type Members = Vec<(String, Value)>;

/// How servers and proxies set their JSON.
#[derive(Clone, Copy, Debug)]
enum Spacing {
    Compact,
    Spaced,
    Pretty,
}

impl Spacing {
    fn comma(self) -> &'static str {
        match self {
            Self::Compact => ",",
            Self::Spaced => ", ",
            Self::Pretty => " ,\r\n    ",
        }
    }

    fn colon(self) -> &'static str {
        match self {
            Self::Compact => ":",
            Self::Spaced => ": ",
            Self::Pretty => " :\n\t",
        }
    }

    /// Beside a bracket.
    fn edge(self) -> &'static str {
        match self {
            Self::Compact | Self::Spaced => "",
            Self::Pretty => "\n  ",
        }
    }

    fn list(self, items: &[String]) -> String {
        let edge = self.edge();
        format!("[{edge}{}{edge}]", items.join(self.comma()))
    }

    fn object<'a>(self, fields: impl Iterator<Item = (&'a String, String)>) -> String {
        let fields: Vec<String> = fields
            .map(|(key, value)| format!("{}{}{value}", json!(key), self.colon()))
            .collect();
        format!(
            "{{{edge}{}{edge}}}",
            fields.join(self.comma()),
            edge = self.edge()
        )
    }

    fn value(self, value: &Value) -> String {
        match value {
            Value::Array(items) => self.list(
                &items
                    .iter()
                    .map(|item| self.value(item))
                    .collect::<Vec<_>>(),
            ),
            Value::Object(fields) => {
                self.object(fields.iter().map(|(key, value)| (key, self.value(value))))
            }
            scalar => scalar.to_string(),
        }
    }

    fn element(self, element: &Members) -> String {
        self.object(element.iter().map(|(key, value)| (key, self.value(value))))
    }
}

/// An answer as a server might write it.
#[derive(Clone, Debug)]
pub struct Answer {
    spacing: Spacing,
    before: Members,
    elements: Vec<Members>,
    after: Members,
}

impl Answer {
    /// As it goes over the wire.
    pub fn body(&self) -> String {
        let elements: Vec<String> = self
            .elements
            .iter()
            .map(|element| self.spacing.element(element))
            .collect();
        let list = ("events".to_owned(), self.spacing.list(&elements));
        let written = |fields: &Members| -> Vec<(String, String)> {
            fields
                .iter()
                .map(|(key, value)| (key.clone(), self.spacing.value(value)))
                .collect()
        };
        let fields = [written(&self.before), vec![list], written(&self.after)].concat();
        self.spacing
            .object(fields.iter().map(|(key, value)| (key, value.clone())))
            + "\n"
    }

    /// What the splitter has to make of its list.
    pub fn lines(&self) -> Vec<SplitElement> {
        let line = |element: &Members| {
            let kind = element.iter().find(|field| field.0 == "type");
            let kind = kind
                .filter(|field| field.1.is_string())
                .map(|field| field.1.to_string());
            let id = element.iter().rfind(|field| field.0 == "id");
            (
                id.and_then(|field| field.1.as_i64()),
                kind.map(|kind| kind[1..kind.len() - 1].to_owned())
                    .unwrap_or_default(),
                self.spacing.element(element).replace(['\n', '\r'], ""),
            )
        };
        self.elements.iter().map(line).collect()
    }

    /// What is left without the elements.
    pub fn envelope(&self) -> Value {
        let list = [("events".to_owned(), json!([]))];
        let fields = [self.before.as_slice(), &list, &self.after].concat();
        Value::Object(fields.into_iter().collect::<Map<_, _>>())
    }
}

fn any_text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a",
        "\\",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "\r",
        "\u{1}",
        "é",
        "🦀",
        "\u{2028}",
        "events",
        "\"id\":1}",
        "{\"type\":\"x\"",
        " ",
        "/",
        "0123456789 0123456789 0123456789",
    ];
    prop::collection::vec(prop::sample::select(PIECES), 0..8).prop_map(|pieces| pieces.concat())
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => any_text().prop_filter("the list itself", |key| key != "events"),
        2 => prop::sample::select(&["id", "type", "a", "message"][..]).prop_map(str::to_owned),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 8.0)),
        any_text().prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 24, 5, |inner| {
        let key = prop_oneof![any_key(), Just("events".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_object(fields: usize) -> impl Strategy<Value = Members> {
    prop::collection::vec((any_key(), any_value()), 0..fields)
}

/// An answer in any spacing, with texts and keys that are easily mistaken for something else.
pub fn any_answer() -> impl Strategy<Value = Answer> {
    let spacing = prop::sample::select(&[Spacing::Compact, Spacing::Spaced, Spacing::Pretty][..]);
    let elements = prop::collection::vec(any_object(6), 0..6);
    (spacing, any_object(4), elements, any_object(4)).prop_map(
        |(spacing, before, elements, after)| Answer {
            spacing,
            before,
            elements,
            after,
        },
    )
}

/// Where to cut a body.
pub fn any_cuts() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 0..12)
}

/// The pieces that these cuts make.
pub fn cut<'a>(body: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    ends.push(body.len());
    ends.sort_unstable();
    let mut start = 0;
    let mut pieces = Vec::new();
    for end in ends {
        pieces.push(&body[start..end]);
        start = end;
    }
    pieces
}

/// Something that happens to an answer on its way.
#[derive(Clone, Debug)]
pub enum Damage {
    /// It ends there.
    Cut(Index),
    /// That byte is another one.
    Change(Index, u8),
    /// That byte is missing.
    Remove(Index),
    /// There is one more.
    Insert(Index, u8),
}

impl Damage {
    /// Does it to `body`, and says from where on.
    pub fn strike(&self, body: &mut Vec<u8>) -> usize {
        match self {
            Self::Cut(at) => body.truncate(at.index(body.len())),
            Self::Change(at, byte) => {
                let at = at.index(body.len());
                body[at] = *byte;
            }
            Self::Remove(at) => {
                body.remove(at.index(body.len()));
            }
            Self::Insert(at, byte) => body.insert(at.index(body.len()), *byte),
        }
        match self {
            // The length before the damage decided.
            Self::Cut(_) => body.len(),
            Self::Change(at, _) => at.index(body.len()),
            Self::Remove(at) => at.index(body.len() + 1),
            Self::Insert(at, _) => at.index(body.len() - 1),
        }
    }
}

/// Mostly with bytes that mean something in JSON.
pub fn any_damage() -> impl Strategy<Value = Damage> {
    let byte = || {
        prop_oneof![
            any::<u8>(),
            prop::sample::select(&b"{}[]\",:\\\n\t 1\xff"[..])
        ]
    };
    prop_oneof![
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), byte()).prop_map(|(at, byte)| Damage::Change(at, byte)),
        any::<Index>().prop_map(Damage::Remove),
        (any::<Index>(), byte()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
    ]
}
