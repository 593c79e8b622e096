//! The program on duty: several accounts, cron, a service, and the rc file that all of it needs.

use std::fs::{self};

use super::{block_of, happenings, path};
use crate::support::account::{EMAIL, KEY, rc};
use crate::support::greeter::{HELLO, accounts, greeter};
use crate::support::model::{Model, Post};
use crate::support::reply::Reply;
use crate::support::run::{Home, Tail};
use crate::support::running::Signal;

/// Several accounts at a time.
pub const ACCOUNTS: &str = "(trap 'kill 0' INT; for rc in ~/.rc-work ~/.rc-club; do wyzepal-tail --config \"$rc\" -o summary | sed -u \"s/^/${rc##*-} /\" & done; wait)";

/// What cron runs; the five fields before it are cron's business.
pub const CRON: &str = "umask 077; wyzepal-tail -e message --once --cursor-file ~/.wt.cur --queue-ttl 2h --fail-on-gap >>~/log.jsonl";

#[test]
fn several_accounts_are_kept_apart() {
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
fn the_service_goes_on_where_it_ended_with_an_account_from_its_environment() {
    let unit = block_of("systemd");
    let of = |name: &str| {
        let values: Vec<&str> = unit
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .collect();
        assert_eq!(
            values.len(),
            1,
            "README.md: {name}= in the service: {values:?}"
        );
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
