//! The history of the model has the pages, the edges and the blind spots of real servers.

use serde_json::json;

use super::client::{Client, history};
use crate::support::model::{Dialect, Model, Post, Role};

#[test]
fn history_comes_in_pages_and_a_full_page_is_no_proof_of_the_end() {
    let cases = [
        ("newest", "2", "0", vec![1004, 1005], (false, true)),
        (
            "10000000000000000",
            "5",
            "0",
            vec![1001, 1002, 1003, 1004, 1005],
            (false, true),
        ),
        (
            "10000000000000000",
            "9",
            "0",
            vec![1001, 1002, 1003, 1004, 1005],
            (true, true),
        ),
        ("1002", "0", "2", vec![1003, 1004], (false, false)),
        ("1002", "0", "3", vec![1003, 1004, 1005], (false, false)),
        ("1005", "0", "9", vec![], (false, true)),
        ("0", "0", "1", vec![1001], (true, false)),
    ];
    let model = Model::new();
    for _ in 0..5 {
        model.send(Post::new("Verona", "lunch", "hello"));
    }
    let mut client = Client::new(&model.site());
    for (anchor, before, after, ids, found) in cases {
        let answer = history(&mut client, anchor, before, after, "[]");
        let body = answer.json();
        assert_eq!(answer.message_ids(), ids, "{anchor} {before} {after}");
        assert_eq!(
            (&body["found_oldest"], &body["found_newest"]),
            (&json!(found.0), &json!(found.1)),
            "{anchor} {before} {after}"
        );
    }
    for (anchor, after) in [("latest", "1"), ("1", "5001")] {
        assert_eq!(
            history(&mut client, anchor, "0", after, "[]").status,
            400,
            "{anchor} {after}"
        );
    }
}

#[test]
fn old_servers_give_the_anchor_row_and_know_no_named_anchors() {
    let model = Model::old();
    let id = model.send(Post::direct("hello"));
    let mut client = Client::new(&model.site());
    assert_eq!(
        history(&mut client, &id.to_string(), "0", "9", "[]").message_ids(),
        [id]
    );
    assert_eq!(history(&mut client, "newest", "1", "0", "[]").status, 400);
    assert_eq!(
        history(&mut client, "0", "0", "9", "[[\"streams\",\"public\"]]").json()["code"],
        "BAD_NARROW"
    );
}

#[test]
fn history_shows_public_channels_only_where_a_term_asks_for_them() {
    let cases: [(&str, &[u64]); 7] = [
        ("[]", &[1001, 1003]),
        ("[[\"topic\",\"plot\"]]", &[]),
        (
            "[{\"operator\":\"channels\",\"operand\":\"public\"},{\"operator\":\"topic\",\"operand\":\"plot\"}]",
            &[1002],
        ),
        ("[[\"stream\",\"Scotland\"]]", &[1002]),
        (
            "[{\"operator\":\"stream\",\"operand\":\"Denmark\",\"negated\":true}]",
            &[1003],
        ),
        ("[[\"stream\",\"conspiracy\"]]", &[]),
        ("[[\"stream\",\"Scotland\"],[\"is\",\"unread\"]]", &[]),
    ];
    let model = Model::new();
    model.send(Post::new("Denmark", "lunch", "received"));
    model.send(Post::new("Scotland", "plot", "public"));
    model.send(Post::direct("direct"));
    model.send(Post::new("conspiracy", "plot", "hidden"));
    let mut client = Client::new(&model.site());
    for (narrow, ids) in cases {
        assert_eq!(
            history(&mut client, "0", "0", "9", narrow).message_ids(),
            ids,
            "{narrow}"
        );
    }
    let scotland = history(&mut client, "0", "0", "9", "[[\"stream\",\"Scotland\"]]").json();
    assert_eq!(
        scotland["messages"][0]["flags"],
        json!(["read", "historical"])
    );
    assert_eq!(
        history(&mut client, "0", "0", "9", "[[\"stream\",\"nowhere\"]]").json()["desc"],
        "unknown channel nowhere"
    );
}

#[test]
fn guests_may_not_ask_for_all_public_channels() {
    let model = Model::of(Dialect::New, Role::Guest);
    let mut client = Client::new(&model.site());
    assert_eq!(
        client
            .call("POST", "/register", &[("all_public_streams", "true")])
            .status,
        400
    );
    assert_eq!(
        history(&mut client, "0", "0", "9", "[[\"channels\",\"public\"]]").json()["code"],
        "BAD_NARROW"
    );
}
