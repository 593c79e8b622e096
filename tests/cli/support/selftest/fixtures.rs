//! The recordings are what the tests take them for.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::fixtures::{events, exchange, exchanges};

#[test]
fn recorded_events_are_objects_with_type_and_id_and_of_many_kinds() {
    let mut kinds = BTreeSet::new();
    for text in events() {
        let event: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert!(event["id"].is_i64(), "{text}");
        kinds.insert(
            event["type"]
                .as_str()
                .unwrap_or_else(|| panic!("no type: {text}"))
                .to_owned(),
        );
    }
    assert!(kinds.len() >= 40, "{kinds:?}");
}

#[test]
fn recorded_refusals_are_the_servers_errors_or_pages_of_a_gateway() {
    for exchange in exchanges()
        .into_iter()
        .filter(|exchange| exchange.status >= 400)
    {
        let is_html = exchange.body.trim_start().starts_with('<');
        let body: Value = serde_json::from_str(&exchange.body).unwrap_or_default();
        assert!(
            is_html || body["result"] == "error",
            "{}: {}",
            exchange.name,
            exchange.body
        );
    }
}

#[test]
fn a_recorded_exchange_is_found_by_its_name() {
    let limited = exchange("429-tornado");
    assert_eq!(
        (
            limited.method.as_str(),
            limited.path.as_str(),
            limited.status
        ),
        ("GET", "/api/v1/events", 429)
    );
    assert!(limited.params.contains_key("queue_id"));
    assert!(
        limited
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("retry-after")),
        "{limited:?}"
    );
}
