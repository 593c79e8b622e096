//! What a running program takes of the machine: memory, files, threads.
//!
//! Source: `/proc/PID/status` and `/proc/PID/fd` of Linux (proc(5)).

use std::fs;

/// Taken at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vitals {
    /// Memory that is resident, in kB.
    pub memory: u64,
    /// The most that has been resident, in kB.
    pub peak: u64,
    /// Open files and sockets.
    pub files: u64,
    /// Threads.
    pub threads: u64,
}

impl Vitals {
    /// Those of a process; none if it has ended.
    #[track_caller]
    pub fn of(process: u32) -> Option<Vitals> {
        let status = fs::read_to_string(format!("/proc/{process}/status")).expect("its status");
        if status.contains("\nState:\tZ") {
            return None;
        }
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.trim().split(' ').next());
            number
                .and_then(|number| number.parse().ok())
                .unwrap_or_else(|| panic!("no {name} in:\n{status}"))
        };
        let files = fs::read_dir(format!("/proc/{process}/fd")).expect("its files");
        Some(Vitals {
            memory: field("VmRSS:"),
            peak: field("VmHWM:"),
            files: files.count() as u64,
            threads: field("Threads:"),
        })
    }
}
