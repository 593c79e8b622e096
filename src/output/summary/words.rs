//! What the names of fields and kinds mean, as far as it can be told without knowing the kind: tables.
//!
//! Servers add kinds with each release and forks add their own; the names of fields follow habits that
//! hold for years (`creator_id`, `stream_ids`, `started_at`). What is not in a table has no meaning
//! here: a wrong name is worse than a number. Left out on purpose: `recipient_id`, which is no
//! user's, and ids of other groups than user groups (`split_group_id`).

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::fields::{Fields, Value, number};
use crate::output::credentials;

/// What an id stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noun {
    /// A user or a bot.
    Person,
    /// A channel.
    Channel,
    /// A user group.
    Group,
    /// A message.
    Message,
    /// What events of a kind are about: a channel folder, an emoji, an export.
    Thing(String),
}

/// What people are called.
const PEOPLE: &str = "user person bot sender member owner creator author editor actor host assignee \
    participant reviewer subscriber inviter";
/// Fields with the name of a thing, the first that there is; else one with a text stands for it.
const TITLES: [&str; 9] = [
    "full_name",
    "name",
    "title",
    "domain",
    "fragment",
    "content",
    "text",
    "pattern",
    "description",
];
/// How many of them are names.
const NAMES: usize = 5;
/// Fields with a topic.
pub const TOPICS: [&str; 3] = ["topic", "topic_name", "subject"];
/// Said in other words, of interest to clients only, or a time that says no more than the line's own.
/// `in_home_view` is `is_muted` turned round.
const SILENT: &str = "id type op operation icon_url logo_url night_logo_url source_url still_url path_id \
    realm_id emoji_code reaction_type server_generation zulip_merge_base in_home_view date_created \
    date_joined create_time export_time timestamp server_timestamp edit_timestamp last_updated";

fn has(table: &str, word: &str) -> bool {
    table.split_whitespace().any(|one| one == word)
}

/// What is left out where details follow: they are the change.
pub const CHANGED: &str = "changed";

fn verb(word: &str) -> Option<&'static str> {
    Some(match word {
        "add" => "added",
        "create" => "created",
        "update" | "change" | "update_dict" | "update_one" => CHANGED,
        "remove" => "removed",
        "delete" => "deleted",
        "reorder" => "reordered",
        "start" => "started",
        "stop" => "stopped",
        _ => return None,
    })
}

/// What was done, by an `op`: `added`, `members added`, `participant joined`.
pub fn verb_of(op: &str) -> String {
    if let Some(verb) = verb(op) {
        return verb.to_owned();
    }
    let mut words: Vec<&str> = op.split('_').collect();
    if let Some(at) = words.iter().position(|word| verb(word).is_some()) {
        let known = words.remove(at);
        words.extend(verb(known));
    }
    words.join(" ")
}

/// Whether after this `op` only what is there is of interest: the rest is as it is in all new things.
pub fn is_brief(op: &str) -> bool {
    has("add create remove delete start", op)
}

/// A kind as it is spoken of: `organization`, `default channels`.
pub fn spoken(kind: &str) -> String {
    if kind.is_empty() {
        return "(no type)".to_owned();
    }
    let words = without_realm(kind).split('_').map(|word| match word {
        "realm" => "organization",
        "stream" => "channel",
        "streams" => "channels",
        "attachment" => "file",
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

fn without_realm(name: &str) -> &str {
    let rest = name.strip_prefix("realm_");
    rest.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

/// What one of them is called, as far as rules tell: `draft` of `drafts`, `emoji` of `realm_emoji`.
pub fn singular(name: &str) -> String {
    let name = without_realm(name);
    if let Some(stem) = name.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let length = match name {
        _ if ends(&["sses", "shes", "ches", "xes"]) => name.len() - 2,
        _ if ends(&["s"]) && !ends(&["ss", "us", "is"]) => name.len() - 1,
        _ => name.len(),
    };
    name.get(..length).unwrap_or(name).to_owned()
}

/// Whether a field is called after a kind or the last words of it: `draft` in `drafts`, `call` in
/// `video_call`.
pub fn is_after(field: &str, kind: &str) -> bool {
    ends_with(&singular(kind), &singular(field))
}

/// Whether a name is this or ends with these words.
pub fn ends_with(name: &str, words: &str) -> bool {
    let rest = name.strip_suffix(words);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
}

/// The name before `_id` or `_ids`.
pub fn stem(field: &str) -> Option<&str> {
    let stem = field.strip_suffix("_ids");
    stem.or_else(|| field.strip_suffix("_id"))
}

/// A word that stands for people, channels or messages wherever it is.
pub fn common(word: &str) -> Option<Noun> {
    match word {
        "stream" | "channel" => Some(Noun::Channel),
        "message" | "pointer" => Some(Noun::Message),
        word => has(PEOPLE, word).then_some(Noun::Person),
    }
}

/// A name that stands for something only if it is the whole name.
pub fn exact(name: &str) -> Option<Noun> {
    match name {
        "group" | "user_group" | "subgroup" | "direct_subgroup" => Some(Noun::Group),
        "folder" => Some(Noun::Thing("channel_folder".to_owned())),
        "scheduled_message" => Some(Noun::Thing(name.to_owned())),
        name => common(name),
    }
}

/// What the entries of a list are: people in `participants` and `muted_users`.
pub fn of_list(name: &str) -> Option<Noun> {
    let one = singular(name);
    let last = one.rsplit('_').next().filter(|last| !name.ends_with(last));
    exact(&one).or_else(|| common(last?))
}

/// Things of such a kind.
pub fn thing(kind: &str) -> Noun {
    let kind = singular(kind);
    exact(&kind).unwrap_or(Noun::Thing(kind))
}

/// What the `id` of an object in such a field of an event of that kind is the id of.
pub fn of_object(field: &str, kind: &str) -> Noun {
    let of_name = exact(field).or_else(|| of_list(field));
    of_name.unwrap_or_else(|| thing(if is_after(field, kind) { kind } else { field }))
}

/// An object's own id, of what, and the field that has it.
pub fn identity(object: &Fields, field: &str, kind: &str) -> Option<(Noun, i64, String)> {
    let own = [singular(field), singular(kind)].map(|name| format!("{name}_id"));
    let own = own
        .into_iter()
        .take(if is_after(field, kind) { 2 } else { 1 });
    let own = std::iter::once("id".to_owned()).chain(own);
    let own = own.map(|key| (of_object(field, kind), key));
    let users = (Noun::Person, "user_id".to_owned());
    let channels = ["stream_id", "channel_id"].map(|key| (Noun::Channel, key.to_owned()));
    let mut keys = own.chain([users]).chain(channels);
    keys.find_map(|(noun, key)| Some((noun, object.integer(&key)?, key)))
}

/// The field of an event that has the id of what it is about, where no object has: `draft_id` in
/// `drafts`, `group_id` in `user_group`.
pub fn subject<'a>(event: &Fields<'a>, kind: &str) -> Option<(Cow<'a, str>, Noun, i64)> {
    event.0.iter().find_map(|(key, value)| {
        let name = key.strip_suffix("_id")?;
        let is_common = common(name).is_some() && name != singular(kind);
        let is_subject = is_after(name, kind) && !is_common && !is_silent(key);
        let id = number(value).filter(|_| is_subject)?;
        Some((key.clone(), of_object(name, kind), id))
    })
}

/// The values of an object that is a list by ids: all keys are numbers, or all values have an id.
pub fn by_ids<'a>(object: &Fields<'a>) -> Option<Vec<(Option<i64>, Fields<'a>)>> {
    let entries = object.0.iter().map(|(key, value)| {
        let fields = Fields::of(value)?;
        let id = key.parse().ok();
        (id.is_some() || fields.get("id").is_some()).then_some((id, fields))
    });
    let entries: Option<Vec<_>> = entries.collect();
    entries.filter(|entries| !entries.is_empty())
}

/// The keys that are on in an object of switches: `{"Email":true,"LDAP":false}`, or of objects that
/// begin with one.
pub fn switches<'a>(object: &Fields<'a>) -> Option<Vec<Cow<'a, str>>> {
    let is_on = |value: &RawValue| match Value::of(value) {
        Value::Bool(is_on) => Some(is_on),
        Value::Object(inner) => inner.0.first()?.1.get().parse().ok(),
        _ => None,
    };
    let mut on = Vec::new();
    for (key, value) in &object.0 {
        if is_on(value)? {
            on.push(key.clone());
        }
    }
    (!object.0.is_empty()).then_some(on)
}

/// Who may do something, by an object that says it: people and groups.
pub fn permitted(object: &Fields) -> Option<Vec<(Noun, i64)>> {
    object
        .get("direct_members")
        .or(object.get("direct_subgroups"))?;
    let ids = |name| object.list(name).integers().into_iter();
    let people = ids("direct_members").map(|id| (Noun::Person, id));
    let groups = ids("direct_subgroups").map(|id| (Noun::Group, id));
    Some(people.chain(groups).collect())
}

/// Whether an object is no thing: a list by ids, switches, or who may do something.
pub fn is_map(object: &Fields) -> bool {
    by_ids(object).is_some() || switches(object).is_some() || permitted(object).is_some()
}

/// The name that an object has for itself, else the text that stands for it.
pub fn title(object: &Fields) -> Option<String> {
    first_text(object, TITLES.len())
}

/// The name that an object has for itself.
pub fn name(object: &Fields) -> Option<String> {
    first_text(object, NAMES)
}

fn first_text(object: &Fields, most: usize) -> Option<String> {
    let mut texts = TITLES
        .iter()
        .take(most)
        .filter_map(|name| object.text(name));
    texts.find(|text| !text.is_empty()).map(Cow::into_owned)
}

/// Whether a field names its object.
pub fn is_name(field: &str) -> bool {
    TITLES.iter().take(NAMES).any(|name| *name == field)
}

/// Whether a field names its object, or may stand for it.
pub fn is_title(field: &str) -> bool {
    TITLES.contains(&field)
}

/// Whether a field says where something is or goes to.
pub fn is_of_place(field: &str) -> bool {
    has("stream_id channel_id to type", field) || TOPICS.contains(&field)
}

/// Whether nothing is said of a field.
pub fn is_silent(field: &str) -> bool {
    has(SILENT, field)
        || field.contains("rendered_")
        || field.starts_with("avatar_")
        || field.ends_with("_source")
}

/// Whether the number in a field is a point in time.
pub fn is_time(field: &str) -> bool {
    let last = field.rsplit('_').next().unwrap_or_default();
    has("time timestamp date at", last) || field.starts_with("date_")
}

/// Whether nobody is told what stands in a field. Addresses with passwords are in `services`.
pub fn is_secret(field: &str, value: &RawValue) -> bool {
    let is_secret = credentials::is_credential(field) || has("services base_url", field);
    is_secret && !has("null [] {}", value.get())
}
