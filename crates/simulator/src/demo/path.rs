//! The path of a demo price: a walk over the days, a bridge over the minutes of a day, and within a minute the way from
//! its open by way of its extremes to its close, with trades at bid and offer around it.
//!
//! Only `+ - * /` and `sqrt` are used on floats. IEEE 754 fixes their results to the last bit, so the path is the same
//! on every machine. A path is a ratio until it is rounded to a tick; no money is computed with it.

use super::issuers::Issuer;
use super::noise::{bell, draw, mix, unit};

/// Minutes of a day; the demo trades around the clock.
pub(super) const MINUTES: usize = 1_440;

/// Streams of chance, one for each use.
const STEP: u64 = 1;
const REGIME: u64 = 2;
const BRIDGE: u64 = 3;
const SPIKE: u64 = 4;
const VOLUME: u64 = 5;
const TRADE: u64 = 6;
const DEPTH: u64 = 7;

/// How far a day without session goes, as a part of a session's way: a weekend must not leave the price limits that
/// Friday's close sets for it.
const QUIET_DAY: f64 = 0.1;
/// How much of a session's volatility the way between the two ends of a day has.
const INTRADAY: f64 = 0.7;
/// Within spans of about an hour the price is livelier than that by this factor, so that minutes differ by ticks.
const LIVELY: f64 = 2.0;
const LIVELY_SPAN: usize = 64;
/// The part of the distance to the anchor that a day takes back.
const REVERSION: f64 = 0.002;
/// Drift of a day at most, in volatilities; its direction holds for [`REGIME_DAYS`].
const REGIME_DRIFT: f64 = 0.08;
const REGIME_DAYS: u64 = 45;

/// The prices at which days begin, one more than there are days. `is_session` tells the kind of each day.
pub(super) fn day_levels(issuer: &Issuer, key: u64, is_session: &[bool]) -> Vec<f64> {
    let mut level = issuer.anchor * (0.8 + 0.4 * unit(mix(key)));
    let mut levels = Vec::with_capacity(is_session.len() + 1);
    levels.push(level);
    for (day, is_session) in (0u64..).zip(is_session) {
        let drift = REGIME_DRIFT * bell(draw(key, REGIME, day / REGIME_DAYS)) / 3.47;
        let step = issuer.volatility * (bell(draw(key, STEP, day)) + drift);
        let pull = REVERSION * (issuer.anchor - level) / (issuer.anchor + level);
        level *= 1.0 + (step + pull) * if *is_session { 1.0 } else { QUIET_DAY };
        levels.push(level);
    }
    levels
}

/// The path of one issue through one day.
pub(super) struct DayPath {
    key: u64,
    /// Where each minute begins; the last entry is where the day ends.
    nodes: Vec<f64>,
    minute_volatility: f64,
    /// Percent of the average volume.
    activity: u64,
    minute_volume: u64,
}

/// The prices of a minute before rounding. The ends are met exactly; the extremes are one tick further out.
#[derive(Clone, Copy)]
pub(super) struct Minute {
    pub(super) open: f64,
    pub(super) high: f64,
    pub(super) low: f64,
    pub(super) close: f64,
    /// Seconds at which the high and the low are reached, neither the first nor the last, never the same.
    pub(super) high_at: u64,
    pub(super) low_at: u64,
}

/// What chance gives one second.
#[derive(Clone, Copy)]
pub(super) struct Trade {
    /// Ticks by which the price departs from the way of its minute: one down, none or one up, each as likely.
    pub(super) ticks: i64,
    /// True if a buyer took the offer; where the departure does not tell.
    pub(super) at_offer: bool,
    /// The part of the minute's volume that is traded in this second, in relation to the other seconds.
    pub(super) weight: u64,
}

impl Minute {
    /// The price on the straight way between the two of open, first extreme, second extreme and close that the second
    /// lies between.
    pub(super) fn way(&self, second_of_minute: u64) -> f64 {
        let (high, low) = ((self.high_at, self.high), (self.low_at, self.low));
        let (first, second) = if self.high_at < self.low_at { (high, low) } else { (low, high) };
        let stops = [(0, self.open), first, second, (59, self.close)];
        let next = stops.iter().position(|(at, _)| second_of_minute <= *at).unwrap_or(3).max(1);
        let ((from, start), (to, end)) = (stops[next - 1], stops[next]);
        start + (end - start) * (second_of_minute - from) as f64 / (to - from) as f64
    }
}

impl DayPath {
    /// The path from `open` to `close` on the day with this key.
    pub(super) fn new(issuer: &Issuer, key: u64, open: f64, close: f64) -> Self {
        let minute_volatility = INTRADAY * issuer.volatility / (MINUTES as f64).sqrt();
        let mut offsets = vec![0.0; MINUTES + 1];
        fill_bridge(&mut offsets, 0, MINUTES, key, minute_volatility);
        let ramp = |minute: usize| open + (close - open) * minute as f64 / MINUTES as f64;
        let nodes = offsets.iter().enumerate().map(|(minute, offset)| ramp(minute) * (1.0 + offset)).collect();
        let activity = 50 + draw(key, VOLUME, MINUTES as u64) % 151;
        Self { key, nodes, minute_volatility, activity, minute_volume: issuer.minute_volume }
    }

    pub(super) fn minute(&self, minute: usize) -> Minute {
        let (open, close) = (self.nodes[minute], self.nodes[minute + 1]);
        let chance = draw(self.key, SPIKE, minute as u64);
        let spike = |bits: u64| 1.5 * self.minute_volatility * unit(bits);
        let high_at = 1 + (chance >> 32) % 58;
        let low_at = 1 + (high_at + (chance >> 48) % 57) % 58;
        let high = open.max(close) * (1.0 + spike(chance));
        let low = open.min(close) * (1.0 - spike(chance >> 16));
        Minute { open, high, low, close, high_at, low_at }
    }

    /// Shares traded in a minute.
    pub(super) fn volume(&self, minute: usize) -> u64 {
        let percent = 20 + draw(self.key, VOLUME, minute as u64) % 161;
        self.minute_volume * percent * self.activity / 10_000
    }

    /// The trade of a second.
    pub(super) fn trade(&self, second: u64) -> Trade {
        let chance = draw(self.key, TRADE, second);
        Trade { ticks: (chance % 3) as i64 - 1, at_offer: (chance >> 16) & 1 == 1, weight: 1 + (chance >> 32) % 16 }
    }

    /// Chance for the depth of the book, by second and level.
    pub(super) fn depth(&self, second: u64, level: u64) -> u64 {
        draw(self.key, DEPTH, second * 16 + level)
    }
}

/// Fills a Brownian bridge between two known ends by halving, as offsets relative to the straight way.
fn fill_bridge(offsets: &mut [f64], left: usize, right: usize, key: u64, volatility: f64) {
    if right - left < 2 {
        return;
    }
    let middle = usize::midpoint(left, right);
    let (before, after) = ((middle - left) as f64, (right - middle) as f64);
    let straight = (offsets[left] * after + offsets[right] * before) / (before + after);
    let lively = if right - left <= LIVELY_SPAN { LIVELY } else { 1.0 };
    let deviation = lively * volatility * (before * after / (before + after)).sqrt();
    offsets[middle] = straight + deviation * bell(draw(key, BRIDGE, middle as u64));
    fill_bridge(offsets, left, middle, key, volatility);
    fill_bridge(offsets, middle, right, key, volatility);
}
