//! The trading days of KRX from 1990-01-01 to 2027-12-31, and their hours.
//!
//! The days follow from rules with their dates of validity: public holidays by law (`public_holidays`), the dates of
//! the lunar year (`lunar`) and the exchange's own closures (`exchange_closures`). Elections and ad-hoc holidays that
//! nobody has called yet are missing, and 2027-05-03 and 2027-07-19 are tentative closures. An operator puts both right
//! with [`Amendments`](crate::Amendments), without a new version; and live trading asks the broker every morning and
//! refuses to trade when the two disagree.
//!
//! Outside these years nothing is known: no date is a session there, and no answer is given from there.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::amendments::{AmendmentError, Amendments};
use crate::time::ymd;

mod closure;
mod exchange_closures;
mod hours;
mod lunar;
mod public_holidays;

pub use closure::{Closure, DayStatus};
pub use hours::SessionHours;

/// The sources put the late opening of 1990 on the second session of that year; unconfirmed.
const LATE_OPENING_1990: NaiveDate = ymd(1990, 1, 4);

/// Sessions between a trade and its settlement (보통거래, KOSPI Business Regulation §7).
const SETTLEMENT_SESSIONS: u32 = 2;

text_enum! {
    /// What makes the hours of a session special.
    SessionNote {
        /// 수능: the university entrance exam; the whole session is held later.
        Exam = "exam",
        /// 개장일: the first session of a year opens an hour late.
        YearOpening = "year_opening",
        /// 반일장: a Saturday until 1998-12-05.
        SaturdayHalfDay = "saturday_half_day",
        /// An operator set other hours.
        Amended = "amended",
    }
}

/// The calendar and the timetable in force: the built-in rules, with an operator's amendments if there are any.
#[derive(Clone, Debug)]
pub struct TradingCalendar {
    sessions: Vec<NaiveDate>,
    /// How many sessions lie before each date that the rules cover: a backtest asks at every fill.
    sessions_before: Vec<usize>,
    closures: BTreeMap<NaiveDate, Closure>,
    amendments: Amendments,
}

/// The calendar that this process uses, once something has asked for it.
static IN_FORCE: OnceLock<TradingCalendar> = OnceLock::new();

/// Another calendar is in force already.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("market rules {in_force} are in force already: amendments are read once, restart the program")]
pub struct AlreadyInForce {
    /// [`TradingCalendar::version`] of the calendar in force.
    pub in_force: String,
}

/// The calendar in force: the one installed at start, else the built-in one.
pub fn trading_calendar() -> &'static TradingCalendar {
    IN_FORCE.get_or_init(TradingCalendar::built_in)
}

impl TradingCalendar {
    /// The dates the rules cover.
    pub const COVERED: RangeInclusive<NaiveDate> = ymd(1990, 1, 1)..=ymd(2027, 12, 31);

    /// The calendar of this version, without amendments.
    pub fn built_in() -> Self {
        Self::with(Amendments::default())
    }

    /// The built-in calendar with the amendments written in `text`, a TOML document. See [`Amendments`] for the format.
    ///
    /// # Errors
    /// [`AmendmentError`] names the line that cannot be read or amends nothing, and why.
    pub fn amended(text: &str) -> Result<Self, AmendmentError> {
        Ok(Self::with(Amendments::parse(text, &Self::built_in())?))
    }

    fn with(amendments: Amendments) -> Self {
        let years = Self::COVERED.start().year()..=Self::COVERED.end().year();
        let named = years.flat_map(closure::closures_of_year);
        let mut closures: BTreeMap<NaiveDate, Closure> = named
            .filter(|closure| !exchange_closures::is_closed_weekend(closure.date))
            .map(|closure| (closure.date, closure))
            .collect();
        amendments.apply_to(&mut closures);
        let is_open = |date: &NaiveDate| !closures.contains_key(date) && !exchange_closures::is_closed_weekend(*date);
        let dates = Self::COVERED.start().iter_days().take_while(|date| Self::COVERED.contains(date));
        let (mut sessions, mut sessions_before) = (Vec::new(), Vec::new());
        for date in dates {
            sessions_before.push(sessions.len());
            sessions.extend(Some(date).filter(is_open));
        }
        Self { sessions, sessions_before, closures, amendments }
    }

    /// Puts this calendar in force for the whole process. To be called before anything asks for a date.
    ///
    /// # Errors
    /// [`AlreadyInForce`] if a calendar of another version is in use by then.
    pub fn install(self) -> Result<(), AlreadyInForce> {
        let version = self.version();
        let in_force = IN_FORCE.get_or_init(|| self).version();
        if in_force == version { Ok(()) } else { Err(AlreadyInForce { in_force }) }
    }

    /// [`RULES_VERSION`](crate::RULES_VERSION), and a fingerprint of the amendments where there are any:
    /// `2026-08-21+5d41402a`. A stored result tells by it which rules made it.
    pub fn version(&self) -> String {
        match self.amendments.fingerprint() {
            None => crate::RULES_VERSION.to_owned(),
            Some(fingerprint) => format!("{}+{fingerprint}", crate::RULES_VERSION),
        }
    }

    /// What an operator amended.
    pub fn amendments(&self) -> &Amendments {
        &self.amendments
    }

    /// How many sessions lie before `date`.
    fn sessions_before(&self, date: NaiveDate) -> usize {
        let day = usize::try_from(date.signed_duration_since(*Self::COVERED.start()).num_days());
        day.map_or(0, |day| self.sessions_before.get(day).copied().unwrap_or(self.sessions.len()))
    }

    /// As [`is_session`].
    pub fn is_session(&self, date: NaiveDate) -> bool {
        self.sessions.get(self.sessions_before(date)) == Some(&date)
    }

    /// As [`previous_session`].
    pub fn previous_session(&self, date: NaiveDate) -> Option<NaiveDate> {
        if !Self::COVERED.contains(&date) {
            return None;
        }
        self.sessions.get(self.sessions_before(date).checked_sub(1)?).copied()
    }

    /// As [`add_sessions`].
    pub fn add_sessions(&self, date: NaiveDate, n: u32) -> Option<NaiveDate> {
        if !Self::COVERED.contains(&date) {
            return None;
        }
        match n.checked_sub(1) {
            None => self.is_session(date).then_some(date),
            Some(skipped) => {
                let first_after = self.sessions_before(date.succ_opt()?);
                self.sessions.get(first_after.checked_add(usize::try_from(skipped).ok()?)?).copied()
            }
        }
    }

    /// As [`sessions`].
    pub fn sessions(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let skipped = self.sessions_before(from);
        self.sessions.iter().skip(skipped).copied().take_while(move |session| *session <= to)
    }

    /// As [`closures`].
    pub fn closures(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = &Closure> {
        self.closures
            .values()
            .skip_while(move |closure| closure.date < from)
            .take_while(move |closure| closure.date <= to)
    }

    /// As [`closure`].
    pub fn closure(&self, date: NaiveDate) -> Option<&Closure> {
        self.closures.get(&date)
    }

    /// As [`session_hours`].
    pub fn session_hours(&self, date: NaiveDate) -> Option<SessionHours> {
        if !self.is_session(date) {
            return None;
        }
        Some(match self.amendments.hours(date) {
            Some(amended) => SessionHours::unbroken(amended.open, amended.close),
            None => hours::hours_of_session(date, self.opens_the_year(date)),
        })
    }

    /// As [`session_note`].
    pub fn session_note(&self, date: NaiveDate) -> Option<SessionNote> {
        if !self.is_session(date) {
            return None;
        }
        if self.amendments.hours(date).is_some() {
            return Some(SessionNote::Amended);
        }
        if date.weekday() == Weekday::Sat {
            return Some(SessionNote::SaturdayHalfDay);
        }
        if hours::is_exam_day(date) {
            return Some(SessionNote::Exam);
        }
        self.opens_the_year(date).then_some(SessionNote::YearOpening)
    }

    /// As [`day_status`].
    pub fn day_status(&self, date: NaiveDate) -> Option<DayStatus> {
        let known = Self::COVERED.contains(&date);
        known.then(|| self.closure(date).map_or_else(|| DayStatus::of(date), |closure| closure.status))
    }

    fn opens_the_year(&self, session: NaiveDate) -> bool {
        if session.year() == LATE_OPENING_1990.year() {
            return session == LATE_OPENING_1990;
        }
        self.previous_session(session).is_none_or(|previous| previous.year() != session.year())
    }
}

/// [`TradingCalendar::version`] of the calendar in force.
pub fn rules_version() -> String {
    trading_calendar().version()
}

/// True if KRX trades on `date`.
pub fn is_session(date: NaiveDate) -> bool {
    trading_calendar().is_session(date)
}

/// The first session after `date`; `None` if that lies outside the calendar.
pub fn next_session(date: NaiveDate) -> Option<NaiveDate> {
    add_sessions(date, 1)
}

/// The last session before `date`; `None` if that lies outside the calendar.
pub fn previous_session(date: NaiveDate) -> Option<NaiveDate> {
    trading_calendar().previous_session(date)
}

/// The `n`-th session after `date`, which need not be a session itself; `None` if that lies outside the calendar.
///
/// The session zero sessions after `date` is `date`, if it is one.
pub fn add_sessions(date: NaiveDate, n: u32) -> Option<NaiveDate> {
    trading_calendar().add_sessions(date, n)
}

/// The sessions from `from` to `to`, both included, in order.
pub fn sessions(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    trading_calendar().sessions(from, to)
}

/// The date on which a trade on `trade_date` is settled: the second session after it (T+2, KOSPI Business Regulation §7,
/// Clearing and Settlement Regulation). 31 December is no settlement day; as it is no session, it does not count.
///
/// A date without a session, on which only a simulated market trades, counts from the session before it.
pub fn settlement_date(trade_date: NaiveDate) -> Option<NaiveDate> {
    add_sessions(trade_date, SETTLEMENT_SESSIONS)
}

/// The hours of the regular session on `date`; `None` if there is no session.
///
/// Since 2016-08-01 09:00–15:30, before 09:00–15:00, with a lunch break until 2000-05-19; on university exam days all of
/// it an hour later; on the first session of a year the opening alone. The hours of Saturday sessions (until
/// 1998-12-05) are unverified: the answer is the morning session of that time.
pub fn session_hours(date: NaiveDate) -> Option<SessionHours> {
    trading_calendar().session_hours(date)
}

/// What makes the hours of the session on `date` special; `None` on ordinary sessions and where there is none.
pub fn session_note(date: NaiveDate) -> Option<SessionNote> {
    trading_calendar().session_note(date)
}

/// The named closures from `from` to `to`, both included, in order. Ordinary weekends are not among them.
pub fn closures(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = &'static Closure> {
    trading_calendar().closures(from, to)
}

/// Why there is no session on `date`; `None` for a session and for an ordinary weekend.
pub fn closure(date: NaiveDate) -> Option<&'static Closure> {
    trading_calendar().closure(date)
}

/// How sure it is that `date` is, or is not, a session; `None` outside the calendar.
pub fn day_status(date: NaiveDate) -> Option<DayStatus> {
    trading_calendar().day_status(date)
}

#[cfg(test)]
mod tests;
