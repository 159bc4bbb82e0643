//! Values of an answer with their places, so that what is wrong can be named.
//!
//! What must hold: what is missing or of another type is a fault and never a default; an explicit `null` counts as left out,
//! which is how a Go server writes an empty list.

use serde_json::Value;
use stackgate_diagnostic::excerpt;

/// What is wrong with an answer: the place in it, and what is expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault(pub(super) String);

/// A value and its place.
#[derive(Clone)]
pub(super) struct At<'v> {
    value: &'v Value,
    place: String,
}

impl<'v> At<'v> {
    /// The whole answer.
    pub(super) fn top(value: &'v Value) -> At<'v> {
        At { value, place: String::new() }
    }

    /// The value as it came.
    pub(super) fn value(&self) -> &'v Value {
        self.value
    }

    /// A fault in this place.
    pub(super) fn fault(&self, what: &str) -> Fault {
        let place = if self.place.is_empty() { "the answer" } else { &self.place };
        Fault(format!("{place} {what}"))
    }

    fn below(&self, key: &str) -> String {
        let key = excerpt(key);
        if self.place.is_empty() { key } else { format!("{}.{key}", self.place) }
    }

    /// What stands under a key, if anything does.
    pub(super) fn opt(&self, key: &str) -> Result<Option<At<'v>>, Fault> {
        let entries = self.value.as_object().ok_or_else(|| self.fault("is no object"))?;
        let found = entries.get(key).filter(|value| !value.is_null());
        Ok(found.map(|value| At { value, place: self.below(key) }))
    }

    /// What stands under a key.
    pub(super) fn get(&self, key: &str) -> Result<At<'v>, Fault> {
        self.opt(key)?.ok_or_else(|| Fault(format!("{} is missing", self.below(key))))
    }

    /// The list under a key that must be there; `null` is the empty list.
    pub(super) fn list(&self, key: &str) -> Result<Vec<At<'v>>, Fault> {
        match (self.opt_list(key)?, self.value.get(key)) {
            (Some(items), _) => Ok(items),
            (None, Some(_)) => Ok(Vec::new()),
            (None, None) => Err(Fault(format!("{} is missing", self.below(key)))),
        }
    }

    /// The list under a key, if it is there and not `null`.
    pub(super) fn opt_list(&self, key: &str) -> Result<Option<Vec<At<'v>>>, Fault> {
        let Some(list) = self.opt(key)? else { return Ok(None) };
        let items = list.value.as_array().ok_or_else(|| list.fault("is no list"))?;
        let at = |(index, value)| At { value, place: format!("{}[{index}]", list.place) };
        Ok(Some(items.iter().enumerate().map(at).collect()))
    }

    /// This as a string.
    pub(super) fn text(&self) -> Result<&'v str, Fault> {
        self.value.as_str().ok_or_else(|| self.fault("is no string"))
    }

    /// This as a whole number.
    pub(super) fn int(&self) -> Result<i64, Fault> {
        self.value.as_i64().ok_or_else(|| self.fault("is no whole number"))
    }

    /// The string under a key, which names something.
    pub(super) fn name(&self, key: &str) -> Result<String, Fault> {
        let at = self.get(key)?;
        let text = at.text()?;
        if text.is_empty() { Err(at.fault("is empty")) } else { Ok(text.to_owned()) }
    }

    /// The string under a key, if it is there and not empty.
    pub(super) fn opt_text(&self, key: &str) -> Result<Option<String>, Fault> {
        let text = self.opt(key)?.map(|at| at.text()).transpose()?;
        Ok(text.filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// The boolean under a key.
    pub(super) fn flag(&self, key: &str) -> Result<bool, Fault> {
        let at = self.get(key)?;
        at.value.as_bool().ok_or_else(|| at.fault("is neither true nor false"))
    }

    /// The boolean under a key, if it is there.
    pub(super) fn opt_flag(&self, key: &str) -> Result<Option<bool>, Fault> {
        let Some(at) = self.opt(key)? else { return Ok(None) };
        at.value.as_bool().map(Some).ok_or_else(|| at.fault("is neither true nor false"))
    }

    /// A time in seconds since 1970 under a key; none where it is left out or 0, which is how the API writes "never".
    pub(super) fn opt_seconds(&self, key: &str) -> Result<Option<i64>, Fault> {
        let seconds = self.opt(key)?.map(|at| at.int()).transpose()?;
        Ok(seconds.filter(|seconds| *seconds > 0))
    }

    /// A number that is not negative under a key, if it is there.
    pub(super) fn opt_count<T: TryFrom<i64>>(&self, key: &str) -> Result<Option<T>, Fault> {
        let Some(at) = self.opt(key)? else { return Ok(None) };
        T::try_from(at.int()?).map(Some).map_err(|_| at.fault("is out of range"))
    }

    /// A time as ISO 8601 under a key, in seconds since 1970; none where it is left out, empty, or Go's zero time.
    pub(super) fn opt_time(&self, key: &str) -> Result<Option<i64>, Fault> {
        let Some(at) = self.opt(key)?.filter(|at| at.value.as_str() != Some("")) else { return Ok(None) };
        let time: jiff::Timestamp = at.text()?.parse().map_err(|_| at.fault("is no time in ISO 8601"))?;
        Ok(Some(time.as_second()).filter(|second| *second > 0))
    }
}
