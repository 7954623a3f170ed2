//! What holds for any history.

use std::collections::BTreeMap;

use exodus_backtest::{BacktestSpec, BarSeries};
use exodus_domain::{Bar, Side, Won, sessions};
use proptest::prelude::*;

use crate::fixture::{bar, changed, date, finished, momentum, spec, symbol};

const CODES: [&str; 3] = ["000010", "000020", "000030"];

/// A session of an issue: moves in percent, volume, and whether it is traded, halted or left out of the data.
type Day = (i64, i64, i64, u8);

fn history() -> impl Strategy<Value = Vec<BarSeries>> {
    let day = (-29i64..=30, -8i64..=8, 0i64..200_000, 0u8..12);
    prop::array::uniform3((100i64..200_000, prop::collection::vec(day, 5..80))).prop_map(|issues| {
        issues.into_iter().zip(CODES).map(|((price, days), code)| bars_of(code, price, &days)).collect()
    })
}

fn bars_of(code: &str, first_price: i64, days: &[Day]) -> BarSeries {
    let mut close = first_price;
    let mut bars = Vec::new();
    for (session, &(gap, move_, volume, kind)) in sessions(date("2019-05-20"), date("2021-12-30")).zip(days) {
        match kind {
            0 => bars.push(bar(session, [0, 0, 0, close, 0])),
            1 => {}
            _ => {
                let open = (close * (100 + gap) / 100).max(1);
                close = (open * (100 + move_) / 100).max(1);
                bars.push(bar(session, [open, open.max(close), open.min(close), close, volume]));
            }
        }
    }
    BarSeries::new(symbol(code), bars).expect("bars in order")
}

fn any_spec() -> impl Strategy<Value = BacktestSpec> {
    (1u32..6, -5.0f64..5.0, 0.0f64..5.0, 1.0f64..100.0, 1i64..50_000_000, any::<bool>()).prop_map(
        |(lookback, entry, width, size, capital, adjusted)| {
            let mut spec = spec(momentum(lookback, entry, entry - width, size), &CODES, capital);
            spec.issues.iter_mut().for_each(|issue| issue.adjusted = adjusted);
            spec
        },
    )
}

/// At least one bar, or there is nothing to run.
fn runnable(series: &[BarSeries]) -> bool {
    series.iter().any(|one| !one.bars().is_empty())
}

proptest! {
    /// The trades alone, added up by hand, give the cash and the equity of every session.
    #[test]
    fn the_books_balance_to_the_won(spec in any_spec(), series in history()) {
        prop_assume!(runnable(&series));
        let result = finished(&spec, &series);
        let (mut cash, mut realized, mut costs) = (spec.capital.0, 0, [0; 2]);
        let mut held = BTreeMap::<_, (i64, i64)>::new();
        let mut trades = result.trades.iter().peekable();
        for point in &result.equity {
            while let Some(trade) = trades.next_if(|trade| trade.executed_at < Bar::day_start(point.date.succ_opt().expect("not the last date"))) {
                let amount = trade.quantity.0 * trade.price.0;
                let (shares, cost) = held.entry(trade.symbol).or_default();
                match trade.side {
                    Side::Buy => {
                        cash -= amount + trade.commission.0 + trade.tax.0;
                        realized -= trade.commission.0;
                        *shares += trade.quantity.0;
                        *cost += amount;
                    }
                    Side::Sell => {
                        cash += amount - trade.commission.0 - trade.tax.0;
                        let pnl = trade.realized_pnl.expect("a sell realises").0;
                        realized += pnl;
                        *shares -= trade.quantity.0;
                        *cost -= amount - trade.commission.0 - trade.tax.0 - pnl;
                    }
                }
                costs = [costs[0] + trade.commission.0, costs[1] + trade.tax.0];
                prop_assert!(cash >= 0, "cash fell to {cash}");
                prop_assert!(*shares >= 0 && *cost >= 0);
            }
            let last_close = |code| {
                let bars = series.iter().find(|one| one.symbol() == code).expect("an issue of the run").bars();
                let end = bars.partition_point(|bar| bar.trade_date() <= point.date);
                bars[..end].iter().rev().find(|bar| !bar.is_halted()).expect("it was bought at a bar").close().0
            };
            let value: i64 = held.iter().map(|(code, (shares, _))| if *shares == 0 { 0 } else { shares * last_close(*code) }).sum();
            prop_assert_eq!((point.equity.0, point.stock_value.0), (cash + value, value), "on {}", point.date);
            let unrealized = value - held.values().map(|(_, cost)| cost).sum::<i64>();
            prop_assert_eq!(point.equity.0, spec.capital.0 + realized + unrealized);
        }
        prop_assert!(trades.next().is_none());
        prop_assert_eq!(result.round_trips.iter().map(|trip| trip.pnl.0).sum::<i64>(), realized);
        prop_assert_eq!(result.orders.filled + result.orders.partial, result.trades.len() as u64);
        prop_assert_eq!((result.metrics.commission, result.metrics.tax), (Won(costs[0]), Won(costs[1])));
    }

    /// What comes later changes nothing of what was before.
    #[test]
    fn no_decision_looks_ahead(spec in any_spec(), series in history(), kept in 1usize..80) {
        let last = sessions(date("2019-05-20"), date("2021-12-30")).nth(kept).expect("enough sessions");
        let truncated: Vec<_> = series
            .iter()
            .map(|one| {
                let end = one.bars().partition_point(|bar| bar.trade_date() <= last);
                changed(one, |bars| bars.truncate(end))
            })
            .collect();
        prop_assume!(runnable(&truncated));
        let (whole, part) = (finished(&spec, &series), finished(&spec, &truncated));
        prop_assert_eq!(&whole.trades[..part.trades.len()], &part.trades[..]);
        prop_assert_eq!(&whole.equity[..part.equity.len()], &part.equity[..]);
        let later = Bar::day_start(last.succ_opt().expect("not the last date"));
        prop_assert!(whole.trades[part.trades.len()..].iter().all(|trade| trade.executed_at >= later));
    }

    /// Neither a repeat nor the order in which issues and series are named changes anything; one won does.
    #[test]
    fn fingerprints_tell_equal_from_unequal(spec in any_spec(), series in history(), place in any::<prop::sample::Index>()) {
        prop_assume!(runnable(&series));
        let first = finished(&spec, &series);
        let mut shuffled = (spec.clone(), series.clone());
        shuffled.0.issues.reverse();
        shuffled.1.rotate_left(1);
        prop_assert_eq!(&finished(&shuffled.0, &shuffled.1), &first);
        let mut other = series;
        let one = other.iter_mut().find(|one| !one.bars().is_empty()).expect("runnable");
        let place = place.index(one.bars().len());
        *one = changed(one, |bars| bars[place].high.0 += 1);
        prop_assert_ne!(finished(&spec, &other).manifest.data_fingerprint, first.manifest.data_fingerprint);
    }
}
