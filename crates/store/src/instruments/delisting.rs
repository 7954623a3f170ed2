//! When issues left the market.
//!
//! Symbol masters say that an issue is gone, and rarely when. Its daily bars tell: KRX lists halted days too, so an issue
//! is gone on the first day after its last bar on which others have one. That day is taken only if it follows within
//! [`CLOSE`]; where a history has a hole, nobody can tell on which side of it the issue left.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Interval, Symbol, kst_date};

use super::{Issue, ListingStatus, all, write};
use crate::bars::{self, Coverage, SeriesKind};
use crate::db::Tx;
use crate::error::StoreError;

/// A longest holiday, or the step of a weekly history.
const CLOSE: TimeDelta = TimeDelta::days(10);

/// Listed issues whose days stand for those of their market, of each kind of prices.
const WITNESSES: usize = 20;

/// Notes when issues left the market of which nobody told, as far as their bars tell; a day that later bars contradict is
/// found anew. Returns how many days were noted.
pub(crate) async fn derive(tx: &Tx, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let issues = all(tx).await?;
    let is_gone = |issue: &&Issue| issue.status == ListingStatus::Delisted && issue.symbol().is_some();
    let gone: Vec<&Issue> = issues.iter().filter(is_gone).collect();
    let symbols: Vec<Symbol> = gone.iter().filter_map(|issue| issue.symbol()).collect();
    let stored = bars::coverages(tx, &symbols, Interval::Day1).await?;
    if stored.is_empty() {
        return Ok(0);
    }
    let listed = issues.iter().filter(|issue| issue.status == ListingStatus::Listed && !issue.is_demo);
    let listed: Vec<Symbol> = listed.filter_map(Issue::symbol).collect();
    let listed = bars::coverages(tx, &listed, Interval::Day1).await?;
    let mut days = HashMap::new();
    for adjusted in [false, true] {
        days.insert(adjusted, witnessed(tx, &listed, adjusted, now).await?);
    }
    let mut news = Vec::new();
    for issue in gone {
        let series = issue.symbol().and_then(|symbol| stored.get(&symbol)).and_then(|all| longest(all));
        let Some(&Coverage { adjusted, last, .. }) = series else { continue };
        let last = kst_date(last);
        if issue.delisted_on.is_some_and(|day| last < day) {
            continue;
        }
        let next = days[&adjusted].range(last + Days::new(1)..).next().copied();
        let delisted_on = next.filter(|day| *day - last <= CLOSE);
        if delisted_on != issue.delisted_on {
            news.push(Issue { delisted_on, ..issue.clone() });
        }
    }
    write(tx, &news, now).await?;
    Ok(news.len() as u64)
}

/// The series that goes on longest.
fn longest(series: &[Coverage]) -> Option<&Coverage> {
    series.iter().max_by_key(|series| series.last)
}

/// The days on which some issues have bars that are listed still: those whose bars begin first.
async fn witnessed(
    tx: &Tx,
    listed: &HashMap<Symbol, Vec<Coverage>>,
    adjusted: bool,
    now: DateTime<Utc>,
) -> Result<BTreeSet<NaiveDate>, StoreError> {
    let of_kind = |all: &[Coverage]| all.iter().find(|series| series.adjusted == adjusted).map(|series| series.first);
    let mut oldest: Vec<(DateTime<Utc>, Symbol)> =
        listed.iter().filter_map(|(symbol, all)| Some((of_kind(all)?, *symbol))).collect();
    oldest.sort_unstable();
    let witnesses: Vec<Symbol> = oldest.into_iter().take(WITNESSES).map(|(_, symbol)| symbol).collect();
    let (from, to) = (Bar::day_start(bars::FIRST_DAY), now + TimeDelta::days(1));
    let times = bars::times(tx, &witnesses, SeriesKind::krx(Interval::Day1, adjusted), from, to).await?;
    Ok(times.into_values().flatten().map(kst_date).collect())
}
