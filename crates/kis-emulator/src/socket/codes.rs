//! Codes of prices, phases and events (kis-openapi §7.6, §7.9).

use exodus_domain::{IssueState, IssueStates, OrderStyle, Phase, Price, PriceLimits};
use exodus_kis::wire::stream::{Code, Hundredths};

use crate::world::{DayQuote, MarketEvent};

/// Sign of a price against the base price: 1 upper limit, 2 up, 3 unchanged, 4 lower limit, 5 down.
pub(super) fn sign(price: Price, base: Price, limits: PriceLimits) -> Code {
    Code::of(if price == limits.upper {
        "1"
    } else if price == limits.lower {
        "4"
    } else {
        direction(price.0 - base.0)
    })
}

/// Sign of a difference alone.
pub(super) fn direction(difference: i64) -> &'static str {
    match difference.signum() {
        1 => "2",
        0 => "3",
        _ => "5",
    }
}

/// `part` of `whole` in percent, to two decimals; zero of nothing.
pub(super) fn percent(part: i64, whole: i64) -> Hundredths {
    if whole == 0 {
        return Hundredths(0);
    }
    let exact = i128::from(part) * 10_000;
    let half = i128::from(whole) / 2 * i128::from(part.signum());
    Hundredths(i64::try_from((exact + half) / i128::from(whole)).unwrap_or(i64::MAX))
}

/// NEW_MKOP_CLS_CODE: first digit 1 before the opening, 2 open, 3 closed, 4 single price after hours; second 1 trading
/// at the closing price. The after-market of 2026-09-14 has no published code; it is after the close.
pub(super) fn market_phase(phase: Option<Phase>) -> Code {
    Code::of(match phase {
        Some(Phase::PreHoursClose) => "11",
        Some(Phase::PreMarket | Phase::OpeningAuction) => "10",
        Some(Phase::Continuous | Phase::Pause | Phase::ClosingAuction) => "20",
        Some(Phase::AfterHoursClose | Phase::ClosingPrice) => "31",
        Some(Phase::AfterHoursSingle) => "40",
        Some(Phase::AfterMarketAuction | Phase::AfterMarket) | None => "30",
    })
}

/// HOUR_CLS_CODE: 0 regular, B expected before the opening, C expected after nine or in an interruption, D expected
/// after hours.
pub(super) fn hour_class(phase: Option<Phase>, is_interrupted: bool) -> Code {
    Code::of(match phase {
        Some(Phase::OpeningAuction) => "B",
        Some(Phase::ClosingAuction) => "C",
        Some(Phase::AfterHoursSingle | Phase::AfterMarketAuction) => "D",
        _ if is_interrupted => "C",
        _ => "0",
    })
}

/// MARKET_CLS_CODE: 1 pre-market, 2 regular, 3 after-market, 5 closing price.
pub(super) fn market_class(phase: Option<Phase>) -> Code {
    Code::of(match phase {
        Some(Phase::PreMarket) => "1",
        Some(Phase::PreHoursClose | Phase::AfterHoursClose | Phase::ClosingPrice) => "5",
        Some(Phase::AfterHoursSingle | Phase::AfterMarketAuction | Phase::AfterMarket) => "3",
        Some(Phase::OpeningAuction | Phase::Continuous | Phase::Pause | Phase::ClosingAuction) | None => "2",
    })
}

/// MKOP_CLS_CODE of an event; blank for those whose code is not published.
pub(super) fn operation(event: MarketEvent) -> Code {
    Code::of(match event {
        MarketEvent::OpeningAuctionBegins => "110",
        MarketEvent::Opened => "112",
        MarketEvent::ClosingAuctionBegins => "121",
        MarketEvent::Closed => "129",
        MarketEvent::PreHoursBegins => "130",
        MarketEvent::PreHoursEnds => "139",
        MarketEvent::AfterHoursBegins => "140",
        MarketEvent::AfterHoursEnds => "149",
        MarketEvent::AfterMarketBegins
        | MarketEvent::AfterMarketEnds
        | MarketEvent::Interrupted
        | MarketEvent::Released
        | MarketEvent::Halted
        | MarketEvent::Resumed => "",
    })
}

/// ANTC_MKOP_CLS_CODE: 311 the expected price before the opening begins, 112 it ends; 121 and 129 the same before the
/// close.
pub(super) fn expected_operation(event: MarketEvent) -> Code {
    Code::of(match event {
        MarketEvent::OpeningAuctionBegins => "311",
        MarketEvent::Opened => "112",
        MarketEvent::ClosingAuctionBegins => "121",
        MarketEvent::Closed => "129",
        _ => "",
    })
}

/// ISCD_STAT_CLS_CODE: the gravest of what is said of an issue (§6.1).
pub(super) fn issue_status(states: IssueStates) -> Code {
    let codes = [
        (IssueState::Halted, "58"),
        (IssueState::Administrative, "51"),
        (IssueState::InvestmentRisk, "52"),
        (IssueState::InvestmentAlert, "53"),
        (IssueState::InvestmentCaution, "54"),
        (IssueState::Overheated, "59"),
    ];
    Code::of(codes.into_iter().find(|(state, _)| states.contains(*state)).map_or("00", |(_, code)| code))
}

/// ODER_COND: 0 none, 1 IOC, 2 FOK.
pub(super) fn condition(style: OrderStyle) -> Code {
    use OrderStyle::{
        BestOppositeFok, BestOppositeIoc, LimitFok, LimitIoc, MarketFok, MarketIoc, MidPriceFok, MidPriceIoc,
    };
    Code::of(match style {
        LimitIoc | MarketIoc | BestOppositeIoc | MidPriceIoc => "1",
        LimitFok | MarketFok | BestOppositeFok | MidPriceFok => "2",
        _ => "0",
    })
}

/// True while a volatility interruption holds.
pub(super) fn is_interrupted(quote: &DayQuote) -> bool {
    quote.interruption.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_rounded_to_the_nearest_hundredth() {
        let told = |part, whole| percent(part, whole).to_string();
        assert_eq!(told(800, 70_700), "1.13");
        assert_eq!(told(-800, 70_700), "-1.13");
        assert_eq!(told(1, 3), "33.33");
        assert_eq!(told(2, 3), "66.67");
        assert_eq!(told(5, 0), "0.00");
    }

    #[test]
    fn the_sign_tells_limits_from_moves() {
        let limits = PriceLimits { lower: Price(49_500), upper: Price(91_900) };
        let of = |price| sign(Price(price), Price(70_700), limits);
        let all = [91_900, 71_500, 70_700, 49_500, 70_000].map(|price| of(price).as_str().to_owned());
        assert_eq!(all, ["1", "2", "3", "4", "5"]);
    }
}
