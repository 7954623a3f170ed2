//! Invented bars: seeded random walks on the tick grid, within the price limits.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_backtest::BarSeries;
use exodus_domain::{
    Bar, CommissionSchedule, InstrumentKind, IssueStates, LimitTerms, Market, Price, Qty, Symbol, floor_to_tick,
    from_kst, kst_date, session_hours, sessions, tick_up,
};
use exodus_trading::{TradedIssue, TradingHours};

/// Minutes before the close of a session in which no bar is made: the closing auction, and the last decision.
const LAST_MINUTES: i64 = 11;

/// Issues with their bars.
pub(crate) struct History {
    pub(crate) issues: Vec<TradedIssue>,
    pub(crate) series: Vec<BarSeries>,
    pub(crate) first: NaiveDate,
    pub(crate) last: NaiveDate,
}

impl History {
    /// Daily bars of each of the newest sessions there are.
    pub(crate) fn daily(issues: u32, count: usize) -> Self {
        let days: Vec<_> = every_session().collect();
        let times: Vec<_> = days[days.len() - count..].iter().map(|day| Bar::day_start(*day)).collect();
        Self::new(issues, &times, 200)
    }

    /// Minute bars of one issue, from the opening of each session to before its closing auction.
    pub(crate) fn minutes(count: usize) -> Self {
        let minutes_of = |day| {
            let hours = session_hours(day).expect("a session has hours");
            let (open, close) = (from_kst(day, hours.open), from_kst(day, hours.close));
            let length = (close - open).num_minutes() - LAST_MINUTES;
            (0..length).map(move |minute| open + TimeDelta::minutes(minute))
        };
        let times: Vec<_> = every_session().flat_map(minutes_of).collect();
        Self::new(1, &times[times.len() - count..], 20)
    }

    /// Walks whose steps are up to so many ten-thousandths.
    fn new(issues: u32, times: &[DateTime<Utc>], widest_step: i64) -> Self {
        let issues: Vec<_> = (0..issues).map(issue).collect();
        let walk = |(seed, issue): (u64, &TradedIssue)| {
            let mut chance = Chance(seed);
            let mut close = Price(10_000 + 100 * chance.below(900));
            let bars = times.iter().map(|time| {
                let bar = step(*time, close, widest_step, &mut chance);
                close = bar.close;
                bar
            });
            BarSeries::new(issue.symbol, bars).expect("bars in order")
        };
        let series = (1..).zip(&issues).map(walk).collect();
        Self { issues, series, first: kst_date(times[0]), last: kst_date(times[times.len() - 1]) }
    }
}

fn every_session() -> impl Iterator<Item = NaiveDate> {
    let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
    sessions(date("2005-01-01"), date("2026-06-30"))
}

fn issue(number: u32) -> TradedIssue {
    TradedIssue {
        symbol: format!("{number:06}").parse::<Symbol>().expect("six digits"),
        market: Market::Kospi,
        kind: InstrumentKind::Stock,
        hours: TradingHours::Krx,
        adjusted: false,
        states: IssueStates::default(),
        limit_terms: LimitTerms::ORDINARY,
        commission: CommissionSchedule::bankis(),
    }
}

/// The bar after one that closed at `before`. Far from zero, where ticks are as large as steps.
fn step(open_time: DateTime<Utc>, before: Price, widest: i64, chance: &mut Chance) -> Bar {
    let date = kst_date(open_time);
    let on_grid = |price: i64| floor_to_tick(Market::Kospi, InstrumentKind::Stock, date, Price(price.max(5_000)));
    let moved =
        |price: Price, chance: &mut Chance| price.0 + price.0 * (chance.below(2 * widest + 1) - widest) / 10_000;
    let open = on_grid(moved(before, chance));
    let close = on_grid(moved(open, chance));
    let high = tick_up(Market::Kospi, InstrumentKind::Stock, date, open.max(close));
    Bar { open_time, open, high, low: open.min(close), close, volume: Qty(10_000_000 + chance.below(1_000_000)) }
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        i64::try_from(mixed % u64::try_from(bound).expect("a positive bound")).expect("below a positive bound")
    }
}
