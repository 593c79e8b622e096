//! A server that follows a script: these requests, in this order, get these answers.
//!
//! Not for scenarios where only the outcome counts: `model` answers like a real server.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::answers::event_texts;
use super::board::Board;
use super::expect::Expect;
use super::http::Request;
use super::listener::{Listener, Service};
use super::reply::Reply;
use super::running::Running;

#[derive(Default)]
struct Play {
    script: Vec<(Expect, Reply)>,
    position: usize,
    anytime: Vec<(Expect, Reply)>,
    seen: Vec<Request>,
    unexpected: Vec<Request>,
    /// Tickets of requests whose answer is held, oldest first, and the answers given since.
    held: Vec<(usize, Request)>,
    released: Vec<(usize, Reply)>,
    hung_up: Vec<usize>,
    stopped: Option<()>,
}

/// What a failing test shows.
impl fmt::Debug for Play {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "script:")?;
        for (index, (expect, _)) in self.script.iter().enumerate() {
            let mark = if index < self.position {
                "asked"
            } else {
                "     "
            };
            writeln!(f, "  {mark} {expect:?}")?;
        }
        for (expect, _) in &self.anytime {
            writeln!(f, "  any   {expect:?}")?;
        }
        writeln!(f, "requests:")?;
        for request in &self.seen {
            writeln!(f, "  {request:?}")?;
        }
        write!(
            f,
            "unexpected: {:?}\nheld: {:?}",
            self.unexpected, self.held
        )
    }
}

impl Play {
    fn choose(&mut self, request: &Request) -> Reply {
        self.seen.push(request.clone());
        for index in self.position..self.script.len() {
            let (expect, reply) = &self.script[index];
            if expect.fits(request) {
                self.position = index + 1;
                return reply.clone();
            }
            if !expect.is_optional() {
                break;
            }
        }
        if let Some((_, reply)) = self.anytime.iter().find(|(expect, _)| expect.fits(request)) {
            return reply.clone();
        }
        self.unexpected.push(request.clone());
        Reply::error(
            400,
            "BAD_REQUEST",
            "the script of this test has no such request here",
        )
    }

    fn fault(&self) -> Option<&'static str> {
        let left = self.script.get(self.position..).unwrap_or_default();
        if !self.unexpected.is_empty() {
            Some("a request came that the script did not expect")
        } else if left.iter().any(|(expect, _)| !expect.is_optional()) {
            Some("an answer of the script was not asked for")
        } else {
            None
        }
    }
}

impl Service for Board<Play> {
    fn answer(&self, request: Request) -> Option<Reply> {
        let (ticket, reply) = self.update(|play| {
            let reply = play.choose(&request);
            let ticket = play.seen.len();
            if reply.is_held() {
                play.held.push((ticket, request.clone()));
            }
            (ticket, reply)
        });
        if !reply.is_held() {
            return Some(reply);
        }
        self.park(|play| {
            let answer = play
                .released
                .iter()
                .find(|(number, _)| *number == ticket)
                .map(|(_, reply)| reply.clone());
            let given_up = play.hung_up.contains(&request.connection) || play.stopped.is_some();
            if answer.is_some() || given_up {
                play.held.retain(|(number, _)| *number != ticket);
                return Some(answer);
            }
            None
        })
    }

    fn hung_up(&self, connection: usize) {
        self.update(|play| play.hung_up.push(connection));
    }

    fn stop(&self) {
        self.update(|play| play.stopped = Some(()));
    }
}

/// A scripted server. When it is dropped it fails the test if the script was not followed.
#[must_use]
pub struct Server {
    board: Arc<Board<Play>>,
    listener: Listener,
}

impl Server {
    /// With an empty script.
    pub fn new() -> Server {
        let board = Arc::new(Board::new(Play::default()));
        let listener = Listener::start(Arc::clone(&board) as Arc<dyn Service>);
        Server { board, listener }
    }

    /// Next comes `expect` and gets `reply`.
    pub fn on(self, expect: Expect, reply: Reply) -> Server {
        self.board.update(|play| play.script.push((expect, reply)));
        self
    }

    /// At any time and any number of times, also never, `expect` gets `reply`; the script goes first.
    pub fn always(self, expect: Expect, reply: Reply) -> Server {
        self.board.update(|play| play.anytime.push((expect, reply)));
        self
    }

    /// What stands as `site` in the rc file.
    pub fn site(&self) -> String {
        self.listener.site()
    }

    /// How many connections the client has opened.
    pub fn connections(&self) -> usize {
        self.listener.connections()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.board.update(|play| play.seen.clone())
    }

    /// Whether a request that `wanted` fits comes within that time, or has come before.
    pub fn comes_within(&self, limit: Duration, wanted: &Expect) -> bool {
        let come = |play: &mut Play| {
            play.seen
                .iter()
                .any(|request| wanted.fits(request))
                .then_some(())
        };
        self.board.wait_at_most(limit, come).is_some()
    }

    /// Waits until that many such requests have come, and gives all there are.
    #[track_caller]
    pub fn wait_requests(&self, count: usize, wanted: &Expect) -> Vec<Request> {
        self.board.wait(&format!("{count} of {wanted:?}"), |play| {
            let fitting = play.seen.iter().filter(|request| wanted.fits(request));
            Some(fitting.cloned().collect::<Vec<_>>()).filter(|found| found.len() >= count)
        })
    }

    /// Waits until the answer to a request is held, and tells which request.
    #[track_caller]
    pub fn wait_held(&self) -> Request {
        self.board.wait("a request whose answer is held", |play| {
            Some(play.held.first()?.1.clone())
        })
    }

    /// Gives the oldest held request its answer.
    #[track_caller]
    pub fn release(&self, reply: Reply) {
        self.wait_held();
        self.board.update(|play| {
            let (ticket, _) = play.held.remove(0);
            play.released.push((ticket, reply));
        });
    }

    /// The same for a request that `wanted` fits, if one is still held.
    pub fn release_if_held(&self, wanted: &Expect, reply: Reply) {
        self.board.update(|play| {
            let fits = |(_, request): &(usize, Request)| wanted.fits(request);
            if let Some(index) = play.held.iter().position(fits) {
                let (ticket, _) = play.held.remove(index);
                play.released.push((ticket, reply));
            }
        });
    }

    /// Gives the poll that is held these events while nobody reads what `running` prints of them, so
    /// that it is stuck in the middle of writing.
    #[track_caller]
    pub fn release_unread(&self, running: &mut Running, texts: &[String]) {
        self.wait_held();
        running.stall();
        self.release(event_texts(texts));
        running.wait_stuck();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        if let Some(message) = self
            .board
            .update(|play| play.fault().map(|fault| format!("{fault}\n{play:?}")))
        {
            panic!("{message}");
        }
    }
}
