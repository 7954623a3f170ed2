//! Tree-structured Parzen estimation (Bergstra, Bardenet, Bengio & Kégl, NIPS 2011), over all axes jointly as BOHB does
//! (Falkner, Klein & Hutter, ICML 2018): combinations are drawn where good trials lie, and of those drawn the ones are
//! tried at which good trials are densest compared with the others.

use std::collections::HashSet;

use super::space::{Combination, ParameterSpace};
use crate::chance::Chance;

/// The part of the finished trials that counts as good.
const GOOD_SHARE: f64 = 0.15;
/// Combinations drawn for each one that is tried.
const CANDIDATES: usize = 32;
/// Width of a kernel for one trial, as a part of the axis; it shrinks as n^(−1 / (axes + 4)) (Scott 1992).
const WIDTH: f64 = 0.3;
/// Least width of a kernel, in steps of the axis, so that neighbours of a good trial are always within reach.
const LEAST_WIDTH: f64 = 0.6;

/// `count` combinations that are worth trying next, none of them in `taken`; fewer if there are no more.
///
/// `ranked` has the combinations of finished trials, best first.
pub(crate) fn propose(
    space: &ParameterSpace,
    ranked: &[Combination],
    taken: &HashSet<Combination>,
    count: usize,
    chance: &mut Chance,
) -> Vec<Combination> {
    let good = ((ranked.len() as f64 * GOOD_SHARE).ceil() as usize).clamp(1, ranked.len().max(1)).min(ranked.len());
    let (good, others) = ranked.split_at(good);
    let (good, others) = (Density::new(space, good), Density::new(space, others));
    let mut taken = taken.clone();
    let mut proposed = Vec::new();
    while proposed.len() < count {
        let drawn = (0..CANDIDATES).map(|_| good.draw(chance));
        let new = drawn.filter(|combination| space.allows(combination) && !taken.contains(combination));
        let promise = |combination: &Combination| good.at(combination) / others.at(combination);
        let best = new.map(|combination| (promise(&combination), combination)).reduce(|best, next| {
            // Of equals the first, so that the order of drawing decides and nothing else.
            if next.0 > best.0 { next } else { best }
        });
        let Some(next) = best.map(|(_, combination)| combination).or_else(|| space.drawn_but(&taken, chance)) else {
            break;
        };
        taken.insert(next.clone());
        proposed.push(next);
    }
    proposed
}

/// How dense trials lie: one kernel around each, and an even layer as heavy as one of them, which keeps every combination
/// possible.
struct Density<'a> {
    trials: &'a [Combination],
    /// For each axis: the weight of a place that is so many steps away from that of the trial.
    kernels: Vec<Kernel>,
    /// Chance of a combination under the even layer.
    even: f64,
}

struct Kernel {
    /// By distance in steps; for an axis of words, the first for the same word and the second for any other.
    weights: Vec<f64>,
    /// By place: the weights of all places as seen from it.
    totals: Vec<f64>,
    ordered: bool,
}

impl<'a> Density<'a> {
    fn new(space: &ParameterSpace, trials: &'a [Combination]) -> Self {
        let axes = space.axes();
        let narrowing = libm::pow(trials.len().max(1) as f64, -1.0 / (axes.len() as f64 + 4.0));
        let kernels = axes.iter().map(|axis| Kernel::new(axis.values.len(), axis.is_numeric(), WIDTH * narrowing));
        let even = axes.iter().map(|axis| 1.0 / axis.values.len() as f64).product();
        Self { trials, kernels: kernels.collect(), even }
    }

    /// The density at a combination; above zero everywhere.
    fn at(&self, combination: &[usize]) -> f64 {
        let near = |trial: &Combination| -> f64 {
            let places = trial.iter().zip(combination);
            self.kernels.iter().zip(places).map(|(kernel, (from, to))| kernel.chance(*from, *to)).product()
        };
        (self.even + self.trials.iter().map(near).sum::<f64>()) / (self.trials.len() as f64 + 1.0)
    }

    fn draw(&self, chance: &mut Chance) -> Combination {
        let trial = self.trials.get(chance.below(self.trials.len() + 1));
        let place = |(axis, kernel): (usize, &Kernel)| match trial {
            Some(trial) => kernel.draw(trial[axis], chance),
            None => chance.below(kernel.places()),
        };
        self.kernels.iter().enumerate().map(place).collect()
    }
}

impl Kernel {
    /// A bell over the places of an ordered axis (discretised and cut at the ends), or the same chance for every other
    /// word (Aitchison & Aitken 1976).
    fn new(places: usize, ordered: bool, width: f64) -> Self {
        let weights: Vec<f64> = if ordered {
            let deviation = (width * places as f64).max(LEAST_WIDTH);
            (0..places).map(|steps| libm::exp(-0.5 * (steps as f64 / deviation).powi(2))).collect()
        } else {
            let away = width.min(0.5);
            let others = (places as f64 - 1.0).max(1.0);
            (0..places).map(|steps| if steps == 0 { 1.0 - away } else { away / others }).collect()
        };
        let mut kernel = Self { weights, totals: Vec::new(), ordered };
        let total = |from| (0..places).map(|to| kernel.weight(from, to)).sum();
        kernel.totals = (0..places).map(total).collect();
        kernel
    }

    fn places(&self) -> usize {
        self.weights.len()
    }

    fn weight(&self, from: usize, to: usize) -> f64 {
        match self.ordered {
            true => self.weights[from.abs_diff(to)],
            false => self.weights[usize::from(from != to)],
        }
    }

    fn chance(&self, from: usize, to: usize) -> f64 {
        self.weight(from, to) / self.totals[from]
    }

    fn draw(&self, from: usize, chance: &mut Chance) -> usize {
        let mut left = chance.unit() * self.totals[from];
        for to in 0..self.places() {
            left -= self.weight(from, to);
            if left < 0.0 {
                return to;
            }
        }
        self.places() - 1
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::search::space::tests::space;

    #[test]
    fn a_kernel_is_a_distribution_and_is_drawn_as_such() {
        for ordered in [true, false] {
            let kernel = Kernel::new(7, ordered, 0.2);
            let chances: Vec<f64> = (0..7).map(|to| kernel.chance(2, to)).collect();
            assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let mut chance = Chance::new(3);
            let mut counts = [0.0; 7];
            (0..50_000).for_each(|_| counts[kernel.draw(2, &mut chance)] += 1.0 / 50_000.0);
            assert!(
                chances.iter().zip(counts).all(|(left, right)| (left - right).abs() < 0.01),
                "{chances:?} {counts:?}"
            );
        }
    }

    /// Trials of a smooth hill with its top at (150, 40), which a search of `count` reaches to within `1 − best`.
    fn climbed(count: usize, informed: bool, seed: u64) -> f64 {
        let axes = json!({
            "lookback": { "from": 1, "to": 200 },
            "position_size_percent": { "from": 1, "to": 100 },
        });
        let space = space(axes, &[]).expect("valid");
        let height = |at: &Combination| {
            let (x, y) = ((at[0] as f64 - 149.0) / 200.0, (at[1] as f64 - 39.0) / 100.0);
            1.0 - x * x - y * y
        };
        let mut chance = Chance::new(seed);
        let mut ranked = space.drawn(if informed { 20 } else { count }, &mut chance);
        while ranked.len() < count {
            ranked.sort_by(|left, right| height(right).total_cmp(&height(left)));
            let taken = ranked.iter().cloned().collect();
            ranked.extend(propose(&space, &ranked, &taken, 8.min(count - ranked.len()), &mut chance));
        }
        ranked.iter().map(height).fold(f64::MIN, f64::max)
    }

    #[test]
    fn it_climbs_higher_than_chance() {
        let mut wins = 0;
        for seed in 0..20 {
            let (informed, random) = (climbed(100, true, seed), climbed(100, false, seed));
            wins += u32::from(informed >= random);
            assert!(informed > 0.998, "seed {seed}: {informed}");
        }
        assert!(wins >= 16, "better in {wins} of 20");
    }

    #[test]
    fn it_tries_nothing_twice_and_ends_with_the_space() {
        let axes = json!({ "lookback": { "from": 1, "to": 12 }, "position_size_percent": { "values": [5, 9] } });
        let space = space(axes, &[]).expect("valid");
        let mut tried = space.drawn(5, &mut Chance::new(1));
        for _ in 0..6 {
            let taken = tried.iter().cloned().collect();
            tried.extend(propose(&space, &tried, &taken, 4, &mut Chance::new(2)));
        }
        let different: HashSet<_> = tried.iter().collect();
        assert_eq!((tried.len(), different.len()), (24, 24));
    }
}
