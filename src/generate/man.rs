//! The manual page: what `clap_mangen` makes of the options, and the texts around them as sections.
//!
//! Not for the words themselves (`cli`). Order of the sections: man-pages(7), but what one can try at once
//! comes before the options, as in `--help`.

use std::fmt::Write;
use std::io;

use clap::Command;
use clap::builder::Resettable;
use clap_mangen::Man;

/// The page, in roff. `clap_mangen` (0.3) would list all options as the synopsis, make a section of each
/// group of options, put what follows them into one paragraph named EXTRA, lose the empty date, and say
/// nothing of an option that `-h` hides and that has no second paragraph of help.
pub fn page(command: Command) -> io::Result<Vec<u8>> {
    let examples = command.get_before_long_help().map(ToString::to_string);
    let rest = command.get_after_long_help().map(ToString::to_string);
    let about = command.get_long_about().map(ToString::to_string);
    let description = about.unwrap_or_default();
    let (name, description) = description.split_once("\n\n").unwrap_or_default();
    let groups: Vec<String> = command
        .get_arguments()
        .filter_map(|arg| arg.get_help_heading().map(str::to_owned))
        .collect();
    let command = command
        .about(name.replacen('T', "t", 1))
        .long_about(description.to_owned())
        .override_usage("wyzepal-tail [OPTIONS]\nwyzepal-tail --generate WHAT")
        .after_help(Resettable::Reset)
        .after_long_help(Resettable::Reset)
        .mut_args(|arg| arg.hide_short_help(false));
    let mut page = Vec::new();
    Man::new(command)
        .title("WYZEPAL-TAIL")
        .manual("User Commands")
        .render(&mut page)?;
    let page = String::from_utf8_lossy(&page);
    // The version is in the footer; a date would differ from build to build.
    let page = page.split("\n.SH VERSION").next().unwrap_or_default();
    let page = page.replacen("WYZEPAL-TAIL 1  ", "WYZEPAL-TAIL 1 \"\" ", 1);
    // A hyphen or a gap within a command would be copied with it.
    let page = page.replacen("\n.SH NAME", "\n.nh\n.ad l\n.SH NAME", 1);
    let page = grouped(&page, &groups);
    let (front, options) = page.split_once(".SS ").unwrap_or_default();
    let page = [
        front,
        &sections(&examples.unwrap_or_default()),
        ".SH OPTIONS\n.SS ",
        options,
        &sections(&rest.unwrap_or_default()),
        SEE_ALSO,
    ];
    Ok(portable(&page.concat()).into_bytes())
}

const SEE_ALSO: &str = r#".SH "SEE ALSO"
.BR jq (1),
https://zulip.com/api/real\-time\-events
"#;

/// Groups of options as parts of one section.
fn grouped(options: &str, groups: &[String]) -> String {
    let mut roff = String::new();
    for line in options.lines() {
        let heading = line.strip_prefix(".SH ").map(|name| name.trim_matches('"'));
        let group = groups
            .iter()
            .find(|group| heading.is_some_and(|name| name == group.to_uppercase()));
        // Writing to a string does not fail.
        let _ = match group {
            Some(group) => writeln!(roff, ".SS \"{group}\""),
            None => writeln!(roff, "{line}"),
        };
    }
    roff
}

/// Paragraphs under headings like `Exit codes:` as sections whose lines stay as they are.
fn sections(text: &str) -> String {
    let mut roff = String::new();
    for paragraph in text.split("\n\n") {
        let (heading, lines) = paragraph.split_once(":\n").unwrap_or_default();
        let heading = match heading {
            "Exit codes" => "EXIT STATUS".to_owned(),
            other => other.to_uppercase(),
        };
        // Writing to a string does not fail.
        let _ = writeln!(roff, ".SH \"{heading}\"\n.nf");
        for line in lines.lines() {
            let _ = writeln!(roff, "{}", escaped(line));
        }
        roff += ".fi\n";
    }
    roff
}

/// An indented line of text as roff: no request, no escape sequence, quotes and hyphens as typed.
fn escaped(line: &str) -> String {
    let line = line
        .strip_prefix("  ")
        .unwrap_or(line)
        .replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq");
    format!("\\&{line}")
}

/// Without letters that only some locales can read, and with tildes that stay tildes (groff 1.23 prints
/// accents, with which no path works).
fn portable(roff: &str) -> String {
    let mut page = String::new();
    for letter in roff.chars() {
        // Writing to a string does not fail.
        let _ = match letter {
            '~' => page.write_str("\\(ti"),
            _ if letter.is_ascii() => page.write_char(letter),
            _ => write!(page, "\\[u{:04X}]", u32::from(letter)),
        };
    }
    page
}
