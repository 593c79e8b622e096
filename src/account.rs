//! Whose events are read: the wyzepalrc found, read and put together with options and environment.
//!
//! What follows from the values is decided in `config.rs`.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::retry_on_intr;

use crate::api::{Account, Tls};
use crate::cli::Cli;
use crate::config::{self, RcPlace};
use crate::demo::{self, Demo};
use crate::error::Error;
use crate::notice::{Level, Notices};
use crate::rcfile::{self, Rc};
use crate::secret::ApiKey;

/// The largest file that is read as a wyzepalrc.
const LARGEST_RC: u64 = 1 << 20;
/// How long a named pipe may have no writer.
const WRITER: Duration = Duration::from_secs(5);

/// The account, and the demo's server if that is whose it is.
pub fn account(cli: &Cli, notices: Notices) -> Result<(Account, Option<Demo>), Error> {
    if cli.demo {
        let demo = demo::start().map_err(|e| Error::System("cannot start the demo's server", e))?;
        // Enough for another program to try itself on it.
        let text = format!(
            "demo server at {} (email {}, key {})",
            demo.site(),
            demo.email(),
            demo.key()
        );
        notices.say(Level::Notice, &text);
        let account = Account {
            site: demo
                .site()
                .parse()
                .map_err(|e| Error::Usage(format!("{e}")))?,
            email: demo.email().to_owned(),
            key: ApiKey::new(demo.key().to_owned()).map_err(|e| Error::Usage(format!("{e}")))?,
            tls: Tls::default(),
        };
        return Ok((account, Some(demo)));
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
    let (rc, looked_in) = read_rc(place, notices)?;
    let account = config::account(cli, &environment, &rc, &looked_in)?;
    warn_about(&account, notices);
    Ok((account, None))
}

fn warn_about(account: &Account, notices: Notices) {
    let site = &account.site;
    if account.tls.insecure && site.is_https() {
        let text = format!("the certificate of {site} is not checked (insecure)");
        notices.say(Level::Warning, &text);
    }
    if !site.is_https() && !site.is_loopback() {
        let text = format!("the key goes over the network in clear text: {site} is not https");
        notices.say(Level::Warning, &text);
    }
}

/// The file's values, and in words where they were looked for.
fn read_rc(place: RcPlace, notices: Notices) -> Result<(Rc, String), Error> {
    match place {
        RcPlace::Stdin => parse_rc(io::stdin().lock(), "standard input", notices),
        RcPlace::Named(path) => read_named(&path, notices),
        RcPlace::Default(paths) => Ok(match read_first(&paths, notices)? {
            Some(found) => found,
            None => (Rc::default(), not_found(&paths)),
        }),
        RcPlace::DefaultOrNamed(paths, named) => match read_first(&paths, notices)? {
            Some(found) => Ok(found),
            None => read_named(&named, notices),
        },
    }
}

fn not_found(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    format!("no config file ({})", names.join(", "))
}

fn read_named(path: &Path, notices: Notices) -> Result<(Rc, String), Error> {
    read_file(path, notices)?.ok_or_else(|| {
        let path = path.display();
        Error::Usage(format!(
            "config file {path} does not exist: check --config, WYZEPAL_CONFIG and ZULIP_CONFIG"
        ))
    })
}

fn read_first(paths: &[PathBuf], notices: Notices) -> Result<Option<(Rc, String)>, Error> {
    for path in paths {
        if let Some(found) = read_file(path, notices)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn read_file(path: &Path, notices: Notices) -> Result<Option<(Rc, String)>, Error> {
    let name = path.display();
    let cannot = |error| Error::Usage(format!("cannot read config file {name}: {error}"));
    let (file, head) = match open(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    };
    let metadata = file.metadata().map_err(cannot)?;
    if metadata.is_file() && metadata.mode() & 0o077 != 0 {
        notices.say(
            Level::Warning,
            &format!("config file {name} can be read by others: chmod 600 {name}"),
        );
    }
    parse_rc(
        head.as_slice().chain(file),
        &format!("config file {name}"),
        notices,
    )
    .map(Some)
}

/// Opens a file, or a pipe that somebody writes to, such as `<(pass show bot)`, and gives what had
/// to be read of it to know that. A pipe without a writer would be waited for without end.
fn open(path: &Path) -> io::Result<(File, Vec<u8>)> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(path)?;
    let head = if file.metadata()?.file_type().is_fifo() {
        await_writer(&file)?
    } else {
        Vec::new()
    };
    fcntl_setfl(&file, OFlags::empty())?;
    Ok((file, head))
}

fn await_writer(mut pipe: &File) -> io::Result<Vec<u8>> {
    let limit = Timespec::try_from(WRITER).map_err(io::Error::other)?;
    retry_on_intr(|| poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&limit)))?;
    let mut byte = [0];
    match pipe.read(&mut byte) {
        Ok(0) => Err(io::Error::new(
            ErrorKind::TimedOut,
            "it is a pipe, and nobody writes anything to it",
        )),
        Ok(_) => Ok(byte.into()),
        // Its writer takes its time: a password may have to be typed first.
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn parse_rc(source: impl Read, name: &str, notices: Notices) -> Result<(Rc, String), Error> {
    let mut bytes = Vec::new();
    source
        .take(LARGEST_RC + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::Usage(format!("cannot read {name}: {error}")))?;
    if bytes.len() as u64 > LARGEST_RC {
        return Err(Error::Usage(format!(
            "{name} is larger than 1 MiB: no wyzepalrc"
        )));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::Usage(format!("{name} is not text (UTF-8): no wyzepalrc")))?;
    let (rc, warnings) =
        rcfile::parse(&text).map_err(|error| Error::Usage(format!("{name}: {error}")))?;
    for warning in warnings {
        notices.say(Level::Warning, &format!("{name}: {warning}"));
    }
    Ok((rc, format!("{name} has none")))
}
