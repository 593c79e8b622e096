//! What stands within a paragraph and is of one piece: code, mentions, places, links, times, emoji. What is
//! bold, italic or struck comes after that (`emphasis.rs`).
//!
//! Nothing is looked for again and again: brackets are paired once, before; code has marks of a few
//! lengths; and what else looks for its end stops at the next sign of its kind.

use std::ops::Range;
use std::rc::Rc;

use jiff::Timestamp;
use memchr::memchr2;

use super::emphasis::emphasize;
use super::{Piece, Reader, Words, emoji, html, link};
use crate::event::UNNAMED_TOPIC;
use crate::output::names::Noun;
use crate::output::palette::Styles;

/// Backticks before code: more than people write.
const LONGEST_MARK: usize = 16;

/// A place in a paragraph.
pub struct Place<'w, 't> {
    text: &'t str,
    at: usize,
    /// Where something that is of one piece ended.
    from: usize,
    /// Where links begin, in order, and where their titles and they end; none before they are needed.
    links: Option<Vec<[usize; 3]>>,
    /// Quotes around it: mentions in them are silent.
    depth: usize,
    words: &'w mut Words,
    /// What is of one piece, in the words.
    atoms: Vec<Range<usize>>,
}

impl Reader<'_> {
    /// Appends what a text says in that many quotes.
    pub(super) fn write(&mut self, text: &str, depth: usize, words: &mut Words) {
        let (first, start) = (words.pieces.len(), words.text.len());
        let mut place = Place {
            text,
            at: 0,
            from: 0,
            links: None,
            depth,
            words,
            atoms: Vec::with_capacity(16),
        };
        while let Some(next) = next_sign(place.rest()) {
            place.at += next;
            if let Some(length) = self.piece(&mut place) {
                place.at += length;
                place.from = place.at;
            } else {
                place.at += 1;
            }
        }
        place.at = text.len();
        place.push("", Styles::default(), None);
        let atoms = place.atoms;
        emphasize(words, first, start, &atoms);
    }

    /// Appends what begins here. Returns the bytes that it takes.
    fn piece(&mut self, place: &mut Place) -> Option<usize> {
        let text = place.rest();
        let before = place.before();
        let opens = || before.is_none_or(|c| c.is_whitespace() || "'\"({[/<".contains(c));
        let is_in_word = || before.is_some_and(char::is_alphanumeric);
        match text.chars().next()? {
            '`' if !matches!(before, Some('`' | '\\')) => code(text, place),
            '@' if opens() => self.mention(text, place),
            '#' if opens() => topic(text, place),
            '$' if !is_in_word() && before != Some('$') => maths(text, place),
            '<' => self.time(text, place),
            '&' => {
                let (length, character) = html::entity(text)?;
                Some(place.found(&character, length, Styles::default()))
            }
            ':' if !is_in_word() && before != Some(':') => {
                let (length, emoji) = emoji::named(text)?;
                Some(place.found(emoji, length, Styles::default()))
            }
            'h' if !is_in_word() => link::bare(text, place),
            '[' => self.link(place, place.at, ""),
            '!' if !is_in_word() => self.link(place, place.at + 1, "📎 "),
            _ => None,
        }
    }

    /// `[title](address)`, which begins at that byte.
    fn link(&self, place: &mut Place, start: usize, sign: &str) -> Option<usize> {
        let text = place.text;
        let links = place.links.get_or_insert_with(|| links(text, start));
        let at = links.binary_search_by_key(&start, |[start, ..]| *start);
        let [_, middle, end] = *links.get(at.ok()?)?;
        let mut title = html::decoded(text.get(start + 1..middle)?);
        if title.contains('\n') {
            title = title.replace('\n', " ").into();
        }
        link::titled(&title, text.get(middle + 2..end)?, sign, self.site, place)?;
        Some(end + 1 - place.at)
    }

    /// `@**Bo**`, `@_**Bo|8**`, `@**|8**`, `@*oncall*`, `@_*oncall*`.
    fn mention(&mut self, text: &str, place: &mut Place) -> Option<usize> {
        let loud = text.strip_prefix('@')?;
        let body = loud.strip_prefix('_').unwrap_or(loud);
        let (inner, rest) = in_stars(body, "**").or_else(|| in_stars(body, "*"))?;
        let (name, id) = inner.rsplit_once('|').unwrap_or((inner, ""));
        let name = match id.parse() {
            Ok(id) if name.is_empty() => &self.person(id),
            Ok(_) => name,
            Err(_) => group_name(inner),
        };
        let length = text.len() - rest.len();
        if place.depth > 0 || loud != body {
            return Some(place.found(name, length, Styles::MENTION));
        }
        let styles = Styles::MENTION.and(Styles::BOLD);
        Some(place.found(&["@", name].concat(), length, styles))
    }

    fn person(&mut self, id: i64) -> String {
        let name = self.names.find(&Noun::Person, id);
        name.unwrap_or_else(|| format!("user {id}"))
    }

    /// `<time:2026-11-28T10:00:00+01:00>` or with seconds since 1970. Others stay as they are.
    fn time(&self, text: &str, place: &mut Place) -> Option<usize> {
        let inner = text.strip_prefix("<time:")?;
        let (time, rest) = inner.split_at(inner.find(['<', '>', '\n'])?);
        let (tag, _) = text.split_at(text.len() - rest.strip_prefix('>')?.len());
        let seconds = time.parse().ok().map(Timestamp::from_second);
        let Ok(moment) = seconds.unwrap_or_else(|| time.parse()) else {
            return Some(place.found(tag, tag.len(), Styles::default()));
        };
        let year = self.when.map(|when| self.zone.to_datetime(when).year());
        let moment = self.zone.to_datetime(moment);
        let format = if Some(moment.year()) == year {
            "%a %-d %b %H:%M"
        } else {
            "%a %-d %b %Y %H:%M"
        };
        let shown = moment.strftime(format).to_string();
        Some(place.found(&shown, tag.len(), Styles::TIME))
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

impl<'t> Place<'_, 't> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The character before it; none behind something that is of one piece, since an emoji may follow another.
    fn before(&self) -> Option<char> {
        let before = self.text.get(self.from..self.at)?;
        before.chars().next_back()
    }

    /// Appends the text before it, and a piece.
    #[inline]
    pub fn push(&mut self, text: &str, styles: Styles, link: Option<&Rc<str>>) {
        let before = self.text.get(self.from..self.at).unwrap_or_default();
        self.from = self.at;
        self.words.plain(before);
        let start = self.words.text.len();
        self.words.push(text, styles, link);
        self.atoms.push(start..self.words.text.len());
    }

    /// The same for what takes so many bytes.
    fn found(&mut self, text: &str, length: usize, styles: Styles) -> usize {
        self.push(text, styles, None);
        length
    }
}

/// The next byte with which something may begin that is of one piece.
fn next_sign(text: &str) -> Option<usize> {
    let may_begin = |(at, byte)| match byte {
        b'`' | b'@' | b'#' | b'$' | b'<' | b'[' | b'&' | b':' | b'!' => true,
        b'h' => text.get(at..).is_some_and(|rest| rest.starts_with("http")),
        _ => false,
    };
    text.bytes().enumerate().position(may_begin)
}

/// What stands between two marks of stars, and what follows.
fn in_stars<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let inner = text.strip_prefix(mark)?;
    let (inner, rest) = inner.split_at(memchr2(b'*', b'\n', inner.as_bytes())?);
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
fn topic(text: &str, place: &mut Place) -> Option<usize> {
    let (inner, rest) = in_stars(text.strip_prefix('#')?, "**")?;
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let shown = match inner.split_once('>') {
        None => format!("#{inner}"),
        Some((channel, topic)) => match topic.rsplit_once('@') {
            Some((topic, id)) if is_id(id) => topic_name(channel, topic) + " 💬",
            _ => topic_name(channel, topic),
        },
    };
    Some(place.found(&shown, text.len() - rest.len(), Styles::CHANNEL))
}

fn topic_name(channel: &str, topic: &str) -> String {
    let topic = if topic.is_empty() {
        UNNAMED_TOPIC
    } else {
        topic
    };
    format!("#{channel} › {topic}")
}

/// `$$x$$`.
fn maths(text: &str, place: &mut Place) -> Option<usize> {
    let inner = text.strip_prefix("$$")?;
    let (inner, rest) = inner.split_at(inner.find(['$', '\n'])?);
    let rest = rest.strip_prefix("$$")?;
    let is_money = rest.starts_with(|c: char| c == '$' || c.is_alphanumeric());
    if inner.is_empty() || inner.starts_with('_') || is_money {
        return None;
    }
    let (maths, _) = text.split_at(text.len() - rest.len());
    Some(place.found(maths, maths.len(), Styles::CODE))
}

/// Code begins with some backticks and ends with as many.
fn code(text: &str, place: &mut Place) -> Option<usize> {
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
            place.push(mark, Styles::SIGN, None);
            place.push(inner.get(..at)?, Styles::CODE, None);
            place.push(mark, Styles::SIGN, None);
            return Some(mark.len() + end);
        }
        at = end;
    }
}

/// Where links begin from that byte on, in order, and where their titles and they end.
fn links(text: &str, from: usize) -> Vec<[usize; 3]> {
    let mut links = Vec::new();
    // Brackets that are open, the last title, and for parentheses the title that stands right before.
    let (mut square, mut title, mut round) = (Vec::new(), None, Vec::new());
    for (at, byte) in text.bytes().enumerate().skip(from) {
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
