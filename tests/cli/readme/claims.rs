//! What the README shows without a command: the capture, figures, links, records.

use unicode_width::UnicodeWidthStr;

use super::blocks_of;
use crate::support::repository::{path, text};

/// What of the README's capture is not as the demo prints it, each named with its line. Most often single
/// lines are of an older demo; else the order of all of them is.
fn stale(readme: &str, demo: &str) -> Vec<String> {
    let lines = readme.lines().enumerate();
    let shown: Vec<(usize, &str)> = lines
        .filter_map(|(at, line)| Some((at + 1, line.strip_prefix("    ")?)))
        .take_while(|(_, line)| line.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    if shown.len() <= 10 {
        return vec![format!(
            "README.md has no more than {} lines of the demo",
            shown.len()
        )];
    }
    let is_shown = |line: &str, shown: &str| {
        let cut = shown.strip_suffix('…').is_some_and(|kept| {
            line.starts_with(kept) && line.width() > 80 && (79..=80).contains(&shown.width())
        });
        cut || line == shown && line.width() <= 80
    };
    let lines: Vec<&str> = demo.lines().collect();
    let missing: Vec<String> = shown
        .iter()
        .filter(|(_, shown)| !lines.iter().any(|line| is_shown(line, shown)))
        .map(|(at, shown)| {
            format!("README.md:{at}: the demo prints no such line, cut to 80 columns: {shown}")
        })
        .collect();
    let in_order = lines.windows(shown.len()).any(|window| {
        let mut both = window.iter().zip(&shown);
        both.all(|(line, (_, shown))| is_shown(line, shown))
    });
    if missing.is_empty() && !in_order {
        let (at, _) = shown[0];
        return vec![format!(
            "README.md:{at}: the demo prints these lines in another order, or others between them"
        )];
    }
    missing
}

#[test]
fn the_capture_of_the_demo_is_of_the_demo() {
    let stale = stale(
        &text("README.md"),
        &text("tests/fixtures/summaries-demo.txt"),
    );
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

#[test]
fn only_lines_that_the_demo_no_longer_prints_are_named() {
    let demo: Vec<String> = (10..30)
        .map(|second| format!("14:02:{second} typing"))
        .collect();
    let shown = |lines: &[String]| format!("# Title\n\n    {}\n", lines.join("\n    "));
    let stale = |lines: &[String]| stale(&shown(lines), &demo.join("\n"));
    assert_eq!(stale(&demo[2..17]), [""; 0]);
    let mut old = demo[2..17].to_vec();
    old[4].push_str(" on");
    assert_eq!(
        stale(&old),
        ["README.md:7: the demo prints no such line, cut to 80 columns: 14:02:16 typing on"]
    );
    let mut mixed = demo[2..17].to_vec();
    mixed.swap(3, 4);
    for (lines, expected) in [
        (
            &mixed[..],
            "README.md:3: the demo prints these lines in another order",
        ),
        (&demo[..5], "README.md has no more than 5 lines of the demo"),
    ] {
        let found = stale(lines);
        assert!(
            found.len() == 1 && found[0].starts_with(expected),
            "{found:?}"
        );
    }
}

#[test]
fn the_figures_of_the_readme_are_those_of_the_benchmark() {
    let (readme, measured) = (text("README.md"), text("benches/README.md"));
    let rows: Vec<&str> = readme
        .lines()
        .skip_while(|line| *line != "## Speed")
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter(|line| line.starts_with('|'))
        .collect();
    assert!(
        rows.len() > 5,
        "README.md has no table of figures below \"## Speed\": {rows:?}"
    );
    for row in rows {
        assert!(
            measured.lines().any(|line| line == row),
            "README.md has figures that benches/README.md has not: {row}"
        );
    }
}

#[test]
fn the_links_of_the_readme_lead_somewhere() {
    let readme = text("README.md");
    let anchors: Vec<String> = readme
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' '))
        .map(|heading| heading.to_lowercase().replace(',', "").replace(' ', "-"))
        .collect();
    let links: Vec<&str> = readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    assert!(links.len() > 10, "README.md has few links: {links:?}");
    for link in links {
        let there = match link.strip_prefix('#') {
            Some(anchor) => anchors.iter().any(|known| known == anchor),
            None => link.starts_with("https://") || path(link).exists(),
        };
        assert!(there, "README.md links to {link}, which is not there");
    }
}

#[test]
fn the_records_of_the_readme_are_json_lines() {
    for line in blocks_of("json").iter().flat_map(|body| body.lines()) {
        let record: serde_json::Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("README.md: {error} in {line}"));
        assert!(
            record["type"] == "wyzepal_tail"
                && record["op"].is_string()
                && record["time"].is_string(),
            "README.md: no record of ours: {line}"
        );
    }
}
