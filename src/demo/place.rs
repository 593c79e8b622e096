//! Where something is said: a channel's topic, or a conversation of a few people.
//!
//! Not for narrows (`filter`) or for JSON (`wire`).

use std::borrow::Cow;

use super::roster::{Channel, Person, Privacy, Subscription};

/// Where a message stands. People of a direct message include the demo account: no others are played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A topic of a channel.
    Channel(&'static Channel, Cow<'static, str>),
    /// A conversation, the sender included.
    Direct(&'static [&'static Person]),
}

impl Place {
    /// A topic of `channel`.
    pub const fn topic(channel: &'static Channel, topic: &'static str) -> Place {
        Place::Channel(channel, Cow::Borrowed(topic))
    }

    /// The channel, unless this is a conversation.
    pub fn channel(&self) -> Option<&'static Channel> {
        match self {
            Place::Channel(channel, _) => Some(channel),
            Place::Direct(_) => None,
        }
    }

    /// Whether the demo account is told what happens here.
    pub fn is_followed(&self) -> bool {
        self.channel()
            .is_none_or(|channel| channel.subscription == Subscription::Subscribed)
    }

    /// Whether everybody may read here.
    pub fn is_public(&self) -> bool {
        self.channel()
            .is_some_and(|channel| channel.privacy == Privacy::Public)
    }
}
