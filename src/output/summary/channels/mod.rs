//! Channels: new, changed and gone, who has subscribed to them, how they and their topics are arranged.

mod arrangement;
mod channel;
mod stream;
mod subscriptions;
mod topics;

pub use arrangement::{channel_folder, default_stream_groups, default_streams};
pub use stream::stream;
pub use subscriptions::subscription;
pub use topics::{muted_topics, user_topic};

#[cfg(test)]
mod tests;
