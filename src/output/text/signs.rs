//! What stands within a paragraph and is of one piece: code, mentions, places, links, times, emoji. What is
//! bold, italic or struck comes after that (`emphasis.rs`).
//!
//! Nothing is looked for again and again: brackets are paired once, before; code has marks of a few
//! lengths; and what else looks for its end stops at the next sign of its kind.

use std::collections::HashMap;

use jiff::Timestamp;

use super::emphasis::{ATOM, emphasized};
use super::{Piece, Reader, emoji, html, link};
use crate::output::names::Noun;
use crate::output::palette::Styles;

/// What an empty topic is called.
pub const NO_TOPIC: &str = "general chat";
/// Backticks before code: more than people write.
const LONGEST_MARK: usize = 16;

/// Some pieces that belong together, and the bytes that they take.
type Atom = (usize, Vec<Piece>);

/// A place in a paragraph.
struct Place<'t> {
    text: &'t str,
    at: usize,
    /// Where something that is of one piece ended.
    from: usize,
    /// Where links begin, and where their titles and they end.
    links: HashMap<usize, (usize, usize)>,
    /// Quotes around it: mentions in them are silent.
    depth: usize,
}

impl Reader<'_> {
    /// The pieces of a text in that many quotes. Line breaks stay in them.
    pub(super) fn pieces(&mut self, text: &str, depth: usize) -> Vec<Piece> {
        if !text.bytes().any(is_sign) {
            return vec![Piece::plain(text)];
        }
        let mut place = Place {
            text,
            at: 0,
            from: 0,
            links: links(text),
            depth,
        };
        let mut plain = String::with_capacity(text.len());
        let mut atoms = Vec::new();
        let may_begin = |byte| is_sign(byte) || matches!(byte, b'h' | b'!');
        while let Some(next) = place.rest().bytes().position(may_begin) {
            place.at += next;
            if let Some((length, pieces)) = self.atom(&place) {
                plain.push_str(text.get(place.from..place.at).unwrap_or_default());
                plain.push(ATOM);
                atoms.push(pieces);
                place.at += length;
                place.from = place.at;
            } else {
                place.at += 1;
            }
        }
        plain.push_str(text.get(place.from..).unwrap_or_default());
        emphasized(&plain, atoms)
    }

    /// What begins here.
    fn atom(&mut self, place: &Place) -> Option<Atom> {
        let text = place.rest();
        if text.starts_with('h') && !text.starts_with("http") {
            return None;
        }
        let before = place.before();
        let opens = before.is_none_or(|c| c.is_whitespace() || "'\"({[/<".contains(c));
        let is_in_word = before.is_some_and(char::is_alphanumeric);
        match text.chars().next()? {
            ATOM => Some(plain((1, ATOM))),
            '`' if !matches!(before, Some('`' | '\\')) => code(text),
            '@' if opens => self.mention(text, place.depth),
            '#' if opens => topic(text),
            '$' if !is_in_word && before != Some('$') => maths(text),
            '<' => self.time(text),
            '&' => html::entity(text).map(plain),
            ':' if !is_in_word && before != Some(':') => emoji::named(text).map(plain),
            'h' if !is_in_word => link::bare(text),
            '[' => self.link(place, place.at, ""),
            '!' if !is_in_word => self.link(place, place.at + 1, "📎 "),
            _ => None,
        }
    }

    /// `[title](address)`, which begins at that byte.
    fn link(&self, place: &Place, start: usize, sign: &str) -> Option<Atom> {
        let (middle, end) = *place.links.get(&start)?;
        let title = html::decoded(place.text.get(start + 1..middle)?).replace('\n', " ");
        let address = place.text.get(middle + 2..end)?;
        let pieces = link::titled(&title, address, sign, self.site)?;
        Some((end + 1 - place.at, pieces))
    }

    /// `@**Bo**`, `@_**Bo|8**`, `@**|8**`, `@*oncall*`, `@_*oncall*`.
    fn mention(&mut self, text: &str, depth: usize) -> Option<Atom> {
        let loud = text.strip_prefix('@')?;
        let body = loud.strip_prefix('_').unwrap_or(loud);
        let (inner, rest) = in_stars(body, "**").or_else(|| in_stars(body, "*"))?;
        let (name, id) = inner.rsplit_once('|').unwrap_or((inner, ""));
        let name = match id.parse() {
            Ok(id) if name.is_empty() => self.person(id),
            Ok(_) => name.to_owned(),
            Err(_) => group_name(inner).to_owned(),
        };
        let piece = if depth > 0 || loud != body {
            Piece::new(name, Styles::MENTION)
        } else {
            Piece::new(format!("@{name}"), Styles::MENTION.and(Styles::BOLD))
        };
        Some((text.len() - rest.len(), vec![piece]))
    }

    fn person(&mut self, id: i64) -> String {
        let name = self.names.find(&Noun::Person, id);
        name.unwrap_or_else(|| format!("user {id}"))
    }

    /// `<time:2026-11-28T10:00:00+01:00>` or with seconds since 1970. Others stay as they are.
    fn time(&self, text: &str) -> Option<Atom> {
        let inner = text.strip_prefix("<time:")?;
        let (time, rest) = inner.split_at(inner.find(['<', '>', '\n'])?);
        let (tag, _) = text.split_at(text.len() - rest.strip_prefix('>')?.len());
        let seconds = time.parse().ok().map(Timestamp::from_second);
        let Ok(moment) = seconds.unwrap_or_else(|| time.parse()) else {
            return Some((tag.len(), vec![Piece::plain(tag)]));
        };
        let year = self.when.map(|when| self.zone.to_datetime(when).year());
        let moment = self.zone.to_datetime(moment);
        let format = if Some(moment.year()) == year {
            "%a %-d %b %H:%M"
        } else {
            "%a %-d %b %Y %H:%M"
        };
        let shown = moment.strftime(format).to_string();
        Some((tag.len(), vec![Piece::new(shown, Styles::TIME)]))
    }

    /// Who is answered, and where if it is elsewhere. The pieces stand before a quote. None where they say
    /// something else: they have a mention and a link to a message. The words are translated, and their
    /// order is not the same everywhere.
    pub(super) fn answered(&self, pieces: &[Piece]) -> Option<Piece> {
        if !pieces.last()?.text.trim_end().ends_with([':', '：']) {
            return None;
        }
        let elsewhere = |piece: &Piece| self.elsewhere(piece.link.as_deref()?);
        let at = pieces.iter().position(|piece| elsewhere(piece).is_some())?;
        let (before, behind) = pieces.split_at_checked(at)?;
        let mut place = behind.first().and_then(elsewhere)?;
        let named = |piece: &&Piece| piece.styles.has(Styles::CHANNEL);
        if let Some(piece) = behind
            .iter()
            .find(named)
            .filter(|_| place.starts_with(" in #"))
        {
            place = format!(" in {}", piece.text);
        }
        let is_mention = |piece: &&Piece| piece.styles.has(Styles::MENTION);
        let who = before.iter().rfind(is_mention);
        let who = who.or_else(|| behind.iter().find(is_mention))?;
        let who = who.text.trim_start_matches('@');
        Some(Piece::new(format!("↪ {who}{place}"), Styles::DIM))
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

/// Text without any of these is what it is.
fn is_sign(byte: u8) -> bool {
    matches!(
        byte,
        b'`' | b'*' | b'~' | b'@' | b'#' | b'$' | b'<' | b'[' | b'&' | b':' | b'\0'
    )
}

fn plain((length, text): (usize, impl Into<String>)) -> Atom {
    (length, vec![Piece::plain(text)])
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
fn topic(text: &str) -> Option<Atom> {
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
    Some((length, vec![Piece::new(shown, Styles::CHANNEL)]))
}

fn topic_name(channel: &str, topic: &str) -> String {
    let topic = if topic.is_empty() { NO_TOPIC } else { topic };
    format!("#{channel} › {topic}")
}

/// `$$x$$`.
fn maths(text: &str) -> Option<Atom> {
    let inner = text.strip_prefix("$$")?;
    let (inner, rest) = inner.split_at(inner.find(['$', '\n'])?);
    let rest = rest.strip_prefix("$$")?;
    let is_money = rest.starts_with(|c: char| c == '$' || c.is_alphanumeric());
    if inner.is_empty() || inner.starts_with('_') || is_money {
        return None;
    }
    let (maths, _) = text.split_at(text.len() - rest.len());
    Some((maths.len(), vec![Piece::new(maths, Styles::CODE)]))
}

/// Code begins with some backticks and ends with as many.
fn code(text: &str) -> Option<Atom> {
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
            let code = Piece::new(inner.get(..at)?, Styles::CODE);
            let pieces = vec![Piece::sign(mark), code, Piece::sign(mark)];
            return Some((mark.len() + end, pieces));
        }
        at = end;
    }
}

/// Where links begin, and where their titles and they end.
fn links(text: &str) -> HashMap<usize, (usize, usize)> {
    let mut links = HashMap::new();
    if !text.contains("](") {
        return links;
    }
    // Brackets that are open, the last title, and for parentheses the title that stands right before.
    let (mut square, mut title, mut round) = (Vec::new(), None, Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => square.push(at),
            b']' => title = square.pop().map(|start| (start, at)),
            b'(' => round.push(title.filter(|(_, end)| end + 1 == at)),
            b')' => {
                let link = round.pop().flatten();
                links.extend(link.map(|(start, end)| (start, (end, at))));
            }
            _ => {}
        }
    }
    links
}
