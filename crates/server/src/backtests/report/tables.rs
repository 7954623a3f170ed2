//! Months, drawdowns, states of the market, round trips and trades.

use std::collections::BTreeMap;

use exodus_domain::{Symbol, Won};
use exodus_store::backtests::BacktestTrade;
use exodus_trading::{Drawdown, LocalText, PerformanceReport, RoundTrip};
use maud::{Markup, html};

use super::format::{self, NOTHING};
use super::{Language, Report, texts};

/// Round trips and trades that are listed: enough to judge a strategy by, and few enough to open on a phone.
const LISTED: usize = 300;
/// A return that gets the full colour of a month.
const FULL_COLOUR: f64 = 0.15;

/// Returns of months and years, coloured by size.
pub(super) fn months(report: &PerformanceReport, language: Language) -> Markup {
    let by_month: BTreeMap<(i32, u32), f64> =
        report.months.iter().map(|month| ((month.year, month.month), month.total_return)).collect();
    html! {
        div.scroll {
            table.months {
                thead {
                    tr {
                        th scope="col" { (language.of(texts::YEAR)) }
                        @for name in texts::MONTH_NAMES { th scope="col" { (language.of(name)) } }
                        th scope="col" { (language.of(texts::WHOLE_YEAR)) }
                    }
                }
                tbody {
                    @for year in report.years.iter().rev() {
                        tr {
                            th scope="row" { (year.year) }
                            @for month in 1..=12 { (month_cell(by_month.get(&(year.year, month)))) }
                            td.(format::tone(year.total_return)) { b { (in_percent(year.total_return)) } }
                        }
                    }
                }
            }
        }
    }
}

fn month_cell(value: Option<&f64>) -> Markup {
    html! {
        @if let Some(value) = value {
            @let strength = (value.abs() / FULL_COLOUR).min(1.0);
            td.{ "heat " (format::tone(*value)) } style=(format!("--strength:{strength:.2}")) { (in_percent(*value)) }
        } @else {
            td {}
        }
    }
}

/// A table of percents says so once and leaves the sign out of its cells.
fn in_percent(ratio: f64) -> String {
    format::fixed(ratio * 100.0, 1)
}

/// The deepest drawdowns.
pub(super) fn drawdowns(drawdowns: &[Drawdown], language: Language) -> Markup {
    let rows = drawdowns.iter().map(|drawdown| {
        let peak = drawdown.peak.map_or_else(|| language.of(texts::AT_START).to_owned(), format::day);
        let recovery = drawdown.recovery.map_or_else(|| language.of(texts::NOT_RECOVERED).to_owned(), format::day);
        html! {
            tr {
                td.down { (format::percent(drawdown.depth)) }
                td { (peak) }
                td { (format::day(drawdown.trough)) }
                td { (recovery) }
                td { (format::count(drawdown.sessions)) }
            }
        }
    });
    let columns = [texts::DEPTH, texts::PEAK, texts::TROUGH, texts::RECOVERY, texts::SESSIONS];
    table(&columns, rows, language)
}

/// The account in each state of the market.
pub(super) fn regimes(report: &PerformanceReport, language: Language) -> Markup {
    let rows = report.regimes.figures.iter().map(|figures| {
        let maybe = |value: Option<f64>, show: fn(f64) -> String| value.map_or_else(|| NOTHING.to_owned(), show);
        html! {
            tr {
                td { (language.of(texts::regime(figures.regime))) }
                td { (format::count(figures.sessions)) }
                td.(format::tone(figures.total_return)) { (format::signed_percent(figures.total_return)) }
                td { (format::signed_percent(figures.annual_return_by_sessions)) }
                td { (maybe(figures.volatility, format::percent)) }
                td { (maybe(figures.sharpe_ratio, |ratio| format::fixed(ratio, 2))) }
            }
        }
    });
    let columns = [texts::REGIME, texts::SESSIONS, texts::RETURN, texts::A_YEAR, texts::VOLATILITY, texts::SHARPE];
    table(&columns, rows, language)
}

/// The latest round trips, open ones first.
pub(super) fn round_trips(report: &Report<'_>, language: Language) -> Markup {
    let trips = report.round_trips;
    let rows = trips.iter().rev().take(LISTED).map(|trip| round_trip(report, trip, language));
    let columns = [
        texts::ISSUE,
        texts::OPENED,
        texts::CLOSED,
        texts::BOUGHT,
        texts::SOLD,
        texts::COSTS,
        texts::PROFIT,
        texts::RETURN,
    ];
    html! {
        (table(&columns, rows, language))
        (left_out(trips.len(), language))
    }
}

fn round_trip(report: &Report<'_>, trip: &RoundTrip, language: Language) -> Markup {
    let closed = trip.closed_at.map_or_else(|| language.of(texts::STILL_HELD).to_owned(), format::minute);
    html! {
        tr {
            td { (issue(report, trip.symbol)) }
            td { (format::minute(trip.opened_at)) }
            td { (closed) }
            td { (format::won(trip.bought, language)) }
            td { (format::won(trip.sold, language)) }
            td { (format::won(trip.costs, language)) }
            td.(tone_of(trip.pnl)) { (format::signed_won(trip.pnl, language)) }
            td.(tone_of(trip.pnl)) { (trip.return_on_cost().map_or_else(|| NOTHING.to_owned(), format::signed_percent)) }
        }
    }
}

/// The latest trades.
pub(super) fn trades(report: &Report<'_>, language: Language) -> Markup {
    let trades = report.trades;
    let rows = trades.iter().rev().take(LISTED).map(|trade| row_of_trade(report, trade, language));
    let columns =
        [texts::TIME, texts::ISSUE, texts::SIDE, texts::QUANTITY, texts::PRICE, texts::COSTS, texts::REALISED];
    html! {
        (table(&columns, rows, language))
        (left_out(trades.len(), language))
    }
}

fn row_of_trade(report: &Report<'_>, trade: &BacktestTrade, language: Language) -> Markup {
    let pnl = trade.realized_pnl;
    html! {
        tr {
            td { (format::minute(trade.executed_at)) }
            td { (issue(report, trade.symbol)) }
            td { (language.of(texts::side(trade.side))) }
            td { (trade.quantity) }
            td { (format::won(Won(trade.price.0), language)) }
            td { (format::won(trade.commission + trade.tax, language)) }
            td.(pnl.map_or("flat", tone_of)) {
                (pnl.map_or_else(|| NOTHING.to_owned(), |pnl| format::signed_won(pnl, language)))
            }
        }
    }
}

fn issue(report: &Report<'_>, symbol: Symbol) -> Markup {
    let name = report.issues.iter().find(|(known, _)| *known == symbol).map_or("", |(_, name)| name.as_str());
    html! {
        @if name.is_empty() { (symbol) } @else { (name) " " small { (symbol) } }
    }
}

/// Says that rows are missing, and where they are.
fn left_out(rows: usize, language: Language) -> Markup {
    let (all, listed) = (format::count(rows as u64), format::count(LISTED as u64));
    html! {
        @if rows > LISTED {
            p.hint {
                @match language {
                    Language::Ko => { "전체 " (all) "건 중 최근 " (listed) "건입니다. 나머지는 CSV 내보내기에 있습니다." },
                    Language::En => { "The latest " (listed) " of " (all) "; the CSV export has them all." },
                }
            }
        }
    }
}

fn table(columns: &[LocalText], rows: impl Iterator<Item = Markup>, language: Language) -> Markup {
    html! {
        div.scroll {
            table.list {
                thead { tr { @for column in columns { th scope="col" { (language.of(*column)) } } } }
                tbody { @for row in rows { (row) } }
            }
        }
    }
}

fn tone_of(amount: Won) -> &'static str {
    format::tone(amount.0 as f64)
}
