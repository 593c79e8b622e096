//! What stands within a paragraph and is of one piece: code, mentions, places, links, times, emoji. What is
//! bold, italic or struck comes after that (`emphasis.rs`).
//!
//! Nothing is looked for again and again: brackets are paired once, before; code has marks of a few
//! lengths; and what else looks for its end stops at the next sign of its kind.

use std::borrow::Cow;
use std::rc::Rc;

use jiff::Timestamp;

use super::emphasis::{ATOM, emphasis};
use super::{Piece, Reader, Words, emoji, html, link};
use crate::output::names::Subject;
use crate::output::palette::Styles;

/// What an empty topic is called.
pub const NO_TOPIC: &str = "general chat";
/// Backticks before code: more than people write.
const LONGEST_MARK: usize = 16;

/// A part of what is of one piece.
pub struct Span<'t> {
    pub text: Cow<'t, str>,
    pub styles: Styles,
    pub link: Option<Rc<str>>,
}

/// The bytes that it takes, and what it is.
pub type Found<'t> = Option<(usize, Span<'t>)>;

/// A place in a paragraph.
struct Place<'t> {
    text: &'t str,
    at: usize,
    /// Where something that is of one piece ended.
    from: usize,
    /// Where links begin, in order, and where their titles and they end; none before they are needed.
    links: Option<Vec<[usize; 3]>>,
    /// Quotes around it: mentions in them are silent.
    depth: usize,
}

impl Reader<'_> {
    /// Appends what a text says in that many quotes.
    pub(super) fn write(&mut self, text: &str, depth: usize, words: &mut Words) {
        let mut place = Place {
            text,
            at: 0,
            from: 0,
            links: None,
            depth,
        };
        let mut plain = String::with_capacity(text.len());
        let mut spans = Vec::new();
        while let Some(next) = place.rest().bytes().position(may_begin) {
            place.at += next;
            let before = spans.len();
            if let Some(length) = self.span(&mut place, &mut spans) {
                plain.push_str(text.get(place.from..place.at).unwrap_or_default());
                plain.extend((before..spans.len()).map(|_| ATOM));
                place.at += length;
                place.from = place.at;
            } else {
                place.at += 1;
            }
        }
        plain.push_str(text.get(place.from..).unwrap_or_default());
        let styles = emphasis(&plain);
        let mut spans = spans.into_iter();
        let mut at = 0;
        for part in plain.split(ATOM) {
            let end = at + part.len();
            let runs = styles.get(at..end).unwrap_or_default();
            for run in runs.chunk_by(Styles::eq) {
                let text = plain.get(at..at + run.len()).unwrap_or_default();
                at += run.len();
                words.push(text, run.first().copied().unwrap_or_default(), None);
            }
            if let Some(span) = spans.next() {
                let around = styles.get(end).copied().unwrap_or_default();
                words.push(&span.text, span.styles.and(around), span.link.as_ref());
            }
            at = end + 1;
        }
    }

    /// Finds what begins here. Returns the bytes that it takes.
    fn span<'t>(&mut self, place: &mut Place<'t>, spans: &mut Vec<Span<'t>>) -> Option<usize> {
        let text = place.rest();
        if text.starts_with('h') && !text.starts_with("http") {
            return None;
        }
        let before = place.before();
        let opens = before.is_none_or(|c| c.is_whitespace() || "'\"({[/<".contains(c));
        let is_in_word = before.is_some_and(char::is_alphanumeric);
        let (length, span) = match text.chars().next()? {
            ATOM => (1, Span::plain("\0")),
            '`' if !matches!(before, Some('`' | '\\')) => return code(text, spans),
            '@' if opens => self.mention(text, place.depth)?,
            '#' if opens => topic(text)?,
            '$' if !is_in_word && before != Some('$') => maths(text)?,
            '<' => self.time(text)?,
            '&' => {
                let (length, character) = html::entity(text)?;
                (length, Span::plain(character))
            }
            ':' if !is_in_word && before != Some(':') => {
                let (length, emoji) = emoji::named(text)?;
                (length, Span::plain(emoji))
            }
            'h' if !is_in_word => link::bare(text)?,
            '[' => return self.link(place, place.at, "", spans),
            '!' if !is_in_word => return self.link(place, place.at + 1, "📎 ", spans),
            _ => return None,
        };
        spans.push(span);
        Some(length)
    }

    /// `[title](address)`, which begins at that byte.
    fn link<'t>(
        &self,
        place: &mut Place<'t>,
        start: usize,
        sign: &'static str,
        spans: &mut Vec<Span<'t>>,
    ) -> Option<usize> {
        let links = place.links.get_or_insert_with(|| links(place.text));
        let at = links
            .binary_search_by_key(&start, |[start, ..]| *start)
            .ok()?;
        let [_, middle, end] = *links.get(at)?;
        let title = html::decoded(place.text.get(start + 1..middle)?).replace('\n', " ");
        let address = place.text.get(middle + 2..end)?;
        spans.extend(link::titled(&title, address, sign, self.site)?);
        Some(end + 1 - place.at)
    }

    /// `@**Bo**`, `@_**Bo|8**`, `@**|8**`, `@*oncall*`, `@_*oncall*`.
    fn mention<'t>(&mut self, text: &'t str, depth: usize) -> Found<'t> {
        let loud = text.strip_prefix('@')?;
        let body = loud.strip_prefix('_').unwrap_or(loud);
        let (inner, rest) = in_stars(body, "**").or_else(|| in_stars(body, "*"))?;
        let (name, id) = inner.rsplit_once('|').unwrap_or((inner, ""));
        let name = match id.parse() {
            Ok(id) if name.is_empty() => self.person(id).into(),
            Ok(_) => name.into(),
            Err(_) => Cow::Borrowed(group_name(inner)),
        };
        let span = if depth > 0 || loud != body {
            Span::new(name, Styles::MENTION)
        } else {
            Span::new(["@", &name].concat(), Styles::MENTION.and(Styles::BOLD))
        };
        Some((text.len() - rest.len(), span))
    }

    fn person(&mut self, id: i64) -> String {
        if let Some(name) = self.names.of(Subject::Person, id) {
            return name.to_owned();
        }
        self.names.miss(Subject::Person, id);
        format!("user {id}")
    }

    /// `<time:2026-11-28T10:00:00+01:00>` or with seconds since 1970. Others stay as they are.
    fn time<'t>(&self, text: &'t str) -> Found<'t> {
        let inner = text.strip_prefix("<time:")?;
        let (time, rest) = inner.split_at(inner.find(['<', '>', '\n'])?);
        let (tag, _) = text.split_at(text.len() - rest.strip_prefix('>')?.len());
        let seconds = time.parse().ok().map(Timestamp::from_second);
        let Ok(moment) = seconds.unwrap_or_else(|| time.parse()) else {
            return Some((tag.len(), Span::plain(tag)));
        };
        let year = self.when.map(|when| self.zone.to_datetime(when).year());
        let moment = self.zone.to_datetime(moment);
        let format = if Some(moment.year()) == year {
            "%a %-d %b %H:%M"
        } else {
            "%a %-d %b %Y %H:%M"
        };
        let shown = moment.strftime(format).to_string();
        Some((tag.len(), Span::new(shown, Styles::TIME)))
    }

    /// Who is answered, and where if it is elsewhere. The pieces stand before a quote. None where they say
    /// something else: they have a mention and a link to a message. The words are translated, and their
    /// order is not the same everywhere.
    pub(super) fn answered(&self, pieces: &[(&str, &Piece)]) -> Option<String> {
        if !pieces.last()?.0.trim_end().ends_with([':', '：']) {
            return None;
        }
        let places = pieces
            .iter()
            .map(|(_, piece)| self.elsewhere(piece.link.as_deref()?));
        let (at, mut place) = places
            .enumerate()
            .find_map(|(at, place)| Some((at, place?)))?;
        let (before, behind) = pieces.split_at_checked(at)?;
        let is = |styles| move |(_, piece): &&(&str, &Piece)| piece.styles.has(styles);
        if let Some((channel, _)) = behind.iter().find(is(Styles::CHANNEL))
            && place.starts_with(" in #")
        {
            place = format!(" in {channel}");
        }
        let who = before.iter().rfind(is(Styles::MENTION));
        let (who, _) = who.or_else(|| behind.iter().find(is(Styles::MENTION)))?;
        Some(format!("↪ {}{place}", who.trim_start_matches('@')))
    }

    /// Where the message stands that an address leads to, if it is not where this one stands:
    /// `…#narrow/channel/7-ops/topic/deploy/near/41`, `…#narrow/dm/7,8-dm/near/41`.
    fn elsewhere(&self, address: &str) -> Option<String> {
        let (_, narrow) = address.split_once("#narrow/")?;
        let parts: Vec<&str> = narrow.trim_end_matches('/').split('/').take(7).collect();
        match parts.as_slice() {
            ["channel" | "stream", channel, _, topic, "near", _] => {
                let (id, name) = channel.split_once('-').unwrap_or((channel, ""));
                let topic = link::decoded(topic);
                if self.channel == id.parse().ok() && topic == self.topic {
                    return Some(String::new());
                }
                let name = link::decoded(name).replace('-', " ");
                Some(format!(" in {}", topic_name(&name, &topic)))
            }
            ["dm" | "pm-with", _, "near", _] => {
                let place = self.channel.map_or("", |_| " in a DM");
                Some(place.to_owned())
            }
            _ => None,
        }
    }
}

impl<'t> Place<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The character before it; none behind something that is of one piece, since an emoji may follow another.
    fn before(&self) -> Option<char> {
        let before = self.text.get(self.from..self.at)?;
        before.chars().next_back()
    }
}

impl<'t> Span<'t> {
    pub fn new(text: impl Into<Cow<'t, str>>, styles: Styles) -> Span<'t> {
        Span {
            text: text.into(),
            styles,
            link: None,
        }
    }

    pub fn plain(text: impl Into<Cow<'t, str>>) -> Span<'t> {
        Span::new(text, Styles::default())
    }
}

/// Whether something may begin with it that is of one piece.
fn may_begin(byte: u8) -> bool {
    matches!(
        byte,
        b'`' | b'@' | b'#' | b'$' | b'<' | b'[' | b'&' | b':' | b'h' | b'!' | b'\0'
    )
}

/// What stands between two marks of stars, and what follows.
fn in_stars<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let inner = text.strip_prefix(mark)?;
    let (inner, rest) = inner.split_at(inner.find(['*', '\n'])?);
    let rest = rest.strip_prefix(mark)?;
    (!inner.trim().is_empty()).then_some((inner, rest))
}

/// The groups that every server has are called otherwise in Markdown.
fn group_name(name: &str) -> &str {
    match name.strip_prefix("role:") {
        Some("nobody") => "Nobody",
        Some("owners") => "Owners",
        Some("administrators") => "Administrators",
        Some("moderators") => "Moderators",
        Some("fullmembers") => "Full members",
        Some("members") => "Members",
        Some("everyone") => "Everyone",
        Some("internet") => "Everyone on the internet",
        _ => name,
    }
}

/// `#**ops**`, `#**ops>deploy**`, `#**ops>deploy@41**`.
fn topic(text: &str) -> Found<'_> {
    let (inner, rest) = in_stars(text.strip_prefix('#')?, "**")?;
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let shown = match inner.split_once('>') {
        None => format!("#{inner}"),
        Some((channel, topic)) => match topic.rsplit_once('@') {
            Some((topic, id)) if is_id(id) => topic_name(channel, topic) + " 💬",
            _ => topic_name(channel, topic),
        },
    };
    let length = text.len() - rest.len();
    Some((length, Span::new(shown, Styles::CHANNEL)))
}

fn topic_name(channel: &str, topic: &str) -> String {
    let topic = if topic.is_empty() { NO_TOPIC } else { topic };
    format!("#{channel} › {topic}")
}

/// `$$x$$`.
fn maths(text: &str) -> Found<'_> {
    let inner = text.strip_prefix("$$")?;
    let (inner, rest) = inner.split_at(inner.find(['$', '\n'])?);
    let rest = rest.strip_prefix("$$")?;
    let is_money = rest.starts_with(|c: char| c == '$' || c.is_alphanumeric());
    if inner.is_empty() || inner.starts_with('_') || is_money {
        return None;
    }
    let (maths, _) = text.split_at(text.len() - rest.len());
    Some((maths.len(), Span::new(maths, Styles::CODE)))
}

/// Code begins with some backticks and ends with as many.
fn code<'t>(text: &'t str, spans: &mut Vec<Span<'t>>) -> Option<usize> {
    let inner = text.trim_start_matches('`');
    let (mark, _) = text.split_at(text.len() - inner.len());
    if mark.len() > LONGEST_MARK {
        return None;
    }
    let mut at = 0;
    loop {
        at += inner.get(at..)?.find('`')?;
        let behind = inner.get(at..)?.trim_start_matches('`');
        let end = inner.len() - behind.len();
        if end - at == mark.len() {
            let sign = || Span::new(mark, Styles::SIGN);
            spans.extend([sign(), Span::new(inner.get(..at)?, Styles::CODE), sign()]);
            return Some(mark.len() + end);
        }
        at = end;
    }
}

/// Where links begin, in order, and where their titles and they end.
fn links(text: &str) -> Vec<[usize; 3]> {
    let mut links = Vec::new();
    // Brackets that are open, the last title, and for parentheses the title that stands right before.
    let (mut square, mut title, mut round) = (Vec::new(), None, Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => square.push(at),
            b']' => title = square.pop().map(|start| (start, at)),
            b'(' => round.push(title.filter(|(_, end)| end + 1 == at)),
            b')' => {
                let link = round.pop().flatten();
                links.extend(link.map(|(start, end)| [start, end, at]));
            }
            _ => {}
        }
    }
    links.sort_unstable();
    links
}
