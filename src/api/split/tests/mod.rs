//! What comes out of whole, cut, damaged and hostile answers; here is how a test reads one.

mod damaged;
mod id_and_kind;
mod limits;
mod made;

mod properties;
mod sound;

use super::{Chunk, SplitError, Splitter};

/// An element: its id, its kind, its text.
type SplitElement = (Option<i64>, String, String);

/// Reads `body` in the pieces that `pieces` makes of it.
fn split<'a>(
    pieces: impl Iterator<Item = &'a [u8]>,
) -> (Vec<SplitElement>, Result<String, SplitError>) {
    let mut splitter = Splitter::new("events");
    let mut chunk = Chunk::default();
    let mut lines = Vec::new();
    for piece in pieces {
        chunk.clear();
        let result = splitter.push(piece, &mut chunk);
        let from = lines.len();
        lines.extend(chunk.iter().map(|event| {
            (
                event.id.map(|id| id.0),
                event.kind.to_owned(),
                event.text.to_owned(),
            )
        }));
        assert_eq!(chunk.len(), lines.len() - from);
        assert_eq!((chunk.len() == 0), lines.len() == from);
        if let Err(error) = result {
            return (lines, Err(error));
        }
    }
    let envelope = splitter.finish();
    (
        lines,
        envelope.map(|text| String::from_utf8_lossy(&text).into_owned()),
    )
}

fn whole(body: &[u8]) -> (Vec<SplitElement>, Result<String, SplitError>) {
    split(std::iter::once(body))
}

/// Checks that the result does not depend on how the body is cut, and gives it.
fn split_in_all_sizes(name: &str, body: &[u8]) -> (Vec<String>, Result<String, SplitError>) {
    let expected = whole(body);
    for size in [1, 2, 3, 5, 7, 31, 63, 64, 65, 128, 1000] {
        assert_eq!(
            split(body.chunks(size)),
            expected,
            "{name}, in pieces of {size}"
        );
    }
    (
        expected.0.into_iter().map(|line| line.2).collect(),
        expected.1,
    )
}
