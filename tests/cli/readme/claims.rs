//! What README.md and CONTRIBUTING.md show without a command: the capture, links, paths.

use super::DOCUMENTS;
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

/// What links within a page call its headings.
fn anchors(page: &str) -> Vec<String> {
    let headings = page
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
    headings
        .map(|heading| heading.to_lowercase().replace(',', "").replace(' ', "-"))
        .collect()
}

#[test]
fn links_lead_somewhere() {
    for document in DOCUMENTS {
        let page = text(document);
        let links: Vec<&str> = page
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
            .collect();
        assert!(!links.is_empty(), "{document} has no links");
        for link in links {
            let there = match link.split_once('#') {
                _ if link.starts_with("https://") => true,
                None => path(link).exists(),
                Some((file, anchor)) => {
                    let file = if file.is_empty() { document } else { file };
                    path(file).exists() && anchors(&text(file)).iter().any(|known| known == anchor)
                }
            };
            assert!(there, "{document} links to {link}, which is not there");
        }
    }
}

#[test]
fn files_that_contributors_are_sent_to_are_there() {
    let page = text("CONTRIBUTING.md");
    let named: Vec<&str> = page
        .split('`')
        .filter(|word| {
            word.contains('/')
                && word
                    .chars()
                    .all(|c| c.is_alphanumeric() || "/._-".contains(c))
        })
        .collect();
    assert!(named.len() > 10, "{named:?}");
    for file in named {
        assert!(path(file).exists(), "CONTRIBUTING.md names {file}");
    }
}
