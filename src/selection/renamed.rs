//! What a narrow names gets another name: a channel is renamed, a whole topic moved or resolved. A narrow by name sees
//! nothing more of it then, since servers compare names too; one by id goes on.

use super::Selection;
use super::facts::{Facts, all};
use super::narrow::{Narrow, Test};
use crate::event::Event;

/// A channel before and after a `stream` event that gives it another name; none where that says something else.
pub fn renamed_channel<'a>(event: &Event<'a>) -> Option<[Facts<'a>; 2]> {
    let fields = event.fields()?;
    let is_rename = fields.text("op")? == "update" && fields.text("property")? == "name";
    let id = fields.channel_id().filter(|_| is_rename)?;
    let called = |name| {
        let mut facts = Facts::default();
        facts.set_channel(Some(id), Some(name), None);
        facts
    };
    Some([called(fields.text("name")?), called(fields.text("value")?)])
}

/// What to say of a channel's new name to whom it takes away what a narrow names.
pub fn channel_warning(selection: &Selection, before: &Facts, after: &Facts) -> Option<String> {
    let (old, new) = (before.channel_name()?, after.channel_name()?);
    let id = after.channel_id?;
    let subject = format!("the channel {old:?} is called {new:?}");
    let way_out = format!(", or with its id (channel:{id}), which stays");
    Some(warning(lost(selection, before, after)?, &subject, &way_out))
}

/// The same of a whole topic that goes somewhere else.
pub fn topic_warning(selection: &Selection, before: &Facts, after: &Facts) -> Option<String> {
    let (old, new) = (before.topic.as_ref()?, after.topic.as_ref()?);
    let place = match after.channel_name() {
        _ if before.channel_id == after.channel_id => String::new(),
        Some(name) => format!(" in the channel {name:?}"),
        None => " in another channel".to_owned(),
    };
    let subject = format!("the topic {old:?} is called {new:?}{place}");
    let narrow = lost(selection, before, after)?;
    let names_topic = narrow.positive().any(|test| matches!(test, Test::Topic(_)));
    names_topic.then(|| warning(narrow, &subject, ""))
}

fn warning(narrow: &Narrow, subject: &str, way_out: &str) -> String {
    format!(
        "{subject} now: the narrow '{narrow}' sees nothing more of it; begin anew with the new name{way_out}"
    )
}

/// The narrow that loses the place that it names: it had what was, as far as can be told, and none has what is now.
fn lost<'a>(selection: &'a Selection, before: &Facts, after: &Facts) -> Option<&'a Narrow> {
    let names = |narrow: &Narrow, facts: &Facts| {
        let is_place = |test: &&Test| matches!(test, Test::Channel(_) | Test::Topic(_));
        let answers = narrow.positive().filter(is_place);
        all(answers.map(|test| test.answer(facts))) != Some(false)
    };
    let mut narrows = selection.narrows.iter();
    let is_left = narrows.clone().any(|narrow| names(narrow, after));
    narrows.find(|narrow| !is_left && names(narrow, before))
}
