//! `realm_export` and `realm_export_consent`: copies of all data, and who lets theirs be in them.
//!
//! Source: `zerver/openapi/zulip.yaml` of Zulip 9.2, and the API changelog for the consent.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::Event;
use crate::output::summary::scribe::{Scribe, Told};

/// `realm_export`: all exports; the latest is most likely the one that changed. Its address is not
/// shown, as whoever knows it has all the data.
pub fn realm_export(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Exports<'a> {
        #[serde(borrow)]
        exports: Vec<Export<'a>>,
    }
    #[derive(Deserialize)]
    struct Export<'a> {
        id: i64,
        acting_user_id: Option<i64>,
        pending: bool,
        #[serde(borrow)]
        failed_timestamp: Option<&'a RawValue>,
        #[serde(borrow)]
        deleted_timestamp: Option<&'a RawValue>,
    }
    let Exports { exports } = serde_json::from_str(event.text)?;
    let Some(export) = exports.iter().max_by_key(|export| export.id) else {
        scribe.say("no data exports any more");
        return Ok(());
    };
    scribe.say(&format!("data export {} ", export.id));
    scribe.say(if export.deleted_timestamp.is_some() {
        "deleted"
    } else if export.failed_timestamp.is_some() {
        "failed"
    } else if export.pending {
        "is being made"
    } else {
        "finished"
    });
    if let Some(person) = export.acting_user_id {
        scribe.say(", asked for by ");
        scribe.person(person);
    }
    Ok(())
}

/// `realm_export_consent`.
pub fn realm_export_consent(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Consent {
        user_id: i64,
        consented: bool,
    }
    let consent: Consent = serde_json::from_str(event.text)?;
    scribe.person(consent.user_id);
    scribe.say(if consent.consented {
        " lets their private data be exported"
    } else {
        " does not let their private data be exported any more"
    });
    Ok(())
}
