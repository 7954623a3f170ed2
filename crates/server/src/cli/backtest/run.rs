//! `exodus backtest run`.

use chrono::NaiveDate;
use clap::Args;
use exodus_backtest::{BacktestResult, Flow};
use exodus_domain::Symbol;
use serde::Serialize;
use serde_json::Value;

use super::plan::{PlanArguments, refused};
use super::table::{maybe, percent};
use super::{progress_bar, show};
use crate::account::dto::Metrics;
use crate::backtests::dto::Manifest;
use crate::backtests::run::{Plan, RunError, execute, load};
use crate::bootstrap::open_existing_store;
use crate::cli::print;
use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    plan: PlanArguments,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The line that `--json` prints.
#[derive(Serialize)]
struct Line<'a> {
    strategy_type: &'a str,
    parameters: Value,
    symbols: &'a [Symbol],
    start_date: NaiveDate,
    end_date: NaiveDate,
    metrics: Metrics,
    manifest: Manifest,
}

pub(super) async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    let plan = arguments.plan.check()?;
    let store = open_existing_store(config).await?;
    let plan = arguments.plan.complete(plan, &store).await?;
    let run = load(&store, &plan).await.map_err(refused)?;
    let bar = progress_bar()?;
    let shown = bar.clone();
    let work = tokio::task::spawn_blocking(move || {
        execute(&run, &mut |fraction| {
            show(&shown, fraction);
            Flow::Continue
        })
    });
    let result = work.await.map_err(RunError::crashed)?;
    bar.finish_and_clear();
    let result = result.map_err(|error| refused(error.into()))?;
    if arguments.json { print_json(&plan, result) } else { print(&figures(&result)) }
}

fn print_json(plan: &Plan, result: BacktestResult) -> anyhow::Result<()> {
    for tested in &plan.strategies {
        let line = Line {
            strategy_type: tested.strategy.type_id(),
            parameters: tested.strategy.parameters(),
            symbols: &tested.symbols,
            start_date: plan.from,
            end_date: plan.to,
            metrics: result.metrics.into(),
            manifest: result.manifest.clone().into(),
        };
        print(&serde_json::to_string(&line)?)?;
    }
    Ok(())
}

/// The figures that a reader looks for first, a line each.
fn figures(result: &BacktestResult) -> String {
    let (metrics, report, manifest) = (&result.metrics, &result.report, &result.manifest);
    let plain = |ratio: f64| format!("{ratio:.2}");
    let mut rows = vec![
        ("initial capital", format!("{} won", metrics.initial_capital)),
        ("final capital", format!("{} won", metrics.final_capital)),
        ("total return", percent(metrics.total_return)),
        ("annual return", percent(metrics.annual_return)),
        ("volatility", maybe(metrics.volatility, percent)),
        ("max drawdown", percent(metrics.max_drawdown)),
        ("Sharpe ratio", maybe(metrics.sharpe_ratio, plain)),
        ("Sortino ratio", maybe(report.risk.sortino_ratio, plain)),
        ("win rate", maybe(metrics.win_rate, percent)),
        ("profit factor", maybe(report.trips.profit_factor, plain)),
        ("exposure", maybe(report.activity.exposure, percent)),
    ];
    if let Some(against) = &report.benchmark {
        let name = report.benchmark_name.as_deref().unwrap_or_default();
        rows.extend([
            ("benchmark", format!("{name} {}", percent(against.total_return))),
            ("excess return", percent(against.excess_return)),
            ("beta", maybe(against.beta, plain)),
            ("alpha", maybe(against.alpha, percent)),
            ("information", maybe(against.information_ratio, plain)),
        ]);
    }
    rows.extend([
        ("trades", metrics.trades_count.to_string()),
        ("commission", format!("{} won", metrics.commission)),
        ("tax", format!("{} won", metrics.tax)),
        ("bars", manifest.bars.to_string()),
        ("time", format!("{} ms", manifest.elapsed_ms.unwrap_or_default())),
        ("result", manifest.result_fingerprint.clone()),
    ]);
    let lines: Vec<String> = rows.iter().map(|(name, value)| format!("{name:16} {value}")).collect();
    lines.join("\n")
}
