//! The demo market: bars are exactly what the quotes were, and everything obeys the rules of KRX.

use std::time::Instant;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Interval, Price, Qty, Symbol, base_price, is_on_tick, is_session, price_limits};
use exodus_simulator::{DemoMarket, Exchange};

fn market() -> DemoMarket {
    DemoMarket::new(7)
}

fn day(year: i32, month: u32, day: u32) -> DateTime<Utc> {
    Bar::day_start(NaiveDate::from_ymd_opt(year, month, day).expect("a valid date"))
}

fn symbols(market: &DemoMarket) -> Vec<Symbol> {
    market.instruments().iter().map(|instrument| instrument.symbol).collect()
}

/// Open, high, low, close and volume of a run of bars.
fn joined(bars: &[Bar]) -> (Price, Price, Price, Price, Qty) {
    let high = bars.iter().map(|bar| bar.high).max().expect("some bars");
    let low = bars.iter().map(|bar| bar.low).min().expect("some bars");
    (bars[0].open, high, low, bars[bars.len() - 1].close, bars.iter().map(|bar| bar.volume).sum())
}

#[test]
fn a_minute_bar_is_what_its_sixty_quotes_were() {
    let market = market();
    for symbol in symbols(&market) {
        let start = day(2026, 11, 20) + TimeDelta::minutes(541);
        let mut volume_before = market.quote(symbol, start - TimeDelta::seconds(1)).expect("known").volume;
        for minute in 0..20 {
            let open_time = start + TimeDelta::minutes(minute);
            let bar = market.bar(symbol, Interval::Minute1, open_time).expect("a bar every minute");
            let quotes: Vec<_> = (0..60)
                .map(|second| market.quote(symbol, open_time + TimeDelta::seconds(second)).expect("a quote"))
                .collect();
            assert_eq!(bar.open, quotes[0].price);
            assert_eq!(bar.close, quotes[59].price);
            assert_eq!(Some(bar.high), quotes.iter().map(|quote| quote.price).max());
            assert_eq!(Some(bar.low), quotes.iter().map(|quote| quote.price).min());
            assert_eq!(bar.volume, quotes[59].volume - volume_before);
            volume_before = quotes[59].volume;
        }
    }
}

#[test]
fn longer_bars_are_what_their_minutes_were() {
    let market = market();
    for symbol in symbols(&market) {
        let (from, to) = (day(2026, 11, 20), day(2026, 11, 21));
        let minutes = market.bars(symbol, Interval::Minute1, from, to);
        assert_eq!(minutes.len(), 1_440);
        for (interval, length) in [(Interval::Minute5, 5), (Interval::Hour1, 60), (Interval::Day1, 1_440)] {
            let bars = market.bars(symbol, interval, from, to);
            assert_eq!(bars.len(), 1_440 / length);
            for (bar, parts) in bars.iter().zip(minutes.chunks(length)) {
                assert_eq!(bar.open_time, parts[0].open_time);
                assert_eq!((bar.open, bar.high, bar.low, bar.close, bar.volume), joined(parts));
            }
        }
    }
}

#[test]
fn daily_bars_exist_for_sessions_only_and_stay_inside_the_limits() {
    let market = market();
    for instrument in market.instruments() {
        let mut previous: Option<Bar> = None;
        let bars = market.bars(instrument.symbol, Interval::Day1, day(2020, 1, 1), day(2028, 1, 1));
        assert!(bars.len() > 1_900);
        for bar in bars {
            let date = bar.trade_date();
            assert!(is_session(date));
            assert!(bar.low.is_positive() && bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close));
            if let Some(previous) = previous {
                let base = base_price(instrument.market, instrument.kind, date, previous.close);
                assert_eq!(market.rules(instrument.symbol, date).map(|rules| rules.base_price), Some(base));
                let limits = price_limits(instrument.market, instrument.kind, date, base);
                assert!(limits.contains(bar.low) && limits.contains(bar.high), "{bar:?} leaves {limits:?}");
            }
            previous = Some(bar);
        }
    }
}

#[test]
fn books_are_five_deep_on_ticks_and_never_crossed() {
    let market = market();
    for instrument in market.instruments() {
        for second in 0..300 {
            let at = day(2026, 11, 20) + TimeDelta::seconds(50_000 + second);
            let (quote, book) = market.quote_and_book(instrument.symbol, at).expect("known");
            let date = bar_date(at);
            assert_eq!((book.asks.len(), book.bids.len(), book.at), (5, 5, at));
            assert!(book.bids[0].price < book.asks[0].price);
            assert!(quote.price == book.bids[0].price || quote.price == book.asks[0].price);
            assert!(
                book.asks.is_sorted_by(|a, b| a.price < b.price) && book.bids.is_sorted_by(|a, b| a.price > b.price)
            );
            for level in book.asks.iter().chain(&book.bids) {
                assert!(level.quantity.is_positive());
                assert!(is_on_tick(instrument.market, instrument.kind, date, level.price));
            }
        }
    }
}

fn bar_date(at: DateTime<Utc>) -> NaiveDate {
    exodus_domain::kst_date(at)
}

#[test]
fn the_price_moves_in_most_seconds_and_is_no_sawtooth() {
    let market = market();
    for symbol in symbols(&market) {
        let start = day(2026, 11, 20) + TimeDelta::seconds(40_000);
        let price = |second| market.quote(symbol, start + TimeDelta::seconds(second)).expect("known").price;
        let prices: Vec<_> = (0..1_800).map(price).collect();
        let moves: Vec<_> = prices.windows(2).map(|pair| (pair[1] - pair[0]).0.signum()).collect();
        let moved = moves.iter().filter(|step| **step != 0).count();
        assert!(moved > 1_000, "{symbol} moved in {moved} of 1,800 seconds");
        let turned = moves.windows(2).filter(|pair| pair[0] * pair[1] < 0).count();
        assert!(turned < 900, "{symbol} turned {turned} times in 1,800 seconds");
    }
}

#[test]
fn the_same_seed_gives_the_same_market_and_another_seed_another() {
    let at = day(2026, 11, 20) + TimeDelta::seconds(12_345);
    let quotes = |seed| {
        let market = DemoMarket::new(seed);
        symbols(&market).into_iter().map(|symbol| market.quote(symbol, at)).collect::<Vec<_>>()
    };
    assert_eq!(quotes(7), quotes(7));
    assert_ne!(quotes(7), quotes(8));
}

/// Written down once: the path must never change, or stored bars and new ones would not fit together.
#[test]
fn the_market_of_seed_one_is_the_one_we_know() {
    let market = DemoMarket::new(1);
    let symbol = "00I010".parse().expect("a valid code");
    let bars = market.bars(symbol, Interval::Day1, day(2026, 11, 18), day(2026, 11, 21));
    let known: Vec<_> = bars.iter().map(|b| (b.open.0, b.high.0, b.low.0, b.close.0, b.volume.0)).collect();
    assert_eq!(
        known,
        [
            (107_400, 108_000, 105_300, 105_600, 2_050_690),
            (105_600, 107_300, 105_000, 106_500, 3_010_625),
            (106_500, 107_000, 104_800, 105_400, 2_114_363),
        ]
    );
}

#[test]
fn what_the_demo_does_not_know_has_no_price() {
    let market = market();
    let real = "005930".parse().expect("a valid code");
    assert_eq!(market.quote(real, day(2026, 11, 20)), None);
    assert_eq!(market.quote(symbols(&market)[0], day(2019, 12, 31)), None);
    assert_eq!(market.quote(symbols(&market)[0], day(2028, 1, 1)), None);
    assert_eq!(market.bar(symbols(&market)[0], Interval::Day1, day(2026, 11, 21)), None, "a Saturday");
}

#[test]
fn every_issue_can_be_listed_and_traded() {
    let (market, mut exchange) = (market(), Exchange::new());
    let at = day(2026, 11, 22) + TimeDelta::hours(3);
    for symbol in symbols(&market) {
        exchange.list(market.rules(symbol, bar_date(at)).expect("known"));
        assert_eq!(exchange.set_book(&market.book(symbol, at).expect("known"), at), []);
    }
}

#[test]
fn two_years_of_daily_bars_are_made_quickly() {
    let market = market();
    let start = Instant::now();
    let bars: usize = symbols(&market)
        .into_iter()
        .map(|symbol| market.bars(symbol, Interval::Day1, day(2024, 11, 20), day(2026, 11, 20)).len())
        .sum();
    let elapsed = start.elapsed();
    assert!(bars > 9_000);
    assert!(elapsed.as_micros() < 1_000 * bars as u128, "{bars} daily bars took {elapsed:?}");
    eprintln!("{bars} daily bars took {elapsed:?}");
}

/// The paper exchange interrupts demo issues by the rules of KRX; a newcomer must be able to live with that.
#[test]
fn interruptions_happen_and_are_rare() {
    let market = market();
    let (mut interrupted, mut sessions) = (0, 0);
    for symbol in symbols(&market) {
        for bar in market.bars(symbol, Interval::Day1, day(2022, 1, 1), day(2026, 1, 1)) {
            let mut exchange = Exchange::new();
            exchange.list(market.rules(symbol, bar_date(bar.open_time)).expect("known"));
            // As if the extremes of the day came at one stroke, which counts more than happen.
            for price in [bar.open, bar.high, bar.low] {
                exchange.show_price(symbol, bar.open, bar.open_time);
                exchange.show_price(symbol, price, bar.open_time);
            }
            sessions += 1;
            interrupted += usize::from(exchange.interruption(symbol).is_some());
        }
    }
    eprintln!("{interrupted} of {sessions} days of an issue have a price as far away as an interruption needs");
    assert!(interrupted > 0, "four years show the rule at work");
    assert!(interrupted * 200 < sessions, "not every week in one of twenty issues");
}

#[test]
fn trades_are_quotes_of_their_seconds_and_share_the_volume_of_their_minutes() {
    let market = market();
    let date = NaiveDate::from_ymd_opt(2026, 3, 5).expect("a date");
    let midnight = Bar::day_start(date);
    let symbol = symbols(&market)[0];
    let trades = market.trades(symbol, date, 9 * 3_600..10 * 3_600);
    assert!((600..2_400).contains(&trades.len()), "about one in three seconds, not {}", trades.len());
    for trade in &trades {
        let quote = market.quote(symbol, midnight + TimeDelta::seconds(trade.second.into())).expect("a quote");
        assert_eq!(quote.price, trade.price);
        assert!(trade.quantity.is_positive());
    }
    let hour = market.bar(symbol, Interval::Hour1, midnight + TimeDelta::hours(9)).expect("a bar");
    let traded: i64 = trades.iter().map(|trade| trade.quantity.0).sum();
    assert!((hour.volume.0 - traded).abs() <= hour.volume.0 / 20, "{traded} of {}", hour.volume);
    assert_eq!(market.bar_of_minutes(symbol, date, 540..600), Some(hour));
    assert_eq!(trades.iter().map(|trade| trade.price).max(), Some(hour.high), "the extremes are traded");
}
