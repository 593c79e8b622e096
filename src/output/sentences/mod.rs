//! What happened, in words: for one-line summaries and for the chat, which lay it out.
//!
//! Nothing is dropped and nothing is an error. The way of an event to its words:
//!
//! 1. Its fields are read, and names in it are learnt (`memory.rs`), so that later events which have only
//!    an id can be printed with a name.
//! 2. What happened is written with a [`Writer`]: by the row that fits in the table of sentences (`table.rs`), or
//!    where fields alone do not tell by the function of its kind ([`sentence`]); what people wrote is read by
//!    `output/text`. Where a kind has neither, or the event another shape than they read, the generic line says
//!    what there is (`generic.rs`), by the names of the fields (`words.rs`) and what they hold (`wording.rs`).
//!
//! Shapes of events: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`), and for old servers
//! `zerver/lib/actions.py` of Zulip 1.7.

mod activity;
mod edit;
mod generic;
mod memory;
mod message;
mod people;
mod printed;
mod recent;
mod record;
mod table;
mod things;
mod wording;
mod words;
mod writer;

use jiff::tz::TimeZone;

use crate::event::Event;
use crate::fields::Fields;
use crate::kind;
use crate::output::meta;
use crate::output::names::Names;
use crate::output::palette::Palette;
use crate::output::text::Text;
use edit::Update;
use memory::{Introduced, Memory};
pub use message::ReadMessage;
pub use recent::is_sender;
pub use writer::{Form, Sentence, Writer, bare, resolved};

/// How much of a text is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    /// What fits: into one line of a summary, or into three of the chat.
    #[default]
    Cut,
    /// All of it, in as many rows as it takes.
    Whole,
}

/// Writes sentences, and keeps what is known about the things that later events only name by id.
#[derive(Debug)]
pub struct Sentences {
    /// All inks.
    pub palette: Palette,
    /// The zone of all times.
    pub zone: TimeZone,
    /// The server's address without a slash at the end, where it is known.
    pub site: Option<String>,
    /// How much of texts is shown.
    pub length: Length,
    form: Form,
    pub(super) memory: Memory,
}

impl Sentences {
    /// Sentences of that form, with times of that zone; nothing is known yet.
    pub fn new(form: Form, palette: Palette, zone: TimeZone) -> Sentences {
        Sentences {
            palette,
            zone,
            site: None,
            length: Length::Cut,
            form,
            memory: Memory::default(),
        }
    }

    /// Names for ids.
    pub fn names(&mut self) -> &mut Names {
        &mut self.memory.names
    }

    /// Learns the names in an event that is not shown.
    pub fn learn_names(&mut self, event: &Event) {
        if event.kind == kind::MESSAGE {
            self.read_message(event);
        } else if let Some(fields) = event.fields() {
            let introduced = Introduced::by(event.kind, fields);
            self.memory.learn_unknown(&introduced);
            self.learn_after(&introduced, Update::of(event).as_ref());
        }
    }

    fn learn_after(&mut self, introduced: &Introduced, update: Option<&Update>) {
        self.memory.learn_all(introduced);
        if let Some(update) = update {
            update.remember(&mut self.writer());
        }
    }

    /// Reads a message and remembers it. None where there is none.
    pub fn read_message<'a>(&mut self, event: &Event<'a>) -> Option<(ReadMessage<'a>, Text)> {
        if event.kind != kind::MESSAGE {
            return None;
        }
        let read = ReadMessage::of(event)?;
        let text = read.text(&mut self.writer());
        self.memory.learn_message(&read.message, &text);
        Some((read, text))
    }

    /// What happened, by the sentence of the kind, else by the generic one.
    pub fn write(&mut self, event: &Event) -> Sentence {
        let Some(fields) = event.fields() else {
            let mut writer = self.writer();
            writer.dim_line();
            writer.kind(event.kind);
            writer.plain("(unreadable)");
            return writer.sentence;
        };
        let introduced = Introduced::by(event.kind, fields);
        self.memory.learn_unknown(&introduced);
        let mut writer = self.writer();
        if event.kind != meta::KIND {
            writer.kind(event.kind);
        }
        let update = Update::of(event);
        let written = match &update {
            Some(update) => update.write(&mut writer),
            None => sentence(event, fields, &mut writer),
        };
        if written.is_none() {
            writer = self.writer();
            writer.dim_line();
            writer.kind(event.kind);
            let mut wording = writer.wording(event.kind);
            let line = generic::line(fields, event.text.len(), &mut wording);
            writer.plain(&line);
        }
        let sentence = writer.sentence;
        self.learn_after(&introduced, update.as_ref());
        sentence
    }

    /// A writer that has not written anything.
    pub fn writer(&mut self) -> Writer<'_> {
        Writer {
            memory: &mut self.memory,
            palette: self.palette,
            zone: &self.zone,
            site: self.site.as_deref(),
            length: self.length,
            form: self.form,
            sentence: Sentence::default(),
            is_dim: self.form == Form::Chat,
        }
    }
}

/// Whether an edit changes nothing that is shown: the server has rendered the message anew.
pub fn is_rendering(event: &Event) -> bool {
    Update::of(event).is_some_and(|update| update.is_rendering())
}

/// Writes the sentence of a kind. None where it has none, or cannot read the event.
fn sentence(event: &Event, fields: &Fields, writer: &mut Writer) -> Option<()> {
    match event.kind {
        meta::KIND => record::record(event, fields, writer),
        kind::DELETE_MESSAGE => activity::delete_message(fields, writer),
        kind::PRESENCE => people::presence(fields, writer),
        kind => table::write(kind, fields, writer),
    }
}
