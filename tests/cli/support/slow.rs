//! Calls of the system that take their time: a disk that is slow, a name that is never resolved.
//!
//! Not for what servers hold back (`reply.rs`, `silent.rs`).

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::run::{Home, Tail};
use super::running::Running;
use super::times::wait_until;

/// A run in that home whose look-ups of names never end: the file that they read first is a pipe into which
/// nobody writes.
pub fn without_names(tail: Tail, home: &Home) -> Tail {
    home.fifo("hosts");
    let unshare = unshare("--mount");
    let script = format!(
        "exec env --default-signal=INT,TERM,HUP {unshare} sh -c 'mount --bind hosts /etc/hosts && exec \"$@\"' sh \"$@\""
    );
    tail.home(home).within(&script)
}

/// Waits until a name is looked up in vain.
#[track_caller]
pub fn wait_looking_up(running: &Running) {
    wait_until("a name to be looked up", || {
        running.waits_in("wait_for_partner")
    });
}

/// The command that starts another in name spaces of its own. Only root may have them without being root of
/// a name space of users as well.
pub fn unshare(kinds: &str) -> String {
    let user = if rustix::process::geteuid().is_root() {
        ""
    } else {
        "--map-root-user "
    };
    format!("unshare {user}{kinds} --")
}

/// A disk that is slow once: where strace writes down what is flushed to it.
pub struct SlowDisk {
    log: PathBuf,
}

impl SlowDisk {
    /// A run in that home whose flush of that number, counted from 1, takes so long.
    pub fn tail(tail: Tail, home: &Home, number: usize, time: Duration) -> (Tail, SlowDisk) {
        let version = Command::new("strace").arg("--version").output();
        assert!(
            version.is_ok_and(|output| output.status.success()),
            "strace is missing, and without it no disk is slow: install it (apt-get install strace)"
        );
        // Beside the home folder, whose files are counted.
        let log = home.path("").with_extension("calls");
        // The program itself stays the one that was started: strace is its grandchild, and holds its tongue.
        let script = format!(
            "exec env --default-signal=INT,TERM,HUP strace -D -f --seccomp-bpf -qqq -o {} -e signal=none \
            -e trace=fsync -e inject=fsync:delay_enter={}:when={number} \
            sh -c 'exec \"$@\" 2>&3 3>&-' sh \"$@\" 3>&2 2>/dev/null",
            log.display(),
            time.as_micros(),
        );
        (tail.home(home).within(&script), SlowDisk { log })
    }

    /// How many flushes are done.
    pub fn flushes(&self) -> usize {
        self.log().matches('\n').count()
    }

    /// Waits until one is under way.
    #[track_caller]
    pub fn wait_busy(&self) {
        wait_until("a flush to be under way", || {
            let log = self.log();
            !log.is_empty() && !log.ends_with('\n')
        });
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for SlowDisk {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.log);
    }
}
