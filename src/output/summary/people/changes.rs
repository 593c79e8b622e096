//! What changed about a person or a bot, as it follows the name: ` is now an administrator`,
//! `: timezone = "Asia/Tokyo"`.
//!
//! Fields that we do not know are shown like any setting. Credentials are never shown. Not for
//! whose change it is (`accounts.rs`).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::output::names::Subject;
use crate::output::summary::scribe::{Odd, Scribe, Told, Who};
use crate::output::summary::setting;

/// A change, by a field of a `person` or `bot`.
enum Change<'a> {
    /// All that there is to say.
    Words(&'static str),
    Role(&'static str),
    Name(String),
    Address(String),
    Owner(i64),
    /// From old servers.
    OwnerAddress(String),
    ProfileField(ProfileField<'a>),
    Setting(&'a str, &'a RawValue),
}

#[derive(Deserialize)]
struct ProfileField<'a> {
    id: i64,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// Writes the changes of that account. Odd if there is none.
pub fn tell(account: i64, fields: &[(Cow<str>, &RawValue)], scribe: &mut Scribe) -> Told {
    let mut is_first = true;
    for (key, value) in fields {
        // Whose change it is, and what only goes along with `avatar_url`.
        if matches!(
            &**key,
            "user_id" | "email" | "avatar_source" | "avatar_url_medium" | "avatar_version"
        ) {
            continue;
        }
        let change = read(key, value)?;
        scribe.aside(match change {
            _ if !is_first => ", ",
            Change::ProfileField(_) | Change::Setting(..) => ": ",
            _ => " ",
        });
        write(account, &change, scribe);
        is_first = false;
    }
    if is_first { Err(Odd) } else { Ok(()) }
}

fn read<'a>(key: &'a str, value: &'a RawValue) -> Result<Change<'a>, Odd> {
    let raw = value.get();
    Ok(match (key, raw) {
        ("full_name", _) => Change::Name(serde_json::from_str(raw)?),
        ("role", _) => role(raw.parse().ok()).map_or(Change::Setting(key, value), Change::Role),
        ("is_admin", "true") => Change::Words("is now an administrator"),
        ("is_admin", "false") => Change::Words("is no longer an administrator"),
        ("is_billing_admin", "true") => Change::Words("is now a billing administrator"),
        ("is_billing_admin", "false") => Change::Words("is no longer a billing administrator"),
        ("is_active", "true") => Change::Words("was reactivated"),
        ("is_active", "false") => Change::Words("was deactivated"),
        ("avatar_url", _) => Change::Words("has a new picture"),
        ("api_key", _) => Change::Words("has new credentials"),
        // Tokens are in there.
        ("services", _) => Change::Words("has other services or new credentials"),
        ("delivery_email", "null") => Change::Words("hides the email address now"),
        ("new_email" | "delivery_email", _) => Change::Address(serde_json::from_str(raw)?),
        ("bot_owner_id" | "owner_id" | "owner", "null") => Change::Words("belongs to nobody now"),
        ("bot_owner_id" | "owner_id", _) => Change::Owner(serde_json::from_str(raw)?),
        ("owner", _) => Change::OwnerAddress(serde_json::from_str(raw)?),
        ("custom_profile_field", _) => Change::ProfileField(serde_json::from_str(raw)?),
        _ => Change::Setting(key, value),
    })
}

fn write(account: i64, change: &Change, scribe: &mut Scribe) {
    match change {
        Change::Words(words) => scribe.say(words),
        Change::Role(role) => {
            scribe.say("is now ");
            scribe.say(role);
        }
        // Of a bot it is told twice.
        Change::Name(name) if scribe.names.of(Subject::Person, account) == Some(name) => {
            scribe.say("has a new name");
        }
        Change::Name(name) => {
            scribe.say("is now called ");
            let id = Some(account);
            let address = "";
            scribe.someone(Who { id, name, address });
            scribe.names.learn(Subject::Person, account, name);
        }
        Change::Address(address) => {
            scribe.say("has the email address ");
            scribe.say(address);
            scribe.say(" now");
            scribe.names.learn_address(address, account);
        }
        Change::Owner(id) => {
            scribe.say("belongs to ");
            scribe.person(*id);
            scribe.say(" now");
        }
        Change::OwnerAddress(address) => {
            scribe.say("belongs to ");
            scribe.someone(Who {
                address,
                ..Who::default()
            });
            scribe.say(" now");
        }
        Change::ProfileField(field) => {
            scribe.say(&format!("profile field {}", field.id));
            scribe.aside(" = ");
            scribe.value(field.value);
        }
        Change::Setting(key, value) => setting::tell(key, value, scribe),
    }
}

/// A role by its number, with its article.
pub fn role(number: Option<i64>) -> Option<&'static str> {
    match number? {
        100 => Some("an owner"),
        200 => Some("an administrator"),
        300 => Some("a moderator"),
        400 => Some("a member"),
        600 => Some("a guest"),
        _ => None,
    }
}
