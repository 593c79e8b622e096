//! The values of `--since` and `--until`: a time that has been, or a link to a message.
//!
//! Times without a date or a zone are local (`TZ`).

use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::duration::parse_duration;
use crate::event::MessageId;
use crate::selection::link::WebLink;
use crate::site::Site;
use crate::zone::Zone;

/// A number of so many digits is a time as messages carry it: as an age it would be more than 30 years.
const SECONDS_SINCE_1970: usize = 10;
/// The server's clock may be ahead of ours, and what it tells is no time to come.
const SKEW: SignedDuration = SignedDuration::from_mins(1);

/// Why a text is no time.
const REFUSAL: &str = "give an age (2h, 30m, '2 hours ago'), a time (10:00), today, yesterday, a date (2026-11-22), a date and time (2026-11-22T14:00), RFC 3339, a message's timestamp (1795356127) or a link to a message";

/// A place among the messages of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// What was sent at this time, and later.
    Time(Timestamp),
    /// This message, and those with higher ids.
    Message(MessageId),
}

impl When {
    /// Whether a message, sent so many seconds after 1970, is there or behind. None where it does not tell.
    pub fn is_reached(self, id: Option<MessageId>, timestamp: Option<i64>) -> Option<bool> {
        match self {
            When::Time(time) => Some(timestamp? >= time.as_second()),
            When::Message(first) => Some(id? >= first),
        }
    }
}

/// A place as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenWhen {
    /// Where it is.
    pub when: When,
    /// The server that a link leads to.
    pub site: Option<Site>,
}

impl GivenWhen {
    /// The value of `--since`.
    pub fn since(text: &str) -> Result<GivenWhen, String> {
        let advice = "live events come without it, this is for messages of the past";
        GivenWhen::past(text, SKEW, advice)
    }

    /// The value of `--until`.
    pub fn until(text: &str) -> Result<GivenWhen, String> {
        let advice = "to stop after some time, use -W DUR (--timeout)";
        GivenWhen::past(text, SignedDuration::ZERO, advice)
    }

    fn past(text: &str, skew: SignedDuration, advice: &str) -> Result<GivenWhen, String> {
        let now = Timestamp::now();
        let given = given(text, now)?;
        match given.when {
            When::Time(time) if time > now + skew => {
                Err(format!("that is in the future: {advice}"))
            }
            _ => Ok(given),
        }
    }
}

/// In the local zone, if there is one.
fn given(text: &str, now: Timestamp) -> Result<GivenWhen, String> {
    let given = parse(text, now, &Zone::Local.rules());
    // What is the same elsewhere is of no zone.
    let elsewhere = || parse(text, now, &TimeZone::fixed(tz::offset(1)));
    match Zone::Local.unknown() {
        Some(name) if given != elsewhere() => Err(format!(
            "that is a time of the local zone, and TZ={name} is none that is known here: write it with its zone, as in 2026-11-22T14:00Z"
        )),
        _ => given,
    }
}

fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<GivenWhen, String> {
    let text = text.trim();
    if WebLink::is_link(text) {
        let link: WebLink = text.parse()?;
        let message = link.message().ok_or(
            "the link leads to no message: \"copy link to message\" in the web app makes one that ends with /near/ and a number",
        )?;
        return Ok(GivenWhen {
            when: When::Message(message),
            site: link.site,
        });
    }
    let time = time(text, now, zone).ok_or(REFUSAL)?;
    Ok(GivenWhen {
        when: When::Time(time),
        site: None,
    })
}

fn time(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let today = zone.to_datetime(now).date();
    let at = |date: Date, time| zone.to_timestamp(date.to_datetime(time)).ok();
    match text {
        "today" => return at(today, Time::midnight()),
        "yesterday" => return at(today.yesterday().ok()?, Time::midnight()),
        _ => {}
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        if text.len() == "20261122".len()
            && let Ok(date) = Date::strptime("%Y%m%d", text)
        {
            return at(date, Time::midnight());
        }
        if text.len() >= SECONDS_SINCE_1970 {
            return Timestamp::from_second(text.parse().ok()?).ok();
        }
    }
    let age = text.strip_suffix(" ago").unwrap_or(text);
    if let Ok(age) = parse_duration(age) {
        let age = SignedDuration::try_from(age).ok()?;
        return now.checked_sub(age).ok();
    }
    if let Ok(time) = Timestamp::from_str(text) {
        return Some(time);
    }
    // The name of a zone, which would be left out in silence.
    if text.contains('[') {
        return None;
    }
    if let Some(time) = time_of_day(text) {
        let last = at(today, time).filter(|time| *time <= now);
        return last.or_else(|| at(today.yesterday().ok()?, time));
    }
    let civil = match Date::from_str(text) {
        // A date would also be read from the beginning of a date and time.
        Ok(date) if text.len() <= "2026-11-22".len() => date.to_datetime(Time::midnight()),
        _ => DateTime::from_str(text).ok()?,
    };
    zone.to_timestamp(civil).ok()
}

/// `10:00`, `9:30` or `10:00:30`.
fn time_of_day(text: &str) -> Option<Time> {
    let formats = ["%H:%M", "%H:%M:%S"];
    formats
        .iter()
        .find_map(|format| Time::strptime(format, text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn ages_dates_and_times_are_parsed() {
        let zone = TimeZone::fixed(tz::offset(1));
        let now = at("2026-11-22T15:00:00Z");
        for (text, expected) in [
            ("2h", "2026-11-22T13:00:00Z"),
            ("30m", "2026-11-22T14:30:00Z"),
            ("1d", "2026-11-21T15:00:00Z"),
            ("90", "2026-11-22T14:58:30Z"),
            ("2 hours ago", "2026-11-22T13:00:00Z"),
            ("1h 30min ago", "2026-11-22T13:30:00Z"),
            ("1 day ago", "2026-11-21T15:00:00Z"),
            ("today", "2026-11-21T23:00:00Z"),
            ("yesterday", "2026-11-20T23:00:00Z"),
            ("10:00", "2026-11-22T09:00:00Z"),
            ("9:30", "2026-11-22T08:30:00Z"),
            ("15:59:59", "2026-11-22T14:59:59Z"),
            ("16:00", "2026-11-22T15:00:00Z"),
            // Not yet today.
            ("16:01", "2026-11-21T15:01:00Z"),
            ("00:00", "2026-11-21T23:00:00Z"),
            ("1795356127", "2026-11-22T14:02:07Z"),
            ("20261122", "2026-11-21T23:00:00Z"),
            // No date, so an age.
            ("20261322", "2026-04-02T02:51:18Z"),
            ("2026-11-22", "2026-11-21T23:00:00Z"),
            ("2026-11-22T14:00", "2026-11-22T13:00:00Z"),
            ("2026-11-22 14:00:30", "2026-11-22T13:00:30Z"),
            ("2026-11-22T14:00:00Z", "2026-11-22T14:00:00Z"),
            (" 2026-11-22T14:00:00+02:00\n", "2026-11-22T12:00:00Z"),
        ] {
            let expected = When::Time(expected.parse().unwrap());
            let parsed = parse(text, now, &zone).map(|given| given.when);
            assert_eq!(parsed, Ok(expected), "{text}");
        }
    }

    #[test]
    fn days_begin_and_clocks_change_as_the_zone_has_it() {
        // Havana's clocks go from 00:00 to 01:00 on 8 March 2026, and back in the night to 1 November.
        let zone = TimeZone::posix("CST5CDT,M3.2.0/0,M11.1.0/1").unwrap();
        for (now, text, expected) in [
            ("2026-03-08T12:00:00Z", "today", "2026-03-08T05:00:00Z"),
            ("2026-03-08T12:00:00Z", "yesterday", "2026-03-07T05:00:00Z"),
            ("2026-03-08T12:00:00Z", "00:30", "2026-03-08T05:30:00Z"),
            ("2026-03-09T12:00:00Z", "yesterday", "2026-03-08T05:00:00Z"),
            ("2026-11-01T12:00:00Z", "today", "2026-11-01T04:00:00Z"),
        ] {
            let time = time(text, at(now), &zone).unwrap();
            assert_eq!(time.to_string(), expected, "{text} at {now}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let now = at("1970-01-01T00:00:00Z");
        for text in [
            "",
            "tomorrow",
            "ago",
            "hours ago",
            "24:00",
            "10:60",
            "10:00pm",
            "2026-13-01",
            "2026-11-22T25:00",
            "-2h",
            // The zone would be left out in silence.
            "2026-11-22T14:00[America/New_York]",
            "99999999999999d",
            // Milliseconds since 1970.
            "1795356127000",
        ] {
            assert_eq!(
                parse(text, now, &TimeZone::UTC),
                Err(REFUSAL.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn links_lead_to_messages() {
        let now = at("2026-11-22T15:00:00Z");
        let site = "https://chat.example.org";
        for (text, expected) in [
            ("#narrow/near/12", Some((12, None))),
            (
                "https://chat.example.org/#narrow/channel/7-Denmark/topic/lunch/near/12",
                Some((12, Some(site))),
            ),
            ("#narrow/channel/7-Denmark", None),
            ("#inbox", None),
        ] {
            let expected = expected.map(|(id, site)| GivenWhen {
                when: When::Message(MessageId(id)),
                site: site.map(|site| site.parse().unwrap()),
            });
            assert_eq!(parse(text, now, &TimeZone::UTC).ok(), expected, "{text}");
        }
    }

    #[test]
    fn a_time_to_come_is_refused() {
        for text in ["2100-01-01", "4102444800"] {
            let since = GivenWhen::since(text).unwrap_err();
            assert!(since.contains("in the future"), "{since}");
            let until = GivenWhen::until(text).unwrap_err();
            assert!(
                until.contains("in the future") && until.contains("-W"),
                "{until}"
            );
        }
    }
}
