//! The line of every event that has no sentence: kinds that are not worth one, kinds of newer servers
//! and of forks that nobody knows, and known kinds in a shape that their sentence cannot read.
//!
//! `KIND [THING] [VERB][: DETAIL; DETAIL …]`: `channel folder Projects: name = "Active projects"`. There
//! is no code for any kind here, only rules, and tables of names (`words.rs`).

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::value::RawValue;

use super::things::{self, Thing};
use super::wording::{Wording, listed, shown, spaced};
use super::words::{self, CHANGED};
use crate::fields::{Fields, Value};
use crate::output::names::Noun;

/// Details that are printed; the others are counted.
const DETAILS: usize = 5;
/// A longer event is not looked into.
const LONGEST: usize = 1 << 20;
/// A setting and its value in an event, as new and old servers have them.
const SETTINGS: [(&str, &str); 3] = [
    ("property", "value"),
    ("setting_name", "setting"),
    ("notification_name", "setting"),
];

/// The line of an event with these fields, of so many bytes.
pub fn line(event: &Fields, length: usize, wording: &mut Wording) -> String {
    let op = event.op().unwrap_or_default();
    let verb = words::verb_of(&op);
    if length > LONGEST {
        let size = format!("({} MiB)", length >> 20);
        return spaced(&[&words::spoken(wording.kind), &verb, &size]);
    }
    let mut rest = event.clone();
    let mut property = String::new();
    let mut details = Vec::new();
    let setting = take_setting(&mut rest);
    match &setting {
        Some((name, Some(value))) => details.push(wording.field(event, name, value)),
        Some((name, None)) if name != "default" => property = name.replace('_', " "),
        _ => {}
    }
    let about = About::list(&mut rest, &op, wording);
    let about = about.or_else(|| About::thing(&mut rest, &op, setting.as_ref(), wording));
    let about = about.unwrap_or_default();
    if words::is_brief(&op) {
        leave_out_empty(&mut rest);
    }
    details.extend(about.differences);
    details.extend(wording.details(&about.object));
    details.extend(wording.details(&rest));

    let kind = if about.name.is_empty() {
        words::spoken(wording.kind)
    } else {
        words::spoken(&words::singular(wording.kind))
    };
    let head = spaced(&[&kind, &property, &about.name]);
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

/// With semicolons between them, none twice; of many the rest is counted.
fn in_short(mut details: Vec<String>) -> String {
    let mut seen = HashSet::new();
    details.retain(|detail| seen.insert(detail.clone()));
    let most = shown(details.len(), DETAILS);
    if details.len() > most {
        let more = format!("{} more", details.len() - most);
        details.truncate(most);
        details.push(more);
    }
    details.join("; ")
}

/// Of a new thing what is null, false or empty says nothing, and secrets neither.
fn leave_out_empty(fields: &mut Fields) {
    fields.0.retain(|(key, value)| {
        let is_empty = matches!(value.get(), "null" | "false" | "0" | "\"\"" | "[]" | "{}");
        !is_empty && !words::is_secret(key, value)
    });
}

/// A setting and what it is now.
type Setting<'a> = (Cow<'a, str>, Option<&'a RawValue>);

/// Takes the setting out of an event, and names beside it: they say what was before.
fn take_setting<'a>(event: &mut Fields<'a>) -> Option<Setting<'a>> {
    let mut forms = SETTINGS.into_iter();
    let (key, value) = forms.find(|(key, _)| event.text(key).is_some())?;
    let name = event.text(key)?;
    let now = event.0.iter().find(|(key, _)| key == value);
    let now = now.map(|(_, now)| *now);
    event.remove(key);
    event.remove(value);
    event.0.retain(|(key, _)| !words::is_name(key));
    Some((name, now))
}

/// What an event is about, taken out of its fields.
#[derive(Default)]
struct About<'a> {
    /// As it stands behind the kind; empty where it has no name.
    name: String,
    /// What is printed of it.
    object: Fields<'a>,
    /// `new = Team`, `gone = Nickname`: what is not as it was in a list.
    differences: Vec<String>,
}

impl<'a> About<'a> {
    /// A list of all that there is of the kind: printed once, then by its differences. Of one entry that
    /// is another way, or that is new and has no name, it is that entry.
    fn list(event: &mut Fields<'a>, op: &str, wording: &mut Wording) -> Option<About<'a>> {
        let mut fields = event.0.iter().filter(|_| matches!(op, "" | "update"));
        let (field, value) = fields.find(|(key, _)| words::is_after(key, wording.kind))?;
        let (field, value) = (field.clone(), *value);
        let noun = words::of_object(&field, wording.kind);
        let entries = Thing::all(&field, value, wording.kind);
        let is_whole = match Value::of(value) {
            Value::List(list) => list.len() == entries.len(),
            Value::Object(object) => things::by_ids(&object).is_some(),
            _ => false,
        };
        let (true, Noun::Thing(kind)) = (is_whole, &noun) else {
            return None;
        };
        let list = entries.iter().map(|entry| match entry.identity {
            Some((Noun::Thing(_), id)) => Some((id, &entry.object)),
            _ => None,
        });
        let list: Vec<_> = list.collect::<Option<_>>()?;
        let difference = wording.memory.printed.update_list(kind, &list)?;
        let [new, changed, gone] = [&difference.new, &difference.changed, &difference.gone];
        if let ([id], [], []) | ([], [id], []) = (&**new, &**changed, &**gone)
            && let Some(entry) = entries.into_iter().find(|entry| entry.id() == Some(*id))
            && (new.is_empty() || entry.title.is_none())
        {
            event.remove(&field);
            let mut about = About::changed(&entry, &difference.fields, wording);
            if changed.is_empty() {
                leave_out_empty(&mut about.object);
            }
            return Some(about);
        }
        let mut about = About::default();
        let lists = [("new", new), ("changed", changed), ("gone", gone)].into_iter();
        for (label, ids) in lists.filter(|(_, ids)| !difference.is_first && !ids.is_empty()) {
            let name = |id: &i64| wording.label(&noun, *id).unwrap_or_else(|| id.to_string());
            let names = listed(ids, name);
            about.differences.push(format!("{label} = {names}"));
            event.remove(&field);
        }
        Some(about)
    }

    /// The first object of an event; else what a field says that it is about.
    fn thing(
        event: &mut Fields<'a>,
        op: &str,
        setting: Option<&Setting>,
        wording: &mut Wording,
    ) -> Option<About<'a>> {
        let kind = wording.kind;
        let first = first_object(event, op);
        let thing = match first {
            Some((field, object)) if field == "data" => {
                event.remove(&field);
                let mut subject = take_subject(event, op, kind).unwrap_or_default();
                subject.object = object;
                Some(subject)
            }
            Some((field, object)) => {
                let thing = Thing::new(object, None, &field, kind);
                let is_called = thing.title.is_some() || words::is_after(&field, kind);
                let is_about = thing.identity.is_some() || is_called && setting.is_none();
                is_about.then(|| {
                    event.remove(&field);
                    thing
                })
            }
            None => None,
        };
        let thing = thing.or_else(|| take_subject(event, op, kind))?;
        let mut differing = HashSet::new();
        if let Some((Noun::Thing(kind), id)) = &thing.identity {
            let printed = &mut wording.memory.printed;
            differing = printed.update(kind, *id, &thing.object);
        }
        // All of what is new or gone is told.
        if words::is_brief(op) {
            differing.clear();
        }
        let mut about = About::changed(&thing, &differing, wording);
        if words::is_brief(op) {
            leave_out_empty(&mut about.object);
        }
        Some(about)
    }

    /// A thing of which these fields are not as they were: those are printed, or all, but not what
    /// repeats the name.
    fn changed(thing: &Thing<'a>, differing: &HashSet<String>, wording: &mut Wording) -> About<'a> {
        let mut name = wording.name_of(thing);
        if let Some((noun, id)) = &thing.identity {
            // `user group 26`, not `user group group#26`.
            let is_kind = words::of_kind(wording.kind) == *noun;
            name = name.or_else(|| wording.label(noun, *id).filter(|_| !is_kind));
            name = name.or_else(|| Some(id.to_string()));
        }
        let name = name.unwrap_or_default();
        // A place is printed whole.
        let is_moved = differing.iter().any(|key| words::is_of_place(key));
        let mut object = thing.object.clone();
        object.0.retain(|(key, value)| {
            let is_changed = differing.is_empty() || differing.contains(&**key);
            let is_printed = is_changed || is_moved && words::is_of_place(key);
            is_printed && !(words::is_title(key) && wording.is_named(value, &name))
        });
        About {
            name,
            object,
            ..About::default()
        }
    }
}

/// The first field that is an object, or where something was done a list of one.
fn first_object<'a>(event: &Fields<'a>, op: &str) -> Option<(Cow<'a, str>, Fields<'a>)> {
    event.0.iter().find_map(|(key, value)| {
        let object = match Value::of(value) {
            Value::Object(object) => object,
            Value::List(list) if list.len() == 1 && !op.is_empty() => Fields::of(list.first()?)?,
            _ => return None,
        };
        let is_map = value.get() == "{}" || things::is_map(&object);
        let is_thing = !words::is_secret(key, value) && (key == "data" || !is_map);
        is_thing.then_some((key.clone(), object))
    })
}

/// Takes out the field with an id that is called after the kind; else, where something was done, a name.
fn take_subject<'a>(event: &mut Fields<'a>, op: &str, kind: &str) -> Option<Thing<'a>> {
    let mut thing = Thing::default();
    if let Some((field, noun, id)) = things::subject(event, kind) {
        event.remove(&field);
        thing.identity = Some((noun, id));
        return Some(thing);
    }
    let mut fields = event.0.iter().filter(|_| !op.is_empty());
    let (key, _) = fields.find(|(key, _)| words::is_name(key))?;
    let key = key.clone();
    thing.title = Some(event.text(&key)?.into_owned());
    event.remove(&key);
    Some(thing)
}

#[cfg(test)]
mod tests;
