//! From options, environment and wyzepalrc to values that are typed and final.
//!
//! Pure: the environment is a function, and the file's text is handed in. Finding and reading the file is
//! done in `account`.

use std::ffi::OsString;

mod login;
mod plan;
mod rc_place;

pub use login::{Login, account};
pub use plan::{Plan, Start};
pub use rc_place::{RcPlace, rc_place};

/// The environment, as a function that tests can replace.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;
