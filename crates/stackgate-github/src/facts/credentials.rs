//! Secrets that expressions name, and who gets to see them.
//!
//! What must hold: a secret counts wherever it is named, also within a function, by a name that is made at run time, and as
//! the whole store at once.

use stackgate_provider::facts::{Credential, CredentialKind, Place, Scope as Seers, Value};

use super::expr::{Expr, control_of, print};
use super::scope::Scope;

/// The provider's word for its store.
const STORE: &str = "secrets";

/// The credentials that an expression names.
pub(super) fn named(expr: &Expr, scope: &Scope) -> Vec<CredentialKind> {
    let mut found = Vec::new();
    collect(expr, scope, &mut found);
    found
}

fn collect(expr: &Expr, scope: &Scope, found: &mut Vec<CredentialKind>) {
    match expr {
        // A comparison says whether there is one, and not what it is.
        Expr::Compare(..) | Expr::Not(_) => {}
        Expr::Path(path) => {
            let parts: Vec<&str> = path.iter().map(String::as_str).collect();
            match parts.as_slice() {
                ["github"] | ["github", "token"] => found.push(CredentialKind::RepositoryToken),
                ["secrets"] => found.push(CredentialKind::Stored(STORE.into(), Value::literal("*"))),
                ["secrets", name, ..] if name.eq_ignore_ascii_case("GITHUB_TOKEN") => {
                    found.push(CredentialKind::RepositoryToken);
                }
                // Their names are known without regard to case; GitHub shows them in capitals.
                ["secrets", name, ..] => {
                    found.push(CredentialKind::Stored(STORE.into(), Value::literal(name.to_ascii_uppercase())));
                }
                _ => {}
            }
        }
        Expr::Index(left, key) if left.is("secrets") => {
            let name = Value::Made(print(key), control_of(key, scope));
            found.push(CredentialKind::Stored(STORE.into(), name));
        }
        // Of `a && b`, only the last part is ever handed on where it is true.
        other => other.parts().into_iter().for_each(|part| collect(part, scope, found)),
    }
}

/// Adds what expressions name; the same secret of several steps is one credential.
pub(super) fn add(
    all: &mut Vec<Credential>,
    expressions: &[(Expr, Place)],
    scope: &Scope,
    variable: Option<&str>,
    seers: &Seers,
    wide: bool,
) {
    for (expr, place) in expressions {
        for kind in named(expr, scope) {
            let new =
                Credential { kind, variable: variable.map(str::to_owned), scope: seers.clone(), wide, place: *place };
            merge(all, new);
        }
    }
}

/// Adds one, or the steps that see it.
pub(super) fn merge(all: &mut Vec<Credential>, new: Credential) {
    let same =
        |known: &&mut Credential| known.kind == new.kind && known.variable == new.variable && known.wide == new.wide;
    match all.iter_mut().find(same) {
        None => all.push(new),
        Some(known) => match (&mut known.scope, new.scope) {
            (Seers::Steps(known), Seers::Steps(new)) => {
                for step in new {
                    if !known.contains(&step) {
                        known.push(step);
                    }
                }
            }
            (known, Seers::Job) => *known = Seers::Job,
            (Seers::Job, Seers::Steps(_)) => {}
        },
    }
}

/// All secrets at once, as `secrets: inherit` hands them over.
pub(super) fn inherited(place: Place) -> Credential {
    Credential {
        kind: CredentialKind::Stored(STORE.into(), Value::literal("*")),
        variable: None,
        scope: Seers::Job,
        wide: true,
        place,
    }
}
