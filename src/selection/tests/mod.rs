//! Kinds, what a narrow means however it is spelled, what is refused, and what goes to the server.

mod arguments;
mod cases;
mod follow;
mod kinds;
pub mod narrow;
mod odd_fields;
mod parse;
mod properties;
mod refusals;
mod server_narrow;
mod web_app;

use super::narrow::{ChannelRef, Narrow, Term, Test};
use super::people::People;
use super::spelling::Spelling;

fn narrow(text: &str) -> Narrow {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn positive(test: Test) -> Term {
    Term {
        negated: false,
        test,
    }
}

fn negated(test: Test) -> Term {
    Term {
        negated: true,
        test,
    }
}

fn channel(name: &str) -> Test {
    Test::Channel(ChannelRef::named(Spelling::literal(name)))
}

fn topic(name: &str) -> Test {
    Test::Topic(Spelling::literal(name))
}

fn sender(written: &str) -> Test {
    Test::Sender(People::parse(written))
}
