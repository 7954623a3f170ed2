//! Public holidays by law, with the years in which each was one.
//!
//! Source: Regulations on Holidays of Government Offices (관공서의 공휴일에 관한 규정) and its amendments, named by
//! their dates; since 2022 under the Public Holidays Act (공휴일에 관한 법률). KRX is closed on them: KOSPI Business
//! Regulation §5, KOSDAQ Business Regulation §5. Sundays are public holidays too, but are treated as weekend here.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::closure::{Name, NamedDay};
use super::lunar::{LunarYear, lunar_year};
use crate::time::ymd;

/// A public holiday on the same solar date every year.
struct SolarHoliday {
    month: u32,
    day: u32,
    name: Name,
    years: RangeInclusive<i32>,
    /// The first date from which a lost holiday is made up for; `None` if it never is.
    substitute_from: Option<NaiveDate>,
}

const fn solar(
    (month, day): (u32, u32),
    ko: &'static str,
    en: &'static str,
    years: RangeInclusive<i32>,
    substitute_from: Option<NaiveDate>,
) -> SolarHoliday {
    SolarHoliday { month, day, name: Name { ko, en }, years, substitute_from }
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
    // Two days until 1998, one since.
    solar((1, 1), "신정", "New Year's Day", ALWAYS, None),
    solar((1, 2), "신정", "New Year's Day", i32::MIN..=1998, None),
    solar((3, 1), "삼일절", "Independence Movement Day", ALWAYS, Some(SUBSTITUTES_2021)),
    // Struck out by the amendment of 2005-06-30.
    solar((4, 5), "식목일", "Tree Planting Day", i32::MIN..=2005, None),
    // A public holiday since 2026; an exchange holiday before, see `exchange_closures`.
    solar((5, 1), "노동절", "Labour Day", 2026..=i32::MAX, Some(SUBSTITUTES_2026)),
    solar((5, 5), "어린이날", "Children's Day", ALWAYS, Some(SUBSTITUTES_2013)),
    solar((6, 6), "현충일", "Memorial Day", ALWAYS, None),
    // Struck out from 2008 by the amendment of 2005-06-30, back since 2026 (no trading on 2026-07-17).
    solar((7, 17), "제헌절", "Constitution Day", i32::MIN..=2007, None),
    solar((7, 17), "제헌절", "Constitution Day", 2026..=i32::MAX, Some(SUBSTITUTES_2026)),
    solar((8, 15), "광복절", "Liberation Day", ALWAYS, Some(SUBSTITUTES_2021)),
    // Struck out by the amendment of 1990-11-05.
    solar((10, 1), "국군의 날", "Armed Forces Day", i32::MIN..=1990, None),
    solar((10, 3), "개천절", "National Foundation Day", ALWAYS, Some(SUBSTITUTES_2021)),
    // Struck out by the amendment of 1990-11-05, back since 2013 by that of 2012-12-28.
    solar((10, 9), "한글날", "Hangul Day", i32::MIN..=1990, None),
    solar((10, 9), "한글날", "Hangul Day", 2013..=i32::MAX, Some(SUBSTITUTES_2021)),
    solar((12, 25), "기독탄신일", "Christmas Day", ALWAYS, Some(SUBSTITUTES_2023)),
];

const PRESIDENTIAL_ELECTION: Name = Name { ko: "대통령 선거일", en: "Presidential Election Day" };
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

const ASSEMBLY_ELECTION: Name = Name { ko: "국회의원 선거일", en: "National Assembly Election Day" };
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

const LOCAL_ELECTION: Name = Name { ko: "지방선거일", en: "Local Election Day" };
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

/// Public holidays by a decision of the cabinet (임시공휴일).
const AD_HOC_HOLIDAY: Name = Name { ko: "임시공휴일", en: "Temporary Public Holiday" };
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

/// Public holidays of a single date, by what they were called for.
const SINGLE_DAYS: &[(Name, &[NaiveDate])] = &[
    (PRESIDENTIAL_ELECTION, PRESIDENTIAL_ELECTIONS),
    (ASSEMBLY_ELECTION, ASSEMBLY_ELECTIONS),
    (LOCAL_ELECTION, LOCAL_ELECTIONS),
    (AD_HOC_HOLIDAY, AD_HOC_HOLIDAYS),
];

/// The day before a feast, the feast, and the day after it.
const SEOLLAL: [Name; 3] = [
    Name { ko: "설날 전날", en: "The day preceding Korean New Year" },
    Name { ko: "설날", en: "Korean New Year" },
    Name { ko: "설날 다음날", en: "The second day of Korean New Year" },
];
const CHUSEOK: [Name; 3] = [
    Name { ko: "추석 전날", en: "The day preceding Chuseok" },
    Name { ko: "추석", en: "Chuseok" },
    Name { ko: "추석 다음날", en: "The second day of Chuseok" },
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
    name: Name,
    /// What a day given for it is called after: the feast, for the days around it.
    feast: Name,
    substitute: Substitute,
    /// True if it is not certain that the law gives a day for it.
    tentative: bool,
}

/// Every public holiday of `year` by name, substitutes included. A day may have several names.
pub(super) fn public_holidays(year: i32) -> Vec<NamedDay> {
    let by_law: Vec<Holiday> =
        solar_holidays(year).chain(lunar_year(year).into_iter().flat_map(lunar_holidays)).collect();
    let mut days: Vec<NamedDay> =
        by_law.iter().map(|holiday| named(holiday.date, holiday.name)).chain(single_days(year)).collect();
    let mut closed: BTreeSet<NaiveDate> = days.iter().map(|day| day.date).collect();
    // Two holidays that fall on one day are one lost day, as on 2025-05-05: the day given for them bears both names.
    let lost = by_law.iter().filter(|holiday| is_lost(holiday, &by_law));
    let mut lost_on: BTreeMap<NaiveDate, Vec<&Holiday>> = BTreeMap::new();
    for holiday in lost {
        lost_on.entry(holiday.date).or_default().push(holiday);
    }
    for (date, holidays) in lost_on {
        let free = date.iter_days().find(|day| !is_weekend(*day) && !closed.contains(day));
        closed.extend(free);
        days.extend(free.into_iter().flat_map(|free| holidays.iter().map(move |holiday| substitute(free, holiday))));
    }
    days
}

fn named(date: NaiveDate, name: Name) -> NamedDay {
    NamedDay { date, name_ko: name.ko.to_owned(), name_en: name.en.to_owned(), tentative: false }
}

/// 대체공휴일: the day given for a lost holiday.
fn substitute(date: NaiveDate, lost: &Holiday) -> NamedDay {
    NamedDay {
        date,
        name_ko: format!("{} 대체공휴일", lost.feast.ko),
        name_en: format!("Substitute holiday for {}", lost.feast.en),
        tentative: lost.tentative,
    }
}

fn solar_holidays(year: i32) -> impl Iterator<Item = Holiday> {
    SOLAR_HOLIDAYS.iter().filter(move |solar| solar.years.contains(&year)).map(move |solar| {
        let date = ymd(year, solar.month, solar.day);
        let covered = solar.substitute_from.is_some_and(|from| from <= date);
        Holiday {
            date,
            name: solar.name,
            feast: solar.name,
            substitute: if covered { Substitute::Weekend } else { Substitute::Never },
            tentative: solar.substitute_from == Some(SUBSTITUTES_2026),
        }
    })
}

/// Seollal and Chuseok with the day before and after, and Buddha's birthday.
fn lunar_holidays(lunar: &LunarYear) -> impl Iterator<Item = Holiday> {
    let three_days = [(lunar.seollal, SEOLLAL), (lunar.chuseok, CHUSEOK)].into_iter().flat_map(|(feast, names)| {
        let substitute = if feast >= SUBSTITUTES_2013 { Substitute::Sunday } else { Substitute::Never };
        let dates = [feast - Days::new(1), feast, feast + Days::new(1)];
        dates.into_iter().zip(names).map(move |(date, name)| Holiday {
            date,
            name,
            feast: names[1],
            substitute,
            tentative: false,
        })
    });
    let date = lunar.buddhas_birthday;
    let renamed = date.year() >= 2018;
    let name = Name { ko: if renamed { "부처님오신날" } else { "석가탄신일" }, en: "Buddha's Birthday" };
    let substitute = if date >= SUBSTITUTES_2023 { Substitute::Weekend } else { Substitute::Never };
    three_days.chain([Holiday { date, name, feast: name, substitute, tentative: false }])
}

fn single_days(year: i32) -> impl Iterator<Item = NamedDay> {
    SINGLE_DAYS
        .iter()
        .flat_map(|(name, dates)| dates.iter().map(|date| named(*date, *name)))
        .filter(move |day| day.date.year() == year)
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

    fn substitutes(year: i32) -> Vec<NaiveDate> {
        let given = public_holidays(year).into_iter().filter(|day| day.name_en.starts_with("Substitute"));
        given.map(|day| day.date).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn names(date: NaiveDate) -> Vec<String> {
        public_holidays(date.year()).into_iter().filter(|day| day.date == date).map(|day| day.name_ko).collect()
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
        let holiday = |year, month, day| !names(ymd(year, month, day)).is_empty();
        assert!(holiday(1998, 1, 2) && !holiday(1999, 1, 2));
        assert!(holiday(2005, 4, 5) && !holiday(2006, 4, 5));
        assert!(holiday(2007, 7, 17) && !holiday(2008, 7, 17) && !holiday(2025, 7, 17) && holiday(2026, 7, 17));
        assert!(holiday(1990, 10, 9) && !holiday(1991, 10, 9) && !holiday(2012, 10, 9) && holiday(2013, 10, 9));
        assert!(holiday(1990, 10, 1) && !holiday(1991, 10, 1) && holiday(2024, 10, 1));
    }

    #[test]
    fn a_substitute_is_called_after_what_was_lost() {
        assert_eq!(names(ymd(2014, 9, 10)), ["추석 대체공휴일"]);
        assert_eq!(names(ymd(2025, 5, 5)), ["어린이날", "부처님오신날"]);
        assert_eq!(names(ymd(2025, 5, 6)), ["어린이날 대체공휴일", "부처님오신날 대체공휴일"]);
        assert_eq!(names(ymd(2017, 5, 3)), ["석가탄신일"]);
    }

    #[test]
    fn only_the_substitutes_of_the_holidays_new_in_2026_are_tentative() {
        let tentative: Vec<NaiveDate> =
            (1990..=2027).flat_map(public_holidays).filter(|day| day.tentative).map(|day| day.date).collect();
        assert_eq!(tentative, [ymd(2027, 5, 3), ymd(2027, 7, 19)]);
    }
}
