//! Conversations with the demo account, alone or with others.
//!
//! Not for channels (`theatre`, `software`).

use super::super::place::Place;
use super::super::roster::{ADA, BO, CHIARA, EMEKA, MEI, NOOR, TAIL_BOT, TOMAS};
use super::{Scene, scene};

/// Conversations; each holds the demo account.
pub static SCENES: &[Scene] = &[
    scene(
        Place::Direct(&[&ADA, &TAIL_BOT]),
        &[
            (&ADA, "Hello Tail Bot! Are you reading all of this?"),
            (&ADA, "Silence. Very professional. Carry on 🙂"),
        ],
    ),
    scene(
        Place::Direct(&[&BO, &TAIL_BOT]),
        &[
            (&BO, "Reminder to self, via you: rotate the staging key."),
            (&BO, "Done. You may forget it again."),
        ],
    ),
    scene(
        Place::Direct(&[&MEI, &TAIL_BOT]),
        &[
            (&MEI, "テスト: 一二三 🍵"),
            (
                &MEI,
                "If the columns line up on your side, wide characters work.",
            ),
        ],
    ),
    scene(
        Place::Direct(&[&NOOR, &TOMAS, &TAIL_BOT]),
        &[
            (
                &NOOR,
                "Surprise cake for Ada at the interval. Keep it out of the channels.",
            ),
            (&TOMAS, "Does the bot keep secrets?"),
            (
                &NOOR,
                "It prints everything. But only to somebody's terminal.",
            ),
            (&TOMAS, "Hello, somebody 👋"),
        ],
    ),
    scene(
        Place::Direct(&[&EMEKA, &CHIARA, &TAIL_BOT]),
        &[
            (&EMEKA, "Which of you moved my crown to the fridge?"),
            (
                &CHIARA,
                "The glue has to set cold. It was {n} minutes to curtain, I panicked.",
            ),
            (&EMEKA, "A cool king. Fine."),
        ],
    ),
];

/// One line each, for an account that has just begun to listen; a direct message reaches any account.
pub static GREETINGS: &[Scene] = &[
    scene(
        Place::Direct(&[&NOOR, &TAIL_BOT]),
        &[(
            &NOOR,
            "Good evening, Tail Bot! Doors are open, take any seat but F11.",
        )],
    ),
    scene(
        Place::Direct(&[&ADA, &TAIL_BOT]),
        &[(&ADA, "Ah, an audience! Welcome to the Lantern Playhouse 🏮")],
    ),
    scene(
        Place::Direct(&[&TOMAS, &TAIL_BOT]),
        &[(
            &TOMAS,
            "Spotlight on you, Tail Bot. Just listen, the others do the talking.",
        )],
    ),
    scene(
        Place::Direct(&[&CHIARA, &TAIL_BOT]),
        &[(
            &CHIARA,
            "Ciao Tail Bot! Mind the wet paint, and enjoy the show 🎭",
        )],
    ),
];
