//! Who and what there is: `/users`, `/users/me`, `/streams`, `/users/me/subscriptions`, `/user_groups`,
//! `/server_settings`.
//!
//! Not for the people themselves (`roster`). Shapes: `zerver/openapi/zulip.yaml` of Zulip 9.2. That one tells
//! the groups to people only; the demo's account is a bot and gets them all the same, so that it has names.

use serde::Serialize;
use serde_json::{Value, json};

use super::http::Answer;
use super::params::Params;
use super::realm::Realm;
use super::roster::{
    ADA, CHANNELS, Channel, FRONT_OF_HOUSE, Group, Nature, ORGANIZATION, PEOPLE, Person, Privacy,
    Subscription, TAIL_BOT,
};
use super::stage::Stage;
use super::success::{FEATURE_LEVEL, VERSION, success};
use super::wire::message::avatar;

/// When everything here began, in seconds since 1970.
const FOUNDED: u64 = 1_725_181_200;
const FOUNDED_TEXT: &str = "2024-09-01T09:00+00:00";

/// A group of the system, which is not shown.
const ADMINISTRATORS: i64 = 11;

#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the fields are those of the API"
)]
struct Member {
    email: &'static str,
    user_id: i64,
    avatar_version: u32,
    is_admin: bool,
    is_owner: bool,
    is_guest: bool,
    is_billing_admin: bool,
    role: u32,
    is_bot: bool,
    full_name: &'static str,
    timezone: &'static str,
    is_active: bool,
    date_joined: &'static str,
    delivery_email: Option<&'static str>,
    avatar_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    bot_type: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bot_owner_id: Option<i64>,
}

impl Member {
    fn new(person: &Person) -> Member {
        let is_bot = person.nature == Nature::Bot;
        let is_owner = *person == ADA;
        Member {
            email: person.email,
            user_id: person.id,
            avatar_version: 1,
            is_admin: is_owner,
            is_owner,
            is_guest: false,
            is_billing_admin: false,
            role: if is_owner { 100 } else { 400 },
            is_bot,
            full_name: person.name,
            timezone: person.timezone,
            is_active: true,
            date_joined: FOUNDED_TEXT,
            // People's own addresses are not for everybody.
            delivery_email: is_bot.then_some(person.email),
            avatar_url: avatar(person),
            bot_type: is_bot.then_some(1),
            bot_owner_id: is_bot.then_some(ADA.id),
        }
    }
}

/// The id of the latest message that the account received; -1 if there is none.
pub fn max_message_id(realm: &Realm) -> i64 {
    let received = realm
        .messages()
        .iter()
        .rev()
        .find(|message| message.is_received());
    received
        .and_then(|message| i64::try_from(message.id.0).ok())
        .unwrap_or(-1)
}

/// Everybody.
pub fn members() -> Value {
    PEOPLE
        .iter()
        .map(|person| json!(Member::new(person)))
        .collect()
}

/// All channels that the account may see.
pub fn channels(realm: &Realm) -> Value {
    CHANNELS
        .iter()
        .map(|channel| wire_channel(realm, channel))
        .collect()
}

/// The channels that the account is subscribed to.
pub fn subscribed(realm: &Realm) -> Value {
    channels_that_are(Subscription::Subscribed)
        .map(|channel| subscription(wire_channel(realm, channel), channel))
        .collect()
}

/// The others.
pub fn never_subscribed(realm: &Realm) -> Value {
    channels_that_are(Subscription::NotSubscribed)
        .map(|channel| wire_channel(realm, channel))
        .collect()
}

fn channels_that_are(subscription: Subscription) -> impl Iterator<Item = &'static Channel> {
    let channels = CHANNELS.into_iter();
    channels.filter(move |channel| channel.subscription == subscription)
}

fn wire_channel(realm: &Realm, channel: &Channel) -> Value {
    let first = realm
        .messages()
        .iter()
        .find(|message| message.place.channel() == Some(channel));
    json!({
        "can_remove_subscribers_group": ADMINISTRATORS,
        "creator_id": null,
        "date_created": FOUNDED,
        "description": channel.description,
        "first_message_id": first.map(|message| message.id.0),
        "history_public_to_subscribers": true,
        "invite_only": channel.privacy == Privacy::InviteOnly,
        "is_announcement_only": false,
        "is_web_public": false,
        "message_retention_days": null,
        "name": channel.name,
        "rendered_description": format!("<p>{}</p>", channel.description),
        "stream_id": channel.id,
        "stream_post_policy": 1,
        "stream_weekly_traffic": null,
    })
}

fn subscription(mut wire_channel: Value, channel: &Channel) -> Value {
    let own = json!({
        "audible_notifications": null,
        "color": channel.color,
        "desktop_notifications": true,
        "email_notifications": null,
        "in_home_view": true,
        "is_muted": false,
        "pin_to_top": false,
        "push_notifications": null,
        "wildcard_mentions_notify": false,
    });
    if let (Value::Object(fields), Value::Object(own)) = (&mut wire_channel, own) {
        fields.extend(own);
    }
    wire_channel
}

/// `GET /users`.
pub fn users(params: &Params) -> Answer {
    let ignored = params.unknown(&["client_gravatar", "include_custom_profile_fields", "client"]);
    success(json!({ "members": members() }), ignored)
}

/// `GET /users/me`.
pub fn own_user(stage: &Stage, params: &Params) -> Answer {
    #[derive(Serialize)]
    struct Own {
        #[serde(flatten)]
        member: Member,
        max_message_id: i64,
    }
    let max_message_id = max_message_id(&stage.realm());
    success(
        Own {
            member: Member::new(&TAIL_BOT),
            max_message_id,
        },
        params.unknown(&["client"]),
    )
}

/// `GET /streams`.
pub fn streams(stage: &Stage, params: &Params) -> Answer {
    let known = [
        "include_public",
        "include_web_public",
        "include_subscribed",
        "include_all_active",
        "include_default",
        "include_owner_subscribed",
        "client",
    ];
    success(
        json!({ "streams": channels(&stage.realm()) }),
        params.unknown(&known),
    )
}

/// `GET /users/me/subscriptions`.
pub fn subscriptions(stage: &Stage, params: &Params) -> Answer {
    let ignored = params.unknown(&["include_subscribers", "client"]);
    success(
        json!({ "subscriptions": subscribed(&stage.realm()) }),
        ignored,
    )
}

/// The groups, but for those of the system.
pub fn groups(realm: &Realm) -> Value {
    let Group {
        id,
        name,
        description,
    } = &FRONT_OF_HOUSE;
    json!([{
        "id": id,
        "name": name,
        "description": description,
        "members": [realm.on_duty().id],
        "direct_subgroup_ids": [],
        "is_system_group": false,
        "can_mention_group": ADMINISTRATORS,
    }])
}

/// `GET /user_groups`.
pub fn user_groups(stage: &Stage, params: &Params) -> Answer {
    success(
        json!({ "user_groups": groups(&stage.realm()) }),
        params.unknown(&["client"]),
    )
}

/// `GET /server_settings`, for everybody.
pub fn server_settings(stage: &Stage) -> Answer {
    let settings = json!({
        "authentication_methods": {"password": true, "email": true},
        "zulip_version": VERSION,
        "zulip_merge_base": VERSION,
        "zulip_feature_level": FEATURE_LEVEL,
        "push_notifications_enabled": false,
        "is_incompatible": false,
        "email_auth_enabled": true,
        "require_email_format_usernames": true,
        "realm_url": stage.site(),
        "realm_uri": stage.site(),
        "realm_name": ORGANIZATION,
        "realm_icon": "",
        "realm_description": "<p>A small theatre that writes its own booking software</p>",
        "realm_web_public_access_enabled": false,
        "external_authentication_methods": [],
    });
    success(settings, Vec::new())
}
