//! Names as people write them: what one may mean, when two are the same, and how they are written again.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;

use crate::event::UNNAMED_TOPIC;

/// A name as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    pub(super) written: String,
    /// What else the web app means by it in its address bar: `lunch+plans` may be *lunch plans*.
    decoded: Option<String>,
}

impl Spelling {
    /// To the letter; servers take spaces off the ends of all names.
    pub fn literal(text: &str) -> Spelling {
        Spelling {
            written: text.trim().to_owned(),
            decoded: None,
        }
    }

    /// As it stands in the search box without quotes: it may be coded, as the web app does it.
    pub fn bare(text: &str) -> Spelling {
        Spelling {
            written: text.to_owned(),
            decoded: decoded(text),
        }
    }

    /// As it stands in a link from before 2018, with a `-` for each space: it may have had some of its own.
    pub fn slug(text: &str) -> Spelling {
        let spaced = text.replace('-', " ");
        match spaced.trim() {
            // No name is nothing but spaces.
            "" => Spelling::literal(text),
            name => Spelling {
                written: name.to_owned(),
                decoded: Some(text.to_owned()).filter(|text| *text != spaced),
            },
        }
    }

    /// That of a topic, which may have none.
    #[must_use]
    pub fn of_topic(mut self) -> Spelling {
        if self.written.is_empty() {
            UNNAMED_TOPIC.clone_into(&mut self.written);
        }
        self
    }

    /// Each name that it may be.
    pub fn readings(&self) -> impl Iterator<Item = &str> {
        [Some(&self.written), self.decoded.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// The name, where it can be no other.
    pub fn only(&self) -> Option<&str> {
        self.decoded.is_none().then_some(&self.written)
    }

    /// Whether one of them is this name.
    pub fn is(&self, name: &str) -> bool {
        self.readings().any(|reading| same_text(reading, name))
    }

    /// The same for a topic, which may have no name.
    pub fn is_topic(&self, topic: &str) -> bool {
        self.is(if topic.is_empty() {
            UNNAMED_TOPIC
        } else {
            topic
        })
    }
}

/// As an operand of the search box, in quotes only where it would be read otherwise without them.
impl fmt::Display for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decoded = decoded(&self.written);
        if decoded.is_none() || decoded == self.decoded {
            f.write_str(&operand(&self.written))
        } else {
            f.write_str(&in_quotes(&self.written))
        }
    }
}

/// An operand of the search box that is never decoded.
pub(super) fn operand(text: &str) -> Cow<'_, str> {
    let begins_quotes = text.starts_with(['"', '\'']);
    if text.is_empty() || begins_quotes || text.contains(char::is_whitespace) {
        Cow::Owned(in_quotes(text))
    } else {
        Cow::Borrowed(text)
    }
}

fn in_quotes(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

/// What a text of the search box says where the web app has coded it, as it does in its address bar: a `+` for each
/// space, and `%C3%B1`. None where it can only be to the letter.
fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    let decoded = decoded.map_or_else(|_| spaced.clone(), Cow::into_owned);
    // No name begins or ends with a space: C++ is one.
    let is_name =
        !decoded.is_empty() && decoded.trim() == decoded && !decoded.contains(char::is_control);
    (decoded != text && is_name).then_some(decoded)
}

/// Whether two texts differ in case only, as Python's `lower()` sees it, by which servers filter their queues.
/// No letter beyond ASCII counts as one within it: databases, which search the history, disagree there.
pub(super) fn same_text(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || (!a.is_ascii() && !b.is_ascii() && a.to_lowercase() == b.to_lowercase())
}

/// An id as servers hand them out, of digits alone.
pub(super) fn id(text: &str) -> Option<i64> {
    let id = text.parse().ok().filter(|id| *id > 0);
    id.filter(|_| is_number(text))
}

/// Whether it is digits and nothing else.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the user wrote, on one line and not for ever; within quotes that it does not contain itself.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown = String::new();
    for c in text.chars().take(LONGEST) {
        if c.is_control() || (c.is_whitespace() && c != ' ') {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    let quote = if text.contains('"') { '\'' } else { '"' };
    format!("{quote}{shown}{quote}")
}
