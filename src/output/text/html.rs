//! The text of HTML, for saved events that have it, and the characters that are written by name.

use std::borrow::Cow;

/// The names that servers and people write.
const NAMED: [(&str, &str); 6] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{a0}"),
];
/// No name and no number is longer.
const LONGEST: usize = 10;

/// The text between the tags.
pub fn text_of(html: &str) -> String {
    let mut parts = html.split('<');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_tag = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match part.split_once('>') {
            Some((_, after)) if is_tag => text.push_str(after),
            _ => text.extend(["<", part]),
        }
    }
    decoded(&text).into_owned()
}

/// With characters in place of `&amp;`, `&#42;` and `&#x2a;`.
pub fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (length, character) = entity(from).unwrap_or((1, "&".to_owned()));
        out.push_str(&character);
        rest = from.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out.into()
}

/// The character whose name a text begins with, and how long that is.
pub fn entity(text: &str) -> Option<(usize, String)> {
    let name = text.strip_prefix('&')?;
    let end = name.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = name.get(..end)?;
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let point = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(point.ok()?)?.to_string()
        }
        None => NAMED.iter().find(|(known, _)| *known == name)?.1.to_owned(),
    };
    Some((end + 2, character))
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn tags_go_and_entities_become_characters() {
        for (html, expected) in [
            ("<p>a <b class=\"x\">b</b></p>\n<p>c<br/>d</p>", "a b\ncd"),
            ("a &lt;b&gt; &amp;lt; &quot;c&#39;", "a <b> &lt; \"c'"),
            ("1 < 2 > 1, a<b", "1 < 2 > 1, a<b"),
            (
                "&#x2a;&#42; &#0; &#x110000; &no; &",
                "** \0 &#x110000; &no; &",
            ),
            ("<a<p>b", "<ab"),
            ("", ""),
        ] {
            assert_eq!(text_of(html), expected, "{html}");
        }
    }
}
