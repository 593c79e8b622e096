//! The types of event that known servers send.
//!
//! They are what `--event-types` and the summaries know. Source of the names: `send_event` calls in
//! `zerver/lib/actions.py` of Zulip 1.7, `zerver/openapi/zulip.yaml` of 9.2, and the API changelog
//! for later ones.

/// A type of event that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(&'static str);

/// Their names on the wire.
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

impl Kind {
    /// `message`
    pub const MESSAGE: Kind = Kind("message");
    /// `update_message`
    pub const UPDATE_MESSAGE: Kind = Kind("update_message");
    /// `delete_message`
    pub const DELETE_MESSAGE: Kind = Kind("delete_message");
    /// `reaction`
    pub const REACTION: Kind = Kind("reaction");
    /// `submessage`
    pub const SUBMESSAGE: Kind = Kind("submessage");
    /// `typing`
    pub const TYPING: Kind = Kind("typing");
    /// `typing_edit_message`
    pub const TYPING_EDIT_MESSAGE: Kind = Kind("typing_edit_message");
    /// `update_message_flags`
    pub const UPDATE_MESSAGE_FLAGS: Kind = Kind("update_message_flags");
    /// `stream`
    pub const STREAM: Kind = Kind("stream");
    /// `presence`
    pub const PRESENCE: Kind = Kind("presence");
    /// `heartbeat`
    pub const HEARTBEAT: Kind = Kind("heartbeat");
    /// `restart`
    pub const RESTART: Kind = Kind("restart");

    /// All of them.
    pub fn all() -> impl Iterator<Item = Kind> {
        NAMES.split_whitespace().map(Kind)
    }

    /// The one of that name on the wire.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::all().find(|kind| kind.0 == name)
    }

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn every_kind_is_found_by_its_own_name_only() {
        for kind in Kind::all().chain([Kind::STREAM, Kind::PRESENCE]) {
            assert_eq!(Kind::named(kind.name()), Some(kind));
        }
        for name in ["", "Message", "messages", "wyzepal_tail"] {
            assert_eq!(Kind::named(name), None, "{name}");
        }
    }
}
