//! The name that was probably meant by a misspelt one: a kind of event, an operator, a channel, an address.

use strsim::osa_distance;

/// The most similar of the known names, in any case. At most every third character may be wrong:
/// more than that is another word.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let length = written.chars().count();
    known
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let characters = lower.chars().count();
            let allowed = characters / 3;
            // Each character too many is a wrong one, and comparing long texts is slow.
            let comparable = length.abs_diff(characters) <= allowed;
            let distance = comparable.then(|| osa_distance(&written, &lower))?;
            (distance <= allowed).then_some((distance, name))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::nearest;

    #[test]
    fn a_name_is_found_with_every_third_letter_wrong_at_most() {
        let known = ["message", "from", "Übung", "stream", "steam"];
        for (written, expected) in [
            ("message", Some("message")),
            ("MESAGE", Some("message")),
            ("messsagee", Some("message")),
            ("messsageee", None),
            ("form", Some("from")),
            ("forum", None),
            ("übung", Some("Übung")),
            ("Ubung", Some("Übung")),
            ("steem", Some("steam")),
            ("", None),
            ("quux", None),
        ] {
            assert_eq!(nearest(written, known), expected, "{written}");
        }
        assert_eq!(nearest("message", []), None);
    }

    #[test]
    fn a_long_text_is_no_misspelling_and_not_compared() {
        let (short, long) = ("m".repeat(20_000), "m".repeat(40_000));
        let start = Instant::now();
        assert_eq!(nearest(&short, [&*long; 10]), None);
        assert_eq!(nearest(&long, [&*short, "message"]), None);
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
