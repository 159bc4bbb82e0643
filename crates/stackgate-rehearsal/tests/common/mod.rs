//! What the tests of all providers share: every spec through every event, and the faults on one. Spread over two threads.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use stackgate_rehearsal::check::{self, Runner, Scene, Tally};
use stackgate_rehearsal::scenario::{self, Runs};
use stackgate_rehearsal::{Event, Fault};

/// A CI system to rehearse: which list of events goes with a spec, and the example that faults are tried on.
pub(crate) struct System {
    pub(crate) provider: &'static str,
    pub(crate) run: Runner,
    pub(crate) list: fn(&str) -> &'static str,
    pub(crate) example: &'static str,
}

/// The events of a scene.
fn of(system: &System, scene: &Scene) -> Vec<Event> {
    let spec = std::fs::read_to_string(scene.rehearsed.folder.join(stackgate::SPEC_NAME)).unwrap();
    scenario::events((system.list)(&spec), &scene.rehearsed.plan)
}

/// Every spec through every event.
pub(crate) fn events(system: &System) {
    let orders = scenario::orders(system.provider);
    let specs: Vec<PathBuf> = scenario::specs().into_iter().filter(|folder| chosen(system, folder)).collect();
    let done = spread(&specs, |folder| {
        let scene = Scene::new(system.provider, system.run, folder);
        let mut tally = Tally { artifacts: scene.rehearsed.of(system.provider).count(), ..Tally::default() };
        let mut wrong = Vec::new();
        for event in of(system, &scene) {
            let (found, order) = check::event(&scene, &event, &mut tally);
            wrong.extend(found);
            let known = orders.iter().find(|known| folder.ends_with(&known.spec) && known.event == event.event);
            wrong.extend(known.filter(|known| known.order != order).map(|known| {
                format!("{}, {}: the order was {order:?}, not {:?}", known.spec, known.event, known.order)
            }));
        }
        (tally, wrong)
    });
    finish(system, done);
}

/// Whether a spec renders anything for the system; for whoever works on one spec, its folder's name chooses it.
fn chosen(system: &System, folder: &Path) -> bool {
    let only = std::env::var("STACKGATE_REHEARSAL_ONLY").ok();
    let spec = std::fs::read_to_string(folder.join(stackgate::SPEC_NAME)).unwrap();
    let spec: serde_yaml::Value = serde_yaml::from_str(&spec).unwrap();
    spec["providers"].get(system.provider).is_some() && only.is_none_or(|only| folder.ends_with(only))
}

/// Every fault on the example: on its deploys, or on its previews where it concerns these.
pub(crate) fn faults(system: &System) {
    let folder = scenario::specs().into_iter().find(|folder| folder.ends_with(system.example)).unwrap();
    let all = scenario::faults(system.provider);
    let halves: Vec<&[Fault]> = all.chunks(all.len().div_ceil(2)).collect();
    let done = spread(&halves, |faults| {
        let scene = Scene::new(system.provider, system.run, &folder);
        let events = of(system, &scene);
        let (mut tally, mut wrong) = (Tally::default(), Vec::new());
        for fault in *faults {
            let runs = if fault.of_preview { Runs::ChangeRequest } else { Runs::Push };
            let event = events.iter().find(|event| event.runs == Some(runs)).unwrap();
            wrong.extend(check::fault(&scene, event, fault, &mut tally));
        }
        (tally, wrong)
    });
    finish(system, done);
}

fn finish(system: &System, done: Vec<(Tally, Vec<String>)>) {
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    for (own, found) in done {
        tally.add(&own);
        wrong.extend(found);
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    tally.print(system.provider);
}

/// Does each in one of a few threads.
pub(crate) fn spread<T: Sync, R: Send>(items: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, |count| count.get().min(4)) {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let result = each(item);
                    done.lock().unwrap().push(result);
                }
            });
        }
    });
    done.into_inner().unwrap()
}
