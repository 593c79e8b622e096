//! The chat view: conversations as people read them on a terminal.
//!
//! ```text
//! ▌#ops › deploy
//! ▌09:18 Mei Tanaka     Three buttons without a name.
//! ▌                     Fixing: “Back”, “Pay”.
//! ▌      Emeka Obi      Payment. To be fair, so do I.
//!        ✎ Emeka Obi edits “Payment…”: … so do I. twice
//! ```
//!
//! What is the same as above is not said again: `above.rs` knows what stands there. What happened is written by
//! `output/sentences`, and where all of it stands is the business of `grid.rs`.

mod above;
mod grid;

use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::{Event, Person, UNNAMED_TOPIC};
use crate::kind;
use crate::output::clock::{Clock, MINUTES};
use crate::output::meta;
use crate::output::palette::{Palette, Styles};
use crate::output::sentences::{Form, ReadMessage, Sentences, bare, is_rendering, resolved};
use crate::output::text::{Line, Paint, Text};
use above::{Above, Conversation, person_key};
pub use grid::SENDER_AT;
use grid::{Grid, MessageRow};

/// Whether something else was printed on the terminal: who reads on wants to know where.
pub static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Kinds that are about no conversation, or only about the moment.
const LEFT_OUT: [&str; 3] = [kind::TYPING, kind::TYPING_EDIT_MESSAGE, kind::PRESENCE];

/// Turns events into a chat.
#[derive(Debug)]
pub struct Chat {
    /// Columns of the terminal. May change between events, as windows do.
    pub width: usize,
    /// What happenings and names are written with.
    pub sentences: Sentences,
    /// Kinds that are shown because they were named.
    pub named: Vec<String>,
    clock: Clock,
    above: Above,
}

impl Chat {
    /// A chat with times of that zone.
    pub fn new(palette: Palette, zone: TimeZone, width: usize) -> Chat {
        Chat {
            width,
            clock: Clock::new(zone.clone(), MINUTES),
            sentences: Sentences::new(Form::Chat, palette, zone),
            above: Above::default(),
            named: Vec::new(),
        }
    }

    /// Whether an event has no place in conversations: who types and who is there, what was read, and messages that
    /// the server has only rendered anew.
    pub fn leaves_out(&self, event: &Event) -> bool {
        if self.named.iter().any(|kind| kind == event.kind) {
            return false;
        }
        if event.kind == kind::UPDATE_MESSAGE_FLAGS {
            let flag = event.fields().and_then(|fields| fields.text("flag"));
            return flag.as_deref() == Some("read");
        }
        LEFT_OUT.contains(&event.kind) || is_rendering(event)
    }

    /// Appends an event. `now` is when it arrived; none where that is not known.
    pub fn render(&mut self, event: &Event, now: Option<Timestamp>, out: &mut Vec<u8>) {
        if INTERRUPTED.swap(false, Ordering::Relaxed) || event.kind == meta::KIND {
            self.above.interrupt();
        }
        match self.sentences.read_message(event) {
            Some((read, text)) => self.message(&read, &text, now, out),
            None => self.happening(event, now, out),
        }
    }

    fn grid(&self) -> Grid {
        Grid::new(self.width, self.sentences.length, self.sentences.palette)
    }

    /// Goes on to a time, and writes the date where that is another one. Returns the time if it is another one.
    fn advance(&mut self, when: Option<Timestamp>, out: &mut Vec<u8>) -> Option<String> {
        let grid = self.grid();
        let moment = self.clock.read(when);
        if let Some(date) = &moment.new_date {
            grid.write_rule(date, out);
            self.above.interrupt();
        }
        self.above.advance(when);
        moment.is_new.then(|| moment.time.to_owned())
    }

    /// What happened, dimly.
    fn happening(&mut self, event: &Event, now: Option<Timestamp>, out: &mut Vec<u8>) {
        let sentence = self.sentences.write(event);
        let time = self.advance(sentence.when.or(now), out);
        self.grid()
            .write_happening(time.as_deref().unwrap_or_default(), &sentence.line, out);
    }

    fn message(
        &mut self,
        read: &ReadMessage,
        text: &Text,
        now: Option<Timestamp>,
        out: &mut Vec<u8>,
    ) {
        let sent = Timestamp::from_second(read.message.timestamp).ok();
        let sent = sent.filter(|sent| *sent > Timestamp::UNIX_EPOCH);
        let time = self.advance(sent.or(now), out);
        let (grid, palette) = (self.grid(), self.sentences.palette);
        let own_id = self.sentences.names().own_id;
        let is_own = own_id.is_some() && own_id == read.message.sender.id();
        let is_to_user = read.concerns_user || !read.is_in_channel() && !is_own;
        let place = self.place(read);
        let bar = palette.channel(bare(&place));
        if self.above.enter(Conversation::of(read)) {
            let mut head = Line::default();
            head.push_styled(bar, Styles::BOLD, None, &place);
            head.push(palette.dim(), " › ");
            self.push_inside(read, &mut head);
            grid.write_head(bar, &head, out);
        }
        let name = self.sentences.writer().called(&read.message.sender);
        let key = (!text.is_action).then(|| person_key(&read.message.sender));
        let is_other = self.above.set_sender(key);
        let sender = (is_other && !text.is_action).then_some(&*name);
        let time = match time {
            None if is_to_user => self.clock.read(None).time.to_owned(),
            time => time.unwrap_or_default(),
        };
        let (time_ink, ink) = if is_to_user {
            (palette.alert(), palette.stress())
        } else {
            (palette.time(), palette.plain())
        };
        let row = MessageRow {
            bar,
            is_to_user,
            time: &time,
            time_ink,
            link: self.link_to(read.message.id),
            sender: sender.map(|name| (name, palette.sender(name))),
        };
        grid.write_message(&row, text, Paint { palette, ink }, out);
    }

    /// Where a message is in the web app. Nothing but its id is in it.
    fn link_to(&self, id: u64) -> Option<Rc<str>> {
        let site = self.sentences.site.as_deref()?;
        let has_links = self.sentences.palette.has_links() && id > 0;
        has_links.then(|| format!("{site}/#narrow/near/{id}").into())
    }

    /// The channel of a message, or what stands in place of one.
    fn place(&mut self, read: &ReadMessage) -> String {
        if read.is_in_channel() {
            let id = read.message.channel_id;
            return self.sentences.writer().channel(id, read.channel());
        }
        DIRECT.to_owned()
    }

    /// Appends the topic of a message, or the people beside the user.
    fn push_inside(&mut self, read: &ReadMessage, head: &mut Line) {
        let palette = self.sentences.palette;
        let Some(people) = read.people() else {
            let (sign, rest) = resolved(&read.message.topic);
            head.push(palette.resolved(), sign);
            let (styles, rest) = match rest {
                "" => (Styles::ITALIC, UNNAMED_TOPIC),
                rest => (Styles::BOLD, rest),
            };
            return head.push_styled(palette.topic(), styles, None, rest);
        };
        let own_id = self.sentences.names().own_id;
        let writer = &mut self.sentences.writer();
        let is_other = |person: &&Person| Some(person.id) != own_id;
        let others = people.iter().filter(is_other);
        let mut names: Vec<_> = others.map(|person| writer.called(person)).collect();
        if names.is_empty() {
            // A note to oneself.
            names.push(writer.called(&read.message.sender));
        }
        head.push_styled(palette.topic(), Styles::BOLD, None, &names.join(", "));
    }
}

/// In place of a channel before the people of a conversation.
const DIRECT: &str = "DM";

#[cfg(test)]
pub mod tests;
