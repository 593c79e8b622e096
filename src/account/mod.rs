//! Whose events are read: the [`wyzepalrc`] put together with options and environment, or the demo's account.
//!
//! What follows from the values is decided in `config`. Nothing is said here: what the user should
//! know is handed back.

mod wyzepalrc;

use std::env;

use crate::api::{Account, Tls};
use crate::cli::Cli;
use crate::config::{self, Login};
use crate::demo::{self, Demo};
use crate::error::Error;
use crate::secret::ApiKey;

/// An account and what is to be said about it.
pub struct Found {
    /// The account.
    pub account: Account,
    /// Where its data are from, and its address, in words.
    pub source: String,
    /// Its server, where that is the demo's: it ends when this is dropped.
    pub demo: Option<Demo>,
}

/// The account of this run. What the user should know goes to `warnings`, also where it fails.
pub fn account(cli: &Cli, warnings: &mut Vec<String>) -> Result<Found, Error> {
    if cli.demo {
        return start_demo();
    }
    let home = dirs::home_dir();
    let config_dir = dirs::config_dir();
    let environment = |name: &str| env::var_os(name);
    let place = config::rc_place(
        cli.config.as_deref(),
        &environment,
        home.as_deref(),
        config_dir.as_deref(),
    );
    let file = wyzepalrc::read(place, warnings)?;
    let login = config::account(cli, &environment, &file.rc, &file.looked_in)?;
    warnings.extend(doubt(&login.account));
    Ok(Found {
        source: source(file.name.as_deref(), &login),
        account: login.account,
        demo: None,
    })
}

/// The file, and the address, which may be from elsewhere.
fn source(file: Option<&str>, login: &Login) -> String {
    let file = file.unwrap_or("options and environment");
    let email = &login.account.email;
    match &login.email_origin {
        Some(origin) => format!("{file}, account {email} (email from {origin})"),
        None => format!("{file}, account {email}"),
    }
}

fn start_demo() -> Result<Found, Error> {
    let demo = demo::start().map_err(|e| Error::System("cannot start the demo's server", e))?;
    let (site, email, key) = (demo.site(), demo.email(), demo.key());
    let account = Account {
        site: site.parse().map_err(|e| Error::Usage(format!("{e}")))?,
        email: email.to_owned(),
        key: ApiKey::new(key.to_owned()).map_err(|e| Error::Usage(format!("{e}")))?,
        tls: Tls::default(),
    };
    Ok(Found {
        account,
        // Enough for another program to try itself on it.
        source: format!("demo server at {site} (email {email}, key {key})"),
        demo: Some(demo),
    })
}

/// What is risky about the way to the server.
fn doubt(account: &Account) -> Option<String> {
    let site = &account.site;
    match (site.is_https(), account.tls.insecure) {
        (true, true) => Some(format!(
            "the certificate of {site} is not checked (insecure)"
        )),
        (false, _) if !site.is_loopback() => Some(format!(
            "the key goes over the network in clear text: {site} is not https"
        )),
        _ => None,
    }
}
