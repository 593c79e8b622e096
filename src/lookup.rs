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

use crate::api::{ApiError, Budget, Client, ListOf, Verdict};
use crate::listed::Listed;
use crate::notice::{Level, Notices};
use crate::output::contrast::Rgb;
use crate::output::names::{Names, Noun};
use crate::output::palette::Palette;

/// Those of which nearly every line has a name; groups are rare.
const COMMON: [Noun; 2] = [Noun::Person, Noun::Channel];
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
    not_before: HashMap<LookupRequest, Instant>,
    /// When any may: the server's limit is one for all requests.
    none_before: Option<Instant>,
    /// Lists that are asked for and have not come.
    awaited: Vec<LookupRequest>,
    /// When the first was asked for, before any name was missed.
    prefetched_at: Option<Instant>,
    /// Whether colours have a palette to go into: that of the chat.
    is_for_chat: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum LookupRequest {
    /// All names of people, channels or groups.
    Names(Noun),
    /// The account's id.
    Own,
    /// The colours that it gave to its channels. They go into the palette.
    Colors,
}

/// What became of a request: a list, or how long the server wants to be left alone.
type LookupAnswer = (LookupRequest, Result<Vec<Listed>, Duration>);

impl Lookup {
    /// Nothing is asked for yet. The account's colours go into the palette, where there is one.
    pub fn new(client: Client, notices: Notices, palette: Option<Palette>) -> Lookup {
        let (requests, received) = mpsc::channel();
        let (sender, answers) = mpsc::channel();
        // Without a thread lines have the ids in place of names.
        let _ = thread::Builder::new().name("names".into()).spawn(move || {
            for request in received {
                thread::sleep(client.time_to_wait(Budget::Others));
                let found = find(&client, &request, palette).map_err(|error| {
                    notices.print(Level::Detail, &format!("names are not known: {error}"));
                    match error.verdict() {
                        Verdict::Later(stay) => stay,
                        _ => Duration::ZERO,
                    }
                });
                if sender.send((request, found)).is_err() {
                    return;
                }
            }
        });
        Lookup {
            requests,
            answers,
            not_before: HashMap::new(),
            none_before: None,
            prefetched_at: None,
            awaited: Vec::new(),
            is_for_chat: palette.is_some(),
        }
    }

    /// Requests whose account it is, and its colours, once, where there is a palette for them.
    pub fn prefetch_own(&mut self) {
        if self.is_for_chat {
            self.prefetch_all([LookupRequest::Own, LookupRequest::Colors]);
        }
    }

    /// Requests the common lists, so that the first lines have names already.
    pub fn prefetch(&mut self) {
        self.prefetch_all(COMMON.map(LookupRequest::Names));
    }

    fn prefetch_all(&mut self, requests: impl IntoIterator<Item = LookupRequest>) {
        for request in requests {
            self.prefetched_at.get_or_insert_with(Instant::now);
            self.request(request);
        }
    }

    /// Requests the lists that names are missing from, where it is time to.
    pub fn fetch_missing(&mut self, names: &mut Names) {
        let missing = &mut names.missing;
        missing.retain(|noun| !self.request(LookupRequest::Names(noun.clone())));
    }

    /// How long lines may wait for names: no longer once the lists are late.
    pub fn patience(&self) -> Duration {
        let waited = self.prefetched_at.map(|time| time.elapsed());
        PATIENCE.saturating_sub(waited.unwrap_or_default())
    }

    /// Takes in what has come, and waits for what is asked for at the beginning, as long as there is patience.
    pub fn receive(&mut self, names: &mut Names) {
        let groups = LookupRequest::Names(Noun::Group);
        loop {
            let is_early = self.awaited.iter().any(|request| *request != groups);
            let patience = if is_early {
                self.patience()
            } else {
                Duration::ZERO
            };
            let Ok(answer) = self.answers.recv_timeout(patience) else {
                return;
            };
            self.apply(answer, names);
        }
    }

    fn apply(&mut self, (request, found): LookupAnswer, names: &mut Names) {
        self.awaited.retain(|awaited| *awaited != request);
        match (found, request) {
            (Ok(list), LookupRequest::Names(noun)) => names.add_list(&noun, &list),
            (Ok(list), LookupRequest::Own) => names.own_id = list.first().map(|own| own.id),
            (Ok(_), LookupRequest::Colors) => {}
            (Err(stay), _) => self.none_before = Some(Instant::now() + stay),
        }
    }

    /// Tells whether it is asked for, which is not so if it is too early.
    fn request(&mut self, request: LookupRequest) -> bool {
        let now = Instant::now();
        let until = self.not_before.get(&request).copied().max(self.none_before);
        let is_early = until.is_some_and(|until| now < until);
        if is_early || self.awaited.contains(&request) {
            return false;
        }
        self.not_before.insert(request.clone(), now + PAUSE);
        let is_sent = self.requests.send(request.clone()).is_ok();
        self.awaited.extend(is_sent.then_some(request));
        is_sent
    }
}

/// Asks for it. Colours go into the palette.
fn find(
    client: &Client,
    request: &LookupRequest,
    palette: Option<Palette>,
) -> Result<Vec<Listed>, ApiError> {
    match request {
        LookupRequest::Names(Noun::Person) => client.list(ListOf::People),
        LookupRequest::Names(Noun::Channel) => client.list(ListOf::Channels),
        LookupRequest::Names(_) => client.list(ListOf::Groups),
        LookupRequest::Own => Ok(vec![client.me()?]),
        LookupRequest::Colors => {
            for channel in client.list(ListOf::Subscriptions)? {
                let color = channel.color.as_deref().and_then(Rgb::parse);
                if let Some((palette, color)) = palette.zip(color) {
                    palette.set_channel(&channel.name, color);
                }
            }
            Ok(Vec::new())
        }
    }
}
