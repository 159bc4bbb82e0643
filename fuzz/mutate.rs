//! Makes specs that are nearly right out of specs that are: lines and blocks of the one, put into the other.
//!
//! What must hold: the same input and seed give the same text. The specs that it takes from lie in `snapshots/` and
//! `examples/`, and are read once. Deliberately absent: changes of single bytes, which the engine makes by itself.

use std::path::Path;
use std::sync::OnceLock;

/// The lines of every spec that is there.
fn lines() -> &'static [String] {
    static LINES: OnceLock<Vec<String>> = OnceLock::new();
    LINES.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut lines = Vec::new();
        for folder in ["snapshots/cases", "snapshots/errors", "examples"] {
            let Ok(entries) = std::fs::read_dir(root.join(folder)) else { continue };
            let mut specs: Vec<_> = entries.flatten().map(|entry| entry.path().join("stackgate.yaml")).collect();
            specs.sort();
            for spec in specs {
                let text = std::fs::read_to_string(spec).unwrap_or_default();
                lines.extend(text.lines().filter(|line| !line.trim_start().starts_with('#')).map(str::to_owned));
            }
        }
        lines
    })
}

/// Xorshift: small, and always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or_default()
    }
}

/// Another spec; `None` where the engine shall change bytes instead.
pub(crate) fn spec(data: &[u8], seed: u32) -> Option<String> {
    let text = std::str::from_utf8(data).ok()?;
    let mut dice = Dice(u64::from(seed) << 1 | 1);
    for _ in 0..8 {
        dice.below(2);
    }
    let mut all: Vec<String> = text.lines().map(str::to_owned).collect();
    if all.is_empty() || dice.below(8) == 0 {
        return None;
    }
    for _ in 0..=dice.below(3) {
        change(&mut all, &mut dice);
    }
    Some(all.join("\n") + "\n")
}

fn change(all: &mut Vec<String>, dice: &mut Dice) {
    let at = dice.below(all.len());
    let Some(line) = all.get(at).cloned() else { return };
    let key = line.split_once(':').map(|(key, _)| key.to_owned());
    let end = end_of(all, at);
    match dice.below(6) {
        // The value that some spec gives to the same key.
        0 | 1 => {
            let Some(key) = key else { return };
            let start = format!("{}:", key.trim_start());
            let others: Vec<&String> = lines().iter().filter(|other| other.trim_start().starts_with(&start)).collect();
            if let Some(other) = others.get(dice.below(others.len())) {
                all[at] = format!("{}{}", indent(&line), other.trim_start());
            }
        }
        // A line of some spec, at the same depth if it is lucky.
        2 => {
            let others = lines();
            if let Some(other) = others.get(dice.below(others.len())) {
                all.insert(at, other.clone());
            }
        }
        // Without a block.
        3 => drop(all.drain(at..end)),
        // A block once more, under another name.
        4 => {
            let Some(key) = key else { return };
            let mut block: Vec<String> = all[at..end].to_vec();
            block[0] = format!("{key}{}{}", dice.below(4), line.get(key.len()..).unwrap_or_default());
            all.splice(end..end, block);
        }
        // A key's own name as another's value.
        _ => {
            let Some(key) = key else { return };
            let words: Vec<&str> = lines()
                .get(dice.below(lines().len()))
                .map(|other| other.split(|c: char| !c.is_alphanumeric() && !"-_./@".contains(c)).collect())
                .unwrap_or_default();
            if let Some(word) = words.get(dice.below(words.len())) {
                all[at] = format!("{key}: {word}");
            }
        }
    }
}

/// The line after the last one that belongs to the block which a line opens.
fn end_of(all: &[String], at: usize) -> usize {
    let depth = all.get(at).map_or(0, |line| indent(line).len());
    let deeper = |line: &&String| line.trim().is_empty() || indent(line).len() > depth;
    at + 1 + all.iter().skip(at + 1).take_while(deeper).count()
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}
