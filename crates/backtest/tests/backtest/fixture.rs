//! What the tests share: invented issues and bars, and specifications with few words.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_backtest::{BacktestResult, BacktestSpec, BarSeries, Flow, run};
use exodus_domain::{
    Bar, CommissionSchedule, CompactBar, InstrumentKind, IssueStates, LimitTerms, Market, Price, Qty, Symbol, Won,
};
use exodus_trading::{Strategy, TradedIssue, TradingHours, validate};
use serde_json::json;

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(crate) fn symbol(code: &str) -> Symbol {
    code.parse().expect("a valid code")
}

pub(crate) fn bar(day: NaiveDate, [open, high, low, close, volume]: [i64; 5]) -> Bar {
    Bar {
        open_time: Bar::day_start(day),
        open: Price(open),
        high: Price(high),
        low: Price(low),
        close: Price(close),
        volume: Qty(volume),
    }
}

/// Bars with a volume that limits nothing, from rows of date, open and close.
pub(crate) fn series(code: &str, rows: &[(&str, i64, i64)]) -> BarSeries {
    let bars = rows
        .iter()
        .map(|&(day, open, close)| bar(date(day), [open, open.max(close), open.min(close), close, 1_000_000]));
    BarSeries::new(symbol(code), bars).expect("bars in order")
}

/// The same history with its bars changed.
pub(crate) fn changed(series: &BarSeries, change: impl FnOnce(&mut Vec<Bar>)) -> BarSeries {
    let mut bars = series.bars().iter().map(CompactBar::bar).collect();
    change(&mut bars);
    BarSeries::new(series.symbol(), bars).expect("bars in order")
}

pub(crate) fn issue(code: &str) -> TradedIssue {
    TradedIssue {
        symbol: symbol(code),
        market: Market::Kospi,
        kind: InstrumentKind::Stock,
        hours: TradingHours::Krx,
        adjusted: true,
        states: IssueStates::default(),
        limit_terms: LimitTerms::ORDINARY,
        commission: CommissionSchedule::bankis(),
    }
}

pub(crate) fn momentum(lookback: u32, entry: f64, exit: f64, size: f64) -> Strategy {
    let parameters = json!({
        "lookback": lookback,
        "entry_threshold_percent": entry,
        "exit_threshold_percent": exit,
        "position_size_percent": size,
    });
    validate("momentum", &parameters).expect("valid parameters")
}

pub(crate) fn spec(strategy: Strategy, codes: &[&str], capital: i64) -> BacktestSpec {
    let issues = codes.iter().map(|code| issue(code)).collect();
    let period = (date("1999-01-01"), date("2027-12-30"));
    let spec = BacktestSpec::single(strategy, issues, period, Won(capital), date("2027-12-30"));
    BacktestSpec { code_version: "test".to_owned(), ..spec }
}

pub(crate) fn finished(spec: &BacktestSpec, series: &[BarSeries]) -> BacktestResult {
    run(spec, series, &mut |_| Flow::Continue).expect("a result")
}

/// A trade in short: code, side, shares, price, commission, tax, realised.
pub(crate) type Row = (String, &'static str, i64, i64, i64, i64, Option<i64>);

pub(crate) fn rows(result: &BacktestResult) -> Vec<Row> {
    let row = |trade: &exodus_backtest::BacktestTrade| {
        let realized = trade.realized_pnl.map(|won| won.0);
        let (quantity, price) = (trade.quantity.0, trade.price.0);
        let side = trade.side.as_str();
        (trade.symbol.to_string(), side, quantity, price, trade.commission.0, trade.tax.0, realized)
    };
    result.trades.iter().map(row).collect()
}

pub(crate) fn equity(result: &BacktestResult) -> Vec<(NaiveDate, i64)> {
    result.equity.iter().map(|point| (point.date, point.equity.0)).collect()
}

pub(crate) fn kst(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{text}+09:00")).expect("a time").to_utc()
}
