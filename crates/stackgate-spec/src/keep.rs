//! Reading on after a mistake: what could not be read is remembered as such, instead of taking its neighbours with it.
//!
//! What must always hold: `Failed` means that a diagnostic was recorded, so that whoever meets it stays silent about it.
//! That is what lets mistakes of form and of meaning be found in one run, without any that only follow from others.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use stackgate_diagnostic::{Diagnostic, Rule, Span, quote};
use stackgate_yaml::{Node, Read, Reader, Row, Table};

use crate::rules::{ILLEGAL_NAME, TOO_MANY};
use crate::shape::Shape;

/// A value, or the fact that it is there and could not be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept<T> {
    /// What was read.
    Given(T),
    /// Something is wrong with it, and was said.
    Failed,
}

impl<T> Kept<T> {
    /// What was read.
    #[must_use]
    pub const fn get(&self) -> Option<&T> {
        match self {
            Kept::Given(value) => Some(value),
            Kept::Failed => None,
        }
    }

    /// Whether something is wrong with it.
    #[must_use]
    pub const fn is_failed(&self) -> bool {
        matches!(self, Kept::Failed)
    }
}

impl<T> Kept<Option<T>> {
    /// What was read; nothing where it was left out or could not be read.
    #[must_use]
    pub const fn given(&self) -> Option<&T> {
        match self {
            Kept::Given(Some(value)) => Some(value),
            _ => None,
        }
    }
}

impl<T> Kept<Option<Vec<Kept<T>>>> {
    /// What could be read of a list that may be left out.
    pub fn items(&self) -> impl Iterator<Item = &T> {
        self.given().into_iter().flatten().filter_map(Kept::get)
    }
}

impl<T: Read> Read for Kept<T> {
    const REQUIRED: bool = T::REQUIRED;

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        Some(T::read(node, reader).map_or(Kept::Failed, Kept::Given))
    }

    fn absent(parent: &Node, key: &str, reader: &mut Reader) -> Option<Self> {
        Some(T::absent(parent, key, reader).map_or(Kept::Failed, Kept::Given))
    }

    fn property(generator: &mut SchemaGenerator) -> Schema {
        T::property(generator)
    }
}

impl<T: JsonSchema> JsonSchema for Kept<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// What the keys of a [`Named`] mapping are.
pub trait Key: 'static {
    /// Their shape.
    const SHAPE: &'static Shape;
    /// How many there must be and may be.
    const COUNT: (usize, usize);
    /// What there are too few or too many of, such as "stacks".
    const MANY: &'static str;

    /// The rule that an illegal key breaks.
    const RULE: &'static Rule = &ILLEGAL_NAME;

    /// What is wrong with a key, as the end of a sentence.
    #[must_use]
    fn fault(key: &str) -> Option<String> {
        Self::SHAPE.fault(key)
    }

    /// What to write instead.
    #[must_use]
    fn help() -> String {
        Self::SHAPE.allowed()
    }
}

/// A mapping whose keys are the user's own names, of one shape. A value that could not be read keeps its key.
#[derive(Clone, Debug)]
pub struct Named<K, T> {
    table: Table<Kept<T>>,
    key: std::marker::PhantomData<K>,
}

impl<K, T> Named<K, T> {
    /// Where the mapping is.
    #[must_use]
    pub fn span(&self) -> Span {
        self.table.span
    }

    /// Each key, its place, and its value.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Span, &Kept<T>)> {
        self.table.iter()
    }

    /// Each key with its place and value, where that could be read.
    pub fn given(&self) -> impl Iterator<Item = (&str, Span, &T)> {
        self.iter().filter_map(|(key, span, value)| Some((key, span, value.get()?)))
    }

    /// The value of a key with the place of the key.
    #[must_use]
    pub fn row(&self, key: &str) -> Option<&Row<Kept<T>>> {
        self.table.row(key)
    }

    /// Whether there is such a key.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The keys, in the order of the file.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.table.keys()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}

impl<K: Key, T: Read> Read for Named<K, T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let table = Table::<Kept<T>>::read(node, reader)?;
        for (key, span, _) in table.iter() {
            if let Some(fault) = K::fault(key) {
                let message = reader.say_in(&format!("{} is not legal as {}", quote(key), K::SHAPE.noun()));
                reader.error(Diagnostic::error(K::RULE, span, message).label(fault).help(K::help()));
            }
        }
        let (least, most) = K::COUNT;
        if table.len() < least {
            let message = reader.say(&format!("there are no {}", K::MANY));
            reader.error(Diagnostic::error(&stackgate_yaml::MISSING_KEY, node.span, message).help("name at least one"));
        }
        if table.len() > most {
            let message = reader.say(&format!("there are {} {}, more than {most}", table.len(), K::MANY));
            reader.error(Diagnostic::error(&TOO_MANY, node.span, message).help("split the spec"));
        }
        Some(Named { table, key: std::marker::PhantomData })
    }
}

impl<K: Key, T: Read> JsonSchema for Named<K, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Named_{}", T::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Named<{}, {}>", std::any::type_name::<K>(), T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Table::<T>::json_schema(generator);
        let object = schema.ensure_object();
        object.insert("propertyNames".into(), serde_json::json!({ "pattern": K::SHAPE.pattern() }));
        let (least, most) = K::COUNT;
        if least > 0 {
            object.insert("minProperties".into(), least.into());
        }
        object.insert("maxProperties".into(), most.into());
        schema
    }
}
