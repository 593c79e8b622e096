//! User groups: new, changed, gone, and who is in them.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, and
//! `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde::Deserialize;

use crate::event::Event;
use crate::fields::Fields;
use crate::output::names::Subject;
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Odd, Scribe, Told};
use crate::output::summary::setting;

#[derive(Default, Deserialize)]
#[serde(default)]
struct GroupEvent<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    #[serde(borrow)]
    group: Option<Group<'a>>,
    group_id: Option<i64>,
    #[serde(borrow)]
    data: Option<Fields<'a>>,
    user_ids: Few<i64>,
    direct_subgroup_ids: Few<i64>,
}

#[derive(Deserialize)]
struct Group<'a> {
    id: i64,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    description: Cow<'a, str>,
    #[serde(default)]
    members: Few<i64>,
    creator_id: Option<i64>,
}

/// `user_group`.
pub fn user_group(event: &Event, scribe: &mut Scribe) -> Told {
    let view: GroupEvent = serde_json::from_str(event.text)?;
    if view.op == "add" {
        tell_new(&view.group.ok_or(Odd)?, scribe);
        return Ok(());
    }
    let id = view.group_id.ok_or(Odd)?;
    match &*view.op {
        "update" => {
            let data = view.data.ok_or(Odd)?;
            tell_group(id, scribe);
            setting::tell_changes(&data.0, words_for, scribe)?;
            if let Some(name) = data.find("name") {
                let name: String = serde_json::from_str(name)?;
                scribe.names.learn(Subject::Group, id, &name);
            }
        }
        "remove" => {
            tell_group(id, scribe);
            scribe.say(" deleted");
        }
        "add_members" => tell_members(id, " added to ", " got ", &view.user_ids, scribe)?,
        "remove_members" => tell_members(id, " removed from ", " lost ", &view.user_ids, scribe)?,
        "add_subgroups" => tell_subgroups(id, " added to ", &view.direct_subgroup_ids, scribe)?,
        "remove_subgroups" => {
            tell_subgroups(id, " removed from ", &view.direct_subgroup_ids, scribe)?;
        }
        _ => return Err(Odd),
    }
    Ok(())
}

/// Of many the group stands first: their names would push it off the line.
fn tell_members(
    id: i64,
    of_one: &str,
    of_many: &str,
    people: &Few<i64>,
    scribe: &mut Scribe,
) -> Told {
    match (people.len, &*people.first) {
        (0, _) => return Err(Odd),
        (1, [person]) => {
            scribe.person(*person);
            scribe.say(of_one);
            tell_group(id, scribe);
        }
        _ => {
            tell_group(id, scribe);
            scribe.say(of_many);
            scribe.people(people);
        }
    }
    Ok(())
}

fn tell_subgroups(id: i64, words: &str, groups: &Few<i64>, scribe: &mut Scribe) -> Told {
    if groups.len == 0 {
        return Err(Odd);
    }
    scribe.list(groups, |scribe, id| tell_group(*id, scribe));
    scribe.say(words);
    tell_group(id, scribe);
    Ok(())
}

fn tell_new(group: &Group, scribe: &mut Scribe) {
    scribe.names.learn(Subject::Group, group.id, &group.name);
    scribe.say("new ");
    tell_group(group.id, scribe);
    scribe.by(group.creator_id);
    scribe.aside(if group.members.len == 0 {
        ", empty"
    } else {
        " of "
    });
    scribe.people(&group.members);
    if !group.description.is_empty() {
        scribe.aside(": ");
        scribe.quote(&group.description);
    }
}

fn words_for(property: &str, value: &str) -> Option<Cow<'static, str>> {
    match (property, value) {
        ("name", name) => {
            let name: String = serde_json::from_str(name).ok()?;
            Some(Cow::Owned(format!("renamed to {name}")))
        }
        ("deactivated", "true") => Some(Cow::Borrowed("deactivated")),
        ("deactivated", "false") => Some(Cow::Borrowed("reactivated")),
        _ => None,
    }
}

/// `group oncall`, or `group#5`.
fn tell_group(id: i64, scribe: &mut Scribe) {
    if scribe.names.of(Subject::Group, id).is_some() {
        scribe.say("group ");
    }
    scribe.group(id);
}

#[cfg(test)]
mod tests;
