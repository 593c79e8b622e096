//! Colour as a value: what each part of a line is painted with.
//!
//! Not for deciding whether there is colour (`main` looks at flags, environment and terminal, for
//! each stream by itself) and not for what the parts are (`summary`). Only the 16 colours that users
//! can set in their terminal, and of these only such as can be read on dark and on light grounds.

use std::fmt::{self, Display};
use std::sync::LazyLock;

use colored::{ColoredString, Colorize as _};

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// Paint, whatever stdout is.
    On,
    /// Leave text as it is.
    Off,
}

/// Hands out inks by the meaning of what is to be painted; without colour they do nothing.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    color: Color,
}

/// The codes before and after a painted text; both empty where nothing is to be done.
#[derive(Debug, Default)]
pub struct Ink {
    /// Switches the colour on.
    pub before: String,
    /// Switches it off.
    pub after: String,
}

impl Palette {
    /// A palette for one stream.
    pub fn new(color: Color) -> Self {
        // Process-wide, so only ever switched on: a palette without colour does not ask `colored`,
        // and tests that run beside each other cannot disturb each other.
        if color == Color::On {
            colored::control::set_override(true);
        }
        Palette { color }
    }

    /// Time of day.
    pub fn time(self) -> &'static Ink {
        self.ink(|inks| &inks.dim)
    }

    /// The line that tells the date.
    pub fn date(self) -> &'static Ink {
        self.ink(|inks| &inks.bold)
    }

    /// Type and op of an event.
    pub fn kind(self) -> &'static Ink {
        self.ink(|inks| &inks.kind)
    }

    /// A channel: a colour of its own, the same in each run.
    pub fn channel(self, name: &str) -> &'static Ink {
        self.ink(|inks| inks.channels.get(slot(name)).unwrap_or(&inks.bold))
    }

    /// A person: a colour of their own, the same in each run; bold, unlike a channel's.
    pub fn sender(self, name: &str) -> &'static Ink {
        self.ink(|inks| inks.senders.get(slot(name)).unwrap_or(&inks.bold))
    }

    /// A topic: the terminal's own colour, between two names that have theirs.
    pub fn topic(self) -> &'static Ink {
        self.plain()
    }

    /// What matters less: separators, names of fields, lines that few people read.
    pub fn dim(self) -> &'static Ink {
        self.ink(|inks| &inks.dim)
    }

    /// Running text.
    pub fn plain(self) -> &'static Ink {
        self.ink(|inks| &inks.plain)
    }

    /// What is as it should be.
    pub fn good(self) -> &'static Ink {
        self.ink(|inks| &inks.good)
    }

    /// Why the program ends.
    pub fn error(self) -> &'static Ink {
        self.ink(|inks| &inks.error)
    }

    /// What the user should look at.
    pub fn warning(self) -> &'static Ink {
        self.ink(|inks| &inks.warning)
    }

    fn ink(self, choose: impl FnOnce(&'static Inks) -> &'static Ink) -> &'static Ink {
        match self.color {
            Color::On => choose(&INKS),
            Color::Off => &PLAIN,
        }
    }
}

impl Ink {
    /// `text` between the codes. It must be sanitised already.
    pub fn paint<'a>(&'a self, text: &'a str) -> Painted<'a> {
        Painted { ink: self, text }
    }

    /// What `colored` puts around a text, taken once: it would make a string for each one painted.
    fn of(style: impl FnOnce(&str) -> ColoredString) -> Self {
        let sample = style("|").to_string();
        sample
            .split_once('|')
            .map_or_else(Ink::default, |(before, after)| Ink {
                before: before.to_string(),
                after: after.to_string(),
            })
    }
}

/// A painted text, to be written.
#[derive(Clone, Copy, Debug)]
pub struct Painted<'a> {
    ink: &'a Ink,
    text: &'a str,
}

impl Display for Painted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ink.before)?;
        f.write_str(self.text)?;
        f.write_str(&self.ink.after)
    }
}

const NAME_COLORS: [colored::Color; 6] = [
    colored::Color::Green,
    colored::Color::Magenta,
    colored::Color::Cyan,
    colored::Color::BrightBlue,
    colored::Color::BrightRed,
    colored::Color::BrightMagenta,
];

struct Inks {
    plain: Ink,
    bold: Ink,
    dim: Ink,
    kind: Ink,
    good: Ink,
    error: Ink,
    warning: Ink,
    channels: [Ink; NAME_COLORS.len()],
    senders: [Ink; NAME_COLORS.len()],
}

static PLAIN: Ink = Ink {
    before: String::new(),
    after: String::new(),
};

/// Made by the first palette with colour, which has switched `colored` on by then.
static INKS: LazyLock<Inks> = LazyLock::new(|| Inks {
    plain: Ink::default(),
    bold: Ink::of(|text| text.bold()),
    dim: Ink::of(|text| text.dimmed()),
    kind: Ink::of(|text| text.cyan()),
    good: Ink::of(|text| text.green()),
    error: Ink::of(|text| text.red().bold()),
    warning: Ink::of(|text| text.yellow().bold()),
    channels: NAME_COLORS.map(|color| Ink::of(|text| text.color(color))),
    senders: NAME_COLORS.map(|color| Ink::of(|text| text.color(color).bold())),
});

/// FNV-1a: the standard library's hashes differ from run to run or may change with its version.
fn slot(name: &str) -> usize {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    // The upper half is the better mixed one; 16 bits fit into any usize.
    usize::try_from(hash >> 16).unwrap_or(0) % NAME_COLORS.len()
}

#[cfg(test)]
mod tests {
    use super::{Color, NAME_COLORS, Palette, slot};
    use std::collections::BTreeSet;

    #[test]
    fn every_meaning_is_painted_and_switched_off_again() {
        let palette = Palette::new(Color::On);
        for (name, ink, before) in [
            ("time", palette.time(), "\x1b[2m"),
            ("date", palette.date(), "\x1b[1m"),
            ("kind", palette.kind(), "\x1b[36m"),
            ("dim", palette.dim(), "\x1b[2m"),
            ("good", palette.good(), "\x1b[32m"),
            ("error", palette.error(), "\x1b[1;31m"),
            ("warning", palette.warning(), "\x1b[1;33m"),
        ] {
            let expected = format!("{before}x\x1b[0m");
            assert_eq!(ink.paint("x").to_string(), expected, "{name}");
        }
        assert_eq!(palette.plain().paint("x").to_string(), "x");
        assert_eq!(palette.topic().paint("x").to_string(), "x");
    }

    #[test]
    fn without_colour_nothing_is_added() {
        let palette = Palette::new(Color::Off);
        for ink in [
            palette.time(),
            palette.error(),
            palette.channel("Denmark"),
            palette.sender("Hamlet"),
        ] {
            assert_eq!(ink.paint("x").to_string(), "x");
        }
    }

    #[test]
    fn names_keep_their_colour_from_run_to_run() {
        let palette = Palette::new(Color::On);
        for (name, channel, sender) in [
            ("Othello Bot", "\x1b[32m", "\x1b[1;32m"),
            ("Verona", "\x1b[95m", "\x1b[1;95m"),
            ("Иван", "\x1b[95m", "\x1b[1;95m"),
            ("Denmark", "\x1b[91m", "\x1b[1;91m"),
            ("", "\x1b[91m", "\x1b[1;91m"),
        ] {
            assert_eq!(palette.channel(name).before, channel, "{name}");
            assert_eq!(palette.sender(name).before, sender, "{name}");
        }
    }

    #[test]
    fn all_colours_are_used_about_equally() {
        let mut uses = [0; NAME_COLORS.len()];
        for number in 0..600 {
            uses[slot(&format!("user {number}"))] += 1;
        }
        assert!(uses.iter().all(|uses| (50..200).contains(uses)), "{uses:?}");
        let distinct: BTreeSet<_> = ["Hamlet", "Cordelia", "Othello", "Iago", "Polonius"]
            .map(slot)
            .into();
        assert!(distinct.len() > 2, "{distinct:?}");
    }
}
