//! The line of a `message` event:
//! `#Denmark > lunch plans  Othello Bot: text`, `DM Hamlet → Cordelia: text`, `…  Hamlet waves`.

use crate::event::Person;
use crate::output::sentences::{ReadMessage, Writer, is_sender};
use crate::output::text::Text;

/// Who said what to whom.
pub fn message(read: &ReadMessage, text: Text, writer: &mut Writer) {
    if let Some(people) = read.people() {
        write_people(read, people, writer);
    } else {
        writer.named_channel(read.message.channel_id, read.channel());
        writer.separator();
        writer.topic(&read.message.topic);
    }
    if read.is_in_channel() || text.is_action {
        writer.plain("  ");
    }
    if read.is_in_channel() && !text.is_action {
        writer.someone(&read.message.sender);
    }
    if !text.is_action {
        writer.dim(": ");
    }
    writer.sentence.text = Some(text);
    writer.set_time(read.message.timestamp);
}

fn write_people(read: &ReadMessage, people: &[Person], writer: &mut Writer) {
    writer.dim("DM ");
    writer.someone(&read.message.sender);
    writer.dim(" → ");
    let others = people
        .iter()
        .filter(|person| !is_sender(person, &read.message));
    let others: Vec<_> = others.collect();
    writer.list(&others, |writer, person| writer.someone(person));
    // Nobody else: a note to oneself.
    if others.is_empty() {
        writer.someone(&read.message.sender);
    }
}

#[cfg(test)]
mod tests;
