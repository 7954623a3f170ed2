//! Money and share counts as integers.
//!
//! No float ever touches money: amounts are whole won, averages are ten-thousandths of a won, shares are whole.
//! Arithmetic that could leave the range of `i64` saturates nowhere and wraps nowhere: the operators panic in the
//! same way on every build, and the `checked_*` functions answer `None`.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

macro_rules! integer_amount {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0);

            /// The sum, or `None` outside the range of `i64`.
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }

            /// The difference, or `None` outside the range of `i64`.
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }

            /// True above zero.
            pub fn is_positive(self) -> bool {
                self.0 > 0
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                self.checked_add(other).expect(concat!(stringify!($name), " addition left the range of i64"))
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                self.checked_sub(other).expect(concat!(stringify!($name), " subtraction left the range of i64"))
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self::ZERO - self
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
                iter.fold(Self::ZERO, Add::add)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

integer_amount! {
    /// An amount of money in whole won (KRW). May be negative: a debt, a loss, an outflow.
    Won
}

integer_amount! {
    /// A price in whole won per share, as KRX quotes stocks, ETF and ETN. Zero means "no price" (a halted day).
    Price
}

integer_amount! {
    /// A number of whole shares. KRX trades stocks, ETF and ETN in lots of one share.
    Qty
}

/// The product of a price and a share count is an amount of money.
impl Mul<Qty> for Price {
    type Output = Won;
    fn mul(self, qty: Qty) -> Won {
        self.checked_mul(qty).expect("price times quantity left the range of i64")
    }
}

impl Price {
    /// Price × quantity in won, or `None` outside the range of `i64`; for values that a user can send.
    pub fn checked_mul(self, qty: Qty) -> Option<Won> {
        self.0.checked_mul(qty.0).map(Won)
    }
}

/// An average price in 1/10,000 won per share, rounded half up when it is made from a total.
///
/// It travels and prints as a decimal string with up to four places (`"70123.4567"`), never as a float.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AvgPrice(pub i64);

impl AvgPrice {
    /// Units per won.
    pub const SCALE: i64 = 10_000;

    /// No average: nothing held, nothing filled.
    pub const ZERO: Self = Self(0);

    /// The average of `total` over `qty` shares, rounded half up; zero when `qty` is not positive.
    pub fn of(total: Won, qty: Qty) -> Self {
        if qty.0 <= 0 {
            return Self::ZERO;
        }
        let scaled = i128::from(total.0) * i128::from(Self::SCALE);
        let qty = i128::from(qty.0);
        let rounded = (2 * scaled + qty).div_euclid(2 * qty);
        Self(i64::try_from(rounded).expect("an average above 922 trillion won a share is no price"))
    }
}

impl From<Price> for AvgPrice {
    fn from(price: Price) -> Self {
        Self(price.0.checked_mul(Self::SCALE).expect("price as average left the range of i64"))
    }
}

impl fmt::Display for AvgPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        let scale = Self::SCALE.unsigned_abs();
        let (won, rest) = (units / scale, units % scale);
        if rest == 0 {
            return write!(f, "{sign}{won}");
        }
        let digits = format!("{rest:04}");
        write!(f, "{sign}{won}.{}", digits.trim_end_matches('0'))
    }
}

/// The text is not a decimal number with at most four places.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{0}\" is not an average price: write a decimal number with at most four places")]
pub struct AvgPriceError(String);

impl FromStr for AvgPrice {
    type Err = AvgPriceError;

    fn from_str(text: &str) -> Result<Self, AvgPriceError> {
        let refuse = || AvgPriceError(text.to_owned());
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (won, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if won.is_empty() || fraction.len() > 4 || !all_digits(won) || !all_digits(fraction) {
            return Err(refuse());
        }
        let units: i64 = format!("{won}{fraction:0<4}").parse().map_err(|_| refuse())?;
        Ok(Self(if negative { -units } else { units }))
    }
}

impl Serialize for AvgPrice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AvgPrice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_average_is_rounded_half_up_in_ten_thousandths_of_a_won() {
        assert_eq!(AvgPrice::of(Won(100), Qty(3)), AvgPrice(333_333));
        assert_eq!(AvgPrice::of(Won(200), Qty(3)), AvgPrice(666_667));
        assert_eq!(AvgPrice::of(Won(100), Qty(0)), AvgPrice::ZERO);
    }

    #[test]
    fn an_average_prints_without_trailing_zeros() {
        assert_eq!(AvgPrice(701_234_567).to_string(), "70123.4567");
        assert_eq!(AvgPrice(701_230_000).to_string(), "70123");
        assert_eq!(AvgPrice(-5_000).to_string(), "-0.5");
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", ".", "1.23456", "1,000", "1e3", "--1", "1.-2", " 1"] {
            assert!(text.parse::<AvgPrice>().is_err(), "{text:?} was accepted");
        }
    }

    proptest! {
        #[test]
        fn text_round_trips(units in -i64::MAX / 2..i64::MAX / 2) {
            let average = AvgPrice(units);
            prop_assert_eq!(average.to_string().parse(), Ok(average));
        }

        #[test]
        fn an_average_is_off_by_at_most_half_a_ten_thousandth(total in 0i64..1_000_000_000_000, qty in 1i64..1_000_000) {
            let off = AvgPrice::of(Won(total), Qty(qty)).0 * qty - total * AvgPrice::SCALE;
            prop_assert!(2 * off.abs() <= qty, "{total} / {qty}");
        }
    }
}
