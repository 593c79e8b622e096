//! https: whom the program trusts, how it shows who it is, and what it says where that fails.

use crate::support::model::{Model, Post};
use crate::support::run::Home;
use crate::support::run::{Expected, Tail};
use crate::support::tls::{Authority, Validity, serve};

/// The program, which prints one message of history over https and ends.
fn tail(site: &str, home: &Home) -> Tail {
    Tail::new(site).home(home).args(["--once", "-n", "1"])
}

fn model() -> Model {
    let model = Model::new();
    model.send(Post::direct("over https"));
    model
}

#[test]
fn a_server_with_a_certificate_of_the_bundle_is_trusted() {
    let (model, home, authority) = (model(), Home::new(), Authority::new());
    let port = serve(
        &model.site(),
        authority.sign("127.0.0.1", Validity::Good),
        None,
    );
    let bundle = home.write("ca.pem", &authority.pem);
    let site = format!("https://127.0.0.1:{port}");
    let printed = || Expected::containing(&["over https"]);
    tail(&site, &home)
        .args(["--cert-bundle", bundle.to_str().expect("UTF-8")])
        .stdout(printed())
        .run();
    tail(&site, &home)
        .env("WYZEPAL_CERT_BUNDLE", bundle.to_str().expect("UTF-8"))
        .stdout(printed())
        .run();
    // The system's certificates are those of this file then.
    tail(&site, &home)
        .env("SSL_CERT_FILE", bundle.to_str().expect("UTF-8"))
        .stdout(printed())
        .run();
}

#[test]
fn a_certificate_that_does_not_convince_ends_the_start_with_4() {
    let authority = Authority::new();
    for (name, host, validity, trusted, cause) in [
        (
            "unknown authority",
            "127.0.0.1",
            Validity::Good,
            false,
            "nobody known has signed it",
        ),
        (
            "another name",
            "chat.example.com",
            Validity::Good,
            true,
            "not valid for",
        ),
        ("expired", "127.0.0.1", Validity::Expired, true, "expired"),
    ] {
        let (model, home) = (model(), Home::new());
        let port = serve(&model.site(), authority.sign(host, validity), None);
        let other = Authority::new().pem;
        let bundle = home.write("ca.pem", if trusted { &authority.pem } else { &other });
        let exit = tail(&format!("https://127.0.0.1:{port}"), &home)
            .args(["--cert-bundle", bundle.to_str().expect("UTF-8")])
            .stderr(Expected::containing(&[
                "is not trusted",
                "127.0.0.1",
                "--cert-bundle",
            ]))
            .code(4)
            .run();
        assert!(exit.stderr.contains(cause), "{name}: {exit}");
        assert_eq!(exit.stderr.lines().count(), 1, "{name}: {exit}");
        assert_eq!(model.requests().len(), 0, "{name}");
    }
}

#[test]
fn insecure_trusts_anyone_and_warns() {
    let (model, home) = (model(), Home::new());
    let identity = Authority::new().sign("chat.example.com", Validity::Expired);
    let port = serve(&model.site(), identity, None);
    tail(&format!("https://127.0.0.1:{port}"), &home)
        .args(["--insecure"])
        .stdout(Expected::containing(&["over https"]))
        .stderr(Expected::containing(&[
            "warning: the certificate of",
            "is not checked",
        ]))
        .run();
}

#[test]
fn a_client_certificate_is_shown_from_two_files_or_one() {
    let (model, home, authority) = (model(), Home::new(), Authority::new());
    let own = authority.sign("tail-bot", Validity::Good);
    let server = authority.sign("127.0.0.1", Validity::Good);
    let port = serve(&model.site(), server, Some(&authority));
    let site = format!("https://127.0.0.1:{port}");
    let file = |name: &str, text: &str| {
        let path = home.write(name, text);
        path.to_str().expect("UTF-8").to_owned()
    };
    let bundle = file("ca.pem", &authority.pem);
    let certificate = file("cert.pem", &own.certificate_pem);
    let key = file("key.pem", &own.key_pem);
    let both = file(
        "both.pem",
        &format!("{}{}", own.certificate_pem, own.key_pem),
    );
    for arguments in [
        vec!["--client-cert", &certificate, "--client-cert-key", &key],
        vec!["--client-cert", &both],
    ] {
        tail(&site, &home)
            .args(["--cert-bundle", &bundle])
            .args(arguments)
            .stdout(Expected::containing(&["over https"]))
            .run();
    }
    tail(&site, &home)
        .args(["--cert-bundle", &bundle, "--give-up-after", "1s"])
        .stderr(Expected::containing(&["gave up: cannot reach"]))
        .code(4)
        .run();
}

#[test]
fn files_that_hold_no_certificate_are_named() {
    let home = Home::new();
    let nothing = home.write("nothing.pem", "no certificate\n");
    let nothing = nothing.to_str().expect("UTF-8");
    for (arguments, parts) in [
        (
            vec!["--cert-bundle", "/no/such.pem"],
            ["/no/such.pem", "No such file"],
        ),
        (vec!["--cert-bundle", nothing], [nothing, "no certificate"]),
        (
            vec!["--client-cert", nothing],
            [nothing, "cannot use certificate file"],
        ),
        (
            vec!["--client-cert-key", nothing],
            ["client certificate", "--client-cert FILE"],
        ),
    ] {
        let exit = tail("https://127.0.0.1:1", &home)
            .args(arguments)
            .stderr(Expected::containing(&parts))
            .code(2)
            .run();
        assert_eq!(exit.stderr.lines().count(), 1, "{exit}");
    }
}
