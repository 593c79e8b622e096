//! https: whom the program trusts, how it shows who it is, and what it says where that fails.

use crate::support::greeter::{HELLO, greeter, once};
use crate::support::model::{Model, Post};
use crate::support::run::{Expected, Home, Tail};
use crate::support::tls::{Authority, Identity, SelfSigned, Validity, serve};

/// The program, which prints one message of history over https and ends.
fn tail(site: &str, home: &Home) -> Tail {
    Tail::new(site).home(home).args(["--once", "-n", "1"])
}

fn model() -> Model {
    let model = Model::new();
    model.send(Post::direct("over https"));
    model
}

/// A home folder, and a way to put files there.
struct Files(Home);

impl Files {
    fn new() -> Files {
        Files(Home::new())
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.write(name, text);
        path.to_str().expect("UTF-8").to_owned()
    }
}

#[test]
fn a_server_with_a_certificate_of_the_bundle_is_trusted() {
    let (model, files, authority) = (model(), Files::new(), Authority::new());
    let identity = authority.sign("127.0.0.1", Validity::Good);
    let port = serve(&model.site(), identity, None);
    let bundle = files.write("ca.pem", &authority.pem);
    let site = format!("https://127.0.0.1:{port}");
    let printed = || Expected::containing(&["over https"]);
    tail(&site, &files.0)
        .args(["--cert-bundle", &bundle])
        .stdout(printed())
        .run();
    tail(&site, &files.0)
        .env("WYZEPAL_CERT_BUNDLE", &bundle)
        .stdout(printed())
        .run();
    // The system's certificates are those of this file then.
    tail(&site, &files.0)
        .env("SSL_CERT_FILE", &bundle)
        .stdout(printed())
        .run();
}

#[test]
fn a_certificate_that_does_not_convince_ends_the_start_with_4_and_says_what_to_do() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.write("ca.pem", &authority.pem);
    let other = files.write("other.pem", &Authority::new().pem);
    let own = |name, validity| Identity::self_signed(name, SelfSigned::Authority, validity);
    let named_otherwise = own("chat.example.com", Validity::Good);
    let over = own("127.0.0.1", Validity::Expired);
    let itself = [&named_otherwise, &over].map(|own| own.certificate_pem.as_str());
    let itself = files.write("itself.pem", &itself.concat());
    let good = || authority.sign("127.0.0.1", Validity::Good);
    let unknown = [
        "no certificate in",
        &other,
        "has signed it",
        "--cert-bundle FILE",
    ];
    let cases: [(&str, Identity, Trust, &[&str]); 7] = [
        ("unknown authority", good(), Trust::Bundle(&other), &unknown),
        (
            "unknown to the system",
            good(),
            Trust::System(&other),
            &["no CA that this system knows", "--cert-bundle FILE"],
        ),
        (
            "another name",
            authority.sign("chat.example.com", Validity::Good),
            Trust::Bundle(&ca),
            &["not valid for", "chat.example.com", "set site"],
        ),
        (
            "expired",
            authority.sign("127.0.0.1", Validity::Expired),
            Trust::Bundle(&ca),
            &["expired", "have it renewed"],
        ),
        (
            "an authority's own",
            own("127.0.0.1", Validity::Good),
            Trust::Bundle(&other),
            &["a CA's own", "name a file with it by --cert-bundle FILE"],
        ),
        (
            "in the bundle, of another name",
            named_otherwise,
            Trust::Bundle(&itself),
            &["not valid for", "chat.example.com", "set site"],
        ),
        (
            "in the bundle, expired",
            over,
            Trust::Bundle(&itself),
            &["expired", "have it renewed"],
        ),
    ];
    for (name, identity, trust, parts) in cases {
        let model = model();
        let port = serve(&model.site(), identity, None);
        let site = format!("https://127.0.0.1:{port}");
        let parts = [&["certificate of", &site, "is not trusted"], parts].concat();
        trust
            .apply(tail(&site, &files.0))
            .stderr(Expected::one_line(&parts))
            .code(4)
            .run();
        assert_eq!(model.requests().len(), 0, "{name}");
    }
}

/// Whose word the program takes.
#[derive(Clone, Copy)]
enum Trust<'a> {
    Bundle(&'a str),
    System(&'a str),
}

impl Trust<'_> {
    fn apply(self, tail: Tail) -> Tail {
        match self {
            Trust::Bundle(file) => tail.args(["--cert-bundle", file]),
            Trust::System(file) => tail.env("SSL_CERT_FILE", file),
        }
    }
}

#[test]
fn a_server_is_trusted_by_its_own_certificate_whoever_has_signed_it() {
    let own = |says| Identity::self_signed("127.0.0.1", says, Validity::Good);
    for (signed_by, identity) in [
        ("itself, as a server", own(SelfSigned::Server)),
        ("itself, as an authority", own(SelfSigned::Authority)),
        (
            "one that is not in the bundle",
            Authority::new().sign("127.0.0.1", Validity::Good),
        ),
    ] {
        let (model, files) = (model(), Files::new());
        let itself = files.write("server.pem", &identity.certificate_pem);
        let port = serve(&model.site(), identity, None);
        let exit = tail(&format!("https://127.0.0.1:{port}"), &files.0)
            .args(["--cert-bundle", &itself])
            .stdout(Expected::like(|_| true))
            .run();
        assert!(exit.stdout.contains("over https"), "{signed_by}: {exit}");
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
    let (model, files, authority) = (model(), Files::new(), Authority::new());
    let own = authority.sign("tail-bot", Validity::Good);
    let server = authority.sign("127.0.0.1", Validity::Good);
    let port = serve(&model.site(), server, Some(&authority));
    let site = format!("https://127.0.0.1:{port}");
    let bundle = files.write("ca.pem", &authority.pem);
    let certificate = files.write("cert.pem", &own.certificate_pem);
    let key = files.write("key.pem", &own.key_pem);
    let both = |identity: &Identity| format!("{}{}", identity.certificate_pem, identity.key_pem);
    let own = files.write("both.pem", &both(&own));
    for arguments in [
        vec!["--client-cert", &certificate, "--client-cert-key", &key],
        vec!["--client-cert", &own],
    ] {
        tail(&site, &files.0)
            .args(["--cert-bundle", &bundle])
            .args(arguments)
            .stdout(Expected::containing(&["over https"]))
            .run();
    }
    let stranger = Authority::new().sign("tail-bot", Validity::Good);
    let expired = authority.sign("tail-bot", Validity::Expired);
    let stranger = files.write("stranger.pem", &both(&stranger));
    let expired = files.write("expired.pem", &both(&expired));
    let refused: [(&[&str], &[&str]); 3] = [
        (&[], &["wants a client certificate", "--client-cert FILE"]),
        (
            &["--client-cert", &stranger],
            &[&stranger, "UnknownCA", "--client-cert FILE"],
        ),
        (
            &["--client-cert", &expired],
            &[&expired, "CertificateExpired"],
        ),
    ];
    for (arguments, parts) in refused {
        tail(&site, &files.0)
            .args(["--cert-bundle", &bundle])
            .args(arguments.iter().copied())
            .stderr(Expected::one_line(
                &[&[site.as_str(), "does not let us in"], parts].concat(),
            ))
            .code(4)
            .run();
    }
}

/// The run ends with one line, in which all of these are.
#[track_caller]
fn assert_named(files: &Files, arguments: &[&str], parts: &[&str]) {
    tail("https://127.0.0.1:1", &files.0)
        .args(arguments)
        .stderr(Expected::one_line(parts))
        .code(2)
        .run();
}

fn block(what: &str, text: &str) -> String {
    format!("-----BEGIN {what}-----\n{text}\n-----END {what}-----\n")
}

#[test]
fn files_of_authorities_that_cannot_be_used_are_named_with_what_to_do() {
    let files = Files::new();
    let cases = [
        ("/no/such.pem".to_owned(), "No such file"),
        (
            files.write("nothing.pem", "no certificate\n"),
            "no certificate",
        ),
        (
            files.write("garbage.pem", &block("CERTIFICATE", "AAAA")),
            "no certificate",
        ),
    ];
    for (file, part) in &cases {
        let parts = [file, "cannot use certificate file", part];
        assert_named(&files, &["--cert-bundle", file], &parts);
    }
    for (file, _) in &cases[..2] {
        tail("https://127.0.0.1:1", &files.0)
            .env("SSL_CERT_FILE", file)
            .stderr(Expected::one_line(&[
                "certificates of this system",
                "SSL_CERT_FILE",
                "--cert-bundle FILE",
            ]))
            .code(2)
            .run();
    }
}

#[test]
fn files_of_our_own_that_cannot_be_used_are_named_with_what_to_do() {
    let (authority, files) = (Authority::new(), Files::new());
    let own = authority.sign("tail-bot", Validity::Good);
    let another = authority.sign("another", Validity::Good);
    let certificate = files.write("cert.pem", &own.certificate_pem);
    let key = files.write("key.pem", &own.key_pem);
    let another = files.write("another.pem", &another.key_pem);
    let locked = files.write("locked.pem", &block("ENCRYPTED PRIVATE KEY", "AAAA"));
    let bundle = files.write("ca.pem", &authority.pem);
    let no_key = ["private key", "--client-cert-key FILE"];
    // The certificate, its key, and what is said beside their names.
    let cases: [(&str, Option<&str>, &[&str]); 5] = [
        ("/no/such.pem", None, &["No such file"]),
        (&certificate, None, &no_key),
        (&certificate, Some(&certificate), &no_key),
        (&certificate, Some(&locked), &["not encrypted"]),
        (&certificate, Some(&another), &["KeyMismatch"]),
    ];
    for (certificate, key, parts) in cases {
        let mut arguments = vec!["--cert-bundle", &bundle, "--client-cert", certificate];
        let mut parts = [&[certificate], parts].concat();
        if let Some(key) = key {
            arguments.extend(["--client-cert-key", key]);
            parts.push(key);
        }
        assert_named(&files, &arguments, &parts);
    }
    let missing = [
        "--client-cert",
        &certificate,
        "--client-cert-key",
        "/no/key",
    ];
    assert_named(&files, &missing, &["/no/key", "No such file"]);
    let alone = ["--client-cert-key", &key];
    assert_named(&files, &alone, &["--client-cert FILE"]);
}

#[test]
fn files_for_tls_that_plain_http_does_not_use_are_warned_of() {
    let server = greeter();
    once(&server.site())
        .args(["--cert-bundle", "nofile", "--client-cert", "none"])
        .stdout(HELLO)
        .stderr(format!(
            "wyzepal-tail: warning: --cert-bundle (cert_bundle) nofile is not used: {site} is not https\n\
             wyzepal-tail: warning: --client-cert (client_cert) none is not used: {site} is not https\n",
            site = server.site()
        ))
        .run();
}
