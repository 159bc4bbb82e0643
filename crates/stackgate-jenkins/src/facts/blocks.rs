//! Steps with a block: what they change for the steps within.
//!
//! What must hold: a block that nobody here knows changes something, and is a setting of each step in it.

use stackgate_provider::facts::{
    Channel, ChannelKind, Clause, ClauseKind, Condition, Credential, CredentialKind, GateKind, Scope, Value, Variable,
};

use super::Reading;
use super::arguments::{Given, items, plain};
use super::around::Around;
use super::texts::image;
use crate::groovy::{Call, Closure, Kind, Node, arguments, walk};

impl Reading<'_> {
    /// A call with a block.
    pub(super) fn wrapped(&mut self, name: &str, call: &Call, block: &Closure, around: &Around) {
        let place = self.place(call.span);
        if !self.spend(around.weight(), place) {
            return;
        }
        let given = Given::of(call);
        let mut inner = around.clone();
        match name {
            "script" | "steps" | "timestamps" | "ansiColor" | "withContext" | "withChecks" | "tee" => {}
            "stage" => return self.stage_step(call, block, around),
            "node" => return self.node_step(call, block, around),
            "podTemplate" => self.pod(call, &mut inner),
            "parallel" => {}
            "dir" | "ws" => {
                let directory = given.main("path").map(|path| self.value(path, around));
                inner = around.within(directory.unwrap_or_else(|| Value::literal("")));
            }
            "withEnv" => {
                for item in given.main("overrides").into_iter().flat_map(items) {
                    let (text, embedded) = self.text(item, around);
                    let Some((name, value)) = text.split_once('=') else { continue };
                    let control = embedded.iter().map(Value::control).max();
                    let value =
                        control.map_or_else(|| Value::literal(value), |control| Value::Made(value.to_owned(), control));
                    inner.variables.push(Variable { name: name.to_owned(), value, place: self.place(item.span) });
                }
            }
            "withCredentials" => {
                let bound = self.bindings(call, around);
                inner.credentials.extend(bound);
            }
            "timeout" => {
                inner = around.with("timeout", arguments(&call.arguments), place);
                inner.timed = true;
                if let Some(minutes) = self.limit_of(call, around)
                    && inner.limit.is_none_or(|(known, _)| minutes <= known)
                {
                    inner.limit = Some((minutes, place));
                }
            }
            "lock" => {
                let mut gate = self.lock(call, around);
                if let GateKind::Lock { drops_waiting, .. } = &mut gate.kind {
                    // A newer build that is through ends those that still wait for their turn.
                    *drops_waiting = passes_a_milestone(block);
                }
                inner = around.with("lock", arguments(&call.arguments), place);
                inner.gates.push(gate);
            }
            "catchError" | "warnError" => {
                inner.tolerated = true;
                inner.timed = false;
            }
            "sshagent" => {
                let ids = given.named("credentials").or_else(|| given.first());
                for id in ids.into_iter().flat_map(items) {
                    let id = self.value(id, around);
                    inner.credentials.push(stored("credential", id, Some("SSH_AUTH_SOCK"), place));
                }
            }
            "withAWS"
            | "withKubeConfig"
            | "kubeconfig"
            | "withDockerRegistry"
            | "azureCLI"
            | "withVault"
            | "docker.withRegistry"
            | "withDockerServer"
            | "docker.withServer" => self.logged_in(name, call, around, &mut inner),
            "configFileProvider" => {
                for file in given.main("managedFiles").into_iter().flat_map(items) {
                    let Some(file) = Given::of_value(file) else { continue };
                    let id = file.main("fileId").map_or_else(|| Value::literal(""), |id| self.value(id, around));
                    let variable = file.named("variable").and_then(plain);
                    inner.credentials.push(stored("configuration file", id, variable, place));
                }
            }
            "cache" => {
                inner = around.with("cache", arguments(&call.arguments), place);
                if let Some(at) = self.job_of(around, place)
                    && let Some(job) = self.observation.jobs.get_mut(at)
                {
                    let name = Value::literal(arguments(&call.arguments));
                    job.channels.push(Channel { kind: ChannelKind::Cache, name, step: None, place });
                }
            }
            "withDockerContainer" => {
                if let Some(name) = given.main("image") {
                    let code = image(&self.value(name, around), place);
                    self.used(code, around);
                }
                inner = around.with("container", arguments(&call.arguments), place);
            }
            "each" | "eachWithIndex" | "times" | "collect" | "collectEntries" | "findAll" | "find" | "any"
            | "every" | "forEach" | "sort" | "with" | "tap" | "inject" | "upto" | "step" | "withIndex" => {
                return self.closure(block, &around.with("for", name.to_owned(), place));
            }
            name if name.ends_with(".inside")
                || name.ends_with(".withRun")
                || name == "inside"
                || name == "withRun" =>
            {
                inner = around.with("container", call.canonical_head(), place);
            }
            _ if self.called_here(call, around) => return,
            name => {
                // Of a plugin, or of a library: it runs what stands in it.
                if !super::arguments::is_step(name) {
                    self.foreign(name, call, around);
                }
                inner = around.with(name, arguments(&call.arguments), place);
            }
        }
        self.closure(block, &inner);
    }

    /// Code of a job that stands beside its steps, once.
    pub(super) fn used(&mut self, code: stackgate_provider::facts::Code, around: &Around) {
        let Some(at) = self.job_of(around, code.place) else { return };
        let Some(job) = self.observation.jobs.get_mut(at) else { return };
        if !job
            .code
            .iter()
            .any(|known| known.kind == code.kind && known.name == code.name && known.version == code.version)
        {
            job.code.push(code);
        }
    }

    /// A `stage` step: a job of its own, with what stands around it.
    fn stage_step(&mut self, call: &Call, block: &Closure, around: &Around) {
        let mut inner = self.staged(call, around);
        let condition = Condition::all(inner.conditions.drain(..));
        if condition != Condition::Always {
            let (kind, place) = (ClauseKind::Job, self.place(call.span));
            inner.base.when.push(Clause { kind, condition, place });
        }
        // Steps that were done before belong to the stage around.
        self.closure(block, &inner);
    }

    /// A `node` step: another machine; within a stage that has worked elsewhere before, a part of its own.
    fn node_step(&mut self, call: &Call, block: &Closure, around: &Around) {
        let mut inner = self.node(call, around);
        if self.jobs_of.contains_key(&around.stage) {
            self.next_stage += 1;
            inner.stage = self.next_stage;
        }
        self.closure(block, &inner);
    }

    /// Wrappers that log in somewhere with a stored credential.
    fn logged_in(&mut self, name: &str, call: &Call, around: &Around, inner: &mut Around) {
        let place = self.place(call.span);
        let given = Given::of(call);
        *inner = around.with(name, arguments(&call.arguments), place);
        let mut found: Vec<Value> = ["credentials", "credentialsId", "azureServicePrincipal", "vaultCredentialId"]
            .iter()
            .filter_map(|key| given.named(key))
            .map(|value| self.value(value, around))
            .collect();
        if name.starts_with("docker.") || name == "withDockerRegistry" {
            found.extend(given.plain().nth(1).map(|value| self.value(value, around)));
        }
        if name == "withKubeConfig"
            && let Some(Kind::List(list)) = given.first().map(|value| &value.kind)
        {
            let ids = list.iter().filter_map(|item| Given::of_value(&item.value)?.named("credentialsId"));
            found.extend(ids.map(|value| self.value(value, around)));
        }
        inner.credentials.extend(found.into_iter().map(|id| stored("credential", id, None, place)));
        // A vault's secrets, each with the variable that it goes to.
        for secret in given.named("vaultSecrets").into_iter().flat_map(items).filter_map(Given::of_value) {
            let path = secret.named("path").map_or_else(|| Value::literal(""), |path| self.value(path, around));
            for value in secret.named("secretValues").into_iter().flat_map(items).filter_map(Given::of_value) {
                let variable = value.named("envVar").or_else(|| value.named("vaultKey")).and_then(plain);
                inner.credentials.push(stored("vault", path.clone(), variable, place));
            }
        }
    }
}

/// A stored credential for the steps within.
pub(super) fn stored(
    store: &str,
    id: Value,
    variable: Option<&str>,
    place: stackgate_provider::facts::Place,
) -> Credential {
    let kind = CredentialKind::Stored(store.to_owned(), id);
    Credential { kind, variable: variable.map(str::to_owned), scope: Scope::Steps(Vec::new()), wide: false, place }
}

fn passes_a_milestone(block: &Closure) -> bool {
    let mut found = false;
    walk(&block.body, &mut |node| {
        if let Node::Expression(crate::groovy::Expression { kind: Kind::Call(call), .. }) = node {
            found |= call.name == "milestone";
        }
    });
    found
}
