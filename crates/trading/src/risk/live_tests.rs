//! Each check of the table with an order that passes it and one that does not, on the facts of a live account.

use RiskCode as Code;
use chrono::TimeDelta;
use exodus_domain::{Halt, IssueState, IssueStates, KillScope, LimitTerms};
use proptest::prelude::*;

use super::tests::{gate, inputs, noon, order};
use super::*;

/// The facts of an account at KIS on which an order of ten shares at 70,000 passes either way.
fn facts() -> LiveFacts {
    LiveFacts {
        limits: AccountLimits::at_broker(),
        order_cap: Won(50_000_000),
        is_real_money: false,
        not_ready: None,
        clock_offset_ms: Some(0),
        halt: None,
        circuit_open: false,
        is_armed: true,
        first_day_orders: None,
        restriction: None,
        same_before_ms: None,
        quote_age_ms: Some(0),
        arrival_age_ms: Some(0),
        best_opposite: None,
        average_volume: Some(Qty(1_000_000)),
        median_notional: None,
        confirmed: None,
        doubtful_buys: Qty::ZERO,
        gross: Some(Won(7_000_000)),
        open_orders: 0,
        open_of_symbol: 0,
        pace: OrderPace { day_ends_ms: 1_000, minute_frees_ms: 400, symbol_frees_ms: 300, ..OrderPace::default() },
        disabled: None,
        opening_equity: Some(Won(100_000_000)),
        loss: Some(Won::ZERO),
        is_loss_reached: false,
        external_sells: Qty::ZERO,
        own_opposite: None,
    }
}

fn live_gate() -> RiskGate {
    RiskGate::new(RiskLimits::of(&AccountLimits::at_broker(), &HardCaps::default()))
}

fn with(change: impl FnOnce(&mut RiskInputs, &mut LiveFacts)) -> RiskInputs {
    let (mut inputs, mut live) = (inputs(), facts());
    change(&mut inputs, &mut live);
    RiskInputs { live: Some(Box::new(live)), ..inputs }
}

fn told(fields: &OrderFields, inputs: &RiskInputs) -> Option<Denial> {
    live_gate().check(fields, inputs, noon()).err().map(|denial| *denial)
}

fn code(fields: &OrderFields, inputs: &RiskInputs) -> Option<Code> {
    told(fields, inputs).map(|denial| denial.code)
}

fn buy() -> OrderFields {
    order(Side::Buy, 10, Some(70_000))
}

fn sell() -> OrderFields {
    order(Side::Sell, 10, Some(70_000))
}

type Change = fn(&mut RiskInputs, &mut LiveFacts);

/// A story, a change that passes, one that does not, and the code of the check. The order is a buy of ten shares.
const CASES: &[(&str, Change, Change, Code)] = &[
    ("RK01 review", |_, _| {}, |_, l| l.not_ready = Some("review".to_owned()), Code::NotReady),
    ("RK01 clock", |_, l| l.clock_offset_ms = Some(-1_000), |_, l| l.clock_offset_ms = Some(-1_001), Code::NotReady),
    (
        "RK01 clock ahead",
        |_, l| l.clock_offset_ms = Some(1_000),
        |_, l| l.clock_offset_ms = Some(1_001),
        Code::NotReady,
    ),
    ("RK01 clock unknown", |_, _| {}, |_, l| l.clock_offset_ms = None, Code::InputMissing),
    ("RK02", |i, _| i.kill = KillState::Active, |i, _| i.kill = KillState::Halted, Code::Halted),
    ("RK03", |_, l| l.circuit_open = false, |_, l| l.circuit_open = true, Code::BrokerCircuitOpen),
    ("RK04", |_, l| l.is_real_money = true, |_, l| l.is_armed = false, Code::NotArmed),
    (
        "RK05 list",
        |_, l| l.restriction = None,
        |_, l| l.restriction = Some(Restriction { by: RestrictedBy::Operator, reason: "insider".to_owned() }),
        Code::Restricted,
    ),
    ("RK05 unknown", |_, _| {}, |i, _| i.issue = None, Code::Restricted),
    (
        "RK05 warning",
        |i, _| state(i, IssueState::InvestmentCaution),
        |i, _| state(i, IssueState::InvestmentAlert),
        Code::Restricted,
    ),
    ("RK05 administrative", |_, _| {}, |i, _| state(i, IssueState::Administrative), Code::Restricted),
    ("RK05 risk", |_, _| {}, |i, _| state(i, IssueState::InvestmentRisk), Code::Restricted),
    ("RK05 liquidation", |_, _| {}, |i, _| state(i, IssueState::Liquidation), Code::Restricted),
    ("RK08", |i, _| i.order_in_doubt = false, |i, _| i.order_in_doubt = true, Code::OrderInDoubt),
    ("RK09", |_, l| l.same_before_ms = Some(60_000), |_, l| l.same_before_ms = Some(59_999), Code::DuplicateSignal),
    ("RK10 exchange", |_, l| l.quote_age_ms = Some(3_000), |_, l| l.quote_age_ms = Some(3_001), Code::StaleQuote),
    ("RK10 arrival", |_, l| l.arrival_age_ms = Some(3_000), |_, l| l.arrival_age_ms = Some(3_001), Code::StaleQuote),
    ("RK10 none", |_, _| {}, |_, l| l.quote_age_ms = None, Code::InputMissing),
    (
        "RK11 above",
        // 3 % of 68,000 is 2,040, of 67,900 it is 2,037.
        |i, _| i.last_price = Some(Price(68_000)),
        |i, _| i.last_price = Some(Price(67_900)),
        Code::PriceCollar,
    ),
    (
        "RK11 below",
        |i, _| i.last_price = Some(Price(72_100)),
        |i, _| i.last_price = Some(Price(72_200)),
        Code::PriceCollar,
    ),
    (
        "RK11 ask",
        |_, l| l.best_opposite = Some(Price(68_000)),
        |_, l| l.best_opposite = Some(Price(67_900)),
        Code::PriceCollar,
    ),
    ("RK11 unknown", |_, _| {}, |i, _| i.last_price = None, Code::InputMissing),
    ("RK13", |_, l| l.average_volume = Some(Qty(1_000)), |_, l| l.average_volume = Some(Qty(999)), Code::MaxOrderQty),
    ("RK13 unknown", |_, _| {}, |_, l| l.average_volume = None, Code::InputMissing),
    (
        "RK14 habit",
        |_, l| l.median_notional = Some(Won(140_000)),
        |_, l| l.median_notional = Some(Won(139_999)),
        Code::FatFinger,
    ),
    ("RK14 equity", |_, _| {}, |i, _| i.equity = Some(Won(2_799_999)), Code::FatFinger),
    ("RK15", |_, l| l.doubtful_buys = Qty(175), |_, l| l.doubtful_buys = Qty(176), Code::MaxPosition),
    ("RK16", |_, l| l.gross = Some(Won(99_300_000)), |_, l| l.gross = Some(Won(99_300_001)), Code::MaxGross),
    ("RK16 unknown", |_, _| {}, |_, l| l.gross = None, Code::InputMissing),
    ("RK17 account", |_, l| l.open_orders = 9, |_, l| l.open_orders = 10, Code::MaxOpenOrders),
    ("RK17 issue", |_, l| l.open_of_symbol = 1, |_, l| l.open_of_symbol = 2, Code::MaxOpenOrders),
    ("RK18 minute", |_, l| l.pace.in_minute = 9, |_, l| l.pace.in_minute = 10, Code::OrderRate),
    ("RK18 issue", |_, l| l.pace.of_symbol_in_minute = 2, |_, l| l.pace.of_symbol_in_minute = 3, Code::OrderRate),
    ("RK18 day", |_, l| l.pace.today = 99, |_, l| l.pace.today = 100, Code::OrderRate),
    (
        "RK19",
        |_, l| l.disabled = None,
        |_, l| l.disabled = Some(Disabled { by: DisabledBy::Fills, limit: 20, observed: 20 }),
        Code::StrategyDisabled,
    ),
    ("RK20", |_, l| l.loss = Some(Won(299_999)), |_, l| l.loss = Some(Won(300_000)), Code::DailyLoss),
    (
        "RK20 lesser",
        |_, _| {},
        |_, l| (l.opening_equity, l.loss) = (Some(Won(9_000_000)), Some(Won(180_000))),
        Code::DailyLoss,
    ),
    ("RK20 kept", |_, l| l.loss = Some(Won(-1)), |_, l| l.is_loss_reached = true, Code::DailyLoss),
    ("RK20 unknown base", |_, _| {}, |_, l| l.opening_equity = None, Code::InputMissing),
    ("RK20 unknown loss", |_, _| {}, |_, l| l.loss = None, Code::InputMissing),
    ("RK21", |i, _| i.buying_power = Won(703_598), |i, _| i.buying_power = Won(703_597), Code::BuyingPower),
    (
        "RK23",
        |_, l| l.own_opposite = Some(OwnOpposite { orders: 1, best: Some(Price(70_100)) }),
        |_, l| l.own_opposite = Some(OwnOpposite { orders: 1, best: Some(Price(70_000)) }),
        Code::SelfCross,
    ),
    (
        "RK23 market",
        |_, l| l.own_opposite = Some(OwnOpposite { orders: 0, best: None }),
        |_, l| l.own_opposite = Some(OwnOpposite { orders: 1, best: None }),
        Code::SelfCross,
    ),
    ("RK24", |i, _| i.kill = KillState::Active, |i, _| i.kill = KillState::ReduceOnly, Code::ReduceOnly),
];

fn state(inputs: &mut RiskInputs, state: IssueState) {
    let issue = inputs.issue.as_mut().expect("an issue");
    issue.states = IssueStates::default().with(state);
    issue.limit_terms = LimitTerms { in_liquidation: state == IssueState::Liquidation, ..LimitTerms::ORDINARY };
}

#[test]
fn on_a_first_live_day_a_tenth_of_an_order_passes_five_times() {
    let on_first_day = |orders| with(move |_, live| live.first_day_orders = Some(orders));
    let small = order(Side::Buy, 1, Some(70_000));
    assert_eq!(code(&small, &on_first_day(4)), None);
    let denial = told(&order(Side::Buy, 2, Some(70_000)), &on_first_day(0)).expect("denied");
    let seen = (denial.code, denial.limit, denial.observed);
    assert_eq!(seen, (Code::MaxOrderNotional, Some(100_000), Some(140_000)));
    assert_eq!(code(&sell(), &on_first_day(0)), None, "what is held may be sold whole");
    for one in [small, sell()] {
        let denial = told(&one, &on_first_day(5)).expect("denied");
        assert_eq!((denial.code, denial.limit, denial.observed), (Code::OrderRate, Some(5), Some(5)));
        assert_eq!(denial.retry_after_ms, Some(1_000), "tomorrow");
    }
}

#[test]
fn each_check_lets_pass_what_it_should_and_denies_the_rest() {
    for (story, passes, fails, expected) in CASES {
        assert_eq!(code(&buy(), &with(passes)), None, "{story} passes");
        assert_eq!(code(&buy(), &with(fails)), Some(*expected), "{story} fails");
    }
}

#[test]
fn the_hours_and_the_form_hold_on_a_live_account_too() {
    let all_well = with(|_, _| {});
    let night = noon() + TimeDelta::hours(9);
    let at = |fields: &OrderFields, now| live_gate().check(fields, &all_well, now).err().map(|denial| denial.code);
    assert_eq!(at(&buy(), night), Some(Code::MarketClosed), "RK06");
    assert_eq!(at(&order(Side::Buy, 10, Some(70_050)), noon()), Some(Code::BadOrder), "RK07");
    assert_eq!(at(&order(Side::Buy, 10, None), noon()), None, "RK07: simulated money may be ordered at the market");
    let real = with(|_, live| live.is_real_money = true);
    assert_eq!(code(&order(Side::Buy, 10, None), &real), Some(Code::BadOrder), "RK07: real money may not");
    assert_eq!(code(&order(Side::Buy, 15, Some(70_000)), &all_well), Some(Code::MaxOrderNotional), "RK12");
    assert_eq!(code(&order(Side::Buy, 14, Some(70_000)), &all_well), None, "RK12");
    assert_eq!(code(&sell(), &with(|_, live| live.external_sells = Qty(91))), Some(Code::Sellable), "RK22");
    assert_eq!(code(&sell(), &with(|_, live| live.external_sells = Qty(90))), None, "RK22");
}

#[test]
fn a_sale_of_what_is_held_is_measured_by_what_is_held() {
    let strict = |inputs: &mut RiskInputs, live: &mut LiveFacts| {
        live.average_volume = None;
        live.median_notional = Some(Won(1));
        live.loss = Some(Won(i64::MAX));
        live.is_loss_reached = true;
        live.opening_equity = None;
        live.gross = None;
        inputs.equity = None;
        inputs.kill = KillState::ReduceOnly;
        state(inputs, IssueState::Administrative);
    };
    assert_eq!(code(&order(Side::Sell, 100, Some(70_000)), &with(strict)), None);
    assert_eq!(code(&order(Side::Sell, 101, Some(70_000)), &with(strict)), Some(Code::MaxOrderNotional));
    let large = with(|inputs, _| (inputs.held, inputs.sellable) = (Qty(1_000), Qty(1_000)));
    assert_eq!(code(&order(Side::Sell, 714, Some(70_000)), &large), None, "below the hard cap");
    assert_eq!(code(&order(Side::Sell, 715, Some(70_000)), &large), Some(Code::MaxOrderNotional), "beyond it");
}

#[test]
fn an_order_at_the_market_goes_by_what_it_would_meet() {
    let ask = |price| with(|_, live| live.best_opposite = Some(Price(price)));
    assert_eq!(code(&order(Side::Buy, 10, None), &ask(72_100)), None);
    assert_eq!(code(&order(Side::Buy, 10, None), &ask(72_200)), Some(Code::PriceCollar));
    assert_eq!(code(&order(Side::Sell, 10, None), &ask(67_900)), None);
    assert_eq!(code(&order(Side::Sell, 10, None), &ask(67_800)), Some(Code::PriceCollar));
    // Of the account's own orders it meets those that are not behind the best price.
    let own = |best, order| {
        let own_opposite = Some(OwnOpposite { orders: 1, best: Some(Price(best)) });
        let inputs = with(|_, live| (live.best_opposite, live.own_opposite) = (Some(Price(70_000)), own_opposite));
        code(&order, &inputs)
    };
    assert_eq!(own(70_100, order(Side::Buy, 10, None)), None);
    assert_eq!(own(70_000, order(Side::Buy, 10, None)), Some(Code::SelfCross));
    assert_eq!(own(69_900, order(Side::Sell, 10, None)), None);
    assert_eq!(own(70_000, order(Side::Sell, 10, None)), Some(Code::SelfCross));
    // A passive price is not held against the other side, only against the last price.
    assert_eq!(code(&sell(), &ask(69_000)), None);
    assert_eq!(code(&sell(), &ask(72_300)), Some(Code::PriceCollar));
}

#[test]
fn a_person_confirms_an_unusual_size_once_by_its_amount() {
    let confirmed = |fields: &OrderFields, typed| {
        code(fields, &with(|_, live| (live.median_notional, live.confirmed) = (Some(Won(1)), typed)))
    };
    assert_eq!(confirmed(&buy(), None), Some(Code::FatFinger));
    assert_eq!(confirmed(&buy(), Some(Won(699_999))), Some(Code::FatFinger));
    assert_eq!(confirmed(&buy(), Some(Won(700_000))), None);
    let at_market = order(Side::Buy, 10, None);
    assert_eq!(confirmed(&at_market, Some(Won(721_000))), None);
    assert_eq!(confirmed(&at_market, Some(Won(721_001))), Some(Code::FatFinger));
}

#[test]
fn a_denial_names_every_check_that_failed_and_what_it_saw() {
    let hopeless = with(|inputs, live| {
        inputs.kill = KillState::ReduceOnly;
        inputs.buying_power = Won::ZERO;
        live.halt = Some(Halt {
            scope: KillScope::Account,
            state: KillState::ReduceOnly,
            reason: "a look at the books".to_owned(),
            since: noon(),
        });
        live.quote_age_ms = Some(4_000);
        live.pace.in_minute = 10;
    });
    let denial = told(&order(Side::Buy, 15, Some(70_000)), &hopeless).expect("denied");
    assert_eq!((denial.code, denial.limit, denial.observed), (Code::StaleQuote, Some(3_000), Some(4_000)));
    assert_eq!(
        denial.others,
        [Code::MaxOrderNotional, Code::OrderRate, Code::BuyingPower, Code::ReduceOnly],
        "in table order"
    );
    assert_eq!(denial.halt, None, "the switch is not what is told first");
    let reduced = with(|inputs, live| {
        inputs.kill = KillState::ReduceOnly;
        live.halt = Some(Halt {
            scope: KillScope::User,
            state: KillState::ReduceOnly,
            reason: "a look at the books".to_owned(),
            since: noon(),
        });
    });
    let denial = told(&buy(), &reduced).expect("denied");
    assert!(denial.detail.contains("a look at the books"), "{}", denial.detail);
    assert_eq!(denial.halt.map(|halt| halt.scope), Some(KillScope::User));
}

#[test]
fn what_time_mends_says_how_long_it_takes() {
    let wait = |change: Change| told(&buy(), &with(change)).expect("denied").retry_after_ms;
    assert_eq!(wait(|_, live| live.same_before_ms = Some(59_000)), Some(1_000));
    assert_eq!(wait(|_, live| live.pace.in_minute = 10), Some(400));
    assert_eq!(wait(|_, live| live.pace.of_symbol_in_minute = 3), Some(300));
    assert_eq!(wait(|_, live| live.pace.today = 100), Some(1_000));
    assert_eq!(wait(|_, live| live.is_loss_reached = true), Some(1_000));
    assert_eq!(wait(|_, live| live.circuit_open = true), None);
}

#[test]
fn a_missing_input_is_named() {
    let denial = told(&buy(), &with(|_, live| live.average_volume = None)).expect("denied");
    assert_eq!(denial.word(), "INPUT_MISSING:average_volume");
    assert!(denial.to_string().starts_with("INPUT_MISSING:average_volume: "), "{denial}");
}

#[test]
fn history_is_not_asked_for_what_it_cannot_know() {
    assert!(gate().check(&buy(), &inputs(), noon()).is_ok());
    assert!(live_gate().check(&buy(), &with(|_, _| {}), noon()).is_ok());
}

#[test]
fn inputs_come_back_from_json() {
    let inputs = with(|_, live| live.confirmed = Some(Won(5)));
    let json = serde_json::to_string(&inputs).expect("JSON");
    assert_eq!(serde_json::from_str::<RiskInputs>(&json).ok(), Some(inputs));
    assert!(!serde_json::to_string(&super::tests::inputs()).expect("JSON").contains("live"), "history keeps its form");
}

fn any_side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever passes lies within every limit, by arithmetic of its own; and no fact that is worse lets more pass.
    #[test]
    fn what_passes_is_within_every_limit(
        side in any_side(), quantity in 1i64..40, price in 660i64..740, is_market: bool,
        (last, opposite) in (66_000i64..74_000, proptest::option::of(66_000i64..74_000)),
        (equity, gross, power) in (1_000_000i64..40_000_000, 0i64..40_000_000, 0i64..3_000_000),
        (held, open_buys, doubtful) in (0i64..50, 0i64..50, 0i64..20),
        (volume, median) in (0i64..5_000, proptest::option::of(0i64..400_000)),
        (age, minute, of_symbol, today, open, of_issue) in (0i64..4_000, 0i64..12, 0i64..4, 90i64..102, 0i64..12, 0i64..3),
        (loss, opening) in (-100_000i64..350_000, 1_000_000i64..40_000_000),
    ) {
        let fields = order(side, quantity, (!is_market).then_some(price * 100));
        let inputs = with(|inputs, live| {
            inputs.last_price = Some(Price(last));
            inputs.equity = Some(Won(equity));
            inputs.buying_power = Won(power);
            (inputs.held, inputs.sellable, inputs.open_buys) = (Qty(held), Qty(held), Qty(open_buys));
            live.best_opposite = opposite.map(Price);
            live.doubtful_buys = Qty(doubtful);
            live.gross = Some(Won(gross));
            live.average_volume = Some(Qty(volume * 10));
            live.median_notional = median.map(Won);
            live.quote_age_ms = Some(age);
            (live.pace.in_minute, live.pace.of_symbol_in_minute, live.pace.today) = (minute, of_symbol, today);
            (live.open_orders, live.open_of_symbol) = (open, of_issue);
            (live.loss, live.opening_equity) = (Some(Won(loss)), Some(Won(opening)));
        });
        let denial = told(&fields, &inputs);
        if denial.is_none() {
            let fewer = OrderFields { quantity: Qty((quantity - 2).max(1)), ..fields.clone() };
            prop_assert_eq!(code(&fewer, &inputs), None, "what passes with more shares passes with fewer");
            let each = if is_market { last } else { price * 100 };
            let notional = each * quantity;
            prop_assert!(age <= 3_000 && minute < 10 && of_symbol < 3 && today < 100 && open < 10 && of_issue < 2);
            prop_assert!((each - last).abs() * 100 <= last * 3);
            if side == Side::Buy {
                prop_assert!(notional <= 1_000_000);
                prop_assert!(quantity * 1_000 <= volume * 100);
                prop_assert!(notional * 4 <= equity && median.is_none_or(|median| notional <= median * 5));
                prop_assert!((held + open_buys + doubtful + quantity) * each.max(last) * 5 <= equity);
                prop_assert!(gross + notional <= equity);
                prop_assert!(loss < 300_000 && (loss < 1 || loss * 50 < opening));
                prop_assert!(notional < power);
            } else {
                prop_assert!(quantity <= held);
            }
        }
        // Every order that is denied names its first code once and the others in table order.
        if let Some(denial) = denial {
            prop_assert!(denial.others.windows(2).all(|pair| pair[0] <= pair[1] || pair[1] == Code::InputMissing || pair[0] == Code::InputMissing));
            let halted = RiskInputs { kill: KillState::Halted, ..inputs.clone() };
            prop_assert!(told(&fields, &halted).is_some());
        }
    }
}
