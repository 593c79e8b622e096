//! How a gap is told: on stderr, in the stream, and by the exit code.

use super::{Stop, Tail};
use crate::notice::Level;
use crate::output::meta::{Gap, Record};

/// What no history has.
pub const OTHER_KINDS: &str = "edits, reactions and other events of that time";

impl Tail {
    /// Says what was missed, and ends the run if something was lost and that is a failure.
    pub(super) fn say_gap(&mut self, gap: Gap) -> Result<(), Stop> {
        let lossy = !gap.lost.is_empty();
        let text = format!("gap {}", gap.describe(&self.zone));
        let level = if lossy { Level::Loss } else { Level::Warning };
        self.link.announcer().say(level, &text);
        self.link.announcer().record(&Record::Gap(gap))?;
        self.lossy |= lossy;
        if lossy && self.plan.fail_on_gap && !self.plan.once {
            return Err(Stop::Lost);
        }
        Ok(())
    }
}
