//! What the app shows and where it runs: views, hints, devices, linked accounts.
//!
//! Sources: `zerver/openapi/zulip.yaml` of Zulip 9.2, for views, devices and Webex the API changelog.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::event::Event;
use crate::output::summary::scribe::{Odd, Scribe, Told};

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
    tell_linked(event, "Zoom account ", scribe)
}

/// `has_webex_token`: the same at Webex.
pub fn has_webex_token(event: &Event, scribe: &mut Scribe) -> Told {
    tell_linked(event, "Webex account ", scribe)
}

fn tell_linked(event: &Event, what: &str, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Linked {
        value: bool,
    }
    let linked: Linked = serde_json::from_str(event.text)?;
    scribe.say(what);
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
