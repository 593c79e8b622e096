//! Cursor files: whatever a file holds is refused and left alone, or goes on and is written as what
//! reads the same.

#![no_main]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use tail::api::Account;
use tail::cursor::{Checkpoint, Cursor};
use tail::error::Error;
use tail::event::MessageId;
use tail::selection::Selection;
use tempfile::TempDir;

/// In memory where there is such a place: each run writes two files.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    TempDir::new_in("/dev/shm")
        .or_else(|_| TempDir::new())
        .expect("a folder of its own")
});

fuzz_target!(|text: &[u8]| {
    let path = FOLDER.path().join("cursor");
    fs::write(&path, text).expect("a new file");
    let (cursor, checkpoint) = match open(&path) {
        Ok((cursor, checkpoint)) => (cursor, checkpoint.expect("there is a file")),
        Err(Error::Usage(text) | Error::Failed(text)) => {
            assert!(text.contains("delete it to start anew"), "{text}");
            return;
        }
    };
    assert_eq!(
        fs::read(&path).ok().as_deref(),
        Some(text),
        "left as it was"
    );
    go_on(&checkpoint);
    check_known(text, &checkpoint);
    cursor.save(&checkpoint).expect("a folder of its own");
    drop(cursor);
    let (_, again) = open(&path).expect("our own file");
    assert_eq!(again, Some(checkpoint));
});

fn open(path: &Path) -> Result<(Cursor, Option<Checkpoint>), Error> {
    let account = Account {
        site: "https://chat.example.com".to_owned(),
        email: "a@b.c".to_owned(),
    };
    Cursor::open(
        path,
        &account,
        &Selection::default(),
        Duration::from_hours(2),
    )
}

/// What the file says is printed counts as printed.
fn check_known(text: &[u8], checkpoint: &Checkpoint) {
    #[derive(serde::Deserialize)]
    struct Known {
        window: Vec<(u64, u64)>,
    }
    let Known { window: ranges } = serde_json::from_slice(text).expect("it was read before");
    let window = &checkpoint.window;
    for (first, last) in ranges {
        for id in [first, first.midpoint(last), last] {
            assert!(window.contains(MessageId(id)), "{id}");
        }
    }
}

/// A run from there: what was printed stays known, and the floor never goes down.
fn go_on(checkpoint: &Checkpoint) {
    let start = Instant::now();
    let mut window = checkpoint.window.clone();
    window.restart(start);
    let floor = window.floor();
    for id in [MessageId(u64::MAX), MessageId(0)] {
        window.add(id, start + Duration::from_secs(1));
        assert!(window.contains(id) && !window.lacks(id));
    }
    assert!(window.len() > 0);
    let mut early = window.clone();
    early.truncate(floor);
    assert!(early.floor() <= floor && early.contains(MessageId(0)));
    window.settle_undecided();
    window.settle_read(floor);
    window.settle(start + Duration::from_hours(1));
    assert!(window.floor() >= floor);
}
