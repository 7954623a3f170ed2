//! The issues of the world and how they trade: a tape per seed, walked at random on the grid of ticks.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{KST, kst_date, previous_session};
use exodus_kis_emulator::world::MarketSource;

use crate::chance::Chance;

/// Code, price at the beginning and tick of each issue. The walks stay where the tick is the same.
pub(crate) const ISSUES: [(&str, i64, i64); 3] =
    [("005930", 70_000, 100), ("000660", 120_000, 100), ("035720", 35_000, 50)];

/// Writes the tape of a seed from a minute before `start` until `end`.
///
/// # Errors
/// What the file system says.
pub(crate) fn write(
    folder: &Path,
    seed: u64,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
) -> std::io::Result<MarketSource> {
    let mut chance = Chance::of(seed, "market");
    let (mut tape, mut bars) = (
        "time,symbol,price,quantity,bid,ask\n".to_owned(),
        "symbol,time,open,high,low,close,volume,market\n".to_owned(),
    );
    let before = previous_session(kst_date(start)).unwrap_or(kst_date(start));
    for (symbol, price, _) in ISSUES {
        let _ = writeln!(bars, "{symbol},{before},{price},{price},{price},{price},1000000,kospi");
    }
    let mut prices = ISSUES.map(|(_, price, _)| price);
    let mut at = start - TimeDelta::minutes(1);
    while at < end {
        at += chance.millis(1_000, 5_000);
        let which = usize::try_from(chance.between(0, 2)).unwrap_or_default();
        let (symbol, first, tick) = ISSUES[which];
        let moved = prices[which] + tick * chance.between(-2, 2);
        prices[which] = moved.clamp(first - 20 * tick, first + 20 * tick);
        let price = prices[which];
        let (bid, ask) = if chance.percent(50) { (price, price + tick) } else { (price - tick, price) };
        let quantity = chance.between(1, 200);
        let time = at.with_timezone(&KST).format("%Y-%m-%d %H:%M:%S");
        let _ = writeln!(tape, "{time},{symbol},{price},{quantity},{bid},{ask}");
    }
    let (tape_path, bars_path) = (folder.join("tape.csv"), folder.join("bars.csv"));
    std::fs::write(&tape_path, tape)?;
    std::fs::write(&bars_path, bars)?;
    Ok(MarketSource::Tape { tape: tape_path, bars: vec![bars_path] })
}
