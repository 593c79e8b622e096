//! `POST /register`: a new queue, and the state that is asked for with it.
//!
//! Not for polling it (`events`). Rules: `zerver/views/events_register.py` and `zerver/lib/events.py`
//! of Zulip 9.2.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::directory;
use super::filter::LiveNarrow;
use super::http::Answer;
use super::params::Params;
use super::queue::{ChannelTyping, Reach, Wants, lifespan};
use super::realm::Realm;
use super::refusal::Refusal;
use super::roster::{ORGANIZATION, TAIL_BOT};
use super::stage::Stage;
use super::success::{FEATURE_LEVEL, VERSION, success};
use super::wire::Rendering;
use super::wire::event::Presence;

const KNOWN: &[&str] = &[
    "event_types",
    "fetch_event_types",
    "narrow",
    "all_public_streams",
    "apply_markdown",
    "client_gravatar",
    "include_subscribers",
    "slim_presence",
    "client_capabilities",
    "queue_lifespan_secs",
    "client",
];

#[derive(Serialize)]
struct Registered {
    queue_id: String,
    zulip_version: &'static str,
    zulip_feature_level: u32,
    zulip_merge_base: &'static str,
    #[serde(flatten)]
    state: Map<String, Value>,
    last_event_id: i64,
}

/// Registers a queue.
pub fn register(stage: &Stage, params: &Params) -> Result<Answer, Refusal> {
    let wants = wants(params)?;
    let fetched = params
        .strings("fetch_event_types")?
        .or_else(|| wants.kinds.clone());
    let lifespan = lifespan(params.integer("queue_lifespan_secs")?)?;
    // Known, checked, and without any effect here.
    for name in ["client_gravatar", "include_subscribers"] {
        params.flag(name, false)?;
    }
    let mut realm = stage.realm();
    let id = realm.register(wants, lifespan, stage.now())?;
    // The cast is waiting for newcomers.
    stage.announce();
    let registered = Registered {
        queue_id: id.0,
        zulip_version: VERSION,
        zulip_feature_level: FEATURE_LEVEL,
        zulip_merge_base: VERSION,
        state: state(&realm, stage.site(), fetched.as_deref()),
        last_event_id: -1,
    };
    Ok(success(registered, params.unknown(KNOWN)))
}

fn wants(params: &Params) -> Result<Wants, Refusal> {
    let kinds = params.strings("event_types")?;
    let narrow = LiveNarrow::new(&params.list("narrow")?.unwrap_or_default())?;
    let all_public = params.flag("all_public_streams", false)?;
    let reach = if all_public || !narrow.is_empty() {
        Reach::Public
    } else {
        Reach::Received
    };
    let rendering = Rendering::new(params.flag("apply_markdown", false)?);
    let slim = params.flag("slim_presence", false)?;
    let presence = if slim { Presence::Slim } else { Presence::Full };
    let channel_typing = channel_typing(params)?;
    Ok(Wants {
        kinds,
        narrow,
        reach,
        rendering,
        presence,
        channel_typing,
    })
}

fn channel_typing(params: &Params) -> Result<ChannelTyping, Refusal> {
    let capabilities = match params.json("client_capabilities")? {
        None => return Ok(ChannelTyping::Dropped),
        Some(Value::Object(capabilities)) => capabilities,
        Some(_) => return Err(Refusal::bad_request("client_capabilities is not a dict")),
    };
    if !capabilities.contains_key("notification_settings_null") {
        let message = "notification_settings_null key is missing from client_capabilities";
        return Err(Refusal::bad_request(message));
    }
    match capabilities
        .get("stream_typing_notifications")
        .and_then(Value::as_bool)
    {
        Some(true) => Ok(ChannelTyping::Taken),
        _ => Ok(ChannelTyping::Dropped),
    }
}

/// The part of the state that a tail could ask for; `fetched` is none for all of it.
fn state(realm: &Realm, site: &str, fetched: Option<&[String]>) -> Map<String, Value> {
    let wants_state =
        |kind: &str| fetched.is_none_or(|kinds| kinds.iter().any(|wanted| wanted == kind));
    let mut state = Map::new();
    let mut add = |name: &str, value: Value| state.insert(name.to_owned(), value);
    if wants_state("message") {
        add("max_message_id", json!(directory::max_message_id(realm)));
    }
    if wants_state("realm") {
        add("realm_name", json!(ORGANIZATION));
        add("realm_url", json!(site));
        add("realm_uri", json!(site));
        add("event_queue_longpoll_timeout_seconds", json!(90));
    }
    if wants_state("realm_user") {
        add("realm_users", directory::members());
        add("realm_non_active_users", json!([]));
        add("cross_realm_bots", json!([]));
        add("user_id", json!(TAIL_BOT.id));
        add("email", json!(TAIL_BOT.email));
        add("full_name", json!(TAIL_BOT.name));
    }
    if wants_state("realm_user_groups") {
        add("realm_user_groups", directory::groups(realm));
    }
    if wants_state("stream") {
        add("streams", directory::channels(realm));
    }
    if wants_state("subscription") {
        add("subscriptions", directory::subscribed(realm));
        add("unsubscribed", json!([]));
        add("never_subscribed", directory::never_subscribed(realm));
    }
    state
}
