//! What an operator knows of the market that this version does not: read from a TOML document, checked, applied.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveTime, Timelike};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::value::Datetime;

use crate::calendar::{Closure, DayStatus, TradingCalendar};
use crate::time::ymd;
use crate::timetable::is_row;

/// A document of amendments cannot be used. The sentence says what to change.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {problem}")]
pub struct AmendmentError {
    /// Line of the document, from 1.
    pub line: usize,
    /// What is wrong there, and what would be right.
    pub problem: String,
}

/// Other hours of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AmendedHours {
    /// The opening call auction is struck.
    pub open: NaiveTime,
    /// The closing call auction is struck.
    pub close: NaiveTime,
    /// False if the sessions before the open and after the close are cancelled.
    pub off_hours: bool,
}

/// A closure that this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Names {
    ko: String,
    en: String,
}

/// What an operator amended in the built-in calendar and timetable, as written in a TOML document:
///
/// ```toml
/// [[closed]]                      # a closure called after this version was made
/// date = 2027-04-16
/// name_ko = "임시공휴일"
/// name_en = "Temporary Public Holiday"
///
/// [[open]]                        # a closure that does not take place
/// date = 2027-05-03
///
/// [[confirmed]]                   # a tentative closure that does
/// date = 2027-07-19
///
/// [[hours]]                       # other hours of the regular session on one day
/// date = 2026-10-12
/// open = 10:00:00
/// close = 15:30:00
/// off_hours = false               # no sessions before and after it that day; true if left out
///
/// [[start]]                       # another first day of a row of the timetable
/// row = "krx_after_market"
/// from = 2026-10-12
/// ```
///
/// Everything else of a day follows from its hours: a late opening moves what comes before the open, a late close what
/// comes after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Amendments {
    closed: BTreeMap<NaiveDate, Names>,
    open: BTreeSet<NaiveDate>,
    confirmed: BTreeSet<NaiveDate>,
    hours: BTreeMap<NaiveDate, AmendedHours>,
    starts: BTreeMap<String, NaiveDate>,
}

impl Amendments {
    /// Reads a document and checks every entry against the calendar it amends.
    pub(crate) fn parse(text: &str, calendar: &TradingCalendar) -> Result<Self, AmendmentError> {
        let document: Document = toml::from_str(text).map_err(|error| AmendmentError {
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            problem: error.message().to_owned(),
        })?;
        let mut amendments = Self::default();
        let at = |position: usize| move |problem: String| AmendmentError { line: line_of(text, position), problem };
        for entry in document.closed {
            let position = entry.span().start;
            amendments.close(entry.into_inner(), calendar).map_err(at(position))?;
        }
        for entry in document.open {
            let position = entry.span().start;
            amendments.reopen(&entry.into_inner(), calendar).map_err(at(position))?;
        }
        for entry in document.confirmed {
            let position = entry.span().start;
            amendments.confirm(&entry.into_inner(), calendar).map_err(at(position))?;
        }
        for entry in document.hours {
            let position = entry.span().start;
            amendments.shift(&entry.into_inner(), calendar).map_err(at(position))?;
        }
        for entry in document.start {
            let position = entry.span().start;
            amendments.start(entry.into_inner()).map_err(at(position))?;
        }
        Ok(amendments)
    }

    /// Eight characters that differ from those of any other amendments; `None` if nothing is amended. Comments and the
    /// order of entries do not count.
    pub fn fingerprint(&self) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        let canonical = serde_json::to_vec(self).expect("dates, times and texts always serialize");
        let digest = Sha256::digest(canonical);
        Some(digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect())
    }

    /// One sentence an amendment, for people.
    pub fn describe(&self) -> Vec<String> {
        let closed = self.closed.iter().map(|(date, names)| format!("{date} is closed: {}, {}", names.ko, names.en));
        let open = self.open.iter().map(|date| format!("{date} is a session"));
        let confirmed = self.confirmed.iter().map(|date| format!("{date} is certainly closed"));
        let hours = self.hours.iter().map(|(date, hours)| {
            let off_hours = if hours.off_hours { "" } else { ", nothing off hours" };
            format!("{date} trades from {} to {}{off_hours}", hours.open.format("%H:%M"), hours.close.format("%H:%M"))
        });
        let starts = self.starts.iter().map(|(row, from)| format!("{row} starts on {from}"));
        closed.chain(open).chain(confirmed).chain(hours).chain(starts).collect()
    }

    /// The hours set for the session on `date`.
    pub fn hours(&self, date: NaiveDate) -> Option<AmendedHours> {
        self.hours.get(&date).copied()
    }

    /// The first day set for a row of the timetable.
    pub fn start_of(&self, row: &str) -> Option<NaiveDate> {
        self.starts.get(row).copied()
    }

    /// Puts the amended closures in place of the built-in ones.
    pub(crate) fn apply_to(&self, closures: &mut BTreeMap<NaiveDate, Closure>) {
        closures.retain(|date, _| !self.open.contains(date));
        for (date, names) in &self.closed {
            let (name_ko, name_en) = (names.ko.clone(), names.en.clone());
            closures.insert(*date, Closure { date: *date, name_ko, name_en, status: DayStatus::of(*date) });
        }
        for closure in self.confirmed.iter().filter_map(|date| closures.get(date).cloned()).collect::<Vec<_>>() {
            closures.insert(closure.date, Closure { status: DayStatus::of(closure.date), ..closure });
        }
    }

    fn close(&mut self, entry: ClosedEntry, calendar: &TradingCalendar) -> Result<(), String> {
        let date = date(&entry.date)?;
        if !calendar.is_session(date) {
            return Err(format!("{date} is no session, it cannot be closed: remove the entry"));
        }
        if [&entry.name_ko, &entry.name_en].iter().any(|name| name.trim().is_empty()) {
            return Err("name_ko and name_en say why the market is closed: write both".to_owned());
        }
        let names = Names { ko: entry.name_ko, en: entry.name_en };
        once(self.closed.insert(date, names).is_none(), date)
    }

    fn reopen(&mut self, entry: &DayEntry, calendar: &TradingCalendar) -> Result<(), String> {
        let date = date(&entry.date)?;
        if calendar.closure(date).is_none() {
            return Err(format!("{date} is no closure that could be cancelled: only holidays can, weekends cannot"));
        }
        once(self.open.insert(date), date)
    }

    fn confirm(&mut self, entry: &DayEntry, calendar: &TradingCalendar) -> Result<(), String> {
        let date = date(&entry.date)?;
        if calendar.day_status(date) != Some(DayStatus::Tentative) {
            return Err(format!("{date} is not tentative, there is nothing to confirm: remove the entry"));
        }
        if self.open.contains(&date) {
            return Err(format!("{date} cannot be both open and confirmed as closed: keep one"));
        }
        once(self.confirmed.insert(date), date)
    }

    fn shift(&mut self, entry: &HoursEntry, calendar: &TradingCalendar) -> Result<(), String> {
        let date = date(&entry.date)?;
        let is_session = calendar.is_session(date) && !self.closed.contains_key(&date) || self.open.contains(&date);
        if !is_session {
            return Err(format!("{date} is no session, it has no hours: remove the entry"));
        }
        if date < LUNCH_BREAKS_BEFORE {
            return Err(format!("hours can be set from {LUNCH_BREAKS_BEFORE} on, when the lunch break had ended"));
        }
        let (open, close) = (time("open", &entry.open)?, time("close", &entry.close)?);
        let within_the_day =
            EARLIEST_OPEN <= open && close <= LATEST_CLOSE && close - open >= chrono::TimeDelta::hours(1);
        if !within_the_day {
            return Err("a session opens at 07:00 or later, closes by 18:00 and lasts an hour or more".to_owned());
        }
        once(self.hours.insert(date, AmendedHours { open, close, off_hours: entry.off_hours }).is_none(), date)
    }

    fn start(&mut self, entry: StartEntry) -> Result<(), String> {
        let from = date(&entry.from)?;
        if !is_row(&entry.row) {
            return Err(format!("\"{}\" is no row of the timetable: `exodus rules session` names them", entry.row));
        }
        match self.starts.insert(entry.row, from) {
            None => Ok(()),
            Some(_) => Err("this row has two starts: keep one".to_owned()),
        }
    }
}

/// Until 2000-05-19 a session had two halves, which one pair of hours cannot describe.
const LUNCH_BREAKS_BEFORE: NaiveDate = ymd(2000, 5, 22);
const EARLIEST_OPEN: NaiveTime = match NaiveTime::from_hms_opt(7, 0, 0) {
    Some(time) => time,
    None => panic!("07:00 is a time of day"),
};
const LATEST_CLOSE: NaiveTime = match NaiveTime::from_hms_opt(18, 0, 0) {
    Some(time) => time,
    None => panic!("18:00 is a time of day"),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Document {
    closed: Vec<Spanned<ClosedEntry>>,
    open: Vec<Spanned<DayEntry>>,
    confirmed: Vec<Spanned<DayEntry>>,
    hours: Vec<Spanned<HoursEntry>>,
    start: Vec<Spanned<StartEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClosedEntry {
    date: Datetime,
    name_ko: String,
    name_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayEntry {
    date: Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursEntry {
    date: Datetime,
    open: Datetime,
    close: Datetime,
    #[serde(default = "yes")]
    off_hours: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StartEntry {
    row: String,
    from: Datetime,
}

fn yes() -> bool {
    true
}

/// The date of a TOML value, inside the calendar.
fn date(value: &Datetime) -> Result<NaiveDate, String> {
    let plain = match value {
        Datetime { date: Some(date), time: None, offset: None } => {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        }
        _ => None,
    };
    let date = plain.ok_or_else(|| format!("{value} is no date: write one such as 2027-05-03"))?;
    let covered = TradingCalendar::COVERED;
    if !covered.contains(&date) {
        return Err(format!("{date} lies outside the calendar, which knows {} to {}", covered.start(), covered.end()));
    }
    Ok(date)
}

/// The time of day of a TOML value, in whole minutes.
fn time(field: &str, value: &Datetime) -> Result<NaiveTime, String> {
    let plain = match value {
        Datetime { date: None, time: Some(time), offset: None } => {
            NaiveTime::from_hms_opt(time.hour.into(), time.minute.into(), time.second.unwrap_or(0).into())
        }
        _ => None,
    };
    let whole_minutes = plain.filter(|time| time.second() == 0);
    whole_minutes.ok_or_else(|| format!("{field} is {value}: write a time in whole minutes, such as 10:00:00"))
}

fn once(is_first: bool, date: NaiveDate) -> Result<(), String> {
    if is_first { Ok(()) } else { Err(format!("{date} is amended twice the same way: keep one entry")) }
}

fn line_of(text: &str, position: usize) -> usize {
    text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SessionNote, TradingVenue};

    const ALL: &str = r#"
[[closed]]
date = 2027-04-16
name_ko = "임시공휴일"
name_en = "Temporary Public Holiday"

[[open]]
date = 2027-05-03

[[confirmed]]
date = 2027-07-19

[[hours]]
date = 2026-10-13
open = 10:00:00
close = 16:00:00
off_hours = false

[[start]]
row = "krx_after_market"
from = 2026-10-12
"#;

    fn amended(text: &str) -> TradingCalendar {
        TradingCalendar::amended(text).expect("usable amendments")
    }

    #[test]
    fn days_are_closed_opened_and_confirmed() {
        let calendar = amended(ALL);
        assert!(!calendar.is_session(ymd(2027, 4, 16)));
        assert_eq!(calendar.closure(ymd(2027, 4, 16)).map(|day| day.name_ko.as_str()), Some("임시공휴일"));
        assert!(calendar.is_session(ymd(2027, 5, 3)));
        assert_eq!(calendar.day_status(ymd(2027, 7, 19)), Some(DayStatus::Scheduled));
        assert_eq!(calendar.add_sessions(ymd(2027, 4, 15), 1), Some(ymd(2027, 4, 19)));
        let hours = calendar.session_hours(ymd(2026, 10, 13)).expect("a session");
        assert_eq!((hours.open.hour(), hours.close.hour()), (10, 16));
        assert_eq!(calendar.session_note(ymd(2026, 10, 13)), Some(SessionNote::Amended));
    }

    #[test]
    fn a_moved_start_keeps_the_row_before_it_alive() {
        let rows = |calendar: &TradingCalendar, date| {
            calendar.timetable(TradingVenue::Krx, date).iter().map(|window| window.row).collect::<Vec<_>>()
        };
        let (built_in, moved) = (TradingCalendar::built_in(), amended(ALL));
        let evening = ["krx_after_market", "krx_after_hours_single_2014"];
        let has = |calendar: &TradingCalendar, date| evening.map(|row| rows(calendar, date).contains(&row));
        assert_eq!(has(&built_in, ymd(2026, 9, 11)), [false, true]);
        assert_eq!(has(&built_in, ymd(2026, 9, 14)), [true, false]);
        assert_eq!(has(&moved, ymd(2026, 9, 14)), [false, true]);
        assert_eq!(has(&moved, ymd(2026, 10, 12)), [true, false]);
    }

    #[test]
    fn the_version_tells_amendments_apart_but_not_comments() {
        assert_eq!(TradingCalendar::built_in().version(), crate::RULES_VERSION);
        assert_eq!(amended("# nothing yet\n").version(), crate::RULES_VERSION);
        let commented = format!("# from the notice of 2026-09-01\n{ALL}");
        assert_eq!(amended(ALL).version(), amended(&commented).version());
        assert_ne!(amended(ALL).version(), amended("[[open]]\ndate = 2027-05-03").version());
        assert!(amended(ALL).version().starts_with(&format!("{}+", crate::RULES_VERSION)));
        assert_eq!(amended(ALL).amendments().describe().len(), 5);
    }

    #[test]
    fn what_amends_nothing_is_refused_by_line() {
        for (text, line, part) in [
            ("[[open]]\ndate = 2027-05-04", 1, "no closure"),
            ("\n[[open]]\ndate = 2027-05-02", 2, "weekends cannot"),
            ("[[confirmed]]\ndate = 2027-05-05", 1, "not tentative"),
            ("[[open]]\ndate = 2027-05-03\n[[confirmed]]\ndate = 2027-05-03", 3, "both open and confirmed"),
            ("[[closed]]\ndate = 2027-05-05\nname_ko = \"가\"\nname_en = \"a\"", 1, "no session"),
            ("[[closed]]\ndate = 2027-05-06\nname_ko = \"\"\nname_en = \"a\"", 1, "write both"),
            ("[[closed]]\ndate = 2027-05-06", 1, "name_ko"),
            ("[[open]]\ndate = 2027-05-03\n[[open]]\ndate = 2027-05-03", 3, "twice"),
            ("[[open]]\ndate = \"2027-05-03\"", 2, ""),
            ("[[open]]\ndate = 2027-02-30", 2, ""),
            ("[[open]]\ndate = 10:00:00", 1, "no date"),
            ("[[open]]\ndate = 2031-05-03", 1, "outside the calendar"),
            ("[[hours]]\ndate = 2027-05-05\nopen = 10:00:00\nclose = 16:00:00", 1, "no session"),
            ("[[hours]]\ndate = 2027-05-06\nopen = 16:00:00\nclose = 10:00:00", 1, "an hour or more"),
            ("[[hours]]\ndate = 2027-05-06\nopen = 10:00:30\nclose = 16:00:00", 1, "whole minutes"),
            ("[[hours]]\ndate = 1999-05-06\nopen = 10:00:00\nclose = 16:00:00", 1, "lunch break"),
            ("[[start]]\nrow = \"krx_night_market\"\nfrom = 2027-01-04", 1, "no row"),
            ("[[holiday]]\ndate = 2027-05-03", 1, "unknown field"),
            ("[[open]]\nday = 2027-05-03", 2, "unknown field"),
            ("closed = 1", 1, ""),
            ("[[open", 1, ""),
        ] {
            let error = TradingCalendar::amended(text).expect_err(text);
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.problem.contains(part), "{text}: {error}");
        }
    }
}
