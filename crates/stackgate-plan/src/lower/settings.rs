//! Merging of `defaults` with what a stack says, key by key.
//!
//! What must always hold: a value keeps the place that it was written at, and it is known whether the stack itself said
//! it. Deliberately absent: what a value that nobody gave should be.

use stackgate_diagnostic::Span;
use stackgate_spec::Kept;
use stackgate_yaml::{Located, Switch};

/// What is switched off, described, or not mentioned.
#[derive(Debug)]
pub(super) enum Setting<'a, T> {
    /// Neither the stack nor the defaults mention it.
    Absent,
    /// It is `false`.
    Off,
    /// It is described.
    On(Merged<'a, T>),
}

/// What the stack says over what the defaults say.
#[derive(Debug)]
pub(super) struct Merged<'a, T> {
    pub(super) own: Option<&'a T>,
    pub(super) defaults: Option<&'a T>,
}

impl<T> Clone for Merged<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Merged<'_, T> {}

/// One value with where it came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a, V> {
    pub(super) value: &'a V,
    pub(super) span: Span,
    /// Whether the stack itself says so.
    pub(super) own: bool,
}

impl<'a, T> Setting<'a, T> {
    /// `false` at the stack wins over the defaults, a description at the stack over `false` in the defaults.
    pub(super) fn of(own: Option<&'a Switch<T>>, defaults: Option<&'a Switch<T>>) -> Setting<'a, T> {
        match (own, defaults) {
            (Some(Switch::Off(_)), _) | (None, Some(Switch::Off(_))) => Setting::Off,
            (None, None) => Setting::Absent,
            (own, defaults) => {
                Setting::On(Merged { own: own.and_then(Switch::on), defaults: defaults.and_then(Switch::on) })
            }
        }
    }
}

impl<'a, T> Merged<'a, T> {
    /// Nothing given.
    pub(super) const fn nothing() -> Self {
        Merged { own: None, defaults: None }
    }

    /// One key: the stack's, or else that of the defaults.
    pub(super) fn get<V>(&self, field: impl Fn(&'a T) -> Option<&'a Located<V>>) -> Option<Given<'a, V>> {
        let given = |found: Option<&'a Located<V>>, own| {
            found.map(|found| Given { value: &found.value, span: found.span, own })
        };
        given(self.own.and_then(&field), true).or_else(|| given(self.defaults.and_then(&field), false))
    }

    /// One key whose value knows its own place.
    pub(super) fn whole<V>(&self, field: impl Fn(&'a T) -> Option<&'a V>) -> Option<&'a V> {
        self.own.and_then(&field).or_else(|| self.defaults.and_then(&field))
    }

    /// Whether what counts for one key could not be read.
    pub(super) fn failed<V>(&self, field: impl Fn(&'a T) -> &'a Kept<Option<V>>) -> bool
    where
        V: 'a,
    {
        let own = self.own.map(&field);
        let said = own.is_some_and(|own| own.given().is_some());
        own.is_some_and(Kept::is_failed) || (!said && self.defaults.map(field).is_some_and(Kept::is_failed))
    }

    /// One key, where the stack itself says it.
    pub(super) fn own<V>(&self, field: impl Fn(&'a T) -> Option<&'a Located<V>>) -> Option<Given<'a, V>> {
        self.get(field).filter(|given| given.own)
    }
}
