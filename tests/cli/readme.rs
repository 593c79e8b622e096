//! The commands of the README, run as they stand there.
//!
//! A command that is neither run here nor known to be run elsewhere fails the first test, so that
//! nothing gets into the README untried. Not for the README's tables (`docs.rs`).

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::account::{API_EMAIL, KEY};
use crate::support::greeter::{HELLO, accounts, greeter};
use crate::support::model::{Model, Post};
use crate::support::reply::Reply;
use crate::support::run::{Home, Tail};

/// How a command comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Like `tail -f`: by somebody else.
    Never,
    /// With 0, when it has what it waited for.
    Done,
    /// With 0, when there is no more; it has no queue.
    Drained,
}

/// A command, what is on the screen by then, what must not be, and its end.
type Recipe = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    End,
);

const RECIPES: [Recipe; 9] = [
    (
        "sh",
        "wyzepal-tail",
        &["#Denmark > castle", "in Denmark", "typing"],
        &[],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail --narrow 'stream:Denmark' | jq -r .message.content",
        &["in Denmark\n", "deployed\n"],
        &["in Verona", "to you", "{"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail --narrow is:mentioned --narrow is:private",
        &["to you", "about you"],
        &["in Denmark", "in Verona"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail -m | jq -r '[.timestamp,.sender_full_name,.content]|@tsv'",
        &[
            "1795356000\tOthello\tin Denmark\n",
            "1795356000\tCI\tdeployed\n",
        ],
        &["typing"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail --narrow 'sender:ci-bot@example.com topic:deploy' -C 1 -W 10m >/dev/null && echo released",
        &["released\n"],
        &["deployed"],
        End::Done,
    ),
    (
        "sh",
        "wyzepal-tail -n 20 --narrow is:private",
        &["to you earlier", "to you\n"],
        &["in Denmark", "in ops"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail --once --since 1d --narrow stream:ops -m",
        &["in ops earlier"],
        &["to you", "in ops long ago"],
        End::Drained,
    ),
    (
        "sh",
        "wyzepal-tail --replay log.jsonl --narrow stream:ops -o summary",
        &["#ops > deploy  Bo: saved in ops\n"],
        &["saved in Verona", "in ops earlier"],
        End::Drained,
    ),
    (
        "bash",
        "wyzepal-tail --config <(cat ~/.wyzepalrc) -E presence,typing",
        &["in Denmark", "to you"],
        &["typing"],
        End::Never,
    ),
];

/// What an earlier run has saved in `log.jsonl`.
const SAVED: &str = r#"{"type":"message","message":{"type":"stream","display_recipient":"ops","subject":"deploy","sender_full_name":"Bo","timestamp":1795356000,"content":"saved in ops"},"flags":[],"id":0}
{"type":"message","message":{"type":"stream","display_recipient":"Verona","subject":"castle","sender_full_name":"Bo","timestamp":1795356000,"content":"saved in Verona"},"flags":[],"id":1}
"#;

/// Commands that a test cannot run, and what stands for them.
const ELSEWHERE: [(&str, fn()); 3] = [
    ("cargo run -- --demo", || {
        let checks = text(".ci/run");
        assert!(
            checks.contains("cargo run --locked --quiet -- --demo --count"),
            "{checks}"
        );
    }),
    ("cargo install --path . --locked", || {
        assert!(text("Cargo.lock").contains("name = \"wyzepal-tail\""));
        assert!(text("Cargo.toml").contains("[[bin]]\nname = \"wyzepal-tail\""));
    }),
    ("cargo test --locked", || {
        let checks = text(".ci/run");
        assert!(
            checks.contains("s/^\\(cargo test.*\\)$/\\1/p' README.md"),
            "{checks}"
        );
    }),
];

/// What cron runs; the five fields before it are cron's business.
const CRON: &str = "wyzepal-tail -e message --once --cursor-file ~/.wt.cur --queue-ttl 2h --fail-on-gap >>~/log.jsonl";

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What was said before the command is started: now, by the clock that the command has, and before.
fn past() -> Vec<Post> {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time after 1970");
    let now = i64::try_from(since_1970.as_secs()).expect("a time");
    vec![
        Post::new("ops", "deploy", "in ops long ago").at(now - 2 * 86_400),
        Post::new("ops", "deploy", "in ops earlier").at(now - 3600),
        Post::direct("to you earlier").at(now - 3600),
    ]
}

/// The fenced blocks: language and text.
fn blocks() -> Vec<(String, String)> {
    let readme = text("README.md");
    let mut blocks = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let body: Vec<&str> = lines
                .by_ref()
                .take_while(|line| line.trim() != "```")
                .collect();
            blocks.push((language.to_owned(), body.join("\n")));
        }
    }
    blocks
}

fn blocks_of(language: &str) -> Vec<String> {
    blocks()
        .into_iter()
        .filter(|(own, _)| own == language)
        .map(|(_, body)| body)
        .collect()
}

/// The path on which the shell finds the program that is tested.
fn path() -> String {
    let folder = Path::new(env!("CARGO_BIN_EXE_wyzepal-tail"))
        .parent()
        .expect("a folder");
    let others = std::env::var("PATH").unwrap_or_default();
    format!("{}:{others}", folder.display())
}

#[track_caller]
fn require_jq() {
    let version = Command::new("jq").arg("--version").output();
    assert!(
        version.is_ok_and(|output| output.status.success()),
        "jq is missing, and without it the README's recipes cannot be tried: install it (apt-get install jq)"
    );
}

fn happenings() -> Vec<Post> {
    vec![
        Post::new("Denmark", "castle", "in Denmark"),
        Post::new("Verona", "castle", "in Verona"),
        Post::direct("to you"),
        Post::new("Verona", "castle", "about you").flag("mentioned"),
        Post::new("Denmark", "deploy", "deployed").from("ci-bot@example.com"),
        Post::new("Denmark", "castle", "by me").from(API_EMAIL),
    ]
}

#[test]
fn every_block_is_run_or_checked_by_a_test() {
    for (language, body) in blocks() {
        let known = match language.as_str() {
            "sh" | "bash" => body.lines().all(|line| {
                RECIPES
                    .iter()
                    .any(|(shell, command, ..)| (*shell, *command) == (&*language, line))
                    || ELSEWHERE.iter().any(|(command, _)| *command == line)
            }),
            "cron" => body.ends_with(CRON) && body.lines().count() == 1,
            // The rc file and the records are read below; `docs.rs` compares the exit codes.
            "ini" | "json" | "text" => true,
            _ => false,
        };
        assert!(
            known,
            "no test tries this {language:?} block of README.md:\n{body}"
        );
    }
    let written = [blocks_of("sh"), blocks_of("bash"), blocks_of("cron")].concat();
    let tried = RECIPES
        .iter()
        .map(|recipe| recipe.1)
        .chain(ELSEWHERE.iter().map(|(command, _)| *command));
    for command in tried {
        assert!(
            written
                .iter()
                .flat_map(|body| body.lines())
                .any(|line| line == command),
            "README.md has no {command:?} any more"
        );
    }
    assert_eq!(
        (
            blocks_of("cron").len(),
            blocks_of("ini").len(),
            blocks_of("text").len()
        ),
        (1, 1, 1)
    );
}

#[test]
fn commands_that_build_are_run_by_the_checks_of_the_repository() {
    for (_, check) in ELSEWHERE {
        check();
    }
}

#[test]
fn the_recipes_print_what_they_promise() {
    require_jq();
    for (shell, command, wanted, unwanted, end) in RECIPES {
        let model = Model::new();
        for post in past() {
            model.send(post);
        }
        let home = Home::new();
        home.write("log.jsonl", SAVED);
        let running = Tail::new(&model.site())
            .home(&home)
            .program(shell)
            .args(["-c", command])
            .env("PATH", path())
            .on_terminal(100, 40)
            .start();
        if end != End::Drained {
            model.wait_all_idle(1);
            for post in happenings() {
                model.send(post);
            }
            model.send_event(&serde_json::json!({ "type": "typing", "op": "start" }));
        }
        if end == End::Never {
            model.wait_idle();
            // Nothing but the end of its account ends it in good order, and its pipe with it.
            model.break_parked(&Reply::error(401, "UNAUTHORIZED", "Account is deactivated"));
        }
        let exit = running.wait_exit();
        let screen = exit.stdout.replace("\u{1b}[0m", "");
        for part in wanted {
            assert!(
                plain(&screen).contains(part),
                "{command}: no {part:?}\n{exit}"
            );
        }
        for part in unwanted {
            assert!(
                !plain(&screen).contains(part),
                "{command}: {part:?}\n{exit}"
            );
        }
        match end {
            End::Done | End::Drained => assert_eq!(
                (exit.code, exit.stderr.as_str()),
                (Some(0), ""),
                "{command}\n{exit}"
            ),
            End::Never => assert!(
                exit.stderr.contains("Account is deactivated"),
                "{command}\n{exit}"
            ),
        }
    }
}

/// Without colours, which begin with ESC and end with `m`.
fn plain(screen: &str) -> String {
    let mut parts = screen.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    first
        + &parts
            .map(|part| part.split_once('m').unwrap_or_default().1)
            .collect::<String>()
}

#[test]
fn the_cron_job_appends_each_message_once_and_causes_no_mail() {
    let entry = blocks_of("cron").remove(0);
    let fields: Vec<&str> = entry.split_whitespace().take(5).collect();
    let time = |field: &&str| {
        field
            .chars()
            .all(|c| c.is_ascii_digit() || "*/,-".contains(c))
    };
    assert!(fields.iter().all(time), "{fields:?}");
    // Cron would turn it into a line break.
    assert!(!CRON.contains('%'));

    let home = Home::new();
    let log = home.write("log.jsonl", "earlier\n");
    let model = Model::new();
    let job = || {
        Tail::new(&model.site())
            .home(&home)
            .program("sh")
            .args(["-c", CRON])
            .env("PATH", path())
            .run();
        fs::read_to_string(&log).expect("the file")
    };
    assert_eq!(job(), "earlier\n");
    for post in happenings() {
        model.send(post);
    }
    let lines = job();
    assert_eq!(lines.lines().count(), 1 + happenings().len(), "{lines}");
    assert!(lines.starts_with("earlier\n{"), "{lines}");
    assert_eq!(job(), lines);
    assert_eq!(model.queues().len(), 1);
}

#[test]
fn the_records_of_the_readme_are_json_lines() {
    for line in blocks_of("json").iter().flat_map(|body| body.lines()) {
        let record: serde_json::Value = serde_json::from_str(line).expect(line);
        assert_eq!(record["type"], "wyzepal_tail", "{line}");
        assert!(
            record["op"].is_string() && record["time"].is_string(),
            "{line}"
        );
    }
}

#[test]
fn the_rc_file_of_the_readme_is_one() {
    let server = greeter();
    let example = blocks_of("ini").remove(0);
    let rc = example
        .replace("key=…", &format!("key={KEY}"))
        .replace("https://chat.example.com", &server.site());
    assert!(rc.contains(KEY) && rc.contains(&server.site()), "{example}");
    Tail::new("").rc(&rc).args(["-C", "1"]).stdout(HELLO).run();
    let expected = format!("tail-bot@chat.example.com:{KEY}");
    assert_eq!(
        accounts(&server).into_iter().collect::<Vec<_>>(),
        [expected]
    );
}
