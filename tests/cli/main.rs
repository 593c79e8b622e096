//! The program as its users meet it: run against a server on loopback, and asked for what it
//! printed and how it ended.

mod auth;
mod check;
mod completion;
mod config;
mod cursor;
mod demo;
mod docs;
mod examples;
mod files;
mod gap;
mod help;
mod history;
mod hostile;
mod interrupt;
mod json;
mod kinds;
mod lost;
mod meta;
mod names;
mod narrow;
mod pipe;
mod queue;
mod readme;
mod recorded;
mod replay;
mod retry;
mod schedule;
mod secrets;
mod service;
mod soak;
mod summary;
mod support;
mod tls;
