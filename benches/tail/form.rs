//! The forms in which servers write the same answer: without spaces, with spaces (old servers), or
//! with line breaks (nobody, but it is JSON), and with or without chunked coding.

use std::sync::LazyLock;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Between its tokens.
    pub spacing: Spacing,
    /// On the wire.
    pub coding: Coding,
}

/// What stands between tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Nothing.
    Compact,
    /// A space after colons and commas.
    Spaced,
    /// Line breaks and indentation.
    Pretty,
}

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// By `Content-Length`.
    Length,
    /// By the last of many chunks.
    Chunked,
}

/// The parts of an answer.
pub struct Template {
    /// Up to the list.
    pub head: Vec<u8>,
    /// An event around its two ids.
    pub event: [Vec<u8>; 3],
    /// Between two events.
    pub comma: Vec<u8>,
    /// From the list's end on.
    pub tail: Vec<u8>,
}

impl Form {
    /// All that can be.
    pub fn all() -> impl Iterator<Item = Form> {
        [Spacing::Compact, Spacing::Spaced, Spacing::Pretty]
            .into_iter()
            .flat_map(|spacing| {
                [Coding::Length, Coding::Chunked].map(|coding| Form { spacing, coding })
            })
    }

    /// As a queue's name has it.
    pub fn parse(name: &str) -> Form {
        Form {
            spacing: match name {
                _ if name.contains("spaced") => Spacing::Spaced,
                _ if name.contains("pretty") => Spacing::Pretty,
                _ => Spacing::Compact,
            },
            coding: if name.contains("chunked") {
                Coding::Chunked
            } else {
                Coding::Length
            },
        }
    }

    /// For a queue's name.
    pub fn name(self) -> String {
        format!("{:?}-{:?}", self.spacing, self.coding).to_lowercase()
    }

    /// Its parts.
    pub fn template(self) -> &'static Template {
        static TEMPLATES: LazyLock<[Template; 3]> = LazyLock::new(|| {
            [Spacing::Compact, Spacing::Spaced, Spacing::Pretty].map(Template::new)
        });
        let [compact, spaced, pretty] = &*TEMPLATES;
        match self.spacing {
            Spacing::Compact => compact,
            Spacing::Spaced => spaced,
            Spacing::Pretty => pretty,
        }
    }
}

impl Template {
    fn new(spacing: Spacing) -> Template {
        let written = |text: &str| write(text, spacing);
        Template {
            head: written(HEAD),
            event: EVENT.map(written),
            comma: written(","),
            tail: written(TAIL),
        }
    }

    /// Of an answer with so many events.
    pub fn length(&self, events: u64) -> u64 {
        let length = |part: &[u8]| part.len() as u64;
        let event: u64 = self.event.iter().map(|part| length(part)).sum();
        length(&self.head)
            + events * (event + 20)
            + events.saturating_sub(1) * length(&self.comma)
            + length(&self.tail)
    }
}

/// Compact JSON, or a piece of it that ends outside strings, in another form.
fn write(compact: &str, spacing: Spacing) -> Vec<u8> {
    let mut text = Vec::new();
    let (mut in_string, mut escaped) = (false, false);
    for byte in compact.bytes() {
        let token = !in_string;
        match byte {
            b'"' if !escaped => in_string = !in_string,
            b'}' | b']' if token && spacing == Spacing::Pretty => text.extend(b"\n  "),
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
        text.push(byte);
        match (byte, spacing) {
            (b':' | b',', Spacing::Spaced) | (b':', Spacing::Pretty) if token => text.push(b' '),
            (b',' | b'{' | b'[', Spacing::Pretty) if token => text.extend(b"\r\n    "),
            _ => {}
        }
    }
    text
}

const HEAD: &str = r#"{"result":"success","msg":"","events":["#;
const TAIL: &str = r#"],"queue_id":"bench"}"#;
/// As a server of version 9.2 writes it, with an avatar and half a dozen fields that nobody reads; 738
/// bytes with its comma, which is what real ones have on average.
const EVENT: [&str; 3] = [
    r#"{"type":"message","message":{"id":"#,
    r#","sender_id":8,"content":"The quick brown fox jumps over the lazy dog, and the \"dog\" says:\nnothing much, as dogs do; see https://example.com/a/b?c=d for what was meant by it, or was said.!!!!!","recipient_id":23,"timestamp":1795375290,"client":"website","subject":"lunch plans","topic_links":[],"is_me_message":false,"reactions":[],"submessages":[],"sender_full_name":"Cordelia, Lear's daughter","sender_email":"user8@chat.example.com","sender_realm_str":"example","display_recipient":"Denmark","type":"stream","stream_id":4,"avatar_url":"https://secure.gravatar.com/avatar/77c3871a68c8d70356156029fd0a4999?d=identicon&version=1","content_type":"text/x-markdown"},"flags":[],"id":"#,
    "}",
];
