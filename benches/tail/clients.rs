//! The programs that are compared, each told to fetch the same.

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::events::FIRST;
use crate::server::query;

const BUILT: &str = env!("CARGO_BIN_EXE_wyzepal-tail");
const LOGIN: (&str, &str) = ("bench@example.com", "abcdefghijklmnopqrstuvwxyz012345");

/// Reads a queue with the PyPI package `zulip` and prints each event as a line.
const ZULIP: &str = "
import json, sys, zulip
site, email, key, queue, block = sys.argv[1:]
client = zulip.Client(email=email, api_key=key, site=site)
last = -1
while True:
    request = {} if block == 'block' else {'dont_block': True}
    events = client.get_events(queue_id=queue, last_event_id=last, **request)['events']
    if not events:
        break
    for event in events:
        last = max(last, event['id'])
        print(json.dumps(event), flush=block == 'block')
";

/// The time, sender, topic and text of each message.
const TSV: &str = r#"select(.type == "message").message
    | [.timestamp, .sender_full_name, .subject, .content] | @tsv"#;

/// Batches of so many events, so many of them.
#[derive(Clone, Copy)]
pub struct Load {
    /// Events in a batch.
    pub batch: u32,
    /// How many batches.
    pub batches: u32,
}

impl Load {
    /// All events.
    pub fn events(self) -> u32 {
        self.batch * self.batches
    }

    /// The name of a queue that holds them.
    pub fn queue(self) -> String {
        format!("{}x{}", self.batch, self.batches)
    }
}

/// Where the clients go, and whom they trust.
#[derive(Clone)]
pub struct Clients {
    /// Where the server is.
    pub site: String,
    home: PathBuf,
    trust: Trust,
}

/// Whom the clients trust.
#[derive(Clone)]
pub enum Trust {
    /// There is no TLS.
    Nobody,
    /// The authority in this file.
    Bundle(PathBuf),
    /// What this file holds stands for the system's file; its directory is as it is.
    System(PathBuf),
}

impl Clients {
    /// Clients of this server.
    pub fn new(address: SocketAddr, home: PathBuf, trust: Trust) -> Clients {
        let scheme = match trust {
            Trust::Nobody => "http",
            Trust::Bundle(_) | Trust::System(_) => "https",
        };
        Clients {
            site: format!("{scheme}://{address}"),
            home,
            trust,
        }
    }

    /// The program, which reads a queue.
    pub fn program(&self, queue: &str) -> Command {
        let mut command = self.account();
        command.args(["--queue-id", queue]);
        command
    }

    /// The program, which registers a queue, remembers the messages that it prints, and ends after
    /// the last event.
    pub fn follow(&self, load: Load) -> Command {
        let mut command = self.account();
        command
            .env("WYZEPAL_SITE", format!("{}/{}", self.site, load.queue()))
            .args(["--count", &load.events().to_string()]);
        command
    }

    /// The program, which prints saved events in a form for people, a chat in 100 columns.
    pub fn replay(&self, saved: &Path, form: &str) -> Command {
        let mut command = self.bare();
        command.arg("--replay").arg(saved);
        command.args(["-o", form, "--color", "always"]);
        command.env("COLUMNS", "100");
        command
    }

    /// The program, which prints what a queue holds and ends.
    pub fn drain(&self, queue: &str) -> Command {
        let mut command = self.program(queue);
        command.arg("--once");
        command
    }

    fn account(&self) -> Command {
        let mut command = self.bare();
        command
            .env("WYZEPAL_SITE", &self.site)
            .env("WYZEPAL_EMAIL", LOGIN.0)
            .env("WYZEPAL_API_KEY", LOGIN.1);
        match &self.trust {
            Trust::Nobody => {}
            Trust::Bundle(file) => {
                command.arg("--cert-bundle").arg(file);
            }
            Trust::System(file) => {
                command
                    .env("SSL_CERT_FILE", file)
                    .env("SSL_CERT_DIR", "/etc/ssl/certs");
            }
        }
        command
    }

    fn bare(&self) -> Command {
        let mut command = Command::new(binary());
        command.env_clear().env("HOME", &self.home);
        quiet(command)
    }

    /// Curl, with the requests of a drain: each batch, and the empty answer after the last.
    pub fn curl(&self, load: Load) -> Command {
        let (step, start) = (u64::from(load.batch), FIRST - 1);
        let end = start + u64::from(load.events());
        self.fetch(&query(&load.queue(), &format!("[{start}-{end}:{step}]")))
    }

    /// Curl, with one poll.
    pub fn fetch(&self, query: &str) -> Command {
        let mut command = Command::new("curl");
        command
            .args(["-q", "-s", "-S", "-f", "--noproxy", "*"])
            .arg("-u")
            .arg(format!("{}:{}", LOGIN.0, LOGIN.1))
            .arg(format!("{}/api/v1/events?{query}", self.site));
        // Curl takes the directory or the file from the environment, not both, so the file is named.
        if let Trust::Bundle(file) | Trust::System(file) = &self.trust {
            command.arg("--cacert").arg(file);
        }
        quiet(command)
    }

    /// Curl with jq behind it, which does what the program does.
    pub fn curl_and_jq(&self, load: Load) -> Vec<Command> {
        let mut curl = self.curl(load);
        curl.stdout(Stdio::piped());
        let mut jq = Command::new("jq");
        jq.args(["-c", ".events[]"]).stdout(Stdio::null());
        vec![curl, jq]
    }

    /// The bindings, which drain a queue.
    pub fn bindings(&self, queue: &str) -> Command {
        self.python(queue, "drain")
    }

    /// The bindings, which follow a queue.
    pub fn bindings_live(&self, queue: &str) -> Command {
        self.python(queue, "block")
    }

    fn python(&self, queue: &str, way: &str) -> Command {
        let mut command = Command::new(python());
        command
            .args(["-c", ZULIP, &self.site, LOGIN.0, LOGIN.1, queue, way])
            .stderr(Stdio::null());
        quiet(command)
    }
}

/// Jq, which prints of saved messages what one would read.
pub fn jq(saved: &Path) -> Command {
    let mut command = Command::new("jq");
    command.args(["-r", TSV]).arg(saved);
    quiet(command)
}

/// With nothing to read and nobody who reads.
fn quiet(mut command: Command) -> Command {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// The program that is measured: `$WYZEPAL_TAIL`, or the one that was built with the benchmark.
pub fn binary() -> PathBuf {
    env::var_os("WYZEPAL_TAIL").map_or_else(|| BUILT.into(), PathBuf::from)
}

/// Whether jq is installed.
pub fn has_jq() -> bool {
    works(Command::new("jq").arg("--version"))
}

/// Whether the bindings are installed for the Python that is used.
pub fn has_bindings() -> bool {
    works(Command::new(python()).args(["-c", "import zulip"]))
}

/// `$PYTHON`, such as that of a virtual environment.
fn python() -> String {
    env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
