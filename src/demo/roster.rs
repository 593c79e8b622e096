//! Who and what the demo's organization is made of: people, bots, channels, a group, and the account that
//! tails.
//!
//! Not for what they say (`script`). Fields: `GET /users` and `GET /streams` of Zulip 9.2.

/// Whether a person or a program writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// A person.
    Human,
    /// A program; it neither reacts nor types.
    Bot,
}

/// An account of the organization.
#[derive(Debug, PartialEq, Eq)]
pub struct Person {
    /// The user id.
    pub id: i64,
    /// The address as messages carry it.
    pub email: &'static str,
    /// The full name.
    pub name: &'static str,
    /// A person or a program.
    pub nature: Nature,
    /// Where the person is, as an IANA name.
    pub timezone: &'static str,
}

const fn human(id: i64, email: &'static str, name: &'static str, timezone: &'static str) -> Person {
    Person {
        id,
        email,
        name,
        nature: Nature::Human,
        timezone,
    }
}

const fn bot(id: i64, email: &'static str, name: &'static str) -> Person {
    Person {
        nature: Nature::Bot,
        ..human(id, email, name, "")
    }
}

/// Artistic director.
pub static ADA: Person = human(
    11,
    "user11@lantern.example",
    "Ada Lindqvist",
    "Europe/Stockholm",
);
/// Backend developer.
pub static BO: Person = human(12, "user12@lantern.example", "Bo Okafor", "Africa/Lagos");
/// Stage designer.
pub static CHIARA: Person = human(13, "user13@lantern.example", "Chiara Conti", "Europe/Rome");
/// Actor, and tester of the booking software.
pub static EMEKA: Person = human(14, "user14@lantern.example", "Emeka Obi", "Europe/London");
/// Frontend developer and poster artist.
pub static MEI: Person = human(
    15,
    "user15@lantern.example",
    "Mei Tanaka 田中芽衣",
    "Asia/Tokyo",
);
/// Stage manager.
pub static NOOR: Person = human(16, "user16@lantern.example", "Noor Haddad", "Asia/Beirut");
/// Light and sound.
pub static TOMAS: Person = human(
    17,
    "user17@lantern.example",
    "Tomás Rivera",
    "America/Bogota",
);
/// The bot that deploys.
pub static CURTAIN: Person = bot(21, "curtain-bot@lantern.example", "Curtain Bot");
/// The demo's own account.
pub static TAIL_BOT: Person = bot(24, "tail-bot@lantern.example", "Tail Bot");

/// Everybody, in order of their ids.
pub static PEOPLE: [&Person; 9] = [
    &ADA, &BO, &CHIARA, &EMEKA, &MEI, &NOOR, &TOMAS, &CURTAIN, &TAIL_BOT,
];

/// A user group.
#[derive(Debug)]
pub struct Group {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: &'static str,
    /// One line about it.
    pub description: &'static str,
}

/// Whoever is on duty: one person at a time.
pub static FRONT_OF_HOUSE: Group = Group {
    id: 31,
    name: "front of house",
    description: "Opens the doors and finds lost umbrellas",
};

/// The demo account's key: known to all, as it opens nothing but the demo.
pub static KEY: &str = "demo0demo0demo0demo0demo0demo0de";

/// A message with this word is flagged `has_alert_word`.
pub static ALERT_WORD: &str = "matinee";

/// Name of the organization.
pub static ORGANIZATION: &str = "Lantern Playhouse";

/// Whether the demo account reads along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscription {
    /// It gets all messages.
    Subscribed,
    /// It gets them only if it asks for public channels.
    NotSubscribed,
}

/// Who may look into a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// The whole organization.
    Public,
    /// Subscribers.
    InviteOnly,
}

/// A channel.
#[derive(Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its id, `stream_id` on the wire.
    pub id: i64,
    /// Its name, without the `#`.
    pub name: &'static str,
    /// One line about it.
    pub description: &'static str,
    /// In the demo account's list.
    pub color: &'static str,
    /// Whether the demo account reads along.
    pub subscription: Subscription,
    /// Who may look in.
    pub privacy: Privacy,
}

const fn channel(
    id: i64,
    name: &'static str,
    description: &'static str,
    color: &'static str,
) -> Channel {
    Channel {
        id,
        name,
        description,
        color,
        subscription: Subscription::Subscribed,
        privacy: Privacy::Public,
    }
}

/// The production of Hamlet.
pub static DENMARK: Channel = channel(4, "Denmark", "Hamlet: rehearsals and stage", "#76ce90");
/// The production of Romeo and Juliet.
pub static VERONA: Channel = channel(
    5,
    "Verona",
    "Romeo and Juliet: rehearsals and stage",
    "#fae589",
);
/// Running the booking software.
pub static OPS: Channel = channel(
    7,
    "ops",
    "Deploys and incidents of Usher, our booking software",
    "#a6c7e5",
);
/// How things look.
pub static DESIGN: Channel = channel(8, "design", "Posters, sets and screens", "#e79ab5");
/// Takings are not for everybody.
pub static BOX_OFFICE: Channel = Channel {
    privacy: Privacy::InviteOnly,
    ..channel(9, "box office", "Takings and seats", "#bfd56f")
};
/// The account is not in here.
pub static GREENROOM: Channel = Channel {
    subscription: Subscription::NotSubscribed,
    ..channel(10, "greenroom", "Tea and everything else", "#c2c2c2")
};

/// All channels, in order of their ids.
pub static CHANNELS: [&Channel; 6] = [&DENMARK, &VERONA, &OPS, &DESIGN, &BOX_OFFICE, &GREENROOM];
