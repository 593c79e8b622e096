//! From options, environment and wyzepalrc to values that are typed and final.
//!
//! Pure: the environment is a function, and the file's text is handed in. Precedence, for each
//! value on its own: option, `WYZEPAL_…`, `ZULIP_…`, file (as `zulip/__init__.py` of the bindings).

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::{Account, Tls};
use crate::cli::Cli;
use crate::error::Error;
use crate::event::{EventId, QueueId};
use crate::rcfile::{Entry, Rc, parse_boolean};
use crate::secret::ApiKey;
use crate::selection::kinds::{self, Checked, KindList};
use crate::selection::narrow::{Narrow, Past};
use crate::selection::{MESSAGE, Selection};
use crate::since::Since;
use crate::site::Site;

/// The environment, as a function that tests can replace.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// What the run is to do, but for the account.
#[derive(Debug)]
pub struct Plan {
    /// What is printed.
    pub selection: Selection,
    /// A queue of somebody else's, and the last event of it that is not wanted.
    pub takeover: Option<(QueueId, EventId)>,
    /// What is printed before live events.
    pub start: Start,
    /// Go on where an earlier run ended, and save how far this one goes.
    pub cursor_file: Option<PathBuf>,
    /// Fetch missed messages.
    pub catch_up: bool,
    /// Stop when something was lost.
    pub fail_on_gap: bool,
    /// How long the server keeps the queue while nobody polls; none: its default.
    pub queue_ttl: Option<Duration>,
    /// Stop when there is nothing more at the moment.
    pub once: bool,
    /// Stop after so many printed events.
    pub count: Option<u64>,
    /// Stop so long after the start.
    pub timeout: Option<Duration>,
    /// Stop when the server was out of reach so long.
    pub give_up_after: Option<Duration>,
    /// What the user should know about the options.
    pub warnings: Vec<String>,
}

/// Where the output starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With live events.
    Now,
    /// With so many messages from before.
    Lines(usize),
    /// With the messages since this time.
    Since(Timestamp),
}

impl Start {
    /// Whether messages of the past are shown.
    pub fn past(self) -> Past {
        match self {
            Start::Now => Past::Unread,
            Start::Lines(_) | Start::Since(_) => Past::Read,
        }
    }
}

/// How long a queue lives that a cursor file goes on with: longer than most cron intervals.
const CURSOR_TTL: Duration = Duration::from_hours(2);
/// What servers take for `queue_lifespan_secs`.
const TTL: RangeInclusive<Duration> = Duration::from_mins(10)..=Duration::from_hours(7 * 24);

impl Plan {
    /// What the selection makes of these options: narrows that never match.
    pub fn doubts(&self) -> Vec<String> {
        let doubt = |narrow: &Narrow| {
            let reason = narrow.never_matches(self.start.past())?;
            Some(format!("--narrow '{narrow}' never matches: {reason}"))
        };
        self.selection.narrows.iter().filter_map(doubt).collect()
    }

    /// What the options ask for.
    pub fn resolve(cli: &Cli) -> Result<Plan, Error> {
        let mut warnings = Vec::new();
        let selection = select(cli, &mut warnings);
        if selection.has_unfiltered_kinds() {
            warnings.push("--narrow filters messages only: the other kinds come unfiltered".into());
        }
        let start = match (cli.lines, cli.since) {
            (Some(count), _) => Start::Lines(count),
            (None, Some(Since(time))) => Start::Since(time),
            (None, None) => Start::Now,
        };
        if start != Start::Now && !selection.has_messages() {
            return Err(Error::Usage(
                "-n and --since show messages of the past, and messages are not selected: add message to --event-types, or leave them out".into(),
            ));
        }
        let holds_events =
            cli.queue_id.is_some() || cli.cursor_file.is_some() || start != Start::Now;
        if cli.once && !holds_events {
            return Err(Error::Usage(
                "--once needs something that can hold events: add --cursor-file FILE, -n N, --since TIME or --queue-id ID".into(),
            ));
        }
        let queue_ttl = queue_ttl(cli)?;
        let takeover = cli.queue_id.as_ref().map(|id| {
            let last = cli.last_event_id.map_or(EventId::NONE_SEEN, EventId);
            (QueueId(id.clone()), last)
        });
        Ok(Plan {
            selection,
            takeover,
            start,
            cursor_file: cli.cursor_file.clone(),
            catch_up: !cli.no_catch_up,
            fail_on_gap: cli.fail_on_gap,
            queue_ttl,
            once: cli.once,
            count: cli.count,
            timeout: cli.timeout,
            give_up_after: cli
                .give_up_after
                .or(cli.once.then_some(Duration::from_secs(30))),
            warnings,
        })
    }
}

fn queue_ttl(cli: &Cli) -> Result<Option<Duration>, Error> {
    match cli.queue_ttl {
        Some(ttl) if TTL.contains(&ttl) => Ok(Some(ttl)),
        Some(ttl) => Err(Error::Usage(format!(
            "--queue-ttl is {} s: give 10m to 7d",
            ttl.as_secs()
        ))),
        None => Ok(cli.cursor_file.is_some().then_some(CURSOR_TTL)),
    }
}

fn select(cli: &Cli, warnings: &mut Vec<String>) -> Selection {
    let kinds = if cli.messages || (cli.event_types.is_empty() && !cli.narrow.is_empty()) {
        Some(vec![MESSAGE.to_owned()])
    } else if cli.event_types.is_empty() {
        None
    } else {
        Some(merge(&cli.event_types, warnings))
    };
    let mut narrows = Vec::new();
    for narrow in &cli.narrow {
        if !narrows.contains(narrow) {
            narrows.push(narrow.clone());
        }
    }
    Selection {
        kinds,
        excluded: merge(&cli.exclude_types, warnings),
        narrows,
        all_public: cli.all_public,
        apply_markdown: cli.apply_markdown,
    }
}

/// All kinds that the lists name, each once, corrected where the server's documents misspell them.
fn merge(lists: &[KindList], warnings: &mut Vec<String>) -> Vec<String> {
    let mut merged = Vec::new();
    for kind in lists.iter().flat_map(|list| &list.0) {
        let Checked { kind, warning } = kinds::check(kind);
        if !merged.contains(&kind) {
            warnings.extend(warning.map(|warning| warning.to_string()));
            merged.push(kind);
        }
    }
    merged
}

/// Where a wyzepalrc is looked for.
#[derive(Debug, PartialEq, Eq)]
pub enum RcPlace {
    /// Standard input.
    Stdin,
    /// This file, which somebody named: it must be there.
    Named(PathBuf),
    /// The first of these that exists.
    Default(Vec<PathBuf>),
    /// The first of these that exists, else the file that somebody named: it must be there.
    DefaultOrNamed(Vec<PathBuf>, PathBuf),
}

/// Where to read the wyzepalrc from. `home` and `config_dir` are the platform's.
pub fn rc_place(
    option: Option<&Path>,
    environment: Environment,
    home: Option<&Path>,
    config_dir: Option<&Path>,
) -> RcPlace {
    let named = |name: &str| environment(name).filter(|path| !path.is_empty());
    if let Some(path) = option {
        if path == Path::new("-") {
            return RcPlace::Stdin;
        }
        return RcPlace::Named(expand(path, home));
    }
    if let Some(path) = named("WYZEPAL_CONFIG") {
        return RcPlace::Named(expand(Path::new(&path), home));
    }
    let mut places: Vec<PathBuf> = Vec::new();
    places.extend(home.map(|home| home.join(".wyzepalrc")));
    places.extend(home.map(|home| home.join("wyzepalrc")));
    places.extend(config_dir.map(|dir| dir.join("wyzepal").join("wyzepalrc")));
    if let Some(path) = named("ZULIP_CONFIG") {
        return RcPlace::DefaultOrNamed(places, expand(Path::new(&path), home));
    }
    places.extend(home.map(|home| home.join(".zuliprc")));
    places.extend(home.map(|home| home.join("zuliprc")));
    RcPlace::Default(places)
}

/// `~/x` in the home directory, as shells leave it in `--config=~/x`.
fn expand(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// The account, from all sources. `looked_in` names the places where no file was.
pub fn account(
    cli: &Cli,
    environment: Environment,
    rc: &Rc,
    looked_in: &str,
) -> Result<Account, Error> {
    let sources = Sources {
        environment,
        looked_in,
    };
    let email = sources.need(
        "email",
        cli.user.as_deref(),
        "EMAIL",
        rc.email.as_ref(),
        "--user",
    )?;
    let key = sources.need("key", None, "API_KEY", rc.key.as_ref(), "WYZEPAL_API_KEY")?;
    let key = ApiKey::new(key).map_err(|error| Error::Usage(error.to_string()))?;
    // Other values may hold the key as well by mistake, and errors quote them.
    match checked(cli, &sources, rc, &email, key.clone()) {
        Err(Error::Usage(text)) => Err(Error::Usage(key.redact(&text))),
        result => result,
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
    let address = sources.need(
        "site",
        cli.site.as_deref(),
        "SITE",
        rc.site.as_ref(),
        "--site",
    )?;
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
        ["WYZEPAL", "ZULIP"]
            .iter()
            .filter_map(|prefix| (self.environment)(&format!("{prefix}_{name}")))
            .find(|value| !value.is_empty())
    }

    fn need(
        &self,
        what: &str,
        option: Option<&str>,
        variable: &str,
        file: Option<&Entry<String>>,
        other_way: &str,
    ) -> Result<String, Error> {
        if let Some(value) = option {
            return Ok(value.to_owned());
        }
        if let Some(value) = self.variable(variable) {
            return value.into_string().map_err(|_| {
                Error::Usage(format!(
                    "WYZEPAL_{variable} (or ZULIP_{variable}) is not valid UTF-8"
                ))
            });
        }
        match file {
            Some(entry) if !entry.value.trim().is_empty() => Ok(entry.value.clone()),
            _ => Err(Error::Usage(format!(
                "no {what} known: {}; put '{what}=…' below [api] there (the server's settings offer the file for download), or use {other_way}; wyzepal-tail --demo needs no account",
                self.looked_in
            ))),
        }
    }
}
