//! What people write as a server's address, and what becomes of it.

use proptest::prelude::*;

use super::*;

fn site(text: &str) -> Site {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn address_is_completed_as_in_the_bindings_without_their_faults() {
    for (input, base) in [
        ("example.com", "https://example.com"),
        ("localhost:9991", "http://localhost:9991"),
        ("localhost", "http://localhost"),
        ("localhost/x", "http://localhost/x"),
        ("LocalHost:9991", "http://localhost:9991"),
        ("localhost.example.com", "https://localhost.example.com"),
        ("127.0.0.1:9991", "https://127.0.0.1:9991"),
        ("[::1]:9991", "https://[::1]:9991"),
        ("http://127.0.0.1:9991", "http://127.0.0.1:9991"),
        ("a.com/x//", "https://a.com/x"),
        ("a.com/x/y", "https://a.com/x/y"),
        ("https://a/api/", "https://a"),
        ("https://a/api", "https://a"),
        ("https://a/api/v1/", "https://a"),
        ("https://a/x/api/v1", "https://a/x"),
        ("https://a/v1", "https://a/v1"),
        ("https://a/#narrow/dm/8-me@x.com?y", "https://a"),
        ("a.com/x/#", "https://a.com/x"),
        ("a.com.", "https://a.com."),
        ("https://a/x/api//", "https://a/x"),
        ("https://a/x//api", "https://a/x"),
        ("https://a/xapi", "https://a/xapi"),
        ("https://a/api/x", "https://a/api/x"),
        ("https://api", "https://api"),
        ("api", "https://api"),
        ("httpbin.x", "https://httpbin.x"),
        ("https.example.com", "https://https.example.com"),
        ("HTTPS://A", "https://a"),
        ("Http://A:80/X", "http://a/X"),
        ("https://a:443", "https://a"),
        (" example.com\r\n", "https://example.com"),
        ("bücher.example", "https://xn--bcher-kva.example"),
    ] {
        let site = site(input);
        assert_eq!(site.to_string(), base, "{input:?}");
        assert_eq!(base.parse(), Ok(site.clone()), "{input:?}");
        let endpoint = site.endpoint("events");
        let expected = format!("{base}/api/v1/events");
        assert_eq!(endpoint.as_str(), expected, "{input:?}");
    }
}

#[test]
fn endpoint_may_have_several_segments() {
    let url = site("a.com/x").endpoint("users/me/subscriptions");
    assert_eq!(
        url.as_str(),
        "https://a.com/x/api/v1/users/me/subscriptions"
    );
}

#[test]
fn endpoint_cannot_leave_its_path_by_special_characters() {
    let url = site("a.com").endpoint("messages?x=1#y");
    assert_eq!((url.query(), url.fragment()), (None, None));
}

#[test]
fn loopback_encryption_and_host_are_recognised() {
    for (input, loopback, https, host) in [
        ("localhost:9991", true, false, "localhost"),
        ("127.0.0.1:9991", true, true, "127.0.0.1"),
        ("http://127.8.9.1", true, false, "127.8.9.1"),
        ("http://[::1]:1", true, false, "[::1]"),
        ("http://[::2]:1", false, false, "[::2]"),
        ("http://10.0.0.1", false, false, "10.0.0.1"),
        (
            "localhost.example.com",
            false,
            true,
            "localhost.example.com",
        ),
        (
            "http://127.0.0.1.example.com",
            false,
            false,
            "127.0.0.1.example.com",
        ),
        ("HTTPS://Example.COM:8443/x", false, true, "example.com"),
    ] {
        let site = site(input);
        assert_eq!(site.is_loopback(), loopback, "{input}");
        assert_eq!(site.is_https(), https, "{input}");
        assert_eq!(site.0.host_str(), Some(host), "{input}");
    }
}

#[test]
fn text_that_is_no_address_is_refused_in_one_line() {
    for (input, expected) in [
        ("", "is empty"),
        (" \n", "is empty"),
        ("ftp://a.com", "starts with \"ftp\""),
        ("httpss://a.com", "starts with \"httpss\""),
        ("://a.com", "starts with \"\""),
        ("me@a.com", "has an `@`"),
        ("https://me@a.com", "has an `@`"),
        ("a.com?x=1", "has a `?` or `#`"),
        ("https://a.com#narrow/is/dm", "has a `?` or `#`"),
        ("/#narrow/is/dm", "is empty"),
        ("::1:9991", "in brackets, as in `[::1]:9991`"),
        ("http://fe80::1/x", "in brackets"),
        ("http:/a.com", "begins with http without its ://"),
        ("HTTPS:a.com", "begins with https without its ://"),
        ("https//a.com", "begins with https without its ://"),
        ("-a.com", "no possible host name"),
        ("a-.com", "no possible host name"),
        ("a$b.com", "no possible host name"),
        ("a..b", "no possible host name"),
        (".a", "no possible host name"),
        ("https://", "is no address: empty host"),
        ("https:///a.com", "is no address;"),
        ("/etc/wyzepalrc", "is no address;"),
        ("a.com b", "is no address;"),
        ("a.com\nb", "is no address;"),
        ("a.com/\u{7f}", "is no address;"),
        ("a.com\\b", "is no address;"),
        ("a.com:x", "is no address: invalid port"),
        ("a.com:70000", "is no address: invalid port"),
        ("[::1", "is no address: invalid IPv6"),
    ] {
        let error = input.parse::<Site>().unwrap_err();
        let message = error.as_str();
        assert!(message.contains(expected), "{input:?}: {message}");
        assert!(message.contains("`https://chat.example.com`"), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }
}

#[test]
fn password_in_the_address_is_shown_nowhere() {
    for input in [
        "https://user:s3cr3t@a.com",
        "user:s3cr3t@a.com",
        "https://user:s3cr3t/x@a.com",
        "https://user:1/s3cr3t@a.com",
        "ftp://user:s3cr3t@a.com",
        "s3cr3t://user@a.com",
        "https://a.com/?api_key=s3cr3t",
        "https://user:s3cr3t@[",
    ] {
        let error = input.parse::<Site>().unwrap_err();
        assert!(!error.contains("s3cr3t"), "{input}");
    }
}

proptest! {
       #[test]
       fn any_text_is_taken_or_refused(text in any::<String>()) {
           let _ = text.parse::<Site>();
       }

       #[test]
       fn what_is_taken_is_read_back_the_same(text in "(https?://)?[a-z0-9.:\\[\\]-]{1,12}[a-z/.%]{0,12}") {
           if let Ok(site) = text.parse::<Site>() {
               let again = site.to_string().parse::<Site>();
prop_assert_eq!(again.as_ref(), Ok(&site));
               prop_assert!(site.endpoint("events").path().ends_with("/api/v1/events"));
               prop_assert!(site.0.host_str().is_some_and(|host| !host.is_empty()));
           }
       }
   }
