//! The endpoints that tell who and where: the account, people, channels, the server.
//!
//! Shapes: `GET /users/me`, `/users`, `/streams`, `/user_groups`, `/users/me/subscriptions`, `/server_settings`; the fields that clients read.

use serde_json::{Value, json};

use super::Dialect;
use super::post::{Access, Cast, Channel, Person};
use crate::support::http::Request;
use crate::support::reply::Reply;

/// The answer; the page for lost visitors where there is no such endpoint.
pub fn answer(request: &Request, server: Dialect, cast: Cast, newest: Option<u64>) -> Reply {
    let (user_id, email, full_name) = cast.me;
    let mut body = match request.path.strip_prefix("/api/v1").unwrap_or_default() {
        "/users/me" => {
            json!({ "user_id": user_id, "email": email, "full_name": full_name, "is_bot": true,
            "is_admin": false, "max_message_id": newest })
        }
        "/users" => {
            json!({ "members": cast.people.iter().map(|one| person(*one, user_id)).collect::<Vec<_>>() })
        }
        "/streams" => json!({ "streams": channels(cast, |access| access != Access::Hidden) }),
        "/user_groups" if server != Dialect::Old => {
            json!({ "user_groups": [{ "id": 13, "name": "role:administrators", "members": [], "is_system_group": true }] })
        }
        "/users/me/subscriptions" => {
            json!({ "subscriptions": channels(cast, |access| access == Access::Subscribed) })
        }
        "/server_settings" if server == Dialect::Old => json!({ "zulip_version": "1.7.1+git" }),
        "/server_settings" => json!({ "zulip_version": "9.2+git", "zulip_feature_level": 278 }),
        _ => {
            return Reply::text(
                404,
                "text/html",
                "<!DOCTYPE html>\n<html><title>Page not found</title></html>\n",
            );
        }
    };
    body["result"] = json!("success");
    body["msg"] = json!("");
    Reply::json(200, &body)
}

fn person((id, email, name): Person, me: i64) -> Value {
    json!({ "user_id": id, "email": email, "full_name": name, "is_bot": id == me, "is_active": true })
}

fn channels(cast: Cast, shown: impl Fn(Access) -> bool) -> Vec<Value> {
    let entry = |channel: &Channel| {
        let private = channel.access == Access::Hidden;
        json!({ "stream_id": channel.id, "name": channel.name, "description": "", "invite_only": private })
    };
    cast.channels
        .iter()
        .filter(|channel| shown(channel.access))
        .map(entry)
        .collect()
}
