//! Who is there, and what they say that they are doing.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, its API changelog for
//! feature level 419, and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::Event;
use crate::fields::Fields;
use crate::output::summary::scribe::{Odd, Scribe, Told, Who};

#[derive(Default, Deserialize)]
#[serde(default)]
struct PresenceEvent<'a> {
    user_id: Option<i64>,
    /// From old servers, without the id; from new ones if not `slim_presence`.
    #[serde(borrow)]
    email: Cow<'a, str>,
    /// Seconds, with a fraction.
    #[serde(borrow)]
    server_timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    presence: Option<Fields<'a>>,
    /// The newest form, of several people: `{"12":{"active_timestamp":…,"idle_timestamp":…}}`.
    #[serde(borrow)]
    presences: Option<Fields<'a>>,
}

#[derive(Deserialize)]
struct Device<'a> {
    #[serde(borrow)]
    status: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Seen {
    #[serde(default)]
    active_timestamp: i64,
    #[serde(default)]
    idle_timestamp: i64,
}

/// `presence`.
pub fn presence(event: &Event, scribe: &mut Scribe) -> Told {
    let view: PresenceEvent = serde_json::from_str(event.text)?;
    if let Some(Fields(presences)) = &view.presences {
        return tell_seen(presences, scribe);
    }
    let Some(Fields(clients)) = &view.presence else {
        return Err(Odd);
    };
    if view.user_id.is_none() && view.email.is_empty() {
        return Err(Odd);
    }
    // Active on one device is active.
    let mut best: Option<(&str, Cow<str>)> = None;
    for (client, device) in clients {
        let Device { status } = serde_json::from_str(device.get())?;
        if best.is_none() || status == "active" {
            best = Some((client, status));
        }
    }
    let (client, status) = best.ok_or(Odd)?;
    scribe.someone(Who {
        id: view.user_id,
        address: &view.email,
        ..Who::default()
    });
    scribe.say(" is ");
    scribe.say(&status);
    // New servers say "website" for everything.
    if !matches!(client, "website" | "aggregated") {
        scribe.aside(&format!(" ({client})"));
    }
    let seconds = view.server_timestamp.map_or("", RawValue::get);
    let whole = seconds.split('.').next().unwrap_or_default();
    scribe.happened(whole.parse().unwrap_or_default());
    Ok(())
}

fn tell_seen(presences: &[(Cow<str>, &RawValue)], scribe: &mut Scribe) -> Told {
    let (mut active, mut idle) = (Vec::new(), Vec::new());
    for (id, seen) in presences {
        let id: i64 = id.parse().map_err(|_| Odd)?;
        let seen: Seen = serde_json::from_str(seen.get())?;
        if seen.active_timestamp >= seen.idle_timestamp {
            active.push(id);
        } else {
            idle.push(id);
        }
    }
    let mut gap = "";
    for (people, status) in [(active, "active"), (idle, "idle")] {
        if people.is_empty() {
            continue;
        }
        scribe.aside(gap);
        scribe.people(&people);
        scribe.say(if people.len() == 1 { " is " } else { " are " });
        scribe.say(status);
        gap = ", ";
    }
    if gap.is_empty() { Err(Odd) } else { Ok(()) }
}

/// What is not there has not changed; what is empty was cleared.
#[derive(Deserialize)]
struct UserStatus<'a> {
    user_id: i64,
    away: Option<bool>,
    #[serde(borrow)]
    status_text: Option<Cow<'a, str>>,
    #[serde(borrow)]
    emoji_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    emoji_code: Cow<'a, str>,
    #[serde(borrow, default)]
    reaction_type: Cow<'a, str>,
}

/// `user_status`.
pub fn user_status(event: &Event, scribe: &mut Scribe) -> Told {
    let view: UserStatus = serde_json::from_str(event.text)?;
    scribe.person(view.user_id);
    if let Some(away) = view.away {
        scribe.say(if away {
            " is away"
        } else {
            " is no longer away"
        });
    }
    let text = view.status_text.as_deref();
    let emoji = view.emoji_name.as_deref();
    if text.is_none() && emoji.is_none() {
        return view.away.map(|_| ()).ok_or(Odd);
    }
    scribe.aside(if view.away.is_some() { ", " } else { " " });
    match (text.unwrap_or_default(), emoji.unwrap_or_default()) {
        ("", "") if emoji.is_none() => scribe.say("cleared the text of the status"),
        ("", "") if text.is_none() => scribe.say("cleared the emoji of the status"),
        ("", "") => scribe.say("cleared the status"),
        (text, emoji) => {
            scribe.say("set a status: ");
            if !emoji.is_empty() {
                scribe.emoji(emoji, &view.emoji_code, &view.reaction_type);
                scribe.say(if text.is_empty() { "" } else { " " });
            }
            scribe.say(text);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
