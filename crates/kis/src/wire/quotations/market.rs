//! Prices, books, bars and days as the product understands them.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Brake, Level, OrderBook, Price, Qty, Quote, Symbol};

use super::{
    ChkHolidayRow, InquireAskingPriceExpCcnBook, InquireDailyItemchartpriceRow, InquirePriceOutput, MinuteChartRow,
};
use crate::wire::number::{self, BadNumber, present};
use crate::wire::trading::rows::BadRow;

/// Reads a price (§6.1) of the instant `at`.
///
/// # Errors
/// [`BadRow`] if the broker has no price, which is how some markets answer for an unknown issue, or if the answer is of
/// another issue.
pub fn quote(output: &InquirePriceOutput, symbol: Symbol, at: DateTime<Utc>) -> Result<Quote, BadRow> {
    let bad = |problem: &dyn ToString| BadRow::new(symbol.as_str(), problem.to_string());
    if present(&output.stck_shrn_iscd).is_some_and(|code| number::symbol(code) != Ok(symbol)) {
        return Err(bad(&"the answer is of another issue"));
    }
    let price = |text: &str| {
        let price = number::price(text).map_err(|error| bad(&error))?.filter(|price| price.is_positive());
        price.ok_or_else(|| bad(&"the broker has no price of it"))
    };
    Ok(Quote {
        symbol,
        price: price(&output.stck_prpr)?,
        base_price: price(&output.stck_sdpr)?,
        volume: number::qty(&output.acml_vol).map_err(|error| bad(&error))?.unwrap_or(Qty::ZERO),
        brake: (output.vi_cls_code.trim() == "Y").then_some(Brake::VolatilityInterruption),
        at,
    })
}

/// Reads an order book (§6.2) of the day `date`; levels without price or shares are left out.
///
/// # Errors
/// [`BadRow`] if a level or the time is unreadable.
pub fn order_book(book: &InquireAskingPriceExpCcnBook, symbol: Symbol, date: NaiveDate) -> Result<OrderBook, BadRow> {
    let bad = |error: BadNumber| BadRow::new(symbol.as_str(), error);
    let time = number::time(&book.aspr_acpt_hour).map_err(bad)?;
    let time = time.ok_or_else(|| BadRow::new(symbol.as_str(), "a book without its time"))?;
    Ok(OrderBook {
        symbol,
        asks: levels(asks(book)).map_err(bad)?,
        bids: levels(bids(book)).map_err(bad)?,
        at: exodus_domain::from_kst(date, time),
    })
}

fn levels(texts: [(&String, &String); 10]) -> Result<Vec<Level>, BadNumber> {
    let mut levels = Vec::with_capacity(texts.len());
    for (price, quantity) in texts {
        let price = number::price(price)?.unwrap_or_default();
        let quantity = number::qty(quantity)?.unwrap_or_default();
        if price.is_positive() && quantity.is_positive() {
            levels.push(Level { price, quantity });
        }
    }
    Ok(levels)
}

fn asks(book: &InquireAskingPriceExpCcnBook) -> [(&String, &String); 10] {
    [
        (&book.askp1, &book.askp_rsqn1),
        (&book.askp2, &book.askp_rsqn2),
        (&book.askp3, &book.askp_rsqn3),
        (&book.askp4, &book.askp_rsqn4),
        (&book.askp5, &book.askp_rsqn5),
        (&book.askp6, &book.askp_rsqn6),
        (&book.askp7, &book.askp_rsqn7),
        (&book.askp8, &book.askp_rsqn8),
        (&book.askp9, &book.askp_rsqn9),
        (&book.askp10, &book.askp_rsqn10),
    ]
}

fn bids(book: &InquireAskingPriceExpCcnBook) -> [(&String, &String); 10] {
    [
        (&book.bidp1, &book.bidp_rsqn1),
        (&book.bidp2, &book.bidp_rsqn2),
        (&book.bidp3, &book.bidp_rsqn3),
        (&book.bidp4, &book.bidp_rsqn4),
        (&book.bidp5, &book.bidp_rsqn5),
        (&book.bidp6, &book.bidp_rsqn6),
        (&book.bidp7, &book.bidp_rsqn7),
        (&book.bidp8, &book.bidp_rsqn8),
        (&book.bidp9, &book.bidp_rsqn9),
        (&book.bidp10, &book.bidp_rsqn10),
    ]
}

/// Reads daily bars (§6.5), oldest first. Rows without a day are left out: a range beyond the listing ends with them.
///
/// # Errors
/// [`BadRow`] if a bar is unreadable.
pub fn daily_bars(rows: &[InquireDailyItemchartpriceRow]) -> Result<Vec<Bar>, BadRow> {
    let mut bars = BTreeMap::new();
    for row in rows {
        let bad = |error: BadNumber| BadRow::new(&row.stck_bsop_date, error);
        let Some(day) = number::date(&row.stck_bsop_date).map_err(bad)? else { continue };
        let prices = [&row.stck_oprc, &row.stck_hgpr, &row.stck_lwpr, &row.stck_clpr];
        let bar =
            bar(Bar::day_start(day), prices, &row.acml_vol).map_err(|what| BadRow::new(&row.stck_bsop_date, what))?;
        bars.insert(bar.open_time, bar);
    }
    Ok(bars.into_values().collect())
}

/// Reads minute bars (§6.6), oldest first. Those after `now` are left out: the broker fills them with the last price. The
/// last one may not be over.
///
/// # Errors
/// [`BadRow`] if a bar is unreadable.
pub fn minute_bars(rows: &[MinuteChartRow], now: DateTime<Utc>) -> Result<Vec<Bar>, BadRow> {
    let mut bars = BTreeMap::new();
    for row in rows {
        let what = format!("{} {}", row.stck_bsop_date.trim(), row.stck_cntg_hour.trim());
        let bad = |error: BadNumber| BadRow::new(&what, error);
        let Some(at) = number::instant(&row.stck_bsop_date, &row.stck_cntg_hour).map_err(bad)? else { continue };
        let minute = at.duration_trunc(TimeDelta::minutes(1)).map_err(|error| BadRow::new(&what, error))?;
        if minute > now {
            continue;
        }
        let prices = [&row.stck_oprc, &row.stck_hgpr, &row.stck_lwpr, &row.stck_prpr];
        let bar = bar(minute, prices, &row.cntg_vol).map_err(|error| BadRow::new(&what, error))?;
        bars.insert(bar.open_time, bar);
    }
    Ok(bars.into_values().collect())
}

/// A bar of open, high, low and close; a close there must be.
fn bar(open_time: DateTime<Utc>, [open, high, low, close]: [&String; 4], volume: &str) -> Result<Bar, String> {
    let price = |text: &str| number::price(text).map(Option::unwrap_or_default).map_err(|error| error.to_string());
    let bar = Bar {
        open_time,
        open: price(open)?,
        high: price(high)?,
        low: price(low)?,
        close: price(close)?,
        volume: number::qty(volume).map_err(|error| error.to_string())?.unwrap_or_default(),
    };
    if bar.close > Price::ZERO { Ok(bar) } else { Err("a bar without a close".to_owned()) }
}

/// Reads days and whether the market opens on them (§6.10).
///
/// # Errors
/// [`BadRow`] if a row tells neither.
pub fn sessions(rows: &[ChkHolidayRow]) -> Result<Vec<(NaiveDate, bool)>, BadRow> {
    let mut days = Vec::with_capacity(rows.len());
    for row in rows {
        let bad = |problem: &dyn ToString| BadRow::new(&row.bass_dt, problem.to_string());
        let day =
            number::date(&row.bass_dt).map_err(|error| bad(&error))?.ok_or_else(|| bad(&"a row without a day"))?;
        let is_open = match row.opnd_yn.trim() {
            "Y" => true,
            "N" => false,
            _ => return Err(bad(&"opnd_yn is neither Y nor N")),
        };
        days.push((day, is_open));
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn samsung() -> Symbol {
        "005930".parse().expect("a symbol")
    }

    fn price() -> InquirePriceOutput {
        InquirePriceOutput {
            stck_prpr: "71500".to_owned(),
            stck_sdpr: "70700".to_owned(),
            acml_vol: "11376543".to_owned(),
            stck_shrn_iscd: "005930".to_owned(),
            iscd_stat_cls_code: "55".to_owned(),
            ..InquirePriceOutput::default()
        }
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_price_is_a_quote() {
        let at = instant("2026-10-01T01:15:30Z");
        let read = quote(&price(), samsung(), at).expect("a quote");
        assert_eq!((read.price, read.base_price, read.volume), (Price(71_500), Price(70_700), Qty(11_376_543)));
        assert_eq!(read.brake, None);
        let braked = InquirePriceOutput { vi_cls_code: "Y".to_owned(), ..price() };
        let brake = quote(&braked, samsung(), at).expect("a quote").brake;
        assert_eq!(brake, Some(Brake::VolatilityInterruption));
        for unknown in ["0", "", "x"] {
            let unknown = InquirePriceOutput { stck_prpr: unknown.to_owned(), ..price() };
            assert!(quote(&unknown, samsung(), at).is_err());
        }
        assert!(quote(&price(), "000660".parse().expect("a symbol"), at).is_err(), "another issue");
    }

    #[test]
    fn a_book_has_its_levels_in_order() {
        let text = |text: &str| text.to_owned();
        let book = InquireAskingPriceExpCcnBook {
            aspr_acpt_hour: text("101530"),
            askp1: text("71600"),
            askp_rsqn1: text("15320"),
            askp2: text("71700"),
            askp_rsqn2: text("9"),
            askp3: text("71800"),
            askp_rsqn3: text("0"),
            bidp1: text("71500"),
            bidp_rsqn1: text("20110"),
            bidp10: text("70600"),
            bidp_rsqn10: text("1"),
            ..InquireAskingPriceExpCcnBook::default()
        };
        let day = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
        let read = order_book(&book, samsung(), day).expect("a book");
        assert_eq!(read.asks.iter().map(|level| level.price.0).collect::<Vec<_>>(), [71_600, 71_700]);
        assert_eq!(read.bids.iter().map(|level| level.quantity.0).collect::<Vec<_>>(), [20_110, 1]);
        assert_eq!(read.at, instant("2026-10-01T01:15:30Z"));
        assert!(order_book(&InquireAskingPriceExpCcnBook::default(), samsung(), day).is_err());
    }

    #[test]
    fn bars_are_read_oldest_first() {
        let day = |date: &str, close: &str| InquireDailyItemchartpriceRow {
            stck_bsop_date: date.to_owned(),
            stck_oprc: "70900".to_owned(),
            stck_hgpr: "71800".to_owned(),
            stck_lwpr: "70600".to_owned(),
            stck_clpr: close.to_owned(),
            acml_vol: "11376543".to_owned(),
            ..InquireDailyItemchartpriceRow::default()
        };
        let rows = [day("20261002", "71500"), day("20261001", "70700"), InquireDailyItemchartpriceRow::default()];
        let read = daily_bars(&rows).expect("bars");
        assert_eq!(read.iter().map(|bar| bar.close.0).collect::<Vec<_>>(), [70_700, 71_500]);
        assert_eq!(read[0].trade_date().to_string(), "2026-10-01");
        assert!(daily_bars(&[day("20261001", "")]).is_err() && daily_bars(&[day("20261301", "1")]).is_err());
    }

    #[test]
    fn minutes_that_have_not_begun_are_left_out() {
        let minute = |time: &str| MinuteChartRow {
            stck_bsop_date: "20261001".to_owned(),
            stck_cntg_hour: time.to_owned(),
            stck_prpr: "71500".to_owned(),
            cntg_vol: "20312".to_owned(),
            ..MinuteChartRow::default()
        };
        let rows = [minute("101600"), minute("101500"), minute("101430"), minute("090000")];
        let read = minute_bars(&rows, instant("2026-10-01T01:15:10Z")).expect("bars");
        let times: Vec<String> = read.iter().map(|bar| bar.open_time.format("%H:%M:%S").to_string()).collect();
        assert_eq!(times, ["00:00:00", "01:14:00", "01:15:00"]);
    }

    #[test]
    fn days_are_open_or_not() {
        let day = |date: &str, open: &str| ChkHolidayRow {
            bass_dt: date.to_owned(),
            opnd_yn: open.to_owned(),
            ..ChkHolidayRow::default()
        };
        let read = sessions(&[day("20261001", "Y"), day("20261003", "N")]).expect("days");
        assert_eq!(read.iter().map(|(_, open)| *open).collect::<Vec<_>>(), [true, false]);
        assert!(sessions(&[day("20261001", "")]).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(texts in prop::collection::vec("\\PC{0,12}", 6)) {
            let text = |place: usize| texts[place].clone();
            let row = MinuteChartRow {
                stck_bsop_date: text(0), stck_cntg_hour: text(1), stck_prpr: text(2), stck_oprc: text(3),
                stck_hgpr: text(4), cntg_vol: text(5), ..MinuteChartRow::default()
            };
            let _ = minute_bars(&[row], instant("2026-10-01T01:15:10Z"));
            let output = InquirePriceOutput { stck_prpr: text(0), stck_sdpr: text(1), acml_vol: text(2), ..price() };
            let _ = quote(&output, samsung(), instant("2026-10-01T01:15:10Z"));
        }
    }
}
