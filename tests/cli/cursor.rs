//! Cursor files: runs that go on where the last one ended, whatever ended it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::model::{Fault, Model, Post, Step};
use crate::support::reply::Reply;
use crate::support::run::{Expected, Home, NOWHERE, Tail};
use crate::support::running::Signal;
use crate::support::tally::{assert_once, counts, in_hand, message_ids};

fn tail(model: &Model, home: &Home) -> Tail {
    Tail::new(&model.site())
        .home(home)
        .args(["-e", "message", "--cursor-file", "cursor"])
}

/// What a run with `--once` prints; it must end with 0 and say nothing.
#[track_caller]
fn once(model: &Model, home: &Home) -> Vec<u64> {
    let any = Expected::like(|_| true);
    let exit = tail(model, home).args(["--once"]).stdout(any).run();
    message_ids(&exit.stdout)
}

fn saved(home: &Home) -> Value {
    let text = fs::read_to_string(home.path("cursor")).expect("a cursor file");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn runs_go_on_where_the_last_one_ended() {
    let (model, home) = (Model::new(), Home::new());
    model.send_all(Post::lunches(3));
    assert_eq!(once(&model, &home), [0; 0]);
    for count in [2, 0, 1] {
        let sent = model.send_all(Post::lunches(count));
        assert_eq!(once(&model, &home), sent);
    }
    assert_eq!(model.count(Step::Register), 1);
    assert!(model.deleted().is_empty());
}

#[test]
fn the_file_is_private_and_replaced_as_a_whole_and_holds_no_key() {
    use std::os::unix::fs::MetadataExt;
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home);
    let path = home.path("cursor");
    let before = fs::metadata(&path).expect("the file");
    assert_eq!(before.mode() & 0o777, 0o600);
    model.send_all(Post::lunches(1));
    let kept = fs::File::open(&path).expect("the file");
    once(&model, &home);
    assert_ne!(before.ino(), fs::metadata(&path).expect("the file").ino());
    assert_eq!(kept.metadata().expect("the old file").len(), before.len());
    let text = fs::read_to_string(&path).expect("the file");
    assert!(!text.contains(crate::support::account::KEY), "{text}");
    let names: BTreeSet<_> = fs::read_dir(home.path("."))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    let expected = [".cache", ".wyzepalrc", "cursor", "cursor.lock"];
    assert_eq!(names, expected.map(Into::into).into());
    let lock = fs::metadata(home.path("cursor.lock")).expect("the lock");
    assert_eq!(lock.mode() & 0o777, 0o600);
}

#[test]
fn a_symbolic_link_stays_one() {
    for exists in [true, false] {
        let (model, home) = (Model::new(), Home::new());
        fs::create_dir(home.path("real")).expect("a folder");
        symlink("real/file", home.path("cursor")).expect("a link");
        if exists {
            Tail::new(&model.site())
                .home(&home)
                .args(["-e", "message", "--once", "--cursor-file", "real/file"])
                .run();
        }
        once(&model, &home);
        let sent = model.send_all(Post::lunches(1));
        assert_eq!(once(&model, &home), sent);
        let link = fs::symlink_metadata(home.path("cursor")).expect("the link");
        assert!(link.is_symlink(), "existed: {exists}");
        assert!(home.path("real/file").is_file(), "existed: {exists}");
    }
}

#[test]
fn another_selection_account_or_site_is_a_usage_error_that_says_what_differs() {
    let (model, other, home) = (Model::new(), Model::new(), Home::new());
    once(&model, &home);
    let before = fs::read(home.path("cursor")).expect("the file");
    let run = |tail: Tail, parts: &[&str]| {
        let parts = [parts, &["delete it"]].concat();
        tail.home(&home)
            .args(["--once", "--cursor-file", "cursor"])
            .stderr(Expected::containing(&parts))
            .code(2)
            .run();
    };
    let here = || Tail::new(&model.site());
    run(
        here().args(["-e", "message,reaction"]),
        &["kinds", "'message'", "'message,reaction'"],
    );
    run(here(), &["kinds", "'all'"]);
    run(
        here().args(["-e", "message", "--narrow", "topic:x"]),
        &["narrow", "none", "x"],
    );
    run(
        here().args(["-e", "message", "--all-public"]),
        &["--all-public"],
    );
    run(
        here().args(["-e", "message", "--apply-markdown"]),
        &["--apply-markdown"],
    );
    run(
        here().args(["-e", "message", "-E", "reaction"]),
        &["reaction"],
    );
    run(
        here().args(["-e", "message", "--user", "x@example.com"]),
        &["account", "x@example.com"],
    );
    run(
        Tail::new(&other.site()).args(["-e", "message"]),
        &["site", &other.site()],
    );
    assert_eq!(fs::read(home.path("cursor")).expect("the file"), before);
    assert!(other.requests().is_empty());
    // The same said otherwise, and other options than the selection.
    Tail::new(&model.site())
        .home(&home)
        .args([
            "-m",
            "--once",
            "--cursor-file",
            "./cursor",
            "--queue-ttl",
            "3h",
            "-v",
        ])
        .stderr(Expected::like(|_| true))
        .run();
}

#[test]
fn a_file_that_is_no_cursor_is_left_as_it_was() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home);
    let whole = fs::read_to_string(home.path("cursor")).expect("the file");
    let newer = whole.replace("\"version\":1", "\"version\":2");
    let upside_down = whole.replace("\"window\":[", "\"window\":[[9,3],");
    for text in [
        &whole[..whole.len() / 2],
        "",
        "{}",
        "hello\n",
        &newer,
        &upside_down,
    ] {
        home.write("cursor", text);
        tail(&model, &home)
            .args(["--once"])
            .stderr(Expected::containing(&[
                "cannot read cursor file",
                "left as it was",
            ]))
            .code(1)
            .run();
        let after = fs::read_to_string(home.path("cursor")).expect("the file");
        assert_eq!(after, text);
    }
    assert_eq!(model.count(Step::Register), 1);
}

#[test]
fn a_file_of_another_kind_gets_no_lock_beside_it() {
    let home = Home::new();
    home.write("notes", "[api]\nkey=x\n");
    Tail::new(NOWHERE)
        .home(&home)
        .args(["--cursor-file", "notes"])
        .stderr(Expected::one_line(&[
            "cannot read cursor file",
            "notes: it is none",
            "name another one",
        ]))
        .code(1)
        .run();
    assert!(!home.path("notes.lock").exists());
}

#[test]
fn a_second_run_ends_at_once() {
    let (model, home) = (Model::new(), Home::new());
    let first = tail(&model, &home).start();
    model.wait_idle();
    let requests = model.requests().len();
    tail(&model, &home)
        .stderr(Expected::containing(&[
            "in use by another run: wait for its end",
        ]))
        .code(1)
        .run();
    assert_eq!(model.requests().len(), requests);
    first.signal(Signal::KILL);
    first.wait_exit();
    // The lock goes with its holder.
    once(&model, &home);
}

#[test]
fn a_folder_that_cannot_be_written_ends_it_before_anything_is_sent() {
    let model = Model::new();
    Tail::new(&model.site())
        .args(["--cursor-file", "nowhere/cursor"])
        .stderr(Expected::containing(&["nowhere/cursor"]))
        .code(1)
        .run();
    assert!(model.requests().is_empty());
}

#[test]
fn a_folder_that_can_no_longer_be_written_ends_it_unacknowledged() {
    let (model, home) = (Model::new(), Home::new());
    fs::create_dir(home.path("state")).expect("a folder");
    let tail = || {
        Tail::new(&model.site()).home(&home).args([
            "-e",
            "message",
            "--cursor-file",
            "state/cursor",
        ])
    };
    let running = tail().start();
    model.wait_idle();
    fs::rename(home.path("state"), home.path("moved")).expect("the folder to move");
    let sent = model.send_all(Post::lunches(1));
    let exit = running.wait_exit();
    assert_eq!(exit.code, Some(1), "{exit}");
    assert!(exit.stderr.contains("cannot save cursor file"), "{exit}");
    fs::rename(home.path("moved"), home.path("state")).expect("the folder to move");
    let again = tail()
        .args(["--once"])
        .stdout(Expected::like(|_| true))
        .run();
    assert_eq!(message_ids(&again.stdout), sent);
}

#[test]
fn the_queue_is_kept_for_as_long_as_asked_and_a_last_poll_keeps_it_alive() {
    for (args, seconds) in [(&[][..], "7200"), (&["--queue-ttl", "20m"], "1200")] {
        let (model, home) = (Model::new(), Home::new());
        tail(&model, &home)
            .args(["--once"])
            .args(args.iter().copied())
            .run();
        let queue = model.queues().remove(0);
        for name in ["queue_lifespan_secs", "idle_queue_timeout"] {
            assert_eq!(queue.parameters[name], seconds, "{name}");
        }
        assert_eq!(queue.parks, 1);
        let last = model.requests().pop().expect("a request");
        assert_eq!(
            (last.path.as_str(), last.param("dont_block")),
            ("/api/v1/events", None)
        );
        let started = Instant::now();
        once(&model, &home);
        assert!(started.elapsed() >= Duration::from_millis(100));
        assert_eq!(model.queues()[0].parks, 2);
        model.wait_hung_up();
    }
}

#[test]
fn a_message_that_comes_while_the_last_poll_waits_is_left_for_the_next_run() {
    let (model, home) = (Model::new(), Home::new());
    let running = tail(&model, &home).args(["--once"]).start();
    model.wait_parked();
    let sent = model.send_all(Post::lunches(1));
    let first = message_ids(&running.wait_exit().stdout);
    assert_once(&sent, &[first, once(&model, &home)].concat());
}

#[test]
fn a_queue_that_expired_between_runs_is_caught_up_with() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home);
    let mut sent = model.send_all(Post::lunches(2));
    model.drop_queues();
    sent.extend(model.send_all(Post::lunches(3)));
    let exit = tail(&model, &home)
        .args(["--once", "-v"])
        .stdout(Expected::like(|_| true))
        .stderr(Expected::containing(&["gap", "5 messages fetched"]))
        .run();
    assert_eq!(message_ids(&exit.stdout), sent);
    let sent = model.send_all(Post::lunches(1));
    assert_eq!(once(&model, &home), sent);
}

#[test]
fn short_runs_settle_what_is_old_and_do_not_read_all_history_each_time() {
    let (model, home) = (Model::new(), Home::new());
    model.send_all(Post::lunches(10));
    once(&model, &home);
    for round in 0..6 {
        let mut sent = model.send_all(Post::lunches(150));
        model.set_clock(model.clock() + 600);
        if round % 2 == 0 {
            assert_eq!(once(&model, &home), sent);
        } else {
            model.drop_queues();
            let run = tail(&model, &home).args(["--once"]).start();
            sent = message_ids(&run.wait_exit().stdout);
            assert_eq!(sent.len(), 150);
        }
        let place = saved(&home);
        assert!(place["floor"].as_u64() >= Some(sent[149]), "{place}");
        let anchor = model
            .requests()
            .into_iter()
            .rfind(|r| r.path == "/api/v1/messages");
        let anchor = anchor.and_then(|r| r.param("anchor")?.parse::<u64>().ok());
        let is_near = |anchor: u64| round == 0 || anchor + 160 > sent[0];
        assert!(anchor.is_some_and(is_near), "{anchor:?} {place}");
        let window = place["window"].as_array().map(Vec::len);
        assert!(window.is_some_and(|ranges| ranges <= 2), "{place}");
    }
}

#[test]
fn a_count_in_the_middle_of_a_batch_is_gone_on_with_exactly() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home);
    let sent = model.send_all(Post::lunches(10));
    let mut printed = Vec::new();
    for count in ["3", "1", "4"] {
        let exit = tail(&model, &home)
            .args(["-C", count])
            .stdout(Expected::like(|_| true))
            .run();
        printed.extend(message_ids(&exit.stdout));
        assert_eq!(saved(&home)["last_event_id"], printed.len() - 1);
    }
    printed.extend(once(&model, &home));
    assert_eq!(printed, sent);
}

#[test]
fn batches_of_nothing_to_print_are_saved_too() {
    let (model, home) = (Model::new(), Home::new());
    let running = tail(&model, &home).start();
    model.wait_idle();
    for last in 0..2 {
        model.heartbeat();
        model.wait_requests(Step::Poll, last + 2);
        assert_eq!(saved(&home)["last_event_id"], last);
        model.wait_idle();
    }
    drop(running);
}

#[test]
fn the_cursor_is_saved_before_the_next_poll_and_right_after_register() {
    let (model, home) = (Model::new(), Home::new());
    model.fail_next(Step::Poll, Fault::Held);
    let running = tail(&model, &home).start();
    model.wait_held();
    assert_eq!(saved(&home)["last_event_id"], -1);
    model.fail_next(Step::Poll, Fault::Held);
    let sent = model.send_all(Post::lunches(2));
    model.release();
    running.wait_lines(2);
    model.wait_held();
    let place = saved(&home);
    assert_eq!(place["last_event_id"], 1);
    assert!(
        place["window"].to_string().contains(&sent[1].to_string()),
        "{place}"
    );
}

#[test]
fn a_refusal_later_in_the_run_keeps_the_place() {
    let (model, home) = (Model::new(), Home::new());
    let running = tail(&model, &home).start();
    model.wait_idle();
    model.fail_next(
        Step::Poll,
        Fault::Answer(Reply::error(401, "UNAUTHORIZED", "Account is deactivated")),
    );
    let mut printed = model.send_all(Post::lunches(2));
    let exit = running.wait_exit();
    assert_eq!(exit.code, Some(3), "{exit}");
    assert_eq!(message_ids(&exit.stdout), printed);
    printed = model.send_all(Post::lunches(2));
    assert_eq!(once(&model, &home), printed);
}

fn rounds() -> usize {
    let wanted = std::env::var("WYZEPAL_KILL_ROUNDS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(15)
}

#[test]
fn kill_9_at_any_moment_loses_nothing_and_doubles_at_most_the_batch_in_hand() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home);
    let done = AtomicBool::new(false);
    let (mut printed, mut perhaps_twice) = (Vec::new(), BTreeSet::new());
    let mut random = 1_u64;
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                model.send(Post::lunch("x"));
                // The pace at which people write, not a wait for anything.
                thread::sleep(Duration::from_millis(4));
            }
        });
        for round in 0..rounds() {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            if round % 5 == 4 {
                model.drop_queues();
            }
            // A new queue takes as long as a run may last, and every other one is gone when its id arrives.
            let slow = Duration::from_micros((random >> 40) % 60_000);
            match round % 20 {
                9 => model.fail_next(Step::Register, Fault::Slow(slow, slow)),
                19 => model.fail_next(Step::Register, Fault::Forgotten(slow, slow)),
                _ => {}
            }
            let running = tail(&model, &home).start();
            // Any moment, before the first request as well.
            thread::sleep(Duration::from_micros((random >> 33) % 120_000));
            running.signal(Signal::KILL);
            let exit = running.wait_exit();
            perhaps_twice.extend(in_hand(&home.path("cursor"), &exit.stdout));
            printed.extend(message_ids(&exit.stdout));
        }
        done.store(true, Ordering::Relaxed);
    });
    model.set_clock(model.clock() + 60);
    let exit = tail(&model, &home).args(["--once"]).start().wait_exit();
    assert_eq!(exit.code, Some(0), "{exit}");
    printed.extend(message_ids(&exit.stdout));
    let counts = counts(&printed);
    let missing: Vec<u64> = model
        .messages_sent()
        .into_iter()
        .filter(|id| !counts.contains_key(id))
        .collect();
    assert!(missing.is_empty(), "missing {missing:?}");
    let twice: Vec<_> = counts
        .iter()
        .filter(|(id, count)| **count > 1 && !perhaps_twice.contains(id))
        .collect();
    assert!(twice.is_empty(), "printed again although saved: {twice:?}");
}
