//! Names for completion: channels and topics that runs with an account have seen, in a file that shells read by
//! themselves, so that TAB asks no server.
//!
//! A line is `channel:NAME` or `topic:NAME channel:NAME`, as the web app would write it into its search box,
//! `lunch+plans`, so that each is one word in every shell; newest last. They stand below their account: `# SITE EMAIL`.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::iter;
use std::mem;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

use crate::api::Account;
use crate::event::{Event, MessageEvent};
use crate::output::sanitize::sanitize_line;

/// Before the heading of an account: no name has these two characters.
const MARK: &str = "# ";
/// How lines begin, and how many are kept of an account.
const KEPT: [(&str, usize); 2] = [("channel:", 200), ("topic:", 500)];
/// Accounts that are kept; those with the oldest runs go.
const ACCOUNTS: usize = 20;
/// In bytes; servers allow 60 characters. A longer name is nothing to choose from a list.
const LONGEST: usize = 400;
/// In bytes: a larger file is not ours.
const LARGEST: u64 = 2 << 20;
/// Events that are looked at in a second: a flood teaches little that is new, and looking costs as much as printing.
const MOST_EVENTS: usize = 100;
const SECOND: Duration = Duration::from_secs(1);

/// What a run sees of an account.
#[derive(Debug)]
pub struct SeenNames {
    /// The line above the account's names, behind its mark.
    heading: String,
    path: PathBuf,
    seen: Mutex<SeenLines>,
}

/// Lines of the file.
#[derive(Debug, Default)]
struct SeenLines {
    /// Newest last.
    lines: Vec<String>,
}

impl SeenNames {
    /// Nothing is seen yet. None where the platform has no folder for such files.
    pub fn new(account: &Account) -> Option<SeenNames> {
        Some(SeenNames {
            heading: format!("{} {}\n", account.site, account.email),
            path: dirs::cache_dir()?.join("wyzepal-tail").join("names"),
            seen: Mutex::default(),
        })
    }

    /// Puts what was seen into the file. Where that cannot be written there is less to complete, and no more.
    pub fn save(&self) {
        let seen = mem::take(&mut self.seen().lines);
        if seen.is_empty() || is_read_only(&self.path) {
            return;
        }
        let saved = read(&self.path).unwrap_or_default();
        let mut own = SeenLines::default();
        let mut others = Vec::new();
        for section in saved.split(MARK).skip(1) {
            match section.strip_prefix(&self.heading) {
                Some(lines) => lines.lines().for_each(|line| own.add(line.to_owned())),
                None => others.push(section),
            }
        }
        for line in seen {
            own.add(line);
        }
        others.truncate(ACCOUNTS - 1);
        let own = self.heading.clone() + &own.lines.join("\n") + "\n";
        let sections = iter::once(own.as_str()).chain(others);
        let text: String = sections.flat_map(|section| [MARK, section]).collect();
        // Most runs see nothing new.
        if text != saved {
            let _ = replace(&self.path, &text);
        }
    }

    fn seen(&self) -> MutexGuard<'_, SeenLines> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What looks at the messages of a run for names.
pub struct Learner {
    seen: Arc<SeenNames>,
    /// When the second began in which these events were looked at.
    since: Instant,
    looked_at: usize,
}

impl Learner {
    /// One that has not looked at anything yet.
    pub fn new(seen: Arc<SeenNames>) -> Learner {
        Learner {
            seen,
            since: Instant::now(),
            looked_at: 0,
        }
    }

    /// The messages that follow have come at this time.
    pub fn begin(&mut self, now: Instant) {
        if now.saturating_duration_since(self.since) >= SECOND {
            self.since = now;
            self.looked_at = 0;
        }
    }

    /// Remembers the names in a message.
    pub fn learn(&mut self, message: &Event) {
        // Rows of history have no id, and have cost more already.
        if message.id.is_some() {
            if self.looked_at == MOST_EVENTS {
                return;
            }
            self.looked_at += 1;
        }
        if let Some(MessageEvent { message, .. }) = message.message()
            && let Some(channel) = message.text("display_recipient")
        {
            let topic = message.topic().unwrap_or_default();
            let channel = term("channel:", &channel);
            let topic = term("topic:", &topic).zip(channel.clone());
            let topic = topic.map(|(topic, channel)| format!("{topic} {channel}"));
            let mut seen = self.seen.seen();
            for line in [channel, topic].into_iter().flatten() {
                seen.add(line);
            }
        }
    }
}

impl SeenLines {
    /// Adds a line as the newest one. What is none is left out.
    fn add(&mut self, line: String) {
        let kept = KEPT.iter().find(|(operator, _)| line.starts_with(operator));
        let Some((operator, most)) = kept else {
            return;
        };
        if let Some(known) = self.lines.iter().rposition(|known| *known == line) {
            self.lines.remove(known);
        }
        self.lines.push(line);
        let is_same = |line: &String| line.starts_with(operator);
        if self.lines.iter().filter(|line| is_same(line)).count() > *most
            && let Some(oldest) = self.lines.iter().position(is_same)
        {
            self.lines.remove(oldest);
        }
    }
}

/// The term for a name, if it is one to choose.
fn term(operator: &str, name: &str) -> Option<String> {
    if name.is_empty() || name.len() > LONGEST || name.contains(char::is_control) {
        return None;
    }
    Some(format!("{operator}{}", spell(name)))
}

/// The name as the web app would write it. Letters of all scripts stay, as shells take them as they are.
fn spell(name: &str) -> String {
    let mut spelled = String::new();
    for letter in name.chars() {
        let own = letter.to_string();
        let is_plain = if letter.is_ascii() {
            letter.is_ascii_alphanumeric() || "-_.".contains(letter)
        } else {
            !letter.is_whitespace() && sanitize_line(&own) == own
        };
        if is_plain {
            spelled.push(letter);
        } else if letter == ' ' {
            spelled.push('+');
        } else {
            spelled.extend(own.bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    spelled
}

/// By a user who wants no such file.
fn is_read_only(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly())
}

fn read(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Ok(String::new());
    }
    fs::read_to_string(path)
}

/// Readable by its owner only, as names of private channels are in it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut file = NamedTempFile::with_prefix_in(".names-", folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventId;

    fn with(lines: &[&str]) -> SeenLines {
        let mut seen = SeenLines::default();
        for line in lines {
            seen.add((*line).to_owned());
        }
        seen
    }

    #[test]
    fn a_name_is_one_word_in_every_shell() {
        for (name, expected) in [
            ("Denmark", Some("Denmark")),
            ("lunch plans", Some("lunch+plans")),
            ("C++ & 50%", Some("C%2B%2B+%26+50%25")),
            (
                "it's \"$HOME\" `x` #1: ~/*",
                Some("it%27s+%22%24HOME%22+%60x%60+%231%3A+%7E%2F%2A"),
            ),
            ("españa 田中", Some("españa+田中")),
            ("✔ done", Some("✔+done")),
            (
                "a\u{a0}b\u{202e}c\u{3000}d",
                Some("a%C2%A0b%E2%80%AEc%E3%80%80d"),
            ),
            ("", None),
            ("a\nb", None),
            ("\u{9b}2J", None),
        ] {
            let expected = expected.map(|name| format!("topic:{name}"));
            assert_eq!(term("topic:", name), expected, "{name:?}");
        }
        assert_eq!(term("topic:", &"x".repeat(LONGEST + 1)), None);
    }

    #[test]
    fn the_newest_names_stay_each_once() {
        let mut seen = with(&["channel:a", "topic:1", "channel:b", "channel:a", "nonsense"]);
        assert_eq!(seen.lines, ["topic:1", "channel:b", "channel:a"]);
        for number in 0..500 {
            seen.add(format!("channel:{number}"));
            seen.add(format!("topic:new{number}"));
        }
        let count = |operator| {
            seen.lines
                .iter()
                .filter(|line| line.starts_with(operator))
                .count()
        };
        assert_eq!((count("channel:"), count("topic:")), (200, 500));
        assert_eq!(seen.lines[0], "topic:new0");
        assert!(!seen.lines.contains(&"channel:299".to_owned()));
        assert!(seen.lines.contains(&"channel:300".to_owned()));
    }

    #[test]
    fn of_a_flood_some_events_a_second_are_looked_at_and_of_history_all() {
        let seen = Arc::new(SeenNames {
            heading: String::new(),
            path: PathBuf::new(),
            seen: Mutex::default(),
        });
        let mut learner = Learner::new(Arc::clone(&seen));
        let texts: Vec<String> = (0..MOST_EVENTS + 5)
            .map(|number| {
                format!(r#"{{"message":{{"display_recipient":"a","subject":"{number}"}}}}"#)
            })
            .collect();
        let event = |number: usize, id| Event::new(id, "message", &texts[number]);
        let topic = |number: usize| format!("topic:{number} channel:a");
        let newest = || seen.seen().lines.last().cloned().unwrap_or_default();
        let (live, later) = (Some(EventId(1)), learner.since + SECOND);
        for number in 0..texts.len() {
            learner.learn(&event(number, live));
        }
        assert_eq!(newest(), topic(MOST_EVENTS - 1));
        learner.learn(&event(9, None));
        assert_eq!(newest(), topic(9));
        learner.begin(later);
        learner.learn(&event(7, live));
        assert_eq!(newest(), topic(7));
    }
}
