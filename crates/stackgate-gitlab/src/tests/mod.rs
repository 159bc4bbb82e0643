//! Tests of the adapter as a whole: rendering and reading back, diagnostics, what it says of itself.

mod check;
mod plans;
mod readback;
mod trust;
