//! What the README shows without a command: the capture, figures, links, records.

use super::blocks_of;
use crate::support::repository::{path, text};

#[test]
fn the_capture_of_the_demo_is_of_the_demo() {
    let (readme, demo) = (text("README.md"), text("tests/fixtures/chat-demo-80.txt"));
    let indented = readme.lines().filter_map(|line| line.strip_prefix("    "));
    let shown: Vec<&str> = indented
        .take_while(|line| line.starts_with(['▌', '@', ' ']))
        .collect();
    assert!(shown.len() > 10, "README.md has few lines of the demo");
    let lines: Vec<&str> = demo.lines().collect();
    let is_there = lines.windows(shown.len()).any(|part| part == shown);
    assert!(
        is_there,
        "README.md shows what the demo does not print in 80 columns: {shown:#?}"
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
