//! A queue whose events come one by one, a thousand in a second, and the time that each came.

use std::io::{self, BufReader};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::form::Form;
use crate::server::{REST, listen, next, parameter, request, send};

/// From one event to the next.
const PACE: Duration = Duration::from_millis(1);

/// When each event came, by its number.
#[derive(Default)]
pub struct Sent {
    times: Mutex<Vec<Instant>>,
    more: Condvar,
}

impl Sent {
    /// The time of an event.
    pub fn time(&self, number: usize) -> Option<Instant> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.get(number).copied()
    }

    /// Waits for this event, and gives how many have come.
    fn wait(&self, number: usize) -> usize {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let times = self.more.wait_while(times, |times| times.len() <= number);
        times.unwrap_or_else(PoisonError::into_inner).len()
    }

    fn send(&self, count: usize) {
        let start = Instant::now();
        for number in 0..count {
            let at = start + PACE * u32::try_from(number).unwrap_or(u32::MAX);
            thread::sleep(at.saturating_duration_since(Instant::now()));
            let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
            times.push(Instant::now());
            self.more.notify_all();
        }
    }
}

/// Serves a queue that is given so many events from the first poll on.
pub fn start(count: usize) -> io::Result<(SocketAddr, Arc<Sent>)> {
    let sent = Arc::new(Sent::default());
    let ours = Arc::clone(&sent);
    let begun = Mutex::new(false);
    let form = Form::parse("");
    let address = listen(move |stream| {
        let mut stream = BufReader::new(stream);
        while let Some(path) = request(&mut stream)? {
            let Some(last) = parameter(&path, "last_event_id") else {
                send(stream.get_mut(), REST.as_bytes())?;
                continue;
            };
            let mut begun = begun.lock().unwrap_or_else(PoisonError::into_inner);
            if !*begun {
                *begun = true;
                let sent = Arc::clone(&ours);
                thread::spawn(move || sent.send(count));
            }
            drop(begun);
            let first = next(last);
            let came = ours.wait(usize::try_from(first).map_err(io::Error::other)?);
            let body = form.template().body(first..came as u64)?;
            send(stream.get_mut(), &body)?;
        }
        Ok(())
    })?;
    Ok((address, sent))
}
