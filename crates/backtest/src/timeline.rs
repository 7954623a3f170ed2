//! Bars of several issues in the order of time.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::Bar;

/// After the last bar of every issue.
const NEVER: DateTime<Utc> = DateTime::<Utc>::MAX_UTC;

/// The bars of every issue, and how far each has come.
pub(crate) struct Timeline<'a> {
    tracks: Vec<Track<'a>>,
    /// The time of each track's next bar, apart from the tracks because it is looked at most.
    next_times: Vec<DateTime<Utc>>,
}

struct Track<'a> {
    bars: &'a [Bar],
    next: usize,
}

impl<'a> Timeline<'a> {
    /// Starts at the first bar of `from`; earlier ones are history, and bars after `to` are left out.
    pub(crate) fn new(series: impl Iterator<Item = &'a [Bar]>, from: NaiveDate, to: NaiveDate) -> Self {
        let start = Bar::day_start(from);
        let end = to.succ_opt().map_or(NEVER, Bar::day_start);
        let before = |bars: &[Bar], time| bars.partition_point(|bar| bar.open_time < time);
        let tracks: Vec<_> =
            series.map(|bars| Track { bars: &bars[..before(bars, end)], next: before(bars, start) }).collect();
        let next_times = tracks.iter().map(Track::next_time).collect();
        Self { tracks, next_times }
    }

    /// Bars that are left.
    pub(crate) fn remaining(&self) -> usize {
        self.tracks.iter().map(|track| track.bars.len() - track.next).sum()
    }

    /// Every bar of a track that is not after the period.
    pub(crate) fn bars(&self, track: usize) -> &'a [Bar] {
        self.tracks[track].bars
    }

    /// The bars of a track that have passed, oldest first.
    pub(crate) fn past(&self, track: usize) -> &'a [Bar] {
        let Track { bars, next } = self.tracks[track];
        &bars[..next]
    }

    /// The earliest time at which a track has its next bar.
    pub(crate) fn next_time(&self) -> Option<DateTime<Utc>> {
        self.next_times.iter().min().copied().filter(|time| *time != NEVER)
    }

    /// The next bar of a track, if it is of `time`.
    pub(crate) fn bar_at(&self, track: usize, time: DateTime<Utc>) -> Option<&'a Bar> {
        if self.next_times[track] != time {
            return None;
        }
        let Track { bars, next } = self.tracks[track];
        bars.get(next)
    }

    /// Every track with a bar of `time`, with that bar.
    pub(crate) fn bars_at(&self, time: DateTime<Utc>) -> impl Iterator<Item = (usize, &'a Bar)> {
        (0..self.tracks.len()).filter_map(move |track| self.bar_at(track, time).map(|bar| (track, bar)))
    }

    /// Moves every track with a bar of `time` on to its next one, and returns how many there were.
    pub(crate) fn pass(&mut self, time: DateTime<Utc>) -> usize {
        let mut passed = 0;
        for (track, next_time) in self.tracks.iter_mut().zip(&mut self.next_times) {
            if *next_time == time {
                track.next += 1;
                *next_time = track.next_time();
                passed += 1;
            }
        }
        passed
    }
}

impl Track<'_> {
    fn next_time(&self) -> DateTime<Utc> {
        self.bars.get(self.next).map_or(NEVER, |bar| bar.open_time)
    }
}
