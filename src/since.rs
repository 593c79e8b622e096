//! The value of `--since`: an age, a date, a date and time, RFC 3339, or a message's timestamp.

use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::duration::parse_duration;

/// A number of so many digits is a time as messages carry it: as an age it would be more than 30 years.
const SECONDS_SINCE_1970: usize = 10;

/// A time before now. Dates and times without a zone are local (`TZ`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since(pub Timestamp);

/// Why a text is no such time.
const REFUSAL: &str = "give an age (2h, 30m, 1d), a date (2026-11-22), a date and time (2026-11-22T14:00), RFC 3339 or a message's timestamp (1795356127)";

impl FromStr for Since {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text, Timestamp::now(), TimeZone::system)
            .map(Since)
            .ok_or(REFUSAL)
    }
}

fn parse(text: &str, now: Timestamp, zone: impl FnOnce() -> TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() >= SECONDS_SINCE_1970 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    if let Ok(age) = parse_duration(text) {
        return now.checked_sub(SignedDuration::try_from(age).ok()?).ok();
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil = match text.parse::<Date>() {
        // A date would also be read from the beginning of a date and time.
        Ok(date) if text.len() <= "2026-11-22".len() => {
            date.to_datetime(jiff::civil::Time::midnight())
        }
        _ => text.parse::<DateTime>().ok()?,
    };
    zone().to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_dates_and_times_are_parsed() {
        let now: Timestamp = "2026-11-22T15:00:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        for (text, expected) in [
            ("2h", "2026-11-22T13:00:00Z"),
            ("30m", "2026-11-22T14:30:00Z"),
            ("1d", "2026-11-21T15:00:00Z"),
            ("90", "2026-11-22T14:58:30Z"),
            ("1795356127", "2026-11-22T14:02:07Z"),
            ("2026-11-22", "2026-11-21T23:00:00Z"),
            ("2026-11-22T14:00", "2026-11-22T13:00:00Z"),
            ("2026-11-22 14:00:30", "2026-11-22T13:00:30Z"),
            ("2026-11-22T14:00:00Z", "2026-11-22T14:00:00Z"),
            ("2026-11-22T14:00:00+02:00", "2026-11-22T12:00:00Z"),
        ] {
            let expected: Timestamp = expected.parse().unwrap();
            assert_eq!(parse(text, now, || zone.clone()), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let now = Timestamp::UNIX_EPOCH;
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-11-22T25:00",
            "-2h",
            "99999999999999d",
            // Milliseconds since 1970.
            "1795356127000",
        ] {
            assert_eq!(parse(text, now, || TimeZone::UTC), None, "{text}");
        }
    }
}
