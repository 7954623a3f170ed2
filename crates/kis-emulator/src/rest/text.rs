//! Leaves of answers: every one a text, in the forms of kis-openapi's conventions.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{AvgPrice, InstrumentKind, Market, PriceLimits, Side, kst_date, kst_time};

use crate::world::OrderVenue;

/// `YYYYMMDD`.
pub(crate) fn date(date: NaiveDate) -> String {
    date.format("%Y%m%d").to_string()
}

/// `YYYYMMDD` in Korea.
pub(crate) fn day(at: DateTime<Utc>) -> String {
    date(kst_date(at))
}

/// `HHMMSS` in Korea.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    kst_time(at).format("%H%M%S").to_string()
}

/// A date as clients send it. Some mean "from the beginning" by `00000101`: what is before 1980 is 1980.
pub(crate) fn read_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let first = NaiveDate::from_ymd_opt(1980, 1, 1)?;
    let date = NaiveDate::from_ymd_opt(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?)?;
    Some(date.max(first))
}

/// The code at the end of a product number (quirk 21).
pub(crate) fn last_six(product_no: &str) -> &str {
    let start = product_no.char_indices().rev().nth(5).map_or(0, |(index, _)| index);
    &product_no[start..]
}

/// An average with four decimals.
pub(crate) fn average(price: AvgPrice) -> String {
    let units = price.0.unsigned_abs();
    let scale = AvgPrice::SCALE.unsigned_abs();
    let sign = if price.0 < 0 { "-" } else { "" };
    format!("{sign}{}.{:04}", units / scale, units % scale)
}

/// An average of prices, cut to two decimals.
pub(crate) fn average2(price: AvgPrice) -> String {
    let mut text = average(price);
    text.truncate(text.len() - 2);
    text
}

/// `part` in per cent of `whole`; zero of nothing. A ratio, never money.
pub(crate) fn percent(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// A rate with two decimals.
pub(crate) fn rate2(rate: f64) -> String {
    format!("{:.2}", positive_zero(rate))
}

/// A rate with eight decimals.
pub(crate) fn rate8(rate: f64) -> String {
    format!("{:.8}", positive_zero(rate))
}

/// What would be printed as `-0.00` is nothing.
fn positive_zero(rate: f64) -> f64 {
    if rate.abs() < 0.005 && rate < 0.0 { 0.0 } else { rate }
}

/// Hundredths as a number with two decimals: levels of an index.
pub(crate) fn hundredths(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", units.unsigned_abs() / 100, units.unsigned_abs() % 100)
}

/// `prdy_vrss_sign`: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
pub(crate) fn sign(price: i64, base: i64, limits: Option<PriceLimits>) -> String {
    let sign = match (price - base).signum() {
        1 if limits.is_some_and(|limits| price >= limits.upper.0) => "1",
        1 => "2",
        -1 if limits.is_some_and(|limits| price <= limits.lower.0) => "4",
        -1 => "5",
        _ => "3",
    };
    sign.to_owned()
}

/// `Y` or `N`.
pub(crate) fn yes(is_so: bool) -> String {
    if is_so { "Y" } else { "N" }.to_owned()
}

/// `SLL_BUY_DVSN_CD`.
pub(crate) fn side(side: Side) -> &'static str {
    match side {
        Side::Sell => "01",
        Side::Buy => "02",
    }
}

/// `ORD_DVSN` in words, as lists show it.
pub(crate) fn division(code: &str) -> &'static str {
    match code {
        "00" => "지정가",
        "01" => "시장가",
        "02" => "조건부지정가",
        "03" => "최유리지정가",
        "04" => "최우선지정가",
        "05" => "장전 시간외",
        "06" => "장후 시간외",
        "07" => "시간외 단일가",
        "11" => "IOC지정가",
        "12" => "FOK지정가",
        "13" => "IOC시장가",
        "14" => "FOK시장가",
        "15" => "IOC최유리",
        "16" => "FOK최유리",
        "21" => "중간가",
        "22" => "스톱지정가",
        "23" => "중간가IOC",
        "24" => "중간가FOK",
        "27" => "GTP지정가",
        "28" => "GTP최유리",
        "29" => "GTP최우선",
        "41" => "애프터지정가",
        "42" => "애프터IOC지정가",
        "43" => "애프터FOK지정가",
        "44" => "애프터최유리",
        "45" => "애프터IOC최유리",
        "46" => "애프터FOK최유리",
        "47" => "애프터최우선",
        _ => "",
    }
}

/// `ccld_cndt_name`: what becomes of the rest.
pub(crate) fn condition(code: &str) -> &'static str {
    match code {
        "11" | "13" | "15" | "23" | "42" | "45" => "IOC",
        "12" | "14" | "16" | "24" | "43" | "46" => "FOK",
        _ => "없음",
    }
}

/// `excg_id_dvsn_cd`.
pub(crate) fn venue(venue: OrderVenue) -> &'static str {
    match venue {
        OrderVenue::Krx => "KRX",
        OrderVenue::Nxt => "NXT",
        OrderVenue::Sor => "SOR",
    }
}

/// `excg_dvsn_cd`.
pub(crate) fn venue_number(venue: OrderVenue, market: Option<Market>) -> &'static str {
    match (venue, market) {
        (OrderVenue::Sor, _) => "12",
        (OrderVenue::Nxt, _) => "61",
        (OrderVenue::Krx, Some(Market::Kosdaq)) => "03",
        (OrderVenue::Krx, Some(Market::Konex)) => "04",
        (OrderVenue::Krx, _) => "02",
    }
}

/// `excg_id_dvsn_name`.
pub(crate) fn venue_name(venue: OrderVenue) -> &'static str {
    match venue {
        OrderVenue::Krx => "한국거래소",
        OrderVenue::Nxt => "넥스트레이드",
        OrderVenue::Sor => "SOR",
    }
}

/// The symbol as ledger products are numbered: `00000A005930`, an ETN with `Q`.
pub(crate) fn product_no(symbol: exodus_domain::Symbol, kind: InstrumentKind) -> String {
    let letter = if kind == InstrumentKind::Etn { 'Q' } else { 'A' };
    format!("00000{letter}{symbol}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_number_ends_with_its_code_quirk_21() {
        let codes = ["00000A005930", "005930", "30", "", "삼성005930"].map(last_six);
        assert_eq!(codes, ["005930", "005930", "30", "", "005930"]);
    }

    #[test]
    fn numbers_have_the_decimals_of_the_conventions() {
        assert_eq!(average(AvgPrice(1_354_402_517)), "135440.2517");
        assert_eq!(average2(AvgPrice(714_052_299)), "71405.22");
        assert_eq!((hundredths(285_760), hundredths(-1_161)), ("2857.60".to_owned(), "-11.61".to_owned()));
        assert_eq!((rate2(-0.001), rate8(1.25)), ("0.00".to_owned(), "1.25000000".to_owned()));
    }

    #[test]
    fn a_date_before_all_markets_is_the_first_one() {
        assert_eq!(read_date("00000101"), NaiveDate::from_ymd_opt(1980, 1, 1));
        assert_eq!(read_date("20261001"), NaiveDate::from_ymd_opt(2026, 10, 1));
        assert!(["2026-10-01", "20261301", ""].iter().all(|text| read_date(text).is_none()));
    }
}
