//! The template engine: Tera with delimiters that no CI system uses, and an escape function per output language.
//!
//! What must hold: a value is always one whole node of the output, escaped; an undefined value is an error; a reviewed
//! script goes in by its name, as `{= reviewed("guard", 10) =}` with its indentation, when the template is parsed; the
//! user's own through the filter `block`. Known of Tera and guarded by reading back: an undefined name in `{% if %}` is
//! silently false.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, RwLock};

use serde::Serialize;
use tera::{Context, Delimiters, Kwargs, State, Tera, Value};

use crate::{groovy, indent, scalar, shell};

/// The language that templates render to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// GitHub, GitLab, Azure and CircleCI.
    Yaml,
    /// Jenkins.
    Groovy,
}

/// Parsed templates of one provider.
pub struct Engine {
    tera: Tera,
    /// The longest text so far, so that the next one need not grow step by step.
    longest: AtomicUsize,
}

impl Engine {
    /// Parses every text whose name ends in `.tera`; the others are scripts, which templates get as values.
    ///
    /// # Errors
    /// When a template does not parse, or includes one that does not exist.
    pub fn new(syntax: Syntax, texts: &[(&str, &str)]) -> Result<Engine, RenderError> {
        let mut tera = Tera::new();
        tera.set_delimiters(Delimiters {
            block_start: "{%".into(),
            block_end: "%}".into(),
            variable_start: "{=".into(),
            variable_end: "=}".into(),
            comment_start: "{#".into(),
            comment_end: "#}".into(),
        })?;
        tera.autoescape_on([".tera"]);
        let make: Block = match syntax {
            Syntax::Yaml => {
                tera.set_escape_fn(scalar::yaml_scalar);
                scalar::yaml_block
            }
            Syntax::Groovy => {
                tera.set_escape_fn(groovy::write_literal);
                groovy::block
            }
        };
        tera.register_filter("block", block(make));
        let mut templates = Vec::new();
        // Without the newline at its end, an included template leaves no empty line behind.
        for (name, text) in indent::expand(texts.iter().map(|(name, text)| (*name, text.trim_end_matches('\n')))) {
            templates.push((name, with_scripts(&text, make)?.into_owned()));
        }
        tera.add_raw_templates(templates)?;
        Ok(Engine { tera, longest: AtomicUsize::new(0) })
    }

    /// The engine in `cell`, made the first time that it is asked for.
    ///
    /// # Errors
    /// As [`Engine::new`].
    pub fn once(
        cell: &'static OnceLock<Engine>,
        syntax: Syntax,
        texts: &[(&str, &str)],
    ) -> Result<&'static Engine, RenderError> {
        if let Some(engine) = cell.get() {
            return Ok(engine);
        }
        let engine = Engine::new(syntax, texts)?;
        Ok(cell.get_or_init(|| engine))
    }

    /// Renders one template.
    ///
    /// # Errors
    /// When a value is missing, or would open an expression of the CI system.
    pub fn render(&self, template: &str, context: &impl Serialize) -> Result<String, RenderError> {
        let context = Context::from_serialize(context)?;
        let mut text = Vec::with_capacity(self.longest.load(Ordering::Relaxed) + 1);
        self.tera.render_to(template, &context, &mut text)?;
        self.longest.fetch_max(text.len(), Ordering::Relaxed);
        text.push(b'\n');
        Ok(String::from_utf8(text).map_err(|error| tera::Error::message(error.to_string()))?)
    }
}

/// Makes a script a block of the output's language, at an indentation.
type Block = fn(&str, usize) -> std::io::Result<String>;

/// How a template names a reviewed script, before its role and its indentation.
const REVIEWED: &str = "{= reviewed(\"";

/// The template with the reviewed scripts that it names in their places, so that rendering finds them as plain text. What
/// is not of that form is left to the parser, which knows no such function.
fn with_scripts(template: &str, make: Block) -> Result<Cow<'_, str>, RenderError> {
    if !template.contains(REVIEWED) {
        return Ok(Cow::Borrowed(template));
    }
    let mut parts = template.split(REVIEWED);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let named = part.split_once(") =}").and_then(|(inner, rest)| {
            let (role, indent) = inner.split_once("\", ")?;
            Some((shell::text_of(role)?, indent.parse().ok()?, rest))
        });
        let Some((text, indent, rest)) = named else {
            out.push_str(REVIEWED);
            out.push_str(part);
            continue;
        };
        let block = make(text, indent).map_err(|error| tera::Error::message(error.to_string()))?;
        // The shell's own `{#` opens no comment.
        for text in ["{% raw %}", &block, "{% endraw %}", rest] {
            out.push_str(text);
        }
    }
    Ok(Cow::Owned(out))
}

/// The filter that turns a script into a block of the output's language. A reviewed script, named by its token, is made
/// once for each indentation.
fn block(make: Block) -> impl Fn(&str, Kwargs, &State) -> tera::TeraResult<Value> + Send + Sync + 'static {
    let made: RwLock<HashMap<usize, HashMap<String, Value>>> = RwLock::default();
    move |text, options, _| {
        let indent: usize = options.must_get("indent")?;
        let block = |text| -> tera::TeraResult<Value> {
            let block = make(text, indent).map_err(|error| tera::Error::message(error.to_string()))?;
            Ok(Value::safe_string(&block))
        };
        let Some(role) = shell::role_of_token(text) else { return block(text) };
        // A poisoned lock only costs the work again.
        if let Some(value) = made.read().ok().and_then(|made| made.get(&indent)?.get(role).cloned()) {
            return Ok(value);
        }
        let reviewed = shell::text_of(role).ok_or_else(|| {
            tera::Error::message(format!("a context names the script {role:?}, which does not exist"))
        })?;
        let value = block(reviewed)?;
        if let Ok(mut made) = made.write() {
            made.entry(indent).or_default().insert(role.to_owned(), value.clone());
        }
        Ok(value)
    }
}

/// A template failed: a fault of this program, never of its user.
#[derive(Debug)]
pub struct RenderError {
    source: tera::Error,
}

impl From<tera::Error> for RenderError {
    fn from(source: tera::Error) -> RenderError {
        RenderError { source }
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a template failed: {}", self.source)?;
        let mut cause = std::error::Error::source(&self.source);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for RenderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
