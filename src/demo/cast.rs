//! The cast: who says, edits, and reacts to what, and when. A state machine without clock or thread.
//!
//! Not for who hears of it (`realm`). About three happenings a second, most of them messages: a beat
//! every 0.4 s, and some beats are made of two or three happenings (typing, then the message).

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use super::clock::Moment;
use super::message::{Emoji, Message, Reaction, Reading};
use super::place::Place;
use super::props;
use super::random::Random;
use super::roster::{Nature, Person};
use super::script::{Scene, scenes};
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
/// How soon somebody speaks to a newcomer.
const GREETING: Duration = Duration::from_millis(120);
/// Scenes that are played at the same time.
const STAGES: usize = 3;
/// Messages that are fresh enough for a reaction or an edit.
const FRESH: usize = 16;

/// Whether somebody begins or ends something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `start` or `add`.
    Begin,
    /// `stop` or `remove`.
    End,
}

/// Something that the cast does.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A message.
    Said(Message),
    /// The sender of a message changes its text.
    Edited(MessageId, String),
    /// All messages of a topic move to a topic of that name with a tick in front.
    Resolved(&'static Person, Place),
    /// A reaction comes or goes.
    Reacted(MessageId, Reaction, Change),
    /// Somebody begins or stops to type.
    Typing(&'static Person, Place, Change),
    /// Somebody comes online.
    Online(&'static Person),
    /// Somebody sets a status.
    Status(&'static Person, &'static str, &'static Emoji),
}

/// What is going to be done.
#[derive(Clone, Debug)]
enum Cue {
    Beat,
    Welcome,
    Stop(&'static Person, Place),
    Deliver(Line),
}

/// A line that is ready to be said.
#[derive(Clone, Debug)]
struct Line {
    person: &'static Person,
    place: Place,
    text: String,
}

/// A scene that is being played.
#[derive(Debug)]
struct Playing {
    scene: &'static Scene,
    next: usize,
    /// Until then somebody types, and the others wait for it.
    quiet_until: Moment,
}

impl Playing {
    fn new(scene: &'static Scene, now: Moment) -> Playing {
        Playing {
            scene,
            next: 0,
            quiet_until: now,
        }
    }
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
    deck: Vec<&'static Scene>,
    stages: Vec<Playing>,
    agenda: Vec<(Moment, Cue)>,
    fresh: VecDeque<Fresh>,
    finished: Option<Place>,
}

impl Cast {
    /// A cast whose play depends on `seed`, and which begins at `now`.
    pub fn new(seed: u64, now: Moment) -> Cast {
        let random = Random::new(seed);
        Cast {
            random,
            last_id: 4000,
            deck: Vec::new(),
            stages: Vec::new(),
            agenda: vec![(now, Cue::Beat)],
            fresh: VecDeque::new(),
            finished: None,
        }
    }

    /// What was said in the two days until `now`, the latest last. Call it first: ids ascend.
    pub fn past(&mut self, now: Moment) -> Vec<Message> {
        let said = (1..=PAST_MESSAGES).filter_map(|count| {
            // Denser towards the present, so that the last hours show something as well.
            let left = f64::from(PAST_MESSAGES - count) / f64::from(PAST_MESSAGES);
            let at = now.before(PAST.mul_f64(left.powf(2.5)));
            let line = self.next_line(at, at)?;
            let mut message = self.message(line, at);
            message.reading = match now.since(at) {
                age if age < UNREAD => Reading::Unread,
                _ if count % 29 == 0 => Reading::Starred,
                _ => Reading::Read,
            };
            if count % 7 == 0 {
                message.reactions.extend(self.reaction(message.sender));
            }
            Some(message)
        });
        said.collect()
    }

    /// When to call `step` next.
    pub fn due(&self) -> Option<Moment> {
        self.agenda.iter().map(|(at, _)| *at).min()
    }

    /// Somebody writes to the account in person soon after `now`, as a newcomer listens.
    pub fn greet(&mut self, now: Moment) {
        self.agenda.push((now.after(GREETING), Cue::Welcome));
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
                Cue::Welcome => happenings.extend(self.welcome(at)),
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
        let line = self.next_line(now, now)?;
        Some(Happening::Said(self.message(line, now)))
    }

    /// A direct message. Without one at the start, `is:private` would show nothing for a minute.
    fn welcome(&mut self, now: Moment) -> Option<Happening> {
        let direct = |playing: &Playing| playing.scene.place.channel().is_none();
        if !self.stages.iter().any(direct) {
            let scene = self.next_direct_scene()?;
            self.stages.push(Playing::new(scene, now));
        }
        let stage = self.stages.iter().position(direct)?;
        let line = self.line_of(stage, now)?;
        Some(Happening::Said(self.message(line, now)))
    }

    /// Programs do not type: their line comes at once.
    fn begin_to_type(&mut self, now: Moment) -> Option<Happening> {
        let done = now.after(Duration::from_millis(self.random.between(600, 1500)));
        let said = done.after(Duration::from_millis(20));
        let line = self.next_line(now, said)?;
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
        let place = self.finished.take()?;
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

    /// The next line of one of the scenes that are being played; nobody else speaks in it before `said`.
    fn next_line(&mut self, now: Moment, said: Moment) -> Option<Line> {
        while self.stages.len() < STAGES {
            let scene = self.next_scene()?;
            self.stages.push(Playing::new(scene, now));
        }
        let free: Vec<usize> = (0..self.stages.len())
            .filter(|stage| {
                self.stages
                    .get(*stage)
                    .is_some_and(|playing| playing.quiet_until <= now)
            })
            .collect();
        let stage = *self.random.pick(&free)?;
        self.line_of(stage, said)
    }

    /// The next line of the scene on this stage, which is cleared after the last one.
    fn line_of(&mut self, stage: usize, said: Moment) -> Option<Line> {
        let playing = self.stages.get_mut(stage)?;
        let scene = playing.scene;
        let (person, text) = scene.lines.get(playing.next)?;
        playing.next += 1;
        playing.quiet_until = said;
        if playing.next == scene.lines.len() {
            self.stages.remove(stage);
            if scene.place.channel().is_some() {
                self.finished = Some(scene.place.clone());
            }
        }
        let text = props::fill(text, &mut self.random);
        Some(Line {
            person,
            place: scene.place.clone(),
            text,
        })
    }

    /// Each scene once before any comes again, and none where one is being played already.
    fn next_scene(&mut self) -> Option<&'static Scene> {
        if self.deck.is_empty() {
            self.deck = scenes().collect();
            self.random.shuffle(&mut self.deck);
        }
        let stages = &self.stages;
        let is_free = |scene: &&Scene| stages.iter().all(|stage| stage.scene.place != scene.place);
        let position = self.deck.iter().rposition(|scene| is_free(scene));
        position
            .map(|position| self.deck.remove(position))
            .or_else(|| self.deck.pop())
    }

    fn next_direct_scene(&mut self) -> Option<&'static Scene> {
        let is_direct = |scene: &&Scene| scene.place.channel().is_none();
        match self.deck.iter().rposition(is_direct) {
            Some(position) => Some(self.deck.remove(position)),
            None => scenes().find(is_direct),
        }
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
        let (reactions, edits) = (Vec::new(), Vec::new());
        Message {
            id,
            sender: person,
            place,
            content: text,
            at,
            reading: Reading::Unread,
            reactions,
            edits,
        }
    }
}

/// The name of a topic once it is resolved.
pub fn resolved(topic: &str) -> Cow<'static, str> {
    Cow::Owned(format!("✔ {topic}"))
}
