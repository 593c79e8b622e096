//! What the cast has at hand beside its lines: emoji, statuses, additions, numbers.
//!
//! Not for when they are used (`cast`).

use super::message::Emoji;
use super::random::Random;
use super::roster::{Nature, PEOPLE, Person};

const fn emoji_named(name: &'static str, code: &'static str) -> Emoji {
    Emoji { name, code }
}

static EMOJI: [Emoji; 10] = [
    emoji_named("tada", "1f389"),
    emoji_named("heart", "2764"),
    emoji_named("+1", "1f44d"),
    emoji_named("joy", "1f602"),
    emoji_named("eyes", "1f440"),
    emoji_named("rocket", "1f680"),
    emoji_named("clap", "1f44f"),
    emoji_named("coffee", "2615"),
    emoji_named("ghost", "1f47b"),
    emoji_named("performing_arts", "1f3ad"),
];

static STATUSES: [(&str, Emoji); 5] = [
    ("in rehearsal", emoji_named("performing_arts", "1f3ad")),
    ("on the ladder, do not call", emoji_named("hammer", "1f528")),
    ("at lunch", emoji_named("ramen", "1f35c")),
    ("writing tests", emoji_named("test_tube", "1f9ea")),
    ("in a meeting", emoji_named("calendar", "1f4c5")),
];

static ADDITIONS: [&str; 6] = [
    " (Thursday, not Wednesday.)",
    " **Update:** all sorted.",
    " Edit: typo, sorry.",
    " And thank you all!",
    " (See the note on the door.)",
    " …or maybe tomorrow.",
];

/// Somebody who reacts, types, and has a presence.
pub fn human(random: &mut Random) -> Option<&'static Person> {
    let humans: Vec<&'static Person> = PEOPLE
        .into_iter()
        .filter(|person| person.nature == Nature::Human)
        .collect();
    random.pick(&humans).copied()
}

/// Whose turn it is at the front of house: everybody's, one after the other.
pub fn on_duty(turn: usize) -> Option<&'static Person> {
    let humans = PEOPLE
        .into_iter()
        .filter(|person| person.nature == Nature::Human);
    let humans: Vec<&'static Person> = humans.collect();
    let position = turn.checked_rem(humans.len())?;
    humans.get(position).copied()
}

/// An emoji for a reaction.
pub fn emoji(random: &mut Random) -> Option<&'static Emoji> {
    random.pick(&EMOJI)
}

/// A status and its emoji.
pub fn status(random: &mut Random) -> Option<(&'static str, &'static Emoji)> {
    random.pick(&STATUSES).map(|(text, emoji)| (*text, emoji))
}

/// What an edit puts at the end of a text.
pub fn addition(random: &mut Random) -> Option<&'static str> {
    random.pick(&ADDITIONS).copied()
}

/// The line with numbers in its gaps: `{n}` small, `{ms}` a few hundred, `{sha}` a short commit id.
pub fn fill(line: &str, random: &mut Random) -> String {
    let mut filled = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, gap)) = rest.split_once('{') {
        filled.push_str(before);
        rest = match gap.split_once('}') {
            Some(("n", after)) => {
                filled.push_str(&random.between(3, 100).to_string());
                after
            }
            Some(("ms", after)) => {
                filled.push_str(&random.between(80, 1000).to_string());
                after
            }
            Some(("sha", after)) => {
                let commit = format!("{:07x}", random.number() >> 36);
                filled.push_str(&commit);
                after
            }
            _ => {
                filled.push('{');
                gap
            }
        };
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_other_braces_are_kept() {
        let mut random = Random::new(1);
        let filled = fill("{n} of {ms} at {sha} {x} { }", &mut random);
        let words: Vec<&str> = filled.split(' ').collect();
        assert_eq!(
            [words[1], words[3], words[5], words[6], words[7]],
            ["of", "at", "{x}", "{", "}"]
        );
        assert!(
            words[0]
                .parse::<u32>()
                .is_ok_and(|number| (3..100).contains(&number)),
            "{filled}"
        );
        assert!(
            words[2]
                .parse::<u32>()
                .is_ok_and(|number| (80..1000).contains(&number)),
            "{filled}"
        );
        assert_eq!(words[4].len(), 7, "{filled}");
    }
}
