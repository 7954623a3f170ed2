//! Running the trials.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use serde_json::{Map, Value};

use super::folds::Period;
use super::outcome::{SweepError, SweepOutcome, Trial, trials_run};
use super::request::{Search, Sweep};
use super::walk::Walk;
use super::workers;
use crate::chance::Chance;
use crate::error::BacktestError;
use crate::result::BacktestResult;
use crate::runner::{measure, run};
use crate::search::{Combination, place_of, propose};
use crate::series::BarSeries;
use crate::spec::{BacktestSpec, Flow};

/// Trials of a TPE search that are drawn by chance before it learns from them.
const DRAWN_FIRST: usize = 20;
/// Trials that a TPE search chooses at a time. They rest on the trials before them only, so they are the same on any
/// number of cores.
const CHOSEN_TOGETHER: usize = 8;

/// What a running sweep tells and asks.
pub struct SweepWatch<'a> {
    /// Told of each trial as it is finished, but not of those that were finished before.
    pub on_trial: &'a mut dyn FnMut(&Trial),
    /// Asked at each session of each running trial, on many threads, whether to stop.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

impl Sweep {
    /// Runs on `threads` threads what is not in `finished`, trials of the same sweep that was stopped before.
    ///
    /// # Errors
    /// [`SweepError`].
    pub fn run<'a>(
        &'a self,
        series: &'a [BarSeries],
        finished: Vec<Trial>,
        threads: NonZeroUsize,
        watch: SweepWatch<'a>,
    ) -> Result<SweepOutcome, SweepError> {
        let finished = finished.into_iter().map(|trial| ((trial.fold, trial.number), trial)).collect();
        let mut running = Running { sweep: self, series, finished, threads, watch };
        let mut trials = Vec::new();
        let mut walk = Walk::new(self);
        for (fold, period) in (0..).zip(&self.periods) {
            let found = running.search(fold, period)?;
            if let Some(test) = period.test {
                walk.test(fold, period, test, self.best(&found, fold), |spec| running.backtest(spec))?;
            }
            trials.extend(found);
        }
        if trials.iter().all(|trial| trial.error.is_some()) {
            let first = trials.first().and_then(|trial| trial.error.clone());
            return Err(SweepError::AllFailed(first.unwrap_or_default()));
        }
        Ok(SweepOutcome { best: self.best(&trials, 0).cloned(), walk_forward: walk.result(), trials })
    }

    /// The whole result of one trial, measured against the benchmark and as the chosen one of `trials`.
    ///
    /// # Errors
    /// [`BacktestError`], as for a single run.
    pub fn result_of(
        &self,
        trial: &Trial,
        trials: &[Trial],
        series: &[BarSeries],
        progress: &mut dyn FnMut(f64) -> Flow,
    ) -> Result<BacktestResult, BacktestError> {
        let whole = Period::whole(&self.spec);
        let spec = self.spec_of(&whole, &trial.parameters).map_err(|message| BacktestError::Parameter {
            id: self.spec.strategies[0].id,
            name: "parameters".to_owned(),
            message,
        })?;
        let mut result = run(&spec, series, progress)?;
        result.measure(self.benchmark.as_ref(), trials_run(trials));
        Ok(result)
    }

    /// The run of `period` with these parameters in place of the strategy's own.
    pub(super) fn spec_of(&self, period: &Period, varied: &Map<String, Value>) -> Result<BacktestSpec, String> {
        let mut spec = BacktestSpec { from: period.from, to: period.to, ..self.spec.clone() };
        spec.strategies[0].strategy = self.strategy(varied)?;
        Ok(spec)
    }
}

struct Running<'a> {
    sweep: &'a Sweep,
    series: &'a [BarSeries],
    /// Trials that need not be run, by fold and number.
    finished: BTreeMap<(u32, u64), Trial>,
    threads: NonZeroUsize,
    watch: SweepWatch<'a>,
}

impl Running<'_> {
    /// The trials of one period, by number.
    fn search(&mut self, fold: u32, period: &Period) -> Result<Vec<Trial>, SweepError> {
        let space = &self.sweep.space;
        match self.sweep.search {
            Search::Grid => {
                let grid = space.grid(usize::MAX).expect("it was counted when the sweep was made");
                self.try_out(fold, period, 1, &grid)
            }
            Search::Random { trials, seed } => {
                self.try_out(fold, period, 1, &space.drawn(trials, &mut Chance::new(seed)))
            }
            Search::Tpe { trials, seed } => {
                let first = space.drawn(trials.min(DRAWN_FIRST), &mut Chance::new(seed));
                let mut found = self.try_out(fold, period, 1, &first)?;
                while found.len() < trials {
                    let wanted = CHOSEN_TOGETHER.min(trials - found.len());
                    let next = self.chosen(&found, wanted, seed);
                    if next.is_empty() {
                        break;
                    }
                    found.extend(self.try_out(fold, period, found.len() as u64 + 1, &next)?);
                }
                Ok(found)
            }
        }
    }

    /// What a TPE search tries after `found`.
    fn chosen(&self, found: &[Trial], count: usize, seed: u64) -> Vec<Combination> {
        let space = &self.sweep.space;
        let mut ranked: Vec<&Trial> = found.iter().collect();
        ranked.sort_by(|left, right| self.sweep.order(left, right));
        let ranked: Vec<_> = ranked.iter().filter_map(|trial| place_of(space, &trial.parameters)).collect();
        let taken = ranked.iter().cloned().collect();
        propose(space, &ranked, &taken, count, &mut Chance::stream(seed, found.len() as u64))
    }

    /// Runs `combinations`, numbered from `first_number`, but for those that are finished.
    fn try_out(
        &mut self,
        fold: u32,
        period: &Period,
        first_number: u64,
        combinations: &[Combination],
    ) -> Result<Vec<Trial>, SweepError> {
        let (mut trials, mut open) = (Vec::with_capacity(combinations.len()), Vec::new());
        for (number, combination) in (first_number..).zip(combinations) {
            let parameters = self.sweep.space.varied(combination);
            match self.finished.remove(&(fold, number)) {
                Some(trial) if trial.parameters == parameters => trials.push(trial),
                Some(_) => return Err(SweepError::Foreign { fold, number }),
                None => open.push((number, parameters)),
            }
        }
        let (sweep, series, stop) = (self.sweep, self.series, self.watch.stop);
        let work = |(number, parameters): &(u64, Map<String, Value>)| {
            let blank = Trial {
                fold,
                number: *number,
                parameters: parameters.clone(),
                objective: None,
                metrics: None,
                error: None,
            };
            sweep.tried(blank, period, series, stop)
        };
        let whole = workers::each(&open, self.threads, work, |trial| {
            (self.watch.on_trial)(&trial);
            trials.push(trial);
        });
        if !whole {
            return Err(SweepError::Cancelled);
        }
        trials.sort_by_key(|trial| trial.number);
        Ok(trials)
    }

    fn backtest(&self, spec: &BacktestSpec) -> Result<BacktestResult, BacktestError> {
        let mut result = run(spec, self.series, &mut |_| flow(self.watch.stop))?;
        result.measure(self.sweep.benchmark.as_ref(), exodus_trading::Trials::ONE);
        Ok(result)
    }
}

impl Sweep {
    /// The trial with what came of it; `None` if it was stopped.
    fn tried(&self, mut trial: Trial, period: &Period, series: &[BarSeries], stop: &dyn Fn() -> bool) -> Option<Trial> {
        let run = self
            .spec_of(period, &trial.parameters)
            .map(|spec| measure(&spec, series, self.benchmark.as_ref(), &self.objective, &mut |_| flow(stop)));
        match run {
            Ok(Ok((metrics, objective))) => {
                trial.objective = objective;
                trial.metrics = Some(metrics);
            }
            Ok(Err(BacktestError::Cancelled)) => return None,
            Ok(Err(error)) => trial.error = Some(error.to_string()),
            Err(error) => trial.error = Some(error),
        }
        Some(trial)
    }
}

fn flow(stop: &dyn Fn() -> bool) -> Flow {
    if stop() { Flow::Cancel } else { Flow::Continue }
}
