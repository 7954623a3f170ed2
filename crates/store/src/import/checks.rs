//! What can be right about the values of a row, by the rules of the market on its date.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};
use exodus_domain::{
    InstrumentKind, Interval, Market, Matching, Price, TradingVenue, is_session, is_valid_print, kst_date,
    phase_windows,
};

use super::columns::VALUES;
use super::rows::RowReason;
use super::time::KST_SECONDS;

/// How far open and close of adjusted prices may lie outside the range of low to high: sources round each adjusted
/// price for itself, which moves it by up to 3 won, and some take the close one tick off the session's range. No tick
/// of KRX is larger than half a percent of its price.
fn adjusted_tolerance(high: i64) -> i64 {
    (high / 200).max(3)
}

/// No price and no volume is larger; whatever is would be a mistake, and could not be multiplied safely.
const MAX_VALUE: i64 = 1_000_000_000_000;

const DAY_SECONDS: i64 = 86_400;

/// What is known of an issue, as far as the checks need it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Issue {
    /// Market and kind, where the symbol master told them.
    pub(super) known: Option<(Market, InstrumentKind)>,
    /// True for an issue of the demo market, which trades at any hour.
    pub(super) is_demo: bool,
}

impl Issue {
    /// The market that a row belongs to, and the kind of issue if it is certain: only KOSPI has funds and notes. What
    /// the row says counts more than what is known today, because issues move to another market.
    fn market(&self, said: Option<Market>) -> Option<(Market, Option<InstrumentKind>)> {
        let market = said.or(self.known.map(|(market, _)| market))?;
        let kind = self.known.map(|(_, kind)| kind);
        Some((market, if market == Market::Kospi { kind } else { Some(InstrumentKind::Stock) }))
    }
}

/// The checks for the rows of one file.
pub(super) struct Checks {
    interval: Interval,
    adjusted: bool,
    now: i64,
    today: i64,
    calendar: Calendar,
}

impl Checks {
    /// For bars of this length, with adjusted prices or as they were traded.
    pub(super) fn new(interval: Interval, adjusted: bool, now: DateTime<Utc>) -> Self {
        let today = day_of(now.timestamp());
        Self { interval, adjusted, now: now.timestamp(), today, calendar: Calendar::new() }
    }

    /// What is wrong with a row: the column and the reason. `said` is the market that the row names.
    pub(super) fn check(
        &mut self,
        issue: &Issue,
        said: Option<Market>,
        timestamp: i64,
        values: [i64; 5],
    ) -> Result<(), (&'static str, RowReason)> {
        check_values(values, self.adjusted)?;
        self.check_time(issue, timestamp).map_err(|reason| ("date", reason))?;
        if self.adjusted || values[0] == 0 {
            return Ok(());
        }
        let Some((market, kind)) = issue.market(said) else { return Ok(()) };
        let date = kst_date(DateTime::from_timestamp(timestamp, 0).unwrap_or_default());
        let prices = values.into_iter().zip(VALUES).take(4);
        match prices.into_iter().find(|(price, _)| !is_price(market, kind, date, Price(*price))) {
            Some((_, column)) => Err((column, RowReason::OffGrid)),
            None => Ok(()),
        }
    }

    fn check_time(&mut self, issue: &Issue, timestamp: i64) -> Result<(), RowReason> {
        let day = day_of(timestamp);
        let is_future = if self.interval == Interval::Day1 { day > self.today } else { timestamp > self.now };
        if is_future {
            return Err(RowReason::Future);
        }
        if issue.is_demo {
            return Ok(());
        }
        if !self.calendar.may_be_session(day) {
            return Err(RowReason::NonSession);
        }
        if self.interval != Interval::Day1 && !self.calendar.has_trading(timestamp, self.interval) {
            return Err(RowReason::OffHours);
        }
        Ok(())
    }
}

/// Days since 1970 in Korea.
fn day_of(timestamp: i64) -> i64 {
    (timestamp + KST_SECONDS).div_euclid(DAY_SECONDS)
}

/// True if a trade can have this price. Where nobody told whether an issue of KOSPI is a share or a fund, either grid
/// will do.
fn is_price(market: Market, kind: Option<InstrumentKind>, date: NaiveDate, price: Price) -> bool {
    let on_grid = |kind| is_valid_print(market, kind, date, price);
    match kind {
        Some(kind) => on_grid(kind),
        None => on_grid(InstrumentKind::Stock) || on_grid(InstrumentKind::Etf),
    }
}

/// What cannot be right about the values of a row.
fn check_values([open, high, low, close, volume]: [i64; 5], adjusted: bool) -> Result<(), (&'static str, RowReason)> {
    for (value, column) in [open, high, low, close, volume].into_iter().zip(VALUES) {
        if !(0..=MAX_VALUE).contains(&value) {
            return Err((column, if value < 0 { RowReason::Negative } else { RowReason::TooLarge }));
        }
    }
    if close == 0 {
        return Err(("close", RowReason::Zero));
    }
    if open == 0 && high == 0 && low == 0 {
        return Ok(()); // A halted day (krx-market §9) keeps its row with the old close.
    }
    for (value, column) in [open, high, low].into_iter().zip(VALUES) {
        if value == 0 {
            return Err((column, RowReason::Zero));
        }
    }
    if high < low {
        return Err(("high", RowReason::HighBelowLow));
    }
    let tolerance = if adjusted { adjusted_tolerance(high) } else { 0 };
    let range = low - tolerance..=high + tolerance;
    for (value, column) in [(open, "open"), (close, "close")] {
        if !range.contains(&value) {
            return Err((column, RowReason::OutsideRange));
        }
    }
    Ok(())
}

/// The calendar, laid out so that millions of rows can ask it.
struct Calendar {
    /// Whether each day of the covered years is a session, from `first` on.
    sessions: Vec<bool>,
    first: i64,
    /// The hours of the day asked for last, as seconds of the day: begin, and last moment of a trade.
    hours: Vec<(i64, i64)>,
    hours_of: i64,
}

impl Calendar {
    /// The years that the calendar of this product covers.
    const YEARS: std::ops::RangeInclusive<i32> = 1990..=2027;

    fn new() -> Self {
        let new_year = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("1 January exists in every year");
        let (first, end) = (new_year(*Self::YEARS.start()), new_year(*Self::YEARS.end() + 1));
        let days = first.iter_days().take_while(|&date| date < end);
        Self {
            sessions: days.map(is_session).collect(),
            first: day_number(first),
            hours: Vec::new(),
            hours_of: i64::MIN,
        }
    }

    /// False if there was no session on that day; outside the covered years nobody knows.
    fn may_be_session(&self, day: i64) -> bool {
        let place = usize::try_from(day - self.first).ok();
        place.and_then(|place| self.sessions.get(place)).copied().unwrap_or(true)
    }

    /// True if there was trading within the bar that starts at `timestamp`, the moment of the last auction included.
    fn has_trading(&mut self, timestamp: i64, interval: Interval) -> bool {
        let day = day_of(timestamp);
        if self.hours_of != day {
            self.hours = hours(day);
            self.hours_of = day;
        }
        let begin = (timestamp + KST_SECONDS).rem_euclid(DAY_SECONDS);
        let end = begin + interval.duration().num_seconds();
        self.hours.is_empty() || self.hours.iter().any(|&(first, last)| end > first && begin <= last)
    }
}

/// When trades of KRX can happen on a day, off-hours sessions included, in seconds of the day; nothing if nobody knows.
fn hours(day: i64) -> Vec<(i64, i64)> {
    let date = DateTime::<Utc>::from_timestamp(day * DAY_SECONDS, 0).unwrap_or_default().date_naive();
    let seconds = |time: NaiveTime| i64::from(time.num_seconds_from_midnight());
    let trading = phase_windows(TradingVenue::Krx, date).filter(|window| window.matching != Matching::None);
    trading
        .map(|window| (seconds(window.trades_from), seconds(window.trades_to) + i64::from(window.random_end_seconds)))
        .collect()
}

/// Days since 1970.
fn day_number(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce()) - i64::from(NaiveDate::default().num_days_from_ce())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exodus_domain::{Bar, from_kst};

    #[test]
    fn rows_that_cannot_be_right_are_refused_by_column() {
        let refused = |row| check_values(row, false).err();
        assert_eq!(refused([10, 12, 9, 11, 5]), None);
        assert_eq!(refused([0, 0, 0, 11, 0]), None, "a halted day");
        assert_eq!(refused([0, 0, 0, 11, 900]), None, "a halted day with a block trade");
        assert_eq!(refused([-1, 12, 9, 11, 5]), Some(("open", RowReason::Negative)));
        assert_eq!(refused([10, 12, 9, 11, -5]), Some(("volume", RowReason::Negative)));
        assert_eq!(refused([10, 12, 9, 0, 5]), Some(("close", RowReason::Zero)));
        assert_eq!(refused([10, 12, 0, 11, 5]), Some(("low", RowReason::Zero)));
        assert_eq!(refused([10, 9, 12, 11, 5]), Some(("high", RowReason::HighBelowLow)));
        assert_eq!(refused([13, 12, 9, 11, 5]), Some(("open", RowReason::OutsideRange)));
        assert_eq!(refused([10, 12, 9, 8, 5]), Some(("close", RowReason::OutsideRange)));
        assert_eq!(refused([10, i64::MAX, 9, 11, 5]), Some(("high", RowReason::TooLarge)));
    }

    #[test]
    fn adjusted_prices_may_be_rounded_apart() {
        assert!(check_values([10, 12, 9, 15, 5], true).is_ok());
        assert!(check_values([10, 12, 9, 16, 5], true).is_err());
        assert!(check_values([24_850, 24_900, 24_350, 24_950, 5], true).is_ok(), "one tick");
        assert!(check_values([24_850, 24_900, 24_350, 25_050, 5], true).is_err());
    }

    fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date")
    }

    fn checks(interval: Interval) -> Checks {
        Checks::new(interval, false, Bar::day_start(ymd(2026, 8, 21)))
    }

    const FLAT: [i64; 5] = [120_000, 120_000, 120_000, 120_000, 1];

    fn daily(issue: Issue, said: Option<Market>, date: NaiveDate, price: i64) -> Option<(&'static str, RowReason)> {
        let values = [price, price, price, price, 1];
        checks(Interval::Day1).check(&issue, said, Bar::day_start(date).timestamp(), values).err()
    }

    #[test]
    fn a_daily_bar_lies_on_a_session_that_was() {
        let day = |date| daily(Issue::default(), None, date, 120_000);
        assert_eq!(day(ymd(2026, 8, 21)), None, "today");
        assert_eq!(day(ymd(2026, 8, 24)), Some(("date", RowReason::Future)));
        assert_eq!(day(ymd(2026, 8, 22)), Some(("date", RowReason::Future)));
        assert_eq!(day(ymd(2026, 8, 16)), Some(("date", RowReason::NonSession)), "a Sunday");
        assert_eq!(day(ymd(2026, 1, 1)), Some(("date", RowReason::NonSession)));
        assert_eq!(day(ymd(1985, 1, 1)), None, "before the calendar begins nobody knows");
        let demo = Issue { is_demo: true, ..Issue::default() };
        assert_eq!(daily(demo, None, ymd(2026, 8, 16), 120_000), None, "the demo market never closes");
    }

    #[test]
    fn a_minute_bar_lies_in_trading_hours() {
        let at = |hour, minute| {
            let time = chrono::NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
            let timestamp = from_kst(ymd(2026, 8, 20), time).timestamp();
            checks(Interval::Minute1).check(&Issue::default(), None, timestamp, FLAT).err()
        };
        assert_eq!(at(9, 0), None);
        assert_eq!(at(15, 30), None, "the closing price");
        assert_eq!(at(3, 0), Some(("date", RowReason::OffHours)));
        assert_eq!(at(20, 30), Some(("date", RowReason::OffHours)));
    }

    #[test]
    fn raw_prices_lie_on_the_grid_of_their_market_and_date() {
        let stock = |market| Issue { known: Some((market, InstrumentKind::Stock)), is_demo: false };
        let (before, after) = (ymd(2023, 1, 20), ymd(2023, 1, 25));
        assert_eq!(daily(stock(Market::Kospi), None, before, 120_100), Some(("open", RowReason::OffGrid)));
        assert_eq!(daily(stock(Market::Kospi), None, after, 120_100), None);
        assert_eq!(daily(stock(Market::Kosdaq), None, before, 120_100), None);
        assert_eq!(daily(stock(Market::Kospi), Some(Market::Kosdaq), before, 120_100), None, "the row knows better");
        assert_eq!(daily(Issue::default(), None, before, 120_101), None, "nobody knows its market");
        let kospi = Some(Market::Kospi);
        assert_eq!(daily(Issue::default(), kospi, before, 10_005), None, "it may be a fund");
        assert_eq!(daily(Issue::default(), kospi, before, 10_003), Some(("open", RowReason::OffGrid)));
        assert_eq!(daily(Issue::default(), Some(Market::Kosdaq), before, 10_005), Some(("open", RowReason::OffGrid)));
    }
}
