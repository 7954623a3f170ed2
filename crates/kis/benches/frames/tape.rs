//! A tape of frames from a fixed seed, as the broker sends them: mostly one record, at times several.

use chrono::{NaiveDate, NaiveTime};
use exodus_domain::{AvgPrice, Price, Qty, Symbol, Won};
use exodus_kis::wire::stream::{Book, Code, Hundredths, KrxBook, Midpoint, Record, Trade, write_frame};

const FRAMES: usize = 40_000;

/// A small generator of numbers: the tape is the same in every run.
struct Dice(u64);

impl Dice {
    /// A number below `end`.
    fn below(&mut self, end: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % end).expect("31 bits")
    }

    fn time(&mut self) -> NaiveTime {
        let second = u32::try_from(9 * 3_600 + self.below(23_400)).expect("a second of a day");
        NaiveTime::from_num_seconds_from_midnight_opt(second, 0).expect("a second of a day")
    }

    fn symbol(&mut self) -> Symbol {
        format!("{:06}", self.below(1_000_000)).parse().expect("six digits")
    }

    fn price(&mut self) -> Price {
        Price(1_000 + self.below(20_000) * 50)
    }
}

/// Frames of trades.
pub(crate) fn trades() -> Vec<String> {
    frames("H0STCNT0", trade)
}

/// Frames of order books.
pub(crate) fn books() -> Vec<String> {
    frames("H0STASP0", book)
}

fn frames<R: for<'a> Record<'a>>(tr_id: &str, record: fn(&mut Dice) -> R) -> Vec<String> {
    let mut dice = Dice(7);
    let mut frame = || {
        let count = if dice.below(10) == 0 { 4 } else { 1 };
        let records: Vec<R> = (0..count).map(|_| record(&mut dice)).collect();
        write_frame(tr_id, &records, R::WIDTH)
    };
    (0..FRAMES).map(|_| frame()).collect()
}

fn trade(dice: &mut Dice) -> Trade {
    let price = dice.price();
    let change = Price(dice.below(4_000) - 2_000);
    Trade {
        code: dice.symbol().into(),
        time: dice.time(),
        price,
        sign: Code::of("2"),
        change,
        change_rate: Hundredths(dice.below(6_000) - 3_000),
        vwap: AvgPrice(price.0 * 10_000 + dice.below(100) * 100),
        open: price,
        high: Price(price.0 + 50),
        low: Price(price.0 - 50),
        ask: Price(price.0 + 50),
        bid: price,
        quantity: Qty(1 + dice.below(500)),
        day_volume: Qty(dice.below(20_000_000)),
        day_value: Won(dice.below(1_000_000_000) * 1_000),
        sell_count: dice.below(100_000),
        buy_count: dice.below(100_000),
        net_buy_count: dice.below(2_000) - 1_000,
        strength: Hundredths(dice.below(20_000)),
        sell_volume: Qty(dice.below(10_000_000)),
        buy_volume: Qty(dice.below(10_000_000)),
        side: Code::of("1"),
        buy_ratio: Hundredths(dice.below(100)),
        volume_rate: Hundredths(dice.below(20_000)),
        open_time: Some(dice.time()),
        from_open_sign: Code::of("2"),
        from_open: Price(dice.below(900)),
        high_time: Some(dice.time()),
        from_high_sign: Code::of("5"),
        from_high: Price(-dice.below(900)),
        low_time: Some(dice.time()),
        from_low_sign: Code::of("2"),
        from_low: Price(dice.below(900)),
        date: NaiveDate::from_ymd_opt(2026, 10, 1).expect("a date"),
        phase: Code::of("20"),
        is_halted: false,
        ask_quantity: Qty(dice.below(50_000)),
        bid_quantity: Qty(dice.below(50_000)),
        total_ask_quantity: Qty(dice.below(900_000)),
        total_bid_quantity: Qty(dice.below(900_000)),
        turnover: Hundredths(dice.below(300)),
        previous_volume: Qty(dice.below(20_000_000)),
        previous_volume_rate: Hundredths(dice.below(30_000)),
        hour_class: Code::of("0"),
        random_end: Code::default(),
        vi_base: price,
        market: Code::of("2"),
    }
}

fn book(dice: &mut Dice) -> KrxBook {
    let best = dice.price();
    let levels = |step: i64| std::array::from_fn(|level| Price(best.0 + step * i64::try_from(level).expect("ten")));
    let (asks, bids) = (levels(50), levels(-50));
    let mut quantities = || std::array::from_fn(|_| Qty(dice.below(50_000)));
    let (ask_quantities, bid_quantities) = (quantities(), quantities());
    let book = Book {
        code: dice.symbol().into(),
        time: dice.time(),
        hour_class: Code::of("0"),
        asks,
        bids,
        ask_quantities,
        bid_quantities,
        total_ask_quantity: Qty(dice.below(900_000)),
        total_bid_quantity: Qty(dice.below(900_000)),
        expected_sign: Code::of("3"),
        day_volume: Qty(dice.below(20_000_000)),
        total_ask_change: Qty(dice.below(200) - 100),
        total_bid_change: Qty(dice.below(200) - 100),
        ..Book::default()
    };
    let mid = Midpoint { price: best, quantity: Qty(dice.below(900)), class: Code::of("1") };
    KrxBook { book, mid, market: Code::of("2") }
}
