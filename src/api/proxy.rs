//! The proxy on the way to the server, as the environment names it.
//!
//! Variables as curl and Python's requests have them: `https_proxy` or `http_proxy` by the scheme of the site, else
//! `all_proxy`, and `no_proxy` against them, each in capitals as well. The HTTP client could read them itself, but
//! it passes over what it cannot read, and who sets a proxy does not want a direct connection.

use std::{env, fmt};

use hyper_util::client::proxy::matcher::Matcher;
use url::{Position, Url};

use crate::site::Site;

/// What the HTTP client can speak to a proxy.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// A proxy, and where it is named.
pub struct Proxy {
    /// May hold a password.
    url: Url,
    variable: String,
}

impl Proxy {
    /// The proxy for a site; none where the connection is direct.
    pub fn from_environment(site: &Site) -> Result<Option<Proxy>, String> {
        Proxy::find(site, |name| {
            let value = env::var_os(name)?;
            Some(value.to_string_lossy().into_owned())
        })
    }

    fn find(
        site: &Site,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Proxy>, String> {
        let pick = |name: &str| {
            [name.to_owned(), name.to_uppercase()]
                .into_iter()
                .find_map(|name| {
                    let value = variable(&name).filter(|value| !value.trim().is_empty())?;
                    Some((name, value))
                })
        };
        let by_scheme = if site.is_https() {
            "https_proxy"
        } else {
            "http_proxy"
        };
        let exceptions = pick("no_proxy").map(|(_, list)| list);
        // Nobody wants a request to this machine, or the key in it, to go round by another one.
        if site.is_loopback() || exceptions.is_some_and(|list| is_excepted(site, &list)) {
            return Ok(None);
        }
        let Some((variable, value)) = pick(by_scheme).or_else(|| pick("all_proxy")) else {
            return Ok(None);
        };
        match parse(&value) {
            Some(url) => Ok(Some(Proxy { url, variable })),
            // Its value may hold a password.
            None => Err(format!(
                "{variable} names no proxy: write for example {variable}=http://proxy.example.com:3128, without quotes, or leave it out"
            )),
        }
    }

    /// Whether it is spoken to in TLS.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Its address, for the HTTP client only: it may hold a password.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

fn parse(value: &str) -> Option<Url> {
    let value = value.trim();
    let url = if value.contains("://") {
        Url::parse(value)
    } else {
        Url::parse(&format!("http://{value}"))
    };
    let url = url.ok()?;
    let is_known = SCHEMES.contains(&url.scheme());
    let has_host = url.host_str().is_some_and(|host| !host.is_empty());
    (is_known && has_host && value.matches('@').count() <= 1).then_some(url)
}

/// Whether a list as in `no_proxy` has the site.
fn is_excepted(site: &Site, list: &str) -> bool {
    // The library means names only by it (seanmonstar/reqwest#2579).
    if list.split(',').any(|entry| entry.trim() == "*") {
        return true;
    }
    let matcher = Matcher::builder().all("http://any").no(list).build();
    let site = site.to_string().parse();
    site.is_ok_and(|site| matcher.intercept(&site).is_none())
}

/// Without a password: `http://proxy.example.com:3128 (HTTPS_PROXY)`.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.url[Position::BeforeHost..Position::AfterPort];
        write!(f, "{}://{place} ({})", self.url.scheme(), self.variable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The proxy for a site in an environment `NAME=value …`, or what is wrong with it.
    fn find(site: &str, environment: &[(&str, &str)]) -> Result<Option<String>, String> {
        let site = site.parse().expect("a site");
        let variable = |name: &str| {
            let (_, value) = environment.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        };
        Ok(Proxy::find(&site, variable)?.map(|proxy| proxy.to_string()))
    }

    /// A site, an environment, and the proxy that comes of both.
    type Case = (
        &'static str,
        &'static [(&'static str, &'static str)],
        Option<&'static str>,
    );

    #[test]
    fn a_proxy_is_found_by_the_scheme_of_the_site_and_named_without_its_password() {
        let table: [Case; 12] = [
            ("https://a.com", &[], None),
            ("https://a.com", &[("HTTPS_PROXY", "")], None),
            ("https://a.com", &[("HTTP_PROXY", "http://p:1")], None),
            (
                "https://a.com",
                &[("HTTPS_PROXY", "http://p:3128")],
                Some("http://p:3128 (HTTPS_PROXY)"),
            ),
            (
                "https://a.com",
                &[("HTTPS_PROXY", "http://p:1"), ("https_proxy", "q:2")],
                Some("http://q:2 (https_proxy)"),
            ),
            (
                "http://a.com",
                &[("ALL_PROXY", "p:1"), ("http_proxy", "q:2")],
                Some("http://q:2 (http_proxy)"),
            ),
            (
                "https://a.com",
                &[("ALL_PROXY", "socks5h://me:s3cret@p:1080/")],
                Some("socks5h://p:1080 (ALL_PROXY)"),
            ),
            ("http://localhost", &[("ALL_PROXY", "p:1")], None),
            ("http://127.0.0.1:1", &[("ALL_PROXY", "p:1")], None),
            (
                "https://x.a.com",
                &[("ALL_PROXY", "p:1"), ("NO_PROXY", "b.com, .a.com")],
                None,
            ),
            (
                "https://aa.com",
                &[("ALL_PROXY", "p:1"), ("NO_PROXY", "b.com, .a.com")],
                Some("http://p:1 (ALL_PROXY)"),
            ),
            (
                "https://10.1.2.3",
                &[("ALL_PROXY", "p:1"), ("NO_PROXY", "10.0.0.0/8")],
                None,
            ),
        ];
        for (site, environment, expected) in table {
            let found = find(site, environment);
            assert_eq!(
                found,
                Ok(expected.map(str::to_owned)),
                "{site} {environment:?}"
            );
        }
    }

    #[test]
    fn a_star_excepts_every_site() {
        for site in ["https://a.com", "https://10.1.2.3", "https://[::2]:1"] {
            let environment = [("ALL_PROXY", "p:1"), ("NO_PROXY", "x, *")];
            assert_eq!(find(site, &environment), Ok(None), "{site}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_an_error_that_names_the_variable_and_not_the_password() {
        for value in [
            "\"http://proxy:3128\"",
            "'http://proxy:3128'",
            "nonsense://proxy",
            "ftp://me:s3cret@proxy",
            "http://me:s3cret@x@proxy:3128",
            "http://",
            "proxy:port",
            "http://proxy:70000",
            "http:proxy",
        ] {
            let error = find("https://a.com", &[("HTTPS_PROXY", value)]).expect_err(value);
            assert!(error.starts_with("HTTPS_PROXY names no proxy"), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
