//! The start of a run: from the command line to a tail that is wired and running, and to its end.

use std::env;
use std::io::{self, ErrorKind, IsTerminal};
use std::sync::Arc;
use std::time::Instant;

use crate::api::{Account, Client, Trace};
use crate::check::{Check, Report, ReportForm};
use crate::cli::{Cli, OutputForm};
use crate::command_line::{self, CommandLine, NoRun, VARIABLE};
use crate::config::Plan;
use crate::cursor::Cursor;
use crate::error::{Error, Outcome};
use crate::generate::generate;
use crate::login::{Found, account};
use crate::lookup::Lookup;
use crate::notice::{Level, Notices};
use crate::output::chat::Chat;
use crate::output::json::{Controls, Secrets, Style};
use crate::output::palette::Palette;
use crate::output::sentences::Length;
use crate::output::sink::{Sink, WriteError};
use crate::output::summary::Summary;
use crate::output::{Object, Renderer};
use crate::replay::{self, Output, Records, Source};
use crate::retry::Backoff;
use crate::secret;
use crate::seen::SeenNames;
use crate::selection::follow::Filter;
use crate::selection::kinds;
use crate::selection::narrow::{Directory, Narrow};
use crate::selection::people::PersonRef;
use crate::tail::{Announcer, Link, Printer, Tail, TailCleanup};
use crate::terminal::{color, columns, ground};
use crate::watch::{Limits, Watch};
use crate::zone::Zone;

/// Does what the command line asks for, and ends the process.
pub fn run(started: Instant) -> ! {
    let words = env::args_os().skip(1);
    let variable = env::var_os(VARIABLE);
    let command_line = command_line::parse(words, variable, io::stdout().is_terminal());
    let CommandLine { cli, variable } = match command_line {
        Ok(command_line) => command_line,
        Err(why) => leave_without_run(why),
    };
    let terminal = io::stderr().is_terminal();
    let palette = Palette::new(color(cli.color, terminal));
    let notices = Notices::new(level(&cli, terminal), palette);
    if let Some(variable) = &variable {
        let text = format!("{VARIABLE} is used: {variable}");
        notices.print(Level::Detail, &text);
    }
    match prepare(&cli, variable.as_deref(), started) {
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
        notices.print(Level::Error, &error.to_string());
    }
}

/// Prints help or the version, or why the command line is refused.
fn leave_without_run(why: NoRun) -> ! {
    let outcome = match why {
        NoRun::Help(text) => match text.print() {
            Ok(()) => Outcome::Done,
            // A reader that has left is no failure.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Outcome::Done,
            Err(error) => Error::Write(error).into(),
        },
        NoRun::Refused(text) => usage_error(&text, None).into(),
    };
    let palette = Palette::new(color(None, io::stderr().is_terminal()));
    print_error(Notices::new(Level::Warning, palette), &outcome);
    outcome.exit().leave()
}

/// What is wrong with the options, some of which may stand in the variable.
fn usage_error(text: &str, variable: Option<&str>) -> Error {
    let more = variable.map(|variable| format!("; {VARIABLE} adds {variable}"));
    Error::Usage(format!("{text}{}; see --help", more.unwrap_or_default()))
}

/// What the run is to do, and what may end it from outside. `--generate` needs no run: it is done here, and its outcome
/// is returned as the error.
fn prepare(cli: &Cli, variable: Option<&str>, started: Instant) -> Result<(Plan, Watch), Outcome> {
    if let Some(document) = cli.generate {
        let text = generate(document).map_err(|e| Error::System("cannot generate it", e))?;
        return Err(print_all(&text));
    }
    let plan = Plan::resolve(cli).map_err(|text| usage_error(&text, variable))?;
    let limits = Limits {
        timeout: plan.deadline(started),
        give_up_after: plan.give_up_after,
    };
    let watch =
        Watch::start(limits).map_err(|error| Error::System("cannot listen for signals", error))?;
    Ok((plan, watch))
}

fn print_all(text: &[u8]) -> Outcome {
    let sink = Sink::stdout().map_err(WriteError::Failed);
    let written = sink.and_then(|mut sink| sink.write(text));
    written.map_or_else(Outcome::from, |()| Outcome::Done)
}

fn run_plan(
    cli: &Cli,
    plan: Plan,
    watch: &Watch,
    notices: Notices,
    started: Instant,
) -> Result<Outcome, Error> {
    let notices = in_chat(notices, cli);
    if let Some(path) = &cli.replay {
        warn(notices, &plan.warnings);
        return replay(cli, plan, &Source::from(path.as_path()), watch, notices);
    }
    let mut warnings = Vec::new();
    // The config file may be a pipe that makes us wait.
    let found = watch.outside(|| account(cli, &mut warnings));
    if let Ok(found) = &found {
        plan.check_site(&found.account.site).map_err(Error::Usage)?;
    }
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
    for notice in plan.selection.notices() {
        notices.print(Level::Notice, &notice);
    }
    let found = found?;
    let is_demo = found.is_demo;
    if is_demo {
        notices.print(Level::Notice, &found.source);
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
    let seen = SeenNames::new(&account).filter(|_| !is_demo).map(Arc::new);
    let (cursor, checkpoint) = opened.unzip();
    let client = client(account, is_demo, notices)?;
    let (zone, stdout) = (zone(cli), || Sink::stdout().map_err(Error::Write));
    let sink = stdout()?;
    let renderer = renderer(cli, zone, Some(site), &sink, notices);
    let json = matches!(renderer, Renderer::Json { .. });
    let meta = (cli.meta && json).then(stdout).transpose()?;
    let palette = match &renderer {
        Renderer::Chat(chat) => Some(chat.sentences.palette),
        Renderer::Json { .. } | Renderer::Summary(_) => None,
    };
    let lookup = (!json).then(|| Lookup::new(client.clone(), notices, palette));
    let printer = Printer::new(renderer, lookup, seen.clone(), sink, plan.count);
    let cleanup = TailCleanup::new(client.clone(), notices, cursor, seen, stdout()?);
    let cleanup = Arc::new(cleanup);
    watch.set_cleanup(cleanup.clone());
    let announcer = Announcer::new(notices, meta);
    let backoff = Backoff::new(plan.timing.retry);
    let link = Link::new(client, watch.clone(), cleanup, announcer, backoff, started);
    Ok(Tail::new(plan, checkpoint.flatten(), link, printer, zone).run())
}

/// Where the chat and what is said on stderr share a terminal, they share its columns.
fn in_chat(notices: Notices, cli: &Cli) -> Notices {
    let is_chat = form(cli) == OutputForm::Chat && !cli.check;
    if is_chat && io::stdout().is_terminal() && io::stderr().is_terminal() {
        notices.in_chat(zone(cli))
    } else {
        notices
    }
}

/// What events look like.
fn form(cli: &Cli) -> OutputForm {
    let form = cli.output.unwrap_or(OutputForm::Auto);
    form.on(io::stdout().is_terminal())
}

fn warn<'a>(notices: Notices, warnings: impl IntoIterator<Item = &'a String>) {
    for warning in warnings {
        notices.print(Level::Warning, warning);
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
        Some(OutputForm::Json) => ReportForm::Json,
        _ => ReportForm::Text(Palette::new(color(cli.color, io::stdout().is_terminal()))),
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
    let mut plan = plan;
    let names_me = plan.selection.has_narrow(Narrow::needs_me);
    if (names_me || plan.has_site())
        // Without one there is nothing to warn of.
        && let Ok(found) = watch.outside(|| account(cli, &mut Vec::new()))
    {
        plan.check_site(&found.account.site).map_err(Error::Usage)?;
        let me = PersonRef::Address(found.account.email);
        let directory = Directory {
            me: Some(me),
            ..Directory::default()
        };
        plan.selection.resolve(&directory).map_err(Error::Usage)?;
    }
    if plan.selection.has_narrow(Narrow::has_me) {
        return Err(Error::Usage(
            "--replay asks no server who is meant by me, and no account is configured: write the address or the user id"
                .into(),
        ));
    }
    for notice in plan.selection.notices() {
        notices.print(Level::Notice, &notice);
    }
    let text = format!("replaying {source}: {}", plan.selection);
    notices.print(Level::Detail, &text);
    let sink = Sink::stdout().map_err(Error::Write)?;
    let renderer = renderer(cli, zone(cli), None, &sink, notices);
    let records = if cli.meta || !matches!(renderer, Renderer::Json { .. }) {
        Records::Shown
    } else {
        Records::Hidden
    };
    let output = Output {
        notices,
        selection: plan.selection,
        filter: Filter::default(),
        start: plan.start,
        until: plan.until,
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
        .prints(Level::Request)
        .then(|| -> Trace { Arc::new(move |text| notices.print(Level::Request, text)) });
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

/// The zone of times.
fn zone(cli: &Cli) -> Zone {
    if cli.utc { Zone::Utc } else { Zone::Local }
}

/// The kinds that are asked for by name.
fn named(cli: &Cli) -> Vec<String> {
    let kinds = cli.event_types.iter().flat_map(|list| &list.0);
    kinds.map(|kind| kinds::check(kind).0).collect()
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
    let form = form(cli);
    if form != OutputForm::Json {
        warn(notices, &zone.warning());
        let color = color(cli.color, terminal);
        let palette = Palette::on(color, ground(color));
        // The console of Linux does not know hyperlinks.
        let palette = match env::var_os("TERM") {
            Some(term) if term == "linux" => palette.without_links(),
            _ => palette,
        };
        let width = terminal.then(|| sink.columns()).flatten();
        let length = if cli.full { Length::Whole } else { Length::Cut };
        let mut renderer = if form == OutputForm::Chat {
            let mut chat = Chat::new(palette, zone.rules(), width.unwrap_or_else(columns));
            chat.named = named(cli);
            Renderer::Chat(Box::new(chat))
        } else {
            Renderer::Summary(Box::new(Summary::new(palette, zone.rules(), width)))
        };
        if let Some(sentences) = renderer.sentences() {
            sentences.length = length;
            sentences.site = site;
        }
        return renderer;
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
