//! The cast: who says, edits, and reacts to what, and when. A state machine without clock or thread.
//!
//! Not for who hears of it (`realm`). About three happenings a second, most of them messages: a beat
//! every 0.4 s, and some beats are made of two or three happenings (typing, then the message).

use std::collections::VecDeque;
use std::time::Duration;

use super::clock::Moment;
use super::happening::{Change, Happening};
use super::message::{Message, Reaction, Reading};
use super::place::Place;
use super::plot::{Line, Plot};
use super::props;
use super::random::Random;
use super::roster::{Nature, Person};
use super::script::GREETINGS;
use crate::event::MessageId;

/// How far back the history goes at the start.
const PAST: Duration = Duration::from_hours(48);
/// How many messages it has.
const PAST_MESSAGES: u32 = 200;
/// Messages older than this are flagged as read at the start.
const UNREAD: Duration = Duration::from_mins(30);
/// Between two beats, in milliseconds.
const BEAT: (u64, u64) = (250, 550);
/// A beat that is later than this was slept through, and what it missed is not made up for.
const SLEPT: Duration = Duration::from_secs(5);
/// Between two changes at the front of house.
const SHIFT: Duration = Duration::from_secs(15);
/// How soon somebody greets a newcomer.
const GREETING: Duration = Duration::from_millis(120);
/// Messages that are fresh enough for a reaction or an edit.
const FRESH: usize = 16;

/// What is going to be done.
#[derive(Clone, Debug)]
enum Cue {
    Beat,
    Greet,
    Relieve,
    Stop(&'static Person, Place),
    Deliver(Line),
}

/// A message that can still get reactions and edits.
#[derive(Debug)]
struct Fresh {
    id: MessageId,
    sender: &'static Person,
    content: String,
    edited: bool,
    reactions: Vec<Reaction>,
}

/// The cast of the demo.
#[derive(Debug)]
pub struct Cast {
    random: Random,
    last_id: u64,
    plot: Plot,
    agenda: Vec<(Moment, Cue)>,
    /// How often somebody took over at the front of house.
    turns: usize,
    fresh: VecDeque<Fresh>,
}

impl Cast {
    /// A cast whose play depends on `seed`, and which begins at `now`.
    pub fn new(seed: u64, now: Moment) -> Cast {
        Cast {
            random: Random::new(seed),
            last_id: 4000,
            plot: Plot::default(),
            agenda: vec![(now, Cue::Beat), (now.after(SHIFT), Cue::Relieve)],
            turns: 0,
            fresh: VecDeque::new(),
        }
    }

    /// What was said in the two days until `now`, the latest last. Call it first: ids ascend.
    pub fn past(&mut self, now: Moment) -> Vec<Message> {
        let said = (1..=PAST_MESSAGES).filter_map(|count| {
            // Denser towards the present, so that the last hours show something as well.
            let left = f64::from(PAST_MESSAGES - count) / f64::from(PAST_MESSAGES);
            // The power of 2.5; `powf` would have each run load the library of mathematics for it.
            let at = now.before(PAST.mul_f64(left * left * left.sqrt()));
            let line = self.plot.next_line(&mut self.random, at, at)?;
            let mut message = self.message(line, at);
            message.reading = match now.since(at) {
                age if age < UNREAD => Reading::Unread,
                _ if count % 29 == 0 => Reading::Starred,
                _ => Reading::Read,
            };
            if count % 7 == 0
                && let Some(reaction) = self.reaction(message.sender)
                && let Some(fresh) = self.fresh.back_mut()
            {
                fresh.reactions.push(reaction.clone());
                message.reactions.push(reaction);
            }
            Some(message)
        });
        said.collect()
    }

    /// When to call `step` next.
    pub fn due(&self) -> Option<Moment> {
        self.agenda.iter().map(|(at, _)| *at).min()
    }

    /// Somebody greets the account soon after `now`, as it has just come to listen.
    pub fn greet(&mut self, now: Moment) {
        self.agenda.push((now.after(GREETING), Cue::Greet));
    }

    /// What is done by `now`, in order.
    pub fn step(&mut self, now: Moment) -> Vec<Happening> {
        self.forget_slept(now);
        let mut happenings = Vec::new();
        while let Some((at, cue)) = self.next_cue(now) {
            match cue {
                Cue::Beat => {
                    let pause = Duration::from_millis(self.random.between(BEAT.0, BEAT.1));
                    self.agenda.push((at.after(pause), Cue::Beat));
                    happenings.extend(self.beat(at));
                }
                Cue::Relieve => {
                    self.agenda.push((at.after(SHIFT), Cue::Relieve));
                    happenings.extend(props::on_duty(self.turns).map(Happening::OnDuty));
                    self.turns += 1;
                }
                Cue::Greet => happenings.extend(self.say_hello(at)),
                Cue::Stop(person, place) => {
                    happenings.push(Happening::Typing(person, place, Change::End));
                }
                Cue::Deliver(line) => happenings.push(Happening::Said(self.message(line, at))),
            }
        }
        happenings
    }

    fn forget_slept(&mut self, now: Moment) {
        let late = self.due().map_or(Duration::ZERO, |due| now.since(due));
        if late > SLEPT {
            for (at, _) in &mut self.agenda {
                *at = at.after(late);
            }
        }
    }

    /// The earliest cue that is due; of two at the same time, the one that was put down first.
    fn next_cue(&mut self, now: Moment) -> Option<(Moment, Cue)> {
        let due = self.due().filter(|due| *due <= now)?;
        let position = self.agenda.iter().position(|(at, _)| *at == due)?;
        Some(self.agenda.remove(position))
    }

    fn beat(&mut self, now: Moment) -> Option<Happening> {
        match self.random.between(0, 100) {
            0..62 => self.speak(now),
            62..72 => self.begin_to_type(now),
            72..84 => self.react(),
            84..86 => self.take_reaction_back(),
            86..90 => self.edit(),
            90..96 => props::human(&mut self.random).map(Happening::Online),
            96..99 => {
                let person = props::human(&mut self.random)?;
                let (text, emoji) = props::status(&mut self.random)?;
                Some(Happening::Status(person, text, emoji))
            }
            _ => self.resolve(),
        }
    }

    fn speak(&mut self, now: Moment) -> Option<Happening> {
        let line = self.plot.next_line(&mut self.random, now, now)?;
        Some(Happening::Said(self.message(line, now)))
    }

    fn say_hello(&mut self, now: Moment) -> Option<Happening> {
        let scene = self.random.pick(GREETINGS)?;
        let (person, text) = scene.lines.first()?;
        let line = Line {
            person,
            place: scene.place.clone(),
            text: (*text).to_owned(),
        };
        Some(Happening::Said(self.message(line, now)))
    }

    /// Programs do not type: their line comes at once.
    fn begin_to_type(&mut self, now: Moment) -> Option<Happening> {
        let done = now.after(Duration::from_millis(self.random.between(600, 1500)));
        let said = done.after(Duration::from_millis(20));
        let line = self.plot.next_line(&mut self.random, now, said)?;
        if line.person.nature == Nature::Bot {
            return Some(Happening::Said(self.message(line, now)));
        }
        let (person, place) = (line.person, line.place.clone());
        self.agenda.push((done, Cue::Stop(person, place.clone())));
        self.agenda.push((said, Cue::Deliver(line)));
        Some(Happening::Typing(person, place, Change::Begin))
    }

    fn react(&mut self) -> Option<Happening> {
        let position = self.fresh_position()?;
        let sender = self.fresh.get(position)?.sender;
        let reaction = self.reaction(sender)?;
        let message = self.fresh.get_mut(position)?;
        if message.reactions.contains(&reaction) {
            return None;
        }
        message.reactions.push(reaction.clone());
        Some(Happening::Reacted(message.id, reaction, Change::Begin))
    }

    fn take_reaction_back(&mut self) -> Option<Happening> {
        let message = self
            .fresh
            .iter_mut()
            .find(|message| !message.reactions.is_empty())?;
        let reaction = message.reactions.pop()?;
        Some(Happening::Reacted(message.id, reaction, Change::End))
    }

    /// A person adds something to an own message, once: a text does not grow for ever.
    fn edit(&mut self) -> Option<Happening> {
        let addition = props::addition(&mut self.random)?;
        let message = self.fresh.iter_mut().rev().find(|message| {
            let plain = !message.content.contains("```") && !message.content.starts_with("/me");
            plain && !message.edited && message.sender.nature == Nature::Human
        })?;
        message.edited = true;
        Some(Happening::Edited(
            message.id,
            format!("{}{addition}", message.content),
        ))
    }

    fn resolve(&mut self) -> Option<Happening> {
        let place = self.plot.take_finished()?;
        Some(Happening::Resolved(props::human(&mut self.random)?, place))
    }

    fn reaction(&mut self, sender: &'static Person) -> Option<Reaction> {
        let person = props::human(&mut self.random).filter(|person| *person != sender)?;
        Some(Reaction {
            person,
            emoji: props::emoji(&mut self.random)?,
        })
    }

    fn fresh_position(&mut self) -> Option<usize> {
        usize::try_from(self.random.between(0, self.fresh.len() as u64)).ok()
    }

    fn message(&mut self, line: Line, at: Moment) -> Message {
        // Ids are shared with messages that the account does not see, so there are holes.
        self.last_id += self.random.between(1, 4);
        let id = MessageId(self.last_id);
        let Line {
            person,
            place,
            text,
        } = line;
        if self.fresh.len() == FRESH {
            self.fresh.pop_front();
        }
        self.fresh.push_back(Fresh {
            id,
            sender: person,
            content: text.clone(),
            edited: false,
            reactions: Vec::new(),
        });
        Message {
            id,
            sender: person,
            place,
            content: text,
            at,
            reading: Reading::Unread,
            reactions: Vec::new(),
            edits: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
