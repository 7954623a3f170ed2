//! The international number of a security (ISO 6166), 표준코드.

use std::fmt;
use std::str::FromStr;

/// An ISIN: two letters of the country, nine digits or capital letters, a check digit. It cannot be told from the
/// short code: `005935` is `KR7005931001`, and foreign issuers keep the number of their home.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Isin([u8; 12]);

/// The text is not an ISIN.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum IsinError {
    /// It has not the form of one.
    #[error("\"{0}\" is not an ISIN: two letters, nine digits or capital letters and a check digit, as KR7005930003")]
    Form(String),
    /// A letter or digit of it was mistaken.
    #[error("the check digit of {isin} is wrong: it must be {expected}")]
    CheckDigit {
        /// The number as it came.
        isin: String,
        /// The digit that would be right.
        expected: u8,
    },
}

impl Isin {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an ISIN holds ASCII only, its constructor checks it")
    }
}

impl FromStr for Isin {
    type Err = IsinError;

    fn from_str(text: &str) -> Result<Self, IsinError> {
        let form = || IsinError::Form(text.chars().take(32).collect());
        let bytes = <[u8; 12]>::try_from(text.as_bytes()).map_err(|_| form())?;
        let [country @ .., check] = bytes;
        let allowed = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
        let country_is_letters = country[..2].iter().all(u8::is_ascii_uppercase);
        if !(country_is_letters && country.iter().all(allowed) && check.is_ascii_digit()) {
            return Err(form());
        }
        match check_digit(&country) {
            expected if expected == check - b'0' => Ok(Self(bytes)),
            expected => Err(IsinError::CheckDigit { isin: text.to_owned(), expected }),
        }
    }
}

/// The check digit of the eleven characters before it: letters count as 10 to 35, and of all digits every second one
/// from the right is doubled (ISO 6166, Luhn).
fn check_digit(body: &[u8]) -> u8 {
    let value = |b: u8| if b.is_ascii_digit() { b - b'0' } else { b - b'A' + 10 };
    let digits = body.iter().rev().flat_map(|&b| match value(b) {
        small @ 0..=9 => [Some(small), None],
        large => [Some(large % 10), Some(large / 10)],
    });
    let sum: u32 = digits
        .flatten()
        .enumerate()
        .map(|(place, digit)| {
            let weighed = if place % 2 == 0 { digit * 2 } else { digit };
            u32::from(weighed / 10 + weighed % 10)
        })
        .sum();
    u8::try_from((10 - sum % 10) % 10).expect("a remainder of ten is one digit")
}

impl fmt::Display for Isin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Isin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_kind_are_read() {
        // Ordinary, preferred, codes with a letter, ETN, warrant, fund, depositary receipt, foreign issuers, a US share.
        let numbers = [
            "KR7005930003",
            "KR7005931001",
            "KR70126Z0002",
            "KR700088K015",
            "KRG502400234",
            "KRA000011KB2",
            "KR5701000014",
            "KR8392100002",
            "HK0000040383",
            "KYG210AT1036",
            "US0378331005",
        ];
        for number in numbers {
            assert_eq!(number.parse::<Isin>().map(|isin| isin.to_string()), Ok(number.to_owned()));
        }
    }

    #[test]
    fn a_mistaken_character_is_found() {
        let wrong = "KR7005930004".parse::<Isin>();
        assert_eq!(wrong, Err(IsinError::CheckDigit { isin: "KR7005930004".to_owned(), expected: 3 }));
        let right = b"KR700593000";
        for place in 2..right.len() {
            for digit in b'0'..=b'9' {
                let mut other = *right;
                other[place] = digit;
                assert_eq!(check_digit(&other) == 3, digit == right[place], "{digit} in place {place}");
            }
        }
    }

    #[test]
    fn what_has_not_the_form_is_refused() {
        for text in ["", "KR700593000", "KR70059300031", "kr7005930003", "1R7005930003", "KR700593000A", "KR7삼성전자"]
        {
            assert!(matches!(text.parse::<Isin>(), Err(IsinError::Form(_))), "{text:?}");
        }
    }
}
