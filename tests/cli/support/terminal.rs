//! A pseudo terminal for one stream of the program.
//!
//! Not a controlling terminal: no key makes a signal here, tests send those themselves.

use std::fs::File;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

/// Both ends: what the test reads, and what the program writes to.
pub fn open(cols: u16, rows: u16) -> (File, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
        .expect("a pseudo terminal");
    grantpt(&ours).expect("rights to the pseudo terminal");
    unlockpt(&ours).expect("the pseudo terminal unlocked");
    let name = ptsname(&ours, Vec::new()).expect("the pseudo terminal's name");
    // The test itself must not get a controlling terminal by this.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = rustix::fs::open(name, flags, Mode::empty()).expect("the program's end");
    let mut modes = tcgetattr(&theirs).expect("the terminal's modes");
    // Else each line break arrives with a carriage return that the program did not write.
    modes.output_modes.remove(OutputModes::OPOST);
    tcsetattr(&theirs, OptionalActions::Now, &modes).expect("the terminal's modes changed");
    let size = Winsize {
        ws_row: rows,
        ws_col: cols,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&theirs, size).expect("the terminal's size");
    (File::from(ours), theirs)
}
