//! Volatility interruptions (VI, 변동성완화장치): when a single issue moves too far, it is matched by a call auction for
//! two minutes.
//!
//! Source: KOSPI Business Regulation §26-2 and Enforcement Rules §41-2, KOSDAQ Business Regulation §28-5; the first days
//! of the two kinds are from the press of 2014-08-26 and of June 2015.

use chrono::NaiveDate;

use crate::time::ymd;
use crate::{InstrumentKind, IssueState, IssueStates, Market, Phase, Price, tick_size};

text_enum! {
    /// Which rates of the dynamic kind apply to an issue. Membership of KOSPI 200 and the index an ETF follows are not
    /// known to the rule book: the caller tells.
    ViClass {
        /// A constituent of KOSPI 200.
        Kospi200 = "kospi200",
        /// Any other share of KOSPI or KOSDAQ.
        OtherStock = "other_stock",
        /// An ETF or ETN on KOSPI 200, 100 or 50, KRX 100 or a bond index, at up to 1× (also inverse).
        IndexFund = "index_fund",
        /// Any other ETF or ETN.
        OtherFund = "other_fund",
    }
}

impl ViClass {
    /// The class of an issue of which only the kind is known: the wider rates, as most issues have them.
    pub fn assumed(kind: InstrumentKind) -> Self {
        match kind {
            InstrumentKind::Stock => Self::OtherStock,
            InstrumentKind::Etf | InstrumentKind::Etn => Self::OtherFund,
        }
    }
}

text_enum! {
    /// The two kinds of interruption.
    ViKind {
        /// 동적: too far from the last trade.
        Dynamic = "dynamic",
        /// 정적: too far from the price of the last call auction.
        Static = "static",
    }
}

/// Seconds of the call auction that an interruption holds, or prolongs a running auction by; a random end of up to 30
/// seconds comes on top.
pub const VI_AUCTION_SECONDS: u32 = 120;

/// The first date of dynamic interruptions.
const DYNAMIC_FROM: NaiveDate = ymd(2014, 9, 1);
/// The first date of static interruptions.
const STATIC_FROM: NaiveDate = ymd(2015, 6, 15);
/// 10 % for every class.
const STATIC_RATE_BP: i64 = 1_000;

/// What decides whether a price interrupts trading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViSituation {
    /// Trade date.
    pub date: NaiveDate,
    /// Market division.
    pub market: Market,
    /// Kind of issue.
    pub kind: InstrumentKind,
    /// Which rates apply.
    pub class: ViClass,
    /// What is said of the issue.
    pub states: IssueStates,
    /// True on the first session of the listing, and in the first auction after a halt: neither is interrupted.
    pub finds_first_price: bool,
    /// True for the underlying of a derivative on the day that expires.
    pub expiry_day: bool,
    /// True in the auction that an interruption holds: it does not interrupt itself.
    pub in_vi_auction: bool,
    /// The phase held.
    pub phase: Phase,
    /// Price of the last trade before the order.
    pub last: Price,
    /// Price of the last call auction; before the opening the base price.
    pub auction: Price,
}

impl ViSituation {
    /// The kind of interruption that a trade at `provisional` would set off; the dynamic one if both.
    pub fn triggered_by(&self, provisional: Price) -> Option<ViKind> {
        if self.is_exempt() || self.is_small_step(provisional) {
            return None;
        }
        let dynamic = self.dynamic_rate_bp().is_some_and(|rate| moved_by(self.last, provisional, rate));
        let regular = matches!(self.phase, Phase::OpeningAuction | Phase::Continuous | Phase::ClosingAuction);
        let fixed = self.date >= STATIC_FROM && regular && moved_by(self.auction, provisional, STATIC_RATE_BP);
        match (dynamic, fixed) {
            (true, _) => Some(ViKind::Dynamic),
            (false, true) => Some(ViKind::Static),
            (false, false) => None,
        }
    }

    /// The dynamic rate in force, in basis points; `None` where there is none.
    pub fn dynamic_rate_bp(&self) -> Option<i64> {
        let calm = matches!(self.class, ViClass::Kospi200 | ViClass::IndexFund);
        let rate = match self.phase {
            Phase::ClosingAuction if self.expiry_day => 100,
            Phase::ClosingAuction => {
                if calm {
                    200
                } else {
                    400
                }
            }
            Phase::Continuous | Phase::AfterHoursSingle => {
                if calm {
                    300
                } else {
                    600
                }
            }
            _ => return None,
        };
        (self.date >= DYNAMIC_FROM).then_some(rate)
    }

    /// KONEX has no interruptions. Not interrupted either is what is matched by auctions every half hour, save the
    /// thin preferred shares, of which the rule says nothing, and what the English text of KOSDAQ calls investment
    /// precaution issues: 투자주의환기종목, and not the warning 투자주의 of every market (this reading is unconfirmed).
    fn is_exempt(&self) -> bool {
        let by_state = [
            IssueState::Liquidation,
            IssueState::Overheated,
            IssueState::LowLiquidity,
            IssueState::InvestmentPrecaution,
        ];
        self.market == Market::Konex
            || self.finds_first_price
            || self.in_vi_auction
            || by_state.into_iter().any(|state| self.states.contains(state))
    }

    /// Below 1,000 won a few ticks are a large part of the price: 3 on KOSPI and 5 on KOSDAQ interrupt nothing.
    fn is_small_step(&self, provisional: Price) -> bool {
        let ticks = if self.market == Market::Kospi { 3 } else { 5 };
        let tick = tick_size(self.market, self.kind, self.date, self.last);
        self.last < Price(1_000) && self.last.0.abs_diff(provisional.0) <= (tick.0 * ticks).unsigned_abs()
    }
}

/// True if `price` lies `rate_bp` basis points or more from `reference`.
fn moved_by(reference: Price, price: Price, rate_bp: i64) -> bool {
    let distance = i128::from(price.0) - i128::from(reference.0);
    distance.abs() * 10_000 >= i128::from(reference.0) * i128::from(rate_bp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn situation(class: ViClass, phase: Phase) -> ViSituation {
        ViSituation {
            date: ymd(2026, 6, 1),
            market: Market::Kospi,
            kind: InstrumentKind::Stock,
            class,
            states: IssueStates::default(),
            finds_first_price: false,
            expiry_day: false,
            in_vi_auction: false,
            phase,
            last: Price(10_000),
            auction: Price(10_000),
        }
    }

    #[test]
    fn dynamic_rates_follow_class_and_phase() {
        use Phase::{AfterHoursSingle, ClosingAuction, Continuous, OpeningAuction};
        let rate = |class, phase| situation(class, phase).dynamic_rate_bp();
        let of = |class| [Continuous, ClosingAuction, AfterHoursSingle, OpeningAuction].map(|phase| rate(class, phase));
        assert_eq!(of(ViClass::Kospi200), [Some(300), Some(200), Some(300), None]);
        assert_eq!(of(ViClass::OtherStock), [Some(600), Some(400), Some(600), None]);
        assert_eq!(of(ViClass::IndexFund), of(ViClass::Kospi200));
        assert_eq!(of(ViClass::OtherFund), of(ViClass::OtherStock));
        let expiry = ViSituation { expiry_day: true, ..situation(ViClass::OtherStock, ClosingAuction) };
        assert_eq!(expiry.dynamic_rate_bp(), Some(100));
    }

    #[test]
    fn the_price_that_reaches_the_rate_interrupts() {
        let large = situation(ViClass::Kospi200, Phase::Continuous);
        assert_eq!(large.triggered_by(Price(10_290)), None);
        assert_eq!(large.triggered_by(Price(10_300)), Some(ViKind::Dynamic));
        assert_eq!(large.triggered_by(Price(9_700)), Some(ViKind::Dynamic));
        let drifted = ViSituation { last: Price(10_950), ..large };
        assert_eq!(drifted.triggered_by(Price(10_990)), None);
        assert_eq!(drifted.triggered_by(Price(11_000)), Some(ViKind::Static));
    }

    #[test]
    fn the_two_kinds_have_their_first_days() {
        let on = |date| ViSituation { date, last: Price(10_950), ..situation(ViClass::Kospi200, Phase::Continuous) };
        assert_eq!(on(ymd(2015, 6, 12)).triggered_by(Price(11_000)), None);
        assert_eq!(on(ymd(2015, 6, 15)).triggered_by(Price(11_000)), Some(ViKind::Static));
        assert_eq!(on(ymd(2014, 8, 29)).triggered_by(Price(13_000)), None);
        assert_eq!(on(ymd(2014, 9, 1)).triggered_by(Price(13_000)), Some(ViKind::Dynamic));
    }

    #[test]
    fn some_issues_are_never_interrupted() {
        let base = situation(ViClass::OtherStock, Phase::Continuous);
        let states = |state| ViSituation { states: IssueStates::default().with(state), ..base };
        for exempt in [
            states(IssueState::Liquidation),
            states(IssueState::Overheated),
            states(IssueState::LowLiquidity),
            states(IssueState::InvestmentPrecaution),
            ViSituation { finds_first_price: true, ..base },
            ViSituation { in_vi_auction: true, ..base },
            ViSituation { market: Market::Konex, ..base },
        ] {
            assert_eq!(exempt.triggered_by(Price(13_000)), None, "{exempt:?}");
        }
        for ordinary in [IssueState::Administrative, IssueState::InvestmentCaution] {
            assert_eq!(states(ordinary).triggered_by(Price(13_000)), Some(ViKind::Dynamic), "{ordinary}");
        }
    }

    #[test]
    fn few_ticks_of_a_low_price_interrupt_nothing() {
        let penny = |market| ViSituation {
            market,
            last: Price(50),
            auction: Price(50),
            ..situation(ViClass::OtherStock, Phase::Continuous)
        };
        assert_eq!(penny(Market::Kospi).triggered_by(Price(53)), None);
        assert_eq!(penny(Market::Kospi).triggered_by(Price(54)), Some(ViKind::Dynamic));
        assert_eq!(penny(Market::Kosdaq).triggered_by(Price(55)), None);
        assert_eq!(penny(Market::Kosdaq).triggered_by(Price(56)), Some(ViKind::Dynamic));
    }

    proptest! {
        #[test]
        fn a_price_farther_away_interrupts_too(step in 0i64..3_000, further in 0i64..3_000, up in any::<bool>()) {
            let issue = situation(ViClass::OtherStock, Phase::Continuous);
            let at = |distance: i64| issue.triggered_by(Price(10_000 + if up { distance } else { -distance }));
            prop_assert!(at(step).is_none() || at(step + further).is_some());
        }
    }
}
