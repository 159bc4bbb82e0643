//! Names, each kept once, and numbers in their place.
//!
//! What must hold: no more than [`MOST`] names are kept; what comes after shares one number, and `is_full` says so.

use std::collections::HashMap;

/// How many names are kept.
pub(crate) const MOST: usize = 200_000;
/// How many bytes of a name are kept.
const LONGEST: usize = 200;

/// The number of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name(u32);

/// All names.
#[derive(Default)]
pub(crate) struct Names {
    known: HashMap<Box<str>, Name>,
    all: Vec<Box<str>>,
    full: bool,
}

impl Names {
    /// The number of a name.
    pub(crate) fn of(&mut self, name: &str) -> Name {
        let name = short(name);
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let (name, number) = match self.all.len() {
            all if all < MOST => (name, all),
            _ => {
                self.full = true;
                match self.known.get(OTHERS) {
                    Some(others) => return *others,
                    None => (OTHERS, self.all.len()),
                }
            }
        };
        let number = Name(u32::try_from(number).unwrap_or(u32::MAX));
        self.all.push(name.into());
        self.known.insert(name.into(), number);
        number
    }

    /// The name of a number.
    pub(crate) fn get(&self, name: Name) -> &str {
        usize::try_from(name.0).ok().and_then(|at| self.all.get(at)).map_or("", |name| name)
    }

    /// Whether there were more names than are kept.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }
}

/// What all names share that came when no more were kept.
const OTHERS: &str = "(others)";

/// The beginning of a name, up to a whole character.
fn short(name: &str) -> &str {
    let mut end = name.len().min(LONGEST);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_once_and_a_flood_of_them_is_told() {
        let mut names = Names::default();
        let ada = names.of("ada");
        assert_eq!((names.of("ada"), names.get(ada)), (ada, "ada"));
        let long = names.of(&"ä".repeat(300));
        assert_eq!(names.get(long).len(), 200);
        for number in 0..MOST + 3 {
            names.of(&number.to_string());
        }
        assert!(names.is_full());
        let more = names.of("one more");
        assert_eq!(names.of("another"), more);
        assert_eq!(names.get(more), OTHERS);
    }
}
