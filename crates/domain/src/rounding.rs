//! How a part of an amount is brought to whole won.

use serde::{Deserialize, Serialize};

use crate::Won;

text_enum! {
    /// The unit that an amount is a multiple of after rounding.
    RoundingUnit {
        /// 원 단위.
        Won1 = "1",
        /// 10원 단위.
        Won10 = "10",
    }
}

text_enum! {
    /// Which multiple of the unit is taken.
    RoundingMode {
        /// The one at or below the exact amount (절사).
        Floor = "floor",
        /// The nearest one; half way between two it is the higher one (반올림).
        Nearest = "nearest",
    }
}

/// A unit and a mode: how an exact amount becomes one that can be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounding {
    /// Unit.
    pub unit: RoundingUnit,
    /// Mode.
    pub mode: RoundingMode,
}

impl Rounding {
    /// 원 미만 절사: the part below one won is dropped.
    pub const WON_FLOOR: Self = Self { unit: RoundingUnit::Won1, mode: RoundingMode::Floor };

    /// `amount × parts / whole`, rounded, for an amount and parts that are not negative. A result outside the range of
    /// `i64` is cut to the largest multiple of the unit inside it.
    pub(crate) fn share(self, amount: Won, parts: i64, whole: i64) -> Won {
        let unit: i64 = match self.unit {
            RoundingUnit::Won1 => 1,
            RoundingUnit::Won10 => 10,
        };
        let exact = i128::from(amount.0) * i128::from(parts);
        let unit_of_whole = i128::from(whole) * i128::from(unit);
        let units = match self.mode {
            RoundingMode::Floor => exact / unit_of_whole,
            RoundingMode::Nearest => (exact + unit_of_whole / 2) / unit_of_whole,
        };
        let largest = i64::MAX / unit;
        Won(i64::try_from(units).map_or(largest, |units| units.min(largest)) * unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_cut_or_brought_to_the_nearest_unit() {
        let rounded = |unit, mode, won: i64| Rounding { unit, mode }.share(Won(won), 1, 10).0;
        for (tenths, floor, nearest, floor_10, nearest_10) in [
            (0, 0, 0, 0, 0),
            (4, 0, 0, 0, 0),
            (5, 0, 1, 0, 0),
            (49, 4, 5, 0, 0),
            (50, 5, 5, 0, 10),
            (199, 19, 20, 10, 20),
        ] {
            assert_eq!(rounded(RoundingUnit::Won1, RoundingMode::Floor, tenths), floor, "{tenths}");
            assert_eq!(rounded(RoundingUnit::Won1, RoundingMode::Nearest, tenths), nearest, "{tenths}");
            assert_eq!(rounded(RoundingUnit::Won10, RoundingMode::Floor, tenths), floor_10, "{tenths}");
            assert_eq!(rounded(RoundingUnit::Won10, RoundingMode::Nearest, tenths), nearest_10, "{tenths}");
        }
    }

    #[test]
    fn the_end_of_the_range_is_no_end_of_the_program() {
        let rounding = Rounding { unit: RoundingUnit::Won10, mode: RoundingMode::Nearest };
        assert_eq!(rounding.share(Won(i64::MAX), 1, 1), Won(i64::MAX - 7));
        assert_eq!(rounding.share(Won(i64::MAX), i64::MAX, 1), Won(i64::MAX - 7));
    }
}
