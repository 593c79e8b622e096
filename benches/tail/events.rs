//! The events that the server has, as an account sees them in life: four messages, then something else;
//! message ids with holes; texts of all lengths, and in one message of three much that is not ASCII.
//!
//! All come from a small set, made without chance, in which only ids and times are written anew.

use std::io::{self, Write};

use serde_json::Value;

/// The id of a queue's first event. All ids have ten digits, as times have.
pub const FIRST: u64 = 1_000_000_000;
/// How many there are before they begin anew.
pub const SET: u64 = 600;

/// What stands for the event's id, the newest message's, and the time.
const SLOTS: [&str; 3] = ["1111111111", "2222222222", "3333333333"];

/// An event, in which ids and times are to be written.
pub struct Event {
    /// As the server writes it.
    pub text: String,
    places: [Vec<usize>; 3],
}

impl Event {
    /// One of the set, written in some form.
    pub fn new(text: String) -> Event {
        let places = SLOTS.map(|slot| text.match_indices(slot).map(|(place, _)| place).collect());
        Event { text, places }
    }

    /// Writes it as the queue's event of this number, from 0 on.
    pub fn push(&self, number: u64, out: &mut Vec<u8>) -> io::Result<()> {
        let messages_before = number - (number + 1) / 5;
        let values = [
            FIRST + number,
            2_000_000_000 + 7 * messages_before,
            1_795_000_000 + number / 3,
        ];
        let start = out.len();
        out.extend_from_slice(self.text.as_bytes());
        for (places, value) in self.places.iter().zip(values) {
            for place in places {
                write!(&mut out[start + place..], "{value}")?;
            }
        }
        Ok(())
    }
}

/// The set, as compact JSON.
pub fn set() -> Vec<String> {
    let mut random = Random(5);
    let event = |number: u64| match number % 5 {
        4 => other(number / 5, &mut random),
        _ => message(number, &mut random),
    };
    (0..SET).map(event).collect()
}

/// As a server of version 9.2 writes it, with an avatar and half a dozen fields that nobody reads.
fn message(number: u64, random: &mut Random) -> String {
    let share = if number.is_multiple_of(3) {
        random.from(10, 100)
    } else {
        0
    };
    let mut content = quoted(&text(share, random));
    if number.is_multiple_of(4) {
        content = escaped(&content);
    }
    let topic = random.pick(&["lunch plans", "release 2.4", "build fails", "(no topic)"]);
    let channel = random.from(1, 9);
    let sender = random.from(10, 60);
    format!(
        r#"{{"type":"message","message":{{"id":2222222222,"sender_id":{sender},"content":{content},"recipient_id":2{channel},"timestamp":3333333333,"client":"website","subject":"{topic}","topic_links":[],"is_me_message":false,"reactions":[],"submessages":[],"sender_full_name":"Cordelia the {sender}th, Lear's daughter","sender_email":"user{sender}@chat.example.com","sender_realm_str":"example","display_recipient":"channel {channel}","type":"stream","stream_id":{channel},"avatar_url":"https://secure.gravatar.com/avatar/77c3871a68c8d70356156029fd0a4999?d=identicon&version=1","content_type":"text/x-markdown"}},"flags":[],"id":1111111111}}"#
    )
}

/// A flag, a reaction, an edit, a presence, and so on; of the newest message.
fn other(number: u64, random: &mut Random) -> String {
    let user = random.from(10, 60);
    match number % 4 {
        0 => r#"{"type":"update_message_flags","op":"add","operation":"add","flag":"read","messages":[2222222222],"all":false,"id":1111111111}"#.to_owned(),
        1 => format!(
            r#"{{"type":"reaction","op":"add","message_id":2222222222,"emoji_name":"tada","emoji_code":"1f389","reaction_type":"unicode_emoji","user_id":{user},"user":{{"user_id":{user},"email":"user{user}@chat.example.com","full_name":"Cordelia the {user}th, Lear's daughter","is_mirror_dummy":false}},"id":1111111111}}"#
        ),
        2 => {
            let [old, new] = [0, 30].map(|share| text(share, random));
            let [old_html, new_html] = [&old, &new].map(|text| quoted(&format!("<p>{text}</p>")));
            let [old, new] = [old, new].map(|text| quoted(&text));
            format!(
                r#"{{"type":"update_message","user_id":{user},"rendering_only":false,"message_id":2222222222,"message_ids":[2222222222],"flags":["read"],"edit_timestamp":3333333333,"stream_name":"channel 3","stream_id":3,"orig_content":{old},"orig_rendered_content":{old_html},"prev_rendered_content_version":1,"content":{new},"rendered_content":{new_html},"is_me_message":false,"id":1111111111}}"#
            )
        }
        _ => format!(
            r#"{{"type":"presence","user_id":{user},"email":"user{user}@chat.example.com","server_timestamp":3333333333.25,"presence":{{"website":{{"client":"website","status":"active","timestamp":3333333333,"pushable":false}}}},"id":1111111111}}"#
        ),
    }
}

/// What texts are put together from.
const ASCII: &str = "the |quick |brown fox |jumps over |the lazy dog, |which |says \"nothing much\" |\
    as dogs do. |Deployed |`make test` |**green** |again: |https://example.com/a/b?c=d&e=f |\
    [the log](https://ci.example.com/jobs/4711) |@**Cordelia** |:tada: |\n|\n* ";
/// The same, of languages that take more than that.
const FOREIGN: [&str; 5] = [
    "Grüße |für |Öl |Übergrößen |löst |fünf |Äußerst schöne |tschüß ",
    "déjà |été |à la crème |où |français |élève |ça ",
    "会議は|明日の|午後三時から|資料を送りました。|よろしく|お願いします。",
    "привет|сборка |опять |сломалась, |почините |пожалуйста |спасибо ",
    "🎉|👍🏽|🙂 |👩‍💻|🚀|❤️ ",
];

/// A text of which this share of the characters, in percent, is outside ASCII; no more than its
/// language has.
fn text(share: usize, random: &mut Random) -> String {
    let length = 10 + random.from(1, 23).pow(2);
    let foreign = random.pick(&FOREIGN);
    let mut text = String::new();
    while text.len() < length {
        let outside = text.chars().filter(|c| !c.is_ascii()).count();
        let all = text.chars().count() + 1;
        let pieces = if outside * 100 < share * all {
            foreign
        } else {
            ASCII
        };
        let pieces: Vec<&str> = pieces.split('|').collect();
        text.push_str(random.pick(&pieces));
    }
    text
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// JSON in ASCII, as older servers write it.
fn escaped(json: &str) -> String {
    let units = json.encode_utf16().map(|unit| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
        _ => format!("\\u{unit:04x}"),
    });
    units.collect()
}

/// The same numbers in each run (xorshift).
struct Random(u64);

impl Random {
    fn from(&mut self, least: usize, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let number = usize::try_from(self.0 >> 33).unwrap_or_default();
        least + number % (most - least + 1)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.from(0, from.len() - 1)]
    }
}
