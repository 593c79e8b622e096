//! Names for completion: channels and topics that runs with an account have seen, in a file that shells read by
//! themselves, so that TAB asks no server.
//!
//! A line is `channel:NAME` or `topic:NAME`, as the web app would write it into its search box, `lunch+plans`, so that
//! it is one word in every shell; newest last. They stand below their account: `# SITE EMAIL`.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

use crate::api::Account;
use crate::event::{Event, MessageEvent, Recipient};
use crate::output::sanitize::sanitize_line;

/// Channels that are kept of an account.
const CHANNELS: usize = 200;
/// Topics that are kept of an account.
const TOPICS: usize = 500;
/// Accounts that are kept; those with the oldest runs go.
const ACCOUNTS: usize = 20;
/// In bytes; servers allow 60 characters. A longer name is nothing to choose from a list.
const LONGEST: usize = 400;
/// In bytes: a larger file is not ours.
const LARGEST: u64 = 2 << 20;
/// Events that are looked at without further ado. In a flood it is then one of each piece of an answer: it teaches
/// little that is new, and looking costs as much as printing.
const MOST_EVENTS: usize = 2000;

/// What a run sees of an account.
#[derive(Debug)]
pub struct SeenNames {
    /// The line above the account's names.
    heading: String,
    path: PathBuf,
    lists: Mutex<Lists>,
}

/// Lines of the file, newest last.
#[derive(Debug)]
struct Lists {
    channels: Vec<String>,
    topics: Vec<String>,
    /// Events that may be looked at.
    left: usize,
}

impl Default for Lists {
    fn default() -> Self {
        Lists {
            channels: Vec::new(),
            topics: Vec::new(),
            left: MOST_EVENTS,
        }
    }
}

impl SeenNames {
    /// Nothing is seen yet. None where the platform has no folder for such files.
    pub fn new(account: &Account) -> Option<SeenNames> {
        Some(SeenNames {
            heading: format!("# {} {}", account.site, account.email),
            path: dirs::cache_dir()?.join("wyzepal-tail").join("names"),
            lists: Mutex::default(),
        })
    }

    /// Remembers the names in messages of one piece of an answer.
    pub fn learn<'a>(&self, messages: impl Iterator<Item = Event<'a>>) {
        let mut lists = self.lists();
        lists.left = MOST_EVENTS.min(lists.left + 1);
        for message in messages {
            // Rows of history have no id, and have cost more already.
            if message.id.is_some() {
                let Some(left) = lists.left.checked_sub(1) else {
                    return;
                };
                lists.left = left;
            }
            let Ok(MessageEvent { message, .. }) = serde_json::from_str(message.text) else {
                continue;
            };
            if let Recipient::Channel(channel) = &message.display_recipient {
                lists.add(channel, &message.subject);
            }
        }
    }

    /// Puts what was seen into the file. Where that cannot be written there is less to complete, and no more.
    pub fn save(&self) {
        let mut seen = std::mem::take(&mut *self.lists());
        if seen.channels.is_empty() || is_read_only(&self.path) {
            return;
        }
        let saved = read(&self.path).unwrap_or_default();
        let mut others = Vec::new();
        for (heading, lines) in sections(&saved) {
            if heading == self.heading {
                seen = seen.after(lines);
            } else if others.len() + 1 < ACCOUNTS {
                others.push([&[heading], lines.as_slice()].concat().join("\n"));
            }
        }
        let own = [vec![self.heading.clone()], seen.channels, seen.topics].concat();
        let text = [vec![own.join("\n")], others].concat().join("\n") + "\n";
        // Most runs see nothing new.
        if text != saved {
            let _ = replace(&self.path, &text);
        }
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lists {
    fn add(&mut self, channel: &str, topic: &str) {
        add(&mut self.channels, CHANNELS, line("channel", channel));
        add(&mut self.topics, TOPICS, line("topic", topic));
    }

    /// These behind those of earlier runs.
    fn after(self, lines: Vec<&str>) -> Lists {
        let mut all = Lists::default();
        let earlier = lines.into_iter().map(ToOwned::to_owned);
        for line in earlier.chain(self.channels).chain(self.topics) {
            if line.starts_with("channel:") {
                add(&mut all.channels, CHANNELS, Some(line));
            } else if line.starts_with("topic:") {
                add(&mut all.topics, TOPICS, Some(line));
            }
        }
        all
    }
}

fn add(list: &mut Vec<String>, most: usize, line: Option<String>) {
    let Some(line) = line else {
        return;
    };
    match list.iter().rposition(|known| *known == line) {
        Some(known) => {
            list.remove(known);
        }
        None if list.len() >= most => {
            list.remove(0);
        }
        None => {}
    }
    list.push(line);
}

/// The line for a name, if it is one to choose.
fn line(operator: &str, name: &str) -> Option<String> {
    if name.is_empty() || name.len() > LONGEST || name.contains(char::is_control) {
        return None;
    }
    Some(format!("{operator}:{}", spell(name)))
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

/// Headings, and the lines below each.
fn sections(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        if line.starts_with("# ") {
            sections.push((line, Vec::new()));
        } else if let Some((_, lines)) = sections.last_mut() {
            lines.push(line);
        }
    }
    sections
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

    fn with(names: &[(&str, &str)]) -> Lists {
        let mut lists = Lists::default();
        for (channel, topic) in names {
            lists.add(channel, topic);
        }
        lists
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
            assert_eq!(line("topic", name), expected, "{name:?}");
        }
        assert_eq!(line("topic", &"x".repeat(LONGEST + 1)), None);
    }

    #[test]
    fn the_newest_names_stay_each_once() {
        let mut lists = with(&[("a", "1"), ("b", "2"), ("a", "1"), ("c", "")]);
        assert_eq!(lists.channels, ["channel:b", "channel:a", "channel:c"]);
        assert_eq!(lists.topics, ["topic:2", "topic:1"]);
        for number in 0..TOPICS {
            lists.add(&number.to_string(), &format!("new{number}"));
        }
        assert_eq!(
            (lists.channels.len(), lists.topics.len()),
            (CHANNELS, TOPICS)
        );
        assert_eq!(lists.topics[0], "topic:new0");
        assert_eq!(lists.channels[0], "channel:300");
    }

    #[test]
    fn a_flood_is_looked_at_now_and_then_and_history_all_the_time() {
        let seen = SeenNames {
            heading: String::new(),
            path: PathBuf::new(),
            lists: Mutex::default(),
        };
        let texts: Vec<String> = (0..MOST_EVENTS + 5)
            .map(|number| {
                format!(r#"{{"message":{{"display_recipient":"a","subject":"{number}"}}}}"#)
            })
            .collect();
        let event = |number: usize, id| Event {
            id,
            kind: "message",
            text: &texts[number],
        };
        let newest = || seen.lists().topics.last().cloned().unwrap_or_default();
        let live = Some(EventId(1));
        seen.learn((0..texts.len()).map(|number| event(number, live)));
        assert_eq!(newest(), format!("topic:{}", MOST_EVENTS - 1));
        seen.learn([7, 8].map(|number| event(number, live)).into_iter());
        assert_eq!(newest(), "topic:7");
        seen.learn([8, 9].map(|number| event(number, None)).into_iter());
        assert_eq!(newest(), "topic:9");
    }

    #[test]
    fn what_earlier_runs_have_seen_is_older() {
        let lists = with(&[("a", "1"), ("b", "2")]);
        let lists = lists.after(vec!["channel:c", "channel:b", "topic:2", "nonsense"]);
        assert_eq!(lists.channels, ["channel:c", "channel:a", "channel:b"]);
        assert_eq!(lists.topics, ["topic:1", "topic:2"]);
    }
}
