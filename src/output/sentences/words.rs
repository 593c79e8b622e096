//! What the names of fields and kinds mean, as far as it can be known without knowing the kind: tables.
//!
//! Servers add kinds with each release and forks add their own; the names of fields follow habits that
//! hold for years (`creator_id`, `stream_ids`, `started_at`). What is not in a table has no meaning
//! here: a wrong name is worse than a number. Left out on purpose: `recipient_id`, which is no
//! user's, and ids of other groups than user groups (`split_group_id`).

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::fields::Fields;
use crate::output::credentials;
use crate::output::names::Noun;

/// What people are called.
const PEOPLE: &str = "user person bot sender member owner creator author editor actor host assignee \
    participant reviewer subscriber inviter";
/// Fields with the name of a thing, the first that there is.
const NAMES: &str = "full_name name title domain fragment";
/// Fields with a text that stands for a thing without a name.
const TEXTS: &str = "content text pattern description";
/// Fields with a topic.
const TOPICS: &str = "topic topic_name subject";
/// Where something is or goes to.
const PLACE: &str = "stream_id channel_id to type";
/// What other fields say too, what only clients need, and times that say no more than the line's own.
/// `in_home_view` is `is_muted` turned round.
const SILENT: &str = "id type op operation icon_url logo_url night_logo_url source_url still_url path_id \
    realm_id emoji_code reaction_type server_generation zulip_merge_base in_home_view date_created \
    date_joined create_time export_time timestamp server_timestamp edit_timestamp last_updated";
/// Last words of fields whose numbers are points in time.
const TIMES: &str = "time timestamp date at";
/// An `op` after which what is null, false or empty says nothing: it is so in all new things.
const BRIEF: &str = "add create remove delete start";
/// Verbs for what an `op` says that was done.
const VERBS: &str = "add>added create>created update>changed change>changed update_dict>changed \
    update_one>changed remove>removed delete>deleted reorder>reordered start>started stop>stopped";
/// Words of the API, and what users read in the app.
const SPOKEN: &str = "realm>organization stream>channel streams>channels attachment>file";
/// Endings of many, and those of one; the first that fits.
const PLURALS: &str = "ies>y sses>ss shes>sh ches>ch xes>x ss>ss us>us is>is s>";
/// What is left out where details follow: they are the change.
pub const CHANGED: &str = "changed";

fn has(table: &str, word: &str) -> bool {
    table.split_ascii_whitespace().any(|one| one == word)
}

fn pairs(table: &str) -> impl Iterator<Item = (&str, &str)> {
    table
        .split_ascii_whitespace()
        .filter_map(|pair| pair.split_once('>'))
}

fn verb(word: &str) -> Option<&'static str> {
    let mut verbs = pairs(VERBS);
    verbs.find_map(|(op, verb)| (op == word).then_some(verb))
}

/// What was done, by an `op`: `added`, `members added`, `participant joined`.
pub fn verb_of(op: &str) -> String {
    let words = || op.split('_');
    let known = verb(op).or_else(|| words().find_map(verb));
    let others = words().filter(|word| verb(op).is_none() && verb(word).is_none());
    others.chain(known).collect::<Vec<_>>().join(" ")
}

/// Whether after this `op` only what is there is of interest.
pub fn is_brief(op: &str) -> bool {
    has(BRIEF, op)
}

/// A kind in words: `organization`, `default channels`.
pub fn spoken(kind: &str) -> String {
    if kind.is_empty() {
        return "(no type)".to_owned();
    }
    let words = without_realm(kind).split('_').map(|word| {
        let spoken = pairs(SPOKEN).find(|(api, _)| *api == word);
        spoken.map_or(word, |(_, spoken)| spoken)
    });
    words.collect::<Vec<_>>().join(" ")
}

fn without_realm(name: &str) -> &str {
    let rest = name.strip_prefix("realm_");
    rest.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

/// What one of them is called, as far as there are rules: `draft` of `drafts`, `emoji` of `realm_emoji`.
pub fn singular(name: &str) -> String {
    let name = without_realm(name);
    if !name.ends_with('s') {
        return name.to_owned();
    }
    let mut endings = pairs(PLURALS);
    let one = endings.find_map(|(many, one)| Some(name.strip_suffix(many)?.to_owned() + one));
    one.unwrap_or_else(|| name.to_owned())
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
pub fn of_kind(kind: &str) -> Noun {
    let kind = singular(kind);
    exact(&kind).unwrap_or(Noun::Thing(kind))
}

/// What the `id` of an object in such a field of an event of that kind is the id of.
pub fn of_object(field: &str, kind: &str) -> Noun {
    let of_name = exact(field).or_else(|| of_list(field));
    of_name.unwrap_or_else(|| of_kind(if is_after(field, kind) { kind } else { field }))
}

/// The name that an object has for itself.
pub fn name(object: &Fields) -> Option<String> {
    first_text(object, NAMES)
}

/// The name that an object has for itself, else the text that stands for it.
pub fn title(object: &Fields) -> Option<String> {
    name(object).or_else(|| first_text(object, TEXTS))
}

fn first_text(object: &Fields, fields: &str) -> Option<String> {
    let mut texts = fields
        .split_whitespace()
        .filter_map(|name| object.text(name));
    texts.find(|text| !text.is_empty()).map(Cow::into_owned)
}

/// Whether a field names its object.
pub fn is_name(field: &str) -> bool {
    has(NAMES, field)
}

/// Whether a field names its object, or may stand for it.
pub fn is_title(field: &str) -> bool {
    is_name(field) || has(TEXTS, field)
}

/// Whether a field says where something is or goes to.
pub fn is_of_place(field: &str) -> bool {
    has(PLACE, field) || has(TOPICS, field)
}

/// Whether a field is never printed.
pub fn is_silent(field: &str) -> bool {
    let prefixes = field.contains("rendered_") || field.starts_with("avatar_");
    prefixes || field.ends_with("_source") || has(SILENT, field)
}

/// Whether the number in a field is a point in time.
pub fn is_time(field: &str) -> bool {
    let last = field.rsplit('_').next();
    field.starts_with("date_") || last.is_some_and(|last| has(TIMES, last))
}

/// Whether nobody may see what stands in a field. Addresses with passwords are in `services`.
pub fn is_secret(field: &str, value: &RawValue) -> bool {
    let is_secret = credentials::is_credential(field) || has("services base_url", field);
    is_secret && !has("null [] {}", value.get())
}
