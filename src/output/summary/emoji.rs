//! Emoji as such, from the codes that events carry beside their names.

/// The emoji of a code like `1f389` or `1f1e9-1f1ea` (code points in hex; `emoji_code` of a
/// `unicode_emoji`). None for an organization's own emoji, whose code is a number of its own.
pub fn from_code(code: &str, kind: &str) -> Option<String> {
    if kind != "unicode_emoji" || code.is_empty() {
        return None;
    }
    let points = code.split('-').map(|point| {
        let point = u32::from_str_radix(point, 16).ok()?;
        // A letter with an emoji's name would be a lie.
        char::from_u32(point).filter(|c| !c.is_alphabetic() && !c.is_control())
    });
    points.take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::from_code;

    #[test]
    fn only_unicode_codes_become_emoji() {
        for (code, kind, expected) in [
            ("1f389", "unicode_emoji", Some("🎉")),
            ("1f1e9-1f1ea", "unicode_emoji", Some("🇩🇪")),
            ("2764", "unicode_emoji", Some("❤")),
            ("0023-20e3", "unicode_emoji", Some("#\u{20e3}")),
            ("1", "realm_emoji", None),
            ("zulip", "zulip_extra_emoji", None),
            ("", "unicode_emoji", None),
            ("1f389-", "unicode_emoji", None),
            ("1b", "unicode_emoji", None),
            ("61", "unicode_emoji", None),
            ("110000", "unicode_emoji", None),
            ("d800", "unicode_emoji", None),
            ("tada", "unicode_emoji", None),
        ] {
            assert_eq!(from_code(code, kind).as_deref(), expected, "{code} {kind}");
        }
    }
}
