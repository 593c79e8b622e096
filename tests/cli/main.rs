//! The program as its users meet it: run against a server on loopback, and asked for what it
//! printed and how it ended.
//!
//! A module for each area of behaviour. How a test is written stands in `support`.

// Who asks whom.
/// Account, proxies, and refusals at the start.
mod auth;
/// Where address, key and site come from.
mod config;
/// Where files are missing that a person's machine has.
mod containers;
/// Certificates of both sides.
mod tls;

// What is asked for and printed.
/// Past messages.
mod history;
/// Kinds of event.
mod kinds;
/// Which messages.
mod narrow;
/// However it is spelled.
mod narrow_cases;
/// What happens to them.
mod narrow_follow;
/// Whom and what it names.
mod narrow_names;
/// Lines that were saved.
mod replay;
/// Which messages, without an option.
mod terms;

// How it is printed.
/// Conversations, on a terminal.
mod chat;
/// A line for every kind of event there is.
mod examples;
/// The server's bytes.
mod json;
/// Our own records among them.
mod meta;
/// Names for ids in them.
mod names;
/// Where stdout leads.
mod pipe;
/// Lines for people.
mod summary;

// Nothing lost, nothing twice.
/// Runs that go on where the last one ended.
mod cursor;
/// Whatever ends it, whatever it waits for.
mod endings;
/// What was missed is fetched.
mod gap;
/// How a signal ends it.
mod interrupt;
/// A queue that is gone or taken.
mod lost;
/// A queue while all is well.
mod queue;
/// Trouble on the way.
mod retry;
/// All of that in random order.
mod schedule;
/// What a journal and a service manager see of it.
mod service;
/// All of that for long.
mod soak;

// What may go wrong.
/// Files that are none, or not for us.
mod files;
/// Servers that are broken or mean it badly.
mod hostile;
/// What a real server answered.
mod recorded;
/// The key is shown nowhere.
mod secrets;

// The way in.
/// What `--check` finds.
mod check;
/// What completions offer in a shell.
mod completion;
/// The server inside.
mod demo;
/// Documents that are made from the options.
mod docs;
/// Help, and command lines that cannot be.
mod help;
/// The README's commands and claims.
mod readme;
/// Names that are kept for completion.
mod seen;
/// Options that always count.
mod variable;

mod support;
