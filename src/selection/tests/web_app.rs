//! What the web app writes into its address bar and its search box, and what its help pages say about it, means the
//! same here. Forms: `web/src/hash_util.ts`, `internal_url.ts` and `filter.ts` of Zulip; `help/search-for-messages`.

use super::narrow;
use crate::selection::narrow::Reference;

/// What is written there, and how we write it.
const FORMS: &[(&str, &str)] = &[
    // The address bar.
    ("#narrow/channel/7-Denmark", "channel-id:7"),
    ("#narrow/channel/7-web-public-.2F-dev", "channel-id:7"),
    ("#narrow/channel/7", "channel-id:7"),
    ("#narrow/stream/7-Denmark", "channel-id:7"),
    ("#narrow/stream/web-public", "channel:\"web public\""),
    (
        "#narrow/channel/7-Denmark/topic/lunch",
        "channel-id:7 topic:lunch",
    ),
    (
        "#narrow/channel/7-Denmark/topic/lunch.20plans",
        "channel-id:7 topic:\"lunch plans\"",
    ),
    (
        "#narrow/channel/7-Denmark/topic/",
        "channel-id:7 topic:\"general chat\"",
    ),
    (
        "#narrow/stream/7-Denmark/subject/lunch",
        "channel-id:7 topic:lunch",
    ),
    (
        "#narrow/channel/7-Denmark/topic/lunch/near/12",
        "channel-id:7 topic:lunch",
    ),
    (
        "#narrow/channel/7-Denmark/topic/lunch/with/12",
        "channel-id:7 topic:lunch",
    ),
    (
        "#narrow/channel/7-Denmark/topic/.E2.9C.94.20lunch",
        "channel-id:7 topic:\"✔ lunch\"",
    ),
    (
        "#narrow/channel/7-Denmark/topic/.28a.29.20v1.2E2.2F50.25.20+1",
        "channel-id:7 topic:\"(a) v1.2/50% +1\"",
    ),
    ("#narrow/channel/7-Denmark/near/12", "channel-id:7"),
    ("#narrow/-channel/7-Denmark", "-channel-id:7"),
    (
        "#narrow/channel/7-Denmark/-topic/lunch",
        "channel-id:7 -topic:lunch",
    ),
    ("#narrow/dm/8-King-Hamlet", "dm:8"),
    ("#narrow/dm/8,9-group", "dm:8,9"),
    ("#narrow/dm/8,9-dm/near/12", "dm:8,9"),
    ("#narrow/dm/8-King-Hamlet/with/12", "dm:8"),
    ("#narrow/pm-with/8-pm", "dm:8"),
    (
        "#narrow/pm-with/hamlet.40example.2Ecom",
        "dm:hamlet@example.com",
    ),
    ("#narrow/dm-including/9-Cordelia", "dm-with:9"),
    ("#narrow/group-pm-with/9-Cordelia", "group-pm-with:9"),
    ("#narrow/sender/8-King-Hamlet", "sender:8"),
    (
        "#narrow/sender/hamlet.40example.2Ecom",
        "sender:hamlet@example.com",
    ),
    ("#narrow/is/dm", "is:private"),
    ("#narrow/is/private", "is:private"),
    ("#narrow/is/mentioned", "is:mentioned"),
    ("#narrow/is/starred", "is:starred"),
    ("#narrow/is/alerted", "is:alerted"),
    ("#narrow/is/unread", "is:unread"),
    ("#narrow/is/resolved", "is:resolved"),
    (
        "#narrow/-is/resolved/channel/7-Denmark",
        "-is:resolved channel-id:7",
    ),
    ("#narrow/has/reaction", "has:reaction"),
    // The search box.
    ("channel:7", "channel:7"),
    ("channel:Denmark", "channel:Denmark"),
    (
        "channel:Denmark topic:lunch+plans",
        "channel:Denmark topic:lunch+plans",
    ),
    (
        "channel:Denmark topic:\"lunch plans\"",
        "channel:Denmark topic:\"lunch plans\"",
    ),
    (
        "stream:Denmark subject:lunch",
        "channel:Denmark topic:lunch",
    ),
    (
        "-channel:Denmark -topic:50%25",
        "-channel:Denmark -topic:50%25",
    ),
    ("dm:8,9", "dm:8,9"),
    ("topic:\"\"", "topic:\"general chat\""),
    ("dm:me", "dm:me"),
    ("dm-including:9 is:unread", "dm-with:9 is:unread"),
    ("pm-with:hamlet@example.com", "dm:hamlet@example.com"),
    ("sender:me", "sender:me"),
    ("sender:\"King Hamlet|8\"", "sender:8"),
    ("from:hamlet@example.com", "sender:hamlet@example.com"),
    ("is:private", "is:private"),
    ("mentions:me", "is:mentioned"),
    ("has:reactions", "has:reaction"),
    ("near:12 channel:7 topic:lunch", "channel:7 topic:lunch"),
];

#[test]
fn what_the_web_app_writes_means_the_same_here() {
    for &(web_app, meaning) in FORMS {
        // Alone, and behind the address.
        assert_eq!(narrow(web_app).to_string(), meaning, "{web_app}");
        if web_app.starts_with('#') {
            let link = format!("https://chat.example.com/{web_app}");
            assert_eq!(narrow(&link).to_string(), meaning, "{link}");
        }
    }
}

#[test]
fn a_dash_of_an_old_link_may_be_one_or_a_space() {
    let narrow = narrow("#narrow/stream/web-public-a");
    let Some(Reference::Channel(channel)) = narrow.references().next() else {
        panic!("{narrow} names no channel");
    };
    for (name, expected) in [
        ("web public a", true),
        ("web-public-a", true),
        ("Web-Public-A", true),
        ("web public", false),
        ("a", false),
    ] {
        assert_eq!(channel.is(None, name), expected, "{name}");
    }
}
