//! CircleCI's options in a spec: read, checked, and answered with their defaults.
//!
//! What must hold: an option that is left out is the stricter choice, or the one that every project has. Ids are read
//! for the checklist and the trust policies; the config needs none of them.

use stackgate_provider::diagnostic::{Diagnostic, Limit, Rule};
use stackgate_provider::plan::{Action, Stage, Trigger, TrustClass};
use stackgate_provider::yaml::{Located, Reader, choice, mapping};

use crate::{rules, words};

choice! {
    /// How GitHub's events reach CircleCI.
    pub enum Events {
        /// Through GitHub's OAuth app: pushes alone, so that every branch but the deploy branch is previewed.
        Oauth = "oauth",
        /// Through CircleCI's GitHub App: pull requests too.
        GithubApp = "github-app",
    }
}

mapping! {
    /// A context of the organization. A bare text is its name.
    #[shorthand = name]
    pub struct Context {
        /// The context's name.
        pub name: Located<String>,
        /// The context's UUID: `circleci context get NAME`. Needed for the trust policies.
        pub id: Option<Located<String>>,
    }
}

mapping! {
    /// The restricted contexts that jobs run in, one for each trust class. The OIDC token shows them, and nothing else
    /// that tells one job from another.
    pub struct Contexts {
        /// For previews of change requests.
        pub preview: Option<Context>,
        /// For development.
        pub development: Option<Context>,
        /// For production's preview after the merge, which comes before the approval.
        pub production_preview: Option<Context>,
        /// For production's deploys, after the approval.
        pub production: Option<Context>,
    }
}

mapping! {
    /// CircleCI.
    pub struct Options {
        /// How GitHub's events reach CircleCI: `oauth` unless given.
        pub events: Option<Located<Events>>,
        /// The config file: `.circleci/config.yml` unless given. Another one, in `.circleci`, takes `events:
        /// github-app` and a pipeline definition of its own.
        pub path: Option<Located<String>>,
        /// The repository on GitHub, as `owner/name`. Needed for the trust policies.
        pub repository: Option<Located<String>>,
        /// The organization's UUID: Organization settings > Overview. Needed for the trust policies.
        pub organization_id: Option<Located<String>>,
        /// The project's UUID: Project settings > Overview. Needed for the trust policies.
        pub project_id: Option<Located<String>>,
        /// The UUID of the pipeline definition that reads the file: Project settings > Project setup. Needed for the
        /// trust policies.
        pub pipeline_definition_id: Option<Located<String>>,
        /// The restricted contexts that jobs run in.
        pub contexts: Option<Contexts>,
        /// What jobs run on: `medium` unless given.
        pub resource_class: Option<Located<String>>,
        /// What production's jobs run on: the same unless given.
        pub production_resource_class: Option<Located<String>>,
    }
}

impl Options {
    /// What is wrong with the options by themselves.
    pub(crate) fn check(&self, reader: &mut Reader) {
        self.check_path(reader);
        let repository = "write `owner/name`, as in the repository's address";
        check(&self.repository, reader, &rules::REPOSITORY, "a repository on GitHub", repository, is_repository);
        let id = "write the UUID as CircleCI shows it: 32 hexadecimal digits, in lower case, with four hyphens";
        check(&self.organization_id, reader, &rules::UUID, "the id of an organization", id, is_uuid);
        check(&self.project_id, reader, &rules::UUID, "the id of a project", id, is_uuid);
        check(&self.pipeline_definition_id, reader, &rules::UUID, "the id of a pipeline definition", id, is_uuid);
        let class = "write one word such as `medium`, `arm.medium` or `namespace/name`";
        check(&self.resource_class, reader, &rules::RESOURCE_CLASS, "a resource class", class, is_resource_class);
        check(
            &self.production_resource_class,
            reader,
            &rules::RESOURCE_CLASS,
            "a resource class",
            class,
            is_resource_class,
        );
        let mut seen: Vec<&Context> = Vec::new();
        for (_, context) in self.all_contexts() {
            let name = "write at most 200 letters, digits, `.`, `_` and `-`, beginning with a letter or a digit";
            check_one(&context.name, reader, &rules::CONTEXT, "a context's name", name, is_context);
            check(&context.id, reader, &rules::UUID, "the id of a context", id, is_uuid);
            // A copied id is as wrong as a copied name: it is the id that the token shows.
            let same = |one: &Located<String>, other: &Located<String>| one.value == other.value;
            let shared = seen.iter().find_map(|first| match (&first.id, &context.id) {
                _ if same(&first.name, &context.name) => Some((&first.name, &context.name)),
                (Some(theirs), Some(own)) if same(theirs, own) => Some((theirs, own)),
                _ => None,
            });
            if let Some((first, own)) = shared {
                let message = format!("the context `{}` stands for two trust classes", own.value);
                let diagnostic = Diagnostic::error(&rules::SHARED_CONTEXT, own.span, message);
                reader.error(
                    diagnostic
                        .related(first.span, "it stands here too")
                        .help("create one context for each, and restrict each by itself"),
                );
            }
            seen.push(context);
        }
    }

    fn check_path(&self, reader: &mut Reader) {
        let Some(path) = &self.path else { return };
        let name = path.value.rsplit('/').next().unwrap_or_default();
        let legal = words::PLACE.holds(&path.value)
            && name.len() <= 100
            && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            && !name.contains("..");
        if !legal {
            let message = format!("`{}` is not a place for CircleCI's config", path.value);
            reader.error(
                Diagnostic::error(&rules::PATH, path.span, message).help("write a path such as `.circleci/pulumi.yml`"),
            );
        } else if self.events() == Events::Oauth {
            let message =
                "a project that gets its events through GitHub's OAuth app reads `.circleci/config.yml` alone";
            let help = "drop `path`, or add `events: github-app` and a pipeline definition that reads this file";
            reader.error(Diagnostic::error(&rules::PATH, path.span, message).help(help));
        }
    }

    pub(crate) fn events(&self) -> Events {
        self.events.as_ref().map_or(Events::Oauth, |events| events.value)
    }

    pub(crate) fn path(&self) -> &str {
        self.path.as_ref().map_or(words::CONFIG, |path| &path.value)
    }

    /// The contexts that are given, with what people call the jobs that run in each.
    pub(crate) fn all_contexts(&self) -> Vec<(Class, &Context)> {
        Class::ALL.iter().filter_map(|class| self.context(*class).map(|context| (*class, context))).collect()
    }

    /// The context of a class.
    pub(crate) fn context(&self, class: Class) -> Option<&Context> {
        let contexts = self.contexts.as_ref()?;
        match class {
            Class::Preview => contexts.preview.as_ref(),
            Class::Development => contexts.development.as_ref(),
            Class::ProductionPreview => contexts.production_preview.as_ref(),
            Class::Production => contexts.production.as_ref(),
        }
    }

    /// The name of the context that a stage runs in.
    pub(crate) fn context_of(&self, stage: &Stage) -> Option<&str> {
        self.context(Class::of(stage)).map(|context| context.name.value.as_str())
    }

    /// The resource class of a stage.
    pub(crate) fn resource_class_of(&self, stage: &Stage) -> &str {
        match &self.production_resource_class {
            Some(class) if stage.class == TrustClass::Production => &class.value,
            _ => self.resource_class(),
        }
    }

    pub(crate) fn resource_class(&self) -> &str {
        self.resource_class.as_ref().map_or("medium", |class| &class.value)
    }
}

/// What tells one job's claims from another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Previews of change requests, whatever the stack.
    Preview,
    /// Merged code on development stacks.
    Development,
    /// Production's preview after the merge: its context must not wait for an approver, so that it is another one.
    ProductionPreview,
    /// Production's deploys.
    Production,
}

impl Class {
    pub(crate) const ALL: &[Class] = &[Class::Preview, Class::Development, Class::ProductionPreview, Class::Production];

    pub(crate) fn of(stage: &Stage) -> Class {
        match (stage.trigger, stage.class, stage.action) {
            (Trigger::ChangeRequest, _, _) => Class::Preview,
            (Trigger::Push, TrustClass::Production, Action::Deploy) => Class::Production,
            (Trigger::Push, TrustClass::Production, Action::Preview) => Class::ProductionPreview,
            (Trigger::Push | Trigger::Schedule, _, _) => Class::Development,
        }
    }

    /// The option's key.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Class::Preview => "preview",
            Class::Development => "development",
            Class::ProductionPreview => "production_preview",
            Class::Production => "production",
        }
    }

    pub(crate) fn trigger(self) -> Trigger {
        if self == Class::Preview { Trigger::ChangeRequest } else { Trigger::Push }
    }
}

fn check(
    text: &Option<Located<String>>,
    reader: &mut Reader,
    rule: &'static Rule,
    what: &str,
    help: &str,
    legal: fn(&str) -> bool,
) {
    if let Some(text) = text {
        check_one(text, reader, rule, what, help, legal);
    }
}

fn check_one(
    text: &Located<String>,
    reader: &mut Reader,
    rule: &'static Rule,
    what: &str,
    help: &str,
    legal: fn(&str) -> bool,
) {
    if !legal(&text.value) {
        reader.error(Diagnostic::error(rule, text.span, format!("`{}` is not {what}", text.value)).help(help));
    }
}

fn is_repository(text: &str) -> bool {
    let legal = |part: &str| {
        (1..=100).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    text.split_once('/').is_some_and(|(owner, name)| legal(owner) && legal(name))
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths = [8, 4, 4, 4, 12];
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

fn is_resource_class(text: &str) -> bool {
    text.len() <= 100
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+/-".contains(&b))
}

/// CircleCI takes more; a name of these needs no quotes anywhere.
/// What CircleCI takes as the name of a context.
pub(crate) const CONTEXT: Limit = Limit::new("characters of a context's name", 200, &rules::CONTEXT);

fn is_context(text: &str) -> bool {
    (1..=CONTEXT.most).contains(&text.len())
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
