//! People and groups: who there is, what changed about them, who is there at the moment.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones,
//! and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::words::GROUP;
use super::writer::{Who, Writer};
use crate::fields::{Fields, number};
use crate::output::names::Subject;

/// Seconds by which somebody's connection may be newer than what they did last, and they are active: as
/// servers tell it to clients that know but the two words.
const ACTIVE: i64 = 70;
/// Seconds after which somebody who was active may be gone.
const OFFLINE: i64 = 200;
/// The role of most people, which is not worth a word.
const MEMBER: i64 = 400;

/// `realm_user`. Bots are among them.
pub fn realm_user(event: &Fields, writer: &mut Writer) -> Option<()> {
    let person = event.object("person")?;
    let id = person.integer("user_id")?;
    let address = person.text("email").unwrap_or_default();
    let known = Who {
        id: Some(id),
        address: &address,
        ..Who::default()
    };
    match &*event.text("op")? {
        "add" => {
            let name = person.text("full_name").unwrap_or_default();
            writer.someone(Who {
                name: &name,
                ..known
            });
            tell_new(&person, writer);
        }
        "remove" => {
            writer.someone(known);
            // Since feature level 222 they say that by `is_active`, and this only to guests. The
            // address, which tells the old from the new, was given up before that.
            writer.say(if address.is_empty() {
                " was deactivated or is no longer visible to you"
            } else {
                " was deactivated"
            });
        }
        "update" => {
            writer.someone(known);
            return tell_changes(id, &person, writer);
        }
        _ => return None,
    }
    Some(())
}

fn tell_new(person: &Fields, writer: &mut Writer) {
    let is_active = person.flag("is_active") != Some(false);
    writer.say(if is_active {
        " joined"
    } else {
        " was added, not active"
    });
    let kind = person.integer("role");
    if person.flag("is_bot") == Some(true) {
        writer.say(if is_active { " as a bot" } else { ", a bot" });
        if let Some(owner) = person.integer("bot_owner_id") {
            writer.say(" of ");
            writer.person(owner);
        }
    } else if let Some(role) = role(kind).filter(|_| kind != Some(MEMBER)) {
        writer.say(if is_active { " as " } else { ", " });
        writer.say(role);
    }
}

/// A role by its number, with its article.
fn role(number: Option<i64>) -> Option<&'static str> {
    match number? {
        100 => Some("an owner"),
        200 => Some("an administrator"),
        300 => Some("a moderator"),
        MEMBER => Some("a member"),
        600 => Some("a guest"),
        _ => None,
    }
}

/// What changed, as it follows the name: in words as far as there are some. A profile field goes by its
/// name.
fn tell_changes(id: i64, person: &Fields, writer: &mut Writer) -> Option<()> {
    let mut others = Fields::default();
    let mut gap = " ";
    for (key, value) in &person.0 {
        let role = role(number(value)).filter(|_| key == "role");
        let name = person.text("full_name").filter(|_| key == "full_name");
        let words = match (&**key, value.get()) {
            ("user_id" | "email", _) => continue,
            ("is_admin", "true") => "is now an administrator",
            ("is_admin", "false") => "is no longer an administrator",
            ("is_active", "true") => "was reactivated",
            ("is_active", "false") => "was deactivated",
            ("avatar_url", _) => "has a new picture",
            ("custom_profile_field", _) => {
                others.0.extend(profile_field(value, writer));
                continue;
            }
            _ if role.is_some() || name.is_some() => "is now ",
            _ => {
                others.0.push((key.clone(), value));
                continue;
            }
        };
        writer.aside(gap);
        gap = ", ";
        match name {
            // Of a bot it is told twice, and the second time it is known.
            Some(name) if writer.memory.names.of(Subject::Person, id) == Some(&name) => {
                writer.say("has a new name");
            }
            Some(name) => {
                writer.say("is now called ");
                writer.someone(Who {
                    name: &name,
                    ..Who::default()
                });
            }
            None => {
                writer.say(words);
                writer.say(role.unwrap_or_default());
            }
        }
    }
    let has_details = writer.details("realm_user", &others);
    (gap == ", " || has_details).then_some(())
}

/// The name of a profile field and its value.
fn profile_field<'a>(field: &'a RawValue, writer: &Writer) -> Option<(Cow<'a, str>, &'a RawValue)> {
    let field = Fields::of(field)?;
    let id = field.integer("id")?;
    let name = writer.memory.thing("custom_profile_field", id);
    let name = name.map_or_else(|| format!("profile field {id}"), ToOwned::to_owned);
    let (_, value) = field.0.into_iter().find(|(key, _)| key == "value")?;
    Some((Cow::Owned(name), value))
}

/// `presence`: of one person by client, or since feature level 419 of several by id.
pub fn presence(event: &Fields, writer: &mut Writer) -> Option<()> {
    let now = event.seconds("server_timestamp");
    if let Some(now) = now {
        writer.happened(now);
    }
    if let Some(presences) = event.object("presences") {
        return presences_by_id(&presences, now, writer);
    }
    let id = event.integer("user_id");
    let address = event.text("email").unwrap_or_default();
    if id.is_none() && address.is_empty() {
        return None;
    }
    // Active on one device is active.
    let mut best: Option<(&str, Cow<str>, Option<i64>)> = None;
    let clients = event.object("presence")?;
    for (client, device) in &clients.0 {
        let device = Fields::of(device)?;
        let status = device.text("status")?;
        if best.is_none() || status == "active" {
            best = Some((client, status, device.seconds("timestamp")));
        }
    }
    let (client, status, seen) = best?;
    writer.someone(Who {
        id,
        address: &address,
        ..Who::default()
    });
    let was = status == "active" && is_past(seen, now);
    writer.say(if was { " was " } else { " is " });
    writer.say(&status);
    // New servers say "website" for everything.
    if !matches!(client, "website" | "aggregated") {
        writer.aside(&format!(" ({client})"));
    }
    Some(())
}

fn is_past(seen: Option<i64>, now: Option<i64>) -> bool {
    let age = now.zip(seen).map(|(now, seen)| now.saturating_sub(seen));
    age.is_some_and(|age| age > OFFLINE)
}

/// `{"12":{"active_timestamp":…,"idle_timestamp":…}}`: when they did something last, and when they
/// were connected last.
fn presences_by_id(presences: &Fields, now: Option<i64>, writer: &mut Writer) -> Option<()> {
    let mut groups = [
        (Vec::new(), " is active", " are active"),
        (Vec::new(), " is idle", " are idle"),
        (Vec::new(), " was active", " were active"),
    ];
    for (id, seen) in &presences.0 {
        let id: i64 = id.parse().ok()?;
        let seen = Fields::of(seen)?;
        let active = seen.seconds("active_timestamp").unwrap_or_default();
        let connected = seen.seconds("idle_timestamp").unwrap_or_default();
        let is_idle = active.saturating_add(ACTIVE) < connected;
        let [is_active, is_idling, was_active] = &mut groups;
        let (people, ..) = if is_idle {
            is_idling
        } else if is_past(Some(active.max(connected)), now) {
            was_active
        } else {
            is_active
        };
        people.push(id);
    }
    let mut gap = "";
    for (people, of_one, of_many) in groups.iter().filter(|(people, ..)| !people.is_empty()) {
        writer.aside(gap);
        writer.people(people);
        writer.say(if people.len() == 1 { of_one } else { of_many });
        gap = ", ";
    }
    (!gap.is_empty()).then_some(())
}

/// `user_status`. What is not there has not changed; what is empty was cleared.
pub fn user_status(event: &Fields, writer: &mut Writer) -> Option<()> {
    let away = event.flag("away");
    let text = event.text("status_text");
    let emoji = event.text("emoji_name");
    writer.person(event.integer("user_id")?);
    match away {
        Some(true) => writer.say(" is away"),
        Some(false) => writer.say(" is no longer away"),
        None => {}
    }
    if text.is_none() && emoji.is_none() {
        return away.map(|_| ());
    }
    writer.aside(if away.is_some() { ", " } else { " " });
    let [has_text, has_emoji] = [&text, &emoji].map(Option::is_some);
    match (&*text.unwrap_or_default(), &*emoji.unwrap_or_default()) {
        ("", "") if !has_emoji => writer.say("cleared the text of the status"),
        ("", "") if !has_text => writer.say("cleared the emoji of the status"),
        ("", "") => writer.say("cleared the status"),
        (text, emoji) => {
            writer.say("set a status: ");
            if !emoji.is_empty() {
                let code = event.text("emoji_code").unwrap_or_default();
                let kind = event.text("reaction_type").unwrap_or_default();
                writer.emoji(emoji, &code, &kind);
                writer.say(if text.is_empty() { "" } else { " " });
            }
            writer.say(text);
        }
    }
    Some(())
}

/// `user_group`, as far as it is about who is in it.
pub fn user_group(event: &Fields, writer: &mut Writer) -> Option<()> {
    let op = event.text("op")?;
    if op == "add" {
        return tell_new_group(&event.object("group")?, writer);
    }
    let (of_one, of_many) = match &*op {
        "add_members" => (" added to ", " got "),
        "remove_members" => (" removed from ", " lost "),
        _ => return None,
    };
    let group = event.integer("group_id")?;
    let people = event.list("user_ids");
    match &*people.integers() {
        [] => return None,
        [person] => {
            writer.person(*person);
            writer.say(of_one);
            tell_group(group, writer);
        }
        // The group first: the names of many would push it off the line.
        ids => {
            tell_group(group, writer);
            writer.say(of_many);
            writer.list_of(ids, people.len, |writer, id| writer.person(*id));
        }
    }
    Some(())
}

fn tell_new_group(group: &Fields, writer: &mut Writer) -> Option<()> {
    writer.say("new ");
    tell_group(group.integer("id")?, writer);
    if let Some(creator) = group.integer("creator_id") {
        writer.aside(" by ");
        writer.person(creator);
    }
    let members = group.list("members");
    writer.aside(if members.len == 0 { ", empty" } else { " of " });
    writer.list_of(&members.integers(), members.len, |writer, id| {
        writer.person(*id);
    });
    let description = group.text("description").unwrap_or_default();
    if !description.is_empty() {
        writer.aside(": ");
        writer.quote(&description);
    }
    Some(())
}

/// `group oncall`, or `group#5`.
fn tell_group(id: i64, writer: &mut Writer) {
    if writer.memory.names.of(Subject::Group, id).is_some() {
        writer.say("group ");
    }
    let name = writer.wording("user_group").name(&GROUP, id);
    writer.say(&name.unwrap_or_default());
}

#[cfg(test)]
mod tests;
