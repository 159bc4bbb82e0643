//! Goes through a script in its order and hands out each command with what its words come to.
//!
//! What must hold: a command in a substitution comes before the one whose word it is; what a wrapper runs comes after the
//! wrapper; the work is bounded whatever the script says about itself.

use std::ops::Range;
use std::rc::Rc;

use super::call::{Call, Redirected};
use super::wrappers::{Inner, unwrapped};
use super::{Block, Command, DEEPEST, Dialect, Item, LONGEST, Macros, Scope, Script};
use crate::value::{Control, Value};

/// What is told of each command.
pub(super) type Visit<'v> = dyn FnMut(&Rc<Call>, &mut Scope<'_>) + 'v;

/// Goes through a script. Returns why something was not followed, where that is so.
pub fn walk(
    script: &Script,
    dialect: Dialect,
    scope: &mut Scope<'_>,
    visit: &mut dyn FnMut(&Rc<Call>, &mut Scope<'_>),
) -> Option<&'static str> {
    let mut walker = Walker {
        visit,
        dialect,
        next: 0,
        depth: 0,
        left: LONGEST,
        fixed: None,
        captured: 0,
        again: false,
        seen: Vec::new(),
        worst: Control::System,
        cut: script.cut,
    };
    walker.script(script, scope);
    walker.cut
}

pub(super) struct Walker<'w, 'v> {
    visit: &'w mut Visit<'v>,
    dialect: Dialect,
    /// The next command's number.
    pub(super) next: usize,
    depth: usize,
    left: usize,
    /// The range of everything, where a word of a script is the script.
    pub(super) fixed: Option<Range<usize>>,
    captured: usize,
    /// Whether the script is a text that is partly made.
    again: bool,
    /// Substitutions whose output is part of that text: they ran already.
    pub(super) seen: Vec<String>,
    /// Who has a hand in what the commands of the innermost substitution write.
    worst: Control,
    cut: Option<&'static str>,
}

/// Programs whose output only their arguments and the machine decide.
const PLAIN: &[&str] = &[
    "date",
    "uname",
    "nproc",
    "pwd",
    "dirname",
    "basename",
    "echo",
    "printf",
    "tr",
    "cut",
    "sed",
    "awk",
    "head",
    "tail",
    "grep",
    "sort",
    "uniq",
    "mktemp",
    "arch",
    "hostname",
    "id",
    "whoami",
    "which",
    "command",
    "type",
    "realpath",
    "seq",
    "expr",
    "wc",
    "sha256sum",
    "shasum",
    "openssl",
    "base64",
    "cd",
    ":",
    "test",
    "[",
    "[[",
    "true",
    "false",
    "tee",
];

impl Walker<'_, '_> {
    fn script(&mut self, script: &Script, scope: &mut Scope<'_>) {
        let now = scope.now;
        let top = self.depth == 0;
        let mut blocks: Vec<&Block> = Vec::new();
        let mut previous: Option<usize> = None;
        if top {
            for (index, item) in script.items.iter().enumerate() {
                assigned_names(item, &mut |name| {
                    scope.last.insert(name.to_owned(), index);
                });
            }
        }
        for (index, item) in script.items.iter().enumerate() {
            if top {
                scope.now = index;
            }
            match item {
                Item::Command(command) => {
                    let into_pipe = matches!(script.items.get(index + 1), Some(Item::Command(next)) if next.piped)
                        || matches!(script.items.get(index + 2), Some(Item::Command(next)) if next.piped && matches!(script.items.get(index + 1), Some(Item::Enter(_))));
                    let feeds = if command.piped { previous } else { None };
                    previous = self.command(script, command, feeds, into_pipe, scope);
                }
                Item::Each { name, words } => {
                    let mut all = Vec::new();
                    words.iter().for_each(|word| self.arguments(word, scope, &mut all));
                    let worst = all.iter().map(|argument| argument.value.control()).max();
                    let control = worst.unwrap_or(Control::Unknown);
                    match all.as_slice() {
                        [only] if matches!(only.value, Value::Literal(_)) && !only.text().contains('*') => {
                            scope.set(name, only.value.clone());
                        }
                        _ => scope.set(name, Value::Made(format!("${name}"), control)),
                    }
                }
                Item::Enter(block) => {
                    scope.enter();
                    blocks.push(block);
                    match block {
                        Block::Loop => self.looped(script, index, scope),
                        Block::Function(name) => {
                            scope.within += 1;
                            scope.functions.entry(name.clone()).or_insert(false);
                        }
                        Block::Branch | Block::Subshell | Block::Group => {}
                    }
                }
                Item::Next => scope.next(),
                Item::Leave { complete } => match blocks.pop() {
                    Some(Block::Function(name)) => {
                        scope.within = scope.within.saturating_sub(1);
                        let ends = scope.dead;
                        scope.dead = false;
                        scope.functions.insert(name.clone(), ends);
                        scope.leave(false);
                    }
                    Some(Block::Subshell) => scope.forget(),
                    Some(Block::Group) => scope.leave(true),
                    Some(Block::Branch) => scope.leave(*complete),
                    Some(Block::Loop) => {
                        scope.dead = false;
                        scope.leave(false);
                    }
                    None => {}
                },
            }
        }
        scope.now = now;
    }

    /// What a loop sets may be set already when its body begins.
    fn looped(&mut self, script: &Script, start: usize, scope: &mut Scope<'_>) {
        let mut depth = 0usize;
        for item in script.items.get(start..).unwrap_or(&[]) {
            match item {
                Item::Enter(_) => depth += 1,
                Item::Leave { .. } => depth -= 1,
                other => assigned_names(other, &mut |name| {
                    let control = scope.get(name).map_or(Control::Unknown, |value| value.control());
                    scope.set(name, Value::Made(format!("${name}"), control));
                }),
            }
            if depth == 0 {
                return;
            }
            self.left = self.left.saturating_sub(1);
        }
    }

    fn command(
        &mut self,
        script: &Script,
        command: &Command,
        feeds: Option<usize>,
        into_pipe: bool,
        scope: &mut Scope<'_>,
    ) -> Option<usize> {
        if self.left == 0 {
            self.cut.get_or_insert("it is too long");
            return None;
        }
        self.left -= 1;
        let mut call = Call {
            feeds,
            into_pipe,
            captured: self.captured > 0,
            again: self.again,
            range: self.outer(&command.range),
            ..Call::default()
        };
        for assignment in &command.assignments {
            let mut argument = self.single(&assignment.word, scope);
            if assignment.append {
                let before = scope
                    .get(&assignment.name)
                    .unwrap_or_else(|| Value::Made(format!("${}", assignment.name), Control::Unknown));
                let text = format!("{}{}", before.text(), argument.text());
                argument.value = match (&before, &argument.value) {
                    (Value::Literal(_), Value::Literal(_)) if text.len() < 1 << 16 => Value::Literal(text),
                    (left, right) => Value::Made(format!("${}", assignment.name), left.control().max(right.control())),
                };
            }
            if command.words.is_empty() {
                scope.set(&assignment.name, argument.value.clone());
            }
            call.assignments.push((assignment.name.clone(), argument));
        }
        for word in &command.words {
            self.arguments(word, scope, &mut call.arguments);
        }
        for redirect in &command.redirects {
            let target = self.single(&redirect.target, scope);
            let body =
                redirect.document.and_then(|number| script.documents.get(number)).map(|word| self.single(word, scope));
            call.redirects.push(Redirected { operator: redirect.operator, target, body });
        }
        self.told(call, scope)
    }

    /// Tells of a command, and of those that it runs in turn.
    fn told(&mut self, mut call: Call, scope: &mut Scope<'_>) -> Option<usize> {
        let mut first = None;
        // A wrapper of a wrapper of a wrapper is one program in the end.
        for _ in 0..8 {
            call.number = self.next;
            let told = Rc::new(call);
            self.next += 1;
            first.get_or_insert(told.number);
            self.noted(&told, scope);
            (self.visit)(&told, scope);
            self.builtin(&told, scope);
            match unwrapped(&told, scope, self.dialect) {
                Inner::None => break,
                Inner::Call(inner) => call = inner,
                Inner::Text { text, range, own, dialect } => {
                    let seen = told.arguments.iter().flat_map(|argument| argument.substitutions.clone()).collect();
                    let made = told.arguments.iter().any(|argument| argument.value.as_literal().is_none());
                    let seen = std::mem::replace(&mut self.seen, seen);
                    let again = std::mem::replace(&mut self.again, made);
                    self.inner_text(&text, range, own, dialect, scope);
                    self.seen = seen;
                    self.again = again;
                    break;
                }
            }
        }
        // What a pipe feeds is the program in the end: `curl | sudo sh`.
        first.map(|_| self.next - 1)
    }

    fn noted(&mut self, call: &Call, scope: &Scope<'_>) {
        let known = call.program().is_some_and(|program| PLAIN.contains(&program) || scope.is_function(program))
            || (call.program() == Some("git") && call.rest().first().is_some_and(|word| word.text() == "rev-parse"))
            || call.arguments.is_empty();
        let values = call.arguments.iter().chain(call.assignments.iter().map(|(_, argument)| argument));
        let worst = values.map(|argument| argument.value.control()).max().unwrap_or(Control::System);
        self.worst = self.worst.max(if known { worst } else { Control::Unknown.max(worst) });
    }

    /// What stands in a substitution; who has a hand in what it writes.
    pub(super) fn within(&mut self, script: &Script, scope: &mut Scope<'_>) -> Control {
        if self.depth >= DEEPEST {
            self.cut.get_or_insert("it is nested too deeply");
            return Control::Unknown;
        }
        let outer = std::mem::replace(&mut self.worst, Control::System);
        self.depth += 1;
        self.captured += 1;
        scope.enter();
        self.script(script, scope);
        scope.forget();
        self.captured -= 1;
        self.depth -= 1;
        std::mem::replace(&mut self.worst, outer)
    }

    /// A text that a command runs as a script.
    fn inner_text(&mut self, text: &str, range: Range<usize>, own: bool, dialect: Dialect, scope: &mut Scope<'_>) {
        if self.depth >= DEEPEST {
            self.cut.get_or_insert("it is nested too deeply");
            return;
        }
        let script = Script::known(text, dialect, &Macros::default());
        if let Some(why) = script.cut {
            self.cut.get_or_insert(why);
        }
        let outer = self.fixed.replace(self.fixed.clone().unwrap_or(range));
        let dialect = std::mem::replace(&mut self.dialect, dialect);
        self.depth += 1;
        if own {
            scope.enter();
        }
        self.script(&script, scope);
        if own {
            scope.forget();
        }
        self.depth -= 1;
        self.dialect = dialect;
        self.fixed = outer;
    }

    /// What a shell's own command changes.
    fn builtin(&mut self, call: &Call, scope: &mut Scope<'_>) {
        let Some(program) = call.program() else { return };
        match program {
            "exit" | "return" | "break" | "continue" => scope.dead = true,
            "export" | "declare" | "local" | "readonly" | "typeset" => {
                for argument in call.rest() {
                    let Some((name, value)) = argument.text().split_once('=') else { continue };
                    let value = match &argument.value {
                        Value::Literal(_) => Value::literal(value),
                        Value::Made(_, control) => Value::Made(value.to_owned(), *control),
                    };
                    scope.set(name.trim_end_matches('+'), value);
                }
            }
            "read" | "mapfile" | "readarray" => {
                for argument in call.rest().iter().filter(|argument| !argument.text().starts_with('-')) {
                    scope.set(argument.text(), Value::Made(format!("${}", argument.text()), Control::Unknown));
                }
            }
            "unset" => call.rest().iter().for_each(|argument| scope.unset(argument.text())),
            name => {
                if scope.functions.get(name) == Some(&true) {
                    scope.dead = true;
                }
            }
        }
    }
}

/// The names that an item sets by itself.
fn assigned_names(item: &Item, tell: &mut dyn FnMut(&str)) {
    match item {
        Item::Each { name, .. } => tell(name),
        Item::Command(command) => {
            if command.words.is_empty() {
                command.assignments.iter().for_each(|assignment| tell(&assignment.name));
            }
            let mut words = command.words.iter();
            let program = words.next().and_then(super::Word::plain);
            if matches!(
                program.as_deref(),
                Some("export" | "declare" | "local" | "readonly" | "typeset" | "read" | "mapfile")
            ) {
                for word in words {
                    match super::parser::assignment(word) {
                        Some(assignment) => tell(&assignment.name),
                        // `export NAME` changes nothing; `read NAME` does.
                        None if matches!(program.as_deref(), Some("read" | "mapfile")) => {
                            word.constant().iter().for_each(|name| tell(name));
                        }
                        None => {}
                    }
                }
            }
        }
        Item::Enter(_) | Item::Next | Item::Leave { .. } => {}
    }
}
