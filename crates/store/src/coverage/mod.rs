//! What is stored of each series against what the calendar says there can be: by month or day, and in detail.
//!
//! A series is measured in days. Of a day it is known how many bars it can have, how many are stored, and whether a feed
//! was asked for it ([`checked_days`]): bars that a feed does not have are not missing, they do not exist.

mod checked;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use exodus_domain::{
    Bar, DayRange, Finding, Instrument, Interval, Symbol, TradingHours, findings, kst_date, missing_days, text_enum,
};

pub use checked::{CheckedDays, checked_days, forget_checked, note_checked};

use crate::bars::{self, SeriesKind};
use crate::db::Db;
use crate::error::StoreError;
use crate::page::{Page, Paged};
use crate::{actions, instruments};

/// Which series are wanted, and over which days.
#[derive(Clone, Debug)]
pub struct CoverageFilter {
    /// Length of the bars.
    pub interval: Interval,
    /// Issues that this text finds.
    pub text: Option<String>,
    /// The first day. Without it each series is measured from its first bar.
    pub from: Option<NaiveDate>,
    /// The last day that is over.
    pub to: NaiveDate,
}

/// What one period of a series has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The day, or the first of the month.
    pub start: NaiveDate,
    /// Bars that the period can have.
    pub expected: u64,
    /// Those that are stored, off-hours ones left out.
    pub stored: u64,
    /// Those that are neither stored nor known not to exist.
    pub missing: u64,
}

/// A series and how complete it is.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesCoverage {
    /// The issue.
    pub instrument: Instrument,
    /// True for adjusted prices.
    pub adjusted: bool,
    /// Start of the oldest bar stored, wherever the window begins.
    pub first: DateTime<Utc>,
    /// Start of the newest bar stored.
    pub last: DateTime<Utc>,
    /// By month for daily bars, by day for shorter ones. Periods without trading are left out.
    pub cells: Vec<Cell>,
}

impl SeriesCoverage {
    /// All periods together; its start is that of the first.
    pub fn total(&self) -> Cell {
        let start = self.cells.first().map(|cell| cell.start).unwrap_or_default();
        self.cells.iter().fold(Cell { start, ..Cell::default() }, |sum, cell| Cell {
            start,
            expected: sum.expected + cell.expected,
            stored: sum.stored + cell.stored,
            missing: sum.missing + cell.missing,
        })
    }
}

text_enum! {
    /// Why days have fewer bars than they could.
    GapReason {
        /// Nothing is stored, and no feed was asked.
        Missing = "missing",
        /// Some bars are stored, and no feed was asked whether there are more.
        Partial = "partial",
        /// The feed has nothing: halted, or not traded.
        Absent = "absent",
    }
}

/// Days with a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Which days.
    pub days: DayRange,
    /// Why.
    pub reason: GapReason,
}

/// A series in detail.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesDetail {
    /// How complete it is.
    pub coverage: SeriesCoverage,
    /// Its gaps, oldest first.
    pub gaps: Vec<Gap>,
    /// What is wrong with its bars; nothing for adjusted prices, which cannot be judged.
    pub findings: Vec<Finding>,
}

/// A day of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCoverage {
    /// The day.
    pub date: NaiveDate,
    /// Bars it can have.
    pub expected: u64,
    /// Bars it has.
    pub stored: u64,
    /// True if a feed was asked for it.
    pub is_checked: bool,
}

impl DayCoverage {
    /// Bars that a feed might still have.
    pub fn missing(&self) -> u64 {
        if self.is_checked { 0 } else { self.expected - self.stored }
    }

    fn gap(&self) -> Option<GapReason> {
        match (self.stored, self.is_checked) {
            (stored, _) if stored >= self.expected => None,
            (0, true) => Some(GapReason::Absent),
            (_, true) => None,
            (0, false) => Some(GapReason::Missing),
            (_, false) => Some(GapReason::Partial),
        }
    }
}

/// The days from `from` to `to` of a series with bars at `times`.
pub fn measure(
    hours: TradingHours,
    interval: Interval,
    times: &[DateTime<Utc>],
    checked: &CheckedDays,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<DayCoverage> {
    let mut counts: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    for &time in times {
        if interval == Interval::Day1 || hours.is_open(time) {
            *counts.entry(kst_date(time)).or_default() += 1;
        }
    }
    let day = |date: NaiveDate| {
        let expected = hours.bars_on(interval, date);
        let stored = counts.get(&date).copied().unwrap_or_default().min(expected);
        DayCoverage { date, expected, stored, is_checked: checked.contains(date) }
    };
    hours.days(interval, from, to).into_iter().map(day).collect()
}

/// Every series that is stored and fits, in order of issue, raw before adjusted.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn list(db: &dyn Db, filter: &CoverageFilter, page: Page) -> Result<Paged<SeriesCoverage>, StoreError> {
    let mut series = bars::stored_series(db, filter.interval).await?;
    if let Some(text) = &filter.text {
        let fitting = instruments::matching(db, text).await?;
        series.retain(|(symbol, _)| fitting.contains(symbol));
    }
    let total = series.len() as u64;
    let skipped = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let shown = series.into_iter().skip(skipped).take(usize::try_from(page.size).unwrap_or(usize::MAX));
    let measured = measure_series(db, filter, &shown.collect::<Vec<_>>()).await?;
    Ok(Paged { items: measured.into_iter().map(|(coverage, _)| coverage).collect(), total })
}

/// One series in detail; `None` if nothing of it is stored.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn detail(
    db: &dyn Db,
    symbol: Symbol,
    adjusted: bool,
    filter: &CoverageFilter,
) -> Result<Option<SeriesDetail>, StoreError> {
    let Some((coverage, days)) = measure_series(db, filter, &[(symbol, adjusted)]).await?.pop() else {
        return Ok(None);
    };
    let findings = if adjusted { Vec::new() } else { flaws(db, &coverage.instrument, filter, &days).await? };
    Ok(Some(SeriesDetail { gaps: gaps(&days), coverage, findings }))
}

type Measured = Vec<(SeriesCoverage, Vec<DayCoverage>)>;

async fn measure_series(
    db: &dyn Db,
    filter: &CoverageFilter,
    series: &[(Symbol, bool)],
) -> Result<Measured, StoreError> {
    let symbols: BTreeSet<Symbol> = series.iter().map(|(symbol, _)| *symbol).collect();
    let symbols: Vec<Symbol> = symbols.into_iter().collect();
    let known = instruments::find_many(db, &symbols).await?;
    let known: HashMap<Symbol, Instrument> = known.into_iter().map(|issue| (issue.symbol, issue)).collect();
    let extents = bars::coverages(db, &symbols, filter.interval).await?;
    let begin = filter.from.map_or(DateTime::<Utc>::UNIX_EPOCH, Bar::day_start);
    let end = Bar::day_start(filter.to + Days::new(1));
    let kind = |adjusted| SeriesKind::krx(filter.interval, adjusted);
    let raw = bars::times(db, &of_kind(series, false), kind(false), begin, end).await?;
    let adjusted = bars::times(db, &of_kind(series, true), kind(true), begin, end).await?;
    let checked = checked_days(db, &symbols, filter.interval).await?;
    let mut measured = Vec::with_capacity(series.len());
    for &(symbol, is_adjusted) in series {
        let extent = extents.get(&symbol).and_then(|all| all.iter().find(|one| one.adjusted == is_adjusted));
        let (Some(extent), Some(instrument)) = (extent, known.get(&symbol)) else { continue };
        let times = if is_adjusted { &adjusted } else { &raw };
        let times = times.get(&symbol).map(Vec::as_slice).unwrap_or_default();
        // Feeds give raw prices: what they were asked for says nothing of adjusted ones.
        let checked = checked.get(&symbol).filter(|_| !is_adjusted).cloned().unwrap_or_default();
        let (from, to) = bounds(instrument, kst_date(extent.first), filter);
        let days = measure(TradingHours::of(instrument), filter.interval, times, &checked, from, to);
        let coverage = SeriesCoverage {
            instrument: instrument.clone(),
            adjusted: is_adjusted,
            first: extent.first,
            last: extent.last,
            cells: cells(filter.interval, &days),
        };
        measured.push((coverage, days));
    }
    Ok(measured)
}

fn of_kind(series: &[(Symbol, bool)], adjusted: bool) -> Vec<Symbol> {
    series.iter().filter(|(_, is_adjusted)| *is_adjusted == adjusted).map(|(symbol, _)| *symbol).collect()
}

/// The days over which a series is measured: where a day is asked for, from it or from the listing, else from the first
/// bar; until the last day that is over or the issue was traded. A bar from before the listing shows that the issue came
/// from another market, and that the listing says nothing.
fn bounds(instrument: &Instrument, first_bar: NaiveDate, filter: &CoverageFilter) -> (NaiveDate, NaiveDate) {
    let begin = instrument.listed_on.map_or(first_bar, |listed| listed.min(first_bar));
    let from = filter.from.map_or(first_bar, |from| from.max(begin));
    let last_traded = instrument.delisted_on.and_then(|date| date.pred_opt());
    (from, last_traded.map_or(filter.to, |date| date.min(filter.to)))
}

fn cells(interval: Interval, days: &[DayCoverage]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for day in days {
        let start = match interval {
            Interval::Day1 => day.date.with_day(1).unwrap_or(day.date),
            _ => day.date,
        };
        let cell = match cells.last_mut() {
            Some(cell) if cell.start == start => cell,
            _ => {
                cells.push(Cell { start, ..Cell::default() });
                let newest = cells.len() - 1;
                &mut cells[newest]
            }
        };
        cell.expected += day.expected;
        cell.stored += day.stored;
        cell.missing += day.missing();
    }
    cells
}

fn gaps(days: &[DayCoverage]) -> Vec<Gap> {
    let dates: Vec<NaiveDate> = days.iter().map(|day| day.date).collect();
    let reasons: HashMap<NaiveDate, GapReason> = days.iter().filter_map(|day| Some((day.date, day.gap()?))).collect();
    let mut gaps: Vec<Gap> = Vec::new();
    for &reason in GapReason::ALL {
        let ranges = missing_days(&dates, |date| reasons.get(&date) == Some(&reason));
        gaps.extend(ranges.into_iter().map(|days| Gap { days, reason }));
    }
    gaps.sort_by_key(|gap| gap.days.first);
    gaps
}

/// What is wrong with the bars of the measured days, and of days between them that should have none.
async fn flaws(
    db: &dyn Db,
    instrument: &Instrument,
    filter: &CoverageFilter,
    days: &[DayCoverage],
) -> Result<Vec<Finding>, StoreError> {
    let Some(first) = days.first() else { return Ok(Vec::new()) };
    let key = SeriesKind::krx(filter.interval, false).of(instrument.symbol);
    let (begin, end) = (Bar::day_start(first.date), Bar::day_start(filter.to + Days::new(1)));
    let bars = bars::load(db, key, begin, end).await?;
    let actions = actions::of_symbol(db, instrument.symbol).await?;
    let ex_dates = actions.iter().map(|action| action.ex_date).collect();
    Ok(findings(instrument, filter.interval, &bars, &ex_dates))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn date(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
    }

    fn day_of(date: NaiveDate, expected: u64, stored: u64, is_checked: bool) -> DayCoverage {
        DayCoverage { date, expected, stored, is_checked }
    }

    #[test]
    fn minutes_off_hours_count_for_nothing_and_no_day_has_more_than_it_can() {
        let monday = Bar::day_start(date(6, 1));
        let minutes: Vec<DateTime<Utc>> = (0..24 * 60).map(|minute| monday + TimeDelta::minutes(minute)).collect();
        let checked = CheckedDays::default();
        let days = measure(TradingHours::Krx, Interval::Minute1, &minutes, &checked, date(5, 31), date(6, 3));
        assert_eq!(days, [day_of(date(6, 1), 381, 381, false), day_of(date(6, 2), 381, 0, false)]);
        let around = measure(TradingHours::AroundTheClock, Interval::Hour1, &minutes, &checked, date(6, 1), date(6, 1));
        assert_eq!(around, [day_of(date(6, 1), 24, 24, false)]);
    }

    #[test]
    fn what_a_feed_does_not_have_is_not_missing() {
        let days = [
            day_of(date(5, 28), 381, 381, false),
            day_of(date(5, 29), 381, 17, false),
            day_of(date(6, 1), 381, 0, false),
            day_of(date(6, 2), 381, 0, true),
            day_of(date(6, 4), 381, 17, true),
        ];
        let by_day = cells(Interval::Minute1, &days);
        assert_eq!(by_day.iter().map(|cell| cell.missing).collect::<Vec<_>>(), [0, 364, 381, 0, 0]);
        let by_month = cells(Interval::Day1, &days);
        assert_eq!(
            by_month.iter().map(|cell| (cell.start, cell.stored)).collect::<Vec<_>>(),
            [(date(5, 1), 398), (date(6, 1), 17)]
        );
        let found = gaps(&days);
        let found: Vec<_> = found.iter().map(|gap| (gap.days.first, gap.reason)).collect();
        assert_eq!(
            found,
            [(date(5, 29), GapReason::Partial), (date(6, 1), GapReason::Missing), (date(6, 2), GapReason::Absent)]
        );
    }
}
