//! Parses `script.txt`: what the demo's cast says and does, and in which order. The form is described there.

use std::io;

use super::roster::{Character, DemoChannel, TAIL_BOT};

const SCRIPT: &str = include_str!("script.txt");

/// A message, and what is done to it.
#[derive(Clone, Debug)]
pub struct ScriptLine {
    /// Where it is said.
    pub place: ScriptPlace,
    /// Who says it.
    pub person: &'static Character,
    /// What; line breaks are written `\n`.
    pub text: &'static str,
    /// What is done next.
    pub directions: Vec<Direction>,
}

/// Where a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptPlace {
    /// A topic of a channel.
    Topic(&'static DemoChannel, &'static str),
    /// A conversation; the account is one of the people.
    Direct(Vec<&'static Character>),
}

impl ScriptPlace {
    /// The channel, unless it is a conversation.
    pub fn channel(&self) -> Option<&'static DemoChannel> {
        match self {
            ScriptPlace::Topic(channel, _) => Some(channel),
            ScriptPlace::Direct(_) => None,
        }
    }
}

/// Something that somebody does: `Bo adds 👀 eyes`.
#[derive(Clone, Copy, Debug)]
pub struct Direction {
    /// Bo.
    pub person: &'static Character,
    /// `adds`.
    pub verb: &'static str,
    /// `👀 eyes`.
    pub rest: &'static str,
}

/// The lines in the order in which they are said: one of each channel and one to the account in turn, until
/// all have been said. So whatever a reader waits for comes with the next round.
pub fn play() -> io::Result<Vec<ScriptLine>> {
    let mut acts: Vec<(Option<&DemoChannel>, Vec<ScriptLine>)> = Vec::new();
    for line in lines()? {
        let channel = line.place.channel();
        match acts.iter_mut().find(|(of, _)| *of == channel) {
            Some((_, act)) => act.push(line),
            None => acts.push((channel, vec![line])),
        }
    }
    let rounds = acts.iter().map(|(_, act)| act.len()).max();
    let acts = acts.into_iter().map(|(_, act)| act.into_iter().cycle());
    let mut acts: Vec<_> = acts.collect();
    let round = |_| {
        let said: Vec<ScriptLine> = acts.iter_mut().filter_map(Iterator::next).collect();
        said
    };
    Ok((0..rounds.unwrap_or_default()).flat_map(round).collect())
}

/// The lines in the order of the script.
fn lines() -> io::Result<Vec<ScriptLine>> {
    let mut lines: Vec<ScriptLine> = Vec::new();
    let written = |text: &&str| !text.is_empty() && !text.starts_with("//");
    for text in SCRIPT.lines().filter(written) {
        let understood = match text.strip_prefix("  ") {
            Some(text) => direction(text)
                .zip(lines.last_mut())
                .map(|(direction, line)| {
                    line.directions.push(direction);
                }),
            None => line(text).map(|line| lines.push(line)),
        };
        understood.ok_or_else(|| io::Error::other(format!("no line of a script: {text}")))?;
    }
    Ok(lines)
}

fn line(text: &'static str) -> Option<ScriptLine> {
    let (place, said) = text.split_once(" | ")?;
    let (person, text) = said.split_once(": ")?;
    let place = if let Some(names) = place.strip_prefix("DM ") {
        let people = names.split(", ").map(Character::called);
        ScriptPlace::Direct(people.chain([Some(TAIL_BOT)]).collect::<Option<_>>()?)
    } else {
        let (channel, topic) = place.strip_prefix('#')?.split_once(" > ")?;
        ScriptPlace::Topic(DemoChannel::called(channel)?, topic)
    };
    Some(ScriptLine {
        place,
        person: Character::called(person)?,
        text,
        directions: Vec::new(),
    })
}

fn direction(text: &'static str) -> Option<Direction> {
    let (person, deed) = text.split_once(' ')?;
    let (verb, rest) = deed.split_once(' ').unwrap_or((deed, ""));
    Some(Direction {
        person: Character::called(person)?,
        verb,
        rest,
    })
}
