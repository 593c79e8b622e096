//! Long runs: a hundred messages a second, trouble all the while, and nothing lost, nothing twice, nothing
//! that grows.
//!
//! A few seconds each, as a rule. `WYZEPAL_SOAK_SECONDS=3600 cargo test --release --test cli soak` takes an
//! hour; `WYZEPAL_SOAK_SEED=N` brings the troubles of a failure again.

use std::env;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::support::cases::at_once;
use crate::support::model::{Fault, Model, Post, Step, Trouble};
use crate::support::reply::Reply;
use crate::support::run::Tail;
use crate::support::running::{Running, Signal};
use crate::support::tally::counts;
use crate::support::vitals::Vitals;

/// Longer than any wait between two attempts.
const PATIENCE: Duration = Duration::from_mins(2);
const TICK: Duration = Duration::from_millis(20);
const MESSAGES_A_TICK: u64 = 2;

/// What happens in a run.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// To the next poll.
    Trouble(Trouble),
    /// Another client polls the queue.
    Displaced,
    /// The queue has dropped what was not acknowledged.
    Pruned,
    /// The queue is gone.
    Lost,
    /// The server is killed and started again.
    Crash,
    /// Nobody reads what is printed.
    Stall,
    /// The program is stopped, as when the machine sleeps.
    Suspend,
}

/// Everything that can go wrong, once.
fn everything() -> Vec<Event> {
    let troubles = Trouble::ALL.map(Event::Trouble).into_iter();
    let others = [
        Event::Displaced,
        Event::Pruned,
        Event::Lost,
        Event::Crash,
        Event::Stall,
        Event::Suspend,
    ];
    troubles.chain(others).collect()
}

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

fn length() -> Duration {
    Duration::from_secs(number("WYZEPAL_SOAK_SECONDS").unwrap_or(3))
}

/// A run that goes on until its time is over.
struct Soak {
    model: Model,
    running: Running,
    seed: u64,
    random: fastrand::Rng,
    sent: u64,
    samples: Vec<Vitals>,
}

impl Soak {
    fn start(args: &[&str]) -> Soak {
        // Short runs have the same troubles each time.
        let is_long = number("WYZEPAL_SOAK_SECONDS").is_some();
        let any = if is_long { fastrand::u64(..) } else { 1 };
        let seed = number("WYZEPAL_SOAK_SEED").unwrap_or(any);
        let model = Model::new();
        let running = Tail::new(&model.site()).args(args).start();
        model.wait_parked();
        Soak {
            model,
            running,
            seed,
            random: fastrand::Rng::with_seed(seed),
            sent: 0,
            samples: Vec::new(),
        }
    }

    fn sample(&mut self) {
        // The end of the program is noticed in `check`.
        self.samples.extend(Vitals::of(self.running.number()));
    }

    /// Time goes by, in which people write.
    fn tick(&mut self) {
        thread::sleep(TICK);
        self.model.set_clock(Timestamp::now().as_second());
        let numbers = self.sent + 1..=self.sent + MESSAGES_A_TICK;
        self.sent += MESSAGES_A_TICK;
        let posts = numbers.map(|number| Post::lunch(&format!("nr-{number}-")));
        self.model.send_all(posts);
        self.sample();
    }

    fn ticks(&mut self, span: Duration) {
        let end = Instant::now() + span;
        while Instant::now() < end {
            self.tick();
        }
    }

    /// A tenth of a second up to a second; in a long run up to ten.
    fn span(&mut self) -> Duration {
        let most = if length() > Duration::from_mins(1) {
            10_000
        } else {
            1_000
        };
        Duration::from_millis(self.random.u64(100..most))
    }

    /// Until the time is over: one event every now and then, each before any comes again.
    fn play(&mut self) {
        let end = Instant::now() + length();
        let mut deck = Vec::new();
        while Instant::now() < end {
            if deck.is_empty() {
                deck = everything();
                self.random.shuffle(&mut deck);
            }
            if let Some(event) = deck.pop() {
                self.happen(event);
            }
            let pause = self.span();
            self.ticks(pause);
        }
    }

    fn happen(&mut self, event: Event) {
        let span = self.span() / 2;
        if let Event::Pruned | Event::Lost | Event::Crash = event {
            // A queue that has never answered is not replaced again and again.
            self.settle();
            self.tick();
            self.settle();
        }
        match event {
            Event::Trouble(trouble) => self.model.fail_next(Step::Poll, trouble.fault()),
            Event::Displaced => self.model.displace(),
            Event::Pruned => {
                let msg = "An event newer than 1 has already been pruned!";
                let refusal = Reply::error(400, "BAD_REQUEST", msg);
                self.model.fail_next(Step::Poll, Fault::Answer(refusal));
            }
            Event::Lost => self.model.drop_queues(),
            Event::Crash => self.model.crash(),
            Event::Stall => {
                self.running.stall();
                self.ticks(span);
                self.running.read_on();
            }
            Event::Suspend => {
                self.running.signal(Signal::STOP);
                self.ticks(span);
                self.running.signal(Signal::CONT);
            }
        }
    }

    /// Until all has come.
    fn settle(&self) {
        let deadline = Instant::now() + PATIENCE;
        let has_all = || numbers(&self.running.lines()).len() as u64 >= self.sent;
        // What is missing is told in the end.
        while !has_all() && Instant::now() < deadline {
            thread::sleep(TICK);
        }
    }

    /// All has come, nothing came twice, nothing has grown.
    #[track_caller]
    fn check(mut self) {
        self.model.heal();
        self.settle();
        self.sample();
        self.running.signal(Signal::INT);
        let exit = self.running.wait_exit();
        let seed = self.seed;
        assert_eq!(exit.signal, Some(Signal::INT), "{seed}: {}", exit.stderr);
        let lines: Vec<String> = exit.stdout.lines().map(str::to_owned).collect();
        let counts = counts(&numbers(&lines));
        let wrong: Vec<u64> = (1..=self.sent)
            .filter(|number| counts.get(number) != Some(&1))
            .collect();
        let stderr = &exit.stderr;
        assert!(
            wrong.is_empty(),
            "WYZEPAL_SOAK_SEED={seed}: not once: {wrong:?}\n{stderr}"
        );
        assert_flat(&self.samples);
    }
}

/// The numbers of the messages in these lines.
fn numbers(lines: &[String]) -> Vec<u64> {
    let number = |line: &String| line.split_once("nr-")?.1.split_once('-')?.0.parse().ok();
    lines.iter().filter_map(number).collect()
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
            "{before} {what}, later {after}"
        );
    }
}

#[test]
fn a_long_run_with_every_trouble_loses_nothing_and_does_not_grow() {
    let mut soak = Soak::start(&["-e", "message"]);
    soak.play();
    soak.check();
}

#[test]
fn a_long_run_of_summaries_with_a_cursor_loses_nothing_and_does_not_grow() {
    let mut soak = Soak::start(&["-o", "summary", "--cursor-file", "cursor"]);
    soak.play();
    soak.check();
}

#[test]
fn a_suspended_program_goes_on_where_it_stopped() {
    at_once([("kept", false), ("lost", true)], |_, is_lost| {
        let mut soak = Soak::start(&["-e", "message"]);
        soak.ticks(TICK * 10);
        soak.running.signal(Signal::STOP);
        if is_lost {
            soak.model.drop_queues();
        }
        soak.ticks(length() / 2);
        soak.running.signal(Signal::CONT);
        soak.check();
    });
}

/// Each heartbeat takes a second: the program asks no more often where nothing else comes.
#[test]
fn heartbeats_cost_nothing() {
    let mut soak = Soak::start(&["--meta", "--cursor-file", "cursor"]);
    let end = Instant::now() + length();
    let mut heartbeats = 0;
    while Instant::now() < end {
        soak.model.wait_idle();
        soak.model.heartbeat();
        heartbeats += 1;
        // The first line says that it is connected.
        soak.running.wait_lines(1 + heartbeats);
        soak.sample();
    }
    assert!(heartbeats as u64 <= length().as_secs() + 2, "{heartbeats}");
    soak.check();
}
