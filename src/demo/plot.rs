//! The plot: which scenes are played, and whose line comes next.
//!
//! Not for when a line is said (`cast`) or what it says (`script`).

use super::clock::Moment;
use super::place::Place;
use super::props;
use super::random::Random;
use super::roster::Person;
use super::script::{Scene, scenes};

/// Scenes that are played at the same time.
const STAGES: usize = 3;

/// A line that is ready to be said.
#[derive(Clone, Debug)]
pub struct Line {
    /// Who says it.
    pub person: &'static Person,
    /// Where.
    pub place: Place,
    /// Its text, gaps filled.
    pub text: String,
}

/// A scene that is being played.
#[derive(Debug)]
struct Playing {
    scene: &'static Scene,
    next: usize,
    /// Until then somebody types, and the others wait for it.
    quiet_until: Moment,
}

/// The scenes that are played, and those that are still to come.
#[derive(Debug, Default)]
pub struct Plot {
    deck: Vec<&'static Scene>,
    stages: Vec<Playing>,
    finished: Option<Place>,
}

impl Plot {
    /// The next line of one of the scenes that are being played; nobody else speaks in it before `said`.
    pub fn next_line(&mut self, random: &mut Random, now: Moment, said: Moment) -> Option<Line> {
        while self.stages.len() < STAGES {
            let scene = self.next_scene(random)?;
            self.stages.push(Playing {
                scene,
                next: 0,
                quiet_until: now,
            });
        }
        let free: Vec<usize> = (0..self.stages.len())
            .filter(|stage| {
                self.stages
                    .get(*stage)
                    .is_some_and(|playing| playing.quiet_until <= now)
            })
            .collect();
        let stage = *random.pick(&free)?;
        let playing = self.stages.get_mut(stage)?;
        let scene = playing.scene;
        let (person, text) = scene.lines.get(playing.next)?;
        playing.next += 1;
        playing.quiet_until = said;
        if playing.next == scene.lines.len() {
            self.stages.remove(stage);
            if scene.place.channel().is_some() {
                self.finished = Some(scene.place.clone());
            }
        }
        let text = props::fill(text, random);
        Some(Line {
            person,
            place: scene.place.clone(),
            text,
        })
    }

    /// Each scene once before any comes again, and none where one is being played already.
    fn next_scene(&mut self, random: &mut Random) -> Option<&'static Scene> {
        if self.deck.is_empty() {
            self.deck = scenes().collect();
            random.shuffle(&mut self.deck);
        }
        let stages = &self.stages;
        let is_free = |scene: &&Scene| stages.iter().all(|stage| stage.scene.place != scene.place);
        let position = self.deck.iter().rposition(is_free);
        position
            .map(|position| self.deck.remove(position))
            .or_else(|| self.deck.pop())
    }

    /// The topic whose scene ended last; each is given out once.
    pub fn take_finished(&mut self) -> Option<Place> {
        self.finished.take()
    }
}
