//! The organization: its settings, what it adds to messages, copies of its data.
//!
//! Not for its people and channels, which have folders of their own.

mod custom;
mod exports;
mod realm;

pub use custom::{realm_emoji, realm_filters, realm_linkifiers, realm_playgrounds};
pub use exports::{realm_export, realm_export_consent};
pub use realm::{realm, realm_billing, realm_domains, realm_user_settings_defaults};

#[cfg(test)]
mod tests;
