//! Colour as a value: what each part of a line is painted with.
//!
//! Whether there is colour is decided at the start (`start.rs`), for each stream by itself. Only colours that can be read
//! on dark and on light grounds: of the 16 that users can set in their terminal those that stay
//! clear of both ends, and for names, where there are more, some of the 6x6x6 cube.

use std::sync::LazyLock;

use colored::{ColoredString, Colorize as _};

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// Paint with the 16 colours that every terminal has.
    On,
    /// Paint, and give names colours of their own, from the 256 of most terminals.
    Many,
    /// Leave text as it is.
    Off,
}

/// Hands out inks by the meaning of what is to be painted; without colour they do nothing.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    color: Color,
    has_links: bool,
}

/// The codes before and after a painted text; both empty where nothing is to be done.
#[derive(Debug, Default)]
pub struct Ink {
    /// Switches the colour on.
    pub before: String,
    /// Switches it off.
    pub after: String,
}

/// Ways in which a part of a text stands out, together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Styles(u16);

impl Styles {
    /// Bold.
    pub const BOLD: Styles = Styles(1);
    /// Italic.
    pub const ITALIC: Styles = Styles(1 << 1);
    /// Struck through.
    pub const STRUCK: Styles = Styles(1 << 2);
    /// Code.
    pub const CODE: Styles = Styles(1 << 3);
    /// Somebody's name, or a group's.
    pub const MENTION: Styles = Styles(1 << 4);
    /// A channel, perhaps with a topic.
    pub const CHANNEL: Styles = Styles(1 << 5);
    /// The title of a link.
    pub const LINK: Styles = Styles(1 << 6);
    /// A time in the reader's zone.
    pub const TIME: Styles = Styles(1 << 7);
    /// What matters less.
    pub const DIM: Styles = Styles(1 << 8);

    /// These and those.
    pub const fn and(self, others: Styles) -> Styles {
        Styles(self.0 | others.0)
    }

    /// Whether one of those is among these.
    pub fn has(self, others: Styles) -> bool {
        self.0 & others.0 != 0
    }
}

impl Palette {
    /// A palette for one stream.
    pub fn new(color: Color) -> Self {
        // Process-wide, so only ever switched on: a palette without colour does not call `colored`,
        // and tests that run beside each other cannot disturb each other.
        if color != Color::Off {
            colored::control::set_override(true);
        }
        Palette {
            color,
            has_links: color != Color::Off,
        }
    }

    /// The same for a terminal that does not know hyperlinks.
    pub fn without_links(self) -> Self {
        Palette {
            has_links: false,
            ..self
        }
    }

    /// Whether titles are hyperlinks.
    pub fn has_links(self) -> bool {
        self.has_links
    }

    /// Time of day.
    pub fn time(self) -> &'static Ink {
        self.ink(|inks| &inks.dim)
    }

    /// The line that has the date.
    pub fn date(self) -> &'static Ink {
        self.ink(|inks| &inks.bold)
    }

    /// Type and op of an event.
    pub fn kind(self) -> &'static Ink {
        self.ink(|inks| &inks.kind)
    }

    /// A channel: a colour of its own, the same in each run.
    pub fn channel(self, name: &str) -> &'static Ink {
        self.ink(|inks| own(inks.names(self.color, |set| &set.channels), name))
    }

    /// A person: a colour of their own, the same in each run; bold, unlike a channel's.
    pub fn sender(self, name: &str) -> &'static Ink {
        self.ink(|inks| own(inks.names(self.color, |set| &set.senders), name))
    }

    /// A topic: the terminal's own colour, between two names that have theirs.
    pub fn topic(self) -> &'static Ink {
        self.plain()
    }

    /// The sign before a topic that is resolved.
    pub fn resolved(self) -> &'static Ink {
        self.ink(|inks| &inks.resolved)
    }

    /// The time of what concerns the user: a block at the left edge, on any ground.
    pub fn alert(self) -> &'static Ink {
        self.ink(|inks| &inks.alert)
    }

    /// The text of what concerns the user.
    pub fn stress(self) -> &'static Ink {
        self.ink(|inks| &inks.bold)
    }

    /// What matters less: separators, names of fields, lines that few people read.
    pub fn dim(self) -> &'static Ink {
        self.ink(|inks| &inks.dim)
    }

    /// Code in a text, and maths.
    pub fn code(self) -> &'static Ink {
        self.ink(|inks| &inks.kind)
    }

    /// Whether there is colour, in place of signs.
    pub fn has_color(self) -> bool {
        self.color != Color::Off
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

    /// What the user should notice.
    pub fn warning(self) -> &'static Ink {
        self.ink(|inks| &inks.warning)
    }

    /// Appends `text` in an ink and in styles. It must be sanitised already.
    pub fn write(self, out: &mut Vec<u8>, ink: &Ink, styles: Styles, text: &str) {
        let mut after = &ink.after;
        out.extend_from_slice(ink.before.as_bytes());
        for (style, choose) in STYLES {
            if styles.has(style) {
                let ink = self.ink(choose);
                out.extend_from_slice(ink.before.as_bytes());
                after = &ink.after;
            }
        }
        // One code ends them all.
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(after.as_bytes());
    }

    fn ink(self, choose: impl FnOnce(&'static Inks) -> &'static Ink) -> &'static Ink {
        match self.color {
            Color::On | Color::Many => choose(&INKS),
            Color::Off => &PLAIN,
        }
    }
}

impl Ink {
    /// `text` between the codes. It must be sanitised already.
    pub fn paint(&self, text: &str) -> String {
        format!("{}{text}{}", self.before, self.after)
    }

    /// Appends `text` between the codes. It must be sanitised already.
    pub fn write(&self, out: &mut Vec<u8>, text: &str) {
        for part in [&self.before, text, &self.after] {
            out.extend_from_slice(part.as_bytes());
        }
    }

    /// What `colored` puts around a text, made once: it would make a string for each one painted.
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

/// How a style is painted, where it is more than a colour.
type StyleInk = (Styles, fn(&'static Inks) -> &'static Ink);

const STYLES: [StyleInk; 4] = [
    (Styles::BOLD, |inks| &inks.bold),
    (Styles::ITALIC, |inks| &inks.italic),
    (Styles::STRUCK, |inks| &inks.struck),
    (Styles::LINK, |inks| &inks.underlined),
];

const NAME_COLORS: [colored::Color; 6] = [
    colored::Color::Green,
    colored::Color::Magenta,
    colored::Color::Cyan,
    colored::Color::BrightBlue,
    colored::Color::BrightRed,
    colored::Color::BrightMagenta,
];

/// Entries of the cube with a contrast of 3.5 and more against black and against white, their hues
/// as far apart as can be.
const MANY_NAME_COLORS: [u8; 20] = [
    160, 166, 130, 100, 64, 28, 29, 30, 66, 31, 32, 27, 63, 99, 134, 128, 164, 162, 197, 167,
];

struct Inks {
    plain: Ink,
    bold: Ink,
    italic: Ink,
    struck: Ink,
    underlined: Ink,
    dim: Ink,
    kind: Ink,
    good: Ink,
    error: Ink,
    warning: Ink,
    resolved: Ink,
    alert: Ink,
    few: NameInks,
    many: NameInks,
}

/// Colours of which each name has one.
struct NameInks {
    channels: Vec<Ink>,
    senders: Vec<Ink>,
}

impl Inks {
    fn names(&self, color: Color, of: impl FnOnce(&NameInks) -> &[Ink]) -> &[Ink] {
        of(if color == Color::Many {
            &self.many
        } else {
            &self.few
        })
    }
}

impl NameInks {
    fn new(colors: &[colored::Color]) -> NameInks {
        let inks = |style: fn(ColoredString) -> ColoredString| {
            let ink = |color: &colored::Color| Ink::of(|text| style(text.color(*color)));
            colors.iter().map(ink).collect()
        };
        NameInks {
            channels: inks(|text| text),
            senders: inks(ColoredString::bold),
        }
    }
}

static PLAIN: Ink = Ink {
    before: String::new(),
    after: String::new(),
};

/// Made by the first palette with colour, which has switched `colored` on by then.
static INKS: LazyLock<Inks> = LazyLock::new(|| Inks {
    plain: Ink::default(),
    bold: Ink::of(|text| text.bold()),
    italic: Ink::of(|text| text.italic()),
    struck: Ink::of(|text| text.strikethrough()),
    underlined: Ink::of(|text| text.underline()),
    dim: Ink::of(|text| text.dimmed()),
    kind: Ink::of(|text| text.cyan()),
    good: Ink::of(|text| text.green()),
    error: Ink::of(|text| text.red().bold()),
    warning: Ink::of(|text| text.yellow().bold()),
    resolved: Ink::of(|text| text.green()),
    alert: Ink::of(|text| text.reversed()),
    few: NameInks::new(&NAME_COLORS),
    many: NameInks::new(&MANY_NAME_COLORS.map(colored::Color::AnsiColor)),
});

/// The one of these that a name has in each run.
fn own<'a>(inks: &'a [Ink], name: &str) -> &'a Ink {
    inks.get(slot(name, inks.len())).unwrap_or(&PLAIN)
}

/// FNV-1a: the standard library's hashes differ from run to run or may change with its version.
fn slot(name: &str, slots: usize) -> usize {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    // The upper half is the better mixed one; 16 bits fit into any usize.
    usize::try_from(hash >> 16)
        .unwrap_or(0)
        .checked_rem(slots)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Color, MANY_NAME_COLORS, NAME_COLORS, Palette, slot};
    use std::collections::BTreeSet;

    #[test]
    fn every_meaning_is_painted_and_switched_off_again() {
        let palette = Palette::new(Color::On);
        for (name, ink, before) in [
            ("time", palette.time(), "\x1b[2m"),
            ("date", palette.date(), "\x1b[1m"),
            ("kind", palette.kind(), "\x1b[36m"),
            ("dim", palette.dim(), "\x1b[2m"),
            ("code", palette.code(), "\x1b[36m"),
            ("good", palette.good(), "\x1b[32m"),
            ("error", palette.error(), "\x1b[1;31m"),
            ("warning", palette.warning(), "\x1b[1;33m"),
            ("resolved", palette.resolved(), "\x1b[32m"),
            ("alert", palette.alert(), "\x1b[7m"),
            ("stress", palette.stress(), "\x1b[1m"),
        ] {
            let expected = format!("{before}x\x1b[0m");
            assert_eq!(ink.paint("x"), expected, "{name}");
        }
        assert_eq!(palette.plain().paint("x"), "x");
        assert_eq!(palette.topic().paint("x"), "x");
    }

    #[test]
    fn without_colour_nothing_is_added() {
        let palette = Palette::new(Color::Off);
        for ink in [
            palette.time(),
            palette.error(),
            palette.alert(),
            palette.stress(),
            palette.channel("Denmark"),
            palette.sender("Hamlet"),
        ] {
            assert_eq!(ink.paint("x"), "x");
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
    fn names_have_more_colours_where_the_terminal_has() {
        let palette = Palette::new(Color::Many);
        assert_eq!(palette.channel("Othello Bot").before, "\x1b[38;5;164m");
        let sender = palette.sender("Othello Bot");
        assert_eq!(sender.paint("x"), "\x1b[1;38;5;164mx\x1b[0m");
        // All the rest is the same.
        assert_eq!(palette.dim().before, "\x1b[2m");
    }

    #[test]
    fn all_colours_are_used_about_equally() {
        for slots in [NAME_COLORS.len(), MANY_NAME_COLORS.len()] {
            let mut uses = vec![0; slots];
            for number in 0..100 * slots {
                uses[slot(&format!("user {number}"), slots)] += 1;
            }
            assert!(uses.iter().all(|uses| (50..200).contains(uses)), "{uses:?}");
        }
        let distinct: BTreeSet<_> = ["Hamlet", "Cordelia", "Othello", "Iago", "Polonius"]
            .map(|name| slot(name, NAME_COLORS.len()))
            .into();
        assert!(distinct.len() > 2, "{distinct:?}");
    }

    /// As the Web Content Accessibility Guidelines 2.1 define it.
    fn luminance(entry: u8) -> f64 {
        let level = |step: u8| match step {
            0 => 0.0,
            step => (f64::from(step) * 40.0 + 55.0) / 255.0,
        };
        let linear = |value: f64| {
            if value <= 0.03928 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        let cube = entry - 16;
        let [red, green, blue] =
            [cube / 36, cube / 6 % 6, cube % 6].map(|step| linear(level(step)));
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    #[test]
    fn every_colour_of_the_cube_can_be_read_on_black_and_on_white() {
        assert!((luminance(231) - 1.0).abs() < 1e-9 && luminance(16) == 0.0);
        for entry in MANY_NAME_COLORS {
            let own = luminance(entry) + 0.05;
            let contrast = (own / 0.05).min(1.05 / own);
            assert!(contrast >= 3.5, "{entry}: {contrast:.2}");
        }
        let distinct: BTreeSet<_> = MANY_NAME_COLORS.into();
        assert_eq!(distinct.len(), MANY_NAME_COLORS.len());
    }
}
