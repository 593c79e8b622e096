//! Names that no event has told: lists of people, channels and user groups, asked for beside
//! everything else.
//!
//! Each request has a thread of its own, so that it can neither delay nor end anything; what it found
//! is handed over when the main thread comes by, and at the end of the run it is left behind. There are
//! three lists, each with a [`pace`] of its own, so it is three requests a minute at most. Not for keeping
//! names (`output/names.rs`).

mod list;
mod pace;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::api::{Client, Verdict};
use crate::notice::{Level, Notices};
use crate::output::names::{Named, Names, Subject};
use crate::poller::Poller;
pub use list::list;
use pace::Pace;

/// What lists there are.
const LISTS: [Subject; 3] = [Subject::Person, Subject::Channel, Subject::Group];
/// Those of which nearly every line has a name; groups are rare.
const COMMON: [Subject; 2] = [Subject::Person, Subject::Channel];
/// How long lines may wait for names at the beginning: less than anybody notices, and what a server
/// nearby needs.
const PATIENCE: Duration = Duration::from_millis(200);

/// Looks names up.
pub struct Lookup {
    client: Arc<Client>,
    notices: Notices,
    people: Pace,
    channels: Pace,
    groups: Pace,
    /// When the common lists were asked for, before any name was missed.
    ahead: Option<Instant>,
    answers: Receiver<Answer>,
    sender: Sender<Answer>,
}

/// What became of a request.
struct Answer {
    subject: Subject,
    ended: Instant,
    /// The list, or how long the server wants to be left alone.
    list: Result<Vec<Named>, Duration>,
}

impl Lookup {
    /// Nothing is asked for yet.
    pub fn new(client: Arc<Client>, notices: Notices) -> Lookup {
        let (sender, answers) = mpsc::channel();
        Lookup {
            client,
            notices,
            people: Pace::default(),
            channels: Pace::default(),
            groups: Pace::default(),
            ahead: None,
            answers,
            sender,
        }
    }

    /// Asks for the common lists, once, so that the first lines have names already.
    pub fn ask_ahead(&mut self, names: &mut Names) {
        if self.ahead.is_none() {
            self.ahead = Some(Instant::now());
            for subject in COMMON {
                self.ask(subject, names);
            }
        }
    }

    /// Asks for the lists that names are wanted from, where it is time to.
    pub fn ask_for_missing(&mut self, names: &mut Names) {
        for subject in LISTS {
            if names.wants(subject) {
                self.ask(subject, names);
            }
        }
    }

    /// How long lines may wait for names: no longer once the lists are late.
    pub fn patience(&self) -> Duration {
        let asked = self.ahead.map(|time| time.elapsed());
        PATIENCE.saturating_sub(asked.unwrap_or_default())
    }

    /// Asks for the common lists, if that was not done, and waits for them as long as there is patience.
    pub fn wait(&mut self, names: &mut Names) {
        self.ask_ahead(names);
        while COMMON
            .iter()
            .any(|subject| self.pace(*subject).is_under_way())
        {
            let Ok(answer) = self.answers.recv_timeout(self.patience()) else {
                return;
            };
            self.take(answer, names);
        }
    }

    /// Hands over what has come.
    pub fn deliver(&mut self, names: &mut Names) {
        while let Ok(answer) = self.answers.try_recv() {
            self.take(answer, names);
        }
    }

    fn take(&mut self, answer: Answer, names: &mut Names) {
        match answer.list {
            Ok(list) => {
                let helped = names.take_list(answer.subject, list);
                let pace = self.pace(answer.subject);
                if helped {
                    pace.succeeded();
                } else {
                    pace.failed(answer.ended);
                }
            }
            Err(stay) => {
                names.forgo_list(answer.subject);
                self.pace(answer.subject).failed(answer.ended);
                // The limit is one for all requests.
                for subject in LISTS {
                    self.pace(subject).hold_off(answer.ended + stay);
                }
            }
        }
    }

    fn ask(&mut self, subject: Subject, names: &mut Names) {
        let now = Instant::now();
        if !self.pace(subject).allows(now) {
            return;
        }
        let (client, notices) = (Arc::clone(&self.client), self.notices);
        let sender = self.sender.clone();
        let started = Poller::new().and_then(|poller| {
            let thread = thread::Builder::new().name("names".into());
            thread.spawn(move || {
                // Over connections of its own: those of the main thread wait for it.
                let list = client
                    .apart()
                    .and_then(|client| list(&client, &poller, subject))
                    .map_err(|error| {
                        notices.say(Level::Detail, &format!("names are not known: {error}"));
                        match error.verdict() {
                            Verdict::Later(stay) => stay,
                            _ => Duration::ZERO,
                        }
                    });
                poller.close();
                // Nobody waits for it any more when the run has ended.
                let _ = sender.send(Answer {
                    subject,
                    ended: Instant::now(),
                    list,
                });
            })
        });
        match started {
            Ok(_) => {
                names.expect_list(subject);
                self.pace(subject).asked(now);
            }
            Err(_) => self.pace(subject).failed(now),
        }
    }

    fn pace(&mut self, subject: Subject) -> &mut Pace {
        match subject {
            Subject::Channel => &mut self.channels,
            Subject::Person => &mut self.people,
            Subject::Group => &mut self.groups,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use super::{Answer, Lookup};
    use crate::api::{Account, Client, Tls};
    use crate::notice::{Level, Notices};
    use crate::output::names::{Names, Subject};
    use crate::output::palette::{Color, Palette};
    use crate::secret::ApiKey;

    fn lookup() -> Lookup {
        let account = Account {
            site: "http://127.0.0.1:1".parse().unwrap(),
            email: "me@x".into(),
            key: ApiKey::new("abcdefghijklmnopqrstuvwxyz012345".into()).unwrap(),
            tls: Tls::default(),
        };
        let client = Arc::new(Client::new(account, None).unwrap());
        let notices = Notices::new(Level::Loss, Palette::new(Color::Off));
        Lookup::new(client, notices)
    }

    #[test]
    fn a_server_that_limits_one_list_is_left_alone_with_the_others() {
        let mut lookup = lookup();
        let ended = Instant::now();
        let answer = Answer {
            subject: Subject::Person,
            ended,
            list: Err(Duration::from_hours(1)),
        };
        lookup.take(answer, &mut Names::default());
        for (minutes, allowed) in [(59, false), (60, true)] {
            let then = ended + Duration::from_mins(minutes);
            assert_eq!(lookup.channels.allows(then), allowed, "{minutes} min");
            assert_eq!(lookup.people.allows(then), allowed, "{minutes} min");
            assert_eq!(lookup.groups.allows(then), allowed, "{minutes} min");
        }
    }

    #[test]
    fn a_list_without_the_names_that_are_wanted_is_asked_for_less_often() {
        let (mut lookup, mut names) = (lookup(), Names::default());
        let ended = Instant::now();
        for id in [7, 8] {
            names.miss(Subject::Person, id);
            names.expect_list(Subject::Person);
            let answer = Answer {
                subject: Subject::Person,
                ended,
                list: Ok(Vec::new()),
            };
            lookup.take(answer, &mut names);
        }
        for (minutes, allowed) in [(4, false), (5, true)] {
            let then = ended + Duration::from_mins(minutes);
            assert_eq!(lookup.people.allows(then), allowed, "{minutes} min");
        }
    }
}
