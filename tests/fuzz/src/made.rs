//! Events out of a fuzzer's bytes: such as a server might send, and such as none does.
//!
//! Not for answers (`targets/split.rs`): an event here has been through the splitter already, so that it
//! is as sound as those that the program gets to see.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::api::split::Splitter;
use crate::event::Event;
use crate::kind;

static RECORDED: LazyLock<Vec<Value>> = LazyLock::new(|| {
    include_str!("../../fixtures/events-9.2.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a recorded event"))
        .collect()
});

/// Does something with each event from `data`: its first byte says whether the rest is their JSON, with commas between
/// them, or tells how to change recorded ones.
pub fn for_each_event(data: &[u8], mut each: impl FnMut(&Event)) {
    let list = match data.split_first() {
        Some((byte, rest)) if byte % 2 == 1 => changed(&mut Bytes(rest)).into_bytes(),
        Some((_, rest)) => rest.to_vec(),
        None => Vec::new(),
    };
    let body = [&b"{\"events\":["[..], &list, b"]}"].concat();
    let mut splitter = Splitter::new("events");
    if splitter.begin(&body).is_ok() {
        // What comes before an error counts.
        while let Ok(Some(event)) = splitter.next_element(&body) {
            each(&event);
        }
    }
}

/// What the fuzzer decides, byte by byte; zeros after the end.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first)
    }

    fn text(&mut self) -> String {
        let (text, rest) = self.0.split_at(self.next().min(self.0.len()));
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }
}

/// Up to eight recorded events with up to eight changes each.
fn changed(bytes: &mut Bytes) -> String {
    let mut events = Vec::new();
    while !bytes.0.is_empty() && events.len() < 8 {
        let recorded = RECORDED.get(bytes.next() % RECORDED.len());
        let mut event = recorded.cloned().unwrap_or_default();
        let shape = bytes.next();
        for _ in 0..shape % 8 {
            let place = bytes.next();
            let value = other(&event, bytes);
            set(&mut event, place, value);
        }
        let text = in_usual_order(event);
        // The same in other letters: only strings hold any.
        events.push(match shape / 8 % 8 {
            0 => text.replace('_', "\\u005f"),
            _ => text,
        });
    }
    events.join(",")
}

/// Something to put into an event.
fn other(event: &Value, bytes: &mut Bytes) -> Option<Value> {
    Some(match bytes.next() % 16 {
        0 => return None,
        1 => Value::Null,
        2 => true.into(),
        3 => (-1).into(),
        4 => i64::MIN.into(),
        5 => u64::MAX.into(),
        6 => 1.5e300.into(),
        7 => "".into(),
        8 => Vec::<Value>::new().into(),
        9 => Map::new().into(),
        10 => Value::from(bytes.next()),
        11 => serde_json::from_str(&bytes.text()).unwrap_or_default(),
        12 => {
            let kind = kind::all().nth(bytes.next() % kind::all().count());
            kind.unwrap_or_default().into()
        }
        13 => {
            let mut places = Vec::new();
            list_places(event, "", &mut places);
            let place = places.get(bytes.next() % places.len().max(1));
            let place = place.and_then(|place| event.pointer(place));
            place.cloned().unwrap_or_default()
        }
        14 => bytes.text().repeat(bytes.next()).into(),
        _ => bytes.text().into(),
    })
}

/// Replaces the value at one of the places; without a value it goes.
fn set(event: &mut Value, place: usize, value: Option<Value>) {
    let mut places = Vec::new();
    list_places(event, "", &mut places);
    let Some(place) = places.get(place % places.len().max(1)) else {
        return;
    };
    match (value, place.rsplit_once('/')) {
        (Some(value), _) => {
            if let Some(old) = event.pointer_mut(place) {
                *old = value;
            }
        }
        (None, Some((parent, key))) => match event.pointer_mut(parent) {
            Some(Value::Object(fields)) => drop(fields.remove(key)),
            Some(Value::Array(items)) => drop(items.pop()),
            _ => {}
        },
        (None, None) => {}
    }
}

fn list_places(value: &Value, path: &str, places: &mut Vec<String>) {
    let mut list = |key: &str, value| {
        let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
        places.push(path.clone());
        list_places(value, &path, places);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| list(key, value)),
        Value::Array(items) => (0..).zip(items).for_each(|(index, item): (usize, _)| {
            list(&index.to_string(), item);
        }),
        _ => {}
    }
}

/// As text, with the type first and the id last, as servers write it.
fn in_usual_order(event: Value) -> String {
    let Value::Object(fields) = event else {
        return event.to_string();
    };
    let mut fields: Vec<(String, Value)> = fields.into_iter().collect();
    fields.sort_by_key(|(key, _)| match key.as_str() {
        "type" => 0,
        "id" => 2,
        _ => 1,
    });
    let written = fields
        .iter()
        .map(|(key, value)| format!("{}:{value}", Value::from(key.as_str())));
    format!("{{{}}}", written.collect::<Vec<_>>().join(","))
}
