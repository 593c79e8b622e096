//! Times and dates for the beginning of lines.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Where no time is known.
const NO_TIME: &str = "--:--:--";

/// How times and dates are written.
#[derive(Debug)]
pub struct TimeForm {
    time: &'static str,
    date: &'static str,
    /// Columns of a time.
    columns: usize,
    /// Seconds that have the same.
    seconds: i64,
}

/// `14:02:07`, `2026-11-22 Sunday`.
pub const SECONDS: TimeForm = TimeForm {
    time: "%H:%M:%S",
    date: "%Y-%m-%d %A",
    columns: 8,
    seconds: 1,
};

/// `14:02`, `Sunday 22 November 2026`.
pub const MINUTES: TimeForm = TimeForm {
    time: "%H:%M",
    date: "%A %-d %B %Y",
    columns: 5,
    seconds: 60,
};

/// Formats times and notices when a day is over.
#[derive(Debug)]
pub struct Clock {
    zone: TimeZone,
    form: TimeForm,
    /// The second or minute that `time` holds; many events share one.
    last: Option<i64>,
    time: String,
    day: Option<Date>,
}

/// A time as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Moment<'a> {
    /// The date, if it is another one than that of the time before.
    pub new_date: Option<String>,
    /// The time of the day.
    pub time: &'a str,
    /// Whether it is another one than before.
    pub is_new: bool,
}

impl Clock {
    /// A clock of that zone, which has not shown a date yet.
    pub fn new(zone: TimeZone, form: TimeForm) -> Self {
        Clock {
            zone,
            time: NO_TIME.get(..form.columns).unwrap_or_default().to_owned(),
            form,
            last: None,
            day: None,
        }
    }

    /// The time to show for `when`, or else the last one.
    pub fn read(&mut self, when: Option<Timestamp>) -> Moment<'_> {
        let (mut new_date, mut is_new) = (None, false);
        let now = when.map(|when| when.as_second().div_euclid(self.form.seconds));
        if let Some(when) = when.filter(|_| self.last != now) {
            let local = self.zone.to_datetime(when);
            let day = Some(local.date());
            self.last = now;
            self.time = local.strftime(self.form.time).to_string();
            is_new = true;
            if self.day != day {
                self.day = day;
                new_date = Some(local.strftime(self.form.date).to_string());
            }
        }
        Moment {
            new_date,
            time: &self.time,
            is_new,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, SECONDS};
    use jiff::Timestamp;
    use jiff::tz::{Offset, TimeZone};

    #[test]
    fn the_date_comes_first_and_whenever_it_changes() {
        let mut clock = Clock::new(TimeZone::fixed(Offset::constant(2)), SECONDS);
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
            assert_eq!(
                (shown.new_date.as_deref(), shown.time),
                (date, time),
                "{name}"
            );
        }
    }

    #[test]
    fn the_ends_of_time_are_shown_too() {
        for when in [Timestamp::MIN, Timestamp::MAX] {
            let mut clock = Clock::new(TimeZone::UTC, SECONDS);
            assert_eq!(clock.read(Some(when)).time.len(), 8);
        }
    }
}
