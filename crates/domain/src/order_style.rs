//! The order types of the Korean market (호가의 종류), and which of them a venue takes when.
//!
//! Wider than [`OrderType`](crate::OrderType), which names the two that the order path of this product sends: this is
//! what the exchange knows, so that an adapter to it has a word for each of its codes.
//!
//! Sources: R1 and R2 are the KOSPI Market Business Regulation and its Enforcement Rules in force 2026-04-28; for NXT
//! and the after-market of KRX the order codes that the broker takes there.

use chrono::NaiveDate;

use crate::time::ymd;
use crate::{InstrumentKind, IssueState, IssueStates, Phase, TradingVenue};

text_enum! {
    /// How an order is priced and how long it waits.
    OrderStyle {
        /// 지정가: at the named price or better.
        Limit = "limit",
        /// 시장가: at whatever the book offers.
        Market = "market",
        /// 조건부지정가: a limit order by day, a market order in the closing auction (R1 §2).
        ConditionalLimit = "conditional_limit",
        /// 최유리지정가: limit at the best price of the other side at entry (R2 §3).
        BestOpposite = "best_opposite",
        /// 최우선지정가: limit at the best price of the own side at entry (R2 §4).
        BestOwn = "best_own",
        /// 장전 시간외 종가: at the previous close, without a price.
        PreHoursClose = "pre_hours_close",
        /// 장후 시간외 종가: at the close of the day, without a price; on NXT 종가매매.
        AfterHoursClose = "after_hours_close",
        /// 시간외 단일가: limit within ±10 % of the close.
        AfterHoursSingle = "after_hours_single",
        /// 지정가 IOC: what cannot be filled at once is cancelled (R2 §13(3), §108).
        LimitIoc = "limit_ioc",
        /// 지정가 FOK: filled whole at once or not at all.
        LimitFok = "limit_fok",
        /// 시장가 IOC.
        MarketIoc = "market_ioc",
        /// 시장가 FOK.
        MarketFok = "market_fok",
        /// 최유리 IOC.
        BestOppositeIoc = "best_opposite_ioc",
        /// 최유리 FOK.
        BestOppositeFok = "best_opposite_fok",
        /// 중간가: at the middle of best bid and best ask, rounded down to a won (R2 §4-2), since 2025-03-04.
        MidPrice = "mid_price",
        /// 중간가 IOC.
        MidPriceIoc = "mid_price_ioc",
        /// 중간가 FOK.
        MidPriceFok = "mid_price_fok",
        /// 스톱지정가: a limit order once the last price has reached the stop price (R2 §4-3), since 2025-03-04.
        StopLimit = "stop_limit",
    }
}

impl OrderStyle {
    /// True if the order carries a limit price.
    pub fn has_price(self) -> bool {
        use OrderStyle::{AfterHoursSingle, ConditionalLimit, Limit, LimitFok, LimitIoc, StopLimit};
        matches!(self, Limit | ConditionalLimit | AfterHoursSingle | LimitIoc | LimitFok | StopLimit)
    }

    /// True if the order can trade at any price within the limits of the day, at once or in the closing auction.
    pub fn is_market(self) -> bool {
        matches!(self, Self::Market | Self::MarketIoc | Self::MarketFok | Self::ConditionalLimit)
    }

    /// The first trade date on which the exchange knew it. For most the day is before this calendar, or unconfirmed.
    pub fn valid_from(self) -> NaiveDate {
        match self {
            Self::MidPrice | Self::MidPriceIoc | Self::MidPriceFok | Self::StopLimit => ymd(2025, 3, 4),
            _ => NaiveDate::MIN,
        }
    }

    /// True for what only a running book can price or fill, so that no auction takes it (R2 §14(2)): 최유리, 최우선, IOC,
    /// FOK, mid-price and stop orders.
    fn needs_a_running_book(self) -> bool {
        !matches!(self, Self::Limit | Self::Market | Self::ConditionalLimit)
    }
}

text_enum! {
    /// What holds up the trading of an issue, or of a whole market, beside its own states.
    Brake {
        /// A volatility interruption: a call auction of two minutes (R2 §41-2).
        VolatilityInterruption = "volatility_interruption",
        /// A circuit breaker has stopped the market: 20 minutes, new orders are void (R1 §25).
        MarketHalt = "market_halt",
        /// The call auction of ten minutes after a circuit breaker.
        ReopeningAuction = "reopening_auction",
        /// The third circuit breaker: the day is over.
        MarketClosed = "market_closed",
    }
}

/// Why an order would be refused. The sentence says what would be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StyleRefusal {
    /// The order type came later.
    #[error("the exchange has known {0} orders only since {date}", date = .0.valid_from())]
    NotYetKnown(OrderStyle),
    /// The venue does not know the type.
    #[error("{venue} takes no {style} orders")]
    NotOnVenue {
        /// The venue.
        venue: TradingVenue,
        /// The type.
        style: OrderStyle,
    },
    /// The phase does not take the type.
    #[error("no {style} orders in the phase {phase}")]
    NotInPhase {
        /// The phase.
        phase: Phase,
        /// The type.
        style: OrderStyle,
    },
    /// The issue is not traded in this phase.
    #[error("{0} is for stocks only")]
    StocksOnly(Phase),
    /// Orders are collected for an auction.
    #[error("an auction is collecting orders: send a limit or a market order")]
    AuctionCollecting,
    /// The issue may be traded at a named price only.
    #[error("no market orders for this issue now: name a price")]
    PriceNeeded,
    /// Trading is stopped.
    #[error("trading is halted, new orders are void; cancelling is possible")]
    Halted,
    /// The issue has left the market.
    #[error("the issue is delisted")]
    Delisted,
}

/// All that decides whether an order type is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderSituation {
    /// Where.
    pub venue: TradingVenue,
    /// Trade date.
    pub date: NaiveDate,
    /// The phase held there.
    pub phase: Phase,
    /// Kind of issue.
    pub kind: InstrumentKind,
    /// What is said of the issue.
    pub states: IssueStates,
    /// True on the first session of the listing.
    pub first_session: bool,
    /// What holds up trading.
    pub brake: Option<Brake>,
}

impl OrderSituation {
    /// Accepts an order type, or says why the exchange would not.
    ///
    /// # Errors
    /// [`StyleRefusal`], the most lasting reason first.
    pub fn accepts(&self, style: OrderStyle) -> Result<(), StyleRefusal> {
        if self.states.contains(IssueState::Delisted) {
            return Err(StyleRefusal::Delisted);
        }
        if self.date < style.valid_from() {
            return Err(StyleRefusal::NotYetKnown(style));
        }
        if self.venue == TradingVenue::Nxt && !nxt_knows(style) {
            return Err(StyleRefusal::NotOnVenue { venue: self.venue, style });
        }
        if self.states.contains(IssueState::Halted)
            || matches!(self.brake, Some(Brake::MarketHalt | Brake::MarketClosed))
        {
            return Err(StyleRefusal::Halted);
        }
        if self.phase == Phase::AfterMarket && self.venue == TradingVenue::Krx && self.kind != InstrumentKind::Stock {
            return Err(StyleRefusal::StocksOnly(self.phase));
        }
        if self.collects_for_auction() && style.needs_a_running_book() && !is_off_hours_style(style) {
            return Err(StyleRefusal::AuctionCollecting);
        }
        if !phase_takes(self.phase, style) {
            return Err(StyleRefusal::NotInPhase { phase: self.phase, style });
        }
        if style.is_market() && self.needs_a_price() {
            return Err(StyleRefusal::PriceNeeded);
        }
        Ok(())
    }

    /// True if an open order can be cancelled: also while trading is halted (R2 §13), but not where no phase takes
    /// orders.
    pub fn accepts_cancel(&self) -> bool {
        self.phase != Phase::Pause && !self.states.contains(IssueState::Delisted)
    }

    /// True while orders are collected to be matched at one price.
    pub fn collects_for_auction(&self) -> bool {
        let by_phase = matches!(self.phase, Phase::OpeningAuction | Phase::ClosingAuction | Phase::AfterMarketAuction);
        let by_brake = matches!(self.brake, Some(Brake::VolatilityInterruption | Brake::ReopeningAuction));
        let by_state = self.phase == Phase::Continuous && self.states.auction_minutes().is_some();
        by_phase || by_brake || by_state
    }

    /// No market orders for issues in liquidation trading, nor in the auction that finds the first price of a new
    /// listing (R2 §14(2)). That this covers conditional orders, which become market orders, is unconfirmed.
    fn needs_a_price(&self) -> bool {
        let finds_first_price = self.first_session && self.phase == Phase::OpeningAuction;
        self.states.contains(IssueState::Liquidation) || finds_first_price
    }
}

/// NXT takes no plain market order and no conditional one, and has no session at the previous close and no after-hours
/// auctions (the broker's codes 00, 03, 04, 11–16, 21–24). Its closing-price market has no code at the broker.
fn nxt_knows(style: OrderStyle) -> bool {
    use OrderStyle::{AfterHoursSingle, ConditionalLimit, Market, PreHoursClose};
    !matches!(style, Market | ConditionalLimit | PreHoursClose | AfterHoursSingle)
}

fn is_off_hours_style(style: OrderStyle) -> bool {
    matches!(style, OrderStyle::PreHoursClose | OrderStyle::AfterHoursClose | OrderStyle::AfterHoursSingle)
}

/// The order types of a phase. For the pre-market and the after-market these are the priced ones, as the broker's codes
/// 41–47 say for KRX; for NXT it is unconfirmed.
fn phase_takes(phase: Phase, style: OrderStyle) -> bool {
    use OrderStyle::{
        AfterHoursClose, AfterHoursSingle, BestOpposite, BestOppositeFok, BestOppositeIoc, BestOwn, ConditionalLimit,
        Limit, LimitFok, LimitIoc, Market, PreHoursClose,
    };
    match phase {
        Phase::Pause => false,
        Phase::OpeningAuction => matches!(style, Limit | Market | ConditionalLimit),
        Phase::Continuous => !is_off_hours_style(style),
        Phase::ClosingAuction => matches!(style, Limit | Market),
        Phase::AfterMarketAuction => style == Limit,
        Phase::PreMarket | Phase::AfterMarket => {
            matches!(style, Limit | LimitIoc | LimitFok | BestOpposite | BestOppositeIoc | BestOppositeFok | BestOwn)
        }
        Phase::PreHoursClose => style == PreHoursClose,
        Phase::AfterHoursClose | Phase::ClosingPrice => style == AfterHoursClose,
        Phase::AfterHoursSingle => style == AfterHoursSingle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TODAY: NaiveDate = ymd(2026, 6, 1);

    fn at(venue: TradingVenue, phase: Phase) -> OrderSituation {
        OrderSituation {
            venue,
            date: TODAY,
            phase,
            kind: InstrumentKind::Stock,
            states: IssueStates::default(),
            first_session: false,
            brake: None,
        }
    }

    fn with(state: IssueState) -> OrderSituation {
        OrderSituation { states: IssueStates::default().with(state), ..at(TradingVenue::Krx, Phase::Continuous) }
    }

    fn taken(situation: OrderSituation) -> Vec<OrderStyle> {
        OrderStyle::ALL.iter().copied().filter(|style| situation.accepts(*style).is_ok()).collect()
    }

    #[test]
    fn each_phase_of_krx_takes_its_own_types() {
        use OrderStyle::*;
        let krx = |phase| taken(at(TradingVenue::Krx, phase));
        assert_eq!(krx(Phase::OpeningAuction), [Limit, Market, ConditionalLimit]);
        assert_eq!(krx(Phase::Continuous).len(), OrderStyle::ALL.len() - 3);
        assert_eq!(krx(Phase::ClosingAuction), [Limit, Market]);
        assert_eq!(krx(Phase::PreHoursClose), [PreHoursClose]);
        assert_eq!(krx(Phase::AfterHoursClose), [AfterHoursClose]);
        assert_eq!(krx(Phase::AfterHoursSingle), [AfterHoursSingle]);
        assert_eq!(krx(Phase::AfterMarket).len(), 7);
        assert_eq!(krx(Phase::Pause), []);
    }

    #[test]
    fn nxt_takes_no_market_order_that_waits() {
        use OrderStyle::*;
        let main = taken(at(TradingVenue::Nxt, Phase::Continuous));
        assert_eq!(
            main,
            [
                Limit,
                BestOpposite,
                BestOwn,
                LimitIoc,
                LimitFok,
                MarketIoc,
                MarketFok,
                BestOppositeIoc,
                BestOppositeFok,
                MidPrice,
                MidPriceIoc,
                MidPriceFok,
                StopLimit
            ]
        );
        assert_eq!(taken(at(TradingVenue::Nxt, Phase::AfterMarketAuction)), [Limit]);
        assert_eq!(taken(at(TradingVenue::Nxt, Phase::ClosingPrice)), [AfterHoursClose]);
    }

    #[test]
    fn mid_price_and_stop_orders_began_with_nxt() {
        let before = OrderSituation { date: ymd(2025, 2, 28), ..at(TradingVenue::Krx, Phase::Continuous) };
        assert_eq!(before.accepts(OrderStyle::MidPrice), Err(StyleRefusal::NotYetKnown(OrderStyle::MidPrice)));
        assert_eq!(
            StyleRefusal::NotYetKnown(OrderStyle::StopLimit).to_string(),
            "the exchange has known stop_limit orders only since 2025-03-04"
        );
        assert_eq!(OrderSituation { date: ymd(2025, 3, 4), ..before }.accepts(OrderStyle::StopLimit), Ok(()));
    }

    #[test]
    fn states_decide_what_an_issue_takes() {
        use OrderStyle::*;
        assert_eq!(taken(with(IssueState::Halted)), []);
        assert_eq!(taken(with(IssueState::Delisted)), []);
        assert!(with(IssueState::Halted).accepts_cancel() && !with(IssueState::Delisted).accepts_cancel());
        assert_eq!(taken(with(IssueState::Liquidation)), [Limit]);
        for state in [IssueState::Overheated, IssueState::LowLiquidity, IssueState::ThinPreferred] {
            assert_eq!(taken(with(state)), [Limit, Market, ConditionalLimit], "{state}");
        }
        let ordinary = taken(at(TradingVenue::Krx, Phase::Continuous));
        for state in [IssueState::Administrative, IssueState::InvestmentCaution, IssueState::InvestmentRisk] {
            assert_eq!(taken(with(state)), ordinary, "{state}");
        }
    }

    #[test]
    fn brakes_stop_or_collect() {
        let braked = |brake| OrderSituation { brake: Some(brake), ..at(TradingVenue::Krx, Phase::Continuous) };
        assert_eq!(braked(Brake::MarketHalt).accepts(OrderStyle::Limit), Err(StyleRefusal::Halted));
        assert!(braked(Brake::MarketHalt).accepts_cancel());
        let in_auction = braked(Brake::VolatilityInterruption);
        assert_eq!(in_auction.accepts(OrderStyle::Limit), Ok(()));
        assert_eq!(in_auction.accepts(OrderStyle::LimitIoc), Err(StyleRefusal::AuctionCollecting));
        assert_eq!(in_auction.accepts(OrderStyle::MidPrice), Err(StyleRefusal::AuctionCollecting));
    }

    #[test]
    fn the_first_price_of_a_listing_is_found_by_limit_orders() {
        let first = OrderSituation { first_session: true, ..at(TradingVenue::Krx, Phase::OpeningAuction) };
        assert_eq!(taken(first), [OrderStyle::Limit]);
        assert_eq!(OrderSituation { phase: Phase::Continuous, ..first }.accepts(OrderStyle::Market), Ok(()));
    }

    #[test]
    fn the_after_market_of_krx_is_for_stocks() {
        let etf = OrderSituation { kind: InstrumentKind::Etf, ..at(TradingVenue::Krx, Phase::AfterMarket) };
        assert_eq!(etf.accepts(OrderStyle::Limit), Err(StyleRefusal::StocksOnly(Phase::AfterMarket)));
    }

    proptest! {
        /// Whatever is said of an issue beyond what is said already, it takes no order that it did not take before.
        #[test]
        fn a_state_only_ever_forbids(
            venue in prop::sample::select(TradingVenue::ALL.to_vec()),
            phase in prop::sample::select(Phase::ALL.to_vec()),
            states in prop::collection::vec(prop::sample::select(IssueState::ALL.to_vec()), 0..4),
            more in prop::sample::select(IssueState::ALL.to_vec()),
            style in prop::sample::select(OrderStyle::ALL.to_vec()),
        ) {
            let states: IssueStates = states.into_iter().collect();
            let fewer = OrderSituation { states, ..at(venue, phase) };
            let with_more = OrderSituation { states: states.with(more), ..fewer };
            prop_assert!(with_more.accepts(style).is_err() || fewer.accepts(style).is_ok());
        }
    }
}
