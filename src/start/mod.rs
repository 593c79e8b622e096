//! The start of a run: from the command line to a tail that is wired and running, and to its end.
//!
//! [`form`] decides what the output looks like, [`usage`] words what is wrong with the command line.

mod form;
mod usage;

use std::io::{self, IsTerminal};
use std::time::Instant;

use clap::Parser;

use crate::api::{Account, Client, Trace};
use crate::check::{Check, Form, Report};
use crate::cli::{Cli, OutputForm};
use crate::config::Plan;
use crate::cursor::Cursor;
use crate::error::{Error, Exit, Outcome};
use crate::generate::generate;
use crate::login::{Found, account};
use crate::lookup::Lookup;
use crate::notice::{Level, Notices};
use crate::output::Renderer;
use crate::output::palette::{Color, Palette};
use crate::output::sink::Sink;
use crate::replay::{self, Output, Records, Source};
use crate::secret;
use crate::tail::{Parts, Tail};
use crate::watch::{Limits, Watch};
use form::{color, level, renderer, zone};
use usage::one_line;

/// Does what the command line asks for, and ends the process.
pub fn run(started: Instant) -> ! {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => refuse(&error).leave(),
    };
    let terminal = io::stderr().is_terminal();
    let palette = Palette::new(color(&cli, terminal));
    let notices = Notices::new(level(&cli, terminal), palette);
    match prepare(&cli, started) {
        Ok((plan, watch)) => {
            let outcome = go(&cli, plan, &watch, notices, started).unwrap_or_else(Outcome::Failed);
            watch.finish(outcome.exit(), || say(notices, &outcome));
        }
        Err(outcome) => {
            say(notices, &outcome);
            outcome.exit().leave()
        }
    }
}

fn say(notices: Notices, outcome: &Outcome) {
    if let Outcome::Failed(error) = outcome {
        notices.say(Level::Error, &error.to_string());
    }
}

/// Help and version are no errors; usage errors become one line.
fn refuse(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        // A reader that has left is no failure.
        let _ = error.print();
        return Exit::Done;
    }
    let notices = Notices::new(Level::Warning, Palette::new(Color::Off));
    let error = Error::Usage(one_line(error));
    notices.say(Level::Error, &error.to_string());
    error.exit()
}

/// What is to be done, and what may end it; or all of it, where no run is asked for.
fn prepare(cli: &Cli, started: Instant) -> Result<(Plan, Watch), Outcome> {
    if let Some(document) = cli.generate {
        let text = generate(document).map_err(|e| Error::System("cannot generate it", e))?;
        return Err(print_all(&text));
    }
    let plan = Plan::resolve(cli)?;
    let limits = Limits {
        timeout: plan.deadline(started),
        give_up_after: plan.give_up_after,
    };
    let watch =
        Watch::start(limits).map_err(|error| Error::System("cannot listen for signals", error))?;
    Ok((plan, watch))
}

fn print_all(text: &[u8]) -> Outcome {
    match Sink::stdout()
        .map_err(Error::Write)
        .map(|mut sink| sink.write(text))
    {
        Ok(Ok(())) => Outcome::Done,
        Ok(Err(error)) => error.into(),
        Err(error) => error.into(),
    }
}

fn go(
    cli: &Cli,
    plan: Plan,
    watch: &Watch,
    notices: Notices,
    started: Instant,
) -> Result<Outcome, Error> {
    if let Some(path) = &cli.replay {
        warn(notices, &plan.warnings);
        return replay(cli, plan, &Source::from(path.as_path()), watch, notices);
    }
    let mut warnings = Vec::new();
    // It may be read from a pipe.
    let found = watch.outside(|| account(cli, &mut warnings));
    if cli.check
        && let Ok(found) = found
    {
        return check(cli, plan, found, warnings, watch, notices);
    }
    let of_narrows = plan.narrow_warnings();
    warn(
        notices,
        plan.warnings.iter().chain(&of_narrows).chain(&warnings),
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
    let client = client(account, notices)?;
    let zone = zone(cli);
    let sink = Sink::stdout().map_err(Error::Write)?;
    let renderer = renderer(cli, zone, &sink);
    let json = matches!(renderer, Renderer::Json { .. });
    let meta = (cli.meta && json)
        .then(Sink::stdout)
        .transpose()
        .map_err(Error::Write)?;
    let tail = Tail::new(Parts {
        plan,
        cursor,
        lookup: (!json).then(|| Lookup::new(client.clone(), notices)),
        client,
        watch: watch.clone(),
        notices,
        meta,
        renderer,
        sink,
        sink_to_sync: Sink::stdout().map_err(Error::Write)?,
        started,
        zone,
    });
    Ok(tail.run())
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
    watch: &Watch,
    notices: Notices,
) -> Result<Outcome, Error> {
    let form = match cli.output {
        Some(OutputForm::Json) => Form::Json,
        _ => Form::Text(Palette::new(color(cli, io::stdout().is_terminal()))),
    };
    let check = Check {
        plan,
        source: found.source,
        warnings,
        client: client(found.account, notices)?,
        watch: watch.clone(),
        zone: zone(cli),
        report: Report::new(form, Sink::stdout().map_err(Error::Write)?),
    };
    Ok(Outcome::Problem(check.run()?))
}

fn replay(
    cli: &Cli,
    plan: Plan,
    source: &Source,
    watch: &Watch,
    notices: Notices,
) -> Result<Outcome, Error> {
    if plan.selection.needs_me() {
        return Err(Error::Usage(
            "--replay asks no server who is meant by sender:me: write the address or the user id"
                .into(),
        ));
    }
    let text = format!("replaying {source}: {}", plan.selection);
    notices.say(Level::Detail, &text);
    let sink = Sink::stdout().map_err(Error::Write)?;
    let renderer = renderer(cli, zone(cli), &sink);
    let records = if cli.meta || matches!(renderer, Renderer::Summary(_)) {
        Records::Shown
    } else {
        Records::Hidden
    };
    let output = Output {
        notices,
        selection: plan.selection,
        count: plan.count,
        renderer,
        records,
        sink,
    };
    Ok(replay::replay(source, watch, output))
}

/// The account at its server, whose key is shown nowhere from now on. With `-vv` each request is told.
fn client(account: Account, notices: Notices) -> Result<Client, Error> {
    let trace = notices
        .says(Level::Request)
        .then(|| -> Trace { Box::new(move |text| notices.say(Level::Request, text)) });
    let client = Client::new(account, trace)?;
    secret::hide(client.secrets());
    Ok(client)
}
