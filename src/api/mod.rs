//! The server's HTTP API.
//!
//! [`endpoints`] has a method of [`Client`] for each request that is made, and what its answer holds.
//! [`client`] signs requests, over connections that [`tls`] makes safe, and keeps them below the server's
//! limit ([`pace`]); [`response`] sends one and reads its answer, small ones whole and lists while they
//! arrive ([`split`]). [`error`] has what came instead of an answer and what that means for the run,
//! [`retry_after`] how long the server wants to be left alone. What to do about a failure is decided by the
//! caller, and nothing is printed here.

mod client;
mod endpoints;
mod error;
mod pace;
mod proxy;
mod response;
mod retry_after;
pub mod split;
mod tls;

pub use client::{Account, Client, Trace};
pub use endpoints::{Anchor, ListOf, Register, Registered, Settings, Wait};
pub use error::{ApiError, Verdict};
pub use pace::Budget;
pub use proxy::Proxy;
pub use response::ListResponse;
pub use tls::Tls;
