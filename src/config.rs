//! What the run is to do, from the options: selection, start, end, and what they exclude. The account is
//! found in `login.rs`.

use std::iter;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::cli::{Cli, OutputForm};
use crate::error::Exit;
use crate::event::{EventId, MessageId, QueueId};
use crate::kind::{self, KindList};
use crate::selection::Selection;
use crate::selection::link::WebLink;
use crate::selection::narrow::Narrow;
use crate::site::Site;
use crate::timing::Timing;
use crate::when::When;

/// How long a queue lives that a cursor file goes on with: longer than most cron intervals.
const CURSOR_TTL: Duration = Duration::from_hours(2);
/// What servers accept as `queue_lifespan_secs`.
const TTL: RangeInclusive<Duration> = Duration::from_mins(10)..=Duration::from_hours(7 * 24);
/// How long a run with `--once` tries to reach the server.
const ONCE_PATIENCE: Duration = Duration::from_secs(30);

/// What the chat shows beside the messages of a narrow.
const DONE_TO_MESSAGES: [&str; 4] = [
    kind::UPDATE_MESSAGE,
    kind::DELETE_MESSAGE,
    kind::REACTION,
    kind::SUBMESSAGE,
];

/// What the run is to do, but for the account.
#[derive(Debug)]
pub struct Plan {
    /// What is printed.
    pub selection: Selection,
    /// A queue of somebody else's, and the last event of it that is not wanted.
    pub takeover: Option<(QueueId, EventId)>,
    /// What is printed before live events.
    pub start: Start,
    /// Only history is read, and only up to there.
    pub until: Option<When>,
    /// Where the links lead that start and end were given by.
    pub links: Vec<Site>,
    /// Go on where an earlier run ended, and save how far this one goes.
    pub cursor_file: Option<PathBuf>,
    /// Fetch missed messages.
    pub catch_up: bool,
    /// Stop when something was lost.
    pub fail_on_gap: bool,
    /// How long the server keeps the queue while nobody polls; none: its default.
    pub queue_ttl: Option<Duration>,
    /// Stop when there is nothing more at the moment.
    pub once: bool,
    /// Stop after so many printed events.
    pub count: Option<u64>,
    /// Stop so long after the start.
    pub timeout: Option<Duration>,
    /// Stop when the server was out of reach so long.
    pub give_up_after: Option<Duration>,
    /// How long to wait where no option says so.
    pub timing: Timing,
    /// What the user should know about the options.
    pub warnings: Vec<String>,
}

/// Where the output starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With live events.
    Now,
    /// With so many messages from before.
    Lines(usize),
    /// With the messages from there on.
    Since(When),
}

impl Plan {
    /// Why no message can ever match, if that is certain.
    pub fn never_matches(&self, narrow: &Narrow) -> Option<String> {
        let needs_history = || narrow.needs_history().filter(|_| self.start == Start::Now);
        narrow.contradiction().or_else(needs_history)
    }

    /// The servers that links in options lead to.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        let narrows = self.selection.narrows.iter();
        self.links.iter().chain(narrows.flat_map(Narrow::sites))
    }

    /// Why links are of no use to an account of this site.
    pub fn check_site(&self, account: &Site) -> Result<(), String> {
        self.sites()
            .try_for_each(|site| WebLink::check_site(site, account))
    }

    /// Warnings of narrows that never match; `--check` has lines of its own for those.
    pub fn narrow_warnings(&self) -> Vec<String> {
        let warning = |narrow: &Narrow| {
            let reason = self.never_matches(narrow)?;
            Some(format!("the narrow '{narrow}' never matches: {reason}"))
        };
        self.selection.narrows.iter().filter_map(warning).collect()
    }

    /// When `--timeout` is over, and the exit code that this means: something may have been left to do.
    pub fn deadline(&self, started: Instant) -> Option<(Instant, Exit)> {
        let exit = if self.once || self.count.is_some() {
            Exit::TimedOut
        } else {
            Exit::Done
        };
        let at = started.checked_add(self.timeout?)?;
        Some((at, exit))
    }

    /// Whether nothing is read but history, so that no queue is needed.
    pub fn is_history_only(&self) -> bool {
        self.once && self.cursor_file.is_none() && self.takeover.is_none()
    }

    /// Whether the run is of no use if the history at its start cannot be read.
    pub fn needs_history(&self) -> bool {
        let is_asked_for = !matches!(self.start, Start::Now | Start::Lines(0));
        // A queue of somebody else's is read without any.
        let reads_history = self.takeover.is_none() && self.selection.has_messages();
        reads_history && (self.once || is_asked_for)
    }

    /// What the options ask for, or why that cannot be.
    pub fn resolve(cli: &Cli) -> Result<Plan, String> {
        let mut warnings = Vec::new();
        if cli.apply_markdown && matches!(cli.output, Some(OutputForm::Chat | OutputForm::Summary))
        {
            return Err(
                "--apply-markdown is for JSON, chat and summaries show messages as they were typed: leave it out, or add -o json".into(),
            );
        }
        let selection = select(cli, &mut warnings);
        let only_messages = selection.has_messages() && !selection.has_other_kinds();
        if cli.messages && !only_messages {
            return Err("--messages prints messages and nothing else: leave it out, or --event-types and --exclude-types".into());
        }
        let start = start(cli, &selection)?;
        let until = cli.until.as_ref().map(|until| until.when);
        let once = cli.once || until.is_some();
        let holds_events =
            cli.queue_id.is_some() || cli.cursor_file.is_some() || start != Start::Now;
        if once && !holds_events {
            return Err(
                "--once needs something that can hold events: add --cursor-file FILE, -n N, --since TIME or --queue-id ID".into(),
            );
        }
        if selection.is_empty() {
            return Err(
                "nothing is left to print: --exclude-types names all kinds that are selected, leave one of them out of it".into(),
            );
        }
        if let Some(ttl) = cli.queue_ttl.filter(|ttl| !TTL.contains(ttl)) {
            let ttl = humantime::format_duration(ttl);
            return Err(format!("--queue-ttl is {ttl}: give 10m to 7d"));
        }
        let of_cursor = cli.cursor_file.as_ref().map(|_| CURSOR_TTL);
        let given = cli.since.iter().chain(&cli.until);
        let takeover = cli.queue_id.as_ref().map(|id| {
            let last = cli.last_event_id.map_or(EventId::NONE_SEEN, EventId);
            (QueueId(id.clone()), last)
        });
        Ok(Plan {
            selection,
            takeover,
            start,
            cursor_file: cli.cursor_file.clone(),
            catch_up: !cli.no_catch_up,
            fail_on_gap: cli.fail_on_gap,
            queue_ttl: cli.queue_ttl.or(of_cursor),
            until,
            links: given.filter_map(|given| given.site.clone()).collect(),
            once,
            count: cli.count,
            timeout: cli.timeout,
            give_up_after: cli.give_up_after.or(once.then_some(ONCE_PATIENCE)),
            timing: Timing::of_this_run(),
            warnings,
        })
    }
}

fn start(cli: &Cli, selection: &Selection) -> Result<Start, String> {
    let since = cli.since.as_ref().map(|since| since.when);
    let until = cli.until.as_ref().map(|until| until.when);
    let start = match (cli.lines, since) {
        (Some(count), _) => Start::Lines(count),
        (None, Some(when)) => Start::Since(when),
        // All that there is.
        (None, None) if until.is_some() => Start::Since(When::Message(MessageId(0))),
        (None, None) => Start::Now,
    };
    let is_empty = match (since, until) {
        (Some(When::Time(since)), Some(When::Time(until))) => since >= until,
        (Some(When::Message(since)), Some(When::Message(until))) => since >= until,
        _ => false,
    };
    if is_empty {
        return Err("--since is not before --until, so that nothing lies between them: give an earlier --since or a later --until".into());
    }
    if cli.replay.is_none() && start != Start::Now && !selection.has_messages() {
        return Err(
            "-n, --since and --until show messages of the past, and messages are not selected: add message to --event-types, or leave them out".into(),
        );
    }
    Ok(start)
}

fn select(cli: &Cli, warnings: &mut Vec<String>) -> Selection {
    let narrows = narrows(cli);
    let form = cli.form();
    let is_watched = form == OutputForm::Chat && cli.cursor_file.is_none();
    let kinds = match cli.event_types.as_slice() {
        [] if cli.messages => Some(vec![kind::MESSAGE.to_owned()]),
        [] if !narrows.is_empty() && is_watched => {
            let kinds = iter::once(kind::MESSAGE).chain(DONE_TO_MESSAGES);
            Some(kinds.map(ToOwned::to_owned).collect())
        }
        [] if !narrows.is_empty() => Some(vec![kind::MESSAGE.to_owned()]),
        [] => None,
        lists => Some(merge(lists, warnings)),
    };
    Selection {
        kinds,
        excluded: merge(&cli.exclude_types, warnings),
        narrows,
        all_public: cli.all_public,
        apply_markdown: cli.apply_markdown && form == OutputForm::Json,
    }
}

/// The alternatives, each once: the terms hold in addition to each `--narrow`.
fn narrows(cli: &Cli) -> Vec<Narrow> {
    let terms = cli.terms.iter().cloned().reduce(Narrow::and);
    if cli.narrow.is_empty() {
        return terms.into_iter().collect();
    }
    let mut narrows = Vec::new();
    for narrow in &cli.narrow {
        let narrow = terms.iter().cloned().fold(narrow.clone(), Narrow::and);
        if !narrows.contains(&narrow) {
            narrows.push(narrow);
        }
    }
    narrows
}

/// All kinds that the lists name, each once, corrected where the server's documents misspell them.
fn merge(lists: &[KindList], warnings: &mut Vec<String>) -> Vec<String> {
    let mut merged = Vec::new();
    for kind in lists.iter().flat_map(|list| &list.0) {
        let (kind, warning) = kind::check(kind);
        if !merged.contains(&kind) {
            warnings.extend(warning);
            merged.push(kind);
        }
    }
    merged
}
