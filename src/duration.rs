//! Durations as options have them: `30s`, `1h30m`, or plain seconds.
//!
//! Units are those of the crate `humantime`.

use std::time::Duration;

/// 136 years: more is a slip of the finger, and would overflow when added to a clock.
const LONGEST: Duration = Duration::from_secs(u32::MAX as u64);

/// Parses `500ms`, `30s`, `5m`, `1h30m`, `2d`, `1w`, or seconds without a unit (`90`, `1.5`).
///
/// Case matters once: `m` is minutes, `M` months (of 30.44 days, as years are 365.25 days).
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    const EXAMPLES: &str = "write for example `30s`, `5m`, `1h30m`, or `90` for seconds";
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("the duration is empty; {EXAMPLES}"));
    }
    let parsed = if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
        humantime::parse_duration(&format!("{text}s"))
    } else {
        humantime::parse_duration(text)
    };
    match parsed {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        Ok(_) | Err(humantime::DurationError::NumberOverflow) => Err(format!(
            "the duration {text:?} is too long or too fine; {EXAMPLES}"
        )),
        Err(_) => Err(format!("{text:?} is not a duration; {EXAMPLES}")),
    }
}

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
        const OUT_OF_RANGE: &str = "too long or too fine";
        const MALFORMED: &str = "is not a duration";
        for (input, expected) in [
            ("", "is empty"),
            ("  ", "is empty"),
            ("-5", MALFORMED),
            ("+5", MALFORMED),
            ("-5s", MALFORMED),
            ("s", MALFORMED),
            ("1h30", MALFORMED),
            ("5x", MALFORMED),
            ("1e3", MALFORMED),
            ("1.2.3", MALFORMED),
            (".", MALFORMED),
            ("1,5", MALFORMED),
            ("NaN", MALFORMED),
            ("inf", MALFORMED),
            ("٣s", MALFORMED),
            ("4294967296", OUT_OF_RANGE),
            ("9e", MALFORMED),
            ("99999999999999999999", OUT_OF_RANGE),
            ("999999999years", OUT_OF_RANGE),
            ("0.5ns", OUT_OF_RANGE),
        ] {
            let message = parse_duration(input).unwrap_err();
            assert!(message.contains(expected), "{input:?}: {message}");
            assert!(message.contains(input.trim()), "{message}");
            assert!(message.contains("`1h30m`"), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn message_shows_control_characters_escaped() {
        let message = parse_duration("5\u{1b}[31m\n6").unwrap_err();
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
