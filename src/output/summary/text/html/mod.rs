//! Rendered messages as text: what `--apply-markdown` makes of a content, turned back into what can
//! be read on a terminal, in the Markdown of those who do not ask for HTML where signs are needed.
//!
//! No HTML parser: whatever is not as servers write it comes out as text somehow, in linear time and
//! without recursion. Elements as of Zulip 9.2 (`zerver/lib/markdown/`).

mod tag;

use std::borrow::Cow;

use super::emoji;
use tag::{Tag, decode};

/// Lists and quotes in each other: more than a terminal has room for.
const DEEPEST: usize = 8;

/// The text of a rendered message.
pub fn to_text(html: &str) -> String {
    let mut text = Text {
        out: String::with_capacity(html.len()),
        ..Text::default()
    };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        text.words(before);
        if let Some((tag, after)) = Tag::read(from) {
            text.tag(&tag);
            rest = after;
        } else {
            text.words("&lt;");
            rest = from.get(1..).unwrap_or_default();
        }
    }
    text.words(rest);
    text.out
}

/// A list that is open.
#[derive(Clone, Copy)]
enum List {
    Bullets,
    Numbers(u32),
}

/// What stands between what is written and what comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Line,
    Paragraph,
}

#[derive(Default)]
struct Text<'a> {
    out: String,
    gap: Gap,
    lists: Vec<List>,
    quotes: usize,
    /// Quotes that are open all through the gap.
    quotes_through: usize,
    /// Inside of `<pre>`, where blanks count.
    is_code: bool,
    /// The element that is left out, and how many of its name are open.
    skipped: Option<(&'a str, usize)>,
    /// Whether a bullet was written last, which begins a line like a gap.
    after_bullet: bool,
    /// Where the text of a link begins, if it has begun, and where it leads to.
    link: Option<(Option<usize>, Cow<'a, str>)>,
}

impl<'a> Text<'a> {
    fn words(&mut self, html: &str) {
        if self.skipped.is_some() {
            return;
        }
        let text = decode(html);
        if self.is_code {
            return self.code(&text);
        }
        // Between elements line breaks are none; in texts they do not occur without <br>.
        let words = text.trim_matches('\n');
        if !words.is_empty() {
            self.close_gap();
            self.out.push_str(&words.replace('\n', " "));
        }
    }

    fn code(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                if self.gap != Gap::None {
                    self.close_gap();
                }
                self.gap = Gap::Line;
            }
            if !line.is_empty() {
                self.close_gap();
                self.out.push_str(line);
            }
        }
    }

    fn tag(&mut self, tag: &Tag<'a>) {
        if self.skip(tag) {
            return;
        }
        let paragraph = if self.lists.is_empty() {
            Gap::Paragraph
        } else {
            Gap::Line
        };
        match (tag.name, tag.closes) {
            ("p" | "table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6", _) => self.part(paragraph),
            ("div" | "tr" | "hr", _) => self.part(Gap::Line),
            ("br", _) => {
                self.close_gap();
                self.gap = Gap::Line;
            }
            ("blockquote", false) => {
                self.part(paragraph);
                self.quotes = (self.quotes + 1).min(DEEPEST);
            }
            ("blockquote", true) => {
                self.quotes = self.quotes.saturating_sub(1);
                self.part(paragraph);
            }
            ("ul", false) => self.open_list(paragraph, List::Bullets),
            ("ol", false) => {
                let start = tag.attribute("start").and_then(|start| start.parse().ok());
                self.open_list(paragraph, List::Numbers(start.unwrap_or(1)));
            }
            ("ul" | "ol", true) => {
                self.lists.pop();
                self.part(if self.lists.is_empty() {
                    Gap::Paragraph
                } else {
                    Gap::Line
                });
            }
            ("li", false) => self.item(),
            ("td" | "th", false) => self.cell(),
            ("pre", closes) => self.fence(closes),
            ("code", _) if !self.is_code => self.sign("`"),
            ("a", closes) => self.anchor(tag, closes),
            ("img", _) => self.words(tag.raw_attribute("alt").unwrap_or_default()),
            ("annotation", _) => self.sign("$$"),
            ("span", false) => self.emoji(tag),
            _ => {}
        }
    }

    /// Whether the tag is part of an element that is left out: MathML beside the TeX of a formula,
    /// and its rendering.
    fn skip(&mut self, tag: &Tag<'a>) -> bool {
        if let Some((name, depth)) = self.skipped {
            let depth = match (tag.name == name, tag.closes) {
                (true, true) => depth - 1,
                (true, false) => depth + 1,
                (false, _) => depth,
            };
            self.skipped = (depth > 0).then_some((name, depth));
            return true;
        }
        let is_rendering = tag.name == "span" && tag.has_class("katex-html");
        if !tag.closes && (tag.name == "mrow" || is_rendering) {
            self.skipped = Some((tag.name, 1));
        }
        self.skipped.is_some()
    }

    fn part(&mut self, gap: Gap) {
        if self.after_bullet {
            return;
        }
        self.quotes_through = match self.gap {
            Gap::None => self.quotes,
            _ => self.quotes_through.min(self.quotes),
        };
        self.gap = self.gap.max(gap);
    }

    fn close_gap(&mut self) {
        self.begin(self.lists.len());
        self.after_bullet = false;
    }

    /// Begins a line if there is a gap, so deep in lists.
    fn begin(&mut self, depth: usize) {
        let is_first = self.out.is_empty();
        if is_first || self.gap != Gap::None {
            let quote = "> ".repeat(self.quotes);
            if !is_first {
                self.out.push('\n');
                if self.gap == Gap::Paragraph {
                    let through = "> ".repeat(self.quotes_through);
                    self.out.push_str(through.trim_end());
                    self.out.push('\n');
                }
            }
            self.out.push_str(&quote);
            self.out.extend(std::iter::repeat_n("  ", depth));
            self.gap = Gap::None;
        }
        if let Some((start, _)) = &mut self.link {
            start.get_or_insert(self.out.len());
        }
    }

    fn open_list(&mut self, gap: Gap, list: List) {
        self.part(gap);
        if self.lists.len() < DEEPEST {
            self.lists.push(list);
        }
    }

    fn item(&mut self) {
        self.after_bullet = false;
        self.part(Gap::Line);
        self.begin(self.lists.len().saturating_sub(1));
        self.after_bullet = true;
        match self.lists.last_mut() {
            Some(List::Numbers(number)) => {
                for part in [&number.to_string(), ". "] {
                    self.out.push_str(part);
                }
                *number = number.saturating_add(1);
            }
            _ => self.out.push_str("* "),
        }
    }

    fn cell(&mut self) {
        let is_first = self.gap != Gap::None || self.out.is_empty();
        self.close_gap();
        self.out.push_str(if is_first { "| " } else { " | " });
    }

    fn fence(&mut self, closes: bool) {
        if closes == self.is_code {
            self.is_code = !closes;
            self.part(Gap::Line);
            self.sign("```");
            self.part(Gap::Line);
        }
    }

    fn sign(&mut self, sign: &str) {
        self.close_gap();
        self.out.push_str(sign);
    }

    /// Where a link leads to is told unless its text does; paths on the server tell nothing here.
    fn anchor(&mut self, tag: &Tag<'a>, closes: bool) {
        if !closes {
            self.link = tag.attribute("href").map(|to| (None, to));
            return;
        }
        let Some((Some(start), to)) = self.link.take() else {
            return;
        };
        let text = self.out.get(start..).unwrap_or_default();
        if to.contains("://") && !text.is_empty() && !to.contains(text) {
            self.out.insert(start, '[');
            self.out.push_str("](");
            self.out.push_str(&to);
            self.out.push(')');
        }
    }

    /// `<span class="emoji emoji-1f389" …>:tada:</span>`
    fn emoji(&mut self, tag: &Tag<'a>) {
        let class = tag.attribute("class").unwrap_or_default();
        let mut classes = class.split_whitespace();
        let code = classes.find_map(|class| class.strip_prefix("emoji-"));
        if let Some(emoji) = code.and_then(|code| emoji::from_code(code, "unicode_emoji")) {
            self.words(&emoji);
            self.skipped = Some((tag.name, 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::to_text;
    use proptest::prelude::*;

    #[test]
    fn rendered_messages_read_like_text() {
        for (name, html, expected) in [
            ("paragraphs", "<p>a</p>\n<p>b</p>", "a\n\nb"),
            ("breaks", "<p>a<br>\nb<br>\n<br>\nc</p>", "a\nb\n\nc"),
            (
                "styles",
                "<p><strong>a</strong> <em>b</em> <del>c</del></p>",
                "a b c",
            ),
            (
                "entities",
                "<p>&lt;b&gt; &amp;amp; &quot;c&quot; &#39;&#x1f389;&nope; &</p>",
                "<b> &amp; \"c\" '🎉&nope; &",
            ),
            ("code", "<p>so <code>a &lt; b</code></p>", "so `a < b`"),
            (
                "block",
                "<p>a</p>\n<div class=\"codehilite\"><pre><span></span><code><span class=\"k\">if</span> x:\n\n    y\n</code></pre></div>\n<p>b</p>",
                "a\n\n```\nif x:\n\n    y\n```\n\nb",
            ),
            (
                "list",
                "<p>a</p>\n<ul>\n<li>b</li>\n<li>c<ul>\n<li>d</li>\n</ul>\n</li>\n</ul>\n<p>e</p>",
                "a\n\n* b\n* c\n  * d\n\ne",
            ),
            (
                "numbers",
                "<ol start=\"3\">\n<li>b</li>\n<li>\n<p>c</p>\n</li>\n</ol>",
                "3. b\n4. c",
            ),
            (
                "quote",
                "<p>a</p>\n<blockquote>\n<p>b</p>\n<p>c</p>\n</blockquote>\n<p>d</p>",
                "a\n\n> b\n>\n> c\n\nd",
            ),
            (
                "quote first",
                "<blockquote>\n<p>b</p>\n</blockquote>",
                "> b",
            ),
            (
                "table",
                "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>",
                "| a | b\n| 1 | 2",
            ),
            (
                "mention",
                "<p>hi <span class=\"user-mention\" data-user-id=\"10\">@King Hamlet</span></p>",
                "hi @King Hamlet",
            ),
            (
                "emoji",
                "<p><span aria-label=\"tada\" class=\"emoji emoji-1f389\" role=\"img\" title=\"tada\">:tada:</span>!</p>",
                "🎉!",
            ),
            (
                "own emoji",
                "<p>a <img alt=\":yay:\" class=\"emoji\" src=\"/x.png\" title=\"yay\"> b</p>",
                "a :yay: b",
            ),
            (
                "link",
                "<p><a href=\"https://x.org/?a=1&amp;b=2\">here</a></p>",
                "[here](https://x.org/?a=1&b=2)",
            ),
            (
                "bare link",
                "<p><a href=\"https://x.org/a\">https://x.org/a</a></p>",
                "https://x.org/a",
            ),
            (
                "short link",
                "<p><a href=\"https://x.org\">x.org</a></p>",
                "x.org",
            ),
            (
                "link on the server",
                "<p><a href=\"/user_uploads/1/a.txt\">a.txt</a></p>",
                "a.txt",
            ),
            (
                "preview",
                "<p><a href=\"https://x/y.png\">y</a></p>\n<div class=\"message_inline_image\"><a href=\"https://x/y.png\" title=\"y\"><img src=\"/z\"></a></div>",
                "y",
            ),
            (
                "formula",
                "<p><span class=\"katex\"><span class=\"katex-mathml\"><math><semantics><mrow><msup><mi>x</mi><mrow>2</mrow></msup></mrow><annotation encoding=\"application/x-tex\">x^2</annotation></semantics></math></span><span class=\"katex-html\" aria-hidden=\"true\"><span class=\"base\">x2</span></span></span>!</p>",
                "$$x^2$$!",
            ),
            ("bracket in an attribute", "<p title=\"a > b\">c</p>", "c"),
            ("no html", "a < b && c > d", "a < b && c > d"),
            ("cut", "<p>a <b", "a <b"),
            ("unbalanced", "</ul></blockquote></pre></a>a</li>", "a"),
            ("nothing", "", ""),
        ] {
            assert_eq!(to_text(html), expected, "{name}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let html = "<blockquote><ul><li>".repeat(10_000);
        assert!(to_text(&html).len() < 60 * 10_000);
    }

    proptest! {
        #[test]
        fn words_outside_of_tags_are_kept(
            pieces in prop::collection::vec("[a-z]{1,5}|<p>|</p>|<ul>|</ul>|<li>|<br>|<pre>|</pre>|<code>|</code>|<blockquote>|</blockquote>|<a href=\"http://x\">|</a>|<td>|<span>|</span>|\n", 0..40)
        ) {
            let html = pieces.concat();
            let words: String = pieces.iter().filter(|piece| !piece.starts_with('<')).map(String::as_str).collect();
            let text = to_text(&html).replace("](http://x)", "");
            let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>();
            prop_assert_eq!(letters(&text), letters(&words));
        }
    }
}
