//! `exodus backtest sweep`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use exodus_backtest::{
    Direction, Flow, MAXIMUM_TRIALS, Objective, ObjectiveRequest, Search, Stability, Sweep, SweepOutcome, SweepRequest,
    SweepWatch, Trial, WalkForward,
};
use exodus_trading::PerformanceReport;
use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::{Value, json};

use super::plan::{PlanArguments, refused, value_of};
use super::table::{maybe, percent, table};
use super::{progress_bar, show};
use crate::backtests::run::{Run, RunError, load_with};
use crate::bootstrap::open_existing_store;
use crate::cli::print;
use crate::config::Config;
use crate::http::problem::Problem;
use crate::sweeps::outcome::stored_trial;
use crate::sweeps::request::most_warm_up_bars;
use crate::sweeps::trials;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    plan: PlanArguments,
    /// A parameter and its values, as name=from:to:step or name=value,value,…; one of a document is called
    /// overrides.fast; may be given several times
    #[arg(long = "axis", value_name = "NAME=VALUES", required = true)]
    axes: Vec<String>,
    /// What must hold, such as "lookback < 60"; may be given several times
    #[arg(long = "constraint", value_name = "COMPARISON")]
    constraints: Vec<String>,
    /// How trials are chosen
    #[arg(long, value_enum, default_value = "grid")]
    search: Kind,
    /// How many trials, for a random or tpe search
    #[arg(long, default_value_t = 100)]
    trials: usize,
    /// The same seed chooses the same trials
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The figure that is looked for
    #[arg(long, default_value = "sharpe_ratio")]
    objective: String,
    /// Which end of it is wanted; what is usual for the figure if left out
    #[arg(long, value_enum)]
    direction: Option<End>,
    /// Search again on parts of the period and test on what follows, in sessions: train:test or train:test:step:purge
    #[arg(long, value_name = "SESSIONS")]
    walk_forward: Option<String>,
    /// Trials that are printed
    #[arg(long, default_value_t = 10)]
    top: usize,
    /// Write all trials into this CSV file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Grid,
    Random,
    Tpe,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum End {
    Maximize,
    Minimize,
}

/// The line that `--json` prints.
#[derive(Serialize)]
struct Line<'a> {
    objective: &'a str,
    #[serde(flatten)]
    outcome: &'a SweepOutcome,
    best_report: Option<&'a PerformanceReport>,
    stability: &'a [Stability],
}

/// What a sweep came to.
struct Found {
    outcome: SweepOutcome,
    best_report: Option<PerformanceReport>,
    stability: Vec<Stability>,
}

pub(super) async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    let request = arguments.request()?;
    let plan = arguments.plan.check()?;
    let store = open_existing_store(config).await?;
    let plan = arguments.plan.complete(plan, &store).await?;
    let loaded = load_with(&store, &plan, plan.warm_up_bars()).await.map_err(refused)?;
    let sweep = sweep_of(&loaded, &request)?;
    let before = plan.strategies.first().map_or(0, |first| most_warm_up_bars(&sweep, &first.strategy));
    let loaded =
        if before > plan.warm_up_bars() { load_with(&store, &plan, before).await.map_err(refused)? } else { loaded };
    let sweep = sweep_of(&loaded, &request)?;
    let objective = sweep.objective().clone();
    let bar = progress_bar()?;
    let shown = bar.clone();
    let work = tokio::task::spawn_blocking(move || search(&sweep, &loaded, &shown));
    let found = work.await.map_err(RunError::crashed)?;
    bar.finish_and_clear();
    let Found { outcome, best_report, stability } = found?;
    if let Some(path) = &arguments.csv {
        let rows = outcome.trials.iter().map(stored_trial).collect::<Result<Vec<_>, _>>()?;
        let told = |problem: Problem| anyhow!("{}", problem.detail());
        let bytes = trials::table(&rows).and_then(|file| file.bytes()).map_err(told)?;
        tokio::fs::write(path, bytes).await.with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if arguments.json {
        let (best_report, stability) = (best_report.as_ref(), stability.as_slice());
        let line = Line { objective: objective.figure(), outcome: &outcome, best_report, stability };
        return print(&serde_json::to_string(&line)?);
    }
    print(&told(&objective, &outcome, best_report.as_ref(), arguments.top))
}

fn sweep_of(run: &Run, request: &SweepRequest) -> anyhow::Result<Sweep> {
    Sweep::new(run.spec.clone(), request, run.benchmark.clone(), MAXIMUM_TRIALS).map_err(|errors| {
        let sentences: Vec<String> = errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
        anyhow!("{}", sentences.join("; "))
    })
}

fn search(sweep: &Sweep, run: &Run, bar: &ProgressBar) -> anyhow::Result<Found> {
    let planned = sweep.planned_trials().max(1) as f64;
    let mut done = 0.0;
    let mut on_trial = |_: &Trial| {
        done += 1.0;
        show(bar, done / planned);
    };
    let watch = SweepWatch { on_trial: &mut on_trial, stop: &|| false };
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let outcome = sweep.run(&run.series, Vec::new(), threads, watch)?;
    let result_of = |best| sweep.result_of(best, &outcome.trials, &run.series, &mut |_| Flow::Continue);
    let best_report = outcome.best.as_ref().map(result_of).transpose()?.map(|result| result.report);
    let stability = sweep.stability(&outcome.trials);
    Ok(Found { outcome, best_report, stability })
}

impl Arguments {
    fn request(&self) -> anyhow::Result<SweepRequest> {
        let axes = self.axes.iter().map(|text| axis(text)).collect::<anyhow::Result<BTreeMap<_, _>>>()?;
        let Self { trials, seed, .. } = *self;
        Ok(SweepRequest {
            axes,
            constraints: self.constraints.clone(),
            search: match self.search {
                Kind::Grid => Search::Grid,
                Kind::Random => Search::Random { trials, seed },
                Kind::Tpe => Search::Tpe { trials, seed },
            },
            objective: ObjectiveRequest {
                figure: self.objective.clone(),
                direction: self.direction.map(|end| match end {
                    End::Maximize => Direction::Maximize,
                    End::Minimize => Direction::Minimize,
                }),
            },
            walk_forward: self.walk_forward.as_deref().map(walk_forward).transpose()?,
        })
    }
}

/// Reads `name=from:to:step`, `name=from:to` or `name=value,value`.
fn axis(text: &str) -> anyhow::Result<(String, Value)> {
    let (name, values) = text.split_once('=').with_context(|| format!("--axis {text}: write name=values"))?;
    let parts: Vec<&str> = values.split(':').collect();
    let given = match parts.as_slice() {
        [list] => json!({ "values": list.split(',').map(|one| value_of(one.trim())).collect::<Vec<_>>() }),
        [from, to] => json!({ "from": value_of(from), "to": value_of(to) }),
        [from, to, step] => json!({ "from": value_of(from), "to": value_of(to), "step": value_of(step) }),
        _ => bail!("--axis {text}: write name=from:to:step or name=value,value"),
    };
    Ok((name.to_owned(), given))
}

/// Reads `train:test`, `train:test:step` or `train:test:step:purge`.
fn walk_forward(text: &str) -> anyhow::Result<WalkForward> {
    let sessions: Result<Vec<usize>, _> = text.split(':').map(str::parse).collect();
    match sessions.as_deref() {
        Ok([train_sessions, test_sessions, rest @ ..]) if rest.len() <= 2 => Ok(WalkForward {
            train_sessions: *train_sessions,
            test_sessions: *test_sessions,
            step_sessions: rest.first().copied(),
            purge_sessions: rest.get(1).copied().unwrap_or(0),
        }),
        _ => bail!("--walk-forward {text}: write numbers of sessions as train:test:step:purge, such as 500:125:125:20"),
    }
}

/// The best trials, what is to be thought of the best one, and the folds.
fn told(objective: &Objective, outcome: &SweepOutcome, best: Option<&PerformanceReport>, top: usize) -> String {
    let mut whole: Vec<&Trial> = outcome.trials.iter().filter(|trial| trial.fold == 0).collect();
    whole
        .sort_by(|left, right| objective.compare(left.objective, right.objective).then(left.number.cmp(&right.number)));
    let names: Vec<&str> =
        outcome.trials.first().map_or_else(Vec::new, |trial| trial.parameters.keys().map(String::as_str).collect());
    let mut heading = vec!["trial"];
    heading.extend(&names);
    heading.extend([objective.figure(), "total return", "max drawdown", "trades"]);
    let rows: Vec<Vec<String>> = whole.iter().take(top).map(|trial| row(trial, &names)).collect();
    let mut text = table(&heading, &rows);
    if let Some(report) = best {
        let chance = maybe(report.significance.deflated_sharpe_ratio, |ratio| format!("{ratio:.3}"));
        text += &format!("\n\n{} trials; deflated Sharpe ratio of the best {chance}", whole.len());
    }
    if let Some(walk) = &outcome.walk_forward {
        let rows: Vec<Vec<String>> = walk
            .folds
            .iter()
            .map(|fold| {
                let plain = |value: f64| format!("{value:.4}");
                vec![
                    fold.number.to_string(),
                    format!("{} – {}", fold.train_from, fold.train_to),
                    format!("{} – {}", fold.test_from, fold.test_to),
                    maybe(fold.train_objective, plain),
                    maybe(fold.test_objective, plain),
                ]
            })
            .collect();
        text += "\n\n";
        text += &table(&["fold", "trained on", "tested on", "in training", "in test"], &rows);
    }
    text
}

fn row(trial: &Trial, names: &[&str]) -> Vec<String> {
    let mut cells = vec![trial.number.to_string()];
    cells.extend(names.iter().map(|name| trial.parameters.get(*name).map(Value::to_string).unwrap_or_default()));
    cells.push(maybe(trial.objective, |value| format!("{value:.4}")));
    let metrics = trial.metrics.as_ref();
    cells.push(maybe(metrics, |metrics| percent(metrics.total_return)));
    cells.push(maybe(metrics, |metrics| percent(metrics.max_drawdown)));
    cells.push(maybe(metrics, |metrics| metrics.trades_count.to_string()));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_is_a_range_or_a_list() {
        let read = |text: &str| axis(text).expect("an axis");
        assert_eq!(read("lookback=20:100:10"), ("lookback".to_owned(), json!({ "from": 20, "to": 100, "step": 10 })));
        assert_eq!(read("x=0.5:2").1, json!({ "from": 0.5, "to": 2 }));
        assert_eq!(read("interval=1d, 1m").1, json!({ "values": ["1d", "1m"] }));
        assert!(axis("lookback").is_err() && axis("a=1:2:3:4").is_err());
    }

    #[test]
    fn a_walk_forward_is_counted_in_sessions() {
        let read = |text: &str| walk_forward(text).ok();
        let cut = WalkForward { train_sessions: 500, test_sessions: 125, step_sessions: None, purge_sessions: 0 };
        assert_eq!(read("500:125"), Some(cut));
        let whole = WalkForward { step_sessions: Some(60), purge_sessions: 20, ..cut };
        assert_eq!(read("500:125:60:20"), Some(whole));
        assert_eq!(read("500"), None);
        assert_eq!(read("a:b"), None);
    }
}
