//! Expressions, by examples.
