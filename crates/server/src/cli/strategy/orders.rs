//! The orders that follow from what a document says.

use anyhow::anyhow;
use exodus_backtest::{BacktestSpec, BarSeries, Flow, run_explained};
use exodus_domain::{
    Clock, CommissionTerms, InstrumentKind, IssueStates, LimitTerms, Market, Reason, Side, TradingVenue, Won, kst_date,
};
use exodus_live::SystemClock;
use exodus_trading::rules::{OfficialOrder, Sentence};
use exodus_trading::{TradedIssue, TradingHours, validate};
use serde::Serialize;
use serde_json::json;

use super::Running;
use crate::cli::bars::FileBars;

/// What the account of a run starts with, as that of a preview. All of it goes into the one issue.
pub(super) const CAPITAL: Won = Won(10_000_000);

/// A fill, and what was decided behind it. An order that a bar cannot fill whole leads to several.
#[derive(Debug, Serialize)]
pub(super) struct Order {
    pub(super) side: Side,
    /// Start of the bar at whose close it was decided.
    pub(super) decided_at: String,
    /// Start of the bar that filled it.
    pub(super) filled_at: String,
    /// Won a share.
    pub(super) price: f64,
    /// Shares; `None` in the official list, which is about prices and days.
    pub(super) quantity: Option<i64>,
    /// Stable word.
    pub(super) code: String,
    /// Why.
    pub(super) reason: Option<Sentence>,
}

impl Order {
    /// Of the official backtester: decided and filled on the same close.
    pub(super) fn official(order: &OfficialOrder, time: &str) -> Self {
        let times = (time.to_owned(), time.to_owned());
        Self::new(order.side, times, order.price, None, &order.reason)
    }

    fn new(
        side: Side,
        (decided_at, filled_at): (String, String),
        price: f64,
        quantity: Option<i64>,
        reason: &Reason,
    ) -> Self {
        Self { side, decided_at, filled_at, price, quantity, code: reason.code.clone(), reason: Sentence::of(reason) }
    }
}

/// The fills of a backtest over the bars, by the engine and the fill rules of every other backtest: decided at a close,
/// filled at the next open.
pub(super) fn of_engine(running: &Running, file: &FileBars) -> anyhow::Result<Vec<Order>> {
    let (Some(first), Some(last)) = (file.bars.first(), file.bars.last()) else { return Ok(Vec::new()) };
    let parameters = json!({
        "document": running.document.text(), "overrides": running.overrides, "interval": file.interval,
        "position_size_percent": 100,
    });
    let strategy = validate("rules", &parameters).map_err(|errors| {
        let sentences: Vec<String> = errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
        anyhow!("{}", sentences.join("; "))
    })?;
    let commission = CommissionTerms::default();
    let issue = TradedIssue {
        symbol: file.symbol,
        market: Market::Kospi,
        kind: InstrumentKind::Stock,
        hours: TradingHours::Krx,
        // A file does not say what its prices are. Adjusted ones lie on no grid and within no limits.
        adjusted: true,
        states: IssueStates::default(),
        limit_terms: LimitTerms::ORDINARY,
        commission: commission.schedule(InstrumentKind::Stock, TradingVenue::Krx),
    };
    let period = (first.trade_date(), last.trade_date());
    let spec = BacktestSpec::single(strategy, vec![issue], period, CAPITAL, kst_date(SystemClock.now()));
    let series = BarSeries::new(file.symbol, file.bars.iter().copied())?;
    let (result, decisions) = run_explained(&spec, &[series], &mut |_| Flow::Continue)?;
    let orders = decisions.iter().map(|decision| {
        let trade = &result.trades[decision.trade];
        let times = (file.shown(decision.decided_in), file.shown(decision.filled_in));
        Order::new(trade.side, times, trade.price.0 as f64, Some(trade.quantity.0), &decision.signal.reason)
    });
    Ok(orders.collect())
}
