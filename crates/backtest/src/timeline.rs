//! Bars of several issues in the order of time.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Bar, CompactBar};

use crate::runner::OrdersMet;

/// After the last bar of every issue.
const NEVER: i64 = i64::MAX;

/// A bar that has closed. There is none before the orders that wait for its time have met their bars, and nothing else is
/// shown to strategies: so no decision can become an order for the bar it was made on, or for an earlier one.
#[derive(Clone, Copy)]
pub(crate) struct ClosedBar<'a>(&'a CompactBar);

impl ClosedBar<'_> {
    /// The bar in its ordinary form, for callers who know its time.
    #[inline]
    pub(crate) fn bar_of(self, open_time: DateTime<Utc>) -> Bar {
        self.0.bar_of(open_time)
    }

    /// As [`Bar::is_halted`].
    #[inline]
    pub(crate) fn is_halted(self) -> bool {
        self.0.is_halted()
    }
}

/// The bars of every issue, and how far each has come. Times are those of bars, in milliseconds since 1970.
pub(crate) struct Timeline<'a> {
    tracks: Vec<Track<'a>>,
    /// The time of the earliest next bar.
    next_time: i64,
}

struct Track<'a> {
    bars: &'a [CompactBar],
    next: usize,
    /// The time of the next bar.
    next_time: i64,
}

impl<'a> Timeline<'a> {
    /// Starts at the first bar of `from`; earlier ones are history, and bars after `to` are left out.
    pub(crate) fn new(series: impl Iterator<Item = &'a [CompactBar]>, from: NaiveDate, to: NaiveDate) -> Self {
        let day_start = |date| Bar::day_start(date).timestamp_millis();
        let (start, end) = (day_start(from), to.succ_opt().map_or(NEVER, day_start));
        let before = |bars: &[CompactBar], time| bars.partition_point(|bar| bar.open_ms() < time);
        let tracks: Vec<_> = series.map(|bars| Track::new(&bars[..before(bars, end)], before(bars, start))).collect();
        let next_time = tracks.iter().map(|track| track.next_time).min().unwrap_or(NEVER);
        Self { tracks, next_time }
    }

    /// Bars that are left.
    pub(crate) fn remaining(&self) -> usize {
        self.tracks.iter().map(Track::remaining).sum()
    }

    /// Bars that are left of the track with most of them.
    pub(crate) fn longest(&self) -> usize {
        self.tracks.iter().map(Track::remaining).max().unwrap_or(0)
    }

    /// Every bar of a track that is not after the period.
    pub(crate) fn bars(&self, track: usize) -> &'a [CompactBar] {
        self.tracks[track].bars
    }

    /// The bars of a track that have passed, oldest first.
    pub(crate) fn past(&self, track: usize) -> &'a [CompactBar] {
        let Track { bars, next, .. } = self.tracks[track];
        &bars[..next]
    }

    /// The earliest time at which a track has its next bar.
    pub(crate) fn next_time(&self) -> Option<i64> {
        (self.next_time != NEVER).then_some(self.next_time)
    }

    /// The next bar of a track, if it is of the next time: what orders meet. Strategies never see it like this.
    pub(crate) fn bar(&self, track: usize) -> Option<&'a CompactBar> {
        self.tracks[track].bar_at(self.next_time)
    }

    /// Every track with a bar of the next time, with that bar as it has closed.
    pub(crate) fn closed_bars(&self, _: &OrdersMet) -> impl Iterator<Item = (usize, ClosedBar<'a>)> {
        let tracks = self.tracks.iter().enumerate();
        tracks.filter_map(|(place, track)| track.bar_at(self.next_time).map(|bar| (place, ClosedBar(bar))))
    }

    /// Moves every track with a bar of the next time on to its next one, and returns how many there were.
    ///
    /// The next bars come from memory here. Nothing else is done, so that many are on their way at once.
    pub(crate) fn pass(&mut self, _: OrdersMet) -> usize {
        let (mut passed, mut earliest) = (0, NEVER);
        for track in &mut self.tracks {
            if track.next_time == self.next_time {
                *track = Track::new(track.bars, track.next + 1);
                passed += 1;
            }
            earliest = earliest.min(track.next_time);
        }
        self.next_time = earliest;
        passed
    }
}

impl<'a> Track<'a> {
    fn new(bars: &'a [CompactBar], next: usize) -> Self {
        Self { bars, next, next_time: bars.get(next).map_or(NEVER, CompactBar::open_ms) }
    }

    fn remaining(&self) -> usize {
        self.bars.len() - self.next
    }

    #[inline]
    fn bar_at(&self, time: i64) -> Option<&'a CompactBar> {
        if self.next_time == time { self.bars.get(self.next) } else { None }
    }
}
