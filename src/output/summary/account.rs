//! One's own account: settings, files, the look of the app, devices.
//!
//! Not for what one has written and not sent (`unsent.rs`). Sources: `zerver/openapi/zulip.yaml` of
//! Zulip 9.2, for views and devices the API changelog.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::scribe::{Odd, Scribe, Told};
use super::setting;
use crate::event::{Event, MessageId};

/// `alert_words`: all of them, as a new one mostly stands at the end.
pub fn alert_words(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct AlertWords<'a> {
        #[serde(borrow)]
        alert_words: Vec<Cow<'a, str>>,
    }
    let AlertWords { alert_words } = serde_json::from_str(event.text)?;
    scribe.say("alert words: ");
    for (at, word) in alert_words.iter().enumerate() {
        scribe.aside(if at == 0 { "" } else { ", " });
        scribe.say(word);
    }
    if alert_words.is_empty() {
        scribe.say("none");
    }
    Ok(())
}

/// `update_display_settings`, for old clients.
pub fn update_display_settings(event: &Event, scribe: &mut Scribe) -> Told {
    setting::describe_change(event, "you set ", scribe)
}

/// `update_global_notifications`, for old clients.
pub fn update_global_notifications(event: &Event, scribe: &mut Scribe) -> Told {
    setting::describe_change(event, "you set ", scribe)
}

/// `user_settings`.
pub fn user_settings(event: &Event, scribe: &mut Scribe) -> Told {
    setting::describe_change(event, "you set ", scribe)
}

/// `attachment`; of a removed one only the id is told.
pub fn attachment(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Change<'a> {
        op: &'a str,
        #[serde(borrow)]
        attachment: File<'a>,
    }
    #[derive(Deserialize)]
    struct File<'a> {
        id: i64,
        #[serde(borrow, default)]
        name: Cow<'a, str>,
        size: Option<u64>,
        create_time: Option<i64>,
        #[serde(default)]
        messages: Vec<Use>,
    }
    #[derive(Deserialize)]
    struct Use {
        id: u64,
    }
    let Change { op, attachment } = serde_json::from_str(event.text)?;
    scribe.say("file ");
    if attachment.name.is_empty() {
        scribe.say(&attachment.id.to_string());
    } else {
        scribe.say(&attachment.name);
    }
    match (op, &*attachment.messages) {
        ("add", _) => {
            scribe.say(" uploaded");
            if let Some(size) = attachment.size {
                scribe.aside(&format!(" ({})", in_units(size)));
            }
            scribe.happened(attachment.create_time.map_or(0, seconds));
        }
        ("update", []) => scribe.say(" is in no message any more"),
        ("update", [message]) => {
            scribe.say(" is in ");
            scribe.message(MessageId(message.id));
        }
        ("update", messages) => {
            scribe.say(" is in ");
            scribe.count(messages.len(), "message");
        }
        ("remove", _) => scribe.say(" removed"),
        _ => return Err(Odd),
    }
    Ok(())
}

/// Before feature level 443 these times are in milliseconds, which as seconds are thousands of years.
fn seconds(time: i64) -> i64 {
    const YEAR_5138: i64 = 100_000_000_000;
    if time < YEAR_5138 { time } else { time / 1000 }
}

fn in_units(bytes: u64) -> String {
    let mut tenths = u128::from(bytes) * 10;
    for unit in ["B", "kB", "MB"] {
        if tenths < 10_000 {
            return shown(tenths, unit);
        }
        tenths /= 1000;
    }
    shown(tenths, "GB")
}

fn shown(tenths: u128, unit: &str) -> String {
    match (tenths / 10, tenths % 10) {
        (whole, 1..) if whole < 10 => format!("{whole}.{} {unit}", tenths % 10),
        (whole, _) => format!("{whole} {unit}"),
    }
}

/// `navigation_view`: what stands in the left sidebar.
pub fn navigation_view(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Change<'a> {
        op: &'a str,
        #[serde(borrow, default)]
        fragment: Cow<'a, str>,
        #[serde(borrow, alias = "navigation_view", default)]
        data: View<'a>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct View<'a> {
        #[serde(borrow)]
        fragment: Cow<'a, str>,
        is_pinned: Option<bool>,
        #[serde(borrow)]
        name: Option<Cow<'a, str>>,
    }
    let change: Change = serde_json::from_str(event.text)?;
    let View {
        fragment,
        is_pinned,
        name,
    } = &change.data;
    let done = match change.op {
        "add" => " added",
        "update" => " changed",
        "remove" => " removed",
        _ => return Err(Odd),
    };
    for part in ["view ", &change.fragment, fragment, done] {
        scribe.say(part);
    }
    match is_pinned {
        Some(true) => scribe.say(", pinned"),
        Some(false) => scribe.say(", not pinned"),
        None => {}
    }
    if let Some(name) = name {
        scribe.say(", named ");
        scribe.quote(name);
    }
    Ok(())
}

/// `onboarding_steps`: which notices to newcomers are still to be shown.
pub fn onboarding_steps(event: &Event, scribe: &mut Scribe) -> Told {
    tell_hints(event, "notice", scribe)
}

/// `hotspots`: the same on old servers.
pub fn hotspots(event: &Event, scribe: &mut Scribe) -> Told {
    tell_hints(event, "hint", scribe)
}

fn tell_hints(event: &Event, noun: &str, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Hints {
        #[serde(alias = "onboarding_steps", alias = "hotspots")]
        hints: Vec<IgnoredAny>,
    }
    let Hints { hints } = serde_json::from_str(event.text)?;
    scribe.hush();
    scribe.count(hints.len(), noun);
    scribe.say(" to newcomers left");
    Ok(())
}

/// `has_zoom_token`: whether one's account at Zoom can be used.
pub fn has_zoom_token(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Linked {
        value: bool,
    }
    let linked: Linked = serde_json::from_str(event.text)?;
    scribe.say("Zoom account ");
    scribe.say(if linked.value { "linked" } else { "unlinked" });
    Ok(())
}

/// `push_device`: how the registration for push notifications goes.
pub fn push_device(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Registration<'a> {
        #[serde(borrow)]
        status: Cow<'a, str>,
    }
    let registration: Registration = serde_json::from_str(event.text)?;
    scribe.hush();
    scribe.say("push notifications are ");
    scribe.say(&registration.status);
    Ok(())
}

/// `device`; its keys are nobody's business.
pub fn device(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Change<'a> {
        op: &'a str,
        device_id: i64,
    }
    let change: Change = serde_json::from_str(event.text)?;
    let done = match change.op {
        "add" => "registered",
        "update" => "changed",
        "remove" => "removed",
        _ => return Err(Odd),
    };
    scribe.say(&format!("device {} {done}", change.device_id));
    Ok(())
}

#[cfg(test)]
mod tests;
