//! The API key, which no message shows: not by accident, and not where a server sends it back.
//!
//! Credentials in events are found by `output/credentials.rs`. Memory is not wiped.
//! What a key may hold: HTTP Basic in Zulip's `zerver/decorator.py` (`authenticated_rest_api_view`),
//! which wants exactly two parts between colons and strips both; keys are 32 ASCII letters and digits.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What stands in place of a credential.
pub const REDACTED: &str = "[redacted]";

/// What is shorter stands in any text by chance, and no server has such keys.
const SHORTEST: usize = 8;

/// What [`redacted`] leaves out. It is one list for the process, as standard error is one.
static HIDDEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What no text shows from now on.
pub fn hide(secrets: impl IntoIterator<Item = String>) {
    hidden().extend(secrets);
}

fn hidden() -> MutexGuard<'static, Vec<String>> {
    HIDDEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A text that may quote a server, without what is hidden.
pub fn redacted(text: &str) -> Cow<'_, str> {
    let mut redacted = Cow::Borrowed(text);
    for secret in hidden().iter().filter(|secret| secret.len() >= SHORTEST) {
        if redacted.contains(secret) {
            redacted = Cow::Owned(redacted.replace(secret, REDACTED));
        }
    }
    redacted
}

/// The key of an account. No `Debug`: it is shown nowhere.
pub struct ApiKey(String);

impl ApiKey {
    /// A key from its text, without the white space around it.
    ///
    /// Refuses what cannot be a key at any server, without showing it; its length is the server's business.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.is_empty() {
            Err("the API key is empty; copy it from your account's settings")
        } else if !text.chars().all(|c| c.is_ascii_graphic()) {
            // Often a comment behind the value.
            Err(
                "the API key has a space or another character that no key has; \
                 copy it anew, with any comment on a line of its own",
            )
        } else if text.contains(':') {
            Err("the API key has a colon; copy the key only, without the email address")
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The key itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn key_is_taken_without_white_space_around_it() {
        for (name, input) in [
            ("bare", "k3y"),
            ("line break of a file", "k3y\n"),
            ("both sides", " \tk3y\r\n"),
            ("no-break space", "\u{a0}k3y\u{a0}"),
        ] {
            let key = ApiKey::new(input);
            assert_eq!(key.as_ref().map(ApiKey::expose), Ok("k3y"), "{name}");
        }
    }

    #[test]
    fn text_that_cannot_be_a_key_is_refused() {
        for (name, input, expected) in [
            ("empty", "", "is empty"),
            ("blank", " \n", "is empty"),
            ("email before it", "a@b.c:k3y", "has a colon"),
            ("comment behind it", "k3y ; mine", "another character"),
            ("two lines", "k3y\nsite=x", "another character"),
            ("escape", "k3\u{1b}y", "another character"),
            ("nul", "k3\0y", "another character"),
            ("invisible space", "k3\u{200b}y", "another character"),
        ] {
            let error = ApiKey::new(input).err().unwrap_or_default();
            assert!(error.contains(expected), "{name}: {error}");
        }
    }

    #[test]
    fn what_is_hidden_is_in_no_text_but_short_ones_stay() {
        hide(["s3cr3tk3y", "dDpzM2NyM3RrM3k=", "a"].map(str::to_owned));
        assert_eq!(
            redacted("a t:s3cr3tk3y is Basic dDpzM2NyM3RrM3k="),
            "a t:[redacted] is Basic [redacted]"
        );
        assert!(matches!(redacted("s3cr3tk3"), Cow::Borrowed("s3cr3tk3")));
    }

    #[test]
    fn errors_do_not_show_the_key() {
        for input in ["s3cr3t:x", "s3cr3t x"] {
            let error = ApiKey::new(input).err().unwrap_or_default();
            assert!(!error.contains("s3cr3t"), "{input}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in any::<String>()) {
            if let Ok(key) = ApiKey::new(&text) {
                prop_assert_eq!(key.expose(), text.trim());
            }
        }
    }
}
