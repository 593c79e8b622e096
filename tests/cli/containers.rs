//! Bare systems: containers and services where files are missing that a person's machine has.
//!
//! As the first process of one: `endings`. Streams that are closed: `pipe.rs`.

use std::path::Path;

use crate::support::account::{EMAIL, KEY};
use crate::support::greeter::{HELLO, greeter, once};
use crate::support::run::{Expected, Home, NOWHERE, Tail};
use crate::support::slow::unshare;

/// A run in a file system of its own, changed by that script.
fn changed(tail: Tail, change: &str) -> Tail {
    let unshare = unshare("--mount");
    tail.within(&format!(
        "exec {unshare} sh -c '{change} && exec \"$@\"' sh \"$@\""
    ))
}

/// By variables alone, as containers are given them.
fn with_variables(tail: Tail, site: &str) -> Tail {
    tail.without_rc()
        .env("WYZEPAL_EMAIL", EMAIL)
        .env("WYZEPAL_API_KEY", KEY)
        .env("WYZEPAL_SITE", site)
}

#[test]
fn nothing_need_be_written() {
    let read_only = "mount -o remount,ro,bind /";
    let server = greeter();
    changed(
        with_variables(once(&server.site()), &server.site()),
        read_only,
    )
    .stdout(HELLO)
    .run();
    changed(Tail::new(NOWHERE), read_only)
        .args(["--cursor-file", "cursor"])
        .stderr(Expected::one_line(&[
            "cannot lock cursor file",
            "Read-only file system",
            "name one in a folder that can be written",
        ]))
        .code(1)
        .run();
}

#[test]
fn a_user_that_no_list_knows_needs_no_home() {
    // Any number: only root may take another one without a name space of users.
    let user = if rustix::process::geteuid().is_root() {
        "exec setpriv --reuid=12345 --regid=12345 --clear-groups env -u HOME \"$@\""
    } else {
        "exec unshare --user --map-user=12345 -- env -u HOME \"$@\""
    };
    let server = greeter();
    with_variables(once(&server.site()), &server.site())
        .within(user)
        .stdout(HELLO)
        .run();
    Tail::new(NOWHERE)
        .without_rc()
        .within(user)
        .stderr(Expected::one_line(&[
            "no email known",
            "no home folder",
            "HOME",
        ]))
        .code(2)
        .run();
}

#[test]
fn without_zones_times_are_in_utc() {
    let home = Home::new();
    home.write("log", HELLO);
    let zones = "/usr/share/zoneinfo";
    let change = if Path::new(zones).exists() {
        format!("mount -t tmpfs none {zones}")
    } else {
        "true".to_owned()
    };
    let run = || {
        let tail = Tail::new(NOWHERE).home(&home);
        changed(tail, &change).args(["--replay", "log", "-o", "summary"])
    };
    run()
        .env("TZ", "Europe/Berlin")
        .stdout(Expected::containing(&["14:00:00 #Denmark > castle"]))
        .stderr(Expected::one_line(&["TZ=Europe/Berlin", "UTC"]))
        .run();
    run()
        .env("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        .stdout(Expected::containing(&["15:00:00 #Denmark > castle"]))
        .run();
}
