//! Reads a narrow, however a person came by it: from the search box or the address bar of the web app, as a line on the
//! screen shows it, or as JSON in the forms of the API.
//!
//! What the search box understands: `web/src/filter.ts` of Zulip. Operators that servers have and live events have
//! not: `NarrowBuilder` in `zerver/lib/narrow.py`. The forms in JSON: `narrow_parameter` in
//! `zerver/views/messages.py` (1.7).

use std::borrow::Cow;
use std::iter;
use std::slice;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;

use super::link::{Pair, WebLink};
use super::narrow::{ChannelRef, DirectMessages, MessageState, Narrow, Scope, Term, Test};
use super::people::People;
use super::spelling::{Spelling, id, is_number, quoted};
use crate::nearest::nearest;

/// What a term can be.
pub struct TermWord {
    /// As it is written: an operator that ends with its colon, or a whole term. We write the first one.
    pub names: &'static [&'static str],
    meaning: Meaning,
}

/// What is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Channel,
    Topic,
    Sender,
    Direct(Scope),
    State(MessageState),
}

/// All that works on live events. Terms are read and written by this list; help, completions, hints and refusals are
/// made from it.
pub static WORDS: [TermWord; 14] = [
    word(&["channel:", "stream:"], Meaning::Channel),
    word(&["topic:", "subject:"], Meaning::Topic),
    word(&["sender:", "from:"], Meaning::Sender),
    word(&["sender:me", "from:me"], Meaning::Sender),
    word(&["dm:", "pm:", "pm-with:"], Meaning::Direct(Scope::Exactly)),
    word(
        &["dm-with:", "dm-including:"],
        Meaning::Direct(Scope::WithOthers),
    ),
    word(&["group-pm-with:"], Meaning::Direct(Scope::Group)),
    state(&["is:private", "is:dm"], MessageState::Private),
    state(&["is:mentioned", "mentions:me"], MessageState::Mentioned),
    state(&["is:starred"], MessageState::Starred),
    state(&["is:unread"], MessageState::Unread),
    state(&["is:alerted"], MessageState::Alerted),
    state(&["is:resolved"], MessageState::Resolved),
    state(&["has:reaction", "has:reactions"], MessageState::Reacted),
];

/// A channel by its id alone, as notices and cursor files write it, and as links and JSON mean it.
pub(super) const CHANNEL_ID: &str = "channel-id";

/// What the search box has and live events have not, and what works in its place.
const REFUSED: [(&[&str], &str); 10] = [
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
];

/// Where in the history one is: the first two select nothing beside other terms.
const PLACES: [&str; 3] = ["near", "with", "id"];

const fn word(names: &'static [&'static str], meaning: Meaning) -> TermWord {
    TermWord { names, meaning }
}

const fn state(names: &'static [&'static str], state: MessageState) -> TermWord {
    word(names, Meaning::State(state))
}

impl Meaning {
    /// What it is called here: an operator that ends with its colon, or a whole term.
    pub fn name(self) -> &'static str {
        let word = WORDS.iter().find(|word| word.meaning == self);
        word.and_then(|word| word.names.first()).unwrap_or(&"")
    }

    /// What a term tests that is written like that; or what is wrong with its operand.
    fn of(self, operand: Spelling) -> Result<Test, &'static str> {
        let people = || People::parse(&operand.written);
        Ok(match self {
            Meaning::Channel => Test::Channel(ChannelRef {
                // The id in `7` and `7-Denmark`.
                id: operand.written.split('-').next().and_then(id),
                name: Some(operand),
                listed: None,
            }),
            Meaning::Topic => Test::Topic(operand.of_topic()),
            Meaning::Sender => Test::Sender(people().only_one()?),
            Meaning::Direct(scope) => Test::Direct(DirectMessages {
                scope,
                people: people(),
                me: None,
            }),
            Meaning::State(state) => Test::State(state),
        })
    }
}

/// The value of `--narrow`, as in the search box: a name of several words stands in quotes. An error is one line that says
/// what works.
impl FromStr for Narrow {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Narrow::read(text, |_| false)
    }
}

impl Narrow {
    /// An argument that is no option and no option's value: the same, but words that follow a channel, a topic or a
    /// person belong to it, since the shell has taken the quotes away.
    pub fn from_argument(text: &str) -> Result<Narrow, String> {
        Narrow::read(text, takes_name)
    }

    fn read(text: &str, takes_words: fn(&str) -> bool) -> Result<Narrow, String> {
        let text = text.trim();
        let mut terms = Terms::default();
        if text.starts_with(['[', '{']) {
            terms.add_json(text)?;
        } else if WebLink::is_link(text) {
            terms.add_link(text)?;
        } else if let Some(printed) = printed(text) {
            for (operator, operand) in printed {
                terms.add(text, operator, Some(Spelling::literal(&operand)))?;
            }
        } else {
            terms.add_search(text, takes_words)?;
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
    /// Adds a term, with the `-` before its operator; where nothing stands behind that there is no operand.
    fn add(
        &mut self,
        written: &str,
        operator: &str,
        operand: Option<Spelling>,
    ) -> Result<(), String> {
        let operator = operator.to_lowercase();
        let name = operator.strip_prefix('-').unwrap_or(&operator);
        if let Some(place) = PLACES.iter().find(|place| **place == name) {
            self.places.push(place);
            return Ok(());
        }
        let test = test(name, operand)
            .map_err(|fault| format!("narrow term {} {fault}", quoted(written)))?;
        let negated = name.len() < operator.len();
        self.narrow.terms.push(Term { negated, test });
        Ok(())
    }

    fn finish(self, text: &str) -> Result<Narrow, String> {
        let terms = &self.narrow.terms;
        let is_conversation = terms
            .iter()
            .any(|term| matches!(term.test, Test::Topic(_) | Test::Direct(_)));
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
        self.narrow.sites.extend(link.site);
        for Pair { operator, operand } in &link.pairs {
            let written = format!("{operator}:{operand}");
            // The ids at the beginning: `8`, `8-King-Hamlet`, `8,9-group`. Links from before 2018 have names there.
            let slug = operand.split('-').next().unwrap_or_default();
            let (operator, operand) = match operator.trim_start_matches('-') {
                "topic" | "subject" | "is" | "has" => {
                    (operator.as_str(), Spelling::literal(operand))
                }
                _ if are_ids(slug) => (by_id(operator), Spelling::literal(slug)),
                "channel" | "stream" => (operator.as_str(), Spelling::slug(operand)),
                _ => (operator.as_str(), Spelling::literal(operand)),
            };
            self.add(&written, operator, Some(operand))?;
        }
        Ok(())
    }

    /// As in the search box.
    fn add_search(&mut self, text: &str, takes_words: fn(&str) -> bool) -> Result<(), String> {
        let mut rest = text;
        while !rest.is_empty() {
            let (operator, after) = match rest.split_once(':') {
                Some((operator, after)) if looks_like_operator(operator) => (operator, after),
                _ => return Err(bare_word(first_word(rest))),
            };
            let (operand, remaining) =
                search_operand(operator, after, takes_words).ok_or_else(|| {
                    format!(
                        "the quotes in narrow term {} do not match, write \\\" for a quote within",
                        quoted(rest)
                    )
                })?;
            let written = rest.strip_suffix(remaining).unwrap_or(rest).trim_end();
            self.add(written, operator, operand)?;
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
        let items = match &value {
            Value::Array(items) if !matches!(items.first(), Some(Value::String(_))) => items,
            single => slice::from_ref(single),
        };
        for item in items {
            let written = item.to_string();
            let term = JsonTerm::deserialize(item).ok();
            let Some((operator, operand)) = term.and_then(JsonTerm::parts) else {
                return Err(format!(
                    "{} is not a narrow term, write [\"stream\",\"NAME\"] or \
                     {{\"operator\":\"stream\",\"operand\":\"NAME\",\"negated\":false}}",
                    quoted(&written)
                ));
            };
            self.add(&written, &operator, Some(Spelling::literal(&operand)))?;
        }
        Ok(())
    }
}

fn looks_like_operator(text: &str) -> bool {
    let name = text.trim_start_matches('-');
    !name.is_empty() && !text.starts_with('"') && !text.contains(char::is_whitespace)
}

/// An operator without the `-` before it, in lower case.
fn without_sign(operator: &str) -> String {
    operator
        .strip_prefix('-')
        .unwrap_or(operator)
        .to_lowercase()
}

/// `8` or `8,9`.
fn are_ids(text: &str) -> bool {
    text.split(',').all(|part| id(part).is_some())
}

/// The operator for what stands there by id.
fn by_id(operator: &str) -> &str {
    match operator {
        "channel" | "stream" => CHANNEL_ID,
        "-channel" | "-stream" => "-channel-id",
        other => other,
    }
}

/// What summaries, the chat view and messages show: `#ops > deploy`, `DM Ada → Bo, Me`, `DM › Ada, Bo`,
/// `#**ops>deploy@12**`; none where it is something else. A row that was copied whole begins with the chat's bar.
fn printed(text: &str) -> Option<Vec<(&'static str, String)>> {
    let text = text.strip_prefix('▌').unwrap_or(text).trim_start();
    let text = text.strip_suffix('💬').unwrap_or(text).trim_end();
    let arrow = text
        .strip_prefix("DM ")
        .and_then(|rest| rest.split_once(" → "));
    if let Some((sender, people)) = arrow {
        return Some(vec![("dm", format!("{sender}, {people}"))]);
    }
    let marks = [" > ", " › "].into_iter();
    let parts = marks.filter_map(|mark| text.split_once(mark));
    let (place, rest) = match parts.min_by_key(|(place, _)| place.len()) {
        Some((place, rest)) => (place, Some(rest)),
        None => (text, None),
    };
    if place == "DM" {
        return Some(vec![("dm", rest?.to_owned())]);
    }
    let mention = text
        .strip_prefix("#**")
        .and_then(|mention| mention.strip_suffix("**"));
    let (channel, topic) = match mention.map(|mention| (mention, mention.split_once('>'))) {
        Some((_, Some((channel, topic)))) => (channel, Some(without_message(topic))),
        Some((channel, None)) => (channel, None),
        None => (place.strip_prefix('#')?, rest),
    };
    let topic = topic.map(|topic| ("topic", topic.to_owned()));
    let channel = ("channel", channel.to_owned());
    Some(iter::once(channel).chain(topic).collect())
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
pub fn begins_term(word: &str) -> bool {
    let operator = word
        .split_once(':')
        .map(|(operator, _)| without_sign(operator));
    operator.is_some_and(|operator| nearest(&operator, operators()).is_some())
}

fn bare_word(word: &str) -> String {
    format!(
        "{} has no operator, and live events cannot be searched for words; did you mean {}? A name of several words \
         needs quotes ('topic:\"lunch plans\"'), a list of kinds commas (-e message,reaction); {}",
        quoted(word),
        quoted(&format!("channel:{word}")),
        working()
    )
}

/// The operand at the beginning, if there is one, and what follows it; none where the quotes do not match.
fn search_operand<'a>(
    operator: &str,
    after: &'a str,
    takes_words: fn(&str) -> bool,
) -> Option<(Option<Spelling>, &'a str)> {
    let text = after.trim_start();
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(char::is_whitespace);
    if let Some(inner) = text.strip_prefix('"') {
        let (operand, rest) = quoted_operand(inner).filter(|(_, rest)| ends(rest))?;
        return Some((Some(Spelling::literal(&operand)), rest));
    }
    // A quote that ends no word is an apostrophe.
    if let Some(inner) = text.strip_prefix('\'') {
        let parts = inner.match_indices('\'').map(|(at, _)| inner.split_at(at));
        let mut parts =
            parts.filter_map(|(operand, rest)| Some((operand, rest.strip_prefix('\'')?)));
        if let Some((operand, rest)) = parts.find(|(_, rest)| ends(rest)) {
            return Some((Some(Spelling::literal(operand)), rest));
        }
    }
    // Behind a space it would be the next term.
    if text.is_empty() || (text.len() < after.len() && begins_term(first_word(text))) {
        return Some((None, text));
    }
    let operand = if takes_words(operator) {
        words_before_term(text)
    } else {
        first_word(text)
    };
    let rest = text.strip_prefix(operand).unwrap_or_default();
    Some((Some(Spelling::bare(operand)), rest))
}

/// Whether an operator takes a name, which may have several words.
fn takes_name(operator: &str) -> bool {
    let name = without_sign(operator) + ":";
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

/// A term as an object, or as a list of its values. Unknown keys are refused: a misspelt `negated` would turn the
/// meaning round.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonTerm {
    operator: String,
    operand: Value,
    #[serde(default)]
    negated: bool,
}

impl JsonTerm {
    /// The operator, with a `-` where it is negated, and the operand.
    fn parts(self) -> Option<(String, String)> {
        let mut operator = self.operator.to_lowercase();
        if self.negated && !operator.starts_with('-') {
            operator.insert(0, '-');
        }
        if let Value::String(text) = self.operand {
            return Some((operator, text));
        }
        let list = self.operand.to_string();
        let ids = list.trim_matches(['[', ']']);
        are_ids(ids).then(|| (by_id(&operator).to_owned(), ids.to_owned()))
    }
}

/// What an operator in lower case and its operand mean; or what is wrong with them.
fn test(operator: &str, operand: Option<Spelling>) -> Result<Test, String> {
    let is_topic = matches!(operator, "topic" | "subject");
    let is_something = |operand: &Spelling| is_topic || !operand.written.is_empty();
    let Some(operand) = operand.filter(is_something) else {
        let unnamed = if is_topic {
            " (topic:\"\" is the topic without a name)"
        } else {
            ""
        };
        return Err(format!(
            "has nothing to look for, write it after the operator{unnamed}"
        ));
    };
    if operand.written.contains(char::is_control) {
        return Err("has a control character, which no name has, remove it".to_owned());
    }
    if operator == CHANNEL_ID {
        let id = id(&operand.written).ok_or("has no valid id, ids are whole numbers from 1")?;
        return Ok(Test::Channel(ChannelRef {
            id: Some(id),
            ..ChannelRef::default()
        }));
    }
    let called = |name: &str| WORDS.iter().find(|word| word.names.contains(&name));
    let whole = format!("{operator}:{}", operand.written.to_lowercase());
    let operator = format!("{operator}:");
    match called(&whole).or_else(|| called(&operator)) {
        Some(word) => Ok(word.meaning.of(operand)?),
        None => Err(unknown(&whole, &operator)),
    }
}

/// Says what to do instead of a term of the history, or which one was meant.
fn unknown(whole: &str, operator: &str) -> String {
    let refused = |name: &str| REFUSED.iter().find(|(names, _)| names.contains(&name));
    if let Some((_, instead)) = refused(whole).or_else(|| refused(operator)) {
        return format!("does not work on live events, {instead}; {}", working());
    }
    let names = || WORDS.iter().flat_map(|word| word.names).copied();
    let meant = nearest(whole, names()).or_else(|| nearest(operator, names()));
    let hint = meant.map(|meant| format!(" (did you mean {meant}?)"));
    format!("does not exist{}; {}", hint.unwrap_or_default(), working())
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
