//! The cursor file: where a run ended, so that the next one can go on.
//!
//! One JSON object, replaced as a whole (temporary file in the same folder, fsync, rename, fsync of
//! the folder, mode 0600), so that it is never half written. `FILE.lock` beside it is locked while a
//! run uses it, and stays. It holds no key.
//!
//! The caller knows when a checkpoint is safe to save: what it covers must have been written before.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::api::Account;
use crate::delivery::Window;
use crate::error::Error;
use crate::event::{EventId, QueueId};
use crate::fsync::unless_unsupported;
use crate::selection::Selection;

const VERSION: u32 = 1;

/// A cursor file in use.
#[derive(Debug)]
pub struct Cursor {
    path: PathBuf,
    folder: PathBuf,
    identity: RunIdentity,
    lifespan: Duration,
    /// Held for its lock.
    _lock: File,
}

/// How far a run has come, and what the next one goes on from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The queue.
    pub queue_id: QueueId,
    /// The last event of it that is printed.
    pub last_event_id: EventId,
    /// The server's feature level; 0 for servers before 3.0.
    pub feature_level: u64,
    /// The messages that are printed.
    #[serde(flatten)]
    pub window: Window,
    /// When the queue was registered.
    #[serde(default)]
    pub registered_at: Timestamp,
    /// Whether the history that the run starts with is printed only in part.
    pub opening: bool,
    /// The last time at which nothing was missing.
    pub complete_at: Timestamp,
    /// Messages printed since then that the queue did not deliver, as far as no gap has counted them: whatever ends a
    /// run between two pages of history, the next one tells of all of them.
    #[serde(default)]
    pub missed: u64,
}

impl Checkpoint {
    /// The beginning of a queue that was registered at that time. What came meanwhile is wanted, and so is none of it
    /// seen.
    pub fn of_queue(queue_id: QueueId, feature_level: u64, registered_at: Timestamp) -> Checkpoint {
        Checkpoint {
            queue_id,
            last_event_id: EventId::NONE_SEEN,
            feature_level,
            window: Window::default(),
            registered_at,
            opening: false,
            complete_at: registered_at,
            missed: 0,
        }
    }

    /// How old the queue is; nothing by a clock that went back.
    pub fn age(&self) -> Duration {
        let age = Timestamp::now().duration_since(self.registered_at);
        Duration::try_from(age).unwrap_or_default()
    }
}

/// The whole file.
#[derive(Serialize, Deserialize)]
struct Content<I, P> {
    version: u32,
    #[serde(flatten)]
    identity: I,
    #[serde(flatten)]
    checkpoint: P,
    saved_at: Timestamp,
    queue_ttl_secs: u64,
}

/// Whose position it is, and of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RunIdentity {
    site: String,
    email: String,
    kinds: Option<Vec<String>>,
    excluded: Vec<String>,
    narrow: Vec<String>,
    all_public: bool,
    apply_markdown: bool,
}

impl Cursor {
    /// Locks the file and reads it. No checkpoint: there is no file yet.
    pub fn open(
        path: &Path,
        account: &Account,
        selection: &Selection,
        lifespan: Duration,
    ) -> Result<(Cursor, Option<Checkpoint>), Error> {
        // A device or a pipe would be waited for, read without end, or replaced.
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(Error::Failed(format!(
                "cursor file {} is not a regular file: name another one",
                path.display()
            )));
        }
        let path = target(path);
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let identity = RunIdentity::of(account, selection);
        // A file that is something else gets no lock beside it.
        identity.load(&path)?;
        let lock = lock(&path)?;
        let checkpoint = identity.load(&path)?;
        let cursor = Cursor {
            identity,
            lifespan,
            folder,
            path,
            _lock: lock,
        };
        Ok((cursor, checkpoint))
    }

    /// Replaces the file. What the checkpoint covers must have been written and flushed before.
    pub fn save(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let content = Content {
            version: VERSION,
            identity: &self.identity,
            checkpoint,
            saved_at: Timestamp::now(),
            queue_ttl_secs: self.lifespan.as_secs(),
        };
        let name = self.path.display();
        let cannot =
            |error: io::Error| Error::Failed(format!("cannot save cursor file {name}: {error}"));
        let mut text = serde_json::to_vec(&content).map_err(|error| cannot(error.into()))?;
        text.push(b'\n');
        let mut file =
            NamedTempFile::with_prefix_in(".wyzepal-tail-", &self.folder).map_err(cannot)?;
        file.write_all(&text).map_err(cannot)?;
        file.as_file().sync_all().map_err(cannot)?;
        file.persist(&self.path)
            .map_err(|error| cannot(error.error))?;
        let folder = File::open(&self.folder).and_then(|folder| folder.sync_all());
        unless_unsupported(folder).map_err(cannot)
    }
}

impl RunIdentity {
    /// Where the run that it is of has ended; none where there is no file.
    fn load(&self, path: &Path) -> Result<Option<Checkpoint>, Error> {
        let name = path.display();
        let unreadable = |cause: String| {
            Error::Failed(format!(
                "cannot read cursor file {name}: {cause}; it is left as it was: name another one, or delete it to start anew"
            ))
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        // What is none shows at its beginning, and may be long.
        let content: Content<RunIdentity, Checkpoint> =
            serde_json::from_reader(BufReader::new(file))
                .map_err(|error| unreadable(format!("it is none ({error})")))?;
        if content.version != VERSION {
            return Err(unreadable(format!(
                "its version is {}, not {VERSION}",
                content.version
            )));
        }
        match self.difference(&content.identity) {
            None => Ok(Some(content.checkpoint)),
            Some(difference) => Err(Error::Usage(format!(
                "cursor file {name} belongs to another run: {difference}; use another file, or delete it to start anew"
            ))),
        }
    }

    /// That of a run.
    fn of(account: &Account, selection: &Selection) -> RunIdentity {
        let mut kinds = selection.kinds.clone();
        if let Some(kinds) = &mut kinds {
            kinds.sort();
        }
        let mut excluded = selection.excluded.clone();
        excluded.sort();
        let mut narrow: Vec<String> = selection.narrows.iter().map(ToString::to_string).collect();
        narrow.sort();
        RunIdentity {
            site: account.site.to_string(),
            email: account.email.clone(),
            kinds,
            excluded,
            narrow,
            all_public: selection.all_public,
            apply_markdown: selection.apply_markdown,
        }
    }

    /// The first thing that a saved identity has otherwise, in words.
    fn difference(&self, saved: &RunIdentity) -> Option<String> {
        let mut pairs = saved.in_words().into_iter().zip(self.in_words());
        let ((what, was), (_, is)) = pairs.find(|(was, is)| was != is)?;
        Some(format!("{what} was '{was}' and is '{is}'"))
    }

    fn in_words(&self) -> [(&'static str, String); 7] {
        let kinds = self.kinds.as_ref().map(|kinds| kinds.join(","));
        let narrow = match self.narrow.as_slice() {
            [] => "none".to_owned(),
            alternatives => alternatives.join(" or "),
        };
        [
            ("site", self.site.clone()),
            ("account", self.email.clone()),
            ("kinds of event", kinds.unwrap_or_else(|| "all".to_owned())),
            ("--exclude-types", self.excluded.join(",")),
            ("narrow", narrow),
            ("--all-public", self.all_public.to_string()),
            ("--apply-markdown", self.apply_markdown.to_string()),
        ]
    }
}

/// The file itself: symbolic links are followed here, so that it is replaced and they stay. One link may lead to a file
/// that does not exist yet.
fn target(path: &Path) -> PathBuf {
    let link = || Some(path.parent()?.join(fs::read_link(path).ok()?));
    let target = fs::canonicalize(path).ok().or_else(link);
    target.unwrap_or_else(|| path.to_owned())
}

/// Fails at once if another run holds it.
fn lock(path: &Path) -> Result<File, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let cannot = |error: io::Error| {
        Error::Failed(format!(
            "cannot lock cursor file {}: {error}; name one in a folder that can be written",
            name.display()
        ))
    };
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&name)
        .map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Failed(format!(
            "cursor file {} is in use by another run: wait for its end, or name another file",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(cannot(error)),
    }
}
