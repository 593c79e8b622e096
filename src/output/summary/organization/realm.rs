//! `realm` and the kinds beside it that are settings: domains, defaults of users, billing.
//!
//! Sources: `zerver/openapi/zulip.yaml` of Zulip 9.2, `zerver/lib/actions.py` of 1.7, and the API
//! changelog for later ones.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::Event;
use crate::fields::Fields;
use crate::output::summary::scribe::{Odd, Scribe, Told};
use crate::output::summary::setting;

/// `realm`.
pub fn realm(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Change<'a> {
        op: &'a str,
        #[serde(borrow, default)]
        property: Cow<'a, str>,
        #[serde(borrow)]
        data: Option<Fields<'a>>,
    }
    let change: Change = serde_json::from_str(event.text)?;
    match (change.op, change.data) {
        ("update", _) => setting::describe_change(event, "organization: ", scribe),
        ("update_dict", Some(Fields(data))) => match &*change.property {
            "icon" => tell_picture("icon", &data, scribe),
            "logo" => tell_picture("logo", &data, scribe),
            "night_logo" => tell_picture("logo for dark themes", &data, scribe),
            _ => tell_settings(&data, scribe),
        },
        ("deactivated", _) => {
            scribe.say("organization deactivated");
            Ok(())
        }
        _ => Err(Odd),
    }
}

/// `icon_source` and the like say where it is from: `U` for uploaded.
fn tell_picture(noun: &str, data: &[(Cow<str>, &RawValue)], scribe: &mut Scribe) -> Told {
    let mut sources = data.iter().filter(|(key, _)| key.ends_with("_source"));
    let (_, source) = sources.next().ok_or(Odd)?;
    for part in ["organization has a new ", noun] {
        scribe.say(part);
    }
    if source.get() != r#""U""# {
        scribe.say(": the default one");
    }
    Ok(())
}

fn tell_settings(data: &[(Cow<str>, &RawValue)], scribe: &mut Scribe) -> Told {
    // The same as HTML.
    let settings: Vec<_> = data
        .iter()
        .filter(|(key, _)| !key.starts_with("rendered_"))
        .collect();
    if settings.is_empty() {
        return Err(Odd);
    }
    scribe.say("organization: ");
    scribe.list(&settings, |scribe, (key, value)| {
        match enabled(key, value) {
            Some(methods) => {
                scribe.say(key);
                scribe.aside(" = ");
                scribe.list(&methods, |scribe, method| scribe.say(method));
            }
            None => setting::tell(key, value, scribe),
        }
    });
    Ok(())
}

/// The ways to log in that are open: `{"Email":true,"GitHub":false}`, since feature level 241
/// `{"Email":{"enabled":true,"available":true}}`.
fn enabled<'a>(key: &str, value: &'a RawValue) -> Option<Vec<Cow<'a, str>>> {
    #[derive(Deserialize)]
    struct Method {
        enabled: bool,
    }
    if key != "authentication_methods" {
        return None;
    }
    let Fields(methods) = serde_json::from_str(value.get()).ok()?;
    let is_enabled = |method: &RawValue| {
        method.get() == "true"
            || serde_json::from_str::<Method>(method.get()).is_ok_and(|method| method.enabled)
    };
    let enabled = methods.into_iter().filter(|(_, method)| is_enabled(method));
    Some(enabled.map(|(name, _)| name).collect())
}

/// `realm_domains`: addresses with which one may join.
pub fn realm_domains(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Change<'a> {
        op: &'a str,
        #[serde(borrow)]
        realm_domain: Option<Domain<'a>>,
        #[serde(borrow)]
        domain: Option<Cow<'a, str>>,
    }
    #[derive(Deserialize)]
    struct Domain<'a> {
        #[serde(borrow)]
        domain: Cow<'a, str>,
        allow_subdomains: bool,
    }
    let change: Change = serde_json::from_str(event.text)?;
    let (name, done, subdomains) = match (change.op, &change.realm_domain, &change.domain) {
        ("add", Some(domain), _) => (&domain.domain, " added", Some(domain.allow_subdomains)),
        ("change", Some(domain), _) => (&domain.domain, " changed", Some(domain.allow_subdomains)),
        ("remove", _, Some(name)) => (name, " removed", None),
        _ => return Err(Odd),
    };
    for part in ["domain ", name, done] {
        scribe.say(part);
    }
    match subdomains {
        Some(true) => scribe.say(", with its subdomains"),
        Some(false) => scribe.say(", without subdomains"),
        None => {}
    }
    Ok(())
}

/// `realm_user_settings_defaults`.
pub fn realm_user_settings_defaults(event: &Event, scribe: &mut Scribe) -> Told {
    setting::describe_change(event, "default for new users: ", scribe)
}

/// `realm_billing`.
pub fn realm_billing(event: &Event, scribe: &mut Scribe) -> Told {
    setting::describe_change(event, "billing: ", scribe)
}
