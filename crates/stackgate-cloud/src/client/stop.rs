//! Ctrl-C.
//!
//! What must hold: the first ends the reading and leaves what was read; the second ends the process, for the first may be
//! heard by nobody.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit code of a process that a second Ctrl-C ends, as shells have it: 128 and the signal's number.
const INTERRUPTED: i32 = 130;

/// A flag for [`Options::stop`](super::Options::stop) that Ctrl-C, or the signal to terminate, sets. From the command, once.
///
/// # Errors
/// When the system refuses.
pub fn stop_on_interrupt() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: it looks at the flag before the next line sets it.
        flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}
