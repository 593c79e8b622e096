//! Names that runs keep for completion: which, of whom, and when not.
//!
//! Not for what shells make of them (`completion.rs`), nor for how many (unit tests of `seen`).

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::account::EMAIL;
use crate::support::model::{Model, Post};
use crate::support::run::{Expected, Home, Tail};
use crate::support::running::Signal;
use crate::support::tally::message_ids;

const NAMES: &str = ".cache/wyzepal-tail/names";

fn names(home: &Home) -> Option<String> {
    fs::read_to_string(home.path(NAMES)).ok()
}

/// A run that prints the last messages.
fn last(model: &Model, home: &Home) -> Tail {
    Tail::new(&model.site())
        .home(home)
        .args(["--once", "-n", "100"])
        .stdout(Expected::like(|_| true))
}

#[test]
fn a_run_leaves_the_names_that_it_has_seen_to_the_next_one() {
    let (model, home) = (Model::new(), Home::new());
    model.send(Post::new("Denmark", "lunch plans", "x"));
    model.send(Post::new("Verona", "C++", "x"));
    model.send(Post::direct("x"));
    model.send(Post::new("Denmark", "castle", "x"));
    last(&model, &home).run();
    let heading = format!("# {} {EMAIL}\n", model.site());
    let first = "topic:lunch+plans channel:Denmark\nchannel:Verona\ntopic:C%2B%2B channel:Verona\n\
                 channel:Denmark\ntopic:castle channel:Denmark\n";
    assert_eq!(names(&home), Some(format!("{heading}{first}")));
    let rights = fs::metadata(home.path(NAMES))
        .expect("a file")
        .permissions();
    assert_eq!(rights.mode() & 0o777, 0o600);
    // Another account, and what is not printed counts too, however the run ends.
    let elsewhere = Model::new();
    let running = Tail::new(&elsewhere.site())
        .home(&home)
        .args(["-topic:late"])
        .start();
    elsewhere.wait_idle();
    elsewhere.send(Post::new("Denmark", "late", "x"));
    elsewhere.wait_idle();
    running.signal(Signal::TERM);
    assert_eq!(running.wait_exit().stdout, "");
    let other = format!(
        "# {} {EMAIL}\nchannel:Denmark\ntopic:late channel:Denmark\n",
        elsewhere.site()
    );
    assert_eq!(names(&home), Some(format!("{other}{heading}{first}")));
    // The first one again.
    last(&model, &home).args(["topic:lunch plans"]).run();
    let again = "channel:Verona\ntopic:C%2B%2B channel:Verona\ntopic:castle channel:Denmark\n\
                 channel:Denmark\ntopic:lunch+plans channel:Denmark\n";
    assert_eq!(names(&home), Some(format!("{heading}{again}{other}")));
}

#[test]
fn the_folder_is_where_xdg_says() {
    let (model, home) = (Model::new(), Home::new());
    model.send(Post::lunch("x"));
    let elsewhere: PathBuf = home.path("elsewhere");
    last(&model, &home).env("XDG_CACHE_HOME", &elsewhere).run();
    assert_eq!(names(&home), None);
    assert!(elsewhere.join("wyzepal-tail/names").is_file());
}

#[test]
fn the_demo_a_replay_and_a_check_leave_none() {
    let (model, home) = (Model::new(), Home::new());
    model.send(Post::lunch("x"));
    let message = last(&model, &Home::new()).run().stdout;
    for args in [
        &["--demo", "--once", "-n", "9"][..],
        &["--check", "-n", "9"],
        &["--replay", "-"],
    ] {
        Tail::new(&model.site())
            .home(&home)
            .args(args.iter().copied())
            .stdin(message.as_str())
            .stdout(Expected::like(|text| !text.is_empty()))
            .run();
    }
    assert!(!home.path(".cache").exists());
}

#[test]
fn an_empty_file_that_cannot_be_written_stops_it() {
    let (model, home) = (Model::new(), Home::new());
    model.send(Post::lunch("x"));
    fs::create_dir_all(home.path(".cache/wyzepal-tail")).expect("a folder");
    let file = home.write(NAMES, "");
    fs::set_permissions(&file, Permissions::from_mode(0o400)).expect("rights");
    last(&model, &home).run();
    assert_eq!(names(&home).as_deref(), Some(""));
}

#[test]
fn a_place_that_cannot_be_written_is_no_word() {
    let (model, home) = (Model::new(), Home::new());
    model.send(Post::lunch("x"));
    // A file in the folder's place; a damaged one in the file's.
    home.write(".cache", "");
    last(&model, &home).run();
    fs::remove_file(home.path(".cache")).expect("removed");
    fs::create_dir_all(home.path(NAMES)).expect("a folder");
    last(&model, &home).run();
    fs::remove_dir(home.path(NAMES)).expect("removed");
    fs::write(home.path(NAMES), b"\xff\xfe# x\n").expect("written");
    last(&model, &home).run();
    let text = names(&home).expect("text");
    assert!(
        text.ends_with("\nchannel:Denmark\ntopic:lunch channel:Denmark\n"),
        "{text}"
    );
}

#[test]
fn each_name_is_a_term_that_finds_its_messages() {
    let (model, home) = (Model::new(), Home::new());
    let topics = [
        "lunch plans",
        "C++ & 50%",
        "✔ it's \"done\"",
        "a%20b",
        "x: #1",
    ];
    let ids = topics.map(|topic| model.send(Post::new("Denmark", topic, "x")));
    last(&model, &home).run();
    let names = names(&home).expect("names");
    let terms: Vec<&str> = names
        .lines()
        .filter(|line| line.starts_with("topic:"))
        .collect();
    assert_eq!(terms.len(), topics.len(), "{names}");
    for (term, id) in terms.into_iter().zip(ids) {
        let exit = last(&model, &home).args([term]).run();
        assert_eq!(message_ids(&exit.stdout), [id], "{term}");
    }
}
