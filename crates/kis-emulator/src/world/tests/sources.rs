//! Markets from files, and the demo market.

use std::io::Write;

use chrono::TimeDelta;
use exodus_domain::{Bar, Price, Qty, TradingVenue, from_kst};

use super::super::{Happening, MarketEvent, MarketSource, Setup, World, WorldError};
use super::{MONDAY, at, samsung};

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.path().join(name);
    std::fs::File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
    path
}

#[test]
fn the_market_follows_imported_minutes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = "symbol,time,open,high,low,close,volume\n".to_owned();
    let closes = |minute: i64| 70_000 + 100 * ((minute * 7) % 5);
    for minute in 0..380 {
        let time = (at(9, 0, 0) + TimeDelta::minutes(minute + 540)).format("%Y-%m-%d %H:%M:%S");
        let (open, close) = (closes(minute - 1), closes(minute));
        let (high, low) = (open.max(close) + 100, open.min(close) - 100);
        text += &format!("005930,{time},{open},{high},{low},{close},1200\n");
    }
    text += "005930,2026-11-02 15:30:00,70200,70200,70200,70200,5000\n";
    let bars = file(&folder, "bars.csv", &text);
    let setup = Setup { seed: 1, market: MarketSource::Bars(vec![bars]), state: None };
    let mut world = World::open(&setup, at(8, 0, 0)).expect("a world");
    world.advance(at(16, 0, 0));
    let lived = world.minute_bars(samsung(), Bar::day_start(MONDAY), at(15, 40, 0));
    assert_eq!(lived.last().map(|bar| (bar.close, bar.volume)), Some((Price(70_200), Qty(5_000))), "closing auction");
    // The first minute begins with the opening auction, up to half a minute late: what others would have traded until
    // then is not traded.
    for (minute, bar) in (1..380).zip(&lived[1..380]) {
        assert_eq!(bar.open_time, at(9, 0, 0) + TimeDelta::minutes(minute));
        let (open, close) = (closes(minute - 1), closes(minute));
        assert_eq!((bar.open.0, bar.close.0, bar.volume), (open, close, Qty(1_200)));
        assert_eq!((bar.high.0, bar.low.0), (open.max(close) + 100, open.min(close) - 100));
    }
}

#[test]
fn a_day_of_minutes_has_no_trade_off_hours() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "symbol,time,open,high,low,close,volume\n\
        005930,2026-10-30 08:10:00,90000,90000,90000,90000,7\n\
        005930,2026-10-30 09:10:00,70000,70500,69900,70100,11\n\
        005930,2026-10-30 18:10:00,50000,50000,50000,50000,9\n";
    let bars = file(&folder, "bars.csv", text);
    let setup = Setup { seed: 1, market: MarketSource::Bars(vec![bars]), state: None };
    let world = World::open(&setup, at(8, 0, 0)).expect("a world");
    let friday = MONDAY - TimeDelta::days(3);
    let days = world.daily_bars(samsung(), friday, friday);
    let told: Vec<_> = days.iter().map(|day| (day.open.0, day.high.0, day.low.0, day.close.0, day.volume.0)).collect();
    assert_eq!(told, [(70_000, 70_500, 69_900, 70_100, 11)]);
}

#[test]
fn a_file_that_makes_no_sense_is_refused_by_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = |market| World::open(&Setup { seed: 1, market, state: None }, at(8, 0, 0)).err().map(|e| e.to_string());
    let bars = |text: &str| open(MarketSource::Bars(vec![file(&folder, "bars.csv", text)]));
    let header = "symbol,time,open,high,low,close,volume\n";
    let problem = bars(&format!("{header}005930,2026-10-30,10,11,12,10,5\n")).expect("refused");
    assert!(problem.contains("line 2") && problem.contains("low"), "{problem}");
    let problem = bars(&format!("{header}005930,yesterday,10,11,9,10,5\n")).expect("refused");
    assert!(problem.contains("yesterday"), "{problem}");
    assert!(bars(header).expect("refused").contains("no issue"));
    let missing = World::open(
        &Setup { seed: 1, market: MarketSource::Bars(vec!["nowhere.csv".into()]), state: None },
        at(8, 0, 0),
    );
    assert!(matches!(missing, Err(WorldError::File { .. })));
    let tape = file(&folder, "tape.csv", "time,symbol,price,quantity\n2026-11-02 09:01:00,005930,70000,0\n");
    assert!(open(MarketSource::Tape { tape, bars: Vec::new() }).expect("refused").contains("line 2"));
}

#[test]
fn trades_of_a_tape_at_the_same_time_keep_their_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = "time,symbol,price,quantity\n2026-11-02 09:00:05,005930,70000,50\n".to_owned();
    for (price, quantity) in [(70_100, 1), (70_200, 2), (70_100, 3)] {
        text += &format!("2026-11-02 09:10:00,005930,{price},{quantity}\n");
    }
    let tape = file(&folder, "tape.csv", &text);
    let setup = Setup { seed: 1, market: MarketSource::Tape { tape, bars: Vec::new() }, state: None };
    let mut world = World::open(&setup, at(9, 5, 0)).expect("a world");
    let trades: Vec<i64> = world
        .advance(at(9, 10, 0))
        .iter()
        .filter_map(|happening| match happening {
            Happening::Trade { tick, .. } => Some(tick.quantity.0),
            _ => None,
        })
        .collect();
    assert_eq!(trades, [1, 2, 3]);
    assert_eq!(world.quote(samsung()).expect("a quote").volume, Qty(56), "the opening auction and three trades");
}

/// §7.6, §7.9: phases, opening and close come on time; §6.2: ten levels.
#[test]
fn the_demo_market_keeps_the_hours_of_the_exchange() {
    let setup = Setup { seed: 1, market: MarketSource::Demo, state: None };
    let mut world = World::open(&setup, at(8, 0, 0)).expect("a world");
    let happened = world.advance(at(20, 30, 0));
    let symbol = world.instruments()[0].symbol;
    let events: Vec<MarketEvent> = happened
        .iter()
        .filter_map(|happening| match happening {
            Happening::MarketOperation { symbol: of, event, .. } if *of == symbol => Some(*event),
            _ => None,
        })
        .filter(|event| !matches!(event, MarketEvent::Interrupted | MarketEvent::Released))
        .collect();
    use MarketEvent as E;
    let day = [
        E::OpeningAuctionBegins,
        E::PreHoursBegins,
        E::PreHoursEnds,
        E::Opened,
        E::ClosingAuctionBegins,
        E::AfterHoursBegins,
        E::Closed,
        E::AfterMarketBegins,
        E::AfterHoursEnds,
        E::AfterMarketEnds,
    ];
    assert_eq!(events, day);
    let ticks = world.ticks(symbol);
    let krx = |tick: &&super::super::Tick| tick.venue == TradingVenue::Krx;
    let opening = ticks.iter().find(krx).expect("the opening");
    assert!(opening.taker.is_none() && opening.at <= at(9, 0, 30), "{opening:?}");
    let collected = |tick: &&super::super::Tick| krx(tick) && (at(15, 20, 0)..at(15, 30, 0)).contains(&tick.at);
    assert_eq!(ticks.iter().filter(collected).count(), 0, "nothing trades in the closing auction");
    let early = ticks.iter().filter(|tick| tick.at < at(8, 50, 0) && tick.venue == TradingVenue::Nxt).count();
    assert!(early > 100, "Nextrade trades from 08:00: {early}");
    assert_eq!(world.quote(symbol).expect("a quote").open.map(|(price, _)| price), Some(opening.price));
    world.advance(at(9, 5, 0) + TimeDelta::days(1));
    let book = world.book(symbol, TradingVenue::Krx).expect("a book").book;
    assert_eq!((book.asks.len(), book.bids.len()), (10, 10));
    assert!(book.bids[0].price < book.asks[0].price, "never crossed while it trades");
}

#[test]
fn a_world_that_begins_on_a_holiday_shows_the_session_before() {
    let setup = Setup { seed: 1, market: MarketSource::Demo, state: None };
    let sunday = from_kst(MONDAY - TimeDelta::days(1), chrono::NaiveTime::MIN);
    let mut world = World::open(&setup, sunday).expect("a world");
    assert!(world.advance(sunday).is_empty(), "what was before has happened");
    let quote = world.quote(world.instruments()[0].symbol).expect("a quote");
    assert_eq!(quote.date, MONDAY - TimeDelta::days(3));
    assert!(quote.volume.is_positive() && quote.phase.is_none());
}
