//! Things: the objects of an event that have an id or a name of their own, and the forms of objects that
//! are no things.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::words;
use crate::fields::{Fields, Value, number};
use crate::output::names::Noun;

/// An object, and what it is.
#[derive(Debug, Default)]
pub struct Thing<'a> {
    /// Its own id, and of what that is the id.
    pub identity: Option<(Noun, i64)>,
    /// What it calls itself.
    pub title: Option<String>,
    /// Its fields without its id, and without a person's address.
    pub object: Fields<'a>,
}

impl<'a> Thing<'a> {
    /// An object in a field of an event of that kind. `listed` is the id that it is listed by.
    pub fn new(mut object: Fields<'a>, listed: Option<i64>, field: &str, kind: &str) -> Thing<'a> {
        let own_name = format!("{}_id", words::singular(field));
        let own = words::of_object(field, kind);
        let keys = [
            ("id", &own),
            (&own_name, &own),
            ("user_id", &Noun::Person),
            ("stream_id", &Noun::Channel),
            ("channel_id", &Noun::Channel),
        ];
        let found = keys
            .into_iter()
            .find_map(|(key, noun)| Some((key, noun, object.integer(key)?)));
        let identity = match found {
            Some((key, noun, id)) => {
                object.remove(key);
                Some((noun.clone(), id))
            }
            None => listed.map(|id| (own, id)),
        };
        let mut title = words::title(&object);
        if matches!(identity, Some((Noun::Person, _))) {
            title = title.or_else(|| Some(object.text("email")?.into_owned()));
            object.remove("email");
        }
        Thing {
            identity,
            title,
            object,
        }
    }

    /// Its own id.
    pub fn id(&self) -> Option<i64> {
        self.identity.as_ref().map(|(_, id)| *id)
    }

    /// The things in a field.
    pub fn all(field: &str, value: &'a RawValue, kind: &str) -> Vec<Thing<'a>> {
        let objects = objects(value).into_iter();
        let things = objects.map(|(listed, object)| Thing::new(object, listed, field, kind));
        things.collect()
    }
}

/// The objects in a value, and the ids that they are listed by: itself, those of a list, or of an object
/// that is a list by ids.
pub fn objects(value: &RawValue) -> Vec<(Option<i64>, Fields<'_>)> {
    match Value::of(value) {
        Value::Object(object) => by_ids(&object).unwrap_or_else(|| vec![(None, object)]),
        Value::List(list) => {
            let objects = list.into_iter().filter_map(Fields::of);
            objects.map(|object| (None, object)).collect()
        }
        _ => Vec::new(),
    }
}

/// The field of an event with the id of what it is about, where no object has: `draft_id` in `drafts`,
/// `group_id` in `user_group`.
pub fn subject<'a>(event: &Fields<'a>, kind: &str) -> Option<(Cow<'a, str>, Noun, i64)> {
    event.0.iter().find_map(|(key, value)| {
        let name = key.strip_suffix("_id")?;
        let is_common = words::common(name).is_some() && name != words::singular(kind);
        let is_subject = words::is_after(name, kind) && !is_common && !words::is_silent(key);
        let id = number(value).filter(|_| is_subject)?;
        Some((key.clone(), words::of_object(name, kind), id))
    })
}

/// The values of an object that is a list by ids.
pub fn by_ids<'a>(object: &Fields<'a>) -> Option<Vec<(Option<i64>, Fields<'a>)>> {
    let entries = object.0.iter();
    let entries = entries.map(|(key, value)| Some((Some(key.parse().ok()?), Fields::of(value)?)));
    let entries: Option<Vec<_>> = entries.collect();
    entries.filter(|entries| !entries.is_empty())
}

/// The keys that are on in an object of switches: `{"Email":true,"LDAP":false}`, or of objects that
/// begin with one.
pub fn switches<'a>(object: &Fields<'a>) -> Option<Vec<Cow<'a, str>>> {
    let mut on = Vec::new();
    for (key, value) in &object.0 {
        let inner = Fields::of(value).unwrap_or_default();
        let first = inner.0.first().map_or(*value, |(_, first)| *first);
        if first.get().parse().ok()? {
            on.push(key.clone());
        }
    }
    (!object.0.is_empty()).then_some(on)
}

/// Who may do something, by an object that says it: people and groups.
pub fn permitted(object: &Fields) -> Option<Vec<(Noun, i64)>> {
    let [people, groups] = ["direct_members", "direct_subgroups"].map(|name| object.get(name));
    people.or(groups)?;
    let people = object.integers("direct_members").into_iter();
    let groups = object.integers("direct_subgroups").into_iter();
    let people = people.map(|id| (Noun::Person, id));
    Some(people.chain(groups.map(|id| (Noun::Group, id))).collect())
}

/// Whether an object is no thing: a list by ids, switches, or who may do something.
pub fn is_map(object: &Fields) -> bool {
    by_ids(object).is_some() || switches(object).is_some() || permitted(object).is_some()
}
