//! Scenes around the stage: rehearsals, sets, seats, tea.
//!
//! Not for the booking software (`software`).

use super::super::place::Place;
use super::super::roster::{
    ADA, BO, BOX_OFFICE, CHIARA, CURTAIN, DENMARK, EMEKA, GREENROOM, MEI, NOOR, TOMAS, VERONA,
};
use super::{Scene, scene};

/// Scenes around the stage.
pub static SCENES: &[Scene] = &[
    scene(
        Place::topic(&DENMARK, "rehearsal schedule"),
        &[
            (
                &NOOR,
                "Tonight: act 1 from the top, 18:30 sharp. Swords stay in the rack until I say so.",
            ),
            (&EMEKA, "Even the foam ones?"),
            (
                &NOOR,
                "*Especially* the foam ones. We lost {n} minutes to them last week.",
            ),
            (
                &ADA,
                "Act 1, then the players' scene. Bring water, the heating is stuck on **tropical**.",
            ),
            (&EMEKA, "/me packs a fan and a towel"),
        ],
    ),
    scene(
        Place::topic(&DENMARK, "the ghost"),
        &[
            (&TOMAS, "The ghost has a cold. Do we have a second ghost?"),
            (&ADA, "A ghost with a cough is scarier, honestly. Keep him."),
            (&CHIARA, "Could he at least not sneeze on the backdrop 👻"),
            (
                &TOMAS,
                "I can put the fog machine in front of him: fog level {n} of 99.",
            ),
            (&ADA, "Sold. Fog it is."),
        ],
    ),
    scene(
        Place::topic(&DENMARK, "lighting"),
        &[
            (
                &TOMAS,
                "Cue {n} fires half a second late since Tuesday. Anybody touched the desk?",
            ),
            (&NOOR, "The cat slept on it. I have a photo."),
            (&TOMAS, "That explains the strobe in the funeral scene 🐈"),
            (&MEI, "Please send the photo, that is the next poster."),
            (
                &TOMAS,
                "Fixed: moved the cue to the end of the blackout, and the cat to the sofa.",
            ),
        ],
    ),
    scene(
        Place::topic(&DENMARK, "skull"),
        &[
            (
                &CHIARA,
                "Yorick has arrived! He is made of papier-mâché and smells of glue.",
            ),
            (&EMEKA, "Alas. I knew him when he was a newspaper."),
            (
                &CHIARA,
                "Still is: you can read the weather forecast on his left cheek.",
            ),
            (&EMEKA, "A fellow of infinite drizzle."),
        ],
    ),
    scene(
        Place::topic(&DENMARK, "school visit"),
        &[
            (
                &ADA,
                "A class of {n} comes to the matinee on Thursday. Gentle sword fights, please.",
            ),
            (
                &NOOR,
                "I reserved the front rows and hid the good biscuits.",
            ),
            (&TOMAS, "Do they get the long version?"),
            (&ADA, "Ninety minutes. Everybody dies a little faster."),
        ],
    ),
    scene(
        Place::topic(&DENMARK, "프로그램 translation"),
        &[
            (
                &MEI,
                "Programme notes are in: English, 日本語, and 한국어 from our guest.",
            ),
            (&ADA, "生きるべきか、死ぬべきか — did I copy that right?"),
            (&MEI, "完璧です！ The line break moved, I will fix it."),
            (&EMEKA, "Can we have it on the mugs as well? ☕"),
        ],
    ),
    scene(
        Place::topic(&VERONA, "balcony"),
        &[
            (
                &CHIARA,
                "The balcony now carries two people. Please do not try three.",
            ),
            (&EMEKA, "Define *people*. Does a lute count?"),
            (&CHIARA, "A lute counts as half. So does your hat."),
            (
                &NOOR,
                "Safety sign is up: max. {n} stone, no jumping, no vows after 22:00.",
            ),
            (&ADA, "I want that sign in the show."),
        ],
    ),
    scene(
        Place::topic(&VERONA, "masks"),
        &[
            (
                &CHIARA,
                "Masks are dry: 12 foxes, 9 owls, 1 very ambitious giraffe 🦊🦉🦒",
            ),
            (&TOMAS, "The giraffe blocks my follow spot."),
            (&CHIARA, "The giraffe *is* the follow spot. Trust me."),
            (&TOMAS, "…you put an LED in it. I take everything back."),
        ],
    ),
    scene(
        Place::topic(&VERONA, "fight call"),
        &[
            (
                &NOOR,
                "@**all** fight call is at 17:00 today, not 17:30. No call, no fight.",
            ),
            (
                &EMEKA,
                "Tybalt will be there. Tybalt is always early to a fight.",
            ),
            (
                &BO,
                "Can I watch? I have been staring at stack traces for {n} hours.",
            ),
            (&NOOR, "Bring popcorn, leave the laptop."),
        ],
    ),
    scene(
        Place::topic(&VERONA, "music"),
        &[
            (
                &TOMAS,
                "New arrangement for the ball: accordion, bass, and one glass of water 🎶",
            ),
            (&ADA, "Who plays the glass?"),
            (&TOMAS, "Noor. In tune, from row three, on the first try."),
            (&NOOR, "/me bows"),
            (&ADA, "Hired."),
        ],
    ),
    scene(
        Place::topic(&VERONA, "program notes"),
        &[
            (
                &ADA,
                "Two paragraphs about why we set it in a car park. Who volunteers?",
            ),
            (
                &MEI,
                "Me. First sentence: “Love needs a ticket, and so does level −2.”",
            ),
            (
                &ADA,
                "I was going to ask for a draft; that is the final version.",
            ),
        ],
    ),
    scene(
        Place::topic(&BOX_OFFICE, "tonight"),
        &[
            (
                &CURTAIN,
                "Sold tonight: **{n}** of 120 seats, 4 returns, 2 wheelchair places free.",
            ),
            (&NOOR, "Row F seat 11 squeaks. Please sell it last."),
            (&ADA, "Sell it to me. I squeak back."),
        ],
    ),
    scene(
        Place::topic(&BOX_OFFICE, "group bookings"),
        &[
            (&NOOR, "The rowing club wants {n} seats, all on one side."),
            (
                &BO,
                "The seat picker will hate that. I will add a rule for rowing clubs.",
            ),
            (&NOOR, "They also ask whether the matinee has a bar."),
            (&ADA, "It has tea with intent."),
        ],
    ),
    scene(
        Place::topic(&GREENROOM, "tea"),
        &[
            (
                &EMEKA,
                "Who finished the Assam? The tin holds one (1) leaf.",
            ),
            (&CHIARA, "That leaf is decorative."),
            (
                &BO,
                "I ordered more, arrives in {n} hours. Until then there is mint.",
            ),
            (&EMEKA, "Mint is a toothpaste, not a tea."),
        ],
    ),
    scene(
        Place::topic(&GREENROOM, "lost and found"),
        &[
            (
                &NOOR,
                "Found under the stage: a left boot, three picks, and a note that says *don't*.",
            ),
            (
                &TOMAS,
                "The picks are mine. The note is older than the building.",
            ),
            (
                &CHIARA,
                "The boot is in the inventory as “boot, left, melancholic”.",
            ),
            (
                &NOOR,
                "@**Tail Bot** please remember where the boot is, nobody else does.",
            ),
        ],
    ),
];
