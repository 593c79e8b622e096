//! Everything that a run can wait for, times everything that ends it: what is printed, saved and deleted, and
//! how and when it ends.
//!
//! Each wait puts up a scene: a server, and a run that has come to wait. Each ending is what is done to it then.
//! Left out are combinations that cannot be: `--give-up-after` where the server has answered (a poll that is
//! held, the rest of an answer that came as asked, a comparison that is put off until all has been well for a
//! while, a reader that does not read), and a second signal where the first has nothing to wait for (no queue
//! that is to be deleted).

use std::any::Any;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{AT_ONCE, LIMIT, count, in_pieces, long_pieces, saved, whole_lines, write_until_stuck};
use crate::support::answers::{deleted, event, events, no_history, poll, registered};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::gate::Gate;
use crate::support::reply::Reply;
use crate::support::run::{Home, Tail};
use crate::support::running::{Exit, Running, Signal};
use crate::support::server::Server;
use crate::support::silent::{Mute, Overrun};
use crate::support::slow::{wait_looking_up, without_names};
use crate::support::times::assert_within;

/// Long enough to come to wait on a busy machine.
const TIME: Duration = Duration::from_secs(4);
/// The same as an option has it.
const TIME_TEXT: &str = "4s";

/// What ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Signal(Signal),
    SecondSignal,
    ReaderGone,
    Timeout,
    GiveUp,
}

const ENDINGS: [Ending; 7] = [
    Ending::Signal(Signal::INT),
    Ending::Signal(Signal::TERM),
    Ending::Signal(Signal::HUP),
    Ending::SecondSignal,
    Ending::ReaderGone,
    Ending::Timeout,
    Ending::GiveUp,
];

/// Whether a run keeps its queue for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Memory {
    None,
    Cursor,
}

/// Something to wait for.
struct Wait {
    name: &'static str,
    begin: fn(&Case) -> Scene,
    /// What is said when the time is over.
    in_vain: &'static str,
    /// Whether the server has not answered for so long that it may be given up.
    gives_up: bool,
}

/// One cell of the table.
struct Case {
    wait: Wait,
    ending: Ending,
    memory: Memory,
    home: Home,
}

/// A run that waits.
struct Scene {
    running: Running,
    server: Server,
    /// The lines that are printed by now.
    printed: Vec<String>,
    /// The last event that has to be saved; none as long as there is no queue.
    saved: Option<i64>,
    /// What is on stderr by now, line by line.
    said: &'static [&'static str],
    /// What must not go away meanwhile.
    _props: Box<dyn Any>,
}

impl Scene {
    /// Nothing has come of the server yet.
    fn silent(running: Running, server: Server, props: impl Any) -> Scene {
        Scene {
            running,
            server,
            printed: Vec::new(),
            saved: None,
            said: &[],
            _props: Box::new(props),
        }
    }

    /// Event 0 has come.
    fn following(running: Running, server: Server, props: impl Any) -> Scene {
        Scene {
            printed: vec![event(0)],
            saved: Some(0),
            ..Scene::silent(running, server, props)
        }
    }
}

/// All that a run can wait for.
fn waits() -> Vec<Wait> {
    let unanswered = |name, begin| Wait {
        name,
        begin,
        in_vain: "was not connected in that time",
        gives_up: true,
    };
    let asked = |name, begin| Wait {
        in_vain: "",
        ..unanswered(name, begin)
    };
    let answered = |name, begin| Wait {
        gives_up: false,
        ..asked(name, begin)
    };
    vec![
        unanswered("a name", look_up),
        unanswered("a connection", connect),
        unanswered("a TLS handshake", greet),
        unanswered("who we are", ask_who),
        unanswered("what was there before", ask_before),
        asked("a queue", register),
        asked("a page of history", read_history),
        answered("events", wait_for_events),
        answered("the rest of an answer", read_answer),
        asked(
            "the rest of an answer after trouble",
            read_answer_after_trouble,
        ),
        asked("the next try", back_off),
        answered("the time to compare with history", compare),
        answered("a reader", write),
    ]
}

fn look_up(case: &Case) -> Scene {
    let tail = without_names(case.tail("https://chat.example.com"), &case.home);
    let running = tail.start();
    wait_looking_up(&running);
    Scene::silent(running, Server::new(), ())
}

fn connect(case: &Case) -> Scene {
    let overrun = Overrun::new();
    let running = case.tail(&overrun.site()).start();
    overrun.wait_tried();
    Scene::silent(running, Server::new(), overrun)
}

fn greet(case: &Case) -> Scene {
    let mute = Mute::new();
    let running = case.tail(&mute.site()).start();
    mute.wait_heard();
    Scene::silent(running, Server::new(), mute)
}

fn ask_who(case: &Case) -> Scene {
    let server = Server::new().on(Expect::new("GET", "/users/me"), Reply::hold());
    let tail = case.tail(&server.site()).args(["--narrow", "sender:me"]);
    let running = tail.start();
    server.wait_held();
    Scene::silent(running, server, ())
}

fn ask_before(case: &Case) -> Scene {
    let server = Server::new().on(Expect::history(), Reply::hold());
    let running = case.tail(&server.site()).start();
    server.wait_held();
    Scene::silent(running, server, ())
}

fn register(case: &Case) -> Scene {
    let server = Server::new()
        .always(Expect::history(), no_history())
        .on(Expect::register(), Reply::hold());
    let running = case.tail(&server.site()).start();
    server.wait_held();
    Scene::silent(running, server, ())
}

/// There is a queue `q`.
fn registering(case: &Case) -> Server {
    let goodbye = match case.ending {
        // So that the first signal has not ended everything.
        Ending::SecondSignal => Reply::hold(),
        _ => deleted(),
    };
    Server::new()
        .on(Expect::register(), registered("q"))
        .always(Expect::delete().param("queue_id", "q"), goodbye)
}

/// And no history.
fn quiet(case: &Case) -> Server {
    registering(case).always(Expect::history(), no_history())
}

/// And event 0 has come.
fn following(case: &Case) -> Server {
    quiet(case).on(poll("q", -1), events(&[0]))
}

fn read_history(case: &Case) -> Scene {
    let server = registering(case)
        .always(Expect::history().param("num_before", "3"), Reply::hold())
        .always(Expect::history(), no_history());
    let running = case.tail(&server.site()).args(["-n", "3"]).start();
    server.wait_held();
    Scene {
        saved: Some(-1),
        ..Scene::silent(running, server, ())
    }
}

fn wait_for_events(case: &Case) -> Scene {
    let server = following(case).on(poll("q", 0), Reply::hold());
    let running = case.tail(&server.site()).start();
    server.wait_held();
    Scene::following(running, server, ())
}

/// Two events, of which the second never comes.
fn half(gate: &Gate) -> Reply {
    in_pieces(&[event(0), event(1)], gate)
}

/// A gate that is opened in the end, so that no thread is left behind it.
struct Opened(Gate);

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.open();
    }
}

fn read_answer(case: &Case) -> Scene {
    let gate = Gate::closed();
    let server = quiet(case).on(poll("q", -1), half(&gate));
    read_half(case, server, gate)
}

fn read_answer_after_trouble(case: &Case) -> Scene {
    let gate = Gate::closed();
    let server = quiet(case)
        .on(poll("q", -1), Reply::html_502())
        .on(poll("q", -1), half(&gate));
    read_half(case, server, gate)
}

fn read_half(case: &Case, server: Server, gate: Gate) -> Scene {
    let running = case.tail(&server.site()).start();
    gate.let_through(1);
    running.wait_lines(1);
    Scene::following(running, server, Opened(gate))
}

fn back_off(case: &Case) -> Scene {
    let away = Reply::html_502().header("Retry-After", "60");
    let server = following(case).on(poll("q", 0), away);
    let tail = case.tail(&server.site()).stderr_on_terminal(1000, 24);
    let running = tail.start();
    running.wait_stderr("lost: ");
    Scene {
        said: &["connected to ", "lost: "],
        ..Scene::following(running, server, ())
    }
}

fn compare(case: &Case) -> Scene {
    let young = json!({
        "id": 5, "type": "private", "display_recipient": [], "sender_id": 8, "content": "young",
        "timestamp": jiff::Timestamp::now().as_second() + 60, "flags": [],
    });
    let page = json!({
        "result": "success", "msg": "", "messages": [young], "found_newest": true,
        "found_oldest": true, "found_anchor": false, "history_limited": false, "anchor": 0,
    });
    let before = Expect::history().param("num_after", "0");
    let server = registering(case)
        .always(before, no_history())
        .always(Expect::history(), Reply::json(200, &page))
        .on(poll("q", -1), Reply::html_502())
        .on(poll("q", -1), events(&[0]))
        .always(poll("q", 0).param("dont_block", "true"), events(&[]))
        .always(poll("q", 0), Reply::hold());
    let running = case.tail(&server.site()).start();
    running.wait_lines(1);
    server.wait_requests(1, &poll("q", 0));
    Scene::following(running, server, ())
}

fn write(case: &Case) -> Scene {
    let gate = Gate::closed();
    let pieces = long_pieces();
    let server = quiet(case).on(poll("q", -1), in_pieces(&pieces, &gate));
    let mut running = case.tail(&server.site()).start();
    let written = write_until_stuck(&mut running, &gate, &pieces);
    Scene {
        printed: pieces[..written].to_vec(),
        saved: i64::try_from(written).ok().map(|written| written - 1),
        ..Scene::following(running, server, Opened(gate))
    }
}

impl Case {
    fn name(&self) -> String {
        let (wait, ending, memory) = (self.wait.name, self.ending, self.memory);
        format!("{ending:?} in the wait for {wait}, {memory:?}")
    }

    /// Whether there is such a thing.
    fn is_possible(&self) -> bool {
        match self.ending {
            Ending::SecondSignal => self.memory == Memory::None,
            Ending::GiveUp => self.wait.gives_up,
            _ => true,
        }
    }

    fn tail(&self, site: &str) -> Tail {
        let tail = Tail::new(site).home(&self.home);
        let tail = match self.memory {
            Memory::None => tail,
            Memory::Cursor => tail.args(["--cursor-file", "cursor"]),
        };
        match self.ending {
            Ending::Timeout => tail.args(["--timeout", TIME_TEXT]),
            Ending::GiveUp => tail.args(["--give-up-after", TIME_TEXT]),
            _ => tail,
        }
    }

    fn check(&self) {
        let started = Instant::now();
        let mut scene = (self.wait.begin)(self);
        let delete = Expect::delete();
        if self.ending == Ending::SecondSignal && scene.saved.is_none() {
            return;
        }
        let begun = Instant::now();
        self.ending.happen(&mut scene.running, &scene.server);
        let exit = scene.running.wait_exit();
        match self.ending {
            Ending::Signal(_) | Ending::ReaderGone => assert_within(LIMIT, begun),
            Ending::SecondSignal => assert_within(AT_ONCE, begun),
            Ending::Timeout => assert_within(TIME + LIMIT, started),
            // Counted from the trouble.
            Ending::GiveUp => assert_within(TIME + LIMIT, begun),
        }
        self.ending.check(&exit);
        if let Ending::Timeout | Ending::GiveUp = self.ending {
            assert!(started.elapsed() >= TIME, "too early\n{exit}");
        }
        let lines = whole_lines(&exit.stdout);
        match self.ending {
            // What has left with the reader is unknown.
            Ending::ReaderGone => assert_eq!(lines, scene.printed[..lines.len()], "{exit}"),
            _ => assert_eq!(lines, scene.printed, "{exit}"),
        }
        self.check_stderr(scene.said, &exit);
        let deletes = count(&scene.server, &delete);
        match (self.ending, self.memory) {
            (Ending::SecondSignal, _) => {}
            (_, Memory::None) => assert_eq!(deletes, usize::from(scene.saved.is_some()), "{exit}"),
            (_, Memory::Cursor) => match saved(&self.home) {
                // Nobody would find the queue again.
                None if scene.printed.is_empty() => {
                    assert_eq!(deletes, usize::from(scene.saved.is_some()), "{exit}");
                }
                place => assert_eq!((place, deletes), (scene.saved, 0), "{exit}"),
            },
        }
    }

    /// What was said before, and the ending's own word; nothing else.
    fn check_stderr(&self, before: &[&str], exit: &Exit) {
        let last = match self.ending {
            Ending::Timeout => self.wait.in_vain,
            Ending::GiveUp => "gave up: ",
            _ => "",
        };
        let last = Some(last).filter(|word| !word.is_empty());
        let wanted: Vec<&str> = before.iter().copied().chain(last).collect();
        let said: Vec<&str> = exit.stderr.lines().collect();
        let fits = said
            .iter()
            .zip(&wanted)
            .all(|(line, part)| line.contains(part));
        assert!(
            fits && said.len() == wanted.len(),
            "wanted {wanted:?}\n{exit}"
        );
    }
}

impl Ending {
    /// Does it to a run; options do it by themselves.
    fn happen(self, running: &mut Running, server: &Server) {
        match self {
            Ending::Signal(signal) => running.signal(signal),
            Ending::SecondSignal => {
                let is_stuck = running.is_stuck();
                running.signal(Signal::TERM);
                if is_stuck {
                    running.wait_taken(Signal::TERM);
                } else {
                    server.wait_requests(1, &Expect::delete());
                }
                running.signal(Signal::INT);
            }
            Ending::ReaderGone => running.close_stdout(),
            Ending::Timeout | Ending::GiveUp => {}
        }
    }

    fn check(self, exit: &Exit) {
        let (code, signals): (_, &[_]) = match self {
            Ending::Signal(signal) => (None, &[Some(signal)]),
            // Two that come together may be printed in either order.
            Ending::SecondSignal => (None, &[Some(Signal::INT), Some(Signal::TERM)]),
            Ending::ReaderGone | Ending::Timeout => (Some(0), &[None]),
            Ending::GiveUp => (Some(4), &[None]),
        };
        let as_told = exit.code == code && signals.contains(&exit.signal);
        assert!(as_told, "{exit}");
    }
}

#[test]
fn whatever_it_waits_for_every_end_prints_saves_deletes_and_is_in_time() {
    let memories = [Memory::None, Memory::Cursor];
    let pairs = ENDINGS
        .into_iter()
        .flat_map(|ending| memories.map(|memory| (ending, memory)));
    let cases = pairs.flat_map(|(ending, memory)| {
        waits().into_iter().map(move |wait| Case {
            wait,
            ending,
            memory,
            home: Home::new(),
        })
    });
    let cases = cases.filter(Case::is_possible);
    at_once(cases.map(|case| (case.name(), case)), |_, case| {
        case.check();
    });
}
