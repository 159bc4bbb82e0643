//! Order from "comes after": cycles, and a sequence in which everything stands after what it waits for.
//!
//! What must always hold: the same edges give the same sequence, and what waits for nothing keeps its place as far as
//! possible, so that a plan reads like its spec. Deliberately absent: what the numbers stand for.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// More cycles than this explain nothing that the first ones do not.
const MOST_CYCLES: usize = 10;

/// Cycles in `after`, each as the nodes on it, from one to the one that waits for the first again.
/// The last edge of each is taken out of `after`, so that what is left has an order.
pub(super) fn break_cycles(after: &mut [Vec<usize>]) -> Vec<Vec<usize>> {
    let mut cycles = Vec::new();
    let mut state = vec![State::New; after.len()];
    for start in 0..after.len() {
        if state[start] == State::New {
            walk(start, after, &mut state, &mut cycles);
        }
    }
    cycles
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    OnPath,
    Done,
}

/// Goes depth first, with a stack of its own, since a spec decides how deep this gets.
fn walk(start: usize, after: &mut [Vec<usize>], state: &mut [State], cycles: &mut Vec<Vec<usize>>) {
    let mut path = vec![(start, 0)];
    state[start] = State::OnPath;
    while let Some((node, next)) = path.last_mut() {
        let (node, edge) = (*node, *next);
        let Some(&other) = after[node].get(edge) else {
            state[node] = State::Done;
            path.pop();
            continue;
        };
        *next += 1;
        match state[other] {
            State::Done => {}
            State::New => {
                state[other] = State::OnPath;
                path.push((other, 0));
            }
            State::OnPath => {
                let on_cycle = path.iter().skip_while(|(on_path, _)| *on_path != other).map(|(on_path, _)| *on_path);
                if cycles.len() < MOST_CYCLES {
                    cycles.push(on_cycle.collect());
                }
                after[node].remove(edge);
                if let Some((_, next)) = path.last_mut() {
                    *next -= 1;
                }
            }
        }
    }
}

/// All nodes, each after what it waits for, otherwise by number. `after` has no cycle.
pub(super) fn sequence(after: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = after.iter().map(Vec::len).collect();
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); after.len()];
    for (node, others) in after.iter().enumerate() {
        for other in others {
            before[*other].push(node);
        }
    }
    let ready = waiting.iter().enumerate().filter(|(_, count)| **count == 0).map(|(node, _)| Reverse(node));
    let mut ready: BinaryHeap<Reverse<usize>> = ready.collect();
    let mut sequence = Vec::with_capacity(after.len());
    while let Some(Reverse(node)) = ready.pop() {
        sequence.push(node);
        for next in &before[node] {
            waiting[*next] -= 1;
            if waiting[*next] == 0 {
                ready.push(Reverse(*next));
            }
        }
    }
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_stable() {
        assert_eq!(sequence(&[vec![], vec![], vec![]]), [0, 1, 2]);
        assert_eq!(sequence(&[vec![2], vec![], vec![]]), [1, 2, 0]);
        assert_eq!(sequence(&[vec![1], vec![2], vec![]]), [2, 1, 0]);
    }

    #[test]
    fn cycles_are_shown_and_broken() {
        let mut after = vec![vec![1], vec![2], vec![0]];
        assert_eq!(break_cycles(&mut after), [[0, 1, 2]]);
        assert_eq!(sequence(&after).len(), 3);
        let mut after = vec![vec![0]];
        assert_eq!(break_cycles(&mut after), [[0]]);
        let mut after = vec![vec![1], vec![0, 2], vec![1]];
        assert_eq!(break_cycles(&mut after), [[0, 1], [1, 2]]);
        assert_eq!(sequence(&after).len(), 3);
    }

    #[test]
    fn long_chains_do_not_overflow() {
        let mut after: Vec<Vec<usize>> =
            (0..100_000).map(|node| if node == 0 { vec![] } else { vec![node - 1] }).collect();
        assert!(break_cycles(&mut after).is_empty());
        assert_eq!(sequence(&after).len(), 100_000);
    }
}
