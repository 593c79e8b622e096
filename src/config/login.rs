//! Whose events are read, and how the server is reached: address, key, site and certificates.
//!
//! Precedence, for each value on its own: option, `WYZEPAL_…`, `ZULIP_…`, file (as `zulip/__init__.py` of
//! the bindings). Not for finding the file (`rc_place.rs`).

use std::ffi::OsString;
use std::path::PathBuf;

use super::Environment;
use crate::api::{Account, Tls};
use crate::cli::Cli;
use crate::error::Error;
use crate::rcfile::{Entry, Rc, parse_boolean};
use crate::secret::ApiKey;
use crate::site::Site;

/// A value that no account is without.
struct Needed {
    /// In the file.
    name: &'static str,
    /// In the environment, behind the prefix.
    variable: &'static str,
    /// What to name to someone who has no file: an option, or for the key a variable.
    other_way: &'static str,
}

const EMAIL: Needed = Needed {
    name: "email",
    variable: "EMAIL",
    other_way: "--user",
};
const KEY: Needed = Needed {
    name: "key",
    variable: "API_KEY",
    other_way: "WYZEPAL_API_KEY",
};
const SITE: Needed = Needed {
    name: "site",
    variable: "SITE",
    other_way: "--site",
};

/// A value that was found.
struct Value {
    text: String,
    /// The option or variable that has it; none: the file.
    origin: Option<String>,
}

/// The account, and what can be told about it.
pub struct Login {
    /// The account.
    pub account: Account,
    /// The option or variable that names its address; none: the file does.
    pub email_origin: Option<String>,
}

/// The account, from all sources. `looked_in` names the places where no file was.
pub fn account(
    cli: &Cli,
    environment: Environment,
    rc: &Rc,
    looked_in: &str,
) -> Result<Login, Error> {
    let sources = Sources {
        environment,
        looked_in,
    };
    let email = sources.need(&EMAIL, cli.user.as_deref(), rc.email.as_ref())?;
    let key = sources.need(&KEY, None, rc.key.as_ref())?;
    let key = ApiKey::new(key.text).map_err(|error| Error::Usage(error.to_string()))?;
    // Other values may hold the key as well by mistake, and errors quote them.
    match checked(cli, &sources, rc, &email.text, key.clone()) {
        Err(Error::Usage(text)) => Err(Error::Usage(key.redact(&text))),
        Err(error) => Err(error),
        Ok(account) => Ok(Login {
            account,
            email_origin: email.origin,
        }),
    }
}

fn checked(
    cli: &Cli,
    sources: &Sources,
    rc: &Rc,
    email: &str,
    key: ApiKey,
) -> Result<Account, Error> {
    let email = email.trim().to_owned();
    if email.is_empty() || email.contains(':') || email.contains(char::is_control) {
        return Err(Error::Usage(format!(
            "'{email}' cannot be an email address (no colon, not empty): check email in the config file, or --user"
        )));
    }
    let address = sources
        .need(&SITE, cli.site.as_deref(), rc.site.as_ref())?
        .text;
    let site: Site = address
        .parse()
        .map_err(|error| Error::Usage(format!("{error}")))?;
    let tls = tls(cli, sources, rc)?;
    let files = [&tls.cert_bundle, &tls.client_cert, &tls.client_cert_key];
    let files = files
        .into_iter()
        .flatten()
        .map(|path| path.display().to_string());
    // All of these are shown, sent or saved.
    for told in files.chain([email.clone(), address]) {
        if key.is_in(&told) {
            return Err(Error::Usage(format!(
                "'{told}' has the API key in it: take it out, and check that email, key and site are not mixed up"
            )));
        }
    }
    Ok(Account {
        site,
        email,
        key,
        tls,
    })
}

fn tls(cli: &Cli, sources: &Sources, rc: &Rc) -> Result<Tls, Error> {
    let file = |option: &Option<PathBuf>, name: &str, entry: &Option<Entry<String>>| {
        let path = option.clone();
        let path = path.or_else(|| sources.variable(name).map(PathBuf::from));
        let entry = entry.as_ref().filter(|entry| !entry.value.is_empty());
        path.or_else(|| entry.map(|entry| PathBuf::from(&entry.value)))
    };
    let tls = Tls {
        insecure: cli.insecure || insecure(sources, rc)?,
        cert_bundle: file(&cli.cert_bundle, "CERT_BUNDLE", &rc.cert_bundle),
        client_cert: file(&cli.client_cert, "CERT", &rc.client_cert),
        client_cert_key: file(&cli.client_cert_key, "CERT_KEY", &rc.client_cert_key),
    };
    if tls.client_cert_key.is_some() && tls.client_cert.is_none() {
        return Err(Error::Usage(
            "a client certificate's key is given without the certificate: add --client-cert FILE (client_cert)".into(),
        ));
    }
    Ok(tls)
}

fn insecure(sources: &Sources, rc: &Rc) -> Result<bool, Error> {
    let Some(value) = sources.variable("ALLOW_INSECURE") else {
        return Ok(rc.insecure.as_ref().is_some_and(|entry| entry.value));
    };
    let value = value.to_string_lossy();
    parse_boolean(&value).ok_or_else(|| {
        Error::Usage(format!(
            "WYZEPAL_ALLOW_INSECURE (or ZULIP_ALLOW_INSECURE) is '{value}': set it to true or false"
        ))
    })
}

/// Where values come from beside the options.
struct Sources<'a> {
    environment: Environment<'a>,
    looked_in: &'a str,
}

impl Sources<'_> {
    /// A variable under either name; an empty one counts as not set.
    fn variable(&self, name: &str) -> Option<OsString> {
        self.named_variable(name).map(|(_, value)| value)
    }

    /// The same with its name.
    fn named_variable(&self, name: &str) -> Option<(String, OsString)> {
        ["WYZEPAL", "ZULIP"]
            .iter()
            .map(|prefix| format!("{prefix}_{name}"))
            .filter_map(|name| (self.environment)(&name).map(|value| (name, value)))
            .find(|(_, value)| !value.is_empty())
    }

    fn need(
        &self,
        needed: &Needed,
        option: Option<&str>,
        file: Option<&Entry<String>>,
    ) -> Result<Value, Error> {
        let Needed {
            name,
            variable,
            other_way,
        } = needed;
        if let Some(value) = option {
            return Ok(Value {
                text: value.to_owned(),
                origin: Some((*other_way).to_owned()),
            });
        }
        if let Some((variable, value)) = self.named_variable(variable) {
            let text = value
                .into_string()
                .map_err(|_| Error::Usage(format!("{variable} is not valid UTF-8")))?;
            return Ok(Value {
                text,
                origin: Some(variable),
            });
        }
        match file {
            Some(entry) if !entry.value.trim().is_empty() => Ok(Value {
                text: entry.value.clone(),
                origin: None,
            }),
            _ => Err(Error::Usage(format!(
                "no {name} known: {}; put '{name}=…' below [api] there (the server's settings offer the file for download), or use {other_way}; wyzepal-tail --demo needs no account",
                self.looked_in
            ))),
        }
    }
}
