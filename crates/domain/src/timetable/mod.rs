//! The phases of a trading day by venue and date: when orders are taken, when and how they are matched.
//!
//! The rows stand in `rows` with their sources; the hours of the regular session they hang on come from the calendar.
//! An auction with a random end is struck, and takes orders, up to half a minute after its nominal end.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use self::rows::{Anchor, ROWS, Row, Span};
use crate::calendar::{SessionHours, TradingCalendar, trading_calendar};
use crate::time::{kst_date, kst_time};

mod rows;

text_enum! {
    /// A place where orders of KRX issues are matched.
    TradingVenue {
        /// 한국거래소, MIC XKRX.
        Krx = "krx",
        /// 넥스트레이드, the alternative trading system, since 2025-03-04.
        Nxt = "nxt",
    }
}

text_enum! {
    /// A part of the trading day with rules of its own.
    Phase {
        /// 장전 시간외 종가: at the close of the session before.
        PreHoursClose = "pre_hours_close",
        /// 프리마켓.
        PreMarket = "pre_market",
        /// 시가 단일가.
        OpeningAuction = "opening_auction",
        /// 접속매매; on NXT the main market (메인마켓).
        Continuous = "continuous",
        /// No orders and no trades: the lunch break until 2000-05-19; on NXT while KRX holds its auctions.
        Pause = "pause",
        /// 종가 단일가.
        ClosingAuction = "closing_auction",
        /// 장후 시간외 종가: at the close of the day, of issues that traded that day.
        AfterHoursClose = "after_hours_close",
        /// 시간외 단일가: auctions near the close of the day, not of issues that trade on NXT (R2 §51-2).
        AfterHoursSingle = "after_hours_single",
        /// 종가매매 on NXT: at the close of KRX.
        ClosingPrice = "closing_price",
        /// The opening auction of the after-market on NXT.
        AfterMarketAuction = "after_market_auction",
        /// 애프터마켓.
        AfterMarket = "after_market",
    }
}

text_enum! {
    /// How orders meet.
    Matching {
        /// Not at all.
        None = "none",
        /// At once, at the price of the order that was first in the book (R1 §24).
        Continuous = "continuous",
        /// All at one price at the end (R1 §23).
        SingleAuction = "single_auction",
        /// The same again and again.
        PeriodicAuction = "periodic_auction",
        /// At a price that is given, by time of entry.
        FixedPrice = "fixed_price",
    }
}

/// One phase of one venue on one day, in Korean wall-clock time. Beginnings are included, ends are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseWindow {
    /// The row of the timetable, as amendments name it.
    pub row: &'static str,
    /// Which part of the day.
    pub phase: Phase,
    /// Orders are taken from here ...
    pub orders_from: NaiveTime,
    /// ... to here.
    pub orders_to: NaiveTime,
    /// The first trade can happen here ...
    pub trades_from: NaiveTime,
    /// ... and the last here, random end aside. The same as `trades_from` for a single auction.
    pub trades_to: NaiveTime,
    /// How orders meet.
    pub matching: Matching,
    /// Minutes from one auction to the next, where there are several.
    pub auction_minutes: Option<u32>,
    /// An auction is struck up to so many seconds later than said.
    pub random_end_seconds: u32,
    /// The first date of the row; `None` if it is as old as the calendar.
    pub valid_from: Option<NaiveDate>,
    /// Where the row comes from.
    pub source: &'static str,
    /// False where no official text was found for a part of it; the source says for which.
    pub confirmed: bool,
}

impl PhaseWindow {
    /// True if the phase is held at `time`.
    pub fn contains(&self, time: NaiveTime) -> bool {
        self.orders_from <= time && time < self.orders_to
    }
}

/// True if the timetable has a row of this name.
pub(crate) fn is_row(name: &str) -> bool {
    ROWS.iter().any(|row| row.name == name)
}

impl TradingCalendar {
    /// As [`timetable`].
    pub fn timetable(&self, venue: TradingVenue, date: NaiveDate) -> Vec<PhaseWindow> {
        let mut windows: Vec<PhaseWindow> = self.windows(venue, date).collect();
        windows.sort_by_key(|window| (window.orders_from, window.orders_to));
        windows
    }

    /// As [`phase_at`].
    pub fn phase_at(&self, venue: TradingVenue, at: DateTime<Utc>) -> Option<PhaseWindow> {
        let time = kst_time(at);
        let may_contain = |row: &Row, hours: &SessionHours| {
            let (from, to) = row.orders;
            resolve(from, hours) <= time && time < resolve(to, hours)
        };
        // Rows with a book of their own stand before those at a fixed price.
        self.windows_of(venue, kst_date(at), may_contain).find(|window| window.contains(time))
    }

    /// As [`phase_windows`].
    pub fn windows(&self, venue: TradingVenue, date: NaiveDate) -> impl Iterator<Item = PhaseWindow> {
        self.windows_of(venue, date, |_, _| true)
    }

    /// The windows of those rows that are wanted on a day with these hours.
    fn windows_of(
        &self,
        venue: TradingVenue,
        date: NaiveDate,
        wanted: impl Fn(&Row, &SessionHours) -> bool,
    ) -> impl Iterator<Item = PhaseWindow> {
        let hours = self.session_hours(date);
        let regular_only = self.amendments().hours(date).is_some_and(|amended| !amended.off_hours);
        let is_held = move |row: &Row, hours: &SessionHours| {
            row.venue == venue && !(regular_only && is_off_hours(row)) && !(row.not_if_late && opens_late(hours))
        };
        let rows = ROWS.iter().filter_map(move |row| Some((row, hours?)));
        rows.filter(move |(row, hours)| is_held(row, hours) && wanted(row, hours))
            .filter_map(move |(row, hours)| Some(row.windows(&hours, self.start_in_force(row, date)?)))
            .flatten()
    }

    /// The first date of `row`, if it is the one in force on `date`.
    fn start_in_force(&self, row: &Row, date: NaiveDate) -> Option<NaiveDate> {
        let start_of = |row: &Row| self.amendments().start_of(row.name).or(row.valid_from);
        let replaced = row.until.and_then(|name| ROWS.iter().find(|row| row.name == name)).and_then(start_of);
        start_of(row).filter(|from| *from <= date && replaced.is_none_or(|end| date < end))
    }
}

/// True for what is held beside the regular session.
fn is_off_hours(row: &Row) -> bool {
    !matches!(row.phase, Phase::OpeningAuction | Phase::Continuous | Phase::ClosingAuction | Phase::Pause)
}

/// True if the session opens later than sessions of these years do: on exam days, first sessions of a year, or as
/// amended. Only rows since 2025 ask.
fn opens_late(hours: &SessionHours) -> bool {
    const ORDINARY_OPEN: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
        Some(time) => time,
        None => panic!("09:00 is a time of day"),
    };
    hours.open > ORDINARY_OPEN
}

impl Row {
    /// The row on a day with these hours: one window, or three around a lunch break.
    fn windows(
        &'static self,
        hours: &SessionHours,
        valid_from: NaiveDate,
    ) -> impl Iterator<Item = PhaseWindow> + use<> {
        let resolved = |(from, to): Span| (resolve(from, hours), resolve(to, hours));
        let (orders_from, orders_to) = resolved(self.orders);
        let (trades_from, trades_to) = resolved(self.trades);
        let whole = PhaseWindow {
            row: self.name,
            phase: self.phase,
            orders_from,
            orders_to,
            trades_from,
            trades_to,
            matching: self.matching,
            auction_minutes: self.auction_minutes,
            random_end_seconds: self.random_end_seconds,
            valid_from: Some(valid_from).filter(|from| *from > NaiveDate::MIN),
            source: self.source,
            confirmed: self.confirmed,
        };
        let lunch_break = hours.lunch_break.filter(|_| self.phase == Phase::Continuous);
        let (first, rest) = match lunch_break {
            None => (whole, None),
            Some((begin, end)) => (whole.between(orders_from, begin), Some((begin, end))),
        };
        let pause = rest.map(|(begin, end)| PhaseWindow {
            phase: Phase::Pause,
            matching: Matching::None,
            ..whole.between(begin, end)
        });
        let afternoon = rest.map(|(_, end)| whole.between(end, orders_to));
        // An amended close may leave a fixed end no time after it.
        let has_time =
            |window: &PhaseWindow| window.orders_from < window.orders_to && window.trades_from <= window.trades_to;
        [Some(first), pause, afternoon].into_iter().flatten().filter(has_time)
    }
}

impl PhaseWindow {
    /// The same phase held from `from` to `to`.
    fn between(self, from: NaiveTime, to: NaiveTime) -> Self {
        Self { orders_from: from, orders_to: to, trades_from: from, trades_to: to, ..self }
    }
}

fn resolve(anchor: Anchor, hours: &SessionHours) -> NaiveTime {
    match anchor {
        Anchor::Open(seconds) => hours.open + TimeDelta::seconds(seconds.into()),
        Anchor::Close(seconds) => hours.close + TimeDelta::seconds(seconds.into()),
        Anchor::At(time) => time,
    }
}

/// The phases of `venue` on `date`, by the time they begin; empty if there is no session, or no such venue yet.
pub fn timetable(venue: TradingVenue, date: NaiveDate) -> Vec<PhaseWindow> {
    trading_calendar().timetable(venue, date)
}

/// The same without order, for callers that look for one.
pub fn phase_windows(venue: TradingVenue, date: NaiveDate) -> impl Iterator<Item = PhaseWindow> {
    trading_calendar().windows(venue, date)
}

/// The phase that `venue` holds at `at`; `None` if it holds none.
///
/// Two phases may be held at once, one with a book and one at a fixed price, such as the opening auction and the
/// trading at the previous close before it: the one with a book is told. [`timetable`] tells both.
pub fn phase_at(venue: TradingVenue, at: DateTime<Utc>) -> Option<PhaseWindow> {
    trading_calendar().phase_at(venue, at)
}

#[cfg(test)]
mod tests;
