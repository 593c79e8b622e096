//! The promise under random schedules: messages committed in and out of order, faults of every kind
//! at every step, lost queues, restarts that drop messages, runs that are stopped and killed.
//!
//! A few that are always the same, as a rule. `WYZEPAL_SCHEDULE_SECONDS=600` plays new ones for ten
//! minutes; `WYZEPAL_SCHEDULE_SEED=N` plays the schedules of a failure again.

use std::collections::BTreeSet;
use std::env;
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use crate::support::model::{Fault, Model, Post, Step, Trouble, Uncommitted};
use crate::support::reply::Reply;
use crate::support::run::{Home, Tail};
use crate::support::running::{Running, Signal};
use crate::support::tally::{counts, in_hand, message_ids, values};

const PLAYERS: u64 = 4;
/// Four failures in a row after a lost poll are waited out for 1 + 2 + 4 + 8 + 16 s and up to a quarter more.
const PATIENCE: Duration = Duration::from_mins(1);

/// Each is waited out longer than the one before.
const MOST_LOSSES: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Old,
    New,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Everything,
    Messages,
    /// A narrow that the server gets and that reaches public channels.
    Topic,
    /// Alternatives, which are evaluated here.
    Either,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Memory {
    None,
    Cursor,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Lunch,
    Dinner,
    Public,
}

#[derive(Clone, Debug)]
enum Event {
    Send(Kind, usize),
    Reserve(Kind),
    CommitReserved,
    /// Stored in history only, then the queues are gone.
    LoseQueues(Vec<Kind>),
    Crash(Vec<Kind>),
    /// In order, so that the queues live, but these messages are in none.
    Restart(Vec<Kind>),
    Fail(Step, Trouble),
    BreakPolls,
    Displace,
    Flags,
    Reaction,
    Heartbeat,
    /// Time goes by, in which the program gets on with whatever it is at.
    Pause(u64),
    /// Until everything is printed.
    Settle,
    Stop(Signal),
    /// It is stopped while it waits for that.
    StopIn(Wait, Signal),
    Kill,
}

/// What a run is waiting for when it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    Answer,
    RestOfAnswer,
    NextTry,
    Comparison,
    Register,
    RegisterAnswer,
    History,
    Reader,
}

impl Wait {
    const ALL: [Wait; 8] = [
        Wait::Answer,
        Wait::RestOfAnswer,
        Wait::NextTry,
        Wait::Comparison,
        Wait::Register,
        Wait::RegisterAnswer,
        Wait::History,
        Wait::Reader,
    ];
}

/// How long to wait until it waits for what it is to be stopped in. It may be at something else that takes
/// longer, and is stopped in that then.
const APPROACH: Duration = Duration::from_millis(1500);

/// What becomes of a new queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QueueEnd {
    Kept,
    /// It is gone before its first answer.
    Lost,
}

/// How the first queue is made.
#[derive(Clone, Debug)]
enum Beginning {
    Prompt,
    /// The server takes so many milliseconds to make it, and so many to answer; these are sent meanwhile.
    Slow(u64, u64, Vec<Kind>, QueueEnd),
}

#[derive(Clone, Debug)]
struct Schedule {
    server: Server,
    wanted: Wanted,
    memory: Memory,
    before: usize,
    beginning: Beginning,
    events: Vec<Event>,
}

impl Schedule {
    /// Whether a queue is lost, perhaps before it is known what the first one has not delivered.
    fn loses_queues(&self) -> bool {
        let loses = |event: &Event| {
            let anew = [Wait::Register, Wait::RegisterAnswer, Wait::History];
            match event {
                Event::LoseQueues(_) | Event::Crash(_) => true,
                Event::StopIn(wait, _) => anew.contains(wait),
                _ => false,
            }
        };
        let is_lost_at_first = matches!(self.beginning, Beginning::Slow(.., QueueEnd::Lost));
        is_lost_at_first || self.events.iter().any(loses)
    }
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![3 => Just(Kind::Lunch), 1 => Just(Kind::Dinner), 1 => Just(Kind::Public)]
}

fn signal() -> impl Strategy<Value = Signal> {
    prop_oneof![Just(Signal::INT), Just(Signal::TERM), Just(Signal::HUP)]
}

fn event() -> impl Strategy<Value = Event> {
    let step = prop_oneof![
        Just(Step::Register),
        Just(Step::Poll),
        Just(Step::History),
        Just(Step::Delete)
    ];
    let trouble = prop::sample::select(Trouble::ALL.to_vec());
    let kinds = || prop::collection::vec(kind(), 0..4);
    prop_oneof![
        8 => (kind(), 1_usize..6).prop_map(|(kind, count)| Event::Send(kind, count)),
        3 => kind().prop_map(Event::Reserve),
        4 => Just(Event::CommitReserved),
        2 => kinds().prop_map(Event::LoseQueues),
        1 => kinds().prop_map(Event::Crash),
        2 => kinds().prop_map(Event::Restart),
        2 => (step, trouble).prop_map(|(step, trouble)| Event::Fail(step, trouble)),
        1 => Just(Event::BreakPolls),
        1 => Just(Event::Displace),
        1 => Just(Event::Flags),
        1 => Just(Event::Reaction),
        1 => Just(Event::Heartbeat),
        4 => (0_u64..60).prop_map(Event::Pause),
        1 => Just(Event::Settle),
        1 => signal().prop_map(Event::Stop),
        2 => (prop::sample::select(Wait::ALL.to_vec()), signal())
            .prop_map(|(wait, signal)| Event::StopIn(wait, signal)),
        2 => Just(Event::Kill),
    ]
}

fn beginning() -> impl Strategy<Value = Beginning> {
    let kinds = prop::collection::vec(kind(), 0..6);
    let time = || prop_oneof![Just(0_u64), 0_u64..2_000];
    let end_of_queue = prop_oneof![Just(QueueEnd::Kept), Just(QueueEnd::Lost)];
    let slow = (time(), time(), kinds, end_of_queue);
    prop_oneof![
        3 => Just(Beginning::Prompt),
        2 => slow.prop_map(|(before, after, kinds, end_of_queue)| Beginning::Slow(before, after, kinds, end_of_queue)),
    ]
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let wanted = prop_oneof![
        Just(Wanted::Everything),
        Just(Wanted::Messages),
        Just(Wanted::Topic),
        Just(Wanted::Either)
    ];
    (
        prop_oneof![1 => Just(Server::Old), 3 => Just(Server::New)],
        wanted,
        prop_oneof![1 => Just(Memory::None), 3 => Just(Memory::Cursor)],
        prop_oneof![Just(0_usize), Just(1), 2_usize..20, Just(130)],
        beginning(),
        prop::collection::vec(event(), 5..30),
    )
        .prop_map(
            |(server, wanted, memory, before, beginning, events)| Schedule {
                server,
                wanted,
                memory,
                before,
                beginning,
                events,
            },
        )
}

/// A schedule while it is played.
struct Play<'a> {
    schedule: &'a Schedule,
    model: Model,
    home: Home,
    running: Option<Running>,
    reserved: Vec<(Kind, Uncommitted)>,
    due: BTreeSet<u64>,
    /// Sent before the first queue was made, when the run had begun already.
    early: BTreeSet<u64>,
    /// Printed by the runs that have ended.
    stdout: String,
    stderr: String,
    /// What killed runs had printed and not saved.
    perhaps_twice: BTreeSet<u64>,
    reactions: usize,
    faults: usize,
    stops: usize,
    /// Queues that were lost in this run, and in all.
    losses: [usize; 2],
}

impl Play<'_> {
    fn new(schedule: &Schedule) -> Play<'_> {
        let model = match schedule.server {
            Server::Old => Model::old(),
            Server::New => Model::new(),
        };
        Play {
            schedule,
            model,
            home: Home::new(),
            running: None,
            reserved: Vec::new(),
            due: BTreeSet::new(),
            early: BTreeSet::new(),
            stdout: String::new(),
            stderr: String::new(),
            perhaps_twice: BTreeSet::new(),
            reactions: 0,
            faults: 0,
            stops: 0,
            losses: [0, 0],
        }
    }

    fn post(kind: Kind) -> Post {
        match kind {
            Kind::Lunch => Post::lunch("x"),
            Kind::Dinner => Post::new("Verona", "dinner", "x"),
            Kind::Public => Post::new("Scotland", "lunch", "x"),
        }
    }

    /// Whether a message has to be printed; none if it may be.
    fn is_due(&self, kind: Kind) -> Option<bool> {
        let narrow = matches!(self.schedule.wanted, Wanted::Topic | Wanted::Either);
        match kind {
            Kind::Lunch => Some(true),
            Kind::Dinner => Some(!narrow),
            // Their history does not show all public channels.
            Kind::Public if narrow && self.schedule.server == Server::Old => None,
            Kind::Public => Some(narrow),
        }
    }

    fn sent(&mut self, kind: Kind, id: u64) {
        if self.is_due(kind) == Some(true) {
            self.due.insert(id);
        }
    }

    fn tail(&self) -> Tail {
        let tail = Tail::new(&self.model.site()).home(&self.home);
        let tail = match self.schedule.wanted {
            Wanted::Everything => tail,
            Wanted::Messages => tail.args(["-e", "message"]),
            Wanted::Topic => tail.args(["--narrow", "topic:lunch"]),
            Wanted::Either => tail.args(["--narrow", "topic:lunch", "--narrow", "is:mentioned"]),
        };
        match self.schedule.memory {
            Memory::None => tail,
            Memory::Cursor => tail.args(["--cursor-file", "cursor"]),
        }
    }

    fn start(&mut self) {
        // The queue that it goes on with may be lost by now.
        self.losses[0] = usize::from(self.losses[1] > 0);
        self.running = Some(self.tail().start());
    }

    fn end(&mut self, signal: Signal) {
        let Some(running) = self.running.take() else {
            return;
        };
        // What is being written comes again, as nobody reads it.
        let is_stuck = running.is_stuck();
        running.signal(signal);
        let exit = running.wait_exit();
        assert_eq!(exit.signal, Some(signal), "it ended by itself\n{exit}");
        if signal == Signal::KILL || is_stuck {
            let cursor = self.home.path("cursor");
            self.perhaps_twice.extend(in_hand(&cursor, &exit.stdout));
        }
        // A line that was not finished comes again.
        let whole = exit.stdout.rfind('\n').map_or(0, |end| end + 1);
        self.stdout.push_str(&exit.stdout[..whole]);
        self.stderr.push_str(&exit.stderr);
    }

    fn play(&mut self) {
        for number in 0..self.schedule.before {
            // Ids are not handed out long before they are committed.
            if number % 7 == 0 && self.schedule.before - number < 20 {
                let message = self.model.commit_late(Self::post(Kind::Lunch));
                self.reserved.push((Kind::Lunch, message));
            }
            self.model.send(Self::post(Kind::Lunch));
        }
        self.begin();
        self.model.wait_parked();
        for event in &self.schedule.events {
            self.happen(event);
        }
        self.model.heal();
        while !self.reserved.is_empty() {
            self.happen(&Event::CommitReserved);
        }
        self.model.set_clock(self.model.clock() + 60);
        self.finish();
        self.check();
    }

    /// Starts the first run.
    fn begin(&mut self) {
        let Beginning::Slow(before, after, kinds, end_of_queue) = &self.schedule.beginning else {
            return self.start();
        };
        let [before, after] = [*before, *after].map(Duration::from_millis);
        let fault = match end_of_queue {
            QueueEnd::Kept => Fault::Slow(before, after),
            QueueEnd::Lost => Fault::Forgotten(before, after),
        };
        self.model.fail_next(Step::Register, fault);
        self.start();
        self.model.wait_requests(Step::Register, 1);
        let pause = (before + after) / u32::try_from(kinds.len() + 1).expect("a few");
        let mut meanwhile = Vec::new();
        for kind in kinds {
            thread::sleep(pause);
            let old = self.model.clock() - 60;
            meanwhile.push((*kind, self.model.send(Self::post(*kind).at(old))));
        }
        self.losses = [usize::from(*end_of_queue == QueueEnd::Lost); 2];
        self.model.wait_parked();
        let earlier = self.model.messages_before();
        for (kind, id) in meanwhile {
            if earlier.contains(&id) {
                self.early.insert(id);
            } else {
                self.sent(kind, id);
            }
        }
    }

    fn happen(&mut self, event: &Event) {
        let unanswered = |play: &mut Self, kinds: &[Kind]| {
            for kind in kinds {
                let id = play.model.send_unheard(Self::post(*kind));
                play.sent(*kind, id);
            }
        };
        match event {
            Event::Send(kind, count) => {
                for _ in 0..*count {
                    let id = self.model.send(Self::post(*kind));
                    self.sent(*kind, id);
                }
            }
            Event::Reserve(kind) => {
                let message = self.model.commit_late(Self::post(*kind));
                self.reserved.push((*kind, message));
            }
            Event::CommitReserved => {
                if !self.reserved.is_empty() {
                    let (kind, message) = self.reserved.remove(0);
                    let id = message.commit();
                    self.sent(kind, id);
                }
            }
            Event::LoseQueues(_) | Event::Crash(_) if self.losses[1] >= MOST_LOSSES => {}
            Event::LoseQueues(kinds) => {
                self.lose();
                unanswered(self, kinds);
                self.model.drop_queues();
            }
            Event::Crash(kinds) => {
                self.lose();
                unanswered(self, kinds);
                self.model.crash();
            }
            Event::Restart(kinds) => {
                let old = self.model.clock() - 60;
                let posts = kinds.iter().map(|kind| Self::post(*kind).at(old));
                let lost = self.model.restart_losing(posts.collect());
                for (kind, id) in kinds.iter().zip(lost) {
                    self.sent(*kind, id);
                }
            }
            // Each costs a second or more of waiting.
            Event::Fail(..) if self.faults >= 4 => {}
            Event::Fail(step, trouble) => {
                self.faults += 1;
                self.model.fail_next(*step, trouble.fault());
            }
            Event::BreakPolls => self.model.break_parked(&Reply::html_502()),
            Event::Displace => self.model.displace(),
            Event::Flags => self
                .model
                .send_event(&json!({"type": "update_message_flags",
                "op": "add", "operation": "add", "flag": "read", "all": false, "messages": [1]})),
            Event::Reaction => {
                self.reactions += 1;
                let name = format!("reaction-{}", self.reactions);
                let event = json!({"type": "reaction", "op": "add", "emoji_name": name});
                self.model.send_event(&event);
            }
            Event::Heartbeat => self.model.heartbeat(),
            Event::Pause(milliseconds) => thread::sleep(Duration::from_millis(*milliseconds)),
            Event::Settle => self.settle(),
            Event::Stop(_) | Event::StopIn(..) | Event::Kill
                if self.schedule.memory == Memory::None => {}
            Event::Stop(signal) => {
                self.end(*signal);
                self.start();
            }
            // Each costs a second or more of waiting.
            Event::StopIn(..) if self.stops >= 3 => {}
            Event::StopIn(wait, signal) => {
                self.stops += 1;
                self.approach(*wait);
                self.end(*signal);
                self.model.heal();
                self.start();
            }
            Event::Kill => {
                self.end(Signal::KILL);
                self.start();
            }
        }
    }

    /// A queue is lost. Of a server that forgets three in a row before they have answered nothing is to be
    /// expected: so the third has answered once.
    fn lose(&mut self) {
        for losses in &mut self.losses {
            *losses += 1;
        }
        if self.losses[0] > 2 {
            self.happen(&Event::Send(Kind::Lunch, 1));
            if !self.model.idles_within(PATIENCE) {
                self.fail("not idle");
            }
        }
    }

    /// Brings the run to wait for that, as far as can be.
    fn approach(&mut self, wait: Wait) {
        if let Wait::Register | Wait::RegisterAnswer | Wait::History = wait {
            if self.losses[1] >= MOST_LOSSES {
                return;
            }
            // Before a request is held, which may be one of the loss before.
            self.lose();
        }
        match wait {
            Wait::Answer => self.model.fail_next(Step::Poll, Fault::Late),
            Wait::RestOfAnswer => self.model.fail_next(Step::Poll, Fault::Stalled),
            Wait::Register => self.model.fail_next(Step::Register, Fault::Held),
            Wait::RegisterAnswer => self.model.fail_next(Step::Register, Fault::Late),
            Wait::History => self.model.fail_next(Step::History, Fault::Held),
            Wait::NextTry | Wait::Comparison | Wait::Reader => {}
        }
        let polls = self.model.count(Step::Poll);
        match wait {
            Wait::Answer | Wait::RestOfAnswer => {
                self.happen(&Event::Send(Kind::Lunch, 1));
                // The poll that was parked has that one.
                self.model.asks_within(APPROACH, Step::Poll, polls + 1);
                self.happen(&Event::Send(Kind::Lunch, 2));
                if wait == Wait::Answer {
                    self.model.holds_within(APPROACH);
                } else {
                    self.model.stalls_within(APPROACH);
                }
            }
            Wait::NextTry => {
                let away = Reply::html_502().header("Retry-After", "60");
                self.model.break_parked(&away);
            }
            Wait::Comparison => {
                self.happen(&Event::Restart(vec![Kind::Lunch]));
                self.model.asks_within(APPROACH, Step::Poll, polls + 2);
            }
            Wait::Register | Wait::RegisterAnswer | Wait::History => {
                let id = self.model.send_unheard(Self::post(Kind::Lunch));
                self.sent(Kind::Lunch, id);
                self.model.drop_queues();
                self.model.holds_within(APPROACH);
            }
            Wait::Reader => {
                self.running.as_mut().expect("a run").stall();
                // More than a pipe holds.
                let long = "x".repeat(4_000);
                let ids = self.model.send_all((0..20).map(|_| Post::lunch(&long)));
                for id in ids {
                    self.sent(Kind::Lunch, id);
                }
                let running = self.running.as_ref().expect("a run");
                let end = Instant::now() + APPROACH;
                while !running.is_stuck() && Instant::now() < end {
                    thread::sleep(Duration::from_millis(10));
                }
            }
        }
    }

    fn settle(&mut self) {
        let running = self.running.as_ref().expect("a run");
        let end = Instant::now() + PATIENCE;
        let earlier = counts(&message_ids(&self.stdout));
        loop {
            let lines = running.lines().join("\n") + "\n";
            let now = counts(&message_ids(&lines));
            let is_missing = |id: &&u64| !earlier.contains_key(*id) && !now.contains_key(*id);
            if self.due.iter().find(is_missing).is_none() {
                return;
            }
            if Instant::now() > end {
                let missing: Vec<u64> = self.due.iter().filter(is_missing).copied().collect();
                self.fail(&format!("{missing:?} not printed"));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Fails, as something has not come about in time.
    fn fail(&mut self, what: &str) -> ! {
        let requests = self.model.requests();
        let last = &requests[requests.len().saturating_sub(8)..];
        let said = self.running.take().map(|running| {
            running.signal(Signal::KILL);
            running.wait_exit().stderr
        });
        panic!("{what} within {PATIENCE:?}\n{last:#?}\n{said:?}");
    }

    /// Ends the run, either when all is printed, or at once, and another one does the rest.
    fn finish(&mut self) {
        if self.schedule.memory == Memory::None || self.schedule.before.is_multiple_of(2) {
            self.settle();
        }
        self.end(Signal::TERM);
        if self.schedule.memory == Memory::Cursor {
            let exit = self.tail().args(["--once"]).start().wait_exit();
            assert_eq!(exit.code, Some(0), "{exit}");
            self.stdout.push_str(&exit.stdout);
            self.stderr.push_str(&exit.stderr);
        }
    }

    fn check(&self) {
        let counts = counts(&message_ids(&self.stdout));
        let missing: Vec<&u64> = self
            .due
            .iter()
            .filter(|id| !counts.contains_key(id))
            .collect();
        let twice: Vec<_> = counts
            .iter()
            .filter(|(id, count)| **count > 1 && !self.perhaps_twice.contains(id))
            .collect();
        let old_or_strange: Vec<&u64> = counts
            .keys()
            .filter(|id| self.schedule.server == Server::New && !self.due.contains(id))
            // Whether they were in a queue that is lost is not known.
            .filter(|id| !self.early.contains(id) || !self.schedule.loses_queues())
            .collect();
        assert!(
            missing.is_empty() && twice.is_empty() && old_or_strange.is_empty(),
            "missing: {missing:?}, twice: {twice:?}, not expected: {old_or_strange:?}\nprinted: {:?}\n{}",
            message_ids(&self.stdout),
            self.stderr
        );
        if !self
            .schedule
            .events
            .iter()
            .any(|event| matches!(event, Event::Kill | Event::StopIn(Wait::Reader, _)))
        {
            let mut seen = BTreeSet::new();
            for event in values(&self.stdout) {
                let name = event["emoji_name"].as_str().map(str::to_owned);
                assert!(name.is_none_or(|name| seen.insert(name)), "twice: {event}");
            }
        }
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

fn explore(seed: u64, cases: u32) {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 40,
        // A failure may be one that is waited for.
        max_shrink_time: 30_000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let result = TestRunner::new_with_rng(config, random).run(&schedule(), |schedule| {
        Play::new(&schedule).play();
        Ok(())
    });
    if let Err(failure) = result {
        panic!("WYZEPAL_SCHEDULE_SEED={seed}: {failure}");
    }
}

#[test]
fn every_message_is_printed_once_whatever_happens() {
    let fixed = number("WYZEPAL_SCHEDULE_SEED");
    let end = number("WYZEPAL_SCHEDULE_SECONDS").map(|s| Instant::now() + Duration::from_secs(s));
    // The suite plays the same ones each time.
    let now = jiff::Timestamp::now().as_millisecond().unsigned_abs();
    let first = end.map_or(0, |_| now * PLAYERS);
    thread::scope(|scope| {
        for player in 0..PLAYERS {
            scope.spawn(move || {
                if let Some(seed) = fixed {
                    if player == 0 {
                        explore(seed, 5);
                    }
                    return;
                }
                let mut seed = first + player;
                explore(seed, 2);
                while end.is_some_and(|end| Instant::now() < end) {
                    seed += 1_000_000;
                    explore(seed, 5);
                }
            });
        }
    });
}
