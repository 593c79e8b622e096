//! What the demo's cast says: short scenes, each in one place, that are played in an order of chance.
//!
//! Not for when it is said, and by whom else it is heard (`cast`). `{n}`, `{sha}` and `{ms}` in a
//! line become numbers when it is said, so that a scene played twice is not quite the same.

mod direct;
mod software;
mod theatre;

pub use direct::GREETINGS;

use super::place::Place;
use super::roster::Person;

/// A line and who says it.
pub type Line = (&'static Person, &'static str);

/// A few lines in one place.
#[derive(Debug)]
pub struct Scene {
    /// Where it is said.
    pub place: Place,
    /// What is said, in order.
    pub lines: &'static [Line],
}

const fn scene(place: Place, lines: &'static [Line]) -> Scene {
    Scene { place, lines }
}

/// All scenes.
pub fn scenes() -> impl Iterator<Item = &'static Scene> {
    [theatre::SCENES, software::SCENES, direct::SCENES]
        .into_iter()
        .flatten()
}
