//! A queue that something else registered and filled: the shortest way from given bytes to what the
//! program makes of them.
//!
//! Not for queues of the program's own, nor for what happens between two polls.

use serde_json::json;

use super::expect::Expect;
use super::reply::Reply;
use super::run::Tail;
use super::server::Server;

/// The queue's id.
pub const QUEUE: &str = "taken";

/// An answer to a poll: these events, each given as its text.
pub fn events<T: AsRef<str>>(events: impl IntoIterator<Item = T>) -> Reply {
    Reply::text(200, "application/json", body(events))
}

/// The body of such an answer, as the servers write it.
pub fn body<T: AsRef<str>>(events: impl IntoIterator<Item = T>) -> String {
    let mut list = String::new();
    for event in events {
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(event.as_ref());
    }
    format!(
        "{{\"result\":\"success\",\"msg\":\"\",\"events\":[{list}],\"queue_id\":\"{QUEUE}\"}}\n"
    )
}

/// A server that knows no names, which summaries may ask for at any time.
pub fn nameless() -> Server {
    without_names(Server::new())
}

/// The same beside what a script has already.
pub fn without_names(server: Server) -> Server {
    let nobody = json!({ "result": "success", "msg": "", "members": [], "streams": [], "user_groups": [],
        "subscriptions": [], "user_id": 10, "email": "me@example.com", "full_name": "Me" });
    [
        "/users",
        "/streams",
        "/user_groups",
        "/users/me",
        "/users/me/subscriptions",
    ]
    .into_iter()
    .fold(server, |server, path| {
        server.always(Expect::new("GET", path), Reply::json(200, &nobody))
    })
}

/// A server whose queue gives this answer, and then nothing more.
pub fn holding(answer: Reply) -> Server {
    let all = Expect::poll()
        .param("queue_id", QUEUE)
        .param("last_event_id", "-1");
    nameless()
        .on(all, answer)
        .on(Expect::poll().param("dont_block", "true"), events([""; 0]))
}

/// The program, which prints all that the server's queue holds, and ends.
pub fn drain(server: &Server) -> Tail {
    Tail::new(&server.site()).args(["--once", "--queue-id", QUEUE])
}
