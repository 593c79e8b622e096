//! A queue whose events come one by one, a thousand in a second, and the time that each came.
//!
//! Whoever answers a poll waits itself for the next one: it would take about as long to wake it from another thread as the
//! clients take that are measured.

use std::io::{self, BufReader};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::form::Form;
use crate::server::{REST, listen, next, parameter, request, send};

/// From one event to the next.
const PACE: Duration = Duration::from_millis(1);

/// When each event came.
#[derive(Default)]
pub struct Sent {
    /// The first one is due with the first poll.
    start: OnceLock<Instant>,
    /// By their numbers.
    times: Mutex<Vec<Instant>>,
}

impl Sent {
    /// The time of an event.
    pub fn time(&self, number: usize) -> Option<Instant> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.get(number).copied()
    }

    /// Waits for this event, and gives how many have come.
    fn wait(&self, number: usize) -> usize {
        let start = *self.start.get_or_init(Instant::now);
        let due = |number| start + PACE * u32::try_from(number).unwrap_or(u32::MAX);
        let wait = due(number).saturating_duration_since(Instant::now());
        thread::sleep(wait);
        let now = Instant::now();
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        while due(times.len()) <= now {
            // What is waited for comes when the wait is over, a little late.
            let time = if wait.is_zero() {
                due(times.len())
            } else {
                now
            };
            times.push(time);
        }
        times.len()
    }
}

/// Serves such a queue.
pub fn start() -> io::Result<(SocketAddr, Arc<Sent>)> {
    let sent = Arc::new(Sent::default());
    let ours = Arc::clone(&sent);
    let form = Form::parse("");
    let address = listen(move |stream| {
        let mut stream = BufReader::new(stream);
        while let Some(path) = request(&mut stream)? {
            let Some(last) = parameter(&path, "last_event_id") else {
                send(stream.get_mut(), REST.as_bytes())?;
                continue;
            };
            let first = next(last);
            let came = ours.wait(usize::try_from(first).map_err(io::Error::other)?);
            let body = form.template().body(first..came as u64)?;
            send(stream.get_mut(), &body)?;
        }
        Ok(())
    })?;
    Ok((address, sent))
}
