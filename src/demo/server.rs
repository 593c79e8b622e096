//! The demo's server: accepts connections, one thread each, and takes requests to their endpoints.
//!
//! Not for what endpoints do (`register`, `events`, `messages`, `directory`) or for HTTP (`http`).

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::http::{Answer, Connection, Content, Line, Received, Request};
use super::params::{Dialect, Params};
use super::refusal::Refusal;
use super::stage::Stage;
use super::{auth, directory, events, messages, register};

/// After a failure to accept, such as too many open files, which would come back at once.
const PAUSE: Duration = Duration::from_millis(50);
/// How long `wake` tries.
const WAKE: Duration = Duration::from_millis(200);

/// Accepts connections until the stage is stopped.
pub fn serve(listener: &TcpListener, stage: &Arc<Stage>) {
    let mut number = 0;
    while !stage.is_stopped() {
        let Ok((stream, _)) = listener.accept() else {
            thread::sleep(PAUSE);
            continue;
        };
        number += 1;
        if !stage.admit(number, &stream) {
            continue;
        }
        let (stage_of_thread, number_of_thread) = (Arc::clone(stage), number);
        let spawned = thread::Builder::new()
            .name("demo connection".into())
            .spawn(move || {
                // A client that goes away in the middle is its own business.
                let _ = converse(stream, &stage_of_thread);
                stage_of_thread.dismiss(number_of_thread);
            });
        if spawned.is_err() {
            stage.dismiss(number);
        }
    }
}

/// Makes `serve` look whether the stage is stopped.
pub fn wake(address: SocketAddr) {
    let _ = TcpStream::connect_timeout(&address, WAKE);
}

fn converse(stream: TcpStream, stage: &Stage) -> io::Result<()> {
    let mut line = Line::new(stream)?;
    loop {
        match line.receive()? {
            Received::End => return Ok(()),
            Received::Garbage(status) => {
                let page = format!("<html><body><h1>{status}</h1></body></html>\n");
                let answer = Answer::new(status, Content::Html, page);
                return line.answer(&answer, "", Connection::Close);
            }
            Received::Request(request) => {
                let Some(answer) = answer(stage, &request, &|| line.is_closed()) else {
                    return Ok(());
                };
                line.answer(&answer, &request.method, request.connection)?;
                if request.connection == Connection::Close {
                    return Ok(());
                }
            }
        }
    }
}

/// The answer to a request; none where nobody waits for it any more.
fn answer(stage: &Stage, request: &Request, is_closed: &dyn Fn() -> bool) -> Option<Answer> {
    let Some(name) = request.path.strip_prefix("/api/v1/") else {
        return Some(not_found());
    };
    let allowed: &'static [&'static str] = match name {
        "register" => &["POST"],
        "events" => &["GET", "DELETE"],
        "messages"
        | "users"
        | "users/me"
        | "streams"
        | "users/me/subscriptions"
        | "server_settings" => &["GET"],
        _ => return Some(not_found()),
    };
    if !allowed.contains(&request.method.as_str()) {
        return Some(not_allowed(allowed));
    }
    let answer = match name {
        "server_settings" => Ok(Some(directory::server_settings(stage))),
        _ => auth::check(request.authorization.as_deref())
            .and_then(|()| authorized_answer(stage, request, name, is_closed)),
    };
    answer.unwrap_or_else(|refusal| Some(refusal.into()))
}

fn authorized_answer(
    stage: &Stage,
    request: &Request,
    name: &str,
    is_closed: &dyn Fn() -> bool,
) -> Result<Option<Answer>, Refusal> {
    let dialect = if name == "messages" {
        Dialect::Typed
    } else {
        Dialect::Classic
    };
    let params = Params::new(request, dialect);
    match (name, request.method.as_str()) {
        ("register", _) => register::register(stage, &params).map(Some),
        ("events", "DELETE") => events::delete(stage, &params).map(Some),
        ("events", _) => events::poll(stage, &params, is_closed),
        ("messages", _) => messages::messages(stage, &params).map(Some),
        ("users", _) => Ok(Some(directory::users(&params))),
        ("users/me", _) => Ok(Some(directory::own_user(stage, &params))),
        ("streams", _) => Ok(Some(directory::streams(stage, &params))),
        ("users/me/subscriptions", _) => Ok(Some(directory::subscriptions(stage, &params))),
        _ => Ok(Some(not_found())),
    }
}

fn not_found() -> Answer {
    let page = "<!DOCTYPE html>\n<html><head><title>404</title></head><body><h1>Page not found</h1></body></html>\n";
    Answer::new(404, Content::Html, page.to_owned())
}

/// JSON that is labelled as a page, as on the real server.
fn not_allowed(methods: &[&str]) -> Answer {
    let body = serde_json::json!({
        "result": "error", "msg": "Method Not Allowed", "allowed_methods": methods,
    });
    Answer::new(405, Content::Html, format!("{body}\n"))
}
