//! What comes out of whole, cut, damaged and hostile answers; here is how a test reads one.

mod damaged;
mod id_and_kind;
mod limits;
mod made;

mod properties;
mod sound;

use super::{SplitError, Splitter};

/// An element: its id, its kind, its text.
type SplitElement = (Option<i64>, String, String);

/// Reads `body` in the pieces that `pieces` makes of it.
fn split<'a>(
    pieces: impl Iterator<Item = &'a [u8]>,
) -> (Vec<SplitElement>, Result<String, SplitError>) {
    let mut splitter = Splitter::new("events");
    let mut lines = Vec::new();
    for piece in pieces {
        if let Err(error) = read(&mut splitter, piece, &mut lines) {
            return (lines, Err(error));
        }
    }
    let envelope = splitter.finish();
    (
        lines,
        envelope.map(|text| String::from_utf8_lossy(&text).into_owned()),
    )
}

/// Reads the next piece, and adds its elements to `lines`.
fn read(
    splitter: &mut Splitter,
    piece: &[u8],
    lines: &mut Vec<SplitElement>,
) -> Result<(), SplitError> {
    splitter.begin(piece)?;
    while let Some(event) = splitter.next_element(piece)? {
        let id = event.id.map(|id| id.0);
        lines.push((id, event.kind.to_owned(), event.text.to_owned()));
    }
    Ok(())
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
