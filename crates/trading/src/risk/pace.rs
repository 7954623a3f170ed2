//! How often is ordered: RK08, RK09, RK18, RK19.

use exodus_domain::{FIRST_DAY_ORDERS, LimitName, RiskCode};

use super::{DisabledBy, Failure, LiveFacts, RiskInputs};

/// RK08.
pub(super) fn is_in_no_doubt(inputs: &RiskInputs) -> Result<(), Failure> {
    if inputs.order_in_doubt {
        let mend = "an order of this symbol and side is not confirmed yet: wait until it is";
        return Err(Failure::of(RiskCode::OrderInDoubt, mend));
    }
    Ok(())
}

/// RK09. That a signal leads to one order is kept where orders are written down.
pub(super) fn is_no_repeat(live: &LiveFacts) -> Result<(), Failure> {
    let window = live.limits.get(LimitName::DuplicateWindow);
    match live.same_before_ms {
        Some(before) if before < window.saturating_mul(1_000) => {
            let mend = "the strategy ordered the same side of the issue a moment ago: it waits";
            Err(Failure::beyond(RiskCode::DuplicateSignal, mend, window, before / 1_000))
        }
        _ => Ok(()),
    }
}

/// RK18.
pub(super) fn is_within_rate(live: &LiveFacts) -> Result<(), Failure> {
    let pace = &live.pace;
    let counts = [
        (LimitName::MaxOrdersPerMinute, pace.in_minute, "too many orders in a minute: wait a little"),
        (
            LimitName::MaxOrdersPerMinutePerSymbol,
            pace.of_symbol_in_minute,
            "too many orders of the issue in a minute: wait a little",
        ),
        (LimitName::MaxOrdersPerDay, pace.today, "as many orders were made today as may be: go on tomorrow"),
    ];
    for (name, count, mend) in counts {
        let limit = live.limits.get(name);
        if count >= limit {
            return Err(Failure::beyond(RiskCode::OrderRate, mend, limit, count));
        }
    }
    match live.first_day_orders {
        Some(count) if count >= FIRST_DAY_ORDERS => {
            let mend = "as many orders were made as may be on the first live day of a strategy: go on tomorrow";
            Err(Failure::beyond(RiskCode::OrderRate, mend, FIRST_DAY_ORDERS, count))
        }
        _ => Ok(()),
    }
}

/// RK19.
pub(super) fn is_enabled(live: &LiveFacts) -> Result<(), Failure> {
    let Some(disabled) = &live.disabled else { return Ok(()) };
    let mend = match disabled.by {
        DisabledBy::Fills => "the strategy had as many fills as it may have on a day: look at it, then enable it again",
        DisabledBy::Refusals => "the broker refused its last orders: look at why, then enable the strategy again",
    };
    Err(Failure::beyond(RiskCode::StrategyDisabled, mend, disabled.limit, disabled.observed))
}

/// When the same order may pass, if time alone mends what failed.
pub(super) fn retry_after_ms(failure: &Failure, live: &LiveFacts) -> Option<i64> {
    let pace = &live.pace;
    match failure.code {
        RiskCode::DuplicateSignal => {
            let window = live.limits.get(LimitName::DuplicateWindow).saturating_mul(1_000);
            Some((window - live.same_before_ms?).max(1))
        }
        RiskCode::OrderRate if pace.today >= live.limits.get(LimitName::MaxOrdersPerDay) => Some(pace.day_ends_ms),
        RiskCode::OrderRate if live.first_day_orders.is_some_and(|count| count >= FIRST_DAY_ORDERS) => {
            Some(pace.day_ends_ms)
        }
        RiskCode::OrderRate => {
            let by_account = pace.in_minute >= live.limits.get(LimitName::MaxOrdersPerMinute);
            let by_symbol = pace.of_symbol_in_minute >= live.limits.get(LimitName::MaxOrdersPerMinutePerSymbol);
            let waits = [by_account.then_some(pace.minute_frees_ms), by_symbol.then_some(pace.symbol_frees_ms)];
            waits.into_iter().flatten().max().map(|wait| wait.max(1))
        }
        RiskCode::DailyLoss => Some(pace.day_ends_ms),
        _ => None,
    }
}
