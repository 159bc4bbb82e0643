//! `cache-mode`: which access to GitHub's cache a workflow or a job has.
//!
//! What must hold: a job's word counts before its workflow's, and nobody gets more than a caller has. Source: "Control
//! GitHub Actions cache access with cache-mode" in GitHub's changelog, 2026-09-10. Deliberately absent: the default, which
//! depends on the event: reading for those of strangers, and writing too for all others.

use stackgate_provider::facts::{Channel, ChannelKind, Setting};

/// The key, of the file and of the setting.
pub(super) const KEY: &str = "cache-mode";

/// Puts a mode in place of what counts so far; that of a caller is the most that there can be.
pub(super) fn set(settings: &mut Vec<Setting>, new: Setting, most: Option<&str>) {
    let value = most.map_or(new.value.clone(), |most| least(most, &new.value));
    settings.retain(|known| known.key != KEY);
    settings.push(Setting { value, ..new });
}

/// What counts.
pub(super) fn mode(settings: &[Setting]) -> Option<&str> {
    settings.iter().find(|setting| setting.key == KEY).map(|setting| setting.value.as_str())
}

fn least(most: &str, wanted: &str) -> String {
    match (most, wanted) {
        ("write", _) => wanted,
        (_, "write") => most,
        (most, wanted) if most == wanted => most,
        _ => "none",
    }
    .to_owned()
}

/// Takes out the caches that a job cannot get at.
pub(super) fn shut(settings: &[Setting], channels: &mut Vec<Channel>) {
    if mode(settings) == Some("none") {
        channels.retain(|channel| channel.kind != ChannelKind::Cache);
    }
}
