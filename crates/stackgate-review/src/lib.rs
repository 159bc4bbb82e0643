//! What Pulumi Cloud holds against what was declared, one difference at a time.
//!
//! What must hold: an organization that is exactly as declared has no difference; what could not be read is told as unknown
//! and never as fine; the same two sides give the same differences in the same order. A difference says what it permits and
//! how it is mended.
//!
//! Deliberately absent: reading either side, the disk, the network, the clock, and what fails a command.

mod cover;
mod declared;
mod difference;
mod duration;
mod mend;
mod policies;
mod rule;
mod rules;
mod view;
mod words;

pub use declared::Declared;
pub use difference::{Class, Difference};
pub use duration::minutes;
pub use rule::{Differences, Group, ReviewRule};
pub use rules::{RULES, diagnostic_rules, find};

use stackgate_cloud::Actual;
use view::View;

/// Every difference between the two, the worst first.
///
/// Takes what was declared, what Pulumi Cloud holds, and the time in seconds since 1970, by which things are old.
#[must_use]
pub fn compare(declared: &Declared, actual: &Actual, now: i64) -> Vec<Difference> {
    let view = View::new(declared, actual, now);
    let mut all = Vec::new();
    for rule in RULES.iter().copied() {
        let mut found = Differences::new(rule);
        (rule.check)(&view, &mut found);
        all.append(&mut found.into_vec());
    }
    all.sort_by(|one, other| {
        let key = |one: &Difference| (one.rule.id, one.subject.clone(), one.what.clone());
        other.level.cmp(&one.level).then_with(|| key(one).cmp(&key(other)))
    });
    all
}
