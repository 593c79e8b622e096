//! Lines of `user_group`.

use crate::output::summary::telling::{BO, story, told};

/// A name for what the events below have an id of.
const ONCALL: &str = r#"{"type":"user_group","op":"add","group":{"id":5,"name":"oncall"}}"#;

#[test]
fn groups_say_who_is_in_them() {
    for (name, fields, expected) in [
        (
            "new",
            r#""op":"add","group":{"id":6,"name":"pager","members":[12,13],"description":"Duty","direct_subgroup_ids":[],"can_mention_group":2}"#,
            r#"  new group pager of Bo, user#13: "Duty""#,
        ),
        (
            "new and empty",
            r#""op":"add","group":{"id":6,"name":"pager","members":[],"creator_id":12}"#,
            "  new group pager by Bo, empty",
        ),
        (
            "one more",
            r#""op":"add_members","group_id":5,"user_ids":[12]"#,
            "  Bo added to group oncall",
        ),
        (
            "one less",
            r#""op":"remove_members","group_id":9,"user_ids":[12]"#,
            "  Bo removed from group#9",
        ),
        (
            "many more",
            r#""op":"add_members","group_id":5,"user_ids":[12,1,2,3,4,5]"#,
            "  group oncall got Bo, user#1, user#2, user#3 and 2 more",
        ),
        (
            "many less",
            r#""op":"remove_members","group_id":5,"user_ids":[12,1]"#,
            "  group oncall lost Bo, user#1",
        ),
        (
            "subgroups",
            r#""op":"add_subgroups","group_id":5,"direct_subgroup_ids":[6]"#,
            "  group#6 added to group oncall",
        ),
        (
            "subgroups less",
            r#""op":"remove_subgroups","group_id":6,"direct_subgroup_ids":[5,7]"#,
            "  group oncall, group#7 removed from group#6",
        ),
        (
            "gone",
            r#""op":"remove","group_id":5"#,
            "  group oncall deleted",
        ),
        (
            "nobody",
            r#""op":"add_members","group_id":5"#,
            "/add_members  group_id=5",
        ),
        (
            "no subgroups",
            r#""op":"add_subgroups","group_id":5"#,
            "/add_subgroups  group_id=5",
        ),
        ("no group", r#""op":"remove""#, "/remove"),
        (
            "unknown op",
            r#""op":"paint","group_id":5"#,
            "/paint  group_id=5",
        ),
        (
            "nothing new",
            r#""op":"add","group_id":5"#,
            "/add  group_id=5",
        ),
        (
            "no data",
            r#""op":"update","group_id":5,"data":{}"#,
            "/update  group_id=5 data={0}",
        ),
        (
            "odd name",
            r#""op":"update","group_id":5,"data":{"name":5}"#,
            "/update  group_id=5 data={1}",
        ),
    ] {
        let line = told(&[BO, ONCALL], "user_group", fields);
        assert_eq!(line, expected, "{name}");
    }
}

#[test]
fn changed_groups_go_by_their_new_name_from_then_on() {
    let update =
        |data| format!(r#"{{"type":"user_group","op":"update","group_id":5,"data":{data}}}"#);
    let said = story(&[
        ONCALL,
        &update(r#"{"name":"on-call"}"#),
        &update(r#"{"description":"Pagers","name":"pagers"}"#),
        &update(r#"{"can_mention_group":5}"#),
        &update(r#"{"can_mention_group":{"direct_members":[11],"direct_subgroups":[3]}}"#),
        &update(r#"{"deactivated":true}"#),
        &update(r#"{"deactivated":false,"paint":null}"#),
    ]);
    assert_eq!(
        said,
        [
            "user_group  new group oncall, empty",
            "user_group  group oncall renamed to on-call",
            r#"user_group  group on-call: description = "Pagers", renamed to pagers"#,
            "user_group  group pagers: can_mention_group = pagers",
            "user_group  group pagers: can_mention_group = 1 person, 1 group",
            "user_group  group pagers deactivated",
            "user_group  group pagers reactivated, paint = none",
        ]
    );
}
