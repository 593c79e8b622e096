//! `user_settings`, in its three forms, and `alert_words`.
//!
//! Source: `zerver/openapi/zulip.yaml` of Zulip 9.2.

use std::borrow::Cow;

use serde::Deserialize;

use crate::event::Event;
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Scribe, Told};
use crate::output::summary::setting;

/// `alert_words`: all of them, as a new one mostly stands at the end.
pub fn alert_words(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct AlertWords<'a> {
        #[serde(borrow)]
        alert_words: Few<Cow<'a, str>>,
    }
    let AlertWords { alert_words } = serde_json::from_str(event.text)?;
    scribe.say("alert words: ");
    for (at, word) in alert_words.first.iter().enumerate() {
        scribe.aside(if at == 0 { "" } else { ", " });
        scribe.say(word);
    }
    match alert_words.len - alert_words.first.len() {
        _ if alert_words.len == 0 => scribe.say("none"),
        0 => {}
        more => scribe.aside(&format!(" and {more} more")),
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
