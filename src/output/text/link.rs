//! Links: where they lead, and what is shown of that.
//!
//! A hyperlink leads to http and https only, and is what a library made of the address. Where there is
//! none, or where a title looks like another place than that, the address or its host is shown.

use std::rc::Rc;

use url::Url;

use super::{Piece, Shown};
use crate::output::palette::Styles;
use crate::output::sanitize::find_hidden;

/// Terminals take no longer addresses.
const LONGEST: usize = 2083;
/// Those that servers make links of.
const SCHEMES: [&str; 8] = [
    "http", "https", "ftp", "mailto", "file", "bitcoin", "sms", "tel",
];

/// What a terminal may open.
fn hyperlink(address: &str) -> Option<Rc<str>> {
    if find_hidden(address).is_some() {
        return None;
    }
    let url = Url::parse(address).ok()?;
    let is_safe = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_safe = is_safe && url.as_str().len() <= LONGEST && url.as_str().is_ascii();
    is_safe.then(|| url.as_str().into())
}

/// An address that stands in a text, and how long it is.
pub fn bare(text: &str) -> Option<(usize, Vec<Piece>)> {
    let after = text
        .strip_prefix("https://")
        .or(text.strip_prefix("http://"))?;
    let mut depth = 0_usize;
    let is_over = |c: char| {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ => return c.is_whitespace() || matches!(c, ')' | '<' | '>' | '"' | '`'),
        }
        false
    };
    let end = after.find(is_over).unwrap_or(after.len());
    let inside = after.get(..end)?;
    let inside = inside.trim_end_matches(['!', ':', ';', '?', ',', '.', '\'', '*', '~']);
    if inside.is_empty() {
        return None;
    }
    let length = text.len() - after.len() + inside.len();
    let address = text.get(..length)?;
    let piece = Piece {
        link: hyperlink(address),
        ..Piece::new(address, Styles::LINK)
    };
    Some((length, vec![piece]))
}

/// A link with a title. None where servers make none of it. `sign` stands before a picture.
pub fn titled(title: &str, address: &str, sign: &str, site: Option<&str>) -> Option<Vec<Piece>> {
    let typed = address.trim();
    let typed = match typed
        .strip_prefix('<')
        .and_then(|inner| inner.split_once('>'))
    {
        Some((inner, "")) => inner,
        _ => typed,
    };
    // Behind it may be a title in quotes.
    let address = typed
        .strip_suffix('"')
        .and_then(|typed| typed.split_once(" \""));
    let address = address.map_or(typed, |(address, _)| address.trim_end());
    if address.is_empty() || address.contains('\n') {
        return None;
    }
    let own = own_path(address, site);
    let link = match own {
        Some(path) => {
            site.and_then(|site| hyperlink(Url::parse(site).ok()?.join(path).ok()?.as_str()))
        }
        None => hyperlink(&with_scheme(address)?),
    };
    let is_upload = own.is_some_and(|path| path.starts_with("/user_uploads/"));
    let name = match title.trim() {
        "" if is_upload => file_name(address),
        "" => address.to_owned(),
        _ => title.to_owned(),
    };
    let mut pieces = vec![Piece::plain(if is_upload { "📎 " } else { sign })];
    if let Some(path) = own {
        let (name, styles) = match narrow_name(&name).filter(|_| path.contains("#narrow/")) {
            Some(place) => (place, Styles::LINK.and(Styles::CHANNEL)),
            None => (name, Styles::LINK),
        };
        pieces.push(Piece {
            link,
            ..Piece::new(name, styles)
        });
        return Some(pieces);
    }
    let bare = |text: &str| {
        let text = text.trim_end_matches('/');
        let text = text
            .strip_prefix("https://")
            .or(text.strip_prefix("http://"))
            .unwrap_or(text);
        text.to_owned()
    };
    let host = foreign_host(&name, link.as_deref());
    if bare(&name) != bare(typed) {
        let shown = if link.is_some() {
            Shown::WithoutLinks
        } else {
            Shown::Always
        };
        pieces.push(Piece {
            shown,
            ..Piece::plain(format!(" ({typed})"))
        });
    }
    pieces.extend(host.map(|host| Piece {
        shown: Shown::WithColor,
        ..Piece::plain(format!(" ({host})"))
    }));
    pieces.insert(
        1,
        Piece {
            link,
            ..Piece::new(name, Styles::LINK)
        },
    );
    Some(pieces)
}

/// What follows the address of our own server.
fn own_path<'a>(address: &'a str, site: Option<&str>) -> Option<&'a str> {
    if address.starts_with("//") {
        return None;
    }
    if address.starts_with(['/', '#']) {
        return Some(address);
    }
    let path = address.strip_prefix(site?)?;
    (path.is_empty() || path.starts_with(['/', '#', '?'])).then_some(path)
}

/// An address as a library reads it; none for what servers make no links of.
fn with_scheme(address: &str) -> Option<String> {
    if address.starts_with("//") {
        return Some(format!("http:{address}"));
    }
    let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
    if SCHEMES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme))
    {
        return Some(address.to_owned());
    }
    let port = address.split_once(':').map(|(_, port)| port);
    let is_host = port.is_none_or(|port| port.starts_with(|c: char| c.is_ascii_digit()));
    let is_address = is_host && address.contains(['.', '/', '#']);
    is_address.then(|| format!("http://{address}"))
}

/// The last part of an address, as people write it.
fn file_name(address: &str) -> String {
    let name = address.rsplit('/').next().unwrap_or(address);
    decoded(name, '%')
}

/// With bytes in place of `%20`, or of `.20` as fragments write it.
fn decoded(text: &str, sign: char) -> String {
    let mut parts = text.split(sign);
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let rest = if let Some(byte) = byte {
            out.push(byte);
            part.get(2..).unwrap_or_default()
        } else {
            out.extend(sign.to_string().bytes());
            part
        };
        out.extend(rest.bytes());
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `#ops › deploy 💬` for the title `#ops > deploy @ 💬` of a link to a conversation.
fn narrow_name(title: &str) -> Option<String> {
    let (channel, topic) = title.strip_prefix('#')?.split_once(" > ")?;
    let message = topic.strip_suffix(" @ 💬");
    let sign = if message.is_some() { " 💬" } else { "" };
    Some(format!("#{channel} › {}{sign}", message.unwrap_or(topic)))
}

/// The host that a link leads to, if its title looks like another.
fn foreign_host(title: &str, link: Option<&str>) -> Option<String> {
    let url = Url::parse(link?).ok()?;
    let host = url.host_str()?;
    let same = |name: &str| {
        name.to_lowercase().trim_start_matches("www.") == host.trim_start_matches("www.")
    };
    // Dots of other scripts are read as dots.
    let title = title.replace(['。', '．', '｡'], ".");
    let is_part = |c: char| {
        c.is_alphanumeric() || matches!(c, '-' | '.') || !c.is_ascii() && !c.is_whitespace()
    };
    let words = title
        .split(|c: char| !is_part(c))
        .map(|word| word.trim_matches(['.', '-']));
    let looks_like_host = |word: &&str| {
        let last = word.rsplit_once('.').map_or("", |(_, last)| last);
        last.chars().filter(|c| c.is_alphabetic()).count() >= 2
    };
    let mut hosts = words.clone().filter(looks_like_host).peekable();
    let is_unsure = hosts.peek().is_some() || title.contains("://");
    let is_same = hosts.all(same) && words.clone().any(same);
    (is_unsure && !is_same).then(|| host.to_owned())
}

/// The message that an address leads to.
pub enum Near {
    /// One in a channel.
    Channel {
        /// Of the channel.
        id: i64,
        /// As the address has it.
        name: String,
        /// Its topic.
        topic: String,
    },
    /// A direct message.
    Direct,
}

impl Near {
    /// Reads `…#narrow/channel/7-ops/topic/deploy/near/41`, or `…#narrow/dm/7,8-dm/near/41`.
    pub fn of(address: Option<&str>) -> Option<Near> {
        let (_, narrow) = address?.split_once("#narrow/")?;
        let parts: Vec<&str> = narrow.trim_end_matches('/').split('/').take(7).collect();
        match parts.as_slice() {
            [
                "channel" | "stream",
                channel,
                "topic" | "subject",
                topic,
                "near",
                _,
            ] => {
                let (id, name) = channel.split_once('-').unwrap_or((channel, ""));
                Some(Near::Channel {
                    id: id.parse().ok()?,
                    name: decoded(name, '.').replace('-', " "),
                    topic: decoded(topic, '.'),
                })
            }
            ["dm" | "pm-with", _, "near", _] => Some(Near::Direct),
            _ => None,
        }
    }
}
