//! The address of a server, as people write it, and of the endpoints below it.
//!
//! Rules of the bindings (`zulip/__init__.py`, `Client.__init__`): no scheme
//! means https, but http for `localhost`; slashes at the end and `/api` do not matter; a path stays.
//! Different where the bindings err: a scheme is recognised as such and in any case (`httpbin.x` and
//! `HTTPS://x` fail there), and only the host `localhost` itself gets http, not all that starts so.
//! As there, loopback addresses without a scheme get https.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

#[cfg(test)]
mod tests;

/// A server's base address: http or https, a host, no credentials, no query, path without `/api`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site(Url);

impl Site {
    /// Address of an endpoint: `events` gives `<base>/api/v1/events`.
    pub fn endpoint(&self, name: &str) -> Url {
        let base = self.0.path().trim_end_matches('/');
        let mut url = self.0.clone();
        url.set_path(&format!("{base}/api/v1/{name}"));
        url
    }

    /// Whether the key would stay on this machine: `localhost`, 127.0.0.0/8 or `::1`.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// Whether both are the same server: a browser may have gone from http to https.
    pub fn is_same_place(&self, other: &Site) -> bool {
        let same_host = (self.0.host(), self.0.port()) == (other.0.host(), other.0.port());
        same_host && self.0.path() == other.0.path()
    }

    /// Whether another port is named than the scheme's own.
    pub fn has_port(&self) -> bool {
        self.0.port().is_some()
    }

    /// Whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

/// The base without `/api` and without a slash at the end.
impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl FromStr for Site {
    /// Never shows a text that may hold credentials.
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // From the address bar of a browser that shows the web app; what it shows is none of the site.
        let text = text.split("/#").next().unwrap_or_default().trim();
        if text.is_empty() {
            return Err(refusal("the site is empty"));
        }
        // Looked for in the text: a password with a slash would otherwise hide behind it, in the path.
        if text.contains('@') {
            return Err(refusal(
                "the site has an `@`; email address and key are given elsewhere, not as part of it",
            ));
        }
        if text.contains(['?', '#']) {
            return Err(refusal(
                "the site has a `?` or `#`; leave out that and what follows",
            ));
        }
        let (given, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        let host = rest.split('/').next().unwrap_or_default();
        let name = host.split(':').next().unwrap_or_default();
        let name = name.to_ascii_lowercase();
        let scheme = match given.as_deref() {
            Some("http") => "http",
            Some("https") => "https",
            Some(other) => {
                return Err(refusal(&format!(
                    "the site starts with {other:?}, not http or https"
                )));
            }
            None if name == "localhost" => "http",
            None => "https",
        };
        // `Url` drops line breaks and tabs, takes `\` for `/`, and looks for a host behind any number
        // of slashes.
        if rest.starts_with('/')
            || rest.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control())
        {
            return Err(refusal(&format!("the site {text:?} is no address")));
        }
        if rest != name && (name == "http" || name == "https") {
            return Err(refusal(&format!(
                "the site {text:?} begins with {name} without its ://"
            )));
        }
        if !host.starts_with('[') && host.matches(':').count() > 1 {
            return Err(refusal(&format!(
                "the site {text:?} has more than one colon: an IPv6 address stands in brackets, as in `[::1]:9991`"
            )));
        }
        let mut url = Url::parse(&format!("{scheme}://{rest}"))
            .map_err(|error| refusal(&format!("the site {text:?} is no address: {error}")))?;
        if let Some(Host::Domain(name)) = url.host()
            && !is_possible_name(name)
        {
            return Err(refusal(&format!(
                "the site {text:?} has no possible host name"
            )));
        }
        let path = url.path().trim_end_matches('/');
        let below = path.strip_suffix("/api/v1").or(path.strip_suffix("/api"));
        let path = below.unwrap_or(path).trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

/// Whether name servers and certificates can know it (RFC 1035, 2.3): labels of 1 to 63 letters, digits and dashes
/// within, with one dot between them. Underscores are used.
fn is_possible_name(name: &str) -> bool {
    let is_cut = |label: &str| label.starts_with('-') || label.ends_with('-');
    let is_known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && !is_cut(label) && label.chars().all(is_known)
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Why a text is no address of a server.
fn refusal(reason: &str) -> String {
    format!("{reason}; write for example `https://chat.example.com`")
}
