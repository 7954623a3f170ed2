//! What a live engine counts, and what its decisions rest on beside the books.

use exodus_domain::{AccountLimits, HardCaps, LimitName};

use super::*;
use crate::risk::{DisabledBy, RestrictedBy, Restriction};

fn standing() -> Standing {
    Standing {
        is_real_money: false,
        not_ready: None,
        clock_offset_ms: Some(0),
        halt: None,
        circuit_open: false,
        is_armed: true,
    }
}

impl Bench {
    /// An engine of a demo account that has seen its market.
    fn live() -> Self {
        let mut bench = Self::new();
        bench.go_live(AccountLimits::on_demo());
        bench.see(10_000);
        bench
    }

    fn go_live(&mut self, limits: AccountLimits) {
        self.engine.go_live(Live::new(limits, HardCaps::default(), standing(), Vec::new()));
    }

    fn told(&mut self) -> &mut Live {
        self.engine.live_mut().expect("a live engine")
    }

    /// A quote of now, and all else that a decision needs.
    fn see(&mut self, price: i64) {
        self.price(price);
        let at = minute(self.now);
        let day = DayStanding { date: kst_date(at), opening_equity: CASH, is_loss_reached: false };
        let live = self.told();
        live.saw_quote(symbol(), at, at);
        live.set_average_volume(symbol(), kst_date(at), Qty(1_000_000));
        if live.day().is_none() {
            live.set_day(day);
        }
    }

    fn code(&mut self, side: Side, quantity: i64) -> Option<RiskCode> {
        match &self.order(side, quantity, None)[..] {
            [Command::Deny { denial, .. }] => Some(denial.code),
            [Command::Place { .. }] => None,
            other => panic!("neither placed nor denied: {other:?}"),
        }
    }
}

#[test]
fn nothing_is_decided_before_the_market_was_seen() {
    let mut bench = Bench::new();
    bench.go_live(AccountLimits::on_demo());
    bench.price(10_000);
    let inputs = |commands: Vec<Command>| match &commands[..] {
        [Command::Deny { denial, .. }] => denial.word().into_owned(),
        other => panic!("not denied: {other:?}"),
    };
    assert_eq!(inputs(bench.order(Side::Buy, 1, None)), "INPUT_MISSING:quote");
    let at = minute(bench.now);
    bench.told().saw_quote(symbol(), at, at);
    assert_eq!(inputs(bench.order(Side::Buy, 1, None)), "INPUT_MISSING:average_volume");
    bench.see(10_000);
    assert_eq!(bench.code(Side::Buy, 1), None);
    // A minute later the quote is old.
    bench.now += 1;
    assert_eq!(bench.code(Side::Sell, 1), Some(RiskCode::StaleQuote));
}

#[test]
fn orders_are_counted_by_minute_and_by_day() {
    let mut bench = Bench::live();
    let limits = AccountLimits::on_demo().with(LimitName::MaxOrdersPerMinute, 2).with(LimitName::MaxOrdersPerDay, 3);
    bench.engine.set_limits(limits, HardCaps::default());
    for _ in 0..2 {
        let placed = bench.order(Side::Buy, 1, None);
        bench.fill(&placed, 10_000);
    }
    assert_eq!(bench.code(Side::Buy, 1), Some(RiskCode::OrderRate));
    bench.now += 1;
    bench.see(10_000);
    let third = bench.order(Side::Buy, 1, None);
    bench.fill(&third, 10_000);
    bench.now += 1;
    bench.see(10_000);
    assert_eq!(bench.code(Side::Buy, 1), Some(RiskCode::OrderRate), "three on the day");
    bench.now += 24 * 60;
    bench.see(10_000);
    let date = kst_date(minute(bench.now));
    bench.told().set_day(DayStanding { date, opening_equity: CASH, is_loss_reached: false });
    assert_eq!(bench.code(Side::Buy, 1), None, "the next day");
}

#[test]
fn an_order_that_was_never_found_still_counts_in_the_position() {
    let mut bench = Bench::live();
    // 20 % of 100,000,000 are 2,000 shares at 10,000.
    let first = bench.order(Side::Buy, 1_200, None);
    let (client_ref, _) = placed(&first);
    bench.update(client_ref, OrderState::Unknown, 0, 0, Side::Buy);
    bench.update(client_ref, OrderState::NotFound, 0, 0, Side::Buy);
    assert_eq!(bench.code(Side::Buy, 801), Some(RiskCode::MaxPosition));
    assert_eq!(bench.code(Side::Buy, 800), None);
}

#[test]
fn what_others_have_open_counts_too() {
    let mut bench = Bench::live();
    bench.told().set_external([(symbol(), Side::Buy, Qty(1_500)), (symbol(), Side::Sell, Qty(5))]);
    assert_eq!(bench.code(Side::Buy, 501), Some(RiskCode::MaxPosition));
    let buy = bench.order(Side::Buy, 10, None);
    bench.fill(&buy, 10_000);
    assert_eq!(bench.code(Side::Sell, 6), Some(RiskCode::Sellable));
    bench.told().set_external([]);
    assert_eq!(bench.code(Side::Sell, 6), None);
}

#[test]
fn a_broker_that_lets_out_less_cash_is_believed() {
    let mut bench = Bench::live();
    bench.engine.note_orderable(Won(1_000_000));
    assert_eq!(bench.code(Side::Buy, 100), Some(RiskCode::BuyingPower));
    bench.engine.note_orderable(Won(200_000_000));
    assert_eq!(bench.code(Side::Buy, 100), None, "more than ours is not taken");
    assert!(bench.engine.live().is_some());
}

#[test]
fn a_broker_that_lets_out_fewer_shares_is_believed() {
    let mut bench = Bench::live();
    let buy = bench.order(Side::Buy, 10, None);
    bench.fill(&buy, 10_000);
    bench.engine.note_sellable(&[(symbol(), Qty(4))].into());
    assert_eq!(bench.code(Side::Sell, 5), Some(RiskCode::Sellable), "RK22");
    // What we have open is out of both figures.
    let (client_ref, _) = placed(&bench.order(Side::Sell, 4, Some(10_000)));
    bench.update(client_ref, OrderState::Acked, 0, 0, Side::Sell);
    bench.engine.note_sellable(&[(symbol(), Qty::ZERO)].into());
    assert_eq!(bench.code(Side::Sell, 1), Some(RiskCode::Sellable));
    bench.update(client_ref, OrderState::Cancelled, 0, 0, Side::Sell);
    bench.engine.note_sellable(&[(symbol(), Qty(100))].into());
    assert_eq!(bench.code(Side::Sell, 11), Some(RiskCode::Sellable), "more than ours is not taken");
    bench.engine.note_sellable(&Default::default());
    assert_eq!(bench.code(Side::Sell, 10), None, "of what it leaves out our books know");
}

#[test]
fn of_two_equal_large_orders_of_a_day_the_second_is_lowered() {
    let mut bench = Bench::live();
    let quantity = |bench: &mut Bench, side, quantity| {
        let commands = bench.order(side, quantity, None);
        let (_, fields) = placed(&commands);
        bench.fill(&commands, 10_000);
        bench.now += 1;
        bench.see(10_000);
        fields.quantity
    };
    assert_eq!([50, 50].map(|wanted| quantity(&mut bench, Side::Buy, wanted)), [Qty(50); 2], "where it is not wanted");
    bench.told().make_distinct(true);
    let today = kst_date(minute(bench.now));
    assert_eq!([50, 49].map(|wanted| quantity(&mut bench, Side::Buy, wanted)), [Qty(49), Qty(49)], "small ones stay");
    bench.told().saw_order(symbol(), Side::Buy, Qty(60), today);
    bench.told().saw_order(symbol(), Side::Buy, Qty(59), today);
    assert_eq!(quantity(&mut bench, Side::Buy, 60), Qty(58), "orders of others count");
    assert_eq!(quantity(&mut bench, Side::Buy, 60), Qty(60), "three shares would be too many");
    assert_eq!(quantity(&mut bench, Side::Sell, 60), Qty(60), "the other side has none of it");
    bench.told().saw_order(symbol(), Side::Buy, Qty(70), today - chrono::Days::new(1));
    assert_eq!(quantity(&mut bench, Side::Buy, 70), Qty(70), "nor has yesterday");
}

#[test]
fn lists_and_standing_deny() {
    let mut bench = Bench::live();
    bench.told().restrict([(symbol(), Restriction { by: RestrictedBy::User, reason: String::new() })]);
    assert_eq!(bench.code(Side::Buy, 1), Some(RiskCode::Restricted));
    bench.told().restrict([]);
    bench.told().standing_mut().circuit_open = true;
    assert_eq!(bench.code(Side::Buy, 1), Some(RiskCode::BrokerCircuitOpen));
    bench.told().standing_mut().not_ready = Some("review".to_owned());
    assert_eq!(bench.code(Side::Buy, 1), Some(RiskCode::NotReady));
    *bench.told().standing_mut() = standing();
    assert_eq!(bench.code(Side::Buy, 1), None);
}

#[test]
fn an_own_order_on_the_other_side_is_not_traded_with() {
    let mut bench = Bench::live();
    let bought = bench.order(Side::Buy, 10, None);
    bench.fill(&bought, 10_000);
    let resting = bench.order(Side::Sell, 5, Some(10_010));
    let (client_ref, _) = placed(&resting);
    bench.update(client_ref, OrderState::Acked, 0, 0, Side::Sell);
    assert_eq!(bench.code(Side::Buy, 1), Some(RiskCode::SelfCross));
    let below = bench.order(Side::Buy, 1, Some(10_000));
    assert!(matches!(below[..], [Command::Place { .. }]), "{below:?}");
}

#[test]
fn a_loss_is_measured_from_what_the_day_began_with() {
    let mut bench = Bench::live();
    let bought = bench.order(Side::Buy, 1_900, None);
    bench.fill(&bought, 10_000);
    // 5 % of 100,000,000; the position of 19,000,000 loses 5,700,000.
    bench.see(7_500);
    assert_eq!(bench.engine.loss_just_reached(), None, "4,750,000 and the commission are less");
    bench.see(7_000);
    let (limit, loss) = bench.engine.loss_just_reached().expect("reached");
    assert_eq!(limit, Won(5_000_000));
    assert!(loss > Won(5_700_000), "the commission is lost too: {loss}");
    assert_eq!(bench.code(Side::Buy, 1), Some(RiskCode::DailyLoss));
    let date = kst_date(minute(bench.now));
    bench.told().set_day(DayStanding { date, opening_equity: CASH, is_loss_reached: true });
    assert_eq!(bench.engine.loss_just_reached(), None, "told once");
    bench.see(10_000);
    assert_eq!(bench.code(Side::Buy, 1), Some(RiskCode::DailyLoss), "until the day ends");
    assert_eq!(bench.code(Side::Sell, 1), None);
}

#[test]
fn a_strategy_is_stopped_by_its_fills_and_by_refusals_in_a_row() {
    let mut bench = Bench::live();
    let limits = AccountLimits::on_demo().with(LimitName::MaxFillsPerDay, 2).with(LimitName::MaxRefusalsInARow, 2);
    bench.engine.set_limits(limits, HardCaps::default());
    let at = minute(bench.now);
    let count = |bench: &mut Bench, filled, state| bench.engine.count_update(Some(STRATEGY), filled, state, true, at);
    count(&mut bench, false, OrderState::Rejected);
    count(&mut bench, false, OrderState::Acked);
    count(&mut bench, false, OrderState::Rejected);
    assert_eq!(bench.told().to_disable(at), [], "an accepted order lies between");
    count(&mut bench, false, OrderState::Rejected);
    let over: Vec<DisabledBy> = bench.told().to_disable(at).into_iter().map(|(_, disabled)| disabled.by).collect();
    assert_eq!(over, [DisabledBy::Refusals]);
    *bench.told().strategy_mut(STRATEGY) = StrategyStanding::default();
    count(&mut bench, true, OrderState::Partial);
    assert_eq!(bench.told().to_disable(at), []);
    count(&mut bench, true, OrderState::Filled);
    assert_eq!(bench.told().to_disable(at)[0].1.by, DisabledBy::Fills);
    assert_eq!(bench.told().to_disable(at + TimeDelta::days(1)), [], "counts of a day end with it");
}

#[test]
fn the_same_side_is_not_ordered_twice_at_once_by_a_strategy() {
    let mut bench = Bench::live();
    bench.add_momentum(STRATEGY, 0);
    bench.close(10_000);
    bench.see(10_000);
    // The quotes of this bench are a minute old when a bar has closed.
    let limits = AccountLimits::on_demo().with(LimitName::DuplicateWindow, 90).with(LimitName::MaxQuoteAge, 60_000);
    bench.engine.set_limits(limits, HardCaps::default());
    let bought = bench.close(10_100);
    let (client_ref, _) = placed(&bought);
    bench.update(client_ref, OrderState::Rejected, 0, 0, Side::Buy);
    bench.see(10_200);
    let denied = bench.close(10_200);
    let code = |commands: &[Command]| match commands {
        [Command::Deny { denial, .. }] => Some(denial.code),
        _ => None,
    };
    assert_eq!(code(&denied), Some(RiskCode::DuplicateSignal));
}

#[test]
fn an_armed_strategy_orders_at_a_limit_and_a_tenth_on_its_first_day() {
    let mut bench = Bench::live();
    bench.add_momentum(STRATEGY, 0);
    bench.close(10_000);
    bench.see(10_000);
    let limits = AccountLimits::on_demo().with(LimitName::MaxQuoteAge, 60_000);
    bench.engine.set_limits(limits, HardCaps::default());
    *bench.told().standing_mut() = Standing { is_real_money: true, is_armed: false, ..standing() };
    match &bench.close(10_100)[..] {
        [Command::Deny { denial, .. }] => assert_eq!(denial.code, RiskCode::NotArmed),
        other => panic!("not denied: {other:?}"),
    }
    bench.see(10_100);
    let armed = StrategyStanding { is_armed: true, is_first_day: true, ..StrategyStanding::default() };
    *bench.told().strategy_mut(STRATEGY) = armed;
    let bought = bench.close(10_200);
    let (_, order) = placed(&bought);
    // A tenth of 10,000,000 / 10,200 shares, a hundredth above 10,200 on the grid of ten won.
    assert_eq!((order.order_type, order.price, order.quantity), (OrderType::Limit, Some(Price(10_300)), Qty(98)));
    bench.fill(&bought, 10_250);
    bench.see(10_200);
    let sold = bench.close(10_100);
    let (_, order) = placed(&sold);
    assert_eq!((order.side, order.price, order.quantity), (Side::Sell, Some(Price(10_000)), Qty(98)));
    bench.fill(&sold, 10_050);
    bench.see(10_100);
    bench.told().strategy_mut(STRATEGY).is_first_day = false;
    let bought = bench.close(10_200);
    let (_, order) = placed(&bought);
    // A tenth of what is left after a loss of about 24,000 won, over 10,200.
    assert_eq!(order.quantity, Qty(980), "all of it from the second day on");
}
