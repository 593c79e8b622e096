//! Reads a narrow, however a person came by it: from the search box or the address bar of the web app, as a line on the
//! screen shows it, or as JSON in the forms of the API.
//!
//! What the search box understands: `web/src/filter.ts` of Zulip. Operators that servers have and live events have
//! not: `NarrowBuilder` in `zerver/lib/narrow.py`. The forms in JSON: `narrow_parameter` in
//! `zerver/views/messages.py` (1.7).

use std::borrow::Cow;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;

use super::link::{self, Pair, WebLink};
use super::narrow::{ChannelRef, DirectMessages, MessageState, Narrow, Scope, Sign, Term, Test};
use super::people::{People, valid_id};
use super::spelling::{Spelling, is_number, quoted};
use crate::kind::Kind;
use crate::nearest::nearest;

/// What a term can be.
pub struct TermWord {
    /// As it is written: an operator that ends with its colon, or a whole term. We write the first one.
    pub names: &'static [&'static str],
    /// What it means, with what stands behind the colon.
    read: fn(&Operand) -> Result<Test, &'static str>,
}

/// All that works on live events. Terms are read by this list; help, completions, hints and refusals are made
/// from it.
pub static WORDS: [TermWord; 14] = [
    word(&["channel:", "stream:"], channel),
    word(&["topic:", "subject:"], topic),
    word(&["sender:", "from:"], sender),
    word(&["sender:me", "from:me"], sender),
    word(&["dm:", "pm:", "pm-with:"], |operand| {
        direct(operand, Scope::Exactly)
    }),
    word(&["dm-with:", "dm-including:"], |operand| {
        direct(operand, Scope::WithOthers)
    }),
    word(&["group-pm-with:"], |operand| direct(operand, Scope::Group)),
    word(&["is:private", "is:dm"], |_| state(MessageState::Private)),
    word(&["is:mentioned", "mentions:me"], |_| {
        state(MessageState::Mentioned)
    }),
    word(&["is:starred"], |_| state(MessageState::Starred)),
    word(&["is:unread"], |_| state(MessageState::Unread)),
    word(&["is:alerted"], |_| state(MessageState::Alerted)),
    word(&["is:resolved"], |_| state(MessageState::Resolved)),
    word(&["has:reaction", "has:reactions"], |_| {
        state(MessageState::Reacted)
    }),
];

/// What the search box has and live events have not, and what works in its place.
const REFUSED: [(&[&str], &str); 11] = [
    (&["streams:public", "channels:public"], "use --all-public"),
    (
        &["streams:", "channels:"],
        "name each channel in a --narrow of its own",
    ),
    (
        &["date:"],
        "it is a place in the history: begin there with --since",
    ),
    (
        &["exact-topic:"],
        "use topic:, which compares the whole topic",
    ),
    (&["is:read"], "use -is:unread"),
    (
        &["is:followed", "is:muted", "in:"],
        "messages do not say it: name the channels or topics, each in a --narrow of its own",
    ),
    (
        &["mentions:"],
        "use is:mentioned for yourself; for others: … -m | jq -c 'select(.content | contains(\"@**NAME\"))'",
    ),
    (
        &["has:link", "has:links"],
        "choose from the output: … -m | jq -c 'select(.content | test(\"https?://\"))'",
    ),
    (
        &[
            "has:attachment",
            "has:attachments",
            "has:image",
            "has:images",
        ],
        "choose from the output: … -m | jq -c 'select(.content | contains(\"/user_uploads/\"))'",
    ),
    (
        &["search:"],
        "choose from the output: … -m | jq -c 'select(.content | contains(\"WORD\"))', or | grep WORD",
    ),
    (&["is:", "has:"], "messages do not say it"),
];

/// Where in the history one is: the first two select nothing beside other terms.
const PLACES: [&str; 3] = ["near", "with", "id"];

const fn word(
    names: &'static [&'static str],
    read: fn(&Operand) -> Result<Test, &'static str>,
) -> TermWord {
    TermWord { names, read }
}

/// What is wrong with a term, quoted as written; one in JSON in its compact form.
fn wrong_term(written: &str, fault: &str) -> String {
    format!("narrow term {} {fault}", quoted(written))
}

/// Where a narrow was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Behind `--narrow`, as in the search box: a name of several words stands in quotes.
    Option,
    /// As an argument of its own, where the shell has taken the quotes away.
    Argument,
}

/// The value of `--narrow`. An error is one line that says what works.
impl FromStr for Narrow {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Narrow::read(text, Origin::Option)
    }
}

impl Narrow {
    /// An argument that is no option and no option's value: the same, but words that follow a channel, a topic or a
    /// person belong to it.
    pub fn from_argument(text: &str) -> Result<Narrow, String> {
        Narrow::read(text, Origin::Argument)
    }

    fn read(text: &str, origin: Origin) -> Result<Narrow, String> {
        let text = text.trim();
        let mut terms = Terms::default();
        if text.starts_with(['[', '{']) {
            terms.add_json(text)?;
        } else if WebLink::is_link(text) {
            terms.add_link(text)?;
        } else if !terms.add_printed(text)? {
            terms.add_search(text, origin)?;
        }
        terms.finish(text)
    }
}

/// What was read so far.
#[derive(Default)]
struct Terms {
    narrow: Narrow,
    /// Which of [`PLACES`] stand in it.
    places: Vec<&'static str>,
}

impl Terms {
    fn add(&mut self, sign: Sign, operator: &str, operand: &Operand) -> Result<(), String> {
        if let Some(place) = PLACES.iter().find(|place| **place == operator) {
            self.places.push(place);
            return Ok(());
        }
        let test = test(operator, operand)?;
        self.narrow.terms.push(Term { sign, test });
        Ok(())
    }

    fn finish(self, text: &str) -> Result<Narrow, String> {
        let terms = &self.narrow.terms;
        let has = |is: fn(&Test) -> bool| terms.iter().any(|term| is(&term.test));
        let is_topic = has(|test| matches!(test, Test::Channel(_)))
            && has(|test| matches!(test, Test::Topic(_)));
        let is_conversation = is_topic || has(|test| matches!(test, Test::Direct(_)));
        if terms.is_empty() && self.places.is_empty() {
            return Err(format!("the narrow is empty; {}", working()));
        }
        let has_place = |place| self.places.contains(&place);
        if terms.is_empty() || has_place("id") || (has_place("with") && !is_conversation) {
            return Err(format!(
                "{} is a place in the history and no narrow: begin there with --since LINK, the web app's link to \
                 that message",
                quoted(text)
            ));
        }
        Ok(self.narrow)
    }

    /// A link of the web app.
    fn add_link(&mut self, text: &str) -> Result<(), String> {
        if text.contains(char::is_whitespace) {
            return Err(format!(
                "the link {} has a space in it: what follows a link is an argument or a --narrow of its own",
                quoted(text)
            ));
        }
        let link: WebLink = text.parse()?;
        self.narrow.sites.extend(link.site.clone());
        for pair in &link.pairs {
            self.add(pair.sign, &pair.operator, &Operand::of_link(pair))
                .map_err(|fault| {
                    wrong_term(&format!("{}:{}", pair.operator, pair.operand), &fault)
                })?;
        }
        Ok(())
    }

    /// As summaries, the chat view and messages show it: `#ops > deploy`, `DM Ada → Bo, Me`, `DM › Ada, Bo`,
    /// `#**ops>deploy@12**`.
    /// Tells whether it is such a text.
    fn add_printed(&mut self, text: &str) -> Result<bool, String> {
        let shown = text.strip_suffix('💬').unwrap_or(text).trim_end();
        let fault = |fault: String| wrong_term(text, &fault);
        let mut add = |operator, operand: &str| {
            let operand = Operand::Literal(operand.trim().to_owned());
            self.add(Sign::Positive, operator, &operand).map_err(fault)
        };
        if let Some(people) = shown
            .strip_prefix("DM › ")
            .or_else(|| shown.strip_prefix("DM > "))
        {
            return add("dm", people).map(|()| true);
        }
        if let Some((sender, people)) = shown
            .strip_prefix("DM ")
            .and_then(|rest| rest.split_once(" → "))
        {
            return add("dm", &format!("{sender}, {people}")).map(|()| true);
        }
        let Some(place) = shown.strip_prefix('#') else {
            return Ok(false);
        };
        let mention = place
            .strip_prefix("**")
            .and_then(|rest| rest.strip_suffix("**"));
        let (channel, topic) = match mention {
            Some(mention) => match mention.split_once('>') {
                Some((channel, topic)) => (channel, Some(without_message(topic))),
                None => (mention, None),
            },
            None => [" > ", " › "]
                .iter()
                .filter_map(|mark| place.split_once(mark))
                .min_by_key(|(channel, _)| channel.len())
                .map_or((place, None), |(channel, topic)| (channel, Some(topic))),
        };
        add("channel", channel)?;
        if let Some(topic) = topic {
            add("topic", topic)?;
        }
        Ok(true)
    }

    /// As in the search box.
    fn add_search(&mut self, text: &str, origin: Origin) -> Result<(), String> {
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (operator, after) = match rest.split_once(':') {
                Some((operator, after)) if looks_like_operator(operator) => (operator, after),
                _ => return Err(bare_word(first_word(rest), origin)),
            };
            let (operand, remaining) =
                search_operand(operator, after, origin).ok_or_else(|| {
                    format!(
                        "the quotes in narrow term {} do not match, write \\\" for a quote within",
                        quoted(rest)
                    )
                })?;
            let written = rest.strip_suffix(remaining).unwrap_or(rest).trim_end();
            let (sign, operator) = signed(operator);
            self.add(sign, &operator, &operand)
                .map_err(|fault| wrong_term(written, &fault))?;
            rest = remaining.trim_start();
        }
        Ok(())
    }

    /// A pair, an object, or a list of those.
    fn add_json(&mut self, text: &str) -> Result<(), String> {
        // Python's quotes, as in the examples of the bindings.
        let json = if text.contains('"') {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(text.replace('\'', "\""))
        };
        let value: Value = serde_json::from_str(&json).map_err(|cause| {
            format!(
                "narrow {} is not valid JSON ({cause}), write [[\"stream\",\"NAME\"]] or stream:NAME",
                quoted(text)
            )
        })?;
        match &value {
            Value::Array(items) if !matches!(items.first(), Some(Value::String(_))) => {
                items.iter().try_for_each(|item| self.add_json_term(item))
            }
            single => self.add_json_term(single),
        }
    }

    fn add_json_term(&mut self, item: &Value) -> Result<(), String> {
        let parts = if item.is_array() {
            Deserialize::deserialize(item)
                .ok()
                .map(|(operator, operand)| JsonTerm {
                    operator,
                    operand,
                    negated: false,
                })
        } else {
            JsonTerm::deserialize(item).ok()
        };
        let parts = parts.and_then(|parts| Some((Operand::of_json(&parts.operand)?, parts)));
        let Some((operand, parts)) = parts else {
            return Err(format!(
                "{} is not a narrow term, write [\"stream\",\"NAME\"] or \
                 {{\"operator\":\"stream\",\"operand\":\"NAME\",\"negated\":false}}",
                quoted(&item.to_string())
            ));
        };
        // A `-` before the operator negates as well.
        let (sign, operator) = signed(&parts.operator);
        let sign = if parts.negated { Sign::Negated } else { sign };
        operand
            .and_then(|operand| self.add(sign, &operator, &operand))
            .map_err(|fault| wrong_term(&item.to_string(), &fault))
    }
}

fn looks_like_operator(text: &str) -> bool {
    let name = text.trim_start_matches('-');
    !name.is_empty() && !text.starts_with('"') && !text.contains(char::is_whitespace)
}

/// An operator without the `-` before it, in lower case.
pub(super) fn signed(operator: &str) -> (Sign, String) {
    match operator.strip_prefix('-') {
        Some(operator) => (Sign::Negated, operator.to_lowercase()),
        None => (Sign::Positive, operator.to_lowercase()),
    }
}

/// Every operator of the lists, without its colon.
fn operators() -> impl Iterator<Item = &'static str> {
    let working = WORDS.iter().flat_map(|word| word.names);
    let refused = REFUSED.iter().flat_map(|(names, _)| *names);
    let listed = working
        .chain(refused)
        .filter_map(|name| name.split(':').next());
    listed.chain(PLACES)
}

/// Whether it is an operator, in any case: one that works, or one that is refused with what does.
pub fn is_operator(name: &str) -> bool {
    operators().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether a word begins a term: it has an operator, or what may be meant for one.
fn begins_term(word: &str) -> bool {
    let operator = word.split_once(':').map(|(operator, _)| signed(operator).1);
    operator.is_some_and(|operator| nearest(&operator, operators()).is_some())
}

fn bare_word(word: &str, origin: Origin) -> String {
    let meant = match origin {
        Origin::Option => {
            "has no operator, and live events cannot be searched for words (spaces need double quotes: \
             topic:\"lunch plans\")"
                .to_owned()
        }
        Origin::Argument if Kind::named(word).is_some() => format!(
            "has no operator: kinds of event stand behind -e with commas between them (-e message,{word})"
        ),
        Origin::Argument => format!(
            "has no operator; did you mean {}? A name of several words needs quotes ('topic:lunch plans'), \
             a list of kinds commas (-e message,reaction)",
            quoted(&format!("channel:{word}"))
        ),
    };
    format!("{} {meant}; {}", quoted(word), working())
}

/// The operand at the beginning, and what follows it; none where the quotes do not match.
fn search_operand<'a>(
    operator: &str,
    after: &'a str,
    origin: Origin,
) -> Option<(Operand, &'a str)> {
    let text = after.trim_start();
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(char::is_whitespace);
    if let Some(inner) = text.strip_prefix('"') {
        let (operand, rest) = quoted_operand(inner).filter(|(_, rest)| ends(rest))?;
        return Some((Operand::Literal(operand), rest));
    }
    // A quote that ends no word is an apostrophe.
    if let Some(inner) = text.strip_prefix('\'')
        && let Some((at, _)) = inner
            .match_indices('\'')
            .find(|(at, _)| ends(inner.get(at + 1..).unwrap_or_default()))
    {
        let (operand, rest) = inner.split_at(at);
        return Some((
            Operand::Literal(operand.to_owned()),
            rest.strip_prefix('\'')?,
        ));
    }
    // Behind a space it would be the next term.
    if text.len() < after.len() && begins_term(first_word(text)) {
        return Some((Operand::Bare(String::new()), text));
    }
    let takes_words = origin == Origin::Argument && takes_name(&signed(operator).1);
    let operand = if takes_words {
        words_before_term(text)
    } else {
        first_word(text)
    };
    Some((
        Operand::Bare(operand.to_owned()),
        text.strip_prefix(operand).unwrap_or_default(),
    ))
}

/// Whether an operator takes a name, which may have several words.
fn takes_name(operator: &str) -> bool {
    let name = format!("{operator}:");
    WORDS.iter().any(|word| word.names.contains(&&*name))
}

fn first_word(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or_default()
}

/// The first word, and all that follow it up to the next term.
fn words_before_term(text: &str) -> &str {
    let mut end = first_word(text).len();
    loop {
        let rest = text.get(end..).unwrap_or_default();
        let next = rest.trim_start();
        let word = first_word(next);
        if word.is_empty() || begins_term(word) {
            return text.get(..end).unwrap_or(text);
        }
        end += rest.len() - next.len() + word.len();
    }
}

/// Reads up to the closing quote; none if there is none. A backslash before anything but a quote or a
/// backslash stands for itself.
fn quoted_operand(text: &str) -> Option<(String, &str)> {
    let mut operand = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some((operand, chars.as_str())),
            '\\' => match chars.next()? {
                c @ ('"' | '\\') => operand.push(c),
                c => operand.extend(['\\', c]),
            },
            c => operand.push(c),
        }
    }
}

/// A topic without the message that `#**ops>deploy@12**` leads to.
fn without_message(topic: &str) -> &str {
    match topic.rsplit_once('@') {
        Some((topic, id)) if is_number(id) => topic,
        _ => topic,
    }
}

/// A term as an object. Unknown keys are refused: a misspelt `negated` would turn the meaning round.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonTerm {
    operator: String,
    operand: Value,
    #[serde(default)]
    negated: bool,
}

/// What stands after an operator.
enum Operand {
    /// In the search box, without quotes.
    Bare(String),
    /// To the letter.
    Literal(String),
    /// In links from before 2018, with a `-` for each space.
    Slug(String),
    /// In JSON and in links.
    Ids(Vec<i64>),
}

impl Operand {
    /// None where it is nothing that any operator takes.
    fn of_json(value: &Value) -> Option<Result<Operand, String>> {
        let id = |value: &Value| valid_id(value.as_i64()).map_err(str::to_owned);
        match value {
            Value::String(text) => Some(Ok(Operand::Literal(text.clone()))),
            Value::Number(_) => Some(id(value).map(|id| Operand::Ids(vec![id]))),
            Value::Array(ids) if !ids.is_empty() && ids.iter().all(Value::is_number) => Some(
                ids.iter()
                    .map(id)
                    .collect::<Result<_, _>>()
                    .map(Operand::Ids),
            ),
            _ => None,
        }
    }

    /// Channels and people stand there by id, with a name behind it, and by name in links from before 2018.
    fn of_link(pair: &Pair) -> Operand {
        let text = || Operand::Literal(pair.operand.clone());
        let by_id = || pair.ids().map(Operand::Ids);
        match &*pair.operator {
            "channel" | "stream" => by_id().unwrap_or_else(|| Operand::Slug(pair.operand.clone())),
            "topic" | "subject" | "is" | "has" => text(),
            _ => by_id().unwrap_or_else(text),
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Operand::Bare(text) | Operand::Literal(text) | Operand::Slug(text) => Some(text),
            Operand::Ids(_) => None,
        }
    }

    fn spelling(&self) -> Result<Spelling, &'static str> {
        match self {
            Operand::Bare(text) => Ok(Spelling::bare(text)),
            Operand::Literal(text) => Ok(Spelling::literal(text)),
            Operand::Slug(text) => Ok(Spelling::slug(text)),
            Operand::Ids(_) => Err("needs text, write the operand in quotes"),
        }
    }

    fn people(&self) -> Result<People, &'static str> {
        match self {
            Operand::Bare(text) | Operand::Literal(text) | Operand::Slug(text) => {
                People::parse(text)
            }
            Operand::Ids(ids) => Ok(People::with_ids(ids)),
        }
    }
}

/// What an operator in lower case and its operand mean; or what is wrong with them.
fn test(operator: &str, operand: &Operand) -> Result<Test, String> {
    let called = |name: &str| WORDS.iter().find(|word| word.names.contains(&name));
    let mut word = called(&format!("{operator}:"));
    if let Some(text) = operand.text() {
        let is_unnamed_topic = text.is_empty()
            && matches!(operand, Operand::Literal(_))
            && matches!(operator, "topic" | "subject");
        if text.trim().is_empty() && !is_unnamed_topic {
            let unnamed = if matches!(operator, "topic" | "subject") {
                " (topic:\"\" is the topic without a name)"
            } else {
                ""
            };
            return Err(format!(
                "has nothing to look for, write it after the operator{unnamed}"
            ));
        }
        if text.contains(char::is_control) {
            return Err("has a control character, which no name has, remove it".to_owned());
        }
        word = called(&format!("{operator}:{}", text.to_lowercase())).or(word);
    }
    match word {
        Some(word) => Ok((word.read)(operand)?),
        // As notices and cursor files write it.
        None if operator == "channel-id" => Ok(channel_id(operand)?),
        None => Err(unknown(operator, operand)),
    }
}

fn channel(operand: &Operand) -> Result<Test, &'static str> {
    if let Operand::Ids(_) = operand {
        return channel_id(operand);
    }
    // The id in `7` and `7-Denmark`.
    let leading = operand.text().and_then(|text| text.split('-').next());
    Ok(Test::Channel(ChannelRef {
        id: leading.and_then(link::id),
        ..ChannelRef::named(operand.spelling()?)
    }))
}

fn channel_id(operand: &Operand) -> Result<Test, &'static str> {
    let id = match operand {
        Operand::Ids(ids) => match ids.as_slice() {
            [id] => Some(*id),
            _ => return Err("names several channels: write a --narrow for each of them"),
        },
        operand => operand.text().and_then(|digits| digits.parse().ok()),
    };
    Ok(Test::Channel(ChannelRef::with_id(valid_id(id)?)))
}

#[expect(clippy::unnecessary_wraps, reason = "others may fail")]
fn state(state: MessageState) -> Result<Test, &'static str> {
    Ok(Test::State(state))
}

fn topic(operand: &Operand) -> Result<Test, &'static str> {
    Ok(Test::Topic(operand.spelling()?.of_topic()))
}

fn sender(operand: &Operand) -> Result<Test, &'static str> {
    Ok(Test::Sender(operand.people()?.only_one()?))
}

fn direct(operand: &Operand, scope: Scope) -> Result<Test, &'static str> {
    Ok(Test::Direct(DirectMessages {
        scope,
        people: operand.people()?,
        me: None,
    }))
}

/// Says what to do instead of an operator of the history, or which one was meant.
fn unknown(operator: &str, operand: &Operand) -> String {
    let term = format!(
        "{operator}:{}",
        operand.text().unwrap_or_default().to_lowercase()
    );
    let refused = |name: &str| {
        REFUSED
            .iter()
            .find(|(names, _)| names.contains(&name))
            .map(|(_, instead)| instead)
    };
    if let Some(instead) = refused(&term) {
        return format!("does not work on live events, {instead}; {}", working());
    }
    let names = WORDS.iter().flat_map(|word| word.names).copied();
    let meant = if matches!(operator, "is" | "has") {
        nearest(&term, names.filter(|name| !name.ends_with(':')))
    } else if is_operator(operator) {
        None
    } else {
        nearest(
            &format!("{operator}:"),
            names.filter(|name| name.ends_with(':')),
        )
    };
    let hint = meant.map(|meant| format!(" (did you mean {meant}?)"));
    match (hint, refused(&format!("{operator}:"))) {
        (None, Some(instead)) => format!("does not work on live events, {instead}; {}", working()),
        (Some(hint), Some(_)) => format!("does not exist{hint}; {}", working()),
        (hint, None) => format!(
            "has an unknown operator{}; {}",
            hint.unwrap_or_default(),
            working()
        ),
    }
}

/// What a refusal ends with.
fn working() -> String {
    let names: Vec<&str> = WORDS
        .iter()
        .filter_map(|word| word.names.first())
        .copied()
        .collect();
    format!(
        "what works is {}, and a - before any of them",
        names.join(", ")
    )
}
