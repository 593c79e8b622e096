//! Runs the program in a world of its own: home, environment, rc file, and everything it prints checked.
//!
//! Not for programs that are watched while they run: `start` hands those to `running.rs`.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use rustix::fs::{CWD, Mode, mkfifoat};
use tempfile::TempDir;

use super::account::{EMAIL, KEY, rc};
use super::running::{Exit, Running};
use super::terminal;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_wyzepal-tail");

// By their paths: to search for them in the PATH of the run, std would fork this process with all of
// its memory, which took most of the time that the tests spent in the kernel.
const ENV: &str = "/usr/bin/env";
const SHELL: &str = "/bin/sh";

/// A site that nobody listens at, for runs that ask no server, or must not.
pub const NOWHERE: &str = "http://127.0.0.1:1";

/// A home folder; runs that share it are runs of one user, one after the other.
#[derive(Clone, Debug)]
pub struct Home(Arc<TempDir>);

impl Home {
    /// An empty one.
    pub fn new() -> Home {
        Home(Arc::new(tempfile::tempdir().expect("a temporary folder")))
    }

    /// A file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file that only its owner can read.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a file in the home folder");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("the file's rights");
        path
    }

    /// Makes a named pipe.
    pub fn fifo(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).expect("a named pipe in the home folder");
        path
    }
}

/// What a stream has to be like.
pub enum Expected {
    /// This and nothing else.
    Exact(String),
    /// One line, with all of these in it, and never the key.
    OneLine(Vec<String>),
    /// All of these somewhere.
    Containing(Vec<String>),
    /// Whatever this accepts.
    Like(Box<dyn Fn(&str) -> bool>),
}

impl Expected {
    /// One line, with all of these in it, and never the key.
    pub fn one_line(parts: &[&str]) -> Expected {
        Expected::OneLine(owned(parts))
    }

    /// All of these somewhere.
    pub fn containing(parts: &[&str]) -> Expected {
        Expected::Containing(owned(parts))
    }

    /// Whatever `test` accepts.
    pub fn like(test: impl Fn(&str) -> bool + 'static) -> Expected {
        Expected::Like(Box::new(test))
    }

    /// What is wrong with `text`.
    fn complaint(&self, text: &str) -> Option<String> {
        let missing = |parts: &[String]| {
            let part = parts.iter().find(|part| !text.contains(part.as_str()))?;
            Some(format!("wanted {part:?} in it"))
        };
        match self {
            Expected::Exact(wanted) => {
                (text != wanted).then(|| format!("wanted exactly {wanted:?}"))
            }
            Expected::OneLine(_) if text.lines().count() != 1 || !text.ends_with('\n') => {
                Some("wanted one line".to_owned())
            }
            Expected::OneLine(_) if text.contains(KEY) => Some("it has the key in it".to_owned()),
            Expected::OneLine(parts) | Expected::Containing(parts) => missing(parts),
            Expected::Like(holds) => {
                (!holds(text)).then(|| "the test's condition does not hold".to_owned())
            }
        }
    }
}

fn owned(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|&part| part.to_owned()).collect()
}

impl From<&str> for Expected {
    fn from(text: &str) -> Expected {
        Expected::Exact(text.to_owned())
    }
}

impl From<String> for Expected {
    fn from(text: String) -> Expected {
        Expected::Exact(text)
    }
}

/// Where a stream of the program goes.
#[derive(Clone, Copy, Debug)]
enum Target {
    Pipe,
    Terminal { cols: u16, rows: u16 },
}

/// A run of the program that is being prepared. By default it has to end with 0 and print nothing.
#[must_use = "nothing runs without run() or start()"]
pub struct Tail {
    program: OsString,
    script: Option<String>,
    home: Home,
    rc: Option<String>,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    input: Option<Vec<u8>>,
    stdout_to: Target,
    stderr_to: Target,
    stdout: Expected,
    stderr: Expected,
    code: i32,
}

impl Tail {
    /// The program, with an rc file for this site.
    pub fn new(site: &str) -> Tail {
        Tail {
            program: PROGRAM.into(),
            script: None,
            home: Home::new(),
            rc: Some(rc(EMAIL, site)),
            args: Vec::new(),
            env: Vec::new(),
            input: None,
            stdout_to: Target::Pipe,
            stderr_to: Target::Pipe,
            stdout: "".into(),
            stderr: "".into(),
            code: 0,
        }
    }

    /// Another program, in the same conditions: for tests of the harness.
    pub fn program(mut self, program: &str) -> Tail {
        self.program = program.into();
        self
    }

    /// Started by a shell that runs `script`, in which `"$@"` is the program with its arguments.
    pub fn within(mut self, script: &str) -> Tail {
        self.script = Some(script.to_owned());
        self
    }

    /// More arguments.
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Tail {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// One more variable; there are only `PATH`, `HOME`, `TMPDIR` and `TZ` (UTC).
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Tail {
        self.env.push((name.into(), value.into()));
        self
    }

    /// With a tenth of the waits in `src/timing.rs`, for tests that are not about these and whose server does not
    /// mind when they are over. A build for release waits as long as ever.
    pub fn with_short_waits(self) -> Tail {
        self.env("WYZEPAL_TAIL_SHORT_WAITS", "1")
    }

    /// What it reads; without this nothing.
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Tail {
        self.input = Some(input.into());
        self
    }

    /// Another text of `~/.wyzepalrc`.
    pub fn rc(mut self, text: &str) -> Tail {
        self.rc = Some(text.to_owned());
        self
    }

    /// No rc file.
    pub fn without_rc(mut self) -> Tail {
        self.rc = None;
        self
    }

    /// In the home of another run.
    pub fn home(mut self, home: &Home) -> Tail {
        self.home = home.clone();
        self
    }

    /// With stdout on a terminal of that size.
    pub fn on_terminal(mut self, cols: u16, rows: u16) -> Tail {
        self.stdout_to = Target::Terminal { cols, rows };
        self.env("TERM", "xterm-256color")
    }

    /// With stderr on a terminal of that size.
    pub fn stderr_on_terminal(mut self, cols: u16, rows: u16) -> Tail {
        self.stderr_to = Target::Terminal { cols, rows };
        self.env("TERM", "xterm-256color")
    }

    /// What has to come on stdout.
    pub fn stdout(mut self, expected: impl Into<Expected>) -> Tail {
        self.stdout = expected.into();
        self
    }

    /// What has to come on stderr.
    pub fn stderr(mut self, expected: impl Into<Expected>) -> Tail {
        self.stderr = expected.into();
        self
    }

    /// The exit code.
    pub fn code(mut self, code: i32) -> Tail {
        self.code = code;
        self
    }

    /// Runs it to its end and checks everything.
    #[track_caller]
    pub fn run(mut self) -> Exit {
        let (stdout, stderr) = (
            std::mem::replace(&mut self.stdout, "".into()),
            std::mem::replace(&mut self.stderr, "".into()),
        );
        let code = self.code;
        // Tells the cases of a table apart.
        let args = format!("{:?}", self.args);
        let exit = self.start().wait_exit();
        if let Some(complaint) = stdout.complaint(&exit.stdout) {
            panic!("stdout: {complaint}\n{args}\n{exit}");
        }
        if let Some(complaint) = stderr.complaint(&exit.stderr) {
            panic!("stderr: {complaint}\n{args}\n{exit}");
        }
        assert!(
            exit.code == Some(code),
            "wanted exit code {code}\n{args}\n{exit}"
        );
        exit
    }

    /// Starts it, to be watched. Nothing of what it prints is checked by itself.
    pub fn start(self) -> Running {
        if let Some(text) = &self.rc {
            self.home.write(".wyzepalrc", text);
        }
        let (stdout, their_stdout) = ends(self.stdout_to);
        let (stderr, their_stderr) = ends(self.stderr_to);
        let mut command = match &self.script {
            None => {
                // The tests may be run by nohup or in the background, where signals are ignored.
                let mut env = Command::new(ENV);
                env.arg("--default-signal=INT,TERM,HUP").arg(&self.program);
                env
            }
            Some(_) => Command::new(SHELL),
        };
        if let Some(script) = &self.script {
            command.args(["-c", script, "sh"]).arg(&self.program);
        }
        command
            .args(&self.args)
            .env_clear()
            .current_dir(self.home.0.path());
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TZ", "UTC");
        command
            .env("HOME", self.home.0.path())
            .env("TMPDIR", self.home.0.path());
        command
            .envs(self.env)
            .stdout(their_stdout)
            .stderr(their_stderr);
        command.stdin(if self.input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        Running::start(command, self.input, stdout, stderr, self.home)
    }
}

fn ends(target: Target) -> (OwnedFd, OwnedFd) {
    match target {
        Target::Pipe => {
            let (ours, theirs) = std::io::pipe().expect("a pipe");
            (ours.into(), theirs.into())
        }
        Target::Terminal { cols, rows } => {
            let (ours, theirs) = terminal::open(cols, rows);
            (ours.into(), theirs)
        }
    }
}
