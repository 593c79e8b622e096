//! The zone of local times.
//!
//! Not through jiff's own database of zones: it lists all folders of the system's first, which took
//! as long as a whole one-shot run. One file is enough.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

use jiff::tz::TimeZone;

/// Where systems keep their zones, the usual place first.
const FOLDERS: [&str; 4] = [
    "/usr/share/zoneinfo",
    "/usr/lib/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/etc/zoneinfo",
];
/// Zones have a few kB.
const LARGEST: u64 = 1 << 20;

/// The zone that the variable `TZ` names (`America/New_York`) or describes by its rules
/// (`EST5EDT,M3.2.0,M11.1.0`), else what jiff finds: the file that `TZ` points to, UTC for nonsense
/// as in libc, and without `TZ` the system's zone.
pub fn local(tz: Option<&OsStr>) -> TimeZone {
    tz.and_then(OsStr::to_str)
        .and_then(|tz| named(tz).or_else(|| TimeZone::posix(tz).ok()))
        .unwrap_or_else(TimeZone::system)
}

fn named(tz: &str) -> Option<TimeZone> {
    let name = tz.strip_prefix(':').unwrap_or(tz);
    let parts = Path::new(name).components();
    let mut plain = parts.map(|part| matches!(part, Component::Normal(_)));
    if name.is_empty() || !plain.all(|plain| plain) {
        return None;
    }
    FOLDERS.iter().find_map(|folder| {
        let file = File::open(Path::new(folder).join(name)).ok()?;
        let mut data = Vec::new();
        file.take(LARGEST).read_to_end(&mut data).ok()?;
        TimeZone::tzif(name, &data).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_zones_are_looked_up() {
        for tz in [
            "",
            ":",
            "/etc/passwd",
            "../../etc/passwd",
            "a/../b",
            "no such zone",
            ".",
        ] {
            assert!(named(tz).is_none(), "{tz}");
        }
    }

    #[test]
    fn rules_are_understood_without_a_file() {
        let zone = local(Some(OsStr::new("<+03>-3")));
        let time = zone.to_datetime("2026-11-22T12:00:00Z".parse().unwrap());
        assert_eq!(time.to_string(), "2026-11-22T15:00:00");
    }
}
