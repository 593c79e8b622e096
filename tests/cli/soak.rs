//! Long runs: a thousand events a second, trouble every few seconds, and nothing lost, nothing
//! twice, nothing that grows.
//!
//! A few seconds each, as a rule. `WYZEPAL_SOAK_SECONDS=3600 cargo test --release --test cli soak`
//! takes an hour and tells on stderr how it goes; `WYZEPAL_SOAK_SEED=N` brings the same troubles again.

use std::env;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::census::Reader;
use crate::support::flow::text::{is_message, is_told};
use crate::support::flow::{Flow, Trouble};
use crate::support::listener::Listener;
use crate::support::run::{Home, Tail};
use crate::support::running::{Running, Signal};
use crate::support::vitals::Vitals;

/// Longer than any wait between two attempts.
const PATIENCE: Duration = Duration::from_mins(2);
const OFTEN: Duration = Duration::from_millis(20);
/// How often servers send heartbeats.
const HEARTBEAT: Duration = Duration::from_secs(50);

/// What happens in a run.
#[derive(Clone, Copy, Debug)]
enum Event {
    Trouble(Trouble),
    /// The server leaves its port for so long; its queues are kept.
    Restart(Duration),
    /// The same, and its queues are gone.
    Crash(Duration),
    /// Nobody reads what is printed.
    Stall(Duration),
    /// The program is stopped, as when the machine sleeps.
    Suspend(Duration),
}

/// A run that goes on until its time is over.
struct Soak {
    name: &'static str,
    flow: Arc<Flow>,
    listener: Option<Listener>,
    reader: Reader,
    running: Running,
    length: Duration,
    started: Instant,
    random: fastrand::Rng,
    deck: Vec<Event>,
    events: u64,
    samples: Vec<Vitals>,
}

/// How long it was asked to take.
fn asked() -> Option<Duration> {
    let text = env::var("WYZEPAL_SOAK_SECONDS").ok()?;
    Some(Duration::from_secs(
        text.parse().expect("a number of seconds"),
    ))
}

impl Soak {
    fn start(name: &'static str, flow: Flow, args: &[&str]) -> Soak {
        let seed = env::var("WYZEPAL_SOAK_SEED").ok();
        let seed = seed.map_or_else(|| fastrand::u64(..), |text| text.parse().expect("a seed"));
        let flow = Arc::new(flow);
        let listener = Listener::start(Arc::<Flow>::clone(&flow));
        let home = Home::new();
        let reader = Reader::start(home.fifo("pipe"));
        // The test would keep all that comes through its own pipe.
        let script = "exec env --default-signal=INT,TERM,HUP \"$@\" >pipe";
        let tail = Tail::new(&listener.site()).home(&home).within(script);
        let soak = Soak {
            name,
            flow,
            listener: Some(listener),
            reader,
            running: tail.args(args).start(),
            length: asked().unwrap_or(Duration::from_secs(3)),
            started: Instant::now(),
            random: fastrand::Rng::with_seed(seed),
            deck: Vec::new(),
            events: 0,
            samples: Vec::new(),
        };
        soak.say(&format!("seed {seed}"));
        soak
    }

    /// Takes no longer than that.
    fn at_most(mut self, length: Duration) -> Soak {
        self.length = self.length.min(length);
        self
    }

    /// Long runs can be watched.
    fn say(&self, text: &str) {
        if asked().is_some() {
            let _ = writeln!(io::stderr(), "{}: {text}", self.name);
        }
    }

    /// Up to so many milliseconds, and less in a short run.
    fn span(&mut self, most: u64) -> Duration {
        let most = if asked().is_some() { most } else { most / 8 };
        Duration::from_millis(self.random.u64(most / 10..=most))
    }

    /// Until the time is over: one of `events` every now and then, each before any comes again.
    fn play(&mut self, events: fn(&mut Soak) -> Vec<Event>) {
        let pause = (self.length / 120).max(OFTEN);
        let (mut sample, mut trouble) = (Instant::now() + pause, Instant::now() + self.span(8_000));
        while self.started.elapsed() < self.length {
            thread::sleep(OFTEN);
            if Instant::now() >= sample {
                self.sample();
                sample = Instant::now() + pause;
            }
            if Instant::now() >= trouble {
                if self.deck.is_empty() {
                    self.deck = events(self);
                    self.random.shuffle(&mut self.deck);
                }
                if let Some(event) = self.deck.pop() {
                    self.happen(event);
                }
                trouble = Instant::now() + self.span(8_000);
            }
        }
    }

    /// Until so many have come.
    fn wait_numbers(&mut self, count: u64) {
        let deadline = Instant::now() + PATIENCE;
        while self.reader.census(|census| census.numbers) < count && Instant::now() < deadline {
            thread::sleep(OFTEN);
        }
        self.sample();
    }

    fn happen(&mut self, event: Event) {
        self.events += 1;
        match event {
            Event::Trouble(trouble) => self.flow.suffer(trouble),
            Event::Restart(span) | Event::Crash(span) => {
                let address = self.listener.take().map(|listener| listener.address());
                if let Event::Crash(_) = event {
                    self.flow.suffer(Trouble::Lost);
                }
                thread::sleep(span);
                self.flow.resume();
                let flow = Arc::<Flow>::clone(&self.flow);
                self.listener = address.map(|address| Listener::again(address, flow));
            }
            Event::Stall(span) => self.reader.stall(span),
            Event::Suspend(span) => {
                self.running.signal(Signal::STOP);
                thread::sleep(span);
                self.running.signal(Signal::CONT);
            }
        }
    }

    fn sample(&mut self) {
        // The end of the program is noticed in `check`.
        let Some(vitals) = Vitals::of(self.running.number()) else {
            return;
        };
        self.samples.push(vitals);
        let account = self.flow.account();
        let minute_ago = account.last.saturating_sub(self.flow.rate() * 60);
        let late = self.missing(minute_ago, is_message).len();
        let (lines, twice) = self
            .reader
            .census(|census| (census.lines, census.twice.len()));
        self.say(&format!(
            "{:5} s {:9} sent {lines:9} lines {late} late {twice} twice {:5} troubles {:5} queues {:8} polls \
            {:7} kB (peak {:6}) {:3} files {:2} threads {:4}.{:02} s of processor",
            self.started.elapsed().as_secs(),
            account.last - account.first,
            self.events,
            account.queues,
            account.polls,
            vitals.memory,
            vitals.peak,
            vitals.files,
            vitals.threads,
            vitals.processor / 100,
            vitals.processor % 100,
        ));
    }

    /// The numbers up to `last` that were not printed and are `wanted`.
    fn missing(&self, last: u64, wanted: fn(u64) -> bool) -> Vec<u64> {
        let numbers = self.flow.account().first + 1..=last;
        self.reader.census(|census| {
            let missing = numbers.filter(|number| wanted(*number) && !census.has(*number));
            missing.collect()
        })
    }

    /// The same without those that no client can get: no history has the other events, and a queue
    /// that is gone takes them along.
    fn unexplained(&self, last: u64, wanted: fn(u64) -> bool) -> Vec<u64> {
        let gaps = self.flow.account().gaps;
        let is_lost = |number: &u64| gaps.iter().any(|(a, b)| (*a..=*b).contains(number));
        let mut numbers = self.missing(last, wanted);
        numbers.retain(|number| is_message(*number) || !is_lost(number));
        numbers
    }

    /// All that is `wanted` has come, nothing came twice, nothing has grown.
    #[track_caller]
    fn check(mut self, wanted: fn(u64) -> bool) {
        let last = self.flow.freeze();
        let deadline = Instant::now() + PATIENCE;
        while !self.unexplained(last, wanted).is_empty() && Instant::now() < deadline {
            thread::sleep(OFTEN * 10);
        }
        let missing = self.unexplained(last, wanted);
        self.sample();
        let (numbers, twice) = self
            .reader
            .census(|census| (census.numbers, census.twice.clone()));
        self.say(&format!(
            "{numbers} of {} events printed, {} missing, {} twice, {} troubles, {} gaps",
            last - self.flow.account().first,
            missing.len(),
            twice.len(),
            self.events,
            self.flow.account().gaps.len()
        ));
        self.running.signal(Signal::INT);
        let exit = self.running.wait_exit();
        let said: Vec<&str> = exit.stderr.lines().rev().take(20).collect();
        assert_eq!(exit.signal, Some(Signal::INT), "{said:#?}");
        assert!(missing.is_empty(), "{missing:?} are missing\n{said:#?}");
        assert!(twice.is_empty(), "{twice:?} came twice\n{said:#?}");
        assert_flat(&self.samples);
    }
}

/// The second half of a run takes no more than the first.
#[track_caller]
fn assert_flat(samples: &[Vitals]) {
    let (first, second) = samples.split_at(samples.len() / 2);
    let memory = |vitals: &Vitals| vitals.memory;
    let files = |vitals: &Vitals| vitals.files;
    let threads = |vitals: &Vitals| vitals.threads;
    for (what, of, slack, limit) in [
        ("kB", &memory as &dyn Fn(&Vitals) -> u64, 4_096, 51_200),
        ("files", &files, 2, 24),
        ("threads", &threads, 1, 8),
    ] {
        let most = |samples: &[Vitals]| samples.iter().map(of).max().expect("samples");
        let (before, after) = (most(first), most(second));
        assert!(
            after <= before + slack && after <= limit,
            "{before} {what}, later {after}: {samples:#?}"
        );
    }
}

/// Everything that can go wrong, once.
fn everything(soak: &mut Soak) -> Vec<Event> {
    let mut events: Vec<Event> = [
        Trouble::Reset,
        Trouble::Truncated,
        Trouble::Garbled,
        Trouble::Trickled,
        Trouble::Displaced,
        Trouble::Limited,
        Trouble::Pruned,
        Trouble::Lost,
        Trouble::Pages(soak.span(3_000)),
    ]
    .map(Event::Trouble)
    .into();
    events.extend([
        Event::Restart(soak.span(3_000)),
        Event::Crash(soak.span(3_000)),
        Event::Stall(soak.span(3_000)),
        Event::Suspend(soak.span(3_000)),
    ]);
    // That such a restart has dropped something is known after ten seconds only.
    if asked().is_some() {
        events.push(Event::Trouble(Trouble::Dropped(300)));
    }
    events
}

#[test]
fn a_long_run_with_every_trouble_loses_nothing_and_does_not_grow() {
    let mut soak = Soak::start("json", Flow::new(1_000, HEARTBEAT), &[]);
    soak.play(everything);
    soak.check(|_| true);
}

#[test]
fn a_long_run_of_summaries_with_a_cursor_loses_nothing_and_does_not_grow() {
    let args = ["-o", "summary", "--cursor-file", "cursor"];
    let soak = Soak::start("summary", Flow::new(1_000, HEARTBEAT), &args);
    let mut soak = soak.at_most(Duration::from_mins(15));
    soak.play(everything);
    soak.check(is_told);
}

#[test]
fn a_server_that_restarts_again_and_again_loses_nothing() {
    let soak = Soak::start("restarts", Flow::new(100, HEARTBEAT), &[]);
    let mut soak = soak.at_most(Duration::from_mins(15));
    soak.play(|soak| {
        vec![
            Event::Restart(soak.span(2_000)),
            Event::Crash(soak.span(2_000)),
        ]
    });
    soak.check(|_| true);
}

#[test]
fn a_suspended_program_goes_on_where_it_stopped() {
    let mut both = ["kept", "lost"].map(|name| {
        let soak = Soak::start(name, Flow::new(200, HEARTBEAT), &[]);
        soak.at_most(Duration::from_mins(3))
    });
    for soak in &mut both {
        soak.wait_numbers(100);
        soak.running.signal(Signal::STOP);
    }
    both[1].flow.suffer(Trouble::Lost);
    thread::sleep(both[0].length);
    for soak in both {
        soak.running.signal(Signal::CONT);
        soak.check(|_| true);
    }
}

/// Each heartbeat takes a second: the program asks no more often where nothing else comes.
#[test]
fn heartbeats_for_a_day_cost_nothing() {
    let flow = Flow::new(0, Duration::from_secs(1));
    let args = ["--meta", "--cursor-file", "cursor"];
    let day = Duration::from_hours(24).as_secs() / HEARTBEAT.as_secs();
    let mut soak = Soak::start("heartbeats", flow, &args).at_most(Duration::from_secs(day));
    soak.play(|_| Vec::new());
    let heartbeats = soak.flow.account().heartbeats;
    let lines = soak.reader.census(|census| census.lines);
    // The first line says that it is connected, and the last heartbeat may be on its way.
    assert!(
        lines >= 2 && (heartbeats..=heartbeats + 1).contains(&lines),
        "{lines} lines of {heartbeats} heartbeats"
    );
    soak.check(|_| true);
}
