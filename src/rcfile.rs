//! Text of a wyzepalrc (or zuliprc) to the values of its section `[api]`.
//!
//! `login.rs` finds and reads the file, and judges the values. The dialect is what the files of servers need, as
//! Python's `configparser` reads them in the bindings (`zulip/__init__.py`). Own code, because neither rust-ini 0.21
//! nor configparser 3.3 keeps to it: both accept lines without a delimiter, trip over a byte order mark and forget
//! the line numbers.

use std::collections::HashMap;

/// The values in the file; an empty one is the same as no file. No `Debug`: it has the API key.
#[derive(Default)]
pub struct Rc {
    values: HashMap<String, String>,
}

impl Rc {
    /// The value of a name, without the white space around it; an empty one is none.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.values.get(name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// Reads the text. Errors name the line and quote nothing: it could be the key.
    ///
    /// Sections of others are skipped (zulip-terminal keeps `[zterm]` there).
    pub fn parse(text: &str) -> Result<Rc, String> {
        let mut rc = Rc::default();
        let mut section = None;
        let mut has_api = false;
        // Notepad puts a byte order mark there.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(title) = section_title(line) {
                has_api |= title == "api";
                section = Some(title);
                continue;
            }
            match section {
                Some("api") => {}
                Some(_) => continue,
                None => {
                    return Err(format!(
                        "line {number}: expected a section header; a wyzepalrc starts with `[api]`"
                    ));
                }
            }
            let (name, value) = assignment(line).ok_or_else(|| {
                format!(
                    "line {number}: expected `name = value`, a `[section]`, or a comment that starts with `#`"
                )
            })?;
            if rc.values.insert(name, value.to_owned()).is_some() {
                return Err(format!(
                    "line {number}: this name is given a second time; remove one of them"
                ));
            }
        }
        if !has_api {
            return Err(
                "no section `[api]`; a wyzepalrc has one, with `email`, `key` and `site`"
                    .to_owned(),
            );
        }
        Ok(rc)
    }
}

/// The title between the brackets; what follows them is ignored, as in Python.
fn section_title(line: &str) -> Option<&str> {
    let (title, _) = line.strip_prefix('[')?.split_once(']')?;
    Some(title)
}

/// The name in lower case, and the value up to the end of the line: it may have a `#` in it.
fn assignment(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.split_once(['=', ':'])?;
    let name = name.trim_end().to_lowercase();
    (!name.is_empty()).then(|| (name, value.trim_start()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All values as `name=value`.
    #[track_caller]
    fn read(name: &str, text: &str) -> Vec<String> {
        let rc = Rc::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut values: Vec<String> = rc.values.iter().map(|(n, v)| format!("{n}={v}")).collect();
        values.sort();
        values
    }

    #[test]
    fn values_of_the_api_section_are_read() {
        let rows: [(&str, &str, &[&str]); 16] = [
            (
                "as downloaded",
                "[api]\nemail=iago@zulip.com\nkey=k3y\nsite=https://chat.example.com\n",
                &[
                    "email=iago@zulip.com",
                    "key=k3y",
                    "site=https://chat.example.com",
                ],
            ),
            (
                "first delimiter",
                "[api]\nkey = a:b=c\nsite : d=e",
                &["key=a:b=c", "site=d=e"],
            ),
            (
                "names in any case",
                "[api]\nKEY=K\nEmail=E",
                &["email=E", "key=K"],
            ),
            (
                "comments",
                "# a\n; b=c\n[api]\n  #d\n\t; e\nkey=K",
                &["key=K"],
            ),
            (
                "no inline comments",
                "[api]\nkey=K ; c\nsite=s #d",
                &["key=K ; c", "site=s #d"],
            ),
            (
                "quotes",
                "[api]\nkey=\"K\"\nsite=''",
                &["key=\"K\"", "site=''"],
            ),
            (
                "backslashes and percent signs",
                "[api]\nkey=C:\\n%%",
                &["key=C:\\n%%"],
            ),
            (
                "indented",
                "  [api]\n\temail=E\n    key=K",
                &["email=E", "key=K"],
            ),
            ("byte order mark", "\u{feff}[api]\nkey=K", &["key=K"]),
            (
                "CRLF",
                "[api]\r\nkey=K\r\n\r\nsite=s\r\n",
                &["key=K", "site=s"],
            ),
            ("empty values", "[api]\nkey=\nsite:", &["key=", "site="]),
            ("in any case", "[api]\ninsecure=False", &["insecure=False"]),
            ("text after the header", "[api] [x]\nkey=K", &["key=K"]),
            (
                "others in between",
                "[x]\na=b\n  go on\nkey=c\n[api]\nkey=K\n[API]\nkey=d",
                &["key=K"],
            ),
            (
                "in two parts",
                "[api]\nkey=K\n[x]\n[api]\nsite=s",
                &["key=K", "site=s"],
            ),
            ("only the header", "[api]", &[]),
        ];
        for (name, text, expected) in rows {
            assert_eq!(read(name, text), *expected, "{name}");
        }
    }

    #[test]
    fn text_that_is_no_wyzepalrc_is_refused_with_its_line() {
        const NO_API: &str = "no section `[api]`";
        for (name, text, expected) in [
            ("empty", "", NO_API),
            ("only a comment", "# [api]\n", NO_API),
            ("other section", "[zterm]\nkey=K", NO_API),
            ("other case", "[API]\nkey=K", NO_API),
            (
                "JSON",
                "{\"api\": {\"key\": \"s3cr3t\"}}",
                "line 1: expected a section",
            ),
            ("HTML", "\n<!DOCTYPE html>\n", "line 2: expected a section"),
            (
                "binary",
                "\0\u{1}\u{7f}ELF[api]",
                "line 1: expected a section",
            ),
            (
                "no header",
                "# mine\nkey=s3cr3t",
                "line 2: expected a section",
            ),
            (
                "header cut off",
                "[api\nkey=s3cr3t",
                "line 1: expected a section",
            ),
            (
                "no delimiter",
                "[api]\ns3cr3t\nkey=K",
                "line 2: expected `name = value`",
            ),
            (
                "continued",
                "[api]\nkey=\n s3cr3t",
                "line 3: expected `name = value`",
            ),
            (
                "twice",
                "[api]\nsite=1\nSite=s3cr3t",
                "line 3: this name is given a second time",
            ),
            (
                "no name",
                "[api]\n= s3cr3t",
                "line 2: expected `name = value`",
            ),
        ] {
            let error = Rc::parse(text).err().unwrap_or_default();
            assert!(error.starts_with(expected), "{name}: {error}");
            assert!(
                !error.contains("s3cr3t") && !error.contains('\n'),
                "{name}: {error}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = Rc::parse(&text);
        }

        #[test]
        fn values_are_ends_of_lines(
            parts in prop::collection::vec(prop::sample::select(&[
                "[api]", "[x]", "key", "site", "=", ":", "%", " ", "\t", "\n", "\r\n", "\r", "#", ";",
                "\u{feff}", "\u{a0}", "é",
            ][..]), 0..40)
        ) {
            let text = format!("[api]\n{}", parts.concat());
            if let Ok(rc) = Rc::parse(&text) {
                for value in rc.values.values() {
                    prop_assert!(text.lines().any(|line| line.trim_end().ends_with(value)));
                    prop_assert_eq!(value, value.trim());
                }
            }
        }
    }
}
