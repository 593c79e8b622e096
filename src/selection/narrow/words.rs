//! A narrow in the form of the search box, as notices and the cursor file have it: it reads back equal.
//!
//! Not for reading it (`parse.rs`).

use std::fmt;

use super::{Narrow, Sender, Sign, Term, Test};

impl fmt::Display for Narrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            term.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sign == Sign::Negated {
            f.write_str("-")?;
        }
        self.test.fmt(f)
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Test::Channel(name) => write!(f, "channel:{}", Operand(name)),
            Test::ChannelId(id) => write!(f, "channel-id:{id}"),
            Test::Topic(topic) => write!(f, "topic:{}", Operand(topic)),
            Test::Sender(Sender::Address(address)) => write!(f, "sender:{}", Operand(address)),
            Test::Sender(Sender::Id(id)) => write!(f, "sender:{id}"),
            Test::Sender(Sender::Me(_)) => f.write_str("sender:me"),
            Test::Is(state) => write!(f, "is:{}", state.name()),
        }
    }
}

/// An operand in the search box, quoted only where it would be read otherwise.
struct Operand<'a>(&'a str);

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0;
        if !text.starts_with('"') && !text.contains(char::is_whitespace) {
            return f.write_str(text);
        }
        f.write_str("\"")?;
        for c in text.chars() {
            if matches!(c, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        f.write_str("\"")
    }
}
