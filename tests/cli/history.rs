//! `-n` and `--since`: past messages, alone and before following, without a seam.

use crate::support::account::EMAIL;
use crate::support::model::{Dialect, Fault, Model, Post, Role, Step};
use crate::support::reply::{Ending, Reply};
use crate::support::run::{Expected, Home, Tail};
use crate::support::running::Signal;
use crate::support::tally::{assert_once, message_ids, values};

/// 2026-11-22T14:00:00Z, where the model's clock stands.
const NOON: i64 = 1_795_356_000;

/// What a run with `--once` prints.
#[track_caller]
fn printed(model: &Model, args: &[&str]) -> Vec<u64> {
    let exit = Tail::new(&model.site())
        .args(["-e", "message", "--once"])
        .args(args.iter().copied())
        .stdout(Expected::like(|_| true))
        .run();
    message_ids(&exit.stdout)
}

#[test]
fn the_last_messages_are_printed_without_registering_a_queue() {
    let model = Model::new();
    let sent = model.send_all(Post::lunches(5));
    assert_eq!(printed(&model, &["-n", "3"]), sent[2..]);
    assert_eq!(printed(&model, &["-n", "9"]), sent);
    assert_eq!(printed(&model, &["-n", "0"]), [0; 0]);
    assert_eq!(model.count(Step::Register) + model.count(Step::Poll), 0);
}

#[test]
fn the_details_of_a_run_without_a_queue_name_account_server_and_selection() {
    let model = Model::new();
    model.send(Post::new("Denmark", "dinner", "x"));
    let none = "wyzepal-tail: no message so far matches\n";
    for (lines, topic, more) in [
        ("2", "lunch", none),
        ("0", "lunch", ""),
        ("2", "dinner", ""),
    ] {
        let narrow = format!("topic:{topic}");
        Tail::new(&model.site())
            .args(["-v", "--once", "-n", lines, &narrow])
            .stdout(Expected::like(move |text| text.is_empty() != (topic == "dinner")))
            .stderr(format!(
                "wyzepal-tail: {EMAIL} at {}: history only, no queue, message; topic:{topic}\n{more}",
                model.site()
            ))
            .run();
    }
}

#[test]
fn lines_of_history_have_the_shape_of_live_ones_and_messages_can_stand_alone() {
    let model = Model::new();
    model.send(Post::lunch("hello"));
    let run = |args: &[&str]| {
        Tail::new(&model.site())
            .args(["--once", "-n", "1"])
            .args(args.iter().copied())
            .stdout(Expected::like(|text| text.lines().count() == 1))
            .run()
    };
    let event = values(&run(&[]).stdout).remove(0);
    assert!(
        event["message"]["flags"].is_null() && event["id"].is_null(),
        "{event}"
    );
    let message = values(&run(&["-m"]).stdout).remove(0);
    assert_eq!(message["content"], "hello");
    assert!(message["type"] != "message", "{message}");
}

#[test]
fn following_goes_on_where_history_ends() {
    for args in [["-n", "3"], ["--since", "2026-11-22T13:00"]] {
        let model = Model::new();
        model.send(Post::lunch("old").at(NOON - 7200));
        let mut sent = model.send_all(Post::lunches(3));
        // In the new queue and in history as well.
        model.send_during_register(vec![Post::lunch("during"), Post::lunch("during")]);
        let during = Tail::new(&model.site()).args(["-e", "message"]).args(args);
        model.fail_next(Step::History, Fault::Late);
        let running = during.start();
        model.wait_held();
        sent.push(model.send(Post::lunch("between baseline and register")));
        model.release();
        let lines = if args[0] == "-n" { 3 } else { 6 };
        running.wait_lines(lines);
        model.wait_idle();
        model.send(Post::lunch("live"));
        running.wait_line(|line| line.contains("\"live\""));
        running.signal(Signal::INT);
        let exit = running.wait_exit();
        let all = model.messages_sent();
        let expected = if args[0] == "-n" {
            &all[all.len() - 4..]
        } else {
            &all[1..]
        };
        assert_once(expected, &message_ids(&exit.stdout));
    }
}

#[test]
fn what_comes_while_history_is_read_is_printed_once() {
    let model = Model::new();
    let mut sent = model.send_all(Post::lunches(1500));
    model.fail_next(Step::History, Fault::Answer(Reply::error(500, "", "busy")));
    let running = Tail::new(&model.site())
        .args(["-e", "message", "--since", "2026-11-22T13:00"])
        .start();
    running.wait_lines(1000);
    sent.extend(model.send_all(Post::lunches(200)));
    running.wait_lines(1700);
    model.wait_idle();
    running.signal(Signal::INT);
    assert_once(&sent, &message_ids(&running.wait_exit().stdout));
}

#[test]
fn since_takes_ages_dates_and_times() {
    let model = Model::new();
    let now = jiff::Timestamp::now().as_second();
    let ids: Vec<u64> = [NOON - 90_000, NOON - 3600, now - 90]
        .map(|time| model.send(Post::lunch("x").at(time.max(NOON - 90_000))))
        .to_vec();
    for (since, from) in [
        ("2026-11-21", 0),
        ("2026-11-22", 1),
        ("2026-11-22T12:59:59", 1),
        ("2026-11-22T13:00:00Z", 1),
        ("2026-11-22T13:30:00+00:00", 2),
    ] {
        assert_eq!(printed(&model, &["--since", since]), ids[from..], "{since}");
    }
    let recent = [model.send(Post::lunch("x").at(now - 30))];
    assert_eq!(printed(&model, &["--since", "1m"])[..], recent);
}

#[test]
fn until_ends_before_a_time_or_a_message_and_needs_no_queue() {
    for model in [Model::new(), Model::old()] {
        // One each minute, the last at 13:59; ids are not in the order of time where it says so.
        let times = (0..3000).map(|number| NOON - 60 * (3000 - number));
        let ids = model.send_all(times.map(|time| Post::lunch("x").at(time)));
        let late = model.send(Post::lunch("late").at(NOON - 61));
        let [near, far] = [ids[2940], ids[1800]].map(|id| {
            format!(
                "{}/#narrow/channel/1-Denmark/topic/lunch/near/{id}",
                model.site()
            )
        });
        let until_13 = &ids[..2940];
        for (args, expected) in [
            (&["--until", "2026-11-22T13:00"][..], until_13),
            (
                &["--until", "2026-11-22T13:00Z", "-n", "3"],
                &until_13[2937..],
            ),
            (&["-n", "1500", "--until", "1795352400"], &until_13[1440..]),
            (&["--until", "2026-11-21", "-n", "2"], &ids[718..720]),
            (&["--until", "2026-11-20"], &[]),
            (&["--until", "2026-11-20", "-n", "2"], &[]),
            (
                &["--since", "2026-11-22T12:58", "--until", "2026-11-22 13:00"],
                &ids[2938..2940],
            ),
            (
                &[
                    "-C",
                    "2",
                    "--since",
                    "2026-11-22T12:58",
                    "--until",
                    "2026-11-22 13:58",
                ],
                &ids[2938..2940],
            ),
            // Of a link without that message, which --since has.
            (&["--until", &near], until_13),
            (&["--until", &near, "-n", "2"], &ids[2938..2940]),
            (&["--since", &far, "--until", &near], &ids[1800..2940]),
            (
                &[
                    "--since",
                    "#narrow/near/5000",
                    "--until",
                    "2026-11-22T13:58:30",
                ],
                &[],
            ),
        ] {
            assert_eq!(printed(&model, args), expected, "{args:?}");
            let narrowed = [args, &["stream:Denmark", "-topic:dinner"]].concat();
            assert_eq!(printed(&model, &narrowed), expected, "{narrowed:?}");
        }
        // What is sent late has a higher id than some that are behind it.
        let until = &["--until", "2026-11-22T13:59"];
        assert_eq!(printed(&model, until), [&ids[..2999], &[late]].concat());
        let last = &["--until", "2026-11-22T13:59", "-n", "2"];
        assert_eq!(printed(&model, last), [ids[2998], late]);
        assert_eq!(model.count(Step::Register), 0);
    }
}

#[test]
fn until_reads_no_more_of_history_than_it_prints() {
    let model = Model::new();
    let times = (0..9000).map(|number| NOON - 60 * (9000 - number));
    let ids = model.send_all(times.map(|time| Post::lunch("x").at(time)));
    let until = format!("#narrow/near/{}", ids[1500]);
    assert_eq!(printed(&model, &["--until", &until]), ids[..1500]);
    assert_eq!(model.count(Step::History), 2);
    assert_eq!(
        printed(&model, &["--until", &until, "-n", "3"]),
        ids[1497..1500]
    );
    assert_eq!(model.count(Step::History), 4);
}

#[test]
fn until_needs_no_once_and_the_timeout_tells_whether_it_was_done() {
    let model = Model::new();
    let sent = model.send_all(Post::lunches(2));
    let until = || Tail::new(&model.site()).args(["--until", "#narrow/near/9999", "-W", "1h"]);
    let exit = until().stdout(Expected::like(|_| true)).run();
    assert_eq!(message_ids(&exit.stdout), sent);
    model.fail_always(Step::History, Fault::Answer(Reply::error(500, "", "busy")));
    until()
        .args(["-W", "100ms"])
        .stderr(Expected::one_line(&["was not connected in that time"]))
        .code(124)
        .run();
}

#[test]
fn since_a_link_begins_with_its_message_if_it_is_there() {
    for model in [Model::new(), Model::old()] {
        let ids = model.send_all(Post::lunches(3));
        let dinner = model.send(Post::new("Denmark", "dinner", "x"));
        let last = model.send(Post::lunch("x"));
        let link = |id: u64| format!("{}/#narrow/near/{id}", model.site());
        assert_eq!(
            printed(&model, &["--since", &link(ids[1])]),
            [ids[1], ids[2], dinner, last]
        );
        assert_eq!(
            printed(
                &model,
                &["--since", &link(dinner), "stream:Denmark topic:lunch"]
            ),
            [last]
        );
        assert_eq!(printed(&model, &["--since", &link(last + 1)]), [0; 0]);
        // Those with lower ids are not printed though they may be later.
        let https = format!(
            "{}#narrow/channel/1-Denmark/topic/lunch/near/{last}",
            model.site()
        );
        assert_eq!(printed(&model, &["--since", &https]), [last]);
    }
}

#[test]
fn a_link_to_another_server_is_refused_by_name() {
    let model = Model::new();
    for option in ["--since", "--until"] {
        for beside in ["--once", "--check"] {
            let link = "https://other.example.com/#narrow/near/5";
            Tail::new(&model.site())
                .args([option, link, beside])
                .stderr(Expected::one_line(&[
                    "error: ",
                    "https://other.example.com",
                    &model.site(),
                ]))
                .code(2)
                .run();
        }
    }
}

#[test]
fn the_beginning_of_a_time_is_found_in_few_requests() {
    for model in [Model::new(), Model::old()] {
        // Two weeks, with a message every four minutes.
        let times = (0..5000).map(|number| NOON - 240 * (5000 - number));
        let ids = model.send_all(times.map(|time| Post::lunch("x").at(time)));
        let since = ids.len() - (10 * 24 + 2) * 15;
        assert_eq!(
            printed(&model, &["--since", "2026-11-12T12:00"]),
            ids[since..]
        );
        // Four pages; before them the range is halved, and sixteen times that is down to one message.
        let requests = model.count(Step::History);
        assert!(requests <= 4 + 16, "{requests} requests");
    }
}

#[test]
fn alternatives_are_merged_in_order() {
    let model = Model::new();
    for round in 0..600 {
        model.send(Post::lunch(&round.to_string()));
        model.send(Post::direct("x"));
        model.send(Post::new("Verona", "dinner", "x"));
        model.send(Post::new("Verona", "other", "x").flag("mentioned"));
    }
    let all = model.messages_sent();
    let expected: Vec<u64> = all
        .iter()
        .copied()
        .filter(|id| (id - 1001) % 4 != 2)
        .collect();
    let narrows = [
        "--narrow",
        "stream:Denmark",
        "--narrow",
        "is:private",
        "--narrow",
        "is:mentioned",
    ];
    for (args, from) in [
        (["--since", "2026-11-22T13:00"], 0),
        (["-n", "1500"], 300),
        (["-n", "5"], 1795),
    ] {
        let args = [&args[..], &narrows].concat();
        assert_eq!(printed(&model, &args), expected[from..], "{args:?}");
    }
}

#[test]
fn a_message_that_ends_a_page_of_two_readings_is_printed_once() {
    let model = Model::new();
    let sent = model.send_all(Post::lunches(2500));
    let args = ["--narrow", "topic:lunch", "--since", "2026-11-22T13:00"];
    assert_eq!(printed(&model, &args), sent);
    assert_eq!(
        printed(&model, &["--narrow", "topic:lunch", "-n", "2400"]),
        sent[100..]
    );
}

#[test]
fn what_only_we_can_filter_is_counted_right_and_in_few_requests() {
    let model = Model::new();
    let wanted = [
        model.send(Post::lunch("a").from("cordelia@example.com")),
        model.send(Post::lunch("b").from("cordelia@example.com")),
    ];
    model.send_all(Post::lunches(700));
    let args = [
        "--narrow",
        "stream:Denmark -sender:othello@example.com",
        "-n",
        "2",
    ];
    assert_eq!(printed(&model, &args), wanted);
    let requests = model.count(Step::History);
    assert!(requests < 12, "{requests} requests");
    model.send(Post::lunch("mine").from("user24@chat.example.com"));
    assert_eq!(
        printed(&model, &["--narrow", "-sender:me -sender:12", "-n", "1"]),
        wanted[1..]
    );
}

#[test]
fn pages_that_fail_are_asked_for_again() {
    let model = Model::new();
    let sent = model.send_all(Post::lunches(3));
    for fault in [Fault::Truncated, Fault::Lost(Ending::Reset)] {
        model.fail_next(Step::History, fault);
        assert_eq!(printed(&model, &["-n", "2"]), sent[1..]);
    }
}

#[test]
fn a_channel_that_does_not_exist_ends_the_start_and_leaves_nothing_behind() {
    let runs: [&[&str]; 7] = [
        &["--once", "-n", "1"],
        &["--once", "--since", "2026-11-22T13:00"],
        &["--once", "--cursor-file", "cursor"],
        &["-n", "1"],
        &["--since", "2026-11-22T13:00", "--no-catch-up"],
        &["-n", "1", "--no-catch-up"],
        &["--since", "2026-11-22T13:00", "--cursor-file", "cursor"],
    ];
    for model in [Model::new(), Model::old()] {
        model.send_all(Post::lunches(1));
        for args in runs {
            let home = Home::new();
            Tail::new(&model.site())
                .home(&home)
                .args(args.iter().copied())
                .args(["--narrow", "stream:Denmark", "--narrow", "stream:nowhere"])
                .stderr(Expected::one_line(&[
                    "wyzepal-tail: error: ",
                    " nowhere (400 BAD_NARROW); check the spelling, or see --check with the same",
                ]))
                .code(2)
                .run();
            assert!(!home.path("cursor").exists(), "{args:?}");
        }
        assert_eq!(model.deleted().len(), model.count(Step::Register));
    }
}

#[test]
fn a_history_that_is_refused_half_way_ends_it_too() {
    let model = Model::new();
    let sent = model.send_all(Post::lunches(1500));
    model.fail_next(Step::History, Fault::Late);
    let running = Tail::new(&model.site())
        .args(["--once", "-n", "1500", "--narrow", "stream:Denmark"])
        .start();
    model.wait_held();
    let refusal = Reply::error(400, "BAD_NARROW", "unknown channel Denmark");
    model.fail_always(Step::History, Fault::Answer(refusal));
    model.release();
    let exit = running.wait_exit();
    assert_eq!(exit.code, Some(2), "{exit}");
    assert!(message_ids(&exit.stdout).len() < sent.len(), "{exit}");
}

#[test]
fn public_channels_that_may_not_be_read_are_reported_once_and_the_rest_is_printed() {
    for model in [Model::old(), Model::of(Dialect::New, Role::Guest)] {
        let sent = model.send_all(Post::lunches(3));
        for (start, from) in [
            (&["-n", "2"][..], 1),
            (&["--since", "2026-11-22T13:00"], 0),
            (&["-n", "2", "--cursor-file", "cursor"], 1),
        ] {
            let exit = Tail::new(&model.site())
                .args(["--once", "--narrow", "topic:lunch"])
                .args(start.iter().copied())
                .stdout(Expected::like(|text| !text.is_empty()))
                .stderr(Expected::like(|text| {
                    text.matches("its history is not shown").count() == 1
                }))
                .run();
            assert_eq!(message_ids(&exit.stdout), sent[from..], "{start:?}");
        }
    }
}

#[test]
fn a_run_that_only_follows_goes_on_after_a_refused_history_and_says_what_that_means() {
    let refusal = Reply::error(400, "BAD_NARROW", "unknown channel nowhere");
    for (args, meaning) in [
        (
            &["--narrow", "stream:nowhere"][..],
            "perhaps nothing will ever match that narrow; see --check",
        ),
        (
            &["--narrow", "stream:nowhere", "-n", "0"],
            "perhaps nothing will ever match that narrow; see --check",
        ),
        (&[], "messages that are missed cannot be fetched"),
    ] {
        let model = Model::new();
        model.fail_always(Step::History, Fault::Answer(refusal.clone()));
        let running = Tail::new(&model.site()).args(args.iter().copied()).start();
        model.wait_idle();
        running.signal(Signal::INT);
        let exit = running.wait_exit();
        assert_eq!(exit.stderr.lines().count(), 1, "{args:?}: {exit}");
        assert!(exit.stderr.contains(meaning), "{args:?}: {exit}");
    }
}

#[test]
fn a_count_ends_history_too_and_the_next_run_goes_on_behind_it() {
    for start in [["-n", "25"], ["--since", "2026-11-22T13:00"]] {
        let (model, home) = (Model::new(), Home::new());
        let sent = model.send_all(Post::lunches(25));
        model.set_clock(NOON + 60);
        let mut all = Vec::new();
        for lines in [10, 10, 5] {
            let exit = Tail::new(&model.site())
                .home(&home)
                .args([
                    "-e",
                    "message",
                    "--once",
                    "--cursor-file",
                    "cursor",
                    "-C",
                    "10",
                ])
                .args(start)
                .stdout(Expected::like(move |text| text.lines().count() == lines))
                .stderr(Expected::like(|_| true))
                .run();
            all.extend(message_ids(&exit.stdout));
        }
        assert_eq!(all, sent, "{start:?}");
    }
}

#[test]
fn a_run_that_is_stopped_in_its_first_history_goes_on_with_it() {
    for start in [["-n", "2200"], ["--since", "2026-11-22T13:00"]] {
        let (model, home) = (Model::new(), Home::new());
        model.send(Post::lunch("too old").at(NOON - 7200));
        let sent = model.send_all(Post::lunches(2200));
        model.set_clock(NOON + 60);
        let tail = || {
            Tail::new(&model.site())
                .home(&home)
                .args(["-e", "message", "--once", "--cursor-file", "cursor"])
                .args(start)
        };
        let running = tail().start();
        model.wait_requests(Step::Register, 1);
        running.wait_lines(1000);
        running.signal(Signal::TERM);
        let first = running.wait_exit();
        let second = tail().start().wait_exit();
        let printed = message_ids(&(first.stdout + &second.stdout));
        assert_once(&sent, &printed);
    }
}

#[test]
fn a_long_history_does_not_fill_the_memory() {
    let model = Model::new();
    let text = "x".repeat(4500);
    for _ in 0..6000 {
        model.send(Post::lunch(&text));
    }
    let running = Tail::new(&model.site())
        .args(["-e", "message", "--since", "2026-11-22T13:00"])
        .within("exec \"$@\" >/dev/null")
        .start();
    // Each page has a deadline of its own.
    for page in 1..=6 {
        model.wait_requests(Step::History, page);
    }
    // The queue is polled when all of history is printed.
    model.wait_idle();
    let peak = running.peak_memory();
    assert!(peak < 33_000, "{peak} kB for 27 MB of messages");
}
