use super::*;
use RiskCode as Code;
use chrono::{NaiveTime, TimeDelta};
use exodus_domain::{IssueState, LimitTerms, OrderType, from_kst, kst_date};
use proptest::prelude::*;

const CODE: &str = "000010";

pub(super) fn symbol() -> Symbol {
    CODE.parse().expect("a valid code")
}

/// A Wednesday session.
fn on_session(hour: u32, minute: u32, second: u32) -> DateTime<Utc> {
    let date = NaiveDate::from_ymd_opt(2024, 6, 12).expect("a date");
    from_kst(date, NaiveTime::from_hms_opt(hour, minute, second).expect("a time"))
}

pub(super) fn noon() -> DateTime<Utc> {
    on_session(12, 0, 0)
}

fn issue() -> TradedIssue {
    TradedIssue {
        symbol: symbol(),
        market: Market::Kospi,
        kind: InstrumentKind::Stock,
        hours: TradingHours::Krx,
        adjusted: false,
        states: IssueStates::default(),
        limit_terms: LimitTerms::ORDINARY,
        commission: CommissionSchedule::bankis(),
    }
}

/// Inputs on which an order of ten shares passes either way.
pub(super) fn inputs() -> RiskInputs {
    RiskInputs {
        issue: Some(issue()),
        kill: KillState::Active,
        brake: None,
        order_in_doubt: false,
        last_price: Some(Price(70_000)),
        base_price: Some(Price(70_000)),
        equity: Some(Won(100_000_000)),
        buying_power: Won(50_000_000),
        held: Qty(100),
        open_buys: Qty::ZERO,
        sellable: Qty(100),
        live: None,
    }
}

pub(super) fn order(side: Side, quantity: i64, price: Option<i64>) -> OrderFields {
    let order_type = if price.is_some() { OrderType::Limit } else { OrderType::Market };
    OrderFields { symbol: symbol(), side, order_type, quantity: Qty(quantity), price: price.map(Price) }
}

pub(super) fn gate() -> RiskGate {
    RiskGate::new(RiskLimits::default())
}

fn denied(fields: &OrderFields, inputs: &RiskInputs) -> Option<Code> {
    gate().check(fields, inputs, noon()).err().map(|denial| denial.code)
}

#[test]
fn a_sound_order_is_approved_with_what_the_decision_rests_on() {
    for fields in [order(Side::Buy, 10, Some(70_000)), order(Side::Buy, 10, None), order(Side::Sell, 10, None)] {
        let approved = gate().check(&fields, &inputs(), noon()).expect("approved");
        assert_eq!((approved.get(), approved.inputs(), approved.decided_at()), (&fields, &inputs(), noon()));
    }
}

#[test]
fn each_check_denies_with_its_own_code() {
    let buy = order(Side::Buy, 10, None);
    let limit_buy = order(Side::Buy, 10, Some(70_000));
    let sell = order(Side::Sell, 10, None);
    let with = |change: fn(&mut RiskInputs)| {
        let mut inputs = inputs();
        change(&mut inputs);
        inputs
    };
    let cases = [
        ("RK02 halted", &buy, with(|i| i.kill = KillState::Halted), Code::Halted),
        ("RK02 halted, sell", &sell, with(|i| i.kill = KillState::Halted), Code::Halted),
        ("RK05 unknown issue", &buy, with(|i| i.issue = None), Code::Restricted),
        ("RK07 no last price", &buy, with(|i| i.last_price = None), Code::InputMissing),
        ("RK08", &buy, with(|i| i.order_in_doubt = true), Code::OrderInDoubt),
        ("RK15 equity unknown", &buy, with(|i| i.equity = None), Code::InputMissing),
        ("RK15", &buy, with(|i| i.equity = Some(Won(38_499_999))), Code::MaxPosition),
        ("RK15 open buys count", &buy, with(|i| i.open_buys = Qty(176)), Code::MaxPosition),
        ("RK21", &limit_buy, with(|i| i.buying_power = Won(703_597)), Code::BuyingPower),
        ("RK21 at the upper limit", &buy, with(|i| i.buying_power = Won(914_676)), Code::BuyingPower),
        ("RK22", &sell, with(|i| i.sellable = Qty(9)), Code::Sellable),
        ("RK24", &buy, with(|i| i.kill = KillState::ReduceOnly), Code::ReduceOnly),
    ];
    for (story, fields, inputs, code) in cases {
        assert_eq!(denied(fields, &inputs), Some(code), "{story}");
    }
}

#[test]
fn limits_are_met_exactly() {
    let at_limit = |price, change: fn(&mut RiskInputs)| {
        let mut inputs = inputs();
        change(&mut inputs);
        denied(&order(Side::Buy, 10, price), &inputs)
    };
    // 110 shares of 70,000 are 20 % of 38,500,000; 700,000 needs 3,500 of margin and 98 of commission.
    assert_eq!(at_limit(None, |i| i.equity = Some(Won(38_500_000))), None);
    assert_eq!(at_limit(None, |i| i.open_buys = Qty(175)), None);
    assert_eq!(at_limit(Some(70_000), |i| i.buying_power = Won(703_598)), None);
    // A market order may cost 91,000 a share: 910,000, 4,550 of margin and 127 of commission.
    assert_eq!(at_limit(None, |i| i.buying_power = Won(914_677)), None);
}

#[test]
fn a_market_buy_is_reserved_at_the_last_price_where_no_upper_limit_is_known() {
    let poor = RiskInputs { buying_power: Won(703_598), ..inputs() };
    let buy = order(Side::Buy, 10, None);
    assert_eq!(denied(&buy, &poor), Some(Code::BuyingPower));
    assert_eq!(denied(&buy, &RiskInputs { base_price: None, ..poor.clone() }), None);
    let adjusted = Some(TradedIssue { adjusted: true, ..issue() });
    assert_eq!(denied(&buy, &RiskInputs { issue: adjusted, ..poor }), None);
}

#[test]
fn a_low_limit_does_not_make_what_is_held_look_small() {
    // 290 shares of 70,000 are more than 20 % of 100,000,000; of 49,000 they would not be.
    let inputs = RiskInputs { held: Qty(280), ..inputs() };
    assert_eq!(denied(&order(Side::Buy, 10, Some(49_000)), &inputs), Some(Code::MaxPosition));
    assert_eq!(denied(&order(Side::Buy, 5, Some(49_000)), &inputs), None);
}

#[test]
fn a_malformed_order_is_denied() {
    let cases = [
        ("no share", order(Side::Buy, 0, None)),
        ("a negative quantity", order(Side::Sell, -5, None)),
        ("off the tick grid", order(Side::Buy, 1, Some(70_050))),
        ("above the upper limit", order(Side::Buy, 1, Some(91_100))),
        ("below the lower limit", order(Side::Sell, 1, Some(48_950))),
        ("a price of zero", order(Side::Buy, 1, Some(0))),
        ("an impossible amount", order(Side::Buy, i64::MAX, Some(70_000))),
        ("an impossible amount at the market", order(Side::Sell, i64::MAX, None)),
        ("an amount that only the upper limit makes impossible", order(Side::Buy, i64::MAX / 70_000, None)),
        ("an impossible price", order(Side::Buy, 1, Some(i64::MAX / 1_000 * 1_000))),
        ("the least of all prices", order(Side::Sell, 1, Some(i64::MIN))),
        ("the least of all quantities", order(Side::Sell, i64::MIN, None)),
        ("a market order with a price", OrderFields { price: Some(Price(1)), ..order(Side::Buy, 1, None) }),
        ("a limit order without one", OrderFields { price: None, ..order(Side::Buy, 1, Some(1)) }),
    ];
    for (story, fields) in cases {
        assert_eq!(denied(&fields, &inputs()), Some(Code::BadOrder), "{story}");
    }
    assert_eq!(denied(&order(Side::Buy, 1, Some(91_000)), &inputs()), None);
    assert_eq!(denied(&order(Side::Sell, 1, Some(49_000)), &inputs()), None);
    let unknown_base = RiskInputs { base_price: None, ..inputs() };
    assert_eq!(denied(&order(Side::Buy, 1, Some(70_000)), &unknown_base), Some(Code::InputMissing));
}

/// The same issue with other terms.
fn with_terms(limit_terms: LimitTerms) -> RiskInputs {
    RiskInputs { issue: Some(TradedIssue { limit_terms, ..issue() }), ..inputs() }
}

#[test]
fn the_issue_says_which_limits_it_has() {
    let first_session = with_terms(LimitTerms { listed_on: Some(kst_date(noon())), ..LimitTerms::ORDINARY });
    assert_eq!(denied(&order(Side::Sell, 1, Some(280_000)), &first_session), None);
    assert_eq!(denied(&order(Side::Sell, 1, Some(280_500)), &first_session), Some(Code::BadOrder));
    assert_eq!(denied(&order(Side::Sell, 1, Some(42_000)), &first_session), None);
    assert_eq!(denied(&order(Side::Sell, 1, Some(41_950)), &first_session), Some(Code::BadOrder));

    let mut leveraged = with_terms(LimitTerms { multiple: 200, ..LimitTerms::ORDINARY });
    leveraged.issue = leveraged.issue.map(|issue| TradedIssue { kind: InstrumentKind::Etf, ..issue });
    assert_eq!(denied(&order(Side::Sell, 1, Some(112_000)), &leveraged), None);
    assert_eq!(denied(&order(Side::Sell, 1, Some(112_005)), &leveraged), Some(Code::BadOrder));

    let in_liquidation = with_terms(LimitTerms { in_liquidation: true, ..LimitTerms::ORDINARY });
    assert_eq!(denied(&order(Side::Sell, 1, Some(1)), &in_liquidation), None);
    assert_eq!(denied(&order(Side::Sell, 1, Some(9_000_000)), &in_liquidation), None);
    assert_eq!(denied(&order(Side::Sell, 1, Some(70_050)), &in_liquidation), Some(Code::BadOrder), "off the grid");
}

#[test]
fn a_market_buy_reserves_at_the_limit_of_its_own_rule() {
    let reserved = |limit_terms| {
        let inputs = with_terms(limit_terms);
        reserve_price(Price(70_000), OrderType::Market, &inputs, noon()).0
    };
    assert_eq!(reserved(LimitTerms::ORDINARY), 91_000);
    assert_eq!(reserved(LimitTerms { listed_on: Some(kst_date(noon())), ..LimitTerms::ORDINARY }), 280_000);
    assert_eq!(reserved(LimitTerms { in_liquidation: true, ..LimitTerms::ORDINARY }), 70_000, "there is no limit");
}

#[test]
fn adjusted_prices_take_market_orders_only() {
    let adjusted = RiskInputs { issue: Some(TradedIssue { adjusted: true, ..issue() }), ..inputs() };
    assert_eq!(denied(&order(Side::Buy, 1, Some(70_000)), &adjusted), Some(Code::BadOrder));
    assert_eq!(denied(&order(Side::Buy, 1, None), &adjusted), None);
}

#[test]
fn what_is_said_of_an_issue_may_forbid_an_order() {
    let code = |state, fields: &OrderFields| {
        let states = IssueStates::default().with(state);
        denied(fields, &RiskInputs { issue: Some(TradedIssue { states, ..issue() }), ..inputs() })
    };
    let (priced, unpriced) = (order(Side::Sell, 1, Some(70_000)), order(Side::Sell, 1, None));
    for state in [IssueState::Halted, IssueState::Delisted] {
        assert_eq!(code(state, &priced), Some(Code::Restricted), "{state}");
        assert_eq!(code(state, &unpriced), Some(Code::Restricted), "{state}");
    }
    assert_eq!(code(IssueState::Liquidation, &unpriced), Some(Code::Restricted));
    assert_eq!(code(IssueState::Liquidation, &priced), None);
    for state in [IssueState::Administrative, IssueState::Overheated, IssueState::InvestmentRisk] {
        assert_eq!((code(state, &priced), code(state, &unpriced)), (None, None), "{state}");
    }
}

#[test]
fn a_halted_market_takes_no_order_and_an_interruption_collects_them() {
    let code = |brake| {
        let inputs = RiskInputs { brake: Some(brake), ..inputs() };
        [order(Side::Sell, 1, Some(70_000)), order(Side::Sell, 1, None)].map(|fields| denied(&fields, &inputs))
    };
    for brake in [Brake::MarketHalt, Brake::MarketClosed] {
        assert_eq!(code(brake), [Some(Code::Restricted); 2], "{brake}");
    }
    for brake in [Brake::VolatilityInterruption, Brake::ReopeningAuction] {
        assert_eq!(code(brake), [None; 2], "{brake}");
    }
}

#[test]
fn krx_takes_no_orders_during_the_lunch_break_of_former_times() {
    let at = |hour, minute| {
        let date = NaiveDate::from_ymd_opt(1999, 6, 9).expect("a date");
        from_kst(date, NaiveTime::from_hms_opt(hour, minute, 0).expect("a time"))
    };
    let code = |now| gate().check(&order(Side::Buy, 1, None), &inputs(), now).err().map(|denial| denial.code);
    assert_eq!([at(11, 59), at(13, 0)].map(code), [None, None]);
    assert_eq!([at(12, 0), at(12, 59)].map(code), [Some(Code::MarketClosed), Some(Code::MarketClosed)]);
}

#[test]
fn krx_takes_orders_from_nine_to_fifteen_nineteen_thirty_on_sessions_only() {
    let code = |now, hours| {
        let inputs = RiskInputs { issue: Some(TradedIssue { hours, ..issue() }), ..inputs() };
        gate().check(&order(Side::Buy, 1, None), &inputs, now).err().map(|denial| denial.code)
    };
    let sunday = on_session(12, 0, 0) + TimeDelta::days(4);
    for open in [on_session(9, 0, 0), on_session(15, 19, 30)] {
        assert_eq!(code(open, TradingHours::Krx), None, "{open}");
    }
    for closed in [on_session(8, 59, 59), on_session(15, 19, 31), sunday] {
        assert_eq!(code(closed, TradingHours::Krx), Some(Code::MarketClosed), "{closed}");
        assert_eq!(code(closed, TradingHours::Always), None, "{closed}");
    }
}

#[test]
fn an_order_is_worth_no_more_than_its_limit_and_a_reducing_sale_no_more_than_the_hard_cap() {
    let rich = RiskInputs {
        equity: Some(Won(10_000_000_000)),
        buying_power: Won(10_000_000_000),
        held: Qty(1_000),
        sellable: Qty(1_000),
        ..inputs()
    };
    assert_eq!(denied(&order(Side::Buy, 285, None), &rich), None);
    let denial = gate().check(&order(Side::Buy, 286, None), &rich, noon()).expect_err("too large");
    assert_eq!(
        (denial.code, denial.limit, denial.observed),
        (Code::MaxOrderNotional, Some(20_000_000), Some(20_020_000))
    );
    assert_eq!(denied(&order(Side::Sell, 714, None), &rich), None);
    assert_eq!(denied(&order(Side::Sell, 715, None), &rich), Some(Code::MaxOrderNotional));
    let little_held = RiskInputs { held: Qty(285), ..rich };
    assert_eq!(denied(&order(Side::Sell, 286, None), &little_held), Some(Code::MaxOrderNotional));
}

#[test]
fn the_first_failing_check_of_the_table_is_told() {
    let hopeless = RiskInputs {
        kill: KillState::ReduceOnly,
        order_in_doubt: true,
        equity: Some(Won::ZERO),
        buying_power: Won::ZERO,
        ..inputs()
    };
    let closed = on_session(3, 0, 0);
    let code =
        |fields: &OrderFields, inputs: &RiskInputs, now| gate().check(fields, inputs, now).expect_err("denied").code;
    let huge = order(Side::Buy, 1_000, None);
    let steps = [
        code(&huge, &RiskInputs { kill: KillState::Halted, ..hopeless.clone() }, closed),
        code(&huge, &hopeless, closed),
        code(&order(Side::Buy, 0, None), &hopeless, noon()),
        code(&huge, &hopeless, noon()),
        code(&huge, &RiskInputs { order_in_doubt: false, ..hopeless.clone() }, noon()),
        code(&order(Side::Buy, 1, None), &RiskInputs { order_in_doubt: false, ..hopeless.clone() }, noon()),
    ];
    let table = [
        Code::Halted,
        Code::MarketClosed,
        Code::BadOrder,
        Code::OrderInDoubt,
        Code::MaxOrderNotional,
        Code::MaxPosition,
    ];
    assert_eq!(steps, table);
}

proptest! {
    /// What passes can be paid, lies within the limits, and passes in any smaller size too.
    #[test]
    fn an_approved_buy_can_be_paid_and_stays_within_limits(
        quantity in 1i64..2_000, price in 1i64..2_000_000, equity in 0i64..1_000_000_000,
        power in 0i64..100_000_000, held in 0i64..500, open_buys in 0i64..500,
    ) {
        let inputs = RiskInputs {
            last_price: Some(Price(price)),
            equity: Some(Won(equity)),
            buying_power: Won(power),
            held: Qty(held),
            open_buys: Qty(open_buys),
            ..inputs()
        };
        let passes = |quantity| denied(&order(Side::Buy, quantity, None), &inputs).is_none();
        if passes(quantity) {
            let notional = quantity * price;
            prop_assert!(notional <= 20_000_000);
            prop_assert!(notional + CommissionSchedule::bankis().commission(Won(notional)).0 <= power);
            prop_assert!((held + open_buys + quantity) * price * 5 <= equity);
            prop_assert!(quantity == 1 || passes(quantity - 1));
        }
    }
}
