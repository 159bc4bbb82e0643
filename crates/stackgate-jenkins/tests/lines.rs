//! Each line of each template matters: without it, some plan does not render, or does not read back.

#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

mod common;

use common::cases;
use stackgate_provider::{Engine, Syntax, compare, templates};

/// Lines that nothing can depend on, with the reason.
const INERT: &[(&str, &str)] = &[];

#[test]
fn a_template_without_one_of_its_lines_is_noticed() {
    let cases = cases();
    let mut unseen = Vec::new();
    // An audit's template is no project's: `stackgate`'s own tests take its lines away.
    for (name, text) in
        templates::JENKINS.iter().filter(|(name, _)| name.ends_with(".tera") && !name.contains("/audit"))
    {
        for (number, line) in text.lines().enumerate() {
            let comment = line.trim_start().starts_with("{#");
            if comment || INERT.iter().any(|(inert, _)| *inert == line) {
                continue;
            }
            let without: String = text
                .lines()
                .enumerate()
                .filter(|(other, _)| *other != number)
                .map(|(_, line)| format!("{line}\n"))
                .collect();
            let texts: Vec<(&str, &str)> = templates::JENKINS
                .iter()
                .map(|(other, text)| (*other, if other == name { without.as_str() } else { *text }))
                .collect();
            let Ok(engine) = Engine::new(Syntax::Groovy, &texts) else { continue };
            let noticed = cases.iter().any(|(_, plan, adapter)| match adapter.render(plan, &engine) {
                Err(_) => true,
                Ok(files) => compare(&adapter.realise(plan).pipeline, &adapter.observe(&files)).is_err(),
            });
            if !noticed {
                unseen.push(format!("{name}:{}: {line}", number + 1));
            }
        }
    }
    assert!(unseen.is_empty(), "nothing notices that these lines are gone:\n{}", unseen.join("\n"));
}
