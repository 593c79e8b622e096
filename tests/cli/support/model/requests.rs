//! What the model answers.
//!
//! Endpoints: `POST /register`, `GET` and `DELETE /events`, `GET /messages`, and the look-ups.
//! Errors as Zulip 1.7 and 9.2 spell them.

use serde_json::{Value, json};

use super::fault::Step;
use super::narrow::Reader;
use super::queue::Queue;
use super::world::World;
use super::{Dialect, Role, history, lookups, narrow};
use crate::support::account::{EMAIL, KEY};
use crate::support::http::Request;
use crate::support::reply::Reply;

impl World {
    /// The answer to a request; none if it is a poll that has to park.
    pub fn act(&mut self, request: &Request, number: usize) -> Option<Reply> {
        if request.credentials() != Some(format!("{EMAIL}:{KEY}")) {
            return Some(self.unauthorized());
        }
        match Step::of(request) {
            Step::Register => Some(self.register(request)),
            Step::Poll => self.poll(request, number).unwrap_or_else(Some),
            Step::Delete => Some(self.delete(request)),
            Step::History => {
                let reader = Reader {
                    server: self.server,
                    guest: self.role == Role::Guest,
                    cast: self.cast,
                };
                Some(history::answer(request, reader, &self.messages))
            }
            Step::Lookup => Some(lookups::answer(
                request,
                self.server,
                self.cast,
                self.messages.keys().last().copied(),
            )),
        }
    }

    fn unauthorized(&self) -> Reply {
        let reply = match self.server {
            Dialect::Old => Reply::text(
                401,
                "text/html",
                "{\"msg\":\"Invalid API key\",\"result\":\"error\"}\n",
            ),
            Dialect::New => Reply::error(401, "UNAUTHORIZED", "Invalid API key"),
        };
        reply.header("WWW-Authenticate", "Basic realm=\"zulip\"")
    }

    fn register(&mut self, request: &Request) -> Reply {
        let kinds = match request
            .param("event_types")
            .map(serde_json::from_str::<Vec<String>>)
        {
            None => None,
            Some(Ok(kinds)) => Some(kinds),
            Some(Err(_)) => {
                return Reply::error(400, "BAD_REQUEST", "event_types is not a list of strings");
            }
        };
        if self.role == Role::Guest && request.param("all_public_streams") == Some("true") {
            return Reply::error(400, "BAD_REQUEST", "User not authorized for this query");
        }
        let terms = match narrow::for_queue(request.param("narrow"), self.server) {
            Ok(terms) => terms,
            Err(refusal) => return refusal,
        };
        let id = match self.server {
            Dialect::Old => format!("{}:{}", self.clock, self.next_queue),
            Dialect::New => format!("9c1d8a4e-0000-4000-8000-{:012}", self.next_queue),
        };
        self.next_queue += 1;
        self.known.get_or_insert(self.committed.len());
        self.queues
            .insert(id.clone(), Queue::new(request.params.clone(), kinds, terms));
        for post in std::mem::take(&mut self.during_register) {
            let message = self.reserve(post);
            self.commit(message);
        }
        self.registered(request, &id)
    }

    fn registered(&self, request: &Request, id: &str) -> Reply {
        let last = self.queues.get(id).map_or(-1, Queue::last_id);
        let mut body =
            json!({ "result": "success", "msg": "", "queue_id": id, "last_event_id": last });
        let fetched = |name: &str| {
            request
                .json("fetch_event_types")
                .as_array()
                .is_none_or(|all| all.contains(&json!(name)))
        };
        if fetched("message") {
            let newest = self
                .messages
                .values()
                .rfind(|message| message.is_received());
            body["max_message_id"] = newest.map_or(json!(-1), |message| json!(message.id));
        }
        match self.server {
            Dialect::Old if fetched("zulip_version") => body["zulip_version"] = json!("1.7.1+git"),
            Dialect::Old => {}
            Dialect::New => {
                body["zulip_version"] = json!("9.2+git");
                body["zulip_feature_level"] = json!(278);
                body["zulip_merge_base"] = json!("");
                if request.param("idle_queue_timeout").is_some() {
                    body["ignored_parameters_unsupported"] = json!(["idle_queue_timeout"]);
                }
            }
        }
        Reply::json(200, &body)
    }

    fn bad_queue(&self, id: &str) -> Reply {
        let name = if self.server == Dialect::Old {
            "id"
        } else {
            "ID"
        };
        let msg = format!("Bad event queue {name}: {id}");
        Reply::json(
            400,
            &json!({ "result": "error", "msg": msg, "queue_id": id, "code": "BAD_EVENT_QUEUE_ID" }),
        )
    }

    fn poll(&mut self, request: &Request, number: usize) -> Result<Option<Reply>, Reply> {
        let missing =
            |name: &str| Reply::error(400, "BAD_REQUEST", &format!("Missing '{name}' argument"));
        let id = request
            .param("queue_id")
            .ok_or_else(|| missing("queue_id"))?;
        let last = request
            .param("last_event_id")
            .ok_or_else(|| missing("last_event_id"))?;
        let malformed = |_| {
            Reply::error(
                400,
                "BAD_REQUEST",
                "Argument \"last_event_id\" is not valid JSON.",
            )
        };
        let last = last.parse().map_err(malformed)?;
        let bad = self.bad_queue(id);
        let queue = self.queues.get_mut(id).ok_or(bad)?;
        queue.acknowledge(last, self.server)?;
        queue.poller = number;
        if queue.pending() > 0 || request.param("dont_block") == Some("true") {
            return Ok(Some(events(&queue.contents(), None)));
        }
        queue.parks += 1;
        self.parked.push((number, id.to_owned()));
        Ok(None)
    }

    /// The answer of a parked poll, once there is one.
    pub fn unpark(&mut self, number: usize) -> Option<Reply> {
        let (_, id) = self.parked.iter().find(|(own, _)| *own == number)?;
        if let Some((_, reply)) = self.broken.iter().find(|(own, _)| *own == number) {
            return Some(reply.clone());
        }
        match self.queues.get_mut(id) {
            Some(queue) if queue.poller == number && queue.pending() == 0 => None,
            Some(queue) if queue.poller == number => Some(events(&queue.contents(), Some(id))),
            _ => Some(events(&[], Some(id))),
        }
    }

    fn delete(&mut self, request: &Request) -> Reply {
        let id = request.param("queue_id").unwrap_or_default().to_owned();
        if self.queues.remove(&id).is_none() {
            return self.bad_queue(&id);
        }
        self.deleted.push(id);
        Reply::json(200, &json!({ "result": "success", "msg": "" }))
    }
}

fn events(list: &[Value], waited_on: Option<&str>) -> Reply {
    let mut body = json!({ "result": "success", "msg": "", "events": list });
    if let Some(id) = waited_on {
        body["queue_id"] = json!(id);
    }
    Reply::json(200, &body)
}
