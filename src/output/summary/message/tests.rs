//! What stands out in a message, and how its text is made readable.

use crate::output::palette::Color;
use crate::output::summary::telling::{IN_DENMARK, line, lines, message, stripped};

const HEAD: &str = "14:02:07 #Denmark > lunch plans  Othello Bot: ";

#[test]
fn contents_are_made_readable() {
    for (name, content, rest, expected) in [
        ("emoji", "well done :tada:", "", "well done 🎉"),
        ("emoji in code", "`:tada:`", "", "`:tada:`"),
        ("markdown", "**a** <p>", "", "**a** <p>"),
        (
            "html",
            "<p>a <strong>b</strong> &lt;:tada:</p>\\n<p>c</p>",
            r#","content_type":"text/html""#,
            "a b <🎉⏎c",
        ),
        (
            "html that says it is none",
            "<p>a</p>",
            r#","content_type":"text/x-markdown""#,
            "<p>a</p>",
        ),
    ] {
        let fields = IN_DENMARK.replace("text", content) + rest;
        assert_eq!(
            line("message", &message(&fields)),
            format!("{HEAD}{expected}"),
            "{name}"
        );
    }
}

#[test]
fn what_concerns_the_user_stands_out_in_colour_and_in_nothing_else() {
    let plain = message(IN_DENMARK);
    for (flags, stands_out) in [
        (r#"["mentioned"]"#, true),
        (r#"["read","wildcard_mentioned"]"#, true),
        (r#"["stream_wildcard_mentioned"]"#, true),
        (r#"["topic_wildcard_mentioned"]"#, true),
        (r#"["has_alert_word"]"#, true),
        (r#"["read","starred","historical"]"#, false),
        ("[]", false),
        ("null", false),
    ] {
        let text = plain.replace(r#""flags":[]"#, &format!(r#""flags":{flags}"#));
        let painted = lines(Color::On, None, &[("message", &text)]);
        assert_eq!(
            painted.contains("\x1b[7m14:02:07\x1b[0m"),
            stands_out,
            "{flags}"
        );
        assert_eq!(
            painted.contains("\x1b[1mtext\x1b[0m"),
            stands_out,
            "{flags}"
        );
        assert_eq!(
            stripped(&painted),
            lines(Color::Off, None, &[("message", &plain)]),
            "{flags}"
        );
    }
}

#[test]
fn a_resolved_topic_has_its_sign_in_an_ink_of_its_own() {
    for (topic, expected) in [
        ("✔ lunch plans", "\x1b[32m✔ \x1b[0mlunch plans  "),
        ("✔lunch plans", "✔lunch plans  "),
        ("lunch ✔ plans", "lunch ✔ plans  "),
        ("✔ ", "\x1b[32m✔ \x1b[0m  "),
    ] {
        let text = message(&IN_DENMARK.replace("lunch plans", topic));
        let painted = lines(Color::On, None, &[("message", &text)]);
        assert!(
            painted.contains(&format!(" > \x1b[0m{expected}")),
            "{painted:?}"
        );
    }
}
