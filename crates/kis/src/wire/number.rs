//! Numbers, days and times as the broker writes them: padded with zeros or blanks, signed, blank or `(null)` for nothing.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use exodus_domain::{AvgPrice, InstrumentKind, Price, Qty, Symbol, Won, from_kst};

/// A text is not what its field holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not {wanted}")]
pub struct BadNumber {
    /// The text, cut to 32 characters.
    pub text: String,
    /// What was expected.
    pub wanted: &'static str,
}

fn bad(text: &str, wanted: &'static str) -> BadNumber {
    BadNumber { text: text.chars().take(32).collect(), wanted }
}

/// The text of a field without its padding; `None` if the field is empty.
pub fn present(text: &str) -> Option<&str> {
    match text.trim() {
        "" | "(null)" => None,
        text => Some(text),
    }
}

/// A whole number. Decimals are taken if they are zeros, since the broker prints prices as `71200.0000` at times.
///
/// # Errors
/// [`BadNumber`] for anything else, and for what leaves the range.
pub fn whole(text: &str) -> Result<Option<i64>, BadNumber> {
    let Some(digits) = present(text) else { return Ok(None) };
    let (digits, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let unsigned = digits.strip_prefix(['-', '+']).unwrap_or(digits);
    let is_number = !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit());
    if !is_number || decimals.bytes().any(|b| b != b'0') {
        return Err(bad(text, "a whole number"));
    }
    digits.parse().map(Some).map_err(|_| bad(text, "a whole number"))
}

/// An amount of money in won.
///
/// # Errors
/// As [`whole`].
pub fn won(text: &str) -> Result<Option<Won>, BadNumber> {
    Ok(whole(text)?.map(Won))
}

/// A price in won; never negative.
///
/// # Errors
/// As [`whole`], and for negative numbers.
pub fn price(text: &str) -> Result<Option<Price>, BadNumber> {
    not_negative(text, "a price").map(|price| price.map(Price))
}

/// A number of shares; never negative.
///
/// # Errors
/// As [`whole`], and for negative numbers.
pub fn qty(text: &str) -> Result<Option<Qty>, BadNumber> {
    not_negative(text, "a number of shares").map(|shares| shares.map(Qty))
}

fn not_negative(text: &str, wanted: &'static str) -> Result<Option<i64>, BadNumber> {
    match whole(text) {
        Ok(Some(number)) if number < 0 => Err(bad(text, wanted)),
        Err(_) => Err(bad(text, wanted)),
        fine => fine,
    }
}

/// An average price; further decimals than four are cut.
///
/// # Errors
/// [`BadNumber`] if it is no decimal number.
pub fn avg_price(text: &str) -> Result<Option<AvgPrice>, BadNumber> {
    let Some(number) = present(text) else { return Ok(None) };
    let (won, decimals) = number.split_once('.').unwrap_or((number, ""));
    let wanted = "an average price";
    if !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad(text, wanted));
    }
    let decimals = &decimals[..decimals.len().min(4)];
    format!("{won}.{decimals}").parse().map(Some).map_err(|_| bad(text, wanted))
}

/// A level of an index, in hundredths; never negative.
///
/// # Errors
/// [`BadNumber`] if it is no number of at most two decimals.
pub fn hundredths(text: &str) -> Result<Option<i64>, BadNumber> {
    let Some(number) = present(text) else { return Ok(None) };
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let is_number = !whole.is_empty() && decimals.len() <= 2;
    let read = if is_number { format!("{whole}{decimals:0<2}").parse::<u32>().ok() } else { None };
    read.map(|level| Some(i64::from(level))).ok_or_else(|| bad(text, "a level with two decimals"))
}

/// A day `YYYYMMDD`; zeros mean none.
///
/// # Errors
/// [`BadNumber`] if there is no such day.
pub fn date(text: &str) -> Result<Option<NaiveDate>, BadNumber> {
    match present(text) {
        None => Ok(None),
        Some(day) if day.bytes().all(|b| b == b'0') => Ok(None),
        Some(day) => {
            let read = digits(day, 8).and_then(|day| NaiveDate::parse_from_str(day, "%Y%m%d").ok());
            read.map(Some).ok_or_else(|| bad(text, "a day YYYYMMDD"))
        }
    }
}

/// A time `HHMMSS` in Korea.
///
/// # Errors
/// [`BadNumber`] if there is no such time.
pub fn time(text: &str) -> Result<Option<NaiveTime>, BadNumber> {
    let Some(clock) = present(text) else { return Ok(None) };
    let part = |range: std::ops::Range<usize>| digits(clock, 6).and_then(|clock| clock[range].parse().ok());
    let read = match (part(0..2), part(2..4), part(4..6)) {
        (Some(hour), Some(minute), Some(second)) => NaiveTime::from_hms_opt(hour, minute, second),
        _ => None,
    };
    read.map(Some).ok_or_else(|| bad(text, "a time HHMMSS"))
}

/// The instant of a day and a time; `None` if either is empty.
///
/// # Errors
/// As [`date`] and [`time`].
pub fn instant(day: &str, clock: &str) -> Result<Option<DateTime<Utc>>, BadNumber> {
    Ok(date(day)?.zip(time(clock)?).map(|(day, clock)| from_kst(day, clock)))
}

fn digits(text: &str, count: usize) -> Option<&str> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// The symbol in a product number, of which the last six characters count: `00000A005930`, `Q500001`.
///
/// # Errors
/// [`BadNumber`] if they are no symbol.
pub fn symbol(pdno: &str) -> Result<Symbol, BadNumber> {
    let number = pdno.trim();
    let code = number.len().checked_sub(6).and_then(|start| number.get(start..));
    code.and_then(|code| code.parse().ok()).ok_or_else(|| bad(pdno, "a product number"))
}

/// How requests and registrations name an issue: an ETN has a `Q` before its code.
pub fn product_no(symbol: Symbol, kind: InstrumentKind) -> String {
    match kind {
        InstrumentKind::Etn => format!("Q{symbol}"),
        InstrumentKind::Stock | InstrumentKind::Etf => symbol.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn padding_signs_and_blanks_are_read() {
        for (text, number) in [
            ("0000000010", Some(10)),
            (" 71200 ", Some(71_200)),
            ("71200.0000", Some(71_200)),
            ("-300", Some(-300)),
            ("+5", Some(5)),
            ("", None),
            ("   ", None),
            ("(null)", None),
        ] {
            assert_eq!(whole(text), Ok(number), "{text:?}");
        }
        for text in ["1,000", "1.5", "-", "+", ".", "1e3", "칠", "--1", "9223372036854775808"] {
            assert!(whole(text).is_err(), "{text:?}");
        }
        assert!(price("-1").is_err() && qty("-1").is_err());
        assert_eq!(won("-1"), Ok(Some(Won(-1))));
    }

    #[test]
    fn averages_keep_four_decimals() {
        assert_eq!(avg_price("135440.2517"), Ok(Some(AvgPrice(1_354_402_517))));
        assert_eq!(avg_price("71200.00000001"), Ok(Some(AvgPrice(712_000_000))));
        assert_eq!(avg_price("71200"), Ok(Some(AvgPrice(712_000_000))));
        assert!(avg_price("71200.x").is_err() && avg_price("1.2.3").is_err());
    }

    #[test]
    fn days_and_times_must_exist() {
        assert_eq!(date("20261001"), Ok(NaiveDate::from_ymd_opt(2026, 10, 1)));
        assert_eq!(date("00000000"), Ok(None));
        assert!(date("20260231").is_err() && date("2026-1-1").is_err() && date("+2026101").is_err());
        assert_eq!(time("093015"), Ok(NaiveTime::from_hms_opt(9, 30, 15)));
        assert!(time("256000").is_err() && time("93015").is_err() && time("+93015").is_err());
        let at = instant("20261001", "093015").expect("read").expect("an instant");
        assert_eq!(at.to_rfc3339(), "2026-10-01T00:30:15+00:00");
    }

    #[test]
    fn a_product_number_ends_with_its_symbol() {
        let samsung: Symbol = "005930".parse().expect("a symbol");
        for number in ["005930", "00000A005930", " A005930 "] {
            assert_eq!(symbol(number), Ok(samsung), "{number}");
        }
        assert!(symbol("5930").is_err() && symbol("삼성전자우").is_err());
        assert_eq!(product_no(samsung, InstrumentKind::Etn), "Q005930");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC*") {
            let _ = (whole(&text), avg_price(&text), date(&text), time(&text), symbol(&text));
        }

        #[test]
        fn what_is_padded_means_the_same(number in 0_i64..1_000_000_000) {
            prop_assert_eq!(whole(&format!("{number:012}")), Ok(Some(number)));
            prop_assert_eq!(whole(&format!("{number:<19}")), Ok(Some(number)));
        }
    }
}
