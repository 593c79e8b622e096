//! Which events are shown: with a narrow, messages that match it, and what happens to them.
//!
//! Each term is answered by what an event carries, as far as that goes; then by what is remembered of the message;
//! and only then the message is to be looked up, which is left to whoever asks. What cannot be told is shown.

use std::collections::{HashMap, VecDeque};
use std::mem;

use super::about::{AboutMessages, ChannelNames, Sides};
use super::facts::{Answer, Facts, all, any};
use super::narrow::{Sign, Term, Test};
use super::renamed::{RenamedChannel, moved_topic};
use super::{MESSAGE, Selection};
use crate::event::{Event, MessageId};
use crate::kind::Kind;

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

/// What each term of a selection answers for a message; none: it cannot tell.
type Answers = Box<[Option<bool>]>;

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

    /// Whether an event is shown, by what it carries, what is remembered, and what was looked up for it.
    fn decide(
        &self,
        selection: &Selection,
        about: &AboutMessages,
        looked_up: Option<&HashMap<MessageId, Answers>>,
    ) -> Decision {
        let mut unknown = Vec::new();
        let ids = about.ids.iter().map(|id| Some(*id));
        let nameless = about.ids.is_empty().then_some(None);
        for id in ids.chain(nameless) {
            let before = id.and_then(|id| self.answers.get(&id));
            let after = id.and_then(|id| looked_up?.get(&id));
            match about.answer(selection, id, before, after) {
                Ok(true) => return Decision::Shown,
                Ok(false) => {}
                Err(_) => unknown.push(id),
            }
        }
        let needed: Vec<MessageId> = unknown.iter().copied().flatten().collect();
        if needed.is_empty() || looked_up.is_some() {
            return Decision::shown_if(!unknown.is_empty());
        }
        Decision::Needs(needed.into_iter().take(MOST_LOOKED_UP).collect())
    }

    /// An event has changed messages.
    fn update(&mut self, selection: &Selection, about: &AboutMessages) {
        let terms: Vec<(usize, &Term)> = selection
            .terms()
            .enumerate()
            .filter(|(_, term)| about.changes(&term.test))
            .collect();
        if terms.is_empty() {
            return;
        }
        let all = about.is_about_all.then(|| self.order.iter());
        for id in about.ids.iter().chain(all.into_iter().flatten()) {
            let Some(answers) = self.answers.get_mut(id) else {
                continue;
            };
            for (place, term) in &terms {
                if let Some(answer) = answers.get_mut(*place) {
                    *answer = term.answer(&about.of(Some(*id)).after).ok();
                }
            }
        }
    }
}

impl AboutMessages<'_> {
    /// Whether a message matches, before the event or after it. What it may change is known of the time before by what
    /// is remembered, and of the time after by what was looked up.
    fn answer(
        &self,
        selection: &Selection,
        id: Option<MessageId>,
        remembered: Option<&Answers>,
        looked_up: Option<&Answers>,
    ) -> Answer {
        let known =
            |answers: Option<&Answers>, place: usize| answers?.get(place).copied().flatten();
        let Sides { before, after } = self.of(id);
        let before = selection.any_narrow(|place, term| {
            let more = known(remembered, place)
                .or_else(|| known(looked_up, place).filter(|_| !self.changes(&term.test)));
            term.answer(before).or_else(|field| more.ok_or(field))
        });
        let after = selection.any_narrow(|place, term| {
            let more = known(looked_up, place)
                .or_else(|| known(remembered, place).filter(|_| !self.changes(&term.test)));
            term.answer(after).or_else(|field| more.ok_or(field))
        });
        any([before, after])
    }
}

impl Selection {
    /// Whether what happens to messages is selected beside a narrow.
    pub fn follows_messages(&self) -> bool {
        let is_shown = |kind: &Kind| self.shows(kind.name());
        !self.narrows.is_empty() && AboutMessages::KINDS.iter().any(is_shown)
    }

    /// What a user should know of the kinds beside a narrow.
    pub fn notices(&self) -> Vec<String> {
        if self.narrows.is_empty() || !self.has_other_kinds() {
            return Vec::new();
        }
        let follows = self.follows_messages().then(|| {
            "what happens to messages follows the narrow, and is shown where it cannot be told whether they match"
                .to_owned()
        });
        let others: Vec<&str> = match &self.kinds {
            None => vec!["all others"],
            Some(kinds) => {
                let kinds = kinds.iter().map(String::as_str);
                kinds.filter(|kind| self.is_unfiltered(kind)).collect()
            }
        };
        let unfiltered = (!others.is_empty()).then(|| {
            format!(
                "kinds that are about no message come unfiltered: {}",
                others.join(", ")
            )
        });
        follows.into_iter().chain(unfiltered).collect()
    }

    fn is_unfiltered(&self, kind: &str) -> bool {
        let is_about_messages =
            Kind::named(kind).is_some_and(|kind| AboutMessages::KINDS.contains(&kind));
        ![MESSAGE, super::HEARTBEAT].contains(&kind) && self.shows(kind) && !is_about_messages
    }

    /// The kinds that tell when a narrow loses what it names, and when remembered messages change.
    pub(super) fn kinds_to_watch(&self) -> Vec<Kind> {
        let mut kinds = Vec::new();
        for Term { sign, test } in self.terms() {
            let is_named = *sign == Sign::Positive;
            match test {
                Test::Channel(channel) if is_named && channel.name().is_some() => {
                    kinds.push(Kind::STREAM);
                }
                Test::Topic(_) if is_named => kinds.push(Kind::UPDATE_MESSAGE),
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
        self.terms().map(|term| term.answer(facts).ok()).collect()
    }

    /// Whether one of the narrows matches, by the answer to each term and its place among all of them.
    fn any_narrow(&self, answer: impl Fn(usize, &Term) -> Answer) -> Answer {
        let mut place = 0;
        any(self.narrows.iter().map(|narrow| {
            let first = place;
            place += narrow.terms.len();
            all(narrow
                .terms
                .iter()
                .zip(first..)
                .map(|(term, place)| answer(place, term)))
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
        if event.kind == MESSAGE {
            return self.decide_message(selection, event);
        }
        if event.kind == Kind::STREAM.name()
            && let Some(renamed) = RenamedChannel::read(event)
        {
            self.warn_of_new_name(renamed.warning(selection));
            self.set_channel(renamed.id, &renamed.new);
        }
        let Some(about) = AboutMessages::read(event, &self.channels) else {
            return Decision::shown_if(is_selected);
        };
        let looked_up = self.looked_up.take();
        let decision = if is_selected {
            self.remembered
                .decide(selection, &about, looked_up.as_ref())
        } else {
            Decision::LeftOut
        };
        if let Decision::Needs(_) = decision {
            return decision;
        }
        let moved = moved_topic(&about, selection);
        self.remembered.update(selection, &about);
        for (id, answers) in looked_up.into_iter().flatten() {
            self.remembered.add(id, answers);
        }
        self.warn_of_new_name(moved);
        decision
    }

    /// What was found of the messages that the next event needs, which is all that there is.
    pub fn set_looked_up<'a>(
        &mut self,
        selection: &Selection,
        found: impl IntoIterator<Item = (MessageId, Event<'a>)>,
    ) {
        let mut looked_up = HashMap::new();
        for (id, event) in found {
            if let Ok(facts) = Facts::of_message(&event) {
                self.learn_channel(&facts);
                looked_up.insert(id, selection.answers(&facts));
            }
        }
        self.looked_up = Some(looked_up);
    }

    /// Remembers a message that is not to be printed.
    pub fn remember(&mut self, selection: &Selection, event: &Event) {
        if selection.follows_messages()
            && let Ok(facts) = Facts::of_message(event)
        {
            self.remember_facts(selection, event, &facts);
        }
    }

    /// What the user has to know by now.
    pub fn take_warnings(&mut self) -> Vec<String> {
        mem::take(&mut self.warnings)
    }

    fn decide_message(&mut self, selection: &Selection, event: &Event) -> Decision {
        if !selection.shows(MESSAGE) {
            return Decision::LeftOut;
        }
        let facts = Facts::of_message(event);
        let answer = match &facts {
            Ok(facts) => selection.answer(facts),
            Err(field) => Err(*field),
        };
        if selection.follows_messages()
            && let Ok(facts) = &facts
        {
            self.remember_facts(selection, event, facts);
        }
        if let Err(field) = answer
            && !mem::replace(&mut self.odd_field_reported, true)
        {
            let text = format!(
                "a message whose {field} is not as documented: whether the narrow matches cannot be told, so it is shown, as will be others like it"
            );
            self.warnings.push(text);
        }
        Decision::shown_if(answer != Ok(false))
    }

    fn remember_facts(&mut self, selection: &Selection, event: &Event, facts: &Facts) {
        if let Some(id) = event.message_id() {
            self.learn_channel(facts);
            self.remembered.add(id, selection.answers(facts));
        }
    }

    fn learn_channel(&mut self, facts: &Facts) {
        if let Some((id, name)) = facts.channel()
            && self.channels.get(&id).is_none_or(|known| known != name)
        {
            self.set_channel(id, name);
        }
    }

    fn set_channel(&mut self, id: i64, name: &str) {
        if self.channels.len() < MOST_CHANNELS || self.channels.contains_key(&id) {
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
