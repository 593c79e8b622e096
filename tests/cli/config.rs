//! Where address, key and site come from: options, environment, and a wyzepalrc in one of its places.
//!
//! Not for what the server makes of them (`auth.rs`) or for the file's dialect (unit tests of `rcfile`).

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::support::account::{EMAIL, KEY, rc};
use crate::support::greeter::{HELLO, accounts, greeter, greeter_below, once};
use crate::support::run::{Expected, Home, NOWHERE, PROGRAM, Tail};

/// Nothing listens there, and whoever is sent there says so at once: no scheme of ours.
const WRONG_SITE: &str = "ftp://wrong.example.com";

#[test]
fn the_first_file_that_exists_is_read() {
    let places = [
        "of-wyzepal-config",
        ".wyzepalrc",
        "wyzepalrc",
        ".config/wyzepal/wyzepalrc",
        "of-zulip-config",
        ".zuliprc",
        "zuliprc",
    ];
    for (first, place) in places.iter().enumerate() {
        let server = greeter();
        let home = Home::new();
        fs::create_dir_all(home.path(".config/wyzepal")).expect("a folder");
        for name in &places[first..] {
            home.write(name, &rc(&format!("{name}@example.com"), &server.site()));
        }
        let mut tail = once(&server.site()).without_rc().home(&home);
        if first == 0 {
            tail = tail.env("WYZEPAL_CONFIG", home.path(places[0]));
        }
        if first <= 4 {
            tail = tail.env("ZULIP_CONFIG", home.path(places[4]));
        }
        tail.stdout(HELLO).run();
        let expected = format!("{place}@example.com:{KEY}");
        assert_eq!(accounts(&server), [expected], "{place}");
    }
}

#[test]
fn the_platforms_folder_is_where_xdg_says() {
    let server = greeter();
    let home = Home::new();
    fs::create_dir_all(home.path("elsewhere/wyzepal")).expect("a folder");
    home.write("elsewhere/wyzepal/wyzepalrc", &rc(EMAIL, &server.site()));
    once(&server.site())
        .without_rc()
        .home(&home)
        .env("XDG_CONFIG_HOME", home.path("elsewhere"))
        .stdout(HELLO)
        .run();
}

#[test]
fn a_named_file_goes_before_all_others() {
    let server = greeter();
    let home = Home::new();
    home.write("mine", &rc("mine@example.com", &server.site()));
    for args in [
        ["--config", "mine"],
        ["-c", "./mine"],
        ["--config-file", "~/mine"],
    ] {
        once(WRONG_SITE)
            .home(&home)
            .env("WYZEPAL_CONFIG", home.path("missing"))
            .args(args)
            .stdout(HELLO)
            .run();
    }
    let expected = format!("mine@example.com:{KEY}");
    assert_eq!(accounts(&server), [expected]);
}

#[test]
fn a_named_file_that_is_missing_is_an_error_even_if_another_one_is_there() {
    let cases: [(&str, &[&str]); 3] = [
        ("", &["--config", "missing"]),
        ("WYZEPAL_CONFIG", &[]),
        ("ZULIP_CONFIG", &[]),
    ];
    for (variable, args) in cases {
        let server = greeter();
        let home = Home::new();
        home.write(".zuliprc", &rc(EMAIL, &server.site()));
        let mut tail = once(&server.site()).without_rc().home(&home).args(args);
        if !variable.is_empty() {
            tail = tail.env(variable, home.path("missing"));
        }
        let source = if variable.is_empty() {
            "--config"
        } else {
            variable
        };
        tail.stderr(Expected::one_line(&["missing: No such file", source]))
            .code(2)
            .run();
        assert!(server.requests().is_empty(), "{variable} {args:?}");
    }
}

#[test]
fn a_variable_that_names_a_file_counts_only_when_its_turn_comes() {
    let server = greeter();
    once(&server.site())
        .env("ZULIP_CONFIG", "/nowhere/zuliprc")
        .env("WYZEPAL_CONFIG", "")
        .stdout(HELLO)
        .run();
}

#[test]
fn without_any_file_the_places_are_named() {
    once("")
        .without_rc()
        .stderr(Expected::one_line(&[
            "no email known: none by --user, WYZEPAL_EMAIL or ZULIP_EMAIL",
            "/.wyzepalrc",
            "/.config/wyzepal/wyzepalrc",
            "/zuliprc",
            "--demo",
        ]))
        .code(2)
        .run();
}

/// A name, options, variables, and the account that asks by them.
type Sources = (
    &'static str,
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
    &'static str,
);

#[test]
fn each_value_has_its_own_precedence() {
    const Z: &str = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";
    let cases: [Sources; 6] = [
        ("file", &[], &[], "tail-bot@example.com:KEY"),
        (
            "zulip's variable",
            &[],
            &[("ZULIP_EMAIL", "z@example.com")],
            "z@example.com:KEY",
        ),
        (
            "our variable before zulip's",
            &[],
            &[
                ("ZULIP_EMAIL", "z@example.com"),
                ("WYZEPAL_EMAIL", "w@example.com"),
            ],
            "w@example.com:KEY",
        ),
        (
            "option before variables",
            &["--user", "o@example.com"],
            &[
                ("ZULIP_EMAIL", "z@example.com"),
                ("WYZEPAL_EMAIL", "w@example.com"),
            ],
            "o@example.com:KEY",
        ),
        (
            "zulip's key",
            &[],
            &[("ZULIP_API_KEY", Z)],
            "tail-bot@example.com:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        ),
        (
            "empty variables are none",
            &[],
            &[
                ("WYZEPAL_EMAIL", ""),
                ("ZULIP_EMAIL", ""),
                ("WYZEPAL_API_KEY", ""),
            ],
            "tail-bot@example.com:KEY",
        ),
    ];
    for (name, args, variables, expected) in cases {
        let server = greeter();
        let mut tail = once(&server.site()).args(args);
        for (variable, value) in variables {
            tail = tail.env(variable, value);
        }
        tail.stdout(HELLO).run();
        let expected = expected.replace("KEY", KEY);
        assert_eq!(accounts(&server), [expected], "{name}");
    }
}

#[test]
fn the_site_has_the_same_precedence() {
    let server = greeter();
    let site = server.site();
    once(WRONG_SITE)
        .env("ZULIP_SITE", &site)
        .stdout(HELLO)
        .run();
    once(WRONG_SITE)
        .env("ZULIP_SITE", WRONG_SITE)
        .env("WYZEPAL_SITE", &site)
        .stdout(HELLO)
        .run();
    once(WRONG_SITE)
        .env("ZULIP_SITE", WRONG_SITE)
        .env("WYZEPAL_SITE", WRONG_SITE)
        .args(["--site", &site])
        .stdout(HELLO)
        .run();
}

#[test]
fn the_environment_alone_is_enough() {
    let server = greeter();
    once("")
        .without_rc()
        .env("ZULIP_EMAIL", EMAIL)
        .env("ZULIP_API_KEY", KEY)
        .env("ZULIP_SITE", server.site())
        .stdout(HELLO)
        .run();
}

#[test]
fn the_file_can_come_by_stdin_and_by_a_pipe() {
    let server = greeter();
    let text = rc("piped@example.com", &server.site());
    once(WRONG_SITE)
        .args(["--config", "-"])
        .stdin(text.as_str())
        .stdout(HELLO)
        .run();
    let home = Home::new();
    home.write("rc", &text);
    Tail::new(WRONG_SITE)
        .home(&home)
        .program("bash")
        .args(["-c", "exec \"$0\" -C 1 --config <(cat rc)", PROGRAM])
        .stdout(HELLO)
        .run();
    let expected = format!("piped@example.com:{KEY}");
    assert_eq!(accounts(&server), [expected]);
}

#[test]
fn what_is_no_wyzepalrc_is_refused_in_one_line_that_names_it() {
    let home = Home::new();
    let binary = home.write("binary", "");
    fs::write(binary, b"\x7fELF\x02\xff\xfe").expect("a file");
    home.write("no-delimiter", &format!("[api]\nkey {KEY}\n"));
    home.write(
        "colon",
        &format!("[api]\nemail={EMAIL}\nkey={EMAIL}:{KEY}\nsite=https://x.example.com\n"),
    );
    home.write(
        "keyless",
        "[api]\nemail=a@example.com\nsite=https://x.example.com\n",
    );
    home.write(
        "site-with-key",
        &format!("[api]\nemail={EMAIL}\nkey={KEY}\nsite=https://me:{KEY}@x.example.com\n"),
    );
    let utf16 = "\u{feff}[api]\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes);
    let utf16: Vec<u8> = utf16.collect();
    fs::write(home.write("utf16", ""), &utf16).expect("a file");
    fs::write(home.write("utf16-unmarked", ""), &utf16[2..]).expect("a file");
    home.write(
        "quotes",
        &rc(EMAIL, "https://x.example.com").replace(KEY, &format!("\"{KEY}\"")),
    );
    let cases: [(&str, &[&str]); 8] = [
        ("utf16-unmarked", &["is UTF-16: save it as UTF-8"]),
        ("binary", &["binary", "is not UTF-8: save it as UTF-8"]),
        ("utf16", &["utf16", "is UTF-16: save it as UTF-8"]),
        (
            "quotes",
            &["key from config file quotes has quotes around its value"],
        ),
        ("no-delimiter", &["no-delimiter", "line 2"]),
        ("colon", &["API key", "colon"]),
        ("keyless", &["no key known", "keyless"]),
        ("site-with-key", &["the site has an `@`"]),
    ];
    for (file, parts) in cases {
        once(WRONG_SITE)
            .home(&home)
            .args(["--config", file])
            .stderr(Expected::one_line(parts))
            .code(2)
            .run();
    }
}

#[test]
fn a_place_that_cannot_be_read_is_as_good_as_empty_until_a_value_is_missing() {
    let folders = |name: &str| {
        let home = Home::new();
        fs::create_dir(home.path(name)).expect("a folder");
        home
    };
    let loops = Home::new();
    symlink(".wyzepalrc", loops.path(".wyzepalrc")).expect("a link");
    for (home, at, cause) in [
        (
            Home::new(),
            "/dev/null",
            "/dev/null/.wyzepalrc: Not a directory",
        ),
        (folders(".wyzepalrc"), ".", ".wyzepalrc: Is a directory"),
        (loops, ".", ".wyzepalrc: Too many levels of symbolic links"),
    ] {
        let server = greeter();
        let at = home.path(at);
        let run = || {
            once(&server.site())
                .without_rc()
                .home(&home)
                .env("HOME", at.clone())
        };
        run()
            .env("WYZEPAL_EMAIL", EMAIL)
            .env("WYZEPAL_API_KEY", KEY)
            .env("WYZEPAL_SITE", server.site())
            .stdout(HELLO)
            .run();
        run()
            .env("WYZEPAL_EMAIL", EMAIL)
            .stderr(Expected::one_line(&["no key known", cause]))
            .code(2)
            .run();
        run()
            .args(["--config"])
            .args([at.join(".wyzepalrc")])
            .stderr(Expected::one_line(&["cannot read config file", cause]))
            .code(2)
            .run();
    }
}

/// Options, variables, and a part of the complaint.
type Wrong = (
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
    &'static str,
);

#[test]
fn values_that_cannot_be_are_refused_before_connecting() {
    let cases: [Wrong; 9] = [
        (
            &[],
            &[("WYZEPAL_API_KEY", "\"abcdefgh\"")],
            "WYZEPAL_API_KEY has quotes",
        ),
        (
            &[],
            &[("ZULIP_EMAIL", "'a@example.com'")],
            "ZULIP_EMAIL has quotes",
        ),
        (&["--site", "\"a.com\""], &[], "--site has quotes"),
        (&["--user", "a:b@example.com"], &[], "email"),
        (&["--user", ""], &[], "email"),
        (&["--site", "https://chat.example.com#narrow"], &[], "site"),
        (&["--site", ""], &[], "site"),
        (
            &[],
            &[("WYZEPAL_ALLOW_INSECURE", "yes")],
            "WYZEPAL_ALLOW_INSECURE",
        ),
        (&["--client-cert-key", "key.pem"], &[], "--client-cert FILE"),
    ];
    for (args, variables, part) in cases {
        let server = greeter();
        let mut tail = once(&server.site()).args(args);
        for (variable, value) in variables {
            tail = tail.env(variable, value);
        }
        tail.stderr(Expected::one_line(&[part])).code(2).run();
        assert!(server.requests().is_empty(), "{args:?} {variables:?}");
    }
}

#[test]
fn a_file_that_others_can_read_is_read_with_a_warning() {
    for mode in [0o640, 0o604] {
        let server = greeter();
        let home = Home::new();
        let path = home.write("rc", &rc(EMAIL, &server.site()));
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("the file's rights");
        let run = || {
            once(WRONG_SITE)
                .home(&home)
                .args(["--config", "rc"])
                .stdout(HELLO)
        };
        run()
            .stderr(Expected::one_line(&[
                "warning: ",
                "can be read by others",
                "chmod 600 rc",
            ]))
            .run();
        run().args(["--quiet"]).run();
    }
}

#[test]
fn a_credential_of_systemd_is_read_without_a_warning() {
    let server = greeter();
    let home = Home::new();
    let folder = home.path("credentials");
    fs::create_dir(&folder).expect("a folder");
    let path = home.write("credentials/rc", &rc(EMAIL, &server.site()));
    fs::set_permissions(&path, Permissions::from_mode(0o440)).expect("the file's rights");
    let run = |folder: &Path| {
        once(WRONG_SITE)
            .home(&home)
            .env("CREDENTIALS_DIRECTORY", folder)
            .args(["--config".as_ref(), path.as_os_str()])
            .stdout(HELLO)
    };
    run(&folder).run();
    for elsewhere in [home.path("other"), PathBuf::new()] {
        let warning = Expected::one_line(&["can be read by others"]);
        run(&elsewhere).stderr(warning).run();
    }
}

#[test]
fn what_is_wrong_with_a_credential_of_systemd_names_what_to_change() {
    let home = Home::new();
    let path = home.write("rc", "[api]\n");
    let named = format!("{} copied by LoadCredential= in the unit;", path.display());
    Tail::new(NOWHERE)
        .env("CREDENTIALS_DIRECTORY", home.path(""))
        .args(["--config".as_ref(), path.as_os_str()])
        .stderr(Expected::one_line(&["no email known", &named]))
        .code(2)
        .run();
}

#[test]
fn the_sites_path_stays_and_its_api_part_does_not_matter() {
    for ending in ["/chat", "/chat/api/"] {
        let server = greeter_below("/chat");
        once(&format!("{}{ending}", server.site()))
            .stdout(HELLO)
            .run();
        assert!(!server.requests().is_empty());
    }
    let server = greeter();
    for ending in ["/", "/api", "/api/"] {
        once(&format!("{}{ending}", server.site()))
            .stdout(HELLO)
            .run();
    }
}
