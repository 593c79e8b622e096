//! The people and channels that a narrow names, and whether they are there.
//!
//! Not for keeping names (`output/names.rs`). Endpoints: `api/endpoints.rs`.

use super::Parts;
use super::report::Report;
use crate::error::Error;
use crate::lookup::list;
use crate::nearest::nearest;
use crate::output::meta::Subject;
use crate::output::names::{self, MOST, Named};
use crate::selection::narrow::Narrow;
use crate::selection::narrow::doubt::Reference;

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
    let refers_to = |subject| {
        let mut references = narrows.iter().flat_map(Narrow::references);
        references.any(|reference| list_of(reference) == Some(subject))
    };
    let mut directory = Directory::default();
    if refers_to(names::Subject::Channel) {
        directory.channels = read(parts, names::Subject::Channel, report)?;
    }
    if refers_to(names::Subject::Person) {
        directory.people = read(parts, names::Subject::Person, report)?;
    }
    Ok(directory)
}

/// The list that has what is referred to; topics stand on none that covers all channels.
fn list_of(reference: Reference) -> Option<names::Subject> {
    match reference {
        Reference::Channel(_) | Reference::ChannelId(_) => Some(names::Subject::Channel),
        Reference::Address(_) | Reference::PersonId(_) => Some(names::Subject::Person),
        Reference::Topic(_) => None,
    }
}

/// A list, if all of it can be had: what is not on a part of it may exist.
fn read(
    parts: &Parts,
    subject: names::Subject,
    report: &mut Report,
) -> Result<Option<Vec<Named>>, Error> {
    match parts.watch.outside(|| list(&parts.client, subject)) {
        Ok(list) => Ok(Some(list).filter(|list| list.len() < MOST)),
        Err(error) => {
            report.doubt(Subject::Selection, error.to_string(), None)?;
            Ok(None)
        }
    }
}

impl Directory {
    /// Whether the list is there that has what is referred to.
    pub fn lists(&self, reference: Reference) -> bool {
        match list_of(reference) {
            Some(names::Subject::Channel) => self.channels.is_some(),
            Some(names::Subject::Person) => self.people.is_some(),
            _ => false,
        }
    }

    /// Why nothing matches what refers to that.
    pub fn lacks(&self, reference: Reference) -> Option<Reason> {
        match reference {
            Reference::Channel(name) => {
                let channels = self.channels.as_ref()?.iter();
                let known = channels.map(|channel| &*channel.name);
                (!known.clone().any(is(name))).then(|| Reason {
                    text: format!("no channel \"{name}\" that the account can see"),
                    advice: Some(nearest(name, known).map_or_else(
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
                let people = self.people.as_ref()?.iter();
                let known = people.map(|person| &*person.address);
                (!known.clone().any(is(address))).then(|| Reason {
                    text: format!("nobody has the address {address} in messages"),
                    advice: Some(nearest(address, known).map_or_else(
                        || "it need not be the login address; a user id works as well".to_owned(),
                        |nearest| format!("did you mean {nearest}?"),
                    )),
                })
            }
            Reference::Topic(_) => None,
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

/// Whether a name is this one, whatever the letters' case.
fn is(name: &str) -> impl Fn(&str) -> bool {
    let lower = name.to_lowercase();
    move |known| known.to_lowercase() == lower
}
