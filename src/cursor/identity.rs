//! Whose position a cursor file has, and of what: the account and the selection.
//!
//! Not for the file (`cursor`).

use serde::{Deserialize, Serialize};

use crate::api::Account;
use crate::selection::Selection;

/// Whose position it is, and of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    site: String,
    email: String,
    kinds: Option<Vec<String>>,
    excluded: Vec<String>,
    narrow: Vec<String>,
    all_public: bool,
    apply_markdown: bool,
}

impl Identity {
    /// That of a run.
    pub fn of(account: &Account, selection: &Selection) -> Identity {
        let mut kinds = selection.kinds.clone();
        if let Some(kinds) = &mut kinds {
            kinds.sort();
        }
        let mut excluded = selection.excluded.clone();
        excluded.sort();
        let mut narrow: Vec<String> = selection.narrows.iter().map(ToString::to_string).collect();
        narrow.sort();
        Identity {
            site: account.site.to_string(),
            email: account.email.clone(),
            kinds,
            excluded,
            narrow,
            all_public: selection.all_public,
            apply_markdown: selection.apply_markdown,
        }
    }

    /// The first thing that a saved identity has otherwise, in words.
    pub fn difference(&self, saved: &Identity) -> Option<String> {
        let kinds = |kinds: &Option<Vec<String>>| match kinds {
            Some(kinds) => kinds.join(","),
            None => "all".to_owned(),
        };
        let narrow = |narrow: &[String]| match narrow {
            [] => "none".to_owned(),
            terms => terms.join(" or "),
        };
        let pairs = [
            ("site", saved.site.clone(), self.site.clone()),
            ("account", saved.email.clone(), self.email.clone()),
            ("kinds of event", kinds(&saved.kinds), kinds(&self.kinds)),
            (
                "--exclude-types",
                saved.excluded.join(","),
                self.excluded.join(","),
            ),
            ("narrow", narrow(&saved.narrow), narrow(&self.narrow)),
            (
                "--all-public",
                saved.all_public.to_string(),
                self.all_public.to_string(),
            ),
            (
                "--apply-markdown",
                saved.apply_markdown.to_string(),
                self.apply_markdown.to_string(),
            ),
        ];
        pairs
            .into_iter()
            .find(|(_, saved, now)| saved != now)
            .map(|(what, saved, now)| format!("{what} was '{saved}' and is '{now}'"))
    }
}
