//! From words to options: which word belongs to which option, what people type out of habit and what that is
//! here, and how a command line that cannot be is refused.

use std::ffi::{OsStr, OsString};
use std::iter;

use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory, FromArgMatches};
use clap_lex::RawArgs;

use crate::cli::Cli;
use crate::kind::Kind;
use crate::selection;
use crate::selection::narrow::Narrow;

/// What people type out of habit, and what it is here.
const HABITS: [(&str, &str); 18] = [
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
];
const KEY: &str = "others on this machine can see options, so the key is none: it stands in the wyzepalrc, or in WYZEPAL_API_KEY";

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
/// Those for which it is not read.
const WITHOUT_RUN: [&str; 3] = ["help", "version", "generate"];

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
    let given = parts(words, &command);
    let is_run = |part: &CommandPart| !WITHOUT_RUN.iter().any(|option| part.is(option));
    let mut kept = match variable.filter(|_| given.iter().all(is_run)) {
        Some(text) => variable_parts(&text, &command)
            .map_err(|fault| NoRun::Refused(format!("{VARIABLE}: {fault}")))?,
        None => Vec::new(),
    };
    kept.retain(|part| {
        let counts = terminal || !FOR_TERMINALS.iter().any(|option| part.is(option));
        counts && !given.iter().any(|given| given.replaces(part, &command))
    });
    let cli = read(kept.iter().chain(&given), &command).map_err(|error| {
        if error.use_stderr() {
            NoRun::Refused(one_line(&error, hint(&error, &given).as_deref()))
        } else {
            NoRun::Help(error)
        }
    })?;
    let words = kept.iter().flat_map(|part| &part.words);
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    let variable = (!words.is_empty()).then(|| words.join(" "));
    Ok(CommandLine { cli, variable })
}

fn read<'a>(
    parts: impl Iterator<Item = &'a CommandPart<'a>>,
    command: &Command,
) -> Result<Cli, clap::Error> {
    let words = parts.flat_map(|part| part.words.iter().cloned());
    let words = iter::once(command.get_name().into()).chain(words);
    let matches = command.clone().try_get_matches_from(words)?;
    Cli::from_arg_matches(&matches)
}

/// The options that stand in the variable, or what is wrong with them.
fn variable_parts<'a>(text: &OsStr, command: &'a Command) -> Result<Vec<CommandPart<'a>>, String> {
    let text = text.to_str().ok_or("it is not UTF-8")?;
    let words = shlex::split(text).ok_or("its quotes do not match")?;
    let parts = parts(words, command);
    for part in &parts {
        if part.option.is_none() && part.word() != "--" {
            return Err(format!(
                "'{}' is no option, and nothing else stands there",
                part.word()
            ));
        }
        if WITHOUT_RUN.iter().any(|option| part.is(option)) {
            return Err(format!("{} is for the command line only", part.word()));
        }
    }
    match read(parts.iter(), command) {
        Ok(_) => Ok(parts),
        Err(error) => Err(one_line(&error, None)),
    }
}

/// A word, or an option together with its value.
struct CommandPart<'a> {
    /// None where it belongs to no option, or to one that does not exist.
    option: Option<&'a Arg>,
    words: Vec<OsString>,
}

impl CommandPart<'_> {
    /// What was typed first.
    fn word(&self) -> &str {
        self.words
            .first()
            .and_then(|word| word.to_str())
            .unwrap_or_default()
    }

    fn is(&self, option: &str) -> bool {
        self.option.is_some_and(|arg| arg.get_id() == option)
    }

    /// Whether the other one, an option of the variable, does not count beside this.
    fn replaces(&self, other: &CommandPart, command: &Command) -> bool {
        let (Some(given), Some(option)) = (self.option, other.option) else {
            return false;
        };
        let are = |one, two| self.is(one) && other.is(two);
        given == option
            || command.get_arg_conflicts_with(given).contains(&option)
            || command.get_arg_conflicts_with(option).contains(&given)
            || are("messages", "event_types")
            || are("event_types", "messages")
            || are("messages", "exclude_types")
            || are("apply_markdown", "output")
            || (are("output", "apply_markdown") && self.is_for_people())
    }

    /// Whether it is `--output` with a form that has no use for HTML.
    fn is_for_people(&self) -> bool {
        let value = self.words.last().and_then(|word| word.to_str());
        value.is_some_and(|value| value.ends_with("chat") || value.ends_with("summary"))
    }
}

/// A command line taken apart, with bundled flags (`-mv`) each by itself. Terms stand at its end behind a `--`, so that
/// negated ones are no options.
fn parts(
    words: impl IntoIterator<Item = impl Into<OsString>>,
    command: &Command,
) -> Vec<CommandPart<'_>> {
    let words = RawArgs::new(words);
    let mut cursor = words.cursor();
    let (mut parts, mut terms) = (Vec::new(), Vec::new());
    while let Some(word) = words.next(&mut cursor) {
        let whole = word.to_value_os();
        if word.is_escape() {
            terms.extend(words.remaining(&mut cursor));
            break;
        }
        if is_negated_term(whole) {
            terms.push(whole);
            continue;
        }
        let takes_value = |option: &Arg| option.get_action().takes_values();
        let mut wants_value = false;
        let mut add = |option, own: OsString| {
            let words = vec![own];
            parts.push(CommandPart { option, words });
        };
        if let Some((name, value)) = word.to_long() {
            let option = command
                .get_arguments()
                .find(|option| name.is_ok_and(|name| has_name(option, name)));
            wants_value = value.is_none() && option.is_some_and(takes_value);
            add(option, whole.to_owned());
        } else if let Some(mut letters) = word.to_short() {
            while let Some(letter) = letters.next_flag() {
                let named = |letter| move |option: &&Arg| option.get_short() == Some(letter);
                let option = letter
                    .ok()
                    .and_then(|letter| command.get_arguments().find(named(letter)));
                let mut own = OsString::from("-");
                match letter {
                    Ok(letter) => own.push(letter.to_string()),
                    Err(bytes) => own.push(bytes),
                }
                if option.is_none_or(takes_value) {
                    let value = letters.next_value_os();
                    wants_value = option.is_some() && value.is_none();
                    own.push(value.unwrap_or_default());
                }
                add(option, own);
            }
        } else {
            add(None, whole.to_owned());
        }
        if let Some(last) = parts.last_mut().filter(|_| wants_value) {
            last.words
                .extend(words.next_os(&mut cursor).map(OsStr::to_owned));
        }
    }
    if !terms.is_empty() {
        terms.insert(0, OsStr::new("--"));
    }
    parts.extend(terms.into_iter().map(|word| CommandPart {
        option: None,
        words: vec![word.to_owned()],
    }));
    parts
}

/// Whether it begins like `-sender:`, which without this would be `-s ender:`.
fn is_negated_term(word: &OsStr) -> bool {
    let word = word.to_str().and_then(|word| word.strip_prefix('-'));
    word.and_then(|word| word.split_once(':'))
        .is_some_and(|(operator, _)| selection::is_operator(operator))
}

fn has_name(option: &Arg, name: &str) -> bool {
    let aliases = option.get_all_aliases().unwrap_or_default();
    option.get_long() == Some(name) || aliases.contains(&name)
}

/// What was probably meant.
fn hint(error: &clap::Error, parts: &[CommandPart]) -> Option<String> {
    parts.iter().enumerate().find_map(|(at, part)| {
        let before = at.checked_sub(1).and_then(|before| parts.get(before));
        match error.kind() {
            _ if part.option.is_some() => None,
            ErrorKind::UnknownArgument => habit(part.word()),
            ErrorKind::ValueValidation => {
                habit(part.word()).or_else(|| missing_quotes(before?, parts.get(at..)?))
            }
            _ => None,
        }
    })
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
fn missing_quotes(before: &CommandPart, parts: &[CommandPart]) -> Option<String> {
    let is_free = |part: &&CommandPart| part.option.is_none() && part.word() != "--";
    let more: Vec<&str> = parts
        .iter()
        .take_while(is_free)
        .map(CommandPart::word)
        .collect();
    let first = more.first()?;
    if Narrow::from_argument(first).is_ok() {
        return None;
    }
    if first.starts_with('-') {
        return Some("behind -- all words are terms: write options before it".to_owned());
    }
    let value = before.words.last()?.to_str()?;
    let option = before.word();
    if before.is("event_types") || before.is("exclude_types") {
        let list = value.trim_end_matches(',');
        let is_list = Kind::named(first).is_some();
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
    let narrow = format!("{value} {more}");
    if before.option.is_none() {
        let is_narrow = Narrow::from_argument(&narrow).is_ok();
        return is_narrow.then(|| format!("did you mean '{narrow}'?"));
    }
    let (operator, name) = value.rsplit_once(':').filter(|_| before.is("narrow"))?;
    let name = name.trim_matches('"');
    (!more.contains([':', '"', '\\']))
        .then(|| format!("did you mean {option} '{operator}:\"{name} {more}\"'?"))
}

/// A refusal as one line, like all errors: clap's message and its tips, without the usage that follows.
fn one_line(error: &clap::Error, hint: Option<&str>) -> String {
    let text = error.to_string();
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
            ("--utc -n 20", "", "--utc -n 20"),
            ("--utc -n 20", "--once", "--utc -n 20"),
            // The same option, in any spelling, and repeated.
            ("--utc -n 20", "-n5", "--utc"),
            ("-n20 --utc", "--lines=5 --utc", ""),
            ("-vv --utc", "-v", "--utc"),
            (
                "-e message -E typing -e reaction",
                "-e presence",
                "-E typing",
            ),
            (
                "--narrow stream:a --narrow stream:b",
                "--narrow stream:c",
                "",
            ),
            ("--config-file a", "-c b", ""),
            // One that excludes it, whichever of them says so.
            ("-vC5", "-q", "-C5"),
            ("-q", "-v", ""),
            ("-n 20", "--since 1h", ""),
            ("--since 1h --utc", "-n 20", "--utc"),
            ("-m", "-e message", ""),
            ("-e message", "-m", ""),
            ("-E message --utc", "-m", "--utc"),
            (
                "-c rc --cursor-file c --utc",
                "--demo",
                "--cursor-file c --utc",
            ),
            ("-c rc --cursor-file c --utc", "--replay x", "--utc"),
            ("-o summary", "--apply-markdown", ""),
            ("--apply-markdown", "-o summary", ""),
            ("--apply-markdown", "-o json", "--apply-markdown"),
            // What looks like an option is a value.
            ("-C5", "--queue-id q --last-event-id -1", "-C5"),
            ("--cursor-file 'a b' --utc", "", "--cursor-file a b --utc"),
            ("", "--utc", ""),
        ] {
            assert_eq!(left(variable, line, true), expected, "{variable}; {line}");
        }
    }

    #[test]
    fn the_form_of_lines_counts_on_a_terminal_only() {
        let variable = "-o summary --color always --full --utc";
        assert_eq!(left(variable, "", true), variable);
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
