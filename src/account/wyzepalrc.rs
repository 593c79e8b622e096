//! The wyzepalrc: found, opened without being kept waiting, and read.
//!
//! Not for where it may be (`config`), nor for what may be in it (`rcfile`).

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::retry_on_intr;

use crate::config::RcPlace;
use crate::error::Error;
use crate::rcfile::{self, Rc};

/// The largest file that is read as a wyzepalrc.
const LARGEST: u64 = 1 << 20;
/// How long a named pipe may have no writer.
const WRITER: Duration = Duration::from_secs(5);

/// A wyzepalrc, or that there is none.
pub struct RcFile {
    /// What is in it; nothing if there is none.
    pub rc: Rc,
    /// Its name, if there is one.
    pub name: Option<String>,
    /// Where values were looked for, for those that are missing.
    pub looked_in: String,
}

/// Reads the file that is named, or the first that exists.
pub fn read(place: RcPlace, warnings: &mut Vec<String>) -> Result<RcFile, Error> {
    match place {
        RcPlace::Stdin => parse(io::stdin().lock(), "standard input", warnings),
        RcPlace::Named(path) => read_named(&path, warnings),
        RcPlace::Default(paths) => Ok(match read_first(&paths, warnings)? {
            Some(found) => found,
            None => RcFile {
                rc: Rc::default(),
                name: None,
                looked_in: not_found(&paths),
            },
        }),
        RcPlace::DefaultOrNamed(paths, named) => match read_first(&paths, warnings)? {
            Some(found) => Ok(found),
            None => read_named(&named, warnings),
        },
    }
}

fn not_found(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    format!("no config file ({})", names.join(", "))
}

fn read_named(path: &Path, warnings: &mut Vec<String>) -> Result<RcFile, Error> {
    read_file(path, warnings)?.ok_or_else(|| {
        let path = path.display();
        Error::Usage(format!(
            "config file {path} does not exist: check --config, WYZEPAL_CONFIG and ZULIP_CONFIG"
        ))
    })
}

fn read_first(paths: &[PathBuf], warnings: &mut Vec<String>) -> Result<Option<RcFile>, Error> {
    for path in paths {
        if let Some(found) = read_file(path, warnings)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn read_file(path: &Path, warnings: &mut Vec<String>) -> Result<Option<RcFile>, Error> {
    let name = path.display();
    let cannot = |error| Error::Usage(format!("cannot read config file {name}: {error}"));
    let (file, head) = match open(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    };
    let metadata = file.metadata().map_err(cannot)?;
    if metadata.is_file() && metadata.mode() & 0o077 != 0 && !is_credential(path) {
        warnings.push(format!(
            "config file {name} can be read by others: chmod 600 {name}"
        ));
    }
    let text = head.as_slice().chain(file);
    parse(text, &format!("config file {name}"), warnings).map(Some)
}

/// Whether systemd gave the file to this service: an access list guards it, whose mask looks like rights
/// of the group (`LoadCredential=` in systemd.exec(5)).
fn is_credential(path: &Path) -> bool {
    env::var_os("CREDENTIALS_DIRECTORY")
        .is_some_and(|folder| !folder.is_empty() && path.starts_with(folder))
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

fn parse(source: impl io::Read, name: &str, warnings: &mut Vec<String>) -> Result<RcFile, Error> {
    let mut bytes = Vec::new();
    source
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::Usage(format!("cannot read {name}: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::Usage(format!(
            "{name} is larger than 1 MiB: no wyzepalrc"
        )));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::Usage(format!("{name} is not text (UTF-8): no wyzepalrc")))?;
    let (rc, doubts) =
        rcfile::parse(&text).map_err(|error| Error::Usage(format!("{name}: {error}")))?;
    warnings.extend(doubts.iter().map(|doubt| format!("{name}: {doubt}")));
    Ok(RcFile {
        rc,
        name: Some(name.to_owned()),
        looked_in: format!("{name} has none"),
    })
}
