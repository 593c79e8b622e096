//! The options exactly as typed, and their help with what stands before and after them. What follows from the options
//! is decided in `config` and `login`.
//!
//! House rules: the doc comment's first line is for `-h` (60 characters at most, imperative, no
//! full stop), the rest for `--help`; value names in capitals; defaults are named in the text.

use std::fmt::Display;
use std::io::{self, IsTerminal as _};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgAction, Parser, ValueEnum, ValueHint};

use crate::duration::parse_duration;
use crate::error::exit_code_table;
use crate::kind::KindList;
use crate::selection::WORDS;
use crate::selection::narrow::Narrow;
use crate::when::GivenWhen;

/// Tail the events of a WyzePal or Zulip server
///
/// Registers an event queue, waits for events, and prints them: as a chat on a terminal, as JSON (one
/// object a line, as the server sent it) in a pipe or a file.
///
/// After an outage it goes on where it was and fetches the messages that were missed. The account comes
/// from a wyzepalrc, the file that the server's settings offer for download; --demo needs none.
#[derive(Debug, Parser)]
#[command(
    name = "wyzepal-tail",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100,
    // So that an alias with options can be overridden.
    args_override_self = true,
    help_template = "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}",
    before_help = FIRST_EXAMPLES,
    before_long_help = EXAMPLES,
    after_help = "All options, more examples, environment, files, exit codes: wyzepal-tail --help",
    after_long_help = epilogue()
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub struct Cli {
    /// Print only messages that match (stream:ops -is:dm)
    ///
    /// Terms of a narrow without --narrow, in whose help they stand: all must hold, in addition to each --narrow. Each
    /// argument is read by itself, and words in it that follow a channel, topic or person without an operator belong
    /// to it, as the shell takes quotes away: 'topic:lunch plans'.
    #[arg(value_name = "TERM", value_parser = Narrow::from_argument, display_order = 2, help_heading = SELECTING)]
    pub terms: Vec<Narrow>,

    /// Print only these kinds (message,reaction,…)
    ///
    /// A comma list or a JSON array; may be repeated. Default: every kind; with a narrow alone: message, and in
    /// the chat without --cursor-file update_message, delete_message, reaction and submessage too. A kind that is not
    /// known is asked for as it is, with a warning. The server's heartbeat is shown only if named here.
    #[arg(short, long, value_name = "LIST", help_heading = SELECTING)]
    pub event_types: Vec<KindList>,

    /// Leave these kinds of event out
    ///
    /// The same form as --event-types. They are acknowledged, but not printed.
    #[arg(short = 'E', long, value_name = "LIST", help_heading = SELECTING)]
    pub exclude_types: Vec<KindList>,

    /// Print messages only, as bare message objects
    ///
    /// JSON lines then hold the message itself, not the event around it (the bindings'
    /// call_on_each_message). Beside it, --event-types may name nothing else.
    #[arg(short, long, help_heading = SELECTING)]
    pub messages: bool,

    /// The same in one argument; repeated: any of them
    #[arg(long, long_help = narrow_help(), value_name = "TERMS", allow_hyphen_values = true, help_heading = SELECTING)]
    pub narrow: Vec<Narrow>,

    /// Include public channels without a subscription
    ///
    /// Also spelled --all-public-streams.
    #[arg(long, alias = "all-public-streams", help_heading = SELECTING)]
    pub all_public: bool,

    /// In JSON, give messages as HTML, not as they were typed
    ///
    /// message.content is then what the web app shows (<p>Hello <strong>you</strong></p>), else its Markdown source
    /// (Hello **you**). Named as the server's parameter; also spelled --html. Chat and summaries have no use for it.
    #[arg(long, alias = "html", hide_short_help = true, help_heading = SELECTING)]
    pub apply_markdown: bool,

    /// Begin with the last N matching messages
    ///
    /// Then go on with live events, or end with --once. Other events have no past that could be asked for.
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        value_hint = ValueHint::Other,
        value_parser = number_in(0..=usize::MAX),
        allow_negative_numbers = true,
        help_heading = START
    )]
    pub lines: Option<usize>,

    /// Begin with messages since a time (2h, 10:00, today)
    ///
    /// An age (2h, 30m, 1d, '2 hours ago'), the last 10:00 that has been, today, yesterday, a date (2026-11-22,
    /// 20261122), a date and time (2026-11-22T14:00, local time), RFC 3339, the timestamp of a message (1795356127),
    /// or a link to a message, which then comes first if it is still there and matches.
    #[arg(
        long,
        value_name = "TIME",
        value_hint = ValueHint::Other,
        value_parser = GivenWhen::since,
        allow_hyphen_values = true,
        conflicts_with = "lines",
        help_heading = START
    )]
    pub since: Option<GivenWhen>,

    /// Print only messages before a time, then exit
    ///
    /// In the forms of --since; a message that a link leads to is left out. Only history is read, from its beginning
    /// or from --since on, or with -n its last N messages before TIME; no queue is registered.
    #[arg(
        long,
        value_name = "TIME",
        value_hint = ValueHint::Other,
        value_parser = GivenWhen::until,
        allow_hyphen_values = true,
        conflicts_with_all = ["cursor_file", "queue_id"],
        help_heading = START
    )]
    pub until: Option<GivenWhen>,

    /// Go on where the last run with FILE ended
    ///
    /// The first run creates it. The server keeps the queue (--queue-ttl); when that was not long
    /// enough, missed messages are fetched. One run at a time; the file belongs to one account
    /// and one selection. It is replaced by a new one each time, readable by its owner only; where
    /// FILE is a symbolic link, its target is replaced and the link stays.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = START)]
    pub cursor_file: Option<PathBuf>,

    /// Keep the queue this long without a poll (10m to 7d)
    ///
    /// Default: the server's 10 minutes; 2h with --cursor-file.
    #[arg(
        long,
        value_name = "DUR",
        value_hint = ValueHint::Other,
        value_parser = parse_duration,
        allow_negative_numbers = true,
        help_heading = START
    )]
    pub queue_ttl: Option<Duration>,

    /// Do not fetch messages that were missed
    #[arg(long, hide_short_help = true, help_heading = START)]
    pub no_catch_up: bool,

    /// Exit with 5 when events were lost
    ///
    /// It ends when what could be fetched is printed and the cursor is saved. Missed messages that
    /// were all fetched are no loss; edits, reactions and other events cannot be fetched.
    #[arg(long, help_heading = START)]
    pub fail_on_gap: bool,

    /// Take over a queue that something else registered
    ///
    /// It is never deleted and never registered anew: when it is lost, this ends with exit code 2.
    /// --event-types, --exclude-types and --narrow are applied here.
    #[arg(
        long,
        value_name = "ID",
        value_hint = ValueHint::Other,
        value_parser = NonEmptyStringValueParser::new(),
        conflicts_with_all = ["all_public", "apply_markdown", "queue_ttl", "cursor_file", "lines", "since"],
        hide_short_help = true,
        help_heading = START
    )]
    pub queue_id: Option<String>,

    /// Go on after this event of the queue (default: -1, all)
    #[arg(
        long,
        value_name = "N",
        value_hint = ValueHint::Other,
        requires = "queue_id",
        conflicts_with = "demo",
        allow_hyphen_values = true,
        value_parser = number_in(-1..=i64::MAX),
        hide_short_help = true,
        help_heading = START
    )]
    pub last_event_id: Option<i64>,

    /// Print what there is, then exit
    ///
    /// Needs something that can hold anything: --cursor-file, -n, --since or --queue-id. With -n or --since
    /// alone no queue is registered. Also spelled --no-follow or --dont-block. -f and --follow are taken too, and
    /// do nothing: it follows by itself.
    #[arg(long, aliases = ["dont-block", "no-follow"], help_heading = HOW_LONG)]
    pub once: bool,

    /// Go on with live events, which it does anyway
    #[arg(short, long, action = ArgAction::SetTrue, hide = true, help_heading = HOW_LONG)]
    follow: (),

    /// Exit after N printed events
    ///
    /// Messages of the past count as well, records of --meta do not. What comes after them is not
    /// acknowledged: with --cursor-file, the next run has it.
    #[arg(
        short = 'C',
        long,
        value_name = "N",
        value_hint = ValueHint::Other,
        value_parser = number_in(1..=u64::MAX),
        allow_negative_numbers = true,
        help_heading = HOW_LONG
    )]
    pub count: Option<u64>,

    /// Stop after this time (30s, 5m, 1h30m, 2d, 500ms)
    ///
    /// Counted from the start of the process, also while connecting. The exit code is 124 if
    /// --count or --once was not done by then, else 0.
    #[arg(
        short = 'W',
        long,
        value_name = "DUR",
        value_hint = ValueHint::Other,
        value_parser = parse_duration,
        allow_negative_numbers = true,
        help_heading = HOW_LONG
    )]
    pub timeout: Option<Duration>,

    /// Exit with 4 if the server is out of reach so long
    ///
    /// Counts while nothing but connection errors and server failures come back. Default: never
    /// while following, 30s with --once.
    #[arg(
        long,
        value_name = "DUR",
        value_hint = ValueHint::Other,
        value_parser = parse_duration,
        allow_negative_numbers = true,
        help_heading = HOW_LONG
    )]
    pub give_up_after: Option<Duration>,

    /// Print as auto, chat, summary or json (default: auto)
    ///
    /// chat shows conversations, as people read them: channel and topic once, then who says what. Between messages stands
    /// what happens to them; typing, presence, what was read, and renderings are left out unless --event-types names
    /// them. summary is one readable line for each event, json is one JSON object for each; auto is chat on a
    /// terminal, else json.
    #[arg(short, long, value_name = "FORM", value_enum, hide_possible_values = true, help_heading = OUTPUT)]
    pub output: Option<OutputForm>,

    /// Colour lines: auto, always or never (default: auto)
    ///
    /// auto: on a terminal, unless NO_COLOR is set or TERM is dumb; CLICOLOR_FORCE forces it. JSON
    /// is never coloured. Also spelled --colour.
    #[arg(long, alias = "colour", value_name = "WHEN", value_enum, hide_possible_values = true, help_heading = OUTPUT)]
    pub color: Option<ColorWhen>,

    /// Show whole messages, not just three lines or one
    ///
    /// In the chat all lines of a text. In summaries a text that does not fit into its line stands below it, wrapped
    /// to the terminal's width and indented. Addresses are left whole. JSON always has everything.
    #[arg(long, help_heading = OUTPUT)]
    pub full: bool,

    /// Show times in UTC instead of local time
    #[arg(long, hide_short_help = true, help_heading = OUTPUT)]
    pub utc: bool,

    /// In JSON, add records of the connection and of gaps
    ///
    /// Lines of this program's own among the server's events, for whoever reads them by program:
    /// {"type":"wyzepal_tail","op":"gap","time":…}. op is connected, lost, resumed, gap or alive; gap
    /// tells from, to, reason, fetched, and what is lost; alive comes with each heartbeat. Chat and summaries have none.
    #[arg(long, help_heading = OUTPUT)]
    pub meta: bool,

    /// Print credentials in events instead of redacting them
    ///
    /// Otherwise keys and tokens of bots, and addresses that post to a channel, are replaced, in JSON too.
    #[arg(long, hide_short_help = true, help_heading = OUTPUT)]
    pub show_secrets: bool,

    /// Say more on stderr; twice: each request
    ///
    /// Once: account, server, selection, retries. Twice: each request with the status, size and time of
    /// its answer, never with the key.
    #[arg(short, long, action = ArgAction::Count, conflicts_with = "quiet", help_heading = OUTPUT)]
    pub verbose: u8,

    /// Say nothing on stderr but errors
    ///
    /// And that events were lost.
    #[arg(short, long, help_heading = OUTPUT)]
    pub quiet: bool,

    /// Read address, key and site from this wyzepalrc
    ///
    /// As downloaded from the server's settings; - is stdin. Default: the first of
    /// $WYZEPAL_CONFIG, ~/.wyzepalrc, ~/wyzepalrc, wyzepal/wyzepalrc in the platform's config
    /// directory, $ZULIP_CONFIG, ~/.zuliprc, ~/zuliprc. Also spelled --config-file.
    #[arg(
        short,
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        alias = "config-file",
        help_heading = WHO
    )]
    pub config: Option<PathBuf>,

    /// Use this server instead of the config file's
    ///
    /// Such as chat.example.com or chat.example.com/path. It is https unless http:// stands before it, but
    /// http for localhost.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, hide_short_help = true, help_heading = WHO)]
    pub site: Option<String>,

    /// Use this address instead of the config file's
    ///
    /// For the key there is no option, as others on this machine can see those: it stands in the file or
    /// in WYZEPAL_API_KEY.
    #[arg(long, value_name = "EMAIL", value_hint = ValueHint::EmailAddress, hide_short_help = true, help_heading = WHO)]
    pub user: Option<String>,

    /// Trust these certificates (PEM), not the system's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true, help_heading = WHO)]
    pub cert_bundle: Option<PathBuf>,

    /// Present this certificate (PEM) to the server
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true, help_heading = WHO)]
    pub client_cert: Option<PathBuf>,

    /// Take the key of --client-cert from this file (PEM)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true, help_heading = WHO)]
    pub client_cert_key: Option<PathBuf>,

    /// Do not check the server's certificate
    ///
    /// Whoever is in between can read the key and all messages, so a warning says it at each start.
    #[arg(long, hide_short_help = true, help_heading = WHO)]
    pub insecure: bool,

    /// Log in, say what works and what does not, then exit
    ///
    /// A line for each finding, with what to do about it: config file, site, TLS, account, server,
    /// subscriptions, whether the selection can ever match, and when it did last. All other options
    /// may be given as for a tail; -o json prints the findings as JSON.
    #[arg(long, help_heading = BESIDE)]
    pub check: bool,

    /// Tail a small server inside this process; no account
    ///
    /// Starts an events server on a free loopback port, with a cast that talks, and tails it over
    /// HTTP like any other. All other options work, but for those below "Who and where", --queue-id and
    /// --replay. Each run has a server of its own, so a --cursor-file is refused by the next one.
    #[arg(
        long,
        conflicts_with_all = ["config", "site", "user", "cert_bundle", "client_cert", "client_cert_key", "insecure", "queue_id"],
        help_heading = BESIDE
    )]
    pub demo: bool,

    /// Print saved JSON lines (- is stdin); no server
    ///
    /// What this program has printed: events, message objects (-m), and records of our own (--meta).
    /// --event-types, --exclude-types, --messages, terms, --narrow, --count, --timeout and all options of the
    /// output work as on live events. -n is for the last N lines that would be printed, and with --since or --until
    /// an event that does not say when it happened has the time of the one before it. A pipe that still grows is
    /// followed: tail -f log | wyzepal-tail --replay -. Damaged lines are reported and skipped. Message objects have no
    /// flags, so is:mentioned and the like find none. In summaries, events that do not say when they happened have the
    /// time of the line before.
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with_all = [
            "all_public", "apply_markdown", "cursor_file", "queue_ttl", "no_catch_up",
            "fail_on_gap", "queue_id", "last_event_id", "once", "give_up_after", "config", "site", "user",
            "cert_bundle", "client_cert", "client_cert_key", "insecure", "demo", "check",
        ],
        help_heading = BESIDE
    )]
    pub replay: Option<PathBuf>,

    /// Print man page, completions, or a unit for systemd
    ///
    /// One of man, bash, zsh, fish, powershell, elvish, and systemd for a unit that runs it as a service. To read the
    /// manual: wyzepal-tail --generate man | man -l -
    #[arg(long, value_name = "WHAT", value_enum, hide_possible_values = true, exclusive = true, help_heading = BESIDE)]
    pub generate: Option<Document>,

    /// Print help: -h on one screen, --help in full
    #[arg(short, long, action = ArgAction::Help, help_heading = BESIDE)]
    help: (),

    /// Print the version
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = BESIDE)]
    version: (),
}

impl Cli {
    /// What events look like.
    pub fn form(&self) -> OutputForm {
        match self.output {
            None | Some(OutputForm::Auto) if io::stdout().is_terminal() => OutputForm::Chat,
            None | Some(OutputForm::Auto) => OutputForm::Json,
            Some(form) => form,
        }
    }
}

/// Reads whole numbers of a range. clap's own ranges say less of what is wrong.
fn number_in<T>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Display + Clone,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            format!(
                "give a whole number from {} to {}",
                range.start(),
                range.end()
            )
        })
    }
}

/// The help of `--narrow`, with all that a narrow can say.
fn narrow_help() -> String {
    let words: Vec<String> = WORDS.iter().map(|word| word.names.join(" or ")).collect();
    format!(
        "The same in one argument; repeated: any of them\n\n\
         What you can copy: a link of the web app ('https://chat.example.com/#narrow/channel/7-ops/topic/deploy', or from \
         #narrow/ on), a line of the screen ('#ops > deploy'), the search box (stream:Denmark topic:\"lunch plans\" \
         -sender:me), or JSON ([\"stream\",\"Denmark\"], [[\"stream\",\"Denmark\"],[\"topic\",\"x\"]], \
         [{{\"operator\":\"stream\",\"operand\":\"Denmark\",\"negated\":true}}]). \
         Terms in one flag: all must hold. Flag repeated: any of them. Terms: {}; a - before any of them negates \
         it. A channel is a name or an id, a person a name, an address or a user id; dm: is a conversation with \
         exactly these people, dm-with: one with others too; is:starred and has:reaction need -n or --since. With \
         other kinds beside it (-e message,reaction,…), what happens to messages follows it: update_message, \
         delete_message, reaction, submessage, update_message_flags, typing, typing_edit_message. All else comes \
         unfiltered.",
        words.join(", ")
    )
}

const SELECTING: &str = "Selecting";
const START: &str = "Where to start";
const HOW_LONG: &str = "How long";
const OUTPUT: &str = "Output";
const WHO: &str = "Who and where";
const BESIDE: &str = "Beside tailing";

/// The value of `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputForm {
    /// Chat on a terminal, else JSON lines
    Auto,
    /// Conversations, as people read them
    Chat,
    /// One readable line for each event
    Summary,
    /// One JSON object for each event
    Json,
}

/// The value of `--color`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal
    Auto,
    /// In a pipe as well
    Always,
    /// Not at all
    Never,
}

/// The value of `--generate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum Document {
    /// The manual page, in roff
    Man,
    /// Completions for bash
    Bash,
    /// Completions for zsh
    Zsh,
    /// Completions for fish
    Fish,
    /// Completions for PowerShell
    PowerShell,
    /// Completions for elvish
    Elvish,
    /// A unit for systemd
    Systemd,
}

/// For `-h`: enough to begin with.
const FIRST_EXAMPLES: &str = "  wyzepal-tail --demo        no account needed
  wyzepal-tail stream:ops | jq -r .message.content
  wyzepal-tail -n 20 --narrow is:mentioned --narrow is:private";

/// Before the options in `--help`, after them in the man page.
const EXAMPLES: &str = "\
Examples:
  wyzepal-tail --demo
      Watch a small server inside this process; no account needed
  wyzepal-tail stream:ops topic:deploy
      One topic of a channel
  wyzepal-tail stream:ops | jq -r .message.content
      The text of each message in a channel
  wyzepal-tail -n 20 --narrow is:mentioned --narrow is:private
      What is addressed to you: the last 20, then each new one
  wyzepal-tail --narrow sender:ci-bot@x.org -C 1 -W 10m && ./release
      Wait for one message, ten minutes at most
  wyzepal-tail -e message --once --cursor-file ~/.wt.cur >>~/log.jsonl
      From cron: what came since the last run
  wyzepal-tail --replay ~/log.jsonl --narrow topic:deploy --full
      What was saved, once more and readable
  wyzepal-tail --config <(pass show wyzepal/bot) -E presence,typing
      Everything but noise, with the key from a password store
  wyzepal-tail --check --narrow stream:ops
      Why is nothing printed?";

/// What follows the options in `--help` and in the man page. A line that ends with a colon and is not indented becomes
/// a section of the man page.
fn epilogue() -> String {
    format!(
        "\
Environment:
  WYZEPAL_TAIL_OPTS            options for each run, where the command
                               line gives none of that kind; -o, --color
                               and --full of it on a terminal only
  WYZEPAL_CONFIG               the wyzepalrc to read
  WYZEPAL_EMAIL, WYZEPAL_API_KEY, WYZEPAL_SITE
                               instead of the file's values
  WYZEPAL_CERT, WYZEPAL_CERT_KEY, WYZEPAL_CERT_BUNDLE
                               client certificate, its key, CA file
  WYZEPAL_ALLOW_INSECURE       true: check no certificate
  ZULIP_...                    these, where WYZEPAL_... is not set
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                               the way to the server
  SSL_CERT_FILE, SSL_CERT_DIR  the system's certificates
  NO_COLOR, CLICOLOR_FORCE, TERM, COLORTERM, COLORFGBG
                               colours, where the terminal does not say
  COLUMNS                      the chat's width where no terminal is
  TZ                           local time

Files:
  ~/.wyzepalrc    [api] with email, key and site, as downloaded from the
                  server's settings; keep it to yourself (chmod 600).
                  Where else it can be: --config
  ~/.cache/wyzepal-tail/names
                  channels and their topics for completion, which each
                  run keeps: the newest 200 and 500 of each account; an
                  empty one that is read-only stops it

Events about messages:
  Beside a narrow, what such an event does not say of its message is
  known from the last 10,000 messages, or asked of the server, for 2 s
  at most. Where it cannot be told, as for a message that is gone, the
  event is shown. One about several messages is shown whole if one of
  them matches, a move if it leads into the narrow or out of it.

Trouble:
  What goes wrong on the way is tried again after 1, 2, 4 ... 60 s, or
  after what the server asks for. What does not help to try again ends
  it at once, with a line that says what to do. A connection that is
  dead without a word, as after a suspend, is noticed within 45 s.
  Requests keep to the rate limit that the server tells: more than
  three events a second come in batches then. On a terminal stderr
  tells when the connection is made, lost, and back; else it has
  warnings and errors only.

Our own records:
  With --meta lines of our own stand among the events. Each has
  \"type\":\"wyzepal_tail\", \"time\" (RFC 3339, in UTC) and \"op\":
  connected  a queue is registered: site, email, queue_id,
             feature_level (0 for old servers)
  lost       the server is out of reach: error
  resumed    the queue goes on: queue_id, last_event_id
  gap        events were missed: from, to, reason, fetched (how
             many messages came from history), lost (what did not)
  alive      the server says that nothing happened; each minute or so
  check      a finding of --check -o json: subject, status, text,
             advice

Containers and services:
  Variables are enough: no file is needed, no home, no entry for
  the user, no writable place (but for --cursor-file), no list of
  time zones (times are in UTC then). https needs certificates:
  those of the system (ca-certificates) or --cert-bundle. As the
  first process (PID 1) it ends by signals like any other, with
  143, 130 or 129. A closed standard output is an error before
  anything is acknowledged, where Linux's /proc tells it;
  elsewhere it is as good as >/dev/null. Closed standard input and
  error do not matter. In systemd's journal errors and warnings
  have their priority.

Exit codes:
{}

Exits of a service:
  What they mean to systemd in the unit of --generate systemd.
  While the server is away it tries again by itself, so no
  restart is needed for that.
  signal  TERM, INT, HUP: a clean end
  0       a clean end: --count, --once or --timeout has done its work
  1       cannot write, or the cursor file is in use: started again
  2, 3    configuration, or the account is refused: it stays down, and
          the journal has what to do
  4       certificate not trusted at the start, or --give-up-after:
          started again
  5       only with --fail-on-gap: started again, it goes on from the
          cursor
  124     only with --timeout beside --count or --once: in a unit of a
          timer SuccessExitStatus=124, if that is no failure

See also:
  jq(1), https://zulip.com/api/real-time-events",
        exit_code_table()
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn numbers_are_those_of_the_range() {
        for (text, expected) in [
            ("1", Some(1)),
            ("255", Some(255)),
            ("256", None),
            ("0", None),
            ("-1", None),
            ("", None),
            ("1.5", None),
        ] {
            let refusal = "give a whole number from 1 to 255".to_owned();
            assert_eq!(
                number_in(1..=u8::MAX)(text),
                expected.ok_or(refusal),
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_help_of_the_demo_says_what_it_refuses() {
        let command = Cli::command();
        let mut options = command.get_arguments();
        let demo = options.find(|option| option.get_id() == "demo").unwrap();
        let help = demo.get_long_help().unwrap().to_string();
        let refused = command.get_arg_conflicts_with(demo);
        let of_who = |option: &clap::Arg| option.get_help_heading() == Some(WHO);
        for option in command.get_arguments().filter(|option| of_who(option)) {
            assert!(refused.contains(&option), "{}", option.get_id());
        }
        for option in refused {
            let name = if of_who(option) {
                WHO.to_owned()
            } else {
                format!("--{}", option.get_long().unwrap())
            };
            assert!(help.contains(&name), "{name}: {help}");
        }
    }

    #[test]
    fn every_option_has_a_short_help_that_fits() {
        for arg in Cli::command().get_arguments() {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty(), "{} has no help", arg.get_id());
            assert!(help.chars().count() <= 60, "{}: {help}", arg.get_id());
            assert!(!help.ends_with('.'), "{}: {help}", arg.get_id());
        }
    }
}
