//! The types of event that known servers send.
//!
//! They are what `--event-types` and the summaries know. Source of the names: `send_event` calls in
//! `zerver/lib/actions.py` of Zulip 1.7, `zerver/openapi/zulip.yaml` of 9.2, and the API changelog
//! for later ones.

macro_rules! kinds {
    ($($variant:ident = $name:literal,)*) => {
        /// A type of event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Kind {
            /// All of them.
            pub const ALL: &[Kind] = &[$(Kind::$variant,)*];

            /// The one of that name on the wire.
            pub fn named(name: &str) -> Option<Kind> {
                match name {
                    $($name => Some(Kind::$variant),)*
                    _ => None,
                }
            }

            /// Its name on the wire.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Kind::$variant => $name,)*
                }
            }
        }
    };
}

kinds! {
    Message = "message",
    UpdateMessage = "update_message",
    DeleteMessage = "delete_message",
    Reaction = "reaction",
    Submessage = "submessage",
    Typing = "typing",
    TypingEditMessage = "typing_edit_message",
    UpdateMessageFlags = "update_message_flags",
    Pointer = "pointer",

    Stream = "stream",
    Subscription = "subscription",
    DefaultStreams = "default_streams",
    DefaultStreamGroups = "default_stream_groups",
    ChannelFolder = "channel_folder",
    MutedTopics = "muted_topics",
    UserTopic = "user_topic",

    RealmUser = "realm_user",
    RealmBot = "realm_bot",
    Presence = "presence",
    UserStatus = "user_status",
    UserGroup = "user_group",
    MutedUsers = "muted_users",
    CustomProfileFields = "custom_profile_fields",
    InvitesChanged = "invites_changed",

    Realm = "realm",
    RealmDomains = "realm_domains",
    RealmEmoji = "realm_emoji",
    RealmFilters = "realm_filters",
    RealmLinkifiers = "realm_linkifiers",
    RealmPlaygrounds = "realm_playgrounds",
    RealmExport = "realm_export",
    RealmExportConsent = "realm_export_consent",
    RealmUserSettingsDefaults = "realm_user_settings_defaults",
    RealmBilling = "realm_billing",

    AlertWords = "alert_words",
    UpdateDisplaySettings = "update_display_settings",
    UpdateGlobalNotifications = "update_global_notifications",
    UserSettings = "user_settings",
    Attachment = "attachment",
    Drafts = "drafts",
    ScheduledMessages = "scheduled_messages",
    Reminders = "reminders",
    SavedSnippets = "saved_snippets",
    NavigationView = "navigation_view",
    OnboardingSteps = "onboarding_steps",
    Hotspots = "hotspots",
    HasZoomToken = "has_zoom_token",
    HasWebexToken = "has_webex_token",
    PushDevice = "push_device",
    Device = "device",

    Heartbeat = "heartbeat",
    Restart = "restart",
    WebReloadClient = "web_reload_client",
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn every_kind_is_found_by_its_own_name_only() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(*kind));
        }
        for name in ["", "Message", "messages", "wyzepal_tail"] {
            assert_eq!(Kind::named(name), None, "{name}");
        }
    }
}
