//! Questions about days and orders: the timetable, and which order types are taken when.

use chrono::{NaiveDate, NaiveTime};
use clap::Args;
use exodus_domain::{
    Brake, InstrumentKind, IssueState, IssueStates, OrderSituation, OrderStyle, TradingCalendar, TradingVenue,
    session_hours, timetable,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::prices::kind_or_stock;
use super::question::{BadCase, Question, word};
use crate::market::rules_session::{SessionDay, SessionPhase};

#[derive(Debug, Args, Deserialize)]
pub(in crate::cli) struct Session {
    /// Date
    #[arg(long)]
    date: NaiveDate,
}

impl Session {
    fn day(&self) -> Result<SessionDay, BadCase> {
        let covered = TradingCalendar::COVERED;
        let reason = || format!("the calendar knows {} to {}", covered.start(), covered.end());
        SessionDay::of(self.date).ok_or_else(|| BadCase::new("date", reason()))
    }
}

impl Question for Session {
    const ASKED: &'static [&'static str] = &["date"];
    const ANSWERED: &'static [&'static str] =
        &["is_session", "open_kst", "close_kst", "note", "status", "holiday_ko", "holiday_en"];

    fn answer(&self) -> Result<Vec<Value>, BadCase> {
        let day = self.day()?;
        let hours = session_hours(self.date);
        let minutes = |time: NaiveTime| time.format("%H:%M").to_string();
        Ok(vec![
            json!(day.is_session),
            json!(hours.map(|hours| minutes(hours.open))),
            json!(hours.map(|hours| minutes(hours.close))),
            json!(day.note),
            json!(day.status),
            json!(day.holiday.as_ref().map(|holiday| &holiday.name_ko)),
            json!(day.holiday.as_ref().map(|holiday| &holiday.name_en)),
        ])
    }

    fn json(&self) -> Result<Value, BadCase> {
        Ok(json!(self.day()?))
    }

    fn text(&self) -> Result<String, BadCase> {
        let day = self.day()?;
        let kind = if day.is_session { "session" } else { "no session" };
        let mut lines = vec![format!("{} {kind} ({})", day.date, day.status)];
        lines.extend(day.note.map(|note| format!("note  {note}")));
        lines.extend(day.holiday.iter().map(|holiday| format!("{} · {}", holiday.name_ko, holiday.name_en)));
        for venue in day.venues.iter().filter(|venue| !venue.phases.is_empty()) {
            lines.push(format!("\n{}", venue.venue));
            lines.extend(venue.phases.iter().map(phase_line));
        }
        let date_or_none = |date: Option<NaiveDate>| date.map_or("unknown".to_owned(), |date| date.to_string());
        lines.push(format!("\nprevious session  {}", date_or_none(day.previous_session)));
        lines.push(format!("next session      {}", date_or_none(day.next_session)));
        lines.push(format!("settles on        {}", date_or_none(day.settlement_date)));
        Ok(lines.join("\n"))
    }
}

fn phase_line(phase: &SessionPhase) -> String {
    let SessionPhase { phase: name, orders_from, orders_to, trades_from, trades_to, matching, .. } = phase;
    let random_end = match phase.random_end_seconds {
        0 => String::new(),
        seconds => format!(", up to {seconds} s later"),
    };
    let unconfirmed = if phase.confirmed { "" } else { " (unconfirmed)" };
    format!(
        "  {name:20} orders {orders_from}–{orders_to}  trades {trades_from}–{trades_to}  {matching}{random_end}{unconfirmed}"
    )
}

#[derive(Debug, Args, Deserialize)]
pub(in crate::cli) struct Order {
    /// Date
    #[arg(long)]
    date: NaiveDate,
    /// Korean time: HH:MM:SS
    #[arg(long)]
    time: NaiveTime,
    /// Order type, such as limit, market, best_opposite or limit_ioc
    #[arg(long, value_parser = word::<OrderStyle>)]
    style: OrderStyle,
    /// krx or nxt; krx if left out
    #[arg(long, value_parser = word::<TradingVenue>)]
    venue: Option<TradingVenue>,
    /// stock, etf or etn; stock if left out
    #[arg(long, value_parser = word::<InstrumentKind>)]
    kind: Option<InstrumentKind>,
    /// A state of the issue, such as halted or liquidation
    #[arg(long, value_parser = word::<IssueState>)]
    state: Option<IssueState>,
    /// True on the first session of a new listing
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    first_session: Option<bool>,
    /// What holds up trading, such as volatility_interruption or market_halt
    #[arg(long, value_parser = word::<Brake>)]
    brake: Option<Brake>,
}

impl Question for Order {
    const ASKED: &'static [&'static str] = &["date", "time", "style"];
    const ANSWERED: &'static [&'static str] = &["accepted", "phase", "reason"];

    fn answer(&self) -> Result<Vec<Value>, BadCase> {
        let venue = self.venue.unwrap_or(TradingVenue::Krx);
        let mut refusal = (Value::Null, format!("{venue} takes no orders at {}", self.time));
        // A phase at a fixed price may be held beside one with a book.
        for window in timetable(venue, self.date).iter().filter(|window| window.contains(self.time)) {
            let situation = OrderSituation {
                venue,
                date: self.date,
                phase: window.phase,
                kind: kind_or_stock(self.kind),
                states: self.state.into_iter().collect::<IssueStates>(),
                first_session: self.first_session.unwrap_or(false),
                brake: self.brake,
            };
            match situation.accepts(self.style) {
                Ok(()) => return Ok(vec![json!(true), json!(window.phase), Value::Null]),
                Err(reason) => refusal = (json!(window.phase), reason.to_string()),
            }
        }
        Ok(vec![json!(false), refusal.0, json!(refusal.1)])
    }
}
