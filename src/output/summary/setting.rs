//! A setting and what it is now, with what its number stands for: `color_scheme = 2 (dark)`,
//! `signup_announcements_stream_id = #ops`.
//!
//! Names stay as the API spells them: one finds them in its documents, and they say enough. Not for
//! what was there before, which no event tells. Meanings of the numbers: `zerver/openapi/zulip.yaml`
//! of Zulip 9.2 (`PATCH /settings`, `PATCH /realm`), only those that have been the same ever since.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::scribe::{Odd, Scribe, Told};
use crate::event::Event;
use crate::output::credentials::is_credential;
use crate::secret::REDACTED;

/// `{"op":"update","property":"default_language","value":"de","language_name":"Deutsch"}`. Old
/// servers have a type of event for display and one for notifications, with fields of their own.
#[derive(Deserialize)]
struct Change<'a> {
    op: Option<&'a str>,
    #[serde(borrow, alias = "setting_name", alias = "notification_name")]
    property: Cow<'a, str>,
    #[serde(alias = "setting")]
    value: &'a RawValue,
    #[serde(borrow)]
    language_name: Option<Cow<'a, str>>,
}

/// Writes the one setting of an event, after `before`, which says whose it is.
pub fn describe_change(event: &Event, before: &str, scribe: &mut Scribe) -> Told {
    let change: Change = serde_json::from_str(event.text)?;
    if change.op.is_some_and(|op| op != "update") {
        return Err(Odd);
    }
    scribe.say(before);
    tell(&change.property, change.value, scribe);
    if let Some(language) = &change.language_name {
        aside(language, scribe);
    }
    Ok(())
}

/// Writes a setting and its value: ids with the name of what they stand for, credentials not at all.
pub fn tell(name: &str, now: &RawValue, scribe: &mut Scribe) {
    scribe.say(name);
    scribe.aside(" = ");
    if is_credential(name) && now.get() != "null" {
        return scribe.say(REDACTED);
    }
    let Ok(number) = now.get().parse::<i64>() else {
        return scribe.value(now);
    };
    let is_channel = name.ends_with("_stream_id") || name.ends_with("_channel_id");
    match number {
        // -1 for no channel.
        ..0 if is_channel => scribe.say("none"),
        id if is_channel => scribe.channel(id),
        // A permission is the id of a user group, `can_manage_all_groups` as well; since feature level
        // 320 it may be a group of its own, an object.
        id if name.ends_with("_group") || name.ends_with("_groups") => scribe.group(id),
        _ => {
            scribe.value(now);
            if let Some(meaning) = meaning(name, number) {
                aside(meaning, scribe);
            }
        }
    }
}

/// Writes what became of something, behind its name: ` archived, color = 2`. What `words` has words
/// for is said in these. Odd if nothing did.
pub fn tell_changes<'a>(
    fields: impl IntoIterator<Item = &'a (Cow<'a, str>, &'a RawValue)>,
    words: impl Fn(&str, &str) -> Option<Cow<'static, str>>,
    scribe: &mut Scribe,
) -> Told {
    let mut is_first = true;
    for (key, value) in fields {
        let words = words(key, value.get());
        scribe.aside(match words {
            _ if !is_first => ", ",
            Some(_) => " ",
            None => ": ",
        });
        match words {
            Some(words) => scribe.say(&words),
            None => tell(key, value, scribe),
        }
        is_first = false;
    }
    if is_first { Err(Odd) } else { Ok(()) }
}

fn aside(meaning: &str, scribe: &mut Scribe) {
    for part in [" (", meaning, ")"] {
        scribe.aside(part);
    }
}

fn meaning(name: &str, number: i64) -> Option<&'static str> {
    Some(match (name, number) {
        ("color_scheme" | "demote_inactive_streams", 1) => "automatic",
        ("color_scheme", 2) => "dark",
        ("color_scheme", 3) => "light",
        ("demote_inactive_streams", 2) => "always",
        ("demote_inactive_streams", 3) => "never",
        ("email_address_visibility", 1) => "everyone",
        ("email_address_visibility", 2) => "members",
        ("email_address_visibility", 3) => "administrators",
        ("email_address_visibility", 4) => "nobody",
        ("email_address_visibility", 5) => "moderators",
        ("message_retention_days", -1) => "for ever",
        _ => return None,
    })
}
