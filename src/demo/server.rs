//! The demo's server: what of the API a tail needs, over HTTP, one thread for each connection.
//!
//! Endpoints: `zerver/openapi/zulip.yaml` of Zulip 9.2.

use std::io::{self, BufReader};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::cast::{BEAT, Cast};
use super::history;
use super::http::{Request, answer};
use super::log::Log;
use super::roster::{AUTHORIZATION, CHANNELS, Character, DemoChannel, PEOPLE, TAIL_BOT};
use super::view::View;

/// The version that it speaks as.
const VERSION: &str = "9.2";
/// Its feature level.
const FEATURE_LEVEL: u32 = 278;
/// After a failure to accept, such as too many open files, which would come back at once.
const PAUSE: Duration = Duration::from_millis(50);

/// What its threads share.
#[derive(Debug)]
pub struct Server {
    log: Mutex<Log>,
    changed: Condvar,
    site: String,
    started: Timestamp,
}

/// Why a request is not answered as asked: status, code and message.
#[derive(Debug)]
pub struct ErrorAnswer(pub u16, pub &'static str, pub String);

fn bad_queue(queue: &str) -> ErrorAnswer {
    let message = format!("Bad event queue ID: {queue}");
    ErrorAnswer(400, "BAD_EVENT_QUEUE_ID", message)
}

impl Server {
    /// With what was said until now.
    pub fn new(site: String, log: Log) -> Server {
        Server {
            log: Mutex::new(log),
            changed: Condvar::new(),
            site,
            started: Timestamp::now(),
        }
    }

    /// Lets the cast play, from the moment on when somebody listens.
    pub fn play(&self, mut cast: Cast) {
        let mut log = self.lock();
        while !log.has_audience() {
            log = self.wait(log);
        }
        drop(log);
        loop {
            cast.beat(&mut self.lock(), Timestamp::now());
            self.changed.notify_all();
            thread::sleep(BEAT);
        }
    }

    /// Accepts connections.
    pub fn serve(self: &Arc<Server>, listener: &TcpListener) {
        loop {
            let Ok((stream, _)) = listener.accept() else {
                thread::sleep(PAUSE);
                continue;
            };
            let server = Arc::clone(self);
            let thread = thread::Builder::new().name("demo connection".into());
            // A client that goes away is its own business, and one too many is turned away.
            let _ = thread.spawn(move || server.converse(stream));
        }
    }

    fn converse(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        loop {
            let request = Request::read(&mut stream)?;
            let (status, body) = match self.answer(&request) {
                Ok(mut body) => {
                    body["result"] = "success".into();
                    body["msg"] = "".into();
                    (200, body)
                }
                Err(ErrorAnswer(status, code, message)) => {
                    let body = json!({ "result": "error", "code": code, "msg": message });
                    (status, body)
                }
            };
            answer(stream.get_ref(), status, &body)?;
        }
    }

    fn answer(&self, request: &Request) -> Result<Value, ErrorAnswer> {
        let path = request.path.strip_prefix("/api/v1/").unwrap_or_default();
        if path != "server_settings" && request.authorization != AUTHORIZATION {
            return Err(ErrorAnswer(401, "UNAUTHORIZED", "Invalid API key".into()));
        }
        let channels = || CHANNELS.iter();
        match (request.method.as_str(), path) {
            ("POST", "register") => self.register(request),
            ("GET", "events") => self.poll(request),
            ("DELETE", "events") => self.delete(request),
            ("GET", "messages") => history::page(&self.lock(), request),
            ("GET", "users") => Ok(list("members", PEOPLE.iter().map(Character::to_json))),
            ("GET", "users/me") => Ok(TAIL_BOT.to_json()),
            ("GET", "streams") => Ok(list("streams", channels().map(DemoChannel::to_json))),
            ("GET", "users/me/subscriptions") => {
                let subscribed = channels().filter(|channel| channel.is_subscribed());
                Ok(list("subscriptions", subscribed.map(DemoChannel::to_json)))
            }
            ("GET", "user_groups") => Ok(list("user_groups", [])),
            ("GET", "server_settings") => Ok(json!({
                "zulip_version": VERSION,
                "zulip_feature_level": FEATURE_LEVEL,
                "realm_name": "Lantern Playhouse",
                "realm_url": self.site,
                "realm_uri": self.site,
            })),
            _ => Err(ErrorAnswer(
                404,
                "NOT_FOUND",
                "The demo has no such page".into(),
            )),
        }
    }

    fn register(&self, request: &Request) -> Result<Value, ErrorAnswer> {
        let (kinds, view) = (request.json("event_types")?, View::of_queue(request)?);
        let queue = self.lock().register(self.started.as_second(), kinds, view);
        self.changed.notify_all();
        Ok(json!({
            "queue_id": queue,
            "last_event_id": -1,
            "zulip_version": VERSION,
            "zulip_feature_level": FEATURE_LEVEL,
        }))
    }

    /// Waits until there are events, or the queue is deleted: then there are none.
    fn poll(&self, request: &Request) -> Result<Value, ErrorAnswer> {
        let queue = request.text("queue_id").unwrap_or_default();
        let last = request.json("last_event_id")?.unwrap_or(-1);
        let waits = !request.json("dont_block")?.unwrap_or(false);
        let mut log = self.lock();
        let mut events = log.events(queue, last).ok_or_else(|| bad_queue(queue))?;
        while events.is_empty() && waits {
            log = self.wait(log);
            let Some(new) = log.events(queue, last) else {
                break;
            };
            events = new;
        }
        Ok(json!({ "events": events }))
    }

    fn delete(&self, request: &Request) -> Result<Value, ErrorAnswer> {
        let queue = request.text("queue_id").unwrap_or_default();
        if !self.lock().delete(queue) {
            return Err(bad_queue(queue));
        }
        self.changed.notify_all();
        Ok(json!({}))
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, log: MutexGuard<'a, Log>) -> MutexGuard<'a, Log> {
        self.changed
            .wait(log)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn list(name: &str, entries: impl IntoIterator<Item = Value>) -> Value {
    json!({ name: entries.into_iter().collect::<Vec<_>>() })
}
