//! Market data as frames (kis-openapi §7.5–§7.7, §7.9).

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use exodus_domain::{AvgPrice, IssueState, Level, Price, Qty, Side, Symbol, TradingVenue, Venue, kst_date, kst_time};
use exodus_kis::wire::stream::{
    Book, Code, Feed, KrxBook, MarketOperation, NxtBook, Record, ShortCode, Trade, UnifiedBook, write_frame,
};

use super::channel::{Channel, covers, index_of};
use super::codes;
use super::registrations::{Registered, Registrations};
use crate::world::{BookView, DayQuote, Happening, IndexView, MarketEvent, Tick, World};

/// Records in one frame at most. The broker joins trades of one issue that come together.
const RECORDS: usize = 20;
/// An index is told at most that often.
const INDEX_EVERY: TimeDelta = TimeDelta::seconds(1);

/// Frames of market data, in the widths of a server.
#[derive(Clone, Copy)]
pub(super) struct MarketFrames<'a> {
    pub(super) world: &'a World,
    /// The widths before 2026-09-14.
    pub(super) is_legacy: bool,
    pub(super) now: DateTime<Utc>,
}

impl MarketFrames<'_> {
    /// What a session is told of a batch of happenings, notices aside. Of a book only the last state is told.
    pub(super) fn of(self, batch: &[Happening], to: &mut Registrations) -> Vec<(Channel, String)> {
        let mut frames = Vec::new();
        let mut books: Vec<(Symbol, TradingVenue)> = Vec::new();
        let mut trades: Vec<(&Tick, &DayQuote)> = Vec::new();
        let mut has_traded = false;
        for happening in batch {
            match happening {
                Happening::Trade { tick, quote } => {
                    has_traded = true;
                    let joins =
                        trades.last().is_none_or(|(last, of)| of.symbol == quote.symbol && last.venue == tick.venue);
                    if !joins || trades.len() == RECORDS {
                        self.trades(&trades, to, &mut frames);
                        trades.clear();
                    }
                    trades.push((tick, quote));
                }
                Happening::Book { symbol, venue } if !books.contains(&(*symbol, *venue)) => {
                    books.push((*symbol, *venue))
                }
                Happening::MarketOperation { symbol, event, .. } => self.operation(*symbol, *event, to, &mut frames),
                Happening::Book { .. } | Happening::Notice(_) => {}
            }
        }
        self.trades(&trades, to, &mut frames);
        for (symbol, venue) in books {
            self.books(symbol, venue, to, &mut frames);
        }
        if has_traded {
            self.indices(to, &mut frames);
        }
        frames
    }

    /// `trades` are of one issue and venue.
    fn trades(self, trades: &[(&Tick, &DayQuote)], to: &Registrations, frames: &mut Vec<(Channel, String)>) {
        let Some((tick, quote)) = trades.first() else { return };
        let channels = VENUES.map(Feed::Trades).map(Channel::Feed);
        let told =
            || channels.into_iter().filter(|channel| venue_of(*channel).is_some_and(|of| covers(of, tick.venue)));
        for (channel, registered) in told().filter_map(|channel| Some((channel, to.issue(channel, quote.symbol)?))) {
            let book = self.world.book(quote.symbol, tick.venue);
            let records: Vec<Trade> =
                trades.iter().map(|(tick, quote)| trade(tick, quote, book.as_ref(), registered.code)).collect();
            frames.push((channel, self.frame(channel, &records)));
        }
    }

    fn books(self, symbol: Symbol, venue: TradingVenue, to: &mut Registrations, frames: &mut Vec<(Channel, String)>) {
        for of in VENUES.into_iter().filter(|of| covers(*of, venue)) {
            let book = Channel::Feed(Feed::Books(of));
            if let Some(registered) = to.issue_mut(book, symbol)
                && let Some(text) = self.book(book, of, symbol, registered)
            {
                frames.push((book, text));
            }
            let expected = Channel::Feed(Feed::Expected(of));
            if let Some(registered) = to.issue(expected, symbol)
                && let Some(record) = self.expected(symbol, venue, registered.code)
            {
                frames.push((expected, self.frame(expected, &[record])));
            }
        }
    }

    fn book(self, channel: Channel, of: Venue, symbol: Symbol, registered: &mut Registered) -> Option<String> {
        let quote = self.world.quote(symbol)?;
        let krx = self.world.book(symbol, TradingVenue::Krx);
        let nxt = self.world.book(symbol, TradingVenue::Nxt);
        let view = match of {
            Venue::Krx => krx?,
            Venue::Nxt => nxt?,
            Venue::Merged => merged(krx?, nxt),
        };
        let book = levels(&view, quote, registered);
        let market = codes::market_class(view.phase);
        Some(match of {
            Venue::Krx => self.frame(channel, &[KrxBook { book, market, ..KrxBook::default() }]),
            Venue::Nxt => self.frame(channel, &[NxtBook { book, ..NxtBook::default() }]),
            Venue::Merged => {
                let expected_venue = Code::of(if view.expected.is_some() { "1" } else { "" });
                self.frame(channel, &[UnifiedBook { book, expected_venue, ..UnifiedBook::default() }])
            }
        })
    }

    /// The trade that an auction would make now. It has the fields of a trade, and a dummy instead of the market.
    fn expected(self, symbol: Symbol, venue: TradingVenue, code: ShortCode) -> Option<Trade> {
        let quote = self.world.quote(symbol)?;
        let view = self.world.book(symbol, venue)?;
        let would = view.expected?;
        let tick = Tick {
            at: view.book.at,
            venue,
            price: would.price,
            quantity: would.quantity,
            taker: None,
            volume: quote.volume,
            value: quote.value,
            ask: best(&view.book.asks).price,
            bid: best(&view.book.bids).price,
        };
        let hour_class = codes::hour_class(view.phase, codes::is_interrupted(quote));
        Some(Trade { hour_class, market: Code::default(), ..trade(&tick, quote, Some(&view), code) })
    }

    fn operation(self, symbol: Symbol, event: MarketEvent, to: &Registrations, frames: &mut Vec<(Channel, String)>) {
        for of in [Venue::Krx, Venue::Merged] {
            let channel = Channel::Feed(Feed::Operations(of));
            let (Some(registered), Some(quote)) = (to.issue(channel, symbol), self.world.quote(symbol)) else {
                continue;
            };
            let record = MarketOperation {
                code: registered.code,
                is_halted: quote.states.contains(IssueState::Halted),
                reason: "(null)",
                operation: codes::operation(event),
                expected_operation: codes::expected_operation(event),
                status: codes::issue_status(quote.states),
                is_vi: codes::is_interrupted(quote),
                ..MarketOperation::default()
            };
            // The venue is documented and missing on the wire.
            frames.push((channel, write_frame(channel.tr_id(), &[record], MarketOperation::OLDEST)));
        }
    }

    fn indices(self, to: &mut Registrations, frames: &mut Vec<(Channel, String)>) {
        for (key, told_at) in to.indices() {
            let Some(index) = index_of(key) else { continue };
            if told_at.is_some_and(|at| self.now < at + INDEX_EVERY) {
                continue;
            }
            *told_at = Some(self.now);
            let text = index_trade(key, &self.world.index(index), self.now);
            frames.push((Channel::Index, format!("0|{}|001|{text}", Channel::Index.tr_id())));
        }
    }

    fn frame<'r, R: Record<'r>>(self, channel: Channel, records: &[R]) -> String {
        write_frame(channel.tr_id(), records, if self.is_legacy { R::OLDEST } else { R::WIDTH })
    }
}

const VENUES: [Venue; 3] = [Venue::Krx, Venue::Nxt, Venue::Merged];

fn venue_of(channel: Channel) -> Option<Venue> {
    match channel {
        Channel::Feed(Feed::Trades(venue)) => Some(venue),
        _ => None,
    }
}

/// The best level, or nothing at no price.
fn best(levels: &[Level]) -> Level {
    levels.first().copied().unwrap_or(Level { price: Price(0), quantity: Qty(0) })
}

fn total(levels: &[Level]) -> Qty {
    Qty(levels.iter().map(|level| level.quantity.0).sum())
}

/// A trade with the day up to it. Turnover and the volume of the day before at the same time are not known to the
/// simulated exchange, and zero.
fn trade(tick: &Tick, quote: &DayQuote, book: Option<&BookView>, code: ShortCode) -> Trade {
    let base = quote.base_price;
    let change = tick.price.0 - base.0;
    let of_day = |point: Option<(Price, DateTime<Utc>)>| {
        point.map_or((tick.price, None), |(price, at)| (price, Some(whole(at))))
    };
    let (open, open_time) = of_day(quote.open);
    let (high, high_time) = of_day(quote.high);
    let (low, low_time) = of_day(quote.low);
    let from = |point: Price| (Code::of(codes::direction(tick.price.0 - point.0)), Price(tick.price.0 - point.0));
    let ((from_open_sign, from_open), (from_high_sign, from_high), (from_low_sign, from_low)) =
        (from(open), from(high), from(low));
    let (asks, bids) = book.map_or((&[][..], &[][..]), |view| (&view.book.asks[..], &view.book.bids[..]));
    let (bought, sold) = (quote.buys, quote.sells);
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let phase = book.map_or(quote.phase, |view| view.phase);
    Trade {
        code,
        time: whole(tick.at),
        price: tick.price,
        sign: codes::sign(tick.price, base, quote.limits),
        change: Price(change),
        change_rate: codes::percent(change, base.0),
        vwap: if quote.volume.0 == 0 { AvgPrice::from(tick.price) } else { quote.vwap() },
        open,
        high,
        low,
        ask: tick.ask,
        bid: tick.bid,
        quantity: tick.quantity,
        day_volume: tick.volume,
        day_value: tick.value,
        sell_count: count(sold.count),
        buy_count: count(bought.count),
        net_buy_count: count(bought.count) - count(sold.count),
        strength: codes::percent(bought.quantity.0, sold.quantity.0),
        sell_volume: sold.quantity,
        buy_volume: bought.quantity,
        side: Code::of(match tick.taker {
            Some(Side::Buy) => "1",
            Some(Side::Sell) => "5",
            None => "3",
        }),
        buy_ratio: codes::percent(bought.quantity.0, bought.quantity.0 + sold.quantity.0),
        volume_rate: codes::percent(tick.volume.0, quote.previous_volume.0),
        open_time,
        from_open_sign,
        from_open,
        high_time,
        from_high_sign,
        from_high,
        low_time,
        from_low_sign,
        from_low,
        date: kst_date(tick.at),
        phase: codes::market_phase(phase),
        is_halted: quote.states.contains(IssueState::Halted),
        ask_quantity: best(asks).quantity,
        bid_quantity: best(bids).quantity,
        total_ask_quantity: total(asks),
        total_bid_quantity: total(bids),
        hour_class: Code::of("0"),
        vi_base: quote.vi_base,
        market: codes::market_class(phase),
        ..Trade::default()
    }
}

/// The levels of a book, and how its totals changed since this registration was last told.
fn levels(view: &BookView, quote: &DayQuote, registered: &mut Registered) -> Book {
    let mut book = Book {
        code: registered.code,
        time: whole(view.book.at),
        hour_class: codes::hour_class(view.phase, codes::is_interrupted(quote)),
        total_ask_quantity: total(&view.book.asks),
        total_bid_quantity: total(&view.book.bids),
        expected_sign: Code::of("3"),
        day_volume: quote.volume,
        ..Book::default()
    };
    for (slot, level) in view.book.asks.iter().take(book.asks.len()).enumerate() {
        (book.asks[slot], book.ask_quantities[slot]) = (level.price, level.quantity);
    }
    for (slot, level) in view.book.bids.iter().take(book.bids.len()).enumerate() {
        (book.bids[slot], book.bid_quantities[slot]) = (level.price, level.quantity);
    }
    if let Some(would) = view.expected {
        let change = would.price.0 - quote.base_price.0;
        book.expected_price = would.price;
        book.expected_quantity = would.quantity;
        book.expected_volume = quote.volume + would.quantity;
        book.expected_change = Price(change);
        book.expected_sign = codes::sign(would.price, quote.base_price, quote.limits);
        book.expected_change_rate = codes::percent(change, quote.base_price.0);
    }
    let totals = (book.total_ask_quantity, book.total_bid_quantity);
    let (asks_before, bids_before) = registered.totals.replace(totals).unwrap_or(totals);
    book.total_ask_change = totals.0 - asks_before;
    book.total_bid_change = totals.1 - bids_before;
    book
}

/// Both venues' levels by price, ten on each side.
fn merged(mut krx: BookView, nxt: Option<BookView>) -> BookView {
    let Some(nxt) = nxt else { return krx };
    krx.book.at = krx.book.at.max(nxt.book.at);
    krx.book.asks = joined(&krx.book.asks, &nxt.book.asks, |a, b| a.price < b.price);
    krx.book.bids = joined(&krx.book.bids, &nxt.book.bids, |a, b| a.price > b.price);
    krx
}

fn joined(one: &[Level], other: &[Level], is_better: impl Fn(&Level, &Level) -> bool) -> Vec<Level> {
    let mut all: Vec<Level> = one.to_vec();
    for level in other {
        match all.iter_mut().find(|known| known.price == level.price) {
            Some(known) => known.quantity += level.quantity,
            None => {
                let place = all.iter().position(|known| is_better(level, known)).unwrap_or(all.len());
                all.insert(place, *level);
            }
        }
    }
    all.truncate(10);
    all
}

/// The time of day without the part of a second, which the wire does not have.
fn whole(at: DateTime<Utc>) -> chrono::NaiveTime {
    let time = kst_time(at);
    time.with_nanosecond(0).unwrap_or(time)
}

/// The thirty fields of an index trade.
fn index_trade(key: &str, index: &IndexView, now: DateTime<Utc>) -> String {
    let points = |hundredths: i64| exodus_kis::wire::stream::Hundredths(hundredths).to_string();
    let change = index.level - index.previous;
    let against = |other: i64| [points(index.level - other), codes::direction(index.level - other).to_owned()];
    let rate = |level: i64| codes::percent(level - index.previous, index.previous).to_string();
    let mut fields = vec![
        key.to_owned(),
        kst_time(now).format("%H%M%S").to_string(),
        points(index.level),
        codes::direction(change).to_owned(),
        points(change),
        index.volume.0.to_string(),
        index.value.0.to_string(),
        "0".to_owned(),
        "0".to_owned(),
        rate(index.level),
        points(index.open),
        points(index.high),
        points(index.low),
    ];
    fields.extend([index.open, index.high, index.low].into_iter().flat_map(against));
    fields.extend([index.open, index.high, index.low].map(rate));
    let issues = [index.at_upper, index.rising, index.unchanged, index.falling, index.at_lower];
    fields.extend(issues.map(|count| count.to_string()));
    fields.extend([index.rising, index.falling].map(|count| count.to_string()));
    fields.push(codes::direction(change).to_owned());
    fields.join("^")
}
