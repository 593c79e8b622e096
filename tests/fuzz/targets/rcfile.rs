//! Texts of a wyzepalrc: values stand in the lines that are named, and how lines end does not matter.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tail::rcfile::{self, Rc, RcError, RcWarning};

fuzz_target!(|text: &str| {
    let result = rcfile::parse(text);
    let lines: Vec<&str> = text.lines().flat_map(|line| line.split('\r')).collect();
    match &result {
        Ok((rc, warnings)) => {
            for (value, line) in values(rc) {
                let text = lines[line - 1].replace("%%", "%");
                assert!(text.trim_end().ends_with(value), "line {line}: {value:?}");
                assert!(!value.contains(['\n', '\r']));
                assert_eq!(value, value.trim());
            }
            assert!(warnings.is_sorted_by_key(RcWarning::line));
            for warning in warnings {
                check_words(&warning.to_string());
                assert!((1..=lines.len()).contains(&warning.line()));
            }
        }
        Err(error) => check_words(&without_value(error)),
    }

    let told = |text: &str| format!("{:?}", shown(rcfile::parse(text)));
    let expected = format!("{:?}", shown(result));
    let unmarked = text.strip_prefix('\u{feff}').unwrap_or(text);
    for end in ["\n", "\r\n", "\r"] {
        let lines = unmarked.lines().flat_map(|line| line.split('\r'));
        let other: String = lines.flat_map(|line| [line, end]).collect();
        // Before a first line that begins with another such mark.
        assert_eq!(told(&format!("\u{feff}{other}")), expected, "{end:?}");
    }
});

fn values(rc: &Rc) -> impl Iterator<Item = (&str, usize)> {
    [
        &rc.email,
        &rc.key,
        &rc.site,
        &rc.cert_bundle,
        &rc.client_cert,
        &rc.client_cert_key,
    ]
    .into_iter()
    .flatten()
    .map(|entry| (entry.value.as_str(), entry.line))
}

/// All that was read, with the values that `Debug` leaves out.
fn shown(result: Result<(Rc, Vec<RcWarning>), RcError>) -> impl std::fmt::Debug {
    result.map(|(rc, warnings)| {
        let texts: Vec<_> = values(&rc).map(|(value, _)| value.to_owned()).collect();
        let insecure = rc.insecure.as_ref().map(|entry| entry.value);
        (texts, insecure, rc, warnings)
    })
}

/// The error without the one value that it may quote, which can be of any length.
fn without_value(error: &RcError) -> String {
    let mut error = error.clone();
    if let RcError::NotBoolean { value, .. } = &mut error {
        value.clear();
    }
    error.to_string()
}

/// One short line of our own words: any other line of the file could hold the key.
fn check_words(text: &str) {
    assert!(text.is_ascii(), "{text:?}");
    assert!(!text.contains(char::is_control), "{text:?}");
    assert!(text.len() < 200, "{text:?}");
}
