//! Named closures of the exchange, and how sure each is.

use chrono::NaiveDate;

use super::exchange_closures::exchange_closure;
use super::public_holidays::public_holidays;
use crate::time::ymd;

/// The last date on which trading, or its absence, was seen in the index series.
const OBSERVED_TO: NaiveDate = ymd(2026, 8, 21);

text_enum! {
    /// How sure it is that a day is, or is not, a session.
    DayStatus {
        /// Seen: it lies in the past of the data this version was checked with.
        Observed = "observed",
        /// By rule; only an election or holiday called later can change it.
        Scheduled = "scheduled",
        /// By a reading of the rule that nobody has confirmed. An operator can confirm or cancel it.
        Tentative = "tentative",
    }
}

impl DayStatus {
    /// The status of a day on which nothing is in doubt.
    pub(crate) fn of(date: NaiveDate) -> Self {
        if date <= OBSERVED_TO { Self::Observed } else { Self::Scheduled }
    }
}

/// A name in both languages, as the source writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) ko: &'static str,
    pub(super) en: &'static str,
}

/// Why the exchange is closed on a day that is no ordinary weekend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// The closed day.
    pub date: NaiveDate,
    /// Korean names of all holidays on that day, separated by semicolons.
    pub name_ko: String,
    /// English names, likewise.
    pub name_en: String,
    /// How sure it is.
    pub status: DayStatus,
}

/// A name for a day, before the days are put together.
pub(super) struct NamedDay {
    pub(super) date: NaiveDate,
    pub(super) name_ko: String,
    pub(super) name_en: String,
    pub(super) tentative: bool,
}

/// Every named closure of `year` by the built-in rules, in order; those on closed weekends included.
pub(super) fn closures_of_year(year: i32) -> Vec<Closure> {
    let by_exchange = ymd(year, 1, 1).iter_days().take_while(|date| *date <= ymd(year, 12, 31)).filter_map(|date| {
        let Name { ko, en } = exchange_closure(date)?;
        Some(NamedDay { date, name_ko: ko.to_owned(), name_en: en.to_owned(), tentative: false })
    });
    let mut days: Vec<NamedDay> = public_holidays(year).into_iter().chain(by_exchange).collect();
    days.sort_by_key(|day| day.date);
    days.chunk_by(|a, b| a.date == b.date).map(closure).collect()
}

/// One closure of all names of one day. It is certain as soon as one of them is.
fn closure(names: &[NamedDay]) -> Closure {
    let date = names[0].date;
    let joined = |name: fn(&NamedDay) -> &str| names.iter().map(name).collect::<Vec<_>>().join("; ");
    let tentative = names.iter().all(|day| day.tentative);
    Closure {
        date,
        name_ko: joined(|day| &day.name_ko),
        name_en: joined(|day| &day.name_en),
        status: if tentative { DayStatus::Tentative } else { DayStatus::of(date) },
    }
}
