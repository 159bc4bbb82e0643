//! Scripts that were read already: the jobs of a pipeline share theirs, and so do both sides of a comparison.
//!
//! What must hold: what is kept is what [`Script::parse`] gives for that very text; how much is kept is bounded. Deliberately
//! absent: what a script does, which depends on the job.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::{Dialect, Macros, Script};

/// Most text that is kept, in bytes; scripts of one repository come to some dozens of kilobytes.
const MOST: usize = 1 << 18;

#[derive(Default)]
struct Known {
    scripts: HashMap<(Dialect, Box<str>), Rc<Script>>,
    bytes: usize,
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

impl Script {
    /// As [`Script::parse`]; a text that was read before is not read again.
    pub(crate) fn known(text: &str, dialect: Dialect, macros: &Macros<'_>) -> Rc<Script> {
        // What a provider puts there first makes another script of the same text.
        if !macros.names.is_empty() || text.len() > MOST {
            return Rc::new(Script::parse(text, dialect, macros));
        }
        KNOWN.with_borrow_mut(|known| {
            let key = (dialect, Box::from(text));
            if let Some(script) = known.scripts.get(&key) {
                return Rc::clone(script);
            }
            // An empty text takes room as well.
            let size = text.len().max(64);
            if known.bytes + size > MOST {
                *known = Known::default();
            }
            known.bytes += size;
            let script = Rc::new(Script::parse(text, dialect, macros));
            known.scripts.insert(key, Rc::clone(&script));
            script
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_once_in_each_language_and_never_with_macros() {
        let read = |dialect| Script::known("echo $(NAME)", dialect, &Macros::default());
        assert!(Rc::ptr_eq(&read(Dialect::Posix), &read(Dialect::Posix)));
        assert!(!Rc::ptr_eq(&read(Dialect::Posix), &read(Dialect::Batch)));
        let names = ["NAME".to_owned()];
        let with = Script::known("echo $(NAME)", Dialect::Posix, &Macros { names: &names });
        assert_ne!(format!("{with:?}"), format!("{:?}", read(Dialect::Posix)));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        for number in 0..10_000 {
            Script::known(&format!("echo {number} {}", "x".repeat(100)), Dialect::Posix, &Macros::default());
        }
        KNOWN.with_borrow(|known| assert!(known.bytes <= MOST && known.scripts.len() <= MOST / 64));
    }
}
