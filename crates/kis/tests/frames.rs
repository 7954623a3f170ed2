//! Frames of the WebSocket: the examples of the specification, every width, and whatever else may come.

use chrono::{NaiveDate, NaiveTime};
use exodus_domain::{AvgPrice, Price, Qty, Won};
use exodus_kis::wire::stream::{
    Cipher, Code, Frame, FrameError, Hundredths, KrxBook, LegacyNotice, MarketOperation, Notice, NxtBook, Padded,
    Record, ShortCode, Trade, UnifiedBook, read_notices, records, write_frame, write_sealed,
};
use proptest::prelude::*;

/// §7.6.
const TRADE: &str = "0|H0STCNT0|001|005930^101530^71500^2^800^1.13^71405.22^70900^71800^70600^71600^71500^12^3376543^\
    240345678900^15320^16800^1480^104.31^1602000^1671000^1^0.51^92.10^090012^2^600^094511^5^-300^090105^2^900^20261001^\
    20^N^15320^20110^231000^301200^0.06^3660000^92.25^0^^70900^2";
/// §7.8.
const NOTICE: &str = "myhtsid^5000123401^0000117057^^02^0^00^0^005930^0000000004^000071200^093020^0^2^2^91252^000000010^\
    홍길동^^1^Y^^10^^삼성전자^000071200";
/// The same, as it was until 2025-03.
const OLD_NOTICE: &str = "myhtsid^5000123401^0000117057^^02^0^00^0^005930^0000000004^000071200^093020^0^2^2^91252^\
    000000010^홍길동^삼성전자^10^^삼성전자^000071200";

fn one<'a, R: Record<'a>>(frame: &'a str) -> Result<R, FrameError> {
    let mut records = Frame::parse(frame)?.records::<R>()?;
    assert_eq!(records.len(), 1);
    records.next().expect("a frame has a record")
}

fn body(frame: &str) -> &str {
    Frame::parse(frame).expect("a frame").body
}

/// `count` books of KRX that are `width` wide.
fn books(count: usize, width: usize) -> String {
    let levels = |first: i64, step: i64| (0..10).map(|n| (first + n * step).to_string()).collect::<Vec<_>>().join("^");
    let known = format!(
        "005930^101530^0^{}^{}^{}^{}^231000^301200^0^0^0^0^0^0^3^0.00^3376543^-10^20^0^0^^71550^120^1^2",
        levels(71_600, 100),
        levels(71_500, -100),
        levels(1_000, 1),
        levels(2_000, 1),
    );
    let mut fields: Vec<&str> = known.split('^').collect();
    assert_eq!(fields.len(), 63);
    fields.resize(width, "9");
    format!("0|H0STASP0|{count:03}|{}", vec![fields.join("^"); count].join("^"))
}

#[test]
fn the_trade_of_the_specification_is_read_and_written() {
    let trade: Trade = one(TRADE).expect("a trade");
    let time = |h, m, s| NaiveTime::from_hms_opt(h, m, s).expect("a time");
    assert_eq!(trade.code, "005930".parse().expect("a code"));
    assert_eq!(trade.time, time(10, 15, 30));
    assert_eq!((trade.price, trade.change), (Price(71_500), Price(800)));
    assert_eq!((trade.change_rate, trade.strength), (Hundredths(113), Hundredths(10_431)));
    assert_eq!(trade.vwap, AvgPrice(714_052_200));
    assert_eq!((trade.open, trade.high, trade.low), (Price(70_900), Price(71_800), Price(70_600)));
    assert_eq!((trade.quantity, trade.day_volume), (Qty(12), Qty(3_376_543)));
    assert_eq!(trade.day_value, Won(240_345_678_900));
    assert_eq!((trade.high_time, trade.from_high), (Some(time(9, 45, 11)), Price(-300)));
    assert_eq!(trade.date, NaiveDate::from_ymd_opt(2026, 10, 1).expect("a date"));
    assert_eq!((trade.phase.as_str(), trade.random_end.as_str(), trade.is_halted), ("20", "", false));
    assert_eq!((trade.vi_base, trade.market.as_str()), (Price(70_900), "2"));
    assert_eq!(write_frame("H0STCNT0", &[trade], Trade::WIDTH), TRADE);
}

#[test]
fn widths_are_those_of_the_specification() {
    assert_eq!((Trade::OLDEST, Trade::WIDTH), (46, 47));
    assert_eq!((KrxBook::OLDEST, KrxBook::WIDTH), (59, 63));
    assert_eq!((NxtBook::OLDEST, NxtBook::WIDTH), (59, 62));
    assert_eq!((UnifiedBook::OLDEST, UnifiedBook::WIDTH), (59, 66));
    assert_eq!((MarketOperation::OLDEST, MarketOperation::WIDTH), (10, 11));
    assert_eq!((Notice::OLDEST, LegacyNotice::OLDEST), (26, 23));
}

#[test]
fn trades_of_every_width_are_read() {
    let today: Trade = one(TRADE).expect("a trade");
    let old = TRADE.rsplit_once('^').expect("fields").0;
    assert_eq!(one::<Trade>(old), Ok(Trade { market: Code::default(), ..today }), "46 fields");
    for more in ["^", "^x", "^(null)^삼성^-1.5"] {
        assert_eq!(one::<Trade>(&format!("{TRADE}{more}")), Ok(today), "fields behind: {more}");
    }
    let narrow = old.rsplit_once('^').expect("fields").0;
    assert_eq!(one::<Trade>(narrow), Err(FrameError::Narrow { width: 45, oldest: 46 }));
}

#[test]
fn a_frame_holds_several_records() {
    for width in [46, 47, 51] {
        let fields: Vec<&str> = body(TRADE).split('^').chain(["a", "b", "c", "d"]).take(width).collect();
        let text = format!("0|H0STCNT0|003|{}", vec![fields.join("^"); 3].join("^").replacen("71500", "71400", 1));
        let trades: Result<Vec<Trade>, _> = Frame::parse(&text).expect("a frame").records().expect("trades").collect();
        let prices: Vec<_> = trades.expect("trades").iter().map(|trade| trade.price.0).collect();
        assert_eq!(prices, [71_400, 71_500, 71_500], "width {width}");
    }
}

#[test]
fn books_of_every_width_are_read() {
    for (width, mid, market) in [(59, 0, ""), (62, 71_550, ""), (63, 71_550, "2"), (70, 71_550, "2")] {
        let text = books(2, width);
        let read: Result<Vec<KrxBook>, _> = Frame::parse(&text).expect("a frame").records().expect("books").collect();
        let read = read.expect("books");
        assert_eq!(read.len(), 2);
        let KrxBook { book, mid: midpoint, market: market_class } = read[1];
        assert_eq!((book.asks[0], book.asks[9]), (Price(71_600), Price(72_500)));
        assert_eq!((book.bids[0], book.bids[9]), (Price(71_500), Price(70_600)));
        assert_eq!((book.ask_quantities[9], book.bid_quantities[9]), (Qty(1_009), Qty(2_009)));
        assert_eq!((book.total_ask_change, book.day_volume), (Qty(-10), Qty(3_376_543)));
        assert_eq!((midpoint.price, market_class.as_str()), (Price(mid), market), "width {width}");
        if width <= KrxBook::WIDTH {
            assert_eq!(write_frame("H0STASP0", &read, width), text);
        }
    }
    // Part of a group that was added is none of it.
    let text = books(1, 61);
    assert_eq!(one::<KrxBook>(&text).map(|book| book.mid.price), Ok(Price(0)));
}

#[test]
fn notices_of_both_versions_are_read() {
    let notices = read_notices(1, NOTICE).expect("a notice");
    let [notice] = notices[..] else { panic!("one notice, not {}", notices.len()) };
    assert_eq!((notice.account_no, notice.order_no, notice.branch), ("5000123401", "0000117057", "91252"));
    assert_eq!((notice.quantity.0, notice.price.0, notice.order_quantity.0), (4, 71_200, 10));
    assert_eq!((notice.kind.as_str(), notice.acceptance.as_str(), notice.exchange.as_str()), ("2", "2", "1"));
    assert_eq!((notice.account_name, notice.issue_name, notice.popup), ("홍길동", "삼성전자", true));
    let written = write_frame("H0STCNI0", &[notice], Notice::WIDTH);
    assert_eq!(body(&written), NOTICE);

    let old = read_notices(1, OLD_NOTICE).expect("a notice");
    assert_eq!(old, [Notice { stop_price: "", exchange: Code::default(), popup: false, ..notice }]);
    assert_eq!(read_notices(2, &format!("{OLD_NOTICE}^{OLD_NOTICE}")).map(|read| read.len()), Ok(2));
    let wider = format!("{NOTICE}^^x");
    assert_eq!(read_notices(1, &wider), Ok(notices), "28 fields");
    assert_eq!(read_notices(1, "a^b"), Err(FrameError::Narrow { width: 2, oldest: 23 }));
    assert!(!format!("{notice:?}").contains("50001234"), "an account number must not get into a log");
    assert!(!format!("{notice:?}").contains("홍길동"));
}

#[test]
fn market_operations_come_with_and_without_the_venue() {
    let text = "0|H0STMKO0|001|005930^N^(null)^112^^^^55^Y^N";
    let operation: MarketOperation = one(text).expect("an operation");
    assert_eq!((operation.reason, operation.operation.as_str(), operation.is_vi), ("", "112", true));
    let wider = format!("{text}^1");
    assert_eq!(one::<MarketOperation>(&wider).map(|operation| operation.venue), Ok(Code::of("1")));
}

#[test]
fn sealed_frames_are_opened_with_their_key() {
    let cipher = Cipher::new("abcdefghijklmnopabcdefghijklmnop", "0f1e2d3c4b5a6978").expect("lengths are right");
    let notices = read_notices(1, NOTICE).expect("a notice");
    let text = write_sealed("H0STCNI0", &notices, Notice::WIDTH, &cipher);
    let frame = Frame::parse(&text).expect("a frame");
    assert!(frame.is_sealed && frame.records::<Notice>().is_err());
    assert_eq!(cipher.open(frame.body).as_deref(), Ok(NOTICE));
}

#[test]
fn what_has_no_value_reads_as_nothing() {
    let fields: Vec<&str> = body(TRADE).split('^').collect();
    for nothing in ["", "(null)", "  "] {
        // Symbol, time and trade date are what makes a record a trade.
        let written: Vec<&str> =
            fields.iter().enumerate().map(|(n, field)| if [0, 1, 33].contains(&n) { field } else { nothing }).collect();
        let trade: Trade = one(&format!("0|H0STCNT0|001|{}", written.join("^"))).expect("a trade");
        assert_eq!((trade.price, trade.vwap, trade.open_time), (Price(0), AvgPrice(0), None), "{nothing:?}");
        assert_eq!((trade.side.as_str(), trade.is_halted), ("", false));
    }
    let padded = TRADE.replace("^71500^2^800^", "^  0000071500^2^-0000000800 ^");
    assert_eq!(one::<Trade>(&padded).map(|trade| (trade.price, trade.change)), Ok((Price(71_500), Price(-800))));
}

#[test]
fn what_is_malformed_is_named() {
    for (text, error) in [
        ("", FrameError::NoFrame),
        ("0|H0STCNT0|001", FrameError::NoFrame),
        ("2|H0STCNT0|001|x", FrameError::NoFrame),
        ("{\"header\":{}}", FrameError::NoFrame),
        ("0|H0STCNT0|000|x", FrameError::NoCount),
        ("0|H0STCNT0||x", FrameError::NoCount),
        ("0|H0STCNT0|-1|x", FrameError::NoCount),
        ("0|H0STCNT0|002|a^b^c", FrameError::Uneven { fields: 3, count: 2 }),
        ("1|H0STCNT0|001|x", FrameError::Sealed),
    ] {
        assert_eq!(one::<Trade>(text), Err(error), "{text:?}");
    }
    for (from, to, number) in [
        ("005930", "00593", 1),
        ("101530", "251530", 2),
        ("^71500^2^", "^71500x^2^", 3),
        ("1.13", "1.1.3", 6),
        ("^3376543^", "^99999999999999999999^", 14),
        ("20261001", "20261301", 34),
    ] {
        let text = TRADE.replacen(from, to, 1);
        assert_eq!(one::<Trade>(&text), Err(FrameError::Field { number, record: 0 }), "{to:?}");
    }
    let second = format!("0|H0STCNT0|002|{}^{}", body(TRADE), body(TRADE).replace("101530", "10153"));
    let read: Vec<_> = Frame::parse(&second).expect("a frame").records::<Trade>().expect("trades").collect();
    assert_eq!(read.len(), 2, "nothing comes after an error");
    assert_eq!(read[1], Err(FrameError::Field { number: 2, record: 1 }));
}

#[test]
fn only_the_first_three_bars_part_a_frame() {
    let frame = Frame::parse("0|H0STMKO0|001|005930^Y^a|b^112^^^^55^Y^N").expect("a frame");
    let read: MarketOperation = frame.records().expect("records").next().expect("one").expect("well formed");
    assert_eq!(read.reason, "a|b");
}

#[test]
fn an_etn_has_its_letter() {
    let code: ShortCode = "Q500001".parse().expect("a code");
    assert_eq!((code.symbol.as_str(), code.is_etn, code.to_string().as_str()), ("500001", true, "Q500001"));
    assert!("X500001".parse::<ShortCode>().is_err());
}

prop_compose! {
    fn any_trade()(
        numbers in proptest::array::uniform20(-1_000_000_000_i64..1_000_000_000_000),
        seconds in 0_u32..86_400,
        days in 0_i32..20_000,
        code in "[0-9A-Z]{6}",
        side in "[0-9]{0,4}",
        is_halted in any::<bool>(),
    ) -> Trade {
        let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).expect("a time");
        Trade {
            code: code.parse().expect("a code"),
            time,
            price: Price(numbers[0]),
            change: Price(numbers[1]),
            change_rate: Hundredths(numbers[2]),
            vwap: AvgPrice(numbers[3] * 100),
            open: Price(numbers[4]),
            quantity: Qty(numbers[5]),
            day_volume: Qty(numbers[6]),
            day_value: Won(numbers[7] * 1_000_000),
            sell_count: numbers[8],
            strength: Hundredths(numbers[9]),
            side: Code::of(&side),
            open_time: Some(time),
            date: NaiveDate::from_epoch_days(days).expect("a date"),
            is_halted,
            total_bid_quantity: Qty(numbers[10]),
            ..Trade::default()
        }
    }
}

proptest! {
    #[test]
    fn trades_come_back_as_they_were(trades in proptest::collection::vec(any_trade(), 1..5), more in 0_usize..3) {
        let text = write_frame("H0STCNT0", &trades, Trade::WIDTH + more);
        let frame = Frame::parse(&text).expect("a frame");
        let read: Result<Vec<Trade>, _> = frame.records().expect("trades").collect();
        prop_assert_eq!(read, Ok(trades));
    }

    #[test]
    fn padded_numbers_come_back(quantity in 0_i64..10_000_000_000, price in 0_i64..1_000_000_000) {
        let notice = Notice { quantity: Padded(quantity), price: Padded(price), ..Notice::default() };
        let text = write_frame("H0STCNI0", &[notice], Notice::WIDTH);
        prop_assert_eq!(read_notices(1, body(&text)), Ok(vec![notice]));
    }

    #[test]
    fn nothing_panics(text in "\\PC{0,300}", count in 0_usize..5) {
        if let Ok(frame) = Frame::parse(&text)
            && let Ok(records) = frame.records::<Trade>()
        {
            records.for_each(drop);
        }
        if let Ok(records) = records::<MarketOperation>(count, &text) {
            records.for_each(drop);
        }
        let _ = read_notices(count, &text);
    }

    /// What is almost a frame comes nearer to the edges than what is none.
    #[test]
    fn nothing_panics_when_a_frame_is_damaged(at in 0_usize..300, with in "\\PC{0,4}", cut in 0_usize..4) {
        for good in [TRADE.to_owned(), books(2, 63), format!("0|H0STCNI0|001|{NOTICE}")] {
            let chars: Vec<char> = good.chars().collect();
            let at = at % chars.len();
            let bad: String =
                chars[..at].iter().copied().chain(with.chars()).chain(chars[at..].iter().skip(cut).copied()).collect();
            let Ok(frame) = Frame::parse(&bad) else { continue };
            let _ = frame.records::<Trade>().map(|records| records.for_each(drop));
            let _ = frame.records::<KrxBook>().map(|records| records.for_each(drop));
            let _ = read_notices(frame.count, frame.body);
        }
    }
}
