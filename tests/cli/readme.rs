//! The commands of the README, run as they stand there.
//!
//! A command that is neither run here nor known to be run elsewhere fails the first test, so that
//! nothing gets into the README untried. Not for the README's tables (`docs.rs`).

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use unicode_width::UnicodeWidthStr;

use crate::support::account::{API_EMAIL, EMAIL, KEY, rc};
use crate::support::greeter::{HELLO, accounts, greeter};
use crate::support::model::{Model, Post};
use crate::support::reply::Reply;
use crate::support::repository::text;
use crate::support::run::{Home, PROGRAM, Tail};
use crate::support::running::Signal;
use crate::support::terminal::without_colors;

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

const RECIPES: [Recipe; 17] = [
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
        "wyzepal-tail --full --narrow 'stream:Denmark -sender:me'",
        &["in Denmark", "deployed"],
        &["in Verona", "to you", "by me"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail -n 20 --narrow is:mentioned --narrow is:private",
        &["to you earlier", "to you\n", "about you"],
        &["in Denmark", "in Verona", "in ops"],
        End::Never,
    ),
    (
        "sh",
        r#"wyzepal-tail -e reaction | jq -r 'select(.op=="add")|"\(.user_id) \(.emoji_name)"'"#,
        &["5 tada\n"],
        &["typing", "in Denmark"],
        End::Never,
    ),
    (
        "sh",
        r#"jq -r 'select(.type=="message").message.display_recipient|strings' log.jsonl | sort | uniq -c"#,
        &["1 Verona\n", "1 ops\n"],
        &[],
        End::Drained,
    ),
    (
        "bash",
        r#"wyzepal-tail -m --narrow is:mentioned --narrow is:private | jq --unbuffered -r '"\(.sender_full_name): \(.content)"|gsub("\n";" ")' | while IFS= read -r line; do notify-send -- "$line"; done"#,
        &[
            "notify-send -- Othello: to you\n",
            "notify-send -- Othello: about you\n",
        ],
        &["in Denmark"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail -m --narrow topic:deploy -C 1 -W 10m --give-up-after 1m; case $? in 0) echo released;; 124) echo nothing yet;; 4) echo no server;; esac",
        &["deployed\n", "released\n"],
        &["nothing", "no server"],
        End::Done,
    ),
    (
        "sh",
        "wyzepal-tail --meta | kcat -P -b kafka:9092 -t chat",
        &[
            "kcat -P -b kafka:9092 -t chat\n",
            "\"op\":\"connected\"",
            "in Denmark",
        ],
        &[],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail --meta | fluent-bit -i stdin -o stdout",
        &[
            "fluent-bit -i stdin -o stdout\n",
            "\"op\":\"connected\"",
            "in Denmark",
        ],
        &[],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail --demo --check --narrow stream:Denmark",
        &["ok       subscriptions", "ok       queue"],
        &["warning", "failed"],
        End::Drained,
    ),
    (
        "sh",
        "head -1 log.jsonl | wyzepal-tail --replay - -o summary --full",
        &["#ops > deploy  Bo: saved in ops\n"],
        &["saved in Verona"],
        End::Drained,
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

/// Programs that the README pipes into, and that a bare machine has not: they tell how they were called,
/// and what they got.
const STAND_INS: [(&str, &str); 3] = [
    ("notify-send", "#!/bin/sh\necho notify-send \"$@\"\n"),
    ("kcat", "#!/bin/sh\necho kcat \"$@\"\nexec cat\n"),
    (
        "fluent-bit",
        "#!/bin/sh\necho fluent-bit \"$@\"\nexec cat\n",
    ),
];

/// Commands that a test cannot run, and what stands for them.
const ELSEWHERE: [(&str, fn()); 6] = [
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
    ("cargo install cargo-deb --locked", || {
        assert!(text("Cargo.toml").contains("[package.metadata.deb]"));
    }),
    ("cargo deb --locked", || {
        let files: Vec<String> = packed()
            .into_iter()
            .filter(|file| !file.starts_with("target/"))
            .collect();
        assert!(files.len() >= 6, "{files:?}");
        for file in files {
            assert!(!text(&file).is_empty(), "{file}");
        }
    }),
    (
        "sudo apt install ./target/debian/wyzepal-tail_*.deb",
        || {
            let files = packed();
            assert!(
                files.contains(&"target/release/wyzepal-tail".to_owned()),
                "{files:?}"
            );
        },
    ),
    ("cargo test --locked", || {
        let checks = text(".ci/run");
        assert!(
            checks.contains("s/^\\(cargo test.*\\)$/\\1/p' README.md"),
            "{checks}"
        );
    }),
];

/// What puts the man page and completions into the home folder, and where they are then.
const FILES: [&str; 3] = [
    ".local/share/man/man1/wyzepal-tail.1",
    ".local/share/bash-completion/completions/wyzepal-tail",
    ".config/fish/completions/wyzepal-tail.fish",
];

/// Several accounts at a time.
const ACCOUNTS: &str = "for rc in ~/.rc-work ~/.rc-club; do wyzepal-tail --config \"$rc\" -o summary | sed -u \"s/^/${rc##*-} /\" & done; wait";

/// What cron runs; the five fields before it are cron's business.
const CRON: &str = "wyzepal-tail -e message --once --cursor-file ~/.wt.cur --queue-ttl 2h --fail-on-gap >>~/log.jsonl";

/// The files that go into the Debian package.
fn packed() -> Vec<String> {
    text("Cargo.toml")
        .lines()
        .skip_while(|line| *line != "assets = [")
        .take_while(|line| *line != "]")
        .filter_map(|line| line.split('"').nth(1))
        .map(str::to_owned)
        .collect()
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
fn path(stand_ins: &Home) -> String {
    for (name, script) in STAND_INS {
        let program = stand_ins.write(name, script);
        fs::set_permissions(program, Permissions::from_mode(0o700)).expect("a program");
    }
    let folder = Path::new(PROGRAM).parent().expect("a folder");
    let others = std::env::var("PATH").unwrap_or_default();
    let first = stand_ins.path("");
    format!("{}:{}:{others}", first.display(), folder.display())
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
                    || line == ACCOUNTS
                    || installs_files(&body)
            }),
            "cron" => body.ends_with(CRON) && body.lines().count() == 1,
            // The rc file, the records and the service are read below; `docs.rs` compares the exit codes.
            "ini" | "json" | "systemd" | "text" => true,
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
        .chain(ELSEWHERE.iter().map(|(command, _)| *command))
        .chain([ACCOUNTS]);
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
            .env("PATH", path(&home))
            .on_terminal(100, 40)
            .start();
        if end != End::Drained {
            model.wait_all_idle(1);
            for post in happenings() {
                model.send(post);
            }
            model.send_event(&json!({ "type": "typing", "op": "start" }));
            model.send_event(&json!({
                "type": "reaction", "op": "add", "user_id": 5, "emoji_name": "tada",
            }));
        }
        if end == End::Never {
            model.wait_idle();
            // Nothing but the end of its account ends it in good order, and its pipe with it.
            model.break_parked(&Reply::error(401, "UNAUTHORIZED", "Account is deactivated"));
        }
        let exit = running.wait_exit();
        let screen = without_colors(&exit.stdout);
        for part in wanted {
            assert!(screen.contains(part), "{command}: no {part:?}\n{exit}");
        }
        for part in unwanted {
            assert!(!screen.contains(part), "{command}: {part:?}\n{exit}");
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

/// Whether these commands are those that put files in their places.
fn installs_files(commands: &str) -> bool {
    commands.lines().count() == FILES.len() + 1
        && FILES
            .iter()
            .all(|file| commands.contains(&format!(">~/{file}")))
}

#[test]
fn the_manual_and_completions_come_to_where_they_are_looked_for() {
    let commands = blocks_of("sh")
        .into_iter()
        .find(|body| installs_files(body))
        .expect("the commands");
    let home = Home::new();
    Tail::new("")
        .home(&home)
        .program("sh")
        .args(["-c", &format!("set -e\n{commands}")])
        .env("PATH", path(&home))
        .run();
    for file in FILES {
        let text = fs::read_to_string(home.path(file)).expect(file);
        assert!(text.contains("narrow"), "{file}");
    }
}

#[test]
fn several_accounts_are_told_apart() {
    let model = Model::new();
    let home = Home::new();
    for name in [".rc-work", ".rc-club"] {
        let site = model.site();
        home.write(name, &rc(EMAIL, &site));
    }
    let running = Tail::new("")
        .home(&home)
        .program("bash")
        .args(["-c", ACCOUNTS])
        .env("PATH", path(&home))
        .start();
    model.wait_all_idle(2);
    model.send(Post::new("Denmark", "castle", "in Denmark"));
    for name in ["work ", "club "] {
        running.wait_line(|line| line.starts_with(name) && line.contains("in Denmark"));
    }
    model.wait_all_idle(2);
    for _ in 0..2 {
        model.break_parked(&Reply::error(401, "UNAUTHORIZED", "Account is deactivated"));
    }
    assert_eq!(running.wait_exit().code, Some(0));
}

#[test]
fn the_capture_of_the_demo_is_of_the_demo() {
    let readme = text("README.md");
    let shown: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .take_while(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    assert!(shown.len() > 10, "{shown:?}");
    let demo = text("tests/fixtures/summaries-demo.txt");
    let lines: Vec<&str> = demo.lines().collect();
    let is_shown = |line: &str, shown: &str| {
        let cut = shown.strip_suffix('…').is_some_and(|kept| {
            line.starts_with(kept) && line.width() > 80 && (79..=80).contains(&shown.width())
        });
        cut || line == shown && line.width() <= 80
    };
    let found = lines.windows(shown.len()).any(|window| {
        let mut both = window.iter().zip(&shown);
        both.all(|(line, shown)| is_shown(line, shown))
    });
    assert!(
        found,
        "the demo has no such lines (any more), cut to 80 columns: {shown:#?}"
    );
}

#[test]
fn the_figures_of_the_readme_are_those_of_the_benchmark() {
    let (readme, measured) = (text("README.md"), text("benches/README.md"));
    let rows: Vec<&str> = readme
        .lines()
        .skip_while(|line| *line != "## Speed")
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter(|line| line.starts_with('|'))
        .collect();
    assert!(rows.len() > 5, "{rows:?}");
    for row in rows {
        assert!(
            measured.lines().any(|line| line == row),
            "benches/README.md has no such row: {row}"
        );
    }
}

#[test]
fn the_links_of_the_readme_lead_somewhere() {
    let readme = text("README.md");
    let anchors: Vec<String> = readme
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' '))
        .map(|heading| heading.to_lowercase().replace(',', "").replace(' ', "-"))
        .collect();
    let links: Vec<&str> = readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    assert!(links.len() > 10, "{links:?}");
    for link in links {
        let there = match link.strip_prefix('#') {
            Some(anchor) => anchors.iter().any(|known| known == anchor),
            None => link.starts_with("https://") || !text(link).is_empty(),
        };
        assert!(there, "README.md links to {link}");
    }
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
            .env("PATH", path(&home))
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
fn the_service_goes_on_where_it_ended_with_an_account_from_its_environment() {
    let unit = blocks_of("systemd").remove(0);
    let of = |name: &str| {
        let values: Vec<&str> = unit
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .collect();
        assert_eq!(values.len(), 1, "{name} in\n{unit}");
        values.concat()
    };
    let command = of("ExecStart").replace("/usr/bin/", "");
    assert_eq!(of("RestartPreventExitStatus"), "2 3");
    // Else what is said would stand among the events.
    assert_eq!(of("StandardError"), "journal");
    let (model, home) = (Model::new(), Home::new());
    let service = || {
        Tail::new("")
            .without_rc()
            .home(&home)
            .program("sh")
            .args(["-c", &format!("exec {command}")])
            .env("PATH", path(&home))
            .env("STATE_DIRECTORY", home.path(""))
            .env("WYZEPAL_EMAIL", EMAIL)
            .env("WYZEPAL_API_KEY", KEY)
            .env("WYZEPAL_SITE", model.site())
            .start()
    };
    for text in ["before", "after"] {
        let running = service();
        model.wait_all_idle(1);
        model.send(Post::new("Denmark", "castle", text));
        running.wait_line(|line| line.contains(text));
        running.signal(Signal::TERM);
        let exit = running.wait_exit();
        assert_eq!(exit.signal, Some(Signal::TERM), "{exit}");
        let between = exit.stdout.matches("between").count();
        assert_eq!(between, usize::from(text == "after"), "{exit}");
        model.send(Post::new("Denmark", "castle", "between"));
    }
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
    assert_eq!(accounts(&server), [expected]);
}
