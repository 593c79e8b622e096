//! Comparing names without regard to case, in a way that the servers can be asked for as well.
//!
//! Not for sorting or for width. Servers compare with Python's `lower()` in queues
//! (`zerver/lib/narrow_predicate.py`) and with the database's `upper()` in the history
//! (`zerver/lib/topic_sqlalchemy.py`, Django's `iexact`).

/// Whether two texts differ in case only. Two letters are the same if both of the servers' ways say so:
/// the Kelvin sign is no `k`, and a Turkish dotless ı no `i`.
pub fn same_text(a: &str, b: &str) -> bool {
    // No letter beyond ASCII is the same as one within, so mixed texts are told apart at once.
    a.eq_ignore_ascii_case(b) || (!a.is_ascii() && !b.is_ascii() && same_letters(a, b))
}

fn same_letters(a: &str, b: &str) -> bool {
    let mut rest = b.chars();
    a.chars()
        .all(|x| rest.next().is_some_and(|y| same_letter(x, y)))
        && rest.next().is_none()
}

fn same_letter(a: char, b: char) -> bool {
    a == b
        || (a.to_uppercase().eq(b.to_uppercase())
            && (a.to_lowercase().eq(b.to_lowercase()) || is_sigma(a)))
}

/// The one letter whose small form depends on its place in the word.
fn is_sigma(c: char) -> bool {
    matches!(c, 'Σ' | 'σ' | 'ς')
}

/// Whether every server that we may meet finds all texts that `same_text` finds for this one: no sigma,
/// and no letter whose other case is younger than the Unicode 6.3 of old servers.
pub fn folded_alike(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_ascii()
            || matches!(c, '\u{c0}'..='\u{17f}' | '\u{400}'..='\u{4ff}' | '\u{1e00}'..='\u{1eff}')
            || (c.to_lowercase().eq([c]) && c.to_uppercase().eq([c]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_no_difference_and_all_else_is() {
        for (a, b, expected) in [
            ("Denmark", "dENMARK", true),
            ("Denmark", "Denmark ", false),
            ("Denmar", "Denmark", false),
            ("ÜBUNG", "übung", true),
            ("Übung", "Ubung", false),
            ("Москва", "москва", true),
            ("ΟΔΟΣ", "οδος", true),
            ("οδος", "οδοσ", true),
            ("日本", "日本", true),
            ("日本", "日本語", false),
            ("日本語", "日本", false),
            ("\u{212a}", "k", false),
            ("wındows", "windows", false),
            ("STRASSE", "straße", false),
        ] {
            assert_eq!(same_text(a, b), expected, "{a} {b}");
            assert_eq!(same_text(b, a), expected, "{b} {a}");
        }
    }

    /// Every letter that any case mapping leads to from `c`.
    fn relatives(c: char) -> Vec<char> {
        let near: Vec<char> = c.to_lowercase().chain(c.to_uppercase()).collect();
        let far = near
            .iter()
            .flat_map(|n| n.to_lowercase().chain(n.to_uppercase()));
        far.chain(near.iter().copied()).collect()
    }

    #[test]
    fn no_letter_beyond_ascii_is_the_same_as_one_within() {
        for c in ('\u{80}'..=char::MAX).filter(|&c| relatives(c).iter().any(char::is_ascii)) {
            for relative in relatives(c) {
                assert!(!relative.is_ascii() || !same_letter(c, relative), "{c:?}");
            }
        }
    }

    #[test]
    fn letters_that_are_sent_have_no_case_that_is_not() {
        let sent = |c: char| folded_alike(c.encode_utf8(&mut [0; 4]));
        for c in ('\u{80}'..=char::MAX).filter(|&c| !sent(c)) {
            for relative in relatives(c) {
                assert!(
                    !sent(relative) || !same_letter(c, relative),
                    "{c:?} {relative:?}"
                );
            }
        }
    }

    #[test]
    fn texts_with_doubtful_letters_are_not_sent() {
        for (text, expected) in [
            ("lunch plans", true),
            ("Übung", true),
            ("Москва", true),
            ("日本語 🎉", true),
            ("οδος", false),
            ("\u{10d0}", false),
            ("\u{a7ae}", false),
        ] {
            assert_eq!(folded_alike(text), expected, "{text}");
        }
    }
}
