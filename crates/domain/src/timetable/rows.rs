//! The timetable as dated rows: which phase a venue holds from which date on, and when on a day.
//!
//! A row ends on the day its successor starts, so that moving a start ([`Amendments`](crate::Amendments)) moves both.
//! Times hang on the hours of the regular session where the rule does: on an exam day or a first session of the year
//! they move with it, and a fixed end stays.
//!
//! Sources: R1 and R2 are the KOSPI Market Business Regulation and its Enforcement Rules in force 2026-04-28; "press"
//! is the Korean press on the notice of the time. KOSDAQ and KONEX hold the same hours.

use chrono::{NaiveDate, NaiveTime};

use super::{Matching, Phase, TradingVenue};
use crate::time::ymd;

/// A time of day, by what it hangs on.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    /// Seconds after the opening of the KRX session; negative before it.
    Open(i32),
    /// Seconds after its close.
    Close(i32),
    /// The same on every day.
    At(NaiveTime),
}

/// From one time to another, the end not included.
pub(super) type Span = (Anchor, Anchor);

/// One phase of one venue, for as long as it was held the same way.
pub(super) struct Row {
    /// The name by which amendments call it.
    pub(super) name: &'static str,
    pub(super) venue: TradingVenue,
    pub(super) phase: Phase,
    /// First date; `None` if it was announced without one, so that only an amendment starts it.
    pub(super) valid_from: Option<NaiveDate>,
    /// The row that takes its place.
    pub(super) until: Option<&'static str>,
    /// When orders are taken.
    pub(super) orders: Span,
    /// When trades happen, the first and the last. A random end is not counted.
    pub(super) trades: Span,
    pub(super) matching: Matching,
    /// Minutes from one auction to the next, where there is more than one.
    pub(super) auction_minutes: Option<u32>,
    /// An auction is struck up to so many seconds later.
    pub(super) random_end_seconds: u32,
    /// True if it is not held on days when the session opens late.
    pub(super) not_if_late: bool,
    pub(super) source: &'static str,
    /// False where no official text was found for a part of the row; the source says for which.
    pub(super) confirmed: bool,
}

const MINUTE: i32 = 60;

const fn open(minutes: i32) -> Anchor {
    Anchor::Open(minutes * MINUTE)
}

const fn close(minutes: i32) -> Anchor {
    Anchor::Close(minutes * MINUTE)
}

const fn at(hour: u32, minute: u32) -> Anchor {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => Anchor::At(time),
        None => panic!("the source names a time that does not exist"),
    }
}

/// NXT opens its main market half a minute after KRX, when the opening auction there has been struck.
const NXT_MAIN_OPEN: Anchor = Anchor::Open(30);

/// What most rows have in common: a phase of KRX, continuous, from the first date of the calendar on.
const fn krx(name: &'static str, phase: Phase, orders: Span) -> Row {
    Row {
        name,
        venue: TradingVenue::Krx,
        phase,
        valid_from: Some(NaiveDate::MIN),
        until: None,
        orders,
        trades: orders,
        matching: Matching::Continuous,
        auction_minutes: None,
        random_end_seconds: 0,
        not_if_late: false,
        source: "R1 §4, §24",
        confirmed: true,
    }
}

/// A single auction at the end of order entry, with a random end of 30 seconds (R2 §35; since when is unconfirmed).
const fn krx_auction(name: &'static str, phase: Phase, orders: Span) -> Row {
    let (_, end) = orders;
    Row {
        trades: (end, end),
        matching: Matching::SingleAuction,
        random_end_seconds: 30,
        source: "R2 §11, §35",
        ..krx(name, phase, orders)
    }
}

/// 시간외 단일가: auctions every so many minutes from half an hour after the close to 18:00.
const fn krx_after_hours_single(name: &'static str, from: NaiveDate, minutes: u32) -> Row {
    const ORDERS: Span = (close(30), at(18, 0));
    Row {
        valid_from: Some(from),
        trades: (close(30 + minutes as i32), at(18, 0)),
        matching: Matching::PeriodicAuction,
        auction_minutes: Some(minutes),
        random_end_seconds: 30,
        source: "R1 §34-2, R2 §51-2",
        ..krx(name, Phase::AfterHoursSingle, ORDERS)
    }
}

/// A phase of NXT, which opened on 2025-03-04.
const fn nxt(name: &'static str, phase: Phase, orders: Span) -> Row {
    Row {
        venue: TradingVenue::Nxt,
        valid_from: Some(ymd(2025, 3, 4)),
        source: "press 2025-03-04; brokers' guides",
        ..krx(name, phase, orders)
    }
}

/// Every row. Of a venue's rows that overlap in time, those with a book of their own stand first.
pub(super) const ROWS: &[Row] = &[
    Row {
        valid_from: None,
        not_if_late: true,
        source: "press 2026-01-13: planned for 2026-06-29; not seen to have started",
        confirmed: false,
        ..krx("krx_pre_market", Phase::PreMarket, (at(7, 0), at(8, 0)))
    },
    Row {
        until: Some("krx_opening_auction_1998"),
        source: "press 2019-04-02: 90 minutes until 1998; day of the change unconfirmed",
        confirmed: false,
        ..krx_auction("krx_opening_auction_1990", Phase::OpeningAuction, (open(-90), open(0)))
    },
    Row {
        valid_from: Some(ymd(1998, 12, 7)),
        until: Some("krx_opening_auction_2019"),
        source: "press 2019-04-02: an hour since 1998; day of the change unconfirmed",
        confirmed: false,
        ..krx_auction("krx_opening_auction_1998", Phase::OpeningAuction, (open(-60), open(0)))
    },
    Row {
        valid_from: Some(ymd(2019, 4, 29)),
        ..krx_auction("krx_opening_auction_2019", Phase::OpeningAuction, (open(-30), open(0)))
    },
    krx("krx_continuous", Phase::Continuous, (open(0), close(-10))),
    // Its length is unconfirmed before 2000-05-22.
    krx_auction("krx_closing_auction", Phase::ClosingAuction, (close(-10), close(0))),
    Row {
        until: Some("krx_after_hours_single_2014"),
        source: "press 2005-05-27, 2014-08-26: every 30 minutes, ±5 %",
        ..krx_after_hours_single("krx_after_hours_single_2005", ymd(2005, 5, 30), 30)
    },
    Row {
        until: Some("krx_after_market"),
        source: "press 2014-08-26; R1 §34-2, R2 §51-2: every 10 minutes, ±10 %",
        ..krx_after_hours_single("krx_after_hours_single_2014", ymd(2014, 9, 1), 10)
    },
    Row {
        valid_from: Some(ymd(2026, 9, 14)),
        source: "the broker's order codes of 2026-09-14; its hours on days with a late close are unconfirmed",
        confirmed: false,
        ..krx("krx_after_market", Phase::AfterMarket, (close(30), at(20, 0)))
    },
    Row {
        valid_from: Some(ymd(2005, 5, 30)),
        until: Some("krx_pre_hours_close_2019"),
        matching: Matching::FixedPrice,
        source: "press 2019-04-03; since when unconfirmed",
        confirmed: false,
        ..krx("krx_pre_hours_close_2005", Phase::PreHoursClose, (open(-90), open(-30)))
    },
    Row {
        valid_from: Some(ymd(2019, 4, 29)),
        matching: Matching::FixedPrice,
        source: "R1 §4, R2 §11, §51; press 2021-01-04 and 2025-11-12 for days with a late opening",
        ..krx("krx_pre_hours_close_2019", Phase::PreHoursClose, (open(-30), open(-20)))
    },
    Row {
        valid_from: Some(ymd(2005, 5, 30)),
        trades: (close(10), close(30)),
        matching: Matching::FixedPrice,
        source: "R1 §4, §34, R2 §11; press 2005-05-27",
        ..krx("krx_after_hours_close", Phase::AfterHoursClose, (close(0), close(30)))
    },
    Row { not_if_late: true, ..nxt("nxt_pre_market", Phase::PreMarket, (at(8, 0), at(8, 50))) },
    Row {
        not_if_late: true,
        matching: Matching::None,
        ..nxt("nxt_opening_pause", Phase::Pause, (at(8, 50), NXT_MAIN_OPEN))
    },
    Row {
        source: "press 2025-03-04; press 2026-01-02 for the half minute on days with a late opening",
        ..nxt("nxt_main", Phase::Continuous, (NXT_MAIN_OPEN, close(-10)))
    },
    Row { matching: Matching::None, ..nxt("nxt_closing_pause", Phase::Pause, (close(-10), close(0))) },
    Row {
        trades: (close(10), close(10)),
        matching: Matching::SingleAuction,
        ..nxt("nxt_after_market_auction", Phase::AfterMarketAuction, (close(0), close(10)))
    },
    nxt("nxt_after_market", Phase::AfterMarket, (close(10), at(20, 0))),
    Row {
        trades: (close(0), close(30)),
        matching: Matching::FixedPrice,
        source: "brokers' guides; press 2025-10-30 for exam days",
        ..nxt("nxt_closing_price", Phase::ClosingPrice, (close(-30), close(30)))
    },
];
