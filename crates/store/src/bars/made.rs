//! Bars that are made of shorter ones when they are read, because nobody stored them.

use chrono::{DateTime, Utc};
use exodus_domain::{Bar, Instrument, Interval, TradingHours, Venue, aggregate};

use super::{SeriesKind, newest};
use crate::db::Db;
use crate::error::StoreError;

/// Bars and what they were made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// Length of the stored bars.
    pub source: Interval,
    /// The longer bars, oldest first.
    pub bars: Vec<Bar>,
}

/// The newest bars of a kind that is not stored, made of the shortest that is: at most `limit` that start before
/// `before`. The last one grows until its time is over. `None` if nothing shorter is stored.
///
/// Off-hours bars count for nothing, so that there may be fewer than `limit` even where older ones exist.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn newest_made(
    db: &dyn Db,
    instrument: &Instrument,
    kind: SeriesKind,
    before: DateTime<Utc>,
    limit: usize,
) -> Result<Option<Made>, StoreError> {
    // Nobody told yet when the bars of other venues are cut.
    if kind.venue != Venue::Krx {
        return Ok(None);
    }
    let hours = TradingHours::of(instrument);
    for &source in Interval::ALL.iter().filter(|shorter| shorter.duration() < kind.interval.duration()) {
        let shorter = SeriesKind { interval: source, ..kind }.of(instrument.symbol);
        // One bar more than asked for: the oldest may lack its beginning.
        let wanted = limit.saturating_add(1).saturating_mul(bars_in(source, kind.interval));
        let stored = newest(db, shorter, before, wanted).await?;
        if stored.is_empty() {
            continue;
        }
        let mut bars = aggregate(&stored, kind.interval, hours);
        let surplus = bars.len().saturating_sub(limit);
        let cut = usize::from(stored.len() == wanted && bars.len() > 1);
        bars.drain(..surplus.max(cut));
        return Ok(Some(Made { source, bars }));
    }
    Ok(None)
}

/// How many bars of `shorter` one of `longer` can have at most. A day of the demo market has the most.
fn bars_in(shorter: Interval, longer: Interval) -> usize {
    let minutes = |interval: Interval| interval.duration().num_minutes().unsigned_abs();
    usize::try_from(minutes(longer).div_ceil(minutes(shorter))).unwrap_or(usize::MAX)
}
