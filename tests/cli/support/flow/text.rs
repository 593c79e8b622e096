//! What each number says: a message, or an event that no history has.
//!
//! Shapes: `message`, `reaction`, `presence` and `typing` events of Zulip 9.2. Nothing is remembered:
//! the same number always gives the same text. Each has its number in it, as `nr-17-`: messages and
//! reactions where a summary shows it.

use serde_json::{Value, json};

/// Whether a number is that of a message.
pub fn is_message(number: u64) -> bool {
    number % 10 < 7
}

/// Whether a summary of it tells the number.
pub fn is_told(number: u64) -> bool {
    number % 10 <= 7
}

/// The number that a line tells.
pub fn number_in(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("nr-")?;
    rest.split_once('-')?.0.parse().ok()
}

/// The event, at that time (seconds since 1970) and with that id in its queue.
pub fn event(number: u64, time: i64, id: i64) -> String {
    let user = sender(number);
    let mut event = match number % 10 {
        0..7 => json!({ "type": "message", "message": message(number, time), "flags": [] }),
        7 => {
            json!({ "type": "reaction", "op": "add", "user_id": user, "message_id": number - 3,
            "emoji_name": token(number), "emoji_code": "1", "reaction_type": "realm_emoji" })
        }
        8 => json!({ "type": "presence", "user_id": user, "email": address(user),
            "server_timestamp": time, "presence": { "website": {
            "client": "website", "status": "active", "timestamp": time, "pushable": false,
            } }, "nr": token(number) }),
        _ => json!({ "type": "typing", "op": "start", "message_type": "direct", "recipients": [],
            "sender": { "user_id": user, "email": address(user) }, "nr": token(number) }),
    };
    event["id"] = json!(id);
    event.to_string()
}

/// The message as a row of history.
pub fn row(number: u64, time: i64) -> Value {
    let mut row = message(number, time);
    row["flags"] = json!([]);
    row
}

fn message(number: u64, time: i64) -> Value {
    let user = sender(number);
    json!({
        "id": number, "type": "stream", "display_recipient": "Denmark", "stream_id": 4,
        "subject": format!("topic {}", number % 997), "sender_id": user,
        "sender_full_name": format!("User {user}"), "sender_email": address(user),
        "timestamp": time, "client": "website", "content": format!("{} {FILLER}", token(number)),
        "content_type": "text/x-markdown", "reactions": [], "recipient_id": 20, "is_me_message": false,
        "submessages": [], "topic_links": [], "avatar_url": null,
    })
}

fn token(number: u64) -> String {
    format!("nr-{number}-")
}

/// Thousands of people: whoever keeps their names must stop somewhere.
fn sender(number: u64) -> u64 {
    10 + number % 4_999
}

fn address(user: u64) -> String {
    format!("user{user}@example.com")
}

const FILLER: &str = "The frogs are back in the pond, and whoever wants to hear them has to come \
    before noon; afterwards the mowers drown everything, says the gardener, who should know.";
