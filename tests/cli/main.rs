//! The program as its users meet it: run against a server on loopback, and asked for what it
//! printed and how it ended.

mod demo;
mod json;
mod recorded;
mod summary;
mod support;
