//! Eight weeks of audit log, with incidents in it.
//!
//! What must hold: there are exactly as many events as were asked for, by time, and the last one is of the hour in which the
//! organization was read. It is written day by day, so that a million events need the memory of one day.

mod cast;
mod deployments;
mod event;
mod incidents;
mod kinds;
mod life;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use stackgate_access::Fragment;
use stackgate_cloud_fixtures::TAKEN;

use super::planted::Plant;
use super::random::Random;
use super::size::Size;
use crate::Result;
use cast::Cast;
use event::{COLUMNS, Event};
use incidents::Scene;
use life::{DAY, DAYS, HOUR, Life, weight};

/// Which forms are written besides `audit.jsonl`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args)]
pub(crate) struct Forms {
    /// Write the log as `audit.csv` too, which names no tokens and no actors
    #[arg(long)]
    pub(crate) csv: bool,
    /// Write the log as `audit.cef` too
    #[arg(long)]
    pub(crate) cef: bool,
}

/// Writes the log and `deployments.json`, and tells what was planted.
pub(super) fn write(directory: &Path, declared: &Fragment, seed: u64, size: &Size, forms: Forms) -> Result<Vec<Plant>> {
    let cast = Cast::of(declared);
    let mut life = Life::of(&cast, size.events);
    // The Monday eight weeks before, at midnight.
    let begin = TAKEN - TAKEN.rem_euclid(DAY) - DAYS * DAY;
    let mut scene = Scene {
        cast: &cast,
        life: &mut life,
        declared,
        random: Random::of(seed, "incidents"),
        begin,
        events: Vec::new(),
        deployments: ordinary(declared, &cast, begin),
        used: Default::default(),
    };
    let planted = incidents::plant(&mut scene, size.incidents);
    let Scene { events: mut special, deployments, .. } = scene;
    special.sort();
    let list = serde_json::json!({ "deployments": deployments });
    std::fs::write(directory.join("deployments.json"), format!("{list}\n"))?;
    let mut out = Out::create(directory, forms)?;
    let mut random = Random::of(seed, "log");
    let mut left = size.events.checked_sub(special.len()).ok_or("the incidents alone are more events than that")?;
    let mut special = special.into_iter().peekable();
    // The last day of the eight weeks is the one before that on which the organization was read.
    let silent = |day: &i64| life.gap.contains(day);
    let mut weights: usize = (0..DAYS).filter(|day| !silent(day)).map(weight).sum();
    for day in (0..DAYS).filter(|day| !silent(day)) {
        let budget = if weights == weight(day) { left } else { left * weight(day) / weights };
        weights -= weight(day);
        let mut events = life.day(day, begin, budget, &mut random);
        events.truncate(left);
        left -= events.len();
        while let Some(event) = special.next_if(|event| event.time < begin + (day + 1) * DAY) {
            events.push(event);
        }
        events.sort();
        for event in &events {
            out.event(event)?;
        }
    }
    out.finish()?;
    Ok(planted)
}

/// The ordinary deployments: one each week of each stack that Pulumi Deployments runs.
fn ordinary(declared: &Fragment, cast: &Cast, begin: i64) -> Vec<serde_json::Value> {
    let mut all = Vec::new();
    for one in &declared.deployments {
        let Some(stack) = cast.stacks.iter().find(|stack| stack.name == one.reference()) else { continue };
        for week in 0..8 {
            let time = begin + week * 7 * DAY + DAY + 10 * HOUR;
            all.push(deployments::deployment(one, usize::try_from(week).unwrap_or(0) + 1, time, &stack.deploys, "api"));
        }
    }
    all
}

/// The files that the log goes to.
struct Out {
    json: BufWriter<File>,
    csv: Option<BufWriter<File>>,
    cef: Option<BufWriter<File>>,
    line: String,
}

impl Out {
    fn create(directory: &Path, forms: Forms) -> Result<Out> {
        let file = |name: &str| File::create(directory.join(name)).map(BufWriter::new);
        let mut csv = forms.csv.then(|| file("audit.csv")).transpose()?;
        if let Some(csv) = &mut csv {
            csv.write_all(COLUMNS.as_bytes())?;
        }
        let cef = forms.cef.then(|| file("audit.cef")).transpose()?;
        Ok(Out { json: file("audit.jsonl")?, csv, cef, line: String::new() })
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        serde_json::to_writer(&mut self.json, &event.json())?;
        self.json.write_all(b"\n")?;
        let Out { csv, cef, line, .. } = self;
        type Form = fn(&Event, &mut String);
        for (file, form) in [(csv, Event::csv as Form), (cef, Event::cef as Form)] {
            let Some(file) = file else { continue };
            line.clear();
            form(event, line);
            file.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.json.flush()?;
        for mut file in self.csv.into_iter().chain(self.cef) {
            file.flush()?;
        }
        Ok(())
    }
}
