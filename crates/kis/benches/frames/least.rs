//! The least code that makes the same records of the same bytes.

use chrono::{NaiveDate, NaiveTime};
use exodus_domain::{AvgPrice, Price, Qty, Won};
use exodus_kis::wire::stream::{Book, Code, Hundredths, KrxBook, Midpoint, ShortCode, Trade};

struct Cut<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cut<'a> {
    fn text(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(|byte| byte == b'^').unwrap_or(rest.len());
        self.at += end + 1;
        &rest[..end]
    }

    /// Digits with a sign and a point, which is passed over.
    fn int(&mut self) -> i64 {
        let (mut value, mut is_negative) = (0, false);
        for byte in &self.text.as_bytes()[self.at..] {
            self.at += 1;
            match byte {
                b'^' => break,
                b'-' => is_negative = true,
                b'.' => {}
                digit => value = value * 10 + i64::from(digit - b'0'),
            }
        }
        if is_negative { -value } else { value }
    }

    fn code(&mut self) -> Code {
        Code::of(self.text())
    }

    fn issue(&mut self) -> ShortCode {
        ShortCode::from(self.text().parse::<exodus_domain::Symbol>().expect("a code"))
    }

    fn time(&mut self) -> NaiveTime {
        let time = u32::try_from(self.int()).expect("six digits");
        NaiveTime::from_hms_opt(time / 10_000, time / 100 % 100, time % 100).expect("a time")
    }

    fn date(&mut self) -> NaiveDate {
        let date = i32::try_from(self.int()).expect("eight digits");
        let part = |part: i32| u32::try_from(part).expect("two digits");
        NaiveDate::from_ymd_opt(date / 10_000, part(date / 100 % 100), part(date % 100)).expect("a date")
    }

    fn price(&mut self) -> Price {
        Price(self.int())
    }

    fn qty(&mut self) -> Qty {
        Qty(self.int())
    }

    fn rate(&mut self) -> Hundredths {
        Hundredths(self.int())
    }
}

fn records(frames: &[String], mut each: impl FnMut(&mut Cut<'_>)) {
    for text in frames {
        let count: usize = text[11..14].parse().expect("three digits");
        let mut cut = Cut { text, at: 15 };
        for _ in 0..count {
            each(&mut cut);
        }
    }
}

pub(crate) fn trades(frames: &[String], each: &mut dyn FnMut(Trade)) {
    records(frames, |cut| each(trade(cut)));
}

pub(crate) fn books(frames: &[String], each: &mut dyn FnMut(KrxBook)) {
    records(frames, |cut| each(book(cut)));
}

fn trade(cut: &mut Cut<'_>) -> Trade {
    Trade {
        code: cut.issue(),
        time: cut.time(),
        price: cut.price(),
        sign: cut.code(),
        change: cut.price(),
        change_rate: cut.rate(),
        vwap: AvgPrice(cut.int() * 100),
        open: cut.price(),
        high: cut.price(),
        low: cut.price(),
        ask: cut.price(),
        bid: cut.price(),
        quantity: cut.qty(),
        day_volume: cut.qty(),
        day_value: Won(cut.int()),
        sell_count: cut.int(),
        buy_count: cut.int(),
        net_buy_count: cut.int(),
        strength: cut.rate(),
        sell_volume: cut.qty(),
        buy_volume: cut.qty(),
        side: cut.code(),
        buy_ratio: cut.rate(),
        volume_rate: cut.rate(),
        open_time: Some(cut.time()),
        from_open_sign: cut.code(),
        from_open: cut.price(),
        high_time: Some(cut.time()),
        from_high_sign: cut.code(),
        from_high: cut.price(),
        low_time: Some(cut.time()),
        from_low_sign: cut.code(),
        from_low: cut.price(),
        date: cut.date(),
        phase: cut.code(),
        is_halted: cut.text() == "Y",
        ask_quantity: cut.qty(),
        bid_quantity: cut.qty(),
        total_ask_quantity: cut.qty(),
        total_bid_quantity: cut.qty(),
        turnover: cut.rate(),
        previous_volume: cut.qty(),
        previous_volume_rate: cut.rate(),
        hour_class: cut.code(),
        random_end: cut.code(),
        vi_base: cut.price(),
        market: cut.code(),
    }
}

fn book(cut: &mut Cut<'_>) -> KrxBook {
    KrxBook {
        book: Book {
            code: cut.issue(),
            time: cut.time(),
            hour_class: cut.code(),
            asks: std::array::from_fn(|_| cut.price()),
            bids: std::array::from_fn(|_| cut.price()),
            ask_quantities: std::array::from_fn(|_| cut.qty()),
            bid_quantities: std::array::from_fn(|_| cut.qty()),
            total_ask_quantity: cut.qty(),
            total_bid_quantity: cut.qty(),
            after_hours_ask_quantity: cut.qty(),
            after_hours_bid_quantity: cut.qty(),
            expected_price: cut.price(),
            expected_quantity: cut.qty(),
            expected_volume: cut.qty(),
            expected_change: cut.price(),
            expected_sign: cut.code(),
            expected_change_rate: cut.rate(),
            day_volume: cut.qty(),
            total_ask_change: cut.qty(),
            total_bid_change: cut.qty(),
            after_hours_ask_change: cut.qty(),
            after_hours_bid_change: cut.qty(),
            deal_class: cut.code(),
        },
        mid: Midpoint { price: cut.price(), quantity: cut.qty(), class: cut.code() },
        market: cut.code(),
    }
}
