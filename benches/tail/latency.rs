//! L1: from the moment that the server has an event to its line in the reader's hands.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::clients::{Clients, has_bindings};
use crate::events::FIRST;
use crate::table::{ms, row, say};
use crate::{Extent, Outcome, live};

/// Events in a turn.
const EVENTS: usize = 1500;

/// Median and 99th percentile of each side, which take turns.
pub fn latency(clients: &Clients, extent: Extent) -> Outcome<()> {
    if !has_bindings() {
        return say("L1: left out, the zulip bindings are not there ($PYTHON)");
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..extent.turns() {
        measure(clients, &mut ours, |clients| clients.program("live"))?;
        measure(clients, &mut theirs, |clients| {
            clients.bindings_live("live")
        })?;
    }
    let name = "L1 send to line at 1,000 events/s";
    row(
        &format!("{name}, median ms"),
        percentile(&mut ours, 50),
        percentile(&mut theirs, 50),
        ["1/3", "1/6"],
    )?;
    row(
        &format!("{name}, p99 ms"),
        percentile(&mut ours, 99),
        percentile(&mut theirs, 99),
        ["1/1.5", "1/3"],
    )
}

/// One turn.
fn measure(
    clients: &Clients,
    delays: &mut Vec<Duration>,
    command: impl Fn(&Clients) -> Command,
) -> Outcome<()> {
    #[derive(Deserialize)]
    struct Event {
        id: u64,
    }
    let (address, sent) = live::start()?;
    let mut clients = clients.clone();
    clients.site = format!("http://{address}");
    let mut child = command(&clients).stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().ok_or("no stdout")?;
    let before = delays.len();
    for line in BufReader::new(stdout).split(b'\n').take(EVENTS) {
        let (line, now) = (line?, Instant::now());
        let Event { id } = serde_json::from_slice(&line)?;
        let time = sent
            .time(usize::try_from(id - FIRST)?)
            .ok_or("an event that was never sent")?;
        delays.push(now.duration_since(time));
    }
    child.kill()?;
    child.wait()?;
    if delays.len() < before + EVENTS {
        return Err("a client that follows a queue has ended".into());
    }
    Ok(())
}

/// The delay, in milliseconds, beyond which no more than the other percents are.
fn percentile(delays: &mut [Duration], percent: usize) -> f64 {
    delays.sort();
    let at = delays.len() * percent / 100;
    ms(delays.get(at).copied().unwrap_or_default())
}
