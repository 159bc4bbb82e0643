//! Checkouts.
//!
//! What must hold: the git plugin gives a credential to git for one command, and leaves none in the checkout. Sources: the git
//! plugin's `GitSCM`, `git` and `scmGit`; git-client's `CliGitAPIImpl`.

use stackgate_provider::facts::{Does, Step, Value};

use super::Reading;
use super::arguments::{Given, items, plain};
use super::around::Around;
use super::blocks::stored;
use crate::groovy::{Call, Expression, Kind};

impl Reading<'_> {
    pub(super) fn checkout(&mut self, name: &str, call: &Call, around: &Around) {
        let place = self.place(call.span);
        let given = Given::of(call);
        let mut inner = around.clone();
        let (mut reference, mut repository) = (None, None);
        let mut embedded = Vec::new();
        let mut inputs = Vec::new();
        // `checkout scm` is what the build is for; `checkout([$class: …])`, `checkout scmGit(…)`, `checkout(scm: […])` say it.
        let said = if name == "git" || name == "svn" {
            Some(Given::of(call))
        } else {
            given
                .named("scm")
                .or_else(|| given.first())
                .and_then(Given::of_value)
                .or_else(|| given.named("$class").map(|_| Given::of(call)))
        };
        if let Some(said) = &said {
            let first = |key: &str, inner: &str| {
                let list = items(said.named(key)?);
                let given = Given::of_value(list.first()?)?;
                given.named(inner)
            };
            let of = |value: Option<&Expression>| value.map(|value| self.value(value, around));
            if name == "git" || name == "svn" {
                repository = of(said.main("url"));
                reference = of(said.named("branch"));
            } else {
                repository = of(first("userRemoteConfigs", "url")
                    .or_else(|| first("locations", "remote"))
                    .or_else(|| said.named("url")));
                reference = of(first("branches", "name").or_else(|| said.named("branch")));
            }
            let id = said.named("credentialsId").or_else(|| first("userRemoteConfigs", "credentialsId"));
            if let Some(id) = of(id) {
                inner.credentials.push(stored("credential", id, None, place));
            }
            // `scm.branches` and its like are what the build is for, in more words.
            let own = |value: &Option<Value>| {
                value.as_ref().is_some_and(|value| value.text().trim_start_matches(['$', '{']).starts_with("scm."))
            };
            if own(&reference) {
                reference = None;
            }
            if own(&repository) {
                repository = None;
            }
            let whole = said
                .named("userRemoteConfigs")
                .is_some_and(|value| matches!(&value.kind, Kind::Word(word) if word == "scm.userRemoteConfigs"));
            if whole {
                repository = None;
            }
            let all = self.inputs(call, around, &mut embedded);
            let known =
                ["url", "branch", "credentialsId", "branches", "userRemoteConfigs", "$class", "scm", "argument 1"];
            inputs = all.into_iter().filter(|input| !known.contains(&input.name.as_str())).collect();
            for (key, value) in said
                .all()
                .filter(|(key, _)| matches!(*key, "extensions" | "doGenerateSubmoduleConfigurations" | "submoduleCfg"))
            {
                if inputs.iter().any(|input| input.name == key) || plain(value).is_some() {
                    continue;
                }
                let (name, place) = (key.to_owned(), self.place(value.span));
                let value = Value::literal(value.canonical());
                inputs.push(stackgate_provider::facts::Variable { name, value, place });
            }
        }
        let does = Does::Checkout { code: None, reference, repository, keeps_credentials: false, inputs };
        self.add(Step { place, does, embedded, ..Step::default() }, &inner);
    }
}
