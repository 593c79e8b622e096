//! A server that lets everybody in and has the same message for whoever polls.
//!
//! For tests of what a client sends along; whether it may is not checked here (`model` does).

use std::collections::BTreeSet;

use serde_json::json;

use super::answers::no_history;
use super::expect::Expect;
use super::http::Request;
use super::reply::Reply;
use super::run::Tail;
use super::server::Server;

/// What it says: with `-C 1`, all that the program prints.
pub const HELLO: &str = concat!(
    r#"{"type":"message","message":{"id":1,"type":"stream","sender_id":8,"sender_email":"cordelia@example.com","#,
    r#""sender_full_name":"Cordelia","display_recipient":"Denmark","stream_id":4,"subject":"castle","#,
    r#""content":"hello","timestamp":1795356000},"flags":[],"id":0}"#,
    "\n"
);

/// The server, at its root.
pub fn greeter() -> Server {
    greeter_below("")
}

/// The server, below a folder, or as a proxy sees it (`Expect::below`).
pub fn greeter_below(prefix: &str) -> Server {
    let success = |mut body: serde_json::Value| {
        body["result"] = json!("success");
        body["msg"] = json!("");
        Reply::json(200, &body)
    };
    let events = format!(
        r#"{{"result":"success","msg":"","events":[{}]}}"#,
        HELLO.trim_end()
    );
    let me = json!({ "user_id": 24, "email": "user24@chat.example.com", "full_name": "Tail Bot" });
    Server::new()
        .always(
            Expect::register().below(prefix),
            success(json!({ "queue_id": "q", "last_event_id": -1, "zulip_feature_level": 278 })),
        )
        .always(
            Expect::poll().below(prefix),
            Reply::text(200, "application/json", events),
        )
        .always(Expect::history().below(prefix), no_history())
        .always(Expect::new("GET", "/users/me").below(prefix), success(me))
        .always(Expect::delete().below(prefix), success(json!({})))
}

/// A run that ends after the greeting.
pub fn once(site: &str) -> Tail {
    Tail::new(site).args(["-C", "1"])
}

/// The accounts, as `email:key`, that all requests so far came with, each once.
pub fn accounts(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let credentials = requests.iter().map(Request::credentials);
    let accounts: BTreeSet<String> = credentials.map(Option::unwrap_or_default).collect();
    accounts.into_iter().collect()
}
