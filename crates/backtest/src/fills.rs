//! How orders meet the market: when they are filled, at what price, and how much of it.

use chrono::NaiveDate;
use exodus_domain::{Price, PriceLimits, Side, ceil_to_tick, floor_to_tick, tick_down, tick_up};
use exodus_simulator::BarMarket;
use exodus_trading::TradedIssue;
use serde::{Deserialize, Serialize};

/// Basis points in one.
const BASIS_POINTS: i64 = 10_000;

/// How the orders of a run are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FillModel {
    /// When an order meets the market, and with what price.
    pub timing: FillTiming,
    /// The share of a bar's volume that the orders of a run may take together, in basis points from 1 to 10,000.
    pub volume_share_bp: i64,
    /// By how much fills are worse than the price of the bar.
    pub slippage: Slippage,
}

impl Default for FillModel {
    /// A market order at the next open, a tenth of the volume, no slippage.
    fn default() -> Self {
        Self {
            timing: FillTiming::NextOpen,
            volume_share_bp: BarMarket::DEFAULT_VOLUME_SHARE_BP,
            slippage: Slippage::None,
        }
    }
}

/// When an order meets the market. In every model it was decided on bars that had closed before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillTiming {
    /// A market order at the open of the next bar.
    #[default]
    NextOpen,
    /// A market order in the closing auction (종가 단일가), at the close of the session.
    ///
    /// On daily bars it is decided on the bars up to the close of the session before. On shorter bars it is decided on
    /// bars that closed before the auction began, and waits for the first bar of that day with a trade of the auction;
    /// the volume share is then one of the auction, while a daily bar only tells the volume of the whole day. A close at
    /// the upper limit fills no buyer, one at the lower limit no seller.
    ClosingAuction,
    /// A limit order at the close that was decided on, good for the next bar: on raw prices a buy one moved down to the
    /// grid, a sell one moved up to it.
    ///
    /// Assumed path, `open_then_adverse_first`: the bar begins at its open, and goes to the end that is worse for the
    /// order before the better one. So an open at the limit or better fills at the open, and otherwise the order is
    /// filled at its limit only if the bar went strictly through it: to touch the limit is to stand last in the queue.
    LimitWithinBar,
}

/// By how much a market order is filled worse than the price of its bar: higher for a buy, lower for a sell.
///
/// On raw prices the result lies on the price grid and within the price limits of the day; it may lie outside the high
/// and the low of the bar, because the order itself would have moved the price. On adjusted prices it is a whole won.
/// A limit order is never filled beyond its limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Slippage {
    /// Not at all.
    #[default]
    None,
    /// By so many steps of the price grid. Adjusted prices lie on no grid, so a run over them refuses it.
    Ticks(i64),
    /// By so many basis points of the price, then on to the next step of the grid.
    #[serde(rename = "bp")]
    BasisPoints(i64),
}

impl Slippage {
    /// The most ticks and basis points that can be asked for: beyond that a typing error is more likely.
    pub const MAX: i64 = 1_000;

    /// The price at which `side` trades where the bar says `price`, within `limits`, which are asked if they matter.
    pub(crate) fn worsen(
        self,
        price: Price,
        side: Side,
        issue: &TradedIssue,
        date: NaiveDate,
        limits: impl FnOnce() -> Option<PriceLimits>,
    ) -> Price {
        let TradedIssue { market, kind, adjusted, .. } = *issue;
        let worse = match self {
            Self::None => return price,
            Self::Ticks(count) => (0..count).fold(price, |price, _| match side {
                Side::Buy => tick_up(market, kind, date, price),
                Side::Sell => tick_down(market, kind, date, price),
            }),
            Self::BasisPoints(bp) => {
                let exact = worse_by(price, side, bp);
                match side {
                    _ if adjusted => exact,
                    Side::Buy => ceil_to_tick(market, kind, date, exact),
                    Side::Sell => floor_to_tick(market, kind, date, exact),
                }
            }
        };
        // A bar beyond the limits shows that others were in force on that day.
        let worse = match limits().filter(|limits| limits.contains(price)) {
            Some(limits) => worse.clamp(limits.lower, limits.upper),
            None => worse,
        };
        worse.max(Price(1))
    }
}

/// `price` moved by basis points, to the whole won that is worse for the trader.
fn worse_by(price: Price, side: Side, bp: i64) -> Price {
    let (won, whole) = (i128::from(price.0), i128::from(BASIS_POINTS));
    let moved = match side {
        Side::Buy => (won * (whole + i128::from(bp)) + whole - 1) / whole,
        Side::Sell => won * (whole - i128::from(bp)) / whole,
    };
    Price(i64::try_from(moved).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use exodus_domain::{CommissionSchedule, InstrumentKind, IssueStates, LimitTerms, Market};
    use exodus_trading::TradingHours;

    fn issue(adjusted: bool) -> TradedIssue {
        TradedIssue {
            symbol: "005930".parse().expect("a code"),
            market: Market::Kospi,
            kind: InstrumentKind::Stock,
            hours: TradingHours::Krx,
            adjusted,
            states: IssueStates::default(),
            limit_terms: LimitTerms::ORDINARY,
            commission: CommissionSchedule::bankis(),
        }
    }

    fn worse(slippage: Slippage, side: Side, price: i64, adjusted: bool, limits: Option<(i64, i64)>) -> i64 {
        let date = NaiveDate::from_ymd_opt(2024, 6, 5).expect("a date");
        let limits = limits.map(|(lower, upper)| PriceLimits { lower: Price(lower), upper: Price(upper) });
        slippage.worsen(Price(price), side, &issue(adjusted), date, || limits).0
    }

    #[test]
    fn ticks_follow_the_grid_over_the_edge_of_a_band() {
        assert_eq!(worse(Slippage::Ticks(2), Side::Buy, 1_999, false, None), 2_005, "1,999, 2,000, 2,005");
        assert_eq!(worse(Slippage::Ticks(2), Side::Sell, 2_005, false, None), 1_999);
        assert_eq!(worse(Slippage::Ticks(3), Side::Sell, 2, false, None), 1, "no price lies below one won");
    }

    #[test]
    fn basis_points_end_on_the_grid_on_the_worse_side() {
        // 10 bp of 70,100 are 70.1: 70,170.1 and 70,029.9, with ticks of 100.
        assert_eq!(worse(Slippage::BasisPoints(10), Side::Buy, 70_100, false, None), 70_200);
        assert_eq!(worse(Slippage::BasisPoints(10), Side::Sell, 70_100, false, None), 70_000);
        assert_eq!(worse(Slippage::BasisPoints(10), Side::Buy, 70_100, true, None), 70_171);
        assert_eq!(worse(Slippage::BasisPoints(10), Side::Sell, 70_100, true, None), 70_029);
    }

    #[test]
    fn limits_hold_unless_the_bar_left_them_itself() {
        let limits = Some((7_000, 13_000));
        assert_eq!(worse(Slippage::Ticks(5), Side::Buy, 12_990, false, limits), 13_000);
        assert_eq!(worse(Slippage::Ticks(5), Side::Sell, 7_010, false, limits), 7_000);
        assert_eq!(worse(Slippage::Ticks(1), Side::Sell, 2_000, false, limits), 1_999, "liquidation trading");
    }

    #[test]
    fn models_travel_as_json_and_default_to_the_next_open() {
        let parsed = |text| serde_json::from_str::<FillModel>(text).expect("a model");
        assert_eq!(parsed("{}"), FillModel::default());
        let model = parsed(r#"{"timing":"closing_auction","slippage":{"kind":"bp","value":5}}"#);
        assert_eq!((model.timing, model.slippage), (FillTiming::ClosingAuction, Slippage::BasisPoints(5)));
        assert_eq!(model.volume_share_bp, 1_000);
        let json = serde_json::to_string(&model).expect("JSON");
        assert_eq!(parsed(&json), model);
        assert!(serde_json::from_str::<FillModel>(r#"{"timing":"best_of_day"}"#).is_err());
    }
}
