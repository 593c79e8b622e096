//! Compares the messages that were sent with those that were printed.
//!
//! Not for how they are printed: only for none missing and none twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

/// The ids of the messages in JSON lines, in the order of printing.
pub fn message_ids(stdout: &str) -> Vec<u64> {
    values(stdout)
        .iter()
        .filter(|event| event["type"] == "message")
        .filter_map(|event| event["message"]["id"].as_u64())
        .collect()
}

/// The lines that are whole, as JSON.
#[track_caller]
pub fn values(stdout: &str) -> Vec<Value> {
    let whole = stdout
        .split_inclusive('\n')
        .filter(|l| l.len() > 1 && l.ends_with('\n'));
    whole.map(value).collect()
}

/// A line, as JSON.
#[track_caller]
pub fn value(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
}

/// Each of `sent` was printed once, and nothing else; the order is free.
#[track_caller]
pub fn assert_once(sent: &[u64], printed: &[u64]) {
    let counts = counts(printed);
    let missing: Vec<&u64> = sent.iter().filter(|id| !counts.contains_key(id)).collect();
    let twice: Vec<u64> = counts
        .iter()
        .filter(|(_, count)| **count > 1)
        .map(|(id, _)| *id)
        .collect();
    let wanted: BTreeSet<u64> = sent.iter().copied().collect();
    let strange: Vec<&u64> = counts.keys().filter(|id| !wanted.contains(id)).collect();
    assert!(
        missing.is_empty() && twice.is_empty() && strange.is_empty(),
        "missing: {missing:?}, twice: {twice:?}, not expected: {strange:?}\nsent: {sent:?}\nprinted: {printed:?}"
    );
}

/// How often each id was printed.
pub fn counts(printed: &[u64]) -> BTreeMap<u64, usize> {
    let mut counts = BTreeMap::new();
    for id in printed {
        *counts.entry(*id).or_insert(0) += 1;
    }
    counts
}

/// What a run that was killed has printed without saving it in its cursor file, which can only be
/// the end of what it printed: the batch in hand.
#[track_caller]
pub fn in_hand(cursor: &Path, stdout: &str) -> BTreeSet<u64> {
    let printed = message_ids(stdout);
    let Ok(text) = fs::read_to_string(cursor) else {
        return printed.into_iter().collect();
    };
    let place: Value = serde_json::from_str(&text).expect("a whole cursor file");
    let window: Vec<(u64, u64)> = serde_json::from_value(place["window"].clone()).expect("ranges");
    let is_saved = |id: u64| {
        let mut ranges = window.iter();
        ranges.any(|(first, last)| (*first..=*last).contains(&id))
    };
    let saved = printed.iter().take_while(|id| is_saved(**id)).count();
    let rest = &printed[saved..];
    assert!(
        !rest.iter().any(|id| is_saved(*id)),
        "{rest:?} is not the end of what was printed: {place}\n{stdout}"
    );
    rest.iter().copied().collect()
}
