//! Trouble on the way to the server: what is tried again, how soon, and when it is too much.
//!
//! Not for the server's refusals at the start, one by one (`recorded`).

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;

use crate::support::answers::{deleted, event, events, following, lines, poll, registered, server};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::http::pauses;
use crate::support::reply::{Ending, Reply};
use crate::support::run::{Expected, NOWHERE, Tail};
use crate::support::running::Signal;
use crate::support::server::Server;
use crate::support::times::{PAUSE, assert_within};

/// A poll that waits for events, as all do but the first one after trouble.
fn waiting_poll(last: i64) -> Expect {
    poll("q", last).and("waits", |request| request.param("dont_block").is_none())
}

fn poll_at_once(last: i64) -> Expect {
    poll("q", last).param("dont_block", "true")
}

fn anything() -> Expected {
    Expected::like(|_| true)
}

/// One line with this in it; nothing where this is empty.
fn said_only(part: &str) -> Expected {
    if part.is_empty() {
        "".into()
    } else {
        Expected::one_line(&[part])
    }
}

/// Failures that say nothing about the request; each for an answer that would have been `good`.
fn transient(good: &Reply) -> Vec<(&'static str, Reply)> {
    let internal = json!({ "result": "error", "msg": "Internal server error" });
    vec![
        ("close", Reply::nothing(Ending::Close)),
        ("reset", Reply::nothing(Ending::Reset)),
        ("cut", good.clone().cut_after(20, Ending::Close)),
        ("garbage", good.clone().garbled()),
        ("not http", Reply::raw("SSH-2.0-OpenSSH_9.6\r\n\r\n")),
        ("bad gateway", Reply::html_502()),
        ("server error", Reply::json(500, &internal)),
    ]
}

/// An address that nobody listens at.
fn deserted() -> String {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
    format!("http://{}", socket.local_addr().expect("its number"))
}

#[test]
fn register_is_tried_again_after_each_transient_failure() {
    at_once(transient(&registered("q")), |name, failure| {
        let server = server()
            .on(Expect::register(), failure)
            .on(Expect::register(), registered("q"))
            .on(waiting_poll(-1), events(&[0]))
            .always(Expect::delete(), deleted());
        Tail::new(&server.site())
            .args(["-C", "1"])
            .stdout(lines(&[0]))
            .run();
        let pauses = pauses(&server.wait_requests(2, &Expect::register()));
        assert!(pauses[0] >= PAUSE, "{name}: {pauses:?}");
    });
}

#[test]
fn a_poll_is_tried_again_at_the_same_place_after_each_transient_failure() {
    at_once(transient(&events(&[1])), |name, failure| {
        let server = following()
            .on(waiting_poll(-1), events(&[0]))
            .on(waiting_poll(0), failure)
            .on(poll_at_once(0), events(&[1]))
            // Until history is compared no poll waits.
            .on(poll_at_once(1), events(&[2]));
        // Nobody watches stderr here: cron mail means trouble that lasts.
        Tail::new(&server.site())
            .args(["-C", "3"])
            .stdout(lines(&[0, 1, 2]))
            .run();
        let pauses = pauses(&server.wait_requests(4, &Expect::poll()));
        assert!(pauses[1] >= PAUSE, "{name}: {pauses:?}");
    });
}

#[test]
fn what_came_before_an_answer_broke_off_is_printed_and_acknowledged() {
    let whole = "{\"result\":\"success\",\"msg\":\"\",\"events\":[".len() + 2 * event(1).len() + 1;
    let server = following()
        .on(
            waiting_poll(-1),
            events(&[1, 2, 3]).cut_after(whole + 9, Ending::Close),
        )
        .on(poll_at_once(2), events(&[3]));
    Tail::new(&server.site())
        .args(["-C", "3"])
        .stdout(lines(&[1, 2, 3]))
        .run();
}

#[test]
fn polls_keep_to_the_rate_limit_in_answers_and_that_is_reported_once() {
    // 100 ms from one request to the next, once half of them are used up.
    let limited = |id: i64, left: &str| {
        events(&[id])
            .header("X-RateLimit-Limit", "600")
            .header("X-RateLimit-Remaining", left)
    };
    let mut server = following();
    for id in 0..12 {
        let left = if id < 4 { "301" } else { "300" };
        server = server.on(Expect::poll(), limited(id, left));
    }
    let exit = Tail::new(&server.site())
        .args(["-C", "12", "-v", "--give-up-after", "50ms"])
        .stdout(lines(&(0..12).collect::<Vec<i64>>()))
        .stderr(Expected::containing(&["events may come in batches"]))
        .run();
    assert_eq!(exit.stderr.matches("in batches").count(), 1, "{exit}");
    let pauses = pauses(&server.wait_requests(12, &Expect::poll()));
    // How late the first of these requests came to the server says nothing.
    let sum: Duration = pauses[4..].iter().sum();
    assert!(sum >= Duration::from_millis(400), "{pauses:?}");
}

#[test]
fn pauses_grow_until_the_server_is_back() {
    let server = following()
        .on(waiting_poll(-1), Reply::html_502())
        .on(poll_at_once(-1), Reply::html_502())
        .on(poll_at_once(-1), events(&[0]));
    Tail::new(&server.site())
        .args(["-C", "1"])
        .stdout(lines(&[0]))
        .run();
    let pauses = pauses(&server.wait_requests(3, &Expect::poll()));
    // The first is at most 1.25 s.
    assert!(pauses[1] > Duration::from_millis(1400), "{pauses:?}");
}

#[test]
fn it_stays_away_as_long_as_the_server_says() {
    let limit = || Reply::json(429, &json!({ "result": "error", "msg": "too much" }));
    let in_body = json!({ "result": "error", "msg": "too much", "retry-after": 1.4 });
    let cases = vec![
        ("no time", (limit(), 1.0)),
        ("seconds", (limit().header("Retry-After", "1"), 1.0)),
        (
            "fraction",
            (limit().header("Retry-After", "1.2045183181762695"), 1.2),
        ),
        ("in the body", (Reply::json(429, &in_body), 1.4)),
        (
            "date",
            (
                limit()
                    .header("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
                    .header("Retry-After", "Sun, 06 Nov 1994 08:49:39 GMT"),
                2.0,
            ),
        ),
        (
            "unavailable",
            (Reply::html_502().header("Retry-After", "1.5"), 1.5),
        ),
        // Longer than the first pause after an answer that is not understood.
        (
            "broken off",
            (limit().header("Retry-After", "1.6").cut(), 1.6),
        ),
    ];
    at_once(cases, |name, (answer, seconds)| {
        let server = server()
            .on(Expect::register(), answer.clone())
            .on(Expect::register(), registered("q"))
            .on(waiting_poll(-1), answer)
            .on(poll_at_once(-1), events(&[0]))
            .always(Expect::delete(), deleted());
        Tail::new(&server.site())
            .args(["-C", "1"])
            .stdout(lines(&[0]))
            .stderr(anything())
            .run();
        for expect in [Expect::register(), Expect::poll()] {
            let pause = pauses(&server.wait_requests(2, &expect))[0].as_secs_f64();
            assert!(pause >= seconds - 0.1, "{name}: {expect:?} after {pause}");
        }
    });
}

#[test]
fn a_date_to_come_back_at_counts_by_our_clock_if_the_server_does_not_send_its_own() {
    // Such a date has no fractions.
    let soon = Timestamp::from_second(Timestamp::now().as_second() + 3).expect("a time");
    let date = soon.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let limit = Reply::error(429, "", "too much").header("Retry-After", &date);
    let server = server()
        .on(Expect::register(), limit)
        .on(Expect::register(), registered("q"))
        .on(waiting_poll(-1), events(&[0]))
        .always(Expect::delete(), deleted());
    Tail::new(&server.site())
        .args(["-C", "1"])
        .stdout(lines(&[0]))
        .stderr(anything())
        .run();
    let asked = server.wait_requests(2, &Expect::register());
    let came = Timestamp::now() - SignedDuration::try_from(asked[1].at.elapsed()).expect("a span");
    // Not the whole time was left once the program had started.
    assert!(came > soon - 100.milliseconds(), "{came} is before {soon}");
}

/// Answers of something that is not this API.
fn strangers() -> Vec<(&'static str, Reply)> {
    let page = |status| Reply::text(status, "text/html", "<p>Please log in");
    vec![
        ("401", page(401)),
        ("404", page(404)),
        (
            "redirect",
            page(302).header("Location", "https://hotel.example/"),
        ),
    ]
}

#[test]
fn a_page_in_place_of_a_later_answer_is_a_proxy_that_goes_away_again() {
    at_once(strangers(), |_, page| {
        let server = following()
            .on(waiting_poll(-1), events(&[0]))
            .on(waiting_poll(0), page)
            .on(poll_at_once(0), events(&[1]));
        Tail::new(&server.site())
            .args(["-C", "2"])
            .stdout(lines(&[0, 1]))
            .run();
    });
}

#[test]
fn somebody_who_watches_is_reported_of_loss_and_return() {
    let server = following()
        .on(waiting_poll(-1), events(&[0]))
        .on(waiting_poll(0), Reply::html_502())
        .on(poll_at_once(0), events(&[]))
        .on(poll_at_once(0), events(&[1]));
    let exit = Tail::new(&server.site())
        .args(["-C", "2"])
        .stderr_on_terminal(80, 24)
        .env("NO_COLOR", "1")
        .start()
        .wait_exit();
    let notices: Vec<&str> = exit
        .stderr
        .lines()
        .filter_map(|line| line.strip_prefix("wyzepal-tail: "))
        .collect();
    let [connected, lost, back] = notices[..] else {
        panic!("{exit}")
    };
    assert!(
        connected.starts_with("connected to http://127.0.0.1:"),
        "{exit}"
    );
    assert!(lost.starts_with("lost: ") && lost.contains("502"), "{exit}");
    assert!(back.starts_with("back: "), "{exit}");
}

#[test]
fn what_was_never_there_is_not_lost() {
    let running = Tail::new(NOWHERE).args(["-v"]).start();
    running.wait_stderr("wyzepal-tail: not connected: cannot reach http://");
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    assert!(!exit.stderr.contains("lost"), "{exit}");
}

#[test]
fn a_page_in_place_of_each_answer_is_not_the_server() {
    let page = || Reply::text(200, "text/html", "<html>Please log in</html>");
    let cases = [
        (&["--give-up-after", "2s"][..], 4, "gave up: "),
        (
            &["--once", "-n", "1", "--give-up-after", "2s"],
            4,
            "gave up: ",
        ),
        (&["--timeout", "2s"], 0, "was not connected in that time: "),
    ];
    at_once(
        cases.map(|case| (case.0.join(" "), case)),
        |name, (args, code, said)| {
            let server = Server::new().always(Expect::history(), page());
            let started = Instant::now();
            let exit = Tail::new(&server.site())
                .args(args.iter().copied())
                .stderr(Expected::one_line(&[said, "it begins with '<'"]))
                .code(code)
                .run();
            assert!(started.elapsed() < Duration::from_secs(6), "{name}: {exit}");
        },
    );
}

#[test]
fn it_gives_up_when_the_server_is_out_of_reach_for_too_long() {
    let away = following().on(waiting_poll(-1), events(&[0])).always(
        Expect::poll(),
        Reply::html_502().header("Retry-After", "60"),
    );
    let cases: Vec<(_, (_, &[i64]))> = vec![
        ("refused", (deserted(), &[])),
        ("sent away", (away.site(), &[0])),
    ];
    at_once(cases, |name, (site, ids)| {
        let started = Instant::now();
        Tail::new(&site)
            .args(["--give-up-after", "1.5s"])
            .stdout(lines(ids))
            .stderr(Expected::one_line(&["wyzepal-tail: error: gave up: "]))
            .code(4)
            .run();
        assert_within(Duration::from_secs(4), started);
        let took = started.elapsed();
        assert!(took >= Duration::from_millis(1500), "{name}: {took:?}");
    });
}

/// What a server of plain http answers to any other greeting.
const BAD_REQUEST: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

/// A port where any greeting is answered so.
fn plain(answer: &'static [u8]) -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
    let port = socket.local_addr().expect("its number").port();
    thread::spawn(move || {
        for mut stream in socket.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer);
        }
    });
    port
}

#[test]
fn a_proxy_that_speaks_no_tls_is_not_taken_for_the_site() {
    let proxy = format!("https://127.0.0.1:{}", plain(BAD_REQUEST));
    let told = format!("the proxy {proxy} (HTTPS_PROXY) does not speak TLS; write it with http://");
    Tail::new("https://chat.example.com")
        .args(["--give-up-after", "300ms", "-n", "1"])
        .env("HTTPS_PROXY", proxy)
        .stderr(Expected::one_line(&[&told]))
        .code(4)
        .run();
}

#[test]
fn a_site_that_is_written_wrong_is_reported_with_what_to_do() {
    let (port, shy) = (plain(BAD_REQUEST), plain(b""));
    let scheme = |port| format!("; if it speaks plain http, write http://127.0.0.1:{port} as");
    let no_tls = format!(": it does not speak TLS{}", scheme(port));
    let cut = format!(
        ": the connection was cut in the TLS handshake{}",
        scheme(shy)
    );
    let cases = [
        (format!("127.0.0.1:{port}"), &*no_tls),
        (format!("127.0.0.1:{shy}"), &*cut),
        (
            "http://nowhere.invalid".to_owned(),
            "; check the spelling of the site, and the network",
        ),
    ];
    for (site, advice) in cases {
        for args in [
            &["--give-up-after", "300ms", "--insecure", "-n", "1"][..],
            &["--check", "--insecure"],
        ] {
            // No name server is asked.
            let exit = Tail::new(&site)
                .args(args.iter().copied())
                .env("RES_OPTIONS", "attempts:0")
                .start()
                .wait_exit();
            let all = format!("{}{}", exit.stdout, exit.stderr);
            assert!(all.contains("cannot reach http"), "{site}: {exit}");
            assert!(all.contains(advice), "{site}: {exit}");
            assert!(!all.contains("check host and port"), "{site}: {exit}");
            assert_eq!(exit.code, Some(4), "{site}: {exit}");
        }
    }
}

#[test]
fn a_server_that_only_has_nothing_to_say_is_not_given_up() {
    let quiet = following().on(waiting_poll(-1), Reply::hold());
    let limit = Reply::error(429, "RATE_LIMIT_HIT", "too much").header("Retry-After", "1");
    let limiting = server().always(Expect::register(), limit);
    let cases = vec![("quiet", quiet.site()), ("limiting", limiting.site())];
    at_once(cases, |_, site| {
        Tail::new(&site)
            .args(["--give-up-after", "3s", "--timeout", "4s"])
            .stderr(anything())
            .run();
    });
}

#[test]
fn a_run_that_was_never_connected_says_why_when_its_time_is_up() {
    let in_vain = "warning: was not connected in that time: cannot reach http://127.0.0.1:";
    let broken = Server::new().always(Expect::history(), Reply::html_502());
    let lost = following()
        .on(waiting_poll(-1), events(&[0]))
        .always(Expect::poll(), Reply::nothing(Ending::Reset));
    let answers = " answers 502 to messages\n";
    let cases: [(_, (_, &[i64], &[&str], _, _)); 5] = [
        ("follows", (deserted(), &[], &[], in_vain, 0)),
        ("counts", (deserted(), &[], &["-C", "1"], in_vain, 124)),
        (
            "once",
            (deserted(), &[], &["--once", "-n", "1"], in_vain, 124),
        ),
        ("broken", (broken.site(), &[], &[], answers, 0)),
        ("lost", (lost.site(), &[0], &[], "", 0)),
    ];
    at_once(cases, |_, (site, ids, args, said, code)| {
        Tail::new(&site)
            .args(["-W", "2s"])
            .args(args.iter().copied())
            .stdout(lines(ids))
            .stderr(said_only(said))
            .code(code)
            .run();
    });
}

#[test]
fn time_that_is_up_before_the_work_is_done_is_reported_by_the_exit_code() {
    let unfinished = following()
        .on(waiting_poll(-1), events(&[0]))
        .on(waiting_poll(0), Reply::hold());
    Tail::new(&unfinished.site())
        .args(["-W", "3s", "-C", "2"])
        .stdout(lines(&[0]))
        .code(124)
        .run();
    let undrained = server().on(poll_at_once(-1), Reply::hold());
    Tail::new(&undrained.site())
        .args(["-W", "400ms", "--once", "--queue-id", "q"])
        .stderr(said_only("not connected"))
        .code(124)
        .run();
}

#[test]
fn the_rest_of_a_batch_is_neither_printed_nor_acknowledged_when_the_count_is_reached() {
    let server = following().on(waiting_poll(-1), events(&[0, 1, 2]));
    Tail::new(&server.site())
        .args(["-C", "2"])
        .stdout(lines(&[0, 1]))
        .run();
    let polls = server.wait_requests(1, &Expect::poll());
    assert_eq!(polls.len(), 1);
    let delete = Expect::delete().param("queue_id", "q");
    assert!(server.comes_within(Duration::ZERO, &delete));
}

#[test]
fn only_printed_events_count() {
    let server = following()
        .on(waiting_poll(-1), events(&[0, 1]))
        .on(waiting_poll(1), events(&[2]))
        .on(waiting_poll(2), Reply::hold());
    Tail::new(&server.site())
        .args(["-C", "1", "-E", "typing", "-W", "3s"])
        .code(124)
        .run();
}

#[test]
fn something_that_cuts_each_waiting_poll_is_said_once() {
    let server = server()
        .on(Expect::register(), registered("q"))
        .always(waiting_poll(-1), Reply::nothing(Ending::Close))
        .always(poll_at_once(-1), events(&[]))
        .on(Expect::delete(), deleted());
    // Without messages nothing is compared with history, so that the poll after the next one waits again.
    let running = Tail::new(&server.site())
        .with_short_waits()
        .args(["-e", "reaction"])
        .stderr_on_terminal(200, 24)
        .start();
    server.wait_requests(5, &waiting_poll(-1));
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    let count = |part: &str| exit.stderr.matches(part).count();
    let counts = ["lost: ", "back: ", "something on the way cuts"].map(count);
    assert_eq!(counts, [2, 2, 1], "{exit}");
}
