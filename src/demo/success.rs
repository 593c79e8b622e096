//! The form of every good answer, and the version that all of them speak as.
//!
//! Not for refusals (`refusal`). Form: `json_success` in `zerver/lib/response.py` of Zulip 9.2.

use serde::Serialize;

use super::http::{Answer, Content};
use super::refusal::Refusal;

/// The version that the demo speaks as.
pub const VERSION: &str = "9.2";
/// Its feature level.
pub const FEATURE_LEVEL: u32 = 278;

/// The envelope of all that went well: `{"result":"success","msg":"",…}`.
#[derive(Serialize)]
struct Success<T> {
    result: &'static str,
    msg: &'static str,
    #[serde(flatten)]
    rest: T,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored_parameters_unsupported: Vec<String>,
}

/// An answer with these fields, and the parameters that were sent but not understood.
pub fn success(rest: impl Serialize, ignored_parameters_unsupported: Vec<String>) -> Answer {
    let body = Success {
        result: "success",
        msg: "",
        rest,
        ignored_parameters_unsupported,
    };
    match serde_json::to_string(&body) {
        Ok(body) => Answer::new(200, Content::Json, format!("{body}\n")),
        Err(_) => Refusal::Internal.into(),
    }
}
