//! What the cast does, as summaries.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::demo::cast::Cast;
use crate::demo::clock::Moment;
use crate::demo::queue::{ChannelTyping, Wants};
use crate::demo::realm::Realm;
use crate::event::EventId;
use crate::output::summary::golden::Lines;

/// 2026-11-22 14:02:07 UTC.
const NOW: Moment = Moment(1_795_356_127_000);
/// Its play has something of everything early.
const SEED: u64 = 27;
const PLAY: Duration = Duration::from_mins(1);

/// What a queue is given, with the time, while the cast plays without a clock.
fn played() -> Vec<(Moment, String)> {
    let mut cast = Cast::new(SEED, NOW);
    let mut realm = Realm::new(cast.past(NOW), SEED);
    let wants = Wants {
        channel_typing: ChannelTyping::Taken,
        ..Wants::everything()
    };
    let queue = realm.register(wants, 2 * PLAY, NOW).expect("a queue");
    cast.greet(NOW);
    let mut events = Vec::new();
    while let Some(due) = cast.due().filter(|due| *due < NOW.after(PLAY)) {
        for happening in cast.step(due) {
            realm.apply(happening, due);
        }
        let queue = realm.queue(&queue, due).expect("the queue");
        let list = queue.events();
        let list: Vec<&RawValue> = serde_json::from_str(&list).expect("a list");
        events.extend(list.iter().map(|event| (due, event.get().to_owned())));
        let seen = i64::try_from(events.len()).expect("a number");
        queue.acknowledge(EventId(seen - 1)).expect("acknowledged");
    }
    events
}

/// `reaction/add`.
fn kind(event: &str) -> String {
    let event: Value = serde_json::from_str(event).expect("JSON");
    let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let parts = [text("type"), text("op")];
    parts.join("/").trim_end_matches('/').to_owned()
}

#[test]
fn golden_lines_of_the_cast() {
    let events = played();
    let kinds: BTreeSet<String> = events.iter().map(|(_, event)| kind(event)).collect();
    let all = [
        "message",
        "presence",
        "reaction/add",
        "reaction/remove",
        "typing/start",
        "typing/stop",
        "update_message",
        "user_group/add_members",
        "user_group/remove_members",
        "user_status",
    ];
    assert_eq!(kinds, all.map(String::from).into());
    let moved = |(_, event): &(Moment, String)| event.contains("\"orig_subject\"");
    let edited = |(_, event): &(Moment, String)| event.contains("\"orig_content\"");
    assert!(events.iter().any(moved) && events.iter().any(edited));
    let mut lines = Lines::new();
    for (at, event) in &events {
        let seconds = i64::try_from(at.seconds()).expect("a time");
        lines.add(event, Timestamp::from_second(seconds).expect("a time"));
    }
    lines.assert_golden("summaries-demo.txt");
}
