//! Whether the market is known, and the price near it: RK10, RK11.

use exodus_domain::{LimitName, Price, RiskCode, Side, Won};

use super::{Case, Failure, LiveFacts, part_of};

/// RK10.
pub(super) fn is_fresh(live: &LiveFacts) -> Result<(), Failure> {
    let (Some(by_exchange), Some(by_arrival)) = (live.quote_age_ms, live.arrival_age_ms) else {
        return Err(Failure::missing("quote", "the issue has no quote yet: wait for one"));
    };
    let (age, limit) = (by_exchange.max(by_arrival), live.limits.get(LimitName::MaxQuoteAge));
    if age > limit {
        let mend = "the last quote of the issue is too old: wait for a newer one";
        return Err(Failure::beyond(RiskCode::StaleQuote, mend, limit, age));
    }
    Ok(())
}

/// RK11: a price may be no further from the last price than the collar, and may not reach so far beyond the best price of
/// the other side. A market order goes by what it would meet there.
pub(super) fn is_near_market(case: &Case<'_>, live: &LiveFacts) -> Result<(), Failure> {
    let Some(last) = case.inputs.last_price else {
        return Err(Failure::missing("last_price", "no last price: wait for a quote"));
    };
    let width = live.limits.get(LimitName::PriceCollar);
    let (low, high) = around(last, width);
    let far = |limit, observed: Price| {
        let mend = "the price is too far from the market: choose one that is nearer";
        Err(Failure::beyond(RiskCode::PriceCollar, mend, limit, observed.0))
    };
    let Some(price) = case.fields.price.or(live.best_opposite) else { return Ok(()) };
    if price.0 > high {
        return far(high, price);
    }
    if price.0 < low {
        return far(low, price);
    }
    match (case.fields.price, live.best_opposite, case.fields.side) {
        (Some(price), Some(ask), Side::Buy) if price.0 > around(ask, width).1 => far(around(ask, width).1, price),
        (Some(price), Some(bid), Side::Sell) if price.0 < around(bid, width).0 => far(around(bid, width).0, price),
        _ => Ok(()),
    }
}

/// The prices `width` basis points below and above.
fn around(price: Price, width: i64) -> (i64, i64) {
    let distance = part_of(Won(price.0), width);
    (price.0.saturating_sub(distance), price.0.saturating_add(distance))
}
