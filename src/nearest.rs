//! The name that was probably meant by a misspelt one: a kind of event, a channel, an address.
//!
//! Not for the words around it, nor for operators of narrows, which are too short for this measure.

use strsim::osa_distance;

/// The most alike of the known names, whatever the letters' case. At most every third letter wrong:
/// more than that is another word.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = written.to_lowercase();
    known
        .into_iter()
        .map(|known| (osa_distance(&lower, &known.to_lowercase()), known))
        .filter(|(distance, known)| distance * 3 <= known.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}
