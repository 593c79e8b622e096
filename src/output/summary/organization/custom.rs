//! What an organization adds to its messages: custom emoji, linkifiers, code playgrounds.
//!
//! Not for the use of an emoji (`reaction`). Sources: `zerver/openapi/zulip.yaml` of Zulip 9.2,
//! `zerver/lib/actions.py` of 1.7, and the API changelog for single emoji.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::event::Event;
use crate::fields::Fields;
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Odd, Scribe, Told};
use crate::output::summary::setting;

/// A custom emoji.
#[derive(Deserialize)]
struct Emoji<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(default)]
    deactivated: bool,
    author_id: Option<i64>,
}

/// `realm_emoji`.
pub fn realm_emoji(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Change<'a> {
        op: &'a str,
        #[serde(borrow)]
        realm_emoji: Option<Fields<'a>>,
        #[serde(borrow)]
        emoji: Option<Emoji<'a>>,
        #[serde(borrow)]
        emoji_id: Option<Cow<'a, str>>,
        #[serde(borrow)]
        data: Option<Fields<'a>>,
    }
    let change: Change = serde_json::from_str(event.text)?;
    match change.op {
        "update" => tell_all_emoji(&change.realm_emoji.ok_or(Odd)?, scribe),
        "add" => {
            let emoji = change.emoji.ok_or(Odd)?;
            scribe.say("emoji ");
            tell_emoji(&emoji, scribe);
            scribe.say(" added");
            scribe.by(emoji.author_id);
            Ok(())
        }
        "update_one" => {
            let (id, Fields(data)) = (change.emoji_id.ok_or(Odd)?, change.data.ok_or(Odd)?);
            for part in ["emoji ", &id, ": "] {
                scribe.say(part);
            }
            scribe.list(&data, |scribe, (key, value)| {
                setting::tell(key, value, scribe);
            });
            Ok(())
        }
        _ => Err(Odd),
    }
}

fn tell_all_emoji(Fields(all): &Fields, scribe: &mut Scribe) -> Told {
    // The ids ascend, and the newest are of most interest.
    let emoji: Result<Vec<Emoji>, _> = all
        .iter()
        .rev()
        .map(|(_, emoji)| serde_json::from_str(emoji.get()))
        .collect();
    let mut emoji = emoji?;
    emoji.retain(|emoji| !emoji.deactivated);
    tell_size("custom emoji", emoji.len(), scribe);
    scribe.say(if emoji.is_empty() { "" } else { ": " });
    scribe.list(&emoji, |scribe, emoji| tell_emoji(emoji, scribe));
    Ok(())
}

fn tell_emoji(emoji: &Emoji, scribe: &mut Scribe) {
    scribe.emoji(&emoji.name, "", "realm_emoji");
}

/// What can be said of a new list where the one before is not known: `linkifiers changed, now 3`.
fn tell_size(what: &str, size: usize, scribe: &mut Scribe) {
    scribe.say(what);
    scribe.say(" changed, now ");
    scribe.say(&match size {
        0 => "none".to_owned(),
        size => size.to_string(),
    });
}

/// `realm_filters`: linkifiers, on old servers.
pub fn realm_filters(event: &Event, scribe: &mut Scribe) -> Told {
    realm_linkifiers(event, scribe)
}

/// `realm_linkifiers`: which texts become links. The patterns are not for people.
pub fn realm_linkifiers(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Linkifiers {
        #[serde(alias = "realm_filters")]
        realm_linkifiers: Vec<IgnoredAny>,
    }
    let Linkifiers { realm_linkifiers } = serde_json::from_str(event.text)?;
    tell_size("linkifiers", realm_linkifiers.len(), scribe);
    Ok(())
}

/// `realm_playgrounds`: places where code in messages can be tried.
pub fn realm_playgrounds(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Playgrounds<'a> {
        #[serde(borrow)]
        realm_playgrounds: Few<Playground<'a>>,
    }
    #[derive(Deserialize)]
    struct Playground<'a> {
        #[serde(borrow)]
        name: Cow<'a, str>,
    }
    let Playgrounds { realm_playgrounds } = serde_json::from_str(event.text)?;
    scribe.say("code playgrounds: ");
    scribe.list(&realm_playgrounds, |scribe, playground| {
        scribe.say(&playground.name);
    });
    if realm_playgrounds.len == 0 {
        scribe.say("none");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
