//! From words to options: which word belongs to which option, what people type out of habit and what that is
//! here, and how a command line that cannot be is refused.

use std::ffi::{OsStr, OsString};
use std::iter;
use std::os::unix::ffi::OsStrExt;

use clap::{Arg, Command, CommandFactory, FromArgMatches};

use crate::cli::Cli;
use crate::kind::Kind;

/// What people type out of habit, and what it is here.
const HABITS: [(&str, &str); 9] = [
    ("--api-key", KEY),
    ("--key", KEY),
    ("--json", "did you mean -o json?"),
    ("--server", "did you mean --site?"),
    ("--url", "did you mean --site?"),
    ("--stream", "did you mean --narrow stream:NAME?"),
    ("--channel", "did you mean --narrow channel:NAME?"),
    ("--topic", "did you mean --narrow topic:NAME?"),
    ("--sender", "did you mean --narrow sender:ADDRESS?"),
];
const KEY: &str = "others on this machine can see options, so the key is none: it stands in the wyzepalrc, or in WYZEPAL_API_KEY";

/// Why there is nothing to run.
pub enum NoRun {
    /// Help or version was asked for.
    Help(clap::Error),
    /// It is wrong; the text says how, and what to do.
    Refused(String),
}

/// Reads the command line, without the program's name.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Cli, NoRun> {
    let command = Cli::command();
    let parts = parts(words, &command);
    let words = parts.iter().flat_map(|part| part.words.iter().cloned());
    let words = iter::once(command.get_name().into()).chain(words);
    let matches = command.clone().try_get_matches_from(words);
    matches
        .and_then(|matches| Cli::from_arg_matches(&matches))
        .map_err(|error| {
            if error.use_stderr() {
                NoRun::Refused(one_line(&error, hint(&parts).as_deref()))
            } else {
                NoRun::Help(error)
            }
        })
}

/// A word, or an option together with its value.
struct Part<'a> {
    owner: Owner<'a>,
    words: Vec<OsString>,
}

/// Whose a word is.
#[derive(Clone, Copy)]
enum Owner<'a> {
    /// This option's.
    Option(&'a Arg),
    /// That of something that looks like an option, and there is none of that name.
    Unknown,
    /// No option's.
    Nobody,
}

impl Part<'_> {
    /// What was typed first.
    fn word(&self) -> &str {
        self.words
            .first()
            .and_then(|word| word.to_str())
            .unwrap_or_default()
    }

    fn is(&self, option: &str) -> bool {
        matches!(self.owner, Owner::Option(arg) if arg.get_id() == option)
    }
}

/// A command line taken apart, with bundled flags (`-mv`) each by itself.
fn parts(words: impl IntoIterator<Item = OsString>, command: &Command) -> Vec<Part<'_>> {
    let mut words = words.into_iter();
    let mut parts = Vec::new();
    while let Some(word) = words.next() {
        if word == "--" {
            parts.extend(iter::once(word).chain(words).map(|word| Part {
                owner: Owner::Nobody,
                words: vec![word],
            }));
            break;
        }
        let wants_value = split(word, command, &mut parts);
        if let Some(last) = parts.last_mut().filter(|_| wants_value) {
            last.words.extend(words.next());
        }
    }
    parts
}

/// Adds the options of one word, and tells whether the next word is the value of the last of them.
fn split<'a>(word: OsString, command: &'a Command, parts: &mut Vec<Part<'a>>) -> bool {
    let mut add = |owner, word| {
        let words = vec![word];
        parts.push(Part { owner, words });
    };
    let bytes = word.as_bytes();
    if let Some(long) = bytes.strip_prefix(b"--") {
        let name = long.split(|byte| *byte == b'=').next().unwrap_or_default();
        let wants_value = name.len() == long.len();
        let Some(option) = command
            .get_arguments()
            .find(|option| has_name(option, name))
        else {
            add(Owner::Unknown, word);
            return false;
        };
        add(Owner::Option(option), word);
        return wants_value && option.get_action().takes_values();
    }
    let Some(mut letters) = bytes
        .strip_prefix(b"-")
        .filter(|letters| !letters.is_empty())
    else {
        add(Owner::Nobody, word);
        return false;
    };
    while let Some((letter, rest)) = letters.split_first() {
        let short = |option: &&Arg| option.get_short() == Some(char::from(*letter));
        let option = command.get_arguments().find(short);
        let is_flag = option.is_some_and(|option| !option.get_action().takes_values());
        let own = if is_flag { &[*letter][..] } else { letters };
        let own = OsStr::from_bytes(&[b"-", own].concat()).to_owned();
        add(option.map_or(Owner::Unknown, Owner::Option), own);
        if !is_flag {
            return option.is_some() && rest.is_empty();
        }
        letters = rest;
    }
    false
}

fn has_name(option: &Arg, name: &[u8]) -> bool {
    let aliases = option.get_all_aliases().unwrap_or_default();
    let names = option.get_long().into_iter().chain(aliases);
    names.into_iter().any(|long| long.as_bytes() == name)
}

/// What was probably meant.
fn hint(parts: &[Part]) -> Option<String> {
    parts.iter().enumerate().find_map(|(at, part)| {
        let before = at.checked_sub(1).and_then(|before| parts.get(before));
        match part.owner {
            Owner::Unknown => habit(part.word()),
            Owner::Nobody => missing_quotes(before?, parts.get(at..)?),
            Owner::Option(_) => None,
        }
    })
}

/// What stands here for an option that others have.
fn habit(word: &str) -> Option<String> {
    let number = word.strip_prefix('-').unwrap_or_default();
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("did you mean -n {number}?"));
    }
    let name = word.split('=').next().unwrap_or_default();
    let habit = HABITS.iter().find(|(habit, _)| *habit == name);
    habit.map(|(_, hint)| (*hint).to_owned())
}

/// Words that belong to the value of the option before them, as they have to be written there.
fn missing_quotes(before: &Part, parts: &[Part]) -> Option<String> {
    let free = parts
        .iter()
        .take_while(|part| matches!(part.owner, Owner::Nobody));
    let more: Vec<&str> = free.map(Part::word).collect();
    let value = before.words.get(1).and_then(|value| value.to_str())?;
    let option = before.word();
    if before.is("event_types") || before.is("exclude_types") {
        let is_kind = more.first().is_some_and(|word| Kind::named(word).is_some());
        let list = value.trim_end_matches(',');
        return is_kind.then(|| format!("did you mean {option} {list},{}?", more.join(",")));
    }
    let (operator, name) = value.rsplit_once(':').filter(|_| before.is("narrow"))?;
    let name = name.trim_matches('"');
    let more = more.join(" ");
    (!more.contains([':', '"', '\'']))
        .then(|| format!("did you mean {option} '{operator}:\"{name} {more}\"'?"))
}

/// A refusal as one line, like all errors: clap's message and its tips, without the usage that follows.
fn one_line(error: &clap::Error, hint: Option<&str>) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let mut parts: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty())
        .collect();
    if let Some(hint) = hint {
        parts.retain(|part| !part.starts_with("tip:"));
        parts.push(hint);
    }
    // What a line announces with a colon stands in the next ones.
    parts.join("; ").replace(":; ", ": ")
}
