//! The start of a run: from the command line to a tail that is wired and running, and to its end.

use std::env;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;

use crate::api::{Account, Client, Trace};
use crate::check::{Check, Form, Report};
use crate::cli::{Cli, ColorWhen, OutputForm};
use crate::config::Plan;
use crate::cursor::Cursor;
use crate::error::{Error, Exit, Outcome};
use crate::generate::generate;
use crate::login::{Found, account};
use crate::lookup::Lookup;
use crate::notice::{Level, Notices};
use crate::output::json::{Controls, Secrets, Style};
use crate::output::palette::{Color, Palette};
use crate::output::sink::Sink;
use crate::output::summary::{Length, Summary};
use crate::output::{Object, Renderer};
use crate::replay::{self, Output, Records, Source};
use crate::secret;
use crate::tail::{Announcer, Link, Printer, Tail, TailCleanup};
use crate::watch::{Limits, Watch};
use crate::zone::Zone;

/// Does what the command line asks for, and ends the process.
pub fn run(started: Instant) -> ! {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => print_help_or_error(&error).leave(),
    };
    let terminal = io::stderr().is_terminal();
    let palette = Palette::new(color(&cli, terminal));
    let notices = Notices::new(level(&cli, terminal), palette);
    match prepare(&cli, started) {
        Ok((plan, watch)) => {
            let outcome =
                run_plan(&cli, plan, &watch, notices, started).unwrap_or_else(Outcome::Failed);
            watch.finish(outcome.exit(), || print_error(notices, &outcome));
        }
        Err(outcome) => {
            print_error(notices, &outcome);
            outcome.exit().leave()
        }
    }
}

fn print_error(notices: Notices, outcome: &Outcome) {
    if let Outcome::Failed(error) = outcome {
        notices.say(Level::Error, &error.to_string());
    }
}

/// Help and version are no errors; usage errors become one line.
fn print_help_or_error(error: &clap::Error) -> Exit {
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

/// A usage error as one line, like all errors: clap's message and its tips, without the usage that follows.
fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
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

/// What the run is to do, and what may end it from outside. `--generate` needs no run: it is done here, and its outcome
/// is returned as the error.
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

fn run_plan(
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
    // The config file may be a pipe that makes us wait.
    let found = watch.outside(|| account(cli, &mut warnings));
    if cli.check
        && let Ok(found) = found
    {
        return check(cli, plan, found, warnings, watch, notices);
    }
    let narrow_warnings = plan.narrow_warnings();
    warn(
        notices,
        plan.warnings
            .iter()
            .chain(&narrow_warnings)
            .chain(&warnings),
    );
    let found = found?;
    let is_demo = found.is_demo;
    if is_demo {
        notices.say(Level::Notice, &found.source);
    }
    let account = found.account;
    let site = account.site.to_string();
    let opened = match &plan.cursor_file {
        Some(path) => {
            let ttl = plan.queue_ttl.unwrap_or_default();
            Some(Cursor::open(path, &account, &plan.selection, ttl)?)
        }
        None => None,
    };
    let (cursor, checkpoint) = opened.unzip();
    let client = client(account, is_demo, notices)?;
    let (zone, stdout) = (zone(cli), || Sink::stdout().map_err(Error::Write));
    let sink = stdout()?;
    let renderer = renderer(cli, zone, Some(site), &sink, notices);
    let json = matches!(renderer, Renderer::Json { .. });
    let meta = (cli.meta && json).then(stdout).transpose()?;
    let lookup = (!json).then(|| Lookup::new(client.clone(), notices));
    let printer = Printer::new(renderer, lookup, sink, plan.count);
    let cleanup = Arc::new(TailCleanup::new(client.clone(), notices, cursor, stdout()?));
    watch.set_cleanup(cleanup.clone());
    let announcer = Announcer::new(notices, meta);
    let link = Link::new(client, watch.clone(), cleanup, announcer, started);
    Ok(Tail::new(plan, checkpoint.flatten(), link, printer, zone).run())
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
        client: client(found.account, found.is_demo, notices)?,
        watch: watch.clone(),
        zone: zone(cli),
        report: Report::new(form, Sink::stdout().map_err(Error::Write)?),
    };
    Ok(check.run())
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
    let renderer = renderer(cli, zone(cli), None, &sink, notices);
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

/// A client for the account, whose key is redacted everywhere from now on: but the demo's, with which another
/// program may try itself on it. With `-vv` each request is printed.
fn client(account: Account, is_demo: bool, notices: Notices) -> Result<Client, Error> {
    let trace = notices
        .says(Level::Request)
        .then(|| -> Trace { Box::new(move |text| notices.say(Level::Request, text)) });
    let client = Client::new(account, trace)?;
    if !is_demo {
        secret::hide(client.secrets());
    }
    Ok(client)
}

/// How much is printed on stderr: more for someone who watches a terminal.
fn level(cli: &Cli, terminal: bool) -> Level {
    match (cli.quiet, cli.verbose) {
        (true, _) => Level::Loss,
        (false, 0) if terminal => Level::Notice,
        (false, 0) => Level::Warning,
        (false, 1) => Level::Detail,
        (false, _) => Level::Request,
    }
}

/// The colours of a stream, which may be a terminal.
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

/// The zone of times.
fn zone(cli: &Cli) -> Zone {
    if cli.utc { Zone::Utc } else { Zone::Local }
}

/// Whether the terminal claims 256 colours or more.
fn has_many_colors() -> bool {
    let variable = |name| env::var(name).unwrap_or_default();
    matches!(&*variable("COLORTERM"), "truecolor" | "24bit")
        || ["256color", "direct"]
            .iter()
            .any(|more| variable("TERM").contains(more))
}

/// The form of events on standard output.
fn renderer(
    cli: &Cli,
    zone: Zone,
    site: Option<String>,
    sink: &Sink,
    notices: Notices,
) -> Renderer {
    let terminal = io::stdout().is_terminal();
    if cli.output.unwrap_or(OutputForm::Auto).is_summary(terminal) {
        warn(notices, &zone.warning());
        let palette = Palette::new(color(cli, terminal));
        // The console of Linux does not know hyperlinks.
        let palette = match env::var_os("TERM") {
            Some(term) if term == "linux" => palette.without_links(),
            _ => palette,
        };
        let width = terminal.then(|| sink.columns()).flatten();
        let length = if cli.full { Length::Whole } else { Length::Cut };
        let summary = Summary::new(palette, zone.rules(), width);
        let summary = summary.with_length(length).with_site(site);
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
