//! Whether the order is too large: RK12 to RK14. A sale of what is held may be as large as the holding, below the hard cap
//! on the worth of an order.

use exodus_domain::{FIRST_DAY_PART, LimitName, OrderType, Qty, RiskCode, Won};

use super::{Case, Failure, LiveFacts, Worth, part_of, saturate};

/// RK12. On the first live day of a strategy a tenth passes; what is held may be sold whole.
pub(super) fn is_within_notional(case: &Case<'_>, worth: &Worth) -> Result<(), Failure> {
    let limits = case.limits;
    let limit = if case.reduces() {
        limits.hard_cap_order_notional
    } else {
        let is_first_day = case.inputs.live.as_deref().is_some_and(|live| live.first_day_orders.is_some());
        let limit = limits.max_order_notional.min(limits.hard_cap_order_notional);
        if is_first_day { Won(limit.0 / FIRST_DAY_PART) } else { limit }
    };
    if worth.notional > limit {
        let mend = "the order is worth more than one order may be: make it smaller";
        return Err(Failure::beyond(RiskCode::MaxOrderNotional, mend, limit.0, worth.notional.0));
    }
    Ok(())
}

/// RK13.
pub(super) fn is_within_volume(case: &Case<'_>, live: &LiveFacts) -> Result<(), Failure> {
    if case.reduces() {
        return Ok(());
    }
    let Some(Qty(average)) = live.average_volume else {
        let mend = "how many shares are traded a day is not known: import or fetch daily bars of the issue";
        return Err(Failure::missing("average_volume", mend));
    };
    let limit = saturate(i128::from(average) * i128::from(live.limits.get(LimitName::MaxVolumeShare)) / 10_000);
    if case.fields.quantity.0 > limit {
        let mend = "the order is too large a part of what is traded on a day: make it smaller";
        return Err(Failure::beyond(RiskCode::MaxOrderQty, mend, limit, case.fields.quantity.0));
    }
    Ok(())
}

/// RK14.
pub(super) fn is_no_fat_finger(case: &Case<'_>, worth: &Worth, live: &LiveFacts) -> Result<(), Failure> {
    if case.reduces() || live.confirmed.is_some_and(|typed| is_confirmed(case, worth, typed, live)) {
        return Ok(());
    }
    let Some(equity) = case.inputs.equity else {
        return Err(Failure::missing("equity", "a holding has no price, so equity is not known: wait for quotes"));
    };
    let by_equity = part_of(equity, live.limits.get(LimitName::FatFingerEquity));
    let times = live.limits.get(LimitName::FatFingerTimes);
    let by_habit = live.median_notional.map_or(i64::MAX, |median| median.0.saturating_mul(times));
    let limit = by_equity.min(by_habit);
    if worth.notional.0 > limit {
        let mend = "the order is far larger than usual: make it smaller, or confirm its amount";
        return Err(Failure::beyond(RiskCode::FatFinger, mend, limit, worth.notional.0));
    }
    Ok(())
}

/// A person typed what the order is worth: to the won for a limit order; the price of a market order moves while they
/// type, so it may differ by the collar.
fn is_confirmed(case: &Case<'_>, worth: &Worth, typed: Won, live: &LiveFacts) -> bool {
    let tolerance = match case.fields.order_type {
        OrderType::Limit => 0,
        OrderType::Market => part_of(worth.notional, live.limits.get(LimitName::PriceCollar)),
    };
    typed.0.saturating_sub(worth.notional.0).saturating_abs() <= tolerance
}
