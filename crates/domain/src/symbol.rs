//! What is traded: the six-character code, its market and its kind.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A KRX short code (단축코드) of six characters, digits or capital letters: `005930`, `0126Z0`, `00088K`.
///
/// Always text: leading zeros count, and codes with letters are issued since 2024-01-01 (KRX notice of 2023).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol([u8; 6]);

/// The text is not a KRX short code.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{0}\" is not a symbol: a KRX short code has six digits or capital letters, such as 005930")]
pub struct SymbolError(String);

impl Symbol {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a symbol holds ASCII only, its constructor checks it")
    }
}

impl FromStr for Symbol {
    type Err = SymbolError;

    fn from_str(text: &str) -> Result<Self, SymbolError> {
        let allowed = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
        match <[u8; 6]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(allowed) => Ok(Self(code)),
            _ => Err(SymbolError(text.chars().take(32).collect())),
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Symbol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Symbol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

text_enum! {
    /// The KRX market division an issue is listed on. ETF and ETN exist on KOSPI only.
    Market {
        /// 유가증권시장.
        Kospi = "kospi",
        /// 코스닥시장, KOSDAQ GLOBAL included.
        Kosdaq = "kosdaq",
        /// 코넥스시장.
        Konex = "konex",
    }
}

text_enum! {
    /// The kind of issue, as far as ticks, limits and taxes tell kinds apart.
    InstrumentKind {
        /// Ordinary and preferred shares, depositary receipts, REIT.
        Stock = "stock",
        /// Exchange-traded fund (상장지수펀드).
        Etf = "etf",
        /// Exchange-traded note (상장지수증권).
        Etn = "etn",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_codes_and_leading_zeros_round_trip() {
        for code in ["005930", "0126Z0", "00088K", "0001A0"] {
            assert_eq!(code.parse::<Symbol>().map(|s| s.to_string()), Ok(code.to_owned()));
        }
    }

    #[test]
    fn what_is_no_short_code_is_refused() {
        for code in ["", "5930", "A005930", "00593o", "00593 ", "삼성", "005930\n"] {
            assert!(code.parse::<Symbol>().is_err(), "{code:?} was accepted");
        }
    }
}
