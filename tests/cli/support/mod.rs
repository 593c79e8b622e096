//! What the tests of the command line stand on: servers to talk to, a way to run the program, recorded data.
//!
//! A test is a script for a server, a run of the program, and what has to come of it:
//!
//! ```text
//! use crate::support::answers::{events, following, lines, poll};
//! use crate::support::reply::Reply;
//! use crate::support::run::{Expected, Tail};
//!
//! #[test]
//! fn a_refused_account_ends_it_and_what_came_before_is_printed() {
//!     let server = following()                                   // lets us in, with the queue `q`
//!         .on(poll("q", -1), events(&[0, 1]))                    // the first poll gets two events
//!         .on(poll("q", 1), Reply::error(401, "", "go away"));   // the next one, which has to come
//!     Tail::new(&server.site())                                  // an rc file for this server
//!         .args(["-e", "typing"])
//!         .stdout(lines(&[0, 1]))                                // these lines and no others
//!         .stderr(Expected::one_line(&["error: ", "go away"]))   // what is not said must be empty
//!         .code(3)                                               // what is not said must be 0
//!         .run();
//! }                                                              // a request off the script fails it here
//! ```
//!
//! `start()` in place of `run()` gives a program that runs (`running`): wait for its lines, signal it, close
//! its stdout, then `wait_exit()`. Nobody sleeps: wait for what the server sees (`wait_held`, `wait_requests`)
//! or the program prints (`wait_line`, `wait_stderr`).
//!
//! | what the test is about | what it stands on |
//! |---|---|
//! | requests one by one, and answers that are broken in any way | `server`, with `expect`, `reply`, `answers` |
//! | only what comes out in the end, whatever is asked | `model`, a small events server with faults; `tally` |
//! | what is made of given events | `takeover` |
//! | who asks: accounts, sites, proxies | `greeter` |
//! | certificates | `tls`, in front of any of these |
//! | nobody who answers, a slow disk, a name without an address | `silent`, `slow` |
//! | long runs | `model`, `vitals` |
//!
//! Many cases that wait go to `cases::at_once`. That they notice what is wrong is
//! tested in `selftest`.

pub mod account;
pub mod answers;
pub mod board;
pub mod cases;
pub mod expect;
pub mod fixtures;
pub mod gate;
pub mod greeter;
pub mod http;
pub mod listener;
pub mod model;
pub mod reply;
pub mod repository;
pub mod run;
pub mod running;
pub mod screen;
pub mod server;
pub mod silent;
pub mod slow;
pub mod takeover;
pub mod tally;
pub mod terminal;
pub mod times;
pub mod tls;
pub mod vitals;

mod selftest;
