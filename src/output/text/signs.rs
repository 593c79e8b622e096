//! What stands within a paragraph and is of one piece: code, mentions, places, links, times, emoji. What is bold,
//! italic or struck comes after that (`emphasis.rs`).
//!
//! Nothing looks ahead without a bound or goes back: brackets and backticks are paired once, before.

use std::collections::HashMap;

use jiff::Timestamp;

use super::emphasis::{OPAQUE, emphasized};
use super::{Piece, Reader, emoji, html, link};
use crate::output::names::Subject;
use crate::output::palette::Styles;

/// What an empty topic is called.
pub const NO_TOPIC: &str = "general chat";
/// Text without any of these is what it is.
fn is_sign(byte: u8) -> bool {
    matches!(
        byte,
        b'`' | b'*' | b'~' | b'@' | b'#' | b'$' | b'<' | b'[' | b'&' | b':'
    )
}
/// A piece, or some that belong together, and the bytes that they take.
type Atom = (usize, Vec<Piece>);

impl Reader<'_> {
    /// The pieces of a text in that many quotes. Line breaks stay in them.
    pub(super) fn read_signs(&mut self, text: &str, depth: usize) -> Vec<Piece> {
        if !text.bytes().any(is_sign) {
            return vec![Piece::plain(text)];
        }
        let pairs = Pairs::of(text);
        let mut plain = String::with_capacity(text.len());
        let mut atoms = Vec::new();
        let (mut from, mut at) = (0, 0);
        while let Some(rest) = text.get(at..) {
            let may_begin = |byte| is_sign(byte) || matches!(byte, b'h' | b'!');
            let Some(next) = rest.bytes().position(may_begin) else {
                break;
            };
            at += next;
            let rest = rest.get(next..).unwrap_or_default();
            let before = text.get(..at).unwrap_or_default();
            // An emoji may follow another.
            let follows_atom = at == from && at > 0;
            let before = before.chars().next_back().filter(|_| !follows_atom);
            match self.atom(rest, at, before, &pairs, depth) {
                Some((length, pieces)) => {
                    plain.push_str(text.get(from..at).unwrap_or_default());
                    atoms.push((plain.len(), pieces));
                    plain.push(OPAQUE);
                    at += length;
                    from = at;
                }
                None => at += 1,
            }
        }
        plain.push_str(text.get(from..).unwrap_or_default());
        emphasized(&plain, atoms)
    }

    /// What the text begins with, which stands there and behind that character.
    fn atom(
        &mut self,
        text: &str,
        at: usize,
        before: Option<char>,
        pairs: &Pairs,
        depth: usize,
    ) -> Option<Atom> {
        let opens = before.is_none_or(|c| c.is_whitespace() || "'\"({[/<".contains(c));
        let is_in_word = before.is_some_and(char::is_alphanumeric);
        match text.as_bytes().first()? {
            b'`' => code(text, *pairs.code.get(&at)?),
            b'@' if opens => self.mention(text, depth > 0),
            b'#' if opens => place(text),
            b'$' if !is_in_word && before != Some('$') => maths(text),
            b'<' => self.time(text),
            b'&' => html::entity(text).map(|(length, text)| (length, vec![Piece::plain(text)])),
            b':' if !is_in_word && before != Some(':') => {
                emoji::named(text).map(|(length, emoji)| (length, vec![Piece::plain(emoji)]))
            }
            b'h' if !is_in_word => link::bare(text),
            b'[' => self.link(text, at, pairs, ""),
            b'!' if !is_in_word => {
                let (length, pieces) = self.link(text.strip_prefix('!')?, at + 1, pairs, "📎 ")?;
                Some((length + 1, pieces))
            }
            _ => None,
        }
    }

    /// `[title](address)`.
    fn link(&self, text: &str, at: usize, pairs: &Pairs, sign: &str) -> Option<Atom> {
        let middle = *pairs.brackets.get(&at)?;
        let is_link = text.get(middle - at..)?.starts_with("](");
        let end = *pairs.brackets.get(&(middle + 1)).filter(|_| is_link)?;
        let title = text.get(1..middle - at)?;
        let address = text.get(middle - at + 2..end - at)?;
        let title = html::decoded(title).replace('\n', " ");
        let pieces = link::titled(&title, address, sign, self.site)?;
        Some((end - at + 1, pieces))
    }

    /// `@**Bo**`, `@_**Bo|8**`, `@**|8**`, `@*oncall*`, `@_*oncall*`.
    fn mention(&mut self, text: &str, is_quoted: bool) -> Option<Atom> {
        let body = text.strip_prefix('@')?;
        let loud = body.strip_prefix('_');
        let is_silent = is_quoted || loud.is_some();
        let body = loud.unwrap_or(body);
        let mark = if body.starts_with("**") { "**" } else { "*" };
        let (inner, rest) = between(body, mark)?;
        let (name, id) = match inner.rsplit_once('|').filter(|_| mark == "**") {
            Some((name, id)) => (name, id.parse::<i64>().ok()),
            None => (inner, None),
        };
        let name = match id.filter(|_| name.is_empty()) {
            Some(id) => {
                let known = self.names.of(Subject::Person, id).map(ToOwned::to_owned);
                known.unwrap_or_else(|| {
                    self.names.miss(Subject::Person, id);
                    format!("user {id}")
                })
            }
            None => group_name(if id.is_some() { name } else { inner }).to_owned(),
        };
        let piece = if is_silent {
            Piece::new(name, Styles::MENTION)
        } else {
            Piece::new(format!("@{name}"), Styles::MENTION.and(Styles::BOLD))
        };
        Some((text.len() - rest.len(), vec![piece]))
    }

    /// `<time:2026-11-28T10:00:00+01:00>` or with seconds since 1970. Others stay as they are.
    fn time(&self, text: &str) -> Option<Atom> {
        let inner = text.strip_prefix("<time:")?;
        let end = inner.find(['<', '>', '\n'])?;
        let (time, rest) = inner.split_at(end);
        let rest = rest.strip_prefix('>')?;
        let length = text.len() - rest.len();
        let seconds = time
            .parse()
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok());
        let piece = match seconds.or_else(|| time.parse().ok()) {
            Some(moment) => {
                let year = self.when.map(|when| self.zone.to_datetime(when).year());
                let moment = self.zone.to_datetime(moment);
                let format = if Some(moment.year()) == year {
                    "%a %-d %b %H:%M"
                } else {
                    "%a %-d %b %Y %H:%M"
                };
                Piece::new(moment.strftime(format).to_string(), Styles::TIME)
            }
            None => Piece::plain(text.get(..length)?),
        };
        Some((length, vec![piece]))
    }

    /// Who is answered, and where if it is elsewhere. `line` stands before a quote. None where it says
    /// something else: it has a mention and a link to a message. Its words are translated, and their order
    /// is not the same everywhere.
    pub(super) fn answered(&mut self, line: &str, depth: usize) -> Option<Vec<Piece>> {
        let pieces = self.read_signs(line, depth);
        let is_link = |piece: &Piece| link::Near::of(piece.link.as_deref()).is_some();
        let at = pieces.iter().position(is_link)?;
        let near = link::Near::of(pieces.get(at)?.link.as_deref())?;
        let is_mention = |piece: &&Piece| piece.styles.has(Styles::MENTION);
        let (before, behind) = pieces.split_at_checked(at)?;
        let who = before
            .iter()
            .rfind(is_mention)
            .or_else(|| behind.iter().find(is_mention))?;
        let who = who.text.trim_start_matches('@');
        let named = behind
            .iter()
            .find(|piece| piece.styles.has(Styles::CHANNEL));
        let place = match near {
            link::Near::Channel { id, topic, .. }
                if self.channel == Some(id) && self.topic == topic =>
            {
                String::new()
            }
            link::Near::Channel { name, topic, .. } => match named {
                Some(piece) => format!(" in {}", piece.text),
                None => format!(
                    " in #{name} › {}",
                    if topic.is_empty() { NO_TOPIC } else { &topic }
                ),
            },
            link::Near::Direct if self.channel.is_some() => " in a DM".to_owned(),
            link::Near::Direct => String::new(),
        };
        Some(vec![Piece::new(format!("↪ {who}{place}"), Styles::DIM)])
    }
}

/// What stands between two marks of stars, and what follows.
fn between<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let inner = text.strip_prefix(mark)?;
    let end = inner.find(['*', '\n'])?;
    let (inner, rest) = inner.split_at(end);
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
fn place(text: &str) -> Option<Atom> {
    let (inner, rest) = between(text.strip_prefix('#')?, "**")?;
    let shown = match inner.split_once('>') {
        None => format!("#{inner}"),
        Some((channel, place)) => {
            let is_id = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
            let message = place.rsplit_once('@').filter(|(_, id)| is_id(id));
            let (topic, sign) = message.map_or((place, ""), |(topic, _)| (topic, " 💬"));
            let topic = if topic.is_empty() { NO_TOPIC } else { topic };
            format!("#{channel} › {topic}{sign}")
        }
    };
    let length = text.len() - rest.len();
    Some((length, vec![Piece::new(shown, Styles::CHANNEL)]))
}

/// `$$x$$`.
fn maths(text: &str) -> Option<Atom> {
    let inner = text.strip_prefix("$$")?;
    let end = inner
        .find(['$', '\n'])
        .filter(|end| *end > 0 && !inner.starts_with('_'))?;
    let rest = inner.get(end..)?.strip_prefix("$$")?;
    if rest.starts_with(|c: char| c == '$' || c.is_alphanumeric()) {
        return None;
    }
    let length = text.len() - rest.len();
    Some((length, vec![Piece::new(text.get(..length)?, Styles::CODE)]))
}

fn code(text: &str, (mark, length): (usize, usize)) -> Option<Atom> {
    let sign = text.get(..mark)?;
    let inner = Piece::new(text.get(mark..length - mark)?, Styles::CODE);
    Some((length, vec![Piece::sign(sign), inner, Piece::sign(sign)]))
}

/// What belongs together in a paragraph, found once.
struct Pairs {
    /// By the byte where code begins: the length of its mark and its own.
    code: HashMap<usize, (usize, usize)>,
    /// By the byte of an opening bracket or parenthesis: that of the closing one.
    brackets: HashMap<usize, usize>,
}

impl Pairs {
    fn of(text: &str) -> Pairs {
        let code = code_of(text);
        let mut brackets = HashMap::new();
        if !text.contains("](") {
            return Pairs { code, brackets };
        }
        let (mut square, mut round) = (Vec::new(), Vec::new());
        let mut code_end = 0;
        for (at, byte) in text.bytes().enumerate() {
            if let Some((_, length)) = code.get(&at) {
                code_end = at + length;
            }
            if at < code_end {
                continue;
            }
            let stack = match byte {
                b'[' | b']' => &mut square,
                b'(' | b')' => &mut round,
                _ => continue,
            };
            if matches!(byte, b'[' | b'(') {
                stack.push(at);
            } else if let Some(opened) = stack.pop() {
                brackets.insert(opened, at);
            }
        }
        Pairs { code, brackets }
    }
}

/// Code begins with some backticks and ends with as many.
fn code_of(text: &str) -> HashMap<usize, (usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.match_indices('`') {
        match runs.last_mut() {
            Some((start, length)) if *start + *length == at => *length += 1,
            _ => runs.push((at, 1)),
        }
    }
    let mut next_of_length = HashMap::new();
    let mut next = vec![None; runs.len()];
    for ((number, (_, length)), next) in runs.iter().enumerate().zip(&mut next).rev() {
        *next = next_of_length.insert(*length, number);
    }
    let mut code = HashMap::new();
    let mut from = 0;
    for (number, (start, mark)) in runs.iter().enumerate() {
        let is_escaped = text
            .get(..*start)
            .is_some_and(|before| before.ends_with('\\'));
        let close = next.get(number).copied().flatten();
        if let Some(close) = close.filter(|_| number >= from && !is_escaped)
            && let Some((end, _)) = runs.get(close)
        {
            code.insert(*start, (*mark, end + mark - start));
            from = close + 1;
        }
    }
    code
}
