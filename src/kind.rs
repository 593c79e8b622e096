//! Kinds of event: the names that known servers send, and lists of names as `--event-types` and `--exclude-types`
//! have them.
//!
//! Servers accept any name and never send what they do not know (`zerver/views/events_register.py`), so a
//! misspelt one would look like silence. Source of the names: `send_event` calls in
//! `zerver/lib/actions.py` of Zulip 1.7, `zerver/openapi/zulip.yaml` of 9.2, and the API changelog
//! for later ones.

use std::str::FromStr;

use crate::nearest::nearest;

/// All that are known.
const NAMES: &str = "message update_message delete_message reaction submessage typing typing_edit_message \
    update_message_flags pointer \
    stream subscription default_streams default_stream_groups channel_folder muted_topics user_topic \
    realm_user realm_bot presence user_status user_group muted_users custom_profile_fields \
    invites_changed \
    realm realm_domains realm_emoji realm_filters realm_linkifiers realm_playgrounds realm_export \
    realm_export_consent realm_user_settings_defaults realm_billing \
    alert_words update_display_settings update_global_notifications user_settings attachment drafts \
    scheduled_messages reminders saved_snippets navigation_view onboarding_steps hotspots has_zoom_token \
    has_webex_token push_device device \
    heartbeat restart web_reload_client";

/// The one that narrows and history are about.
pub const MESSAGE: &str = "message";
/// `update_message`
pub const UPDATE_MESSAGE: &str = "update_message";
/// `delete_message`
pub const DELETE_MESSAGE: &str = "delete_message";
/// `reaction`
pub const REACTION: &str = "reaction";
/// `submessage`
pub const SUBMESSAGE: &str = "submessage";
/// `typing`
pub const TYPING: &str = "typing";
/// `typing_edit_message`
pub const TYPING_EDIT_MESSAGE: &str = "typing_edit_message";
/// `update_message_flags`
pub const UPDATE_MESSAGE_FLAGS: &str = "update_message_flags";
/// `stream`
pub const STREAM: &str = "stream";
/// `presence`
pub const PRESENCE: &str = "presence";
/// Sent by the server when nothing else was; never asked for, shown only where it is named.
pub const HEARTBEAT: &str = "heartbeat";
/// Sent when the server has restarted.
pub const RESTART: &str = "restart";

/// All of them.
pub fn all() -> impl Iterator<Item = &'static str> {
    NAMES.split_whitespace()
}

/// Whether known servers send it.
pub fn is_known(name: &str) -> bool {
    all().any(|known| known == name)
}

/// The types of one option, in the order given: `message,reaction`, `["message"]` or `['message']`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindList(pub Vec<String>);

impl FromStr for KindList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let within = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let items = within.unwrap_or(text);
        let items = items
            .strip_suffix(',')
            .unwrap_or(items)
            .split(',')
            .map(str::trim);
        let kinds: Option<Vec<String>> = items.map(kind).collect();
        let fault = format!(
            "{text:?} is no list of event types: write their names with commas between them, such as message,reaction"
        );
        kinds.map(KindList).ok_or(fault)
    }
}

/// One item of a list, without its quotes. No type has a character that JSON would escape.
fn kind(item: &str) -> Option<String> {
    let unquoted = |quote| item.strip_prefix(quote)?.strip_suffix(quote);
    let name = unquoted('"').or_else(|| unquoted('\'')).unwrap_or(item);
    let foreign = |c: char| c.is_whitespace() || c.is_control() || "\"'\\[]{}:".contains(c);
    (!name.is_empty() && !name.contains(foreign)).then(|| name.to_owned())
}

/// The name to ask for in place of the one that was written, and a warning where that is not known: never final,
/// since a newer server may know it. The server's comparison minds the case, so this one does too.
pub fn check(written: &str) -> (String, Option<String>) {
    if is_known(written) {
        return (written.to_owned(), None);
    }
    // The servers' documents print some in the plural.
    if let Some(name) = written.strip_suffix('s').filter(|name| is_known(name)) {
        let warning = format!("there is no event type {written:?}, taken as {name:?}");
        return (name.to_owned(), Some(warning));
    }
    let hint = suggestion(written)
        .map(|nearest| format!(" (did you mean {nearest:?}?)"))
        .unwrap_or_default();
    let warning = format!(
        "event type {written:?} is not known, used as it is: no such event comes unless the server knows it{hint}"
    );
    (written.to_owned(), Some(warning))
}

fn suggestion(written: &str) -> Option<&'static str> {
    if matches!(written.to_lowercase().as_str(), "channel" | "channels") {
        // Only the servers' pages say channel; the type of the event is still the old word.
        return Some("stream");
    }
    nearest(written, all())
}

#[cfg(test)]
mod tests;
