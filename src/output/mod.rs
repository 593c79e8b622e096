//! From an event to the bytes of its line. No I/O but in `sink.rs`.
//!
//! A [`Renderer`] has one of three forms: the server's own bytes (`json`), one line for each event (`summary`), or
//! conversations (`chat`). The latter are `sentences` and what people wrote (`text`), with names for ids (`names`) and
//! colours (`palette`), which can be read (`contrast`). What came from a server is made harmless on the way
//! (`sanitize`), and its secrets are kept back (`credentials`). Records of our own stand between the events (`meta`).

pub mod chat;
pub mod clock;
pub mod contrast;
pub mod credentials;
#[cfg(test)]
pub mod golden;
pub mod json;
pub mod meta;
pub mod names;
pub mod palette;
pub mod sanitize;
pub mod sentences;
pub mod sink;
pub mod summary;
pub mod text;

use jiff::Timestamp;

use crate::event::Event;
use chat::Chat;
use json::Json;
use sentences::Sentences;
use summary::Summary;

/// The form of the lines.
pub enum Renderer {
    /// JSON, one object a line.
    Json(Json),
    /// A line for each event.
    Summary(Box<Summary>),
    /// Conversations.
    Chat(Box<Chat>),
}

impl Renderer {
    /// Adapts lines that are cut to the width of a window, which may have been resized.
    pub fn fit(&mut self, columns: impl FnOnce() -> Option<usize>) {
        match self {
            Renderer::Summary(summary) if summary.width.is_some() => {
                summary.width = columns().or(summary.width);
            }
            Renderer::Chat(chat) => chat.width = columns().unwrap_or(chat.width),
            Renderer::Json(_) | Renderer::Summary(_) => {}
        }
    }

    /// What lines say; none where they are the server's own text.
    pub fn sentences(&mut self) -> Option<&mut Sentences> {
        match self {
            Renderer::Json(_) => None,
            Renderer::Summary(summary) => Some(&mut summary.sentences),
            Renderer::Chat(chat) => Some(&mut chat.sentences),
        }
    }

    /// Learns the names in an event that has no line: later ones may be about it.
    pub fn learn_names(&mut self, event: &Event) {
        if let Some(sentences) = self.sentences() {
            sentences.learn_names(event);
        }
    }

    /// Whether an event that is selected has no line in this form.
    pub fn leaves_out(&self, event: &Event) -> bool {
        match self {
            Renderer::Json(_) | Renderer::Summary(_) => false,
            Renderer::Chat(chat) => chat.leaves_out(event),
        }
    }

    /// Appends the line, or lines, of an event or of a saved record of our own. `now` is when it arrived; none where
    /// that is not known.
    pub fn render(&mut self, event: &Event, now: Option<Timestamp>, out: &mut Vec<u8>) {
        match self {
            Renderer::Json(json) => json.render(event, out),
            Renderer::Summary(summary) => summary.render(event, now, out),
            Renderer::Chat(chat) => chat.render(event, now, out),
        }
    }
}
