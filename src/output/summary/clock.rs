//! Times and dates for the beginning of lines.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Formats times and notices when a day is over.
#[derive(Debug)]
pub struct Clock {
    zone: TimeZone,
    /// The second that `time` holds; many events share one.
    second: Option<i64>,
    /// `14:02:07`, always eight columns.
    time: String,
    day: Option<Date>,
}

impl Clock {
    /// A clock of that zone, which has not shown a date yet.
    pub fn new(zone: TimeZone) -> Self {
        Clock {
            zone,
            second: None,
            time: "--:--:--".to_owned(),
            day: None,
        }
    }

    /// The time to show for `when`, or else the last one, and before it the date if it is another one
    /// than that of the time before: `2026-11-22 Sunday`.
    pub fn read(&mut self, when: Option<Timestamp>) -> (Option<String>, &str) {
        let mut new_date = None;
        if let Some(when) = when.filter(|when| self.second != Some(when.as_second())) {
            let local = self.zone.to_datetime(when);
            let day = Some(local.date());
            self.second = Some(when.as_second());
            self.time = local.strftime("%H:%M:%S").to_string();
            if self.day != day {
                self.day = day;
                new_date = Some(local.strftime("%Y-%m-%d %A").to_string());
            }
        }
        (new_date, &self.time)
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;
    use jiff::Timestamp;
    use jiff::tz::{Offset, TimeZone};

    #[test]
    fn the_date_comes_first_and_whenever_it_changes() {
        let mut clock = Clock::new(TimeZone::fixed(Offset::constant(2)));
        for (name, when, date, time) in [
            (
                "first",
                "2026-11-22T12:02:07Z",
                Some("2026-11-22 Sunday"),
                "14:02:07",
            ),
            ("same second", "2026-11-22T12:02:07.9Z", None, "14:02:07"),
            ("same day", "2026-11-22T21:59:59Z", None, "23:59:59"),
            (
                "midnight here",
                "2026-11-22T22:00:00Z",
                Some("2026-11-23 Monday"),
                "00:00:00",
            ),
            (
                "back again",
                "2026-11-22T21:59:59Z",
                Some("2026-11-22 Sunday"),
                "23:59:59",
            ),
            (
                "before 1970",
                "1969-12-31T00:00:00.5Z",
                Some("1969-12-31 Wednesday"),
                "02:00:00",
            ),
        ] {
            let when: Timestamp = when.parse().unwrap();
            let shown = clock.read(Some(when));
            assert_eq!((shown.0.as_deref(), shown.1), (date, time), "{name}");
        }
    }

    #[test]
    fn the_ends_of_time_are_shown_too() {
        for when in [Timestamp::MIN, Timestamp::MAX] {
            let mut clock = Clock::new(TimeZone::UTC);
            assert_eq!(clock.read(Some(when)).1.len(), 8);
        }
    }
}
