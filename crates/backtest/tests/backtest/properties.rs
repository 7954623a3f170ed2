//! What holds for any history.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use exodus_backtest::{
    BacktestError, BacktestResult, BacktestSpec, BacktestTrade, BarSeries, Delisting, Difference, FillModel,
    FillTiming, Flow, Membership, Slippage, run, verify,
};
use exodus_domain::{
    ActionKind, Bar, CashLedger, CorporateAction, Price, PriceFactor, Side, Won, ceil_to_tick, kst_date, sessions,
};
use proptest::prelude::*;

use crate::fixture::{bar, changed, date, momentum, spec, symbol};

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

fn session(place: usize) -> NaiveDate {
    sessions(date("2019-05-20"), date("2021-12-30")).nth(place).expect("enough sessions")
}

fn any_fill() -> impl Strategy<Value = FillModel> {
    let timing = prop_oneof![
        2 => Just(FillTiming::NextOpen),
        1 => Just(FillTiming::ClosingAuction),
        1 => Just(FillTiming::LimitWithinBar),
    ];
    let slippage = prop_oneof![
        2 => Just(Slippage::None),
        1 => (0i64..20).prop_map(Slippage::Ticks),
        1 => (0i64..200).prop_map(Slippage::BasisPoints),
    ];
    let model = |(timing, volume_share_bp, slippage)| FillModel { timing, volume_share_bp, slippage };
    (timing, 1i64..=10_000, slippage).prop_map(model)
}

/// At most one action of each issue.
fn any_actions() -> impl Strategy<Value = Vec<CorporateAction>> {
    let kind = prop::sample::select(ActionKind::ALL.to_vec());
    prop::collection::vec((0usize..3, 1usize..80, kind, 1i64..8, 1i64..8), 0..4).prop_map(|actions| {
        let action = |(issue, place, kind, numerator, denominator)| {
            let factor = PriceFactor::new(numerator, denominator)?;
            let symbol = symbol(CODES[issue]);
            Some((symbol, CorporateAction { symbol, ex_date: session(place), kind, factor }))
        };
        actions.into_iter().filter_map(action).collect::<BTreeMap<_, _>>().into_values().collect()
    })
}

fn any_universe() -> impl Strategy<Value = Option<Membership>> {
    let list = (0usize..80, prop::collection::vec(0usize..3, 0..4));
    let lists = prop::collection::vec(list, 1..5);
    prop::option::of((lists, any::<bool>()).prop_map(|(lists, sell_on_exit)| {
        let members = |places: Vec<usize>| places.into_iter().map(|place| symbol(CODES[place])).collect();
        Membership::new(lists.into_iter().map(|(place, places)| (session(place), members(places))), sell_on_exit)
    }))
}

fn any_delistings() -> impl Strategy<Value = Vec<Delisting>> {
    prop::option::of((0usize..3, 1usize..120)).prop_map(|one| {
        one.map(|(issue, place)| Delisting { symbol: symbol(CODES[issue]), date: session(place) }).into_iter().collect()
    })
}

fn any_spec() -> impl Strategy<Value = BacktestSpec> {
    let rule = (1u32..6, -5.0f64..5.0, 0.0f64..5.0, 1.0f64..100.0);
    let account = (1i64..50_000_000, any::<bool>(), any_fill());
    (rule, account, any_actions(), any_universe(), any_delistings()).prop_map(
        |((lookback, entry, width, size), (capital, adjusted, fill), actions, universe, delistings)| {
            let mut spec = spec(momentum(lookback, entry, entry - width, size), &CODES, capital);
            spec.issues.iter_mut().for_each(|issue| issue.adjusted = adjusted);
            let actions = if adjusted { Vec::new() } else { actions };
            BacktestSpec { fill, actions, universe, delistings, ..spec }
        },
    )
}

/// The result, or nothing if the input is one that is refused with good reason.
fn result_of(spec: &BacktestSpec, series: &[BarSeries]) -> Option<BacktestResult> {
    match run(spec, series, &mut |_| Flow::Continue) {
        Ok(result) => Some(result),
        Err(
            BacktestError::NoBars { .. }
            | BacktestError::TooShort { .. }
            | BacktestError::CapitalBelowOneShare { .. }
            | BacktestError::EmptyUniverse
            | BacktestError::TicksOfAdjusted(_),
        ) => None,
        Err(error) => panic!("{error}"),
    }
}

/// What a share of the issue is worth at the end of `day`.
fn worth(spec: &BacktestSpec, series: &BarSeries, day: NaiveDate) -> i64 {
    let until = |day| &series.bars()[..series.bars().partition_point(|bar| bar.trade_date() <= day)];
    let traded = until(day).iter().rev().find(|bar| !bar.is_halted()).expect("it was bought at a bar");
    let action = spec.actions.iter().find(|action| action.symbol == series.symbol() && action.ex_date <= day);
    let Some(action) = action.filter(|action| action.ex_date > traded.trade_date()) else { return traded.close().0 };
    let before = until(action.ex_date.pred_opt().expect("not the first date")).last().expect("it was bought at a bar");
    let base = before.close().0 * action.factor.numerator() / action.factor.denominator();
    let issue = spec.issues[0];
    ceil_to_tick(issue.market, issue.kind, action.ex_date, Price(base)).0
}

proptest! {
    /// The trades alone, added up by hand, give the cash and the equity of every session.
    #[test]
    fn the_books_balance_to_the_won(spec in any_spec(), series in history()) {
        let result = result_of(&spec, &series);
        prop_assume!(result.is_some());
        let result = result.expect("just seen");
        let (mut cash, mut realized, mut costs) = (spec.capital.0, 0, [0; 2]);
        let mut held = BTreeMap::<_, (i64, i64)>::new();
        let mut trades = result.trades.iter().peekable();
        let mut actions = result.actions.iter().peekable();
        for point in &result.equity {
            while let Some(action) = actions.next_if(|action| action.ex_date <= point.date) {
                let (shares, cost) = held.get_mut(&action.symbol).expect("it was held");
                prop_assert_eq!(action.shares_before.0, *shares);
                *shares = action.shares_after.0;
                *cost -= action.cash.0 - action.realized_pnl.0;
                cash += action.cash.0;
                realized += action.realized_pnl.0;
            }
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
            let of = |code| series.iter().find(|one| one.symbol() == code).expect("an issue of the run");
            let owned = held.iter().filter(|(_, (shares, _))| *shares > 0);
            let value: i64 = owned.map(|(code, (shares, _))| shares * worth(&spec, of(*code), point.date)).sum();
            prop_assert_eq!((point.equity.0, point.stock_value.0), (cash + value, value), "on {}", point.date);
            let unrealized = value - held.values().map(|(_, cost)| cost).sum::<i64>();
            prop_assert_eq!(point.equity.0, spec.capital.0 + realized + unrealized);
        }
        prop_assert!(trades.next().is_none());
        prop_assert_eq!(result.round_trips.iter().map(|trip| trip.pnl.0).sum::<i64>(), realized);
        let ordered = result.trades.iter().filter(|trade| trade.strategy_id.is_some()).count();
        prop_assert_eq!(result.orders.filled + result.orders.partial, ordered as u64);
        let last = result.equity.last().expect("there were bars");
        prop_assert_eq!((result.cash.orderable.0, result.cash.d2.0), (cash, cash), "on {}", last.date);
        prop_assert_eq!((result.metrics.commission, result.metrics.tax), (Won(costs[0]), Won(costs[1])));
    }

    /// What comes later changes nothing of what was before: neither bars nor corporate actions, members or delistings.
    #[test]
    fn no_decision_looks_ahead(spec in any_spec(), series in history(), kept in 1usize..80) {
        let last = session(kept);
        let truncated: Vec<_> = series
            .iter()
            .map(|one| changed(one, |bars| bars.truncate(bars.partition_point(|bar| bar.trade_date() <= last))))
            .collect();
        let mut known = spec.clone();
        known.to = last;
        known.actions.retain(|action| action.ex_date <= last);
        known.delistings.retain(|delisting| delisting.date <= last);
        let results = result_of(&spec, &series).zip(result_of(&known, &truncated));
        prop_assume!(results.is_some());
        let (whole, part) = results.expect("just seen");
        prop_assert_eq!(&whole.trades[..part.trades.len()], &part.trades[..]);
        prop_assert_eq!(&whole.equity[..part.equity.len()], &part.equity[..]);
        let later = Bar::day_start(last.succ_opt().expect("not the last date"));
        prop_assert!(whole.trades[part.trades.len()..].iter().all(|trade| trade.executed_at >= later));
    }

    /// Neither a repeat nor the order in which issues and series are named changes anything; one won does.
    #[test]
    fn fingerprints_tell_equal_from_unequal(spec in any_spec(), series in history(), place in any::<prop::sample::Index>()) {
        let first = result_of(&spec, &series);
        prop_assume!(first.is_some());
        let mut shuffled = (spec.clone(), series.clone());
        shuffled.0.issues.reverse();
        shuffled.0.strategies[0].issues.rotate_left(1);
        shuffled.0.actions.reverse();
        shuffled.1.rotate_left(1);
        prop_assert_eq!(&result_of(&shuffled.0, &shuffled.1), &first);
        let mut other = series;
        let one = other.iter_mut().find(|one| !one.bars().is_empty()).expect("it was run");
        *one = changed(one, |bars| {
            let place = place.index(bars.len());
            bars[place].high.0 += 1;
        });
        let changed = result_of(&spec, &other).expect("a high decides on no refusal");
        let stored = first.expect("just seen").manifest;
        let differences = verify(&stored, &changed.manifest);
        prop_assert_eq!(differences.first(), Some(&Difference::Data));
    }

    /// Settled cash is never short, and what is due later is what was traded.
    #[test]
    fn settled_cash_is_never_below_zero(spec in any_spec(), series in history()) {
        let result = result_of(&spec, &series);
        prop_assume!(result.is_some());
        let result = result.expect("just seen");
        let flow = |trade: &BacktestTrade| {
            let amount = trade.price * trade.quantity;
            let costs = trade.commission + trade.tax;
            let flow = if trade.side == Side::Buy { Won::ZERO - amount - costs } else { amount - costs };
            (kst_date(trade.executed_at), flow)
        };
        let paid = result.actions.iter().map(|action| (action.ex_date, action.cash));
        let flows: Vec<_> = result.trades.iter().map(flow).chain(paid).collect();
        let total = spec.capital + flows.iter().map(|(_, flow)| *flow).sum();
        let ledger = CashLedger::with_trades(total, flows);
        for point in &result.equity {
            prop_assert!(ledger.settled_on(point.date) >= Won::ZERO, "on {}", point.date);
        }
    }
}
