//! Whether the account may trade at all: RK01 to RK04, RK20, RK24.

use exodus_domain::{AccountLimits, KillState, LimitName, RiskCode, Won};

use super::{Case, Failure, LiveFacts, RiskInputs, part_of};

/// RK01: how far clocks may differ, in milliseconds.
const MAX_CLOCK_OFFSET_MS: i64 = 1_000;

/// RK01. That the database can be written shows when the decision is written: nothing is sent before.
pub(super) fn is_ready(live: &LiveFacts) -> Result<(), Failure> {
    if live.not_ready.is_some() {
        return Err(Failure::of(RiskCode::NotReady, "the account is not ready"));
    }
    let Some(offset) = live.clock_offset_ms else {
        return Err(Failure::missing("clock_offset", "the clock was compared with no quote yet: wait for one"));
    };
    if offset.abs() > MAX_CLOCK_OFFSET_MS {
        let mend = "the clock of this machine differs from the exchange's: set it by NTP";
        return Err(Failure::beyond(RiskCode::NotReady, mend, MAX_CLOCK_OFFSET_MS, offset));
    }
    Ok(())
}

/// RK02.
pub(super) fn is_not_halted(inputs: &RiskInputs) -> Result<(), Failure> {
    if inputs.kill == KillState::Halted {
        return Err(Failure::of(RiskCode::Halted, "trading is halted: resume it before placing orders"));
    }
    Ok(())
}

/// RK03.
pub(super) fn has_circuit(live: &LiveFacts) -> Result<(), Failure> {
    if live.circuit_open {
        let mend = "the broker answers too badly to be sent orders: wait until it was read without a fault";
        return Err(Failure::of(RiskCode::BrokerCircuitOpen, mend));
    }
    Ok(())
}

/// RK04.
pub(super) fn is_armed(live: &LiveFacts) -> Result<(), Failure> {
    if live.is_armed {
        return Ok(());
    }
    Err(Failure::of(
        RiskCode::NotArmed,
        "orders of real money are let out for an armed strategy alone: arm it, or trade on a paper account",
    ))
}

/// RK20. The loss that was once reached holds until the day ends, whatever is won back.
pub(super) fn is_within_daily_loss(case: &Case<'_>, live: &LiveFacts) -> Result<(), Failure> {
    if !case.is_buy() {
        return Ok(());
    }
    let Some(opening) = live.opening_equity else {
        return Err(Failure::missing("opening_equity", "what the day began with is not known: wait for quotes"));
    };
    let Some(loss) = live.loss else {
        return Err(Failure::missing(
            "daily_loss",
            "a holding has no price, so the loss is not known: wait for quotes",
        ));
    };
    let limit = loss_limit(&live.limits, opening);
    if live.is_loss_reached || loss >= limit {
        let mend = "the loss of the day is reached: only sales until it ends";
        return Err(Failure::beyond(RiskCode::DailyLoss, mend, limit.0, loss.0));
    }
    Ok(())
}

/// The loss at which a day's buying ends: the lesser of the two limits, and never none at all.
pub(crate) fn loss_limit(limits: &AccountLimits, opening: Won) -> Won {
    let part = part_of(opening, limits.get(LimitName::MaxDailyLossShare));
    Won(part.min(limits.get(LimitName::MaxDailyLoss)).max(1))
}

/// RK24. A sale of what is held reduces, and RK22 lets no other pass.
pub(super) fn only_reduces(case: &Case<'_>) -> Result<(), Failure> {
    if case.inputs.kill == KillState::ReduceOnly && case.is_buy() {
        return Err(Failure::of(RiskCode::ReduceOnly, "only sales of what is held are allowed now: clear the switch"));
    }
    Ok(())
}

/// The sentence of a failed check, with what only the facts can say.
pub(super) fn sentence(code: RiskCode, mend: &str, live: Option<&LiveFacts>) -> String {
    let why = match (code, live) {
        (RiskCode::NotReady, Some(live)) => live.not_ready.as_deref(),
        (RiskCode::Halted | RiskCode::ReduceOnly, Some(live)) => {
            live.halt.as_ref().map(|halt| halt.reason.as_str()).filter(|reason| !reason.is_empty())
        }
        (RiskCode::Restricted, Some(live)) => {
            live.restriction.as_ref().map(|restriction| restriction.reason.as_str()).filter(|reason| !reason.is_empty())
        }
        _ => None,
    };
    why.map_or_else(|| mend.to_owned(), |why| format!("{mend} ({why})"))
}
