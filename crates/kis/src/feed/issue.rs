//! What the feed knows of one issue.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Brake, FeedEvent, Interval, Level, OrderBook, Price, Qty, Quote, Symbol, from_kst, kst_date};

use super::Snapshot;
use super::minutes::{Minutes, Print};
use crate::wire::stream::{Book, Code, KrxBook, Trade};

/// The stream of an issue that is held or has open orders is held against REST so often (safety SE45).
pub(super) const CHECK_EVERY: TimeDelta = TimeDelta::seconds(10);

/// Before this hour of Korea the broker still answers for the day before.
const DAY_BEGINS: TimeDelta = TimeDelta::hours(8);

/// Stream and REST may be so far apart, in per cent (safety SE45).
const APART: i64 = 1;

/// The trade date whose prices are known at `now`.
pub(super) fn day_of(now: DateTime<Utc>) -> NaiveDate {
    kst_date(now - DAY_BEGINS)
}

/// One issue that somebody listens to.
#[derive(Debug)]
pub(super) struct Issue {
    pub(super) symbol: Symbol,
    pub(super) minutes: Minutes,
    /// True while the stream tells its trades.
    is_streamed: bool,
    /// True while REST contradicts the stream, which is not encrypted and not believed then.
    is_doubted: bool,
    /// The newest price that the stream told, believed or not.
    heard: Option<Price>,
    /// When the stream was held against REST last.
    pub(super) checked_at: Option<DateTime<Utc>>,
    /// The base price and the trade date it is of.
    base: Option<(NaiveDate, Price)>,
    quote: Option<Quote>,
    /// What holds the issue up, and what its market.
    interruption: Option<Brake>,
    market_brake: Option<Brake>,
    /// When it was read by REST last, or should have been.
    pub(super) asked_at: Option<DateTime<Utc>>,
    /// The last trade date whose daily bar was told, or was never asked for.
    pub(super) day_told: NaiveDate,
}

impl Issue {
    pub(super) fn new(symbol: Symbol, now: DateTime<Utc>, day_told: NaiveDate) -> Self {
        Self {
            symbol,
            minutes: Minutes::new(now),
            is_streamed: false,
            is_doubted: false,
            heard: None,
            checked_at: None,
            base: None,
            quote: None,
            interruption: None,
            market_brake: None,
            asked_at: None,
            day_told,
        }
    }

    /// True while the stream tells its trades.
    pub(super) fn is_streamed(&self) -> bool {
        self.is_streamed
    }

    /// The stream tells its trades from `now` on, or no more.
    pub(super) fn set_streamed(&mut self, is_streamed: bool, now: DateTime<Utc>) {
        (self.is_streamed, self.is_doubted, self.heard) = (is_streamed, false, None);
        if is_streamed {
            self.minutes.joined(now);
        } else {
            self.minutes.lost();
        }
    }

    /// True if the base price of the day is not known.
    pub(super) fn needs_base(&self, now: DateTime<Utc>) -> bool {
        self.base.is_none_or(|(day, _)| day != day_of(now))
    }

    /// The newest volume of the day that was told.
    pub(super) fn volume(&self) -> Qty {
        self.quote.as_ref().map_or(Qty(0), |quote| quote.volume)
    }

    fn brake(&self) -> Option<Brake> {
        self.market_brake.or(self.interruption)
    }

    /// The newest price that the stream told, if it tells the issue's trades.
    pub(super) fn heard(&self) -> Option<Price> {
        self.heard.filter(|_| self.is_streamed)
    }

    /// Holds the stream against what was read by REST; `asked` is what the stream had told when the question left. While
    /// they are apart the quote is told as old as it was when they last agreed, and nothing newer is told (SE45).
    pub(super) fn check(&mut self, read: Price, asked: Price, now: DateTime<Utc>) -> Option<FeedEvent> {
        let confirmed_at = self.checked_at.replace(now);
        let told = [Some(asked), self.heard];
        let agrees = told.into_iter().flatten().any(|told| (told.0 - read.0).abs() * 100 <= read.0 * APART);
        if agrees != self.is_doubted {
            return None;
        }
        self.is_doubted = !agrees;
        if agrees {
            tracing::warn!(symbol = %self.symbol, "the stream tells the price of REST again");
            self.minutes.joined(now);
            return None;
        }
        tracing::error!(symbol = %self.symbol, ?told, %read, "the stream tells another price than REST: its quotes count as stale");
        self.minutes.lost();
        let quote = self.quote.as_mut()?;
        quote.at = quote.at.min(confirmed_at.unwrap_or(now - CHECK_EVERY));
        Some(FeedEvent::Quote(quote.clone()))
    }

    /// Takes a trade in.
    pub(super) fn traded(&mut self, trade: &Trade) -> Option<FeedEvent> {
        self.heard = Some(trade.price);
        if self.is_doubted {
            return None;
        }
        let at = from_kst(trade.date, trade.time);
        self.minutes.traded(&Print { at, price: trade.price, quantity: trade.quantity, day_volume: trade.day_volume });
        let base_price = match self.base {
            Some((day, base)) if day == trade.date => base,
            // Until it is read, the base price is what the change was measured against.
            _ => Price(trade.price.0 - trade.change.0),
        };
        let quote = Quote {
            symbol: self.symbol,
            price: trade.price,
            base_price,
            volume: trade.day_volume,
            brake: self.brake(),
            at,
        };
        // A frame may come late; an older price is no news.
        if self.quote.as_ref().is_some_and(|known| known.at > at) {
            return None;
        }
        self.quote = Some(quote.clone());
        Some(FeedEvent::Quote(quote))
    }

    /// Takes a book in. That trading is interrupted shows in it, too: the mock environment has nothing else to tell it.
    pub(super) fn booked(&mut self, told: &KrxBook, now: DateTime<Utc>) -> Vec<FeedEvent> {
        if self.is_doubted {
            return Vec::new();
        }
        let Book { time, hour_class, asks, bids, ask_quantities, bid_quantities, .. } = told.book;
        let interruption = (hour_class.as_str() == "C").then_some(Brake::VolatilityInterruption);
        let mut events: Vec<FeedEvent> = self.interrupted(interruption).into_iter().collect();
        let levels = |prices: [Price; 10], quantities: [Qty; 10]| {
            let levels = prices.into_iter().zip(quantities);
            levels.filter(|(price, _)| price.0 > 0).map(|(price, quantity)| Level { price, quantity }).collect()
        };
        events.push(FeedEvent::Book(OrderBook {
            symbol: self.symbol,
            asks: levels(asks, ask_quantities),
            bids: levels(bids, bid_quantities),
            at: from_kst(kst_date(now), time),
        }));
        events
    }

    /// Takes in what the exchange says of the issue and its market (§7.9).
    pub(super) fn operated(&mut self, operation: Code, is_vi: bool) -> Option<FeedEvent> {
        let before = self.brake();
        self.interruption = is_vi.then_some(Brake::VolatilityInterruption);
        self.market_brake = match operation.as_str() {
            "164" | "174" | "184" => Some(Brake::MarketHalt),
            "175" | "185" => Some(Brake::ReopeningAuction),
            "182" | "112" | "129" => None,
            _ => self.market_brake,
        };
        if self.brake() == before { None } else { self.requote() }
    }

    fn interrupted(&mut self, interruption: Option<Brake>) -> Option<FeedEvent> {
        if self.interruption == interruption {
            return None;
        }
        self.interruption = interruption;
        self.requote()
    }

    /// The last quote again, with what holds the issue up now.
    fn requote(&mut self) -> Option<FeedEvent> {
        let brake = self.brake();
        let quote = self.quote.as_mut()?;
        quote.brake = brake;
        Some(FeedEvent::Quote(quote.clone()))
    }

    /// Takes in what was read by REST.
    pub(super) fn read(&mut self, snapshot: &Snapshot, now: DateTime<Utc>) -> Option<FeedEvent> {
        let read = &snapshot.quote;
        self.base = Some((day_of(now), read.base_price));
        if self.is_doubted {
            return None;
        }
        if !self.is_streamed {
            self.interruption = read.brake;
        }
        let quote = match &self.quote {
            // The stream is newer than any answer, but for the base price.
            Some(known) if self.is_streamed && known.volume >= read.volume => {
                Quote { base_price: read.base_price, brake: self.brake(), ..known.clone() }
            }
            _ => Quote { brake: self.brake(), ..read.clone() },
        };
        let is_news = self.quote.as_ref().is_none_or(|known| Quote { at: quote.at, ..known.clone() } != quote);
        if !is_news {
            return None;
        }
        self.quote = Some(quote.clone());
        Some(FeedEvent::Quote(quote))
    }

    /// A bar of a minute, as it is told.
    pub(super) fn minute(&self, bar: Bar) -> FeedEvent {
        FeedEvent::Bar { symbol: self.symbol, interval: Interval::Minute1, bar }
    }

    /// The bar of the day, out of what was read after its close.
    pub(super) fn day(&mut self, snapshot: &Snapshot, date: NaiveDate) -> FeedEvent {
        self.day_told = date;
        let Snapshot { quote, open, high, low } = snapshot;
        let bar = Bar {
            open_time: Bar::day_start(date),
            open: *open,
            high: *high,
            low: *low,
            close: quote.price,
            volume: quote.volume,
        };
        FeedEvent::Bar { symbol: self.symbol, interval: Interval::Day1, bar }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        from_kst(NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date"), chrono::NaiveTime::MIN)
            + TimeDelta::hours(10)
            + TimeDelta::seconds(second)
    }

    fn trade(second: i64, price: i64) -> Trade {
        let code = "005930".parse::<Symbol>().expect("a code").into();
        let time = exodus_domain::kst_time(at(second));
        let day_volume = Qty(1_000 + second);
        Trade {
            code,
            date: kst_date(at(0)),
            time,
            price: Price(price),
            quantity: Qty(1),
            day_volume,
            ..Trade::default()
        }
    }

    fn snapshot(second: i64, price: i64) -> Snapshot {
        let symbol = "005930".parse().expect("a code");
        let (price, base_price, at) = (Price(price), Price(10_000), at(second));
        let quote = Quote { symbol, price, base_price, volume: Qty(1_000), brake: None, at };
        Snapshot { quote, open: price, high: price, low: price }
    }

    fn told(event: Option<FeedEvent>) -> Option<(i64, DateTime<Utc>)> {
        match event? {
            FeedEvent::Quote(quote) => Some((quote.price.0, quote.at)),
            other => panic!("a quote, not {other:?}"),
        }
    }

    #[test]
    fn a_stream_that_rest_contradicts_is_not_believed_until_they_agree() {
        let mut issue = Issue::new("005930".parse().expect("a code"), at(0), kst_date(at(0)));
        issue.set_streamed(true, at(0));
        assert!(issue.traded(&trade(1, 10_000)).is_some());
        assert_eq!(issue.check(Price(10_100), Price(10_000), at(2)), None, "one per cent is not apart");
        assert_eq!(told(issue.traded(&trade(11, 10_300))), Some((10_300, at(11))));
        // What the stream told when the question left counts as well.
        assert_eq!(issue.check(Price(10_010), Price(10_010), at(12)), None);
        let stale = issue.check(Price(10_000), Price(10_300), at(22));
        assert_eq!(told(stale), Some((10_300, at(11))), "as old as it was");
        assert_eq!(issue.traded(&trade(23, 10_350)), None);
        assert_eq!(issue.read(&snapshot(24, 10_000), at(24)), None);
        assert!(issue.is_streamed() && issue.heard() == Some(Price(10_350)));
        assert_eq!(issue.check(Price(10_000), Price(10_350), at(32)), None, "told once");
        assert_eq!(issue.traded(&trade(33, 10_020)), None);
        assert_eq!(issue.check(Price(10_000), Price(10_020), at(42)), None);
        assert_eq!(told(issue.traded(&trade(43, 10_030))), Some((10_030, at(43))));
    }
}
