//! The cast over simulated time: how much it does, and that it makes sense.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::demo::roster::TAIL_BOT;
use crate::demo::script::scenes;

const NOW: Moment = Moment(1_790_000_000_000);

/// Something to look for.
type Named<T> = (&'static str, fn(&T) -> bool);

/// What is done from `NOW` on for that long, and when.
fn played(seed: u64, long: Duration) -> Vec<(Moment, Happening)> {
    let mut cast = Cast::new(seed, NOW);
    let mut happenings = Vec::new();
    let end = NOW.after(long);
    while let Some(due) = cast.due().filter(|due| *due < end) {
        happenings.extend(cast.step(due).into_iter().map(|happening| (due, happening)));
    }
    happenings
}

#[test]
fn about_three_things_happen_in_a_second_and_most_are_messages() {
    for seed in 0..5 {
        let happenings = played(seed, Duration::from_mins(10));
        let messages = happenings
            .iter()
            .filter(|(_, happening)| matches!(happening, Happening::Said(_)));
        let (all, messages) = (happenings.len(), messages.count());
        assert!((1500..2100).contains(&all), "seed {seed}: {all} in 600 s");
        assert!(messages * 2 > all, "seed {seed}: {messages} of {all}");
    }
}

#[test]
fn equal_seeds_give_equal_plays_and_others_do_not() {
    let play = |seed| format!("{:?}", played(seed, Duration::from_mins(1)));
    assert_eq!(play(1), play(1));
    assert_ne!(play(1), play(2));
}

#[test]
fn ids_ascend_and_changes_are_of_messages_that_were_said() {
    let (mut latest, mut said, mut reactions) = (MessageId(0), BTreeSet::new(), Vec::new());
    for (at, happening) in played(3, Duration::from_mins(10)) {
        match happening {
            Happening::Said(message) => {
                assert!(message.id > latest, "{message:?}");
                assert_eq!(message.at, at);
                latest = message.id;
                said.insert(message.id);
            }
            Happening::Edited(id, _) => assert!(said.contains(&id)),
            Happening::Reacted(id, reaction, Change::Begin) => {
                assert!(said.contains(&id));
                assert!(
                    !reactions.contains(&(id, reaction.clone())),
                    "{reaction:?} twice"
                );
                reactions.push((id, reaction));
            }
            Happening::Reacted(id, reaction, Change::End) => {
                let given = reactions
                    .iter()
                    .position(|given| *given == (id, reaction.clone()));
                reactions.remove(given.expect("only what was given is taken back"));
            }
            _ => {}
        }
    }
}

#[test]
fn who_begins_to_type_stops_and_then_says_the_line() {
    let happenings = played(4, Duration::from_mins(10));
    let mut begun = 0;
    for (position, (at, happening)) in happenings.iter().enumerate() {
        let Happening::Typing(typist, place, Change::Begin) = happening else {
            continue;
        };
        if NOW.after(Duration::from_mins(10)).since(*at) < Duration::from_secs(2) {
            continue;
        }
        begun += 1;
        let after: Vec<&Happening> = happenings[position..]
            .iter()
            .map(|(_, happening)| happening)
            .collect();
        let stop = after.iter().position(
            |happening| matches!(happening, Happening::Typing(person, at, Change::End) if person == typist && at == place),
        );
        let stop = stop.expect("typing ends");
        let said = after[stop..].iter().any(
            |happening| matches!(happening, Happening::Said(message) if message.sender == *typist && message.place == *place),
        );
        assert!(said, "{typist:?} at {place:?}");
    }
    assert!(begun > 50, "{begun}");
}

#[test]
fn scenes_are_played_in_the_order_of_their_lines() {
    let mut next: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let first_words = |text: &str| text.split('{').next().unwrap_or_default().to_owned();
    for (_, happening) in played(5, Duration::from_mins(5)) {
        let Happening::Said(message) = happening else {
            continue;
        };
        for scene in scenes().filter(|scene| scene.place == message.place) {
            let line = scene.lines.iter().position(|(person, text)| {
                *person == message.sender && message.content.starts_with(&first_words(text))
            });
            if let Some(line) = line {
                let key = format!("{:?} {:?}", scene.place, scene.lines.first());
                next.entry(key).or_default().push(line);
                break;
            }
        }
    }
    // Lines that begin alike are told apart only by what comes after the gap, so "deploy" is left out.
    for (scene, lines) in next.iter().filter(|(scene, _)| !scene.contains("deploy")) {
        for pair in lines.windows(2) {
            assert!(pair[1] == pair[0] + 1 || pair[1] == 0, "{scene}: {lines:?}");
        }
    }
}

#[test]
fn what_was_slept_through_is_not_made_up_for() {
    let mut cast = Cast::new(6, NOW);
    cast.step(NOW);
    let happenings = cast.step(NOW.after(Duration::from_hours(1)));
    assert!(happenings.len() <= 3, "{}", happenings.len());
    assert!(cast.due() > Some(NOW.after(Duration::from_hours(1))));
}

#[test]
fn a_newcomer_is_greeted_within_300_ms() {
    for seed in 0..50 {
        let mut cast = Cast::new(seed, NOW);
        cast.greet(NOW);
        let happenings = cast.step(NOW.after(Duration::from_millis(299)));
        let heard = happenings.iter().any(
            |happening| matches!(happening, Happening::Said(message) if matches!(message.place, Place::Direct(_))),
        );
        assert!(heard, "seed {seed}");
    }
}

#[test]
fn the_past_has_200_messages_of_two_days_and_denser_ones_lately() {
    let past = Cast::new(7, NOW).past(NOW);
    assert_eq!(past.len(), 200);
    assert!(
        past.windows(2)
            .all(|pair| pair[0].id < pair[1].id && pair[0].at <= pair[1].at)
    );
    assert!(
        past.iter()
            .all(|message| message.at <= NOW && NOW.since(message.at) <= PAST)
    );
    let oldest = past.first().map(|message| NOW.since(message.at));
    assert!(oldest > Some(Duration::from_hours(40)), "{oldest:?}");
    let lately = past
        .iter()
        .filter(|message| NOW.since(message.at) < Duration::from_hours(2))
        .count();
    assert!((20..120).contains(&lately), "{lately}");
    for reading in [Reading::Read, Reading::Unread, Reading::Starred] {
        assert!(
            past.iter().any(|message| message.reading == reading),
            "{reading:?}"
        );
    }
}

#[test]
fn the_script_is_varied() {
    let lines: BTreeSet<&str> = scenes()
        .flat_map(|scene| scene.lines)
        .map(|(_, text)| *text)
        .collect();
    assert!(lines.len() >= 80, "{}", lines.len());
    let table: [Named<str>; 6] = [
        ("emoji", |text| text.contains('🚀')),
        ("CJK", |text| text.contains("完璧")),
        ("code", |text| text.contains("```")),
        ("/me", |text| text.starts_with("/me ")),
        ("a mention", |text| text.contains("@**Tail Bot**")),
        ("the alert word", |text| text.contains("matinee")),
    ];
    for (name, found) in table {
        assert!(lines.iter().any(|text| found(text)), "{name}");
    }
    for scene in scenes().chain(GREETINGS) {
        assert!(!scene.lines.is_empty());
        if let Place::Direct(people) = scene.place {
            assert!(people.contains(&&TAIL_BOT), "{:?}", scene.place);
            assert!(
                scene
                    .lines
                    .iter()
                    .all(|(person, _)| people.contains(person)),
                "{:?}",
                scene.place
            );
        }
    }
}

#[test]
fn now_and_then_everything_else_happens() {
    let happenings = played(8, Duration::from_mins(10));
    let table: [Named<Happening>; 7] = [
        ("on duty", |happening| {
            matches!(happening, Happening::OnDuty(_))
        }),
        ("edited", |happening| {
            matches!(happening, Happening::Edited(..))
        }),
        ("resolved", |happening| {
            matches!(happening, Happening::Resolved(..))
        }),
        ("online", |happening| {
            matches!(happening, Happening::Online(_))
        }),
        ("status", |happening| {
            matches!(happening, Happening::Status(..))
        }),
        ("reacted", |happening| {
            matches!(happening, Happening::Reacted(_, _, Change::Begin))
        }),
        ("reaction gone", |happening| {
            matches!(happening, Happening::Reacted(_, _, Change::End))
        }),
    ];
    for (name, is) in table {
        assert!(
            happenings.iter().any(|(_, happening)| is(happening)),
            "{name}"
        );
    }
}
