//! Whether the issue takes such an order now: RK05 to RK07.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{
    IssueState, OrderSituation, OrderStyle, OrderType, Phase, Price, Qty, RiskCode, StyleRefusal, TradingVenue,
    is_on_tick, kst_date, kst_time, phase_at,
};

use super::{Case, Failure, LiveFacts, RiskInputs, TradedIssue, TradingHours, Worth};

/// RK05: the lists of the operator and of the owner, and what the exchange warns of. What is held of an issue under a
/// warning may be sold, because that lowers the risk the warning is of.
pub(super) fn is_wanted(case: &Case<'_>, issue: &TradedIssue, live: &LiveFacts) -> Result<(), Failure> {
    const WARNED: [IssueState; 4] =
        [IssueState::Administrative, IssueState::InvestmentAlert, IssueState::InvestmentRisk, IssueState::Liquidation];
    if live.restriction.is_some() {
        return Err(Failure::of(RiskCode::Restricted, "the issue is on a list of issues that are not to be traded"));
    }
    if case.is_buy() && WARNED.iter().any(|state| issue.states.contains(*state)) {
        let mend = "the exchange warns of the issue, so it is not bought: choose another";
        return Err(Failure::of(RiskCode::Restricted, mend));
    }
    Ok(())
}

/// RK05: what the exchange does not take of the issue in its present state, at any time of the session. While an
/// interruption collects orders it takes all that we send.
pub(super) fn takes_orders(case: &Case<'_>, issue: &TradedIssue) -> Result<(), Failure> {
    let situation = OrderSituation {
        venue: TradingVenue::Krx,
        date: kst_date(case.now),
        phase: Phase::Continuous,
        kind: issue.kind,
        states: issue.states,
        first_session: false,
        brake: case.inputs.brake,
    };
    let style = match case.fields.order_type {
        OrderType::Limit => OrderStyle::Limit,
        OrderType::Market => OrderStyle::Market,
    };
    situation.accepts(style).map_err(|refusal| {
        let mend = match refusal {
            StyleRefusal::Delisted => "the issue has left the market: it cannot be traded any more",
            StyleRefusal::PriceNeeded => "the issue takes no market orders: name a price",
            _ => "trading is halted: wait until the issue trades again",
        };
        Failure::of(RiskCode::Restricted, mend)
    })
}

/// RK06: 09:00:00 to 15:19:30 of an ordinary session, so that an order is at the exchange before the closing auction.
/// The lunch break of former times is closed too.
pub(super) fn is_open(hours: TradingHours, now: DateTime<Utc>) -> Result<(), Failure> {
    const MARGIN: TimeDelta = TimeDelta::seconds(30);
    if hours == TradingHours::Always {
        return Ok(());
    }
    match phase_at(TradingVenue::Krx, now) {
        Some(held) if held.phase == Phase::Continuous && kst_time(now) <= held.orders_to - MARGIN => Ok(()),
        _ => Err(Failure::of(RiskCode::MarketClosed, "the market takes no orders now: order in trading hours")),
    }
}

/// RK07: real money is ordered at a price only.
pub(super) fn may_be_at_market(case: &Case<'_>, live: &LiveFacts) -> Result<(), Failure> {
    if live.is_real_money && case.fields.order_type == OrderType::Market {
        return Err(Failure::of(RiskCode::BadOrder, "orders of real money need a price: make it a limit order"));
    }
    Ok(())
}

/// RK07. Returns what the order is worth.
pub(super) fn is_well_formed(case: &Case<'_>, issue: &TradedIssue) -> Result<Worth, Failure> {
    let Case { fields, inputs, now, .. } = *case;
    let bad = |mend| Failure::of(RiskCode::BadOrder, mend);
    if fields.quantity < Qty(1) {
        return Err(Failure::beyond(RiskCode::BadOrder, "order at least one share", 1, fields.quantity.0));
    }
    let price = match (fields.order_type, fields.price) {
        (OrderType::Market, None) => {
            inputs.last_price.ok_or_else(|| Failure::missing("last_price", "no last price: wait for a quote"))?
        }
        (OrderType::Market, Some(_)) => return Err(bad("a market order has no price: leave it out")),
        (OrderType::Limit, None) => return Err(bad("a limit order needs a price")),
        (OrderType::Limit, Some(_)) if issue.adjusted => {
            return Err(bad("limit prices cannot be checked on adjusted prices: use a market order"));
        }
        (OrderType::Limit, Some(price)) => {
            check_limit_price(price, issue, inputs, now)?;
            price
        }
    };
    let reserve_price = reserve_price(price, fields.order_type, inputs, now);
    if !price.is_positive() || reserve_price.checked_mul(fields.quantity).is_none() {
        return Err(bad("price times quantity is not a possible amount: make the order smaller"));
    }
    Ok(Worth { price, reserve_price, notional: price * fields.quantity })
}

/// The price at which cash is reserved for a buy valued at `price`: that price for a limit order; for a market order
/// the upper limit of the day, as KIS reserves it, because it may be filled anywhere up to there (krx-market §6). Where
/// that limit means nothing or is not known, as in a backtest, `price` again.
pub(crate) fn reserve_price(price: Price, order_type: OrderType, inputs: &RiskInputs, now: DateTime<Utc>) -> Price {
    match (order_type, inputs.issue, inputs.base_price) {
        (OrderType::Market, Some(issue), Some(base)) if !issue.adjusted => {
            issue.price_limits(kst_date(now), base).map_or(price, |limits| limits.upper.max(price))
        }
        _ => price,
    }
}

fn check_limit_price(
    price: Price,
    issue: &TradedIssue,
    inputs: &RiskInputs,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let date = kst_date(now);
    if !is_on_tick(issue.market, issue.kind, date, price) {
        return Err(Failure {
            observed: Some(price.0),
            ..Failure::of(RiskCode::BadOrder, "the price is not on the tick grid: round it to a valid price")
        });
    }
    let Some(base) = inputs.base_price else {
        let mend = "the base price of the day is not known: wait for a quote";
        return Err(Failure::missing("base_price", mend));
    };
    let Some(limits) = issue.price_limits(date, base) else { return Ok(()) };
    let beyond = |mend, limit: Price| Err(Failure::beyond(RiskCode::BadOrder, mend, limit.0, price.0));
    if price > limits.upper {
        return beyond("the price is above the upper limit of the day", limits.upper);
    }
    if price < limits.lower {
        return beyond("the price is below the lower limit of the day", limits.lower);
    }
    Ok(())
}
