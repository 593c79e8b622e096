//! Each spelling of a narrow through the program: the same messages in history, live and in a gap, alone, as an
//! alternative, and negated, from an old server and from a new one.
//!
//! Not for what a spelling means (`src/selection/tests/cases.rs`, over the same fixtures).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::support::model::{Access, Cast, Channel, Dialect, Model, Post};
use crate::support::run::{Expected, NOWHERE, Tail};
use crate::support::running::Signal;
use crate::support::tally::message_ids;

const CASES: &str = include_str!("../fixtures/narrow-cases.jsonl");
const MESSAGES: &str = include_str!("../fixtures/narrow-messages.jsonl");
/// The site of the links in the cases.
const SITE: &str = "https://chat.example.org";
/// Runs at the same time.
const BATCH: usize = 48;
/// How many messages there are.
const COUNT: u64 = 10;

const fn channel(id: i64, name: &'static str) -> Channel {
    let access = Access::Subscribed;
    Channel { id, name, access }
}

/// Who and what the messages name.
const CAST: Cast = Cast {
    me: (10, "me@example.com", "Me"),
    people: &[
        (8, "hamlet@example.com", "King Hamlet"),
        (9, "cordelia@example.com", "Cordelia, Lear's daughter"),
        (10, "me@example.com", "Me"),
    ],
    channels: &[
        channel(7, "Denmark"),
        channel(5, "Verona"),
        channel(11, "web public / dev"),
        channel(12, "españa"),
    ],
};

/// A narrow, and the messages that it matches.
struct Case {
    narrow: String,
    matches: BTreeSet<u64>,
}

/// Those that are not refused.
static MATCHING: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let cases = CASES
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let matching = cases.filter_map(|case: Value| {
        Some(Case {
            narrow: case["narrow"].as_str()?.to_owned(),
            matches: case["matches"]
                .as_array()?
                .iter()
                .filter_map(Value::as_u64)
                .collect(),
        })
    });
    matching.collect()
});

/// A run: the `--narrow`s, and the messages that they match.
struct Run<'a> {
    narrows: Vec<String>,
    matches: &'a BTreeSet<u64>,
}

fn posts() -> impl Iterator<Item = Post> {
    MESSAGES
        .lines()
        .map(|line| Post::recorded(serde_json::from_str(line).expect("JSON")))
}

/// Prepares it with what it is to print first.
fn tail(model: &Model, run: &Run, args: &[&str]) -> Tail {
    let narrows = run
        .narrows
        .iter()
        .map(|narrow| narrow.replace(SITE, &model.site()));
    let narrows = narrows.flat_map(|narrow| ["--narrow".to_owned(), narrow]);
    let tail = Tail::new(&model.site()).with_short_waits();
    tail.args(args).args(narrows)
}

/// Checks what each run prints of history, of what is sent while it follows, and of a gap.
fn assert_runs(server: Dialect, runs: &[Run]) {
    for batch in runs.chunks(BATCH) {
        let model = Model::with(server, CAST);
        model.send_all(posts());
        let tails: Vec<_> = batch
            .iter()
            .map(|run| tail(&model, run, &["-n", "100"]).start())
            .collect();
        model.wait_all_idle(batch.len());
        model.send_all(posts());
        model.wait_all_idle(batch.len());
        model.send_all_unheard(posts());
        model.drop_queues();
        model.wait_all_idle(batch.len());
        for (run, tail) in batch.iter().zip(tails) {
            tail.signal(Signal::TERM);
            let exit = tail.wait_exit();
            let printed: Vec<u64> = message_ids(&exit.stdout)
                .iter()
                .map(|id| id - 1000)
                .collect();
            let rounds = [0, COUNT, 2 * COUNT].into_iter();
            let expected: Vec<u64> = rounds
                .flat_map(|round| run.matches.iter().map(move |id| id + round))
                .collect();
            assert_eq!(printed, expected, "{server:?} {:?}: {exit}", run.narrows);
        }
    }
}

fn alone(case: &Case) -> Run<'_> {
    Run {
        narrows: vec![case.narrow.clone()],
        matches: &case.matches,
    }
}

#[test]
fn a_case_is_the_same_in_history_live_and_in_a_gap_of_a_new_server() {
    let runs: Vec<Run> = MATCHING.iter().map(alone).collect();
    assert_runs(Dialect::New, &runs);
}

#[test]
fn a_case_is_the_same_in_history_live_and_in_a_gap_of_an_old_server() {
    let runs: Vec<Run> = MATCHING.iter().map(alone).collect();
    assert_runs(Dialect::Old, &runs);
}

#[test]
fn a_case_is_the_same_beside_an_alternative() {
    let runs: Vec<Run> = MATCHING
        .iter()
        .map(|case| Run {
            narrows: vec![case.narrow.clone(), "topic:nowhere".to_owned()],
            matches: &case.matches,
        })
        .collect();
    assert_runs(Dialect::New, &runs);
}

#[test]
fn a_negated_case_is_all_the_others() {
    let all: BTreeSet<u64> = (1..=COUNT).collect();
    let negated: Vec<Case> = MATCHING
        .iter()
        .filter_map(|case| {
            let narrow = negated(&case.narrow)?;
            let matches = &all - &case.matches;
            Some(Case { narrow, matches })
        })
        .collect();
    assert!(negated.len() > 40, "{}", negated.len());
    let runs: Vec<Run> = negated.iter().map(alone).collect();
    assert_runs(Dialect::New, &runs);
    assert_runs(Dialect::Old, &runs);
}

/// The opposite of a narrow with one term of the search box.
fn negated(narrow: &str) -> Option<String> {
    let is_search =
        narrow.starts_with(|c: char| c.is_alphabetic() || c == '-') && !narrow.starts_with("http");
    let outside_quotes: String = narrow.split('"').step_by(2).collect();
    if !is_search || outside_quotes.contains([' ', '\'']) {
        return None;
    }
    Some(match narrow.strip_prefix('-') {
        Some(positive) => positive.to_owned(),
        None => format!("-{narrow}"),
    })
}

#[test]
fn a_case_is_the_same_since_a_time() {
    for server in [Dialect::New, Dialect::Old] {
        let model = Model::with(server, CAST);
        model.send_all(posts());
        for batch in MATCHING.chunks(BATCH) {
            let start =
                |case| tail(&model, &alone(case), &["--once", "--since", "2026-11-01"]).start();
            let tails: Vec<_> = batch.iter().map(start).collect();
            for (case, tail) in batch.iter().zip(tails) {
                let exit = tail.wait_exit();
                let printed: BTreeSet<u64> = message_ids(&exit.stdout)
                    .iter()
                    .map(|id| id - 1000)
                    .collect();
                assert_eq!(printed, case.matches, "{server:?} {}: {exit}", case.narrow);
                assert_eq!(exit.code, Some(0), "{exit}");
            }
        }
    }
}

#[test]
fn what_is_refused_is_refused_before_anybody_is_asked() {
    let cases = CASES
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    for case in cases.filter(|case: &Value| case["matches"].is_null()) {
        Tail::new(NOWHERE)
            .args(["--narrow", case["narrow"].as_str().expect("text")])
            .stderr(Expected::one_line(&["error: "]))
            .code(2)
            .run();
    }
}
