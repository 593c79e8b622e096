//! The start of a run: from the command line to a tail that is wired and running, and to its end.

use std::env;
use std::io::{self, ErrorKind, IsTerminal};
use std::mem;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::api::{Account, Client, Trace};
use crate::check::{Check, Report};
use crate::cli::{Cli, OutputForm};
use crate::command_line::{self, CommandLine, NoRun, VARIABLE};
use crate::config::Plan;
use crate::cursor::Cursor;
use crate::error::{Error, Exit, Outcome};
use crate::generate::generate;
use crate::kind;
use crate::login::account;
use crate::lookup::Lookup;
use crate::notice::{Level, Notices};
use crate::output::Renderer;
use crate::output::chat::Chat;
use crate::output::json::Json;
use crate::output::palette::Palette;
use crate::output::sentences::Length;
use crate::output::sink::Sink;
use crate::output::summary::Summary;
use crate::printer::Printer;
use crate::replay;
use crate::retry::Backoff;
use crate::secret;
use crate::seen::{Learner, SeenNames};
use crate::selection::narrow::{Directory, Narrow};
use crate::selection::people::PersonRef;
use crate::tail::{Link, Tail, TailCleanup};
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
            let run = Run {
                notices: in_chat(notices, &cli),
                watch: watch.clone(),
                cli,
                started,
            };
            let outcome = run.carry_out(plan).unwrap_or_else(Outcome::Failed);
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
            // A reader that has left is no failure.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Error::Write(error).into(),
            _ => Outcome::Ended(Exit::Done),
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
    let more = more.unwrap_or_default();
    let see = if text.ends_with("--help?") {
        ""
    } else {
        "; see --help"
    };
    Error::Usage(format!("{text}{more}{see}"))
}

/// What the run is to do, and what may end it from outside. `--generate` needs no run: it is done here, and its outcome
/// is returned as the error.
fn prepare(cli: &Cli, variable: Option<&str>, started: Instant) -> Result<(Plan, Watch), Outcome> {
    if let Some(document) = cli.generate {
        let text = generate(document).map_err(|e| Error::System("cannot generate it", e))?;
        stdout()?.write(&text)?;
        return Err(Outcome::Ended(Exit::Done));
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

fn stdout() -> Result<Sink, Error> {
    Sink::stdout().map_err(Error::Write)
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

/// Where the chat and what is said on stderr share a terminal, they share its columns.
fn in_chat(notices: Notices, cli: &Cli) -> Notices {
    let is_chat = cli.form() == OutputForm::Chat && !cli.check;
    if is_chat && io::stdout().is_terminal() && io::stderr().is_terminal() {
        notices.in_chat(zone(cli))
    } else {
        notices
    }
}

/// The zone of times.
fn zone(cli: &Cli) -> Zone {
    if cli.utc { Zone::Utc } else { Zone::Local }
}

/// What all parts of a run are made of.
struct Run {
    cli: Cli,
    watch: Watch,
    notices: Notices,
    started: Instant,
}

impl Run {
    fn carry_out(self, mut plan: Plan) -> Result<Outcome, Error> {
        if let Some(path) = &self.cli.replay {
            self.warn(&plan.warnings);
            return self.replay(path, plan);
        }
        let mut warnings = Vec::new();
        // The config file may be a pipe that makes us wait.
        let found = self.watch.outside(|| account(&self.cli, &mut warnings));
        if let Ok(account) = &found {
            plan.check_site(&account.site).map_err(Error::Usage)?;
        }
        if self.cli.check {
            return self.check(plan, found, warnings);
        }
        warnings.splice(0..0, plan.narrow_warnings());
        warnings.splice(0..0, mem::take(&mut plan.warnings));
        self.warn(&warnings);
        if !plan.is_history_only() {
            self.print_notices(&plan);
        }
        self.tail(plan, found?)
    }

    fn tail(self, plan: Plan, account: Account) -> Result<Outcome, Error> {
        let is_demo = self.cli.demo;
        if is_demo {
            self.notices.print(Level::Notice, &account.origin);
        }
        let site = account.site.to_string();
        let opened = match &plan.cursor_file {
            Some(path) => {
                let ttl = plan.queue_ttl.unwrap_or_default();
                Some(Cursor::open(path, &account, &plan.selection, ttl)?)
            }
            None => None,
        };
        let (cursor, checkpoint) = opened.unzip();
        let seen = SeenNames::new(&account).filter(|_| !is_demo).map(Arc::new);
        let client = self.client(account)?;
        let sink = stdout()?;
        let renderer = self.renderer(Some(site), &sink);
        let json = matches!(renderer, Renderer::Json(_));
        let meta = (self.cli.meta && json).then(stdout).transpose()?;
        let palette = match &renderer {
            Renderer::Chat(chat) => Some(chat.sentences.palette),
            Renderer::Json(_) | Renderer::Summary(_) => None,
        };
        let mut printer = Printer::new(renderer, sink, plan.count);
        printer.lookup = (!json).then(|| Lookup::new(client.clone(), self.notices, palette));
        printer.learner = seen.clone().map(Learner::new);
        let cleanup = Arc::new(TailCleanup {
            client: client.clone(),
            notices: self.notices,
            cursor,
            seen,
            stdout: stdout()?,
            state: Mutex::default(),
        });
        let at_end = Arc::clone(&cleanup);
        self.watch
            .set_cleanup(move |ending| at_end.clean_up(ending));
        let backoff = Backoff::new(plan.timing.retry);
        let link = Link::new(
            client,
            self.watch,
            cleanup,
            self.notices,
            meta,
            backoff,
            self.started,
        );
        let zone = zone(&self.cli);
        Ok(Tail::new(plan, link, printer, zone).run(checkpoint.flatten()))
    }

    fn check(
        self,
        plan: Plan,
        found: Result<Account, Error>,
        warnings: Vec<String>,
    ) -> Result<Outcome, Error> {
        let is_json = self.cli.output == Some(OutputForm::Json);
        let palette = || Palette::new(color(self.cli.color, io::stdout().is_terminal()));
        let report = Report::new((!is_json).then(palette), stdout()?);
        let client = match found.and_then(|account| self.client(account)) {
            Ok(client) => client,
            Err(error) => return Ok(report.without_account(&error, &warnings)),
        };
        let check = Check {
            plan,
            warnings,
            client,
            watch: self.watch,
            zone: zone(&self.cli),
        };
        Ok(check.run(report))
    }

    fn replay(&self, path: &Path, mut plan: Plan) -> Result<Outcome, Error> {
        let names_me = plan.selection.has_narrow(Narrow::needs_me);
        if (names_me || plan.sites().next().is_some())
            // Without one there is nothing to warn of.
            && let Ok(account) = self.watch.outside(|| account(&self.cli, &mut Vec::new()))
        {
            plan.check_site(&account.site).map_err(Error::Usage)?;
            let directory = Directory {
                me: Some(PersonRef::Address(account.email)),
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
        self.print_notices(&plan);
        let sink = stdout()?;
        let renderer = self.renderer(None, &sink);
        let json = matches!(renderer, Renderer::Json(_));
        let mut printer = Printer::new(renderer, sink, plan.count);
        printer.has_records = self.cli.meta || !json;
        let (watch, notices) = (&self.watch, self.notices);
        Ok(replay::replay(path, plan, printer, watch, notices))
    }

    fn warn(&self, warnings: &[String]) {
        for warning in warnings {
            self.notices.print(Level::Warning, warning);
        }
    }

    fn print_notices(&self, plan: &Plan) {
        for notice in plan.selection.notices() {
            self.notices.print(Level::Notice, &notice);
        }
    }

    /// A client for the account, whose key is redacted everywhere from now on: but the demo's, with which another
    /// program may try itself on it. With `-vv` each request is printed.
    fn client(&self, account: Account) -> Result<Client, Error> {
        let notices = self.notices;
        let trace = notices
            .prints(Level::Request)
            .then(|| -> Trace { Arc::new(move |text| notices.print(Level::Request, text)) });
        let client = Client::new(account, trace)?;
        if !self.cli.demo {
            secret::hide(client.credentials());
        }
        Ok(client)
    }

    /// The form of events on standard output.
    fn renderer(&self, site: Option<String>, sink: &Sink) -> Renderer {
        let cli = &self.cli;
        let terminal = io::stdout().is_terminal();
        let form = cli.form();
        if form == OutputForm::Json {
            return Renderer::Json(Json {
                only_messages: cli.messages,
                shows_secrets: cli.show_secrets,
                escapes: terminal,
            });
        }
        let zone = zone(cli);
        self.warn(zone.warning().as_slice());
        let color = color(cli.color, terminal);
        let mut palette = Palette::on(color, ground(color));
        // The console of Linux does not know hyperlinks.
        if env::var_os("TERM").is_some_and(|term| term == "linux") {
            palette = palette.without_links();
        }
        let width = terminal.then(|| sink.columns()).flatten();
        let mut renderer = if form == OutputForm::Chat {
            let mut chat = Chat::new(palette, zone.rules(), width.unwrap_or_else(columns));
            // The kinds that are asked for by name.
            let kinds = cli.event_types.iter().flat_map(|list| &list.0);
            chat.named = kinds.map(|kind| kind::check(kind).0).collect();
            Renderer::Chat(Box::new(chat))
        } else {
            Renderer::Summary(Box::new(Summary::new(palette, zone.rules(), width)))
        };
        if let Some(sentences) = renderer.sentences() {
            sentences.length = if cli.full { Length::Whole } else { Length::Cut };
            sentences.site = site;
        }
        renderer
    }
}
