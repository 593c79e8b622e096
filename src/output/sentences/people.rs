//! People: who there is, what changed about them, who is there at the moment.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones,
//! and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::table;
use super::writer::Writer;
use crate::event::Person;
use crate::fields::Fields;
use crate::output::names::Noun;

/// Seconds by which somebody's connection may be newer than what they did last, and they are active: as
/// servers tell it to clients that know but the two words.
const ACTIVE: i64 = 70;
/// Seconds after which somebody who was active may be gone.
const OFFLINE: i64 = 200;

/// Somebody by the name so far. None where there is no id.
pub fn write_so_far(person: &Fields, writer: &mut Writer) -> Option<()> {
    writer.someone(&Person {
        id: person.integer("user_id")?,
        email: person.text("email").unwrap_or_default(),
        ..Person::default()
    });
    Some(())
}

/// What changed about somebody, as it follows the name: in words as far as there are some. A profile field goes by
/// its name.
pub fn write_changes(person: &Fields, writer: &mut Writer) -> Option<()> {
    let id = person.integer("user_id")?;
    let name = writer.memory.names.find(&Noun::Person, id);
    let mut phrases = Vec::new();
    let mut others = Fields::default();
    for (key, value) in &person.0 {
        let field = Fields(vec![(key.clone(), *value)]);
        match (&**key, field.text("full_name")) {
            // Of a bot it comes twice, and the second time the name is known.
            (_, Some(new)) if name.as_deref() == Some(&*new) => {
                phrases.push("has a new name".to_owned());
            }
            (_, Some(new)) => phrases.push(format!("is now called {new}")),
            ("user_id" | "email", _) => {}
            ("custom_profile_field", _) => others.0.extend(profile_field(value, writer)),
            _ => match table::words_for("change_of_person", &field) {
                Some(words) => phrases.push(words.to_owned()),
                None => others.0.extend(field.0),
            },
        }
    }
    writer.plain(if phrases.is_empty() { "" } else { " " });
    writer.plain(&phrases.join(", "));
    let has_details = writer.details("realm_user", &others);
    (has_details || !phrases.is_empty()).then_some(())
}

/// The name of a profile field and its value.
fn profile_field<'a>(field: &'a RawValue, writer: &Writer) -> Option<(Cow<'a, str>, &'a RawValue)> {
    let field = Fields::of(field)?;
    let id = field.integer("id")?;
    let noun = Noun::Thing("custom_profile_field".to_owned());
    let name = writer.memory.names.of(&noun, id);
    let name = name.map_or_else(|| format!("profile field {id}"), ToOwned::to_owned);
    let (_, value) = field.0.into_iter().find(|(key, _)| key == "value")?;
    Some((Cow::Owned(name), value))
}

/// `presence`: of one person by client, or since feature level 419 of several by id.
pub fn presence(event: &Fields, writer: &mut Writer) -> Option<()> {
    let now = event.seconds("server_timestamp");
    writer.set_time(now.unwrap_or_default());
    if let Some(presences) = event.object("presences") {
        return presences_by_id(&presences, now, writer);
    }
    let address = event.text("email").unwrap_or_default();
    if event.get("user_id").is_none() && address.is_empty() {
        return None;
    }
    let clients = event.object("presence")?;
    let statuses = clients.0.iter().map(|(client, device)| {
        let device = Fields::of(device)?;
        Some((client, device.text("status")?, device.seconds("timestamp")))
    });
    let statuses: Vec<_> = statuses.collect::<Option<_>>()?;
    // Active on one device is active.
    let active = statuses.iter().find(|(_, status, _)| status == "active");
    let (client, status, seen) = active.or(statuses.first())?;
    writer.person_in(event);
    let was = active.is_some() && is_past(*seen, now);
    writer.plain(if was { " was " } else { " is " });
    writer.plain(status);
    // New servers say "website" for everything.
    if !matches!(&***client, "website" | "aggregated") {
        writer.dim(&format!(" ({client})"));
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
    let people = presences.0.iter().map(|(id, seen)| {
        let seen = Fields::of(seen)?;
        let active = seen.seconds("active_timestamp").unwrap_or_default();
        let connected = seen.seconds("idle_timestamp").unwrap_or_default();
        let words = if active.saturating_add(ACTIVE) < connected {
            " is idle"
        } else if is_past(Some(active.max(connected)), now) {
            " was active"
        } else {
            " is active"
        };
        Some((id.parse().ok()?, words))
    });
    let people: Vec<_> = people.collect::<Option<_>>()?;
    writer.list(&people, |writer, (id, words)| {
        writer.person(*id);
        writer.plain(words);
    });
    (!people.is_empty()).then_some(())
}

#[cfg(test)]
mod tests;
