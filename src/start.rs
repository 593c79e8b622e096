//! The start of a run: from the command line to a tail that is wired and running.
//!
//! All that is asked of the machine (environment, files, terminals) is asked here.

use std::env;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use jiff::tz::TimeZone;

use crate::account::account;
use crate::api::{Client, Trace};
use crate::cli::{Cli, ColorWhen, OutputForm};
use crate::config::Plan;
use crate::cursor::{Cursor, Place};
use crate::error::{Error, Exit};
use crate::generate::generate;
use crate::notice::{Level, Notices};
use crate::output::json::{Controls, Secrets, Style};
use crate::output::palette::{Color, Palette};
use crate::output::sink::{Sink, WriteError};
use crate::output::summary::{Length, Summary};
use crate::output::{Object, Renderer};
use crate::poller::Poller;
use crate::signals::{self, Signal, Signals};
use crate::tail::{Farewell, Parts, Stop, Tail};
use crate::zone;

/// How the run ended.
pub enum Ending {
    /// As asked, or because nobody reads any more.
    Done,
    /// `--timeout` was over before what was asked was done.
    TimedOut,
    /// Events were lost, and that is a failure (`--fail-on-gap`).
    Lost,
    /// By an error.
    Failed(Error),
    /// By a signal, of which the process should die.
    Killed(Signal),
}

/// Does what the command line asks for. The notices are returned for the last word.
pub fn run(started: Instant) -> (Notices, Ending) {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let palette = Palette::new(color(&cli, io::stderr().is_terminal()));
    let notices = Notices::new(cli.quiet, cli.verbose, palette);
    let ending = match go(&cli, notices, started) {
        Ok(ending) => ending,
        Err(error) => Ending::Failed(error),
    };
    (notices, ending)
}

/// Help and version are no errors; usage errors become one line.
fn refuse(error: &clap::Error) -> (Notices, Ending) {
    let notices = Notices::new(false, 0, Palette::new(Color::Off));
    if !error.use_stderr() {
        // A reader that has left is no failure.
        let _ = error.print();
        return (notices, Ending::Done);
    }
    (
        notices,
        Ending::Failed(Error::Usage(one_line(&error.to_string()))),
    )
}

/// What went wrong and the tips, without the usage that follows.
fn one_line(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let mut parts: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty())
        .collect();
    let stray =
        text.starts_with("unexpected argument '") && !text.starts_with("unexpected argument '-");
    if stray {
        parts.retain(|part| !part.starts_with("tip:"));
        parts.push("there are no positional arguments; did you mean --narrow TERMS?");
    }
    // What a line announces with a colon stands in the next ones.
    parts.join("; ").replace(":; ", ": ")
}

fn go(cli: &Cli, notices: Notices, started: Instant) -> Result<Ending, Error> {
    if let Some(document) = cli.generate {
        let text = generate(document).map_err(|e| Error::System("cannot generate it", e))?;
        return print_all(&text);
    }
    let plan = Plan::resolve(cli)?;
    for warning in &plan.warnings {
        notices.say(Level::Warning, warning);
    }
    let (account, _demo) = account(cli, notices)?;
    let cursor = match &plan.cursor_file {
        Some(path) => Some(Cursor::open(
            path,
            &account,
            &plan.selection,
            plan.queue_ttl.unwrap_or_default(),
        )?),
        None => None,
    };
    let client = Arc::new(Client::new(account, trace(notices))?);
    tail(cli, plan, cursor, client, notices, started)
}

fn print_all(text: &[u8]) -> Result<Ending, Error> {
    let mut sink = Sink::stdout().map_err(Error::Write)?;
    match sink.write(text) {
        Ok(()) | Err(WriteError::ReaderGone) => Ok(Ending::Done),
        Err(WriteError::Failed(error)) => Err(Error::Write(error)),
    }
}

fn tail(
    cli: &Cli,
    plan: Plan,
    cursor: Option<(Cursor, Option<Place>)>,
    client: Arc<Client>,
    notices: Notices,
    started: Instant,
) -> Result<Ending, Error> {
    let thread = |error| Error::System("cannot start a thread", error);
    let poller = Poller::start(Arc::clone(&client)).map_err(thread)?;
    let farewell = Arc::new(Farewell::new(client));
    let signals = Signals::default();
    let last_words = Arc::clone(&farewell);
    signals
        .listen(poller.waker(), move || {
            last_words.say(signals::HASTE);
        })
        .map_err(|error| Error::System("cannot listen for signals", error))?;
    signals.watch_reader(poller.waker()).map_err(thread)?;
    let bounded = plan.once || plan.count.is_some();
    if let Some(timeout) = plan.timeout {
        let farewell = Arc::clone(&farewell);
        let exit = if bounded { Exit::TimedOut } else { Exit::Done };
        let left = timeout.saturating_sub(started.elapsed());
        watch_deadline(left, exit, farewell).map_err(thread)?;
    }
    let zone = if cli.utc {
        TimeZone::UTC
    } else {
        zone::local(env::var_os("TZ").as_deref())
    };
    let sink = Sink::stdout().map_err(Error::Write)?;
    let renderer = renderer(cli, zone.clone(), &sink);
    let json = matches!(renderer, Renderer::Json { .. });
    let meta = (cli.meta && json)
        .then(Sink::stdout)
        .transpose()
        .map_err(Error::Write)?;
    let stop = Tail::new(Parts {
        plan,
        cursor,
        poller,
        signals,
        notices,
        meta,
        renderer,
        sink,
        farewell,
        started,
        zone,
    })
    .run();
    match stop {
        Stop::Interrupted(signal) => Ok(Ending::Killed(signal)),
        Stop::Lost => Ok(Ending::Lost),
        Stop::TimedOut if bounded => Ok(Ending::TimedOut),
        Stop::ReaderGone | Stop::TimedOut | Stop::Counted | Stop::Drained => Ok(Ending::Done),
        Stop::Failed(error) => Err(error),
    }
}

/// Ends the process some time after its deadline if it has not ended by itself: the main thread may
/// be stuck in a write that nobody reads. What was being written is not acknowledged.
fn watch_deadline(left: Duration, exit: Exit, farewell: Arc<Farewell>) -> io::Result<()> {
    thread::Builder::new()
        .name("deadline".into())
        .spawn(move || {
            thread::sleep(left.saturating_add(signals::LAST_WORDS));
            farewell.say(signals::HASTE);
            exit.leave();
        })
        .map(drop)
}

/// Tells of each request with `-vv`.
fn trace(notices: Notices) -> Option<Trace> {
    notices
        .says(Level::Request)
        .then(|| -> Trace { Box::new(move |text| notices.say(Level::Request, text)) })
}

fn color(cli: &Cli, terminal: bool) -> Color {
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

/// Whether the terminal says that it has 256 colours or more.
fn has_many_colors() -> bool {
    let variable = |name| env::var(name).unwrap_or_default();
    matches!(&*variable("COLORTERM"), "truecolor" | "24bit")
        || ["256color", "direct"]
            .iter()
            .any(|more| variable("TERM").contains(more))
}

fn renderer(cli: &Cli, zone: TimeZone, sink: &Sink<File>) -> Renderer {
    let terminal = io::stdout().is_terminal();
    let summary = match cli.output.unwrap_or(OutputForm::Auto) {
        OutputForm::Auto => terminal,
        OutputForm::Summary => true,
        OutputForm::Json => false,
    };
    if summary {
        let palette = Palette::new(color(cli, terminal));
        let width = terminal.then(|| sink.columns()).flatten();
        let length = if cli.full { Length::Whole } else { Length::Cut };
        let summary = Summary::new(palette, zone, width).with_length(length);
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
