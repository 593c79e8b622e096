//! Why the demo's server refuses a request, in the words of Zulip 9.2.
//!
//! Not for parsing (`params`). Bodies: `zerver/lib/exceptions.py` and `zerver/lib/request.py`, measured on 9.2.

use serde_json::{Value, json};

use super::http::{Answer, Content};

/// An error of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 400 with that message.
    BadRequest(String),
    /// 400: the parameter of that name is missing.
    Missing(&'static str),
    /// 400: no queue of that name, or not any more.
    BadQueue(String),
    /// 400: history cannot be narrowed like this.
    BadNarrow(String),
    /// 401 with that message.
    Unauthorized(&'static str),
    /// 500, where the real server stumbles as well.
    Internal,
}

impl Refusal {
    /// 400 with that message.
    pub fn bad_request(message: impl Into<String>) -> Refusal {
        Refusal::BadRequest(message.into())
    }
}

fn error(message: &str, code: &str) -> Value {
    json!({"result": "error", "msg": message, "code": code})
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Answer {
        let (status, body) = match &refusal {
            Refusal::BadRequest(message) => (400, error(message, "BAD_REQUEST")),
            Refusal::Missing(name) => {
                let message = format!("Missing '{name}' argument");
                let code = "REQUEST_VARIABLE_MISSING";
                (
                    400,
                    json!({"result": "error", "msg": message, "var_name": name, "code": code}),
                )
            }
            Refusal::BadQueue(id) => {
                let (message, code) = (format!("Bad event queue ID: {id}"), "BAD_EVENT_QUEUE_ID");
                (
                    400,
                    json!({"result": "error", "msg": message, "queue_id": id, "code": code}),
                )
            }
            Refusal::BadNarrow(reason) => {
                let (message, code) = (format!("Invalid narrow operator: {reason}"), "BAD_NARROW");
                (
                    400,
                    json!({"result": "error", "msg": message, "desc": reason, "code": code}),
                )
            }
            Refusal::Unauthorized(message) => (401, error(message, "UNAUTHORIZED")),
            Refusal::Internal => (
                500,
                json!({"result": "error", "msg": "Internal server error"}),
            ),
        };
        let answer = Answer::new(status, Content::Json, format!("{body}\n"));
        match refusal {
            Refusal::Unauthorized(_) => answer.with("WWW-Authenticate", "Basic realm=\"zulip\""),
            _ => answer,
        }
    }
}
