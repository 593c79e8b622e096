//! The JSON that the demo sends for messages and events, and their text as HTML.
//!
//! Not for the endpoints' own answers (`register`, `messages`, `directory`).

pub mod event;
pub mod message;
pub mod update;

/// How contents are asked for: `apply_markdown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendering {
    /// As it was written.
    Markdown,
    /// As a page shows it.
    Html,
}

impl Rendering {
    /// From the parameter.
    pub fn new(apply_markdown: bool) -> Rendering {
        if apply_markdown {
            Rendering::Html
        } else {
            Rendering::Markdown
        }
    }
}

/// HTML near enough to the server's: paragraphs, line breaks, and fenced code.
pub fn rendered(content: &str) -> String {
    let mut html = String::with_capacity(content.len() + 7);
    for (number, part) in content.split("```").enumerate() {
        let escaped = escaped(part);
        if number % 2 == 1 {
            let code = escaped
                .split_once('\n')
                .map_or(escaped.as_str(), |(_, code)| code);
            html.extend([
                "<div class=\"codehilite\"><pre><code>",
                code,
                "</code></pre></div>",
            ]);
        } else if !escaped.trim().is_empty() {
            html.extend(["<p>", &escaped.trim().replace('\n', "<br>\n"), "</p>"]);
        }
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_become_html_that_holds_no_markup_of_their_own() {
        let table = [
            ("plain", "hi", "<p>hi</p>"),
            (
                "markup",
                "<b> & \"c\"",
                "<p>&lt;b&gt; &amp; &quot;c&quot;</p>",
            ),
            ("lines", "a\nb", "<p>a<br>\nb</p>"),
            (
                "code",
                "x\n```text\n1 < 2\n```",
                "<p>x</p><div class=\"codehilite\"><pre><code>1 &lt; 2\n</code></pre></div>",
            ),
            (
                "open fence",
                "```",
                "<div class=\"codehilite\"><pre><code></code></pre></div>",
            ),
        ];
        for (name, content, expected) in table {
            assert_eq!(rendered(content), expected, "{name}");
        }
    }
}
