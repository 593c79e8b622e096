//! Texts of a wyzepalrc: values are ends of lines, and how lines end does not matter.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tail::rcfile::Rc;

const NAMES: [&str; 4] = ["email", "key", "site", "insecure"];

fuzz_target!(|text: &str| {
    let result = Rc::parse(text);
    match &result {
        Ok(rc) => {
            for value in NAMES.iter().filter_map(|name| rc.get(name)) {
                assert!(text.lines().any(|line| line.trim_end().ends_with(value)));
                assert_eq!(value, value.trim());
            }
        }
        Err(error) => check_words(error),
    }

    let unmarked = text.strip_prefix('\u{feff}').unwrap_or(text);
    for end in ["\n", "\r\n"] {
        let other: String = unmarked.lines().flat_map(|line| [line, end]).collect();
        // Before a first line that begins with another such mark.
        let other = Rc::parse(&format!("\u{feff}{other}"));
        assert_eq!(shown(&other), shown(&result), "{end:?}");
    }
});

/// All that was read.
fn shown(result: &Result<Rc, String>) -> String {
    match result {
        Ok(rc) => format!("{:?}", NAMES.map(|name| rc.get(name))),
        Err(error) => error.clone(),
    }
}

/// One short line of our own words: any other line of the file could hold the key.
fn check_words(text: &str) {
    assert!(text.is_ascii(), "{text:?}");
    assert!(!text.contains(char::is_control), "{text:?}");
    assert!(text.len() < 200, "{text:?}");
}
