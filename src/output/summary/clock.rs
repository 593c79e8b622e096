//! Times and dates for the beginning of lines.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Formats times and notices when a day is over.
#[derive(Debug)]
pub struct Clock {
    zone: TimeZone,
    /// The second that `time` and `day` hold; many events share one.
    second: Option<i64>,
    time: String,
    day: Date,
    last_shown: Option<Date>,
    date_line: String,
}

/// How a point in time is shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Moment<'a> {
    /// `2026-11-22 Sunday`, if the last one was read on another day or there was none.
    pub new_date: Option<&'a str>,
    /// `14:02:07`, always eight columns.
    pub time: &'a str,
}

/// Before the first time that is known.
pub const UNKNOWN: Moment = Moment {
    new_date: None,
    time: "--:--:--",
};

impl Clock {
    /// A clock of that zone, which has not shown a date yet.
    pub fn new(zone: TimeZone) -> Self {
        Clock {
            zone,
            second: None,
            time: String::new(),
            day: Date::ZERO,
            last_shown: None,
            date_line: String::new(),
        }
    }

    /// The time to show for `when`; its date counts as shown from now on.
    pub fn read(&mut self, when: Timestamp) -> Moment<'_> {
        if self.second != Some(when.as_second()) {
            self.set(when);
        }
        let is_new = self.last_shown.replace(self.day) != Some(self.day);
        if is_new {
            self.date_line = self.day.strftime("%Y-%m-%d %A").to_string();
        }
        Moment {
            new_date: is_new.then_some(self.date_line.as_str()),
            time: &self.time,
        }
    }

    fn set(&mut self, when: Timestamp) {
        let local = self.zone.to_datetime(when);
        self.second = Some(when.as_second());
        self.day = local.date();
        self.time = local.strftime("%H:%M:%S").to_string();
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
            let moment = clock.read(when);
            assert_eq!((moment.new_date, moment.time), (date, time), "{name}");
        }
    }

    #[test]
    fn the_ends_of_time_are_shown_too() {
        for when in [Timestamp::MIN, Timestamp::MAX] {
            let mut clock = Clock::new(TimeZone::UTC);
            assert_eq!(clock.read(when).time.len(), 8);
        }
    }
}
