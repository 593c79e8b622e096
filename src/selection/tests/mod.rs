//! Kinds, what a narrow means however it is spelled, what is refused, and what goes to the server.

mod kinds;
mod narrow;
mod parse;
mod properties;
mod refusals;
mod server_narrow;

use super::narrow::{Narrow, Sender, Sign, Term, Test};

fn narrow(text: &str) -> Narrow {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn positive(test: Test) -> Term {
    Term {
        sign: Sign::Positive,
        test,
    }
}

fn negated(test: Test) -> Term {
    Term {
        sign: Sign::Negated,
        test,
    }
}

fn channel(name: &str) -> Test {
    Test::Channel(name.to_owned())
}

fn topic(name: &str) -> Test {
    Test::Topic(name.to_owned())
}

fn address(address: &str) -> Test {
    Test::Sender(Sender::Address(address.to_owned()))
}
