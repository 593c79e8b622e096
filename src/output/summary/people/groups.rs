//! User groups: new, changed, gone, and who is in them.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, and
//! `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::Event;
use crate::fields::Fields;
use crate::output::names::Subject;
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Odd, Scribe, Told};

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
            let Fields(data) = view.data.ok_or(Odd)?;
            tell_group(id, scribe);
            return tell_changes(id, &data, scribe);
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
            scribe.few(people, |scribe, id| scribe.person(*id));
        }
    }
    Ok(())
}

fn tell_subgroups(id: i64, words: &str, groups: &Few<i64>, scribe: &mut Scribe) -> Told {
    if groups.len == 0 {
        return Err(Odd);
    }
    scribe.few(groups, |scribe, id| tell_group(*id, scribe));
    scribe.say(words);
    tell_group(id, scribe);
    Ok(())
}

fn tell_new(group: &Group, scribe: &mut Scribe) {
    scribe.names.learn(Subject::Group, group.id, &group.name);
    scribe.say("new ");
    tell_group(group.id, scribe);
    if let Some(creator) = group.creator_id {
        scribe.aside(" by ");
        scribe.person(creator);
    }
    scribe.aside(if group.members.len == 0 {
        ", empty"
    } else {
        " of "
    });
    scribe.few(&group.members, |scribe, id| scribe.person(*id));
    if !group.description.is_empty() {
        scribe.aside(": ");
        scribe.quote(&group.description);
    }
}

fn tell_changes(id: i64, data: &[(Cow<str>, &RawValue)], scribe: &mut Scribe) -> Told {
    let mut is_first = true;
    for (key, value) in data {
        let words = match (&**key, value.get()) {
            ("name", name) => {
                let name: String = serde_json::from_str(name)?;
                scribe.names.learn(Subject::Group, id, &name);
                Some(Cow::Owned(format!("renamed to {name}")))
            }
            ("deactivated", "true") => Some(Cow::Borrowed("deactivated")),
            ("deactivated", "false") => Some(Cow::Borrowed("reactivated")),
            _ => None,
        };
        scribe.aside(match words {
            _ if !is_first => ", ",
            Some(_) => " ",
            None => ": ",
        });
        match words {
            Some(words) => scribe.say(&words),
            None => scribe.setting(key, value),
        }
        is_first = false;
    }
    if is_first { Err(Odd) } else { Ok(()) }
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
