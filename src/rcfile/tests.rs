//! The dialect, row by row, and what errors and warnings say.

use proptest::prelude::*;

use super::*;

/// Known values as `name=value@line`, in the order of the fields.
fn values(file: &Rc) -> Vec<String> {
    let texts = [
        ("email", &file.email),
        ("key", &file.key),
        ("site", &file.site),
        ("cert_bundle", &file.cert_bundle),
        ("client_cert", &file.client_cert),
        ("client_cert_key", &file.client_cert_key),
    ];
    let mut all: Vec<_> = texts
        .iter()
        .filter_map(|(name, entry)| {
            let entry = entry.as_ref()?;
            Some(format!("{name}={}@{}", entry.value, entry.line))
        })
        .collect();
    if let Some(entry) = &file.insecure {
        all.push(format!("insecure={}@{}", entry.value, entry.line));
    }
    all
}

#[test]
fn file_as_downloaded_gives_its_values() {
    let text = "[api]\nemail=iago@zulip.com\nkey=k3y\nsite=https://chat.example.com\n";
    let (file, warnings) = parse(text).unwrap();
    let expected = [
        "email=iago@zulip.com@2",
        "key=k3y@3",
        "site=https://chat.example.com@4",
    ];
    assert_eq!(values(&file), expected);
    assert_eq!(warnings, []);
}

#[test]
fn all_known_names_are_read() {
    let text = "[api]\ninsecure=TRUE\ncert_bundle=/a\nclient_cert=/b\nclient_cert_key=/c\nother=/d";
    let (file, _) = parse(text).unwrap();
    let expected = [
        "cert_bundle=/a@3",
        "client_cert=/b@4",
        "client_cert_key=/c@5",
        "insecure=true@2",
    ];
    assert_eq!(values(&file), expected);
}

#[track_caller]
fn assert_rows(rows: &[(&str, &str, &[&str])]) {
    for (name, text, expected) in rows {
        let (file, warnings) = parse(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(values(&file), *expected, "{name}");
        assert_eq!(warnings, [], "{name}");
    }
}

#[test]
fn lines_are_read_as_configparser_does_but_tolerantly() {
    assert_rows(&[
        (
            "first delimiter",
            "[api]\nkey = a:b=c\nsite : d=e",
            &["key=a:b=c@2", "site=d=e@3"],
        ),
        (
            "names in any case",
            "[api]\nKEY=K\nEmail=E",
            &["email=E@3", "key=K@2"],
        ),
        ("comments", "# a\n; b=c\n[api]\n#d\nkey=K", &["key=K@5"]),
        (
            "indented comments",
            "[api]\nkey=K\n  # a\n\t; b",
            &["key=K@2"],
        ),
        ("rem lines", "rem a\n[api]\nREM b\nREM\nkey=K", &["key=K@5"]),
        (
            "no inline comments",
            "[api]\nkey=K ; c\nsite=s #d",
            &["key=K ; c@2", "site=s #d@3"],
        ),
        (
            "quotes",
            "[api]\nkey=\"K\"\nsite=''\nemail=\"\"",
            &["email=\"\"@4", "key=\"K\"@2", "site=''@3"],
        ),
        (
            "backslashes",
            "[api]\ncert_bundle=C:\\new",
            &["cert_bundle=C:\\new@2"],
        ),
        (
            "header and names indented",
            "  [api]\n  email=E\n  key=K",
            &["email=E@2", "key=K@3"],
        ),
        (
            "names indented",
            "[api]\n\temail=E\n\tkey=K",
            &["email=E@2", "key=K@3"],
        ),
        (
            "indent getting less",
            "[api]\n  email=E\n key=K\nsite=S",
            &["email=E@2", "key=K@3", "site=S@4"],
        ),
        (
            "percent signs",
            "[api]\nkey=a%%b%c%(x)s%%%",
            &["key=a%b%c%(x)s%%@2"],
        ),
        ("byte order mark", "\u{feff}[api]\nkey=K", &["key=K@2"]),
        (
            "CRLF",
            "[api]\r\nkey=K\r\n\r\nsite=s\r\n",
            &["key=K@2", "site=s@4"],
        ),
        ("CR", "[api]\rkey=K\rsite=s\r", &["key=K@2", "site=s@3"]),
        ("empty value", "[api]\nkey=\nsite:", &["key=@2", "site=@3"]),
        (
            "blank line after a value",
            "[api]\nkey=K\n   \nsite=s",
            &["key=K@2", "site=s@4"],
        ),
        (
            "insecure in another case",
            "[api]\ninsecure=False",
            &["insecure=false@2"],
        ),
    ]);
}

#[test]
fn api_section_counts_with_defaults_and_others_do_not() {
    assert_rows(&[
        (
            "indent starts anew in a section",
            "[x]\na=b\n[api]\n  key=K",
            &["key=K@4"],
        ),
        ("sections in their case", "[api]\n[API]\nkey=K", &[]),
        ("sections with spaces", "[api]\n[ api ]\nkey=K", &[]),
        ("text after the header", "[api] mine\nkey=K", &["key=K@2"]),
        ("bracket after the header", "[api] [x]\nkey=K", &["key=K@2"]),
        (
            "continued elsewhere",
            "[x]\na=b\n  key=c\n  d\n[api]\nz=1\n  2\nkey=K",
            &["key=K@8"],
        ),
        (
            "default",
            "[DEFAULT]\nsite=s\nkey=d\n[api]\nkey=K",
            &["key=K@5", "site=s@2"],
        ),
        (
            "default behind",
            "[api]\nkey=K\n[DEFAULT]\nsite=s\nkey=d",
            &["key=K@2", "site=s@4"],
        ),
        (
            "default in its case",
            "[default]\nsite=s\n[api]\nkey=K",
            &["key=K@4"],
        ),
        (
            "foreign section",
            "[zterm]\ntheme=x\nkey=y\n[api]\nkey=K",
            &["key=K@5"],
        ),
        ("only the header", "[api]", &[]),
        (
            "insecure as default overruled",
            "[DEFAULT]\ninsecure=1\n[api]\ninsecure=true",
            &["insecure=true@4"],
        ),
    ]);
}

#[test]
fn last_duplicate_wins_with_a_warning() {
    let rows: &[(&str, &str, &[&str], &[&str])] = &[
        (
            "name",
            "[api]\nsite=1\nsite=2\nSite=3",
            &["site=3@4"],
            &[
                "line 3: `site` replaces the one in line 2; remove one of them",
                "line 4: `site` replaces the one in line 3; remove one of them",
            ],
        ),
        (
            "section",
            "[api]\nkey=1\n[x]\na=b\n[api]\nkey=2\nsite=s",
            &["key=2@6", "site=s@7"],
            &[
                "line 5: second section `[api]`, read as part of that in line 1; join them",
                "line 6: `key` replaces the one in line 2; remove one of them",
            ],
        ),
        (
            "name of a default",
            "[DEFAULT]\nsite=1\nsite=2\n[api]",
            &["site=2@3"],
            &["line 3: `site` replaces the one in line 2; remove one of them"],
        ),
        (
            "names of others",
            "[api]\na=1\na=2\n[x]\nkey=1\nkey=2\n[x]",
            &[],
            &[],
        ),
    ];
    for (name, text, expected, expected_warnings) in rows {
        let (file, warnings) = parse(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(values(&file), *expected, "{name}");
        let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings, *expected_warnings, "{name}");
    }
}

#[test]
fn text_that_is_no_wyzepalrc_is_refused_with_its_line() {
    let no_api = |similar| RcError::NoApiSection { similar };
    let before = |line| RcError::BeforeSection { line };
    let no_delimiter = |line| RcError::NoDelimiter { line };
    let continuation = |line, name, start| RcError::Continuation { line, name, start };
    let not_boolean = |line, value: &str| RcError::NotBoolean {
        line,
        value: value.to_owned(),
    };
    for (name, text, expected) in [
        ("empty", "", no_api(None)),
        ("only a comment", "# [api]\n", no_api(None)),
        ("other section", "[zterm]\nkey=K", no_api(None)),
        ("other case", "[x]\n[API]\nkey=K", no_api(Some(2))),
        ("spaces", "[ api ]\nkey=K", no_api(Some(1))),
        ("only defaults", "[DEFAULT]\nkey=K", no_api(None)),
        ("JSON", "{\"api\": {\"key\": \"s3cr3t\"}}", before(1)),
        ("JSON list", "[\"a\", 1]", no_api(None)),
        ("HTML", "\n<!DOCTYPE html>\n", before(2)),
        ("binary", "\0\u{1}\u{7f}ELF[api]", before(1)),
        ("no header", "# mine\nkey=s3cr3t", before(2)),
        ("header cut off", "[api\nkey=s3cr3t", before(1)),
        ("empty header", "[]\nkey=s3cr3t", before(1)),
        ("second mark", "\u{feff}\u{feff}[api]", before(1)),
        ("no delimiter", "[api]\ns3cr3t\nkey=K", no_delimiter(2)),
        (
            "no delimiter elsewhere",
            "[api]\nkey=s3cr3t\n[x]\na",
            no_delimiter(4),
        ),
        ("no name", "[api]\n= s3cr3t", no_delimiter(2)),
        ("rem indented", "[api]\n  rem s3cr3t", no_delimiter(2)),
        (
            "continued",
            "[api]\nemail=e\n\n  key=s3cr3t",
            continuation(4, "email", 2),
        ),
        (
            "key continued",
            "[api]\nkey=\n s3cr3t",
            continuation(3, "key", 2),
        ),
        (
            "header as continuation",
            "[api]\nkey=s3cr3t\n  [x]",
            continuation(3, "key", 2),
        ),
        (
            "default continued",
            "[DEFAULT]\nkey=K\n s3cr3t\n[api]",
            continuation(3, "key", 2),
        ),
        (
            "insecure as a number",
            "[api]\nkey=s3cr3t\ninsecure=1",
            not_boolean(3, "1"),
        ),
        ("insecure empty", "[api]\ninsecure=", not_boolean(2, "")),
        (
            "insecure as default",
            "[DEFAULT]\ninsecure=yes\n[api]",
            not_boolean(2, "yes"),
        ),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error, expected, "{name}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("s3cr3t"), "{name}: {shown}");
        assert!(!shown.contains('\n'), "{name}: {shown}");
    }
}

#[test]
fn messages_name_the_line_and_what_to_write() {
    for (text, expected) in [
        (
            "",
            "no section `[api]`; a wyzepalrc has one, with `email`, `key` and `site`",
        ),
        (
            "[API]",
            "no section `[api]`; write the header in line 1 exactly so, in lower case and without spaces",
        ),
        (
            "{}",
            "line 1: expected a section header; a wyzepalrc starts with `[api]`",
        ),
        (
            "[api]\nx",
            "line 2: expected `name = value`, a `[section]`, or a comment that starts with `#`",
        ),
        (
            "[api]\nkey=\n x",
            "line 3: indented deeper than line 2, so it would continue the value of `key`; indent both alike",
        ),
        (
            "[api]\ninsecure=\u{1b}yes",
            "line 2: `insecure` is \"\\u{1b}yes\"; write `true` or `false`",
        ),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), expected);
    }
}

#[test]
fn values_are_shown_neither_by_debug_nor_by_warnings() {
    let (file, warnings) = parse("[api]\nkey=s3cr3t\nkey=s3cr3t2\nemail=e").unwrap();
    assert!(file.key.as_ref().is_some_and(|key| key.value == "s3cr3t2"));
    assert_eq!(warnings.len(), 1);
    let shown = format!("{file:?} {file:#?} {warnings:?} {}", warnings[0]);
    assert!(!shown.contains("s3cr3t"), "{shown}");
    assert_eq!(format!("{:?}", file.key), "Some(Entry { line: 3, .. })");
}

#[test]
fn booleans_are_true_and_false_only() {
    for (text, expected) in [
        ("true", Some(true)),
        ("TRUE", Some(true)),
        ("False", Some(false)),
        ("", None),
        ("1", None),
        ("yes", None),
        (" true", None),
    ] {
        assert_eq!(parse_boolean(text), expected, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = parse(&text);
    }

    #[test]
    fn text_of_the_dialects_parts_keeps_values_to_their_lines(
        parts in prop::collection::vec(prop::sample::select(&[
            "[api]", "[DEFAULT]", "[x]", "key", "site", "insecure", "=", ":", "true", "%", "%%", " ",
            "\t", "\n", "\r\n", "\r", "#", ";", "rem ", "\u{feff}", "\u{a0}", "é",
        ][..]), 0..40)
    ) {
        let text = format!("[api]\n{}", parts.concat());
        let count = text.split(['\n', '\r']).count();
        if let Ok((file, warnings)) = parse(&text) {
            for entry in [&file.key, &file.site].into_iter().flatten() {
                prop_assert!(!entry.value.contains(['\n', '\r']));
                prop_assert!((2..=count).contains(&entry.line));
            }
            prop_assert!(warnings.is_sorted_by_key(RcWarning::line));
        }
    }
}
