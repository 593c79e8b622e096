//! People, bots and groups: who there is, what changed about them, who is there at the moment.

mod accounts;
mod changes;
mod groups;
mod lists;
mod presence;

pub use accounts::{realm_bot, realm_user};
pub use groups::user_group;
pub use lists::{custom_profile_fields, invites_changed, muted_users};
pub use presence::{presence, user_status};

#[cfg(test)]
mod tests;
