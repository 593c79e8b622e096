//! Which events are shown: with a narrow, messages that match it, and what happens to them.
//!
//! Each term is answered by what an event carries, as far as that goes; then by what is remembered of the message;
//! and only then the message is to be looked up, which is left to whoever asks. What cannot be told is shown.

use std::collections::{HashMap, VecDeque};
use std::mem;

use super::Selection;
use super::about::AboutMessages;
use super::facts::{Answer, ChannelNames, Facts, all, any};
use super::narrow::{Term, Test};
use super::renamed::{channel_warning, renamed_channel, topic_warning};
use crate::event::{Event, MessageId};
use crate::kind;

/// Messages that are remembered.
const MOST_MESSAGES: usize = 10_000;
/// Channels whose names are remembered.
const MOST_CHANNELS: usize = 10_000;
/// Messages that are looked up for one event: their ids must fit into an address.
const MOST_LOOKED_UP: usize = 400;

/// What is to become of an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is printed.
    Shown,
    /// It is not.
    LeftOut,
    /// That depends on these messages: look them up, and ask again.
    Needs(Vec<MessageId>),
}

impl Decision {
    fn shown_if(is_shown: bool) -> Decision {
        if is_shown {
            Decision::Shown
        } else {
            Decision::LeftOut
        }
    }
}

/// Decides which events are shown, and remembers what it needs for that.
#[derive(Debug, Default)]
pub struct Filter {
    remembered: Remembered,
    channels: ChannelNames,
    /// The messages that were looked up for the next event.
    looked_up: Option<HashMap<MessageId, Answers>>,
    warnings: Vec<String>,
    /// Whether it was warned of an odd field.
    odd_field_reported: bool,
    /// What was said last of a new name: an event may come twice.
    last_rename: String,
}

/// What each term of a selection answers for a message, or by what an event tells of it.
type Answers = Box<[Answer]>;

/// The last messages.
#[derive(Debug, Default)]
struct Remembered {
    answers: HashMap<MessageId, Answers>,
    /// The oldest first.
    order: VecDeque<MessageId>,
}

impl Remembered {
    fn add(&mut self, id: MessageId, answers: Answers) {
        if self.answers.insert(id, answers).is_some() {
            return;
        }
        self.order.push_back(id);
        if self.order.len() > MOST_MESSAGES
            && let Some(oldest) = self.order.pop_front()
        {
            self.answers.remove(&oldest);
        }
    }

    /// An event has changed messages.
    fn update(&mut self, about: &AboutMessages, told: &Told) {
        if told.before == told.after {
            return;
        }
        let all = about.is_about_all.then(|| self.order.iter());
        for id in about.ids.iter().chain(all.into_iter().flatten()) {
            let answers = self.answers.get_mut(id).into_iter().flatten();
            for ((answer, before), after) in answers.zip(&told.before).zip(&told.after) {
                if before != after {
                    *answer = *after;
                }
            }
        }
    }
}

/// What an event tells of its messages, as they were and as they are.
struct Told {
    before: Answers,
    after: Answers,
}

impl Told {
    /// Whether a message matches, before the event or after it. What changes is known of the time before by what is
    /// remembered, and of the time after by what was looked up.
    fn answer(
        &self,
        selection: &Selection,
        remembered: Option<&Answers>,
        looked_up: Option<&Answers>,
    ) -> Answer {
        let known = |answers: Option<&Answers>, place: usize| *answers?.get(place)?;
        let sides = self.before.iter().zip(&self.after).enumerate();
        let sides = sides.map(|(place, (before, after))| {
            let (was, is) = (known(remembered, place), known(looked_up, place));
            let unchanged = |answer: Answer| answer.filter(|_| before == after);
            (
                before.or(was).or(unchanged(is)),
                after.or(is).or(unchanged(was)),
            )
        });
        let (before, after): (Vec<Answer>, Vec<Answer>) = sides.unzip();
        any([selection.combine(&before), selection.combine(&after)])
    }
}

impl Selection {
    /// Whether what happens to messages is selected beside a narrow.
    fn follows_messages(&self) -> bool {
        !self.narrows.is_empty() && AboutMessages::KINDS.iter().any(|kind| self.shows(kind))
    }

    /// What a user should know of the kinds beside a narrow.
    pub fn notices(&self) -> Vec<String> {
        if self.narrows.is_empty() || !self.has_other_kinds() {
            return Vec::new();
        }
        let mut notices = Vec::new();
        if self.follows_messages() {
            notices.push(
                "what happens to messages (edits, reactions, …) follows the narrow, and is shown where it cannot be told whether they match"
                    .to_owned(),
            );
        }
        let others = match &self.kinds {
            None => "all others".to_owned(),
            Some(kinds) => {
                let mut kinds = kinds.clone();
                kinds.retain(|kind| self.is_unfiltered(kind));
                kinds.join(", ")
            }
        };
        if !others.is_empty() {
            let text = format!("kinds that are about no message come unfiltered: {others}");
            notices.push(text);
        }
        notices
    }

    fn is_unfiltered(&self, kind: &str) -> bool {
        let is_filtered = AboutMessages::KINDS.contains(&kind);
        !is_filtered && kind != kind::MESSAGE && kind != kind::HEARTBEAT && self.shows(kind)
    }

    /// The kinds that tell when a narrow loses what it names, and when remembered messages change.
    pub(super) fn kinds_to_watch(&self) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        for Term { negated, test } in self.terms() {
            let is_named = !negated;
            match test {
                Test::Channel(channel) if is_named && channel.name().is_some() => {
                    kinds.push(kind::STREAM);
                }
                Test::Topic(_) if is_named => kinds.push(kind::UPDATE_MESSAGE),
                _ => {}
            }
            if self.follows_messages() {
                kinds.extend(test.changed_by());
            }
        }
        kinds
    }

    fn terms(&self) -> impl Iterator<Item = &Term> {
        self.narrows.iter().flat_map(|narrow| &narrow.terms)
    }

    fn answers(&self, facts: &Facts) -> Answers {
        self.terms().map(|term| term.answer(facts)).collect()
    }

    /// Whether one of the narrows matches, by the answers to all their terms.
    fn combine(&self, mut answers: &[Answer]) -> Answer {
        any(self.narrows.iter().map(|narrow| {
            let (own, others) = answers.split_at_checked(narrow.terms.len())?;
            answers = others;
            all(own.iter().copied())
        }))
    }
}

impl Filter {
    /// What is to become of an event.
    pub fn decide(&mut self, selection: &Selection, event: &Event) -> Decision {
        let is_selected = selection.shows(event.kind);
        if selection.narrows.is_empty() {
            return Decision::shown_if(is_selected);
        }
        if event.kind == kind::MESSAGE {
            return self.decide_message(selection, event);
        }
        if event.kind == kind::STREAM {
            if let Some([before, after]) = renamed_channel(event) {
                self.warn_of_new_name(channel_warning(selection, &before, &after));
                self.learn_channel(&after);
            }
            return Decision::shown_if(is_selected);
        }
        let Some(about) = AboutMessages::read(event, &self.channels) else {
            return Decision::shown_if(is_selected);
        };
        let told = Told {
            before: selection.answers(&about.before),
            after: selection.answers(&about.after),
        };
        for (id, place) in &about.places {
            if !self.remembered.answers.contains_key(id) {
                self.remembered.add(*id, selection.answers(place));
            }
        }
        let mut decision = Decision::LeftOut;
        if is_selected {
            decision = self.decide_about(selection, &about, &told);
        }
        if let Decision::Needs(_) = decision {
            return decision;
        }
        let moved = about
            .moves_topic
            .then(|| topic_warning(selection, &about.before, &about.after));
        self.remembered.update(&about, &told);
        for (id, answers) in self.looked_up.take().into_iter().flatten() {
            self.remembered.add(id, answers);
        }
        self.warn_of_new_name(moved.flatten());
        decision
    }

    /// By what an event about messages tells, what is remembered of them, and what was looked up for it.
    fn decide_about(&self, selection: &Selection, about: &AboutMessages, told: &Told) -> Decision {
        let mut unknown = Vec::new();
        let ids = about.ids.iter().map(|id| Some(*id));
        let nameless = about.ids.is_empty().then_some(None);
        for id in ids.chain(nameless) {
            let remembered = id.and_then(|id| self.remembered.answers.get(&id));
            let looked_up = id.and_then(|id| self.looked_up.as_ref()?.get(&id));
            match told.answer(selection, remembered, looked_up) {
                Some(true) => return Decision::Shown,
                Some(false) => {}
                None => unknown.push(id),
            }
        }
        let needed: Vec<MessageId> = unknown.iter().copied().flatten().collect();
        if needed.is_empty() || self.looked_up.is_some() {
            return Decision::shown_if(!unknown.is_empty());
        }
        Decision::Needs(needed.into_iter().take(MOST_LOOKED_UP).collect())
    }

    /// What was found of the messages that the next event needs, which is all that there is.
    pub fn set_looked_up<'a>(
        &mut self,
        selection: &Selection,
        found: impl IntoIterator<Item = (MessageId, Event<'a>)>,
    ) {
        let mut looked_up = HashMap::new();
        for (id, event) in found {
            if let Some(facts) = Facts::of_message(&event) {
                self.learn_channel(&facts);
                looked_up.insert(id, selection.answers(&facts));
            }
        }
        self.looked_up = Some(looked_up);
    }

    /// Remembers a message that is not to be printed.
    pub fn remember(&mut self, selection: &Selection, event: &Event) {
        if selection.follows_messages()
            && let Some(facts) = Facts::of_message(event)
        {
            self.remember_facts(selection, event, &facts);
        }
    }

    /// What the user has to know by now.
    pub fn take_warnings(&mut self) -> Vec<String> {
        mem::take(&mut self.warnings)
    }

    fn decide_message(&mut self, selection: &Selection, event: &Event) -> Decision {
        if !selection.shows(kind::MESSAGE) {
            return Decision::LeftOut;
        }
        let facts = Facts::of_message(event);
        let answer = facts.as_ref().and_then(|facts| selection.answer(facts));
        if answer.is_none() && !mem::replace(&mut self.odd_field_reported, true) {
            let field = facts.as_ref().map_or("message", Facts::odd_field);
            self.warnings.push(format!(
                "a message whose {field} is not as documented: whether the narrow matches cannot be told, so it is shown, as will be others like it"
            ));
        }
        if let Some(facts) = facts
            && selection.follows_messages()
        {
            self.remember_facts(selection, event, &facts);
        }
        Decision::shown_if(answer != Some(false))
    }

    fn remember_facts(&mut self, selection: &Selection, event: &Event, facts: &Facts) {
        if let Some(id) = event.message_id() {
            self.learn_channel(facts);
            self.remembered.add(id, selection.answers(facts));
        }
    }

    fn learn_channel(&mut self, facts: &Facts) {
        if let (Some(id), Some(name)) = (facts.channel_id, facts.channel_name())
            && (self.channels.len() < MOST_CHANNELS || self.channels.contains_key(&id))
            && self.channels.get(&id).is_none_or(|known| known != name)
        {
            self.channels.insert(id, name.to_owned());
        }
    }

    fn warn_of_new_name(&mut self, warning: Option<String>) {
        if let Some(text) = warning.filter(|text| *text != self.last_rename) {
            self.last_rename.clone_from(&text);
            self.warnings.push(text);
        }
    }
}
