//! Daily price limits (가격제한폭): which rule applies to an issue on a trade date, and the prices it allows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::time::ymd;
use crate::{Instrument, InstrumentKind, IssueState, Market, Price, ceil_to_tick, floor_to_tick, tick_size};

/// The lowest and the highest price an order may carry on a trade date, both on the tick grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceLimits {
    /// 하한가.
    pub lower: Price,
    /// 상한가.
    pub upper: Price,
}

impl PriceLimits {
    /// True if `price` is neither below the lower nor above the upper limit.
    pub fn contains(&self, price: Price) -> bool {
        self.lower <= price && price <= self.upper
    }

    /// The prices from `down` basis points below `base` to `up` basis points above it.
    ///
    /// Two roundings (KOSPI Business Regulation §20(2), Enforcement Rules §31(1); KOSDAQ Enforcement Rules §17-2): the
    /// width is cut to a multiple of the tick *at the base price*, at least one tick; base ± width is then moved
    /// inwards to the grid *at the limit price*. `floor(0.7 × base)` and the like are wrong. The lower limit is never
    /// below the lowest valid price, the upper one never beyond the range of `i64`.
    pub(crate) fn around(
        market: Market,
        kind: InstrumentKind,
        date: NaiveDate,
        base: Price,
        down: i64,
        up: i64,
    ) -> Self {
        let (base_won, tick) = (i128::from(base.0), i128::from(tick_size(market, kind, date, base).0));
        let width = |basis_points: i64| {
            let exact = base_won * i128::from(basis_points) / 10_000;
            (exact - exact % tick).max(tick)
        };
        Self {
            lower: ceil_to_tick(market, kind, date, price_near(base_won - width(down))),
            upper: floor_to_tick(market, kind, date, price_near(base_won + width(up))),
        }
    }
}

/// The price of `won`, or the end of the range of prices that lies nearest.
fn price_near(won: i128) -> Price {
    Price(i64::try_from(won).unwrap_or(if won < 0 { i64::MIN } else { i64::MAX }))
}

/// What of an issue decides which price limit it has, beside its market and its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitTerms {
    /// First session of a new listing. An issue that came from another market of KRX, or was listed by a merger with a
    /// SPAC, has ordinary limits from its first session there on, and so has none here.
    pub listed_on: Option<NaiveDate>,
    /// Absolute multiple of the index or asset that an ETF or ETN follows, in hundredths: 200 for 2X and for inverse 2X.
    pub multiple: u32,
    /// True in liquidation trading (정리매매).
    pub in_liquidation: bool,
}

impl LimitTerms {
    /// Those of an issue with nothing special about it.
    pub const ORDINARY: Self = Self { listed_on: None, multiple: 100, in_liquidation: false };

    /// Those of an issue as it is now. Its day of listing is taken for that of a new listing: no symbol master tells a
    /// transfer from one, and where limits are too wide for a day the exchange still refuses the order.
    pub fn of(instrument: &Instrument) -> Self {
        Self {
            listed_on: instrument.listed_on,
            multiple: instrument.limit_multiple,
            in_liquidation: instrument.states.contains(IssueState::Liquidation),
        }
    }
}

/// The rule that limits the prices of an issue on a trade date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitRule {
    /// A part of the base price both ways.
    Ordinary {
        /// Basis points of the base price.
        width: i64,
    },
    /// The first session of a new listing of shares since 2023-06-26: 60 % to 400 % of the base price, which is the
    /// offer price (KOSPI Enforcement Rules §31(3), KOSDAQ Enforcement Rules §17-2).
    FirstSession,
    /// The first session before that: the opening auction makes the base price, within
    /// [`opening_auction`](Self::opening_auction), and limits are measured from it as usual. The raw prices of 2021 to
    /// 2023 show base price and ordinary limits; the range of the auction is unconfirmed.
    FirstSessionByAuction {
        /// Basis points of the base price made in the auction.
        width: i64,
    },
    /// Liquidation trading has no limit (KOSPI Business Regulation §20(3), KOSDAQ Business Regulation §23).
    Unlimited,
}

impl LimitRule {
    /// The rule for an issue on a trade date.
    ///
    /// An ETF or ETN begins like any other session of it. For the first session on KONEX no rule of its own is known
    /// and no price has been seen outside ±15 %.
    pub fn on(date: NaiveDate, market: Market, kind: InstrumentKind, terms: LimitTerms) -> Self {
        if terms.in_liquidation {
            return Self::Unlimited;
        }
        let width = ordinary_width(market, date);
        match kind {
            // A multiple below one is not applied (KOSPI Business Regulation §20(2), Enforcement Rules §31).
            InstrumentKind::Etf | InstrumentKind::Etn => {
                Self::Ordinary { width: width * i64::from(terms.multiple.max(100)) / 100 }
            }
            InstrumentKind::Stock if terms.listed_on != Some(date) || market == Market::Konex => {
                Self::Ordinary { width }
            }
            InstrumentKind::Stock if date >= ymd(2023, 6, 26) => Self::FirstSession,
            InstrumentKind::Stock => Self::FirstSessionByAuction { width },
        }
    }

    /// The limits that follow from `base`, the base price of the session; `None` if there are none.
    pub fn limits(self, market: Market, kind: InstrumentKind, date: NaiveDate, base: Price) -> Option<PriceLimits> {
        let (down, up) = match self {
            Self::Ordinary { width } | Self::FirstSessionByAuction { width } => (width, width),
            Self::FirstSession => (4_000, 30_000),
            Self::Unlimited => return None,
        };
        Some(PriceLimits::around(market, kind, date, base, down, up))
    }

    /// Where the opening auction that makes the base price may end, from the offer price: 90 % to 200 % of it
    /// (unconfirmed). `None` where no auction makes the base price.
    pub fn opening_auction(
        self,
        market: Market,
        kind: InstrumentKind,
        date: NaiveDate,
        offer: Price,
    ) -> Option<PriceLimits> {
        let by_auction = matches!(self, Self::FirstSessionByAuction { .. });
        by_auction.then(|| PriceLimits::around(market, kind, date, offer, 1_000, 10_000))
    }

    /// Every word of [`as_str`](Self::as_str).
    pub const WORDS: [&'static str; 4] = ["ordinary", "first_session", "first_session_by_auction", "unlimited"];

    /// The word for the rule, as programs and screens know it.
    pub const fn as_str(self) -> &'static str {
        let [ordinary, first_session, by_auction, unlimited] = Self::WORDS;
        match self {
            Self::Ordinary { .. } => ordinary,
            Self::FirstSession => first_session,
            Self::FirstSessionByAuction { .. } => by_auction,
            Self::Unlimited => unlimited,
        }
    }
}

/// The ordinary width in basis points of the base price.
///
/// * KOSPI and KOSDAQ ±30 % from 2015-06-15 (KOSPI Business Regulation §20, KOSDAQ Business Regulation §14).
/// * ±15 % before, KOSDAQ ±12 % until 2005-03-25. Daily moves from 1999-09 on pile up at 15 %; when that era began, and
///   the KOSDAQ era of 12 %, is unconfirmed, so no older width is modelled.
/// * KONEX ±15 % throughout (KONEX Business Regulation).
fn ordinary_width(market: Market, date: NaiveDate) -> i64 {
    match market {
        Market::Konex => 1_500,
        Market::Kospi | Market::Kosdaq if date >= ymd(2015, 6, 15) => 3_000,
        Market::Kosdaq if date <= ymd(2005, 3, 25) => 1_200,
        Market::Kospi | Market::Kosdaq => 1_500,
    }
}

/// The price limits of an issue with nothing special about it ([`LimitTerms::ORDINARY`]), from the base price.
pub fn price_limits(market: Market, kind: InstrumentKind, date: NaiveDate, base: Price) -> PriceLimits {
    let width = ordinary_width(market, date);
    PriceLimits::around(market, kind, date, base, width, width)
}

/// The prices of the after-hours single-price session (시간외 단일가), from the close of its regular session; `daily`
/// are the limits of the trade date, `None` where there are none.
///
/// 10 % of the close both ways, rounded as the daily limits are, and never outside these (KOSPI Business Regulation
/// §34-2); 5 % before 2014-09-01 (unconfirmed). That the multiple of a leveraged ETF or ETN does not widen it is
/// unconfirmed too. Whether a date has this session, the [timetable](crate::timetable) tells.
pub fn after_hours_single_limits(
    market: Market,
    kind: InstrumentKind,
    date: NaiveDate,
    close: Price,
    daily: Option<PriceLimits>,
) -> PriceLimits {
    let width = if date >= ymd(2014, 9, 1) { 1_000 } else { 500 };
    let band = PriceLimits::around(market, kind, date, close, width, width);
    match daily {
        None => band,
        Some(daily) => PriceLimits { lower: band.lower.max(daily.lower), upper: band.upper.min(daily.upper) },
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
