//! A list of all people, channels or groups, read to its end.

use crate::api::directory::{List, entries};
use crate::api::{ApiError, Client, Outlet};
use crate::output::names::{MOST, Named, Subject};
use crate::poller::Poller;

/// Reads a list; of one without end the first [`MOST`] entries.
pub fn list(client: &Client, poller: &Poller, subject: Subject) -> Result<Vec<Named>, ApiError> {
    let whose = match subject {
        Subject::Person => List::People,
        Subject::Channel => List::Channels,
        Subject::Group => List::Groups,
    };
    let (mut list, outlet) = (Vec::new(), Outlet::default());
    poller.drain(client.list(whose, &outlet), &outlet, |chunk| {
        for entry in entries(chunk).take(MOST - list.len()) {
            let address = entry.address.as_deref().unwrap_or_default();
            list.push(Named::new(entry.id, &entry.name, address));
        }
    })?;
    Ok(list)
}
