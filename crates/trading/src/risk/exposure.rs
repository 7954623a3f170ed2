//! What the account could come to hold and to owe: RK15 to RK17, RK21 to RK23.

use exodus_domain::{CommissionSchedule, LimitName, RiskCode, Side, Won};

use super::{Case, Failure, LiveFacts, OwnOpposite, TradedIssue, Worth, part_of, saturate};

/// RK15: what is held, what open buys may add, and this order, all at the price of this order or at the last price,
/// whichever is higher: a limit far below the market must not make what is held look small.
pub(super) fn is_within_position(case: &Case<'_>, worth: &Worth) -> Result<(), Failure> {
    let inputs = case.inputs;
    let Some(equity) = inputs.equity else {
        return Err(Failure::missing("equity", "a holding has no price, so equity is not known: wait for quotes"));
    };
    let limit = part_of(equity, case.limits.max_position_bp);
    let doubtful = inputs.live.as_ref().map_or(0, |live| live.doubtful_buys.0);
    let shares = i128::from(inputs.held.0)
        + i128::from(inputs.open_buys.0)
        + i128::from(doubtful)
        + i128::from(case.fields.quantity.0);
    let price = inputs.last_price.map_or(worth.price, |last| worth.price.max(last));
    let worst = saturate(shares * i128::from(price.0));
    if worst > limit {
        let mend = "the position could become a larger part of equity than allowed: buy fewer shares";
        return Err(Failure::beyond(RiskCode::MaxPosition, mend, limit, worst));
    }
    Ok(())
}

/// RK16: on cash alone, without credit.
pub(super) fn is_within_gross(case: &Case<'_>, worth: &Worth, live: &LiveFacts) -> Result<(), Failure> {
    let (Some(equity), Some(gross)) = (case.inputs.equity, live.gross) else {
        return Err(Failure::missing("gross", "a holding has no price, so the total is not known: wait for quotes"));
    };
    let limit = part_of(equity, live.limits.get(LimitName::MaxGross));
    let worst = gross.0.saturating_add(worth.notional.0);
    if worst > limit {
        let mend = "all positions together could become a larger part of equity than allowed: buy fewer shares";
        return Err(Failure::beyond(RiskCode::MaxGross, mend, limit, worst));
    }
    Ok(())
}

/// RK17.
pub(super) fn has_room_for_an_order(live: &LiveFacts) -> Result<(), Failure> {
    let counts = [
        (LimitName::MaxOpenOrders, live.open_orders, "too many orders are open: wait, or cancel one"),
        (
            LimitName::MaxOpenOrdersPerSymbol,
            live.open_of_symbol,
            "too many orders of the issue are open: wait, or cancel one",
        ),
    ];
    for (name, count, mend) in counts {
        let limit = live.limits.get(name);
        if count >= limit {
            return Err(Failure::beyond(RiskCode::MaxOpenOrders, mend, limit, count));
        }
    }
    Ok(())
}

/// RK21.
pub(super) fn can_be_paid(case: &Case<'_>, worth: &Worth, issue: &TradedIssue) -> Result<(), Failure> {
    let needed = cash_needed(worth.reserve_price * case.fields.quantity, &issue.commission);
    if needed > case.inputs.buying_power {
        let mend = "not enough cash for the order at its limit, or a market order at the upper limit of the day, with \
                    commission and 0.5 % of margin: buy fewer shares";
        return Err(Failure::beyond(RiskCode::BuyingPower, mend, case.inputs.buying_power.0, needed.0));
    }
    Ok(())
}

/// RK22.
pub(super) fn can_be_sold(case: &Case<'_>) -> Result<(), Failure> {
    let by_others = case.inputs.live.as_ref().map_or(0, |live| live.external_sells.0);
    let sellable = case.inputs.sellable.0.saturating_sub(by_others);
    if case.fields.quantity.0 > sellable {
        let mend = "not that many shares to sell: sell fewer, or cancel an open sell first";
        return Err(Failure::beyond(RiskCode::Sellable, mend, sellable, case.fields.quantity.0));
    }
    Ok(())
}

/// RK23: an order at the price of an open order on the other side would trade with it. One at the market reaches the best
/// price of the book, which ours may lie behind; where no book is told it is taken to reach ours.
pub(super) fn crosses_nothing_of_ours(case: &Case<'_>, live: &LiveFacts) -> Result<(), Failure> {
    let Some(OwnOpposite { orders: 1.., best }) = live.own_opposite else { return Ok(()) };
    let crosses = match (case.fields.price.or(live.best_opposite), best) {
        (Some(price), Some(best)) => match case.fields.side {
            Side::Buy => price >= best,
            Side::Sell => price <= best,
        },
        _ => true,
    };
    if crosses {
        let mend = "it would trade with an open order of this account: cancel that one first";
        return Err(Failure::of(RiskCode::SelfCross, mend));
    }
    Ok(())
}

/// The cash a buy that may cost `amount` must find and keeps reserved: with commission, and 0.5 % for a price that
/// moves before the fill.
pub(crate) fn cash_needed(amount: Won, commission: &CommissionSchedule) -> Won {
    let cushion = amount.0 / 200;
    Won(amount.0.saturating_add(cushion).saturating_add(commission.commission(amount).0))
}
