//! Volatility interruptions on the exchange: what sets one off, what happens meanwhile, and the price at its end.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    InstrumentKind, IssueState, IssueStates, Level, LimitRule, LimitTerms, Market, OrderBook, OrderFields, OrderType,
    Price, Qty, RowEnd, Side, Symbol, ViClass, ViKind,
};
use exodus_simulator::{Exchange, Execution, IssueRules, SimOrder, ViTerms};
use proptest::prelude::*;

fn symbol() -> Symbol {
    "00I010".parse().expect("a valid code")
}

/// A KOSPI share that is no member of KOSPI 200, at a base price of 10,000 won: 6 % from the last trade, 10 % from the
/// last auction.
fn ordinary() -> IssueRules {
    let date = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a valid date");
    let (market, kind) = (Market::Kospi, InstrumentKind::Stock);
    IssueRules {
        symbol: symbol(),
        market,
        kind,
        base_price: Price(10_000),
        date,
        limit_rule: LimitRule::on(date, market, kind, LimitTerms::ORDINARY),
        states: IssueStates::default(),
        interruptions: Some(ViTerms { class: ViClass::OtherStock, first_session: false }),
    }
}

fn listed(rules: IssueRules) -> Exchange {
    let mut exchange = Exchange::new();
    exchange.list(rules);
    exchange.show_price(symbol(), Price(10_000), at(0));
    exchange
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(second)
}

fn order(id: u64, account: i64, side: Side, price: Option<i64>, quantity: i64) -> SimOrder {
    let order_type = if price.is_some() { OrderType::Limit } else { OrderType::Market };
    let fields = OrderFields { symbol: symbol(), side, order_type, quantity: Qty(quantity), price: price.map(Price) };
    SimOrder { id, account, fields }
}

fn book(bids: &[(i64, i64)], asks: &[(i64, i64)]) -> OrderBook {
    let levels = |rows: &[(i64, i64)]| -> Vec<Level> {
        rows.iter().map(|&(price, quantity)| Level { price: Price(price), quantity: Qty(quantity) }).collect()
    };
    OrderBook { symbol: symbol(), bids: levels(bids), asks: levels(asks), at: at(0) }
}

/// Order, shares and price of each trade.
fn trades(executions: &[Execution]) -> Vec<(u64, i64, i64)> {
    executions.iter().map(|e| (e.order_id, e.last_qty.0, e.last_price.0)).collect()
}

#[test]
fn a_price_that_jumps_interrupts_and_the_collected_orders_trade_at_one_price() {
    let mut exchange = listed(ordinary());
    exchange.set_book(&book(&[(10_550, 100)], &[(10_600, 30)]), at(9));
    exchange.show_price(symbol(), Price(10_590), at(9));
    assert_eq!(exchange.interruption(symbol()), None, "5.9 %");
    exchange.show_price(symbol(), Price(11_230), at(10));
    let held = exchange.interruption(symbol()).expect("more than 6 % from 10,590");
    assert_eq!((held.kind, held.since), (ViKind::Dynamic, at(10)));
    assert!((120..=150).contains(&(held.until - held.since).num_seconds()), "{held:?}");

    // Nothing trades, whatever the prices are.
    for (id, account, side, price, quantity) in
        [(1, 1, Side::Buy, None, 50), (2, 2, Side::Sell, Some(10_900), 20), (3, 1, Side::Sell, Some(10_800), 5)]
    {
        assert_eq!(exchange.submit(order(id, account, side, price, quantity), at(20)), Ok(vec![]));
    }
    assert_eq!(exchange.set_book(&book(&[], &[(11_000, 10), (11_100, 500)]), at(100)), []);
    assert_eq!(exchange.advance(held.until - TimeDelta::seconds(1)), []);

    // 5 offered at 10,800, 25 with 10,900, 35 with 11,000, all 50 wanted at 11,100: that moves most.
    let ended = exchange.advance(at(1_000));
    assert!(ended.iter().all(|execution| execution.at == held.until && execution.last_price == Price(11_100)));
    // The seller of 5 is the buyer himself, so nobody takes those. Who named less comes first, and others after him.
    assert_eq!(trades(&ended), [(2, 20, 11_100), (1, 20, 11_100), (1, 10, 11_100), (1, 20, 11_100)]);
    assert_eq!(exchange.interruption(symbol()), None);
    // 10 % are measured from the auction now.
    exchange.show_price(symbol(), Price(11_600), at(1_001));
    exchange.show_price(symbol(), Price(12_190), at(1_002));
    assert_eq!(exchange.interruption(symbol()), None, "9.8 % from 11,100, 5.1 % from 11,600");
    exchange.show_price(symbol(), Price(12_210), at(1_003));
    assert_eq!(exchange.interruption(symbol()).map(|held| held.kind), Some(ViKind::Static));
}

#[test]
fn an_order_that_would_trade_too_far_away_interrupts_instead() {
    let mut exchange = listed(ordinary());
    exchange.set_book(&book(&[], &[(10_000, 10), (10_700, 100)]), at(1));
    let got = exchange.submit(order(1, 1, Side::Buy, None, 50), at(2)).expect("a valid order");
    assert_eq!(trades(&got), [(1, 10, 10_000)]);
    let held = exchange.interruption(symbol()).expect("10,700 is 7 % away");
    assert_eq!(trades(&exchange.advance(held.until)), [(1, 40, 10_700)]);

    // A resting order likewise: the offers of others come down through it.
    let mut exchange = listed(ordinary());
    exchange.submit(order(1, 1, Side::Buy, Some(9_300), 50), at(1)).expect("a valid order");
    assert_eq!(exchange.set_book(&book(&[], &[(9_200, 80)]), at(2)), []);
    let held = exchange.interruption(symbol()).expect("9,300 is 7 % away");
    assert_eq!(trades(&exchange.advance(held.until)), [(1, 50, 9_300)], "the price nearest to the last one");
}

#[test]
fn orders_can_be_cancelled_meanwhile_and_end_with_the_day() {
    let mut exchange = listed(ordinary());
    exchange.show_price(symbol(), Price(10_700), at(1));
    for id in [1, 2] {
        exchange.submit(order(id, 1, Side::Buy, None, 5), at(2)).expect("taken");
    }
    assert_eq!(exchange.cancel(1, at(3)).and_then(|execution| execution.end), Some(RowEnd::Cancelled));
    let ended: Vec<_> = exchange.close(at(4)).iter().map(|e| (e.order_id, e.end)).collect();
    assert_eq!(ended, [(2, Some(RowEnd::Expired))]);
    assert_eq!(exchange.advance(at(1_000)), []);
}

#[test]
fn some_issues_are_never_interrupted() {
    let first_session = Some(ViTerms { class: ViClass::OtherStock, first_session: true });
    for rules in [
        IssueRules { interruptions: None, ..ordinary() },
        IssueRules { market: Market::Konex, ..ordinary() },
        IssueRules { interruptions: first_session, ..ordinary() },
        IssueRules { states: IssueStates::default().with(IssueState::Overheated), ..ordinary() },
    ] {
        let mut exchange = listed(rules);
        exchange.show_price(symbol(), Price(12_000), at(1));
        assert_eq!(exchange.interruption(symbol()), None, "{rules:?}");
    }
}

#[test]
fn a_day_that_is_looked_at_from_its_middle_does_not_begin_with_an_interruption() {
    let mut exchange = Exchange::new();
    exchange.list(ordinary());
    exchange.show_price(symbol(), Price(11_500), at(0));
    exchange.show_price(symbol(), Price(11_510), at(1));
    assert_eq!(exchange.interruption(symbol()), None, "15 % from the base price were passed by an auction before");
}

#[test]
fn the_end_cannot_be_known_but_repeats() {
    let ends: Vec<i64> = (0..200)
        .map(|second| {
            let start = |_| {
                let mut exchange = listed(ordinary());
                exchange.show_price(symbol(), Price(10_700), at(second));
                exchange.interruption(symbol()).expect("7 %")
            };
            let [first, again] = [0, 1].map(start);
            assert_eq!(first, again);
            (first.until - first.since).num_seconds()
        })
        .collect();
    let different: std::collections::BTreeSet<i64> = ends.iter().copied().collect();
    assert_eq!(different, (120..=150).collect(), "every second of the half minute occurs");
}

#[derive(Clone, Debug)]
enum Call {
    Submit { account: i64, buy: bool, price: Option<i64>, quantity: i64 },
    Book { middle: i64, sizes: [i64; 2] },
    Price(i64),
    Wait(i64),
}

fn any_call() -> impl Strategy<Value = Call> {
    let price = (800i64..1_200).prop_map(|tens| tens * 10);
    prop_oneof![
        4 => (1i64..4, any::<bool>(), prop::option::of(price), 1i64..50)
            .prop_map(|(account, buy, price, quantity)| Call::Submit { account, buy, price, quantity }),
        2 => (850i64..1_150, prop::array::uniform2(0i64..40))
            .prop_map(|(tens, sizes)| Call::Book { middle: tens * 10, sizes }),
        2 => (850i64..1_150).prop_map(|tens| Call::Price(tens * 10)),
        2 => (1i64..100).prop_map(Call::Wait),
    ]
}

proptest! {
    #[test]
    fn nothing_trades_while_it_holds_and_limits_are_kept(calls in prop::collection::vec(any_call(), 1..80)) {
        let (mut exchange, mut second, mut taken) = (listed(ordinary()), 0, Vec::new());
        for call in &calls {
            second += if let Call::Wait(seconds) = call { *seconds } else { 1 };
            let held = exchange.interruption(symbol());
            let ended = exchange.advance(at(second));
            prop_assert!(ended.iter().all(|execution| held.is_some_and(|held| execution.at == held.until)));
            let prices: Vec<Price> = ended.iter().map(|execution| execution.last_price).collect();
            prop_assert!(prices.windows(2).all(|pair| pair[0] == pair[1]), "one price for all: {prices:?}");
            let is_held = exchange.interruption(symbol()).is_some();
            let got = match call {
                Call::Submit { account, buy, price, quantity } => {
                    let side = if *buy { Side::Buy } else { Side::Sell };
                    let order = order(taken.len() as u64, *account, side, *price, *quantity);
                    taken.push(order.clone());
                    exchange.submit(order, at(second)).expect("a valid order")
                }
                Call::Book { middle, sizes: [bid, ask] } =>
                    exchange.set_book(&book(&[(middle - 10, *bid)], &[(middle + 10, *ask)]), at(second)),
                Call::Price(price) => {
                    exchange.show_price(symbol(), Price(*price), at(second));
                    Vec::new()
                }
                Call::Wait(_) => Vec::new(),
            };
            prop_assert!(!is_held || got.is_empty(), "a trade while orders are collected");
            for execution in ended.iter().chain(&got) {
                let fields = &taken[usize::try_from(execution.order_id).expect("small")].fields;
                prop_assert!(execution.cum_qty <= fields.quantity);
                let kept = fields.price.is_none_or(|limit| match fields.side {
                    Side::Buy => execution.last_price <= limit,
                    Side::Sell => execution.last_price >= limit,
                });
                prop_assert!(kept, "{execution:?} breaks the limit of {fields:?}");
            }
        }
    }
}
