//! Kinds, what a narrow means however it is spelled, what is refused, and what goes to the server.

mod arguments;
mod cases;
mod follow;
mod narrow;
mod odd_fields;
mod parse;
mod properties;
mod refusals;
mod server_narrow;
mod web_app;

use super::narrow::{ChannelRef, Directory, Narrow, Term, Test};
use super::people::{People, PersonRef};
use super::spelling::Spelling;
use crate::listed::Listed;

fn narrow(text: &str) -> Narrow {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Somebody on the server's list.
fn known(id: i64, address: &str) -> PersonRef {
    PersonRef::Known(Listed {
        id,
        address: address.to_owned(),
        ..Listed::default()
    })
}

/// A narrow of an account.
fn narrow_of(account: PersonRef, text: &str) -> Narrow {
    let directory = Directory {
        me: Some(account),
        ..Directory::default()
    };
    let mut narrow = narrow(text);
    narrow.resolve(&directory).expect(text);
    narrow
}

fn channel_with_id(id: i64) -> Test {
    Test::Channel(ChannelRef {
        id: Some(id),
        ..ChannelRef::default()
    })
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
    Test::Channel(ChannelRef {
        name: Some(Spelling::literal(name)),
        ..ChannelRef::default()
    })
}

fn topic(name: &str) -> Test {
    Test::Topic(Spelling::literal(name))
}

fn sender(written: &str) -> Test {
    Test::Sender(People::parse(written))
}
