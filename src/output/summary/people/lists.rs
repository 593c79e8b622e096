//! `muted_users`, `custom_profile_fields`, `invites_changed`: whole lists, of which no event tells what
//! is new.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, and `zerver/lib/actions.py` of
//! Zulip 1.7.

use std::borrow::Cow;

use serde::Deserialize;

use crate::event::Event;
use crate::fields::Fields;
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Scribe, Told};

#[derive(Deserialize)]
struct MutedUsers {
    muted_users: Few<MutedUser>,
}

#[derive(Deserialize)]
struct MutedUser {
    id: i64,
}

/// `muted_users`.
pub fn muted_users(event: &Event, scribe: &mut Scribe) -> Told {
    let MutedUsers { muted_users } = serde_json::from_str(event.text)?;
    scribe.say("you now mute ");
    scribe.list(&muted_users, |scribe, muted| scribe.person(muted.id));
    if muted_users.len == 0 {
        scribe.say("nobody");
    }
    Ok(())
}

#[derive(Deserialize)]
struct CustomProfileFields<'a> {
    #[serde(borrow)]
    fields: Few<ProfileField<'a>>,
}

#[derive(Deserialize)]
struct ProfileField<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// `custom_profile_fields`.
pub fn custom_profile_fields(event: &Event, scribe: &mut Scribe) -> Told {
    let CustomProfileFields { fields } = serde_json::from_str(event.text)?;
    if fields.len == 0 {
        scribe.say("there are no custom profile fields now");
        return Ok(());
    }
    scribe.say("profile fields are now ");
    scribe.list(&fields, |scribe, field| scribe.say(&field.name));
    Ok(())
}

/// `invites_changed`, which has nothing to say beyond its type.
pub fn invites_changed(event: &Event, scribe: &mut Scribe) -> Told {
    let Fields(_) = serde_json::from_str(event.text)?;
    scribe.say("pending invitations changed");
    Ok(())
}
