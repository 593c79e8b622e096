//! Whose events are read and how the server is reached: options, environment and the wyzepalrc put together, or
//! the demo's account.
//!
//! Precedence, for each value on its own: option, `WYZEPAL_…`, `ZULIP_…`, file (as `zulip/__init__.py` of the
//! bindings). `rcfile.rs` parses the file. Nothing is printed here: warnings are handed back.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::api::{Account, Proxy, Tls};
use crate::cli::Cli;
use crate::demo::{self, Demo};
use crate::error::Error;
use crate::patient::Patient;
use crate::rcfile::{Rc, parse_boolean};
use crate::secret::ApiKey;
use crate::site::Site;

/// The largest file that is read as a wyzepalrc.
const LARGEST: u64 = 1 << 20;

/// An account and where it was found.
pub struct Found {
    /// The account.
    pub account: Account,
    /// Where its data are from, and its address, in words.
    pub source: String,
    /// Whether its server is the demo's.
    pub is_demo: bool,
}

/// The account of this run. What the user should know goes to `warnings`, also where it fails.
pub fn account(cli: &Cli, warnings: &mut Vec<String>) -> Result<Found, Error> {
    if cli.demo {
        return start_demo();
    }
    let file = RcFile::find(cli, warnings)?;
    let email = file.need(cli.user.as_deref(), "EMAIL", "email", "--user")?;
    let key = file.need(None, "API_KEY", "key", "WYZEPAL_API_KEY")?;
    let site = file.need(cli.site.as_deref(), "SITE", "site", "--site")?;
    let origin = if email.origin == key.origin && key.origin == site.origin {
        key.origin.clone()
    } else {
        format!(
            "email from {}, key from {}, site from {}",
            email.origin, key.origin, site.origin
        )
    };
    let source = format!("{origin}, account {}", email.text.trim());
    let key = ApiKey::new(key.text).map_err(|error| Error::Usage(error.into()))?;
    // Other values may hold the key as well by mistake, and errors quote them.
    let account =
        assemble(cli, &file, &email.text, &site.text, key.clone(), origin).map_err(|error| {
            match error {
                Error::Usage(text) => Error::Usage(key.redact(&text)),
                error => error,
            }
        })?;
    warnings.extend(risks(&account));
    Ok(Found {
        account,
        source,
        is_demo: false,
    })
}

fn assemble(
    cli: &Cli,
    file: &RcFile,
    email: &str,
    address: &str,
    key: ApiKey,
    origin: String,
) -> Result<Account, Error> {
    let email = email.trim();
    if email.is_empty() || email.contains(':') || email.contains(char::is_control) {
        return Err(Error::Usage(format!(
            "'{email}' cannot be an email address (no colon, not empty): check email in the config file, or --user"
        )));
    }
    let site: Site = address.parse().map_err(Error::Usage)?;
    // Both are shown and saved.
    if key.is_in(email) || key.is_in(address) {
        return Err(Error::Usage(
            "email or site has the API key in it: check that email, key and site are not mixed up"
                .into(),
        ));
    }
    let proxy = Proxy::from_environment(&site).map_err(Error::Usage)?;
    Ok(Account {
        site,
        email: email.to_owned(),
        key,
        tls: tls(cli, file)?,
        proxy,
        origin,
    })
}

fn tls(cli: &Cli, file: &RcFile) -> Result<Tls, Error> {
    let path = |option: &Option<PathBuf>, variable, name| {
        let option = option.as_deref().map(Path::as_os_str);
        file.pick(option, variable, name)
            .map(|(path, _)| PathBuf::from(path))
    };
    let insecure = match file.pick(None, "ALLOW_INSECURE", "insecure") {
        Some((value, origin)) => parse_boolean(&value.to_string_lossy()).ok_or_else(|| {
            Error::Usage(format!(
                "{} is '{}': set it to true or false",
                origin.unwrap_or_default(),
                value.display()
            ))
        })?,
        None => false,
    };
    let tls = Tls {
        insecure: cli.insecure || insecure,
        cert_bundle: path(&cli.cert_bundle, "CERT_BUNDLE", "cert_bundle"),
        client_cert: path(&cli.client_cert, "CERT", "client_cert"),
        client_cert_key: path(&cli.client_cert_key, "CERT_KEY", "client_cert_key"),
    };
    if tls.client_cert_key.is_some() && tls.client_cert.is_none() {
        return Err(Error::Usage(
            "a client certificate's key is given without the certificate: add --client-cert FILE (client_cert)".into(),
        ));
    }
    Ok(tls)
}

/// What is risky about the way to the server, or not as it seems.
fn risks(account: &Account) -> Vec<String> {
    let Account { site, tls, .. } = account;
    let mut risks = Vec::new();
    if site.is_https() {
        if tls.insecure {
            risks.push(format!(
                "the certificate of {site} is not checked (insecure)"
            ));
        }
        return risks;
    }
    if !site.is_loopback() {
        risks.push(format!(
            "the key goes over the network in clear text: {site} is not https"
        ));
    }
    for (file, option) in [
        (&tls.cert_bundle, "--cert-bundle (cert_bundle)"),
        (&tls.client_cert, "--client-cert (client_cert)"),
    ] {
        if let Some(file) = file {
            risks.push(format!(
                "{option} {} is not used: {site} is not https",
                file.display()
            ));
        }
    }
    risks
}

fn start_demo() -> Result<Found, Error> {
    let Demo { site, email, key } =
        demo::start().map_err(|e| Error::System("cannot start the demo's server", e))?;
    // Enough for another program to try itself on it.
    let source = format!("demo server at {site} (email {email}, key {key})");
    let account = Account {
        site: site.parse().map_err(Error::Usage)?,
        email: email.to_owned(),
        key: ApiKey::new(key.to_owned()).map_err(|error| Error::Usage(error.into()))?,
        tls: Tls::default(),
        proxy: None,
        origin: "the demo".to_owned(),
    };
    Ok(Found {
        account,
        source,
        is_demo: true,
    })
}

/// A value of the account, and where it is from: an option, a variable, or a file, by its name.
struct AccountValue {
    text: String,
    origin: String,
}

/// The values of a wyzepalrc, if there is one.
struct RcFile {
    /// Empty if there is no file.
    rc: Rc,
    /// The file's name, if there is one.
    name: Option<String>,
    /// Where values were searched, for the error about a missing one.
    searched: String,
}

impl RcFile {
    /// The file that is named, or the first that exists.
    fn find(cli: &Cli, warnings: &mut Vec<String>) -> Result<RcFile, Error> {
        let variable = |name| env::var_os(name).filter(|path| !path.is_empty());
        let option = cli
            .config
            .as_ref()
            .map(|path| path.clone().into_os_string());
        if option.as_deref() == Some(OsStr::new("-")) {
            return RcFile::parse(Patient(io::stdin()), "standard input", warnings);
        }
        if let Some(path) = option.or_else(|| variable("WYZEPAL_CONFIG")) {
            return RcFile::read_named(&path, warnings);
        }
        let (home, config) = (dirs::home_dir(), dirs::config_dir());
        let at_home = |name| home.as_ref().map(|home| home.join(name));
        let ours = [
            at_home(".wyzepalrc"),
            at_home("wyzepalrc"),
            config.map(|config| config.join("wyzepal").join("wyzepalrc")),
        ];
        let mut places: Vec<PathBuf> = ours.into_iter().flatten().collect();
        let named = variable("ZULIP_CONFIG");
        if named.is_none() {
            places.extend(
                [at_home(".zuliprc"), at_home("zuliprc")]
                    .into_iter()
                    .flatten(),
            );
        }
        let mut searched = Vec::new();
        for path in &places {
            match open(path) {
                Ok(file) => return RcFile::read(file, path, warnings),
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    searched.push(path.display().to_string());
                }
                // Nobody has named it, and nobody may miss it: a service may have a home that is none.
                Err(error) => searched.push(format!("{}: {error}", path.display())),
            }
        }
        if let Some(path) = named {
            return RcFile::read_named(&path, warnings);
        }
        Ok(RcFile {
            rc: Rc::default(),
            name: None,
            searched: if searched.is_empty() {
                "no config file, and no home folder to look in (HOME)".to_owned()
            } else {
                format!("no config file ({})", searched.join(", "))
            },
        })
    }

    fn read_named(path: &OsStr, warnings: &mut Vec<String>) -> Result<RcFile, Error> {
        // As shells leave it in `--config=~/x`.
        let path = match (Path::new(path).strip_prefix("~"), dirs::home_dir()) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        };
        let name = path.display();
        match open(&path) {
            Ok(file) => RcFile::read(file, &path, warnings),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::Usage(format!(
                "config file {name} does not exist: check --config, WYZEPAL_CONFIG and ZULIP_CONFIG"
            ))),
            Err(error) => Err(cannot_read(&format!("config file {name}"), &error)),
        }
    }

    /// A file, or a pipe such as `<(pass show bot)`.
    fn read(file: File, path: &Path, warnings: &mut Vec<String>) -> Result<RcFile, Error> {
        let path_name = path.display();
        let name = format!("config file {path_name}");
        let metadata = file
            .metadata()
            .map_err(|error| cannot_read(&name, &error))?;
        // systemd gives a service its credentials with an access list, whose mask looks like rights of the group
        // (`LoadCredential=` in systemd.exec(5)).
        let is_credential = env::var_os("CREDENTIALS_DIRECTORY")
            .is_some_and(|folder| !folder.is_empty() && path.starts_with(folder));
        if metadata.is_file() && metadata.mode() & 0o077 != 0 && !is_credential {
            warnings.push(format!(
                "{name} can be read by others: chmod 600 {path_name}"
            ));
        }
        RcFile::parse(file, &name, warnings)
    }

    fn parse(source: impl Read, name: &str, warnings: &mut Vec<String>) -> Result<RcFile, Error> {
        let mut text = Vec::new();
        source
            .take(LARGEST + 1)
            .read_to_end(&mut text)
            .map_err(|error| cannot_read(name, &error))?;
        if text.len() as u64 > LARGEST {
            return Err(Error::Usage(format!(
                "{name} is larger than 1 MiB, which no wyzepalrc is: name another one with --config"
            )));
        }
        // Notepad calls it Unicode; others leave out what it begins with.
        let is_utf16 = matches!(*text, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) || text.contains(&0);
        let text = String::from_utf8(text).ok().filter(|_| !is_utf16);
        let text = text.ok_or_else(|| {
            let cause = if is_utf16 {
                "is UTF-16"
            } else {
                "is not UTF-8"
            };
            Error::Usage(format!("{name} {cause}: save it as UTF-8"))
        })?;
        let (rc, line_warnings) =
            Rc::parse(&text).map_err(|error| Error::Usage(format!("{name}: {error}")))?;
        warnings.extend(
            line_warnings
                .iter()
                .map(|warning| format!("{name}: {warning}")),
        );
        Ok(RcFile {
            rc,
            name: Some(name.to_owned()),
            searched: format!("{name} has none"),
        })
    }

    /// A value: the option, else a variable under either prefix, else the file's; with the variable's name. Empty
    /// ones count as not given, but for options.
    fn pick(
        &self,
        option: Option<&OsStr>,
        variable: &str,
        name: &str,
    ) -> Option<(OsString, Option<String>)> {
        if let Some(value) = option {
            return Some((value.to_owned(), None));
        }
        let variables = ["WYZEPAL", "ZULIP"].map(|prefix| format!("{prefix}_{variable}"));
        for variable in variables {
            if let Some(value) = env::var_os(&variable).filter(|value| !value.is_empty()) {
                return Some((value, Some(variable)));
            }
        }
        let value = self.rc.get(name).filter(|value| !value.is_empty())?;
        Some((value.into(), None))
    }

    /// A value that no account is without. `other_way` is for someone who has no file.
    fn need(
        &self,
        option: Option<&str>,
        variable: &str,
        name: &str,
        other_way: &str,
    ) -> Result<AccountValue, Error> {
        let Some((value, variable)) = self.pick(option.map(OsStr::new), variable, name) else {
            return Err(Error::Usage(format!(
                "no {name} known: {}; put '{name}=…' below [api] there (the server's settings offer the file for download), or use {other_way}; wyzepal-tail --demo needs no account",
                self.searched
            )));
        };
        let named = variable.or_else(|| option.map(|_| other_way.to_owned()));
        let file = self.name.as_deref().unwrap_or_default();
        let wrong = |cause| {
            let place = named.clone().unwrap_or_else(|| format!("{name} in {file}"));
            Error::Usage(format!("{place} {cause}"))
        };
        let text = value
            .into_string()
            .map_err(|_| wrong("is not valid UTF-8"))?;
        // Files of variables keep them where shells do not (moby/moby#46773).
        if text.trim_start().starts_with(['"', '\'']) {
            return Err(wrong("has quotes around its value: leave them out"));
        }
        let origin = named.unwrap_or_else(|| file.to_owned());
        Ok(AccountValue { text, origin })
    }
}

/// Opens a file that is no folder.
fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    Ok(file)
}

fn cannot_read(name: &str, error: &io::Error) -> Error {
    Error::Usage(format!(
        "cannot read {name}: {error}: make it a file that you can read, or name another one with --config"
    ))
}
