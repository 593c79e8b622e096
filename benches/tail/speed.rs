//! Start-up, and the processor time of each event.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::clients::{Clients, Load, Trust, has_bindings, has_jq, jq};
use crate::form::Form;
use crate::measure::{Cost, time};
use crate::server::query;
use crate::table::{middle, ms, row, say};
use crate::{Extent, Outcome, https};

/// Where Debian has all authorities that the system trusts.
const SYSTEM: &str = "/etc/ssl/certs/ca-certificates.crt";

/// S1 to S3.
pub fn starts(plain: &Clients, home: &Path, extent: Extent) -> Outcome<()> {
    drain(
        "S1 drain of 10 events, http",
        plain,
        extent,
        ["0.5", "0.35"],
    )?;
    let (address, authority) = https::start()?;
    let own = home.join("authority.pem");
    fs::write(&own, &authority)?;
    let bundle = Clients::new(address, home.to_owned(), Trust::Bundle(own));
    drain(
        "S2 the same, https, CA file",
        &bundle,
        extent,
        ["0.55", "0.35"],
    )?;
    let Ok(system) = fs::read_to_string(SYSTEM) else {
        return say(&format!("S3: left out, there is no {SYSTEM}"));
    };
    let all = home.join("system.pem");
    fs::write(&all, system + &authority)?;
    let system = Clients::new(address, home.to_owned(), Trust::System(all));
    drain(
        "S3 the same, https, system's CAs",
        &system,
        extent,
        ["0.9", "0.7"],
    )
}

fn drain(name: &str, clients: &Clients, extent: Extent, limits: [&str; 2]) -> Outcome<()> {
    let poll = query("10x1", "-1");
    let (ours, theirs) = turns(
        extent.turns() * 6,
        || vec![clients.drain("10x1")],
        || vec![clients.fetch(&poll)],
    )?;
    row(
        &format!("{name}, wall ms"),
        ms(ours.wall),
        ms(theirs.wall),
        limits,
    )?;
    row(
        &format!("{name}, CPU ms"),
        ms(ours.cpu),
        ms(theirs.cpu),
        limits,
    )
}

/// T1, T2 and T4.
pub fn throughput(clients: &Clients, extent: Extent) -> Outcome<()> {
    let (t1, t2, t4) = (load(100, 1000), load(10_000, 30), load(1, 5000));
    against_curl("T1 batches of 100", clients, t1, extent, ["2.2", "1.5"])?;
    if has_bindings() {
        let load = load(100, extent.pick(200, 1000));
        let theirs = || vec![clients.bindings(&load.queue())];
        let name = "T1 against the zulip bindings";
        compare(
            name,
            clients,
            load,
            extent.pick(1, 5),
            theirs,
            ["1/15", "1/25"],
        )?;
    } else {
        say("T1 against the zulip bindings: left out, they are not there ($PYTHON)")?;
    }
    against_curl("T2 batches of 10,000", clients, t2, extent, ["6", "3.5"])?;
    if has_jq() {
        // It takes a hundred times as long.
        let load = load(10_000, extent.pick(5, 30));
        let theirs = || clients.curl_and_jq(load);
        let name = "T2 against curl | jq";
        compare(
            name,
            clients,
            load,
            extent.pick(3, 11),
            theirs,
            ["1/40", "1/70"],
        )?;
    } else {
        say("T2 against curl | jq: left out, there is no jq")?;
    }
    against_curl("T4 batches of 1", clients, t4, extent, ["1.3", "1.0"])
}

/// The same events in each form, against the common one; and that the program prints what the server has.
pub fn forms(clients: &Clients, extent: Extent) -> Outcome<()> {
    let load = load(1000, extent.pick(50, 300));
    let answer: Value = serde_json::from_slice(&Form::parse("").template().body(0..3000)?)?;
    let expected = answer["events"].as_array().ok_or("no events")?;
    for form in Form::all() {
        let form = form.name();
        if printed(clients, &format!("1500x2-{form}"))? != *expected {
            return Err(format!("other events in the form {form}").into());
        }
        let (ours, common) = turns(
            extent.turns(),
            || vec![clients.drain(&format!("{}-{form}", load.queue()))],
            || vec![clients.drain(&load.queue())],
        )?;
        let name = format!("   {form} (theirs: compact), CPU");
        row(&name, each(ours, load), each(common, load), ["", ""])?;
    }
    Ok(())
}

/// What the program prints, a value for each line.
fn printed(clients: &Clients, queue: &str) -> Outcome<Vec<Value>> {
    let output = clients.drain(queue).stdout(Stdio::piped()).output()?;
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty());
    Ok(lines
        .map(serde_json::from_slice)
        .collect::<Result<_, _>>()?)
}

/// C1 and C2.
pub fn summaries(clients: &Clients, home: &Path, extent: Extent) -> Outcome<()> {
    let load = load(100, 500);
    let saved = home.join("saved.jsonl");
    let mut save = clients.drain(&load.queue());
    save.stdout(File::create(&saved)?);
    time(&mut [save])?;
    let (chat, summaries) = turns(
        extent.turns(),
        || vec![clients.replay(&saved, "chat")],
        || vec![clients.replay(&saved, "summary")],
    )?;
    let name = "C2 the same as a chat of 100 columns (theirs: summaries), CPU";
    let limits = ["2", "1.5"];
    row(name, each(chat, load), each(summaries, load), limits)?;
    if !has_jq() {
        return say("C1: left out, there is no jq");
    }
    let (ours, theirs) = turns(
        extent.turns(),
        || vec![clients.replay(&saved, "summary")],
        || vec![jq(&saved)],
    )?;
    let name = "C1 saved events as summaries (theirs: jq, @tsv), CPU";
    row(name, each(ours, load), each(theirs, load), ["1/2", "1/4"])
}

fn load(batch: u32, batches: u32) -> Load {
    Load { batch, batches }
}

fn against_curl(
    name: &str,
    clients: &Clients,
    load: Load,
    extent: Extent,
    limits: [&str; 2],
) -> Outcome<()> {
    let theirs = || vec![clients.curl(load)];
    compare(name, clients, load, extent.turns(), theirs, limits)
}

fn compare(
    name: &str,
    clients: &Clients,
    load: Load,
    count: u32,
    theirs: impl Fn() -> Vec<Command>,
    limits: [&str; 2],
) -> Outcome<()> {
    let ours = || vec![clients.follow(load)];
    let (ours, theirs) = turns(count, ours, theirs)?;
    let name = format!("{name}, CPU s/million");
    row(&name, each(ours, load), each(theirs, load), limits)
}

/// Processor seconds for a million events.
pub fn each(cost: Cost, load: Load) -> f64 {
    cost.cpu.as_secs_f64() * 1e6 / f64::from(load.events())
}

/// Both sides in turns; the medians.
fn turns(
    turns: u32,
    ours: impl Fn() -> Vec<Command>,
    theirs: impl Fn() -> Vec<Command>,
) -> Outcome<(Cost, Cost)> {
    let mut sides = [Vec::new(), Vec::new()];
    for _ in 0..turns {
        sides[0].push(time(&mut ours())?);
        sides[1].push(time(&mut theirs())?);
    }
    let [ours, theirs] = sides.map(|costs| Cost {
        wall: middle(costs.iter().map(|cost| cost.wall)),
        cpu: middle(costs.iter().map(|cost| cost.cpu)),
    });
    Ok((ours, theirs))
}
