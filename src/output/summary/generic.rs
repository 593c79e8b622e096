//! The line of every event that has no sentence: kinds that are not worth one, kinds of newer servers
//! and of forks that nobody knows, and known kinds in a shape that their sentence cannot read.
//!
//! `KIND [THING] [VERB][: DETAIL; DETAIL …]`: `channel folder Projects: name = "Active projects"`. There
//! is no code for any kind here, only rules, and tables of names (`words.rs`).

use std::borrow::Cow;

use super::wording::told_of;
use super::words::{self, CHANGED, Noun, PERSON};
use super::writer::Writer;
use crate::fields::{Fields, Value};

/// Details that are told; the others are counted.
const DETAILS: usize = 5;
/// A longer event is not looked into.
const LONGEST: usize = 1 << 20;
/// Fields with the name of a setting, and those with what it is now.
const SETTINGS: [(&str, &str); 3] = [
    ("property", "value"),
    ("setting_name", "setting"),
    ("notification_name", "setting"),
];

/// The line of an event with these fields, of so many bytes.
pub fn line(event: &Fields, length: usize, writer: &mut Writer) -> String {
    let op = event.text("op").or_else(|| event.text("operation"));
    let op = op.unwrap_or_default();
    let verb = words::verb_of(&op);
    if length > LONGEST {
        let size = format!("({} MiB)", length >> 20);
        return spaced(&[&words::spoken(writer.kind), &verb, &size]);
    }
    let mut rest = event.clone();
    let mut details = Vec::new();
    let (mut property, mut name) = (String::new(), String::new());
    let setting = SETTINGS
        .into_iter()
        .find_map(|(field, value)| Some((field, value, event.text(field)?)));
    if let Some((field, value, setting)) = &setting {
        // Names beside it say what was before.
        rest.0
            .retain(|(key, _)| key != field && key != value && !words::is_name(key));
        match event.0.iter().find(|(key, _)| key == value) {
            Some((_, value)) => details.push(writer.field_in_words(&rest, setting, value, 0)),
            None if setting != "default" => property = setting.replace('_', " "),
            None => {}
        }
    }
    let is_brief = words::is_brief(&op);
    if let Some(thing) = Thing::find(&rest, &op, setting.is_some(), writer.kind) {
        name = thing.name(writer);
        let mut object = thing.object;
        object
            .0
            .retain(|(key, value)| !(words::is_title(key) && writer.is_named(value, &name)));
        details.extend(writer.fields_in_words(&object, is_brief, 0));
        rest.0.retain(|(key, _)| !thing.told.contains(key));
    }
    details.extend(writer.fields_in_words(&rest, is_brief, 0));

    let kind = if name.is_empty() {
        words::spoken(writer.kind)
    } else {
        words::spoken(&words::singular(writer.kind))
    };
    let head = spaced(&[&kind, &property, &name]);
    if details.is_empty() {
        return spaced(&[&head, &verb]);
    }
    let details = in_short(details);
    if let Some(value) = details.strip_prefix("value = ").filter(|_| verb.is_empty()) {
        return format!("{head} = {value}");
    }
    let verb = if verb == CHANGED { "" } else { &verb };
    format!("{}: {details}", spaced(&[&head, verb]))
}

/// Those that are not empty.
fn spaced(words: &[&str]) -> String {
    let words = words.iter().filter(|word| !word.is_empty());
    words.copied().collect::<Vec<_>>().join(" ")
}

/// With semicolons between them, none twice; of many the rest is counted.
fn in_short(details: Vec<String>) -> String {
    let mut told: Vec<String> = Vec::new();
    for detail in details {
        if !told.contains(&detail) {
            told.push(detail);
        }
    }
    let most = told_of(told.len(), DETAILS);
    if told.len() > most {
        let more = format!("{} more", told.len() - most);
        told.truncate(most);
        told.push(more);
    }
    told.join("; ")
}

/// What an event is about.
#[derive(Default)]
struct Thing<'a> {
    own: Option<(Noun, i64)>,
    /// The fields of the event that it is told by.
    told: Vec<Cow<'a, str>>,
    /// What is told of it.
    object: Fields<'a>,
    /// What it calls itself.
    title: Option<String>,
}

impl<'a> Thing<'a> {
    /// The first object of an event; else what a field says that it is about.
    fn find(event: &Fields<'a>, op: &str, has_setting: bool, kind: &str) -> Option<Thing<'a>> {
        let is_said = |key: &str, value| !words::is_silent(key) && !words::is_secret(key, value);
        let said = event.0.iter().filter(|(key, value)| is_said(key, value));
        let is_only = said.clone().count() == 1;
        for (key, value) in said {
            let object = match Value::of(value) {
                Value::Object(object) => Some(object),
                Value::List(list) if list.len == 1 && !op.is_empty() => {
                    list.first.first().and_then(|entry| Fields::of(entry))
                }
                _ => None,
            };
            let Some(mut object) = object else {
                continue;
            };
            if key == "data" {
                let mut thing = Thing::by_field(event, op, kind).unwrap_or_default();
                thing.told.push(key.clone());
                thing.object = object;
                return Some(thing);
            }
            let is_map = words::by_ids(&object).is_some() || words::permitted(&object).is_some();
            if is_map || object.0.is_empty() {
                continue;
            }
            let own = words::identity(&object, key, kind);
            let mut title = words::title(&object);
            let is_about = title.is_some() || words::is_after(key, kind) || is_only;
            if own.is_none() && (has_setting || !is_about) {
                break;
            }
            if let Some((noun, _, field)) = &own {
                let is_person = *noun == PERSON;
                let address = object.text("email").filter(|_| is_person);
                title = title.or(address.clone().map(Cow::into_owned));
                let is_told = |key: &str| key == field || address.is_some() && key == "email";
                object.0.retain(|(key, _)| !is_told(key));
            }
            return Some(Thing {
                own: own.map(|(noun, id, _)| (noun, id)),
                told: vec![key.clone()],
                object,
                title,
            });
        }
        Thing::by_field(event, op, kind)
    }

    /// By the field with an id that is called after the kind; else, where something was done, by a
    /// name.
    fn by_field(event: &Fields<'a>, op: &str, kind: &str) -> Option<Thing<'a>> {
        if let Some((field, noun, id)) = words::subject(event, kind) {
            return Some(Thing {
                own: Some((noun, id)),
                told: vec![field],
                ..Thing::default()
            });
        }
        let mut fields = event.0.iter().filter(|_| !op.is_empty());
        let (key, _) = fields.find(|(key, _)| words::is_name(key))?;
        Some(Thing {
            title: Some(event.text(key)?.into_owned()),
            told: vec![key.clone()],
            ..Thing::default()
        })
    }

    /// As it stands behind the kind; empty where it has no name.
    fn name(&self, writer: &mut Writer) -> String {
        let title = self.title.as_deref();
        let Some((noun, id)) = &self.own else {
            return title.map(|title| writer.text(title)).unwrap_or_default();
        };
        let known = writer.own_name(noun, *id, title);
        // `user group 26`, not `user group group#26`.
        let is_kind = words::exact(&words::singular(writer.kind)).as_ref() == Some(noun);
        let known = known.filter(|known| !(is_kind && known.ends_with(&format!("#{id}"))));
        known.unwrap_or_else(|| id.to_string())
    }
}

#[cfg(test)]
mod tests;
