//! Colour as a value: what each part of a line is painted with.
//!
//! Whether there is colour is decided at the start (`start.rs`), for each stream by itself. Only colours that can be read
//! on dark and on light grounds: of the 16 that users can set in their terminal those that stay
//! clear of both ends, and for names, where there are more, some of the 6x6x6 cube, made to stand out from the ground
//! where that is known (`contrast.rs`).

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use colored::{ColoredString, Colorize as _};

use super::contrast::{Ground, Rgb};

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// Paint with the 16 colours that every terminal has.
    On,
    /// Paint, and give names colours of their own, from the 256 of most terminals.
    Many,
    /// The same from all that screens can show.
    All,
    /// Leave text as it is.
    Off,
}

/// Hands out inks by the meaning of what is to be painted; without colour they do nothing.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    color: Color,
    has_links: bool,
    ground: Ground,
    channels: &'static NameColors,
    senders: &'static NameColors,
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
    /// A sign that colour makes needless.
    pub const SIGN: Styles = Styles(1 << 9);
    /// An address that hyperlinks make needless.
    pub const ADDRESS: Styles = Styles(1 << 10);
    /// The host of a link whose title names another, which only hyperlinks hide.
    pub const HOST: Styles = Styles(1 << 11);
    /// A line break.
    pub const BREAK: Styles = Styles(1 << 12);
    /// What a block of code is written in, which stands behind its first line.
    pub const LANGUAGE: Styles = Styles(1 << 13);
    /// What is not shown everywhere.
    pub const ASIDE: Styles =
        Styles(Styles::SIGN.0 | Styles::ADDRESS.0 | Styles::HOST.0 | Styles::LANGUAGE.0);

    /// These and those.
    #[inline]
    pub const fn and(self, others: Styles) -> Styles {
        Styles(self.0 | others.0)
    }

    /// Whether one of those is among these.
    #[inline]
    pub fn has(self, others: Styles) -> bool {
        self.0 & others.0 != 0
    }
}

impl Palette {
    /// A palette for one stream, on a ground that may be any.
    pub fn new(color: Color) -> Self {
        Palette::on(color, Ground::Unknown)
    }

    /// A palette for one stream.
    pub fn on(color: Color, ground: Ground) -> Self {
        // Process-wide, so only ever switched on: a palette without colour does not call `colored`,
        // and tests that run beside each other cannot disturb each other.
        if color != Color::Off {
            colored::control::set_override(true);
        }
        Palette {
            color,
            has_links: color != Color::Off,
            ground,
            channels: NameColors::new(color, ground, |text| text.normal()),
            senders: NameColors::new(color, ground, |text| text.bold()),
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

    /// Whether what has these styles is shown.
    #[inline]
    pub fn shows(self, styles: Styles) -> bool {
        !(styles.has(Styles::LANGUAGE)
            || styles.has(Styles::SIGN) && self.has_color()
            || styles.has(Styles::ADDRESS) && self.has_links
            || styles.has(Styles::HOST) && !self.has_color())
    }

    /// Time of day.
    pub fn time(self) -> &'static Ink {
        self.ink(&DIM)
    }

    /// The line that has the date.
    pub fn date(self) -> &'static Ink {
        self.ink(&BOLD)
    }

    /// Type and op of an event.
    pub fn kind(self) -> &'static Ink {
        self.ink(&KIND)
    }

    /// A channel: a colour of its own, the same in each run where no other one has it already.
    pub fn channel(self, name: &str) -> &'static Ink {
        self.channels.of(name)
    }

    /// A person: a colour of their own, in the same way; bold, unlike a channel's.
    pub fn sender(self, name: &str) -> &'static Ink {
        self.senders.of(name)
    }

    /// A channel has this colour, unless it was painted before.
    pub fn set_channel(self, name: &str, color: Rgb) {
        let color = match self.color {
            Color::Off | Color::On => return,
            Color::Many => colored::Color::AnsiColor(self.ground.nearest_entry(color)),
            Color::All => screen_color(self.ground.readable(color)),
        };
        self.channels.set(name, color);
    }

    /// A topic: the terminal's own colour, between two names that have theirs.
    pub fn topic(self) -> &'static Ink {
        self.plain()
    }

    /// The sign before a topic that is resolved.
    pub fn resolved(self) -> &'static Ink {
        self.ink(&GOOD)
    }

    /// The time of what concerns the user: a block at the left edge, on any ground.
    pub fn alert(self) -> &'static Ink {
        self.ink(&ALERT)
    }

    /// The text of what concerns the user.
    pub fn stress(self) -> &'static Ink {
        self.ink(&BOLD)
    }

    /// What matters less: separators, names of fields, lines that few people read.
    pub fn dim(self) -> &'static Ink {
        self.ink(&DIM)
    }

    /// Code in a text, and maths.
    pub fn code(self) -> &'static Ink {
        self.ink(&KIND)
    }

    /// Whether there is colour, in place of signs.
    pub fn has_color(self) -> bool {
        self.color != Color::Off
    }

    /// Running text.
    pub fn plain(self) -> &'static Ink {
        self.ink(&PLAIN)
    }

    /// What is as it should be.
    pub fn good(self) -> &'static Ink {
        self.ink(&GOOD)
    }

    /// Why the program ends.
    pub fn error(self) -> &'static Ink {
        self.ink(&ERROR)
    }

    /// What the user should notice.
    pub fn warning(self) -> &'static Ink {
        self.ink(&WARNING)
    }

    /// Appends `text` in an ink and in styles. It must be sanitised already.
    #[inline]
    pub fn write(self, out: &mut Vec<u8>, ink: &Ink, styles: Styles, text: &str) {
        let mut after = &ink.after;
        out.extend_from_slice(ink.before.as_bytes());
        for (style, ink) in &STYLES {
            if styles.has(*style) {
                let ink = self.ink(ink);
                out.extend_from_slice(ink.before.as_bytes());
                after = &ink.after;
            }
        }
        // One code ends them all.
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(after.as_bytes());
    }

    #[inline]
    fn ink(self, ink: &'static LazyLock<Ink>) -> &'static Ink {
        if self.has_color() { ink } else { &PLAIN }
    }
}

impl Ink {
    /// `text` between the codes. It must be sanitised already.
    pub fn paint(&self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
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
        Ink::around(&style("|").to_string())
    }

    /// What stands around the bar of a sample.
    fn around(sample: &str) -> Self {
        let codes = sample.split_once('|');
        codes.map_or_else(Ink::default, |(before, after)| Ink {
            before: before.to_string(),
            after: after.to_string(),
        })
    }
}

/// How a style is painted, where it is more than a colour.
static STYLES: [(Styles, &LazyLock<Ink>); 4] = [
    (Styles::BOLD, &BOLD),
    (Styles::ITALIC, &ITALIC),
    (Styles::STRUCK, &STRUCK),
    (Styles::LINK, &UNDERLINED),
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

/// How heavy names are.
type Weight = fn(&str) -> ColoredString;

fn name_ink(weight: Weight, color: colored::Color) -> Ink {
    match color {
        // `colored` looks at a variable by itself, and would make it one of 16.
        colored::Color::TrueColor { r, g, b } => {
            let sample = weight("|").color(colored::Color::Red).to_string();
            Ink::around(&sample.replace("31m|", &format!("38;2;{r};{g};{b}m|")))
        }
        color => Ink::of(|text| weight(text).color(color)),
    }
}

/// Names whose colour is remembered, and bytes of one.
const MOST_NAMES: usize = 10_000;
const LONGEST_NAME: usize = 400;
/// Colours that somebody gave to channels.
const MOST_OWN: usize = 500;

/// The colours of names that were painted in this run: each keeps its own. Made once for a stream, and never given
/// back, as inks are not.
#[derive(Debug)]
struct NameColors {
    weight: Weight,
    inks: Vec<Ink>,
    state: Mutex<NameState>,
}

#[derive(Debug, Default)]
struct NameState {
    known: HashMap<Box<str>, &'static Ink>,
    /// Those that somebody gave, until they are painted.
    own: HashMap<Box<str>, colored::Color>,
    /// The inks of the palette that names have.
    used: Vec<usize>,
    /// That of the name that was painted last.
    last: Option<&'static Ink>,
}

impl NameColors {
    fn new(color: Color, ground: Ground, weight: Weight) -> &'static NameColors {
        let colors: Vec<colored::Color> = match color {
            Color::Off => Vec::new(),
            Color::On => NAME_COLORS.to_vec(),
            Color::Many => {
                many_colors(|color| colored::Color::AnsiColor(ground.nearest_entry(color)))
            }
            Color::All => many_colors(|color| screen_color(ground.readable(color))),
        };
        Box::leak(Box::new(NameColors {
            weight,
            inks: colors
                .into_iter()
                .map(|color| name_ink(weight, color))
                .collect(),
            state: Mutex::default(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, NameState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, name: &str, color: colored::Color) {
        let mut state = self.state();
        if state.own.len() < MOST_OWN && name.len() <= LONGEST_NAME {
            state.own.insert(name.into(), color);
        }
    }

    /// That which the name has, or gets now.
    fn of(&'static self, name: &str) -> &'static Ink {
        if self.inks.is_empty() {
            return &PLAIN;
        }
        let mut state = self.state();
        if let Some(ink) = state.known.get(name).copied() {
            state.last = Some(ink);
            return ink;
        }
        let own = state.own.remove(name);
        let ink = match own {
            Some(color) => Box::leak(Box::new(name_ink(self.weight, color))),
            None => self.free(name, &mut state),
        };
        state.last = Some(ink);
        if state.known.len() < MOST_NAMES && name.len() <= LONGEST_NAME {
            state.known.insert(name.into(), ink);
        }
        ink
    }

    /// The one by the name, or the next one that no other name has; if all are used, one that is not that of the
    /// name before.
    fn free(&'static self, name: &str, state: &mut NameState) -> &'static Ink {
        let count = self.inks.len();
        let first = slot(name, count);
        let is_last = |slot: &usize| match (self.inks.get(*slot), state.last) {
            (Some(ink), Some(last)) => std::ptr::eq(ink, last),
            _ => false,
        };
        let mut slots = (first..count).chain(0..first);
        let free = slots.clone().find(|slot| !state.used.contains(slot));
        let slot = free.or_else(|| slots.find(|slot| !is_last(slot)));
        state.used.extend(free);
        self.inks.get(slot.unwrap_or(first)).unwrap_or(&PLAIN)
    }
}

/// Those of the cube in a form that terminals show and that can be read on the ground, none twice.
fn many_colors(form: impl Fn(Rgb) -> colored::Color) -> Vec<colored::Color> {
    let mut colors = Vec::new();
    for color in MANY_NAME_COLORS.map(|entry| form(Rgb::of_entry(entry))) {
        if !colors.contains(&color) {
            colors.push(color);
        }
    }
    colors
}

fn screen_color(Rgb([r, g, b]): Rgb) -> colored::Color {
    colored::Color::TrueColor { r, g, b }
}

// Made when they are first used, by a palette with colour, which has switched `colored` on by then.
static PLAIN: LazyLock<Ink> = LazyLock::new(Ink::default);
static BOLD: LazyLock<Ink> = LazyLock::new(|| Ink::of(|text| text.bold()));
static ITALIC: LazyLock<Ink> = LazyLock::new(|| Ink::of(|text| text.italic()));
static STRUCK: LazyLock<Ink> = LazyLock::new(|| Ink::of(|text| text.strikethrough()));
static UNDERLINED: LazyLock<Ink> = LazyLock::new(|| Ink::of(|text| text.underline()));
static DIM: LazyLock<Ink> = LazyLock::new(|| Ink::of(|text| text.dimmed()));
static KIND: LazyLock<Ink> = LazyLock::new(|| Ink::of(|text| text.cyan()));
static GOOD: LazyLock<Ink> = LazyLock::new(|| Ink::of(|text| text.green()));
static ERROR: LazyLock<Ink> = LazyLock::new(|| Ink::of(|text| text.red().bold()));
static WARNING: LazyLock<Ink> = LazyLock::new(|| Ink::of(|text| text.yellow().bold()));
static ALERT: LazyLock<Ink> = LazyLock::new(|| Ink::of(|text| text.reversed()));

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
    use super::{Color, Ground, MANY_NAME_COLORS, NAME_COLORS, Palette, Rgb, slot};
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
        for (name, channel, sender) in [
            ("Othello Bot", "\x1b[32m", "\x1b[1;32m"),
            ("Verona", "\x1b[95m", "\x1b[1;95m"),
            ("Иван", "\x1b[95m", "\x1b[1;95m"),
            ("Denmark", "\x1b[91m", "\x1b[1;91m"),
            ("", "\x1b[91m", "\x1b[1;91m"),
        ] {
            let palette = Palette::new(Color::On);
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

    #[test]
    fn no_two_names_of_a_run_have_the_same_colour_while_there_are_others() {
        for (color, count) in [
            (Color::On, NAME_COLORS.len()),
            (Color::Many, MANY_NAME_COLORS.len()),
            (Color::All, MANY_NAME_COLORS.len()),
        ] {
            let palette = Palette::new(color);
            let codes = |number: usize| &palette.channel(&format!("channel {number}")).before;
            let distinct: BTreeSet<_> = (0..count).map(codes).collect();
            assert_eq!(distinct.len(), count, "{color:?}");
            // Then neighbours differ, and each keeps its own.
            for number in count..5 * count {
                assert_ne!(codes(number), codes(number + 1), "{color:?}, {number}");
            }
            let again: BTreeSet<_> = (0..count).map(codes).collect();
            assert_eq!(distinct, again, "{color:?}");
        }
    }

    #[test]
    fn the_colour_that_somebody_gave_a_channel_holds_unless_it_was_painted() {
        let color = Rgb::parse("#76ce90").unwrap();
        for (of, ground, expected) in [
            (
                Color::All,
                Ground::Of(Rgb([0; 3])),
                "\x1b[38;2;118;206;144m",
            ),
            (Color::All, Ground::Unknown, "\x1b[38;2;84;150;104m"),
            (Color::Many, Ground::Of(Rgb([0; 3])), "\x1b[38;5;114m"),
        ] {
            let palette = Palette::on(of, ground);
            let painted = palette.channel("painted").before.clone();
            for name in ["new", "painted"] {
                palette.set_channel(name, color);
            }
            assert_eq!(palette.channel("painted").before, painted);
            assert_eq!(palette.channel("new").before, expected, "{ground:?}");
            assert_eq!(palette.channel("new").before, expected, "{ground:?}");
        }
        let few = Palette::new(Color::On);
        few.set_channel("new", color);
        assert_eq!(
            few.channel("new").before,
            Palette::new(Color::On).channel("new").before
        );
    }

    #[test]
    fn the_colours_of_names_stand_out_from_the_ground() {
        for ground in Rgb::ENDS {
            for color in [Color::Many, Color::All] {
                let palette = Palette::on(color, Ground::Of(ground));
                let codes = |number: usize| &palette.sender(&number.to_string()).before;
                let distinct: BTreeSet<_> = (0..MANY_NAME_COLORS.len()).map(codes).collect();
                assert!(
                    distinct.len() >= 10,
                    "{color:?} on {ground:?}: {distinct:?}"
                );
            }
        }
    }

    #[test]
    fn every_colour_of_the_cube_can_be_read_on_black_and_on_white() {
        for entry in MANY_NAME_COLORS {
            for end in Rgb::ENDS {
                let contrast = Rgb::of_entry(entry).contrast(end);
                assert!(contrast >= 3.5, "{entry}: {contrast:.2}");
            }
        }
        let distinct: BTreeSet<_> = MANY_NAME_COLORS.into();
        assert_eq!(distinct.len(), MANY_NAME_COLORS.len());
    }
}
