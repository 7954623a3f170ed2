//! The exchange told as scenarios, and the promises it keeps under any sequence of calls.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    InstrumentKind, IssueState, IssueStates, Level, LimitRule, LimitTerms, Market, OrderBook, OrderFields, OrderType,
    Price, Qty, RowEnd, Side, Symbol, Won, tick_size,
};
use exodus_simulator::{Exchange, Execution, IssueRules, SimOrder, SimReject};
use proptest::prelude::*;

/// Base 10,000 won: limits 7,000 to 13,000, ticks of 10 won.
fn issue() -> IssueRules {
    let date = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a valid date");
    let symbol = "00I010".parse().expect("a valid code");
    let (market, kind) = (Market::Kospi, InstrumentKind::Stock);
    let limit_rule = LimitRule::on(date, market, kind, LimitTerms::ORDINARY);
    let states = IssueStates::default();
    IssueRules { symbol, market, kind, base_price: Price(10_000), date, limit_rule, states, interruptions: None }
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(second)
}

fn exchange() -> Exchange {
    let mut exchange = Exchange::new();
    exchange.list(issue());
    exchange
}

fn levels(rows: &[(i64, i64)]) -> Vec<Level> {
    rows.iter().map(|&(price, quantity)| Level { price: Price(price), quantity: Qty(quantity) }).collect()
}

fn visible(bids: &[(i64, i64)], asks: &[(i64, i64)]) -> OrderBook {
    OrderBook { symbol: issue().symbol, asks: levels(asks), bids: levels(bids), at: at(0) }
}

fn fields(side: Side, price: Option<i64>, quantity: i64) -> OrderFields {
    let order_type = if price.is_some() { OrderType::Limit } else { OrderType::Market };
    OrderFields { symbol: issue().symbol, side, order_type, quantity: Qty(quantity), price: price.map(Price) }
}

fn buy(id: u64, account: i64, price: Option<i64>, quantity: i64) -> SimOrder {
    SimOrder { id, account, fields: fields(Side::Buy, price, quantity) }
}

fn sell(id: u64, account: i64, price: Option<i64>, quantity: i64) -> SimOrder {
    SimOrder { id, account, fields: fields(Side::Sell, price, quantity) }
}

/// Order, shares and price of each trade.
fn trades(executions: &[Execution]) -> Vec<(u64, i64, i64)> {
    executions.iter().map(|e| (e.order_id, e.last_qty.0, e.last_price.0)).collect()
}

fn open(exchange: &Exchange) -> Vec<(u64, i64)> {
    exchange.open_orders().map(|(order, cum, _)| (order.id, (order.fields.quantity - cum).0)).collect()
}

#[test]
fn a_market_order_takes_level_by_level() {
    let mut exchange = exchange();
    exchange.set_book(&visible(&[(9_990, 50)], &[(10_000, 30), (10_010, 40)]), at(0));
    let got = exchange.submit(buy(1, 1, None, 50), at(1)).expect("a valid order");
    assert_eq!(trades(&got), [(1, 30, 10_000), (1, 20, 10_010)]);
    assert_eq!(got[1].cum_amount, Won(30 * 10_000 + 20 * 10_010));
    assert_eq!(open(&exchange), []);
}

#[test]
fn an_issue_halted_during_the_day_trades_nothing_until_it_resumes() {
    let mut exchange = exchange();
    let symbol = issue().symbol;
    assert_eq!(exchange.submit(buy(1, 1, Some(10_000), 10), at(0)), Ok(vec![]));
    exchange.set_states(symbol, [IssueState::Halted].into_iter().collect());
    assert_eq!(exchange.submit(buy(2, 1, None, 10), at(1)), Err(SimReject::Halted));
    let offered = visible(&[], &[(9_990, 30)]);
    assert_eq!(exchange.set_book(&offered, at(2)), []);
    let restored = exchange.restore(buy(3, 2, Some(10_000), 10), Qty(4), Won(40_000), at(3));
    assert_eq!(restored, Ok(vec![]), "what was taken before rests");
    assert!(exchange.cancel(3, at(4)).is_some());
    exchange.set_states(symbol, IssueStates::default());
    assert_eq!(trades(&exchange.set_book(&offered, at(5))), [(1, 10, 10_000)]);
}

#[test]
fn an_issue_that_is_no_longer_listed_trades_nothing() {
    let mut exchange = exchange();
    assert_eq!(exchange.submit(buy(1, 1, Some(10_000), 10), at(0)), Ok(vec![]));
    exchange.set_states(issue().symbol, [IssueState::Delisted].into_iter().collect());
    assert_eq!(exchange.submit(buy(2, 1, None, 10), at(1)), Err(SimReject::Halted));
    assert_eq!(exchange.set_book(&visible(&[], &[(9_990, 30)]), at(2)), []);
    assert!(exchange.cancel(1, at(3)).is_some());
}

#[test]
fn what_was_taken_stays_taken_until_the_next_book() {
    let mut exchange = exchange();
    let book = visible(&[], &[(10_000, 30)]);
    exchange.set_book(&book, at(0));
    assert_eq!(trades(&exchange.submit(buy(1, 1, Some(10_000), 20), at(1)).expect("valid")), [(1, 20, 10_000)]);
    assert_eq!(trades(&exchange.submit(buy(2, 1, Some(10_000), 20), at(2)).expect("valid")), [(2, 10, 10_000)]);
    assert_eq!(trades(&exchange.set_book(&book, at(3))), [(2, 10, 10_000)]);
}

#[test]
fn a_limit_order_waits_and_trades_at_its_own_price() {
    let mut exchange = exchange();
    exchange.set_book(&visible(&[(9_980, 10)], &[(10_010, 10)]), at(0));
    assert_eq!(exchange.submit(buy(1, 1, Some(10_000), 10), at(1)), Ok(vec![]));
    assert_eq!(trades(&exchange.set_book(&visible(&[(9_900, 10)], &[(9_950, 10)]), at(2))), [(1, 10, 10_000)]);
}

#[test]
fn the_better_price_comes_first_and_then_the_earlier_order() {
    let mut exchange = exchange();
    for (id, price) in [(1, 9_990), (2, 10_000), (3, 10_000), (4, 10_010)] {
        assert_eq!(exchange.submit(buy(id, id as i64, Some(price), 10), at(id as i64)), Ok(vec![]));
    }
    let got = exchange.submit(sell(9, 9, Some(9_990), 35), at(9)).expect("a valid order");
    let makers: Vec<_> = trades(&got).into_iter().filter(|trade| trade.0 != 9).collect();
    assert_eq!(makers, [(4, 10, 10_010), (2, 10, 10_000), (3, 10, 10_000), (1, 5, 9_990)]);
}

#[test]
fn an_earlier_order_stands_before_a_later_visible_one_and_behind_an_earlier_one() {
    let mut exchange = exchange();
    exchange.set_book(&visible(&[(10_000, 10)], &[]), at(0));
    assert_eq!(exchange.submit(buy(1, 1, Some(10_000), 10), at(1)), Ok(vec![]));
    let behind = exchange.submit(sell(2, 2, Some(10_000), 10), at(2)).expect("a valid order");
    assert_eq!(trades(&behind), [(2, 10, 10_000)], "the visible bid was there first");
    exchange.set_book(&visible(&[(10_000, 10)], &[]), at(3));
    let before = exchange.submit(sell(3, 2, Some(10_000), 10), at(4)).expect("a valid order");
    assert_eq!(trades(&before), [(1, 10, 10_000), (3, 10, 10_000)]);
}

#[test]
fn liquidation_trading_knows_no_limit_and_no_market_order() {
    let mut exchange = Exchange::new();
    exchange.list(IssueRules { limit_rule: LimitRule::Unlimited, ..issue() });
    exchange.set_book(&visible(&[(140, 10)], &[]), at(0));
    assert_eq!(exchange.submit(sell(1, 1, None, 10), at(1)), Err(SimReject::NoMarketOrders));
    let got = exchange.submit(sell(2, 1, Some(100), 10), at(2)).expect("98.6 % below the base price");
    assert_eq!(trades(&got), [(2, 10, 140)]);
    assert_eq!(exchange.submit(buy(3, 1, Some(500_000), 10), at(3)), Ok(vec![]), "fifty times the base price");
    assert_eq!(exchange.submit(buy(4, 1, Some(105), 10), at(4)), Ok(vec![]));
    assert_eq!(exchange.submit(buy(5, 1, Some(5_005), 10), at(5)), Err(SimReject::OffTick(Price(5_005))));
}

#[test]
fn nobody_trades_with_himself() {
    let mut exchange = exchange();
    assert_eq!(exchange.submit(buy(1, 1, Some(10_000), 10), at(1)), Ok(vec![]));
    assert_eq!(exchange.submit(sell(2, 1, Some(10_000), 10), at(2)), Ok(vec![]));
    assert_eq!(open(&exchange), [(1, 10), (2, 10)]);
}

#[test]
fn a_market_order_without_counterpart_stands_one_tick_beyond_its_side() {
    let mut exchange = exchange();
    exchange.set_book(&visible(&[(9_990, 10)], &[]), at(0));
    assert_eq!(exchange.submit(buy(1, 1, None, 10), at(1)), Ok(vec![]));
    let got = exchange.submit(sell(2, 2, Some(9_000), 4), at(2)).expect("a valid order");
    assert_eq!(trades(&got), [(1, 4, 10_000), (2, 4, 10_000)]);
    let dearer = exchange.set_book(&visible(&[(9_990, 10)], &[(10_050, 4)]), at(3));
    assert_eq!(trades(&dearer), [(1, 4, 10_050)], "it pays what is asked");
}

#[test]
fn a_cancelled_order_is_gone_once() {
    let mut exchange = exchange();
    exchange.set_book(&visible(&[], &[(10_000, 4)]), at(0));
    exchange.submit(buy(1, 1, Some(10_000), 10), at(1)).expect("a valid order");
    let end = exchange.cancel(1, at(2)).expect("six shares were open");
    assert_eq!((end.cum_qty, end.last_qty, end.end), (Qty(4), Qty(0), Some(RowEnd::Cancelled)));
    assert_eq!(exchange.cancel(1, at(3)), None);
    assert_eq!(exchange.cancel(77, at(3)), None);
}

#[test]
fn orders_expire_with_the_day() {
    let mut exchange = exchange();
    assert_eq!(exchange.submit(buy(1, 1, Some(9_000), 10), at(1)), Ok(vec![]));
    let ended = exchange.close(at(2));
    assert_eq!(ended.iter().map(|e| (e.order_id, e.end)).collect::<Vec<_>>(), [(1, Some(RowEnd::Expired))]);
    assert_eq!(open(&exchange), []);
}

#[test]
fn a_restored_order_goes_on_where_it_was() {
    let mut exchange = exchange();
    exchange.set_book(&visible(&[], &[(10_000, 100)]), at(0));
    let got = exchange.restore(buy(1, 1, Some(10_000), 10), Qty(4), Won(39_960), at(1)).expect("a valid order");
    assert_eq!(trades(&got), [(1, 6, 10_000)]);
    assert_eq!((got[0].cum_qty, got[0].cum_amount), (Qty(10), Won(99_960)));
}

#[test]
fn what_breaks_a_rule_is_refused() {
    let outside = |price| SimReject::OutsideLimits { price: Price(price), lower: Price(7_000), upper: Price(13_000) };
    let unlisted: Symbol = "00I020".parse().expect("a valid code");
    let mut foreign = buy(1, 1, None, 1);
    foreign.fields.symbol = unlisted;
    let mut priceless = buy(1, 1, None, 1);
    priceless.fields.order_type = OrderType::Limit;
    let cases = [
        (buy(1, 1, Some(13_010), 1), outside(13_010)),
        (sell(1, 1, Some(6_990), 1), outside(6_990)),
        (buy(1, 1, Some(10_005), 1), SimReject::OffTick(Price(10_005))),
        (buy(1, 1, Some(10_000), 0), SimReject::BadQuantity),
        (buy(1, 1, Some(10_000), i64::MAX), SimReject::BadQuantity),
        (buy(1, 1, None, i64::MAX / 10_000), SimReject::BadQuantity),
        (foreign, SimReject::UnknownIssue(unlisted)),
        (priceless, SimReject::BadPrice),
    ];
    let mut exchange = exchange();
    for (order, reject) in cases {
        assert_eq!(exchange.submit(order, at(0)), Err(reject));
    }
    assert!(exchange.submit(buy(1, 1, None, 1), at(0)).is_ok(), "a refused order used up no number");
    assert_eq!(exchange.submit(buy(1, 1, None, 1), at(0)), Err(SimReject::DuplicateId(1)));
}

#[derive(Clone, Debug)]
enum Call {
    Submit { account: i64, buy: bool, price: Option<i64>, quantity: i64 },
    Cancel { id: u64 },
    Book { middle: i64, sizes: [i64; 4] },
}

fn any_call() -> impl Strategy<Value = Call> {
    let price = (600i64..1_400).prop_map(|tens| tens * 10);
    prop_oneof![
        4 => (1i64..4, any::<bool>(), prop::option::of(price), 1i64..50)
            .prop_map(|(account, buy, price, quantity)| Call::Submit { account, buy, price, quantity }),
        1 => (1u64..40).prop_map(|id| Call::Cancel { id }),
        2 => (650i64..1_350, prop::array::uniform4(0i64..40))
            .prop_map(|(tens, sizes)| Call::Book { middle: tens * 10, sizes }),
    ]
}

/// Everything that happened, and every order that was taken.
fn play(calls: &[Call]) -> (Exchange, Vec<Execution>, BTreeMap<u64, SimOrder>) {
    let (mut exchange, mut all, mut taken) = (exchange(), Vec::new(), BTreeMap::new());
    for (second, call) in (0i64..).zip(calls) {
        match call {
            Call::Submit { account, buy, price, quantity } => {
                let id = taken.len() as u64 + 1;
                let side = if *buy { Side::Buy } else { Side::Sell };
                let order = SimOrder { id, account: *account, fields: fields(side, *price, *quantity) };
                if let Ok(executions) = exchange.submit(order.clone(), at(second)) {
                    taken.insert(id, order);
                    all.extend(executions);
                }
            }
            Call::Cancel { id } => all.extend(exchange.cancel(*id, at(second))),
            Call::Book { middle, sizes: [a, b, c, d] } => {
                let bids = [(middle - 10, *a), (middle - 20, *b)];
                let asks = [(middle + 10, *c), (middle + 20, *d)];
                all.extend(exchange.set_book(&visible(&bids, &asks), at(second)));
            }
        }
    }
    (exchange, all, taken)
}

proptest! {
    #[test]
    fn the_exchange_keeps_its_promises(calls in prop::collection::vec(any_call(), 1..80)) {
        let (exchange, executions, orders) = play(&calls);
        let rules = issue();
        let limits = rules.limits();
        let mut so_far: BTreeMap<u64, (Qty, Won)> = BTreeMap::new();
        let mut ended = Vec::new();
        for execution in &executions {
            let order = &orders[&execution.order_id];
            prop_assert!(!ended.contains(&order.id), "order {} traded after its end", order.id);
            let (qty, amount) = so_far.entry(order.id).or_default();
            *qty += execution.last_qty;
            *amount += execution.last_price * execution.last_qty;
            prop_assert_eq!((execution.cum_qty, execution.cum_amount), (*qty, *amount));
            prop_assert!(*qty <= order.fields.quantity, "more was filled than ordered");
            if execution.end.is_some() {
                ended.push(order.id);
                continue;
            }
            let price = execution.last_price;
            prop_assert!(execution.last_qty.is_positive() && limits.contains(price));
            prop_assert_eq!(price.0 % tick_size(rules.market, rules.kind, rules.date, price).0, 0);
            if let Some(limit) = order.fields.price {
                let kept = if order.fields.side == Side::Buy { price <= limit } else { price >= limit };
                prop_assert!(kept, "{:?} breaks the limit {}", execution, limit);
            }
        }
        // Every order taken is filled, ended or open, with the same figures everywhere.
        let open: BTreeMap<u64, Qty> = exchange.open_orders().map(|(order, cum, _)| (order.id, cum)).collect();
        for (id, order) in &orders {
            let filled = so_far.get(id).is_some_and(|(qty, _)| *qty == order.fields.quantity);
            prop_assert_eq!(!filled && !ended.contains(id), open.contains_key(id), "order {} is lost", id);
        }
        // No two open orders of different accounts could still trade with each other.
        for (bid, ..) in exchange.open_orders().filter(|(order, ..)| order.fields.side == Side::Buy) {
            for (offer, ..) in exchange.open_orders().filter(|(order, ..)| order.fields.side == Side::Sell) {
                let crossed = match (bid.fields.price, offer.fields.price) {
                    (Some(bid), Some(offer)) => bid >= offer,
                    _ => true,
                };
                prop_assert!(!crossed || bid.account == offer.account, "{:?} and {:?} cross", bid, offer);
            }
        }
    }

    #[test]
    fn the_same_calls_give_the_same_executions(calls in prop::collection::vec(any_call(), 1..40)) {
        prop_assert_eq!(play(&calls).1, play(&calls).1);
    }

    #[test]
    fn a_second_cancel_changes_nothing(calls in prop::collection::vec(any_call(), 1..40), id in 1u64..20) {
        let (mut exchange, ..) = play(&calls);
        exchange.cancel(id, at(1_000));
        let before = open(&exchange);
        prop_assert_eq!(exchange.cancel(id, at(1_001)), None);
        prop_assert_eq!(open(&exchange), before);
    }
}
