//! What the output looks like, and how much is said beside it: colours, zone of times, JSON or summaries.
//!
//! Decided once, from options, environment and terminals, and handed on as values.

use std::env;
use std::io::{self, IsTerminal};

use crate::cli::{Cli, ColorWhen, OutputForm};
use crate::notice::Level;
use crate::output::json::{Controls, Secrets, Style};
use crate::output::palette::{Color, Palette};
use crate::output::sink::Sink;
use crate::output::summary::{Length, Summary};
use crate::output::{Object, Renderer};
use crate::zone::Zone;

/// How much is said on stderr. Someone who watches a terminal is told more.
pub fn level(cli: &Cli, terminal: bool) -> Level {
    match (cli.quiet, cli.verbose) {
        (true, _) => Level::Loss,
        (false, 0) if terminal => Level::Notice,
        (false, 0) => Level::Warning,
        (false, 1) => Level::Detail,
        (false, _) => Level::Request,
    }
}

/// The colours of a stream, which may be a terminal.
pub fn color(cli: &Cli, terminal: bool) -> Color {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let forced =
        env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let on = match cli.color.unwrap_or(ColorWhen::Auto) {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => !set("NO_COLOR") && (forced || (terminal && !dumb)),
    };
    match (on, has_many_colors()) {
        (false, _) => Color::Off,
        (true, false) => Color::On,
        (true, true) => Color::Many,
    }
}

/// The zone of times.
pub fn zone(cli: &Cli) -> Zone {
    if cli.utc { Zone::Utc } else { Zone::Local }
}

/// Whether the terminal says that it has 256 colours or more.
fn has_many_colors() -> bool {
    let variable = |name| env::var(name).unwrap_or_default();
    matches!(&*variable("COLORTERM"), "truecolor" | "24bit")
        || ["256color", "direct"]
            .iter()
            .any(|more| variable("TERM").contains(more))
}

/// The form of events on standard output.
pub fn renderer(cli: &Cli, zone: Zone, sink: &Sink) -> Renderer {
    let terminal = io::stdout().is_terminal();
    if cli.output.unwrap_or(OutputForm::Auto).is_summary(terminal) {
        let palette = Palette::new(color(cli, terminal));
        let width = terminal.then(|| sink.columns()).flatten();
        let length = if cli.full { Length::Whole } else { Length::Cut };
        let summary = Summary::new(palette, zone.rules(), width).with_length(length);
        return Renderer::Summary(Box::new(summary));
    }
    Renderer::Json {
        style: Style {
            secrets: if cli.show_secrets {
                Secrets::Shown
            } else {
                Secrets::Redacted
            },
            controls: if terminal {
                Controls::Escaped
            } else {
                Controls::Untouched
            },
        },
        object: if cli.messages {
            Object::Message
        } else {
            Object::Event
        },
    }
}
