//! Makes foreign text harmless on a terminal, and shows what it replaced.
//!
//! JSON has escapes of its own (`json.rs`). Our colour codes are added after this, or they would be
//! escaped too.
//!
//! What must be expected was seen on a Zulip 9.2 server: message contents, descriptions, status
//! texts and client names may hold every control character; topics, channel names and people's
//! names refuse some of them, but keep line separators, and topics bidi controls as well.
//!
//! Nothing is dropped: a hidden character is shown by its number, `\u{9b}`. Text that holds the
//! six characters `\u{9b}` already stays as it is and so looks the same. The two cannot be
//! distinguished as long as cleaning twice must equal cleaning once: what does both changes nothing at all.
//! Where the difference matters, JSON output has it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What stands for a line break in a text that must stay on one line.
const LINE_BREAK: char = '⏎';

/// The first character that must not reach a terminal, and the byte where it begins.
pub fn find_hidden(text: &str) -> Option<(usize, char)> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        at += printable_ascii(rest.as_bytes());
        let rest = text.get(at..)?;
        let plain = rest.bytes().take_while(|byte| is_of_plain_letter(*byte));
        let plain = plain.count();
        if plain > 0 {
            at += plain;
            continue;
        }
        let c = rest.chars().next()?;
        let flag = if c == BLACK_FLAG {
            flag_length(rest)
        } else {
            0
        };
        if flag == 0 && is_hidden(c) {
            return Some((at, c));
        }
        at += flag.max(c.len_utf8());
    }
}

/// Text for one line of output: what a terminal would act on or not show (controls, bidi overrides, invisible
/// characters) becomes `\u{9b}`, line breaks (`\n`, `\r\n`, `\r`, NEL, U+2028, U+2029) become `⏎`, tabs a
/// space. Whoever wants to keep these takes them out first.
pub fn sanitize_line(text: &str) -> Cow<'_, str> {
    let Some(mut found) = find_hidden(text) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    loop {
        let (at, c) = found;
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        rest = from.strip_prefix(c).unwrap_or_default();
        match c {
            '\t' => out.push(' '),
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                if c == '\r' {
                    rest = rest.strip_prefix('\n').unwrap_or(rest);
                }
                out.push(LINE_BREAK);
            }
            // Writing to a String cannot fail.
            _ => drop(write!(out, "\\u{{{:x}}}", u32::from(c))),
        }
        match find_hidden(rest) {
            Some(next) => found = next,
            None => break,
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// How many bytes at the beginning are printable ASCII: most names and many texts are nothing else. Eight are looked at
/// at once.
#[inline]
fn printable_ascii(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks();
    let plain = words.iter().take_while(|word| are_printable(**word));
    let start = plain.count() * 8;
    let rest = bytes.get(start..).unwrap_or_default();
    let plain = rest.iter().take_while(|byte| matches!(byte, b' '..=b'~'));
    start + plain.count()
}

/// The highest bit of a byte is set where it is not ASCII, where 1 more is not (DEL), or 0x20 less is below zero.
#[inline]
fn are_printable(bytes: [u8; 8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let bytes = u64::from_le_bytes(bytes);
    let (more, less) = (bytes.wrapping_add(EACH), bytes.wrapping_sub(EACH * 0x20));
    (bytes | more | less) & (EACH * 0x80) == 0
}

/// Whether a byte is one of a letter outside ASCII of which none is hidden, by the first of its bytes.
fn is_of_plain_letter(byte: u8) -> bool {
    matches!(byte, 0x80..=0xc1 | 0xc3..=0xe0 | 0xe4..=0xee)
}

/// Joiners (U+200C, U+200D), plain direction marks (U+061C, U+200E, U+200F), variation selectors
/// and combining marks are not in the list: emoji, Persian, Hebrew and many others need them.
fn is_hidden(c: char) -> bool {
    let is_noncharacter = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    is_noncharacter
        || matches!(c,
            // C0; DEL and C1; soft hyphen.
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}'
            // Hangul fillers, Khmer inherent vowels, Mongolian vowel separator.
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
            | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            // Zero width space; line and paragraph separator, bidi embeddings and overrides.
            | '\u{200b}' | '\u{2028}'..='\u{202e}'
            // Word joiner, invisible operators, bidi isolates, deprecated format characters.
            | '\u{2060}'..='\u{206f}'
            // Byte order mark; interlinear annotation and what is reserved for its like.
            | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            // Format controls of shorthand and of music.
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            // Tags, and the invisible ones around the variation selectors of plane 14.
            | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
        )
}

/// Opens the flags of England, Scotland, Wales, Texas …: the flag, tags that spell a region, cancel.
const BLACK_FLAG: char = '\u{1f3f4}';
const CANCEL_TAG: char = '\u{e007f}';

/// Bytes of the tagged flag that `text` begins with; of anything else 0. No longer than a region
/// code of CLDR (`gbeng`) can be: else a flag could carry a hidden letter.
fn flag_length(text: &str) -> usize {
    let mut tags = 0;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}' if tags < 6 => tags += 1,
            CANCEL_TAG if tags >= 3 => return at + c.len_utf8(),
            _ => break,
        }
    }
    0
}

#[cfg(test)]
mod tests;
