//! L1: from the moment that the server has an event to its line in the reader's hands.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::Deserialize;

use crate::clients::{Clients, has_bindings};
use crate::events::FIRST;
use crate::table::{ms, row, say};
use crate::{Extent, Outcome, live};

/// Median and 99th percentile of each side.
pub fn latency(clients: &Clients, extent: Extent) -> Outcome<()> {
    if !has_bindings() {
        return say("L1: left out, the zulip bindings are not there ($PYTHON)");
    }
    let count = extent.pick(3000, 20_000);
    let ours = delays(clients, count, |clients| clients.program("live"))?;
    let theirs = delays(clients, count, |clients| clients.bindings_live("live"))?;
    let name = "L1 send to line at 1,000 events/s";
    row(
        &format!("{name}, median ms"),
        ours.0,
        theirs.0,
        ["1/3", "1/6"],
    )?;
    row(
        &format!("{name}, p99 ms"),
        ours.1,
        theirs.1,
        ["1/1.5", "1/3"],
    )
}

fn delays(
    clients: &Clients,
    count: usize,
    command: impl Fn(&Clients) -> Command,
) -> Outcome<(f64, f64)> {
    #[derive(Deserialize)]
    struct Event {
        id: u64,
    }
    let (address, sent) = live::start(count)?;
    let mut clients = clients.clone();
    clients.site = format!("http://{address}");
    let mut child = command(&clients).stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().ok_or("no stdout")?;
    let mut delays = Vec::new();
    for line in BufReader::new(stdout).split(b'\n').take(count) {
        let (line, now) = (line?, Instant::now());
        let Event { id } = serde_json::from_slice(&line)?;
        let time = sent
            .time(usize::try_from(id - FIRST)?)
            .ok_or("an event that was never sent")?;
        delays.push(now.duration_since(time));
    }
    child.kill()?;
    child.wait()?;
    if delays.len() < count {
        return Err("a client that follows a queue has ended".into());
    }
    delays.sort();
    let at = |part: usize| delays.get(count * part / 100).copied().unwrap_or_default();
    Ok((ms(at(50)), ms(at(99))))
}
