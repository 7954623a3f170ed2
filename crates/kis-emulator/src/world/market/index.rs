//! Indices made of the issues of this market: the mean of what they gained on the day, chained over the days. They share
//! their names with the real ones, and nothing else.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use exodus_domain::{Bar, Instrument, InstrumentKind, Market as Listed, Price, Symbol};

use super::issue::Issue;
use super::{IndexCode, IndexDay, IndexView, Market};

/// So many days of history are told; the chain begins there.
const HISTORY: TimeDelta = TimeDelta::days(180);
/// Parts of one in a mean of gains.
const PARTS: i128 = 1_000_000_000;
/// The constituents of the index of large issues: so many of KOSPI, in the order of their codes.
const LARGE: usize = 10;

/// The levels of the day.
#[derive(Default)]
pub(super) struct Indices {
    members: BTreeMap<IndexCode, Vec<Symbol>>,
    /// The sessions before this one, oldest first.
    days: BTreeMap<IndexCode, Vec<IndexDay>>,
    /// Open, high, low and last mean gain of the day, in parts of one.
    gains: BTreeMap<IndexCode, [i128; 4]>,
}

impl IndexCode {
    const ALL: [Self; 3] = [Self::Kospi, Self::Kosdaq, Self::Kospi200];

    /// Where its chain begins, in hundredths.
    fn start(self) -> i64 {
        match self {
            Self::Kospi => 250_000,
            Self::Kosdaq => 80_000,
            Self::Kospi200 => 35_000,
        }
    }
}

fn members(instruments: &[Instrument], code: IndexCode) -> Vec<Symbol> {
    let listed = match code {
        IndexCode::Kospi | IndexCode::Kospi200 => Listed::Kospi,
        IndexCode::Kosdaq => Listed::Kosdaq,
    };
    let shares = instruments.iter().filter(|issue| issue.market == listed && issue.kind == InstrumentKind::Stock);
    let most = if code == IndexCode::Kospi200 { LARGE } else { usize::MAX };
    shares.map(|issue| issue.symbol).take(most).collect()
}

impl Indices {
    pub(super) fn begin(&mut self, issues: &BTreeMap<Symbol, Issue>, instruments: &[Instrument]) {
        for code in IndexCode::ALL {
            let mut members = members(instruments, code);
            members.retain(|symbol| issues.contains_key(symbol));
            self.members.insert(code, members);
        }
        self.gains.clear();
    }

    /// An issue traded: the indices that it is in move.
    pub(super) fn move_by(&mut self, symbol: Symbol, issues: &BTreeMap<Symbol, Issue>) {
        for (code, members) in &self.members {
            if !members.contains(&symbol) {
                continue;
            }
            let gain = mean(members.iter().filter_map(|member| {
                let quote = &issues.get(member)?.quote;
                gain(quote.base_price, quote.price)
            }));
            let [_, high, low, last] = self.gains.entry(*code).or_insert([gain; 4]);
            (*high, *low, *last) = ((*high).max(gain), (*low).min(gain), gain);
        }
    }
}

/// A price in parts of another one.
fn gain(base: Price, price: Price) -> Option<i128> {
    (base.0 > 0).then(|| i128::from(price.0) * PARTS / i128::from(base.0))
}

/// The mean; one without any.
fn mean(gains: impl Iterator<Item = i128>) -> i128 {
    let (sum, count) = gains.fold((0, 0), |(sum, count), gain| (sum + gain, count + 1));
    if count == 0 { PARTS } else { sum / count }
}

fn level(previous: i64, gain: i128) -> i64 {
    i64::try_from(i128::from(previous) * gain / PARTS).unwrap_or(previous)
}

impl Market {
    /// An index now.
    pub(in crate::world) fn index(&self, code: IndexCode) -> IndexView {
        let before = self.indices.days.get(&code).and_then(|days| days.last());
        let previous = before.map_or(code.start(), |day| day.close);
        let [open, high, low, last] = self.indices.gains.get(&code).copied().unwrap_or([PARTS; 4]);
        let level = |gain| level(previous, gain);
        let mut view = IndexView {
            level: level(last),
            open: level(open),
            high: level(high),
            low: level(low),
            previous,
            ..IndexView::default()
        };
        let members = self.indices.members.get(&code).into_iter().flatten();
        for quote in members.filter_map(|symbol| Some(&self.issues.get(symbol)?.quote)) {
            view.volume += quote.volume;
            view.value += quote.value;
            let count = match quote.change() {
                1.. => &mut view.rising,
                0 => &mut view.unchanged,
                _ => &mut view.falling,
            };
            *count += 1;
            view.at_upper += u32::from(quote.price == quote.limits.upper);
            view.at_lower += u32::from(quote.price == quote.limits.lower);
        }
        view
    }

    /// An index over the days, the oldest first; today's as far as it is.
    pub(in crate::world) fn index_days(&self, code: IndexCode, from: NaiveDate, to: NaiveDate) -> Vec<IndexDay> {
        let mut days = self.indices.days.get(&code).cloned().unwrap_or_default();
        let IndexView { level: close, open, high, low, volume, value, .. } = self.index(code);
        days.push(IndexDay { date: self.date, open, high, low, close, volume, value });
        days.retain(|day| (from..=to).contains(&day.date));
        days
    }

    /// Takes the sessions before this one that are missing into the chains. A day's open, high and low are means of
    /// those of the issues, so that its high is where all of them would be at their highs.
    pub(super) fn extend_index_days(&mut self) {
        let until = self.date - TimeDelta::days(1);
        for code in IndexCode::ALL {
            let known = self.indices.days.remove(&code).unwrap_or_default();
            let from = known.last().map_or(self.date - HISTORY, |day| day.date);
            let mut of_day: BTreeMap<NaiveDate, Vec<(Price, Bar)>> = BTreeMap::new();
            for symbol in members(self.source.instruments(), code) {
                for pair in self.daily_bars(symbol, from, until).windows(2) {
                    of_day.entry(pair[1].trade_date()).or_default().push((pair[0].close, pair[1]));
                }
            }
            self.indices.days.insert(code, chained(known, code.start(), of_day));
        }
    }
}

/// The days of an index with those that follow, each told by the bars of its members and their closes before.
fn chained(mut days: Vec<IndexDay>, start: i64, of_day: BTreeMap<NaiveDate, Vec<(Price, Bar)>>) -> Vec<IndexDay> {
    for (date, bars) in of_day {
        let previous = days.last().map_or(start, |day| day.close);
        let at = |price: fn(&Bar) -> Price| {
            let traded = bars.iter().filter(|(_, bar)| !bar.is_halted());
            level(previous, mean(traded.filter_map(|(before, bar)| gain(*before, price(bar)))))
        };
        days.push(IndexDay {
            date,
            open: at(|bar| bar.open),
            high: at(|bar| bar.high),
            low: at(|bar| bar.low),
            close: at(|bar| bar.close),
            volume: bars.iter().map(|(_, bar)| bar.volume).sum(),
            value: bars.iter().map(|(_, bar)| bar.close * bar.volume).sum(),
        });
    }
    days
}
