//! The journal as others may have written it.
