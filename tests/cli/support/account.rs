//! The account that the tests log in with.

/// The login address. Not the one that messages carry.
pub const EMAIL: &str = "tail-bot@example.com";
/// The address as the API shows it.
pub const API_EMAIL: &str = "user24@chat.example.com";
/// The key, of the length that servers insist on.
pub const KEY: &str = "abcdefghijklmnopqrstuvwxyz012345";
/// The account's own id.
pub const USER_ID: i64 = 24;
