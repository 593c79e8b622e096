//! How the program shows who it is, on which way, and what it makes of a refusal.
//!
//! Not for where address, key and site come from (`config.rs`), and not for refusals later in a run.

use std::collections::BTreeSet;

use crate::support::account::{EMAIL, KEY};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::greeter::{HELLO, accounts, greeter, greeter_below, once};
use crate::support::model::Model;
use crate::support::reply::Reply;
use crate::support::run::{Expected, NOWHERE, Tail};
use crate::support::running::Signal;
use crate::support::server::Server;

#[test]
fn a_wrong_key_ends_it_after_one_request() {
    for model in [Model::new(), Model::old()] {
        let site = model.site();
        once(&site)
            .env("WYZEPAL_API_KEY", "0123456789abcdefghijklmnopqrstuv")
            .stderr(Expected::one_line(&[
                "error: ",
                "Invalid API key",
                "(401)",
                "check email, key and site (email from config file ",
                ", key from WYZEPAL_API_KEY, site from config file ",
            ]))
            .code(3)
            .run();
        assert_eq!(model.requests().len(), 1);
    }
}

#[test]
fn a_refusal_at_the_start_ends_it_with_its_own_code() {
    let page = |status| Reply::text(status, "text/html", "<html>\n<h1>No</h1>\n</html>\n");
    let cases: [(&str, Reply, i32, &[&str]); 5] = [
        (
            "deactivated",
            Reply::error(401, "UNAUTHORIZED", "Account is deactivated"),
            3,
            &["Account is deactivated", "(401)"],
        ),
        (
            "forbidden",
            Reply::error(403, "USER_DEACTIVATED", "Not yours"),
            3,
            &["Not yours", "(403)"],
        ),
        ("401 page", page(401), 3, &["401", "key"]),
        ("404 page", page(404), 2, &["no such server", "check site"]),
        ("400 page", page(400), 2, &["400", "check site"]),
    ];
    for (name, reply, code, parts) in cases {
        // Whatever is asked for first; nothing is asked for twice.
        let server = Server::new()
            .on(Expect::history().optional(), reply.clone())
            .on(Expect::register().optional(), reply);
        let exit = once(&server.site()).start().wait_exit();
        assert_eq!(exit.code, Some(code), "{name}\n{exit}");
        assert!(!server.requests().is_empty(), "{name}");
        assert_eq!(exit.stderr.matches("error: ").count(), 1, "{name}\n{exit}");
        for part in parts {
            assert!(exit.stderr.contains(part), "{name}: no {part:?}\n{exit}");
        }
    }
}

#[test]
fn a_redirection_is_not_followed_but_named() {
    for status in [302, 308] {
        // A request there would not be in its script.
        let elsewhere = Server::new();
        let target = format!("{}/api/v1/elsewhere", elsewhere.site());
        let reply = Reply::text(status, "text/html", "").header("Location", &target);
        let server = Server::new()
            .on(Expect::history().optional(), reply.clone())
            .on(Expect::register().optional(), reply);
        once(&server.site())
            .stderr(Expected::one_line(&[
                "redirects",
                &elsewhere.site(),
                "set site",
            ]))
            .code(2)
            .run();
        assert_eq!(elsewhere.connections(), 0, "{status}");
    }
}

#[test]
fn every_request_says_who_and_what_asks() {
    let server = greeter();
    once(&server.site())
        .args(["--narrow", "sender:me", "--narrow", "stream:Denmark"])
        .stdout(HELLO)
        .run();
    let expected = format!("{EMAIL}:{KEY}");
    assert_eq!(accounts(&server), [expected]);
    let steps: BTreeSet<String> = server
        .requests()
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    for step in [
        "GET /api/v1/users/me",
        "POST /api/v1/register",
        "GET /api/v1/events",
        "DELETE /api/v1/events",
    ] {
        assert!(steps.contains(step), "{steps:?}");
    }
    for request in server.requests() {
        let agent = request.header("User-Agent").unwrap_or_default();
        assert_eq!(
            agent,
            concat!("wyzepal-tail/", env!("CARGO_PKG_VERSION")),
            "{request:?}"
        );
        // An Accept with text/html would be answered with the login page.
        assert_eq!(
            request.header("Accept"),
            Some("application/json"),
            "{request:?}"
        );
    }
}

#[test]
fn the_most_talkative_run_says_nothing_of_the_key() {
    let server = greeter();
    let exit = once(&server.site())
        .args(["-vv", "--narrow", "stream:Denmark"])
        .stdout(HELLO)
        .stderr(Expected::containing(&[
            EMAIL,
            "register: 200",
            "events: 200",
            "bytes",
        ]))
        .run();
    let header = server.requests()[0]
        .header("Authorization")
        .expect("credentials")
        .to_owned();
    let encoded = header.strip_prefix("Basic ").expect("basic authentication");
    assert!(!exit.stderr.contains(KEY), "{exit}");
    assert!(!exit.stderr.contains(encoded), "{exit}");
}

#[test]
fn the_key_over_plain_http_warns_beyond_this_machine() {
    let server = greeter();
    // Leads here, but is no loopback address.
    let site = server.site().replace("127.0.0.1", "0.0.0.0");
    once(&site)
        .stdout(HELLO)
        .stderr(Expected::one_line(&[
            "warning: ",
            "clear text",
            "not https",
        ]))
        .run();
    once(&site).args(["-q"]).stdout(HELLO).run();
    once(&server.site()).stdout(HELLO).run();
}

#[test]
fn a_proxy_is_asked_for_the_whole_address() {
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let proxy = greeter_below("http://chat.example.com");
        once("http://chat.example.com")
            .args(["-q"])
            .env(variable, proxy.site())
            .stdout(HELLO)
            .run();
        assert!(!proxy.requests().is_empty(), "{variable}");
    }
}

#[test]
fn a_proxy_for_https_is_asked_for_a_tunnel() {
    let tunnel = Expect::tunnel("chat.example.com:443");
    let proxy = Server::new().always(tunnel.clone(), Reply::html_502());
    let running = Tail::new("https://chat.example.com")
        .env("HTTPS_PROXY", proxy.site())
        .start();
    // Its refusal is trouble on the way, which may pass: so it is asked again.
    for request in proxy.wait_requests(2, &tunnel) {
        assert_eq!(request.credentials(), None);
    }
    running.signal(Signal::TERM);
    assert_eq!(running.wait_exit().stderr, "");
}

#[test]
fn trouble_with_a_proxy_names_it_and_where_it_comes_from() {
    let refusal = |status| Reply::text(status, "text/html", "<h1>Go away</h1>");
    let tunnel = Expect::tunnel("chat.example.com:443");
    let cases = [
        (
            "https://chat.example.com",
            "HTTPS_PROXY",
            407,
            3,
            "wants a login (407)",
        ),
        (
            "https://chat.example.com",
            "https_proxy",
            403,
            4,
            "does not let us through",
        ),
        (
            "https://chat.example.com",
            "ALL_PROXY",
            502,
            4,
            "does not let us through",
        ),
        (
            "http://chat.example.com",
            "HTTP_PROXY",
            407,
            3,
            "wants a login (407)",
        ),
        (
            "http://chat.example.com",
            "http_proxy",
            403,
            3,
            "chat.example.com answers 403",
        ),
        (
            "http://chat.example.com",
            "HTTP_PROXY",
            404,
            2,
            "chat.example.com is no such server",
        ),
        (
            "http://chat.example.com",
            "HTTP_PROXY",
            502,
            4,
            "chat.example.com answers 502",
        ),
    ];
    let cases = cases.map(|case| (format!("{} {}", case.1, case.2), case));
    at_once(cases, |_, (site, variable, status, code, cause)| {
        let proxy = Server::new();
        let proxy = if site.starts_with("https") {
            proxy.always(tunnel.clone(), refusal(status))
        } else {
            proxy.always(
                Expect::register().below("http://chat.example.com"),
                refusal(status),
            )
        };
        // The password is not for others to see.
        let address = proxy.site().replace("http://", "http://me:s3cret@");
        let expected = [cause, &format!("the proxy {} ({variable})", proxy.site())];
        let is_told = {
            let expected = expected.map(str::to_owned);
            move |text: &str| {
                expected.iter().all(|part| text.contains(part)) && !text.contains("s3cret")
            }
        };
        Tail::new(site)
            .args(["-q", "-e", "reaction", "--give-up-after", "1s"])
            .env(variable, address)
            .code(code)
            .stderr(Expected::like(is_told))
            .run();
    });
    Tail::new("https://chat.example.com")
        .args(["-e", "reaction", "--give-up-after", "1s"])
        .env("HTTPS_PROXY", NOWHERE)
        .code(4)
        .stderr(Expected::one_line(&[
            "cannot reach https://chat.example.com: by the proxy http://127.0.0.1:1 (HTTPS_PROXY): Connection refused",
        ]))
        .run();
}

#[test]
fn a_proxy_that_speaks_no_http_is_not_taken_for_the_site() {
    let register = Expect::register().below("http://chat.example.com");
    let proxy = Server::new().always(register, Reply::raw(*b"\x15\x03\x03\0\x02\x02\x46"));
    Tail::new("http://chat.example.com")
        .args(["-q", "-e", "reaction", "--give-up-after", "1s"])
        .env("HTTP_PROXY", proxy.site())
        .code(4)
        .stderr(Expected::like(|text| {
            text.contains("by the proxy http://127.0.0.1:") && !text.contains("https://")
        }))
        .run();
}

#[test]
fn a_proxy_that_cannot_be_one_is_a_usage_error() {
    let told = || Expected::one_line(&["HTTPS_PROXY names no proxy", "without quotes"]);
    let tail = || {
        Tail::new("https://chat.example.com")
            .env("HTTPS_PROXY", "\"http://proxy:3128\"")
            .code(2)
    };
    tail().stderr(told()).run();
    tail().args(["--check"]).stdout(told()).run();
}

#[test]
fn plain_http_to_a_port_that_speaks_tls_says_so() {
    let page = "<h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port";
    let alert = b"\x15\x03\x03\0\x02\x02\x46";
    for (reply, code, hint) in [
        (
            Reply::text(400, "text/html", page),
            2,
            "begin with https://",
        ),
        (
            Reply::raw(*alert),
            4,
            "if it speaks TLS, write https://127.0.0.1:",
        ),
    ] {
        let server = Server::new().always(Expect::register(), reply);
        Tail::new(&server.site())
            .args(["-e", "reaction", "--give-up-after", "1s"])
            .code(code)
            .stderr(Expected::one_line(&[hint]))
            .run();
    }
}

#[test]
fn no_proxy_is_used_for_hosts_that_are_excepted() {
    let server = greeter();
    let site = server.site().replace("127.0.0.1", "0.0.0.0");
    once(&site)
        .args(["-q"])
        .env("HTTP_PROXY", NOWHERE)
        .env("NO_PROXY", "example.org,0.0.0.0")
        .stdout(HELLO)
        .run();
}

#[test]
fn the_key_does_not_leave_this_machine_by_a_proxy_if_the_server_is_here() {
    let server = greeter();
    let localhost = server.site().replace("127.0.0.1", "localhost");
    for site in [&server.site(), &localhost] {
        once(site).env("HTTP_PROXY", NOWHERE).stdout(HELLO).run();
    }
    Tail::new(NOWHERE)
        .without_rc()
        .args(["--demo", "-C", "1", "-W", "10s", "-o", "json"])
        .env("HTTP_PROXY", NOWHERE)
        .stdout(Expected::like(|text| text.lines().count() == 1))
        .run();
}
