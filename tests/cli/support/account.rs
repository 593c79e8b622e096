//! The account that the tests log in with, and what counts as a credential.

/// The login address. Not the one that messages carry.
pub const EMAIL: &str = "tail-bot@example.com";
/// The address as the API shows it.
pub const API_EMAIL: &str = "user24@chat.example.com";
/// The key, of the length that servers insist on.
pub const KEY: &str = "abcdefghijklmnopqrstuvwxyz012345";
/// `EMAIL:KEY` in base 64, as `Authorization: Basic` carries it.
pub const ENCODED: &str =
    "dGFpbC1ib3RAZXhhbXBsZS5jb206YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=";
/// The account's own id.
pub const USER_ID: i64 = 24;

/// A wyzepalrc with that address, our key, and that site.
pub fn rc(email: &str, site: &str) -> String {
    format!("[api]\nemail={email}\nkey={KEY}\nsite={site}\n")
}

/// Fields of events that hold credentials, by the documents of the servers; not the program's own list.
pub const CREDENTIALS: [&str; 5] = [
    "api_key",
    "token",
    "config_data",
    "email_address",
    "export_url",
];
