//! Whether a trial stands on a plateau or on a needle.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::outcome::Trial;
use super::request::Sweep;
use crate::search::{Direction, place_of};

/// What the neighbours of a trial reached: those whose parameters differ by one step of one axis.
///
/// Good parameters whose neighbours are bad were lucky.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stability {
    /// Number of the trial.
    pub number: u64,
    /// Neighbours that were tried and for which the objective is defined.
    pub neighbours: usize,
    /// Mean of their objectives; `None` without any.
    pub mean: Option<f64>,
    /// The worst of their objectives; `None` without any.
    pub worst: Option<f64>,
}

impl Sweep {
    /// The stability of each trial of the whole period, by number. After a random or TPE search many trials have no
    /// neighbours.
    pub fn stability(&self, trials: &[Trial]) -> Vec<Stability> {
        let whole = trials.iter().filter(|trial| trial.fold == 0);
        let placed: Vec<_> =
            whole.filter_map(|trial| Some((place_of(&self.space, &trial.parameters)?, trial))).collect();
        let objectives: HashMap<_, _> = placed.iter().map(|(place, trial)| (place.clone(), trial.objective)).collect();
        let mut stability: Vec<_> = placed
            .iter()
            .map(|(place, trial)| {
                let near = neighbours(place).filter_map(|place| objectives.get(&place).copied().flatten());
                self.of_neighbours(trial.number, &near.collect::<Vec<f64>>())
            })
            .collect();
        stability.sort_by_key(|one| one.number);
        stability
    }

    fn of_neighbours(&self, number: u64, near: &[f64]) -> Stability {
        let worst = match self.objective.direction() {
            Direction::Maximize => f64::min,
            Direction::Minimize => f64::max,
        };
        Stability {
            number,
            neighbours: near.len(),
            mean: (!near.is_empty()).then(|| near.iter().sum::<f64>() / near.len() as f64),
            worst: near.iter().copied().reduce(worst),
        }
    }
}

/// Places one step away on one axis; those beyond the last value are among them.
fn neighbours(place: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    (0..place.len()).flat_map(move |axis| {
        let moved = |step: fn(usize) -> Option<usize>| {
            let mut other = place.to_vec();
            other[axis] = step(place[axis])?;
            Some(other)
        };
        [moved(|at| at.checked_sub(1)), moved(|at| at.checked_add(1))].into_iter().flatten()
    })
}
