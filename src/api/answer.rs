//! Answers that are read as a whole: how much of one is read, and the few fields of it that matter.
//!
//! Not for lists of events or messages, which are split while they arrive (`split`). What is not
//! asked for is skipped where it stands: as a tree, a few megabytes of `[0,0,…]` take a gigabyte.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The longest answer that is read as a whole. Old servers may put all they know into that to
/// register, which is some megabytes.
pub const LONGEST: usize = 16 << 20;
/// The longest name of a queue; servers give them 36 bytes or fewer. It must fit into an address.
const LONGEST_QUEUE_ID: usize = 1024;

/// The fields of all answers that are read as a whole; of the wrong type they count as missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer<'a> {
    #[serde(borrow)]
    queue_id: Option<&'a RawValue>,
    #[serde(borrow)]
    zulip_version: Option<&'a RawValue>,
    #[serde(borrow)]
    zulip_feature_level: Option<&'a RawValue>,
    #[serde(borrow)]
    user_id: Option<&'a RawValue>,
    #[serde(borrow)]
    email: Option<&'a RawValue>,
    #[serde(borrow)]
    full_name: Option<&'a RawValue>,
    #[serde(borrow)]
    is_bot: Option<&'a RawValue>,
    #[serde(borrow)]
    realm_name: Option<&'a RawValue>,
}

/// What is wrong with a longer one.
pub fn too_long() -> String {
    format!("it is longer than {} MiB", LONGEST >> 20)
}

impl<'a> Answer<'a> {
    /// The fields of this body.
    pub fn parse(body: &'a [u8]) -> Result<Answer<'a>, serde_json::Error> {
        serde_json::from_slice(body)
    }

    /// The name of a queue, or what is wrong with it.
    pub fn queue_id(&self) -> Result<String, String> {
        match value(self.queue_id).filter(|id: &String| !id.is_empty()) {
            Some(id) if id.len() <= LONGEST_QUEUE_ID => Ok(id),
            Some(id) => Err(format!("its queue_id has {} bytes", id.len())),
            None => Err("no queue_id in it".into()),
        }
    }

    /// The server's version.
    pub fn version(&self) -> Option<String> {
        value(self.zulip_version)
    }

    /// The server's feature level.
    pub fn feature_level(&self) -> Option<u64> {
        value(self.zulip_feature_level)
    }

    /// The organization's name.
    pub fn realm_name(&self) -> Option<String> {
        value(self.realm_name)
    }

    /// A user's name.
    pub fn full_name(&self) -> Option<String> {
        value(self.full_name)
    }

    /// Whether a user is known to be a bot.
    pub fn is_bot(&self) -> bool {
        value(self.is_bot).unwrap_or(false)
    }

    /// A user's id and address.
    pub fn user(&self) -> Result<(i64, String), String> {
        match (value(self.user_id), value(self.email)) {
            (Some(id), Some(email)) => Ok((id, email)),
            _ => Err("no user_id and email in it".into()),
        }
    }
}

fn value<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_the_wrong_type_is_a_missing_one() {
        for (name, body, version) in [
            ("right", r#"{"zulip_version":"9.2"}"#, Some("9.2")),
            ("escaped", r#"{"zulip_version":"9\u002e2"}"#, Some("9.2")),
            ("null", r#"{"zulip_version":null}"#, None),
            ("number", r#"{"zulip_version":9.2}"#, None),
            ("object", r#"{"zulip_version":{"a":[1]}}"#, None),
            (
                "missing",
                r#"{"msg":"","more":[{"zulip_version":"1"}]}"#,
                None,
            ),
        ] {
            let answer = Answer::parse(body.as_bytes()).expect(name);
            assert_eq!(answer.version().as_deref(), version, "{name}");
        }
    }

    #[test]
    fn what_is_no_json_of_an_answer_is_none() {
        for body in ["7", "\"x\"", "", "{", "{}{}", "<html>"] {
            assert!(Answer::parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
