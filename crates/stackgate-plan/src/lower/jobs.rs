//! The user's own jobs, which never get a token.
//!
//! What must always hold: each runs on exactly one provider and names what starts it. Deliberately absent: whether its
//! id meets that of a stage; `names` judges all names together.

use stackgate_diagnostic::Diagnostic;
use stackgate_spec::{Event, Job, When as SpecWhen};

use super::Lowering;
use super::providers::RunsOn;
use super::settings::Given;
use super::stacks::TIMEOUT;
use super::tools::nothing;
use crate::model::{PlainJob, Runtime, Trigger, When};
use crate::pins::Pins;
use crate::rules::AMBIGUOUS_PROVIDER;

impl Lowering<'_> {
    /// All jobs that could be decided, in the order of the spec.
    pub(super) fn jobs(&mut self, pins: &Pins) -> Vec<PlainJob> {
        let mut jobs = Vec::new();
        for (id, span, job) in self.spec.jobs.given().into_iter().flat_map(|jobs| jobs.given()) {
            let named = job.provider.as_ref().map(|named| Given { value: &named.value, span: named.span, own: true });
            let runtime = self.job_runtime(job, pins);
            let provider = match self.runs_on(named) {
                RunsOn::Provider(id, _) => id,
                RunsOn::Unknown => continue,
                RunsOn::Unclear => {
                    let message = format!("there are several providers, and none is named that runs the job `{id}`");
                    let help = format!("add `provider: NAME`; the providers are {}", self.provider_list());
                    self.error(Diagnostic::error(&AMBIGUOUS_PROVIDER, span, message).help(help));
                    continue;
                }
            };
            jobs.push(PlainJob {
                id: id.to_owned(),
                provider,
                triggers: triggers(job),
                when: match job.when.as_deref() {
                    None | Some(SpecWhen::Before) => When::Before,
                    Some(SpecWhen::After) => When::After,
                },
                run: job.run.to_string(),
                directory: job.directory.as_ref().map_or_else(|| ".".into(), ToString::to_string),
                runtime,
                timeout_minutes: job.timeout.given().map_or(TIMEOUT.0, |timeout| timeout.value.0),
                place: span,
            });
        }
        jobs
    }

    /// The job's language, or that of the defaults, or none: a script needs no more than a shell.
    fn job_runtime(&mut self, job: &Job, pins: &Pins) -> Runtime {
        if job.runtime.is_failed() {
            return nothing();
        }
        match job.runtime.given().or(self.defaults.runtime.given()) {
            Some(runtime) => self.runtime(runtime, pins),
            None => {
                let (version, image) = pins.runtime(nothing().language, Some(""));
                Runtime { version, image, ..nothing() }
            }
        }
    }
}

/// In a fixed order, whatever the order in the spec.
fn triggers(job: &Job) -> Vec<Trigger> {
    let on = |event| job.on.as_ref().is_none_or(|on| on.iter().any(|given| given.value == event));
    let all = [(Event::Change, Trigger::ChangeRequest), (Event::Deploy, Trigger::Push)];
    all.into_iter().filter(|(event, _)| on(*event)).map(|(_, trigger)| trigger).collect()
}
