//! Basic authentication with the demo account's address and key.
//!
//! Not for what may be asked then. Rules and messages: `zerver/decorator.py` of Zulip 9.2, measured.

use super::refusal::Refusal;
use super::roster::{KEY, TAIL_BOT};

/// Whether the value of an `Authorization` header is the demo account's.
pub fn check(header: Option<&str>) -> Result<(), Refusal> {
    let header = header.map(str::trim).filter(|header| !header.is_empty());
    let Some(header) = header else {
        let message = "Not logged in: API authentication or user session required";
        return Err(Refusal::Unauthorized(message));
    };
    let (scheme, encoded) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Refusal::bad_request(
            "This endpoint requires HTTP basic authentication.",
        ));
    }
    let decoded = decode(encoded.trim()).and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = decoded.as_deref().and_then(|pair| pair.split_once(':'));
    let Some((email, key)) = pair.filter(|(_, key)| !key.contains(':')) else {
        return Err(Refusal::Unauthorized(
            "Invalid authorization header for basic auth",
        ));
    };
    let (email, key) = (email.trim(), key.trim());
    if key.len() != 32 || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Refusal::Unauthorized("Malformed API key"));
    }
    if email.eq_ignore_ascii_case(TAIL_BOT.email) && key == KEY {
        Ok(())
    } else {
        Err(Refusal::Unauthorized("Invalid API key"))
    }
}

/// Base64 with the usual alphabet (RFC 4648, 4), padded or not; none for anything else.
fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len());
    let (mut bits, mut count) = (0_u32, 0_u32);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONELY: &str = "Not logged in: API authentication or user session required";
    const GARBLED: &str = "Invalid authorization header for basic auth";

    #[test]
    fn only_the_account_with_its_key_is_let_in() {
        let table = [
            ("nothing", None, Some(LONELY)),
            ("empty", Some(""), Some(LONELY)),
            // tail-bot@lantern.example with the demo's key
            (
                "right",
                Some(
                    "Basic dGFpbC1ib3RAbGFudGVybi5leGFtcGxlOmRlbW8wZGVtbzBkZW1vMGRlbW8wZGVtbzBkZW1vMGRl",
                ),
                None,
            ),
            (
                "capitals",
                Some(
                    "basic VEFJTC1CT1RAbGFudGVybi5leGFtcGxlOmRlbW8wZGVtbzBkZW1vMGRlbW8wZGVtbzBkZW1vMGRl",
                ),
                None,
            ),
            // the same with a key of 32 times k
            (
                "wrong key",
                Some(
                    "Basic dGFpbC1ib3RAbGFudGVybi5leGFtcGxlOmtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr",
                ),
                Some("Invalid API key"),
            ),
            // a:b, a:b:c, and bytes that are no UTF-8
            ("short key", Some("Basic YTpi"), Some("Malformed API key")),
            ("two colons", Some("Basic YTpiOmM="), Some(GARBLED)),
            ("not UTF-8", Some("Basic //79"), Some(GARBLED)),
            ("no base64", Some("Basic !!!"), Some(GARBLED)),
            ("no pair", Some("Basic"), Some(GARBLED)),
        ];
        for (name, header, expected) in table {
            let expected = expected.map_or(Ok(()), |message| Err(Refusal::Unauthorized(message)));
            assert_eq!(check(header), expected, "{name}");
        }
    }

    #[test]
    fn other_schemes_are_no_matter_of_the_key() {
        let message = "This endpoint requires HTTP basic authentication.";
        assert_eq!(
            check(Some("Bearer abc")),
            Err(Refusal::bad_request(message))
        );
    }
}
