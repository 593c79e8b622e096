//! What a process costs: wall and processor time, memory.
//!
//! Processor time is that of all finished children of this process (`getrusage`), before and after:
//! precise to the microsecond, so one thing runs at a time. Memory is read from `/proc` while the
//! process runs, so this is for Linux.

use std::fs;
use std::io;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// What a run took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// From start to end.
    pub wall: Duration,
    /// User and system time.
    pub cpu: Duration,
}

/// Runs a command to its end, or two with a pipe between them.
pub fn time(commands: &mut [Command]) -> io::Result<Cost> {
    let before = children()?;
    let started = Instant::now();
    let mut running: Vec<Child> = Vec::new();
    for command in commands {
        if let Some(output) = running.last_mut().and_then(|child| child.stdout.take()) {
            command.stdin(output);
        }
        running.push(command.spawn()?);
    }
    for mut child in running {
        succeeded(child.wait()?.success())?;
    }
    Ok(Cost {
        wall: started.elapsed(),
        cpu: children()?.saturating_sub(before),
    })
}

/// Runs a command to its end: the most memory that it had, in kB.
pub fn peak(mut command: Command) -> io::Result<u64> {
    let mut child = command.spawn()?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak = peak.max(memory(&child, "VmHWM:").unwrap_or(0));
        thread::sleep(LOOK);
    };
    succeeded(status.success())?;
    Ok(peak)
}

/// The memory of a command that waits for ever, in kB, once it has been at it for a second.
pub fn idle(mut command: Command) -> io::Result<u64> {
    let mut child = command.stdin(Stdio::null()).spawn()?;
    thread::sleep(Duration::from_secs(1));
    let memory = memory(&child, "VmRSS:");
    child.kill()?;
    child.wait()?;
    memory.ok_or_else(|| io::Error::other("it does not wait"))
}

fn memory(child: &Child, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn children() -> io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let time = usage.user_time() + usage.system_time();
    let micros = u64::try_from(time.num_microseconds()).map_err(io::Error::other)?;
    Ok(Duration::from_micros(micros))
}

fn succeeded(success: bool) -> io::Result<()> {
    if success {
        Ok(())
    } else {
        Err(io::Error::other("a measured program failed"))
    }
}

/// The middle one.
pub fn median<T: Copy + PartialOrd>(mut values: Vec<T>) -> Option<T> {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    values.get(values.len() / 2).copied()
}
