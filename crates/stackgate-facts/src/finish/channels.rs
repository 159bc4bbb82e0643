//! Files and printed commands by which a script sets variables of later steps and jobs.
//!
//! What must hold: who has a hand in the value is known. Sources: GitHub's workflow commands and environment files, Azure's
//! logging commands, CircleCI's `BASH_ENV`.

use super::Told;
use crate::model::{Channel, ChannelKind};
use crate::shell::{Argument, Call};
use crate::value::{Control, Value};

const FILES: &[(&str, ChannelKind)] = &[
    ("GITHUB_ENV", ChannelKind::EnvFile),
    ("GITHUB_PATH", ChannelKind::EnvFile),
    ("GITHUB_STATE", ChannelKind::EnvFile),
    ("GITHUB_OUTPUT", ChannelKind::Output),
    ("BASH_ENV", ChannelKind::EnvFile),
];

const PRINTED: &[(&str, ChannelKind)] = &[
    ("::set-env ", ChannelKind::EnvFile),
    ("::add-path::", ChannelKind::EnvFile),
    ("::set-output ", ChannelKind::Output),
    ("##vso[task.setvariable ", ChannelKind::EnvFile),
    ("##vso[task.prependpath]", ChannelKind::EnvFile),
    ("##vso[task.setendpoint ", ChannelKind::EnvFile),
];

impl Told<'_> {
    pub(super) fn channels(&mut self, call: &Call) {
        let redirected =
            call.redirects.iter().filter(|redirect| redirect.operator.contains('>')).map(|redirect| &redirect.target);
        let written = ["tee", "Out-File", "Add-Content", "Set-Content", "sponge", "dd", "cp", "mv"];
        let given = call.rest().iter().filter(|_| call.program().is_some_and(|program| written.contains(&program)));
        let targets: Vec<(&str, ChannelKind)> = redirected
            .chain(given)
            .filter_map(|target| FILES.iter().find(|(name, _)| target.names.iter().any(|known| known == name)))
            .copied()
            .collect();
        for (file, kind) in targets {
            let (text, control) = self.payload(call);
            self.channel(kind, file, &text, control, call);
        }
        if !matches!(call.program(), Some("echo" | "printf" | "Write-Host" | "Write-Output" | "print" | "cat")) {
            return;
        }
        let bodies = call.redirects.iter().filter_map(|redirect| redirect.body.as_ref());
        for argument in call.rest().iter().chain(bodies) {
            for (sign, kind) in PRINTED {
                let Some(at) = argument.text().find(sign) else { continue };
                let text = argument.text().get(at..).unwrap_or("");
                let text = text.lines().next().unwrap_or("");
                let kind =
                    if text.to_ascii_lowercase().contains("isoutput=true") { ChannelKind::Output } else { *kind };
                let word = sign.trim_matches([' ', ':', '#']);
                let rest = text.get(sign.len()..).unwrap_or("");
                self.channel(kind, word, rest, argument.value.control(), call);
            }
        }
    }

    /// What is written: the words of what prints, or of what comes through the pipe.
    fn payload(&self, call: &Call) -> (String, Control) {
        let fed = self.fed_by(call);
        let bodies = call.redirects.iter().filter_map(|redirect| redirect.body.as_ref());
        let quiet = |call: &Call| matches!(call.program(), Some("echo" | "printf" | "Write-Output" | "cat"));
        let own: Vec<&Argument> = call.rest().iter().filter(|_| quiet(call)).chain(bodies).collect();
        let words: Vec<&Argument> = fed.iter().flat_map(|call| call.rest()).chain(own).collect();
        let worst = words.iter().map(|word| word.value.control()).max().unwrap_or(Control::Unknown);
        let prints = |call: &Call| quiet(call) || call.arguments.is_empty();
        // What another program prints is not known.
        let known = if fed.is_empty() { prints(call) } else { fed.iter().all(|call| quiet(call)) };
        let text: Vec<&str> =
            words.iter().map(|word| word.text()).filter(|text| !matches!(*text, "-n" | "-e")).collect();
        (text.join(" "), if known { worst } else { Control::Unknown })
    }

    fn channel(&mut self, kind: ChannelKind, file: &str, text: &str, control: Control, call: &Call) {
        let line = text.trim().lines().next().unwrap_or("");
        let name: String = format!("{file} {line}").trim().chars().take(200).collect();
        let name = if control == Control::System { Value::Literal(name) } else { Value::Made(name, control) };
        let step = None;
        let place = self.place(call.range.clone());
        if self.found.room(self.found.channels.len())
            && !self.found.channels.iter().any(|known| known.kind == kind && known.name == name && known.step == step)
        {
            self.found.channels.push(Channel { kind, name, step, place });
        }
    }
}
