//! The server's HTTP API: one method of [`Client`] per endpoint, typed replies, all time limits.
//!
//! - **What is asked.** [`queue`] has events, [`history`] past messages, [`directory`] lists of people,
//!   channels and groups, [`about`] the server and the account themselves.
//! - **How.** [`client`] signs requests over connections that [`tls`] makes safe, [`response`] sends one and
//!   reads its answer: small ones whole ([`answer`]), lists while they arrive ([`scan`]).
//! - **What comes instead.** [`error`] says what happened and what it means for the run, [`retry_after`] how
//!   long the server wants to be left alone.
//!
//! Not for deciding what to do about a failure (`tail/link`) and never for printing.

mod about;
mod answer;
mod client;
pub mod directory;
mod error;
mod history;
mod queue;
mod response;
mod retry_after;
pub mod scan;
mod tls;

pub use about::{Me, Settings};
pub use client::{Account, Client, Trace};
pub use error::{ApiError, Verdict};
pub use history::{Anchor, PageEnd, PageQuery};
pub use queue::{Register, Registered, Wait};
pub use response::ListResponse;
pub use tls::Tls;
