//! Durations as options take them: `30s`, `1h30m`, or plain seconds.
//!
//! Not for printing durations. Units are those of the crate `humantime`.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// 136 years: more is a slip of the finger, and would overflow when added to a clock.
const LONGEST: Duration = Duration::from_secs(u32::MAX as u64);

/// Parses `500ms`, `30s`, `5m`, `1h30m`, `2d`, `1w`, or seconds without a unit (`90`, `1.5`).
///
/// Case matters once: `m` is minutes, `M` months (of 30.44 days, as years are 365.25 days).
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(DurationError::Empty);
    }
    let parsed = if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
        humantime::parse_duration(&format!("{text}s"))
    } else {
        humantime::parse_duration(text)
    };
    match parsed {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        Ok(_) | Err(humantime::DurationError::NumberOverflow) => {
            Err(DurationError::OutOfRange(text.to_owned()))
        }
        Err(_) => Err(DurationError::Malformed(text.to_owned())),
    }
}

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DurationError {
    /// Nothing but white space.
    Empty,
    /// A missing number, an unknown unit, a sign.
    Malformed(String),
    /// More than 136 years, or finer than a nanosecond.
    OutOfRange(String),
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the duration is empty"),
            Self::Malformed(text) => write!(f, "{text:?} is not a duration"),
            Self::OutOfRange(text) => write!(f, "the duration {text:?} is too long or too fine"),
        }?;
        f.write_str("; write for example `30s`, `5m`, `1h30m`, or `90` for seconds")
    }
}

impl Error for DurationError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_have_units_or_are_seconds() {
        for (input, millis) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("1h 30m", 5_400_000),
            ("2d", 172_800_000),
            ("1w", 604_800_000),
            ("1.5h", 5_400_000),
            ("0", 0),
            ("0s", 0),
            ("90", 90_000),
            ("1.5", 1_500),
            ("0.1", 100),
            (" 90\n", 90_000),
        ] {
            let expected = Duration::from_millis(millis);
            assert_eq!(parse_duration(input), Ok(expected), "{input:?}");
        }
    }

    #[test]
    fn capital_m_is_months_and_small_m_is_minutes() {
        assert_eq!(parse_duration("1m"), Ok(Duration::from_mins(1)));
        assert_eq!(parse_duration("1M"), Ok(Duration::from_secs(2_630_016)));
    }

    #[test]
    fn refused_duration_is_named_with_an_example() {
        use DurationError::{Empty, Malformed, OutOfRange};
        for (input, expected) in [
            ("", Empty),
            ("  ", Empty),
            ("-5", Malformed("-5".into())),
            ("+5", Malformed("+5".into())),
            ("-5s", Malformed("-5s".into())),
            ("s", Malformed("s".into())),
            ("1h30", Malformed("1h30".into())),
            ("5x", Malformed("5x".into())),
            ("1e3", Malformed("1e3".into())),
            ("1.2.3", Malformed("1.2.3".into())),
            (".", Malformed(".".into())),
            ("1,5", Malformed("1,5".into())),
            ("NaN", Malformed("NaN".into())),
            ("inf", Malformed("inf".into())),
            ("٣s", Malformed("٣s".into())),
            ("4294967296", OutOfRange("4294967296".into())),
            ("9e", Malformed("9e".into())),
            (
                "99999999999999999999",
                OutOfRange("99999999999999999999".into()),
            ),
            ("999999999years", OutOfRange("999999999years".into())),
            ("0.5ns", OutOfRange("0.5ns".into())),
        ] {
            let error = parse_duration(input).unwrap_err();
            assert_eq!(error, expected, "{input:?}");
            let message = error.to_string();
            assert!(message.contains(input.trim()), "{message}");
            assert!(message.contains("`1h30m`"), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn message_shows_control_characters_escaped() {
        let message = parse_duration("5\u{1b}[31m\n6").unwrap_err().to_string();
        assert!(message.contains(r#""5\u{1b}[31m\n6""#), "{message}");
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in any::<String>()) {
            let _ = parse_duration(&text);
        }

        #[test]
        fn numbers_with_and_without_units_fit_a_clock(text in "[0-9]{1,22}(\\.[0-9]{1,12})?[a-zA-Zµ]{0,2}") {
            if let Ok(duration) = parse_duration(&text) {
                prop_assert!(duration <= LONGEST);
            }
        }
    }
}
