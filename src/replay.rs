//! `--replay`: prints saved JSON lines through the same filters and forms as live events.
//!
//! A line is an event, a message object (`-m`), a record of our own (`--meta`), or damaged. There is no
//! server and no account.

use std::collections::VecDeque;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, Read};
use std::mem;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use jiff::Timestamp;
use memchr::memchr;

use crate::config::{Plan, Start};
use crate::error::{Error, Exit, Outcome};
use crate::event::{Event, MessageId};
use crate::fields::Fields;
use crate::kind;
use crate::notice::{Level, Notices};
use crate::output::meta;
use crate::patient::Patient;
use crate::printer::Printer;
use crate::row::{is_message, to_event};
use crate::selection::follow::{Decision, Filter};
use crate::watch::Watch;
use crate::when::When;

/// Bytes that are read at once at most.
const BLOCK: usize = 128 << 10;
/// The longest line in bytes: as long as an event of a server may be.
const LONGEST: usize = 64 << 20;
/// Damaged lines that are warned of one by one; the others are counted.
const MOST_WARNINGS: u64 = 10;

/// What people call the input.
fn name(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// Opens the input. Opening a pipe may take for ever.
fn open(path: &Path) -> Result<File, Error> {
    let usage = |cause: &dyn fmt::Display| {
        Error::Usage(format!("--replay: cannot read {}: {cause}", name(path)))
    };
    let cannot = |error: io::Error| {
        usage(&format!(
            "{error}; name a file with saved lines, or - for standard input"
        ))
    };
    let file = if path == Path::new("-") {
        io::stdin().as_fd().try_clone_to_owned().map(File::from)
    } else {
        File::open(path)
    };
    let file = file.map_err(cannot)?;
    let metadata = file.metadata().map_err(cannot)?;
    if metadata.is_dir() {
        return Err(usage(&"it is a directory, name a file in it"));
    }
    if is_output(&metadata) {
        return Err(usage(
            &"it is the output as well, and would never end: write into another file",
        ));
    }
    Ok(file)
}

/// Whether what is printed goes to the end of this very file.
fn is_output(input: &Metadata) -> bool {
    let output = io::stdout().as_fd().try_clone_to_owned().map(File::from);
    let output = output.and_then(|output| output.metadata());
    let place = |metadata: &Metadata| (metadata.dev(), metadata.ino());
    input.is_file() && output.is_ok_and(|output| place(&output) == place(input))
}

/// Prints all of the input, and returns how that ended.
pub fn replay(
    path: &Path,
    plan: Plan,
    printer: Printer,
    watch: &Watch,
    notices: Notices,
) -> Outcome {
    let name = name(path);
    let text = format!("replaying {name}: {}", plan.selection);
    notices.print(Level::Detail, &text);
    let mut replay = Replay {
        name,
        plan,
        printer,
        notices,
        filter: Filter::default(),
        lines: 0,
        parsed: 0,
        damaged: 0,
        place: Position::default(),
        held: VecDeque::new(),
    };
    let end = replay.read(path, watch).and_then(|()| replay.print_held());
    let written = replay.printer.write();
    replay.print_totals();
    match written.and(end) {
        Ok(()) if replay.parsed == 0 && replay.damaged > 0 => replay.no_events(
            "no line of it is an event: events are JSON objects, one a line (jq -c . makes them)",
        ),
        Ok(()) => Outcome::Ended(Exit::Done),
        Err(outcome) => outcome,
    }
}

struct Replay {
    /// What people call the input.
    name: String,
    plan: Plan,
    printer: Printer,
    notices: Notices,
    /// What is known of the messages so far.
    filter: Filter,
    /// Lines that were read, blank ones as well.
    lines: u64,
    /// Those that are JSON objects.
    parsed: u64,
    damaged: u64,
    /// Where the event is that was read last.
    place: Position,
    /// The last of what would be printed (`-n`): their kinds and texts.
    held: VecDeque<(String, String)>,
}

/// Where an event is among the messages. What it does not say it has from the one before it.
#[derive(Clone, Copy, Default)]
struct Position {
    /// The last message.
    message: Option<MessageId>,
    /// In seconds since 1970.
    time: Option<i64>,
}

impl Position {
    /// Goes on to an event.
    fn advance(&mut self, event: &Event) {
        let time = if event.kind == kind::MESSAGE {
            let message = event.message().map(|event| &event.message);
            let id = message.and_then(|message| MessageId::of(message, "id"));
            self.message = id.or(self.message);
            message.and_then(|message| message.seconds("timestamp"))
        } else {
            event.fields().and_then(time)
        };
        self.time = time.filter(|time| *time > 0).or(self.time);
    }

    /// The same for what need not tell: before all messages.
    fn or_first(self) -> Position {
        Position {
            message: self.message.or(Some(MessageId(0))),
            time: self.time.or(Some(0)),
        }
    }

    fn reaches(self, when: When) -> Option<bool> {
        when.is_reached(self.message, self.time)
    }
}

/// When an event happened, in seconds since 1970, as far as it tells.
fn time(event: &Fields) -> Option<i64> {
    let names = ["edit_timestamp", "server_timestamp"];
    let seconds = names.iter().find_map(|name| event.seconds(name));
    let record = || event.text("time")?.parse::<Timestamp>().ok();
    seconds.or_else(|| record().map(Timestamp::as_second))
}

impl Replay {
    fn read(&mut self, path: &Path, watch: &Watch) -> Result<(), Outcome> {
        let file = Patient(watch.outside(|| open(path))?);
        let mut reader = BufReader::with_capacity(BLOCK, file);
        let mut line = Vec::new();
        loop {
            while let Some(end) = memchr(b'\n', reader.buffer()) {
                self.replay(reader.buffer().get(..end).unwrap_or_default())?;
                reader.consume(end + 1);
            }
            // Before anything is waited for, all that is there is written.
            self.printer.write()?;
            self.printer.fit();
            line.clear();
            let read = watch.outside(|| read_line(&mut reader, &mut line));
            if let Err(error) = read {
                let text = format!("cannot read on in {}: {error}", self.name);
                return Err(Error::Failed(text).into());
            }
            if line.is_empty() {
                return Ok(());
            }
            self.replay(&line)?;
        }
    }

    /// Prints what a line holds.
    fn replay(&mut self, line: &[u8]) -> Result<(), Outcome> {
        self.lines += 1;
        if line.len() > LONGEST {
            return self.skip(&format!("longer than {} MiB", LONGEST >> 20));
        }
        let is_first = self.lines == 1;
        let text = match simdutf8::compat::from_utf8(line) {
            Ok(text) if !(is_first && text.contains('\0')) => text,
            Err(error) if !is_first => return self.skip(&error.to_string()),
            _ => {
                return Err(Outcome::Failed(Error::Usage(format!(
                    "--replay: {} is no text: if it is compressed, unpack it on the way: zcat FILE | wyzepal-tail --replay -",
                    self.name
                ))));
            }
        };
        // Some editors begin a text with a byte order mark.
        let text = text.trim_start_matches('\u{feff}').trim_ascii();
        if text.is_empty() {
            return Ok(());
        }
        // Most lines are messages, which are read as such alone.
        let message = Event::new(None, kind::MESSAGE, text);
        if text.starts_with(r#"{"type":"message","#) && message.message().is_some() {
            self.parsed += 1;
            return self.print(&message);
        }
        let event = match Event::parse(text) {
            Ok(event) => event,
            // It counts lines of its own, of which there is one.
            Err(error) => {
                let text = error.to_string();
                return self.skip(&text.replace(" at line 1 column ", " at byte "));
            }
        };
        let fields = event.fields();
        if fields.is_some_and(is_cursor) {
            return Err(self.no_events("it is a cursor file, and holds none"));
        }
        self.parsed += 1;
        let row = fields.filter(|fields| is_message(fields));
        match row.and_then(|row| to_event(text, row)) {
            Some(text) => self.print(&Event::new(None, kind::MESSAGE, &text)),
            None => self.print(&event),
        }
    }

    fn print(&mut self, event: &Event) -> Result<(), Outcome> {
        let is_record = event.kind == meta::KIND;
        let is_shown = if !self.is_between(event) {
            self.filter.remember(&self.plan.selection, event);
            false
        } else if is_record {
            self.printer.has_records
        } else {
            self.is_selected(event) && !self.printer.renderer.leaves_out(event)
        };
        let Start::Lines(most) = self.plan.start else {
            if is_shown {
                return self.render(event);
            }
            if !is_record {
                self.printer.renderer.learn_names(event);
            }
            return Ok(());
        };
        if !is_record {
            self.printer.renderer.learn_names(event);
        }
        if is_shown {
            let (kind, text) = (event.kind.to_owned(), event.text.to_owned());
            self.held.push_back((kind, text));
            if self.held.len() > most {
                self.held.pop_front();
            }
        }
        Ok(())
    }

    /// Whether an event is selected; there is no server to look messages up.
    fn is_selected(&mut self, event: &Event) -> bool {
        let selection = &self.plan.selection;
        let mut decision = self.filter.decide(selection, event);
        if let Decision::Needs(_) = decision {
            self.filter.set_looked_up(selection, []);
            decision = self.filter.decide(selection, event);
        }
        for warning in self.filter.take_warnings() {
            self.notices.print(Level::Warning, &warning);
        }
        decision == Decision::Shown
    }

    /// Whether an event is where `--since` and `--until` want it.
    fn is_between(&mut self, event: &Event) -> bool {
        let since = match self.plan.start {
            Start::Since(since) => Some(since),
            Start::Now | Start::Lines(_) => None,
        };
        let until = self.plan.until;
        if since.is_none() && until.is_none() {
            return true;
        }
        self.place.advance(event);
        // A message of which it is not known may be anywhere.
        let place = match event.kind {
            kind::MESSAGE => self.place,
            _ => self.place.or_first(),
        };
        since.is_none_or(|since| place.reaches(since) != Some(false))
            && until.is_none_or(|until| place.reaches(until) != Some(true))
    }

    fn render(&mut self, event: &Event) -> Result<(), Outcome> {
        self.printer.add(event);
        if self.printer.is_done() {
            return Err(Outcome::Ended(Exit::Done));
        }
        if self.printer.is_full() {
            self.printer.write()?;
        }
        Ok(())
    }

    /// Prints what was kept until the end.
    fn print_held(&mut self) -> Result<(), Outcome> {
        for (kind, text) in mem::take(&mut self.held) {
            self.render(&Event::new(None, &kind, &text))?;
        }
        Ok(())
    }

    /// Warns of what is wrong with the line that was read last.
    fn skip(&mut self, damage: &str) -> Result<(), Outcome> {
        self.damaged += 1;
        if self.damaged <= MOST_WARNINGS {
            // On a terminal it stands where the line would.
            self.printer.write()?;
            let text = format!("{}: line {}: {damage}; skipped", self.name, self.lines);
            self.notices.print(Level::Warning, &text);
        }
        Ok(())
    }

    /// Prints how much there was.
    fn print_totals(&self) {
        let (name, damaged) = (&self.name, self.damaged);
        if damaged > MOST_WARNINGS {
            let text = format!(
                "{name}: {} more damaged lines skipped",
                damaged - MOST_WARNINGS
            );
            self.notices.print(Level::Warning, &text);
        }
        let (lines, printed) = (self.lines, self.printer.printed);
        let text = format!(
            "{name}: {lines} lines read, {printed} events printed, {damaged} damaged lines skipped"
        );
        let level = if printed == 0 {
            Level::Notice
        } else {
            Level::Detail
        };
        self.notices.print(level, &text);
    }

    fn no_events(&self, why: &str) -> Outcome {
        let text = format!("--replay: no events in {}: {why}", self.name);
        Outcome::Failed(Error::Failed(text))
    }
}

/// Reads the next line; none at the end. Of one that is too long it reads one byte too many, and skips the rest.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    let most = LONGEST as u64 + 1;
    reader.take(most).read_until(b'\n', line)?;
    if line.len() > LONGEST && !line.ends_with(b"\n") {
        reader.skip_until(b'\n')?;
    }
    Ok(())
}

/// Whether these are the fields of a cursor file (`--cursor-file`).
fn is_cursor(fields: &Fields) -> bool {
    let has = |name| fields.find(name).is_some();
    has("queue_id") && has("last_event_id") && has("saved_at") && !has("type")
}
