//! The demo market: quotes, books and bars of fictional issuers as a pure function of seed, issue and time.
//!
//! It trades around the clock, so that there is something to see at any hour. Daily bars exist for KRX sessions only;
//! what happens on other days shows as a gap, as a weekend does. Base prices follow the rule of KRX: the close of the
//! session before.

mod issuers;
mod noise;
mod path;
mod tape;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use exodus_domain::{
    Bar, Instrument, Interval, Level, OrderBook, Price, PriceLimits, Qty, Quote, Symbol, base_price, is_session,
    kst_date, kst_time, previous_session, price_limits, round_to_tick, tick_down, tick_up,
};

use crate::IssueRules;
use issuers::{ISSUERS, Issuer};
pub use noise::mix;
use path::{DayPath, MINUTES, day_levels};
pub use tape::DemoTrade;

/// Levels on each side of a demo book.
const BOOK_LEVELS: u64 = 5;

/// All issues of one seed.
pub struct DemoMarket {
    instruments: Vec<Instrument>,
    issues: Vec<Issue>,
}

struct Issue {
    issuer: &'static Issuer,
    symbol: Symbol,
    key: u64,
    /// Where each day from [`DemoMarket::FIRST_DAY`] on begins, and where the last one ends.
    levels: Vec<f64>,
}

impl DemoMarket {
    /// The first day of the demo.
    pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2020, 1, 1).expect("a valid date");
    /// The last day of the demo: the last one the calendar knows.
    pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2027, 12, 31).expect("a valid date");

    /// The market of `seed`.
    pub fn new(seed: u64) -> Self {
        let is_session: Vec<bool> =
            Self::FIRST_DAY.iter_days().take_while(|day| *day <= Self::LAST_DAY).map(is_session).collect();
        let issue = |(index, issuer): (u64, &'static Issuer)| {
            let key = mix(mix(seed) ^ index);
            let symbol = issuer.code.parse().expect("the table holds valid codes, a test reads them all");
            Issue { issuer, symbol, key, levels: day_levels(issuer, key, &is_session) }
        };
        let issues: Vec<Issue> = (0u64..).zip(ISSUERS).map(issue).collect();
        Self { instruments: issues.iter().map(Issue::instrument).collect(), issues }
    }

    /// The fictional issues.
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// The last price at `at`, cut to the second. `None` for an issue or a day that the demo does not know.
    pub fn quote(&self, symbol: Symbol, at: DateTime<Utc>) -> Option<Quote> {
        Some(self.issue(symbol)?.day(kst_date(at))?.quote(at))
    }

    /// The visible book at `at`, cut to the second: five levels a side, on ticks, inside the limits.
    pub fn book(&self, symbol: Symbol, at: DateTime<Utc>) -> Option<OrderBook> {
        Some(self.issue(symbol)?.day(kst_date(at))?.book(at))
    }

    /// Quote and book of the same second, for less than two calls.
    pub fn quote_and_book(&self, symbol: Symbol, at: DateTime<Utc>) -> Option<(Quote, OrderBook)> {
        let day = self.issue(symbol)?.day(kst_date(at))?;
        Some((day.quote(at), day.book(at)))
    }

    /// What the exchange must know of an issue on a trade date.
    pub fn rules(&self, symbol: Symbol, date: NaiveDate) -> Option<IssueRules> {
        let issue = self.issue(symbol)?;
        Some(IssueRules::of(&issue.instrument(), date, issue.base_price(date)?))
    }

    /// The bar that opens at `open_time`; `None` if none does.
    pub fn bar(&self, symbol: Symbol, interval: Interval, open_time: DateTime<Utc>) -> Option<Bar> {
        self.bars(symbol, interval, open_time, open_time + TimeDelta::nanoseconds(1)).pop()
    }

    /// The bars that open from `from` up to, not including, `to`, oldest first. They are a function of time and know
    /// no present: it is for the caller not to look ahead.
    pub fn bars(&self, symbol: Symbol, interval: Interval, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Bar> {
        let Some(issue) = self.issue(symbol) else { return Vec::new() };
        let days = kst_date(from).max(Self::FIRST_DAY).iter_days().take_while(|date| Bar::day_start(*date) < to);
        let mut bars = Vec::new();
        for date in days.filter(|date| interval != Interval::Day1 || is_session(*date)) {
            let Some(day) = issue.day(date) else { break };
            let minutes = usize::try_from(interval.duration().num_minutes()).expect("an interval is positive");
            for first in (0..MINUTES).step_by(minutes) {
                let open_time = Bar::day_start(date) + TimeDelta::minutes(first as i64);
                if from <= open_time && open_time < to {
                    bars.push(day.bar(open_time, first..first + minutes));
                }
            }
        }
        bars
    }

    fn issue(&self, symbol: Symbol) -> Option<&Issue> {
        self.issues.iter().find(|issue| issue.symbol == symbol)
    }
}

impl Issue {
    fn instrument(&self) -> Instrument {
        let Issuer { name_ko, name_en, market, kind, .. } = *self.issuer;
        let mut instrument = Instrument::new(self.symbol, market, kind).named(name_ko, name_en);
        instrument.is_demo = true;
        instrument
    }

    /// The price at which `date` begins, and the one at which it ends.
    fn ends(&self, date: NaiveDate) -> Option<(f64, f64)> {
        let day = usize::try_from((date - DemoMarket::FIRST_DAY).num_days()).ok()?;
        Some((*self.levels.get(day)?, *self.levels.get(day + 1)?))
    }

    /// The close of the session before, or of the day before on the very first days.
    fn base_price(&self, date: NaiveDate) -> Option<Price> {
        let close = match previous_session(date).filter(|day| *day >= DemoMarket::FIRST_DAY) {
            Some(day) => self.on_tick(day, self.ends(day)?.1),
            None => self.on_tick(date, self.ends(date)?.0),
        };
        let Issuer { market, kind, .. } = *self.issuer;
        Some(base_price(market, kind, date, close))
    }

    fn on_tick(&self, date: NaiveDate, price: f64) -> Price {
        round_to_tick(self.issuer.market, self.issuer.kind, date, Price((price + 0.5) as i64))
    }

    fn day(&self, date: NaiveDate) -> Option<Day<'_>> {
        let (open, close) = self.ends(date)?;
        let key = mix(self.key ^ u64::from(date.num_days_from_ce().unsigned_abs()));
        let path = DayPath::new(self.issuer, key, open, close);
        Some(Day { issue: self, date, base_price: self.base_price(date)?, path })
    }
}

/// One issue on one day.
struct Day<'a> {
    issue: &'a Issue,
    date: NaiveDate,
    base_price: Price,
    path: DayPath,
}

impl Day<'_> {
    fn on_tick(&self, price: f64) -> Price {
        self.issue.on_tick(self.date, price)
    }

    /// The highest price of a minute or bar that reached `price`: one tick above, so that every minute has some width.
    fn top(&self, price: f64) -> Price {
        tick_up(self.issue.issuer.market, self.issue.issuer.kind, self.date, self.on_tick(price))
    }

    /// The lowest price likewise.
    fn bottom(&self, price: f64) -> Price {
        tick_down(self.issue.issuer.market, self.issue.issuer.kind, self.date, self.on_tick(price))
    }

    fn limits(&self) -> PriceLimits {
        price_limits(self.issue.issuer.market, self.issue.issuer.kind, self.date, self.base_price)
    }

    fn quote(&self, at: DateTime<Utc>) -> Quote {
        let second = second_of_day(at);
        Quote {
            symbol: self.issue.symbol,
            price: self.price(second),
            base_price: self.base_price,
            volume: self.volume_until(second),
            brake: None,
            at: cut_to_second(at),
        }
    }

    fn price(&self, second: u64) -> Price {
        let (minute, second_of_minute) = ((second / 60) as usize, second % 60);
        let m = self.path.minute(minute);
        if second_of_minute == m.high_at {
            return self.top(m.high);
        }
        if second_of_minute == m.low_at {
            return self.bottom(m.low);
        }
        let way = self.on_tick(m.way(second_of_minute));
        if second_of_minute == 0 || second_of_minute == 59 {
            return way;
        }
        let Issuer { market, kind, .. } = *self.issue.issuer;
        match self.path.trade(second).ticks {
            1 => tick_up(market, kind, self.date, way),
            -1 => tick_down(market, kind, self.date, way),
            _ => way,
        }
    }

    /// True if the last trade of a second was at the offer: above the way of its minute, or on it by chance.
    fn at_offer(&self, second: u64) -> bool {
        let way = self.on_tick(self.path.minute((second / 60) as usize).way(second % 60));
        let price = self.price(second);
        price > way || (price == way && self.path.trade(second).at_offer)
    }

    /// Shares traded from midnight to the end of a second.
    fn volume_until(&self, second: u64) -> Qty {
        let minute = (second / 60) as usize;
        let before: u64 = (0..minute).map(|minute| self.path.volume(minute)).sum();
        let first = second - second % 60;
        let weight = |last| (first..=last).map(|second| self.path.trade(second).weight).sum::<u64>();
        shares(before + self.path.volume(minute) * weight(second) / weight(first + 59))
    }

    fn book(&self, at: DateTime<Utc>) -> OrderBook {
        let second = second_of_day(at);
        let Issuer { market, kind, .. } = *self.issue.issuer;
        let price = self.price(second);
        let first_ask = if self.at_offer(second) { price } else { tick_up(market, kind, self.date, price) };
        let first_bid = tick_down(market, kind, self.date, first_ask);
        let up = |price: &Price| Some(tick_up(market, kind, self.date, *price));
        let down = |price: &Price| Some(tick_down(market, kind, self.date, *price));
        OrderBook {
            symbol: self.issue.symbol,
            asks: self.levels(second, 0, std::iter::successors(Some(first_ask), up)),
            bids: self.levels(second, BOOK_LEVELS, std::iter::successors(Some(first_bid), down)),
            at: cut_to_second(at),
        }
    }

    fn levels(&self, second: u64, offset: u64, prices: impl Iterator<Item = Price>) -> Vec<Level> {
        let limits = self.limits();
        let inside = prices.take_while(|price| limits.contains(*price));
        let level = |(level, price): (u64, Price)| {
            // Three to forty million won at each level.
            let won = 3_000_000 + self.path.depth(second, offset + level) % 37_000_001;
            Level { price, quantity: shares(won / price.0.unsigned_abs().max(1) + 1) }
        };
        (0..BOOK_LEVELS).zip(inside).map(level).collect()
    }

    /// The bar over some minutes. Rounding keeps order, so the highest price is the rounded highest.
    fn bar(&self, open_time: DateTime<Utc>, minutes: std::ops::Range<usize>) -> Bar {
        let (first, last) = (self.path.minute(minutes.start), self.path.minute(minutes.end - 1));
        let (mut high, mut low, mut volume) = (first.high, first.low, 0);
        for minute in minutes {
            let m = self.path.minute(minute);
            high = high.max(m.high);
            low = low.min(m.low);
            volume += self.path.volume(minute);
        }
        Bar {
            open_time,
            open: self.on_tick(first.open),
            high: self.top(high),
            low: self.bottom(low),
            close: self.on_tick(last.close),
            volume: shares(volume),
        }
    }
}

fn second_of_day(at: DateTime<Utc>) -> u64 {
    u64::from(kst_time(at).num_seconds_from_midnight())
}

fn cut_to_second(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()))
}

fn shares(count: u64) -> Qty {
    Qty(i64::try_from(count).expect("demo volumes are far below the range of i64"))
}
