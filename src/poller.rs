//! The thread that talks to the server, and the channel on which everything reaches the main one.
//!
//! The main thread hands over one request at a time and waits for steps: chunks of the answer, its
//! end, or a wake-up. So the main thread alone decides what is asked next, and when: the next poll,
//! which acknowledges, cannot leave before the events of the last one are written.
//!
//! A request that hangs is never joined; `replace` leaves its thread behind.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::api::scan::Chunk;
use crate::api::{ApiError, Client, Outlet};
use crate::signals::Waker;

/// What the main thread waits for.
pub enum Step {
    /// Events of the answer to the request in hand, in order; any number of times.
    Chunk(Chunk),
    /// The request in hand has ended, once, with the last events of its answer; its result is in
    /// its `Pending`.
    Done(Chunk),
    /// Something else happened that the main thread should look at.
    Woken,
}

/// A step and the request it belongs to; those of requests left behind are dropped.
struct Sent {
    turn: u64,
    step: Step,
}

/// The turn of wake-ups, which belong to no request.
const ANY_TURN: u64 = 0;
/// Chunks that wait: enough to overlap reading and writing, little enough to hold back the server
/// when the reader of our output stalls.
pub const WAITING: usize = 2;

type Job = Box<dyn FnOnce(&Client, &mut dyn Outlet) + Send>;

/// The result of a request, once its `Step::Done` has come.
pub struct Pending<T>(Arc<Mutex<Option<Result<T, ApiError>>>>);

impl<T> Pending<T> {
    /// The result; none before the end.
    pub fn take(&self) -> Option<Result<T, ApiError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The way to the server, as the main thread sees it.
pub struct Poller {
    client: Arc<Client>,
    thread: Thread,
    steps: Receiver<Sent>,
    sender: SyncSender<Sent>,
    turn: u64,
}

impl Poller {
    /// Starts the thread.
    pub fn start(client: Arc<Client>) -> io::Result<Poller> {
        let (sender, steps) = mpsc::sync_channel(WAITING);
        let thread = Thread::start(&client, &sender)?;
        Ok(Poller {
            client,
            thread,
            steps,
            sender,
            turn: ANY_TURN,
        })
    }

    /// A way to wake the main thread.
    pub fn waker(&self) -> Waker {
        let sender = self.sender.clone();
        Waker::new(move || {
            // Where the channel is full the main thread is awake anyway.
            let _ = sender.try_send(Sent {
                turn: ANY_TURN,
                step: Step::Woken,
            });
        })
    }

    /// The client that the thread uses.
    pub fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Hands a request to the thread.
    pub fn ask<T: Send + 'static>(
        &mut self,
        request: impl FnOnce(&Client, &mut dyn Outlet) -> Result<T, ApiError> + Send + 'static,
    ) -> Pending<T> {
        self.turn += 1;
        let result = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&result);
        let job: Job = Box::new(move |client, outlet| {
            let answer = request(client, outlet);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        });
        // The thread ends only with this sender; a panic in it ends the process.
        let _ = self.thread.jobs.send((self.turn, job));
        Pending(result)
    }

    /// The next step of the request in hand, or none by then.
    pub fn next(&mut self, within: Duration) -> Option<Step> {
        let deadline = Instant::now().checked_add(within);
        loop {
            let left = deadline.map_or(within, |at| at.saturating_duration_since(Instant::now()));
            match self.steps.recv_timeout(left) {
                Ok(sent) if sent.turn == self.turn || sent.turn == ANY_TURN => {
                    return Some(sent.step);
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// Gives an emptied chunk back, so that its memory is used again.
    pub fn give_back(&self, mut chunk: Chunk) {
        chunk.clear();
        let _ = self.thread.used.send(chunk);
    }

    /// Leaves the request in hand behind, with its thread, and starts another.
    pub fn replace(&mut self) -> io::Result<()> {
        self.thread = Thread::start(&self.client, &self.sender)?;
        self.turn += 1;
        Ok(())
    }
}

/// Puts chunks on the channel, and waits there while the main thread is behind.
struct ToMain<'a> {
    turn: u64,
    sender: &'a SyncSender<Sent>,
    used: &'a Receiver<Chunk>,
    last: Chunk,
}

impl Outlet for ToMain<'_> {
    fn put(&mut self, chunk: Chunk) -> Chunk {
        if !chunk.is_empty() {
            let _ = self.sender.send(Sent {
                turn: self.turn,
                step: Step::Chunk(chunk),
            });
        }
        self.used.try_recv().unwrap_or_default()
    }

    fn put_last(&mut self, chunk: Chunk) {
        self.last = chunk;
    }
}

/// The thread's ends of its channels, on our side.
struct Thread {
    jobs: Sender<(u64, Job)>,
    /// Chunks on their way back, emptied.
    used: Sender<Chunk>,
}

impl Thread {
    fn start(client: &Arc<Client>, sender: &SyncSender<Sent>) -> io::Result<Thread> {
        let (jobs, todo) = mpsc::channel::<(u64, Job)>();
        let (used, spare) = mpsc::channel();
        let (client, sender) = (Arc::clone(client), sender.clone());
        thread::Builder::new()
            .name("poller".into())
            .spawn(move || {
                while let Ok((turn, job)) = todo.recv() {
                    let mut outlet = ToMain {
                        turn,
                        sender: &sender,
                        used: &spare,
                        last: Chunk::default(),
                    };
                    job(&client, &mut outlet);
                    let step = Step::Done(outlet.last);
                    let _ = sender.send(Sent { turn, step });
                }
            })?;
        Ok(Thread { jobs, used })
    }
}
