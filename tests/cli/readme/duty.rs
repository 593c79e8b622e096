//! The program on duty: cron, a service, and the rc file that all of it needs.

use std::fs;
use std::process::Command;

use super::{block_of, happenings, path};
use crate::support::account::{EMAIL, KEY};
use crate::support::greeter::{HELLO, accounts, greeter};
use crate::support::model::{Model, Post};
use crate::support::repository::text;
use crate::support::run::{Home, PROGRAM, Tail};
use crate::support::running::Signal;

/// What cron runs; the five fields before it are cron's business.
pub const CRON: &str = "umask 077; wyzepal-tail -e message --once --cursor-file ~/.wt.cur --queue-ttl 2h --fail-on-gap >>~/log.jsonl";

/// The unit that the README sends to.
pub const UNIT: &str = "completions/wyzepal-tail.service";

#[test]
fn the_cron_job_appends_each_message_once_and_causes_no_mail() {
    let entry = block_of("cron");
    let fields: Vec<&str> = entry.split_whitespace().take(5).collect();
    let time = |field: &&str| {
        field
            .chars()
            .all(|c| c.is_ascii_digit() || "*/,-".contains(c))
    };
    assert!(
        fields.iter().all(time),
        "README.md: cron does not know this time: {fields:?}"
    );
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
fn the_service_goes_on_where_it_ended_with_the_account_of_its_credential() {
    let unit = text(UNIT);
    let of = |name: &str| {
        let values: Vec<&str> = unit
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .collect();
        assert_eq!(values.len(), 1, "{UNIT}: {name}= is {values:?}");
        values.concat()
    };
    let command = of("ExecStart");
    assert_eq!(of("RestartPreventExitStatus"), "2 3");
    // Else what is said would stand among the events.
    assert_eq!(of("StandardError"), "journal");
    let (model, home) = (Model::new(), Home::new());
    let rc = format!("[api]\nemail={EMAIL}\nkey={KEY}\nsite={}\n", model.site());
    home.write("wyzepalrc", &rc);
    let service = || {
        Tail::new("")
            .without_rc()
            .home(&home)
            .program("sh")
            .args(["-c", &format!("exec {command}")])
            .env("PATH", path(&home))
            .env("STATE_DIRECTORY", home.path(""))
            .env("CREDENTIALS_DIRECTORY", home.path(""))
            .start()
    };
    for moment in ["before", "after"] {
        let running = service();
        model.wait_all_idle(1);
        model.send(Post::new("Denmark", "castle", moment));
        running.wait_line(|line| line.contains(moment));
        running.signal(Signal::TERM);
        let exit = running.wait_exit();
        assert_eq!(exit.signal, Some(Signal::TERM), "{exit}");
        let between = exit.stdout.matches("between").count();
        assert_eq!(between, usize::from(moment == "after"), "{exit}");
        model.send(Post::new("Denmark", "castle", "between"));
    }
}

#[test]
fn systemd_finds_nothing_wrong_with_the_unit() {
    // It is no part of every machine.
    if Command::new("systemd-analyze")
        .arg("--version")
        .output()
        .is_err()
    {
        return;
    }
    let home = Home::new();
    let unit = home.write(
        "wyzepal-tail.service",
        &text(UNIT).replace("ExecStart=wyzepal-tail", &format!("ExecStart={PROGRAM}")),
    );
    let verdict = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&unit)
        .output()
        .expect("a verdict");
    // It may have something to say of the machine's own units.
    let said = String::from_utf8_lossy(&verdict.stderr);
    let ours: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("wyzepal-tail"))
        .collect();
    assert!(ours.is_empty(), "{ours:#?}");
}

#[test]
fn the_rc_file_of_the_readme_is_one() {
    let server = greeter();
    let example = block_of("ini");
    let rc = example
        .replace("key=…", &format!("key={KEY}"))
        .replace("https://chat.example.com", &server.site());
    assert!(
        rc.contains(KEY) && rc.contains(&server.site()),
        "README.md: no key=… or no site in {example}"
    );
    Tail::new("").rc(&rc).args(["-C", "1"]).stdout(HELLO).run();
    let expected = format!("tail-bot@chat.example.com:{KEY}");
    assert_eq!(accounts(&server), [expected]);
}
