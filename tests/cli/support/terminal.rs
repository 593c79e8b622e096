//! A pseudo terminal for one stream of the program, and what a terminal would obey or hide.
//!
//! Not a controlling terminal: no key makes a signal here, tests send those themselves.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};

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
    resize(&theirs, cols, rows);
    (File::from(ours), theirs)
}

/// Gives it another size, as when its window is resized.
pub fn resize(terminal: impl AsFd, cols: u16, rows: u16) {
    let size = Winsize {
        ws_row: rows,
        ws_col: cols,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(terminal, size).expect("the terminal's size");
}

/// The flag of England: the recordings have it, and its tags are no hidden text.
const ENGLAND: &str = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";

/// The characters that a terminal would obey, and those that it would hide or that reorder others.
/// Not the program's own list, on purpose.
pub fn harm(text: &str) -> Vec<char> {
    let harms = |c: &char| {
        c.is_control() && *c != '\n'
            || matches!(c, '\u{ad}' | '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    text.replace(ENGLAND, "").chars().filter(harms).collect()
}

/// Without codes for colours, and nothing else.
pub fn without_colors(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        match rest.strip_prefix('m') {
            Some(rest) => out.push_str(rest),
            None => out.extend(["\u{1b}[", part]),
        }
    }
    out
}
