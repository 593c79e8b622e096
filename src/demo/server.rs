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

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint {
    Register,
    Events,
    Messages,
    Users,
    OwnUser,
    Streams,
    Subscriptions,
    UserGroups,
    ServerSettings,
}

impl Endpoint {
    fn at(path: &str) -> Option<Endpoint> {
        match path.strip_prefix("/api/v1/")? {
            "register" => Some(Endpoint::Register),
            "events" => Some(Endpoint::Events),
            "messages" => Some(Endpoint::Messages),
            "users" => Some(Endpoint::Users),
            "users/me" => Some(Endpoint::OwnUser),
            "streams" => Some(Endpoint::Streams),
            "users/me/subscriptions" => Some(Endpoint::Subscriptions),
            "user_groups" => Some(Endpoint::UserGroups),
            "server_settings" => Some(Endpoint::ServerSettings),
            _ => None,
        }
    }

    fn methods(self) -> &'static [&'static str] {
        match self {
            Endpoint::Register => &["POST"],
            Endpoint::Events => &["GET", "DELETE"],
            _ => &["GET"],
        }
    }

    fn dialect(self) -> Dialect {
        match self {
            Endpoint::Messages => Dialect::Typed,
            _ => Dialect::Classic,
        }
    }
}

/// The answer to a request; none where nobody waits for it any more.
fn answer(stage: &Stage, request: &Request, is_closed: &dyn Fn() -> bool) -> Option<Answer> {
    let Some(endpoint) = Endpoint::at(&request.path) else {
        return Some(not_found());
    };
    if !endpoint.methods().contains(&request.method.as_str()) {
        return Some(not_allowed(endpoint.methods()));
    }
    good_answer(stage, request, endpoint, is_closed).unwrap_or_else(|refusal| Some(refusal.into()))
}

fn good_answer(
    stage: &Stage,
    request: &Request,
    endpoint: Endpoint,
    is_closed: &dyn Fn() -> bool,
) -> Result<Option<Answer>, Refusal> {
    if endpoint != Endpoint::ServerSettings {
        auth::check(request.authorization.as_deref())?;
    }
    let params = Params::new(request, endpoint.dialect());
    let answer = match endpoint {
        Endpoint::Register => register::register(stage, &params)?,
        Endpoint::Events if request.method == "DELETE" => events::delete(stage, &params)?,
        Endpoint::Events => return events::poll(stage, &params, is_closed),
        Endpoint::Messages => messages::messages(stage, &params)?,
        Endpoint::Users => directory::users(&params),
        Endpoint::OwnUser => directory::own_user(stage, &params),
        Endpoint::Streams => directory::streams(stage, &params),
        Endpoint::Subscriptions => directory::subscriptions(stage, &params),
        Endpoint::UserGroups => directory::user_groups(stage, &params),
        Endpoint::ServerSettings => directory::server_settings(stage),
    };
    Ok(Some(answer))
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
