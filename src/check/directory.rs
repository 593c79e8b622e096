//! The people and channels that a narrow names, and whether they are there.
//!
//! Not for keeping names (`output/names.rs`). Endpoints: `api/directory.rs`.

use super::Parts;
use super::report::Report;
use crate::api::directory::{Entry, entries};
use crate::api::{ApiError, Outlet};
use crate::error::Error;
use crate::nearest::nearest;
use crate::output::meta::Subject;
use crate::selection::narrow::Narrow;
use crate::selection::narrow::doubt::Reference;

/// A person or a channel that there is.
struct Named {
    id: i64,
    name: String,
    address: String,
}

/// What an organization has that a narrow can name; none where it could not be read.
#[derive(Default)]
pub struct Directory {
    channels: Option<Vec<Named>>,
    people: Option<Vec<Named>>,
}

/// Why a narrow never matches, and what to do.
pub struct Reason {
    /// In words.
    pub text: String,
    /// Where there is something to do.
    pub advice: Option<String>,
}

/// Reads what the narrows refer to, and only that.
pub fn directory(parts: &Parts, report: &mut Report) -> Result<Directory, Error> {
    let narrows = &parts.plan.selection.narrows;
    let is_channel = |reference: &Reference| {
        matches!(reference, Reference::Channel(_) | Reference::ChannelId(_))
    };
    let references = || narrows.iter().flat_map(Narrow::references);
    let (channels, people) = (
        references().any(|reference| is_channel(&reference)),
        references().any(|reference| !is_channel(&reference)),
    );
    let (client, poller) = (&parts.client, &parts.poller);
    let mut directory = Directory::default();
    if channels {
        let (mut list, outlet) = (Vec::new(), Outlet::default());
        let answer = poller.drain(client.channels(&outlet), &outlet, |chunk| {
            list.extend(entries(chunk).map(Named::from));
        });
        directory.channels = read(answer, list, report)?;
    }
    if people {
        let (mut list, outlet) = (Vec::new(), Outlet::default());
        let answer = poller.drain(client.people(&outlet), &outlet, |chunk| {
            list.extend(entries(chunk).map(Named::from));
        });
        directory.people = read(answer, list, report)?;
    }
    Ok(directory)
}

/// A list that was read to its end.
fn read(
    answer: Result<(), ApiError>,
    list: Vec<Named>,
    report: &mut Report,
) -> Result<Option<Vec<Named>>, Error> {
    match answer {
        Ok(()) => Ok(Some(list)),
        Err(error) => {
            report.doubt(Subject::Selection, error.to_string(), None)?;
            Ok(None)
        }
    }
}

impl From<Entry<'_>> for Named {
    fn from(entry: Entry) -> Named {
        Named {
            id: entry.id,
            name: entry.name.into_owned(),
            address: entry.address.unwrap_or_default().into_owned(),
        }
    }
}

impl Directory {
    /// Why nothing matches what refers to that.
    pub fn lacks(&self, reference: Reference) -> Option<Reason> {
        match reference {
            Reference::Channel(name) => {
                let channels = self.channels.as_ref()?;
                let known = || channels.iter().map(|channel| channel.name.as_str());
                let exists = known().any(|known| known.to_lowercase() == name.to_lowercase());
                (!exists).then(|| Reason {
                    text: format!("no channel \"{name}\" that the account can see"),
                    advice: Some(nearest(name, known()).map_or_else(
                        || "check its name; a private one must be subscribed to".to_owned(),
                        |nearest| format!("did you mean \"{nearest}\"?"),
                    )),
                })
            }
            Reference::ChannelId(id) => {
                let exists = self.channels.as_ref()?.iter().any(|known| known.id == id);
                (!exists).then(|| Reason {
                    text: format!("no channel with id {id} that the account can see"),
                    advice: Some("check the id; a private one must be subscribed to".to_owned()),
                })
            }
            Reference::Address(address) => {
                let people = self.people.as_ref()?;
                let known = || people.iter().map(|person| person.address.as_str());
                let exists = known().any(|known| known.to_lowercase() == address.to_lowercase());
                (!exists).then(|| Reason {
                    text: format!("nobody has the address {address} in messages"),
                    advice: Some(nearest(address, known()).map_or_else(
                        || "it need not be the login address; a user id works as well".to_owned(),
                        |nearest| format!("did you mean {nearest}?"),
                    )),
                })
            }
            Reference::PersonId(id) => {
                let exists = self.people.as_ref()?.iter().any(|known| known.id == id);
                (!exists).then(|| Reason {
                    text: format!("nobody has the user id {id}"),
                    advice: None,
                })
            }
        }
    }
}
