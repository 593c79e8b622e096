//! Memory, and that neither it nor the time of an event grows with their number.

use std::io;

use crate::clients::{Clients, Load};
use crate::measure::{idle, peak, time};
use crate::speed::each;
use crate::table::{mb, middle, row};
use crate::{Extent, Outcome};

/// M1 and M3.
pub fn memory(clients: &Clients) -> Outcome<()> {
    // 517 MB.
    let load = Load {
        batch: 700_000,
        batches: 1,
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        ours.push(peak(clients.drain(&load.queue()))?);
        theirs.push(peak(clients.curl(load))?);
    }
    let (ours, theirs) = (mb(middle(ours)), mb(middle(theirs)));
    row(
        "M1 peak MB, one answer of 500 MB",
        ours,
        theirs,
        ["0.9", "0.5"],
    )?;
    let ours = mb(idle(clients.program("idle"))?);
    let theirs = mb(idle(clients.fetch("queue_id=idle&last_event_id=-1"))?);
    row("M3 MB while idle in the poll", ours, theirs, ["0.6", "0.4"])
}

/// M2, and the cost of an event; both against the smallest number of events.
pub fn growth(clients: &Clients, extent: Extent) -> Outcome<()> {
    let mut least = None;
    for batches in [100, 1000, extent.pick(3000, 10_000)] {
        let load = Load {
            batch: 100,
            batches,
        };
        let costs = (0..extent.pick(3, 5)).map(|_| time(&mut [clients.follow(load)]));
        let costs = costs.collect::<io::Result<Vec<_>>>()?;
        let cost = middle(costs.iter().map(|cost| each(*cost, load)));
        let memory = mb(peak(clients.follow(load))?);
        let (cost_least, memory_least) = *least.get_or_insert((cost, memory));
        let events = load.events();
        let name = format!("   {events} events, CPU s/million");
        row(&name, cost, cost_least, ["", "1"])?;
        let name = format!("M2 {events} events, peak MB");
        row(&name, memory, memory_least, ["1.6", "1.3"])?;
    }
    Ok(())
}
