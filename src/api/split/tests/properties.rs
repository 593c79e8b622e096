//! What holds for any answer, however it is cut and damaged.

use proptest::prelude::*;
use serde_json::Value;

use super::made::{any_answer, any_cuts, any_damage, cut};
use super::{split, whole};

/// Whether `line` is one object as far as brackets and strings tell, without a raw control in it.
fn is_sound(line: &str) -> bool {
    let mut open = 0;
    let mut bytes = line.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open -= 1,
            b'"' => loop {
                match bytes.next() {
                    Some(b'"') => break,
                    Some(b'\\') => {
                        if bytes.next().is_none_or(|escaped| escaped < b' ') {
                            return false;
                        }
                    }
                    None | Some(0..b' ') => return false,
                    Some(_) => {}
                }
            },
            b'\t' => {}
            0..b' ' | b'\\' => return false,
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    line.starts_with('{') && line.ends_with('}') && bytes.next().is_none()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_gives_its_elements_and_its_envelope_however_it_is_cut(
        answer in any_answer(), cuts in any_cuts(),
    ) {
        let body = answer.body();
        prop_assert!(serde_json::from_str::<Value>(&body).is_ok(), "the test writes JSON: {body}");
        let (lines, envelope) = split(cut(body.as_bytes(), &cuts).into_iter());
        prop_assert_eq!(lines, answer.lines());
        let envelope: Value = serde_json::from_str(&envelope.unwrap()).unwrap();
        prop_assert_eq!(envelope, answer.envelope());
    }

    #[test]
    fn damage_spoils_nothing_before_it_and_lets_no_broken_line_through(
        answer in any_answer(), damage in any_damage(), cuts in any_cuts(),
    ) {
        let mut body = answer.body().into_bytes();
        let from = damage.strike(&mut body);
        let (before, _) = whole(&body[..from]);
        let expected = answer.lines();
        prop_assert_eq!(&before[..], &expected[..before.len()]);

        let (lines, result) = split(cut(&body, &cuts).into_iter());
        prop_assert_eq!(&lines[..before.len()], &before[..]);
        for line in &lines {
            prop_assert!(is_sound(&line.2), "{:?}", line);
        }
        prop_assert_eq!((lines, result), whole(&body), "cuts make no difference");
    }

    #[test]
    fn no_bytes_at_all_make_it_panic_or_give_a_broken_line(
        noise in prop::collection::vec(prop::sample::select(&b"{}[]\"\\,: \n\t1a\x01\xc3\xa9"[..]), 0..300),
        cuts in any_cuts(),
    ) {
        let body = [&b"{\"events\":["[..], &noise].concat();
        let (lines, result) = split(cut(&body, &cuts).into_iter());
        prop_assert!(lines.iter().all(|line| is_sound(&line.2)));
        prop_assert_eq!((lines, result), whole(&body), "cuts make no difference");
    }
}
