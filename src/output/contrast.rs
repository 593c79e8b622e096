//! Colours that can be read: how far one has to be lightened or darkened until it stands out from the ground.
//!
//! Contrast and luminance are those of the Web Content Accessibility Guidelines 2.1.

use std::ops::RangeInclusive;

/// On black and on white, where the ground is not known: 4.58 is the most that one colour can have on both.
const ON_BOTH: f64 = 3.5;
/// On a ground that is known.
const ON_GROUND: f64 = 7.0;
/// What of light a dark screen throws back, as the guidelines suppose.
const GLARE: f64 = 0.05;

/// A colour as screens mix it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

/// What text stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// Dark or light.
    #[default]
    Unknown,
    /// Of this colour.
    Of(Rgb),
}

impl Rgb {
    /// Black, and white.
    pub const ENDS: [Rgb; 2] = [Rgb([0; 3]), Rgb([255; 3])];

    /// Reads `#c2e010`.
    pub fn parse(text: &str) -> Option<Rgb> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Rgb([red, green, blue]))
    }

    /// That of an entry of the 6x6x6 cube, or of the greys behind it, of 256 colours.
    pub fn of_entry(entry: u8) -> Rgb {
        let Some(cube) = entry.checked_sub(16) else {
            return Rgb([0; 3]);
        };
        if let Some(grey) = cube.checked_sub(216) {
            return Rgb([8 + 10 * grey; 3]);
        }
        Rgb([cube / 36, cube / 6 % 6, cube % 6].map(|step| match step {
            0 => 0,
            step => 55 + 40 * step,
        }))
    }

    /// How bright it is, from 0 to 1.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.light();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Its parts in proportion to their light.
    fn light(self) -> [f64; 3] {
        self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    /// The colour of such light, its parts rounded as told.
    fn of_light(light: [f64; 3], round: fn(f64) -> f64) -> Rgb {
        Rgb(light.map(|part| {
            let part = if part <= 0.003_130_8 {
                part * 12.92
            } else {
                1.055 * part.powf(1.0 / 2.4) - 0.055
            };
            let part = round(part * 255.0).clamp(0.0, 255.0);
            (0..=u8::MAX)
                .find(|value| f64::from(*value) >= part)
                .unwrap_or(u8::MAX)
        }))
    }

    /// How far it stands out from another, from 1 to 21.
    pub fn contrast(self, other: Rgb) -> f64 {
        let (one, two) = (self.luminance() + GLARE, other.luminance() + GLARE);
        one.max(two) / one.min(two)
    }

    fn distance(self, other: Rgb) -> u32 {
        let parts = self.0.iter().zip(other.0);
        parts
            .map(|(one, two)| u32::from(one.abs_diff(two)).pow(2))
            .sum()
    }
}

impl Ground {
    /// How bright colours are that can be read on it.
    fn readable_luminance(self) -> RangeInclusive<f64> {
        let Ground::Of(ground) = self else {
            return ON_BOTH * GLARE - GLARE..=(1.0 + GLARE) / ON_BOTH - GLARE;
        };
        let own = ground.luminance() + GLARE;
        let (lighter, darker) = (own * ON_GROUND - GLARE, own / ON_GROUND - GLARE);
        if lighter <= 1.0 {
            lighter..=1.0
        } else if darker >= 0.0 {
            0.0..=darker
        } else if ground.contrast(Rgb::ENDS[1]) > ground.contrast(Rgb::ENDS[0]) {
            // On a ground in the middle nothing stands out so far.
            1.0..=1.0
        } else {
            0.0..=0.0
        }
    }

    /// A colour, lightened or darkened until it can be read.
    pub fn readable(self, color: Rgb) -> Rgb {
        let range = self.readable_luminance();
        let own = color.luminance();
        if own < *range.start() {
            let white = (range.start() - own) / (1.0 - own);
            return Rgb::of_light(
                color.light().map(|part| part + white * (1.0 - part)),
                f64::ceil,
            );
        }
        if own > *range.end() {
            let kept = range.end() / own;
            return Rgb::of_light(color.light().map(|part| part * kept), f64::floor);
        }
        color
    }

    /// The entry of 256 colours that is nearest to a colour, of those that can be read.
    pub fn nearest_entry(self, color: Rgb) -> u8 {
        let range = self.readable_luminance();
        let entries = 16..=u8::MAX;
        let readable = entries.filter(|entry| range.contains(&Rgb::of_entry(*entry).luminance()));
        let nearest = readable.min_by_key(|entry| Rgb::of_entry(*entry).distance(color));
        nearest.unwrap_or(if *range.start() > 0.5 { 231 } else { 16 })
    }
}

#[cfg(test)]
mod tests {
    use super::{Ground, ON_BOTH, ON_GROUND, Rgb};

    /// Colours all over the cube, among them all that Zulip gives to channels by itself.
    fn colors() -> impl Iterator<Item = Rgb> {
        let steps = [0_u8, 37, 90, 128, 200, 255];
        let of = move |red| steps.map(|green| steps.map(|blue| Rgb([red, green, blue])));
        steps.into_iter().flat_map(of).flatten()
    }

    #[test]
    fn every_colour_can_be_read_on_black_and_on_white() {
        for color in colors() {
            let entry = Rgb::of_entry(Ground::Unknown.nearest_entry(color));
            for readable in [Ground::Unknown.readable(color), entry] {
                for end in Rgb::ENDS {
                    let contrast = readable.contrast(end);
                    assert!(
                        contrast >= ON_BOTH,
                        "{color:?}, {readable:?}: {contrast:.2}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_colour_can_be_read_on_the_ground_of_the_terminal() {
        for ground in [
            "#000000", "#002b36", "#282c34", "#fdf6e3", "#ffffff", "#eeeeec",
        ] {
            let ground = Rgb::parse(ground).unwrap();
            for color in colors() {
                let known = Ground::Of(ground);
                let entry = Rgb::of_entry(known.nearest_entry(color));
                for readable in [known.readable(color), entry] {
                    let contrast = readable.contrast(ground);
                    assert!(
                        contrast >= ON_GROUND,
                        "{color:?} on {ground:?}: {contrast:.2}"
                    );
                }
            }
        }
    }

    #[test]
    fn on_a_ground_in_the_middle_it_is_black_or_white() {
        for (ground, expected) in [("#606060", Rgb::ENDS[1]), ("#808080", Rgb::ENDS[0])] {
            let ground = Ground::Of(Rgb::parse(ground).unwrap());
            assert_eq!(ground.readable(Rgb([200, 0, 0])), expected);
        }
    }

    #[test]
    fn what_can_be_read_is_left_as_it_is() {
        let color = Rgb::parse("#c93a00").unwrap();
        assert_eq!(Ground::Unknown.readable(color), color);
        assert_eq!(Ground::Unknown.nearest_entry(Rgb::of_entry(160)), 160);
    }

    #[test]
    fn colours_are_read_as_servers_write_them() {
        assert_eq!(Rgb::parse("#76ce90"), Some(Rgb([0x76, 0xce, 0x90])));
        for odd in [
            "", "#", "76ce90", "#76ce9", "#76ce900", "#76ce9g", "#+6ce90", "#é6ce",
        ] {
            assert_eq!(Rgb::parse(odd), None, "{odd}");
        }
    }
}
