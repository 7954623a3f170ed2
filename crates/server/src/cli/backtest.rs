//! `exodus backtest run`: the same runner on the same history as the page and the API.

use anyhow::{Context, anyhow, bail};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use exodus_backtest::{BacktestResult, Flow};
use exodus_domain::{Clock, CommissionTerms, Symbol, Won, kst_date};
use exodus_live::SystemClock;
use exodus_store::{Store, accounts};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::{Map, Value};

use super::print;
use crate::account::commission::Commission;
use crate::account::dto::Metrics;
use crate::backtests::dto::Manifest;
use crate::backtests::run::{Plan, execute, load};
use crate::bootstrap::open_existing_store;
use crate::config::Config;
use crate::http::validate::Checks;

/// Steps of the progress bar.
const STEPS: u64 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run one backtest and print its figures
    Run(Arguments),
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Kind of strategy
    #[arg(long)]
    strategy: String,
    /// A parameter as name=value; may be given several times
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Issues, separated by commas
    #[arg(long, value_delimiter = ',', required = true)]
    symbols: Vec<String>,
    /// First day
    #[arg(long)]
    from: NaiveDate,
    /// Last day
    #[arg(long)]
    to: NaiveDate,
    /// Won at the start
    #[arg(long, default_value_t = 100_000_000)]
    capital: i64,
    /// What its trades pay: bankis, kis_paper, fee_waiver, or terms like rate_ppb=150000,minimum=0,unit=1,mode=floor;
    /// what the accounts here pay if left out
    #[arg(long, value_name = "PLAN|TERMS")]
    commission: Option<String>,
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

pub(super) async fn run(Command::Run(arguments): Command, config: &Config) -> anyhow::Result<()> {
    let json = arguments.json;
    let asked = arguments.commission.as_deref().map(terms).transpose()?;
    let mut plan = plan(arguments)?;
    let store = open_existing_store(config).await?;
    plan.commission = match asked {
        Some(terms) => terms,
        None => terms_here(&store).await?,
    };
    let run = load(&store, &plan).await?;
    let bar = ProgressBar::new(STEPS).with_style(ProgressStyle::with_template("{wide_bar} {percent} %, {eta}")?);
    let shown = bar.clone();
    let work = tokio::task::spawn_blocking(move || {
        execute(&run, &mut |fraction| {
            shown.set_position((fraction * STEPS as f64) as u64);
            Flow::Continue
        })
    });
    let result = work.await.context("the run stopped by a defect of the program")?;
    bar.finish_and_clear();
    let result = result?;
    if json { print_json(&plan, result) } else { print_figures(&result) }
}

fn plan(arguments: Arguments) -> anyhow::Result<Plan> {
    let parameters = arguments.parameters.iter().map(|text| parameter(text)).collect::<anyhow::Result<Map<_, _>>>()?;
    let strategy = exodus_trading::validate(&arguments.strategy, &Value::Object(parameters)).map_err(|errors| {
        let sentences: Vec<String> = errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
        anyhow!("{}", sentences.join("; "))
    })?;
    let mut symbols: Vec<Symbol> = Vec::new();
    for text in &arguments.symbols {
        let symbol = text.trim().parse()?;
        if symbols.contains(&symbol) {
            bail!("--symbols names {symbol} twice: name each issue once");
        }
        symbols.push(symbol);
    }
    if arguments.capital < 1 {
        bail!("--capital is {}: give at least 1 won", arguments.capital);
    }
    let (from, to, capital) = (arguments.from, arguments.to, Won(arguments.capital));
    let today = kst_date(SystemClock.now());
    Ok(Plan { strategy, symbols, from, to, today, capital, commission: CommissionTerms::default() })
}

/// Reads a price list by its name, or terms as name=value.
fn terms(text: &str) -> anyhow::Result<CommissionTerms> {
    let query = if text.contains('=') { text.replace(',', "&") } else { format!("plan={text}") };
    let asked: Commission = serde_urlencoded::from_str(&query).map_err(|error| anyhow!("--commission: {error}"))?;
    let mut checks = Checks::default();
    let terms = asked.check(&mut checks, "");
    match (terms, checks.sentences()) {
        (Some(terms), None) => Ok(terms),
        (_, why) => bail!("--commission: {}", why.unwrap_or_default()),
    }
}

/// What the accounts of this installation pay, where they all pay the same.
async fn terms_here(store: &Store) -> anyhow::Result<CommissionTerms> {
    let mut terms = accounts::list(store).await?.into_iter().map(|account| account.commission);
    let first = terms.next().unwrap_or_default();
    if terms.any(|other| other != first) {
        bail!("the accounts here pay different commissions: say which by --commission");
    }
    Ok(first)
}

/// Reads `name=value`; what is no number and no true or false is a text.
fn parameter(text: &str) -> anyhow::Result<(String, Value)> {
    let (name, value) = text.split_once('=').with_context(|| format!("--param {text}: write name=value"))?;
    let parsed = serde_json::from_str(value).ok().filter(|parsed: &Value| parsed.is_number() || parsed.is_boolean());
    Ok((name.to_owned(), parsed.unwrap_or_else(|| Value::String(value.to_owned()))))
}

fn print_json(plan: &Plan, result: BacktestResult) -> anyhow::Result<()> {
    let line = Line {
        strategy_type: plan.strategy.type_id(),
        parameters: plan.strategy.parameters(),
        symbols: &plan.symbols,
        start_date: plan.from,
        end_date: plan.to,
        metrics: result.metrics.into(),
        manifest: result.manifest.into(),
    };
    print(&serde_json::to_string(&line)?)
}

fn print_figures(result: &BacktestResult) -> anyhow::Result<()> {
    let (metrics, manifest) = (&result.metrics, &result.manifest);
    let percent = |ratio: f64| format!("{:.2} %", ratio * 100.0);
    let maybe = |ratio: Option<f64>, show: &dyn Fn(f64) -> String| ratio.map_or_else(|| "–".to_owned(), show);
    let rows = [
        ("initial capital", format!("{} won", metrics.initial_capital)),
        ("final capital", format!("{} won", metrics.final_capital)),
        ("total return", percent(metrics.total_return)),
        ("annual return", percent(metrics.annual_return)),
        ("volatility", maybe(metrics.volatility, &percent)),
        ("max drawdown", percent(metrics.max_drawdown)),
        ("Sharpe ratio", maybe(metrics.sharpe_ratio, &|ratio| format!("{ratio:.2}"))),
        ("win rate", maybe(metrics.win_rate, &percent)),
        ("trades", metrics.trades_count.to_string()),
        ("commission", format!("{} won", metrics.commission)),
        ("tax", format!("{} won", metrics.tax)),
        ("bars", manifest.bars.to_string()),
        ("time", format!("{} ms", manifest.elapsed_ms.unwrap_or_default())),
        ("result", manifest.result_fingerprint.clone()),
    ];
    let lines: Vec<String> = rows.iter().map(|(name, value)| format!("{name:16} {value}")).collect();
    print(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_numbers_words_and_switches() {
        let value = |text: &str| parameter(text).expect("a parameter").1;
        assert_eq!(value("lookback=60"), Value::from(60));
        assert_eq!(value("entry=2.5"), Value::from(2.5));
        assert_eq!(value("flag=true"), Value::from(true));
        assert_eq!(value("interval=1d"), Value::from("1d"));
        assert!(parameter("lookback").is_err());
    }
}
