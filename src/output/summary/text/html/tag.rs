//! Tags, attributes and entities of HTML, as a server writes them: names in lower case, values in
//! double quotes.
//!
//! Not for what elements mean (`html`).

use std::borrow::Cow;

/// `<name attributes>` or `</name>`.
pub struct Tag<'a> {
    /// In lower case, as servers write it.
    pub name: &'a str,
    /// Whether it ends the element.
    pub closes: bool,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The tag that a text begins with, and what follows it.
    pub fn read(text: &'a str) -> Option<(Tag<'a>, &'a str)> {
        let inner = text.strip_prefix('<')?;
        let name = inner.strip_prefix('/');
        let (closes, inner) = (name.is_some(), name.unwrap_or(inner));
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let (tag, after) = inner.split_at(end(inner)?);
        let name = tag.find(|c: char| !c.is_ascii_alphanumeric());
        let (name, attributes) = tag.split_at(name.unwrap_or(tag.len()));
        let tag = Tag {
            name,
            closes,
            attributes,
        };
        Some((tag, after.strip_prefix('>').unwrap_or(after)))
    }

    /// An attribute, entities decoded.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.raw_attribute(name).map(decode)
    }

    /// As it stands there, entities and all.
    pub fn raw_attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        while let Some((key, value)) = rest.split_once("=\"") {
            let (value, after) = value.split_once('"')?;
            if key.trim() == name {
                return Some(value);
            }
            rest = after;
        }
        None
    }

    /// Whether it is of this class.
    pub fn has_class(&self, class: &str) -> bool {
        let classes = self.raw_attribute("class").unwrap_or_default();
        classes.split_whitespace().any(|one| one == class)
    }
}

/// Where the bracket is that closes a tag; those in quotes do not. Another tag cannot begin before,
/// so no byte is looked at twice.
fn end(tag: &str) -> Option<usize> {
    let mut quoted = false;
    let end = tag.find(|c| {
        quoted ^= c == '"';
        c == '<' || c == '>' && !quoted
    })?;
    tag.get(end..)?.starts_with('>').then_some(end)
}

/// A text with characters in place of entities.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('&') {
        out.push_str(before);
        if let Some((c, after)) = entity(from) {
            out.push(c);
            rest = after;
        } else {
            out.push('&');
            rest = from;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that `text` names after its `&`, and what follows. There are only five with names
/// in what servers write.
fn entity(text: &str) -> Option<(char, &str)> {
    let end = text.bytes().take(10).position(|byte| byte == b';')?;
    let (name, after) = text.split_at(end);
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((c, after.strip_prefix(';').unwrap_or(after)))
}

#[cfg(test)]
mod tests {
    use super::{Tag, decode};

    #[test]
    fn tags_are_read_up_to_their_bracket() {
        for (text, expected) in [
            ("<p>a", Some(("p", false, "", "a"))),
            ("</p>", Some(("p", true, "", ""))),
            ("<br/>a", Some(("br", false, "", "a"))),
            (
                "<h1 id=\"x\" class=\"a > b\">c",
                Some(("h1", false, "a > b", "c")),
            ),
            ("<p class=\"a", None),
            ("<p", None),
            ("<p <b>", None),
            ("< p>", None),
            ("<!-- p -->", None),
            ("<3>", None),
        ] {
            let read = Tag::read(text);
            let read = read.as_ref().map(|(tag, after)| {
                let class = tag.raw_attribute("class").unwrap_or_default();
                (tag.name, tag.closes, class, *after)
            });
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn entities_become_characters_and_the_rest_stays() {
        for (text, expected) in [
            ("a", "a"),
            ("&amp;&lt;&gt;&quot;&nbsp;", "&<>\"\u{a0}"),
            ("&#39;&#x1f389;&#X41;", "'🎉A"),
            (
                "&#xd800;&#99999999;&#;&;&nope;&amp",
                "&#xd800;&#99999999;&#;&;&nope;&amp",
            ),
            ("&amp;lt;", "&lt;"),
            ("&é;", "&é;"),
        ] {
            assert_eq!(decode(text), expected, "{text}");
        }
    }
}
