//! What the tests of all providers share: every spec through every event, and the faults on one. Spread over two threads.

use std::path::PathBuf;
use std::sync::Mutex;

use stackgate_rehearsal::check::{self, Runner, Tally};
use stackgate_rehearsal::{Answers, Event, World, render, scenario};

/// A CI system to rehearse: which list of events goes with a spec, and the example that faults are tried on.
pub(crate) struct System {
    pub(crate) provider: &'static str,
    pub(crate) run: Runner,
    pub(crate) list: fn(&str) -> &'static str,
    pub(crate) example: &'static str,
}

/// The specs that this system runs anything of, each with its events.
fn cases(system: &System) -> (Vec<(PathBuf, Event)>, usize) {
    let (mut cases, mut artifacts) = (Vec::new(), 0);
    for folder in scenario::specs() {
        let rehearsed = render(&World::new(Answers::default()), &folder);
        let rendered = rehearsed.of(system.provider).count();
        if rendered == 0 {
            continue;
        }
        artifacts += rendered;
        let spec = std::fs::read_to_string(folder.join(stackgate::SPEC_NAME)).unwrap();
        cases.extend(
            scenario::events((system.list)(&spec), &rehearsed.plan).into_iter().map(|event| (folder.clone(), event)),
        );
    }
    (cases, artifacts)
}

/// Every spec through every event.
pub(crate) fn events(system: &System) {
    let (cases, artifacts) = cases(system);
    let (tally, wrong) = (Mutex::new(Tally { artifacts, ..Tally::default() }), Mutex::new(Vec::new()));
    spread(&cases, |(folder, event)| {
        let mut own = Tally::default();
        let (found, _) = check::event(system.provider, system.run, folder, event, &mut own);
        wrong.lock().unwrap().extend(found);
        let mut tally = tally.lock().unwrap();
        tally.jobs += own.jobs;
        tally.exchanges += own.exchanges;
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    tally.into_inner().unwrap().print(system.provider);
}

/// Every fault on the example: on its deploys, or on its previews where it concerns these.
pub(crate) fn faults(system: &System) {
    let folder = scenario::specs().into_iter().find(|folder| folder.ends_with(system.example)).unwrap();
    let rehearsed = render(&World::new(Answers::default()), &folder);
    let spec = std::fs::read_to_string(folder.join(stackgate::SPEC_NAME)).unwrap();
    let events = scenario::events((system.list)(&spec), &rehearsed.plan);
    let first = |runs| events.iter().find(|event| event.runs == Some(runs)).unwrap();
    let (tally, wrong) = (Mutex::new(Tally::default()), Mutex::new(Vec::new()));
    spread(&scenario::faults(system.provider), |fault| {
        let event = first(if fault.of_preview { scenario::Runs::ChangeRequest } else { scenario::Runs::Push });
        let mut own = Tally::default();
        wrong.lock().unwrap().extend(check::fault(system.provider, system.run, &folder, event, fault, &mut own));
        let mut tally = tally.lock().unwrap();
        tally.jobs += own.jobs;
        tally.exchanges += own.exchanges;
        tally.faults += own.faults;
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    tally.into_inner().unwrap().print(system.provider);
}

fn spread<T: Sync>(items: &[T], each: impl Fn(&T) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, |count| count.get().min(4)) {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst)) {
                    each(item);
                }
            });
        }
    });
}
