//! The start of a run: from the command line to a tail that is wired and running.
//!
//! [`form`] decides what the output looks like, [`usage`] words what is wrong with the command line.

mod form;
mod usage;

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;

use crate::account::{Found, account};
use crate::api::{Client, Trace};
use crate::check::{self, Form, Report};
use crate::cli::{Cli, OutputForm};
use crate::config::Plan;
use crate::cursor::{Cursor, Place};
use crate::deadline;
use crate::error::{Error, Exit};
use crate::generate::generate;
use crate::lookup::Lookup;
use crate::notice::{Level, Notices};
use crate::output::Renderer;
use crate::output::palette::{Color, Palette};
use crate::output::sink::{Sink, WriteError};
use crate::poller::Poller;
use crate::replay::{Input, Output, Records, Replay, Source};
use crate::signals::{self, Held, Signal, Signals, Waker};
use crate::stop::Stop;
use crate::tail::{Farewell, Parts, Tail};
use form::{color, level, renderer, zone};
use usage::one_line;

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
    let terminal = io::stderr().is_terminal();
    let palette = Palette::new(color(&cli, terminal));
    let notices = Notices::new(level(&cli, terminal), palette);
    let ending = match go(&cli, notices, started) {
        Ok(ending) => ending,
        Err(error) => Ending::Failed(error),
    };
    (notices, ending)
}

/// Help and version are no errors; usage errors become one line.
fn refuse(error: &clap::Error) -> (Notices, Ending) {
    let notices = Notices::new(Level::Warning, Palette::new(Color::Off));
    if !error.use_stderr() {
        // A reader that has left is no failure.
        let _ = error.print();
        return (notices, Ending::Done);
    }
    let ending = Ending::Failed(Error::Usage(one_line(error)));
    (notices, ending)
}

fn go(cli: &Cli, notices: Notices, started: Instant) -> Result<Ending, Error> {
    if let Some(document) = cli.generate {
        let text = generate(document).map_err(|e| Error::System("cannot generate it", e))?;
        return print_all(&text);
    }
    let plan = Plan::resolve(cli)?;
    if let Some(path) = &cli.replay {
        warn(notices, &plan.warnings);
        return replay(cli, plan, Source::from(path.as_path()), notices, started);
    }
    let mut warnings = Vec::new();
    let held = cli.demo.then(Held::begin).transpose();
    let held = held.map_err(no_signals)?;
    let found = account(cli, &mut warnings);
    drop(held);
    if cli.check
        && let Ok(found) = found
    {
        return check(cli, plan, found, warnings, notices);
    }
    let doubts = plan.doubts();
    warn(
        notices,
        plan.warnings.iter().chain(&doubts).chain(&warnings),
    );
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

fn warn<'a>(notices: Notices, warnings: impl IntoIterator<Item = &'a String>) {
    for warning in warnings {
        notices.say(Level::Warning, warning);
    }
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
    let farewell = Arc::new(Farewell::new(Arc::clone(&client)));
    let last_words = Arc::clone(&farewell);
    let last_words = move || last_words.say_apart(signals::HASTE);
    let late = deadline::exit(&plan);
    let signals = listen(&poller.waker(), last_words.clone())?;
    deadline::watch(&plan, started, last_words).map_err(no_thread)?;
    let zone = zone(cli);
    let sink = Sink::stdout().map_err(Error::Write)?;
    let renderer = renderer(cli, zone.clone(), &sink);
    let json = matches!(renderer, Renderer::Json { .. });
    let meta = (cli.meta && json)
        .then(Sink::stdout)
        .transpose()
        .map_err(Error::Write)?;
    let lookup = (!json).then(|| Lookup::new(Arc::clone(&client), notices));
    let stop = Tail::new(Parts {
        plan,
        cursor,
        client,
        poller,
        signals,
        notices,
        meta,
        renderer,
        lookup,
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
    let held = Held::begin().map_err(no_signals)?;
    let input = Input::start(source).map_err(no_thread)?;
    let signals = listen(&input.waker(), || {})?;
    drop(held);
    let late = deadline::exit(&plan);
    let deadline = deadline::at(&plan, started);
    deadline::watch(&plan, started, || {}).map_err(no_thread)?;
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

fn no_signals(error: io::Error) -> Error {
    Error::System("cannot listen for signals", error)
}

fn no_thread(error: io::Error) -> Error {
    Error::System("cannot start a thread", error)
}

/// From now on signals, and the reader of stdout when it leaves, wake the main thread.
fn listen(waker: &Waker, last_words: impl Fn() + Send + Sync + 'static) -> Result<Signals, Error> {
    let signals = Signals::default();
    signals
        .listen(waker.clone(), last_words)
        .map_err(no_signals)?;
    signals.watch_reader(waker.clone()).map_err(no_thread)?;
    Ok(signals)
}

/// Tells of each request with `-vv`.
fn trace(notices: Notices) -> Option<Trace> {
    notices
        .says(Level::Request)
        .then(|| -> Trace { Box::new(move |text| notices.say(Level::Request, text)) })
}
