//! Public holidays by law, with the years in which each was one.
//!
//! Source: Regulations on Holidays of Government Offices (관공서의 공휴일에 관한 규정) and its amendments, named by
//! their dates; since 2022 under the Public Holidays Act (공휴일에 관한 법률). KRX is closed on them: KOSPI Business
//! Regulation §5, KOSDAQ Business Regulation §5. Sundays are public holidays too, but are treated as weekend here.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::lunar::{LunarYear, lunar_year};
use crate::time::ymd;

/// A public holiday on the same solar date every year.
struct SolarHoliday {
    month: u32,
    day: u32,
    years: RangeInclusive<i32>,
    /// The first date from which a lost holiday is made up for; `None` if it never is.
    substitute_from: Option<NaiveDate>,
}

const fn solar(month: u32, day: u32, years: RangeInclusive<i32>, substitute_from: Option<NaiveDate>) -> SolarHoliday {
    SolarHoliday { month, day, years, substitute_from }
}

const ALWAYS: RangeInclusive<i32> = i32::MIN..=i32::MAX;

/// The substitute-holiday law (대체공휴일) begins with Seollal, Chuseok and Children's Day. An earlier one, repealed by
/// the amendment of 1990-11-05, had no case from 1990 on.
const SUBSTITUTES_2013: NaiveDate = ymd(2013, 11, 5);
/// Extended to the national days; first applied to 2021-08-15.
const SUBSTITUTES_2021: NaiveDate = ymd(2021, 8, 4);
/// Extended to Buddha's birthday and Christmas.
const SUBSTITUTES_2023: NaiveDate = ymd(2023, 5, 4);
/// The two public holidays new in 2026. That the law covers them is tentative: it decides 2027-05-03 and 2027-07-19.
const SUBSTITUTES_2026: NaiveDate = ymd(2026, 1, 1);

/// Holidays by solar date.
const SOLAR_HOLIDAYS: &[SolarHoliday] = &[
    // 신정: two days until 1998, one since.
    solar(1, 1, ALWAYS, None),
    solar(1, 2, i32::MIN..=1998, None),
    // 삼일절.
    solar(3, 1, ALWAYS, Some(SUBSTITUTES_2021)),
    // 식목일: struck out by the amendment of 2005-06-30.
    solar(4, 5, i32::MIN..=2005, None),
    // 노동절: a public holiday since 2026; an exchange holiday before, see `exchange_closures`.
    solar(5, 1, 2026..=i32::MAX, Some(SUBSTITUTES_2026)),
    // 어린이날.
    solar(5, 5, ALWAYS, Some(SUBSTITUTES_2013)),
    // 현충일: not made up for.
    solar(6, 6, ALWAYS, None),
    // 제헌절: struck out from 2008 by the amendment of 2005-06-30, back since 2026 (no trading on 2026-07-17).
    solar(7, 17, i32::MIN..=2007, None),
    solar(7, 17, 2026..=i32::MAX, Some(SUBSTITUTES_2026)),
    // 광복절.
    solar(8, 15, ALWAYS, Some(SUBSTITUTES_2021)),
    // 국군의 날: struck out by the amendment of 1990-11-05.
    solar(10, 1, i32::MIN..=1990, None),
    // 개천절.
    solar(10, 3, ALWAYS, Some(SUBSTITUTES_2021)),
    // 한글날: struck out by the amendment of 1990-11-05, back since 2013 by that of 2012-12-28.
    solar(10, 9, i32::MIN..=1990, None),
    solar(10, 9, 2013..=i32::MAX, Some(SUBSTITUTES_2021)),
    // 기독탄신일.
    solar(12, 25, ALWAYS, Some(SUBSTITUTES_2023)),
];

/// Presidential elections (대통령 선거).
const PRESIDENTIAL_ELECTIONS: &[NaiveDate] = &[
    ymd(1992, 12, 18),
    ymd(1997, 12, 18),
    ymd(2002, 12, 19),
    ymd(2007, 12, 19),
    ymd(2012, 12, 19),
    ymd(2017, 5, 9),
    ymd(2022, 3, 9),
    ymd(2025, 6, 3),
];

/// Elections of the National Assembly (국회의원 선거).
const ASSEMBLY_ELECTIONS: &[NaiveDate] = &[
    ymd(1992, 3, 24),
    ymd(1996, 4, 11),
    ymd(2000, 4, 13),
    ymd(2004, 4, 15),
    ymd(2008, 4, 9),
    ymd(2012, 4, 11),
    ymd(2016, 4, 13),
    ymd(2020, 4, 15),
    ymd(2024, 4, 10),
];

/// Local elections (지방선거).
const LOCAL_ELECTIONS: &[NaiveDate] = &[
    ymd(1991, 3, 26),
    ymd(1991, 6, 20),
    ymd(1995, 6, 27),
    ymd(1998, 6, 4),
    ymd(2002, 6, 13),
    ymd(2006, 5, 31),
    ymd(2010, 6, 2),
    ymd(2014, 6, 4),
    ymd(2018, 6, 13),
    ymd(2022, 6, 1),
    ymd(2026, 6, 3),
];

/// Ad-hoc public holidays (임시공휴일), each by a decision of the cabinet.
const AD_HOC_HOLIDAYS: &[NaiveDate] = &[
    // Semi-final of the World Cup reached.
    ymd(2002, 7, 1),
    // Before the 70th Liberation Day, a Saturday.
    ymd(2015, 8, 14),
    // Between Children's Day and a weekend.
    ymd(2016, 5, 6),
    // Between a weekend and Chuseok.
    ymd(2017, 10, 2),
    // After Liberation Day, a Saturday, in the first year of COVID-19.
    ymd(2020, 8, 17),
    // Between Chuseok with its weekend and National Foundation Day.
    ymd(2023, 10, 2),
    // Armed Forces Day, 국군의 날.
    ymd(2024, 10, 1),
    // Between a weekend and Seollal.
    ymd(2025, 1, 27),
];

/// When a holiday counts as lost, so that the law gives another day for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Substitute {
    /// It is never made up for.
    Never,
    /// On a Sunday, or on the same day as another holiday.
    Sunday,
    /// On a Saturday or Sunday, or on the same day as another holiday.
    Weekend,
}

struct Holiday {
    date: NaiveDate,
    substitute: Substitute,
}

/// Every public holiday of `year`, substitutes included.
pub(super) fn public_holidays(year: i32) -> BTreeSet<NaiveDate> {
    let by_law: Vec<Holiday> =
        solar_holidays(year).chain(lunar_year(year).into_iter().flat_map(lunar_holidays)).collect();
    let mut closed: BTreeSet<NaiveDate> = by_law.iter().map(|holiday| holiday.date).chain(single_days(year)).collect();
    // Two holidays that fall on one day are one lost day, as on 2025-05-05.
    let lost: BTreeSet<NaiveDate> =
        by_law.iter().filter(|holiday| is_lost(holiday, &by_law)).map(|holiday| holiday.date).collect();
    for date in lost {
        closed.extend(date.iter_days().find(|day| !is_weekend(*day) && !closed.contains(day)));
    }
    closed
}

fn solar_holidays(year: i32) -> impl Iterator<Item = Holiday> {
    SOLAR_HOLIDAYS.iter().filter(move |solar| solar.years.contains(&year)).map(move |solar| {
        let date = ymd(year, solar.month, solar.day);
        let covered = solar.substitute_from.is_some_and(|from| from <= date);
        Holiday { date, substitute: if covered { Substitute::Weekend } else { Substitute::Never } }
    })
}

/// Seollal and Chuseok with the day before and after, and Buddha's birthday.
fn lunar_holidays(lunar: &LunarYear) -> impl Iterator<Item = Holiday> {
    let covered = |date, from, rule| if date >= from { rule } else { Substitute::Never };
    let three_days = [lunar.seollal, lunar.chuseok].into_iter().flat_map(move |feast| {
        let substitute = covered(feast, SUBSTITUTES_2013, Substitute::Sunday);
        [feast - Days::new(1), feast, feast + Days::new(1)].map(|date| Holiday { date, substitute })
    });
    let date = lunar.buddhas_birthday;
    let substitute = covered(date, SUBSTITUTES_2023, Substitute::Weekend);
    three_days.chain([Holiday { date, substitute }])
}

fn single_days(year: i32) -> impl Iterator<Item = NaiveDate> {
    [PRESIDENTIAL_ELECTIONS, ASSEMBLY_ELECTIONS, LOCAL_ELECTIONS, AD_HOC_HOLIDAYS]
        .into_iter()
        .flatten()
        .copied()
        .filter(move |date| date.year() == year)
}

fn is_lost(holiday: &Holiday, all: &[Holiday]) -> bool {
    let on_closed_day = match holiday.substitute {
        Substitute::Never => return false,
        Substitute::Sunday => holiday.date.weekday() == Weekday::Sun,
        Substitute::Weekend => is_weekend(holiday.date),
    };
    on_closed_day || all.iter().filter(|other| other.date == holiday.date).count() > 1
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The substitutes of a year are what is closed beyond the law's own dates and the single days.
    fn substitutes(year: i32) -> Vec<NaiveDate> {
        let named: BTreeSet<_> = solar_holidays(year)
            .chain(lunar_year(year).into_iter().flat_map(lunar_holidays))
            .map(|holiday| holiday.date)
            .chain(single_days(year))
            .collect();
        public_holidays(year).difference(&named).copied().collect()
    }

    #[test]
    fn the_substitute_law_began_in_2014_and_was_extended_twice() {
        assert!((1990..=2013).all(|year| substitutes(year).is_empty()));
        assert_eq!(substitutes(2014), [ymd(2014, 9, 10)]);
        assert_eq!(substitutes(2018), [ymd(2018, 5, 7), ymd(2018, 9, 26)]);
        assert_eq!(substitutes(2021), [ymd(2021, 8, 16), ymd(2021, 10, 4), ymd(2021, 10, 11)]);
        assert_eq!(substitutes(2022), [ymd(2022, 9, 12), ymd(2022, 10, 10)]);
        assert_eq!(substitutes(2023), [ymd(2023, 1, 24), ymd(2023, 5, 29)]);
    }

    #[test]
    fn two_holidays_on_one_day_are_made_up_for_once() {
        assert_eq!(substitutes(2017), [ymd(2017, 1, 30), ymd(2017, 10, 6)]);
        assert_eq!(substitutes(2025), [ymd(2025, 3, 3), ymd(2025, 5, 6), ymd(2025, 10, 8)]);
    }

    #[test]
    fn holidays_came_and_went() {
        let holiday = |year, month, day| public_holidays(year).contains(&ymd(year, month, day));
        assert!(holiday(1998, 1, 2) && !holiday(1999, 1, 2));
        assert!(holiday(2005, 4, 5) && !holiday(2006, 4, 5));
        assert!(holiday(2007, 7, 17) && !holiday(2008, 7, 17) && !holiday(2025, 7, 17) && holiday(2026, 7, 17));
        assert!(holiday(1990, 10, 9) && !holiday(1991, 10, 9) && !holiday(2012, 10, 9) && holiday(2013, 10, 9));
        assert!(holiday(1990, 10, 1) && !holiday(1991, 10, 1) && holiday(2024, 10, 1));
    }
}
