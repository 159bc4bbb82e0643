//! Evaluates the conditions of GitHub, Azure and CircleCI, as far as rendered pipelines use them.
//!
//! What must hold: a name, a function or an operator that is not known here is a failed rehearsal, never false. The three
//! languages share one grammar; what differs, values, functions and whether letters have a case, comes from outside.

/// A value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth.
    Bool(bool),
    /// A text.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl Value {
    /// What counts as true: all but nothing, falsehood and the empty text.
    pub fn truth(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(truth) => *truth,
            Value::Text(text) => !text.is_empty(),
            Value::List(_) => true,
        }
    }

    /// The value as a text.
    pub fn text(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Bool(truth) => truth.to_string(),
            Value::Text(text) => text.clone(),
            Value::List(texts) => texts.join(","),
        }
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Value {
        text.map_or(Value::Null, |text| Value::Text(text.to_owned()))
    }
}

/// What an expression can look at.
pub trait Facts {
    /// Whether letters differ by their case.
    const CASE: bool;

    /// The value of a name; panics where the name is unknown.
    fn value(&self, name: &str) -> Value;

    /// The value of a function; panics where it is unknown.
    fn call(&self, name: &str, arguments: &[Value]) -> Value;

    /// Whether two values are the same.
    fn same(&self, left: &Value, right: &Value) -> bool {
        let (left, right) = (left.text(), right.text());
        if Self::CASE { left == right } else { left.eq_ignore_ascii_case(&right) }
    }

    /// Whether one text holds another.
    fn holds(&self, text: &Value, part: &Value) -> bool {
        let (text, part) = (text.text(), part.text());
        if Self::CASE { text.contains(&part) } else { text.to_lowercase().contains(&part.to_lowercase()) }
    }
}

/// The value of an expression.
pub fn evaluate<F: Facts>(text: &str, facts: &F) -> Value {
    let mut reader = Reader { text, rest: text, facts };
    let value = reader.or();
    reader.skip();
    assert!(reader.rest.is_empty(), "{text}: nobody knows what {:?} means", reader.rest);
    value
}

struct Reader<'a, F> {
    text: &'a str,
    rest: &'a str,
    facts: &'a F,
}

impl<F: Facts> Reader<'_, F> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes a sign or a whole word, if it is the next.
    fn take(&mut self, next: &str) -> bool {
        self.skip();
        let Some(rest) = self.rest.strip_prefix(next) else { return false };
        let word = next.ends_with(|c: char| c.is_ascii_alphanumeric());
        if word && rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "_.-(".contains(c)) {
            return false;
        }
        self.rest = rest;
        true
    }

    // Both sides are always read, so that the rest is where it must be; both are free of effects.
    fn or(&mut self) -> Value {
        let mut left = self.and();
        while self.take("||") || self.take("or") {
            let right = self.and();
            left = if left.truth() { left } else { right };
        }
        left
    }

    fn and(&mut self) -> Value {
        let mut left = self.not();
        while self.take("&&") || self.take("and") {
            let right = self.not();
            left = if left.truth() { right } else { left };
        }
        left
    }

    fn not(&mut self) -> Value {
        self.skip();
        let negated = self.rest.starts_with('!') && !self.rest.starts_with("!=");
        if negated {
            self.rest = &self.rest[1..];
        }
        if negated || self.take("not") {
            return Value::Bool(!self.not().truth());
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Value {
        let left = self.primary();
        if self.take("==") {
            let right = self.primary();
            return Value::Bool(self.facts.same(&left, &right));
        }
        if self.take("!=") {
            let right = self.primary();
            return Value::Bool(!self.facts.same(&left, &right));
        }
        if self.take("starts-with") {
            let right = self.primary();
            return Value::Bool(left.text().starts_with(&right.text()));
        }
        left
    }

    fn primary(&mut self) -> Value {
        if self.take("(") {
            let value = self.or();
            assert!(self.take(")"), "{}: a bracket is open", self.text);
            return value;
        }
        for quote in ['\'', '"'] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let (text, rest) = rest.split_once(quote).expect("a text ends");
                self.rest = rest;
                return Value::Text(text.to_owned());
            }
        }
        let part = |c: char| c.is_ascii_alphanumeric() || "_.-*".contains(c);
        let end = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
        let mut name = self.rest[..end].to_owned();
        assert!(!name.is_empty(), "{}: nobody knows what {:?} means", self.text, self.rest);
        self.rest = &self.rest[end..];
        while let Some(rest) = self.rest.strip_prefix("['") {
            let (key, rest) = rest.split_once("']").expect("a key ends");
            name = format!("{name}[{key}]");
            self.rest = rest;
        }
        if let Some(rest) = self.rest.strip_prefix('(') {
            self.rest = rest;
            let mut arguments = Vec::new();
            while !self.take(")") {
                arguments.push(self.or());
                let _ = self.take(",");
            }
            // Where `not` and its bracket touch, it reads as a function.
            return match name.as_str() {
                "not" => Value::Bool(!arguments[0].truth()),
                _ => self.facts.call(&name, &arguments),
            };
        }
        match name.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => self.facts.value(&name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Names;

    impl Facts for Names {
        const CASE: bool = false;

        fn value(&self, name: &str) -> Value {
            match name {
                "a.b" => Value::Text("Main".into()),
                "v[x.y]" => Value::Null,
                _ => panic!("{name}"),
            }
        }

        fn call(&self, name: &str, arguments: &[Value]) -> Value {
            match name {
                "and" => Value::Bool(arguments.iter().all(Value::truth)),
                "eq" => Value::Bool(self.same(&arguments[0], &arguments[1])),
                _ => panic!("{name}"),
            }
        }
    }

    #[test]
    fn conditions_of_the_three_systems_are_read() {
        for (text, truth) in [
            ("a.b == 'main' && !(a.b != 'MAIN')", true),
            ("a.b and a.b != \"main\" or not (a.b starts-with \"M\")", false),
            ("and(eq(a.b, 'main'), not(eq(v['x.y'], 'x')))", true),
            ("v['x.y'] || a.b", true),
            ("false", false),
        ] {
            assert_eq!(evaluate(text, &Names).truth(), truth, "{text}");
        }
    }

    #[test]
    #[should_panic(expected = "a.c")]
    fn an_unknown_name_is_no_falsehood() {
        evaluate("a.c", &Names);
    }

    #[test]
    #[should_panic(expected = "nobody knows what")]
    fn an_unknown_operator_is_no_end() {
        evaluate("a.b ^ a.b", &Names);
    }
}
