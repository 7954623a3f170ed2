//! Solar dates of the holidays that follow the Korean lunar calendar.
//!
//! Source: Korea Astronomy and Space Science Institute, by way of the government's yearly almanac (월력요항). In 1997
//! and 2027 Seollal lies a day after the Chinese new year.

use chrono::NaiveDate;

use crate::time::ymd;

/// The lunar holidays of one year.
pub(super) struct LunarYear {
    /// 설날, the first day of the first month.
    pub(super) seollal: NaiveDate,
    /// 부처님오신날 (석가탄신일 until 2017), the eighth day of the fourth month.
    pub(super) buddhas_birthday: NaiveDate,
    /// 추석, the fifteenth day of the eighth month.
    pub(super) chuseok: NaiveDate,
}

/// The lunar holidays of a year from 1990 to 2027.
pub(super) fn lunar_year(year: i32) -> Option<&'static LunarYear> {
    let index = usize::try_from(year - FIRST_YEAR).ok()?;
    LUNAR_YEARS.get(index)
}

const FIRST_YEAR: i32 = 1990;

type MonthDay = (u32, u32);

const fn year(year: i32, seollal: MonthDay, buddhas_birthday: MonthDay, chuseok: MonthDay) -> LunarYear {
    LunarYear {
        seollal: ymd(year, seollal.0, seollal.1),
        buddhas_birthday: ymd(year, buddhas_birthday.0, buddhas_birthday.1),
        chuseok: ymd(year, chuseok.0, chuseok.1),
    }
}

/// One row a year: Seollal, Buddha's birthday, Chuseok.
const LUNAR_YEARS: &[LunarYear] = &[
    year(1990, (1, 27), (5, 2), (10, 3)),
    year(1991, (2, 15), (5, 21), (9, 22)),
    year(1992, (2, 4), (5, 10), (9, 11)),
    year(1993, (1, 23), (5, 28), (9, 30)),
    year(1994, (2, 10), (5, 18), (9, 20)),
    year(1995, (1, 31), (5, 7), (9, 9)),
    year(1996, (2, 19), (5, 24), (9, 27)),
    year(1997, (2, 8), (5, 14), (9, 16)),
    year(1998, (1, 28), (5, 3), (10, 5)),
    year(1999, (2, 16), (5, 22), (9, 24)),
    year(2000, (2, 5), (5, 11), (9, 12)),
    year(2001, (1, 24), (5, 1), (10, 1)),
    year(2002, (2, 12), (5, 19), (9, 21)),
    year(2003, (2, 1), (5, 8), (9, 11)),
    year(2004, (1, 22), (5, 26), (9, 28)),
    year(2005, (2, 9), (5, 15), (9, 18)),
    year(2006, (1, 29), (5, 5), (10, 6)),
    year(2007, (2, 18), (5, 24), (9, 25)),
    year(2008, (2, 7), (5, 12), (9, 14)),
    year(2009, (1, 26), (5, 2), (10, 3)),
    year(2010, (2, 14), (5, 21), (9, 22)),
    year(2011, (2, 3), (5, 10), (9, 12)),
    year(2012, (1, 23), (5, 28), (9, 30)),
    year(2013, (2, 10), (5, 17), (9, 19)),
    year(2014, (1, 31), (5, 6), (9, 8)),
    year(2015, (2, 19), (5, 25), (9, 27)),
    year(2016, (2, 8), (5, 14), (9, 15)),
    year(2017, (1, 28), (5, 3), (10, 4)),
    year(2018, (2, 16), (5, 22), (9, 24)),
    year(2019, (2, 5), (5, 12), (9, 13)),
    year(2020, (1, 25), (4, 30), (10, 1)),
    year(2021, (2, 12), (5, 19), (9, 21)),
    year(2022, (2, 1), (5, 8), (9, 10)),
    year(2023, (1, 22), (5, 27), (9, 29)),
    year(2024, (2, 10), (5, 15), (9, 17)),
    year(2025, (1, 29), (5, 5), (10, 6)),
    year(2026, (2, 17), (5, 24), (9, 25)),
    year(2027, (2, 7), (5, 13), (9, 15)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Datelike;

    #[test]
    fn every_row_stands_at_its_year() {
        for (row, year) in LUNAR_YEARS.iter().zip(FIRST_YEAR..) {
            assert_eq!(row.seollal.year(), year);
        }
        assert!(lunar_year(FIRST_YEAR - 1).is_none() && lunar_year(2027).is_some() && lunar_year(2028).is_none());
    }

    /// From the first day of the first month to the eighth of the fourth lie three months of 29 or 30 days and a week,
    /// from there to the fifteenth of the eighth four months and a week; a leap month may come in between.
    #[test]
    fn the_holidays_lie_whole_lunar_months_apart() {
        let months = |days: i64, count: i64| {
            [count, count + 1].iter().any(|months| (29 * months..=30 * months).contains(&(days - 7)))
        };
        for row in LUNAR_YEARS {
            assert!(months((row.buddhas_birthday - row.seollal).num_days(), 3), "{}", row.seollal);
            assert!(months((row.chuseok - row.buddhas_birthday).num_days(), 4), "{}", row.seollal);
        }
    }
}
