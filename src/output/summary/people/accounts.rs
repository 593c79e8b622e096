//! `realm_user` and `realm_bot`: people and bots, new, changed, gone.
//!
//! Not for what changed about them (`changes.rs`). Shapes: `GET /events` in Zulip's
//! `zerver/openapi/zulip.yaml` 9.2, and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::changes;
use crate::event::Event;
use crate::fields::Fields;
use crate::output::names::Subject;
use crate::output::summary::scribe::{Odd, Scribe, Told, Who};

#[derive(Deserialize)]
struct AccountEvent<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    #[serde(borrow, alias = "bot")]
    person: &'a RawValue,
}

/// A `person` or a `bot`.
#[derive(Deserialize)]
struct Account<'a> {
    user_id: i64,
    #[serde(borrow, default)]
    email: Cow<'a, str>,
    #[serde(borrow, default)]
    full_name: Cow<'a, str>,
    #[serde(default)]
    is_bot: bool,
    role: Option<i64>,
    /// Of a bot, to everybody and to those who may change it.
    #[serde(alias = "owner_id")]
    bot_owner_id: Option<i64>,
    /// The owner's address, from old servers.
    owner: Option<String>,
}

impl Account<'_> {
    fn learn(&self, scribe: &mut Scribe) {
        let id = self.user_id;
        scribe.names.learn(Subject::Person, id, &self.full_name);
        scribe.names.learn_address(&self.email, id);
    }

    /// By the name that it had before this event, if that is known.
    fn tell_old_name(&self, scribe: &mut Scribe) {
        scribe.someone(Who {
            id: Some(self.user_id),
            address: &self.email,
            ..Who::default()
        });
    }

    fn tell_owner(&self, scribe: &mut Scribe) {
        if let Some(id) = self.bot_owner_id {
            scribe.say(" of ");
            scribe.person(id);
        } else if let Some(address) = &self.owner {
            scribe.say(" of ");
            scribe.someone(Who {
                address,
                ..Who::default()
            });
        }
    }
}

/// `realm_user`. Bots are among them.
pub fn realm_user(event: &Event, scribe: &mut Scribe) -> Told {
    let AccountEvent { op, person } = serde_json::from_str(event.text)?;
    let account: Account = serde_json::from_str(person.get())?;
    match &*op {
        "add" => {
            account.learn(scribe);
            scribe.person(account.user_id);
            scribe.say(" joined");
            if account.is_bot {
                scribe.say(" as a bot");
                account.tell_owner(scribe);
            } else if let Some(role) =
                changes::role(account.role).filter(|_| account.role != Some(400))
            {
                scribe.say(" as ");
                scribe.say(role);
            }
        }
        "remove" => {
            tell_gone(&account, scribe);
            // Since feature level 222 they say that by `is_active`, and this only to guests. The
            // address, which tells the old from the new, was given up before that.
            scribe.say(if account.email.is_empty() {
                " was deactivated or is no longer visible to you"
            } else {
                " was deactivated"
            });
        }
        "update" => return update(&account, person, scribe),
        _ => return Err(Odd),
    }
    Ok(())
}

/// `realm_bot`: what only those see who may change the bot.
pub fn realm_bot(event: &Event, scribe: &mut Scribe) -> Told {
    let AccountEvent { op, person: bot } = serde_json::from_str(event.text)?;
    let account: Account = serde_json::from_str(bot.get())?;
    match &*op {
        "add" => {
            account.learn(scribe);
            scribe.say("new bot ");
            scribe.person(account.user_id);
            account.tell_owner(scribe);
        }
        "remove" => {
            tell_gone(&account, scribe);
            scribe.say(" was deactivated");
        }
        "delete" => {
            tell_gone(&account, scribe);
            scribe.say(" is no longer yours");
        }
        "update" => return update(&account, bot, scribe),
        _ => return Err(Odd),
    }
    Ok(())
}

/// By the name known before: to those who no longer see somebody, servers say "Unknown user".
fn tell_gone(account: &Account, scribe: &mut Scribe) {
    let id = account.user_id;
    let is_known = scribe.names.of(Subject::Person, id).is_some();
    scribe.someone(Who {
        id: Some(id),
        name: if is_known { "" } else { &account.full_name },
        address: &account.email,
    });
}

fn update(account: &Account, fields: &RawValue, scribe: &mut Scribe) -> Told {
    let Fields(fields) = serde_json::from_str(fields.get())?;
    account.tell_old_name(scribe);
    changes::tell(account.user_id, &fields, scribe)
}
