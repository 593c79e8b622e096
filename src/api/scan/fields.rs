//! Picks `id` and `type` out of an element without parsing it.
//!
//! Not for any other field, and not a check: it expects an object with matching brackets and closed
//! strings, and takes what it finds. Where a field comes twice, the first `type` and the last `id` count.

use std::ops::Range;

/// What an element is known by.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// The field `id`, if it is an integer.
    pub id: Option<i64>,
    /// Where the value of the field `type` stands, without its quotes; empty if it is no string.
    pub kind: Range<usize>,
}

const SPACES: [char; 2] = [' ', '\t'];

impl Fields {
    /// The fields of `element`: at its two ends, where servers put them, else wherever they are.
    pub fn of(element: &str) -> Self {
        match (first_kind(element), last_id(element)) {
            (Some(kind), Some(id)) => Self { id: Some(id), kind },
            (kind, id) => {
                let mut fields = Self::find(element);
                fields.id = id.or(fields.id);
                fields.kind = kind.unwrap_or(fields.kind);
                fields
            }
        }
    }

    /// Goes through the element's own keys.
    fn find(element: &str) -> Self {
        let mut fields = Self::default();
        let mut kind = None;
        let mut walk = Walk {
            text: element,
            at: 1,
        };
        while let Some((key, value)) = walk.field() {
            let text = element.get(value.clone()).unwrap_or_default();
            match key {
                "id" => fields.id = integer(text),
                "type" if kind.is_none() => {
                    let quoted = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
                    kind = Some(if quoted {
                        value.start + 1..value.end - 1
                    } else {
                        0..0
                    });
                }
                _ => {}
            }
        }
        fields.kind = kind.unwrap_or_default();
        fields
    }
}

/// `{"type":"message"` at the head. The first string after the element's own brace is a key of the
/// element itself, and nothing stands before it.
fn first_kind(element: &str) -> Option<Range<usize>> {
    let value = element
        .strip_prefix(r#"{"type":"#)?
        .trim_start_matches(SPACES)
        .strip_prefix('"')?;
    let start = element.len() - value.len();
    let len = value
        .bytes()
        .position(|byte| matches!(byte, b'"' | b'\\'))?;
    (value.as_bytes().get(len) == Some(&b'"')).then_some(start..start + len)
}

/// `,"id":12}` at the tail. Read backwards: the last brace is outside strings and closes the element.
/// Up to the quote after `id` there is no further quote, so that this one ends a string. The quote
/// before `id` follows a comma, a brace or a space, hence no backslash, hence it begins that string,
/// which is just `id`. The colon makes it a key, and as there is no bracket in between, a key of the element.
fn last_id(element: &str) -> Option<i64> {
    let body = element.strip_suffix('}')?.trim_end_matches(SPACES);
    let head = body.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    let number = body.get(head.len()..)?;
    let before = head
        .trim_end_matches(SPACES)
        .strip_suffix(':')?
        .trim_end_matches(SPACES)
        .strip_suffix(r#""id""#)?;
    before
        .trim_end_matches(SPACES)
        .ends_with([',', '{'])
        .then(|| integer(number))?
}

fn integer(text: &str) -> Option<i64> {
    // `parse` takes a plus sign, JSON does not.
    (!text.starts_with('+')).then(|| text.parse().ok())?
}

/// A walk along the fields of an object.
struct Walk<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Walk<'a> {
    /// The next key without its quotes, and where its value stands. None at the end of the object,
    /// or where it is no valid JSON any more.
    fn field(&mut self) -> Option<(&'a str, Range<usize>)> {
        self.skip(b" \t,");
        let key = self.at + 1;
        self.string()?;
        let key = self.text.get(key..self.at - 1)?;
        self.skip(b" \t");
        if self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        self.skip(b" \t");
        let start = self.at;
        self.value()?;
        let value = self.text.get(start..self.at)?.trim_end_matches(SPACES);
        Some((key, start..start + value.len()))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, bytes: &[u8]) {
        while self.peek().is_some_and(|byte| bytes.contains(&byte)) {
            self.at += 1;
        }
    }

    /// Steps over a string.
    fn string(&mut self) -> Option<()> {
        if self.peek()? != b'"' {
            return None;
        }
        loop {
            let rest = self.text.as_bytes().get(self.at + 1..)?;
            self.at += 1 + rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            self.at += 1;
            if self.text.as_bytes().get(self.at - 1) == Some(&b'"') {
                return Some(());
            }
        }
    }

    /// Steps over a value, up to the comma or brace after it.
    fn value(&mut self) -> Option<()> {
        let mut levels = 0usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => levels += 1,
                b',' | b'}' | b']' if levels == 0 => return Some(()),
                b'}' | b']' => levels -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }
}
