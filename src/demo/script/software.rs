//! Scenes around Usher, the playhouse's booking software: deploys, bugs, screens.
//!
//! Not for the stage (`theatre`).

use super::super::place::Place;
use super::super::roster::{ADA, BO, CHIARA, CURTAIN, DESIGN, EMEKA, MEI, NOOR, OPS, TOMAS};
use super::{Scene, scene};

/// Scenes around the booking software.
pub static SCENES: &[Scene] = &[
    scene(
        Place::topic(&OPS, "deploy"),
        &[
            (&CURTAIN, "Deploying usher `{sha}` to **staging** …"),
            (&CURTAIN, "staging is up: {n} checks passed, p95 {ms} ms"),
            (&BO, "Looks good, promote it."),
            (
                &CURTAIN,
                "Deploying usher `{sha}` to **production** … done :tada:",
            ),
            (&MEI, "🚀"),
        ],
    ),
    scene(
        Place::topic(&OPS, "deploy"),
        &[
            (
                &CURTAIN,
                "Deploy of `{sha}` stopped: 1 of {n} tests failed\n```text\nseat_map::tests::row_f_squeaks ... FAILED\n  left: \"F11\"\n right: \"F12\"\n```",
            ),
            (&BO, "That test is older than the seat. I will look."),
            (
                &EMEKA,
                "For the record: the seat did move. We moved it. Sorry.",
            ),
            (&BO, "Best bug report of the week. Fix is in `{sha}`."),
            (&CURTAIN, "Deploying usher `{sha}` … all green"),
        ],
    ),
    scene(
        Place::topic(&OPS, "slow queries"),
        &[
            (
                &BO,
                "The seat map took {ms} ms this morning. It used to be 12.",
            ),
            (
                &MEI,
                "Since the big tour import? The planner does not like the new index.",
            ),
            (
                &BO,
                "```sql\nEXPLAIN ANALYZE\nSELECT seat, price FROM seats\nWHERE show_id = 42 AND sold_at IS NULL\nORDER BY row, seat;\n```",
            ),
            (
                &MEI,
                "Sequential scan, of course. Partial index on `sold_at IS NULL`?",
            ),
            (&BO, "Down to 3 ms. You get the last biscuit 🍪"),
        ],
    ),
    scene(
        Place::topic(&OPS, "backups"),
        &[
            (
                &CURTAIN,
                "Nightly backup finished: {n} GB in {n} minutes, restore test passed.",
            ),
            (&TOMAS, "Who tests the test?"),
            (
                &BO,
                "@**Tail Bot** does, by printing this line. Thank you, @**Tail Bot**!",
            ),
        ],
    ),
    scene(
        Place::topic(&OPS, "on call"),
        &[
            (
                &BO,
                "Handing over: nothing burnt, one certificate renews on Friday by itself.",
            ),
            (
                &MEI,
                "Taking over. By itself as in *by itself*, or as in *by me at 3 a.m.*?",
            ),
            (&BO, "By itself. I watched it do so on staging, twice."),
            (&MEI, "ありがとう 🙏 Sleep well."),
        ],
    ),
    scene(
        Place::topic(&OPS, "disk space"),
        &[
            (&CURTAIN, "Warning: /var is {n} % full on stage-left"),
            (&BO, "Old show videos again. Moving 2019 to the archive."),
            (&CURTAIN, "Resolved: /var is 41 % full on stage-left"),
            (&ADA, "You archived my tap dance?"),
            (&BO, "Archived, not deleted. Nobody deletes *that*."),
        ],
    ),
    scene(
        Place::topic(&OPS, "ticket printer"),
        &[
            (
                &NOOR,
                "The printer prints every ticket twice. Good for business, bad for paper.",
            ),
            (
                &BO,
                "It retries when the acknowledgement is late. I will make it count.",
            ),
            (
                &BO,
                "Now exactly once. Or at least once and very discreet about it.",
            ),
            (&NOOR, "It just printed a haiku."),
            (&BO, "That one is a feature."),
        ],
    ),
    scene(
        Place::topic(&OPS, "release 2.4"),
        &[
            (
                &MEI,
                "2.4 has: dark mode, group bookings, {n} fixes. Changelog by noon.",
            ),
            (
                &EMEKA,
                "I tested on the oldest phone in the cloakroom. It only cried once.",
            ),
            (&MEI, "At which screen?"),
            (&EMEKA, "Payment. To be fair, so do I."),
            (&BO, "Tagging it: `v2.4.{n}`"),
        ],
    ),
    scene(
        Place::topic(&DESIGN, "Hamlet poster"),
        &[
            (
                &MEI,
                "Third draft is up. The skull now looks at the title instead of the exit.",
            ),
            (
                &CHIARA,
                "Love it. Could the crown be 5 mm to the left and a bit more tired?",
            ),
            (&MEI, "A tired crown, noted 👑😴"),
            (
                &ADA,
                "Approved by me, my mother, and the person on the train next to me.",
            ),
        ],
    ),
    scene(
        Place::topic(&DESIGN, "seat picker"),
        &[
            (
                &MEI,
                "Free seats are green, sold ones red. Emeka cannot tell them apart.",
            ),
            (&EMEKA, "I bought a sold seat. It felt like home."),
            (
                &CHIARA,
                "Use shape: free = round, sold = a little cross. Works on paper too.",
            ),
            (&MEI, "Done, see https://usher.example/preview/{sha}"),
            (&EMEKA, "I can see! 👀 It's a miracle, or good contrast."),
        ],
    ),
    scene(
        Place::topic(&DESIGN, "字体 fonts"),
        &[
            (
                &MEI,
                "明朝体 for the titles, the grotesque for the rest. Opinions?",
            ),
            (&CHIARA, "Bellissimo. The zero looks like an O, though."),
            (
                &MEI,
                "Slashed zero is on: `font-feature-settings: \"zero\"`.",
            ),
            (
                &TOMAS,
                "From the light booth I read everything but the sponsor.",
            ),
            (
                &ADA,
                "The sponsor sits in the light booth next week. Bigger.",
            ),
        ],
    ),
    scene(
        Place::topic(&DESIGN, "set model"),
        &[
            (
                &CHIARA,
                "The 1:25 model of the car park is on my desk. Please do not park in it.",
            ),
            (&TOMAS, "Too late, there is a tiny bus on level −1."),
            (&CHIARA, "The tiny bus stays. It has a tiny ticket."),
        ],
    ),
    scene(
        Place::topic(&DESIGN, "accessibility"),
        &[
            (
                &EMEKA,
                "Screen reader says “button button button” on the checkout.",
            ),
            (
                &MEI,
                "Three buttons without a name. Fixing: “Back”, “Pay”, “Panic”.",
            ),
            (&EMEKA, "I would press the third."),
            (&MEI, "It is called “Help” now; the tests pass, {n} of {n}."),
        ],
    ),
];
