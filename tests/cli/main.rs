//! The program as its users meet it: run against a server on loopback, and asked for what it
//! printed and how it ended.

mod auth;
mod config;
mod demo;
mod docs;
mod help;
mod interrupt;
mod json;
mod kinds;
mod lost;
mod narrow;
mod pipe;
mod queue;
mod readme;
mod recorded;
mod retry;
mod summary;
mod support;
