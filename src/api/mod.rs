//! The server's HTTP API: one method of [`Client`] per endpoint, typed replies, all time limits.
//!
//! - **What is asked.** [`queue`] has events, [`history`] past messages, [`directory`] lists of people,
//!   channels and groups, [`about`] the server and the account themselves.
//! - **How.** [`client`] signs requests over connections that [`tls`] makes safe, [`response`] sends one and
//!   reads its answer: small ones whole ([`answer`]), lists while they arrive ([`split`]). [`pace`] keeps
//!   requests below the server's limit.
//! - **What comes instead.** [`error`] says what a failure means for the run. [`refusal`] finds one in an
//!   answer, [`breakdown`] in an exchange that came to nothing, with [`distrust`] for certificates.
//!
//! Not for deciding what to do about a failure (`tail/link`) and never for printing.

mod about;
mod answer;
mod breakdown;
mod client;
pub mod directory;
mod distrust;
mod error;
mod history;
mod pace;
mod queue;
mod refusal;
mod response;
pub mod split;
mod tls;

pub use about::{Me, Settings};
pub use client::{Account, Client, EVENTS, Trace};
pub use error::{ApiError, Verdict};
pub use history::{Anchor, PageEnd, PageQuery};
pub use queue::{Register, Registered, Wait};
pub use response::ListResponse;
pub use tls::Tls;
