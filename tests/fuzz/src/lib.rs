//! The parts of `wyzepal-tail` that read what others wrote, for the fuzz targets beside this folder.
//!
//! Not a library for anything else: the program has none. The files are those of the program itself,
//! and only as many as the targets need, since a large binary is slow to fuzz. Small stand-ins take the
//! place of types that would bring in the HTTP client.

pub use program::{
    api, cursor, delivery, error, event, fields, fsync, kind, listed, nearest, output, rcfile,
    secret, selection, site,
};

pub mod made;

#[path = "../../../src"]
#[allow(
    clippy::all,
    clippy::pedantic,
    dead_code,
    unfulfilled_lint_expectations,
    reason = "they are linted as the program that they are, not as a library that is used in part"
)]
mod program {
    pub mod cursor;
    pub mod delivery;
    pub mod event;
    pub mod fields;
    pub mod fsync;
    pub mod kind;
    pub mod listed;
    pub mod nearest;
    pub mod rcfile;
    pub mod secret;
    pub mod selection;
    pub mod site;

    pub mod api {
        //! The splitter, and what the cursor asks of an account.

        pub mod split;

        /// Whose events are read, as far as the cursor file has it.
        pub struct Account {
            /// The server.
            pub site: String,
            /// The login address.
            pub email: String,
        }
    }

    pub mod output {
        //! All that makes lines.

        pub mod chat;
        pub mod clock;
        pub mod contrast;
        pub mod credentials;
        pub mod json;
        pub mod meta;
        pub mod names;
        pub mod palette;
        pub mod sanitize;
        pub mod sentences;
        pub mod summary;
        pub mod text;
    }

    pub mod error {
        //! The errors of the cursor.

        /// Why a cursor file cannot be used.
        #[derive(Debug)]
        pub enum Error {
            /// It belongs to another run.
            Usage(String),
            /// It cannot be read or written.
            Failed(String),
        }
    }
}
