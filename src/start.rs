//! The start of a run: from the command line to a tail that is wired and running.
//!
//! All that is asked of the machine (environment, files, terminals) is asked here.

use std::env;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use jiff::tz::TimeZone;

use crate::account::{Found, account};
use crate::api::{Client, Trace};
use crate::check::{self, Form, Report};
use crate::cli::{Cli, ColorWhen, OutputForm};
use crate::config::Plan;
use crate::cursor::{Cursor, Place};
use crate::deadline;
use crate::error::{Error, Exit};
use crate::generate::generate;
use crate::lookup::Lookup;
use crate::notice::{Level, Notices};
use crate::output::json::{Controls, Secrets, Style};
use crate::output::palette::{Color, Palette};
use crate::output::sink::{Sink, WriteError};
use crate::output::summary::{Length, Summary};
use crate::output::{Object, Renderer};
use crate::poller::Poller;
use crate::replay::{Input, Output, Records, Replay, Source};
use crate::signals::{self, Signal, Signals, Waker};
use crate::stop::Stop;
use crate::tail::{Farewell, Parts, Tail};
use crate::zone;

/// How the run ended.
pub enum Ending {
    /// As asked, or because nobody reads any more.
    Done,
    /// `--timeout` was over before what was asked was done.
    TimedOut,
    /// Events were lost, and that is a failure (`--fail-on-gap`).
    Lost,
    /// `--check` has said everything; its exit code.
    Checked(Exit),
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
    if let Some(path) = &cli.replay {
        for warning in &plan.warnings {
            notices.say(Level::Warning, warning);
        }
        return replay(cli, plan, Source::from(path.as_path()), notices, started);
    }
    let mut warnings = Vec::new();
    let found = account(cli, &mut warnings);
    if cli.check
        && let Ok(found) = found
    {
        return check(cli, plan, found, warnings, notices);
    }
    let doubts = plan.doubts();
    for warning in plan.warnings.iter().chain(&doubts).chain(&warnings) {
        notices.say(Level::Warning, warning);
    }
    let found = found?;
    if found.demo.is_some() {
        notices.say(Level::Notice, &found.source);
    }
    let account = found.account;
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

fn check(
    cli: &Cli,
    plan: Plan,
    found: Found,
    warnings: Vec<String>,
    notices: Notices,
) -> Result<Ending, Error> {
    let form = match cli.output {
        Some(OutputForm::Json) => Form::Json,
        _ => Form::Text(Palette::new(color(cli, io::stdout().is_terminal()))),
    };
    let mut report = Report::new(form, Sink::stdout().map_err(Error::Write)?);
    let parts = check::Parts {
        plan,
        source: found.source,
        warnings,
        client: Client::new(found.account, trace(notices))?,
        poller: no_network(Poller::new())?,
        zone: zone(cli),
    };
    check::check(parts, &mut report)?;
    Ok(Ending::Checked(report.exit()))
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
    let poller = no_network(Poller::new())?;
    let lookup = Lookup::new(Arc::clone(&client), notices);
    let farewell = Arc::new(Farewell::new(Arc::clone(&client)));
    let last_words = Arc::clone(&farewell);
    let last_words = move || last_words.say_apart(signals::HASTE);
    let late = deadline::exit(&plan);
    deadline::watch(&plan, started, last_words.clone()).map_err(no_thread)?;
    let signals = listen(&poller.waker(), last_words)?;
    let zone = zone(cli);
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
        client,
        poller,
        signals,
        notices,
        meta,
        renderer,
        lookup: (!json).then_some(lookup),
        sink,
        farewell,
        started,
        zone,
    })
    .run();
    conclude(stop, late)
}

fn replay(
    cli: &Cli,
    plan: Plan,
    source: Source,
    notices: Notices,
    started: Instant,
) -> Result<Ending, Error> {
    if plan.selection.needs_me() {
        return Err(Error::Usage(
            "--replay asks no server who is meant by sender:me: write the address or the user id"
                .into(),
        ));
    }
    let name = source.to_string();
    let input = Input::start(source).map_err(no_thread)?;
    let late = deadline::exit(&plan);
    let deadline = deadline::at(&plan, started);
    deadline::watch(&plan, started, || {}).map_err(no_thread)?;
    let signals = listen(&input.waker(), || {})?;
    let text = format!("replaying {name}: {}", plan.selection);
    notices.say(Level::Detail, &text);
    let sink = Sink::stdout().map_err(Error::Write)?;
    let renderer = renderer(cli, zone(cli), &sink);
    let records = if cli.meta || matches!(renderer, Renderer::Summary(_)) {
        Records::Shown
    } else {
        Records::Hidden
    };
    let output = Output {
        name,
        notices,
        selection: plan.selection,
        count: plan.count,
        renderer,
        records,
        sink,
    };
    conclude(Replay::new(input, signals, deadline, output).run(), late)
}

/// What the end of the loop means; `late` is what `--timeout` means.
fn conclude(stop: Stop, late: Exit) -> Result<Ending, Error> {
    match stop {
        Stop::Interrupted(signal) => Ok(Ending::Killed(signal)),
        Stop::Lost => Ok(Ending::Lost),
        Stop::TimedOut if late == Exit::TimedOut => Ok(Ending::TimedOut),
        Stop::ReaderGone | Stop::TimedOut | Stop::Counted | Stop::Drained => Ok(Ending::Done),
        Stop::Failed(error) => Err(error),
    }
}

fn no_network<T>(result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| Error::System("cannot wait for the network", error))
}

fn no_thread(error: io::Error) -> Error {
    Error::System("cannot start a thread", error)
}

/// From now on signals, and the reader of stdout when it leaves, wake the main thread.
fn listen(waker: &Waker, last_words: impl Fn() + Send + Sync + 'static) -> Result<Signals, Error> {
    let signals = Signals::default();
    signals
        .listen(waker.clone(), last_words)
        .map_err(|error| Error::System("cannot listen for signals", error))?;
    signals.watch_reader(waker.clone()).map_err(no_thread)?;
    Ok(signals)
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

fn zone(cli: &Cli) -> TimeZone {
    if cli.utc {
        TimeZone::UTC
    } else {
        zone::local(env::var_os("TZ").as_deref())
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
