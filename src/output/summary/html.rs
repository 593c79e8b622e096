//! The text of HTML, for saved events that have it: tags taken out, entities read.
//!
//! Summaries of a server's events need none of it: they ask for Markdown.

/// The text between the tags.
pub fn text_of(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, from)) = rest.split_once('<') {
        text.push_str(before);
        rest = from;
        if !from.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            text.push('<');
        } else if let Some((_, after)) = from.split_once('>') {
            rest = after;
        } else {
            // Nothing closes any tag from here on.
            text.push('<');
            break;
        }
    }
    text.push_str(rest);
    // The sign that begins an entity last, or what it wrote would be read again.
    for (entity, sign) in [
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("#39", "'"),
        ("nbsp", " "),
        ("amp", "&"),
    ] {
        text = text.replace(&format!("&{entity};"), sign);
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
            ("<a<p>b", "b"),
            ("", ""),
        ] {
            assert_eq!(text_of(html), expected, "{html}");
        }
    }
}
