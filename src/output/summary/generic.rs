//! The line of every event that has no sentence: kinds that are not worth one, kinds of newer servers
//! and of forks that nobody knows, and known kinds in a shape that their sentence cannot read.
//!
//! `KIND [THING] [VERB][: DETAIL; DETAIL …]`: `channel folder Projects: name = "Active projects"`. There
//! is no code for any kind here, only rules, and tables of names (`words.rs`).

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::things::Difference;
use super::wording::{Wording, listed, told_of};
use super::words::{self, CHANGED, Noun};
use crate::fields::{Fields, Value};

/// Details that are told; the others are counted.
const DETAILS: usize = 5;
/// A longer event is not looked into.
const LONGEST: usize = 1 << 20;

/// The line of an event with these fields, of so many bytes.
pub fn line(event: &Fields, length: usize, wording: &mut Wording) -> String {
    let op = event.text("op").or_else(|| event.text("operation"));
    let op = op.unwrap_or_default();
    let mut verb = words::verb_of(&op);
    if length > LONGEST {
        let size = format!("({} MiB)", length >> 20);
        return spaced(&[&words::spoken(wording.kind), &verb, &size]);
    }
    let (setting, mut rest) = split_setting(event);
    let list = List::find(&rest, &op, wording);
    let thing = match &list {
        Some(list) => list.entry_alone(),
        None => Thing::find(&rest, &op, setting.is_some(), wording.kind),
    };
    let is_brief = words::is_brief(&op);
    let mut property = String::new();
    let mut name = String::new();
    let mut details = Vec::new();
    match setting {
        Some((name, Some(value))) => details.push(wording.field(&rest, &name, value)),
        Some((name, None)) if name != "default" => property = name.replace('_', " "),
        _ => {}
    }
    if let Some(thing) = &thing {
        name = thing.name(wording);
        let object = thing.what_differs(&name, wording);
        details.extend(wording.details(&object, is_brief || thing.is_new));
        rest.0.retain(|(key, _)| !thing.told.contains(key));
    } else if let Some(list) = &list {
        let differences = list.differences(wording);
        rest.0
            .retain(|(key, _)| differences.is_empty() || *key != list.field);
        details.extend(differences);
    }
    details.extend(wording.details(&rest, is_brief));
    match (&thing, &list) {
        (Some(thing), None) => thing.remember(&op, wording),
        (_, Some(list)) => wording.memory.things.tell_list(&list.kind, &list.entries),
        _ => {}
    }

    let kind = if name.is_empty() {
        words::spoken(wording.kind)
    } else {
        words::spoken(&words::singular(wording.kind))
    };
    let head = spaced(&[&kind, &property, &name]);
    if details.is_empty() {
        if list.is_some() {
            CHANGED.clone_into(&mut verb);
        }
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

/// A setting and what it is now.
type Setting<'a> = (Cow<'a, str>, Option<&'a RawValue>);

/// The setting in an event, and its other fields. Names beside it say what was before.
fn split_setting<'a>(event: &Fields<'a>) -> (Option<Setting<'a>>, Fields<'a>) {
    let mut rest = event.clone();
    let forms = [
        ("property", "value"),
        ("setting_name", "setting"),
        ("notification_name", "setting"),
    ];
    let found = forms
        .into_iter()
        .find_map(|form| Some((form, event.text(form.0)?)));
    let Some(((name, value), setting)) = found else {
        return (None, rest);
    };
    rest.0
        .retain(|(key, _)| key != name && key != value && !words::is_name(key));
    let mut fields = event.0.iter();
    let now = fields.find(|(key, _)| key == value).map(|(_, now)| *now);
    (Some((setting, now)), rest)
}

/// A list of all that there is of a kind.
struct List<'a> {
    field: Cow<'a, str>,
    kind: String,
    entries: Vec<(i64, Fields<'a>)>,
    /// From the one that was told before.
    difference: Option<Difference>,
}

impl<'a> List<'a> {
    /// The list of an event that is called after its kind and whose entries have ids of that kind.
    fn find(event: &Fields<'a>, op: &str, wording: &Wording) -> Option<List<'a>> {
        if !matches!(op, "" | "update") {
            return None;
        }
        let kind = wording.kind;
        let mut fields = event.0.iter();
        let (field, value) = fields.find(|(key, _)| words::is_after(key, kind))?;
        let objects: Vec<Fields> = match Value::of(value) {
            Value::List(list) => {
                let objects = list.first.iter().map(|entry| Fields::of(entry));
                objects.collect::<Option<_>>()?
            }
            Value::Object(object) if object.0.is_empty() => Vec::new(),
            Value::Object(object) => {
                let entries = words::by_ids(&object)?.into_iter();
                entries.map(|(_, entry)| entry).collect()
            }
            _ => return None,
        };
        let Noun::Thing(own) = words::of_object(field, kind) else {
            return None;
        };
        let entries = objects.into_iter().map(|object| {
            let (noun, id, _) = words::identity(&object, field, kind)?;
            matches!(noun, Noun::Thing(_)).then_some((id, object))
        });
        let entries: Vec<_> = entries.collect::<Option<_>>()?;
        Some(List {
            field: field.clone(),
            difference: wording.memory.things.difference(&own, &entries),
            kind: own,
            entries,
        })
    }

    /// The one entry that is told: the only one that is another way, or one without a name that is new.
    fn entry_alone(&self) -> Option<Thing<'a>> {
        let alone = match (&self.difference, &*self.entries) {
            (None, [(id, _)]) => (*id, true),
            (None, _) => return None,
            (Some(difference), _) => {
                let Difference { new, changed, gone } = difference;
                match (&**new, &**changed, &**gone) {
                    ([], [id], []) => (*id, false),
                    ([id], [], []) => (*id, true),
                    _ => return None,
                }
            }
        };
        let (id, is_new) = alone;
        let (_, object) = self.entries.iter().find(|(entry, _)| *entry == id)?;
        let title = words::title(object);
        (!is_new || title.is_none()).then(|| Thing {
            own: Some((Noun::Thing(self.kind.clone()), id)),
            told: vec![self.field.clone()],
            object: object.clone(),
            title,
            is_new,
        })
    }

    /// `new = Team`, `gone = Nickname`.
    fn differences(&self, wording: &mut Wording) -> Vec<String> {
        let Some(Difference { new, changed, gone }) = &self.difference else {
            return Vec::new();
        };
        let noun = Noun::Thing(self.kind.clone());
        let lists = [("new", new), ("changed", changed), ("gone", gone)].into_iter();
        let lists = lists.filter(|(_, ids)| !ids.is_empty());
        let mut name = |id: &i64| wording.name(&noun, *id).unwrap_or_else(|| id.to_string());
        lists
            .map(|(label, ids)| format!("{label} = {}", listed(ids, &mut name)))
            .collect()
    }
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
    /// It is told the first time.
    is_new: bool,
}

impl<'a> Thing<'a> {
    /// The first object of an event; else what a field says that it is about.
    fn find(event: &Fields<'a>, op: &str, has_setting: bool, kind: &str) -> Option<Thing<'a>> {
        let is_said = |key: &str, value| !words::is_silent(key) && !words::is_secret(key, value);
        let said = event.0.iter().filter(|(key, value)| is_said(key, value));
        let is_only = said.clone().count() == 1;
        for (key, value) in said {
            let mut object = match Value::of(value) {
                Value::Object(object) => object,
                Value::List(list) if list.len == 1 && !op.is_empty() => {
                    match Fields::of(list.first.first()?) {
                        Some(entry) => entry,
                        None => continue,
                    }
                }
                _ => continue,
            };
            if key == "data" {
                let mut thing = Thing::by_field(event, op, kind).unwrap_or_default();
                thing.told.push(key.clone());
                thing.object = object;
                return Some(thing);
            }
            if words::is_map(&object) {
                continue;
            }
            let own = words::identity(&object, key, kind);
            let title = words::title(&object);
            let is_about = title.is_some() || words::is_after(key, kind) || is_only;
            if own.is_none() && (has_setting || !is_about) {
                break;
            }
            let mut title = title;
            if let Some((noun, _, field)) = &own {
                let address = object.text("email").filter(|_| *noun == Noun::Person);
                title = title.or(address.clone().map(Cow::into_owned));
                let is_told = |key: &str| key == field || address.is_some() && key == "email";
                object.0.retain(|(key, _)| !is_told(key));
            }
            return Some(Thing {
                own: own.map(|(noun, id, _)| (noun, id)),
                told: vec![key.clone()],
                object,
                title,
                is_new: false,
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
    fn name(&self, wording: &mut Wording) -> String {
        let title = self.title.as_deref();
        match &self.own {
            Some((noun, id)) => {
                let known = wording.own_name(noun, *id, title);
                // `user group 26`, not `user group group#26`.
                let is_kind = words::exact(&words::singular(wording.kind)).as_ref() == Some(noun);
                let known = known.filter(|known| !(is_kind && known.ends_with(&format!("#{id}"))));
                known.unwrap_or_else(|| id.to_string())
            }
            None => title.map(|title| wording.text(title)).unwrap_or_default(),
        }
    }

    /// What is not as it was told before, or all; not what says its name again.
    fn what_differs(&self, name: &str, wording: &mut Wording) -> Fields<'a> {
        let mut object = self.object.clone();
        if let Some((Noun::Thing(kind), id)) = &self.own {
            let new = wording.memory.things.differing(kind, *id, &object);
            // A place is told whole.
            let is_moved = new.0.iter().any(|(key, _)| words::is_of_place(key));
            let is_new = |key: &str| new.0.iter().any(|(new, _)| new == key);
            if !new.0.is_empty() {
                object
                    .0
                    .retain(|(key, _)| is_new(key) || is_moved && words::is_of_place(key));
            }
        }
        object
            .0
            .retain(|(key, value)| !(words::is_title(key) && wording.is_named(value, name)));
        object
    }

    fn remember(&self, op: &str, wording: &mut Wording) {
        let things = &mut wording.memory.things;
        match &self.own {
            Some((Noun::Thing(kind), id)) if matches!(op, "remove" | "delete") => {
                things.forget(kind, *id);
            }
            Some((Noun::Thing(kind), id)) if !self.object.0.is_empty() => {
                things.tell(kind, *id, &self.object);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
