//! Whose events are read and how the server is reached: options, environment and the wyzepalrc put together, or
//! the demo's account.
//!
//! Precedence, for each value on its own: option, `WYZEPAL_…`, `ZULIP_…`, file (as `zulip/__init__.py` of the
//! bindings). `rcfile.rs` parses the file. Nothing is printed here: warnings are handed back.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::api::{Account, Proxy, Tls};
use crate::cli::Cli;
use crate::demo;
use crate::error::Error;
use crate::patient::Patient;
use crate::rcfile::Rc;
use crate::secret::{self, ApiKey};
use crate::site::Site;

/// As much of a file is read as a wyzepalrc.
const LARGEST: u64 = 1 << 20;

/// The account of this run. What the user should know goes to `warnings`, also where it fails.
pub fn account(cli: &Cli, warnings: &mut Vec<String>) -> Result<Account, Error> {
    if cli.demo {
        return start_demo();
    }
    let file = RcFile::find(cli, warnings)?;
    let email = file.need("email", "EMAIL", Some(("--user", cli.user.as_ref())))?;
    let key = file.need("key", "API_KEY", None)?;
    let site = file.need("site", "SITE", Some(("--site", cli.site.as_ref())))?;
    let origin = if email.origin == key.origin && key.origin == site.origin {
        key.origin
    } else {
        format!(
            "email from {}, key from {}, site from {}",
            email.origin, key.origin, site.origin
        )
    };
    let key = ApiKey::new(&key.text).map_err(|error| Error::Usage(error.into()))?;
    // Other values may hold it as well by mistake, and errors quote them.
    secret::hide([key.expose().to_owned()]);
    let email = email.text.trim().to_owned();
    if email.is_empty() || email.contains(':') || email.contains(char::is_control) {
        return Err(Error::Usage(format!(
            "'{email}' cannot be an email address (no colon, not empty): check email in the config file, or --user"
        )));
    }
    let site: Site = site.text.parse().map_err(Error::Usage)?;
    let proxy = Proxy::from_environment(&site).map_err(Error::Usage)?;
    let account = Account {
        site,
        email,
        key,
        tls: tls(cli, &file)?,
        proxy,
        origin,
    };
    warnings.extend(risks(&account));
    Ok(account)
}

fn tls(cli: &Cli, file: &RcFile) -> Result<Tls, Error> {
    let path = |name, variable, option: &Option<PathBuf>| {
        let option = option.as_ref().map(OsString::from);
        option
            .or_else(|| Some(file.pick(name, variable)?.0))
            .map(PathBuf::from)
    };
    let insecure = match file.pick("insecure", "ALLOW_INSECURE") {
        Some((value, origin)) => {
            let value = value.to_string_lossy().to_ascii_lowercase();
            let cause =
                format!("insecure from {origin} is neither true nor false: write one of them");
            value.parse().map_err(|_| Error::Usage(cause))?
        }
        None => false,
    };
    let tls = Tls {
        insecure: cli.insecure || insecure,
        cert_bundle: path("cert_bundle", "CERT_BUNDLE", &cli.cert_bundle),
        client_cert: path("client_cert", "CERT", &cli.client_cert),
        client_cert_key: path("client_cert_key", "CERT_KEY", &cli.client_cert_key),
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
    let is_https = site.is_https();
    let unused = |option, file: &Option<PathBuf>| {
        let file = file.as_ref().filter(|_| !is_https)?.display();
        Some(format!("{option} {file} is not used: {site} is not https"))
    };
    let risks = [
        (is_https && tls.insecure)
            .then(|| format!("the certificate of {site} is not checked (insecure)")),
        (!is_https && !site.is_loopback())
            .then(|| format!("the key goes over the network in clear text: {site} is not https")),
        unused("--cert-bundle (cert_bundle)", &tls.cert_bundle),
        unused("--client-cert (client_cert)", &tls.client_cert),
    ];
    risks.into_iter().flatten().collect()
}

fn start_demo() -> Result<Account, Error> {
    let (email, key) = (demo::EMAIL, demo::KEY);
    let site =
        demo::start().map_err(|error| Error::System("cannot start the demo's server", error))?;
    Ok(Account {
        site: site.parse().map_err(Error::Usage)?,
        email: email.to_owned(),
        key: ApiKey::new(key).map_err(|error| Error::Usage(error.into()))?,
        tls: Tls::default(),
        proxy: None,
        // Enough for another program to try itself on it.
        origin: format!("demo server at {site} (email {email}, key {key})"),
    })
}

/// A value that no account is without, and where it is from: an option, a variable, or a file.
struct AccountValue {
    text: String,
    origin: String,
}

/// The values of a wyzepalrc.
struct RcFile {
    /// Empty if there is no file.
    rc: Rc,
    /// What the file is called, or where one was searched.
    name: String,
}

impl RcFile {
    /// The file that is named, or the first that exists.
    fn find(cli: &Cli, warnings: &mut Vec<String>) -> Result<RcFile, Error> {
        let variable = |name| {
            let path = env::var_os(name).filter(|path| !path.is_empty());
            path.map(PathBuf::from)
        };
        if let Some(path) = cli.config.clone().or_else(|| variable("WYZEPAL_CONFIG")) {
            return RcFile::read_named(&path, warnings);
        }
        let (home, config) = (dirs::home_dir(), dirs::config_dir());
        let at_home = |name| home.as_ref().map(|home| home.join(name));
        let in_config = config.map(|config| config.join("wyzepal/wyzepalrc"));
        let mut places = vec![at_home(".wyzepalrc"), at_home("wyzepalrc"), in_config];
        let named = variable("ZULIP_CONFIG");
        if named.is_none() {
            places.extend([at_home(".zuliprc"), at_home("zuliprc")]);
        }
        let mut searched = Vec::new();
        for path in places.into_iter().flatten() {
            match read(&path, warnings) {
                Ok(text) => {
                    return RcFile::parse(text, format!("config file {}", path.display()));
                }
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
            name: if searched.is_empty() {
                "any file, as there is no home folder to look in (HOME)".to_owned()
            } else {
                format!("any of {}", searched.join(", "))
            },
        })
    }

    fn read_named(path: &Path, warnings: &mut Vec<String>) -> Result<RcFile, Error> {
        // As shells leave it in `--config=~/x`.
        let path = match (path.strip_prefix("~"), dirs::home_dir()) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => path.to_owned(),
        };
        let source = if is_credential(&path) {
            " copied by LoadCredential= in the unit"
        } else {
            ""
        };
        let name = format!("config file {}{source}", path.display());
        let text = read(&path, warnings).map_err(|error| {
            Error::Usage(format!(
                "cannot read {name}: {error}: name a file that you can read with --config, WYZEPAL_CONFIG or ZULIP_CONFIG"
            ))
        })?;
        RcFile::parse(text, name)
    }

    fn parse(text: Vec<u8>, name: String) -> Result<RcFile, Error> {
        // Notepad calls it Unicode; others leave out what it begins with.
        let cause = if text.contains(&0) {
            "is UTF-16"
        } else {
            "is not UTF-8"
        };
        let text = String::from_utf8(text)
            .ok()
            .filter(|text| !text.contains('\0'));
        let text = text.ok_or_else(|| Error::Usage(format!("{name} {cause}: save it as UTF-8")))?;
        let rc = Rc::parse(&text).map_err(|error| Error::Usage(format!("{name}: {error}")))?;
        Ok(RcFile { rc, name })
    }

    /// A value that is no option: a variable's under either prefix, else the file's; and where it is from. Empty ones
    /// count as not given.
    fn pick(&self, name: &str, variable: &str) -> Option<(OsString, String)> {
        for prefix in ["WYZEPAL", "ZULIP"] {
            let variable = format!("{prefix}_{variable}");
            if let Some(value) = env::var_os(&variable).filter(|value| !value.is_empty()) {
                return Some((value, variable));
            }
        }
        Some((self.rc.get(name)?.into(), self.name.clone()))
    }

    /// A value that no account is without: the option's, if there is one that has it, else as above.
    fn need(
        &self,
        name: &str,
        variable: &str,
        option: Option<(&str, Option<&String>)>,
    ) -> Result<AccountValue, Error> {
        let typed = option.and_then(|(option, value)| Some((value?.into(), option.to_owned())));
        let Some((value, origin)) = typed.or_else(|| self.pick(name, variable)) else {
            let option = option.map(|(option, _)| format!("{option}, "));
            let option = option.unwrap_or_default();
            return Err(Error::Usage(format!(
                "no {name} known: none by {option}WYZEPAL_{variable} or ZULIP_{variable}, and none in {}; put '{name}=…' below [api] there (the server's settings offer the file for download); wyzepal-tail --demo needs no account",
                self.name
            )));
        };
        let wrong = |cause| Error::Usage(format!("{name} from {origin} {cause}"));
        let text = value
            .into_string()
            .map_err(|_| wrong("is not valid UTF-8"))?;
        // Files of variables keep them where shells do not (moby/moby#46773).
        if text.trim_start().starts_with(['"', '\'']) {
            return Err(wrong("has quotes around its value: leave them out"));
        }
        Ok(AccountValue { text, origin })
    }
}

/// The text of a file, of a pipe such as `<(pass show bot)`, or of standard input.
fn read(path: &Path, warnings: &mut Vec<String>) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if path == Path::new("-") {
        Patient(io::stdin()).take(LARGEST).read_to_end(&mut text)?;
        return Ok(text);
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    file.take(LARGEST).read_to_end(&mut text)?;
    // Those have an access list, whose mask looks like rights of the group.
    if metadata.is_file() && metadata.mode() & 0o077 != 0 && !is_credential(path) {
        let name = path.display();
        warnings.push(format!(
            "config file {name} can be read by others: chmod 600 {name}"
        ));
    }
    Ok(text)
}

/// Whether systemd has put it there for a service (`LoadCredential=` in systemd.exec(5)).
fn is_credential(path: &Path) -> bool {
    env::var_os("CREDENTIALS_DIRECTORY")
        .is_some_and(|folder| !folder.is_empty() && path.starts_with(folder))
}
