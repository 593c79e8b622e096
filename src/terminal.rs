//! What the terminal can show: how many colours, on which ground, in how many columns.

use std::env;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;
use terminal_colorsaurus::{QueryOptions, background_color};

use crate::cli::ColorWhen;
use crate::output::contrast::{Ground, Rgb};
use crate::output::palette::Color;

/// How long the terminal has to say what its ground is.
const GROUND_PATIENCE: Duration = Duration::from_millis(100);
/// The width of old terminals.
const COLUMNS: usize = 80;

/// The colours of a stream, which may be a terminal.
pub fn color(when: Option<ColorWhen>, terminal: bool) -> Color {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let forced =
        env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let on = match when.unwrap_or(ColorWhen::Auto) {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => !set("NO_COLOR") && (forced || (terminal && !dumb)),
    };
    if on { depth() } else { Color::Off }
}

/// How many colours the terminal claims to have.
fn depth() -> Color {
    let variable = |name| env::var(name).unwrap_or_default();
    let term = variable("TERM");
    if matches!(&*variable("COLORTERM"), "truecolor" | "24bit") || term.contains("direct") {
        Color::All
    } else if term.contains("256color") {
        Color::Many
    } else {
        Color::On
    }
}

/// What colours stand on, where there are enough of them to choose from.
pub fn ground(color: Color) -> Ground {
    if matches!(color, Color::Off | Color::On) {
        return Ground::Unknown;
    }
    let asked = if is_ours() { asked_ground() } else { None };
    let named = || {
        let variable = env::var("COLORFGBG").ok()?;
        let entry: u8 = variable.rsplit(';').next()?.parse().ok()?;
        let [black, white] = Rgb::ENDS;
        // Of the 16 these are light: white, and the bright ones but dark grey.
        Some(if matches!(entry, 7 | 9..=15) {
            white
        } else {
            black
        })
    };
    asked.or_else(named).map_or(Ground::Unknown, Ground::Of)
}

/// Whether the terminal is at both ends, and we are in its foreground: else the answer would be somebody else's.
fn is_ours() -> bool {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    is_terminal && tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp())
}

fn asked_ground() -> Option<Rgb> {
    let mut options = QueryOptions::default();
    options.timeout = GROUND_PATIENCE;
    let (red, green, blue) = background_color(options).ok()?.scale_to_8bit();
    Some(Rgb([red, green, blue]))
}

/// The width of lines where no terminal has one.
pub fn columns() -> usize {
    let columns = env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    columns.unwrap_or(COLUMNS)
}
