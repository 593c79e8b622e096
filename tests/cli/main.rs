//! The program as its users meet it: run against a server on loopback, and asked for what it
//! printed and how it ended.

mod auth;
mod config;
mod docs;
mod help;
mod kinds;
mod narrow;
mod readme;
mod recorded;
mod support;
