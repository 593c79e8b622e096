//! The text of HTML, for saved events that have it: tags taken out, entities read.
//!
//! Summaries of a server's events need none of it: they ask for Markdown.

/// The sign that begins an entity comes last, or what it wrote would be read again.
const ENTITIES: [(&str, &str); 6] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

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
    for (entity, sign) in ENTITIES {
        text = text.replace(entity, sign);
    }
    text
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
            ("<a<p>b", "<ab"),
            ("", ""),
        ] {
            assert_eq!(text_of(html), expected, "{html}");
        }
    }
}
