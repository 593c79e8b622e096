//! Links of the web app, from its address bar or its "copy link": `https://chat.example.com/#narrow/channel/7-Denmark`,
//! or the part from `#narrow/` on.
//!
//! Behind `#narrow` operators and operands take turns; a `-` negates, and both are percent-coded with a dot in place
//! of each `%`. Source: `web/src/hash_util.ts`, `hash_parser.ts` and `internal_url.ts` of Zulip.

use std::str::FromStr;

use percent_encoding::percent_decode_str;

use super::parse::is_operator;
use super::spelling::quoted;
use crate::event::MessageId;
use crate::site::Site;

/// Views of the web app that show no narrow, as they stand behind a `#` (`hash_parser.ts`). The first part decides.
const VIEWS: &str = "about-zulip all_messages channels drafts feed groups home inbox invite keyboard-shortcuts \
    message-formatting organization recent recent_topics reminders scheduled search-operators settings streams topics \
    user";

/// What a link to the web app names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebLink {
    /// The server; none where the text began with the `#`.
    pub site: Option<Site>,
    /// Its narrow, in order.
    pub pairs: Vec<Pair>,
}

/// An operator and its operand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// In lower case, with the `-` that may stand before it.
    pub operator: String,
    /// As text: `7-Denmark` where the web app writes id and name.
    pub operand: String,
}

impl WebLink {
    /// Whether a text is meant as a link: it may still name no narrow, or be damaged. Browsers show an address
    /// without its scheme.
    pub fn is_link(text: &str) -> bool {
        let first = text.strip_prefix('#').map(first_part);
        has_scheme(text)
            || is_behind_host(text)
            || first.is_some_and(|first| {
                first == "narrow" || VIEWS.split(' ').any(|view| view == first)
            })
    }

    /// The message that it leads to, if it leads to one.
    pub fn message(&self) -> Option<MessageId> {
        let mut places = ["near", "id", "with"].iter();
        let pair = places.find_map(|name| self.pairs.iter().find(|pair| pair.operator == *name))?;
        // What the browser has not yet heard back from the server has a fraction.
        let id = pair.operand.split('.').next()?.parse().ok()?;
        Some(MessageId(id))
    }

    /// Why it is of no use to an account of this site.
    pub fn check_site(link: &Site, account: &Site) -> Result<(), String> {
        if link.is_same_place(account) {
            return Ok(());
        }
        Err(format!(
            "the link leads to {link}, and the account is one of {account}: take a link from there, or the config file \
             of the other account (--config)"
        ))
    }
}

impl FromStr for WebLink {
    type Err = String;

    fn from_str(text: &str) -> Result<WebLink, String> {
        let text = text.trim();
        let (address, view) = text.split_once('#').unwrap_or((text, ""));
        let address = address.split('?').next().unwrap_or_default();
        let site = (!address.is_empty()).then(|| address.parse());
        let mut parts = view.split('/');
        if parts.next() != Some("narrow") {
            return Err(format!(
                "{} leads to a view of the web app that is no narrow{}; take the link of a channel, a topic or a \
                 conversation, with #narrow/ in it",
                quoted(text),
                match view {
                    "" => String::new(),
                    // As summaries print a channel.
                    _ => format!(
                        " (a channel of that name is {})",
                        quoted(&format!("channel:{}", first_part(view)))
                    ),
                }
            ));
        }
        let mut pairs = Vec::new();
        // With a slash at its end a link still says the same.
        while let Some(operator) = parts.next().filter(|operator| !operator.is_empty()) {
            pairs.push(Pair {
                operator: decode(operator)?.to_lowercase(),
                operand: decode(parts.next().unwrap_or_default())?,
            });
        }
        Ok(WebLink {
            site: site.transpose()?,
            pairs,
        })
    }
}

fn has_scheme(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|s| s.eq_ignore_ascii_case("https") || s.eq_ignore_ascii_case("http"))
}

/// Whether a narrow follows what can be a host; `dm:8` is none.
fn is_behind_host(text: &str) -> bool {
    let host = text.split_once("/#narrow/").map(|(host, _)| host);
    let is_term = |host: &str| host.split(':').next().is_some_and(is_operator);
    host.is_some_and(|host| !is_term(host) && host.parse::<Site>().is_ok())
}

fn first_part(view: &str) -> &str {
    view.split('/').next().unwrap_or_default()
}

fn decode(part: &str) -> Result<String, String> {
    let coded = part.replace('.', "%");
    let is_coded = |code: &str| {
        let digits = code.bytes().take(2).filter(u8::is_ascii_hexdigit);
        digits.count() == 2
    };
    let decoded = percent_decode_str(&coded).decode_utf8().ok();
    decoded
        .filter(|_| coded.split('%').skip(1).all(is_coded))
        .map(Into::into)
        .ok_or_else(|| format!("the link is damaged at {}, copy it once more", quoted(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, String> {
        let link: WebLink = text.parse()?;
        let site = link.site.as_ref().map(|site| format!("{site} "));
        let pairs = link.pairs.iter();
        let pairs = pairs.map(|pair| format!("{}={}", pair.operator, pair.operand));
        let pairs: Vec<String> = pairs.collect();
        Ok(site.unwrap_or_default() + &pairs.join(" "))
    }

    #[test]
    fn links_are_a_site_and_pairs_of_operator_and_operand() {
        for (text, expected) in [
            ("#narrow/channel/7-Denmark", "channel=7-Denmark"),
            (
                "https://chat.example.com/#narrow/channel/7-Denmark/topic/lunch/near/12",
                "https://chat.example.com channel=7-Denmark topic=lunch near=12",
            ),
            (
                "HTTP://Chat.Example.com:8080/zulip/?a=b#narrow/stream/Denmark",
                "http://chat.example.com:8080/zulip stream=Denmark",
            ),
            (
                " #narrow/stream/a-b/subject/c.20d ",
                "stream=a-b subject=c d",
            ),
            ("#narrow/topic/.E2.9C.94.20a.2Fb.2E", "topic=✔ a/b."),
            ("#narrow/topic/a%20b", "topic=a b"),
            ("#narrow/-topic/a/is/dm", "-topic=a is=dm"),
            // The topic without a name, and a slash too many.
            ("#narrow/channel/7-D/topic/", "channel=7-D topic="),
            ("#narrow/channel/7-D/", "channel=7-D"),
            ("#narrow/channel", "channel="),
            (
                "chat.example.com:8080/#narrow/is/dm",
                "https://chat.example.com:8080 is=dm",
            ),
            ("#narrow", ""),
        ] {
            assert!(WebLink::is_link(text.trim()), "{text}");
            assert_eq!(shown(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_views_and_damaged_links_are_errors() {
        for (text, expected) in [
            (
                "#inbox",
                "is no narrow (a channel of that name is \"channel:inbox\")",
            ),
            ("https://chat.example.com/#channels/5/ops", "is no narrow"),
            ("https://chat.example.com/", "is no narrow; take the link"),
            ("#narrow/topic/.FF", "damaged at \".FF\""),
            (
                "#narrow/sender/ada.40example.com",
                "damaged at \"ada.40example.com\"",
            ),
            ("#narrow/topic/50%", "damaged at \"50%\""),
            ("#narrow/topic/v1.2", "damaged at \"v1.2\""),
            (
                "https://me:secret@chat.example.com/#narrow/is/dm",
                "has an `@`",
            ),
        ] {
            assert!(WebLink::is_link(text), "{text}");
            let error = shown(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
        for text in [
            "#ops",
            "#ops > inbox",
            "#narrows",
            "#**ops**",
            "topic:https://x",
            "topic:x/#narrow/is/dm",
            "dm:8/#narrow/is/dm",
            "a b/#narrow/is/dm",
            "",
        ] {
            assert!(!WebLink::is_link(text), "{text}");
        }
    }

    #[test]
    fn a_link_leads_to_a_message() {
        for (text, expected) in [
            ("#narrow/channel/7-D/topic/x/near/12", Some(12)),
            ("#narrow/channel/7-D/topic/x/with/3/near/12.2E01", Some(12)),
            ("#narrow/channel/7-D/topic/x/with/3", Some(3)),
            ("#narrow/id/5", Some(5)),
            ("#narrow/channel/7-D/topic/x", None),
            ("#narrow/near/x", None),
        ] {
            let link: WebLink = text.parse().expect(text);
            assert_eq!(link.message(), expected.map(MessageId), "{text}");
        }
    }

    #[test]
    fn a_link_to_another_server_is_refused_by_name() {
        let site = |text: &str| text.parse::<Site>().unwrap();
        for (link, account, same) in [
            (
                "https://chat.example.com/",
                "https://chat.example.com",
                true,
            ),
            ("https://chat.example.com", "http://chat.example.com", true),
            (
                "https://chat.example.com/a/",
                "chat.example.com/a/api",
                true,
            ),
            ("https://chat.example.com/b", "chat.example.com/a", false),
            (
                "https://chat.example.com",
                "https://chat.example.com:8443",
                false,
            ),
            (
                "https://chat.example.org",
                "https://chat.example.com",
                false,
            ),
        ] {
            let refusal = WebLink::check_site(&site(link), &site(account)).err();
            assert_eq!(refusal.is_none(), same, "{link} {account}");
            if let Some(refusal) = refusal {
                for site in [site(link), site(account)] {
                    assert!(refusal.contains(&site.to_string()), "{refusal}");
                }
            }
        }
    }
}
