//! How a gap is told: on stderr, in the stream, and by the exit code.

use jiff::Timestamp;

use super::{Stop, Tail};
use crate::notice::Level;
use crate::output::meta::{Gap, Record};

/// What no history has.
pub const OTHER_KINDS: &str = "edits, reactions and other events of that time";

impl Tail {
    /// Says what was missed, and ends the run if something was lost and that is a failure.
    pub(super) fn say_gap(&mut self, gap: Gap) -> Result<(), Stop> {
        let span = self.span(gap.from, gap.to);
        let fetched = match gap.fetched {
            1 => "1 message fetched".to_owned(),
            n => format!("{n} messages fetched"),
        };
        let lossy = !gap.lost.is_empty();
        let lost = if lossy { "; lost: " } else { "" };
        let text = format!(
            "gap {span} ({}): {fetched}{lost}{}",
            gap.reason,
            gap.lost.join("; ")
        );
        let level = if lossy { Level::Loss } else { Level::Warning };
        self.link.announcer().say(level, &text);
        self.link.announcer().record(&Record::Gap(gap))?;
        self.lossy |= lossy;
        if lossy && self.plan.fail_on_gap && !self.plan.once {
            return Err(Stop::Lost);
        }
        Ok(())
    }

    /// `12:01:22–12:14:05`, with dates where it spans midnight.
    fn span(&self, from: Timestamp, to: Timestamp) -> String {
        let from = from.to_zoned(self.zone.clone());
        let to = to.to_zoned(self.zone.clone());
        let form = if from.date() == to.date() {
            "%H:%M:%S"
        } else {
            "%Y-%m-%d %H:%M:%S"
        };
        format!("{}–{}", from.strftime(form), to.strftime(form))
    }
}
