//! Why the demo's server refuses a request, in the words of Zulip 9.2.
//!
//! Not for parsing (`params`). Bodies: `zerver/lib/exceptions.py` and `zerver/lib/request.py`,
//! measured on 9.2.

use serde::Serialize;

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

/// The keys in the order of the real server.
#[derive(Default, Serialize)]
struct Body<'a> {
    result: &'static str,
    msg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    var_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    desc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

impl Refusal {
    fn status(&self) -> u16 {
        match self {
            Refusal::Unauthorized(_) => 401,
            Refusal::Internal => 500,
            _ => 400,
        }
    }

    fn message(&self) -> String {
        match self {
            Refusal::BadRequest(message) => message.clone(),
            Refusal::Missing(name) => format!("Missing '{name}' argument"),
            Refusal::BadQueue(id) => format!("Bad event queue ID: {id}"),
            Refusal::BadNarrow(reason) => format!("Invalid narrow operator: {reason}"),
            Refusal::Unauthorized(message) => (*message).to_owned(),
            Refusal::Internal => "Internal server error".to_owned(),
        }
    }

    fn code(&self) -> Option<&'static str> {
        match self {
            Refusal::BadRequest(_) => Some("BAD_REQUEST"),
            Refusal::Missing(_) => Some("REQUEST_VARIABLE_MISSING"),
            Refusal::BadQueue(_) => Some("BAD_EVENT_QUEUE_ID"),
            Refusal::BadNarrow(_) => Some("BAD_NARROW"),
            Refusal::Unauthorized(_) => Some("UNAUTHORIZED"),
            Refusal::Internal => None,
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Answer {
        let (message, code) = (refusal.message(), refusal.code());
        let body = Body {
            result: "error",
            msg: &message,
            code,
            ..Body::default()
        };
        let body = match &refusal {
            Refusal::Missing(name) => Body {
                var_name: Some(name),
                ..body
            },
            Refusal::BadQueue(id) => Body {
                queue_id: Some(id),
                ..body
            },
            Refusal::BadNarrow(reason) => Body {
                desc: Some(reason),
                ..body
            },
            _ => body,
        };
        // Strings alone: nothing in it can fail to be written.
        let body = serde_json::to_string(&body).unwrap_or_default();
        let answer = Answer::new(refusal.status(), Content::Json, format!("{body}\n"));
        match refusal {
            Refusal::Unauthorized(_) => answer.with("WWW-Authenticate", "Basic realm=\"zulip\""),
            _ => answer,
        }
    }
}
