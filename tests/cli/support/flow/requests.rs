//! What the flow answers.
//!
//! Endpoints: `POST /register`, `GET` and `DELETE /events`, `GET /messages` of Zulip 9.2.

use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::queue::{Item, Queue};
use super::{Flow, Trouble, text};
use crate::support::answers::{deleted, event_texts, registered, unknown_queue};
use crate::support::http::Request;
use crate::support::listener::Service;
use crate::support::model::Step;
use crate::support::reply::{Ending, Reply};

/// What a network and a server take for an answer.
const LATENCY: Duration = Duration::from_millis(5);
const NEWEST: &str = "10000000000000000";

impl Flow {
    fn register(&self) -> Reply {
        let produced = self.produced();
        let mut state = self.lock();
        state.queues += 1;
        if state.first.is_none() {
            state.first = Some(produced);
        } else if produced > state.covered {
            let range = (state.covered + 1, produced);
            state.gaps.push(range);
        }
        state.covered = produced;
        let id = format!("flow-{}", state.queues);
        state.queue = Some(Queue::new(id.clone(), produced));
        registered(&id)
    }

    fn delete(&self, request: &Request) -> Reply {
        let id = request.param("queue_id").unwrap_or_default();
        let mut state = self.lock();
        if state.queue.as_ref().is_none_or(|queue| queue.id != id) {
            return unknown_queue(id);
        }
        state.queue = None;
        deleted()
    }

    fn poll(&self, request: &Request) -> Option<Reply> {
        thread::sleep(LATENCY);
        // On the first poll of a queue that refusal is final.
        let is_fresh = request.param("last_event_id") == Some("-1");
        let is_due = |trouble: &mut Trouble| *trouble != Trouble::Pruned || !is_fresh;
        let trouble = self.lock().next.take_if(is_due);
        match trouble {
            Some(Trouble::Reset) => return Some(Reply::nothing(Ending::Reset)),
            Some(Trouble::Limited) => {
                let refusal = Reply::error(429, "RATE_LIMIT_HIT", "API usage exceeded rate limit");
                return Some(refusal.header("Retry-After", "1"));
            }
            Some(Trouble::Pruned) => {
                let msg = "An event newer than 1 has already been pruned!";
                return Some(Reply::error(400, "BAD_REQUEST", msg));
            }
            Some(Trouble::Displaced) => return Some(event_texts::<&str>(&[])),
            _ => {}
        }
        // More would take a minute.
        let most = match trouble {
            Some(Trouble::Trickled) => 10,
            _ => usize::MAX,
        };
        let reply = self.events(request, most)?;
        Some(match trouble {
            Some(Trouble::Truncated) => reply.cut(),
            Some(Trouble::Garbled) => reply.garbled(),
            Some(Trouble::Trickled) => reply.trickled(Duration::from_micros(50)),
            _ => reply,
        })
    }

    /// What the queue holds, once that is anything, and at most so many; none when the server ends.
    fn events(&self, request: &Request, most: usize) -> Option<Reply> {
        let came = Instant::now();
        loop {
            let parked = came.elapsed();
            if let Some(reply) = self.pending(request, most, parked) {
                return Some(reply);
            }
            if self.lock().stopped {
                return None;
            }
            thread::sleep(LATENCY);
        }
    }

    fn pending(&self, request: &Request, most: usize, parked: Duration) -> Option<Reply> {
        let id = request.param("queue_id").unwrap_or_default();
        let last = request.param("last_event_id");
        let last = last.and_then(|last| last.parse().ok()).unwrap_or(-1);
        let produced = self.produced();
        let mut state = self.lock();
        let state = &mut *state;
        let Some(queue) = state.queue.as_mut().filter(|queue| queue.id == id) else {
            return Some(unknown_queue(id));
        };
        state.covered = state.covered.max(queue.acknowledge(last));
        queue.feed(produced);
        if queue.pending.is_empty() && parked > self.heartbeat {
            queue.push(Item::Heartbeat);
            state.heartbeats += 1;
        }
        if queue.pending.is_empty() && request.param("dont_block") != Some("true") {
            return None;
        }
        state.polls += 1;
        let texts = queue.pending.iter().take(most);
        let texts: Vec<String> = texts.map(|(id, item)| self.event(*id, *item)).collect();
        Some(event_texts(&texts))
    }

    fn history(&self, request: &Request) -> Reply {
        let produced = self.produced();
        let count = |name: &str| -> usize {
            let text = request.param(name).unwrap_or_default();
            text.parse().unwrap_or_default()
        };
        let (before, after) = (count("num_before"), count("num_after"));
        let anchor = match request.param("anchor") {
            Some(NEWEST | "newest") | None => produced + 1,
            Some(text) => text.parse().unwrap_or_default(),
        };
        let is_message = |number: &u64| text::is_message(*number);
        let older = (1..anchor.min(produced + 1)).rev().filter(is_message);
        let mut numbers: Vec<u64> = older.take(before).collect();
        numbers.reverse();
        let low = numbers.len();
        let first = anchor + u64::from(request.param("include_anchor") == Some("false"));
        numbers.extend((first..=produced).filter(is_message).take(after));
        let rows = numbers.iter();
        let rows: Vec<Value> = rows
            .map(|number| text::row(*number, self.time(*number)))
            .collect();
        Reply::json(
            200,
            &json!({
                "result": "success", "msg": "", "messages": rows, "anchor": anchor,
                "found_anchor": false, "history_limited": false, "found_oldest": low < before,
                "found_newest": rows.len() - low < after || anchor > produced,
            }),
        )
    }

    fn event(&self, id: i64, item: Item) -> String {
        match item {
            Item::Number(number) => text::event(number, self.time(number), id),
            Item::Restart => {
                json!({ "type": "restart", "server_generation": 1, "id": id }).to_string()
            }
            Item::Heartbeat => json!({ "type": "heartbeat", "id": id }).to_string(),
        }
    }
}

impl Service for Flow {
    fn answer(&self, request: Request) -> Option<Reply> {
        let paged = self.lock().pages_until;
        let reply = if paged.is_some_and(|until| Instant::now() < until) {
            Reply::html_502()
        } else {
            match Step::of(&request) {
                Step::Register => self.register(),
                Step::Poll => self.poll(&request)?,
                Step::Delete => self.delete(&request),
                Step::History => self.history(&request),
                // Names come with the messages.
                Step::Lookup => Reply::json(
                    200,
                    &json!({ "result": "success", "msg": "", "members": [], "streams": [] }),
                ),
            }
        };
        let date = Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
        Some(reply.header("Date", &date.to_string()))
    }

    fn hung_up(&self, _connection: usize) {}

    fn stop(&self) {
        self.lock().stopped = true;
    }
}
