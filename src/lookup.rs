//! Fetches what no event has: lists of people, channels and user groups, for their names, and for the chat whose
//! account it is and which colours it gave to its channels. In the background.
//!
//! One background thread asks, so that a list can neither delay nor end anything; its lists are added
//! when the main thread comes by, and at the end of the run it is left behind. A list is asked for when
//! a name is missing, and again after ten minutes at the earliest.

use std::collections::HashMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::api::{ApiError, Budget, Client, Entry, ListOf, Verdict};
use crate::notice::{Level, Notices};
use crate::output::contrast::Rgb;
use crate::output::names::{MOST, Named, Names, Subject};
use crate::output::palette::Palette;
use crate::selection::narrow::ListedChannel;
use crate::selection::people::User;

/// What lists there are.
const LISTS: [Subject; 3] = [Subject::Person, Subject::Channel, Subject::Group];
/// Those of which nearly every line has a name; groups are rare.
const COMMON: [Subject; 2] = [Subject::Person, Subject::Channel];
/// Between two requests for a list.
const PAUSE: Duration = Duration::from_mins(10);
/// How long lines may wait for names at the beginning: less than anybody notices, and what a server
/// nearby needs.
const PATIENCE: Duration = Duration::from_millis(200);

/// Fetches lists of names on a background thread.
pub struct Lookup {
    requests: Sender<LookupRequest>,
    answers: Receiver<LookupAnswer>,
    /// When each list may be asked for again.
    not_before: HashMap<Subject, Instant>,
    /// Lists that are asked for and have not come.
    awaited: Vec<LookupRequest>,
    /// When the first was asked for, before any name was missed.
    prefetched_at: Option<Instant>,
    /// Whether the common lists were.
    has_common: bool,
    /// What the chat asks for, until it is.
    own: Vec<LookupRequest>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LookupRequest {
    /// All names of a subject.
    Names(Subject),
    /// The account's id.
    Own,
    /// The colours that it gave to its channels.
    Colors,
}

impl LookupRequest {
    /// Whether the first lines wait for it.
    fn is_early(self) -> bool {
        match self {
            LookupRequest::Names(subject) => COMMON.contains(&subject),
            LookupRequest::Own | LookupRequest::Colors => true,
        }
    }
}

/// What became of a request: what there is, or how long the server wants to be left alone.
struct LookupAnswer {
    request: LookupRequest,
    found: Result<Fetched, Duration>,
}

/// What there is.
enum Fetched {
    Names(Subject, Vec<Named>),
    OwnId(i64),
    /// They are in the palette.
    Colors,
}

impl Lookup {
    /// Nothing is asked for yet. The account's colours go into the palette, where there is one.
    pub fn new(client: Client, notices: Notices, palette: Option<Palette>) -> Lookup {
        let (requests, received) = mpsc::channel();
        let (sender, answers) = mpsc::channel();
        // Without a thread lines have the ids in place of names.
        let _ = thread::Builder::new().name("names".into()).spawn(move || {
            for request in received {
                thread::sleep(client.time_to_wait(Budget::Others));
                let found = find(&client, request, palette).map_err(|error| {
                    notices.print(Level::Detail, &format!("names are not known: {error}"));
                    match error.verdict() {
                        Verdict::Later(stay) => stay,
                        _ => Duration::ZERO,
                    }
                });
                if sender.send(LookupAnswer { request, found }).is_err() {
                    return;
                }
            }
        });
        Lookup {
            requests,
            answers,
            not_before: HashMap::new(),
            prefetched_at: None,
            awaited: Vec::new(),
            has_common: false,
            own: palette.map_or_else(Vec::new, |_| {
                vec![LookupRequest::Own, LookupRequest::Colors]
            }),
        }
    }

    /// Requests whose account it is, and its colours, once, where there is a palette for them.
    pub fn prefetch_own(&mut self) {
        for request in self.own.drain(..) {
            if self.requests.send(request).is_ok() {
                self.prefetched_at.get_or_insert_with(Instant::now);
                self.awaited.push(request);
            }
        }
    }

    /// Requests the common lists, once, so that the first lines have names already.
    pub fn prefetch(&mut self, names: &mut Names) {
        if !self.has_common {
            self.has_common = true;
            self.prefetched_at.get_or_insert_with(Instant::now);
            for subject in COMMON {
                self.request(subject, names);
            }
        }
    }

    /// Requests the lists that names are missing from, where it is time to.
    pub fn fetch_missing(&mut self, names: &mut Names) {
        for subject in LISTS {
            if names.wants(subject) {
                self.request(subject, names);
            }
        }
    }

    /// How long lines may wait for names: no longer once the lists are late.
    pub fn patience(&self) -> Duration {
        let waited = self.prefetched_at.map(|time| time.elapsed());
        PATIENCE.saturating_sub(waited.unwrap_or_default())
    }

    /// Waits for what is asked for at the beginning, as long as there is patience.
    pub fn wait(&mut self, names: &mut Names) {
        while self.awaited.iter().any(|request| request.is_early()) {
            let Ok(answer) = self.answers.recv_timeout(self.patience()) else {
                return;
            };
            self.apply(answer, names);
        }
    }

    /// Takes in what has come.
    pub fn receive(&mut self, names: &mut Names) {
        while let Ok(answer) = self.answers.try_recv() {
            self.apply(answer, names);
        }
    }

    fn apply(&mut self, answer: LookupAnswer, names: &mut Names) {
        self.awaited.retain(|request| *request != answer.request);
        match answer.found {
            Ok(Fetched::Names(subject, list)) => names.add_list(subject, list),
            Ok(Fetched::OwnId(id)) => names.own_id = Some(id),
            Ok(Fetched::Colors) => {}
            Err(stay) => {
                if let LookupRequest::Names(subject) = answer.request {
                    names.cancel_list(subject);
                }
                // The limit is one for all requests.
                let until = Instant::now() + stay;
                for subject in LISTS {
                    let not_before = self.not_before.entry(subject).or_insert(until);
                    *not_before = until.max(*not_before);
                }
            }
        }
    }

    fn request(&mut self, subject: Subject, names: &mut Names) {
        let now = Instant::now();
        let request = LookupRequest::Names(subject);
        let is_too_early = self.not_before.get(&subject).is_some_and(|at| now < *at);
        if is_too_early || self.awaited.contains(&request) || self.requests.send(request).is_err() {
            return;
        }
        names.expect_list(subject);
        self.awaited.push(request);
        self.not_before.insert(subject, now + PAUSE);
    }
}

/// Everybody on the server's list.
pub fn people(client: &Client) -> Result<Vec<User>, ApiError> {
    list(client, ListOf::People, |entry| User {
        id: entry.id,
        address: entry.address.unwrap_or_default().into_owned(),
        name: entry.name.into_owned(),
        is_active: entry.is_active.unwrap_or(true),
    })
}

/// The channels that the account may see.
pub fn channels(client: &Client) -> Result<Vec<ListedChannel>, ApiError> {
    list(client, ListOf::Channels, |entry| ListedChannel {
        id: entry.id,
        name: entry.name.into_owned(),
        is_archived: entry.is_archived.unwrap_or(false),
    })
}

/// Asks for it. Colours go into the palette.
fn find(
    client: &Client,
    request: LookupRequest,
    palette: Option<Palette>,
) -> Result<Fetched, ApiError> {
    match request {
        LookupRequest::Names(subject) => {
            let whose = match subject {
                Subject::Person => ListOf::People,
                Subject::Channel => ListOf::Channels,
                Subject::Group => ListOf::Groups,
            };
            let names = list(client, whose, |entry| {
                let address = entry.address.as_deref().unwrap_or_default();
                Named::new(entry.id, &entry.name, address)
            })?;
            Ok(Fetched::Names(subject, names))
        }
        LookupRequest::Own => client.me().map(|me| Fetched::OwnId(me.user.id)),
        LookupRequest::Colors => {
            client.list(ListOf::Subscriptions, |channel| {
                let color = channel.color.as_deref().and_then(Rgb::parse);
                if let Some((palette, color)) = palette.zip(color) {
                    palette.set_channel(&channel.name, color);
                }
            })?;
            Ok(Fetched::Colors)
        }
    }
}

/// Reads a list; of one without end the first [`MOST`] entries.
fn list<T>(client: &Client, whose: ListOf, read: impl Fn(Entry) -> T) -> Result<Vec<T>, ApiError> {
    let mut list = Vec::new();
    client.list(whose, |entry| {
        if list.len() < MOST {
            list.push(read(entry));
        }
    })?;
    Ok(list)
}
