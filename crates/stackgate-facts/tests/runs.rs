//! How much is tried to say in which situations the jobs of a huge pipeline run: counted, never timed.
//!
//! What must hold: the work grows with the jobs and not with their square; what is not tried is told; where everything is
//! tried, the answers are those of [`Observation::reach`].

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::ops::ControlFlow;

use stackgate_facts::{
    Answer, Aspect, Clause, ClauseKind, Condition, Job, Need, Observation, Pattern, Place, Ref, Runs, Situation,
    Undecided, universe,
};

const HUGE: usize = 10_000;

fn clause(condition: Condition) -> Clause {
    Clause { kind: ClauseKind::Job, condition, place: Place::default() }
}

fn branch(name: String) -> Condition {
    Condition::Branch(Pattern::exact(name))
}

/// Jobs with a branch of their own each; in a row, where each needs the one before it.
fn jobs(count: usize, row: bool) -> Observation {
    let need = |number: usize| Need { job: format!("job-{number}"), blocks: true, place: Place::default() };
    let job = |number: usize| Job {
        id: format!("job-{number}"),
        when: vec![clause(branch(format!("branch-{number}")))],
        needs: if row && number > 0 { vec![need(number - 1)] } else { Vec::new() },
        ..Job::default()
    };
    Observation { jobs: (0..count).map(job).collect(), ..Observation::default() }
}

/// How many situations are tried for all jobs.
fn tried(runs: &Runs<'_>) -> usize {
    let mut count = 0;
    for job in &runs.observation().jobs {
        runs.situations(&[job], &|_| true, &mut |_| {
            count += 1;
            ControlFlow::Continue(())
        });
    }
    count
}

fn limits(observation: Observation) -> Vec<String> {
    let of = |one: Undecided| (one.aspect == Aspect::Limit).then_some(one.why);
    observation.finish().undecided.into_iter().filter_map(of).collect()
}

#[test]
fn each_of_many_jobs_is_tried_with_its_own_names_alone() {
    let pipeline = jobs(HUGE, false);
    let runs = Runs::of(&pipeline);
    assert_eq!(runs.cut(), None);
    let tried = tried(&runs);
    assert!(tried < HUGE * 1_000, "{tried}");
    for job in pipeline.jobs.iter().step_by(999) {
        let own = job.id.replace("job", "branch");
        let names = |situation: &Situation, _: &Answer| situation.reference != Ref::Branch(own.clone());
        assert!(runs.first(job, &|_| true, &|_, _| true).is_some(), "{} runs for its branch", job.id);
        assert!(runs.first(job, &|_| true, &names).is_none(), "{} runs for another branch", job.id);
    }
    assert_eq!(limits(pipeline), [] as [&str; 0]);
}

#[test]
fn a_long_row_is_cut_and_says_so() {
    const LONG: usize = 1_000;
    let pipeline = jobs(LONG, true);
    let runs = Runs::of(&pipeline);
    let cut = runs.cut().unwrap();
    // The first jobs of the row have few before them.
    assert!(cut.job > 0 && cut.job < 10, "{cut:?}");
    assert_eq!(cut.jobs, LONG - cut.job);
    let tried = tried(&runs);
    assert!(tried < LONG * 4_000, "{tried}");
    let told = limits(pipeline);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("are tried"), "{}", told[0]);
}

#[test]
fn a_row_of_jobs_with_one_condition_is_looked_at_whole() {
    let mut pipeline = jobs(HUGE, true);
    pipeline.jobs.iter_mut().for_each(|job| job.when = vec![clause(branch("main".to_owned()))]);
    let runs = Runs::of(&pipeline);
    assert_eq!(runs.cut(), None);
    let last = pipeline.jobs.last().unwrap();
    assert_eq!(runs.jobs().needed(last).len(), HUGE - 1);
    assert_eq!(runs.jobs().behind(|job| job.id == "job-0").len(), HUGE - 1);
    assert_eq!(runs.jobs().behind(|job| job.id == "job-9999").len(), 0);
}

#[test]
fn what_a_cut_drops_is_a_doubt() {
    let mut pipeline = jobs(300, true);
    for (number, job) in pipeline.jobs.iter_mut().enumerate() {
        job.when = vec![clause(branch(format!("branch-{number}")).negated())];
    }
    let runs = Runs::of(&pipeline);
    let certain = |job| runs.first(job, &|_| true, &|_, answer| *answer == Answer::Yes).is_some();
    let possible = |job| runs.first(job, &|_| true, &|_, _| true).is_some();
    let (first, last) = (pipeline.jobs.first().unwrap(), pipeline.jobs.last().unwrap());
    assert!(certain(first) && possible(first));
    assert!(!certain(last) && possible(last));
}

#[test]
fn of_few_names_the_answers_are_those_of_the_whole_universe() {
    for row in [false, true] {
        let pipeline = jobs(6, row);
        let all = universe([&pipeline]);
        let runs = Runs::of(&pipeline);
        for job in &pipeline.jobs {
            let mut found = Vec::new();
            runs.situations(&[job], &|_| true, &mut |situation| {
                let answer = runs.runs(job, situation);
                if answer.possible() {
                    found.push((situation.clone(), answer));
                }
                ControlFlow::Continue(())
            });
            assert_eq!(found, pipeline.reach(job, &all));
        }
    }
}
