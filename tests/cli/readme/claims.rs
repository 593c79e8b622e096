//! What the README shows without a command: the capture, figures, links, records.

use unicode_width::UnicodeWidthStr;

use super::blocks_of;
use crate::support::repository::text;

#[test]
fn the_capture_of_the_demo_is_of_the_demo() {
    let readme = text("README.md");
    let shown: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .take_while(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    assert!(shown.len() > 10, "{shown:?}");
    let demo = text("tests/fixtures/summaries-demo.txt");
    let lines: Vec<&str> = demo.lines().collect();
    let is_shown = |line: &str, shown: &str| {
        let cut = shown.strip_suffix('…').is_some_and(|kept| {
            line.starts_with(kept) && line.width() > 80 && (79..=80).contains(&shown.width())
        });
        cut || line == shown && line.width() <= 80
    };
    let found = lines.windows(shown.len()).any(|window| {
        let mut both = window.iter().zip(&shown);
        both.all(|(line, shown)| is_shown(line, shown))
    });
    assert!(
        found,
        "the demo has no such lines (any more), cut to 80 columns: {shown:#?}"
    );
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
    assert!(rows.len() > 5, "{rows:?}");
    for row in rows {
        assert!(
            measured.lines().any(|line| line == row),
            "benches/README.md has no such row: {row}"
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
    assert!(links.len() > 10, "{links:?}");
    for link in links {
        let there = match link.strip_prefix('#') {
            Some(anchor) => anchors.iter().any(|known| known == anchor),
            None => link.starts_with("https://") || !text(link).is_empty(),
        };
        assert!(there, "README.md links to {link}");
    }
}

#[test]
fn the_records_of_the_readme_are_json_lines() {
    for line in blocks_of("json").iter().flat_map(|body| body.lines()) {
        let record: serde_json::Value = serde_json::from_str(line).expect(line);
        assert_eq!(record["type"], "wyzepal_tail", "{line}");
        assert!(
            record["op"].is_string() && record["time"].is_string(),
            "{line}"
        );
    }
}
