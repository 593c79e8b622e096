//! The queue itself and the server behind it.
//!
//! Not for what becomes of a lost queue: only for what the server says in events.

use std::borrow::Cow;

use serde::Deserialize;

use super::scribe::{Scribe, Told};
use crate::event::Event;

/// `heartbeat`: nothing happened for a while.
pub fn heartbeat(scribe: &mut Scribe) {
    scribe.hush();
    scribe.say("the connection is alive");
}

/// `restart`; old servers do not say what they have become.
pub fn restart(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Restart<'a> {
        server_generation: Option<i64>,
        #[serde(borrow)]
        zulip_version: Option<Cow<'a, str>>,
        zulip_feature_level: Option<u32>,
    }
    let restart: Restart = serde_json::from_str(event.text)?;
    scribe.say("server restarted");
    if let Some(version) = &restart.zulip_version {
        scribe.say(", now version ");
        scribe.say(version);
    }
    if let Some(level) = restart.zulip_feature_level {
        scribe.aside(&format!(" (feature level {level})"));
    }
    // A generation is called after the second of its birth.
    scribe.happened(restart.server_generation.unwrap_or_default());
    Ok(())
}

/// `web_reload_client`: of interest to browsers only.
pub fn web_reload_client(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Reload {
        #[serde(default)]
        immediate: bool,
    }
    let reload: Reload = serde_json::from_str(event.text)?;
    scribe.hush();
    scribe.say(if reload.immediate {
        "browsers have to reload at once"
    } else {
        "browsers have to reload soon"
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::output::summary::telling::{line, sentence};

    #[test]
    fn the_server_says_what_it_has_become() {
        for (name, event, expected) in [
            (
                "alive",
                r#"{"type":"heartbeat","id":5}"#,
                "heartbeat  the connection is alive",
            ),
            (
                "restart",
                r#"{"type":"restart","zulip_version":"9.2+git","zulip_merge_base":"","zulip_feature_level":278,"server_generation":1795356127}"#,
                "restart  server restarted, now version 9.2+git (feature level 278)",
            ),
            (
                "restart of an old server",
                r#"{"type":"restart","server_generation":1521500000,"immediate":true}"#,
                "restart  server restarted",
            ),
            (
                "reload",
                r#"{"type":"web_reload_client","immediate":false}"#,
                "web_reload_client  browsers have to reload soon",
            ),
            (
                "reload now",
                r#"{"type":"web_reload_client","immediate":true}"#,
                "web_reload_client  browsers have to reload at once",
            ),
            (
                "odd restart",
                r#"{"type":"restart","zulip_version":9}"#,
                "restart  zulip_version=9",
            ),
            (
                "odd reload",
                r#"{"type":"web_reload_client","immediate":7}"#,
                "web_reload_client  immediate=7",
            ),
        ] {
            assert_eq!(sentence(event), expected, "{name}");
        }
    }

    #[test]
    fn a_restart_happened_when_the_new_server_was_born() {
        for (generation, time) in [("1795356127", "14:02:07"), ("0", "14:03:00")] {
            let event = format!(r#"{{"type":"restart","server_generation":{generation}}}"#);
            assert_eq!(
                line("restart", &event),
                format!("{time} restart  server restarted")
            );
        }
    }
}
