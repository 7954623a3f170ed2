//! A whole result as a file: the same for the page, the API and the command line.

use exodus_backtest::robustness::Check;
use exodus_domain::Symbol;
use exodus_store::backtests::{self, BacktestTrade, CheckKind, RoundTripSort, StoredRoundTrip};
use exodus_store::{Page, Store};
use exodus_trading::{Benchmark, PerformanceReport, RoundTrip};
use serde::Serialize;

use super::dto::{Backtest, BacktestDetail};
use super::report::{self, Language, Report};
use super::result::StoredResult;
use super::round_trips::BacktestRoundTrip;
use super::setup::Options;
use super::{dto, setup};
use crate::http::csv::CsvFile;
use crate::http::problem::{Answer, Problem};
use crate::market::names::Names;

/// More round trips than any result has.
const ALL: Page = Page { number: 1, size: 10_000_000 };

/// A finished backtest with everything that belongs to it.
pub(crate) struct Export {
    stored: backtests::Backtest,
    backtest: Backtest,
    result: StoredResult,
    report: PerformanceReport,
    trades: Vec<BacktestTrade>,
    round_trips: Vec<StoredRoundTrip>,
    names: Names,
    checks: Vec<Check>,
}

/// The whole result as one JSON document.
#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    detail: BacktestDetail,
    trades: Vec<dto::BacktestTrade>,
    round_trips: Vec<BacktestRoundTrip>,
}

impl Export {
    /// Reads what is stored of a backtest of a user.
    pub(crate) async fn read(store: &Store, user_id: i64, id: i64) -> Answer<Self> {
        let stored = backtests::get(store, user_id, id).await?.ok_or_else(Problem::not_found)?;
        let not_done = || Problem::conflict("BACKTEST_NOT_DONE", "The backtest has no result yet; wait for its end.");
        let result = backtests::results(store, user_id, id).await?.ok_or_else(not_done)?;
        let mut result = StoredResult::read(result)?;
        let old =
            || Problem::conflict("BACKTEST_TOO_OLD", "An older version stored this result; run the backtest again.");
        let report = result.report.take().ok_or_else(old)?;
        let trades = backtests::all_trades(store, user_id, id).await?;
        let sort = RoundTripSort::OpenedAt;
        let round_trips = backtests::round_trips(store, user_id, id, sort, false, ALL).await?.items;
        let checks = backtests::checks_of(store, &[id]).await?;
        let backtest = Backtest::read(stored.clone(), &checks)?;
        let tested =
            checks.into_iter().find(|check| check.kind == CheckKind::Robustness).and_then(|check| check.outcome);
        let checks = tested.map(serde_json::from_value).transpose().map_err(|error| Problem::internal(&error))?;
        let checks = checks.unwrap_or_default();
        let traded = trades.iter().map(|trade| trade.symbol);
        let names = Names::read(store, stored.request.symbols.iter().copied().chain(traded)).await?;
        Ok(Self { stored, backtest, result, report, trades, round_trips, names, checks })
    }

    /// One JSON document.
    pub(crate) fn json(self) -> Answer<Vec<u8>> {
        let result = StoredResult { report: Some(self.report), ..self.result };
        let document = Document {
            detail: BacktestDetail::new(self.backtest, Some(result)),
            trades: self.trades.into_iter().map(dto::BacktestTrade::from).collect(),
            round_trips: self.round_trips.into_iter().map(BacktestRoundTrip::from).collect(),
        };
        serde_json::to_vec_pretty(&document).map_err(|error| Problem::internal(&error))
    }

    /// Every figure with its convention, as a table.
    pub(crate) fn csv(&self) -> Answer<CsvFile> {
        let mut file = CsvFile::new(&["figure", "value", "convention"])?;
        for figure in self.report.figures() {
            let value = figure.value.map(|value| value.to_string()).unwrap_or_default();
            file.row(&[format!("{}.{}", figure.group, figure.name), value, figure.convention.to_owned()])?;
        }
        Ok(file)
    }

    /// One HTML document that opens from disk.
    pub(crate) fn html(&self, language: Language) -> Answer<String> {
        let request = &self.stored.request;
        let options = Options::read(request.options.clone())?;
        let universe = options.universe.as_ref().and_then(|universe| serde_json::to_value(universe).ok());
        let strategies: Vec<_> = self.backtest.strategies.iter().map(shown).collect();
        let name = |symbol: Symbol| match language {
            Language::Ko => self.names.ko(symbol),
            Language::En => self.names.en(symbol),
        };
        let mut symbols = request.symbols.clone();
        for trade in &self.trades {
            if !symbols.contains(&trade.symbol) {
                symbols.push(trade.symbol);
            }
        }
        let issues: Vec<_> = symbols.into_iter().map(|symbol| (symbol, name(symbol))).collect();
        let levels = &self.result.benchmark_levels;
        let benchmark = options.benchmark.filter(|_| !levels.is_empty());
        let benchmark = benchmark.map(|name| Benchmark { name, levels: levels.clone() });
        let round_trips: Vec<RoundTrip> = self.round_trips.iter().map(round_trip).collect();
        let report = Report {
            name: &request.name,
            note: &self.stored.note,
            strategies: &strategies,
            issues: &issues,
            universe: universe.as_ref(),
            start_date: request.start_date,
            end_date: request.end_date,
            created_at: self.stored.created_at,
            metrics: &self.result.metrics,
            figures: &self.report,
            equity: &self.result.equity,
            benchmark: benchmark.as_ref(),
            trades: &self.trades,
            round_trips: &round_trips,
            checks: &self.checks,
            manifest: &self.result.manifest,
        };
        Ok(report::html(&report, language))
    }
}

fn shown(tested: &setup::TestedStrategy) -> report::TestedStrategy<'_> {
    report::TestedStrategy { strategy_type: &tested.strategy_type, parameters: &tested.parameters }
}

fn round_trip(stored: &StoredRoundTrip) -> RoundTrip {
    RoundTrip {
        symbol: stored.symbol,
        opened_at: stored.opened_at,
        closed_at: stored.closed_at,
        shares_bought: stored.shares_bought,
        shares_sold: stored.shares_sold,
        bought: stored.bought,
        sold: stored.sold,
        costs: stored.costs,
        pnl: stored.pnl,
        mae: stored.mae,
        mfe: stored.mfe,
    }
}
