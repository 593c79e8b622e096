//! From words to options: which word belongs to which option, what people type out of habit and what that is
//! here, and how a command line that cannot be is refused.

use std::ffi::{OsStr, OsString};
use std::iter;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};

use crate::cli::Cli;
use crate::kind;
use crate::selection;
use crate::selection::narrow::Narrow;

/// What people type out of habit, and what it is here.
const HABITS: [(&str, &str); 19] = [
    ("--api-key", KEY),
    ("--key", KEY),
    ("--json", "did you mean -o json?"),
    ("--server", "did you mean --site?"),
    ("--url", "did you mean --site?"),
    ("--stream", "did you mean stream:NAME?"),
    ("--channel", "did you mean channel:NAME?"),
    ("--topic", "did you mean topic:NAME?"),
    ("--sender", "did you mean sender:ADDRESS?"),
    ("--before", "did you mean --until?"),
    ("--after", "did you mean --since?"),
    ("--tail", "did you mean -n?"),
    ("--limit", "did you mean -n, or -C?"),
    ("--no-color", "did you mean --color never?"),
    ("--format", "did you mean -o?"),
    // Other programs of this kind have commands.
    ("demo", "did you mean --demo?"),
    ("check", "did you mean --check?"),
    ("help", "did you mean --help?"),
    ("version", "did you mean --version?"),
];
const KEY: &str = "others on this machine can see options, so there is none for the key: it stands in the wyzepalrc, or in WYZEPAL_API_KEY";

/// Why there is nothing to run.
pub enum NoRun {
    /// Help or version was asked for.
    Help(clap::Error),
    /// It is wrong; the text says how, and what to do.
    Refused(String),
}

/// The variable with options that a person always wants.
pub const VARIABLE: &str = "WYZEPAL_TAIL_OPTS";
/// Those of it that count on a terminal only, so that no script is disturbed.
const FOR_TERMINALS: [&str; 3] = ["output", "color", "full"];
/// The option that needs no others.
const GENERATE: &str = "generate";

/// The options of a run.
pub struct CommandLine {
    /// The options of the command line, and those of the variable that it leaves.
    pub cli: Cli,
    /// The latter, if there are any.
    pub variable: Option<String>,
}

/// Reads the command line, without the program's name, and the variable, for a standard output that is a terminal or
/// not. What the command line gives of the same option, or of one that excludes it, puts the variable's aside.
pub fn parse(
    words: impl IntoIterator<Item = OsString>,
    variable: Option<OsString>,
    terminal: bool,
) -> Result<CommandLine, NoRun> {
    let command = Cli::command();
    let words = with_negated_terms(words);
    let refused = |error| refusal(error, &words);
    let given = read(&words, &command).map_err(refused)?;
    let mut kept = Vec::new();
    if let Some(text) = variable.filter(|_| !has(&given, GENERATE)) {
        let variable = read_variable(&text, &command)
            .map_err(|fault| NoRun::Refused(format!("{VARIABLE}: {fault}")))?;
        for option in command.get_arguments() {
            let name = option.get_id().as_str();
            let counts = terminal || !FOR_TERMINALS.contains(&name);
            if counts && has(&variable, name) && !replaces(&given, option, &command) {
                kept.extend(written(option, &variable));
            }
        }
    }
    let variable = (!kept.is_empty()).then(|| kept.join(OsStr::new(" ")));
    let variable = variable.map(|words| words.to_string_lossy().into_owned());
    kept.extend(words.iter().cloned());
    let all = read(&kept, &command).map_err(refused)?;
    let cli = Cli::from_arg_matches(&all).map_err(refused)?;
    Ok(CommandLine { cli, variable })
}

/// The same words, but for what begins like `-sender:`: without a space before it, that would be `-s ender:`. A misspelt
/// one as well: of a config file `hanel:ops` nobody thinks at `-chanel:ops`.
fn with_negated_terms(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let is_negated = |word: &str| word.strip_prefix('-').is_some_and(selection::begins_term);
    let words = words.into_iter().map(|word| match word.to_str() {
        Some(text) if is_negated(text) => format!(" {text}").into(),
        _ => word,
    });
    words.collect()
}

fn read(words: &[OsString], command: &Command) -> Result<ArgMatches, clap::Error> {
    let words = words.iter().map(OsString::as_os_str);
    let name = OsStr::new(command.get_name());
    command
        .clone()
        .try_get_matches_from(iter::once(name).chain(words))
}

/// The options that stand in the variable, or what is wrong with them.
fn read_variable(text: &OsStr, command: &Command) -> Result<ArgMatches, String> {
    let text = text.to_str().ok_or("it is not UTF-8: write it in UTF-8")?;
    let words = shlex::split(text).ok_or("its quotes do not match: close or remove them")?;
    let words = with_negated_terms(words.into_iter().map(OsString::from));
    let matches = read(&words, command).map_err(|error| match refusal(error, &words) {
        NoRun::Refused(text) => text,
        NoRun::Help(_) => {
            "help and version are for the command line only: leave them out there".to_owned()
        }
    })?;
    if has(&matches, GENERATE) {
        return Err("--generate is for the command line only: leave it out there".to_owned());
    }
    let terms = matches.get_raw("terms").into_iter().flatten();
    match terms.map(OsStr::to_string_lossy).next() {
        Some(term) => Err(format!(
            "'{}' is no option, and nothing else stands there: write it on the command line",
            term.trim()
        )),
        None => Ok(matches),
    }
}

/// Whether an option was typed.
fn has(matches: &ArgMatches, option: &str) -> bool {
    matches.value_source(option) == Some(ValueSource::CommandLine)
}

/// Whether an option of the variable does not count beside those of the command line.
fn replaces(given: &ArgMatches, option: &Arg, command: &Command) -> bool {
    let excludes = |other: &&Arg| {
        *other == option
            || command.get_arg_conflicts_with(other).contains(&option)
            || command.get_arg_conflicts_with(option).contains(other)
    };
    let mut typed = command
        .get_arguments()
        .filter(|other| has(given, other.get_id().as_str()));
    let are = |one, two| has(given, one) && option.get_id() == two;
    // Forms that have no use for HTML.
    let mut forms = given.get_raw("output").into_iter().flatten();
    let is_for_people = forms.any(|form| form == "chat" || form == "summary");
    typed.any(|other| excludes(&other))
        || are("messages", "event_types")
        || are("event_types", "messages")
        || are("messages", "exclude_types")
        || are("apply_markdown", "output")
        || (are("output", "apply_markdown") && is_for_people)
}

/// An option with its values as it may be typed.
fn written(option: &Arg, matches: &ArgMatches) -> Vec<OsString> {
    let name = format!("--{}", option.get_long().unwrap_or_default());
    let id = option.get_id().as_str();
    match option.get_action() {
        ArgAction::Count => return vec![name.into(); matches.get_count(id).into()],
        action if !action.takes_values() => return vec![name.into()],
        _ => {}
    }
    let values = matches.get_raw(id).into_iter().flatten();
    let typed = |value: &OsStr| [OsStr::new(&name), value].join(OsStr::new("="));
    values.map(typed).collect()
}

fn refusal(error: clap::Error, words: &[OsString]) -> NoRun {
    if error.use_stderr() {
        NoRun::Refused(one_line(&error, hint(&error, words).as_deref()))
    } else {
        NoRun::Help(error)
    }
}

/// What was probably meant, or what to do where clap does not say it.
fn hint(error: &clap::Error, words: &[OsString]) -> Option<String> {
    meant(error, words).or_else(|| remedy(error, words))
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    }
}

fn meant(error: &clap::Error, words: &[OsString]) -> Option<String> {
    let argument = context(error, ContextKind::InvalidArg)?;
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    match error.kind() {
        ErrorKind::UnknownArgument => habit(words.iter().find(|word| word.starts_with(argument))?),
        ErrorKind::ValueValidation if argument == "[TERM]..." => {
            let value = context(error, ContextKind::InvalidValue)?;
            let at = words.iter().position(|word| *word == value)?;
            habit(value).or_else(|| missing_quotes(words.get(..at)?, words.get(at..)?))
        }
        _ => None,
    }
}

/// What to do where it is plain from the kind of error.
fn remedy(error: &clap::Error, words: &[OsString]) -> Option<String> {
    let is_missing = context(error, ContextKind::InvalidValue) == Some("");
    let is_generate = |word: &OsString| word.to_string_lossy().starts_with("--generate");
    let text = match error.kind() {
        ErrorKind::InvalidValue if is_missing => "write one after it",
        ErrorKind::TooManyValues => "it takes no value: leave that out",
        ErrorKind::MissingRequiredArgument => "add it, or leave --last-event-id out",
        ErrorKind::ArgumentConflict if words.iter().any(is_generate) => "leave the others out",
        ErrorKind::ArgumentConflict => "keep one or the other",
        ErrorKind::InvalidUtf8 => {
            let word = words.iter().find(|word| word.to_str().is_none())?;
            return Some(format!("write '{}' in UTF-8", word.display()));
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// What stands here for an option that others have.
fn habit(word: &str) -> Option<String> {
    let number = word.strip_prefix('-').unwrap_or_default();
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("did you mean -n {number}?"));
    }
    let name = word.split('=').next().unwrap_or_default();
    let habit = HABITS.iter().find(|(habit, _)| *habit == name);
    habit.map(|(_, hint)| (*hint).to_owned())
}

/// What was probably meant by words that belong to what stands before them.
fn missing_quotes(before: &[&str], words: &[&str]) -> Option<String> {
    let free = words.iter().take_while(|word| !word.starts_with('-'));
    let more: Vec<&str> = free.copied().collect();
    let Some(first) = more.first() else {
        return Some("behind -- all words are terms: write options before it".to_owned());
    };
    let (value, before) = before.split_last()?;
    let option = before.last().copied().unwrap_or_default();
    if ["-e", "--event-types", "-E", "--exclude-types"].contains(&option) {
        let list = value.trim_end_matches(',');
        let is_list = kind::is_known(first);
        return is_list.then(|| format!("did you mean {option} {list},{}?", more.join(",")));
    }
    let is_term = |word: &&&str| Narrow::from_argument(word).is_ok();
    if let Some(term) = more.get(1).filter(is_term) {
        return match first.to_lowercase().as_str() {
            "or" | "|" | "||" => Some(format!(
                "did you mean --narrow '{value}' --narrow '{term}'?"
            )),
            "and" | "&" | "&&" => Some("leave it out: all terms must hold".to_owned()),
            _ => None,
        };
    }
    let more = more.join(" ");
    if option != "--narrow" {
        let narrow = format!("{value} {more}");
        let is_narrow = Narrow::from_argument(&narrow).is_ok();
        return is_narrow.then(|| format!("did you mean '{narrow}'?"));
    }
    let (operator, name) = value.rsplit_once(':')?;
    let name = name.trim_matches('"');
    (!more.contains([':', '"', '\\']))
        .then(|| format!("did you mean {option} '{operator}:\"{name} {more}\"'?"))
}

/// A refusal as one line, like all errors: clap's message and its tips, without the usage that follows.
fn one_line(error: &clap::Error, hint: Option<&str>) -> String {
    // The space that was put before a negated term is nobody's.
    let text = error
        .to_string()
        .replace("invalid value ' -", "invalid value '-");
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let mut parts: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        // What begins with a dash is hardly ever meant as a term.
        .filter(|line| !line.is_empty() && !line.starts_with("tip: to pass"))
        .collect();
    if let Some(hint) = hint {
        // It takes the place of tips, and of all that a term could have been.
        parts.retain(|part| !part.starts_with("tip:"));
        if let Some(first) = parts.first_mut()
            && let Some((word, _)) = first.split_once(" for '[TERM]...': ")
        {
            *first = word;
        }
        parts.push(hint);
    }
    // What a line announces with a colon stands in the next ones.
    parts.join("; ").replace(":; ", ": ")
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    /// The variable's options that count beside those of the command line.
    fn left(variable: &str, line: &str, terminal: bool) -> String {
        let words = line.split_whitespace().map(OsString::from);
        match parse(words, Some(variable.into()), terminal) {
            Ok(line) => line.variable.unwrap_or_default(),
            Err(NoRun::Help(_)) => "help".to_owned(),
            Err(NoRun::Refused(text)) => panic!("{variable}, {line}: {text}"),
        }
    }

    #[test]
    fn the_command_line_puts_options_of_the_variable_aside() {
        for (variable, line, expected) in [
            ("--utc -n 20", "", "--lines=20 --utc"),
            ("--utc -n 20", "--once", "--lines=20 --utc"),
            // The same option, in any spelling, and repeated.
            ("--utc -n 20", "-n5", "--utc"),
            ("-n20 --utc", "--lines=5 --utc", ""),
            ("-vv --utc", "-v", "--utc"),
            ("-vv --utc", "", "--utc --verbose --verbose"),
            (
                "-e message -E typing -e reaction",
                "-e presence",
                "--exclude-types=typing",
            ),
            (
                "-e message -e reaction",
                "",
                "--event-types=message --event-types=reaction",
            ),
            (
                "--narrow stream:a --narrow stream:b",
                "--narrow stream:c",
                "",
            ),
            ("--config-file a", "-c b", ""),
            // One that excludes it, whichever of them says so.
            ("-vC5", "-q", "--count=5"),
            ("-q", "-v", ""),
            ("-n 20", "--since 1h", ""),
            ("--since 1h --utc", "-n 20", "--utc"),
            ("-m", "-e message", ""),
            ("-e message", "-m", ""),
            ("-E message --utc", "-m", "--utc"),
            (
                "-c rc --cursor-file c --utc",
                "--demo",
                "--cursor-file=c --utc",
            ),
            ("-c rc --cursor-file c --utc", "--replay x", "--utc"),
            ("-o summary", "--apply-markdown", ""),
            ("--apply-markdown", "-o summary", ""),
            ("--apply-markdown", "-o json", "--apply-markdown"),
            // What looks like an option is a value.
            ("-C5", "--queue-id q --last-event-id -1", "--count=5"),
            ("--cursor-file 'a b' --utc", "", "--cursor-file=a b --utc"),
            ("", "--utc", ""),
        ] {
            assert_eq!(left(variable, line, true), expected, "{variable}; {line}");
        }
    }

    #[test]
    fn the_form_of_lines_counts_on_a_terminal_only() {
        let variable = "-o summary --color always --full --utc";
        let all = "--output=summary --color=always --full --utc";
        assert_eq!(left(variable, "", true), all);
        assert_eq!(left(variable, "", false), "--utc");
        assert_eq!(left("-ojson --colour=never", "", false), "");
    }

    #[test]
    fn help_reads_no_variable() {
        for line in ["-h", "--help", "-vh", "-V", "--version", "--generate man"] {
            let left = left("--nonsense '", line, true);
            assert!(["", "help"].contains(&&*left), "{line}");
        }
    }

    #[test]
    fn a_path_may_be_any_bytes() {
        for words in [
            vec![OsString::from("-c"), OsStr::from_bytes(b"a\xff").to_owned()],
            vec![OsStr::from_bytes(b"-qca\xff").to_owned()],
            vec![OsStr::from_bytes(b"--config=a\xff").to_owned()],
        ] {
            let line = parse(words.clone(), Some("-c b".into()), true);
            let cli = line.ok().expect("a command line").cli;
            let path = cli.config.unwrap_or_default();
            assert_eq!(path.as_os_str().as_bytes(), b"a\xff", "{words:?}");
        }
    }
}
