//! Summaries: one event, one readable line, and the date on a line of its own when it changes.
//!
//! Nothing is dropped and nothing is an error: kinds that we do not know, and events that are not as
//! documented, get the generic line. Not for deciding which events are shown, nor for finding out
//! names. Shapes of events: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`), and for old
//! servers `zerver/lib/actions.py` of Zulip 1.7.
//!
//! An event's way: [`describe`] finds the function of its kind, in the folder of its group
//! (`messages`, `channels`, `people`, `organization`, `account`, and `queue.rs`), or `generic.rs` says
//! what it can. That function reads the few fields that it needs and says them to a [`Scribe`], which
//! knows names for ids (`names.rs`), messages that passed (`recent.rs`), settings and values. What
//! people wrote is made readable first (`text`). The scribe fills a [`Line`], which is cut or wrapped to
//! the width of the terminal (`layout`).
//!
//! To describe one more kind: add it to `kind.rs`, and the `match` of [`describe`] asks for a
//! function, which goes to the folder of its group.

mod account;
mod channels;
mod facts;
mod few;
mod generic;
mod layout;
mod messages;
mod organization;
mod people;
mod place;
mod queue;
mod recent;
mod record;
mod scribe;
mod setting;
mod text;
mod value;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::Event;
use crate::kind::Kind;
use crate::output::names::Names;
use crate::output::palette::Palette;
use facts::{Concern, Facts};
use layout::clock::{self, Clock};
pub use layout::line::Length;
use layout::line::Line;
use recent::Recent;
use scribe::{Attention, Odd, Scribe, Told};

/// Below that no line says anything, so a narrower terminal has to wrap.
const NARROWEST: usize = 20;

/// Turns events into summaries. Keeps what the last one was, for the date lines, and what is known
/// about the things that later events only name by id.
#[derive(Debug)]
pub struct Summary {
    /// Columns to cut lines to; None for no limit. May change between events, as windows do.
    pub width: Option<usize>,
    /// Names for ids.
    pub names: Names,
    recent: Recent,
    palette: Palette,
    zone: TimeZone,
    clock: Clock,
    /// The time of the last line that has one.
    last: Option<Timestamp>,
    line: Line,
}

impl Summary {
    /// Summaries with times of that zone.
    pub fn new(palette: Palette, zone: TimeZone, width: Option<usize>) -> Self {
        Summary {
            width,
            names: Names::default(),
            recent: Recent::default(),
            palette,
            clock: Clock::new(zone.clone()),
            last: None,
            zone,
            line: Line::default(),
        }
    }

    /// So much of messages.
    pub fn with_length(mut self, length: Length) -> Self {
        self.line.length = length;
        self
    }

    /// Appends the event's line, and before it the date if it is another one than that of the line
    /// before. `now` is when the event arrived; without it, as in a file, an event that does not say
    /// when it happened gets the time of the line before.
    pub fn render(&mut self, event: &Event, now: Option<Timestamp>, out: &mut Vec<u8>) {
        let facts = self.write_line(event, Attention::Shown, |scribe| {
            Kind::named(event.kind).map_or(Err(Odd), |kind| describe(kind, event, scribe))
        });
        self.append(facts, now, out);
    }

    /// The same for a record of our own that was saved (`--meta`).
    pub fn render_record(&mut self, record: &Event, out: &mut Vec<u8>) {
        let facts = self.write_line(record, Attention::Shown, |scribe| {
            record::describe(record, scribe)
        });
        self.append(facts, None, out);
    }

    /// Writes the line, and tells what stands before it.
    fn write_line(
        &mut self,
        event: &Event,
        attention: Attention,
        tell: impl FnOnce(&mut Scribe) -> Told,
    ) -> Facts {
        self.line.clear();
        let mut scribe = Scribe::new(
            self.palette,
            &self.zone,
            &mut self.line,
            &mut self.names,
            &mut self.recent,
            attention,
        );
        if tell(&mut scribe).is_ok() {
            return scribe.facts();
        }
        self.line.clear();
        generic::describe(event, self.palette, &mut self.line);
        Facts::default()
    }

    /// Appends the line with its time.
    fn append(&mut self, facts: Facts, now: Option<Timestamp>, out: &mut Vec<u8>) {
        let Facts { when, concern } = facts;
        self.last = when.or(now).or(self.last);
        let moment = self
            .last
            .map_or(clock::UNKNOWN, |when| self.clock.read(when));
        if let Some(date) = moment.new_date {
            self.palette.date().write(out, date);
            out.push(b'\n');
        }
        let ink = match concern {
            Concern::Everybody => self.palette.time(),
            Concern::User => self.palette.alert(),
        };
        ink.write(out, moment.time);
        out.push(b' ');
        let columns = self.width.map(|width| width.max(NARROWEST));
        self.line.write(out, columns, moment.time.len() + 1);
        out.push(b'\n');
    }

    /// Learns what an event tells that has no line.
    pub fn overhear(&mut self, event: &Event) {
        let Some(kind) = Kind::named(event.kind).filter(|kind| teaches(*kind)) else {
            return;
        };
        // Names that are missing here are missed by nobody.
        self.write_line(event, Attention::Overheard, |scribe| {
            describe(kind, event, scribe)
        });
    }
}

/// Whether events of a kind tell what lines about later ones need: names, and what was said.
fn teaches(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Message
            | Kind::UpdateMessage
            | Kind::RealmUser
            | Kind::RealmBot
            | Kind::Stream
            | Kind::Subscription
            | Kind::UserGroup
    )
}

/// Writes the line of a kind.
fn describe(kind: Kind, event: &Event, scribe: &mut Scribe) -> Told {
    if kind != Kind::Message {
        scribe.kind(kind.name());
    }
    match kind {
        Kind::Message => messages::message(event, scribe),
        Kind::UpdateMessage => messages::update_message(event, scribe),
        Kind::DeleteMessage => messages::delete_message(event, scribe),
        Kind::Reaction => messages::reaction(event, scribe),
        Kind::Submessage => messages::submessage(event, scribe),
        Kind::Typing => messages::typing(event, scribe),
        Kind::TypingEditMessage => messages::typing_edit_message(event, scribe),
        Kind::UpdateMessageFlags => messages::update_message_flags(event, scribe),
        Kind::Pointer => messages::pointer(event, scribe),
        Kind::Stream => channels::stream(event, scribe),
        Kind::Subscription => channels::subscription(event, scribe),
        Kind::DefaultStreams => channels::default_streams(event, scribe),
        Kind::DefaultStreamGroups => channels::default_stream_groups(event, scribe),
        Kind::ChannelFolder => channels::channel_folder(event, scribe),
        Kind::MutedTopics => channels::muted_topics(event, scribe),
        Kind::UserTopic => channels::user_topic(event, scribe),
        Kind::RealmUser => people::realm_user(event, scribe),
        Kind::RealmBot => people::realm_bot(event, scribe),
        Kind::Presence => people::presence(event, scribe),
        Kind::UserStatus => people::user_status(event, scribe),
        Kind::UserGroup => people::user_group(event, scribe),
        Kind::MutedUsers => people::muted_users(event, scribe),
        Kind::CustomProfileFields => people::custom_profile_fields(event, scribe),
        Kind::InvitesChanged => people::invites_changed(event, scribe),
        Kind::Realm => organization::realm(event, scribe),
        Kind::RealmDomains => organization::realm_domains(event, scribe),
        Kind::RealmEmoji => organization::realm_emoji(event, scribe),
        Kind::RealmFilters => organization::realm_filters(event, scribe),
        Kind::RealmLinkifiers => organization::realm_linkifiers(event, scribe),
        Kind::RealmPlaygrounds => organization::realm_playgrounds(event, scribe),
        Kind::RealmExport => organization::realm_export(event, scribe),
        Kind::RealmExportConsent => organization::realm_export_consent(event, scribe),
        Kind::RealmUserSettingsDefaults => {
            organization::realm_user_settings_defaults(event, scribe)
        }
        Kind::RealmBilling => organization::realm_billing(event, scribe),
        Kind::AlertWords => account::alert_words(event, scribe),
        Kind::UpdateDisplaySettings => account::update_display_settings(event, scribe),
        Kind::UpdateGlobalNotifications => account::update_global_notifications(event, scribe),
        Kind::UserSettings => account::user_settings(event, scribe),
        Kind::Attachment => account::attachment(event, scribe),
        Kind::Drafts => account::drafts(event, scribe),
        Kind::ScheduledMessages => account::scheduled_messages(event, scribe),
        Kind::Reminders => account::reminders(event, scribe),
        Kind::SavedSnippets => account::saved_snippets(event, scribe),
        Kind::NavigationView => account::navigation_view(event, scribe),
        Kind::OnboardingSteps => account::onboarding_steps(event, scribe),
        Kind::Hotspots => account::hotspots(event, scribe),
        Kind::HasZoomToken => account::has_zoom_token(event, scribe),
        Kind::HasWebexToken => account::has_webex_token(event, scribe),
        Kind::PushDevice => account::push_device(event, scribe),
        Kind::Device => account::device(event, scribe),
        Kind::Heartbeat => {
            queue::heartbeat(scribe);
            Ok(())
        }
        Kind::Restart => queue::restart(event, scribe),
        Kind::WebReloadClient => queue::web_reload_client(event, scribe),
    }
}

#[cfg(test)]
pub mod golden;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod tests;
