//! Corporate actions that a file of raw daily bars betrays: where the base price of a session, close minus change, is
//! not the close of the session before (krx-market §12).

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    ActionKind, Bar, CorporateAction, InstrumentKind, Interval, Market, Price, PriceFactor, Symbol, kst_date,
    next_session, previous_session,
};

use super::checks::Issue;
use super::collect::Series;
use super::columns::NO_CHANGE;
use crate::bars::{self, SeriesKind, Span};
use crate::db::Tx;
use crate::error::StoreError;

/// The actions of all issues. The close before the first row of an issue is looked up in the store.
pub(super) async fn actions(
    tx: &Tx,
    series: &[Series],
    known: &HashMap<Symbol, Issue>,
) -> Result<Vec<CorporateAction>, StoreError> {
    let before = closes_before(tx, series).await?;
    let mut found = Vec::new();
    for series in series.iter().filter(|series| !series.change.is_empty()) {
        let (market, kind) = market(series, known);
        let mut previous = before.get(&series.symbol).copied();
        for (i, &timestamp) in series.columns.timestamp.iter().enumerate() {
            let (date, close) = (date_of(timestamp), Price(series.columns.close[i]));
            let base = series.change[i];
            let base = (base != NO_CHANGE).then(|| Price(close.0.saturating_sub(base)));
            // Across a gap nobody knows which close the base price was made from.
            let before = previous.filter(|&(day, _)| next_session(day) == Some(date));
            if let (Some(base), Some((_, previous))) = (base, before)
                && let Some(factor) = PriceFactor::of_base_price(market, kind, date, previous, base)
            {
                found.push(CorporateAction { symbol: series.symbol, ex_date: date, kind: ActionKind::Derived, factor });
            }
            previous = Some((date, close));
        }
    }
    Ok(found)
}

/// The rules of an issue's grid; those of a share of KOSPI where nobody told.
fn market(series: &Series, known: &HashMap<Symbol, Issue>) -> (Market, InstrumentKind) {
    let known = known.get(&series.symbol).and_then(|issue| issue.known);
    let (market, kind) = known.unwrap_or((Market::Kospi, InstrumentKind::Stock));
    (series.said.market.unwrap_or(market), kind)
}

/// The stored closes of the sessions just before the first row of each issue.
async fn closes_before(tx: &Tx, series: &[Series]) -> Result<HashMap<Symbol, (NaiveDate, Price)>, StoreError> {
    let mut wanted: BTreeMap<NaiveDate, Vec<Symbol>> = BTreeMap::new();
    for series in series {
        if let (Some(&first), Some(_)) = (series.columns.timestamp.first(), series.change.first()) {
            wanted.entry(date_of(first)).or_default().push(series.symbol);
        }
    }
    let mut closes = HashMap::new();
    for (first, symbols) in wanted {
        let Some(session) = previous_session(first) else { continue };
        let span = Span { before: 0, from: Bar::day_start(session), to: Bar::day_start(first) };
        let stored = bars::load_many(tx, &symbols, SeriesKind::krx(Interval::Day1, false), span).await?;
        let last = |(symbol, bars): (Symbol, Vec<Bar>)| bars.last().map(|bar| (symbol, (session, bar.close)));
        closes.extend(stored.into_iter().filter_map(last));
    }
    Ok(closes)
}

fn date_of(timestamp: i64) -> NaiveDate {
    kst_date(DateTime::<Utc>::from_timestamp(timestamp, 0).unwrap_or_default())
}
