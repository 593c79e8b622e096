//! The address of a server, as people write it, and of the endpoints below it.
//!
//! Not for requests (`api`). Rules of the bindings (`zulip/__init__.py`, `Client.__init__`): no scheme
//! means https, but http for `localhost`; slashes at the end and `/api` do not matter; a path stays.
//! Different where the bindings err: a scheme is recognised as such and in any case (`httpbin.x` and
//! `HTTPS://x` fail there), and only the host `localhost` itself gets http, not all that starts so.
//! As there, loopback addresses without a scheme get https.

use std::error::Error;
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
    type Err = SiteError;

    fn from_str(text: &str) -> Result<Self, SiteError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SiteError::Empty);
        }
        // Looked for in the text: a password with a slash would otherwise hide behind it, in the path.
        if text.contains('@') {
            return Err(SiteError::Credentials);
        }
        if text.contains(['?', '#']) {
            return Err(SiteError::Query);
        }
        let (scheme, rest) = split_scheme(text)?;
        // `Url` drops line breaks and tabs, takes `\` for `/`, and looks for a host behind any number
        // of slashes.
        if rest.starts_with('/')
            || rest.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control())
        {
            return Err(SiteError::Malformed(text.to_owned(), None));
        }
        let mut url = Url::parse(&format!("{scheme}://{rest}"))
            .map_err(|error| SiteError::Malformed(text.to_owned(), Some(error)))?;
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/api").unwrap_or(path);
        let path = path.trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

/// The scheme, given or implied, and what follows it.
fn split_scheme(text: &str) -> Result<(&'static str, &str), SiteError> {
    match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => Ok(("https", rest)),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => Ok(("http", rest)),
        Some((scheme, _)) => Err(SiteError::Scheme(scheme.to_owned())),
        None => {
            let host = text.split([':', '/']).next().unwrap_or_default();
            if host.eq_ignore_ascii_case("localhost") {
                Ok(("http", text))
            } else {
                Ok(("https", text))
            }
        }
    }
}

/// Why a text is no address of a server. Never shows a text that may hold credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteError {
    /// Nothing but white space.
    Empty,
    /// `user@` or `user:password@`.
    Credentials,
    /// A `?` or `#`, usually from the address bar of a browser.
    Query,
    /// Something else than http and https.
    Scheme(String),
    /// No host, a bad port and the like; the whole text, and what the parser says, if it was asked.
    Malformed(String, Option<url::ParseError>),
}

impl fmt::Display for SiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the site is empty"),
            Self::Credentials => f.write_str(
                "the site has an `@`; email address and key are given elsewhere, not as part of it",
            ),
            Self::Query => {
                f.write_str("the site has a `?` or `#`; leave out that and what follows")
            }
            Self::Scheme(scheme) => write!(f, "the site starts with {scheme:?}, not http or https"),
            Self::Malformed(text, None) => write!(f, "the site {text:?} is no address"),
            Self::Malformed(text, Some(reason)) => {
                write!(f, "the site {text:?} is no address: {reason}")
            }
        }?;
        f.write_str("; write for example `https://chat.example.com`")
    }
}

impl Error for SiteError {}
